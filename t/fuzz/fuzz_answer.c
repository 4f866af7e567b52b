
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The parser of probe answers.  The first two bytes choose: HEAD, CGI, small
 * buffers; and how the rest is cut.  Properties: whole, byte by byte and in
 * pieces agree in all that a caller sees; what is used is enough for the same
 * answer; kept header lines are well formed; lengths are kept to.
 */


#include "fuzz.h"
#include "logic/answer/answer.h"


typedef struct {
    int                rc;
    size_t             used;
    unsigned char      head[4096];
    unsigned char      body[256];
    ngx_shop_answer_t  a;
} run_t;


static void
run(run_t *r, const uint8_t *data, size_t size, size_t piece)
{
    size_t          n, used;
    unsigned char  *copy;

    memset(r, 0xa5, sizeof(run_t));

    r->a.head = r->head;
    r->a.head_size = (data[0] & 4) ? 64 : sizeof(r->head);
    r->a.body = (data[0] & 8) ? NULL : r->body;
    r->a.body_size = (data[0] & 8) ? 0 : sizeof(r->body);
    r->a.no_body = data[0] & 1;
    r->a.cgi = (data[0] >> 1) & 1;
    r->used = 0;

    ngx_shop_answer_init(&r->a);
    r->rc = NGX_SHOP_AGAIN;

    data += 2;
    size -= 2;

    while (size && r->rc == NGX_SHOP_AGAIN) {
        n = (piece && piece < size) ? piece : size;

        /* of its own size, so that a byte read too many is seen */

        copy = malloc(n);
        fuzz_holds(copy != NULL);
        memcpy(copy, data, n);
        r->rc = ngx_shop_answer_feed(&r->a, copy, n, &used);
        free(copy);

        fuzz_holds(used <= n);
        fuzz_holds(used == n || r->rc != NGX_SHOP_AGAIN);

        r->used += used;
        data += n;
        size -= n;
    }
}


static void
same(const run_t *one, const run_t *two)
{
    const ngx_shop_answer_t  *a, *b;

    a = &one->a;
    b = &two->a;

    fuzz_holds(one->rc == two->rc);
    fuzz_holds(one->used == two->used);
    fuzz_holds(a->status == b->status);
    fuzz_holds(a->minor == b->minor);
    fuzz_holds(a->close == b->close);
    fuzz_holds(a->chunked == b->chunked);
    fuzz_holds(a->error == b->error);
    fuzz_holds(a->content_length == b->content_length);
    fuzz_holds(a->body_total == b->body_total);
    fuzz_holds(a->head_len == b->head_len);
    fuzz_holds(memcmp(one->head, two->head, sizeof(one->head)) == 0);
    fuzz_holds(a->body_len == b->body_len);
    fuzz_holds(memcmp(one->body, two->body, sizeof(one->body)) == 0);
}


static void
well_formed(const run_t *r)
{
    const unsigned char      *p, *lf, *colon, *last;
    const ngx_shop_answer_t  *a;

    a = &r->a;

    fuzz_holds(a->head_len <= a->head_size);
    fuzz_holds(a->body_len <= a->body_size);
    fuzz_holds(a->body_len == a->body_size || a->body_len == a->body_total);
    fuzz_holds((a->error != NULL) == (r->rc == NGX_SHOP_ERROR));

    if (r->rc != NGX_SHOP_OK) {
        return;
    }

    fuzz_holds(a->status >= 100 && a->status <= 999);
    fuzz_holds(a->cgi || a->status >= 200);
    fuzz_holds(!a->chunked || a->content_length < 0);
    fuzz_holds(a->body_total == 0 || a->content_length < 0
               || a->body_total == (uint64_t) a->content_length);

    p = a->head;
    last = p + a->head_len;

    while (p < last) {
        lf = memchr(p, '\n', (size_t) (last - p));
        fuzz_holds(lf != NULL);

        colon = memchr(p, ':', (size_t) (lf - p));
        fuzz_holds(colon && colon > p && colon[1] == ' ');
        fuzz_holds(memchr(p, '\r', (size_t) (lf - p)) == NULL);
        fuzz_holds(memchr(p, '\0', (size_t) (lf - p)) == NULL);

        /* no blank around a value */
        fuzz_holds(lf == colon + 2
                   || (colon[2] != ' ' && colon[2] != '\t' && lf[-1] != ' '
                       && lf[-1] != '\t'));
        p = lf + 1;
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static run_t  whole, other;

    if (size < 2) {
        return 0;
    }

    run(&whole, data, size, 0);
    well_formed(&whole);

    run(&other, data, size, 1);
    same(&whole, &other);

    run(&other, data, size, 2u + data[1]);
    same(&whole, &other);

    run(&other, data, whole.used + 2, 0);
    same(&whole, &other);

    if (whole.rc == NGX_SHOP_AGAIN) {
        whole.rc = ngx_shop_answer_eof(&whole.a);
        fuzz_holds(whole.rc != NGX_SHOP_AGAIN);
        well_formed(&whole);
    }

    return 0;
}
