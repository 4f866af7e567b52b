
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Incremental parser of an HTTP/1.x response to a probe (RFC 9112), or of a
 * CGI response (RFC 3875).  Bytes come in pieces of any size; the result is
 * the same as for the whole.
 */


#ifndef _NGX_SHOP_ANSWER_H_INCLUDED_
#define _NGX_SHOP_ANSWER_H_INCLUDED_


#include "logic/text/base.h"


/* largest status line plus headers that is accepted, as nginx's 4 x 8k */
#define NGX_SHOP_ANSWER_HEAD_MAX  32768


/*
 * The caller owns both buffers.  head keeps the header lines of the final
 * response ("Name: value\n" each, OWS trimmed, obs-fold joined), body the first
 * body_size bytes of the decoded body; what is beyond is counted, not kept.
 * A head that does not fit is NGX_SHOP_ERROR, said as "header too
 * large".
 */
typedef struct {
    unsigned char  *head;
    size_t          head_size;
    size_t          head_len;
    unsigned char  *body;             /* may be NULL with body_size 0 */
    size_t          body_size;
    size_t          body_len;

    uint64_t        body_total;       /* decoded bytes seen */
    int64_t         content_length;   /* -1: none */
    uint16_t        status;           /* 0: status line not seen yet */
    uint8_t         minor;            /* HTTP/1.minor */
    uint8_t         chunked;
    uint8_t         close;            /* connection cannot be reused */
    uint8_t         no_body;          /* the request was HEAD */
    uint8_t         cgi;              /* no status line, "Status:" instead */
    const char     *error;            /* static text after ERROR */

    /* private to answer.c */
    uint64_t        left;
    uint32_t        state;
    uint32_t        seen;             /* raw bytes of the head so far */
    size_t          mark;
    uint8_t         cr;
} ngx_shop_answer_t;


/*
 * Sets everything but head, head_size, body, body_size, no_body and cgi, which
 * are the caller's.  With cgi the status is that of "Status:", else 302 with a
 * Location, else 200; there is no chunked, and the end of the request counts
 * as the end of a body without a length (call eof).
 */
void ngx_shop_answer_init(ngx_shop_answer_t *a);

/*
 * OK: the response is complete (*used bytes of data belonged to it; more after
 * it means that the connection cannot be reused).  AGAIN: more is needed.
 * ERROR: not HTTP/1.x, or broken framing; a->error says what.
 * 1xx responses are skipped (101 is an error).  A missing reason phrase is
 * accepted, HTTP/1.0 too, and what nginx's proxy accepts: a line that ends
 * with LF alone, a header line without a colon (not kept).  Both
 * Content-Length and chunked, two different Content-Lengths, bare CR, a
 * negative or overflowing length: ERROR.  After OK or ERROR nothing is read.
 */
int ngx_shop_answer_feed(ngx_shop_answer_t *a, const unsigned char *data,
    size_t len, size_t *used);

/*
 * The peer closed.  OK: a response that ends by close (no length), now
 * complete.  ERROR: closed too early; a->error says where ("closed before the
 * status line", "closed in the header", "body shorter than promised").
 */
int ngx_shop_answer_eof(ngx_shop_answer_t *a);

/*
 * The next value of a header, by name without regard to case; start with
 * *pos = 0.  OK or DECLINED (no more).  Several lines are several values.
 */
int ngx_shop_answer_header(const ngx_shop_answer_t *a,
    const ngx_shop_str_t *name, size_t *pos, ngx_shop_str_t *value);


#endif /* _NGX_SHOP_ANSWER_H_INCLUDED_ */
