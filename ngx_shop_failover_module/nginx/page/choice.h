
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What clients with the same headers were given last time.
 */


#ifndef _NGX_SHOP_CHOICE_H_INCLUDED_
#define _NGX_SHOP_CHOICE_H_INCLUDED_


#include "nginx/conf.h"

#include "logic/words/negotiate.h"


/* the request headers that decide what is sent; len 0: absent */
typedef struct {
    ngx_str_t    accept;
    ngx_str_t    language;
    ngx_str_t    encoding;
    ngx_str_t    dest;                 /* Sec-Fetch-Dest */
    ngx_str_t    type;                 /* Content-Type */
    ngx_str_t    origin;
    ngx_str_t    preflight;            /* Access-Control-Request-Method */
    ngx_str_t    preflight_headers;    /* ... -Headers */
} ngx_shop_choice_asked_t;


typedef struct {
    uint8_t      kind;                 /* _negotiate_e */
    uint8_t      lang;                 /* number in the skin */
    uint8_t      coding;               /* _negotiate_coding_e */
} ngx_shop_choice_t;


/* one pass over the request's headers */
void ngx_shop_choice_read(ngx_http_request_t *r,
    ngx_shop_choice_asked_t *asked);

/* allocated once for a configuration; each worker has its own copy */
ngx_shop_choice_cache_t *ngx_shop_choice_init(ngx_conf_t *cf);

/*
 * Negotiates, or remembers: browsers come in few kinds, and a closed shop
 * has many of each waiting.
 */
void ngx_shop_choice_make(ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_page_t *page, ngx_shop_choice_asked_t *asked, ngx_str_t *uri,
    ngx_shop_choice_t *choice);

/* the number in the skin of the language of a page, by Accept-Language */
ngx_uint_t ngx_shop_choice_language(ngx_shop_conf_page_t *page,
    ngx_str_t *language);


#endif /* _NGX_SHOP_CHOICE_H_INCLUDED_ */
