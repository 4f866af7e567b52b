
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Lines of a match block, up to an empty line, and then an answer that they
 * are held against.  A regex is a text that must be contained.  Properties: a
 * refused line names an argument and a reason; a rule and its negation never
 * both hold; a failure is explained, printable, within its buffer; all rules
 * together hold only if each does.
 */


#include "fuzz.h"
#include "logic/answer/match.h"


#define RULES  8
#define WORDS  8

static int
contains(void *data, void *regex, const ngx_shop_str_t *subject)
{
    size_t                 i;
    const ngx_shop_str_t  *wanted;

    (void) data;

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


static size_t
split(const uint8_t *line, size_t len, ngx_shop_str_t *args)
{
    size_t  i, n;

    n = 0;
    args[0].data = line;
    args[0].len = 0;

    for (i = 0; i < len; i++) {

        if (line[i] == ' ' && n + 1 < WORDS) {
            n++;
            args[n].data = line + i + 1;
            args[n].len = 0;
            continue;
        }

        args[n].len++;
    }

    return n + 1;
}


static void
parse(ngx_shop_match_rule_t *rules, size_t *nrules, const uint8_t *line,
    size_t len)
{
    size_t           n, bad;
    const char      *reason;
    ngx_shop_str_t   args[WORDS];

    n = split(line, len, args);
    bad = (size_t) -1;
    reason = NULL;

    if (ngx_shop_match_parse(&rules[*nrules], args, n, &bad, &reason)
        != NGX_SHOP_OK)
    {
        fuzz_holds(bad <= n);
        fuzz_holds(reason && *reason);
        return;
    }

    if (rules[*nrules].op == NGX_SHOP_MATCH_REGEX) {
        rules[*nrules].regex = &rules[*nrules].value;
    }

    *nrules += 1;
}


static ngx_shop_verdict_result_e
judge(const ngx_shop_match_rule_t *rules, size_t nrules,
    const ngx_shop_answer_t *a)
{
    size_t                      i;
    unsigned char               buf[128];
    ngx_shop_emit_t             detail;
    ngx_shop_match_t            m;
    ngx_shop_verdict_result_e   result;

    m.rules = rules;
    m.nrules = nrules;
    m.exec = contains;
    m.data = NULL;

    ngx_shop_emit_init(&detail, buf, sizeof(buf));
    result = ngx_shop_match_judge(&m, a, &detail);

    fuzz_holds((result == NGX_SHOP_VERDICT_RESULT_OK) == (detail.total == 0));

    for (i = 0; i < (size_t) (detail.pos - buf); i++) {
        fuzz_holds(buf[i] >= ' ' && buf[i] != 0x7f);
    }

    return result;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                     each, one;
    size_t                  i, nrules, used;
    const uint8_t          *lf, *line;
    ngx_shop_answer_t       a;
    static unsigned char    head[4096], body[256];
    ngx_shop_match_rule_t   negated, rules[RULES];

    nrules = 0;
    line = data;

    for ( ;; ) {
        lf = memchr(line, '\n', size - (size_t) (line - data));

        if (lf == NULL || lf == line || nrules == RULES) {
            break;
        }

        parse(rules, &nrules, line, (size_t) (lf - line));
        line = lf + 1;
    }

    if (lf == NULL) {
        return 0;
    }

    memset(&a, 0, sizeof(a));
    a.head = head;
    a.head_size = sizeof(head);
    a.body = body;
    a.body_size = sizeof(body);
    ngx_shop_answer_init(&a);

    if (ngx_shop_answer_feed(&a, lf + 1,
                             size - (size_t) (lf + 1 - data), &used)
        == NGX_SHOP_ERROR)
    {
        return 0;
    }

    each = 1;

    for (i = 0; i < nrules; i++) {
        one = judge(&rules[i], 1, &a) == NGX_SHOP_VERDICT_RESULT_OK;
        each &= one;

        negated = rules[i];
        negated.negate = !negated.negate;

        if (rules[i].op == NGX_SHOP_MATCH_REGEX
            && rules[i].value.data[0] == '(')
        {
            /* cannot be told: holds only where there is nothing to look at */
            fuzz_holds(!one || judge(&negated, 1, &a)
                               != NGX_SHOP_VERDICT_RESULT_OK);
            continue;
        }

        fuzz_holds(one == (judge(&negated, 1, &a)
                           != NGX_SHOP_VERDICT_RESULT_OK));
    }

    if (nrules) {
        fuzz_holds(each == (judge(rules, nrules, &a)
                            == NGX_SHOP_VERDICT_RESULT_OK));
    }

    return 0;
}
