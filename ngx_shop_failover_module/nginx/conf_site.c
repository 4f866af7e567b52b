
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shop_site, shop_upstreams, and what goes without saying: a server block is a
 * site, named by its first server_name.  Knows nothing of health.
 */


#include "nginx/conf_site.h"
#include "nginx/conf_pass.h"


static ngx_shop_conf_site_t *ngx_shop_conf_site_of(ngx_conf_t *cf,
    ngx_shop_conf_main_t *smcf, ngx_shop_conf_loc_t *prev,
    ngx_shop_conf_loc_t *conf);
static ngx_int_t ngx_shop_conf_site_names(ngx_conf_t *cf,
    ngx_shop_conf_site_t *site);
static ngx_int_t ngx_shop_conf_site_server(ngx_conf_t *cf, ngx_str_t *name);
static ngx_int_t ngx_shop_conf_site_listen(ngx_conf_t *cf,
    ngx_http_core_srv_conf_t *cscf, ngx_str_t *name);
static ngx_shop_conf_site_t *ngx_shop_conf_site_split(ngx_conf_t *cf,
    ngx_shop_conf_main_t *smcf, ngx_shop_conf_site_t *site,
    ngx_shop_model_flag_t *flag);
static ngx_shop_conf_site_t *ngx_shop_conf_site_get(ngx_conf_t *cf,
    ngx_shop_conf_main_t *smcf, ngx_str_t *name);


#define NGX_SHOP_CONF_SITE_NAME  128      /* bytes */


ngx_int_t
ngx_shop_conf_site_create(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf)
{
    ngx_str_t              none = ngx_null_string;
    ngx_shop_conf_site_t  *site;

    site = ngx_shop_conf_site_get(cf, smcf, &none);
    if (site == NULL) {
        return NGX_ERROR;
    }

    site->counts = 1;

    return NGX_OK;
}


char *
ngx_shop_conf_site_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    u_char                *p, *last;
    ngx_str_t             *value, *name;
    ngx_shop_conf_loc_t   *slcf = conf;
    ngx_shop_conf_main_t  *smcf;

    if (slcf->site_name != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;
    name = &value[1];
    last = name->data + name->len;

    for (p = name->data; p < last && *p > ' ' && *p != 0x7f && *p != '$'; p++)
    {
        /* void */
    }

    if (name->len == 0 || name->len > NGX_SHOP_CONF_SITE_NAME || p < last) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_site\", expected "
                           "a name of at most %d bytes without blanks and "
                           "variables such as shop.example",
                           name, NGX_SHOP_CONF_SITE_NAME);
        return NGX_CONF_ERROR;
    }

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    /* the array of arguments is used again for the next directive */

    slcf->site_name = ngx_palloc(cf->pool, sizeof(ngx_str_t));
    if (slcf->site_name == NULL) {
        return NGX_CONF_ERROR;
    }

    *slcf->site_name = *name;

    return NGX_CONF_OK;
}


char *
ngx_shop_conf_site_upstreams(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    u_char                *p;
    ngx_str_t             *value;
    ngx_uint_t             i;
    ngx_shop_conf_use_t   *use;
    ngx_shop_conf_loc_t   *slcf = conf;
    ngx_shop_conf_main_t  *smcf;

    static ngx_str_t  optional = ngx_string("=optional");

    if (slcf->uses) {
        return "is duplicate";
    }

    slcf->uses = ngx_array_create(cf->pool, 4, sizeof(ngx_shop_conf_use_t));
    if (slcf->uses == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        use = ngx_array_push(slcf->uses);
        if (use == NULL) {
            return NGX_CONF_ERROR;
        }

        use->name = value[i];
        use->file = cf->conf_file->file.name.data;
        use->line = cf->conf_file->line;
        use->optional = 0;

        p = ngx_strlchr(value[i].data, value[i].data + value[i].len, '=');

        if (p == NULL) {
            continue;
        }

        use->name.len = p - value[i].data;
        use->optional = 1;

        if (value[i].len - use->name.len != optional.len
            || ngx_strncmp(p, optional.data, optional.len) != 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid value \"%V\" in \"shop_upstreams\", "
                               "expected the name of an upstream, alone or "
                               "with \"=optional\"", &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    return NGX_CONF_OK;
}


char *
ngx_shop_conf_site_merge(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev,
    ngx_shop_conf_loc_t *conf)
{
    ngx_uint_t             i;
    ngx_shop_conf_use_t   *use, *named;
    ngx_shop_conf_site_t  *site;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);

    site = ngx_shop_conf_site_of(cf, smcf, prev, conf);
    if (site == NULL) {
        return NGX_CONF_ERROR;
    }

    conf->site = site;

    if (ngx_shop_conf_site_names(cf, site) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (conf->flag) {
        site->own.flag = conf->flag;
    }

    for (i = 0; conf->uses && i < conf->uses->nelts; i++) {

        use = ngx_array_push(&site->named);
        if (use == NULL) {
            return NGX_CONF_ERROR;
        }

        named = conf->uses->elts;
        *use = named[i];
    }

    return ngx_shop_conf_pass_find(cf, site) == NGX_OK ? NGX_CONF_OK
                                                       : NGX_CONF_ERROR;
}


/* the hosts that it has; len 0: any, as of a regular expression */

static ngx_int_t
ngx_shop_conf_site_names(ngx_conf_t *cf, ngx_shop_conf_site_t *site)
{
    ngx_str_t                 *name;
    ngx_uint_t                 i;
    ngx_http_server_name_t    *sn;
    ngx_http_core_srv_conf_t  *cscf;

    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    if (site->server == cscf) {
        return NGX_OK;
    }

    site->server = cscf;
    sn = cscf->server_names.elts;

    for (i = 0; i < cscf->server_names.nelts; i++) {

        name = ngx_array_push(&site->own.names);
        if (name == NULL) {
            return NGX_ERROR;
        }

        *name = sn[i].name;

#if (NGX_PCRE)
        if (sn[i].regex) {
            name->len = 0;
        }
#endif

        if (name->len == 1 && name->data[0] == '_') {
            name->len = 0;
        }
    }

    return NGX_OK;
}


/* NULL: no memory, or told what is wrong */

static ngx_shop_conf_site_t *
ngx_shop_conf_site_of(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_loc_t *prev, ngx_shop_conf_loc_t *conf)
{
    ngx_str_t              name;
    ngx_uint_t             given;
    ngx_shop_conf_site_t  *site;

    given = (conf->site_name != NGX_CONF_UNSET_PTR);

    ngx_conf_merge_ptr_value(conf->site_name, prev->site_name, NULL);

    if (conf->site_name && (given || prev->site == NULL)) {
        site = ngx_shop_conf_site_get(cf, smcf, conf->site_name);

    } else if (prev->site) {
        site = prev->site;

    } else {
        if (ngx_shop_conf_site_server(cf, &name) != NGX_OK) {
            return NULL;
        }

        site = ngx_shop_conf_site_get(cf, smcf, &name);
    }

    if (site == NULL) {
        return NULL;
    }

    if (conf->site_name) {
        site->given = 1;
    }

    if (conf->flag == NULL || site->own.flag == NULL
        || site->own.flag == conf->flag)
    {
        return site;
    }

    if (!site->given) {
        return ngx_shop_conf_site_split(cf, smcf, site, conf->flag);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "site \"%V\" has the flag \"%V\" in one place and "
                       "\"%V\" in another: a site has one flag, give one of "
                       "them a name of its own with \"shop_site\"",
                       &site->own.name, &site->own.flag->path,
                       &conf->flag->path);
    return NULL;
}


/*
 * The first server_name.  Without one, or with "_" that means no name, it is
 * the address: many servers may have neither.
 */

static ngx_int_t
ngx_shop_conf_site_server(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_http_core_srv_conf_t  *cscf;

    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
    *name = cscf->server_name;

    if (name->len && (name->len != 1 || name->data[0] != '_')) {
        return NGX_OK;
    }

    return ngx_shop_conf_site_listen(cf, cscf, name);
}


static ngx_int_t
ngx_shop_conf_site_listen(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf,
    ngx_str_t *name)
{
    ngx_uint_t                   i, j, k;
    ngx_http_conf_port_t        *port;
    ngx_http_conf_addr_t        *addr;
    ngx_http_core_srv_conf_t   **server;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    port = cmcf->ports->elts;

    for (i = 0; i < cmcf->ports->nelts; i++) {
        addr = port[i].addrs.elts;

        for (j = 0; j < port[i].addrs.nelts; j++) {
            server = addr[j].servers.elts;

            for (k = 0; k < addr[j].servers.nelts; k++) {
                if (server[k] == cscf) {
                    *name = addr[j].opt.addr_text;
                    return NGX_OK;
                }
            }
        }
    }

    ngx_str_set(name, "_");

    return NGX_OK;
}


/*
 * A second flag in what is one site by default: the location is a site, too,
 * with its path after the name of the server; or with that of the flag, where
 * two servers have the same name.
 */

static ngx_shop_conf_site_t *
ngx_shop_conf_site_split(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_site_t *site, ngx_shop_model_flag_t *flag)
{
    ngx_str_t                  name, base;
    ngx_shop_conf_site_t      *split;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    base = site->base;

    name.data = ngx_pnalloc(cf->pool, base.len + clcf->name.len
                                      + flag->path.len + 2);
    if (name.data == NULL) {
        return NULL;
    }

    name.len = ngx_sprintf(name.data, "%V%V", &base, &clcf->name) - name.data;

    split = ngx_shop_conf_site_get(cf, smcf, &name);

    if (split && split->own.flag && split->own.flag != flag) {
        name.len = ngx_sprintf(name.data, "%V%V:%V", &base, &clcf->name,
                               &flag->path)
                   - name.data;

        split = ngx_shop_conf_site_get(cf, smcf, &name);
    }

    if (split) {
        split->base = base;
    }

    return split;
}


/* the record of a name, one however often it is used */

static ngx_shop_conf_site_t *
ngx_shop_conf_site_get(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf,
    ngx_str_t *name)
{
    ngx_uint_t              i;
    ngx_shop_conf_site_t   *site, **sites;

    sites = smcf->sites.elts;

    for (i = 0; i < smcf->sites.nelts; i++) {
        if (sites[i]->own.name.len == name->len
            && ngx_strncmp(sites[i]->own.name.data, name->data, name->len)
               == 0)
        {
            return sites[i];
        }
    }

    site = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_site_t));

    if (site == NULL
        || ngx_array_init(&site->own.uses, cf->pool, 2,
                          sizeof(ngx_shop_model_use_t))
           != NGX_OK
        || ngx_array_init(&site->passes, cf->pool, 2, sizeof(void *))
           != NGX_OK
        || ngx_array_init(&site->handlers, cf->pool, 2,
                          sizeof(ngx_http_handler_pt))
           != NGX_OK
        || ngx_array_init(&site->named, cf->pool, 2,
                          sizeof(ngx_shop_conf_use_t))
           != NGX_OK
        || ngx_array_init(&site->own.names, cf->pool, 2, sizeof(ngx_str_t))
           != NGX_OK)
    {
        return NULL;
    }

    site->own.name = *name;
    site->own.hold = NGX_CONF_UNSET_MSEC;
    site->own.ramp = NGX_CONF_UNSET_MSEC;
    site->base = *name;
    site->model = &site->own;

    sites = ngx_array_push(&smcf->sites);
    if (sites == NULL) {
        return NULL;
    }

    *sites = site;

    return site;
}


void
ngx_shop_conf_site_count(ngx_shop_conf_loc_t *conf)
{
    if (conf->flag || conf->falls_back || conf->site_name || conf->uses) {
        conf->site->counts = 1;
    }
}
