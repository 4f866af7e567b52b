
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What proxy_pass and its like say, read from the configuration of their
 * modules.  Each has ngx_http_upstream_conf_t as its first member, from 1.22 to
 * now (src/http/modules/ngx_http_proxy_module.h and the others), with the block
 * that is named in upstream.upstream; all else of it is private.  Modules are
 * found by name: an nginx may be built without them.
 */


#include "nginx/conf_pass.h"


typedef struct {
    const char            *module;
    const char            *directive;
    const char            *variable;       /* NULL: takes none */
} ngx_shop_conf_pass_t;


static void ngx_shop_conf_pass_repeats(ngx_conf_t *cf,
    ngx_http_upstream_conf_t *uconf);
static ngx_module_t *ngx_shop_conf_pass_module(ngx_conf_t *cf,
    const char *name);
static ngx_int_t ngx_shop_conf_pass_handler(ngx_conf_t *cf,
    ngx_shop_conf_site_t *site);
static ngx_http_handler_pt ngx_shop_conf_pass_ask(ngx_conf_t *cf,
    ngx_shop_conf_pass_t *pass);
static ngx_http_handler_pt ngx_shop_conf_pass_try(ngx_conf_t *cf,
    ngx_module_t *module, ngx_command_t *cmd, ngx_shop_conf_pass_t *pass);
static void ngx_shop_conf_pass_mark(ngx_shop_conf_main_t *smcf,
    ngx_http_handler_pt handler);


static ngx_shop_conf_pass_t  ngx_shop_conf_passes[] = {
    { "ngx_http_proxy_module", "proxy_pass", "http://$host" },
    { "ngx_http_fastcgi_module", "fastcgi_pass", "$host" },
    { "ngx_http_uwsgi_module", "uwsgi_pass", "$host" },
    { "ngx_http_scgi_module", "scgi_pass", "$host" },
    { "ngx_http_grpc_module", "grpc_pass", "$host" },
    { "ngx_http_memcached_module", "memcached_pass", NULL },
    { NULL, NULL, NULL }
};


ngx_int_t
ngx_shop_conf_pass_find(ngx_conf_t *cf, ngx_shop_conf_site_t *site)
{
    ngx_uint_t                       i;
    ngx_module_t                    *module;
    ngx_http_conf_ctx_t             *ctx;
    ngx_shop_conf_pass_t            *pass;
    ngx_http_upstream_conf_t        *uconf;
    ngx_http_upstream_srv_conf_t   **uscf;

    ctx = cf->ctx;

    for (pass = ngx_shop_conf_passes; pass->module; pass++) {

        module = ngx_shop_conf_pass_module(cf, pass->module);
        if (module == NULL) {
            continue;
        }

        uconf = ctx->loc_conf[module->ctx_index];

        if (uconf == NULL || uconf->upstream == NULL) {
            continue;
        }

        ngx_shop_conf_pass_repeats(cf, uconf);

        uscf = site->passes.elts;

        for (i = 0; i < site->passes.nelts; i++) {
            if (uscf[i] == uconf->upstream) {
                return NGX_OK;
            }
        }

        uscf = ngx_array_push(&site->passes);
        if (uscf == NULL) {
            return NGX_ERROR;
        }

        *uscf = uconf->upstream;

        return NGX_OK;
    }

    return ngx_shop_conf_pass_handler(cf, site);
}


/* whether a POST that a server may have carried out is sent to another one */

static void
ngx_shop_conf_pass_repeats(ngx_conf_t *cf, ngx_http_upstream_conf_t *uconf)
{
    ngx_shop_conf_srv_t       *sscf;
    ngx_http_core_loc_conf_t  *clcf;

    if (uconf->upstream->srv_conf == NULL
        || !(uconf->next_upstream & NGX_HTTP_UPSTREAM_FT_NON_IDEMPOTENT))
    {
        return;
    }

    sscf = ngx_http_conf_upstream_srv_conf(uconf->upstream,
                                           ngx_shop_failover_module);

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (sscf->repeats == NULL) {
        sscf->repeats = &clcf->name;
    }
}


static ngx_module_t *
ngx_shop_conf_pass_module(ngx_conf_t *cf, const char *name)
{
    ngx_uint_t      i;
    ngx_module_t  **modules;

    modules = cf->cycle->modules;

    for (i = 0; modules[i]; i++) {
        if (modules[i]->type == NGX_HTTP_MODULE
            && ngx_strcmp(modules[i]->name, name) == 0)
        {
            return modules[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_shop_conf_pass_handler(ngx_conf_t *cf, ngx_shop_conf_site_t *site)
{
    ngx_uint_t                 i;
    ngx_http_handler_pt       *handler;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler == NULL) {
        return NGX_OK;
    }

    handler = site->handlers.elts;

    for (i = 0; i < site->handlers.nelts; i++) {
        if (handler[i] == clcf->handler) {
            return NGX_OK;
        }
    }

    handler = ngx_array_push(&site->handlers);
    if (handler == NULL) {
        return NGX_ERROR;
    }

    *handler = clcf->handler;

    return NGX_OK;
}


ngx_int_t
ngx_shop_conf_pass_handlers(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t              i;
    ngx_http_handler_pt     handler;
    ngx_shop_conf_pass_t   *pass;
    ngx_shop_conf_site_t  **site;

    /* most configurations have nothing to ask */

    site = smcf->sites.elts;

    for (i = 0; i < smcf->sites.nelts; i++) {
        if (site[i]->handlers.nelts) {
            break;
        }
    }

    if (i == smcf->sites.nelts) {
        return NGX_OK;
    }

    for (pass = ngx_shop_conf_passes; pass->module; pass++) {

        if (pass->variable == NULL) {
            continue;
        }

        handler = ngx_shop_conf_pass_ask(cf, pass);

        if (handler) {
            ngx_shop_conf_pass_mark(smcf, handler);
        }
    }

    return NGX_OK;
}


/* NULL: this nginx does not have it, or it is not as we know it */

static ngx_http_handler_pt
ngx_shop_conf_pass_ask(ngx_conf_t *cf, ngx_shop_conf_pass_t *pass)
{
    ngx_module_t   *module;
    ngx_command_t  *cmd;

    module = ngx_shop_conf_pass_module(cf, pass->module);

    if (module == NULL || module->commands == NULL) {
        return NULL;
    }

    for (cmd = module->commands; cmd->name.len; cmd++) {
        if (ngx_strcmp(cmd->name.data, pass->directive) == 0) {
            return ngx_shop_conf_pass_try(cf, module, cmd, pass);
        }
    }

    return NULL;
}


/*
 * The handler of a module is private, too.  Its directive is given to a
 * location that is part of nothing: with a variable no upstream comes of it,
 * and all that stays in the configuration is that $host has a number.  From
 * 1.22 to 1.31 each of these directives sets the handler of its location, and
 * then compiles its argument (ngx_http_proxy_pass() and the others).  One that
 * does anything else here is not believed.
 */

static ngx_http_handler_pt
ngx_shop_conf_pass_try(ngx_conf_t *cf, ngx_module_t *module,
    ngx_command_t *cmd, ngx_shop_conf_pass_t *pass)
{
    char                      *rv;
    void                      *conf;
    ngx_str_t                 *value;
    ngx_conf_t                 inner;
    ngx_http_module_t         *m;
    ngx_http_conf_ctx_t        ctx;
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_upstream_conf_t  *uconf;

    m = module->ctx;
    ctx = *(ngx_http_conf_ctx_t *) cf->ctx;

    ctx.loc_conf = ngx_pcalloc(cf->pool, sizeof(void *) * ngx_http_max_module);
    clcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_core_loc_conf_t));
    conf = m->create_loc_conf ? m->create_loc_conf(cf) : NULL;

    if (ctx.loc_conf == NULL || clcf == NULL || conf == NULL) {
        return NULL;
    }

    ctx.loc_conf[ngx_http_core_module.ctx_index] = clcf;
    ctx.loc_conf[module->ctx_index] = conf;

    inner = *cf;

    inner.ctx = &ctx;
    inner.args = ngx_array_create(cf->pool, 2, sizeof(ngx_str_t));

    rv = NGX_CONF_ERROR;

    if (inner.args) {
        value = ngx_array_push_n(inner.args, 2);

        value[0].data = (u_char *) pass->directive;
        value[0].len = ngx_strlen(pass->directive);
        value[1].data = (u_char *) pass->variable;
        value[1].len = ngx_strlen(pass->variable);

        rv = cmd->set(&inner, cmd, conf);
    }

    /* the first member, as in pass_find() */

    uconf = conf;

    return rv == NGX_CONF_OK && uconf->upstream == NULL ? clcf->handler : NULL;
}


static void
ngx_shop_conf_pass_mark(ngx_shop_conf_main_t *smcf,
    ngx_http_handler_pt handler)
{
    ngx_uint_t              i, j;
    ngx_http_handler_pt    *handlers;
    ngx_shop_conf_site_t  **site;

    site = smcf->sites.elts;

    for (i = 0; i < smcf->sites.nelts; i++) {
        handlers = site[i]->handlers.elts;

        for (j = 0; j < site[i]->handlers.nelts; j++) {
            if (handlers[j] == handler) {
                site[i]->variable = 1;
            }
        }
    }
}
