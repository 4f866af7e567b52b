
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a probe says in FastCGI: the parameters of a request, with defaults
 * that PHP-FPM's /ping and /status and any script answer to.
 */


#include "nginx/probe/attempt_inside.h"


typedef enum {
    NGX_SHOP_ATTEMPT_FASTCGI_PATH = 0,
    NGX_SHOP_ATTEMPT_FASTCGI_QUERY,
    NGX_SHOP_ATTEMPT_FASTCGI_URI,
    NGX_SHOP_ATTEMPT_FASTCGI_METHOD,
    NGX_SHOP_ATTEMPT_FASTCGI_HOST,
    NGX_SHOP_ATTEMPT_FASTCGI_LENGTH,
    NGX_SHOP_ATTEMPT_FASTCGI_TEXT
} ngx_shop_attempt_fastcgi_value_e;


typedef struct {
    ngx_str_t                         name;
    ngx_shop_attempt_fastcgi_value_e  value;
    ngx_str_t                         text;
} ngx_shop_attempt_fastcgi_default_t;


static ngx_int_t ngx_shop_attempt_fastcgi_request(ngx_shop_attempt_t *a);
static ngx_int_t ngx_shop_attempt_fastcgi_params(ngx_shop_attempt_t *a,
    ngx_array_t *params);
static void ngx_shop_attempt_fastcgi_value(ngx_shop_attempt_t *a,
    const ngx_shop_attempt_fastcgi_default_t *row, ngx_str_t *value);
static ngx_int_t ngx_shop_attempt_fastcgi_headers(ngx_shop_attempt_t *a,
    ngx_array_t *params);
static ngx_int_t ngx_shop_attempt_fastcgi_push(ngx_array_t *params,
    const ngx_str_t *name, const ngx_str_t *value);
static int ngx_shop_attempt_fastcgi_feed(ngx_shop_attempt_t *a,
    const u_char *data, size_t len, size_t *used);
static int ngx_shop_attempt_fastcgi_eof(ngx_shop_attempt_t *a);
static const char *ngx_shop_attempt_fastcgi_error(ngx_shop_attempt_t *a);


const ngx_shop_attempt_talk_t  ngx_shop_attempt_fastcgi_talk = {
    ngx_shop_attempt_fastcgi_request,
    ngx_shop_attempt_fastcgi_feed,
    ngx_shop_attempt_fastcgi_eof,
    ngx_shop_attempt_fastcgi_error
};


#define ngx_shop_attempt_fastcgi_row(name, value, text)                      \
    { ngx_string(name), NGX_SHOP_ATTEMPT_FASTCGI_ ## value,                  \
      ngx_string(text) }


static const ngx_shop_attempt_fastcgi_default_t
    ngx_shop_attempt_fastcgi_defaults[] =
{
    /* PHP-FPM finds its ping.path and pm.status_path by SCRIPT_NAME, and asks
     * for a SCRIPT_FILENAME before it looks */

    ngx_shop_attempt_fastcgi_row("SCRIPT_FILENAME", PATH, ""),
    ngx_shop_attempt_fastcgi_row("SCRIPT_NAME", PATH, ""),
    ngx_shop_attempt_fastcgi_row("DOCUMENT_URI", PATH, ""),
    ngx_shop_attempt_fastcgi_row("REQUEST_URI", URI, ""),
    ngx_shop_attempt_fastcgi_row("QUERY_STRING", QUERY, ""),
    ngx_shop_attempt_fastcgi_row("REQUEST_METHOD", METHOD, ""),
    ngx_shop_attempt_fastcgi_row("SERVER_NAME", HOST, ""),
    ngx_shop_attempt_fastcgi_row("HTTP_HOST", HOST, ""),
    ngx_shop_attempt_fastcgi_row("CONTENT_LENGTH", LENGTH, ""),
    ngx_shop_attempt_fastcgi_row("CONTENT_TYPE", TEXT, ""),
    ngx_shop_attempt_fastcgi_row("GATEWAY_INTERFACE", TEXT,
                                 "CGI/1.1"),
    ngx_shop_attempt_fastcgi_row("SERVER_PROTOCOL", TEXT,
                                 "HTTP/1.1"),
    ngx_shop_attempt_fastcgi_row("SERVER_SOFTWARE", TEXT,
                                 "shop-failover"),
    ngx_shop_attempt_fastcgi_row("REMOTE_ADDR", TEXT, "127.0.0.1"),

    /* PHP that was built with --enable-force-cgi-redirect refuses without */

    ngx_shop_attempt_fastcgi_row("REDIRECT_STATUS", TEXT, "200")
};


static ngx_int_t
ngx_shop_attempt_fastcgi_request(ngx_shop_attempt_t *a)
{
    ngx_array_t                 params;
    ngx_shop_emit_t             e;
    ngx_shop_fastcgi_request_t  request;

    if (ngx_array_init(&params, a->pool, 32,
                       sizeof(ngx_shop_fastcgi_param_t))
        != NGX_OK
        || ngx_shop_attempt_fastcgi_params(a, &params) != NGX_OK
        || ngx_shop_attempt_fastcgi_headers(a, &params) != NGX_OK)
    {
        return NGX_ERROR;
    }

    a->fastcgi.log = ngx_pnalloc(a->pool, NGX_SHOP_ATTEMPT_STDERR_LEN);
    if (a->fastcgi.log == NULL) {
        return NGX_ERROR;
    }

    a->fastcgi.log_size = NGX_SHOP_ATTEMPT_STDERR_LEN;
    a->fastcgi.answer = &a->answer;
    a->answer.cgi = 1;

    a->answer.no_body = (a->check->method.len == 4
                         && ngx_strncmp(a->check->method.data, "HEAD", 4)
                            == 0);

    request.params = params.elts;
    request.nparams = params.nelts;
    request.body.data = a->check->ask->body.data;
    request.body.len = a->check->ask->body.len;
    request.keep = (uint8_t) a->check->keepalive;

    /* once to count, once to write */

    ngx_shop_emit_init(&e, NULL, 0);
    (void) ngx_shop_fastcgi_request(&e, &request);

    a->request = ngx_create_temp_buf(a->pool, e.total);
    if (a->request == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_emit_init(&e, a->request->start, e.total);

    if (ngx_shop_fastcgi_request(&e, &request) != NGX_SHOP_OK) {
        return NGX_ERROR;
    }

    a->request->last = e.pos;

    return NGX_OK;
}


/* the defaults, except those that are configured, and these */

static ngx_int_t
ngx_shop_attempt_fastcgi_params(ngx_shop_attempt_t *a, ngx_array_t *params)
{
    ngx_str_t                                  value;
    ngx_uint_t                                 i, n;
    ngx_keyval_t                              *pair;
    ngx_shop_conf_check_ask_t                 *ask;
    const ngx_shop_attempt_fastcgi_default_t  *row;

    ask = a->check->ask;
    row = ngx_shop_attempt_fastcgi_defaults;
    n = sizeof(ngx_shop_attempt_fastcgi_defaults)
        / sizeof(ngx_shop_attempt_fastcgi_defaults[0]);

    for (i = 0; i < n; i++) {

        if (ngx_shop_conf_check_find(&ask->params,
                                     (ngx_str_t *) &row[i].name))
        {
            continue;
        }

        ngx_shop_attempt_fastcgi_value(a, &row[i], &value);

        if (value.data == NULL
            || ngx_shop_attempt_fastcgi_push(params, &row[i].name,
                                             &value)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    pair = ask->params.elts;

    for (i = 0; i < ask->params.nelts; i++) {
        if (ngx_shop_attempt_fastcgi_push(params, &pair[i].key,
                                          &pair[i].value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* data NULL: no memory */

static void
ngx_shop_attempt_fastcgi_value(ngx_shop_attempt_t *a,
    const ngx_shop_attempt_fastcgi_default_t *row, ngx_str_t *value)
{
    u_char     *query, *last;
    ngx_int_t   length;
    ngx_str_t  *uri;

    uri = &a->check->uri;
    last = uri->data + uri->len;
    query = ngx_strlchr(uri->data, last, '?');

    *value = row->text;

    switch (row->value) {

    case NGX_SHOP_ATTEMPT_FASTCGI_PATH:
        value->data = uri->data;
        value->len = (query ? query : last) - uri->data;
        return;

    case NGX_SHOP_ATTEMPT_FASTCGI_QUERY:

        if (query) {
            value->data = query + 1;
            value->len = last - value->data;
        }

        return;

    case NGX_SHOP_ATTEMPT_FASTCGI_URI:
        *value = *uri;
        return;

    case NGX_SHOP_ATTEMPT_FASTCGI_METHOD:
        *value = a->check->method;
        return;

    case NGX_SHOP_ATTEMPT_FASTCGI_HOST:

        if (ngx_shop_attempt_http_host(a, value) != NGX_OK) {
            value->data = NULL;
        }

        return;

    case NGX_SHOP_ATTEMPT_FASTCGI_LENGTH:
        length = ngx_shop_attempt_http_length(a->check);

        if (length >= 0) {
            value->data = ngx_pnalloc(a->pool, NGX_INT_T_LEN);

            if (value->data) {
                value->len = ngx_sprintf(value->data, "%i", length)
                             - value->data;
            }
        }

        return;

    case NGX_SHOP_ATTEMPT_FASTCGI_TEXT:
        return;
    }
}


/* a header is a parameter HTTP_..., as a web server hands it on */

static ngx_int_t
ngx_shop_attempt_fastcgi_headers(ngx_shop_attempt_t *a, ngx_array_t *params)
{
    u_char         ch, *p;
    ngx_str_t      name;
    ngx_uint_t     i, j;
    ngx_keyval_t  *header;

    header = a->check->ask->headers.elts;

    for (i = 0; i < a->check->ask->headers.nelts; i++) {

        if (header[i].key.len == 4
            && ngx_strncasecmp(header[i].key.data, (u_char *) "Host", 4) == 0)
        {
            /* among the defaults */
            continue;
        }

        name.len = sizeof("HTTP_") - 1 + header[i].key.len;
        name.data = ngx_pnalloc(a->pool, name.len);
        if (name.data == NULL) {
            return NGX_ERROR;
        }

        p = ngx_cpymem(name.data, "HTTP_", sizeof("HTTP_") - 1);

        for (j = 0; j < header[i].key.len; j++) {
            ch = ngx_toupper(header[i].key.data[j]);
            *p++ = (ch == '-') ? '_' : ch;
        }

        if (ngx_shop_attempt_fastcgi_push(params, &name,
                                          &header[i].value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_attempt_fastcgi_push(ngx_array_t *params, const ngx_str_t *name,
    const ngx_str_t *value)
{
    ngx_shop_fastcgi_param_t  *param;

    param = ngx_array_push(params);
    if (param == NULL) {
        return NGX_ERROR;
    }

    param->name.data = name->data;
    param->name.len = name->len;
    param->value.data = value->data;
    param->value.len = value->len;

    return NGX_OK;
}


static int
ngx_shop_attempt_fastcgi_feed(ngx_shop_attempt_t *a, const u_char *data,
    size_t len, size_t *used)
{
    return ngx_shop_fastcgi_feed(&a->fastcgi, data, len, used);
}


static int
ngx_shop_attempt_fastcgi_eof(ngx_shop_attempt_t *a)
{
    return ngx_shop_fastcgi_eof(&a->fastcgi);
}


static const char *
ngx_shop_attempt_fastcgi_error(ngx_shop_attempt_t *a)
{
    return a->fastcgi.error;
}
