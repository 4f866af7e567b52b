
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A small HTTP/1.0 client.  Plain HTTP only: nginx is asked on the machine
 * itself.
 */


#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "ctl/fetch.h"
#include "ctl/member.h"

#include "logic/answer/answer.h"


/* far more than a status of 10,000 servers has */
#define NGX_SHOP_FETCH_MAX  (128 * 1024 * 1024)


typedef struct {
    char         host[256];                       /* without [] */
    char         authority[300];                  /* as in the URL */
    char         port[8];
    const char  *path;
    int64_t      deadline;                        /* ms, monotonic */
    int64_t      patience;                        /* ms; 0: TIMEOUT */
    unsigned     local;                           /* this machine only */
    unsigned     status;
} ngx_shop_fetch_t;


static int ngx_shop_fetch_parse(ngx_shop_fetch_t *f, const char *url);
static void ngx_shop_fetch_refused(const ngx_shop_fetch_t *f,
    unsigned char *body, size_t size);
static int ngx_shop_fetch_connect(ngx_shop_fetch_t *f);
static int ngx_shop_fetch_loopback(const struct sockaddr *sa);
static int ngx_shop_fetch_wait(ngx_shop_fetch_t *f, int fd);
static int ngx_shop_fetch_errno(void);
static int64_t ngx_shop_fetch_msec(void);
static int ngx_shop_fetch_exchange(ngx_shop_fetch_t *f,
    const ngx_shop_fetch_order_t *order, unsigned char **body, size_t *size);
static int ngx_shop_fetch_ask(ngx_shop_fetch_t *f, int fd,
    const ngx_shop_fetch_order_t *order);
static int ngx_shop_fetch_send(ngx_shop_fetch_t *f, int fd, const void *data,
    size_t size);
static unsigned char *ngx_shop_fetch_receive(ngx_shop_fetch_t *f, int fd,
    size_t *size);
static int ngx_shop_fetch_answer(ngx_shop_fetch_t *f, int fd,
    unsigned char **body, size_t *size);


int
ngx_shop_fetch_url(const char *url, unsigned char **body, size_t *size)
{
    ngx_shop_fetch_t  f;

    *body = NULL;

    if (ngx_shop_fetch_parse(&f, url) != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("\"%s\": expected a URL such as "
                                  "http://127.0.0.1/shop_status",
                                  url);
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_fetch_exchange(&f, NULL, body, size) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    if (f.status != 200) {
        ngx_shop_fetch_refused(&f, *body, *size);
        free(*body);
        *body = NULL;

        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* in its own words, where it has some */

static void
ngx_shop_fetch_refused(const ngx_shop_fetch_t *f, unsigned char *body,
    size_t size)
{
    char             error[1024];
    size_t           at;
    const char      *reason;
    ngx_shop_str_t   text;
    ngx_shop_json_t  v;

    text.data = body;
    text.len = size;

    if (ngx_shop_json_parse(&v, &text, &at, &reason) == NGX_SHOP_OK
        && ngx_shop_member_get(&v, "error", error, sizeof(error)))
    {
        (void) ngx_shop_say_error("%s", error);
        return;
    }

    (void) ngx_shop_say_error("%s%s answers %03u: is there a "
                              "location with shop_status?",
                              f->authority, f->path, f->status);
}


int
ngx_shop_fetch_quick(const char *url, int64_t msec, unsigned char **body,
    size_t *size)
{
    int               rc;
    ngx_shop_fetch_t  f;

    *body = NULL;

    if (ngx_shop_fetch_parse(&f, url) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    f.patience = msec;

    ngx_shop_say_quiet(1);
    rc = ngx_shop_fetch_exchange(&f, NULL, body, size);
    ngx_shop_say_quiet(0);

    if (rc == NGX_SHOP_OK && f.status != 200) {
        free(*body);
        *body = NULL;
        return NGX_SHOP_ERROR;
    }

    return rc;
}


int
ngx_shop_fetch_order(const char *url, ngx_shop_fetch_order_t *order,
    unsigned char **body, size_t *size)
{
    ngx_shop_fetch_t  f;

    *body = NULL;

    if (ngx_shop_fetch_parse(&f, url) != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("\"%s\": expected a URL such as "
                                  "http://127.0.0.1/shop_control",
                                  url);
        return NGX_SHOP_ERROR;
    }

    f.local = !order->insecure;

    if (ngx_shop_fetch_exchange(&f, order, body, size) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    order->status = f.status;

    return NGX_SHOP_OK;
}


static int
ngx_shop_fetch_exchange(ngx_shop_fetch_t *f,
    const ngx_shop_fetch_order_t *order, unsigned char **body, size_t *size)
{
    int  fd, rc;

    f->deadline = ngx_shop_fetch_msec()
                  + (f->patience ? f->patience
                                 : NGX_SHOP_FETCH_TIMEOUT * 1000);

    fd = ngx_shop_fetch_connect(f);

    if (fd == -1) {
        return NGX_SHOP_ERROR;
    }

    rc = ngx_shop_fetch_ask(f, fd, order);

    if (rc == NGX_SHOP_OK) {
        rc = ngx_shop_fetch_answer(f, fd, body, size);
    }

    (void) close(fd);

    return rc;
}


static int
ngx_shop_fetch_parse(ngx_shop_fetch_t *f, const char *url)
{
    size_t       n, host;
    const char  *p, *port;

    if (strncmp(url, "http://", 7) != 0) {
        return NGX_SHOP_ERROR;
    }

    for (p = url; *p; p++) {
        if ((unsigned char) *p <= 0x20 || *p == 0x7F) {
            return NGX_SHOP_ERROR;
        }
    }

    p = url + 7;
    n = strcspn(p, "/?#");
    f->path = (p[n] == '/') ? p + n : "/";
    f->local = 0;
    f->patience = 0;

    if (n == 0 || n >= sizeof(f->authority)) {
        return NGX_SHOP_ERROR;
    }

    memcpy(f->authority, p, n);
    f->authority[n] = '\0';
    p = f->authority;

    if (*p == '[') {
        p++;
        host = strcspn(p, "]");
        port = p[host] ? p + host + 1 : p + host;

    } else {
        host = strcspn(p, ":");
        port = p + host;
    }

    if (host == 0 || host >= sizeof(f->host)
        || (*port && *port != ':') || strlen(port) > sizeof(f->port))
    {
        return NGX_SHOP_ERROR;
    }

    memcpy(f->host, p, host);
    f->host[host] = '\0';
    strcpy(f->port, *port ? port + 1 : "80");

    return NGX_SHOP_OK;
}


static int
ngx_shop_fetch_connect(ngx_shop_fetch_t *f)
{
    int               fd, rc, err;
    struct addrinfo   hints, *first, *ai;

    memset(&hints, 0, sizeof(hints));
    hints.ai_socktype = SOCK_STREAM;

    rc = getaddrinfo(f->host, f->port, &hints, &first);

    if (rc != 0) {
        (void) ngx_shop_say_error("%s: %s", f->authority, gai_strerror(rc));
        return -1;
    }

    fd = -1;
    err = 0;

    for (ai = first; ai; ai = ai->ai_next) {
        if (f->local && !ngx_shop_fetch_loopback(ai->ai_addr)) {
            continue;
        }

        fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);

        if (fd == -1) {
            err = errno;
            continue;
        }

        if (ngx_shop_fetch_wait(f, fd) == NGX_SHOP_OK
            && connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
        {
            break;
        }

        err = ngx_shop_fetch_errno();
        (void) close(fd);
        fd = -1;
    }

    freeaddrinfo(first);

    if (fd == -1 && err == 0) {
        (void) ngx_shop_say_error("the key would go over the network "
                                  "to %s, and nothing would encrypt "
                                  "it: run shopctl on that machine, "
                                  "or through an ssh tunnel; where "
                                  "the way there is safe, add "
                                  "--insecure", f->authority);

    } else if (fd == -1) {
        (void) ngx_shop_say_errno(err, "cannot connect to %s", f->authority);
    }

    return fd;
}


/* whether what is sent there stays on this machine */

static int
ngx_shop_fetch_loopback(const struct sockaddr *sa)
{
    const unsigned char   *p;
    struct sockaddr_in     sin;
    struct sockaddr_in6    sin6;

    static const unsigned char  one[16] = { [15] = 1 };
    static const unsigned char  mapped[13] = { [10] = 0xFF, 0xFF, 127 };

    if (sa->sa_family == AF_INET) {
        memcpy(&sin, sa, sizeof(sin));
        p = (const unsigned char *) &sin.sin_addr;

        return p[0] == 127;
    }

    if (sa->sa_family != AF_INET6) {
        return 0;
    }

    memcpy(&sin6, sa, sizeof(sin6));
    p = (const unsigned char *) &sin6.sin6_addr;

    return memcmp(p, one, sizeof(one)) == 0
           || memcmp(p, mapped, sizeof(mapped)) == 0;
}


/*
 * The next call on the socket ends at the deadline, however often bytes drip.
 * OK, or ERROR with errno: it has come.
 */

static int
ngx_shop_fetch_wait(ngx_shop_fetch_t *f, int fd)
{
    int64_t         left;
    struct timeval  timeout;

    left = f->deadline - ngx_shop_fetch_msec();

    if (left <= 0) {
        errno = ETIMEDOUT;
        return NGX_SHOP_ERROR;
    }

    timeout.tv_sec = (time_t) (left / 1000);
    timeout.tv_usec = (suseconds_t) (left % 1000 * 1000);

    (void) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    (void) setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));

    return NGX_SHOP_OK;
}


/* a call that has ended by its timeout says something else */

static int
ngx_shop_fetch_errno(void)
{
    return (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINPROGRESS)
           ? ETIMEDOUT : errno;
}


static int64_t
ngx_shop_fetch_msec(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


static int
ngx_shop_fetch_ask(ngx_shop_fetch_t *f, int fd,
    const ngx_shop_fetch_order_t *order)
{
    int   n;
    char  request[16384];

    n = snprintf(request, sizeof(request),
                 "%s %s HTTP/1.0\r\nHost: %s\r\n"
                 "Accept: application/json\r\nConnection: close\r\n",
                 order ? "POST" : "GET", f->path, f->authority);

    if (order && n > 0 && (size_t) n < sizeof(request)) {
        n += snprintf(request + n, sizeof(request) - (size_t) n,
                      "Authorization: Bearer %.*s\r\n"
                      "Content-Type: application/x-www-form-urlencoded\r\n"
                      "Content-Length: %lu\r\n",
                      ngx_shop_say_str(order->key),
                      (unsigned long) order->form.len);
    }

    if (n < 0 || (size_t) n + 2 >= sizeof(request)) {
        (void) ngx_shop_say_error("the URL is too long");
        return NGX_SHOP_ERROR;
    }

    memcpy(request + n, "\r\n", 2);

    if (ngx_shop_fetch_send(f, fd, request, (size_t) n + 2) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    return order ? ngx_shop_fetch_send(f, fd, order->form.data,
                                       order->form.len)
                 : NGX_SHOP_OK;
}


static int
ngx_shop_fetch_send(ngx_shop_fetch_t *f, int fd, const void *data, size_t size)
{
    size_t       sent;
    ssize_t      m;
    const char  *p = data;

    for (sent = 0; sent < size; sent += (size_t) m) {
        m = ngx_shop_fetch_wait(f, fd) == NGX_SHOP_OK
            ? send(fd, p + sent, size - sent, MSG_NOSIGNAL) : -1;

        if (m <= 0) {
            (void) ngx_shop_say_errno(
                                     ngx_shop_fetch_errno(),
                                     "cannot ask %s", f->authority);
            return NGX_SHOP_ERROR;
        }
    }

    return NGX_SHOP_OK;
}


/* the whole answer, read to the end of the connection; the caller's to free */

static unsigned char *
ngx_shop_fetch_receive(ngx_shop_fetch_t *f, int fd, size_t *size)
{
    void           *p;
    size_t          room, n;
    ssize_t         m;
    unsigned char  *data;

    data = NULL;
    room = 0;

    for (n = 0; n <= NGX_SHOP_FETCH_MAX; n += (size_t) m) {

        if (room - n < 65536) {
            room = 2 * room + 131072;
            p = realloc(data, room);

            if (p == NULL) {
                (void) ngx_shop_say_error("no memory");
                goto failed;
            }

            data = p;
        }

        m = ngx_shop_fetch_wait(f, fd) == NGX_SHOP_OK
            ? recv(fd, data + n, 65536, 0) : -1;

        if (m < 0) {
            (void) ngx_shop_say_errno(
                                     ngx_shop_fetch_errno(),
                                     "no whole answer from %s",
                                     f->authority);
            goto failed;
        }

        if (m == 0) {
            *size = n;
            return data;
        }
    }

    (void) ngx_shop_say_error("the answer of %s is larger than %d MB",
                              f->authority,
                              NGX_SHOP_FETCH_MAX >> 20);

failed:

    free(data);

    return NULL;
}


/* of the answer the status into f, and the body, to be freed by the caller */

static int
ngx_shop_fetch_answer(ngx_shop_fetch_t *f, int fd, unsigned char **body,
    size_t *size)
{
    int                rc;
    size_t             n, used;
    unsigned char     *data, head[NGX_SHOP_ANSWER_HEAD_MAX];
    ngx_shop_answer_t  a;

    data = ngx_shop_fetch_receive(f, fd, &n);

    if (data == NULL) {
        return NGX_SHOP_ERROR;
    }

    memset(&a, 0, sizeof(ngx_shop_answer_t));
    a.head = head;
    a.head_size = sizeof(head);
    a.body = malloc(n + 1);
    a.body_size = n;

    if (a.body == NULL) {
        free(data);
        (void) ngx_shop_say_error("no memory");
        return NGX_SHOP_ERROR;
    }

    ngx_shop_answer_init(&a);
    rc = ngx_shop_answer_feed(&a, data, n, &used);

    if (rc == NGX_SHOP_AGAIN) {
        rc = ngx_shop_answer_eof(&a);
    }

    free(data);

    if (rc != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("the answer of %s: %s",
                                  f->authority, a.error);
        free(a.body);
        return NGX_SHOP_ERROR;
    }

    f->status = a.status;
    *body = a.body;
    *size = a.body_len;

    return NGX_SHOP_OK;
}
