
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The policy of the operator's screen.  Its style and script (html/status.css,
 * html/status.js) stand in the page, so that one request brings it all; the
 * policy names their hashes, and so nothing else can run.
 */


#include "nginx/status/status.h"

#include "logic/words/assets.h"

#include <openssl/evp.h>


static u_char *ngx_shop_status_style_hash(u_char *p, const char *text);


ngx_int_t
ngx_shop_status_style_policy(ngx_conf_t *cf, ngx_str_t *policy)
{
    u_char  *p;

    policy->data = ngx_pnalloc(cf->pool, 512);
    if (policy->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(policy->data, "default-src 'none'; style-src ");
    p = ngx_shop_status_style_hash(p, ngx_shop_assets_status_css);
    p = ngx_sprintf(p, "; script-src ");
    p = ngx_shop_status_style_hash(p, ngx_shop_assets_status_js);
    p = ngx_sprintf(p, "; connect-src 'self'; base-uri 'none'; "
                       "form-action 'none'; frame-ancestors 'none'");

    policy->len = p - policy->data;

    return NGX_OK;
}


static u_char *
ngx_shop_status_style_hash(u_char *p, const char *text)
{
    u_char        digest[EVP_MAX_MD_SIZE];
    ngx_str_t     hash, base64;
    unsigned int  len;

    if (EVP_Digest(text, ngx_strlen(text), digest, &len, EVP_sha256(), NULL)
        != 1)
    {
        return ngx_sprintf(p, "'none'");
    }

    p = ngx_sprintf(p, "'sha256-");

    hash.data = digest;
    hash.len = len;
    base64.data = p;
    ngx_encode_base64(&base64, &hash);

    return ngx_sprintf(p + base64.len, "'");
}
