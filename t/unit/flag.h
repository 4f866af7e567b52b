
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For tests of the flag file: where and when all of them are read.
 */


#ifndef _TEST_FLAG_H_INCLUDED_
#define _TEST_FLAG_H_INCLUDED_


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "logic/flag/flag.h"


/* 2026-11-21 04:00 in Berlin, when all of these files are written */
#define TEST_FLAG_NOW   ((int64_t) 1795230000)

/* 04:30, 03:10 and 03:40 of that night */
#define TEST_FLAG_0430  (TEST_FLAG_NOW + 1800)
#define TEST_FLAG_0310  (TEST_FLAG_NOW - 3000)
#define TEST_FLAG_0340  (TEST_FLAG_NOW - 1200)


static ngx_shop_flag_notice_t  test_flag_notice;


static inline int
test_flag_setup(void **state)
{
    (void) state;

    /* Berlin, with its rules written out */

    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();

    memset(&test_flag_notice, 0xA5, sizeof(test_flag_notice));

    return 0;
}


static inline const ngx_shop_flag_notice_t *
test_flag_parse(const char *text)
{
    ngx_shop_flag_parse(&test_flag_notice, NULL, (const unsigned char *) text,
                        strlen(text), TEST_FLAG_NOW, TEST_FLAG_NOW);
    return &test_flag_notice;
}


static inline void
test_flag_text_is(const ngx_shop_flag_notice_t *n, ngx_shop_span_t span,
    const char *expected)
{
    char            buf[NGX_SHOP_FLAG_MAX_SIZE + 1];
    ngx_shop_str_t  s;

    s = ngx_shop_flag_text(n, span);
    memcpy(buf, s.data, s.len);
    buf[s.len] = '\0';

    assert_string_equal(buf, expected);
}


/* the warning i of the notice: its line, a part of its reason, its piece */

static inline void
test_flag_warns(const ngx_shop_flag_notice_t *n, unsigned i, unsigned line,
    const char *reason, const char *what)
{
    const char  *text;

    assert_true(i < n->nwarnings);
    assert_int_equal(n->warnings[i].line, line);

    text = ngx_shop_flag_reason(n->warnings[i].reason);
    assert_non_null(text);

    if (strstr(text, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", text, reason);
    }

    test_flag_text_is(n, n->warnings[i].what, what);
}


#define test_flag_row(name, function)                                        \
    { name, function, test_flag_setup, NULL, NULL }


#endif /* _TEST_FLAG_H_INCLUDED_ */
