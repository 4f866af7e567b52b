
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * FastCGI responses.  Properties: bytes taken as records give the same whole,
 * byte by byte and in pieces; bytes taken as a CGI response and cut into
 * records give the answer that they give without FastCGI; bytes taken as
 * names and values come back from a request as they were.
 */


#include "fuzz.h"
#include "logic/answer/fastcgi.h"


typedef struct {
    int                 rc;
    size_t              used;
    unsigned char       head[4096];
    unsigned char       body[256];
    unsigned char       log[32];
    ngx_shop_answer_t   a;
    ngx_shop_fastcgi_t  f;
} run_t;


static void
start(run_t *r)
{
    memset(r, 0xa5, sizeof(run_t));

    r->a.head = r->head;
    r->a.head_size = sizeof(r->head);
    r->a.body = r->body;
    r->a.body_size = sizeof(r->body);
    r->a.no_body = 0;
    r->a.cgi = 1;
    ngx_shop_answer_init(&r->a);

    r->f.answer = &r->a;
    r->f.log = r->log;
    r->f.log_size = sizeof(r->log);
    ngx_shop_fastcgi_init(&r->f);

    r->rc = NGX_SHOP_AGAIN;
    r->used = 0;
}


static void
feed(run_t *r, const uint8_t *data, size_t size, size_t piece)
{
    size_t          n, used;
    unsigned char  *copy;

    while (size && r->rc == NGX_SHOP_AGAIN) {
        n = (piece && piece < size) ? piece : size;

        copy = malloc(n);
        fuzz_holds(copy != NULL);
        memcpy(copy, data, n);
        r->rc = ngx_shop_fastcgi_feed(&r->f, copy, n, &used);
        free(copy);

        fuzz_holds(used <= n);
        fuzz_holds(used == n || r->rc != NGX_SHOP_AGAIN);

        r->used += used;
        data += n;
        size -= n;
    }
}


static void
same_answer(const run_t *one, const run_t *two)
{
    fuzz_holds(one->a.status == two->a.status);
    fuzz_holds(one->a.body_total == two->a.body_total);
    fuzz_holds(one->a.head_len == two->a.head_len);
    fuzz_holds(memcmp(one->head, two->head, sizeof(one->head)) == 0);
    fuzz_holds(memcmp(one->body, two->body, sizeof(one->body)) == 0);
}


static void
test_records(const uint8_t *data, size_t size, size_t piece)
{
    int           rc;
    size_t        i;
    static run_t  one, two;
    const size_t  pieces[] = { 1, piece };

    start(&one);
    feed(&one, data, size, 0);
    fuzz_holds((one.f.error != NULL) == (one.rc == NGX_SHOP_ERROR));

    for (i = 0; i < 2; i++) {
        start(&two);
        feed(&two, data, size, pieces[i]);

        fuzz_holds(one.rc == two.rc);
        fuzz_holds(one.used == two.used || one.rc == NGX_SHOP_ERROR);
        fuzz_holds(one.f.error == two.f.error);
        fuzz_holds(one.f.app_status == two.f.app_status);
        fuzz_holds(one.f.log_len == two.f.log_len);
        fuzz_holds(memcmp(one.log, two.log, sizeof(one.log)) == 0);
        same_answer(&one, &two);
    }

    rc = ngx_shop_fastcgi_eof(&one.f);
    fuzz_holds(rc == ngx_shop_fastcgi_eof(&two.f));
    fuzz_holds(rc == one.rc || one.rc == NGX_SHOP_AGAIN);
    fuzz_holds((one.f.error != NULL) == (rc == NGX_SHOP_ERROR));
}


static void
test_answer(const uint8_t *data, size_t size, size_t piece)
{
    int            rc;
    size_t         n, used;
    unsigned char  record[8 + 256];
    static run_t   plain, packed;

    start(&plain);
    rc = ngx_shop_answer_feed(&plain.a, data, size, &used);

    if (rc == NGX_SHOP_AGAIN) {
        rc = ngx_shop_answer_eof(&plain.a);
    }

    start(&packed);

    while (size) {
        n = piece < size ? piece : size;

        memcpy(record, "\1\6\0\1\0\0\0\0", 8);
        record[4] = (unsigned char) (n >> 8);
        record[5] = (unsigned char) (n & 0xff);
        memcpy(record + 8, data, n);
        feed(&packed, record, 8 + n, 0);

        data += n;
        size -= n;
    }

    feed(&packed, (const uint8_t *) "\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0", 16, 0);

    fuzz_holds(packed.rc == rc);
    fuzz_holds(packed.f.error == plain.a.error);
    same_answer(&plain, &packed);
}


static size_t
length(const unsigned char **p)
{
    size_t  n;

    n = *(*p)++;

    if (n & 0x80) {
        n = (n & 0x7f) << 24 | (size_t) (*p)[0] << 16 | (size_t) (*p)[1] << 8
            | (*p)[2];
        *p += 3;
    }

    return n;
}


static void
test_request(const uint8_t *data, size_t size, size_t cut)
{
    size_t                      name, value;
    unsigned char              *buf;
    ngx_shop_emit_t             e;
    const unsigned char        *p;
    ngx_shop_fastcgi_param_t    param;
    ngx_shop_fastcgi_request_t  request;

    /* so small that each stream is one record */

    if (size > 4096) {
        return;
    }

    cut = cut < size ? cut : size;

    param.name.data = data;
    param.name.len = cut;
    param.value.data = data + cut;
    param.value.len = size - cut;

    request.params = &param;
    request.nparams = 1;
    request.body = param.value;
    request.keep = 0;

    ngx_shop_emit_init(&e, NULL, 0);
    (void) ngx_shop_fastcgi_request(&e, &request);

    buf = malloc(e.total);
    fuzz_holds(buf != NULL);

    ngx_shop_emit_init(&e, buf, e.total);
    fuzz_holds(ngx_shop_fastcgi_request(&e, &request) == NGX_SHOP_OK);

    p = buf + 16 + 8;
    name = length(&p);
    value = length(&p);

    fuzz_holds(name == param.name.len && value == param.value.len);
    fuzz_holds(memcmp(p, data, size) == 0);
    fuzz_holds(buf[20] << 8 == ((p + size - buf - 24) & 0xff00));
    fuzz_holds(buf[21] == ((p + size - buf - 24) & 0xff));

    free(buf);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t  piece;

    if (size < 2) {
        return 0;
    }

    piece = 1u + data[0];

    test_records(data + 1, size - 1, piece);
    test_answer(data + 1, size - 1, piece);
    test_request(data + 1, size - 1, piece);

    return 0;
}
