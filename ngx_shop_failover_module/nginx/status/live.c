
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For what stands in front: 200 while this nginx has something true to show,
 * the page of a closed shop included; "strict": 503 while nobody serves.
 */


#include "nginx/status/live.h"
#include "nginx/header.h"


static ngx_int_t ngx_shop_live_handler(ngx_http_request_t *r);


static ngx_int_t
ngx_shop_live_handler(ngx_http_request_t *r)
{
    ngx_int_t              rc;
    ngx_buf_t             *b;
    ngx_str_t              value;
    ngx_uint_t             state, none;
    ngx_chain_t            out;
    ngx_shop_conf_loc_t   *slcf;
    ngx_shop_conf_main_t  *smcf;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);
    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    state = ngx_shop_board_state(&smcf->zone, ngx_shop_conf_site(slcf));

    none = (state == NGX_SHOP_SITE_OUTAGE
            || ngx_shop_board_planned(&smcf->zone, ngx_shop_conf_site(slcf)));

    r->headers_out.status = slcf->strict && none
                            ? NGX_HTTP_SERVICE_UNAVAILABLE : NGX_HTTP_OK;

    ngx_str_set(&value, "no-store");

    b = ngx_create_temp_buf(r->pool, 64);

    if (b == NULL || ngx_shop_header_add(r, "Cache-Control", &value) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = ngx_slprintf(b->last, b->end, "%s\n", ngx_shop_site_name(state));
    b->last_buf = (r == r->main);
    b->last_in_chain = 1;

    ngx_str_set(&r->headers_out.content_type, "text/plain");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_length_n = b->last - b->pos;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


char *
ngx_shop_live_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_shop_conf_loc_t  *slcf = conf;

    ngx_str_t                 *value;
    ngx_shop_conf_main_t      *smcf;
    ngx_http_core_loc_conf_t  *clcf;

    if (slcf->answer) {
        return "cannot stand beside another directive that answers";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2) {

        if (ngx_strcmp(value[1].data, "strict") != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid value \"%V\" in \"shop_live\", "
                               "expected \"strict\", or nothing: then it is "
                               "200 also while nobody serves", &value[1]);
            return NGX_CONF_ERROR;
        }

        slcf->strict = 1;
    }

    slcf->answer = ngx_shop_live_handler;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = slcf->answer;

    return NGX_CONF_OK;
}
