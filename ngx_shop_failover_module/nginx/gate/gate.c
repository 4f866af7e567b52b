
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who passes.  Decides, and sends nothing.
 */


#include "nginx/gate/gate.h"
#include "nginx/gate/gate_link.h"

#include "state/counters.h"


static ngx_shop_gate_why_e ngx_shop_gate_look(ngx_http_request_t *r,
    ngx_shop_conf_main_t *smcf, ngx_shop_conf_loc_t *slcf, ngx_uint_t gate);
static ngx_uint_t ngx_shop_gate_path(ngx_http_request_t *r,
    ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *site);
static ngx_uint_t ngx_shop_gate_listed(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice, ngx_str_t *uri);
static void ngx_shop_gate_unescape(ngx_http_request_t *r,
    ngx_shop_str_t *path);
static ngx_int_t ngx_shop_gate_asked(ngx_http_request_t *r, ngx_str_t *uri);
static uint32_t ngx_shop_gate_visitor(ngx_http_request_t *r);


ngx_shop_gate_why_e
ngx_shop_gate_ask(ngx_http_request_t *r, ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_loc_t *slcf)
{
    ngx_uint_t  gate;

    if (slcf->flag == NULL || ngx_shop_conf_answers(r, slcf)) {
        return NGX_SHOP_GATE_WHY_NOT;
    }

    gate = ngx_shop_board_gate(&smcf->zone, ngx_shop_conf_site(slcf));

    if (gate == NGX_SHOP_BOARD_GATE_OPEN) {
        return NGX_SHOP_GATE_WHY_NOT;
    }

    return ngx_shop_gate_look(r, smcf, slcf, gate);
}


/* not open to everybody */

static ngx_shop_gate_why_e
ngx_shop_gate_look(ngx_http_request_t *r, ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_loc_t *slcf, ngx_uint_t gate)
{
    switch (ngx_shop_gate_pass(r, slcf)) {

    case NGX_SHOP_GATE_PASS_DRILL:
        return NGX_SHOP_GATE_WHY_CLOSED;

    case NGX_SHOP_GATE_PASS_NONE:
        break;

    default:
        if (gate != NGX_SHOP_BOARD_GATE_DRILL) {
            ngx_shop_counters_bypassed(&smcf->zone,
                                       ngx_shop_conf_site(slcf));
        }

        return NGX_SHOP_GATE_WHY_NOT;
    }

    switch (gate) {

    case NGX_SHOP_BOARD_GATE_BROWSE:
        return (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_OPTIONS
                             |NGX_HTTP_TRACE))
               ? NGX_SHOP_GATE_WHY_NOT : NGX_SHOP_GATE_WHY_BROWSE;

    case NGX_SHOP_BOARD_GATE_PATHS:
        return ngx_shop_gate_path(r, &smcf->zone, ngx_shop_conf_site(slcf))
               ? NGX_SHOP_GATE_WHY_CLOSED : NGX_SHOP_GATE_WHY_NOT;

    case NGX_SHOP_BOARD_GATE_RAMP:
        return ngx_shop_board_admits(&smcf->zone, ngx_shop_conf_site(slcf),
                                     ngx_shop_gate_visitor(r))
               ? NGX_SHOP_GATE_WHY_NOT : NGX_SHOP_GATE_WHY_RAMP;

    case NGX_SHOP_BOARD_GATE_DRILL:
        return NGX_SHOP_GATE_WHY_NOT;

    default:
        return NGX_SHOP_GATE_WHY_CLOSED;
    }
}


/*
 * Whether the notice closes this path, be it the one that the visitor asked
 * for or what rewrite made of it.
 */

static ngx_uint_t
ngx_shop_gate_path(ngx_http_request_t *r, ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *site)
{
    ngx_str_t                uri;
    ngx_shop_flag_notice_t  *notice;

    notice = &ngx_shop_board_current(zone, site)->notice;

    return ngx_shop_gate_listed(r, notice, &r->uri)
           || (ngx_shop_gate_asked(r, &uri) == NGX_OK
               && ngx_shop_gate_listed(r, notice, &uri));
}


/* "/cart" closes "/cart/...", too */

static ngx_uint_t
ngx_shop_gate_listed(ngx_http_request_t *r, ngx_shop_flag_notice_t *notice,
    ngx_str_t *uri)
{
    ngx_uint_t      i;
    ngx_shop_str_t  path;

    for (i = 0; i < notice->npaths; i++) {
        path = ngx_shop_flag_text(notice, notice->paths[i]);
        ngx_shop_gate_unescape(r, &path);

        while (path.len > 1 && path.data[path.len - 1] == '/') {
            path.len--;
        }

        if (uri->len >= path.len
            && ngx_memcmp(uri->data, path.data, path.len) == 0
            && (uri->len == path.len || path.len == 1
                || uri->data[path.len] == '/'))
        {
            return 1;
        }
    }

    return 0;
}


/* of a path that was copied from a browser; a blank cannot stand in a flag */

static void
ngx_shop_gate_unescape(ngx_http_request_t *r, ngx_shop_str_t *path)
{
    u_char  *dst, *src, *data;

    src = (u_char *) path->data;

    if (ngx_strlchr(src, src + path->len, '%') == NULL) {
        return;
    }

    data = ngx_pnalloc(r->pool, path->len);
    if (data == NULL) {
        return;
    }

    dst = data;
    ngx_unescape_uri(&dst, &src, path->len, 0);

    path->data = data;
    path->len = dst - data;
}


/*
 * The path that was asked for, where it is not that of the request any more.
 * nginx keeps it only as it was written; it is parsed once more as in
 * ngx_http_process_request_uri() (src/http/ngx_http_request.c), in a copy of
 * the request, since the result is written there.
 */

static ngx_int_t
ngx_shop_gate_asked(ngx_http_request_t *r, ngx_str_t *uri)
{
    ngx_str_t                 *asked;
    ngx_http_request_t         copy;
    ngx_http_core_srv_conf_t  *cscf;

    asked = &r->unparsed_uri;

    if (asked->len == 0
        || (asked->len >= r->uri.len
            && ngx_memcmp(asked->data, r->uri.data, r->uri.len) == 0
            && (asked->len == r->uri.len || asked->data[r->uri.len] == '?')))
    {
        return NGX_DECLINED;
    }

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);

    copy = *r;
    copy.uri_start = asked->data;
    copy.uri_end = asked->data + asked->len;
    copy.args_start = NULL;
    copy.uri.len = 0;
    copy.uri.data = ngx_pnalloc(r->pool, asked->len + 1);

    if (copy.uri.data == NULL
        || ngx_http_parse_complex_uri(&copy, cscf->merge_slashes) != NGX_OK)
    {
        return NGX_ERROR;
    }

    *uri = copy.uri;

    return NGX_OK;
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
        "", "maintenance", "browse", "reopening", "outage", "outage"
    };

    return words[why];
}
