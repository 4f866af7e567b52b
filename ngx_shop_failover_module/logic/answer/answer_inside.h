
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of the parser know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_ANSWER_INSIDE_H_INCLUDED_
#define _NGX_SHOP_ANSWER_INSIDE_H_INCLUDED_


#include "logic/answer/answer.h"


/* The order matters: up to sw_chunk_end by lines, then data, then the end. */
typedef enum {
    sw_version = 0,
    sw_minor,
    sw_space,
    sw_code,
    sw_code_end,
    sw_reason,
    sw_line,                    /* first byte of a header line */
    sw_name,
    sw_before_value,
    sw_value,
    sw_ignore,                  /* of a line that is not kept */
    sw_next,                    /* first byte after a header line */
    sw_trailer,                 /* first byte of a trailer line */
    sw_trailer_line,
    sw_chunk,                   /* first digit of a chunk's size */
    sw_chunk_size,
    sw_chunk_ext,
    sw_chunk_end,               /* the line end after a chunk's data */

    sw_chunk_data,
    sw_length,
    sw_until_close,

    sw_done,
    sw_failed
} ngx_shop_answer_sw_e;


/* the parser is done with it; text is static */
#define ngx_shop_answer_fail(a, text)                                        \
    ((a)->state = sw_failed, (a)->error = (text), (a)->close = 1,            \
     NGX_SHOP_ERROR)


/* a byte of the status line, "HTTP/1.1 200 OK" */
int ngx_shop_answer_head_status(ngx_shop_answer_t *a, unsigned char c);

/* ... of the header lines */
int ngx_shop_answer_head(ngx_shop_answer_t *a, unsigned char c);

/* ... around the data of chunks, and after the last of them */
int ngx_shop_answer_chunk(ngx_shop_answer_t *a, unsigned char c);
int ngx_shop_answer_chunk_trailer(ngx_shop_answer_t *a, unsigned char c);

/*
 * What the headers say about the body and the connection (RFC 9112, sections
 * 6.3 and 9.3; for CGI RFC 3875, section 6.3), once, when the head is whole.
 * Sets content_length, chunked, close, and with cgi the status.  NULL, or a
 * static text that says what is broken.
 */
const char *ngx_shop_answer_framing(ngx_shop_answer_t *a);


#endif /* _NGX_SHOP_ANSWER_INSIDE_H_INCLUDED_ */
