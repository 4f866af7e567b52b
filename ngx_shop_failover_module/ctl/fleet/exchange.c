
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * HTTP by libcurl.  Whatever the other side sends, no more than EXCHANGE_MAX
 * bytes of it are kept, and nothing but HTTP is spoken.
 */


#include <stdlib.h>
#include <strings.h>

#include "ctl/fleet/exchange.h"
#include "ctl/fleet/pulse.h"


static int ngx_shop_exchange_prepare(ngx_shop_exchange_t *x,
    const ngx_shop_exchange_request_t *r);
static size_t ngx_shop_exchange_take(char *data, size_t one, size_t size,
    void *arg);
static size_t ngx_shop_exchange_header(char *data, size_t one, size_t size,
    void *arg);
static int ngx_shop_exchange_value(const char *data, size_t size,
    const char *name, char *buf, size_t room);
static int ngx_shop_exchange_failed(ngx_shop_exchange_t *x, CURLcode rc);


/* curl 7.85 has a new name for it */
#if (LIBCURL_VERSION_NUM >= 0x075500)
#define NGX_SHOP_EXCHANGE_PROTOCOLS  CURLOPT_PROTOCOLS_STR
#define NGX_SHOP_EXCHANGE_SPOKEN     "http,https"
#else
#define NGX_SHOP_EXCHANGE_PROTOCOLS  CURLOPT_PROTOCOLS
#define NGX_SHOP_EXCHANGE_SPOKEN     ((long) (CURLPROTO_HTTP | CURLPROTO_HTTPS))
#endif


int
ngx_shop_exchange_open(ngx_shop_exchange_t *x,
    const ngx_shop_exchange_tls_t *tls)
{
    memset(x, 0, sizeof(ngx_shop_exchange_t));

    x->easy = curl_easy_init();
    x->multi = curl_multi_init();

    if (x->easy == NULL || x->multi == NULL) {
        ngx_shop_exchange_close(x);
        return NGX_SHOP_ERROR;
    }

    (void) curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->error);
    (void) curl_easy_setopt(x->easy, CURLOPT_NOSIGNAL, 1L);
    (void) curl_easy_setopt(x->easy, CURLOPT_PROXY, "");
    (void) curl_easy_setopt(x->easy, CURLOPT_NETRC, 0L);
    (void) curl_easy_setopt(x->easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void) curl_easy_setopt(x->easy, NGX_SHOP_EXCHANGE_PROTOCOLS,
                            NGX_SHOP_EXCHANGE_SPOKEN);
    (void) curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS,
                            (long) NGX_SHOP_EXCHANGE_CONNECT);
    (void) curl_easy_setopt(x->easy, CURLOPT_TCP_KEEPALIVE, 1L);
    (void) curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION,
                            ngx_shop_exchange_take);
    (void) curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
    (void) curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION,
                            ngx_shop_exchange_header);
    (void) curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);

    if (tls->ca) {
        (void) curl_easy_setopt(x->easy, CURLOPT_CAINFO, tls->ca);
        (void) curl_easy_setopt(x->easy, CURLOPT_CAPATH, NULL);
    }

    if (tls->certificate) {
        (void) curl_easy_setopt(x->easy, CURLOPT_SSLCERT, tls->certificate);
        (void) curl_easy_setopt(x->easy, CURLOPT_SSLKEY,
                                tls->key ? tls->key : tls->certificate);
    }

    return NGX_SHOP_OK;
}


void
ngx_shop_exchange_close(ngx_shop_exchange_t *x)
{
    if (x->easy) {
        ngx_shop_exchange_stop(x);
        curl_easy_cleanup(x->easy);
    }

    if (x->multi) {
        (void) curl_multi_cleanup(x->multi);
    }

    curl_slist_free_all(x->list);
    free(x->body);
    memset(x, 0, sizeof(ngx_shop_exchange_t));
}


static int
ngx_shop_exchange_prepare(ngx_shop_exchange_t *x,
    const ngx_shop_exchange_request_t *r)
{
    unsigned            i;
    struct curl_slist  *list;

    ngx_shop_exchange_stop(x);

    x->size = 0;
    x->status = 0;
    x->date = 0;
    x->flood = 0;
    x->etag[0] = '\0';
    x->error[0] = '\0';

    curl_slist_free_all(x->list);
    x->list = curl_slist_append(NULL, "Expect:");

    for (i = 0; i < NGX_SHOP_EXCHANGE_HEADERS && r->headers[i]; i++) {
        list = curl_slist_append(x->list, r->headers[i]);

        if (list == NULL) {
            return NGX_SHOP_ERROR;
        }

        x->list = list;
    }

    (void) curl_easy_setopt(x->easy, CURLOPT_URL, r->url);
    (void) curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->list);

    if (r->body.data) {
        (void) curl_easy_setopt(x->easy, CURLOPT_POST, 1L);
        (void) curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                                (curl_off_t) r->body.len);
        (void) curl_easy_setopt(x->easy, CURLOPT_COPYPOSTFIELDS,
                                (const char *) r->body.data);

    } else {
        (void) curl_easy_setopt(x->easy, CURLOPT_HTTPGET, 1L);
    }

    (void) curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST, r->method);

    return NGX_SHOP_OK;
}


int
ngx_shop_exchange_run(ngx_shop_exchange_t *x,
    const ngx_shop_exchange_request_t *r)
{
    CURLcode  rc;

    if (ngx_shop_exchange_prepare(x, r) != NGX_SHOP_OK) {
        return ngx_shop_exchange_failed(x, CURLE_OUT_OF_MEMORY);
    }

    (void) curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS,
                            (long) NGX_SHOP_EXCHANGE_TIMEOUT);

    rc = curl_easy_perform(x->easy);

    if (rc != CURLE_OK) {
        return ngx_shop_exchange_failed(x, rc);
    }

    (void) curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &x->status);

    return NGX_SHOP_OK;
}


int
ngx_shop_exchange_start(ngx_shop_exchange_t *x,
    const ngx_shop_exchange_request_t *r)
{
    int  n;

    if (ngx_shop_exchange_prepare(x, r) != NGX_SHOP_OK) {
        return ngx_shop_exchange_failed(x, CURLE_OUT_OF_MEMORY);
    }

    (void) curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS, 0L);

    if (curl_multi_add_handle(x->multi, x->easy) != CURLM_OK) {
        return ngx_shop_exchange_failed(x, CURLE_OUT_OF_MEMORY);
    }

    x->running = 1;

    return curl_multi_perform(x->multi, &n) == CURLM_OK
           ? NGX_SHOP_OK : ngx_shop_exchange_failed(x, CURLE_SEND_ERROR);
}


int
ngx_shop_exchange_wait(ngx_shop_exchange_t *x, int64_t msec)
{
    int       n;
    size_t    was;
    int64_t   until, left;
    CURLMsg  *msg;

    if (!x->running) {
        return ngx_shop_exchange_failed(x, CURLE_RECV_ERROR);
    }

    was = x->size;
    until = ngx_shop_pulse_msec() + msec;

    for ( ;; ) {
        if (curl_multi_perform(x->multi, &n) != CURLM_OK) {
            return ngx_shop_exchange_failed(x, CURLE_RECV_ERROR);
        }

        msg = curl_multi_info_read(x->multi, &n);

        if (msg && msg->msg == CURLMSG_DONE) {
            (void) curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE,
                                     &x->status);
            return ngx_shop_exchange_failed(x, msg->data.result);
        }

        if (x->size > was) {
            (void) curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE,
                                     &x->status);
            return NGX_SHOP_OK;
        }

        left = until - ngx_shop_pulse_msec();

        if (left <= 0) {
            return NGX_SHOP_AGAIN;
        }

        if (curl_multi_poll(x->multi, NULL, 0, (int) left, NULL) != CURLM_OK) {
            return ngx_shop_exchange_failed(x, CURLE_RECV_ERROR);
        }
    }
}


void
ngx_shop_exchange_eat(ngx_shop_exchange_t *x, size_t n)
{
    x->size -= n;
    memmove(x->body, x->body + n, x->size + 1);
}


void
ngx_shop_exchange_stop(ngx_shop_exchange_t *x)
{
    if (x->running) {
        (void) curl_multi_remove_handle(x->multi, x->easy);
        x->running = 0;
    }
}


static size_t
ngx_shop_exchange_take(char *data, size_t one, size_t size, void *arg)
{
    void                 *p;
    size_t                room;
    ngx_shop_exchange_t  *x = arg;

    size *= one;

    if (size > NGX_SHOP_EXCHANGE_MAX - x->size) {
        x->flood = 1;
        return 0;
    }

    if (x->size + size >= x->room) {
        room = 2 * x->room + size + 4096;
        p = realloc(x->body, room);

        if (p == NULL) {
            return 0;
        }

        x->body = p;
        x->room = room;
    }

    memcpy(x->body + x->size, data, size);
    x->size += size;
    x->body[x->size] = '\0';

    return size;
}


static size_t
ngx_shop_exchange_header(char *data, size_t one, size_t size, void *arg)
{
    ngx_shop_exchange_t  *x = arg;

    char  value[64];

    size *= one;

    ngx_shop_exchange_value(data, size, "ETag:", x->etag, sizeof(x->etag));

    if (ngx_shop_exchange_value(data, size, "Date:", value, sizeof(value))) {
        x->date = (int64_t) curl_getdate(value, NULL);
        x->date = x->date == -1 ? 0 : x->date;
    }

    return size;
}


/* whether it is that header; what is too long is none */

static int
ngx_shop_exchange_value(const char *data, size_t size, const char *name,
    char *buf, size_t room)
{
    size_t  n;

    n = strlen(name);

    if (size < n || strncasecmp(data, name, n) != 0) {
        return 0;
    }

    while (n < size && data[n] == ' ') {
        n++;
    }

    while (size > n && (unsigned char) data[size - 1] <= ' ') {
        size--;
    }

    if (size - n >= room) {
        return 0;
    }

    memcpy(buf, data + n, size - n);
    buf[size - n] = '\0';

    return 1;
}


static int
ngx_shop_exchange_failed(ngx_shop_exchange_t *x, CURLcode rc)
{
    if (x->flood) {
        (void) strcpy(x->error, "the answer is larger than 4 MB");

    } else if (x->error[0] == '\0') {
        (void) strncpy(x->error, rc == CURLE_OK ? "the stream has ended"
                                                : curl_easy_strerror(rc),
                       sizeof(x->error) - 1);
    }

    ngx_shop_exchange_stop(x);

    return NGX_SHOP_ERROR;
}
