
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The directives of failover, and which upstream backs up which.  Their
 * defaults are in the tables here, and nowhere else.
 */


#include "nginx/conf_upstreams.h"
#include "nginx/params.h"


static ngx_int_t ngx_shop_conf_failover_name(ngx_conf_t *cf,
    ngx_shop_conf_backups_t *backups, ngx_str_t *name);
static ngx_int_t ngx_shop_conf_failover_needs_check(ngx_conf_t *cf,
    ngx_shop_conf_srv_t *sscf);
static ngx_int_t ngx_shop_conf_failover_chain(ngx_conf_t *cf,
    ngx_shop_conf_srv_t *sscf, ngx_shop_conf_srv_t *from);
static ngx_int_t ngx_shop_conf_failover_chain_add(ngx_conf_t *cf,
    ngx_shop_conf_srv_t *sscf, ngx_shop_conf_srv_t *backup);


static ngx_shop_params_t  ngx_shop_conf_failover_backups[] = {

    { ngx_string("hold"), NGX_SHOP_PARAMS_MSEC,
      offsetof(ngx_shop_conf_backups_t, hold), "30s", 0,
      NGX_SHOP_PARAMS_DAY, NULL, "30s" },

    { ngx_string("below"), NGX_SHOP_PARAMS_PERCENT,
      offsetof(ngx_shop_conf_backups_t, below), NULL, 1, 100, NULL, "50%" },

    ngx_shop_params_end
};


/* without a check: off */

static ngx_shop_params_t  ngx_shop_conf_failover_observes[] = {

    { ngx_string("errors"), NGX_SHOP_PARAMS_NUM,
      offsetof(ngx_shop_conf_observe_t, errors), "1", 1, 10000, NULL, NULL },

    { ngx_string("window"), NGX_SHOP_PARAMS_MSEC,
      offsetof(ngx_shop_conf_observe_t, window), "10s", 100,
      NGX_SHOP_PARAMS_DAY, NULL, "10s" },

    ngx_shop_params_end
};


static ngx_shop_params_t  ngx_shop_conf_failover_start = {
    ngx_null_string, NGX_SHOP_PARAMS_MSEC,
    offsetof(ngx_shop_conf_srv_t, slow_start), "0", 0,
    NGX_SHOP_PARAMS_DAY, NULL, "30s"
};


static ngx_shop_params_t  ngx_shop_conf_failover_share = {
    ngx_null_string, NGX_SHOP_PARAMS_SHARE,
    offsetof(ngx_shop_conf_srv_t, panic), "0", 0, 99, NULL, "50%"
};


char *
ngx_shop_conf_failover_to(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                *value;
    ngx_uint_t                i;
    ngx_shop_conf_backups_t  *backups;
    ngx_shop_conf_srv_t      *sscf = conf;

    if (sscf->backups) {
        return "is duplicate";
    }

    backups = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_backups_t));
    if (backups == NULL
        || ngx_array_init(&backups->names, cf->pool, 2, sizeof(ngx_str_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    backups->file = cf->conf_file->file.name.data;
    backups->line = cf->conf_file->line;

    value = cf->args->elts;

    /* names first, then parameters */

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strlchr(value[i].data, value[i].data + value[i].len, '=')) {
            break;
        }

        if (ngx_shop_conf_failover_name(cf, backups, &value[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (backups->names.nelts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "no upstream is named in \"shop_failover_to\" "
                           "before \"%V\", expected at least one, and "
                           "parameters after it", &value[1]);
        return NGX_CONF_ERROR;
    }

    if (ngx_shop_params_parse(cf, ngx_shop_conf_failover_backups, i, backups)
        != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    sscf->backups = backups;

    return ngx_shop_conf_use(cf, sscf);
}


static ngx_int_t
ngx_shop_conf_failover_name(ngx_conf_t *cf, ngx_shop_conf_backups_t *backups,
    ngx_str_t *name)
{
    ngx_str_t   *names;
    ngx_uint_t   i;

    names = backups->names.elts;

    for (i = 0; i < backups->names.nelts; i++) {
        if (names[i].len == name->len
            && ngx_strncasecmp(names[i].data, name->data, name->len) == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "upstream \"%V\" is given twice in "
                               "\"shop_failover_to\"", name);
            return NGX_ERROR;
        }
    }

    names = ngx_array_push(&backups->names);
    if (names == NULL) {
        return NGX_ERROR;
    }

    *names = *name;

    return NGX_OK;
}


char *
ngx_shop_conf_failover_observe(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t            *value;
    ngx_shop_conf_srv_t  *sscf = conf;

    if (sscf->observe.errors != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && value[1].len == 3
        && ngx_strncmp(value[1].data, "off", 3) == 0)
    {
        sscf->observe.errors = 0;
        return ngx_shop_conf_use(cf, sscf);
    }

    if (ngx_shop_params_parse(cf, ngx_shop_conf_failover_observes, 1,
                              &sscf->observe)
        != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_shop_conf_use(cf, sscf);
}


char *
ngx_shop_conf_failover_slow_start(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    char                 *rv;
    ngx_shop_conf_srv_t  *sscf = conf;

    if (sscf->slow_start != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    rv = ngx_shop_params_value(cf, &ngx_shop_conf_failover_start, sscf);

    return rv != NGX_CONF_OK ? rv : ngx_shop_conf_use(cf, sscf);
}


char *
ngx_shop_conf_failover_panic(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                 *rv;
    ngx_shop_conf_srv_t  *sscf = conf;

    if (sscf->panic != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    rv = ngx_shop_params_value(cf, &ngx_shop_conf_failover_share, sscf);

    return rv != NGX_CONF_OK ? rv : ngx_shop_conf_use(cf, sscf);
}


/*
 * Before the groups are made: a directive of any upstream may name an upstream
 * that comes after it.
 */

ngx_int_t
ngx_shop_conf_failover_chains(ngx_conf_t *cf)
{
    ngx_uint_t            i;
    ngx_shop_conf_srv_t  *sscf;

    i = 0;

    for (sscf = ngx_shop_conf_upstreams_next(cf, &i);
         sscf;
         sscf = ngx_shop_conf_upstreams_next(cf, &i))
    {
        if (ngx_array_init(&sscf->chain, cf->pool, 1, sizeof(void *))
            != NGX_OK
            || ngx_shop_conf_failover_needs_check(cf, sscf) != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (sscf->observe.errors == NGX_CONF_UNSET) {
            ngx_shop_params_standards(ngx_shop_conf_failover_observes,
                                      &sscf->observe);
            if (sscf->check == NULL) {
                sscf->observe.errors = 0;
            }
        }

        ngx_shop_conf_outlier_finish(cf, sscf);

        if (sscf->check && sscf->repeats) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"non_idempotent\" in \"proxy_next_upstream\" or "
                          "its like of location \"%V\", which passes to "
                          "upstream \"%V\" in %s:%ui: an order that a server "
                          "has taken is sent to another one once more when "
                          "the first is slow or fails, and the visitor reads "
                          "what the second says",
                          sscf->repeats, &sscf->uscf->host,
                          sscf->uscf->file_name, sscf->uscf->line);
        }

        if (sscf->slow_start == NGX_CONF_UNSET_MSEC) {
            ngx_shop_params_standard(&ngx_shop_conf_failover_start, sscf);
        }

        if (sscf->shed.target == NGX_CONF_UNSET_MSEC) {
            sscf->shed.target = 0;
        }

        if (sscf->queueing.number == NGX_CONF_UNSET) {
            sscf->queueing.number = 0;
        }

        if (sscf->panic == NGX_CONF_UNSET) {
            ngx_shop_params_standard(&ngx_shop_conf_failover_share, sscf);
        }
    }

    i = 0;

    for (sscf = ngx_shop_conf_upstreams_next(cf, &i);
         sscf;
         sscf = ngx_shop_conf_upstreams_next(cf, &i))
    {
        if (ngx_shop_conf_failover_chain(cf, sscf, sscf) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* without probes nobody knows that a peer came back, or how many are well */

static ngx_int_t
ngx_shop_conf_failover_needs_check(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf)
{
    const char  *name;

    name = NULL;

    if (sscf->check) {
        return NGX_OK;
    }

    if (sscf->backups && sscf->backups->below) {
        name = "below= of shop_failover_to";
    }

    if (sscf->observe.errors != NGX_CONF_UNSET && sscf->observe.errors) {
        name = "shop_observe";
    }

    if (sscf->outlier.percent != NGX_CONF_UNSET_UINT
        && sscf->outlier.percent)
    {
        name = "shop_outlier";
    }

    if (sscf->slow_start != NGX_CONF_UNSET_MSEC && sscf->slow_start) {
        name = "shop_slow_start";
    }

    if (sscf->panic != NGX_CONF_UNSET && sscf->panic) {
        name = "shop_panic";
    }

    if (sscf->shed.target != NGX_CONF_UNSET_MSEC && sscf->shed.target) {
        name = "shop_shed";
    }

    if (sscf->queueing.number != NGX_CONF_UNSET && sscf->queueing.number) {
        name = "shop_queue";
    }

    if (name == NULL) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"%s\" of upstream \"%V\" in %s:%ui needs a "
                  "\"shop_health_check\" in the same upstream",
                  name, &sscf->uscf->host, sscf->uscf->file_name,
                  sscf->uscf->line);

    return NGX_ERROR;
}


/*
 * Adds the backups of "from", and theirs, to the chain of sscf.  Depth first:
 * the backups of a backup come right after it.
 */

static ngx_int_t
ngx_shop_conf_failover_chain(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf,
    ngx_shop_conf_srv_t *from)
{
    ngx_int_t                 rc;
    ngx_str_t                *names;
    ngx_uint_t                i;
    ngx_shop_conf_srv_t      *backup;
    ngx_shop_conf_backups_t  *backups;

    backups = from->backups;

    if (backups == NULL) {
        return NGX_OK;
    }

    names = backups->names.elts;

    for (i = 0; i < backups->names.nelts; i++) {

        backup = ngx_shop_conf_upstreams_find(cf, &names[i]);

        if (backup == NULL) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "unknown upstream \"%V\" in \"shop_failover_to\" of "
                          "upstream \"%V\" in %s:%ui, expected the name of "
                          "an \"upstream\" block",
                          &names[i], &from->uscf->host, backups->file,
                          backups->line);
            return NGX_ERROR;
        }

        if (backup == sscf) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"shop_failover_to\" of upstream \"%V\" in %s:%ui "
                          "leads back to upstream \"%V\", which it is to "
                          "back up",
                          &from->uscf->host, backups->file, backups->line,
                          &sscf->uscf->host);
            return NGX_ERROR;
        }

        backup->is_backup = 1;

        /* also ends in a circle that sscf is not part of */

        rc = ngx_shop_conf_failover_chain_add(cf, sscf, backup);

        if (rc == NGX_DONE) {
            rc = ngx_shop_conf_failover_chain(cf, sscf, backup);
        }

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* NGX_DONE: added; NGX_OK: it was there */

static ngx_int_t
ngx_shop_conf_failover_chain_add(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf,
    ngx_shop_conf_srv_t *backup)
{
    ngx_uint_t             i;
    ngx_shop_conf_srv_t  **chain;

    chain = sscf->chain.elts;

    for (i = 0; i < sscf->chain.nelts; i++) {
        if (chain[i] == backup) {
            return NGX_OK;
        }
    }

    if (sscf->chain.nelts == NGX_SHOP_SERVING_MAX - 1) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "more than %d backup groups of upstream \"%V\", those of "
                      "backup groups included",
                      NGX_SHOP_SERVING_MAX - 1, &sscf->uscf->host);
        return NGX_ERROR;
    }

    chain = ngx_array_push(&sscf->chain);
    if (chain == NULL) {
        return NGX_ERROR;
    }

    *chain = backup;

    return NGX_DONE;
}
