
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a good answer is: lines of a match block, and answers held against
 * them.  A regex here is a text that must be contained; "(hard)" stands for
 * one that the library gives up on.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "logic/answer/match.h"


#define WORDS  48


typedef struct {
    const char  *line;
    size_t       bad;
    const char  *reason;             /* what it starts with */
} refused_t;


typedef struct {
    const char                 *rules;      /* lines, separated by ";" */
    const char                 *input;
    ngx_shop_verdict_result_e   result;
    const char                 *detail;
} judged_t;


static const char  *accepted[] = {
    "status 200", "status 100", "status 999", "status 200-399",
    "status 200-200", "status 200 204 301-303 307", "status ! 500",
    "status ! 301-303 307", "header X-Ready", "header ! Refresh",
    "header Content-Type = text/html", "header Content-Type != text/html",
    "header Connection ~ close", "header Connection !~ close",
    "header X-Empty = ''", "header X!#$%&'*+-.^_`|~ = x", "header x_y = =",
    "header azAZ09",
    "body ~ ok", "body !~ error"
};


static const refused_t  refused[] = {
    { "", 0, "unknown condition" },
    { "Status 200", 0, "unknown condition" },
    { "statu 200", 0, "unknown condition" },
    { "require $x", 0, "unknown condition" },

    { "status", 1, "no status given" },
    { "status !", 2, "no status given" },
    { "status !500", 1, "\"!\" is a word of its own" },
    { "status 200 ! 500", 2, "\"!\" is a word of its own" },
    { "status ! ! 500", 2, "\"!\" is a word of its own" },
    { "status 2xx", 1, "not a status" },
    { "status 20", 1, "not a status" },
    { "status 2000", 1, "not a status" },
    { "status 099", 1, "not a status" },
    { "status 000-200", 1, "not a status" },
    { "status -200", 1, "not a status" },
    { "status 200-", 1, "not a status" },
    { "status 200 - 299", 2, "not a status" },
    { "status 200-1000", 1, "not a status" },
    { "status 200:299", 1, "not a status" },
    { "status 200-2x9", 1, "not a status" },
    { "status 200,204", 1, "not a status" },
    { "status ''", 1, "not a status" },
    { "status 204 300-200", 2, "the range is empty" },

    { "header", 1, "no name given" },
    { "header !", 2, "no name given" },
    { "header ''", 1, "an operator where a name is due" },
    { "header = x", 1, "an operator where a name is due" },
    { "header !X-Ready", 1, "an operator where a name is due" },
    { "header ~ x y", 1, "an operator where a name is due" },
    { "header X-Ready: = yes", 1, "not a header's name" },
    { "header X-Ready=yes", 1, "not a header's name" },
    { "header 'X Ready' = yes", 1, "not a header's name" },
    { "header X\xc3\xa9", 1, "not a header's name" },
    { "header ! X-Ready = yes", 3, "\"header ! NAME\" takes no value" },
    { "header X-Ready =", 3, "write \"header NAME = VALUE\"" },
    { "header X-Ready =yes", 3, "write \"header NAME = VALUE\"" },
    { "header X-Ready = a b", 4, "write \"header NAME = VALUE\"" },
    { "header X-Ready == a", 2, "unknown operator" },
    { "header X-Ready ! a", 2, "unknown operator" },
    { "header X-Ready '' a", 2, "unknown operator" },
    { "header X-Ready > a", 2, "unknown operator" },
    { "header X-Ready ~* a", 2, "no such operator here" },
    { "header X-Ready !~* a", 2, "no such operator here" },
    { "header X-Ready ~ ''", 3, "an empty regex" },

    { "body", 1, "write \"body ~ REGEX\"" },
    { "body ok", 2, "write \"body ~ REGEX\"" },
    { "body ~", 2, "write \"body ~ REGEX\"" },
    { "body ~ a b", 3, "write \"body ~ REGEX\"" },
    { "body = ok", 1, "a body is not compared whole" },
    { "body != ok", 1, "a body is not compared whole" },
    { "body ~* ok", 1, "no such operator here" },
    { "body contains ok", 1, "unknown operator" },
    { "body !~ ''", 2, "an empty regex" }
};


#define ANSWER(status, headers, body)                                        \
    "HTTP/1.1 " status " x\r\nContent-Length: 3\r\n" headers "\r\n" body

#define OK200  ANSWER("200", "X-Ready: yes\r\n", "ok\n")

#define R_OK_      NGX_SHOP_VERDICT_RESULT_OK
#define R_STATUS_  NGX_SHOP_VERDICT_RESULT_STATUS
#define R_HEADER_  NGX_SHOP_VERDICT_RESULT_HEADER
#define R_BODY_    NGX_SHOP_VERDICT_RESULT_BODY


static const judged_t  judged[] = {

    /* no rules: any 2xx or 3xx */

    { "", OK200, R_OK_, "" },
    { "", ANSWER("399", "", "ok\n"), R_OK_, "" },
    { "", ANSWER("199", "", ""), R_STATUS_, "status 199, wanted 200-399" },
    { "", ANSWER("400", "", "ok\n"), R_STATUS_, "status 400, wanted 200-399" },
    { "", ANSWER("503", "", "ok\n"), R_STATUS_, "status 503, wanted 200-399" },

    /* status */

    { "status 200", OK200, R_OK_, "" },
    { "status 204", OK200, R_STATUS_, "status 200, wanted 204" },
    { "status 204 301-303 307", OK200, R_STATUS_,
      "status 200, wanted 204 301-303 307" },
    { "status 204 199-200 307", OK200, R_OK_, "" },
    { "status 200-204", OK200, R_OK_, "" },
    { "status 201-204", OK200, R_STATUS_, "status 200, wanted 201-204" },
    { "status ! 500", OK200, R_OK_, "" },
    { "status ! 500 200", OK200, R_STATUS_,
      "status 200, wanted none of 500 200" },
    { "status ! 100-299", OK200, R_STATUS_,
      "status 200, wanted none of 100-299" },
    { "status 200-299; status ! 204", ANSWER("204", "", ""), R_STATUS_,
      "status 204, wanted none of 204" },
    { "status 503", ANSWER("503", "", "ok\n"), R_OK_, "" },

    /* with rules, but none on the status: any status */

    { "body ~ ok", ANSWER("503", "", "ok\n"), R_OK_, "" },

    /* headers there or not */

    { "header X-Ready", OK200, R_OK_, "" },
    { "header x-READY", OK200, R_OK_, "" },
    { "header X-Read", OK200, R_HEADER_, "header X-Read is absent" },
    { "header X-Empty", ANSWER("200", "X-Empty:\r\n", "ok\n"), R_OK_, "" },
    { "header ! Refresh", OK200, R_OK_, "" },
    { "header ! X-Ready", OK200, R_HEADER_,
      "header X-Ready is \"yes\", wanted absent" },
    { "header ! X-Empty", ANSWER("200", "X-Empty:\r\n", "ok\n"), R_HEADER_,
      "header X-Empty is \"\", wanted absent" },

    /* compared */

    { "header X-Ready = yes", OK200, R_OK_, "" },
    { "header X-Ready = Yes", OK200, R_HEADER_,
      "header X-Ready is \"yes\", wanted \"Yes\"" },
    { "header X-Ready = ye", OK200, R_HEADER_,
      "header X-Ready is \"yes\", wanted \"ye\"" },
    { "header X-No = yes", OK200, R_HEADER_,
      "header X-No is absent, wanted \"yes\"" },
    { "header X-No = ''", OK200, R_HEADER_,
      "header X-No is absent, wanted \"\"" },
    { "header X-Empty = ''", ANSWER("200", "X-Empty:\r\n", "ok\n"), R_OK_, "" },
    { "header X-Ready != no", OK200, R_OK_, "" },
    { "header X-No != no", OK200, R_OK_, "" },
    { "header X-Ready = 'a b'", OK200, R_HEADER_,
      "header X-Ready is \"yes\", wanted \"a b\"" },
    { "header X-Ready != yes", OK200, R_HEADER_,
      "header X-Ready is \"yes\", wanted anything but \"yes\"" },

    /* several lines are several values: one is enough, none must be */

    { "header A = 1", ANSWER("200", "A: 1\r\nA: 2\r\n", "ok\n"), R_OK_, "" },
    { "header A = 2", ANSWER("200", "A: 1\r\nA: 2\r\n", "ok\n"), R_OK_, "" },
    { "header A ~ 2", ANSWER("200", "A: 1\r\nA: 2\r\n", "ok\n"), R_OK_, "" },
    { "header A = 3", ANSWER("200", "A: 1\r\nA: 2\r\n", "ok\n"), R_HEADER_,
      "header A is \"2\", wanted \"3\"" },
    { "header A != 1", ANSWER("200", "A: 1\r\nA: 2\r\n", "ok\n"), R_HEADER_,
      "header A is \"1\", wanted anything but \"1\"" },
    { "header A != 2", ANSWER("200", "A: 1\r\nA: 2\r\n", "ok\n"), R_HEADER_,
      "header A is \"2\", wanted anything but \"2\"" },
    { "header A !~ 2", ANSWER("200", "A: 1\r\nA: 2\r\n", "ok\n"), R_HEADER_,
      "header A is \"2\", wanted no match of \"2\"" },

    /* regex */

    { "header X-Ready ~ es", OK200, R_OK_, "" },
    { "header X-Ready ~ no", OK200, R_HEADER_,
      "header X-Ready is \"yes\", wanted a match of \"no\"" },
    { "header X-No ~ no", OK200, R_HEADER_,
      "header X-No is absent, wanted a match of \"no\"" },
    { "header X-Ready !~ no", OK200, R_OK_, "" },
    { "header X-No !~ no", OK200, R_OK_, "" },
    { "header X-Ready !~ es", OK200, R_HEADER_,
      "header X-Ready is \"yes\", wanted no match of \"es\"" },
    { "header X-Ready ~ (hard)", OK200, R_HEADER_,
      "header X-Ready is \"yes\", too hard to match with \"(hard)\"" },
    { "header X-Ready !~ (hard)", OK200, R_HEADER_,
      "header X-Ready is \"yes\", too hard to match with \"(hard)\"" },

    { "body ~ ok", OK200, R_OK_, "" },
    { "body ~ no", OK200, R_BODY_, "body does not match \"no\"" },
    { "body ~ ok", ANSWER("204", "", ""), R_BODY_,
      "body does not match \"ok\"" },
    { "body !~ no", OK200, R_OK_, "" },
    { "body !~ no", ANSWER("204", "", ""), R_OK_, "" },
    { "body !~ ok", OK200, R_BODY_, "body matches \"ok\"" },
    { "body ~ (hard)", OK200, R_BODY_,
      "body is too hard to match with \"(hard)\"" },
    { "body !~ (hard)", OK200, R_BODY_,
      "body is too hard to match with \"(hard)\"" },

    /* all must hold; status first, then header, then body */

    { "status 200; header X-Ready = yes; body ~ ok", OK200, R_OK_, "" },
    { "body ~ no; header X-Ready = no; status 204", OK200, R_STATUS_,
      "status 200, wanted 204" },
    { "body ~ no; header X-Ready = no; status 200", OK200, R_HEADER_,
      "header X-Ready is \"yes\", wanted \"no\"" },
    { "body ~ ok; body ~ no", OK200, R_BODY_, "body does not match \"no\"" },

    /* what a server sends does not reach a log as it is */

    { "header A = b", ANSWER("200", "A: \x1b[31m\t\xc3\xa9\x7f\r\n", "ok\n"),
      R_HEADER_, "header A is \"?[31m????\", wanted \"b\"" },
    { "header A = 'b\xc3\xa9'", ANSWER("200", "A: 0123456789012345678901234567"
      "890123456789012345678901234567890123456789\r\n", "ok\n"), R_HEADER_,
      "header A is \"0123456789012345678901234567890123456789012345678901234567"
      "890123...\", wanted \"b\xc3\xa9\"" },
    { "header A = 0123456789012345678901234567890123456789012345678901234567"
      "89012\xc3\xa9", OK200, R_HEADER_, "header A is absent, wanted \""
      "0123456789012345678901234567890123456789012345678901234567"
      "89012...\"" }
};


/* words, with '' for an empty one and '...' around blanks; ends at ";" */

static size_t
split(const char **line, ngx_shop_str_t *args)
{
    size_t       n;
    const char  *p, *end;

    n = 0;
    p = *line;

    for ( ;; ) {
        while (*p == ' ') {
            p++;
        }

        if (*p == '\0' || *p == ';') {
            break;
        }

        assert_true(n < WORDS);

        if (*p == '\'' && strchr(p + 1, '\'')) {
            p++;
            end = strchr(p, '\'');
            args[n].data = (const unsigned char *) p;
            args[n++].len = (size_t) (end - p);
            p = end + 1;
            continue;
        }

        end = p + strcspn(p, " ;");
        args[n].data = (const unsigned char *) p;
        args[n++].len = (size_t) (end - p);
        p = end;
    }

    *line = *p ? p + 1 : p;

    return n;
}


static int
contains(void *data, void *regex, const ngx_shop_str_t *subject)
{
    size_t                 i;
    const ngx_shop_str_t  *wanted;

    assert_ptr_equal(data, &judged);
    assert_non_null(subject->data);

    wanted = regex;

    if (wanted->data[0] == '(') {
        return NGX_SHOP_ERROR;
    }

    for (i = 0; i + wanted->len <= subject->len; i++) {
        if (memcmp(subject->data + i, wanted->data, wanted->len) == 0) {
            return NGX_SHOP_OK;
        }
    }

    return NGX_SHOP_DECLINED;
}


static void
test_accepted(void **state)
{
    size_t                  i, n, bad;
    const char             *line, *reason;
    ngx_shop_str_t          args[WORDS];
    ngx_shop_match_rule_t   rule;

    (void) state;

    for (i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        line = accepted[i];
        n = split(&line, args);

        if (ngx_shop_match_parse(&rule, args, n, &bad, &reason)
            != NGX_SHOP_OK)
        {
            fail_msg("%s: %s", accepted[i], reason);
        }
    }
}


static void
test_refused(void **state)
{
    size_t                  i, n, bad;
    const char             *line, *reason;
    ngx_shop_str_t          args[WORDS];
    ngx_shop_match_rule_t   rule;

    (void) state;

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        line = refused[i].line;
        n = split(&line, args);

        if (ngx_shop_match_parse(&rule, args, n, &bad, &reason)
            != NGX_SHOP_ERROR)
        {
            fail_msg("%s: accepted", refused[i].line);
        }

        if (bad != refused[i].bad
            || strncmp(reason, refused[i].reason, strlen(refused[i].reason)))
        {
            fail_msg("%s: %u, %s", refused[i].line, (unsigned) bad, reason);
        }
    }
}


static void
test_many_codes(void **state)
{
    size_t                  i, bad;
    const char             *reason;
    ngx_shop_str_t          args[WORDS];
    ngx_shop_str_t          code = ngx_shop_string("200");
    ngx_shop_str_t          word = ngx_shop_string("status");
    ngx_shop_match_rule_t   rule;

    (void) state;

    args[0] = word;

    for (i = 1; i < WORDS; i++) {
        args[i] = code;
    }

    assert_int_equal(ngx_shop_match_parse(&rule, args, 33, &bad,
                                          &reason),
                     NGX_SHOP_OK);
    assert_int_equal(rule.nranges, 32);

    assert_int_equal(ngx_shop_match_parse(&rule, args, 34, &bad,
                                          &reason),
                     NGX_SHOP_ERROR);
    assert_int_equal(bad, 33);
    assert_memory_equal(reason, "too many codes", 14);
}


static void
test_rule(void **state)
{
    size_t                  n, bad;
    const char             *line, *reason;
    ngx_shop_str_t          args[WORDS];
    ngx_shop_match_rule_t   rule;

    (void) state;

    line = "header X-Ready !~ 'a b'";
    n = split(&line, args);

    memset(&rule, 0xa5, sizeof(rule));
    assert_int_equal(ngx_shop_match_parse(&rule, args, n, &bad,
                                          &reason),
                     NGX_SHOP_OK);
    assert_int_equal(rule.kind, NGX_SHOP_MATCH_HEADER);
    assert_int_equal(rule.op, NGX_SHOP_MATCH_REGEX);
    assert_int_equal(rule.negate, 1);
    assert_ptr_equal(rule.name.data, args[1].data);
    assert_int_equal(rule.name.len, 7);
    assert_ptr_equal(rule.value.data, args[3].data);
    assert_int_equal(rule.value.len, 3);
    assert_null(rule.regex);
}


static void
receive(ngx_shop_answer_t *a, const char *input)
{
    int                   rc;
    size_t                used;
    static unsigned char  head[1024], body[1024];

    a->head = head;
    a->head_size = sizeof(head);
    a->body = body;
    a->body_size = sizeof(body);
    a->no_body = 0;
    a->cgi = 0;

    ngx_shop_answer_init(a);

    /* 199 would be an interim answer */

    if (strncmp(input + 9, "199", 3) == 0) {
        a->status = 199;
        return;
    }

    rc = ngx_shop_answer_feed(a, (const unsigned char *) input, strlen(input),
                              &used);
    assert_int_equal(rc, NGX_SHOP_OK);
}


static size_t
rules_of(const char *line, ngx_shop_match_rule_t *rules)
{
    size_t            n, nrules, bad;
    const char       *reason;
    ngx_shop_str_t    args[WORDS];

    nrules = 0;

    while (*line) {
        n = split(&line, args);
        assert_int_equal(ngx_shop_match_parse(&rules[nrules], args, n,
                                              &bad, &reason),
                         NGX_SHOP_OK);

        if (rules[nrules].op == NGX_SHOP_MATCH_REGEX) {
            rules[nrules].regex = &rules[nrules].value;
        }

        nrules++;
    }

    return nrules;
}


static void
test_judged(void **state)
{
    size_t                      i;
    unsigned char               buf[256];
    ngx_shop_emit_t             detail;
    ngx_shop_match_t            m;
    ngx_shop_answer_t           a;
    ngx_shop_match_rule_t       rules[4];
    ngx_shop_verdict_result_e   result;

    (void) state;

    for (i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
        receive(&a, judged[i].input);

        m.rules = rules;
        m.nrules = rules_of(judged[i].rules, rules);
        m.exec = contains;
        m.data = (void *) &judged;

        memset(buf, 0, sizeof(buf));
        ngx_shop_emit_init(&detail, buf, sizeof(buf) - 1);

        result = ngx_shop_match_judge(&m, &a, &detail);

        if (result != judged[i].result
            || strcmp((char *) buf, judged[i].detail))
        {
            fail_msg("%s: %s: result %d, detail %s", judged[i].rules,
                     judged[i].input, (int) result, buf);
        }
    }
}


static void
test_small_detail(void **state)
{
    size_t                  size;
    unsigned char           buf[64];
    ngx_shop_emit_t         detail;
    ngx_shop_match_t        m;
    ngx_shop_answer_t       a;

    (void) state;

    memset(&m, 0, sizeof(m));
    receive(&a, ANSWER("503", "", "ok\n"));

    for (size = 0; size < 26; size++) {
        memset(buf, 0xa5, sizeof(buf));
        ngx_shop_emit_init(&detail, buf, size);
        assert_int_equal(ngx_shop_match_judge(&m, &a, &detail),
                         NGX_SHOP_VERDICT_RESULT_STATUS);
        assert_memory_equal(buf, "status 503, wanted 200-399", size);
        assert_int_equal(buf[size], 0xa5);
        assert_int_equal(detail.total, 26);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        { "good lines are accepted", test_accepted, NULL, NULL, NULL },
        { "bad lines are refused with the argument and the cure",
          test_refused, NULL, NULL, NULL },
        { "codes beyond the table are refused", test_many_codes,
          NULL, NULL, NULL },
        { "a rule keeps what the line says", test_rule, NULL, NULL, NULL },
        { "answers are judged, and failures explained", test_judged,
          NULL, NULL, NULL },
        { "a detail is cut at its buffer", test_small_detail,
          NULL, NULL, NULL }
    };

    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
