
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Reads a key file, by the same rules as nginx does.
 */


#include <errno.h>
#include <unistd.h>

#include "ctl/secret_file.h"
#include "ctl/infile.h"
#include "logic/pass/keyrule.h"


static ngx_shop_keyrule_e ngx_shop_secret_file_bytes(int fd,
    const struct stat *sb, unsigned sent, ngx_shop_str_t *key);


int
ngx_shop_secret_file_read(const char *path, const char *directive,
    unsigned sent, ngx_shop_str_t *key)
{
    int                             fd, err;
    struct stat                     sb;
    ngx_shop_keyrule_e              rule;
    const ngx_shop_keyrule_text_t  *text;

    fd = ngx_shop_infile_open(path, 0, &sb);

    rule = (fd != -1) ? ngx_shop_secret_file_bytes(fd, &sb, sent, key)
           : sb.st_mode ? NGX_SHOP_KEYRULE_NO_FILE
           : NGX_SHOP_KEYRULE_MISSING;
    err = errno;

    if (fd != -1) {
        (void) close(fd);
    }

    if (rule == NGX_SHOP_KEYRULE_GOOD) {
        return NGX_SHOP_OK;
    }

    text = ngx_shop_keyrule_text(rule);

    if (rule != NGX_SHOP_KEYRULE_MISSING) {
        (void) ngx_shop_say_error("key file \"%s\" of %s %s; "
                                  "%s%s%s",
                                  path, directive, text->what,
                                  text->cure, path, text->end);
        return NGX_SHOP_ERROR;
    }

    (void) ngx_shop_say_errno(err, "key file \"%s\" of %s %s",
                              path, directive, text->what);

    if (err == ENOENT) {
        ngx_shop_say_note("name it with --key, or set %s to it and "
                          "%s%s%s",
                          directive, text->cure, path, text->end);
    }

    return NGX_SHOP_ERROR;
}


static ngx_shop_keyrule_e
ngx_shop_secret_file_bytes(int fd, const struct stat *sb, unsigned sent,
    ngx_shop_str_t *key)
{
    ssize_t                  n;
    ngx_shop_keyrule_e       rule;
    ngx_shop_keyrule_file_t  file;
    static unsigned char     buf[NGX_SHOP_KEYRULE_MAX + 1];

    file.size = (uint64_t) sb->st_size;
    file.mode = (unsigned) sb->st_mode & 07777u;
    file.regular = 1;

    rule = ngx_shop_keyrule_file(&file);

    if (rule != NGX_SHOP_KEYRULE_GOOD) {
        return rule;
    }

    n = read(fd, buf, sizeof(buf));

    if (n == -1) {
        return NGX_SHOP_KEYRULE_MISSING;
    }

    key->data = buf;
    key->len = (size_t) n;

    return ngx_shop_keyrule_key(key, sent);
}
