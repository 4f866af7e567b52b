
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The variables: a table, and a function for each.  Decides nothing.
 */


#include "nginx/host.h"
#include "nginx/page/variables.h"

#include "logic/text/version.h"


static ngx_int_t ngx_shop_variables_state(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_shop_variables_group(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_shop_variables_fallback(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_shop_variables_version(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static void ngx_shop_variables_text(ngx_http_variable_value_t *v,
    const char *text);


static ngx_http_variable_t  ngx_shop_variables[] = {

    { ngx_string("shop_state"), NULL, ngx_shop_variables_state, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("shop_group"), NULL, ngx_shop_variables_group, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("shop_fallback"), NULL,
      ngx_shop_variables_fallback, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("shop_version"), NULL,
      ngx_shop_variables_version, 0, 0, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_shop_variables_add(ngx_conf_t *cf)
{
    return ngx_shop_variables_table(cf, ngx_shop_variables);
}


ngx_int_t
ngx_shop_variables_table(ngx_conf_t *cf, ngx_http_variable_t *table)
{
    ngx_http_variable_t  *var, *v;

    for (v = table; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


/* the state of the site that the location belongs to */

static ngx_int_t
ngx_shop_variables_state(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_shop_conf_loc_t   *slcf;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    if (!smcf->used) {
        v->not_found = 1;
        return NGX_OK;
    }

    ngx_shop_variables_text(v, ngx_shop_site_name(
        ngx_shop_board_state(&smcf->zone,
                             ngx_shop_host_site(r, slcf))));

    return NGX_OK;
}


/*
 * Who served: the upstream block that the last try was in.  It is not always
 * that of proxy_pass: failover moves u->upstream along.
 */

static ngx_int_t
ngx_shop_variables_group(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_str_t  *name;

    if (r->upstream == NULL || r->upstream->upstream == NULL
        || r->upstream->upstream->srv_conf == NULL)
    {
        v->not_found = 1;
        return NGX_OK;
    }

    name = &r->upstream->upstream->host;

    ngx_shop_variables_set(v, name->data, name->len);

    return NGX_OK;
}


/* why this answer is a fallback; empty where it is the shop's own */

static ngx_int_t
ngx_shop_variables_fallback(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    const char  *why;

    why = ngx_shop_conf_explained(r);

    if (why == NULL && r->upstream && ngx_shop_compat_stale(r)) {
        why = "stale";
    }

    ngx_shop_variables_text(v, why ? why : "");

    return NGX_OK;
}


static ngx_int_t
ngx_shop_variables_version(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_shop_variables_text(v, NGX_SHOP_VERSION);

    return NGX_OK;
}


static void
ngx_shop_variables_text(ngx_http_variable_value_t *v, const char *text)
{
    ngx_shop_variables_set(v, (u_char *) text, ngx_strlen(text));
}


void
ngx_shop_variables_set(ngx_http_variable_value_t *v, const u_char *data,
    size_t len)
{
    v->data = (u_char *) data;
    v->len = (unsigned) len & 0xfffffff;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
}
