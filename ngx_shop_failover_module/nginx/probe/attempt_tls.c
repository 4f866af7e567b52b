
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The TLS handshake of an attempt: SNI, session reuse, verification, and why
 * it failed in words.  Nothing is read from the server but by TLS.
 */


#include "nginx/probe/attempt_inside.h"
#include "nginx/conf_host.h"


#if (NGX_HTTP_SSL)

/* how long a certificate is taken for what it was: probes, but at most ms */
#define NGX_SHOP_ATTEMPT_TLS_PROBES  10
#define NGX_SHOP_ATTEMPT_TLS_FRESH   60000


static ngx_int_t ngx_shop_attempt_tls_name(ngx_shop_attempt_t *a,
    ngx_str_t *name);
static ngx_int_t ngx_shop_attempt_tls_done(ngx_shop_attempt_t *a);
static void ngx_shop_attempt_tls_refuse(ngx_shop_attempt_t *a,
    const char *detail);
static const char *ngx_shop_attempt_tls_verify(ngx_shop_attempt_t *a,
    u_char *buf);
static ngx_int_t ngx_shop_attempt_tls_address(ngx_connection_t *c,
    ngx_str_t *name);
static void ngx_shop_attempt_tls_save(ngx_connection_t *c);
static void ngx_shop_attempt_tls_handler(ngx_connection_t *c);


/* what OpenSSL calls it, in its several versions, and what it means */

static struct {
    const char  *said;
    const char  *words;
} ngx_shop_attempt_tls_table[] = {
    { "wrong version number", "not TLS" },
    { "http request", "not TLS" },
    { "packet length too long", "not TLS" },
    { "record layer failure", "not TLS" },
    { "unknown protocol", "not TLS" },
    { "unsupported protocol", "no version of TLS in common" },
    { "protocol version", "no version of TLS in common" },
    { "no protocols available", "no version of TLS in common" },
    { "certificate required", "the server asks for a client certificate" },
    { "unknown ca", "the server does not accept our certificate" },
    { "bad certificate", "the server does not accept our certificate" },
    { "certificate unknown", "the server does not accept our certificate" },
    { "unrecognized name", "the server does not know the name asked for" },
    { "handshake failure", "handshake refused: no cipher in common, or a "
                           "client certificate is asked for" },
    { "no shared cipher", "no cipher in common" },
    { NULL, NULL }
};


static struct {
    long         code;
    const char  *words;
} ngx_shop_attempt_tls_codes[] = {
    { X509_V_ERR_CERT_HAS_EXPIRED, "certificate has expired" },
    { X509_V_ERR_CERT_NOT_YET_VALID, "certificate is not valid yet" },
    { X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "certificate is self-signed" },
    { X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      "self-signed certificate in chain" },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      "certificate is of an authority that is not trusted" },
    { X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
      "certificate is of an authority that is not trusted" },
    { 0, NULL }
};


ngx_int_t
ngx_shop_attempt_tls_start(ngx_shop_attempt_t *a)
{
    ngx_str_t          name;
    ngx_connection_t  *c;

    c = a->wire->c;

    if (ngx_ssl_create_connection(a->check->ssl, c,
                                  NGX_SSL_BUFFER|NGX_SSL_CLIENT)
        != NGX_OK
        || ngx_shop_attempt_tls_name(a, &name) != NGX_OK)
    {
        ngx_shop_attempt_end_inconclusive(a, "nginx is out of memory");
        return NGX_DONE;
    }

    c->ssl->handler = ngx_shop_attempt_tls_handler;

    if (name.len
        && SSL_set_tlsext_host_name(c->ssl->connection, (char *) name.data)
           == 0)
    {
        ngx_shop_attempt_tls_refuse(a, "the name for SNI is invalid");
        return NGX_DONE;
    }

    c->ssl->save_session = ngx_shop_attempt_tls_save;

    if (!ngx_shop_attempt_tls_fresh(a->line)) {
        ngx_shop_attempt_tls_forget(a->line);
    }

    if (a->line->session
        && ngx_ssl_set_session(c, a->line->session) != NGX_OK)
    {
        ngx_shop_attempt_tls_forget(a->line);
    }

    return ngx_shop_attempt_tls_handshake(a);
}


/* NUL-terminated; empty: an address, which SNI cannot carry (RFC 6066, 3) */

static ngx_int_t
ngx_shop_attempt_tls_name(ngx_shop_attempt_t *a, ngx_str_t *name)
{
    u_char     *p;
    ngx_str_t   host;

    host = a->check->ask->name.len ? a->check->ask->name
                                   : a->line->peer->server;

    if (ngx_shop_conf_host(&host, name) || name->len == 0) {
        name->len = 0;
        return NGX_OK;
    }

    p = ngx_pnalloc(a->pool, name->len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpystrn(p, name->data, name->len + 1);

    name->data = p;

    /* the dot at the end is of DNS, not of the name */

    if (p[name->len - 1] == '.') {
        p[--name->len] = '\0';
    }

    return NGX_OK;
}


/* of the event, too, until the handshake is done */

ngx_int_t
ngx_shop_attempt_tls_handshake(ngx_shop_attempt_t *a)
{
    ngx_int_t          rc;
    const char        *words;
    ngx_connection_t  *c;

    c = a->wire->c;
    a->wire->said_len = 0;

    rc = ngx_ssl_handshake(c);

    if (rc == NGX_AGAIN) {

        /* the core's own handler does not see that the worker is exiting */

        c->read->handler = a->handler;
        c->write->handler = a->handler;
        return NGX_AGAIN;
    }

    if (rc == NGX_OK) {
        return ngx_shop_attempt_tls_done(a);
    }

    words = ngx_shop_attempt_tls_words(a->wire);

    if (words == NULL) {
        words = "closed in the TLS handshake";
    }

    ngx_shop_attempt_tls_forget(a->line);

    ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_TLS, words);

    return NGX_DONE;
}


static void
ngx_shop_attempt_tls_handler(ngx_connection_t *c)
{
    /* c->read->handler is ours, so nobody calls this */
}


static ngx_int_t
ngx_shop_attempt_tls_done(ngx_shop_attempt_t *a)
{
    u_char             buf[NGX_SHOP_LAYOUT_DETAIL_LEN];
    const char        *words;
    ngx_connection_t  *c;

    c = a->wire->c;

    a->sample.tls = (uint32_t) (ngx_current_msec - a->started);

    words = a->check->ask->verify ? ngx_shop_attempt_tls_verify(a, buf) : NULL;

    if (words) {
        ngx_shop_attempt_tls_refuse(a, words);
        return NGX_DONE;
    }

    if (!SSL_session_reused(c->ssl->connection)) {
        a->line->certified = ngx_current_msec;
    }

    c->read->handler = a->handler;
    c->write->handler = a->handler;

    return NGX_OK;
}


static void
ngx_shop_attempt_tls_refuse(ngx_shop_attempt_t *a, const char *detail)
{
    ngx_shop_attempt_tls_forget(a->line);

    a->after = NGX_SHOP_ATTEMPT_AFTER_DRAIN;

    ngx_shop_attempt_end(a, NGX_SHOP_VERDICT_RESULT_TLS, detail);
}


/* NULL: the certificate is good, and the server's */

static const char *
ngx_shop_attempt_tls_verify(ngx_shop_attempt_t *a, u_char *buf)
{
    long               code;
    ngx_str_t          host, name;
    ngx_uint_t         i;
    ngx_int_t          rc;
    ngx_connection_t  *c;

    c = a->wire->c;
    code = SSL_get_verify_result(c->ssl->connection);

    if (code != X509_V_OK) {

        for (i = 0; ngx_shop_attempt_tls_codes[i].words; i++) {
            if (ngx_shop_attempt_tls_codes[i].code == code) {
                return ngx_shop_attempt_tls_codes[i].words;
            }
        }

        return X509_verify_cert_error_string(code);
    }

    host = a->check->ask->name.len ? a->check->ask->name
                                   : a->line->peer->server;

    if (ngx_shop_conf_host(&host, &name)) {
        rc = ngx_shop_attempt_tls_address(c, &name);

    } else {

        if (ngx_shop_attempt_tls_name(a, &name) != NGX_OK) {
            return "nginx is out of memory";
        }

        rc = ngx_ssl_check_host(c, &name);
    }

    if (rc == NGX_OK) {
        return NULL;
    }

    *ngx_slprintf(buf, buf + NGX_SHOP_LAYOUT_DETAIL_LEN - 1,
                  "certificate is not for %V", &name) = '\0';

    return (const char *) buf;
}


/* an address that was given as the name is looked for among the addresses */

static ngx_int_t
ngx_shop_attempt_tls_address(ngx_connection_t *c, ngx_str_t *name)
{
    int        rc;
    X509      *cert;
    size_t     len;
    u_char    *data, text[NGX_SOCKADDR_STRLEN];

    data = name->data;
    len = name->len;

    if (len >= 2 && data[0] == '[') {
        data++;
        len -= 2;
    }

    if (len >= sizeof(text)) {
        return NGX_DECLINED;
    }

    cert = SSL_get_peer_certificate(c->ssl->connection);
    if (cert == NULL) {
        return NGX_DECLINED;
    }

    (void) ngx_cpystrn(text, data, len + 1);

    rc = X509_check_ip_asc(cert, (char *) text, 0);

    X509_free(cert);

    return rc == 1 ? NGX_OK : NGX_DECLINED;
}


/* of a resumable session, also while an answer is read (TLS 1.3) */

static void
ngx_shop_attempt_tls_save(ngx_connection_t *c)
{
    ngx_ssl_session_t        *session;
    ngx_shop_attempt_wire_t  *wire = c->data;

    if (wire->line == NULL) {
        return;
    }

    session = ngx_ssl_get_session(c);
    if (session == NULL) {
        return;
    }

    ngx_shop_attempt_tls_forget(wire->line);

    wire->line->session = session;
}


void
ngx_shop_attempt_tls_forget(ngx_shop_attempt_line_t *line)
{
    if (line->session) {
        ngx_ssl_free_session(line->session);
        line->session = NULL;
    }
}


/*
 * A session that is resumed, or a connection that is kept, shows no certificate
 * (RFC 8446, 2.2): one that expired meanwhile would be good for ever.
 */

ngx_uint_t
ngx_shop_attempt_tls_fresh(ngx_shop_attempt_line_t *line)
{
    ngx_msec_t  limit;

    limit = ngx_min(NGX_SHOP_ATTEMPT_TLS_PROBES * line->check->interval,
                    NGX_SHOP_ATTEMPT_TLS_FRESH);

    return ngx_current_msec - line->certified < limit;
}


ngx_uint_t
ngx_shop_attempt_tls_pending(ngx_connection_t *c)
{
    return SSL_pending(c->ssl->connection) != 0;
}


const char *
ngx_shop_attempt_tls_words(ngx_shop_attempt_wire_t *wire)
{
    u_char      *p, *end;
    ngx_uint_t   i;

    if (wire->c->ssl == NULL || wire->said_len == 0) {
        return NULL;
    }

    for (i = 0; ngx_shop_attempt_tls_table[i].said; i++) {
        if (ngx_strstr(wire->said, ngx_shop_attempt_tls_table[i].said)) {
            return ngx_shop_attempt_tls_table[i].words;
        }
    }

    /* "... (SSL: error:0A000126:SSL routines::unexpected eof ...)" */

    p = (u_char *) ngx_strstr(wire->said, "SSL routines:");

    if (p == NULL) {
        return NULL;
    }

    p += sizeof("SSL routines:") - 1;

    while (*p && *p++ != ':') {
        /* void */
    }

    for (end = p; *end && *end != ':' && *end != ')'; end++) {
        /* void */
    }

    *end = '\0';

    return *p ? (const char *) p : NULL;
}

#else

ngx_int_t
ngx_shop_attempt_tls_start(ngx_shop_attempt_t *a)
{
    /* type=https was refused when the configuration was read */

    ngx_shop_attempt_end_inconclusive(a, "nginx has no TLS");

    return NGX_DONE;
}


ngx_int_t
ngx_shop_attempt_tls_handshake(ngx_shop_attempt_t *a)
{
    return ngx_shop_attempt_tls_start(a);
}


ngx_uint_t
ngx_shop_attempt_tls_fresh(ngx_shop_attempt_line_t *line)
{
    return 0;
}


ngx_uint_t
ngx_shop_attempt_tls_pending(ngx_connection_t *c)
{
    return 0;
}


const char *
ngx_shop_attempt_tls_words(ngx_shop_attempt_wire_t *wire)
{
    return NULL;
}


void
ngx_shop_attempt_tls_forget(ngx_shop_attempt_line_t *line)
{
    /* void */
}

#endif
