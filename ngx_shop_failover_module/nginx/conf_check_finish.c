
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Health checks when all blocks were read: a check finds its match, and what
 * does not go together is told.
 */


#include "nginx/conf_upstreams.h"


static ngx_int_t ngx_shop_conf_check_finish_join(ngx_conf_t *cf,
    ngx_array_t *matches, ngx_shop_conf_srv_t *sscf,
    ngx_http_upstream_srv_conf_t *uscf);
static void ngx_shop_conf_check_finish_uri(ngx_shop_conf_check_t *check);
static ngx_shop_conf_match_t *
    ngx_shop_conf_check_finish_match(ngx_conf_t *cf, ngx_array_t *matches,
    ngx_str_t *name, ngx_http_upstream_srv_conf_t *uscf);
static const char *ngx_shop_conf_check_finish_stray(
    ngx_shop_conf_check_t *check, ngx_shop_conf_check_ask_t *ask);
static ngx_uint_t ngx_shop_conf_check_finish_only_unix(
    ngx_http_upstream_srv_conf_t *uscf);


ngx_int_t
ngx_shop_conf_check_finish(ngx_conf_t *cf)
{
    ngx_uint_t             i;
    ngx_shop_conf_srv_t   *sscf;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    i = 0;

    for (sscf = ngx_shop_conf_upstreams_next(cf, &i);
         sscf;
         sscf = ngx_shop_conf_upstreams_next(cf, &i))
    {
        if (ngx_shop_conf_check_finish_join(cf, &smcf->matches, sscf,
                                            sscf->uscf)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_shop_conf_match_unused(cf, &smcf->matches);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_conf_check_finish_join(ngx_conf_t *cf, ngx_array_t *matches,
    ngx_shop_conf_srv_t *sscf, ngx_http_upstream_srv_conf_t *uscf)
{
    const char             *stray;
    ngx_shop_conf_check_t  *check;

    check = sscf->check;
    stray = ngx_shop_conf_check_finish_stray(check, &sscf->ask);

    if (stray) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "%s in upstream \"%V\" in %s:%ui",
                      stray, &uscf->host, uscf->file_name, uscf->line);
        return NGX_ERROR;
    }

    if (check == NULL) {
        return NGX_OK;
    }

    if (check->uri.len == 0) {
        ngx_shop_conf_check_finish_uri(check);
    }

    if (check->match_name.len) {
        check->match = ngx_shop_conf_check_finish_match(cf, matches,
                                                 &check->match_name, uscf);
        if (check->match == NULL) {
            return NGX_ERROR;
        }

        if (check->match->body && check->method.len == 4
            && ngx_strncmp(check->method.data, "HEAD", 4) == 0)
        {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"method=HEAD\" of \"shop_health_check\" asks for "
                          "no body, but \"shop_match %V\" looks at one, "
                          "expected \"method=GET\" in upstream \"%V\" in "
                          "%s:%ui", &check->match_name, &uscf->host,
                          uscf->file_name, uscf->line);
            return NGX_ERROR;
        }
    }

    if (check->port && ngx_shop_conf_check_finish_only_unix(uscf)) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "parameter \"port\" of \"shop_health_check\" has no "
                      "meaning for unix sockets in upstream \"%V\" in %s:%ui",
                      &uscf->host, uscf->file_name, uscf->line);
        return NGX_ERROR;
    }

    if (check->type == NGX_SHOP_CONF_CHECK_HTTPS) {
        return ngx_shop_conf_tls_finish(cf, check, uscf);
    }

    return NGX_OK;
}


static void
ngx_shop_conf_check_finish_uri(ngx_shop_conf_check_t *check)
{
    ngx_str_t  script = ngx_string("SCRIPT_FILENAME");

    ngx_str_set(&check->uri, "/");

    /* PHP-FPM has no script that is called "/", but an answer of its own */

    if (check->type == NGX_SHOP_CONF_CHECK_FASTCGI
        && ngx_shop_conf_check_find(&check->ask->params, &script)
           == NULL)
    {
        ngx_str_set(&check->uri, "/ping");
    }
}


static ngx_shop_conf_match_t *
ngx_shop_conf_check_finish_match(ngx_conf_t *cf, ngx_array_t *matches,
    ngx_str_t *name, ngx_http_upstream_srv_conf_t *uscf)
{
    u_char                  *p, *last, known[512];
    ngx_uint_t               i;
    ngx_shop_conf_match_t   *match, **all;

    match = ngx_shop_conf_match_find(matches, name);

    if (match) {
        match->used = 1;
        return match;
    }

    p = known;
    last = known + sizeof(known);
    all = matches->elts;

    for (i = 0; i < matches->nelts; i++) {
        p = ngx_slprintf(p, last, " %V", &all[i]->name);
    }

    if (p == known) {
        p = ngx_slprintf(p, last, " none");
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "unknown \"match=%V\" of \"shop_health_check\", expected "
                  "the name of a \"shop_match\" block, known are:%*s in "
                  "upstream \"%V\" in %s:%ui", name, (size_t) (p - known),
                  known, &uscf->host, uscf->file_name, uscf->line);

    return NULL;
}


/* what was said of a check that there is not, or is of another type */

static const char *
ngx_shop_conf_check_finish_stray(ngx_shop_conf_check_t *check,
    ngx_shop_conf_check_ask_t *ask)
{
    ngx_uint_t  ssl;

    ssl = ngx_shop_conf_tls_given(ask);

    if (check == NULL) {
        return (ssl || ask->headers.nelts || ask->params.nelts
                || ask->body.data)
               ? "a \"shop_health_...\" directive needs \"shop_health_check\""
               : NULL;
    }

    if (ssl && check->type != NGX_SHOP_CONF_CHECK_HTTPS) {
        return "\"shop_health_ssl_...\" has a meaning only with "
               "\"shop_health_check type=https\"";
    }

    if (ask->params.nelts && check->type != NGX_SHOP_CONF_CHECK_FASTCGI) {
        return "\"shop_health_fastcgi_param\" has a meaning only with "
               "\"shop_health_check type=fastcgi\"";
    }

    if (check->type == NGX_SHOP_CONF_CHECK_TCP
        && (ask->headers.nelts || ask->body.data))
    {
        return "\"shop_health_header\" and \"shop_health_body\" have no "
               "meaning with \"shop_health_check type=tcp\"";
    }

    return NULL;
}


static ngx_uint_t
ngx_shop_conf_check_finish_only_unix(ngx_http_upstream_srv_conf_t *uscf)
{
    ngx_uint_t                   i;
    ngx_http_upstream_server_t  *server;

    if (uscf->servers == NULL) {
        return 0;
    }

    server = uscf->servers->elts;

    for (i = 0; i < uscf->servers->nelts; i++) {
        if (ngx_strncmp(server[i].name.data, "unix:", 5) != 0) {
            return 0;
        }
    }

    return 1;
}
