
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Reads a key file, by the same rules as nginx does.
 */


#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "ctl/secret.h"
#include "logic/token.h"


int
ngx_shop_failover_secret_read(const char *path, const char *directive,
    ngx_shop_failover_str_t *key)
{
    int                   fd, err;
    ssize_t               n;
    static unsigned char  buf[NGX_SHOP_FAILOVER_TOKEN_KEY_MAX + 1];

    fd = open(path, O_RDONLY|O_NONBLOCK);
    n = (fd == -1) ? -1 : read(fd, buf, sizeof(buf));
    err = errno;

    if (fd != -1) {
        (void) close(fd);
    }

    if (n == -1) {
        (void) ngx_shop_failover_say_errno(err, "cannot read the key \"%s\" "
                                           "(the file of %s)",
                                           path, directive);

        if (err == ENOENT) {
            ngx_shop_failover_say_note("name it with --key, or make one and "
                                       "set %s to it: (umask 077; openssl "
                                       "rand -hex 32 > %s)",
                                       directive, path);
        }

        return NGX_SHOP_FAILOVER_ERROR;
    }

    key->data = buf;
    key->len = ngx_shop_failover_token_key_len(buf, (size_t) n);

    if (key->len == 0 || n > NGX_SHOP_FAILOVER_TOKEN_KEY_MAX) {
        (void) ngx_shop_failover_say_error("\"%s\" is not a key: it has %ld "
                                           "bytes, expected are %d to %d; "
                                           "make one with: (umask 077; "
                                           "openssl rand -hex 32 > %s)",
                                           path, (long) n,
                                           NGX_SHOP_FAILOVER_TOKEN_KEY_MIN,
                                           NGX_SHOP_FAILOVER_TOKEN_KEY_MAX,
                                           path);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    return NGX_SHOP_FAILOVER_OK;
}
