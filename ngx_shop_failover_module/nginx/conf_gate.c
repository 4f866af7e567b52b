
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Directives of who passes.  Asks nobody for a cookie or an address: that is
 * the gate's.
 */


#include "nginx/conf_gate.h"
#include "nginx/keyfile.h"
#include "nginx/params.h"

#include "logic/pass/token.h"


static ngx_int_t ngx_shop_conf_gate_cidr(ngx_conf_t *cf, ngx_array_t *cidrs,
    ngx_str_t *value);
static char *ngx_shop_conf_gate_hand_over(ngx_conf_t *cf,
    ngx_shop_conf_loc_t *conf);
static ngx_int_t ngx_shop_conf_gate_domain(ngx_conf_t *cf,
    ngx_shop_conf_key_t *key);
static void ngx_shop_conf_gate_reach(ngx_conf_t *cf,
    ngx_shop_conf_key_t *key);
static ngx_uint_t ngx_shop_conf_gate_within(ngx_str_t *domain,
    ngx_str_t *name);


#define NGX_SHOP_CONF_GATE_DOMAIN                                            \
    "a dot and the name above the hosts of the shop such as .shop.example"


static ngx_shop_params_t  ngx_shop_conf_gate_keys[] = {

    { ngx_string("ttl"), NGX_SHOP_PARAMS_MSEC,
      offsetof(ngx_shop_conf_key_t, ttl), "12h", 1000,
      20 * NGX_SHOP_PARAMS_DAY, NULL, "12h" },

    { ngx_string("domain"), NGX_SHOP_PARAMS_STR,
      offsetof(ngx_shop_conf_key_t, domain), NULL, 0, 0, NULL,
      NGX_SHOP_CONF_GATE_DOMAIN },

    ngx_shop_params_end
};


static ngx_shop_params_t  ngx_shop_conf_gate_reopens[] = {

    { ngx_string("hold"), NGX_SHOP_PARAMS_MSEC,
      offsetof(ngx_shop_conf_reopen_t, hold), "10s", 0,
      NGX_SHOP_PARAMS_DAY, NULL, "10s" },

    { ngx_string("ramp"), NGX_SHOP_PARAMS_MSEC,
      offsetof(ngx_shop_conf_reopen_t, ramp), "0s", 0,
      NGX_SHOP_PARAMS_DAY, NULL, "2m" },

    ngx_shop_params_end
};


void
ngx_shop_conf_gate_create(ngx_shop_conf_loc_t *conf)
{
    conf->bypass = NGX_CONF_UNSET_PTR;
    conf->bypass_key = NGX_CONF_UNSET_PTR;
    conf->reopen = NGX_CONF_UNSET_PTR;
    conf->open = NGX_CONF_UNSET_PTR;
}


char *
ngx_shop_conf_gate_merge(ngx_conf_t *cf, ngx_shop_conf_loc_t *prev,
    ngx_shop_conf_loc_t *conf)
{
    ngx_uint_t  here;

    /* in this block, or for this server */

    here = (conf->bypass_key != NGX_CONF_UNSET_PTR || prev->site == NULL);

    if (prev->reopen == NGX_CONF_UNSET_PTR) {
        prev->reopen = ngx_palloc(cf->pool, sizeof(ngx_shop_conf_reopen_t));
        if (prev->reopen == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_shop_params_standards(ngx_shop_conf_gate_reopens, prev->reopen);
    }

    ngx_conf_merge_ptr_value(conf->reopen, prev->reopen, prev->reopen);
    ngx_conf_merge_ptr_value(conf->bypass, prev->bypass, NULL);
    ngx_conf_merge_ptr_value(conf->bypass_key, prev->bypass_key, NULL);
    ngx_conf_merge_ptr_value(conf->open, prev->open,
                             &ngx_shop_conf_open_default);

    if (here && conf->bypass_key && conf->bypass_key->domain.len) {
        ngx_shop_conf_gate_reach(cf, conf->bypass_key);
    }

    return ngx_shop_conf_gate_hand_over(cf, conf);
}


/*
 * Hold and ramp are of a site, and so the same wherever its flag closes.  Where
 * none does, the longest counts.
 */

static char *
ngx_shop_conf_gate_hand_over(ngx_conf_t *cf, ngx_shop_conf_loc_t *conf)
{
    ngx_shop_model_site_t  *own;

    own = &conf->site->own;

    if (own->hold == NGX_CONF_UNSET_MSEC
        || (conf->flag && !conf->site->gated))
    {
        own->hold = conf->reopen->hold;
        own->ramp = conf->reopen->ramp;
        conf->site->gated = (conf->flag != NULL);
        return NGX_CONF_OK;
    }

    if (conf->flag == NULL) {

        if (!conf->site->gated) {
            own->hold = ngx_max(own->hold, conf->reopen->hold);
            own->ramp = ngx_max(own->ramp, conf->reopen->ramp);
        }

        return NGX_CONF_OK;
    }

    if (own->hold != conf->reopen->hold || own->ramp != conf->reopen->ramp) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"shop_reopen\" is hold=%Mms ramp=%Mms here and "
                           "hold=%Mms ramp=%Mms elsewhere for the same site "
                           "\"%V\": a site reopens in one way, set it once "
                           "beside \"shop_maintenance\"",
                           conf->reopen->hold, conf->reopen->ramp,
                           own->hold, own->ramp, &own->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


void
ngx_shop_conf_gate_finish(ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t               i;
    ngx_shop_conf_site_t   **site;
    ngx_shop_conf_reopen_t   reopen;

    ngx_shop_params_standards(ngx_shop_conf_gate_reopens, &reopen);

    site = smcf->sites.elts;

    for (i = 0; i < smcf->sites.nelts; i++) {
        if (site[i]->own.hold == NGX_CONF_UNSET_MSEC) {
            site[i]->own.hold = reopen.hold;
            site[i]->own.ramp = reopen.ramp;
        }
    }
}


char *
ngx_shop_conf_gate_bypass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t            *value;
    ngx_uint_t            i;
    ngx_shop_conf_loc_t  *slcf = conf;

    if (slcf->bypass != NGX_CONF_UNSET_PTR && slcf->bypass == NULL) {
        return "is given beside \"off\"";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {

        if (slcf->bypass != NGX_CONF_UNSET_PTR) {
            return "is \"off\" beside addresses";
        }

        slcf->bypass = NULL;
        return NGX_CONF_OK;
    }

    if (slcf->bypass == NGX_CONF_UNSET_PTR) {
        slcf->bypass = ngx_array_create(cf->pool, 4, sizeof(ngx_cidr_t));
        if (slcf->bypass == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_shop_conf_gate_cidr(cf, slcf->bypass, &value[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_shop_conf_gate_cidr(ngx_conf_t *cf, ngx_array_t *cidrs, ngx_str_t *value)
{
    ngx_int_t    rc;
    ngx_cidr_t  *cidr;

    cidr = ngx_array_push(cidrs);
    if (cidr == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(cidr, sizeof(ngx_cidr_t));

#if (NGX_HAVE_UNIX_DOMAIN)

    if (ngx_strcmp(value->data, "unix:") == 0) {
        cidr->family = AF_UNIX;
        return NGX_OK;
    }

#endif

    rc = ngx_ptocidr(value, cidr);

    if (rc == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_bypass\", expected "
                           "an address or network such as 192.0.2.7, "
                           "10.0.0.0/8 or 2001:db8::/32 (no host name), "
                           "\"unix:\", or \"off\"", value);
        return NGX_ERROR;
    }

    if (rc == NGX_DONE) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "low address bits of \"%V\" in \"shop_bypass\" are "
                           "meaningless", value);
    }

    return NGX_OK;
}


char *
ngx_shop_conf_gate_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t            *value;
    ngx_shop_conf_key_t  *key;
    ngx_shop_conf_loc_t  *slcf = conf;

    if (slcf->bypass_key != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        slcf->bypass_key = NULL;
        return NGX_CONF_OK;
    }

#if !(NGX_HTTP_SSL)

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"shop_bypass_key\" needs an nginx that is built with "
                       "OpenSSL (--with-http_ssl_module)");
    return NGX_CONF_ERROR;

#endif

    key = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_key_t));
    if (key == NULL) {
        return NGX_CONF_ERROR;
    }

    if (ngx_shop_params_parse(cf, ngx_shop_conf_gate_keys, 2, key)
        != NGX_CONF_OK
        || ngx_shop_conf_gate_domain(cf, key) != NGX_OK
        || ngx_shop_keyfile_read(cf, cmd, 0, &key->key) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    slcf->bypass_key = key;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_shop_conf_gate_domain(ngx_conf_t *cf, ngx_shop_conf_key_t *key)
{
    ngx_str_t  *domain;

    domain = &key->domain;

    if (domain->len == 0
        || ngx_shop_token_is_domain((ngx_shop_str_t *) domain))
    {
        return NGX_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid value \"%V\" of \"domain\" in "
                       "\"shop_bypass_key\", expected "
                       NGX_SHOP_CONF_GATE_DOMAIN, domain);
    return NGX_ERROR;
}


/* browsers take no cookie of a domain that the host is not in */

static void
ngx_shop_conf_gate_reach(ngx_conf_t *cf, ngx_shop_conf_key_t *key)
{
    ngx_uint_t                 i;
    ngx_http_server_name_t    *sn;
    ngx_http_core_srv_conf_t  *cscf;

    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
    sn = cscf->server_names.elts;

    for (i = 0; i < cscf->server_names.nelts; i++) {

#if (NGX_PCRE)
        if (sn[i].regex) {
            return;
        }
#endif

        if (ngx_shop_conf_gate_within(&key->domain, &sn[i].name)) {
            return;
        }
    }

    ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                       "\"domain=%V\" of \"shop_bypass_key\" is no parent of "
                       "server \"%V\": its links pass there for no browser, "
                       "expected the end of a \"server_name\"",
                       &key->domain, &cscf->server_name);
}


/* also of a name that may be any: "", "_", "www.*" */

static ngx_uint_t
ngx_shop_conf_gate_within(ngx_str_t *domain, ngx_str_t *name)
{
    ngx_str_t  host;

    if (name->len < 2 || name->data[name->len - 1] == '*') {
        return 1;
    }

    host = *name;

    if (host.data[0] == '*') {

        /* "*.shop.example": hosts below it */

        host.data += 2;
        host.len -= 2;
    }

    return ngx_shop_token_within((ngx_shop_str_t *) domain,
                                 (ngx_shop_str_t *) &host);
}


char *
ngx_shop_conf_gate_reopen(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_shop_conf_loc_t     *slcf = conf;
    ngx_shop_conf_reopen_t  *reopen;

    if (slcf->reopen != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    reopen = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_reopen_t));
    if (reopen == NULL) {
        return NGX_CONF_ERROR;
    }

    slcf->reopen = reopen;

    return ngx_shop_params_parse(cf, ngx_shop_conf_gate_reopens, 1, reopen);
}
