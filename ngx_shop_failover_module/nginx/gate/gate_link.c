
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Bypass links and cookies.  Knows no flag: whether a pass is needed is the
 * gate's matter.
 */


#include "nginx/host.h"
#include "nginx/gate/gate_link.h"
#include "nginx/header.h"

#include "logic/pass/target.h"
#include "logic/pass/token.h"

#if (NGX_HTTP_SSL)
#include <openssl/evp.h>
#include <openssl/hmac.h>
#endif


#define NGX_SHOP_GATE_LINK_SCOPES  2


/* where a cookie is sent, and what its token is bound to */
typedef struct {
    ngx_shop_conf_key_t    *conf;
    ngx_str_t              *cookie;
    ngx_str_t               site;       /* the host, or the domain */
    ngx_str_t               domain;     /* of the cookie; len 0: none */
} ngx_shop_gate_link_scope_t;


static ngx_uint_t ngx_shop_gate_link_fresh(ngx_http_request_t *r);
static ngx_int_t ngx_shop_gate_link_verify(ngx_http_request_t *r,
    ngx_shop_gate_link_scope_t *scope, ngx_str_t *text, ngx_uint_t kind,
    ngx_shop_token_t *token);
static ngx_uint_t ngx_shop_gate_link_scope(ngx_http_request_t *r,
    ngx_shop_conf_key_t *conf, ngx_uint_t n,
    ngx_shop_gate_link_scope_t *scope);
static void ngx_shop_gate_link_key(ngx_shop_gate_link_scope_t *scope,
    ngx_shop_token_key_t *key);
static int ngx_shop_gate_link_hmac(void *data, const unsigned char *bytes,
    size_t size, unsigned char *mac);
static ngx_int_t ngx_shop_gate_link_off(ngx_http_request_t *r,
    ngx_shop_conf_key_t *conf);
static ngx_int_t ngx_shop_gate_link_cookie(ngx_http_request_t *r,
    ngx_shop_gate_link_scope_t *scope, ngx_shop_token_t *token);
static ngx_int_t ngx_shop_gate_link_redirect(ngx_http_request_t *r);
static ngx_int_t ngx_shop_gate_link_location(ngx_http_request_t *r,
    ngx_str_t *location);
static ngx_int_t ngx_shop_gate_link_add(ngx_http_request_t *r,
    const char *name, ngx_str_t *value);


/* by these prefixes (RFC 6265bis) browsers take it from no other host, or only
   where it is Secure; in the order of scopes */
static ngx_str_t  ngx_shop_gate_link_names[] = {
    ngx_string("__Host-" NGX_SHOP_TOKEN_NAME),
    ngx_string("__Secure-" NGX_SHOP_TOKEN_NAME)
};


/*
 * Always Secure, though nginx may see plain http: behind a TLS terminator it
 * cannot tell.  A shop on plain http has shop_bypass for its staff.
 */
#define NGX_SHOP_GATE_LINK_DOMAIN  "; Domain="
#define NGX_SHOP_GATE_LINK_ATTRIBUTES                                        \
    "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age="


ngx_int_t
ngx_shop_gate_link_handler(ngx_http_request_t *r)
{
    ngx_str_t                    text;
    ngx_uint_t                   n;
    ngx_shop_token_t             token;
    ngx_shop_conf_loc_t         *slcf;
    ngx_shop_conf_main_t        *smcf;
    ngx_shop_gate_link_scope_t   scope;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (slcf->bypass_key == NULL || slcf->flag == NULL
        || ngx_shop_conf_answers(r, slcf)
        || !ngx_shop_gate_link_fresh(r)
        || ngx_shop_target_value(
                                 (ngx_shop_str_t *) &r->unparsed_uri,
                                 NGX_SHOP_TOKEN_NAME,
                                 (ngx_shop_str_t *) &text)
           != NGX_SHOP_OK)
    {
        return NGX_DECLINED;
    }

    if (text.len == 3 && ngx_strncmp(text.data, "off", 3) == 0) {

        return ngx_shop_gate_link_off(r, slcf->bypass_key);
    }

    for (n = 0; n < NGX_SHOP_GATE_LINK_SCOPES; n++) {

        if (ngx_shop_gate_link_scope(r, slcf->bypass_key, n, &scope)
            && ngx_shop_gate_link_verify(r, &scope, &text, NGX_SHOP_TOKEN_LINK,
                                         &token)
               == NGX_OK)
        {
            break;
        }
    }

    if (n == NGX_SHOP_GATE_LINK_SCOPES) {
        return NGX_DECLINED;
    }

    token.kind = NGX_SHOP_TOKEN_COOKIE;
    token.expires = ngx_shop_clock_now() + slcf->bypass_key->ttl / 1000;

    if (token.drill) {
        smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
        ngx_shop_board_drill(&smcf->zone, ngx_shop_host_site(r, slcf),
                             token.expires);
    }

    if (ngx_shop_gate_link_cookie(r, &scope, &token) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_shop_gate_link_redirect(r);
}


/*
 * A visitor who looks and has no answer yet.  X-Accel-Redirect and error_page
 * come here, too, and make a GET of a POST: its answer is on its way.
 */

static ngx_uint_t
ngx_shop_gate_link_fresh(ngx_http_request_t *r)
{
    ngx_str_t  *line;

    line = &r->request_line;

    return (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
           && r->upstream == NULL
           && r->err_status == 0
           && ((line->len > 4 && ngx_strncmp(line->data, "GET ", 4) == 0)
               || (line->len > 5 && ngx_strncmp(line->data, "HEAD ", 5) == 0));
}


ngx_shop_gate_pass_e
ngx_shop_gate_link_pass(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_str_t                    text;
    ngx_uint_t                   n;
    ngx_shop_token_t             token;
    ngx_shop_gate_link_scope_t   scope;

    if (slcf->bypass_key == NULL) {
        return NGX_SHOP_GATE_PASS_NONE;
    }

    for (n = 0; n < NGX_SHOP_GATE_LINK_SCOPES; n++) {

        if (ngx_shop_gate_link_scope(r, slcf->bypass_key, n, &scope)
            && ngx_shop_compat_cookie(r, scope.cookie, &text)
            && ngx_shop_gate_link_verify(r, &scope, &text,
                                         NGX_SHOP_TOKEN_COOKIE, &token)
               == NGX_OK)
        {
            return token.drill ? NGX_SHOP_GATE_PASS_DRILL
                               : NGX_SHOP_GATE_PASS_LINK;
        }
    }

    return NGX_SHOP_GATE_PASS_NONE;
}


static ngx_int_t
ngx_shop_gate_link_verify(ngx_http_request_t *r,
    ngx_shop_gate_link_scope_t *scope, ngx_str_t *text, ngx_uint_t kind,
    ngx_shop_token_t *token)
{
    ngx_shop_token_key_t  key;

    ngx_shop_gate_link_key(scope, &key);

    if (ngx_shop_token_verify(token, (ngx_shop_str_t *) text,
                              &key, ngx_shop_clock_now())
        != NGX_SHOP_OK
        || token->kind != kind)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/*
 * The host that was asked for, first: where the cookie will be sent.  Then the
 * domain of all hosts, where this is one of them; 0: it is not.
 */

static ngx_uint_t
ngx_shop_gate_link_scope(ngx_http_request_t *r, ngx_shop_conf_key_t *conf,
    ngx_uint_t n, ngx_shop_gate_link_scope_t *scope)
{
    scope->conf = conf;
    scope->cookie = &ngx_shop_gate_link_names[n];
    ngx_str_null(&scope->domain);

    if (n == 0) {
        scope->site = r->headers_in.server;
        return 1;
    }

    if (!ngx_shop_token_within((ngx_shop_str_t *) &conf->domain,
                               (ngx_shop_str_t *) &r->headers_in.server))
    {
        return 0;
    }

    scope->site = conf->domain;
    scope->domain.data = conf->domain.data + 1;
    scope->domain.len = conf->domain.len - 1;

    return 1;
}


static void
ngx_shop_gate_link_key(ngx_shop_gate_link_scope_t *scope,
    ngx_shop_token_key_t *key)
{
    key->hmac = ngx_shop_gate_link_hmac;
    key->data = &scope->conf->key;
    key->site.len = scope->site.len;
    key->site.data = scope->site.data;
}


static int
ngx_shop_gate_link_hmac(void *data, const unsigned char *bytes, size_t size,
    unsigned char *mac)
{
#if (NGX_HTTP_SSL)

    unsigned int  len;
    ngx_str_t    *key = data;

    if (HMAC(EVP_sha256(), key->data, (int) key->len, bytes, size, mac, &len)
        == NULL)
    {
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;

#else

    return NGX_SHOP_ERROR;

#endif
}


/* it only takes away what the visitor himself holds */

static ngx_int_t
ngx_shop_gate_link_off(ngx_http_request_t *r, ngx_shop_conf_key_t *conf)
{
    ngx_uint_t                   n;
    ngx_shop_gate_link_scope_t   scope;

    for (n = 0; n < NGX_SHOP_GATE_LINK_SCOPES; n++) {

        if (ngx_shop_gate_link_scope(r, conf, n, &scope)
            && ngx_shop_gate_link_cookie(r, &scope, NULL) != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return ngx_shop_gate_link_redirect(r);
}


/* token is NULL: the cookie is taken away */

static ngx_int_t
ngx_shop_gate_link_cookie(ngx_http_request_t *r,
    ngx_shop_gate_link_scope_t *scope, ngx_shop_token_t *token)
{
    u_char                *p;
    ngx_str_t              value;
    ngx_shop_token_key_t   key;

    value.data = ngx_pnalloc(r->pool, scope->cookie->len
                             + sizeof(NGX_SHOP_GATE_LINK_DOMAIN)
                             + scope->domain.len
                             + sizeof(NGX_SHOP_GATE_LINK_ATTRIBUTES)
                             + NGX_SHOP_TOKEN_LEN + 1 + NGX_TIME_T_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(value.data, "%V=", scope->cookie);

    if (token) {
        ngx_shop_gate_link_key(scope, &key);

        if (ngx_shop_token_encode(p, token, &key) != NGX_SHOP_OK) {
            return NGX_ERROR;
        }

        p += NGX_SHOP_TOKEN_LEN;
    }

    if (scope->domain.len) {
        p = ngx_sprintf(p, NGX_SHOP_GATE_LINK_DOMAIN "%V", &scope->domain);
    }

    p = ngx_sprintf(p, NGX_SHOP_GATE_LINK_ATTRIBUTES "%i",
                    token ? scope->conf->ttl / 1000 : 0);
    value.len = p - value.data;

    return ngx_shop_gate_link_add(r, "Set-Cookie", &value);
}


/*
 * 302 to the same URL without the token.  Location is relative and not put
 * into headers_out.location, or nginx would write a scheme and a port before
 * it that need not be those which the visitor sees.
 */

static ngx_int_t
ngx_shop_gate_link_redirect(ngx_http_request_t *r)
{
    ngx_int_t  rc;
    ngx_str_t  value;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_shop_gate_link_location(r, &value) != NGX_OK
        || ngx_shop_gate_link_add(r, "Location", &value) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&value, "no-store");

    if (ngx_shop_gate_link_add(r, "Cache-Control", &value) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_str_set(&value, "no-referrer");

    if (ngx_shop_gate_link_add(r, "Referrer-Policy", &value) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_MOVED_TEMPORARILY;
    r->headers_out.content_length_n = 0;
    r->header_only = 1;

    ngx_http_finalize_request(r, ngx_http_send_header(r));

    return NGX_DONE;
}


/*
 * Of what was sent: r->args and r->uri are what a front controller's rewrite
 * or try_files made of it, longer and decoded.
 */

static ngx_int_t
ngx_shop_gate_link_location(ngx_http_request_t *r, ngx_str_t *location)
{
    ngx_shop_str_t  *target;

    target = (ngx_shop_str_t *) &r->unparsed_uri;

    location->len = ngx_shop_target_without(NULL, 0, target,
                                            NGX_SHOP_TOKEN_NAME);

    location->data = ngx_pnalloc(r->pool, location->len);
    if (location->data == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_shop_target_without(location->data, location->len,
                                   target,
                                   NGX_SHOP_TOKEN_NAME);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_gate_link_add(ngx_http_request_t *r, const char *name,
    ngx_str_t *value)
{
    return ngx_shop_header_push(r, ngx_strlen(name), name, value)
           ? NGX_OK : NGX_ERROR;
}
