
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The token of a bypass: who holds one passes the closed shop.  Written by
 * shopctl as part of a link, and by the gate as a cookie.  Knows no clock, no
 * cookie and no cryptography: the HMAC comes in as a function.
 */


#ifndef _NGX_SHOP_TOKEN_H_INCLUDED_
#define _NGX_SHOP_TOKEN_H_INCLUDED_


#include "logic/text/base.h"


/* the argument of a link; behind a prefix, the cookie */
#define NGX_SHOP_TOKEN_NAME      "shop-bypass"

/* characters of a token, all of A-Z a-z 0-9 - _ */
#define NGX_SHOP_TOKEN_LEN       56

#define NGX_SHOP_TOKEN_MAC       32       /* bytes: HMAC-SHA256 */
#define NGX_SHOP_TOKEN_SITE_MAX  255      /* bytes of a host name */


typedef enum {
    NGX_SHOP_TOKEN_LINK = 0,      /* becomes a cookie, once clicked */
    NGX_SHOP_TOKEN_COOKIE,
    NGX_SHOP_TOKEN_NKINDS
} ngx_shop_token_kind_e;


typedef struct {
    int64_t                   expires;  /* Unix seconds */
    uint8_t                   kind;     /* _token_kind_e */
    uint8_t                   drill;    /* 1: to see the closed shop */
} ngx_shop_token_t;


/* mac is of TOKEN_MAC bytes; OK or ERROR */
typedef int (*ngx_shop_token_hmac_pt)(void *data,
    const unsigned char *bytes, size_t size, unsigned char *mac);


typedef struct {
    ngx_shop_token_hmac_pt    hmac;
    void                     *data;
    ngx_shop_str_t            site;     /* host name, any case, no port; or
                                           a domain */
} ngx_shop_token_key_t;


/*
 * Writes TOKEN_LEN characters, no NUL.  ERROR: the site has no name or one
 * that is too long, or there is no HMAC.
 */
int ngx_shop_token_encode(unsigned char *buf, const ngx_shop_token_t *token,
    const ngx_shop_token_key_t *key);

/*
 * OK and *token; DECLINED: it was good until *token says; ERROR: not a token
 * of this key and site.  Takes the same time for every wrong one of the right
 * length and alphabet.
 */
int ngx_shop_token_verify(ngx_shop_token_t *token, const ngx_shop_str_t *text,
    const ngx_shop_token_key_t *key, int64_t now);

/*
 * A domain is a dot and at least two labels, as ".shop.example": of one alone
 * (".com") browsers take no cookie.  It stands for that host and all below it.
 */
int ngx_shop_token_is_domain(const ngx_shop_str_t *domain);
int ngx_shop_token_within(const ngx_shop_str_t *domain,
    const ngx_shop_str_t *host);


#endif /* _NGX_SHOP_TOKEN_H_INCLUDED_ */
