
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The parser of probe answers.  Each input is fed whole, byte by byte, and in
 * two pieces cut at every place; all must agree.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "answer.h"
#include "logic/answer/answer.h"


#define CASE_HEAD  256
#define CASE_BODY  64


typedef struct {
    int                rc;
    size_t             used;
    unsigned char      head[CASE_HEAD];
    unsigned char      body[CASE_BODY];
    ngx_shop_answer_t  a;
} run_t;


static void
start(run_t *r, const case_t *c)
{
    /* garbage: init must set all that is its own */

    memset(r, 0xa5, sizeof(run_t));

    r->a.head = r->head;
    r->a.head_size = sizeof(r->head);
    r->a.body = r->body;
    r->a.body_size = sizeof(r->body);
    r->a.no_body = (uint8_t) c->no_body;
    r->a.cgi = (uint8_t) c->cgi;
    r->used = 0;

    ngx_shop_answer_init(&r->a);

    r->rc = NGX_SHOP_AGAIN;
}


/* a copy of its own size, so that a sanitizer sees a byte read too many */

static void
feed(run_t *r, const char *data, size_t len)
{
    size_t          used;
    unsigned char  *copy;

    copy = malloc(len ? len : 1);
    assert_non_null(copy);

    if (len) {
        memcpy(copy, data, len);
    }

    used = (size_t) -1;
    r->rc = ngx_shop_answer_feed(&r->a, copy, len, &used);
    assert_true(used <= len);
    r->used += used;

    free(copy);
}


static void
finish(run_t *r, const case_t *c)
{
    if (c->eof) {
        if (r->rc != NGX_SHOP_AGAIN) {
            print_error("%s: not waiting for the end\n", c->what);
        }

        assert_int_equal(r->rc, NGX_SHOP_AGAIN);
        r->rc = ngx_shop_answer_eof(&r->a);
    }
}


static void
check(const run_t *r, const case_t *c, size_t len)
{
    int  wanted;

    wanted = c->error ? NGX_SHOP_ERROR : NGX_SHOP_OK;

    if (r->rc != wanted || r->a.status != c->status) {
        print_error("%s: rc %d, status %d, error %s\n", c->what, r->rc,
                    r->a.status, r->a.error ? r->a.error : "none");
    }

    assert_int_equal(r->rc, wanted);
    assert_int_equal(r->a.status, c->status);

    if (c->error) {
        assert_string_equal(r->a.error, c->error);
        assert_int_equal(r->a.close, 1);

    } else {
        assert_null(r->a.error);
        assert_int_equal(r->used, len - c->rest);
        assert_int_equal(r->a.close, c->close);
    }

    if (c->head) {
        assert_int_equal(r->a.head_len, strlen(c->head));
        assert_memory_equal(r->head, c->head, strlen(c->head));
    }

    if (c->body) {
        assert_int_equal(r->a.body_len, strlen(c->body));
        assert_int_equal(r->a.body_total, strlen(c->body));
        assert_memory_equal(r->body, c->body, strlen(c->body));
    }
}


static void
test_whole(void **state)
{
    size_t         i, len;
    run_t          r;
    const case_t  *c;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        c = &cases[i];
        len = c->len ? c->len : strlen(c->input);

        start(&r, c);
        feed(&r, c->input, len);
        finish(&r, c);
        check(&r, c, len);
    }
}


static void
test_bytes(void **state)
{
    size_t         i, n, len;
    run_t          r;
    const case_t  *c;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        c = &cases[i];
        len = c->len ? c->len : strlen(c->input);

        start(&r, c);

        for (n = 0; n < len; n++) {
            feed(&r, c->input + n, 1);
        }

        finish(&r, c);
        check(&r, c, len);
    }
}


static void
test_two_pieces(void **state)
{
    size_t         i, n, len;
    run_t          r;
    const case_t  *c;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        c = &cases[i];
        len = c->len ? c->len : strlen(c->input);

        for (n = 0; n <= len; n++) {
            start(&r, c);
            feed(&r, c->input, n);
            feed(&r, c->input + n, len - n);
            finish(&r, c);
            check(&r, c, len);
        }
    }
}


/* every answer cut anywhere and closed there: never complete by mistake */

static void
test_cut(void **state)
{
    int            rc;
    size_t         i, n, len, whole;
    run_t          r;
    const case_t  *c;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        c = &cases[i];

        if (c->error || c->eof) {
            continue;
        }

        len = c->len ? c->len : strlen(c->input);
        whole = len - c->rest;

        for (n = 0; n < whole; n++) {
            start(&r, c);
            feed(&r, c->input, n);
            assert_int_equal(r.rc, NGX_SHOP_AGAIN);

            rc = ngx_shop_answer_eof(&r.a);
            assert_int_equal(rc, NGX_SHOP_ERROR);
            assert_non_null(r.a.error);
            assert_int_equal(ngx_shop_answer_eof(&r.a), NGX_SHOP_ERROR);
        }
    }
}


static void
test_after_the_end(void **state)
{
    run_t                r;
    static const case_t  done = {
        .input = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    };
    static const case_t  failed = { .input = "garbage" };

    (void) state;

    start(&r, &done);
    feed(&r, done.input, strlen(done.input));
    assert_int_equal(r.rc, NGX_SHOP_OK);

    r.used = 0;
    feed(&r, "more", 4);
    assert_int_equal(r.rc, NGX_SHOP_OK);
    assert_int_equal(r.used, 0);
    assert_int_equal(r.a.body_total, 2);

    assert_int_equal(ngx_shop_answer_eof(&r.a), NGX_SHOP_OK);
    assert_int_equal(r.a.close, 1);

    start(&r, &failed);
    feed(&r, failed.input, strlen(failed.input));
    assert_int_equal(r.rc, NGX_SHOP_ERROR);

    r.used = 0;
    feed(&r, "HTTP/1.1 200 OK\r\n\r\n", 19);
    assert_int_equal(r.rc, NGX_SHOP_ERROR);
    assert_int_equal(r.used, 0);
    assert_int_equal(ngx_shop_answer_eof(&r.a), NGX_SHOP_ERROR);
    assert_string_equal(r.a.error, "not an HTTP/1.x answer");
}


static void
test_body_beyond_the_buffer(void **state)
{
    run_t                r;
    static const case_t  c = {
        .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "4\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n"
    };

    (void) state;

    start(&r, &c);
    r.a.body_size = 6;
    feed(&r, c.input, strlen(c.input));
    assert_int_equal(r.rc, NGX_SHOP_OK);
    assert_int_equal(r.a.body_len, 6);
    assert_int_equal(r.a.body_total, 8);
    assert_memory_equal(r.body, "abcdef\xa5", 7);

    start(&r, &c);
    r.a.body_size = 0;
    r.a.body = NULL;
    feed(&r, c.input, strlen(c.input));
    assert_int_equal(r.rc, NGX_SHOP_OK);
    assert_int_equal(r.a.body_len, 0);
    assert_int_equal(r.a.body_total, 8);
}


/* "A: b" and LF are 5 bytes: fits exactly, and not in one byte less */

static void
test_head_buffer(void **state)
{
    size_t               size;
    run_t                r;
    static const case_t  c = { .input = "HTTP/1.1 204 x\r\nA:b\r\n\r\n" };

    (void) state;

    for (size = 0; size <= 5; size++) {
        start(&r, &c);
        r.a.head_size = size;
        feed(&r, c.input, strlen(c.input));

        if (size == 5) {
            assert_int_equal(r.rc, NGX_SHOP_OK);
            break;
        }

        assert_int_equal(r.rc, NGX_SHOP_ERROR);
        assert_string_equal(r.a.error, "header too large");
        assert_int_equal(r.head[size], 0xa5);
    }
}


/* a flood of one thing, without an end: refused before limit bytes are read */

static void
flood(const char *first, const char *again, size_t limit, const char *error)
{
    size_t               n;
    run_t                r;
    static const case_t  c = { .input = "" };
    static unsigned char  head[2 * NGX_SHOP_ANSWER_HEAD_MAX];

    start(&r, &c);
    r.a.head = head;
    r.a.head_size = sizeof(head);
    feed(&r, first, strlen(first));

    for (n = 0; n < limit && r.rc == NGX_SHOP_AGAIN; n += strlen(again)) {
        feed(&r, again, strlen(again));
    }

    assert_int_equal(r.rc, NGX_SHOP_ERROR);
    assert_string_equal(r.a.error, error);
}


static void
test_floods(void **state)
{
    size_t  max;

    (void) state;

    max = NGX_SHOP_ANSWER_HEAD_MAX;

    flood("HTTP/1.1 200 ", "x", max + 1, "header too large");
    flood("HTTP/1.1 ", " ", max + 1, "header too large");
    flood("HTTP/1.1 200 OK\r\n", "A: b\r\n", max + 6, "header too large");
    flood("HTTP/1.1 200 OK\r\n", "a", max + 1, "header too large");
    flood("HTTP/1.1 200 OK\r\nA:", " ", max + 1, "header too large");
    flood("HTTP/1.1 200 OK\r\nA:", "\r\n b", max + 4, "header too large");
    flood("HTTP/1.1 200 OK\r\n", "a\r\n", max + 3, "header too large");
    flood("", "HTTP/1.1 100 x\r\n\r\n", max + 18, "header too large");
    flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
          "A: b\r\n", max + 6, "header too large");
    flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0", 4097,
          "chunk line too long");
    flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "a", 4097,
          "chunk line too long");
}


/* the largest head, and one byte more */

static void
test_largest_head(void **state)
{
    size_t                n, size;
    run_t                 r;
    static const char     first[] = "HTTP/1.1 204 x\r\nA:";
    static const case_t   c = { .input = "" };
    static unsigned char  head[NGX_SHOP_ANSWER_HEAD_MAX];

    (void) state;

    for (size = sizeof(head); size <= sizeof(head) + 1; size++) {
        start(&r, &c);
        r.a.head = head;
        r.a.head_size = sizeof(head);

        feed(&r, first, strlen(first));

        for (n = strlen(first); n < size - 4; n++) {
            feed(&r, "b", 1);
        }

        feed(&r, "\r\n\r\n", 4);
        assert_int_equal(r.rc, size == sizeof(head) ? NGX_SHOP_OK
                                                  : NGX_SHOP_ERROR);
    }
}


static void
test_header(void **state)
{
    size_t                   pos;
    run_t                    r;
    static const case_t      c = {
        .input = "HTTP/1.1 204 x\r\nX-One: 1\r\nSet-Cookie: a=b: c\r\n"
                 "x-one: 2\r\nAZ[az{: 4\r\nX-One-More: 3\r\nX-Empty:\r\n\r\n"
    };
    ngx_shop_str_t  value;
    ngx_shop_str_t  one = ngx_shop_string("X-ONE");
    ngx_shop_str_t  empty = ngx_shop_string("x-empty");
    ngx_shop_str_t  cookie = ngx_shop_string("set-cookie");
    ngx_shop_str_t  none = ngx_shop_string("X-On");
    ngx_shop_str_t  edges = ngx_shop_string("az[AZ{");
    ngx_shop_str_t  curly = ngx_shop_string("az{AZ{");

    (void) state;

    start(&r, &c);
    feed(&r, c.input, strlen(c.input));

    pos = 0;
    assert_int_equal(ngx_shop_answer_header(&r.a, &one, &pos, &value),
                     NGX_SHOP_OK);
    assert_int_equal(value.len, 1);
    assert_int_equal(value.data[0], '1');
    assert_int_equal(ngx_shop_answer_header(&r.a, &one, &pos, &value),
                     NGX_SHOP_OK);
    assert_int_equal(value.len, 1);
    assert_int_equal(value.data[0], '2');
    assert_int_equal(ngx_shop_answer_header(&r.a, &one, &pos, &value),
                     NGX_SHOP_DECLINED);

    pos = 0;
    assert_int_equal(ngx_shop_answer_header(&r.a, &cookie, &pos,
                                            &value),
                     NGX_SHOP_OK);
    assert_int_equal(value.len, 6);
    assert_memory_equal(value.data, "a=b: c", 6);

    pos = 0;
    assert_int_equal(ngx_shop_answer_header(&r.a, &empty, &pos,
                                            &value),
                     NGX_SHOP_OK);
    assert_int_equal(value.len, 0);

    pos = 0;
    assert_int_equal(ngx_shop_answer_header(&r.a, &none, &pos,
                                            &value),
                     NGX_SHOP_DECLINED);

    /* letters only, from A to Z */

    pos = 0;
    assert_int_equal(ngx_shop_answer_header(&r.a, &edges, &pos,
                                            &value),
                     NGX_SHOP_OK);

    pos = 0;
    assert_int_equal(ngx_shop_answer_header(&r.a, &curly, &pos,
                                            &value),
                     NGX_SHOP_DECLINED);
}


/* a header that is still being received is not there yet */

static void
test_header_in_parts(void **state)
{
    size_t                   n, pos;
    run_t                    r;
    static const case_t      c = { .input = "HTTP/1.1 204 x\r\nA: bcd\r\n" };
    ngx_shop_str_t  value;
    ngx_shop_str_t  name = ngx_shop_string("A");

    (void) state;

    for (n = 0; n <= strlen(c.input); n++) {
        start(&r, &c);
        feed(&r, c.input, n);
        pos = 0;
        assert_int_equal(ngx_shop_answer_header(&r.a, &name, &pos,
                                                &value),
                         NGX_SHOP_DECLINED);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        { "every answer, whole", test_whole, NULL, NULL, NULL },
        { "every answer, byte by byte", test_bytes, NULL, NULL, NULL },
        { "every answer, in two pieces cut anywhere", test_two_pieces,
          NULL, NULL, NULL },
        { "an answer cut short is never complete", test_cut,
          NULL, NULL, NULL },
        { "after the end nothing is read", test_after_the_end,
          NULL, NULL, NULL },
        { "a body beyond the buffer is counted, not kept",
          test_body_beyond_the_buffer, NULL, NULL, NULL },
        { "a header beyond the buffer is an error", test_head_buffer,
          NULL, NULL, NULL },
        { "floods end", test_floods, NULL, NULL, NULL },
        { "the largest header is read, one byte more is not",
          test_largest_head, NULL, NULL, NULL },
        { "headers are found by name", test_header, NULL, NULL, NULL },
        { "a header in parts is not there yet", test_header_in_parts,
          NULL, NULL, NULL }
    };

    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
