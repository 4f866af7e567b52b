
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shop_health_ssl_...: what TLS a probe speaks, and whom it trusts.
 */


#include "nginx/conf.h"
#include "nginx/conf_host.h"


#if (NGX_HTTP_SSL)

static ngx_int_t ngx_shop_conf_tls_files(ngx_conf_t *cf,
    ngx_shop_conf_check_ask_t *ask);
static ngx_int_t ngx_shop_conf_tls_context(ngx_conf_t *cf,
    ngx_shop_conf_check_ask_t *ask, ngx_ssl_t *ssl);
static ngx_int_t ngx_shop_conf_tls_trust(ngx_conf_t *cf,
    ngx_shop_conf_check_ask_t *ask, ngx_ssl_t *ssl);
static ngx_int_t ngx_shop_conf_tls_names(ngx_conf_t *cf,
    ngx_http_upstream_srv_conf_t *uscf);


/* as many certificates may stand between a server's and a trusted one */
#define NGX_SHOP_CONF_TLS_DEPTH  10

/* bytes; the whole bundle of a system has 200k */
#define NGX_SHOP_CONF_TLS_FILE   (16 * 1024 * 1024)


static ngx_conf_bitmask_t  ngx_shop_conf_tls_versions[] = {
    { ngx_string("TLSv1"), NGX_SSL_TLSv1 },
    { ngx_string("TLSv1.1"), NGX_SSL_TLSv1_1 },
    { ngx_string("TLSv1.2"), NGX_SSL_TLSv1_2 },
    { ngx_string("TLSv1.3"), NGX_SSL_TLSv1_3 },
    { ngx_null_string, 0 }
};

#endif


/* those with one value: a text that is not empty */

char *
ngx_shop_conf_tls(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t  *value, *field;

    field = (ngx_str_t *) ((u_char *) conf + cmd->offset);

    if (field->data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is empty, expected %s", &value[0],
                           (char *) cmd->post);
        return NGX_CONF_ERROR;
    }

    *field = value[1];

    return NGX_CONF_OK;
}


ngx_uint_t
ngx_shop_conf_tls_given(ngx_shop_conf_check_ask_t *ask)
{
    return ask->name.len || ask->trusted.len || ask->certificate.len
           || ask->key.len || ask->ciphers.len || ask->protocols
           || ask->verify != NGX_CONF_UNSET;
}


#if (NGX_HTTP_SSL)

char *
ngx_shop_conf_tls_protocols(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t            *value;
    ngx_uint_t            i;
    ngx_conf_bitmask_t   *version;
    ngx_shop_conf_srv_t  *sscf = conf;

    if (sscf->ask.protocols) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        for (version = ngx_shop_conf_tls_versions;
             version->name.len;
             version++)
        {
            if (version->name.len == value[i].len
                && ngx_strncasecmp(version->name.data, value[i].data,
                                   value[i].len)
                   == 0)
            {
                break;
            }
        }

        if (version->name.len == 0 || (sscf->ask.protocols & version->mask)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid value \"%V\" in \"%V\", expected "
                               "some of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3, "
                               "each once", &value[i], &value[0]);
            return NGX_CONF_ERROR;
        }

        sscf->ask.protocols |= version->mask;
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_shop_conf_tls_finish(ngx_conf_t *cf, ngx_shop_conf_check_t *check,
    ngx_http_upstream_srv_conf_t *uscf)
{
    ngx_ssl_t                  *ssl;
    ngx_pool_cleanup_t         *cln;
    ngx_shop_conf_check_ask_t  *ask;

    ask = check->ask;

    ngx_conf_init_value(ask->verify, 1);

    if (ask->protocols == 0) {
        ask->protocols = NGX_SSL_TLSv1_2|NGX_SSL_TLSv1_3;
    }

    if ((ask->certificate.len == 0) != (ask->key.len == 0)) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"shop_health_ssl_certificate\" and "
                      "\"shop_health_ssl_certificate_key\" need each other "
                      "in upstream \"%V\" in %s:%ui",
                      &uscf->host, uscf->file_name, uscf->line);
        return NGX_ERROR;
    }

    if (ask->verify && ask->name.len == 0
        && ngx_shop_conf_tls_names(cf, uscf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ssl = ngx_pcalloc(cf->pool, sizeof(ngx_ssl_t));
    if (ssl == NULL) {
        return NGX_ERROR;
    }

    ssl->log = cf->log;

    if (ngx_ssl_create(ssl, ask->protocols, NULL) != NGX_OK) {
        return NGX_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        ngx_ssl_cleanup_ctx(ssl);
        return NGX_ERROR;
    }

    cln->handler = ngx_ssl_cleanup_ctx;
    cln->data = ssl;

    check->ssl = ssl;

    return ngx_shop_conf_tls_context(cf, ask, ssl);
}


/*
 * OpenSSL opens the files: for ever, where a pipe lies there, and without end,
 * where a device does.
 */

static ngx_int_t
ngx_shop_conf_tls_files(ngx_conf_t *cf, ngx_shop_conf_check_ask_t *ask)
{
    ngx_str_t        path;
    ngx_uint_t       i;
    ngx_file_info_t  fi;

    struct {
        const char  *directive;
        ngx_str_t   *name;
    } files[] = {
        { "shop_health_ssl_certificate", &ask->certificate },
        { "shop_health_ssl_certificate_key", &ask->key },
        { "shop_health_ssl_trusted_certificate", &ask->trusted }
    };

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        path = *files[i].name;

        /* "engine:..." and its like: nginx knows, and says what it cannot */

        if (path.len == 0 || ngx_strchr(path.data, ':')) {
            continue;
        }

        if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK) {
            return NGX_ERROR;
        }

        if (ngx_file_info(path.data, &fi) == NGX_FILE_ERROR
            || (ngx_is_file(&fi)
                && ngx_file_size(&fi) <= NGX_SHOP_CONF_TLS_FILE))
        {
            continue;
        }

        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"%V\" of \"%s\" is not a regular file, or is larger "
                      "than 16m", &path, files[i].directive);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_conf_tls_context(ngx_conf_t *cf, ngx_shop_conf_check_ask_t *ask,
    ngx_ssl_t *ssl)
{
    if (ngx_shop_conf_tls_files(cf, ask) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ask->ciphers.len
        && ngx_ssl_ciphers(cf, ssl, &ask->ciphers, 0) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ask->certificate.len
        && ngx_ssl_certificate(cf, ssl, &ask->certificate, &ask->key, NULL)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ask->verify && ngx_shop_conf_tls_trust(cf, ask, ssl) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_ssl_client_session_cache(cf, ssl, 1);
}


static ngx_int_t
ngx_shop_conf_tls_trust(ngx_conf_t *cf, ngx_shop_conf_check_ask_t *ask,
    ngx_ssl_t *ssl)
{
    if (ngx_ssl_trusted_certificate(cf, ssl, &ask->trusted,
                                    NGX_SHOP_CONF_TLS_DEPTH)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ask->trusted.len == 0
        && SSL_CTX_set_default_verify_paths(ssl->ctx) == 0)
    {
        ngx_ssl_error(NGX_LOG_EMERG, cf->log, 0,
                      "the system's bundle of trusted certificates cannot be "
                      "used, name one by "
                      "\"shop_health_ssl_trusted_certificate\"");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* whether each server is written as a name that its certificate can have */

static ngx_int_t
ngx_shop_conf_tls_names(ngx_conf_t *cf, ngx_http_upstream_srv_conf_t *uscf)
{
    ngx_str_t                    host;
    ngx_uint_t                   i;
    ngx_http_upstream_server_t  *server;

    if (uscf->servers == NULL) {
        return NGX_OK;
    }

    server = uscf->servers->elts;

    for (i = 0; i < uscf->servers->nelts; i++) {

        if (!ngx_shop_conf_host(&server[i].name, &host) && host.len) {
            continue;
        }

        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "server \"%V\" is written as an address, there is no "
                      "name to verify its certificate against: expected "
                      "\"shop_health_ssl_name NAME\" (or "
                      "\"shop_health_ssl_verify off\") in upstream \"%V\" in "
                      "%s:%ui", &server[i].name, &uscf->host,
                      uscf->file_name, uscf->line);
        return NGX_ERROR;
    }

    return NGX_OK;
}

#else

char *
ngx_shop_conf_tls_protocols(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    return "needs an nginx that was built with TLS";
}


ngx_int_t
ngx_shop_conf_tls_finish(ngx_conf_t *cf, ngx_shop_conf_check_t *check,
    ngx_http_upstream_srv_conf_t *uscf)
{
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"type=https\" needs an nginx that was built with TLS in "
                  "upstream \"%V\" in %s:%ui",
                  &uscf->host, uscf->file_name, uscf->line);

    return NGX_ERROR;
}

#endif
