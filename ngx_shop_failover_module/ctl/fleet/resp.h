
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A connection that speaks the protocol of Redis: hiredis has the protocol,
 * libcurl the connection, with TLS where it is asked for (hiredis of today's
 * distributions has none).  Knows no command.
 */


#ifndef _NGX_SHOP_RESP_H_INCLUDED_
#define _NGX_SHOP_RESP_H_INCLUDED_


#include <hiredis/hiredis.h>

#include "ctl/fleet/exchange.h"


#define NGX_SHOP_RESP_ARGS      16

/* items of an answer; its bytes are bounded as those of an exchange are */
#define NGX_SHOP_RESP_ELEMENTS  20000


typedef struct {
    ngx_shop_exchange_t        *x;
    redisReader                *reader;
    redisReplyObjectFunctions   bounded;
    unsigned                    open:1;
    curl_socket_t               fd;
    size_t                      received;    /* bytes of this answer */
    char                        error[256];
} ngx_shop_resp_t;


/* all: OK, or ERROR and error says why; receive: AGAIN, nothing whole came */
int ngx_shop_resp_connect(ngx_shop_resp_t *r, const char *url);

/* args end with NULL; data is the last one of them, or NULL */
int ngx_shop_resp_send(ngx_shop_resp_t *r, const char *const *args,
    const ngx_shop_str_t *data);
int ngx_shop_resp_receive(ngx_shop_resp_t *r, int64_t msec,
    redisReply **reply);

void ngx_shop_resp_end(ngx_shop_resp_t *r);


#endif /* _NGX_SHOP_RESP_H_INCLUDED_ */
