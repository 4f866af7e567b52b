
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Headers of the page.  Sends nothing and decides nothing.
 */


#include "nginx/page/headers.h"
#include "nginx/page/skin_decide.h"
#include "nginx/header.h"

#include "logic/flag/times.h"


typedef struct {
    ngx_str_t    name;
    ngx_str_t    value;
} ngx_shop_headers_pair_t;


static void ngx_shop_headers_begin(ngx_http_request_t *r, ngx_uint_t status,
    ngx_shop_rendering_t *rendering);
static ngx_int_t ngx_shop_headers_push(ngx_http_request_t *r, size_t len,
    const char *name, ngx_str_t *value);
static ngx_int_t ngx_shop_headers_constants(ngx_http_request_t *r,
    ngx_shop_headers_pair_t *pair);
static ngx_int_t ngx_shop_headers_retry(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering);
static ngx_int_t ngx_shop_headers_encoding(ngx_http_request_t *r,
    ngx_shop_rendering_t *rendering);
static ngx_uint_t ngx_shop_headers_listed(ngx_shop_conf_loc_t *slcf,
    ngx_str_t *origin);
static ngx_int_t ngx_shop_headers_cors(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf, ngx_shop_choice_asked_t *asked);


/* name is a literal */
#define ngx_shop_headers_add(r, name, value)                                 \
    ngx_shop_headers_push(r, sizeof(name) - 1, name, value)


static ngx_shop_headers_pair_t  ngx_shop_headers_page[] = {
    { ngx_string("Cache-Control"), ngx_string("no-store") },
    { ngx_string("X-Robots-Tag"), ngx_string("noindex") },
    { ngx_string("X-Content-Type-Options"), ngx_string("nosniff") },
    { ngx_string("Referrer-Policy"), ngx_string("same-origin") },
    { ngx_null_string, ngx_null_string }
};


/* where the shop decides the language, and where the visitor's headers do */

static ngx_str_t  ngx_shop_headers_vary[] = {
    ngx_string("Accept, Accept-Encoding, Sec-Fetch-Dest, Content-Type, "
               "Origin"),
    ngx_string("Accept, Accept-Language, Accept-Encoding, Sec-Fetch-Dest, "
               "Content-Type, Origin")
};


static ngx_shop_headers_pair_t  ngx_shop_headers_poll[] = {
    { ngx_string("Cache-Control"), ngx_string("no-store") },
    { ngx_string("Vary"), ngx_string("Accept-Language, Accept-Encoding, "
                                     "Origin") },
    { ngx_string("X-Robots-Tag"), ngx_string("noindex") },
    { ngx_string("X-Content-Type-Options"), ngx_string("nosniff") },
    { ngx_null_string, ngx_null_string }
};


static ngx_shop_headers_pair_t ngx_shop_headers_options[] =
{
    { ngx_string("Vary"), ngx_string("Origin") },
    { ngx_string("Cache-Control"), ngx_string("no-store") },
    { ngx_null_string, ngx_null_string }
};


static ngx_shop_headers_pair_t  ngx_shop_headers_cross[] = {
    { ngx_string("Access-Control-Allow-Credentials"), ngx_string("true") },
    { ngx_string("Access-Control-Expose-Headers"),
      ngx_string("Retry-After, Shop-Status") },
    { ngx_null_string, ngx_null_string }
};


/* forgets what an answer had so far, and sets status, type and length */

static void
ngx_shop_headers_begin(ngx_http_request_t *r, ngx_uint_t status,
    ngx_shop_rendering_t *rendering)
{
    if (r->upstream) {

        /* cookies and cache rules of an answer that is not shown */

        ngx_http_clean_header(r);
    }

    ngx_http_clear_content_length(r);
    ngx_http_clear_accept_ranges(r);
    ngx_http_clear_last_modified(r);
    ngx_http_clear_etag(r);
    ngx_http_clear_location(r);

    r->headers_out.content_encoding = NULL;
    r->headers_out.charset.len = 0;
    r->headers_out.status_line.len = 0;
    r->headers_out.status = status;

    /* or $status and the access log would keep what it was */

    r->err_status = r->err_status ? status : 0;

    r->headers_out.content_type = rendering->type;
    r->headers_out.content_type_len = rendering->type.len;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.content_length_n = rendering->body.len;

    r->disable_not_modified = 1;
    r->allow_ranges = 0;
}


static ngx_int_t
ngx_shop_headers_push(ngx_http_request_t *r, size_t len, const char *name,
    ngx_str_t *value)
{
    return ngx_shop_header_push(r, len, name, value) ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_shop_headers_constants(ngx_http_request_t *r,
    ngx_shop_headers_pair_t *pair)
{
    for ( /* void */ ; pair->name.len; pair++) {

        if (ngx_shop_headers_push(r, pair->name.len,
                                  (char *) pair->name.data,
                                  &pair->value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_shop_headers_closed(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_shop_choice_asked_t *asked)
{
    ngx_str_t         lang;
    ngx_shop_skin_t  *skin;

    skin = variant->slcf->page->skin;

    ngx_shop_headers_begin(r, NGX_HTTP_SERVICE_UNAVAILABLE, rendering);

    lang.len = skin->codes[variant->lang].len;
    lang.data = (u_char *) skin->codes[variant->lang].data;

    if (ngx_shop_headers_retry(r, variant, rendering)
        != NGX_OK
        || ngx_shop_headers_constants(r,
                                  ngx_shop_headers_page)
           != NGX_OK
        || ngx_shop_headers_add(r, "Vary", &ngx_shop_headers_vary[
                             ngx_shop_skin_decide_varies(variant->slcf->page)])
           != NGX_OK
        || ngx_shop_headers_add(r, "Shop-Status",
                                &rendering->shop_status)
           != NGX_OK
        || ngx_shop_headers_encoding(r, rendering) != NGX_OK
        || ngx_shop_headers_cors(r, variant->slcf, asked) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (rendering->body.len == 0) {
        return NGX_OK;
    }

    if (ngx_shop_headers_add(r, "Content-Language", &lang) != NGX_OK) {
        return NGX_ERROR;
    }

    if (variant->kind != NGX_SHOP_NEGOTIATE_HTML) {
        return NGX_OK;
    }

    return ngx_shop_headers_add(r, "Content-Security-Policy", rendering->csp);
}


ngx_int_t
ngx_shop_headers_public(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering,
    ngx_shop_choice_asked_t *asked)
{
    ngx_shop_conf_loc_t  *slcf;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    ngx_shop_headers_begin(r, NGX_HTTP_OK, rendering);

    if (ngx_shop_headers_constants(r,
                                   ngx_shop_headers_poll)
        != NGX_OK
        || ngx_shop_headers_encoding(r, rendering) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (variant->kind == NGX_SHOP_NEGOTIATE_HTML
        && ngx_shop_headers_add(r, "Content-Security-Policy",
                                rendering->csp)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_shop_headers_cors(r, slcf, asked);
}


static ngx_int_t
ngx_shop_headers_retry(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant, ngx_shop_rendering_t *rendering)
{
    u_char               *p;
    int64_t               retry;
    ngx_str_t             value;
    ngx_shop_conf_loc_t  *slcf;

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    slcf = variant->slcf;
    retry = variant->wait
            ? (int64_t) ngx_shop_render_wait_seconds(variant->wait)
            : rendering->retry;

    if (retry == 0) {
        retry = ngx_shop_times_retry_after(rendering->said
                                           ? ngx_shop_clock_now()
                                             + rendering->said
                                           : rendering->eta,
                                           ngx_shop_clock_now(),
                                           slcf->retry_default,
                                           slcf->retry_min, slcf->retry_max,
                                           (uint32_t) ngx_random());
    }

    /* digits from the last to the first: a waiting crowd asks for many */

    p += NGX_INT64_LEN;
    value.len = 0;

    do {
        *--p = (u_char) ('0' + retry % 10);
        retry /= 10;
        value.len++;
    } while (retry);

    value.data = p;

    return ngx_shop_headers_add(r, "Retry-After", &value);
}


static ngx_int_t
ngx_shop_headers_encoding(ngx_http_request_t *r,
    ngx_shop_rendering_t *rendering)
{
    ngx_table_elt_t  *h;

    if (rendering->encoding.len == 0) {
        return NGX_OK;
    }

    h = ngx_shop_header_add(r, "Content-Encoding", &rendering->encoding);
    if (h == NULL) {
        return NGX_ERROR;
    }

    /* nginx's own gzip keeps its hands off where this is set */

    r->headers_out.content_encoding = h;

    return NGX_OK;
}


static ngx_uint_t
ngx_shop_headers_listed(ngx_shop_conf_loc_t *slcf, ngx_str_t *origin)
{
    ngx_str_t   *listed;
    ngx_uint_t   i;

    if (slcf->cors == NULL || origin->len == 0) {
        return 0;
    }

    listed = slcf->cors->elts;

    for (i = 0; i < slcf->cors->nelts; i++) {
        if (listed[i].len == origin->len
            && ngx_strncasecmp(listed[i].data, origin->data, origin->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* or a script of the shop's front end sees "status 0" and no reason */

static ngx_int_t
ngx_shop_headers_cors(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf,
    ngx_shop_choice_asked_t *asked)
{
    if (!ngx_shop_headers_listed(slcf, &asked->origin)) {
        return NGX_OK;
    }

    if (ngx_shop_headers_add(r, "Access-Control-Allow-Origin",
                             &asked->origin)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_shop_headers_constants(r, ngx_shop_headers_cross);
}


ngx_int_t
ngx_shop_headers_preflight(ngx_http_request_t *r,
    ngx_shop_choice_asked_t *asked)
{
    ngx_shop_conf_loc_t   *slcf;
    ngx_shop_rendering_t   empty;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (r->method != NGX_HTTP_OPTIONS || asked->preflight.len == 0
        || !ngx_shop_headers_listed(slcf, &asked->origin))
    {
        return NGX_DECLINED;
    }

    ngx_memzero(&empty, sizeof(ngx_shop_rendering_t));

    ngx_shop_headers_begin(r, NGX_HTTP_NO_CONTENT, &empty);

    r->headers_out.content_length_n = -1;

    if (ngx_shop_headers_cors(r, slcf, asked) != NGX_OK
        || ngx_shop_headers_add(r, "Access-Control-Allow-Methods",
                                &asked->preflight)
           != NGX_OK
        || ngx_shop_headers_constants(r,
                                ngx_shop_headers_options)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (asked->preflight_headers.len == 0) {
        return NGX_OK;
    }

    return ngx_shop_headers_add(r, "Access-Control-Allow-Headers",
                                &asked->preflight_headers);
}
