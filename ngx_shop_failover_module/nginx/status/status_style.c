
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The policy of the operator's screen.  Its style and script (html/status.css,
 * html/status.js) stand in the page, so that one request brings it all; the
 * policy names their hashes, and so nothing else can run.
 */


#include "nginx/status/status.h"
#include "nginx/csp.h"

#include "logic/words/assets.h"


#define NGX_SHOP_STATUS_STYLE_POLICY  512        /* bytes */


static u_char *ngx_shop_status_style_hash(u_char *p, u_char *last,
    const char *text);


ngx_int_t
ngx_shop_status_style_policy(ngx_conf_t *cf, ngx_str_t *policy)
{
    u_char  *p, *last;

    policy->data = ngx_pnalloc(cf->pool, NGX_SHOP_STATUS_STYLE_POLICY);
    if (policy->data == NULL) {
        return NGX_ERROR;
    }

    last = policy->data + NGX_SHOP_STATUS_STYLE_POLICY;

    p = ngx_slprintf(policy->data, last, "default-src 'none'; style-src");
    p = ngx_shop_status_style_hash(p, last, ngx_shop_assets_status_css);
    p = ngx_slprintf(p, last, "; script-src");
    p = ngx_shop_status_style_hash(p, last, ngx_shop_assets_status_js);
    p = ngx_slprintf(p, last, "; connect-src 'self'; base-uri 'none'; "
                              "form-action 'none'; frame-ancestors 'none'");

    policy->len = p - policy->data;

    return NGX_OK;
}


static u_char *
ngx_shop_status_style_hash(u_char *p, u_char *last, const char *text)
{
    u_char  *next;

    next = ngx_shop_csp_hash(p, last, (u_char *) text, ngx_strlen(text));

    return next ? next : ngx_slprintf(p, last, " 'none'");
}
