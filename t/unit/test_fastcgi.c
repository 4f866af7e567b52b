
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * FastCGI requests as bytes, and responses fed whole, byte by byte and in two
 * pieces cut at every place.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "logic/answer/fastcgi.h"


/* version, type, id, length below 256, padding */
#define OUT(len)       "\1\6\0\1\0" len "\0\0"
#define OUT_PAD(len, pad)  "\1\6\0\1\0" len pad "\0"
#define ERR(len)       "\1\7\0\1\0" len "\0\0"
#define END(status)    "\1\3\0\1\0\10\0\0" "\0\0\0\0" status "\0\0\0"

#define HEAD     "A: b\r\n\r\n"                  /* 8 bytes */
#define HEAD_5   "Content-Length: 5\r\n\r\n"     /* 21 bytes */

#define INPUT(s)  .input = s, .len = sizeof(s) - 1


typedef struct {
    const char  *what;
    const char  *input;
    size_t       len;
    const char  *error;              /* NULL: complete */
    const char  *body;
    const char  *log;
    int          status;
    int          eof;                /* the peer closes after the input */
    size_t       rest;
} case_t;


typedef struct {
    int                 rc;
    size_t              used;
    unsigned char       head[128];
    unsigned char       body[64];
    unsigned char       log[16];
    ngx_shop_answer_t   a;
    ngx_shop_fastcgi_t  f;
} run_t;


static const case_t  cases[] = {

    { .what = "one record", .status = 200, .body = "pong",
      INPUT(OUT("\14") HEAD "pong" END("\0")) },
    { .what = "several records", .status = 200, .body = "pong",
      INPUT(OUT("\3") "A: " OUT("\5") "b\r\n\r\n" OUT("\3") "pon" OUT("\1")
            "g" OUT("\0") END("\0")) },
    { .what = "padding everywhere", .status = 200, .body = "pong",
      INPUT(OUT_PAD("\14", "\4") HEAD "pong" "pppp" OUT_PAD("\0", "\1") "p"
            "\1\3\0\1\0\10\3\0" "\0\0\0\0\0\0\0\0" "ppp") },
    { .what = "a status", .status = 503, .body = "",
      INPUT(OUT("\21") "Status: 503 x\r\n\r\n" END("\0")) },
    { .what = "more after the end", .status = 200, .body = "", .rest = 2,
      INPUT(OUT("\10") HEAD END("\0") "xx") },
    { .what = "padding of the end is used", .status = 200, .body = "",
      .rest = 1,
      INPUT(OUT("\10") HEAD "\1\3\0\1\0\10\2\0" "\0\0\0\0\0\0\0\0" "ppx") },
    { .what = "closed in the padding of the end", .status = 200, .body = "",
      .eof = 1,
      INPUT(OUT("\10") HEAD "\1\3\0\1\0\10\2\0" "\0\0\0\0\0\0\0\0" "p") },

    { .what = "STDERR before", .status = 404, .body = "no",
      .log = "Primary script u",
      INPUT(ERR("\26") "Primary script unknown" OUT("\23")
            "Status: 404 x\r\n\r\nno" END("\0")) },
    { .what = "STDERR in between", .status = 200, .body = "pong",
      .log = "oneone",
      INPUT(OUT("\12") HEAD "po" ERR("\3") "one" OUT("\2") "ng" ERR("\3") "one"
            ERR("\0") END("\0")) },

    { .what = "a length kept", .status = 200, .body = "12345",
      INPUT(OUT("\32") HEAD_5 "12345" END("\0")) },
    { .what = "a length exceeded", .status = 200, .body = "12345",
      INPUT(OUT("\33") HEAD_5 "123456" OUT("\1") "7" END("\0")) },
    { .what = "a length not reached", .status = 200, .body = "1234",
      .error = "body shorter than promised",
      INPUT(OUT("\31") HEAD_5 "1234" END("\0")) },
    { .what = "a length kept, then closed", .status = 200, .body = "12345",
      .eof = 1, INPUT(OUT("\32") HEAD_5 "12345") },
    { .what = "STDOUT ended, then closed", .status = 200, .body = "pong",
      .eof = 1, INPUT(OUT("\14") HEAD "pong" OUT("\0")) },
    { .what = "STDOUT ended too early, then closed", .status = 200,
      .body = "1234", .error = "body shorter than promised", .eof = 1,
      INPUT(OUT("\31") HEAD_5 "1234" OUT("\0")) },

    { .what = "closed at once", .error = "closed before the first record",
      .eof = 1, INPUT("") },
    { .what = "closed in a record", .eof = 1, .status = 200, .body = "po",
      .error = "closed before the end of the request",
      INPUT(OUT("\14") HEAD "po") },
    { .what = "closed after a record", .eof = 1, .status = 200,
      .body = "pong", .error = "closed before the end of the request",
      INPUT(OUT("\14") HEAD "pong") },
    { .what = "closed in a record's header", .eof = 1,
      .error = "closed before the end of the request", INPUT("\1\6\0") },
    { .what = "nothing but the end", .error = "closed before the header",
      INPUT(END("\0")) },
    { .what = "the end in the header", .error = "closed in the header",
      INPUT(OUT("\6") "A: b\r\n" END("\0")) },

    { .what = "not multiplexed", .error = "FastCGI server cannot multiplex",
      INPUT(END("\1")) },
    { .what = "overloaded", .error = "FastCGI server is overloaded",
      INPUT(END("\2")) },
    { .what = "no responder", .error = "FastCGI server is no responder",
      INPUT(END("\3")) },
    { .what = "another refusal", .error = "FastCGI request was refused",
      INPUT(END("\4")) },
    { .what = "refusal 255", .error = "FastCGI request was refused",
      INPUT(END("\377")) },

    { .what = "HTTP", .error = "not a FastCGI answer",
      INPUT("HTTP/1.1 400 Bad Request\r\n\r\n") },
    { .what = "version 2", .error = "not a FastCGI answer",
      INPUT("\2\6\0\1\0\0\0\0") },
    { .what = "a request", .error = "unexpected FastCGI record",
      INPUT("\1\1\0\1\0\10\0\0") },
    { .what = "an unknown record", .error = "unexpected FastCGI record",
      INPUT("\1\13\0\0\0\10\0\0") },
    { .what = "id 2", .error = "FastCGI record of another request",
      INPUT("\1\6\0\2\0\10\0\0") },
    { .what = "id 257", .error = "FastCGI record of another request",
      INPUT("\1\6\1\1\0\10\0\0") },
    { .what = "a short end", .error = "broken FastCGI end of request",
      INPUT("\1\3\0\1\0\7\0\0") },
    { .what = "a long end", .error = "broken FastCGI end of request",
      INPUT("\1\3\0\1\1\10\0\0") },
    { .what = "a broken head", .error = "bad status code",
      INPUT(OUT("\15") "Status: x\r\n\r\n" END("\0")) },
    { .what = "PHP's text before the head",
      .error = "space or control byte in a header's name",
      INPUT(OUT("\14") "PHP Warning:" END("\0")) }
};


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

    r->used = 0;
    r->rc = NGX_SHOP_AGAIN;
}


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

    r->rc = ngx_shop_fastcgi_feed(&r->f, copy, len, &used);
    assert_true(used <= len);
    r->used += used;

    free(copy);
}


static void
check(run_t *r, const case_t *c)
{
    int  wanted;

    wanted = c->error ? NGX_SHOP_ERROR : NGX_SHOP_OK;

    if (c->eof) {
        assert_int_equal(r->rc, NGX_SHOP_AGAIN);
        r->rc = ngx_shop_fastcgi_eof(&r->f);
    }

    if (r->rc != wanted) {
        fail_msg("%s: rc %d, error %s", c->what, r->rc,
                 r->f.error ? r->f.error : "none");
    }

    assert_int_equal(r->a.status, c->status);
    assert_int_equal(r->f.app_status, 0);

    if (c->error) {
        assert_string_equal(r->f.error, c->error);

    } else {
        assert_null(r->f.error);
        assert_int_equal(r->used, c->len - c->rest);
    }

    if (c->body) {
        assert_int_equal(r->a.body_total, strlen(c->body));
        assert_memory_equal(r->body, c->body, strlen(c->body));
    }

    assert_int_equal(r->f.log_len, c->log ? strlen(c->log) : 0);

    if (c->log) {
        assert_memory_equal(r->log, c->log, strlen(c->log));
    }
}


static void
test_whole(void **state)
{
    size_t  i;
    run_t   r;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start(&r);
        feed(&r, cases[i].input, cases[i].len);
        check(&r, &cases[i]);
    }
}


static void
test_bytes(void **state)
{
    size_t  i, n;
    run_t   r;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start(&r);

        for (n = 0; n < cases[i].len; n++) {
            feed(&r, cases[i].input + n, 1);
        }

        check(&r, &cases[i]);
    }
}


static void
test_two_pieces(void **state)
{
    size_t  i, n;
    run_t   r;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {

        for (n = 0; n <= cases[i].len; n++) {
            start(&r);
            feed(&r, cases[i].input, n);
            feed(&r, cases[i].input + n, cases[i].len - n);
            check(&r, &cases[i]);
        }
    }
}


static void
test_after_the_end(void **state)
{
    run_t              r;
    static const char  good[] = OUT("\10") HEAD
                                "\1\3\0\1\0\10\0\0" "\1\2\3\4\0\0\0\0";

    (void) state;

    start(&r);
    feed(&r, good, sizeof(good) - 1);
    assert_int_equal(r.rc, NGX_SHOP_OK);
    assert_int_equal(r.f.app_status, 0x01020304);

    r.used = 0;
    feed(&r, "more", 4);
    assert_int_equal(r.rc, NGX_SHOP_OK);
    assert_int_equal(r.used, 0);
    assert_int_equal(ngx_shop_fastcgi_eof(&r.f), NGX_SHOP_OK);

    start(&r);
    feed(&r, "x", 1);
    assert_int_equal(r.rc, NGX_SHOP_ERROR);
    feed(&r, good, sizeof(good) - 1);
    assert_int_equal(r.rc, NGX_SHOP_ERROR);
    assert_int_equal(ngx_shop_fastcgi_eof(&r.f), NGX_SHOP_ERROR);
    assert_string_equal(r.f.error, "not a FastCGI answer");
}


/* a record of more than 255 bytes, and no room for STDERR */

static void
test_large_record(void **state)
{
    int     i;
    run_t   r;

    (void) state;

    start(&r);
    r.f.log = NULL;
    r.f.log_size = 0;

    feed(&r, "\1\7\0\1\1\2\0\0", 8);

    for (i = 0; i < 0x102; i++) {
        feed(&r, "e", 1);
    }

    feed(&r, "\1\6\0\1\1\12\0\0" HEAD, 16);

    for (i = 0; i < 0x102; i++) {
        feed(&r, "x", 1);
    }

    assert_int_equal(r.rc, NGX_SHOP_AGAIN);
    feed(&r, END("\0"), 16);
    assert_int_equal(r.rc, NGX_SHOP_OK);
    assert_int_equal(r.a.body_total, 0x102);
    assert_int_equal(r.f.log_len, 0);
}


static void
test_request(void **state)
{
    size_t                      size;
    unsigned char               buf[128];
    ngx_shop_emit_t             e;
    ngx_shop_fastcgi_param_t    params[] = {
        { ngx_shop_string("SCRIPT_NAME"),
          ngx_shop_string("/ping") },
        { ngx_shop_string("QUERY_STRING"),
          ngx_shop_string("") }
    };
    ngx_shop_fastcgi_request_t  request = {
        params, 2, ngx_shop_string("body"), 0
    };

#define FIRST   "\1\1\0\1\0\10\0\0" "\0\1"
#define SECOND  "\0\0\0\0\0"                                                 \
                "\1\4\0\1\0\40\0\0" "\13\5SCRIPT_NAME/ping"                  \
                "\14\0QUERY_STRING" "\1\4\0\1\0\0\0\0"                       \
                "\1\5\0\1\0\4\0\0" "body" "\1\5\0\1\0\0\0\0"

    static const char                    whole[] = FIRST "\0" SECOND;
    static const char                    kept[] = FIRST "\1" SECOND;

    (void) state;

    for (size = 0; size < sizeof(whole); size++) {
        memset(buf, 0xa5, sizeof(buf));
        ngx_shop_emit_init(&e, size ? buf : NULL, size);

        assert_int_equal(ngx_shop_fastcgi_request(&e, &request),
                         size == sizeof(whole) - 1 ? NGX_SHOP_OK
                                                   : NGX_SHOP_ERROR);
        assert_int_equal(e.total, sizeof(whole) - 1);
        assert_memory_equal(buf, whole, size);
        assert_int_equal(buf[size], 0xa5);
    }

    request.keep = 1;
    ngx_shop_emit_init(&e, buf, sizeof(buf));
    assert_int_equal(ngx_shop_fastcgi_request(&e, &request), NGX_SHOP_OK);
    assert_memory_equal(buf, kept, sizeof(kept) - 1);
}


static void
test_empty_request(void **state)
{
    unsigned char               buf[128];
    static const char           whole[] =
        "\1\1\0\1\0\10\0\0" "\0\1\0\0\0\0\0\0" "\1\4\0\1\0\0\0\0"
        "\1\5\0\1\0\0\0\0";
    ngx_shop_emit_t             e;
    ngx_shop_fastcgi_request_t  request;

    (void) state;

    memset(&request, 0, sizeof(request));
    ngx_shop_emit_init(&e, buf, sizeof(buf));

    assert_int_equal(ngx_shop_fastcgi_request(&e, &request), NGX_SHOP_OK);
    assert_int_equal(e.total, sizeof(whole) - 1);
    assert_memory_equal(buf, whole, sizeof(whole) - 1);
}


/* joins the contents of a stream's records; the number of records */

static unsigned
join(const unsigned char **p, unsigned char type, unsigned char *out,
    size_t *len)
{
    size_t    n;
    unsigned  records;

    *len = 0;

    for (records = 1; /* void */ ; records++) {
        assert_int_equal((*p)[0], 1);
        assert_int_equal((*p)[1], type);
        assert_int_equal((*p)[2] << 8 | (*p)[3], 1);
        assert_int_equal((*p)[6], 0);

        n = (size_t) ((*p)[4] << 8 | (*p)[5]);
        *p += 8;

        if (n == 0) {
            return records;
        }

        memcpy(out + *len, *p, n);
        *len += n;
        *p += n;
    }
}


/* values at the edges of their length's coding, streams of several records */

static void
test_large_request(void **state)
{
    size_t                               i, len, sizes[] = { 127, 128, 70000 };
    const unsigned char        *p, *q;
    static unsigned char        text[140000], buf[300000],
                                         out[300000];
    ngx_shop_emit_t             e;
    ngx_shop_fastcgi_param_t    params[3];
    ngx_shop_fastcgi_request_t  request;

    (void) state;

    for (i = 0; i < sizeof(text); i++) {
        text[i] = (unsigned char) (i % 251);
    }

    for (i = 0; i < 3; i++) {
        params[i].name.data = text + i;
        params[i].name.len = sizes[i];
        params[i].value.data = text + 3 + i;
        params[i].value.len = sizes[i];
    }

    request.params = params;
    request.nparams = 3;
    request.keep = 0;
    request.body.data = text;
    request.body.len = 2 * 65528;

    ngx_shop_emit_init(&e, buf, sizeof(buf));
    assert_int_equal(ngx_shop_fastcgi_request(&e, &request), NGX_SHOP_OK);

    p = buf + 16;
    assert_int_equal(join(&p, 4, out, &len), 4);
    q = out;

    for (i = 0; i < 3; i++) {

        if (i == 0) {
            assert_memory_equal(q, "\177\177", 2);
            q += 2;

        } else if (i == 1) {
            assert_memory_equal(q, "\200\0\0\200\200\0\0\200", 8);
            q += 8;

        } else {
            assert_memory_equal(q, "\200\1\21\160\200\1\21\160", 8);
            q += 8;
        }

        assert_memory_equal(q, params[i].name.data, params[i].name.len);
        q += params[i].name.len;
        assert_memory_equal(q, params[i].value.data, params[i].value.len);
        q += params[i].value.len;
    }

    assert_int_equal(q - out, len);

    assert_int_equal(join(&p, 5, out, &len), 3);
    assert_int_equal(len, request.body.len);
    assert_memory_equal(out, text, len);
    assert_ptr_equal(p, e.pos);

    params[1].value.len = (size_t) 0x80000000;
    assert_int_equal(ngx_shop_fastcgi_request(&e, &request), NGX_SHOP_ERROR);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        { "every response, whole", test_whole, NULL, NULL, NULL },
        { "every response, byte by byte", test_bytes, NULL, NULL, NULL },
        { "every response, in two pieces cut anywhere", test_two_pieces,
          NULL, NULL, NULL },
        { "after the end nothing is read", test_after_the_end,
          NULL, NULL, NULL },
        { "records of more than 255 bytes", test_large_record,
          NULL, NULL, NULL },
        { "a request, byte for byte", test_request, NULL, NULL, NULL },
        { "a request without parameters and body", test_empty_request,
          NULL, NULL, NULL },
        { "large parameters and bodies are cut into records",
          test_large_request, NULL, NULL, NULL }
    };

    return cmocka_run_group_tests_name("fastcgi", tests, NULL, NULL);
}
