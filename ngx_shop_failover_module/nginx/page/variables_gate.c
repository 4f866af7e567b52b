
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The variables of the gate and of what the flag announces.  Decides nothing.
 */


#include "nginx/page/variables_gate.h"
#include "nginx/gate/gate.h"
#include "nginx/page/headers.h"

#include "logic/text/emit.h"
#include "logic/words/negotiate.h"
#include "logic/flag/times.h"
#include "logic/words/strings.h"


/* bytes of a notice before it is escaped */
#define NGX_SHOP_VARIABLES_GATE_ROOM    1024

/* longest escape of one byte: "&quot;" */
#define NGX_SHOP_VARIABLES_GATE_ESCAPE  6


static ngx_int_t ngx_shop_variables_gate_bypass(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_shop_variables_gate_notice(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_shop_variables_gate_eta(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_shop_variables_gate_text(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice, ngx_str_t *text);
static void ngx_shop_variables_gate_times(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice, ngx_shop_emit_t *e);
static ngx_shop_str_t ngx_shop_variables_gate_status(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice);
static ngx_int_t ngx_shop_variables_gate_escape(ngx_http_request_t *r,
    ngx_str_t *text);
static ngx_shop_model_site_t *ngx_shop_variables_gate_flag(
    ngx_http_request_t *r, ngx_shop_model_zone_t **zone);
static void ngx_shop_variables_gate_set(ngx_http_variable_value_t *v,
    const u_char *data, size_t len);


static ngx_http_variable_t  ngx_shop_variables_gate[] = {

    { ngx_string("shop_bypass"), NULL,
      ngx_shop_variables_gate_bypass, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("shop_notice"), NULL,
      ngx_shop_variables_gate_notice, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("shop_notice_html"), NULL,
      ngx_shop_variables_gate_notice, 1,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("shop_eta"), NULL,
      ngx_shop_variables_gate_eta, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_shop_variables_gate_add(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_shop_variables_gate; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


/* what lets this visitor pass: "address", "link", "drill" or nothing */

static ngx_int_t
ngx_shop_variables_gate_bypass(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    const char           *name;
    ngx_shop_conf_loc_t  *slcf;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    name = ngx_shop_gate_pass_name(ngx_shop_gate_pass(r, slcf));

    ngx_shop_variables_gate_set(v, (u_char *) name, ngx_strlen(name));

    return NGX_OK;
}


/* the site of a location that a flag closes, or NULL */

static ngx_shop_model_site_t *
ngx_shop_variables_gate_flag(ngx_http_request_t *r,
    ngx_shop_model_zone_t **zone)
{
    ngx_shop_conf_loc_t   *slcf;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    *zone = &smcf->zone;

    return (smcf->used && slcf->flag) ? ngx_shop_conf_site(slcf) : NULL;
}


/* empty but before a planned start; data is 1 for HTML */

static ngx_int_t
ngx_shop_variables_gate_notice(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t               text;
    ngx_shop_model_zone_t  *zone;
    ngx_shop_model_site_t  *flag;
    ngx_shop_board_view_t  *view;

    ngx_shop_variables_gate_set(v, (u_char *) "", 0);

    flag = ngx_shop_variables_gate_flag(r, &zone);

    if (flag == NULL || !ngx_shop_board_announced(zone, flag)) {
        return NGX_OK;
    }

    view = ngx_shop_board_current(zone, flag);

    if (ngx_shop_variables_gate_text(r, &view->notice, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    if (data && ngx_shop_variables_gate_escape(r, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_shop_variables_gate_set(v, text.data, text.len);

    return NGX_OK;
}


/* a copy: the view is that of this moment, and the answer takes longer */

static ngx_int_t
ngx_shop_variables_gate_text(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice, ngx_str_t *text)
{
    ngx_shop_str_t   status;
    ngx_shop_emit_t  e;

    text->data = ngx_pnalloc(r->pool, NGX_SHOP_VARIABLES_GATE_ROOM);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_emit_init(&e, text->data, NGX_SHOP_VARIABLES_GATE_ROOM);

    status = ngx_shop_variables_gate_status(r, notice);

    if (status.len) {
        ngx_shop_emit_raw(&e, status.data, status.len);

    } else {
        ngx_shop_variables_gate_times(r, notice, &e);
    }

    text->len = e.failed ? 0 : (size_t) (e.pos - e.start);

    return NGX_OK;
}


/* a flag without a text: from when to when, as the page's languages say it */

static void
ngx_shop_variables_gate_times(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice, ngx_shop_emit_t *e)
{
    ngx_shop_skin_t            *skin;
    ngx_shop_strings_t         *words;
    ngx_shop_conf_loc_t        *slcf;
    ngx_shop_choice_asked_t     asked;
    ngx_shop_strings_place_t    places[2];

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);
    skin = slcf->page->skin;

    ngx_shop_headers_read(r, &asked);

    words = &skin->words[ngx_shop_negotiate_language(
                    (ngx_shop_str_t *) &asked.language,
                    skin->codes, skin->nlangs)];

    ngx_memzero(places, sizeof(places));

    places[0].name = "start";
    places[0].at = notice->start.at;
    places[0].how = NGX_SHOP_STRINGS_DATE_ZONE;

    places[1].name = "eta";
    places[1].at = notice->until.at ? notice->until.at : notice->eta.at;
    places[1].how = NGX_SHOP_STRINGS_DATE_ZONE;

    ngx_shop_strings_fill(words, e,
                          &words->text[places[1].at
                                       ? NGX_SHOP_STRINGS_NOTICE_UNTIL
                                       : NGX_SHOP_STRINGS_NOTICE],
                          places, 2);
}


/* status in the visitor's language, of those that the flag has */

static ngx_shop_str_t
ngx_shop_variables_gate_status(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice)
{
    ngx_uint_t                i, n;
    ngx_shop_str_t            langs[NGX_SHOP_FLAG_LANGS + 1];
    ngx_shop_str_t            status;
    ngx_shop_choice_asked_t  asked;

    status = ngx_shop_flag_text(notice, notice->status);

    if (notice->nlangs == 0) {
        return status;
    }

    ngx_shop_headers_read(r, &asked);

    /* "status" itself is what nobody asked for by name */

    langs[0].data = (u_char *) "x-status";
    langs[0].len = sizeof("x-status") - 1;

    for (i = 0; i < notice->nlangs; i++) {
        langs[i + 1] = ngx_shop_flag_text(notice, notice->langs[i].lang);
    }

    n = ngx_shop_negotiate_language(
                                    (ngx_shop_str_t *) &asked.language,
                                    langs, notice->nlangs + 1);

    if (n == 0 && status.len) {
        return status;
    }

    return ngx_shop_flag_text(notice, notice->langs[n ? n - 1 : 0].text);
}


static ngx_int_t
ngx_shop_variables_gate_escape(ngx_http_request_t *r, ngx_str_t *text)
{
    size_t           size;
    u_char          *buf;
    ngx_shop_emit_t  e;

    size = text->len * NGX_SHOP_VARIABLES_GATE_ESCAPE;

    buf = ngx_pnalloc(r->pool, size + 1);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_emit_init(&e, buf, size);
    ngx_shop_emit_html(&e, (ngx_shop_str_t *) text);

    if (e.failed) {
        return NGX_ERROR;
    }

    text->data = buf;
    text->len = e.pos - buf;

    return NGX_OK;
}


/* RFC 3339, in UTC, of the flag that closes or announces; else empty */

static ngx_int_t
ngx_shop_variables_gate_eta(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                 *p;
    ngx_shop_model_zone_t  *zone;
    ngx_shop_model_site_t  *flag;
    ngx_shop_board_view_t  *view;

    ngx_shop_variables_gate_set(v, (u_char *) "", 0);

    flag = ngx_shop_variables_gate_flag(r, &zone);

    if (flag == NULL
        || (ngx_shop_board_gate(zone, flag)
            == NGX_SHOP_BOARD_GATE_OPEN
            && !ngx_shop_board_announced(zone, flag)))
    {
        return NGX_OK;
    }

    view = ngx_shop_board_current(zone, flag);

    if (!view->flag || view->notice.eta.at == 0) {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_SHOP_TIMES_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_variables_gate_set(v, p,
         ngx_shop_times_rfc3339(p, view->notice.eta.at));

    return NGX_OK;
}


static void
ngx_shop_variables_gate_set(ngx_http_variable_value_t *v, const u_char *data,
    size_t len)
{
    v->data = (u_char *) data;
    v->len = (unsigned) len & 0xfffffff;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
}
