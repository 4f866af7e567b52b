
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Settings.  A password in a URL or in an argument is one that everybody on
 * the machine can read: it is refused.
 */


#include <errno.h>
#include <stdlib.h>

#include "ctl/fleet/settings.h"
#include "ctl/infile.h"


typedef struct {
    const char  *name;
    const char  *variable;
    size_t       offset;
} ngx_shop_settings_row_t;


static const ngx_shop_settings_row_t  ngx_shop_settings_rows[] = {
    { "engine", "SHOP_FLEET_ENGINE", offsetof(ngx_shop_settings_t, engine) },
    { "user", "SHOP_FLEET_USER", offsetof(ngx_shop_settings_t, user) },
    { "password-file", "SHOP_FLEET_PASSWORD_FILE",
      offsetof(ngx_shop_settings_t, password_file) },
    { "token-file", "SHOP_FLEET_TOKEN_FILE",
      offsetof(ngx_shop_settings_t, token_file) },
    { "ca", "SHOP_FLEET_CA", offsetof(ngx_shop_settings_t, ca) },
    { "cert", "SHOP_FLEET_CERT", offsetof(ngx_shop_settings_t, cert) },
    { "cert-key", "SHOP_FLEET_CERT_KEY",
      offsetof(ngx_shop_settings_t, cert_key) },
    { "nodes", "SHOP_FLEET_NODES", offsetof(ngx_shop_settings_t, nodes) },
    { NULL, NULL, 0 }
};


int
ngx_shop_settings_read(ngx_shop_settings_t *s, const ngx_shop_options_t *o)
{
    const ngx_shop_settings_row_t  *row;

    for (row = ngx_shop_settings_rows; row->name; row++) {
        *(const char **) (void *) ((char *) s + row->offset) =
            ngx_shop_options_setting(o, row->name, row->variable, NULL);
    }

    if (s->engine == NULL) {
        (void) ngx_shop_say_error("which engine? name it with --engine or "
                                  "$SHOP_FLEET_ENGINE: "
                                  "etcd://127.0.0.1:2379/shop, "
                                  "redis://127.0.0.1/shop, "
                                  "kube://NAMESPACE/CONFIGMAP or "
                                  "https://HOST/PATH");
        return NGX_SHOP_ERROR;
    }

    if (strchr(s->engine, '@')) {
        (void) ngx_shop_say_error("--engine with a user or a password in it: "
                                  "everybody on this machine can read it; "
                                  "name them by --user and --password-file");
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


int
ngx_shop_settings_is(const ngx_shop_options_given_t *given)
{
    const ngx_shop_settings_row_t  *row;

    for (row = ngx_shop_settings_rows; row->name; row++) {
        if (strcmp(row->name, given->option->name) == 0) {
            return 1;
        }
    }

    return 0;
}


int
ngx_shop_settings_secret(const char *path, unsigned secret, char *buf,
    size_t size)
{
    size_t       n;
    ssize_t      len;
    struct stat  sb;

    len = ngx_shop_infile_read(path, (unsigned char *) buf, size, &sb);

    if (len == -1) {
        ngx_shop_infile_refused(path, &sb);
        return NGX_SHOP_ERROR;
    }

    if (secret && (sb.st_mode & S_IRWXO)) {
        (void) ngx_shop_say_error("\"%s\" is for everybody to read; take that "
                                  "away: chmod o= %s", path, path);
        return NGX_SHOP_ERROR;
    }

    if ((size_t) len == size) {
        (void) ngx_shop_say_error("\"%s\" is larger than a secret may be, "
                                  "%lu bytes", path, (unsigned long) size - 1);
        return NGX_SHOP_ERROR;
    }

    buf[len] = '\0';
    n = strcspn(buf, "\r\n");

    if (n == 0 || memchr(buf, '\0', (size_t) len)) {
        (void) ngx_shop_say_error("\"%s\" has no secret in its first line",
                                  path);
        return NGX_SHOP_ERROR;
    }

    buf[n] = '\0';

    return NGX_SHOP_OK;
}
