
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Kept connections to a server, of which one had died.
 */


#include "nginx/failover/failover.h"


/*
 * Where one had died, those to the other servers may have, too, and each would
 * be one try of few: from then on a request gets fresh ones.  The kept one is
 * ended as ngx_http_upstream_keepalive_close() does it
 * (src/http/modules/ngx_http_upstream_keepalive_module.c).
 */

void
ngx_shop_failover_kept_drop(ngx_peer_connection_t *pc)
{
    ngx_connection_t  *c;

    c = pc->connection;

#if (NGX_HTTP_SSL)

    if (c->ssl) {
        c->ssl->no_wait_shutdown = 1;
        c->ssl->no_send_shutdown = 1;

        (void) ngx_ssl_shutdown(c);
    }

#endif

    ngx_destroy_pool(c->pool);
    ngx_close_connection(c);

    pc->connection = NULL;
    pc->cached = 0;
}
