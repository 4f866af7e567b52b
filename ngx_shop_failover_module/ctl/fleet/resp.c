
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The protocol of Redis over a connection of libcurl's.
 */


#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#include "ctl/fleet/pulse.h"
#include "ctl/fleet/resp.h"


static int ngx_shop_resp_failed(ngx_shop_resp_t *r, const char *why);
static int ngx_shop_resp_poll(ngx_shop_resp_t *r, short events, int64_t until);


#if (HIREDIS_MAJOR >= 1)
typedef size_t  ngx_shop_resp_count_t;
#else
typedef int     ngx_shop_resp_count_t;
#endif


static void *(*ngx_shop_resp_inner)(const redisReadTask *task,
    ngx_shop_resp_count_t n);


/* the length of an array is the other side's word: it is held to a bound */

static void *
ngx_shop_resp_array(const redisReadTask *task, ngx_shop_resp_count_t n)
{
    return n > NGX_SHOP_RESP_ELEMENTS ? NULL : ngx_shop_resp_inner(task, n);
}


int
ngx_shop_resp_connect(ngx_shop_resp_t *r, const char *url)
{
    CURL      *easy = r->x->easy;
    CURLcode   rc;

    ngx_shop_resp_end(r);

    r->error[0] = '\0';
    r->x->error[0] = '\0';

    (void) curl_easy_setopt(easy, CURLOPT_URL, url);
    (void) curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    (void) curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
    (void) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    (void) curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 1L);
    (void) curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                            (long) NGX_SHOP_EXCHANGE_TIMEOUT);

    rc = curl_easy_perform(easy);

    if (rc == CURLE_OK) {
        rc = curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &r->fd);
    }

    if (rc != CURLE_OK) {
        return ngx_shop_resp_failed(r, r->x->error[0] ? r->x->error
                                       : curl_easy_strerror(rc));
    }

    r->reader = redisReaderCreate();

    if (r->reader == NULL) {
        return ngx_shop_resp_failed(r, "no memory");
    }

    r->bounded = *r->reader->fn;
    ngx_shop_resp_inner = r->bounded.createArray;
    r->bounded.createArray = ngx_shop_resp_array;
    r->reader->fn = &r->bounded;
    r->open = 1;
    r->received = 0;

    return NGX_SHOP_OK;
}


int
ngx_shop_resp_send(ngx_shop_resp_t *r, const char *const *args,
    const ngx_shop_str_t *data)
{
    int          n, len;
    char        *command;
    size_t       done, sent, lens[NGX_SHOP_RESP_ARGS];
    int64_t      until;
    CURLcode     rc;
    const char  *all[NGX_SHOP_RESP_ARGS];

    r->error[0] = '\0';

    for (n = 0; args[n]; n++) {
        all[n] = args[n];
        lens[n] = strlen(args[n]);
    }

    if (data) {
        all[n] = (const char *) data->data;
        lens[n++] = data->len;
    }

    len = redisFormatCommandArgv(&command, n, all, lens);

    if (len < 0) {
        return ngx_shop_resp_failed(r, "no memory");
    }

    until = ngx_shop_pulse_msec() + NGX_SHOP_EXCHANGE_TIMEOUT;
    rc = CURLE_OK;

    for (done = 0; done < (size_t) len; /* void */ ) {
        sent = 0;
        rc = curl_easy_send(r->x->easy, command + done, (size_t) len - done,
                            &sent);
        done += sent;

        if (rc != CURLE_OK
            && (rc != CURLE_AGAIN
                || ngx_shop_resp_poll(r, POLLOUT, until) != NGX_SHOP_OK))
        {
            break;
        }
    }

    redisFreeCommand(command);

    return done == (size_t) len ? NGX_SHOP_OK
           : ngx_shop_resp_failed(r, "the connection is broken");
}


int
ngx_shop_resp_receive(ngx_shop_resp_t *r, int64_t msec, redisReply **reply)
{
    char       buf[16384];
    void      *got;
    size_t     n;
    int64_t    until;
    CURLcode   rc;

    until = ngx_shop_pulse_msec() + msec;

    for ( ;; ) {
        got = NULL;

        if (redisReaderGetReply(r->reader, &got) != REDIS_OK) {
            return ngx_shop_resp_failed(r, "that is not the protocol of "
                                        "Redis");
        }

        if (got) {
            *reply = got;
            r->received = 0;
            return NGX_SHOP_OK;
        }

        n = 0;
        rc = curl_easy_recv(r->x->easy, buf, sizeof(buf), &n);

        if (rc == CURLE_AGAIN) {
            if (ngx_shop_resp_poll(r, POLLIN, until) != NGX_SHOP_OK) {
                return NGX_SHOP_AGAIN;
            }

            continue;
        }

        if (rc != CURLE_OK || n == 0) {
            return ngx_shop_resp_failed(r, "the connection has ended");
        }

        r->received += n;

        if (r->received > NGX_SHOP_EXCHANGE_MAX) {
            return ngx_shop_resp_failed(r, "the answer is larger than 4 MB");
        }

        if (redisReaderFeed(r->reader, buf, n) != REDIS_OK) {
            return ngx_shop_resp_failed(r, "that is not the protocol of "
                                        "Redis");
        }
    }
}


void
ngx_shop_resp_end(ngx_shop_resp_t *r)
{
    if (!r->open) {
        return;
    }

    /* libcurl closes it when the next one is made */

    (void) shutdown(r->fd, SHUT_RDWR);

    if (r->reader) {
        redisReaderFree(r->reader);
    }

    r->reader = NULL;
    r->open = 0;
}


static int
ngx_shop_resp_failed(ngx_shop_resp_t *r, const char *why)
{
    (void) snprintf(r->error, sizeof(r->error), "%s", why);

    ngx_shop_resp_end(r);

    return NGX_SHOP_ERROR;
}


/* OK; AGAIN: the time is up */

static int
ngx_shop_resp_poll(ngx_shop_resp_t *r, short events, int64_t until)
{
    int64_t        left;
    struct pollfd  p;

    left = until - ngx_shop_pulse_msec();

    if (left <= 0) {
        return NGX_SHOP_AGAIN;
    }

    p.fd = r->fd;
    p.events = events;
    p.revents = 0;

    return poll(&p, 1, (int) left) > 0 ? NGX_SHOP_OK : NGX_SHOP_AGAIN;
}
