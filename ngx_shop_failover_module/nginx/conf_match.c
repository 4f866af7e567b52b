
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The block shop_match: its lines are parsed by logic/answer/match, their
 * patterns are compiled here, when the configuration is read.
 */


#include "nginx/conf.h"


static char *ngx_shop_conf_match_line(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf);
static char *ngx_shop_conf_match_regex(ngx_conf_t *cf,
    ngx_shop_match_rule_t *rule);


char *
ngx_shop_conf_match(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                    *rv;
    ngx_str_t               *value;
    ngx_conf_t               save;
    ngx_shop_conf_match_t   *match, **slot;
    ngx_shop_conf_main_t    *smcf = conf;

    value = cf->args->elts;

    if (value[1].len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"shop_match\" has an empty name, expected one "
                           "that \"match=\" can refer to");
        return NGX_CONF_ERROR;
    }

    if (ngx_shop_conf_match_find(&smcf->matches, &value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"shop_match %V\" is duplicate, expected all "
                           "its lines in one block", &value[1]);
        return NGX_CONF_ERROR;
    }

    match = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_match_t));
    if (match == NULL) {
        return NGX_CONF_ERROR;
    }

    match->name = value[1];

    if (ngx_array_init(&match->rules, cf->pool, 4,
                       sizeof(ngx_shop_match_rule_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    slot = ngx_array_push(&smcf->matches);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }

    *slot = match;

    save = *cf;
    cf->handler = ngx_shop_conf_match_line;
    cf->handler_conf = match;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    if (rv == NGX_CONF_OK && match->rules.nelts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"shop_match %V\" is empty, expected a line "
                           "that begins with \"status\", \"header\" or "
                           "\"body\"", &match->name);
        return NGX_CONF_ERROR;
    }

    return rv;
}


static char *
ngx_shop_conf_match_line(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    size_t                  bad;
    ngx_str_t              *value;
    const char             *reason;
    ngx_shop_conf_match_t  *match = conf;
    ngx_shop_match_rule_t  *rule;

    value = cf->args->elts;

    if (value[0].len == 7 && ngx_strncmp(value[0].data, "include", 7) == 0) {

        if (cf->args->nelts != 2) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid \"include\" in \"shop_match %V\", "
                               "expected one file", &match->name);
            return NGX_CONF_ERROR;
        }

        return ngx_conf_include(cf, dummy, conf);
    }

    rule = ngx_array_push(&match->rules);
    if (rule == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(rule, sizeof(ngx_shop_match_rule_t));

    if (ngx_shop_match_parse(rule, (ngx_shop_str_t *) value,
                             cf->args->nelts, &bad, &reason)
        != NGX_SHOP_OK)
    {
        if (bad >= cf->args->nelts) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid \"%V\" in \"shop_match %V\": %s",
                               &value[0], &match->name, reason);

        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid value \"%V\" in \"shop_match %V\": "
                               "%s", &value[bad], &match->name, reason);
        }

        return NGX_CONF_ERROR;
    }

    if (rule->kind == NGX_SHOP_MATCH_BODY) {
        match->body = 1;
    }

    return rule->op == NGX_SHOP_MATCH_REGEX
           ? ngx_shop_conf_match_regex(cf, rule) : NGX_CONF_OK;
}


static char *
ngx_shop_conf_match_regex(ngx_conf_t *cf, ngx_shop_match_rule_t *rule)
{
#if (NGX_PCRE)

    u_char               errstr[NGX_MAX_CONF_ERRSTR];
    ngx_regex_compile_t  rc;

    ngx_memzero(&rc, sizeof(ngx_regex_compile_t));

    rc.pattern.data = (u_char *) rule->value.data;
    rc.pattern.len = rule->value.len;
    rc.pool = cf->pool;
    rc.err.len = NGX_MAX_CONF_ERRSTR;
    rc.err.data = errstr;

    if (ngx_regex_compile(&rc) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid regular expression in \"shop_match\": "
                           "%V", &rc.err);
        return NGX_CONF_ERROR;
    }

    rule->regex = rc.regex;

    return NGX_CONF_OK;

#else

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "a regular expression in \"shop_match\" needs an "
                       "nginx that was built with PCRE");
    return NGX_CONF_ERROR;

#endif
}


ngx_shop_conf_match_t *
ngx_shop_conf_match_find(ngx_array_t *matches, ngx_str_t *name)
{
    ngx_uint_t               i;
    ngx_shop_conf_match_t  **match;

    match = matches->elts;

    for (i = 0; i < matches->nelts; i++) {
        if (match[i]->name.len == name->len
            && ngx_strncmp(match[i]->name.data, name->data, name->len) == 0)
        {
            return match[i];
        }
    }

    return NULL;
}


void
ngx_shop_conf_match_unused(ngx_conf_t *cf, ngx_array_t *matches)
{
    ngx_uint_t               i;
    ngx_shop_conf_match_t  **match;

    match = matches->elts;

    for (i = 0; i < matches->nelts; i++) {
        if (!match[i]->used) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"shop_match %V\" is used by no "
                          "\"shop_health_check\"", &match[i]->name);
        }
    }
}
