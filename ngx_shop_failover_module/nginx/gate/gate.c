
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who passes.  Decides, and sends nothing.
 */


#include "nginx/gate/gate.h"
#include "nginx/gate/gate_link.h"
#include "nginx/host.h"

#include "logic/pass/pattern.h"
#include "state/counters.h"


static ngx_shop_gate_why_e ngx_shop_gate_look(ngx_http_request_t *r,
    ngx_shop_conf_main_t *smcf, ngx_shop_conf_loc_t *slcf,
    ngx_shop_model_site_t *site, ngx_uint_t gate);
static ngx_shop_gate_why_e ngx_shop_gate_closed(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site, ngx_shop_gate_why_e why);
static ngx_uint_t ngx_shop_gate_path(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice);
static ngx_uint_t ngx_shop_gate_post(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice);
static ngx_uint_t ngx_shop_gate_listed(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice, ngx_shop_str_t *path);
static ngx_uint_t ngx_shop_gate_open(ngx_http_request_t *r,
    ngx_shop_conf_loc_t *slcf);
static void ngx_shop_gate_means(ngx_http_request_t *r, ngx_str_t *text,
    ngx_shop_pattern_text_e what, ngx_shop_str_t *path);
static uint32_t ngx_shop_gate_visitor(ngx_http_request_t *r);


ngx_shop_gate_why_e
ngx_shop_gate_ask(ngx_http_request_t *r, ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_loc_t *slcf)
{
    ngx_uint_t              gate;
    ngx_shop_gate_why_e     why;
    ngx_shop_model_site_t  *site;

    if (slcf->flag == NULL || ngx_shop_conf_answers(r, slcf)) {
        return NGX_SHOP_GATE_WHY_NOT;
    }

    site = ngx_shop_conf_site(slcf);

    if (ngx_shop_board_word_of(&smcf->zone, site) == NGX_SHOP_BOARD_GATE_OPEN) {
        return NGX_SHOP_GATE_WHY_NOT;
    }

    site = ngx_shop_host_site(r, slcf);
    gate = ngx_shop_board_gate(&smcf->zone, site);

    if (gate == NGX_SHOP_BOARD_GATE_OPEN) {
        return NGX_SHOP_GATE_WHY_NOT;
    }

    why = ngx_shop_gate_look(r, smcf, slcf, site, gate);

    if (why != NGX_SHOP_GATE_WHY_NOT && ngx_shop_gate_open(r, slcf)) {
        return NGX_SHOP_GATE_WHY_NOT;
    }

    return why;
}


int64_t
ngx_shop_gate_turn(ngx_http_request_t *r, ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_loc_t *slcf)
{
    return ngx_shop_board_turn(&smcf->zone, ngx_shop_conf_site(slcf),
                               ngx_shop_gate_visitor(r));
}


/* not open to everybody */

static ngx_shop_gate_why_e
ngx_shop_gate_look(ngx_http_request_t *r, ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_loc_t *slcf, ngx_shop_model_site_t *site, ngx_uint_t gate)
{
    ngx_shop_flag_notice_t  *notice;

    switch (ngx_shop_gate_pass(r, slcf)) {

    case NGX_SHOP_GATE_PASS_DRILL:
        return NGX_SHOP_GATE_WHY_CLOSED;

    case NGX_SHOP_GATE_PASS_NONE:
        break;

    default:
        if (gate != NGX_SHOP_BOARD_GATE_DRILL) {
            ngx_shop_counters_bypassed(&smcf->zone, site);
        }

        return NGX_SHOP_GATE_WHY_NOT;
    }

    notice = &ngx_shop_board_current(&smcf->zone, site)->notice;

    switch (gate) {

    case NGX_SHOP_BOARD_GATE_BROWSE:
        return ((r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_OPTIONS
                              |NGX_HTTP_TRACE))
                || ngx_shop_gate_post(r, notice))
               ? NGX_SHOP_GATE_WHY_NOT
               : ngx_shop_gate_closed(smcf, site, NGX_SHOP_GATE_WHY_BROWSE);

    case NGX_SHOP_BOARD_GATE_PATHS:
        return ngx_shop_gate_path(r, notice)
               ? ngx_shop_gate_closed(smcf, site, NGX_SHOP_GATE_WHY_CLOSED)
               : NGX_SHOP_GATE_WHY_NOT;

    case NGX_SHOP_BOARD_GATE_RAMP:
        return ngx_shop_board_admits(&smcf->zone, site,
                                     ngx_shop_gate_visitor(r))
               ? NGX_SHOP_GATE_WHY_NOT : NGX_SHOP_GATE_WHY_RAMP;

    case NGX_SHOP_BOARD_GATE_DRILL:
        return NGX_SHOP_GATE_WHY_NOT;

    default:
        return ngx_shop_gate_closed(smcf, site, NGX_SHOP_GATE_WHY_CLOSED);
    }
}


/* nobody serves: the flag is there, and is not the reason */

static ngx_shop_gate_why_e
ngx_shop_gate_closed(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site, ngx_shop_gate_why_e why)
{
    return ngx_shop_board_state(&smcf->zone, site)
           == NGX_SHOP_SITE_OUTAGE ? NGX_SHOP_GATE_WHY_UNSENT : why;
}


/*
 * Whether the notice closes this path, be it the one that the visitor asked
 * for or what rewrite made of it.
 */

static ngx_uint_t
ngx_shop_gate_path(ngx_http_request_t *r, ngx_shop_flag_notice_t *notice)
{
    ngx_shop_str_t  path;

    ngx_shop_gate_means(r, &r->uri, NGX_SHOP_PATTERN_URI, &path);

    if (ngx_shop_gate_listed(r, notice, &path)) {
        return 1;
    }

    ngx_shop_gate_means(r, &r->unparsed_uri, NGX_SHOP_PATTERN_TARGET, &path);

    return ngx_shop_gate_listed(r, notice, &path);
}


/* in the shop that may be looked at: a POST that only asks */

static ngx_uint_t
ngx_shop_gate_post(ngx_http_request_t *r, ngx_shop_flag_notice_t *notice)
{
    ngx_shop_str_t  path;

    if (r->method != NGX_HTTP_POST || notice->npaths == 0) {
        return 0;
    }

    ngx_shop_gate_means(r, &r->unparsed_uri, NGX_SHOP_PATTERN_TARGET, &path);

    return ngx_shop_gate_listed(r, notice, &path);
}


static ngx_uint_t
ngx_shop_gate_listed(ngx_http_request_t *r, ngx_shop_flag_notice_t *notice,
    ngx_shop_str_t *path)
{
    ngx_uint_t      i;
    ngx_shop_str_t  text, pattern;

    for (i = 0; i < notice->npaths; i++) {
        text = ngx_shop_flag_text(notice, notice->paths[i]);

        ngx_shop_gate_means(r, (ngx_str_t *) &text, NGX_SHOP_PATTERN_PATTERN,
                            &pattern);

        if (ngx_shop_pattern_match(&pattern, path)) {
            return 1;
        }
    }

    return 0;
}


/* paths that are never closed, whatever try_files or rewrite makes of them */

static ngx_uint_t
ngx_shop_gate_open(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_uint_t       i;
    ngx_shop_str_t   path, *pattern;

    if (slcf->open == NULL) {
        return 0;
    }

    ngx_shop_gate_means(r, &r->unparsed_uri, NGX_SHOP_PATTERN_TARGET, &path);

    pattern = slcf->open->elts;

    for (i = 0; i < slcf->open->nelts; i++) {
        if (ngx_shop_pattern_match(&pattern[i], &path)) {
            return 1;
        }
    }

    return 0;
}


/* without memory it is "/", which no pattern but "/" is */

static void
ngx_shop_gate_means(ngx_http_request_t *r, ngx_str_t *text,
    ngx_shop_pattern_text_e what, ngx_shop_str_t *path)
{
    u_char  *buf;

    buf = ngx_pnalloc(r->pool, text->len + 1);

    if (buf == NULL) {
        path->data = (u_char *) "/";
        path->len = 1;
        return;
    }

    path->len = ngx_shop_pattern_path(buf, (ngx_shop_str_t *) text, what);
    path->data = buf;
}


/*
 * By address, so that nothing has to be kept and nobody falls out: of IPv6
 * the network, as the rest of an address changes daily.
 */

static uint32_t
ngx_shop_gate_visitor(ngx_http_request_t *r)
{
    u_char               *p;
    size_t                len;
    struct sockaddr      *sa;
#if (NGX_HAVE_INET6)
    struct sockaddr_in6  *sin6;
#endif

    sa = r->connection->sockaddr;

    switch (sa->sa_family) {

    case AF_INET:
        p = (u_char *) &((struct sockaddr_in *) sa)->sin_addr;
        len = 4;
        break;

#if (NGX_HAVE_INET6)

    case AF_INET6:
        sin6 = (struct sockaddr_in6 *) sa;
        p = sin6->sin6_addr.s6_addr;
        len = 8;

        if (IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr)) {
            p += 12;
            len = 4;
        }

        break;

#endif

    default:
        p = r->connection->addr_text.data;
        len = r->connection->addr_text.len;
    }

    return ngx_murmur_hash2(p, len);
}


ngx_shop_gate_pass_e
ngx_shop_gate_pass(ngx_http_request_t *r, ngx_shop_conf_loc_t *slcf)
{
    ngx_shop_gate_pass_e  pass;

    pass = ngx_shop_gate_link_pass(r, slcf);

    if (pass == NGX_SHOP_GATE_PASS_NONE && slcf->bypass
        && ngx_cidr_match(r->connection->sockaddr, slcf->bypass) == NGX_OK)
    {
        return NGX_SHOP_GATE_PASS_ADDRESS;
    }

    return pass;
}


const char *
ngx_shop_gate_pass_name(ngx_shop_gate_pass_e pass)
{
    static const char  *words[] = { "", "address", "link", "drill" };

    return words[pass];
}


const char *
ngx_shop_gate_why(ngx_shop_gate_why_e why)
{
    static const char  *words[] = {
        "", "maintenance", "browse", "reopening", "outage", "outage",
        "busy", "error_page"
    };

    return words[why];
}
