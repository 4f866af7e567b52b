
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Reads a key file, by the same rules as nginx does.
 */


#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/secret_file.h"
#include "logic/pass/keyrule.h"


static ngx_shop_keyrule_e ngx_shop_secret_file_bytes(int fd, unsigned sent,
    ngx_shop_str_t *key);


int
ngx_shop_secret_file_read(const char *path, const char *directive,
    unsigned sent, ngx_shop_str_t *key)
{
    int                             fd, err;
    ngx_shop_keyrule_e              rule;
    const ngx_shop_keyrule_text_t  *text;

    /* without blocking: it may be a FIFO that nobody writes to */

    fd = open(path, O_RDONLY|O_NONBLOCK|O_CLOEXEC);

    rule = (fd == -1) ? NGX_SHOP_KEYRULE_MISSING
                      : ngx_shop_secret_file_bytes(fd, sent, key);
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
ngx_shop_secret_file_bytes(int fd, unsigned sent, ngx_shop_str_t *key)
{
    ssize_t                  n;
    struct stat              st;
    ngx_shop_keyrule_e       rule;
    ngx_shop_keyrule_file_t  file;
    static unsigned char     buf[NGX_SHOP_KEYRULE_MAX + 1];

    if (fstat(fd, &st) == -1) {
        return NGX_SHOP_KEYRULE_MISSING;
    }

    file.size = (uint64_t) st.st_size;
    file.mode = (unsigned) st.st_mode & 07777u;
    file.regular = S_ISREG(st.st_mode) ? 1 : 0;

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
