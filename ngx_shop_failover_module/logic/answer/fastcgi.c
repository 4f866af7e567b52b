
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * FastCGI 1.0, as much as a probe needs: one responder request is written, and
 * the records of its response are read into an answer.
 */


#include "logic/answer/fastcgi.h"


#define NGX_SHOP_FASTCGI_VERSION     1
#define NGX_SHOP_FASTCGI_ID          1
#define NGX_SHOP_FASTCGI_RESPONDER   1
#define NGX_SHOP_FASTCGI_KEEP        1

/* contentLength has 16 bits; 65528 keeps records aligned without padding */
#define NGX_SHOP_FASTCGI_RECORD_MAX  65528
#define NGX_SHOP_FASTCGI_VALUE_MAX   0x7fffffff


typedef enum {
    fastcgi_begin_request = 1,
    fastcgi_end_request = 3,
    fastcgi_params = 4,
    fastcgi_stdin = 5,
    fastcgi_stdout = 6,
    fastcgi_stderr = 7
} ngx_shop_fastcgi_type_e;


typedef enum {
    sw_header = 0,
    sw_content,
    sw_padding,
    sw_done,
    sw_failed
} ngx_shop_fastcgi_sw_e;


/* A stream of known length, cut into records as it is written. */
typedef struct {
    ngx_shop_emit_t          *emit;
    ngx_shop_fastcgi_type_e   type;
    size_t                    left;      /* of the stream */
    size_t                    record;    /* of the open record */
} ngx_shop_fastcgi_stream_t;


static void ngx_shop_fastcgi_record(ngx_shop_emit_t *e,
    ngx_shop_fastcgi_type_e type, size_t len);
static void ngx_shop_fastcgi_write(ngx_shop_fastcgi_stream_t *stream,
    const unsigned char *data, size_t len);
static void ngx_shop_fastcgi_write_length(ngx_shop_fastcgi_stream_t *stream,
    size_t len);
static size_t ngx_shop_fastcgi_param_size(
    const ngx_shop_fastcgi_param_t *param);

static int ngx_shop_fastcgi_fail(ngx_shop_fastcgi_t *f, const char *error);
static const char *ngx_shop_fastcgi_check(const ngx_shop_fastcgi_t *f);
static size_t ngx_shop_fastcgi_content(ngx_shop_fastcgi_t *f,
    const unsigned char *data, size_t len);
static void ngx_shop_fastcgi_stdout(ngx_shop_fastcgi_t *f,
    const unsigned char *data, size_t len);
static void ngx_shop_fastcgi_next(ngx_shop_fastcgi_t *f);
static int ngx_shop_fastcgi_finish(ngx_shop_fastcgi_t *f);


int
ngx_shop_fastcgi_request(ngx_shop_emit_t *e,
    const ngx_shop_fastcgi_request_t *request)
{
    size_t                           i, params;
    unsigned char                    begin[8];
    const ngx_shop_fastcgi_param_t  *param;
    ngx_shop_fastcgi_stream_t        stream;

    params = 0;

    for (i = 0; i < request->nparams; i++) {
        param = &request->params[i];

        if (param->name.len > NGX_SHOP_FASTCGI_VALUE_MAX
            || param->value.len > NGX_SHOP_FASTCGI_VALUE_MAX)
        {
            return NGX_SHOP_ERROR;
        }

        params += ngx_shop_fastcgi_param_size(param);
    }

    memset(begin, 0, sizeof(begin));
    begin[1] = NGX_SHOP_FASTCGI_RESPONDER;
    begin[2] = request->keep ? NGX_SHOP_FASTCGI_KEEP : 0;

    ngx_shop_fastcgi_record(e, fastcgi_begin_request, sizeof(begin));
    ngx_shop_emit_raw(e, begin, sizeof(begin));

    stream.emit = e;
    stream.type = fastcgi_params;
    stream.left = params;
    stream.record = 0;

    for (i = 0; i < request->nparams; i++) {
        param = &request->params[i];

        ngx_shop_fastcgi_write_length(&stream, param->name.len);
        ngx_shop_fastcgi_write_length(&stream, param->value.len);
        ngx_shop_fastcgi_write(&stream, param->name.data, param->name.len);
        ngx_shop_fastcgi_write(&stream, param->value.data, param->value.len);
    }

    /* a stream ends with an empty record */

    ngx_shop_fastcgi_record(e, fastcgi_params, 0);

    stream.type = fastcgi_stdin;
    stream.left = request->body.len;

    ngx_shop_fastcgi_write(&stream, request->body.data, request->body.len);
    ngx_shop_fastcgi_record(e, fastcgi_stdin, 0);

    return e->failed ? NGX_SHOP_ERROR : NGX_SHOP_OK;
}


void
ngx_shop_fastcgi_init(ngx_shop_fastcgi_t *f)
{
    f->log_len = 0;
    f->app_status = 0;
    f->error = NULL;

    f->state = sw_header;
    f->left = 0;
    f->pos = 0;
    f->answered = 0;
    f->ended = 0;

    memset(f->header, 0, sizeof(f->header));
    memset(f->end, 0, sizeof(f->end));
}


int
ngx_shop_fastcgi_feed(ngx_shop_fastcgi_t *f, const unsigned char *data,
    size_t len, size_t *used)
{
    size_t       n;
    const char  *error;

    n = 0;

    while (n < len && f->state < sw_done) {

        if (f->state != sw_header) {
            n += ngx_shop_fastcgi_content(f, data + n, len - n);
            continue;
        }

        f->header[f->pos++] = data[n++];

        error = ngx_shop_fastcgi_check(f);

        if (error) {
            (void) ngx_shop_fastcgi_fail(f, error);

        } else if (f->pos == sizeof(f->header)) {
            ngx_shop_fastcgi_next(f);
        }
    }

    *used = n;

    if (f->state == sw_done) {
        return NGX_SHOP_OK;
    }

    return f->state == sw_failed ? NGX_SHOP_ERROR : NGX_SHOP_AGAIN;
}


int
ngx_shop_fastcgi_eof(ngx_shop_fastcgi_t *f)
{
    if (f->state == sw_done) {
        return NGX_SHOP_OK;
    }

    if (f->state == sw_failed) {
        return NGX_SHOP_ERROR;
    }

    if (f->ended || f->answered) {
        return ngx_shop_fastcgi_finish(f);
    }

    return ngx_shop_fastcgi_fail(f,
                                 f->header[0]
                                 ? "closed before the end of the request"
                                 : "closed before the first record");
}


static void
ngx_shop_fastcgi_record(ngx_shop_emit_t *e, ngx_shop_fastcgi_type_e type,
    size_t len)
{
    unsigned char  header[8];

    memset(header, 0, sizeof(header));
    header[0] = NGX_SHOP_FASTCGI_VERSION;
    header[1] = (unsigned char) type;
    header[3] = NGX_SHOP_FASTCGI_ID;
    header[4] = (unsigned char) (len >> 8);
    header[5] = (unsigned char) (len & 0xff);

    ngx_shop_emit_raw(e, header, sizeof(header));
}


static void
ngx_shop_fastcgi_write(ngx_shop_fastcgi_stream_t *stream,
    const unsigned char *data, size_t len)
{
    size_t  n;

    while (len) {

        if (stream->record == 0) {
            n = stream->left;

            if (n > NGX_SHOP_FASTCGI_RECORD_MAX) {
                n = NGX_SHOP_FASTCGI_RECORD_MAX;
            }

            ngx_shop_fastcgi_record(stream->emit, stream->type, n);

            stream->record = n;
            stream->left -= n;
        }

        n = (len < stream->record) ? len : stream->record;

        ngx_shop_emit_raw(stream->emit, data, n);

        stream->record -= n;
        data += n;
        len -= n;
    }
}


static void
ngx_shop_fastcgi_write_length(ngx_shop_fastcgi_stream_t *stream, size_t len)
{
    unsigned char  buf[4];

    if (len < 0x80) {
        buf[0] = (unsigned char) len;
        ngx_shop_fastcgi_write(stream, buf, 1);
        return;
    }

    buf[0] = (unsigned char) (len >> 24 | 0x80);
    buf[1] = (unsigned char) (len >> 16 & 0xff);
    buf[2] = (unsigned char) (len >> 8 & 0xff);
    buf[3] = (unsigned char) (len & 0xff);

    ngx_shop_fastcgi_write(stream, buf, 4);
}


static size_t
ngx_shop_fastcgi_param_size(const ngx_shop_fastcgi_param_t *param)
{
    return (param->name.len < 0x80 ? 1u : 4u)
           + (param->value.len < 0x80 ? 1u : 4u)
           + param->name.len + param->value.len;
}


static int
ngx_shop_fastcgi_fail(ngx_shop_fastcgi_t *f, const char *error)
{
    f->state = sw_failed;
    f->error = error;

    return NGX_SHOP_ERROR;
}


/* The byte of the header that came last: a wrong server is told at once. */

static const char *
ngx_shop_fastcgi_check(const ngx_shop_fastcgi_t *f)
{
    const unsigned char  *h;

    h = f->header;

    switch (f->pos) {

    case 1:
        return h[0] == NGX_SHOP_FASTCGI_VERSION
               ? NULL : "not a FastCGI answer";

    case 2:
        return h[1] == fastcgi_stdout || h[1] == fastcgi_stderr
               || h[1] == fastcgi_end_request
               ? NULL : "unexpected FastCGI record";

    case 4:
        return h[2] == 0 && h[3] == NGX_SHOP_FASTCGI_ID
               ? NULL : "FastCGI record of another request";

    case 6:
        return h[1] != fastcgi_end_request || (h[4] == 0 && h[5] == 8)
               ? NULL : "broken FastCGI end of request";

    default:
        return NULL;
    }
}


static size_t
ngx_shop_fastcgi_content(ngx_shop_fastcgi_t *f, const unsigned char *data,
    size_t len)
{
    size_t  room;

    if (len > f->left) {
        len = f->left;
    }

    f->left -= (uint32_t) len;

    if (f->state == sw_content) {

        switch (f->header[1]) {

        case fastcgi_stdout:
            ngx_shop_fastcgi_stdout(f, data, len);
            break;

        case fastcgi_stderr:
            room = f->log_size - f->log_len;
            room = room < len ? room : len;

            if (room) {
                memcpy(f->log + f->log_len, data, room);
                f->log_len += room;
            }

            break;

        default: /* fastcgi_end_request */
            memcpy(f->end + sizeof(f->end) - f->left - len, data, len);
            break;
        }
    }

    if (f->left == 0 && f->state < sw_done) {
        ngx_shop_fastcgi_next(f);
    }

    return len;
}


static void
ngx_shop_fastcgi_stdout(ngx_shop_fastcgi_t *f, const unsigned char *data,
    size_t len)
{
    int     rc;
    size_t  used;

    /* what exceeds a promised length is dropped, as nginx does */

    if (f->answered) {
        return;
    }

    rc = ngx_shop_answer_feed(f->answer, data, len, &used);

    if (rc == NGX_SHOP_ERROR) {
        (void) ngx_shop_fastcgi_fail(f, f->answer->error);
    }

    f->answered = (rc == NGX_SHOP_OK);
}


/* A part of a record is whole: what follows.  Parts may be empty. */

static void
ngx_shop_fastcgi_next(ngx_shop_fastcgi_t *f)
{
    const unsigned char  *h;

    h = f->header;

    if (f->state == sw_header) {
        f->pos = 0;
        f->left = (uint32_t) h[4] << 8 | h[5];
        f->state = sw_content;

        if (f->left) {
            return;
        }

        f->ended |= (h[1] == fastcgi_stdout);
    }

    if (f->state == sw_content) {
        f->ended |= (h[1] == fastcgi_end_request);
        f->left = h[6];
        f->state = sw_padding;

        if (f->left) {
            return;
        }
    }

    f->state = sw_header;

    if (h[1] == fastcgi_end_request) {
        (void) ngx_shop_fastcgi_finish(f);
    }
}


static int
ngx_shop_fastcgi_finish(ngx_shop_fastcgi_t *f)
{
    static const char  *refused[] = {
        NULL,
        "FastCGI server cannot multiplex",
        "FastCGI server is overloaded",
        "FastCGI server is no responder"
    };

    f->app_status = (uint32_t) f->end[0] << 24 | (uint32_t) f->end[1] << 16
                    | (uint32_t) f->end[2] << 8 | f->end[3];

    if (f->end[4] >= sizeof(refused) / sizeof(refused[0])) {
        return ngx_shop_fastcgi_fail(f, "FastCGI request was" " refused");
    }

    if (refused[f->end[4]]) {
        return ngx_shop_fastcgi_fail(f, refused[f->end[4]]);
    }

    if (ngx_shop_answer_eof(f->answer) != NGX_SHOP_OK) {
        return ngx_shop_fastcgi_fail(f, f->answer->error);
    }

    f->state = sw_done;

    return NGX_SHOP_OK;
}
