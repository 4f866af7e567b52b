
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The closed shop: the gate is asked, then a page is chosen, rendered and sent.
 * What has failed at a server enters in page_error.c.
 */


#include "nginx/page/page.h"
#include "nginx/page/page_inside.h"


static ngx_uint_t ngx_shop_page_early(ngx_http_request_t *r);
static ngx_int_t ngx_shop_page_go(ngx_http_request_t *r,
    ngx_shop_gate_why_e why);
static void ngx_shop_page_again(ngx_http_request_t *r);


/*
 * By r->uri, which nobody has rewritten yet; what comes back here by a
 * redirect has a location of its own.
 */

ngx_int_t
ngx_shop_page_early_handler(ngx_http_request_t *r)
{
    ngx_shop_conf_loc_t  *slcf;
    ngx_shop_conf_srv_t  *sscf;

    if (r->internal) {
        return NGX_DECLINED;
    }

    sscf = ngx_http_get_module_srv_conf(r, ngx_shop_failover_module);
    slcf = sscf->early;

    if (slcf == NULL || sscf->many
        || !ngx_shop_page_poll_asked(&r->uri, slcf))
    {
        return NGX_DECLINED;
    }

    ngx_shop_conf_bare(r, slcf);

    return ngx_shop_page_go(r, NGX_SHOP_GATE_WHY_NOT);
}


ngx_int_t
ngx_shop_page_handler(ngx_http_request_t *r)
{
    ngx_shop_gate_why_e    why;
    ngx_shop_conf_loc_t   *slcf;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (ngx_shop_page_poll_asked(&r->uri, slcf)) {
        why = NGX_SHOP_GATE_WHY_NOT;

    } else {
        why = ngx_shop_gate_ask(r, smcf, slcf);

        if (why == NGX_SHOP_GATE_WHY_NOT) {
            return NGX_DECLINED;
        }
    }

    return ngx_shop_page_go(r, why);
}


/* NOT: the public status */

static ngx_int_t
ngx_shop_page_go(ngx_http_request_t *r, ngx_shop_gate_why_e why)
{
    ngx_int_t  rc;

    if (ngx_shop_page_early(r)) {
        rc = ngx_http_read_client_request_body(r, ngx_shop_page_again);

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            return rc;
        }

        ngx_http_finalize_request(r, NGX_DONE);

        return NGX_DONE;
    }

    /* a body that nobody wants is not asked for, as in special_response */

    r->expect_tested = 1;

    rc = ngx_http_discard_request_body(r);

    if (rc == NGX_OK) {
        rc = ngx_shop_page_answer(r, why, NULL);
    }

    ngx_http_finalize_request(r, rc);

    return NGX_DONE;
}


/*
 * Over HTTP/2 an answer that comes before the end of its request is followed
 * by RST_STREAM (RFC 9113, section 8.1; ngx_http_v2_close_stream()), and some
 * clients, curl 7.88 among them, then report an error and not the answer.  So
 * a short body is waited for; a long one would have to be sent in vain.
 */

static ngx_uint_t
ngx_shop_page_early(ngx_http_request_t *r)
{
    ngx_http_core_loc_conf_t  *clcf;

    if (!ngx_shop_compat_coming(r) || r->request_body) {
        return 0;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    return r->headers_in.content_length_n > 0
           && r->headers_in.content_length_n
              <= (off_t) clcf->client_body_buffer_size;
}


/* as ngx_http_mirror_body_handler(): this phase once more, and those after */

static void
ngx_shop_page_again(ngx_http_request_t *r)
{
    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);
}


ngx_int_t
ngx_shop_page_answer(ngx_http_request_t *r, ngx_shop_gate_why_e why,
    ngx_http_output_header_filter_pt next)
{
    ngx_int_t              rc;
    ngx_shop_page_t        page;
    ngx_shop_conf_loc_t   *slcf;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    ngx_shop_conf_bare(r, slcf);

    page.why = why;
    ngx_shop_choice_read(r, &page.asked);

    rc = ngx_shop_page_send_preflight(r, &page, next);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    if (why != NGX_SHOP_GATE_WHY_NOT) {
        ngx_shop_page_choose(r, &page);

    } else if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) {
        ngx_shop_page_poll(r, &page);

    } else {
        return NGX_HTTP_NOT_ALLOWED;
    }

    page.rendering = ngx_shop_render_get(smcf, &page.variant, r->pool);

    if (page.rendering == NULL) {
        return NGX_ERROR;
    }

    return ngx_shop_page_send(r, &page, next);
}
