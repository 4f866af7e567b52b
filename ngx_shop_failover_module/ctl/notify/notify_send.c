
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Messages on their way: requests by libcurl, and programs.  One of a route at
 * a time, so that a receiver that hangs holds up nobody else.  A URL may be a
 * secret: it is never said.
 */


#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/notify/notify_inside.h"
#include "logic/text/version.h"


typedef struct {
    CURL                     *easy;
    struct curl_slist        *headers;
    pid_t                     pid;         /* of a program; 0: none */
    int64_t                   deadline;    /* of it, ms */
    char                      reason[256];
    ngx_shop_notify_form_t    form;
} ngx_shop_notify_send_t;


static int ngx_shop_notify_send_request(ngx_shop_notify_t *n, unsigned route);
static int ngx_shop_notify_send_options(ngx_shop_notify_t *n, unsigned route);
static size_t ngx_shop_notify_send_ignore(char *data, size_t size, size_t n,
    void *to);
static void ngx_shop_notify_send_answers(ngx_shop_notify_t *n);
static void ngx_shop_notify_send_answer(ngx_shop_notify_t *n, unsigned route,
    CURLcode code);
static void ngx_shop_notify_send_children(ngx_shop_notify_t *n);
static void ngx_shop_notify_send_child(ngx_shop_notify_t *n, unsigned route,
    int64_t now);
static void ngx_shop_notify_send_failed(ngx_shop_notify_t *n, unsigned route,
    unsigned doubt, int64_t retry);


static CURLM                   *ngx_shop_notify_send_multi;
static ngx_shop_notify_send_t   ngx_shop_notify_sends[NGX_SHOP_NOTIFY_ROUTES];


int
ngx_shop_notify_send_init(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == 0) {
        ngx_shop_notify_send_multi = curl_multi_init();
    }

    if (ngx_shop_notify_send_multi == NULL) {
        (void) ngx_shop_say_error("libcurl cannot be used");
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


int
ngx_shop_notify_send_busy(unsigned route)
{
    return ngx_shop_notify_sends[route].easy != NULL
           || ngx_shop_notify_sends[route].pid > 0;
}


const char *
ngx_shop_notify_send_reason(unsigned route)
{
    return ngx_shop_notify_sends[route].reason;
}


/* the caller has taken its items, and that is on disk */

void
ngx_shop_notify_send_start(ngx_shop_notify_t *n, unsigned route, int64_t now)
{
    ngx_shop_notify_send_t         *s;
    const ngx_shop_notify_route_t  *conf;

    s = &ngx_shop_notify_sends[route];
    conf = &n->conf->routes[route];
    s->reason[0] = '\0';

    if (ngx_shop_notify_form_make(n, route, &s->form) != NGX_SHOP_OK) {
        (void) snprintf(s->reason, sizeof(s->reason),
                        "it cannot be made, see above");
        ngx_shop_notify_send_failed(n, route, 0, 0);
        return;
    }

    if (conf->form == NGX_SHOP_NOTIFY_MAIL
        || conf->form == NGX_SHOP_NOTIFY_EXEC)
    {
        s->pid = ngx_shop_notify_child_start(n, route, &s->form);
        s->deadline = now + conf->timeout;

        if (s->pid == -1) {
            s->pid = 0;
            (void) snprintf(s->reason, sizeof(s->reason),
                            "cannot start a program: %s", strerror(errno));
            ngx_shop_notify_send_failed(n, route, 0, 0);
        }

        return;
    }

    if (ngx_shop_notify_send_request(n, route) != NGX_SHOP_OK) {
        (void) snprintf(s->reason, sizeof(s->reason), "no memory");
        ngx_shop_notify_send_failed(n, route, 0, 0);
    }
}


static int
ngx_shop_notify_send_request(ngx_shop_notify_t *n, unsigned route)
{
    char                     id[96];
    struct curl_slist       *headers;
    ngx_shop_notify_send_t  *s;

    s = &ngx_shop_notify_sends[route];
    s->easy = curl_easy_init();

    if (s->easy == NULL) {
        return NGX_SHOP_ERROR;
    }

    (void) snprintf(id, sizeof(id), "Idempotency-Key: \"%s\"", s->form.id);
    s->headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = s->headers ? curl_slist_append(s->headers, id) : NULL;

    if (headers && s->form.auth[0]) {
        headers = curl_slist_append(headers, s->form.auth);
    }

    memset(s->form.auth, 0, sizeof(s->form.auth));

    if (headers
        && ngx_shop_notify_send_options(n, route) == NGX_SHOP_OK
        && curl_multi_add_handle(ngx_shop_notify_send_multi, s->easy)
           == CURLM_OK)
    {
        return NGX_SHOP_OK;
    }

    curl_slist_free_all(s->headers);
    curl_easy_cleanup(s->easy);
    s->headers = NULL;
    s->easy = NULL;

    return NGX_SHOP_ERROR;
}


/* no redirect is followed: it would take a secret elsewhere */

static int
ngx_shop_notify_send_options(ngx_shop_notify_t *n, unsigned route)
{
    CURL                           *c;
    CURLcode                        rc;
    ngx_shop_notify_send_t         *s;
    const ngx_shop_notify_route_t  *conf;

    s = &ngx_shop_notify_sends[route];
    conf = &n->conf->routes[route];
    c = s->easy;

    rc = curl_easy_setopt(c, CURLOPT_URL, s->form.url);
    rc |= curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long) s->form.size);
    rc |= curl_easy_setopt(c, CURLOPT_POSTFIELDS, (char *) s->form.body);
    rc |= curl_easy_setopt(c, CURLOPT_HTTPHEADER, s->headers);
    rc |= curl_easy_setopt(c, CURLOPT_USERAGENT,
                           "shopctl-notify/" NGX_SHOP_VERSION);
    rc |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    rc |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    rc |= curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long) conf->timeout);
    rc |= curl_easy_setopt(c, CURLOPT_WRITEFUNCTION,
                           ngx_shop_notify_send_ignore);
#if LIBCURL_VERSION_NUM >= 0x075500
    rc |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    rc |= curl_easy_setopt(c, CURLOPT_PROTOCOLS,
                           (long) (CURLPROTO_HTTP|CURLPROTO_HTTPS));
#endif

    if (conf->proxy) {
        rc |= curl_easy_setopt(c, CURLOPT_PROXY, conf->proxy);
    }

    if (conf->ca) {
        rc |= curl_easy_setopt(c, CURLOPT_CAINFO, conf->ca);
    }

    memset(s->form.url, 0, sizeof(s->form.url));

    return rc == CURLE_OK ? NGX_SHOP_OK : NGX_SHOP_ERROR;
}


static size_t
ngx_shop_notify_send_ignore(char *data, size_t size, size_t n, void *to)
{
    (void) data;
    (void) to;

    return size * n;
}


unsigned
ngx_shop_notify_send_step(ngx_shop_notify_t *n, int64_t wait)
{
    int       running;
    unsigned  i, busy;

    for (i = 0; i < n->conf->nroutes; i++) {
        if (ngx_shop_notify_sends[i].pid > 0) {
            wait = wait < 20 ? wait : 20;
        }
    }

    (void) curl_multi_perform(ngx_shop_notify_send_multi, &running);
    ngx_shop_notify_send_answers(n);
    (void) curl_multi_poll(ngx_shop_notify_send_multi, NULL, 0, (int) wait,
                           NULL);
    (void) curl_multi_perform(ngx_shop_notify_send_multi, &running);
    ngx_shop_notify_send_answers(n);
    ngx_shop_notify_send_children(n);

    for (i = 0, busy = 0; i < n->conf->nroutes; i++) {
        busy += ngx_shop_notify_send_busy(i) ? 1 : 0;
    }

    return busy;
}


static void
ngx_shop_notify_send_answers(ngx_shop_notify_t *n)
{
    int        left;
    CURLMsg   *msg;
    CURLcode   code;
    unsigned   i;

    while ((msg = curl_multi_info_read(ngx_shop_notify_send_multi, &left))) {

        if (msg->msg != CURLMSG_DONE) {
            continue;
        }

        code = msg->data.result;

        for (i = 0; i < n->conf->nroutes; i++) {
            if (ngx_shop_notify_sends[i].easy == msg->easy_handle) {
                ngx_shop_notify_send_answer(n, i, code);
                break;
            }
        }
    }
}


static void
ngx_shop_notify_send_answer(ngx_shop_notify_t *n, unsigned route,
    CURLcode code)
{
    long                     status, sent;
    curl_off_t               retry;
    ngx_shop_notify_send_t  *s;

    s = &ngx_shop_notify_sends[route];
    status = 0;
    sent = 0;
    retry = 0;

    (void) curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
    (void) curl_easy_getinfo(s->easy, CURLINFO_REQUEST_SIZE, &sent);
    (void) curl_easy_getinfo(s->easy, CURLINFO_RETRY_AFTER, &retry);
    (void) curl_multi_remove_handle(ngx_shop_notify_send_multi, s->easy);
    curl_easy_cleanup(s->easy);
    curl_slist_free_all(s->headers);
    s->easy = NULL;
    s->headers = NULL;

    if (code == CURLE_OK && status >= 200 && status < 300) {
        ngx_shop_notify_box_done(n, route, ngx_shop_notify_store_now());
        return;
    }

    if (code != CURLE_OK) {
        (void) snprintf(s->reason, sizeof(s->reason), "%s",
                        curl_easy_strerror(code));

    } else {
        (void) snprintf(s->reason, sizeof(s->reason), "it answers %ld",
                        status);
    }

    /* sent, and no answer came: nobody knows whether it arrived */

    ngx_shop_notify_send_failed(n, route, code != CURLE_OK && sent > 0,
                                (int64_t) retry * 1000);
}


static void
ngx_shop_notify_send_children(ngx_shop_notify_t *n)
{
    int64_t   now;
    unsigned  i;

    now = ngx_shop_notify_store_now();

    for (i = 0; i < n->conf->nroutes; i++) {
        if (ngx_shop_notify_sends[i].pid > 0) {
            ngx_shop_notify_send_child(n, i, now);
        }
    }
}


static void
ngx_shop_notify_send_child(ngx_shop_notify_t *n, unsigned route, int64_t now)
{
    int                      status, late;
    pid_t                    pid;
    ngx_shop_notify_send_t  *s;

    s = &ngx_shop_notify_sends[route];
    late = now > s->deadline;

    if (late) {
        (void) kill(-s->pid, SIGKILL);
        (void) kill(s->pid, SIGKILL);
    }

    pid = waitpid(s->pid, &status, late ? 0 : WNOHANG);

    if (pid == 0) {
        return;
    }

    s->pid = 0;

    if (!late && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        ngx_shop_notify_box_done(n, route, now);
        return;
    }

    (void) snprintf(s->reason, sizeof(s->reason),
                    late ? "it took too long" : WIFSIGNALED(status)
                    ? "it died by signal %d" : "it ended with code %d",
                    WIFSIGNALED(status) ? WTERMSIG(status)
                                        : WEXITSTATUS(status));

    ngx_shop_notify_send_failed(n, route, late || WIFSIGNALED(status), 0);
}


static void
ngx_shop_notify_send_failed(ngx_shop_notify_t *n, unsigned route,
    unsigned doubt, int64_t retry)
{
    /* once, until it works again */

    if (n->boxes[route].failing == 0) {
        (void) ngx_shop_say_error("route %s: %s; it is tried again",
                                  n->conf->routes[route].name,
                                  ngx_shop_notify_sends[route].reason);
    }

    ngx_shop_notify_box_failed(n, route, doubt, retry,
                               ngx_shop_notify_store_now());
}


void
ngx_shop_notify_send_stop(void)
{
    unsigned                 i;
    ngx_shop_notify_send_t  *s;

    for (i = 0; i < NGX_SHOP_NOTIFY_ROUTES; i++) {
        s = &ngx_shop_notify_sends[i];

        if (s->easy) {
            (void) curl_multi_remove_handle(ngx_shop_notify_send_multi,
                                            s->easy);
            curl_easy_cleanup(s->easy);
            curl_slist_free_all(s->headers);
            s->easy = NULL;
        }
    }

    (void) curl_multi_cleanup(ngx_shop_notify_send_multi);
    curl_global_cleanup();
}
