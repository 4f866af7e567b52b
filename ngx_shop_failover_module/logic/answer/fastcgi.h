
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * FastCGI 1.0, as much as a probe needs: one responder request is written, and
 * the records of its response are read into an answer.  Does not know what
 * the parameters mean, nor what a good answer is.
 */


#ifndef _NGX_SHOP_FASTCGI_H_INCLUDED_
#define _NGX_SHOP_FASTCGI_H_INCLUDED_


#include "logic/answer/answer.h"
#include "logic/text/emit.h"


typedef struct {
    ngx_shop_str_t      name;
    ngx_shop_str_t      value;
} ngx_shop_fastcgi_param_t;


typedef struct {
    const ngx_shop_fastcgi_param_t  *params;
    size_t                           nparams;
    ngx_shop_str_t                   body;
    uint8_t                          keep;  /* the connection */
} ngx_shop_fastcgi_request_t;


/*
 * The caller sets answer (init it with cgi set) and the room for what comes on
 * STDERR: the first bytes of it say why PHP-FPM answers 404.
 */
typedef struct {
    ngx_shop_answer_t  *answer;
    unsigned char      *log;          /* may be NULL with 0 */
    size_t              log_size;
    size_t              log_len;

    uint32_t            app_status;   /* of END_REQUEST */
    const char         *error;        /* static text after ERROR */

    /* private to fastcgi.c */
    uint32_t            state;
    uint32_t            left;         /* of content or padding */
    uint32_t            pos;
    uint8_t             answered;     /* the answer is complete */
    uint8_t             ended;        /* STDOUT is at its end */
    unsigned char       header[8];
    unsigned char       end[8];
} ngx_shop_fastcgi_t;


/*
 * Writes the whole request: BEGIN_REQUEST, PARAMS, STDIN.  With an e of size 0
 * only counts, in e->total.  ERROR: it did not fit (or a name or value is
 * beyond the protocol's 2 GB).  CONTENT_LENGTH is the caller's to set.
 */
int ngx_shop_fastcgi_request(ngx_shop_emit_t *e,
    const ngx_shop_fastcgi_request_t *request);

/* sets everything but answer, log and log_size */
void ngx_shop_fastcgi_init(ngx_shop_fastcgi_t *f);

/*
 * As ngx_shop_answer_feed().  OK: END_REQUEST came, and f->answer is
 * complete; more bytes than *used mean that the connection cannot be reused.
 * ERROR: not FastCGI, a record of another request, a request that was not
 * taken ("FastCGI server is overloaded"), or a broken answer: f->error.
 */
int ngx_shop_fastcgi_feed(ngx_shop_fastcgi_t *f, const unsigned char *data,
    size_t len, size_t *used);

/*
 * The peer closed.  As nginx: fine without END_REQUEST where STDOUT was ended
 * or the answer has the length that it promised; else ERROR.
 */
int ngx_shop_fastcgi_eof(ngx_shop_fastcgi_t *f);


#endif /* _NGX_SHOP_FASTCGI_H_INCLUDED_ */
