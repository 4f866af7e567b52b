
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * HTTP by libcurl, with bounds: a request and its whole answer, or an answer
 * that never ends and is read as it comes.  Knows no engine.
 */


#ifndef _NGX_SHOP_EXCHANGE_H_INCLUDED_
#define _NGX_SHOP_EXCHANGE_H_INCLUDED_


#include <curl/curl.h>

#include "logic/text/base.h"


/* bytes of an answer, ms until there is a connection, and until its end */
#define NGX_SHOP_EXCHANGE_MAX      (4 * 1024 * 1024)
#define NGX_SHOP_EXCHANGE_CONNECT  1000
#define NGX_SHOP_EXCHANGE_TIMEOUT  3000

#define NGX_SHOP_EXCHANGE_HEADERS  4


/* files; NULL: the system's, or none */
typedef struct {
    const char           *ca;
    const char           *certificate;
    const char           *key;
} ngx_shop_exchange_tls_t;


typedef struct {
    const char           *method;
    const char           *url;
    const char           *headers[NGX_SHOP_EXCHANGE_HEADERS];  /* or NULL */
    ngx_shop_str_t        body;
} ngx_shop_exchange_request_t;


typedef struct {
    CURL                 *easy;
    CURLM                *multi;     /* of a stream */
    struct curl_slist    *list;      /* headers of the request under way */
    unsigned              running:1; /* a stream is */
    unsigned              flood:1;   /* more than MAX */

    unsigned char        *body;      /* NUL after size */
    size_t                size;
    size_t                room;

    long                  status;
    int64_t               date;      /* Unix s of the header; 0: none */
    char                  etag[256];
    char                  error[CURL_ERROR_SIZE];
} ngx_shop_exchange_t;


/* OK, or ERROR: no memory */
int ngx_shop_exchange_open(ngx_shop_exchange_t *x,
    const ngx_shop_exchange_tls_t *tls);
void ngx_shop_exchange_close(ngx_shop_exchange_t *x);

/* OK: an answer of any status is there as a whole; ERROR, and error says why */
int ngx_shop_exchange_run(ngx_shop_exchange_t *x,
    const ngx_shop_exchange_request_t *r);

/* the same, but the answer is a stream; what was under way ends */
int ngx_shop_exchange_start(ngx_shop_exchange_t *x,
    const ngx_shop_exchange_request_t *r);

/*
 * OK: bytes came into body; AGAIN: none within so many ms; ERROR: the stream
 * has ended, and error says why.
 */
int ngx_shop_exchange_wait(ngx_shop_exchange_t *x, int64_t msec);

/* takes the first bytes of a stream's body away */
void ngx_shop_exchange_eat(ngx_shop_exchange_t *x, size_t n);

void ngx_shop_exchange_stop(ngx_shop_exchange_t *x);


#endif /* _NGX_SHOP_EXCHANGE_H_INCLUDED_ */
