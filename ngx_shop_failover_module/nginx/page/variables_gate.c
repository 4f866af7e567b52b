
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The variables of the gate and of what the flag announces.  Decides nothing.
 */


#include "nginx/host.h"
#include "nginx/page/variables_gate.h"
#include "nginx/page/variables.h"
#include "nginx/gate/gate.h"
#include "nginx/page/choice.h"
#include "nginx/page/skin_decide.h"
#include "nginx/page/skin.h"

#include "logic/text/emit.h"
#include "logic/flag/times.h"
#include "logic/words/strings.h"
#include "logic/words/tongue.h"


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
    ngx_shop_flag_notice_t *notice, ngx_uint_t said, ngx_str_t *text);
static void ngx_shop_variables_gate_times(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice, ngx_shop_emit_t *e);
static ngx_shop_str_t ngx_shop_variables_gate_said(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice, unsigned said);
static ngx_int_t ngx_shop_variables_gate_escape(ngx_http_request_t *r,
    ngx_str_t *text);
static ngx_shop_model_site_t *ngx_shop_variables_gate_flag(
    ngx_http_request_t *r, ngx_shop_model_zone_t **zone);


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
    return ngx_shop_variables_table(cf, ngx_shop_variables_gate);
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

    ngx_shop_variables_set(v, (u_char *) name, ngx_strlen(name));

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

    return (smcf->used && slcf->flag) ? ngx_shop_host_site(r, slcf) : NULL;
}


/* empty but before a planned start and after an end; data is 1 for HTML */

static ngx_int_t
ngx_shop_variables_gate_notice(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t               text;
    ngx_uint_t              said;
    ngx_shop_model_zone_t  *zone;
    ngx_shop_model_site_t  *flag;
    ngx_shop_board_view_t  *view;

    ngx_shop_variables_set(v, (u_char *) "", 0);

    flag = ngx_shop_variables_gate_flag(r, &zone);

    if (flag == NULL) {
        return NGX_OK;
    }

    said = ngx_shop_board_announced(zone, flag);

    if (said == NGX_SHOP_BOARD_SAID_NOTHING) {
        return NGX_OK;
    }

    view = ngx_shop_board_current(zone, flag);

    if (ngx_shop_variables_gate_text(r, &view->notice, said, &text)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (data && ngx_shop_variables_gate_escape(r, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_shop_variables_set(v, text.data, text.len);

    return NGX_OK;
}


/* a copy: the view is that of this moment, and the answer takes longer */

static ngx_int_t
ngx_shop_variables_gate_text(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice, ngx_uint_t said, ngx_str_t *text)
{
    ngx_shop_str_t   status;
    ngx_shop_emit_t  e;

    text->data = ngx_pnalloc(r->pool, NGX_SHOP_VARIABLES_GATE_ROOM);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_emit_init(&e, text->data, NGX_SHOP_VARIABLES_GATE_ROOM);

    status = ngx_shop_variables_gate_said(r, notice,
                                          said == NGX_SHOP_BOARD_SAID_AFTER
                                          ? NGX_SHOP_FLAG_SAID_AFTER
                                          : NGX_SHOP_FLAG_SAID_STATUS);

    if (status.len) {
        ngx_shop_emit_raw(&e, status.data, status.len);

    } else if (said == NGX_SHOP_BOARD_SAID_BEFORE) {
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

    ngx_shop_choice_read(r, &asked);
    ngx_shop_skin_decide_ask(r, &asked.language);

    words = &skin->words[ngx_shop_choice_language(slcf->page,
                                                  &asked.language)];

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


/* a text in the visitor's language, of those that the flag has */

static ngx_shop_str_t
ngx_shop_variables_gate_said(ngx_http_request_t *r,
    ngx_shop_flag_notice_t *notice, unsigned said)
{
    ngx_shop_tongue_t        tongue;
    ngx_shop_tongue_mark_t   mark;
    ngx_shop_choice_asked_t  asked;

    ngx_shop_choice_read(r, &asked);
    ngx_shop_skin_decide_ask(r, &asked.language);
    ngx_memzero(&tongue, sizeof(ngx_shop_tongue_t));

    tongue.notice = notice;
    tongue.lang.data = asked.language.data;
    tongue.lang.len = asked.language.len;

    return ngx_shop_tongue_text(&tongue, said, 0, &mark);
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

    ngx_shop_variables_set(v, (u_char *) "", 0);

    flag = ngx_shop_variables_gate_flag(r, &zone);

    if (flag == NULL
        || (ngx_shop_board_gate(zone, flag)
            == NGX_SHOP_BOARD_GATE_OPEN
            && ngx_shop_board_announced(zone, flag)
               != NGX_SHOP_BOARD_SAID_BEFORE))
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

    ngx_shop_variables_set(v, p,
         ngx_shop_times_rfc3339(p, view->notice.eta.at));

    return NGX_OK;
}
