
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A small HTTP/1.0 client.  Plain HTTP only: nginx is asked on the machine
 * itself.
 */


#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "ctl/fetch.h"


typedef struct {
    char         host[256];                       /* without [] */
    char         authority[300];                  /* as in the URL */
    char         port[8];
    const char  *path;
    unsigned     status;
} ngx_shop_failover_fetch_t;


/* what is asked, beside the URL; no body: GET */
typedef struct {
    const ngx_shop_failover_str_t  *key;
    const ngx_shop_failover_str_t  *body;
} ngx_shop_failover_fetch_ask_t;


static int ngx_shop_failover_fetch_parse(ngx_shop_failover_fetch_t *f,
    const char *url);
static int ngx_shop_failover_fetch_connect(ngx_shop_failover_fetch_t *f);
static int ngx_shop_failover_fetch_exchange(ngx_shop_failover_fetch_t *f,
    const ngx_shop_failover_fetch_ask_t *ask, unsigned char **body,
    size_t *size);
static int ngx_shop_failover_fetch_ask(ngx_shop_failover_fetch_t *f, int fd,
    const ngx_shop_failover_fetch_ask_t *ask);
static int ngx_shop_failover_fetch_send(ngx_shop_failover_fetch_t *f, int fd,
    const void *data, size_t size);
static int ngx_shop_failover_fetch_answer(ngx_shop_failover_fetch_t *f, int fd,
    unsigned char **body, size_t *size);
static int ngx_shop_failover_fetch_body(ngx_shop_failover_fetch_t *f,
    unsigned char *data, size_t *size);


int
ngx_shop_failover_fetch_url(const char *url, unsigned char **body,
    size_t *size)
{
    ngx_shop_failover_fetch_t      f;
    ngx_shop_failover_fetch_ask_t  ask;

    *body = NULL;
    memset(&ask, 0, sizeof(ngx_shop_failover_fetch_ask_t));

    if (ngx_shop_failover_fetch_parse(&f, url) != NGX_SHOP_FAILOVER_OK) {
        (void) ngx_shop_failover_say_error("\"%s\": expected is a URL such as "
                                           "http://127.0.0.1/shop_status",
                                           url);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    if (ngx_shop_failover_fetch_exchange(&f, &ask, body, size)
        != NGX_SHOP_FAILOVER_OK)
    {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    if (f.status != 200) {
        (void) ngx_shop_failover_say_error("%s%s answers %03u: is there a "
                                           "location with shop_status?",
                                           f.authority, f.path, f.status);
        free(*body);
        *body = NULL;

        return NGX_SHOP_FAILOVER_ERROR;
    }

    return NGX_SHOP_FAILOVER_OK;
}


int
ngx_shop_failover_fetch_order(const char *url,
    const ngx_shop_failover_str_t *key, const ngx_shop_failover_str_t *form,
    unsigned *status, unsigned char **body, size_t *size)
{
    ngx_shop_failover_fetch_t      f;
    ngx_shop_failover_fetch_ask_t  ask;

    *body = NULL;

    ask.key = key;
    ask.body = form;

    if (ngx_shop_failover_fetch_parse(&f, url) != NGX_SHOP_FAILOVER_OK) {
        (void) ngx_shop_failover_say_error("\"%s\": expected is a URL such as "
                                           "http://127.0.0.1/shop_control",
                                           url);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    if (ngx_shop_failover_fetch_exchange(&f, &ask, body, size)
        != NGX_SHOP_FAILOVER_OK)
    {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    *status = f.status;

    return NGX_SHOP_FAILOVER_OK;
}


static int
ngx_shop_failover_fetch_exchange(ngx_shop_failover_fetch_t *f,
    const ngx_shop_failover_fetch_ask_t *ask, unsigned char **body,
    size_t *size)
{
    int  fd, rc;

    fd = ngx_shop_failover_fetch_connect(f);

    if (fd == -1) {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    rc = ngx_shop_failover_fetch_ask(f, fd, ask);

    if (rc == NGX_SHOP_FAILOVER_OK) {
        rc = ngx_shop_failover_fetch_answer(f, fd, body, size);
    }

    (void) close(fd);

    return rc;
}


static int
ngx_shop_failover_fetch_parse(ngx_shop_failover_fetch_t *f, const char *url)
{
    size_t       n, host;
    const char  *p, *port;

    if (strncmp(url, "http://", 7) != 0) {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    for (p = url; *p; p++) {
        if ((unsigned char) *p <= 0x20 || *p == 0x7F) {
            return NGX_SHOP_FAILOVER_ERROR;
        }
    }

    p = url + 7;
    n = strcspn(p, "/?#");
    f->path = (p[n] == '/') ? p + n : "/";

    if (n == 0 || n >= sizeof(f->authority)) {
        return NGX_SHOP_FAILOVER_ERROR;
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
        return NGX_SHOP_FAILOVER_ERROR;
    }

    memcpy(f->host, p, host);
    f->host[host] = '\0';
    strcpy(f->port, *port ? port + 1 : "80");

    return NGX_SHOP_FAILOVER_OK;
}


static int
ngx_shop_failover_fetch_connect(ngx_shop_failover_fetch_t *f)
{
    int               fd, rc, err;
    struct timeval    timeout;
    struct addrinfo   hints, *first, *ai;

    memset(&hints, 0, sizeof(hints));
    hints.ai_socktype = SOCK_STREAM;

    rc = getaddrinfo(f->host, f->port, &hints, &first);

    if (rc != 0) {
        (void) ngx_shop_failover_say_error("%s: %s", f->authority,
                                           gai_strerror(rc));
        return -1;
    }

    fd = -1;
    err = 0;

    timeout.tv_sec = NGX_SHOP_FAILOVER_FETCH_TIMEOUT;
    timeout.tv_usec = 0;

    for (ai = first; ai; ai = ai->ai_next) {
        fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);

        if (fd == -1) {
            err = errno;
            continue;
        }

        (void) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout,
                          sizeof(timeout));
        (void) setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout,
                          sizeof(timeout));

        if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0) {
            break;
        }

        err = errno;
        (void) close(fd);
        fd = -1;
    }

    freeaddrinfo(first);

    if (fd == -1) {
        (void) ngx_shop_failover_say_errno(err, "cannot connect to %s",
                                           f->authority);
    }

    return fd;
}


static int
ngx_shop_failover_fetch_ask(ngx_shop_failover_fetch_t *f, int fd,
    const ngx_shop_failover_fetch_ask_t *ask)
{
    int   n;
    char  request[16384];

    n = snprintf(request, sizeof(request),
                 "%s %s HTTP/1.0\r\nHost: %s\r\n"
                 "Accept: application/json\r\nConnection: close\r\n",
                 ask->body ? "POST" : "GET", f->path, f->authority);

    if (ask->body && n > 0 && (size_t) n < sizeof(request)) {
        n += snprintf(request + n, sizeof(request) - (size_t) n,
                      "Authorization: Bearer %.*s\r\n"
                      "Content-Type: application/x-www-form-urlencoded\r\n"
                      "Content-Length: %lu\r\n",
                      ngx_shop_failover_say_str(*ask->key),
                      (unsigned long) ask->body->len);
    }

    if (n < 0 || (size_t) n + 2 >= sizeof(request)) {
        (void) ngx_shop_failover_say_error("the URL is too long");
        return NGX_SHOP_FAILOVER_ERROR;
    }

    memcpy(request + n, "\r\n", 2);

    if (ngx_shop_failover_fetch_send(f, fd, request, (size_t) n + 2)
        != NGX_SHOP_FAILOVER_OK)
    {
        return NGX_SHOP_FAILOVER_ERROR;
    }

    return ask->body ? ngx_shop_failover_fetch_send(f, fd, ask->body->data,
                                                    ask->body->len)
                     : NGX_SHOP_FAILOVER_OK;
}


static int
ngx_shop_failover_fetch_send(ngx_shop_failover_fetch_t *f, int fd,
    const void *data, size_t size)
{
    size_t       sent;
    ssize_t      m;
    const char  *p = data;

    for (sent = 0; sent < size; sent += (size_t) m) {
        m = send(fd, p + sent, size - sent, MSG_NOSIGNAL);

        if (m <= 0) {
            (void) ngx_shop_failover_say_errno(errno, "cannot ask %s",
                                               f->authority);
            return NGX_SHOP_FAILOVER_ERROR;
        }
    }

    return NGX_SHOP_FAILOVER_OK;
}


static int
ngx_shop_failover_fetch_answer(ngx_shop_failover_fetch_t *f, int fd,
    unsigned char **body, size_t *size)
{
    void           *p;
    size_t          room, n;
    ssize_t         m;
    unsigned char  *data;

    data = NULL;
    room = 0;

    for (n = 0; /* void */ ; n += (size_t) m) {

        if (room - n < 65536) {
            room = 2 * room + 131072;
            p = realloc(data, room);

            if (p == NULL) {
                free(data);
                (void) ngx_shop_failover_say_error("no memory");
                return NGX_SHOP_FAILOVER_ERROR;
            }

            data = p;
        }

        m = recv(fd, data + n, 65536, 0);

        if (m < 0) {
            (void) ngx_shop_failover_say_errno(errno, "no answer from %s",
                                               f->authority);
            free(data);
            return NGX_SHOP_FAILOVER_ERROR;
        }

        if (m == 0) {
            break;
        }
    }

    if (ngx_shop_failover_fetch_body(f, data, &n) != NGX_SHOP_FAILOVER_OK) {
        free(data);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    *body = data;
    *size = n;

    return NGX_SHOP_FAILOVER_OK;
}


/* the status into f; leaves the body alone in data, of *size bytes */

static int
ngx_shop_failover_fetch_body(ngx_shop_failover_fetch_t *f,
    unsigned char *data, size_t *size)
{
    size_t  i, n;

    n = *size;

    if (n < 12 || memcmp(data, "HTTP/1.", 7) != 0) {
        (void) ngx_shop_failover_say_error("%s does not speak HTTP",
                                           f->authority);
        return NGX_SHOP_FAILOVER_ERROR;
    }

    f->status = 0;

    for (i = 9; i < 12; i++) {

        if (data[i] < '0' || data[i] > '9') {
            (void) ngx_shop_failover_say_error("%s does not speak HTTP",
                                               f->authority);
            return NGX_SHOP_FAILOVER_ERROR;
        }

        f->status = f->status * 10 + (unsigned) (data[i] - '0');
    }

    for (i = 0; i + 4 <= n; i++) {
        if (memcmp(data + i, "\r\n\r\n", 4) == 0) {
            i += 4;
            memmove(data, data + i, n - i);
            *size = n - i;

            return NGX_SHOP_FAILOVER_OK;
        }
    }

    (void) ngx_shop_failover_say_error("the answer of %s was cut off",
                                       f->authority);

    return NGX_SHOP_FAILOVER_ERROR;
}
