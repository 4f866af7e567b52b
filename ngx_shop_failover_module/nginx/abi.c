
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether this nginx lays out its structures as the one that we were built
 * for.  nginx compares versions and a signature of its options, and neither
 * covers what a fork adds: OpenResty puts members into ngx_http_upstream_t,
 * and a module that does not know them kills a worker at its first request.
 *
 * nginx itself tells where its members are: in tables of variables and
 * directives, and by what it writes into an upstream that it makes.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "nginx/abi.h"


/* room for a request that is larger than ours */
#define NGX_SHOP_ABI_REQUEST  (2 * sizeof(ngx_http_request_t))
#define NGX_SHOP_ABI_POOL     32768


typedef struct {
    ngx_str_t   name;
    char       *member;
    size_t      offset;
} ngx_shop_abi_row_t;


static ngx_int_t ngx_shop_abi_request(ngx_conf_t *cf);
static ngx_int_t ngx_shop_abi_conf(ngx_conf_t *cf);
static ngx_int_t ngx_shop_abi_upstream(ngx_conf_t *cf);
static ngx_int_t ngx_shop_abi_row(ngx_conf_t *cf,
    ngx_shop_abi_row_t *row, ngx_str_t *name, size_t offset);
static ngx_int_t ngx_shop_abi_differs(ngx_conf_t *cf, char *member);


/* what variables of the core say */

static ngx_shop_abi_row_t  ngx_shop_abi_variables[] = {

    { ngx_string("uri"), "ngx_http_request_t.uri",
      offsetof(ngx_http_request_t, uri) },

    { ngx_string("args"), "ngx_http_request_t.args",
      offsetof(ngx_http_request_t, args) },

    { ngx_string("request_uri"), "ngx_http_request_t.unparsed_uri",
      offsetof(ngx_http_request_t, unparsed_uri) },

    { ngx_string("http_user_agent"), "ngx_http_request_t.headers_in",
      offsetof(ngx_http_request_t, headers_in.user_agent) },

    { ngx_null_string, NULL, 0 }
};


/* what directives of the proxy say: ngx_http_upstream_conf_t comes first */

static ngx_shop_abi_row_t  ngx_shop_abi_commands[] = {

    { ngx_string("proxy_connect_timeout"), "ngx_http_upstream_conf_t",
      offsetof(ngx_http_upstream_conf_t, connect_timeout) },

    { ngx_string("proxy_next_upstream"), "ngx_http_upstream_conf_t",
      offsetof(ngx_http_upstream_conf_t, next_upstream) },

    { ngx_string("proxy_intercept_errors"), "ngx_http_upstream_conf_t",
      offsetof(ngx_http_upstream_conf_t, intercept_errors) },

    { ngx_null_string, NULL, 0 }
};


ngx_int_t
ngx_shop_abi_check(ngx_conf_t *cf)
{
    if (ngx_shop_abi_request(cf) != NGX_OK
        || ngx_shop_abi_conf(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_shop_abi_upstream(cf);
}


static ngx_int_t
ngx_shop_abi_request(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_hash_key_t             *key;
    ngx_http_variable_t        *v;
    ngx_shop_abi_row_t      *row;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    row = ngx_shop_abi_variables;
    key = cmcf->variables_keys->keys.elts;

    for (i = 0; i < cmcf->variables_keys->keys.nelts; i++) {
        v = key[i].value;

        if (ngx_shop_abi_row(cf, row, &key[i].key, v->data) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_abi_conf(ngx_conf_t *cf)
{
    ngx_uint_t              i;
    ngx_command_t          *cmd;
    ngx_module_t          **module;
    ngx_shop_abi_row_t  *row;

    module = cf->cycle->modules;
    row = ngx_shop_abi_commands;

    for (i = 0; module[i]; i++) {

        if (ngx_strcmp(module[i]->name, "ngx_http_proxy_module") != 0) {
            continue;
        }

        for (cmd = module[i]->commands; cmd->name.len; cmd++) {
            if (ngx_shop_abi_row(cf, row, &cmd->name, cmd->offset)
                != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


/*
 * nginx is asked to make an upstream: where it writes and how much memory it
 * takes are its own.
 */
static ngx_int_t
ngx_shop_abi_upstream(ngx_conf_t *cf)
{
    size_t               used;
    u_char              *last;
    ngx_int_t            rc;
    ngx_pool_t          *pool;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    pool = ngx_create_pool(NGX_SHOP_ABI_POOL, cf->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;

    c = ngx_pcalloc(pool, sizeof(ngx_connection_t));
    r = ngx_pcalloc(pool, NGX_SHOP_ABI_REQUEST);

    if (c == NULL || r == NULL) {
        goto done;
    }

    c->log = cf->log;
    r->connection = c;
    r->pool = pool;
    r->main = r;
    last = pool->d.last;

    if (ngx_http_upstream_create(r) != NGX_OK) {
        goto done;
    }

    used = pool->d.last - last;

    /* NGX_DEBUG_PALLOC takes each from malloc(): the size is not seen there */

    if (r->upstream == NULL
        || r->upstream->headers_in.content_length_n != -1
        || r->upstream->headers_in.last_modified_time != -1
        || (pool->large == NULL
            && (used < sizeof(ngx_http_upstream_t)
                || used >= sizeof(ngx_http_upstream_t) + 2 * NGX_ALIGNMENT)))
    {
        rc = ngx_shop_abi_differs(cf, "ngx_http_upstream_t");
        goto done;
    }

    rc = NGX_OK;

done:

    ngx_destroy_pool(pool);

    return rc;
}


static ngx_int_t
ngx_shop_abi_row(ngx_conf_t *cf, ngx_shop_abi_row_t *row,
    ngx_str_t *name, size_t offset)
{
    for ( /* void */ ; row->name.len; row++) {

        if (row->name.len == name->len
            && ngx_strncmp(row->name.data, name->data, name->len) == 0
            && row->offset != offset)
        {
            return ngx_shop_abi_differs(cf, row->member);
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_abi_differs(ngx_conf_t *cf, char *member)
{
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "shop failover: this nginx is not the one that the module "
                  "was built for, though its version is: it has another %s; "
                  "build the module against its own sources, "
                  "\"nginx -V\" says whose it is", member);

    return NGX_ERROR;
}
