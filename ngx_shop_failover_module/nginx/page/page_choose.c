
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which page a request gets: state, form, language, encoding, and what became
 * of its POST.
 */


#include "nginx/page/skin_decide.h"
#include "nginx/host.h"
#include "nginx/page/page_inside.h"

#include "state/crowd.h"


static void ngx_shop_page_choose_wait(ngx_shop_conf_main_t *smcf,
    ngx_http_upstream_t *u, ngx_shop_render_variant_t *variant);
static ngx_uint_t ngx_shop_page_choose_closed(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site);
static ngx_uint_t ngx_shop_page_choose_asks(ngx_http_request_t *r);


void
ngx_shop_page_choose(ngx_http_request_t *r, ngx_shop_page_t *page)
{
    ngx_shop_choice_t           choice;
    ngx_shop_conf_main_t       *smcf;
    ngx_shop_render_variant_t  *variant;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    variant = &page->variant;
    variant->slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);
    variant->site = ngx_shop_host_site(r, variant->slcf);
    variant->state = ngx_shop_page_choose_state(smcf, variant->site,
                                                page->why);
    variant->admitted = 0;
    variant->turn = ngx_shop_page_choose_turn(r, variant);
    variant->wait = 0;
    variant->met = 0;

    if (page->why == NGX_SHOP_GATE_WHY_BUSY && r->upstream) {
        ngx_shop_page_choose_wait(smcf, r->upstream, variant);
    }

    /* who calls an exempt location is a machine, if it does not say else */

    if (ngx_shop_conf_exempt(variant->slcf)) {
        ngx_str_set(&page->asked.type, "application/json");
    }

    ngx_shop_skin_decide_ask(r, &page->asked.language);
    ngx_shop_choice_make(smcf, variant->slcf->page, &page->asked, &r->uri,
                         &choice);

    variant->kind = choice.kind;
    variant->lang = choice.lang;
    variant->coding = choice.coding;

    /* a program reads in the body when to ask again, a browser in the header */

    variant->jitter = (choice.kind == NGX_SHOP_NEGOTIATE_JSON)
                      ? ngx_random() % NGX_SHOP_RENDER_JITTER : 0;

    if (ngx_shop_page_choose_asks(r)) {
        variant->post = NGX_SHOP_VIEW_NO_POST;

    } else {
        variant->post = ngx_shop_page_choose_sent(r) ? NGX_SHOP_VIEW_UNKNOWN
                                                     : NGX_SHOP_VIEW_UNSENT;
    }
}


/* a whole minute, so that all who wait for it share a page */

int64_t
ngx_shop_page_choose_turn(ngx_http_request_t *r,
    ngx_shop_render_variant_t *variant)
{
    int64_t                turn;
    ngx_shop_conf_main_t  *smcf;

    if (variant->state != NGX_SHOP_VIEW_REOPENING) {
        return 0;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    turn = ngx_shop_gate_turn(r, smcf, variant->slcf);

    return (turn + 59) / 60;
}


/* refused by shop_shed: each gets a time of its own to come again */

static void
ngx_shop_page_choose_wait(ngx_shop_conf_main_t *smcf, ngx_http_upstream_t *u,
    ngx_shop_render_variant_t *variant)
{
    ngx_shop_conf_srv_t  *sscf;

    if (u->upstream == NULL || u->upstream->srv_conf == NULL) {
        return;
    }

    sscf = ngx_http_conf_upstream_srv_conf(u->upstream,
                                           ngx_shop_failover_module);

    if (sscf->group && sscf->group->shed) {
        variant->wait = ngx_shop_render_wait_of(
                        ngx_shop_crowd_deal(&smcf->zone, sscf->group));
    }
}


ngx_uint_t
ngx_shop_page_choose_state(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site, ngx_shop_gate_why_e why)
{
    switch (why) {

    case NGX_SHOP_GATE_WHY_CLOSED:
        return ngx_shop_board_gate(&smcf->zone, site)
               == NGX_SHOP_BOARD_GATE_PATHS
               ? NGX_SHOP_VIEW_PATHS
               : ngx_shop_page_choose_closed(smcf, site);

    case NGX_SHOP_GATE_WHY_BROWSE:
        return NGX_SHOP_VIEW_BROWSE;

    case NGX_SHOP_GATE_WHY_RAMP:
        return NGX_SHOP_VIEW_REOPENING;

    case NGX_SHOP_GATE_WHY_BUSY:
        return NGX_SHOP_VIEW_BUSY;

    default:
        return NGX_SHOP_VIEW_OUTAGE;
    }
}


/* what an outage has closed was not planned, also where a flag keeps it shut */

static ngx_uint_t
ngx_shop_page_choose_closed(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site)
{
    return ngx_shop_board_state(&smcf->zone, site)
           == NGX_SHOP_SITE_MAINTENANCE
           && ngx_shop_board_outage(&smcf->zone, site)
           ? NGX_SHOP_VIEW_OUTAGE : NGX_SHOP_VIEW_MAINTENANCE;
}


/*
 * Whether the visitor only looked, and so may be led back by asking again: as
 * he sent it, for error_page and X-Accel-Redirect make a GET of a POST.
 */

static ngx_uint_t
ngx_shop_page_choose_asks(ngx_http_request_t *r)
{
    ngx_str_t        *name;
    static ngx_str_t  names[] = {
        ngx_string("GET "),
        ngx_string("HEAD "),
        ngx_string("OPTIONS "),
        ngx_null_string
    };

    for (name = names; name->len; name++) {
        if (r->request_line.len >= name->len
            && ngx_strncmp(r->request_line.data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_shop_page_choose_sent(ngx_http_request_t *r)
{
    ngx_uint_t                  i;
    ngx_connection_t           *c;
    ngx_http_upstream_state_t  *state;

    if (r->upstream_states) {
        state = r->upstream_states->elts;

        for (i = 0; i < r->upstream_states->nelts; i++) {
            if (state[i].bytes_sent > 0) {
                return 1;
            }
        }
    }

    c = r->upstream ? r->upstream->peer.connection : NULL;

    return c && c->sent > 0;
}
