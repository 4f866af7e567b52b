
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Directives of health checks, except shop_match and those of TLS: parse,
 * defaults, and what does not go together.
 */


#include "nginx/conf.h"
#include "nginx/params.h"


/* ms: what nodes that share an interval need to hear of each other */
#define NGX_SHOP_CONF_CHECK_SHARED  1000


typedef struct {
    ngx_str_t    name;
    const char  *reason;
} ngx_shop_conf_check_own_t;


static char *ngx_shop_conf_check_request(ngx_conf_t *cf,
    ngx_shop_conf_check_t *check);
static char *ngx_shop_conf_check_tcp(ngx_conf_t *cf,
    ngx_shop_conf_check_t *check);
static ngx_uint_t ngx_shop_conf_check_is(ngx_str_t *s,
    ngx_uint_t (*is)(u_char ch));
static ngx_uint_t ngx_shop_conf_check_uri_char(u_char ch);
static ngx_uint_t ngx_shop_conf_check_token_char(u_char ch);
static ngx_uint_t ngx_shop_conf_check_method_char(u_char ch);
static ngx_uint_t ngx_shop_conf_check_param_char(u_char ch);
static ngx_uint_t ngx_shop_conf_check_value_char(u_char ch);
static char *ngx_shop_conf_check_pair(ngx_conf_t *cf, ngx_array_t *pairs);


static ngx_conf_enum_t  ngx_shop_conf_check_types[] = {
    { ngx_string("http"), NGX_SHOP_CONF_CHECK_HTTP },
    { ngx_string("https"), NGX_SHOP_CONF_CHECK_HTTPS },
    { ngx_string("tcp"), NGX_SHOP_CONF_CHECK_TCP },
    { ngx_string("fastcgi"), NGX_SHOP_CONF_CHECK_FASTCGI },
    { ngx_null_string, 0 }
};


#define ngx_shop_conf_check_row(name, type, field, standard, min, max,       \
                                values, such)                                \
    { ngx_string(name), NGX_SHOP_PARAMS_ ## type,                            \
      offsetof(ngx_shop_conf_check_t, field), standard, min, max, values,    \
      such }


static ngx_shop_params_t  ngx_shop_conf_check_params[] = {

    ngx_shop_conf_check_row("type", ENUM, type, "http", 0, 0,
        ngx_shop_conf_check_types, NULL),

    /* "/", or what PHP-FPM answers itself: conf_check_finish_uri() */

    ngx_shop_conf_check_row("uri", STR, uri, NULL, 0, 0, NULL,
        "a path such as /healthz"),

    ngx_shop_conf_check_row("method", STR, method, "GET", 0, 0, NULL,
        "a method such as GET or HEAD"),

    ngx_shop_conf_check_row("match", STR, match_name, NULL, 0, 0, NULL,
        "the name of a \"shop_match\" block"),

    ngx_shop_conf_check_row("port", NUM, port, NULL, 1, 65535, NULL,
        "a port number"),

    ngx_shop_conf_check_row("interval", MSEC, interval, "5s", 100,
        NGX_SHOP_PARAMS_DAY, NULL, "5s"),

    ngx_shop_conf_check_row("fast", MSEC, fast, "1s", 50,
        NGX_SHOP_PARAMS_DAY, NULL, "1s"),

    ngx_shop_conf_check_row("jitter", PERCENT, jitter, "10%", 0, 50, NULL,
        "10%"),

    ngx_shop_conf_check_row("shared", NUM, shared, "1", 1, 64, NULL, NULL),

    ngx_shop_conf_check_row("timeout", MSEC, timeout, "2s", 10,
        NGX_SHOP_PARAMS_DAY, NULL, "2s"),

    ngx_shop_conf_check_row("fails", NUM, fails, "2", 1, 1000, NULL, NULL),

    ngx_shop_conf_check_row("passes", NUM, passes, "2", 1, 1000, NULL, NULL),

    ngx_shop_conf_check_row("mandatory", FLAG, mandatory, "off", 0, 0, NULL,
        NULL),

    ngx_shop_conf_check_row("keepalive", FLAG, keepalive, "off", 0, 0, NULL,
        NULL),

    ngx_shop_params_end
};


/* headers that frame the request: another value would only break it */

static ngx_shop_conf_check_own_t ngx_shop_conf_check_owns[] =
{
    { ngx_string("Content-Length"),
      "it is set from \"shop_health_body\"" },
    { ngx_string("Transfer-Encoding"),
      "the probe sends a body with its length" },
    { ngx_string("Connection"),
      "it is set by the parameter \"keepalive\" of \"shop_health_check\"" },
    { ngx_string("Upgrade"),
      "a probe does not change its protocol" },
    { ngx_string("Expect"),
      "a probe sends its body at once" },
    { ngx_null_string, NULL }
};


ngx_int_t
ngx_shop_conf_check_create(ngx_conf_t *cf, ngx_shop_conf_check_ask_t *ask)
{
    ask->verify = NGX_CONF_UNSET;

    if (ngx_array_init(&ask->headers, cf->pool, 1, sizeof(ngx_keyval_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_array_init(&ask->params, cf->pool, 1, sizeof(ngx_keyval_t));
}


char *
ngx_shop_conf_check(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                   *rv;
    ngx_shop_conf_check_t  *check;
    ngx_shop_conf_srv_t    *sscf = conf;
    ngx_shop_conf_main_t   *smcf;

    if (sscf->check) {
        return "is duplicate";
    }

    check = ngx_pcalloc(cf->pool, sizeof(ngx_shop_conf_check_t));
    if (check == NULL) {
        return NGX_CONF_ERROR;
    }

    rv = ngx_shop_params_parse(cf, ngx_shop_conf_check_params, 1, check);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    rv = check->type == NGX_SHOP_CONF_CHECK_TCP
         ? ngx_shop_conf_check_tcp(cf, check)
         : ngx_shop_conf_check_request(cf, check);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (check->shared > 1 && check->interval < NGX_SHOP_CONF_CHECK_SHARED) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "parameter \"shared\" of \"shop_health_check\" "
                           "with \"interval\" of %M ms: nodes cannot take "
                           "turns so fast, expected an \"interval\" of at "
                           "least 1s", check->interval);
        return NGX_CONF_ERROR;
    }

    /* with a short interval, doubt is never slower than certainty */

    check->fast = ngx_min(check->fast, check->interval);

    check->rule.fails = (uint16_t) check->fails;
    check->rule.passes = (uint16_t) check->passes;
    check->rule.mandatory = (uint8_t) check->mandatory;

    check->ask = &sscf->ask;

    sscf->check = check;
    sscf->uscf = ngx_http_conf_get_module_srv_conf(cf,
                                                   ngx_http_upstream_module);

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    smcf->used = 1;

    return NGX_CONF_OK;
}


static char *
ngx_shop_conf_check_request(ngx_conf_t *cf, ngx_shop_conf_check_t *check)
{
    if (check->uri.len
        && (check->uri.data[0] != '/'
            || !ngx_shop_conf_check_is(&check->uri,
                                       ngx_shop_conf_check_uri_char)))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" of parameter \"uri\" in "
                           "\"shop_health_check\", expected a path that "
                           "begins with \"/\" and has no space, control "
                           "character or \"#\"", &check->uri);
        return NGX_CONF_ERROR;
    }

    if (!ngx_shop_conf_check_is(&check->method,
                                ngx_shop_conf_check_method_char)
        || (check->method.len == 7
            && ngx_strncmp(check->method.data, "CONNECT", 7) == 0))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" of parameter \"method\" in "
                           "\"shop_health_check\", expected a method in "
                           "upper case such as GET, HEAD or POST",
                           &check->method);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* a connection is all that is asked for */

static char *
ngx_shop_conf_check_tcp(ngx_conf_t *cf, ngx_shop_conf_check_t *check)
{
    const char  *name;

    name = ngx_shop_params_given(cf, "uri") ? "uri"
           : ngx_shop_params_given(cf, "method") ? "method"
           : ngx_shop_params_given(cf, "match") ? "match"
           : check->keepalive ? "keepalive"
           : NULL;

    if (name == NULL) {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "parameter \"%s\" has no meaning with \"type=tcp\" in "
                       "\"shop_health_check\": nothing is sent, and a "
                       "connection that is made is a probe that passed",
                       name);

    return NGX_CONF_ERROR;
}


static ngx_uint_t
ngx_shop_conf_check_is(ngx_str_t *s, ngx_uint_t (*is)(u_char ch))
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (!is(s->data[i])) {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
ngx_shop_conf_check_uri_char(u_char ch)
{
    return ch > ' ' && ch != 0x7f && ch != '#';
}


/* of a header's name: RFC 9110, 5.6.2 */

static ngx_uint_t
ngx_shop_conf_check_token_char(u_char ch)
{
    return ch > ' ' && ch < 0x7f
           && ngx_strchr("\"(),/:;<=>?@[\\]{}", ch) == NULL;
}


static ngx_uint_t
ngx_shop_conf_check_method_char(u_char ch)
{
    return (ch >= 'A' && ch <= 'Z') || ch == '-' || ch == '_';
}


static ngx_uint_t
ngx_shop_conf_check_param_char(u_char ch)
{
    return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z')
           || (ch >= '0' && ch <= '9') || ch == '_';
}


/* of a header's value: nothing that could end the line */

static ngx_uint_t
ngx_shop_conf_check_value_char(u_char ch)
{
    return (ch >= ' ' && ch != 0x7f) || ch == '\t';
}


char *
ngx_shop_conf_check_header(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                  *value;
    ngx_shop_conf_srv_t        *sscf = conf;
    ngx_shop_conf_check_own_t  *own;

    value = cf->args->elts;

    if (value[1].len == 0
        || !ngx_shop_conf_check_is(&value[1],
                                   ngx_shop_conf_check_token_char))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid name \"%V\" in \"%V\", expected the "
                           "name of a header such as X-Probe, without \":\"",
                           &value[1], &value[0]);
        return NGX_CONF_ERROR;
    }

    if (!ngx_shop_conf_check_is(&value[2], ngx_shop_conf_check_value_char)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value of header \"%V\" in \"%V\": it has "
                           "a line end or control character, expected one "
                           "line of text", &value[1], &value[0]);
        return NGX_CONF_ERROR;
    }

    for (own = ngx_shop_conf_check_owns; own->name.len; own++) {
        if (own->name.len == value[1].len
            && ngx_strncasecmp(own->name.data, value[1].data, value[1].len)
               == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "header \"%V\" cannot be set by \"%V\": %s",
                               &value[1], &value[0], own->reason);
            return NGX_CONF_ERROR;
        }
    }

    if (value[1].len == 4
        && ngx_strncasecmp(value[1].data, (u_char *) "Host", 4) == 0
        && (value[2].len == 0
            || ngx_shop_conf_check_find(&sscf->ask.headers,
                                        &value[1])))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "header \"Host\" in \"%V\" is %s, expected one "
                           "host name", &value[0],
                           value[2].len ? "given twice" : "empty");
        return NGX_CONF_ERROR;
    }

    return ngx_shop_conf_check_pair(cf, &sscf->ask.headers);
}


char *
ngx_shop_conf_check_param(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t            *value;
    ngx_shop_conf_srv_t  *sscf = conf;

    value = cf->args->elts;

    if (value[1].len == 0
        || !ngx_shop_conf_check_is(&value[1],
                                   ngx_shop_conf_check_param_char))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid name \"%V\" in \"%V\", expected the "
                           "name of a parameter such as SCRIPT_FILENAME",
                           &value[1], &value[0]);
        return NGX_CONF_ERROR;
    }

    if (value[1].len == 14
        && ngx_strncasecmp(value[1].data, (u_char *) "CONTENT_LENGTH", 14)
           == 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "parameter \"CONTENT_LENGTH\" cannot be set by "
                           "\"%V\": it is set from \"shop_health_body\"",
                           &value[0]);
        return NGX_CONF_ERROR;
    }

    if (ngx_shop_conf_check_find(&sscf->ask.params, &value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "parameter \"%V\" of \"%V\" is given twice",
                           &value[1], &value[0]);
        return NGX_CONF_ERROR;
    }

    return ngx_shop_conf_check_pair(cf, &sscf->ask.params);
}


static char *
ngx_shop_conf_check_pair(ngx_conf_t *cf, ngx_array_t *pairs)
{
    ngx_str_t     *value;
    ngx_keyval_t  *pair;

    pair = ngx_array_push(pairs);
    if (pair == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    pair->key = value[1];
    pair->value = value[2];

    return NGX_CONF_OK;
}


char *
ngx_shop_conf_check_body(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t            *value;
    ngx_shop_conf_srv_t  *sscf = conf;

    if (sscf->ask.body.data) {
        return "is duplicate";
    }

    value = cf->args->elts;
    sscf->ask.body = value[1];

    return NGX_CONF_OK;
}


ngx_str_t *
ngx_shop_conf_check_find(ngx_array_t *pairs, ngx_str_t *name)
{
    ngx_uint_t     i;
    ngx_keyval_t  *pair;

    pair = pairs->elts;

    for (i = 0; i < pairs->nelts; i++) {
        if (pair[i].key.len == name->len
            && ngx_strncasecmp(pair[i].key.data, name->data, name->len) == 0)
        {
            return &pair[i].value;
        }
    }

    return NULL;
}
