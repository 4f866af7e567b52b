
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a probe says in HTTP: the request, and the Host of a server.
 */


#include "nginx/probe/attempt_inside.h"
#include "nginx/conf_host.h"


static ngx_int_t ngx_shop_attempt_http_request(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_http_write(ngx_shop_attempt_t *a, ngx_str_t *host,
    ngx_shop_emit_t *e);
static void ngx_shop_attempt_http_line(ngx_shop_emit_t *e, const char *name,
    ngx_str_t *value);
static ngx_uint_t ngx_shop_attempt_http_has(ngx_shop_conf_check_t *check,
    const char *name);
static int ngx_shop_attempt_http_feed(ngx_shop_attempt_t *a,
    const u_char *data, size_t len, size_t *used);
static int ngx_shop_attempt_http_eof(ngx_shop_attempt_t *a);
static const char *ngx_shop_attempt_http_error(ngx_shop_attempt_t *a);


const ngx_shop_attempt_talk_t  ngx_shop_attempt_http_talk = {
    ngx_shop_attempt_http_request,
    ngx_shop_attempt_http_feed,
    ngx_shop_attempt_http_eof,
    ngx_shop_attempt_http_error
};


static ngx_int_t
ngx_shop_attempt_http_request(ngx_shop_attempt_t *a)
{
    ngx_str_t        host;
    ngx_shop_emit_t  e;

    if (ngx_shop_attempt_http_host(a, &host) != NGX_OK) {
        return NGX_ERROR;
    }

    a->answer.no_body = (a->check->method.len == 4
                         && ngx_strncmp(a->check->method.data, "HEAD", 4)
                            == 0);

    /* once to count, once to write */

    ngx_shop_emit_init(&e, NULL, 0);
    ngx_shop_attempt_http_write(a, &host, &e);

    a->request = ngx_create_temp_buf(a->pool, e.total);
    if (a->request == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_emit_init(&e, a->request->start, e.total);
    ngx_shop_attempt_http_write(a, &host, &e);

    a->request->last = e.pos;

    return NGX_OK;
}


static void
ngx_shop_attempt_http_write(ngx_shop_attempt_t *a, ngx_str_t *host,
    ngx_shop_emit_t *e)
{
    ngx_int_t                   length;
    ngx_uint_t                  i;
    ngx_keyval_t               *header;
    ngx_shop_conf_check_t      *check;
    ngx_shop_conf_check_ask_t  *ask;

    check = a->check;
    ask = check->ask;

    ngx_shop_emit_raw(e, check->method.data, check->method.len);
    ngx_shop_emit_text(e, " ");
    ngx_shop_emit_raw(e, check->uri.data, check->uri.len);
    ngx_shop_emit_text(e, " HTTP/1.1" CRLF);

    ngx_shop_attempt_http_line(e, "Host", host);

    if (!ngx_shop_attempt_http_has(check, "User-Agent")) {
        ngx_shop_emit_text(e, "User-Agent: shop-failover" CRLF);
    }

    if (!ngx_shop_attempt_http_has(check, "Accept")) {
        ngx_shop_emit_text(e, "Accept: */*" CRLF);
    }

    header = ask->headers.elts;

    for (i = 0; i < ask->headers.nelts; i++) {

        if (header[i].key.len == 4
            && ngx_strncasecmp(header[i].key.data, (u_char *) "Host", 4) == 0)
        {
            continue;
        }

        ngx_shop_emit_raw(e, header[i].key.data, header[i].key.len);
        ngx_shop_attempt_http_line(e, "", &header[i].value);
    }

    length = ngx_shop_attempt_http_length(check);

    if (length >= 0) {
        ngx_shop_emit_text(e, "Content-Length: ");
        ngx_shop_emit_number(e, length);
        ngx_shop_emit_text(e, CRLF);
    }

    ngx_shop_emit_text(e, check->keepalive
                          ? "Connection: keep-alive" CRLF CRLF
                          : "Connection: close" CRLF CRLF);

    ngx_shop_emit_raw(e, ask->body.data, ask->body.len);
}


static void
ngx_shop_attempt_http_line(ngx_shop_emit_t *e, const char *name,
    ngx_str_t *value)
{
    ngx_shop_emit_text(e, name);
    ngx_shop_emit_text(e, ": ");
    ngx_shop_emit_raw(e, value->data, value->len);
    ngx_shop_emit_text(e, CRLF);
}


static ngx_uint_t
ngx_shop_attempt_http_has(ngx_shop_conf_check_t *check, const char *name)
{
    ngx_str_t  s;

    s.data = (u_char *) name;
    s.len = ngx_strlen(name);

    return ngx_shop_conf_check_find(&check->ask->headers, &s) != NULL;
}


/*
 * The configured one, else the name of the server as it is written with the
 * port that is probed, which browsers leave out where it is the default.
 */

ngx_int_t
ngx_shop_attempt_http_host(ngx_shop_attempt_t *a, ngx_str_t *host)
{
    in_port_t               port;
    ngx_str_t              *given, name;
    ngx_str_t               key = ngx_string("Host");
    ngx_shop_model_peer_t  *peer;

    peer = a->line->peer;

    given = ngx_shop_conf_check_find(&a->check->ask->headers, &key);

    if (given) {
        *host = *given;
        return NGX_OK;
    }

    (void) ngx_shop_conf_host(&peer->server, &name);

    if (name.len == 0) {
        ngx_str_set(host, "localhost");
        return NGX_OK;
    }

    port = ngx_inet_get_port(peer->sockaddr);

    if (port == (a->check->type == NGX_SHOP_CONF_CHECK_HTTPS ? 443 : 80)
        || a->check->type == NGX_SHOP_CONF_CHECK_FASTCGI)
    {
        *host = name;
        return NGX_OK;
    }

    host->data = ngx_pnalloc(a->pool, name.len + sizeof(":65535") - 1);
    if (host->data == NULL) {
        return NGX_ERROR;
    }

    host->len = ngx_sprintf(host->data, "%V:%ui", &name, (ngx_uint_t) port)
                - host->data;

    return NGX_OK;
}


ngx_int_t
ngx_shop_attempt_http_length(ngx_shop_conf_check_t *check)
{
    ngx_uint_t          i;
    static const char  *with[] = { "POST", "PUT", "PATCH" };

    if (check->ask->body.data) {
        return check->ask->body.len;
    }

    for (i = 0; i < 3; i++) {
        if (check->method.len == ngx_strlen(with[i])
            && ngx_strncmp(check->method.data, with[i], check->method.len)
               == 0)
        {
            return 0;
        }
    }

    return -1;
}


static int
ngx_shop_attempt_http_feed(ngx_shop_attempt_t *a, const u_char *data,
    size_t len, size_t *used)
{
    return ngx_shop_answer_feed(&a->answer, data, len, used);
}


static int
ngx_shop_attempt_http_eof(ngx_shop_attempt_t *a)
{
    return ngx_shop_answer_eof(&a->answer);
}


static const char *
ngx_shop_attempt_http_error(ngx_shop_attempt_t *a)
{
    return a->answer.error;
}
