
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The front door of the operator's view: the directive, and an answer to a
 * request in the form that it asks for.
 */


#include "nginx/status/status.h"
#include "nginx/header.h"


typedef enum {
    NGX_SHOP_STATUS_ANSWER_ASKED = 0,     /* by ?format= or Accept */
    NGX_SHOP_STATUS_ANSWER_JSON,
    NGX_SHOP_STATUS_ANSWER_HTML,
    NGX_SHOP_STATUS_ANSWER_PROMETHEUS
} ngx_shop_status_answer_form_e;


typedef struct {
    ngx_str_t                name;
    ngx_str_t                type;
    ngx_shop_status_serve_t  serve;
} ngx_shop_status_answer_form_t;


static ngx_int_t ngx_shop_status_answer(ngx_http_request_t *r);
static ngx_int_t ngx_shop_status_answer_keep(ngx_http_request_t *r,
    ngx_shop_snapshot_t *snap);
static ngx_int_t ngx_shop_status_answer_site(ngx_http_request_t *r,
    ngx_str_t *name);
static ngx_uint_t ngx_shop_status_answer_form(ngx_http_request_t *r);
static ngx_uint_t ngx_shop_status_answer_named(ngx_str_t *name);
static ngx_uint_t ngx_shop_status_answer_accepted(ngx_str_t *accept);
static ngx_int_t ngx_shop_status_answer_send(ngx_http_request_t *r,
    ngx_shop_snapshot_t *snap, off_t size);
static void ngx_shop_status_answer_type(ngx_http_request_t *r,
    ngx_uint_t format);
static ngx_int_t ngx_shop_status_answer_header(ngx_http_request_t *r,
    const char *name, ngx_str_t *value);
static ngx_int_t ngx_shop_status_answer_parameter(ngx_conf_t *cf,
    ngx_shop_conf_loc_t *slcf, ngx_str_t *value);
static ngx_uint_t ngx_shop_status_answer_link(ngx_str_t *url);


#define ngx_shop_status_answer_how(render, none)                             \
    { render, none, ngx_shop_status_answer_keep, ngx_shop_status_answer_send }


/* by number of the format; [ASKED] is none */
static ngx_shop_status_answer_form_t  ngx_shop_status_answer_forms[] = {

    { ngx_null_string, ngx_null_string, { NULL, NULL, NULL, NULL } },

    { ngx_string("json"), ngx_string("application/json"),
      ngx_shop_status_answer_how(ngx_shop_status_json,
                                 ngx_shop_status_site_none_json) },

    { ngx_string("html"), ngx_string("text/html; charset=utf-8"),
      ngx_shop_status_answer_how(ngx_shop_status_html,
                                 ngx_shop_status_site_none) },

    { ngx_string("prometheus"),
      ngx_string("text/plain; version=0.0.4; charset=utf-8"),
      ngx_shop_status_answer_how(ngx_shop_status_metrics,
                                 ngx_shop_status_site_none) },

    { ngx_null_string, ngx_null_string, { NULL, NULL, NULL, NULL } }
};


static ngx_int_t
ngx_shop_status_answer(ngx_http_request_t *r)
{
    ngx_int_t               rc;
    ngx_str_t               week;
    ngx_uint_t              format;
    ngx_shop_snapshot_t    *snap;
    ngx_shop_conf_loc_t    *slcf;
    ngx_shop_conf_main_t   *smcf;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    snap = ngx_shop_snapshot_begin(r->pool, &smcf->zone,
                                   slcf->flag ? ngx_shop_conf_site(slcf)
                                              : NULL);
    if (snap == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    snap->runbook = slcf->runbook;
    snap->hours = (ngx_http_arg(r, (u_char *) "week", 4, &week) == NGX_OK);

    format = ngx_shop_status_answer_form(r);

    return ngx_shop_status_serve(r, snap,
                                 &ngx_shop_status_answer_forms[format].serve);
}


static ngx_int_t
ngx_shop_status_answer_keep(ngx_http_request_t *r, ngx_shop_snapshot_t *snap)
{
    ngx_str_t  name;

    if (ngx_shop_status_answer_site(r, &name) == NGX_OK
        && ngx_shop_snapshot_keep(snap, &name) != NGX_OK)
    {
        snap->unknown = name;
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* "?site=NAME": of one alone; NGX_DECLINED: of all */

static ngx_int_t
ngx_shop_status_answer_site(ngx_http_request_t *r, ngx_str_t *name)
{
    u_char     *src, *dst;
    ngx_str_t   value;

    if (ngx_http_arg(r, (u_char *) "site", 4, &value) != NGX_OK
        || value.len == 0)
    {
        return NGX_DECLINED;
    }

    name->data = ngx_pnalloc(r->pool, value.len);
    if (name->data == NULL) {
        return NGX_DECLINED;
    }

    src = value.data;
    dst = name->data;

    ngx_unescape_uri(&dst, &src, value.len, 0);

    name->len = dst - name->data;

    return NGX_OK;
}


/* what the directive fixed, else what ?format= names, else what Accept does */

static ngx_uint_t
ngx_shop_status_answer_form(ngx_http_request_t *r)
{
    ngx_str_t             value;
    ngx_uint_t            format;
    ngx_shop_conf_loc_t  *slcf;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (slcf->status != NGX_SHOP_STATUS_ANSWER_ASKED) {
        return slcf->status;
    }

    if (ngx_http_arg(r, (u_char *) "format", 6, &value) == NGX_OK) {

        format = ngx_shop_status_answer_named(&value);

        if (format != NGX_SHOP_STATUS_ANSWER_ASKED) {
            return format;
        }
    }

    if (r->headers_in.accept == NULL) {
        return NGX_SHOP_STATUS_ANSWER_JSON;
    }

    return ngx_shop_status_answer_accepted(&r->headers_in.accept->value);
}


static ngx_uint_t
ngx_shop_status_answer_named(ngx_str_t *name)
{
    ngx_uint_t  i;

    for (i = 1; ngx_shop_status_answer_forms[i].type.len; i++) {
        if (ngx_shop_status_answer_forms[i].name.len == name->len
            && ngx_strncmp(ngx_shop_status_answer_forms[i].name.data,
                           name->data, name->len)
               == 0)
        {
            return i;
        }
    }

    return NGX_SHOP_STATUS_ANSWER_ASKED;
}


/*
 * A browser names text/html, Prometheus names its own types, and everything
 * else, curl's asterisks among it, is a program that reads JSON.
 */

static ngx_uint_t
ngx_shop_status_answer_accepted(ngx_str_t *accept)
{
    u_char  *last;

    last = accept->data + accept->len;

    if (ngx_strlcasestrn(accept->data, last, (u_char *) "text/html", 8)) {
        return NGX_SHOP_STATUS_ANSWER_HTML;
    }

    if (ngx_strlcasestrn(accept->data, last, (u_char *) "openmetrics", 10)
        || ngx_strlcasestrn(accept->data, last, (u_char *) "text/plain", 9))
    {
        return NGX_SHOP_STATUS_ANSWER_PROMETHEUS;
    }

    return NGX_SHOP_STATUS_ANSWER_JSON;
}


static ngx_int_t
ngx_shop_status_answer_send(ngx_http_request_t *r, ngx_shop_snapshot_t *snap,
    off_t size)
{
    ngx_uint_t            format;
    ngx_shop_conf_loc_t  *slcf;

    static ngx_str_t  no_store = ngx_string("no-store");
    static ngx_str_t  nosniff = ngx_string("nosniff");

    format = ngx_shop_status_answer_form(r);

    if (snap->unknown.len) {
        r->headers_out.status = NGX_HTTP_NOT_FOUND;

        if (format != NGX_SHOP_STATUS_ANSWER_JSON) {
            format = NGX_SHOP_STATUS_ANSWER_PROMETHEUS;
        }

    } else {
        r->headers_out.status = NGX_HTTP_OK;
    }

    r->headers_out.content_length_n = size;

    ngx_shop_status_answer_type(r, format);

    if (format == NGX_SHOP_STATUS_ANSWER_HTML) {

        slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

        if (ngx_shop_status_answer_header(r, "Content-Security-Policy",
                                   &slcf->status_policy)
            != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (ngx_shop_status_answer_header(r, "Cache-Control", &no_store)
        != NGX_OK
        || ngx_shop_status_answer_header(r, "X-Content-Type-Options",
                                  &nosniff)
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_send_header(r);
}


static void
ngx_shop_status_answer_type(ngx_http_request_t *r, ngx_uint_t format)
{
    ngx_str_t  *type;

    type = &r->headers_out.content_type;

    *type = ngx_shop_status_answer_forms[format].type;

    /* gzip and charset look at the type alone */

    r->headers_out.content_type_len = format == NGX_SHOP_STATUS_ANSWER_HTML
                                      ? sizeof("text/html") - 1 : type->len;
}


static ngx_int_t
ngx_shop_status_answer_header(ngx_http_request_t *r, const char *name,
    ngx_str_t *value)
{
    return ngx_shop_header_push(r, ngx_strlen(name), name, value)
           ? NGX_OK : NGX_ERROR;
}


char *
ngx_shop_status_answer_directive(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_shop_conf_loc_t  *slcf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_core_loc_conf_t  *clcf;
    ngx_shop_conf_main_t      *smcf;

    value = cf->args->elts;

    if (slcf->answer) {
        return slcf->control ? "cannot stand beside \"shop_control\""
                             : "is duplicate";
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_shop_status_answer_parameter(cf, slcf, &value[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_shop_status_style_policy(cf, &slcf->status_policy) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    slcf->answer = ngx_shop_status_answer;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = slcf->answer;

    return NGX_CONF_OK;
}


/* a format, or runbook=URL; each once */

static ngx_int_t
ngx_shop_status_answer_parameter(ngx_conf_t *cf, ngx_shop_conf_loc_t *slcf,
    ngx_str_t *value)
{
    ngx_str_t  url;

    if (value->len > 8 && ngx_strncmp(value->data, "runbook=", 8) == 0
        && slcf->runbook.len == 0)
    {
        url.data = value->data + 8;
        url.len = value->len - 8;

        if (ngx_shop_status_answer_link(&url)) {
            slcf->runbook = url;
            return NGX_OK;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_status\", "
                           "expected a link as runbook=https://wiki.example/"
                           "shop", value);
        return NGX_ERROR;
    }

    if (slcf->status == NGX_SHOP_STATUS_ANSWER_ASKED) {
        slcf->status = ngx_shop_status_answer_named(value);

        if (slcf->status != NGX_SHOP_STATUS_ANSWER_ASKED) {
            return NGX_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid value \"%V\" in \"shop_status\", expected "
                       "json, html or prometheus, or nothing: then the client "
                       "chooses; and runbook=URL", value);
    return NGX_ERROR;
}


/* what a browser may open from a screen: no script, and no blank in it */

static ngx_uint_t
ngx_shop_status_answer_link(ngx_str_t *url)
{
    ngx_uint_t  i;

    if (ngx_strncasecmp(url->data, (u_char *) "https://", 8) != 0
        && ngx_strncasecmp(url->data, (u_char *) "http://", 7) != 0)
    {
        return 0;
    }

    for (i = 0; i < url->len; i++) {
        if (url->data[i] <= ' ' || url->data[i] == 0x7f) {
            return 0;
        }
    }

    return 1;
}
