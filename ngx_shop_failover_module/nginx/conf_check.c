
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Directives of health checks, except shop_match and those of TLS: parse,
 * defaults, and what does not go together.
 */


#include "nginx/conf_upstreams.h"
#include "nginx/params.h"


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
static ngx_int_t ngx_shop_conf_check_join(ngx_conf_t *cf, ngx_array_t *matches,
    ngx_shop_conf_srv_t *sscf, ngx_http_upstream_srv_conf_t *uscf);
static void ngx_shop_conf_check_uri(ngx_shop_conf_check_t *check);
static ngx_shop_conf_match_t *
    ngx_shop_conf_check_match(ngx_conf_t *cf, ngx_array_t *matches,
    ngx_str_t *name, ngx_http_upstream_srv_conf_t *uscf);
static const char *ngx_shop_conf_check_stray(ngx_shop_conf_check_t *check,
    ngx_shop_conf_check_ask_t *ask);
static ngx_uint_t ngx_shop_conf_check_only_unix(
    ngx_http_upstream_srv_conf_t *uscf);


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

    /* "/", or what PHP-FPM answers itself: conf_check_uri() */

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
        if (ngx_shop_conf_check_join(cf, &smcf->matches, sscf, sscf->uscf)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_shop_conf_match_unused(cf, &smcf->matches);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_conf_check_join(ngx_conf_t *cf, ngx_array_t *matches,
    ngx_shop_conf_srv_t *sscf, ngx_http_upstream_srv_conf_t *uscf)
{
    const char             *stray;
    ngx_shop_conf_check_t  *check;

    check = sscf->check;
    stray = ngx_shop_conf_check_stray(check, &sscf->ask);

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
        ngx_shop_conf_check_uri(check);
    }

    if (check->match_name.len) {
        check->match = ngx_shop_conf_check_match(cf, matches,
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

    if (check->port && ngx_shop_conf_check_only_unix(uscf)) {
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
ngx_shop_conf_check_uri(ngx_shop_conf_check_t *check)
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
ngx_shop_conf_check_match(ngx_conf_t *cf, ngx_array_t *matches,
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
ngx_shop_conf_check_stray(ngx_shop_conf_check_t *check,
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
ngx_shop_conf_check_only_unix(ngx_http_upstream_srv_conf_t *uscf)
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
