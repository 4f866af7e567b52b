
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The host of a server's name, as the configuration writes it.
 */


#include "nginx/conf_host.h"


ngx_uint_t
ngx_shop_conf_host(ngx_str_t *server, ngx_str_t *host)
{
    u_char  *p, *last;

    *host = *server;

    if (server->len >= 5 && ngx_strncmp(server->data, "unix:", 5) == 0) {
        host->len = 0;
        return 0;
    }

    last = server->data + server->len;

    if (server->len && server->data[0] == '[') {
        p = ngx_strlchr(server->data, last, ']');
        host->len = p ? (size_t) (p + 1 - server->data) : server->len;
        return 1;
    }

    p = ngx_strlchr(server->data, last, ':');

    if (p) {
        host->len = p - server->data;
    }

    return ngx_inet_addr(host->data, host->len) != INADDR_NONE;
}
