
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * An answer is held against the lines of a "shop_match" block.
 */


#include "logic/answer/match.h"


/* bytes of a value that a detail shows */
#define NGX_SHOP_MATCH_CLIP  64


typedef int (*ngx_shop_match_holds_pt)(
    const ngx_shop_match_t *m,
    const ngx_shop_match_rule_t *rule,
    const ngx_shop_answer_t *a, ngx_shop_emit_t *detail);


typedef struct {
    ngx_shop_verdict_result_e   result;
    ngx_shop_match_holds_pt     holds;
} ngx_shop_match_kind_t;


static int ngx_shop_match_status_holds(const ngx_shop_match_t *m,
    const ngx_shop_match_rule_t *rule, const ngx_shop_answer_t *a,
    ngx_shop_emit_t *detail);
static int ngx_shop_match_header_holds(const ngx_shop_match_t *m,
    const ngx_shop_match_rule_t *rule, const ngx_shop_answer_t *a,
    ngx_shop_emit_t *detail);
static int ngx_shop_match_value(const ngx_shop_match_t *m,
    const ngx_shop_match_rule_t *rule, const ngx_shop_str_t *value);
static void ngx_shop_match_explain_header(const ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *value, int rc, ngx_shop_emit_t *detail);
static int ngx_shop_match_body_holds(const ngx_shop_match_t *m,
    const ngx_shop_match_rule_t *rule, const ngx_shop_answer_t *a,
    ngx_shop_emit_t *detail);
static void ngx_shop_match_quote(const ngx_shop_str_t *s, int foreign,
    ngx_shop_emit_t *detail);


/* by _match_kind_e */
static const ngx_shop_match_kind_t ngx_shop_match_kinds[NGX_SHOP_MATCH_KINDS] =
{
    { NGX_SHOP_VERDICT_RESULT_STATUS, ngx_shop_match_status_holds },
    { NGX_SHOP_VERDICT_RESULT_HEADER, ngx_shop_match_header_holds },
    { NGX_SHOP_VERDICT_RESULT_BODY, ngx_shop_match_body_holds }
};


/* of a health check that names no match, and of an empty block */
static const ngx_shop_match_rule_t  ngx_shop_match_any = {
    .kind = NGX_SHOP_MATCH_STATUS,
    .op = NGX_SHOP_MATCH_IN,
    .nranges = 1,
    .ranges = { { 200, 399 } }
};


ngx_shop_verdict_result_e
ngx_shop_match_judge(const ngx_shop_match_t *m, const ngx_shop_answer_t *a,
    ngx_shop_emit_t *detail)
{
    size_t                        n, nrules;
    unsigned                      i;
    const ngx_shop_match_rule_t  *rules;
    const ngx_shop_match_kind_t  *kind;

    rules = m->nrules ? m->rules : &ngx_shop_match_any;
    nrules = m->nrules ? m->nrules : 1;

    /* by kind: that an error page lacks a header is no news to anybody */

    for (i = 0; i < NGX_SHOP_MATCH_KINDS; i++) {
        kind = &ngx_shop_match_kinds[i];

        for (n = 0; n < nrules; n++) {

            if (rules[n].kind == i && !kind->holds(m, &rules[n], a, detail)) {
                return kind->result;
            }
        }
    }

    return NGX_SHOP_VERDICT_RESULT_OK;
}


static int
ngx_shop_match_status_holds(const ngx_shop_match_t *m,
    const ngx_shop_match_rule_t *rule, const ngx_shop_answer_t *a,
    ngx_shop_emit_t *detail)
{
    int       in;
    unsigned  i;

    (void) m;

    in = 0;

    for (i = 0; i < rule->nranges; i++) {
        in |= (a->status >= rule->ranges[i].low
               && a->status <= rule->ranges[i].high);
    }

    if (in != rule->negate) {
        return 1;
    }

    ngx_shop_emit_text(detail, "status ");
    ngx_shop_emit_number(detail, a->status);
    ngx_shop_emit_text(detail, rule->negate ? ", wanted none of" : ", wanted");

    for (i = 0; i < rule->nranges; i++) {
        ngx_shop_emit_text(detail, " ");
        ngx_shop_emit_number(detail, rule->ranges[i].low);

        if (rule->ranges[i].low != rule->ranges[i].high) {
            ngx_shop_emit_text(detail, "-");
            ngx_shop_emit_number(detail, rule->ranges[i].high);
        }
    }

    return 0;
}


static int
ngx_shop_match_header_holds(const ngx_shop_match_t *m,
    const ngx_shop_match_rule_t *rule, const ngx_shop_answer_t *a,
    ngx_shop_emit_t *detail)
{
    int              rc;
    size_t           pos;
    ngx_shop_str_t   value, shown;

    pos = 0;
    rc = NGX_SHOP_DECLINED;

    shown.len = 0;
    shown.data = NULL;

    /* stops at the first value that decides, so that the detail shows it */

    while (rc == NGX_SHOP_DECLINED
           && ngx_shop_answer_header(a, &rule->name, &pos, &value)
              == NGX_SHOP_OK)
    {
        rc = ngx_shop_match_value(m, rule, &value);
        shown = value;
    }

    if (rc == (rule->negate ? NGX_SHOP_DECLINED : NGX_SHOP_OK)) {
        return 1;
    }

    ngx_shop_match_explain_header(rule, &shown, rc, detail);

    return 0;
}


static int
ngx_shop_match_value(const ngx_shop_match_t *m,
    const ngx_shop_match_rule_t *rule, const ngx_shop_str_t *value)
{
    int  equal;

    switch (rule->op) {

    case NGX_SHOP_MATCH_EQUAL:
        equal = value->len == rule->value.len
                && (value->len == 0
                    || memcmp(value->data, rule->value.data, value->len) == 0);

        return equal ? NGX_SHOP_OK : NGX_SHOP_DECLINED;

    case NGX_SHOP_MATCH_REGEX:
        return m->exec(m->data, rule->regex, value);

    default: /* NGX_SHOP_MATCH_PRESENT */
        return NGX_SHOP_OK;
    }
}


static void
ngx_shop_match_explain_header(const ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *value, int rc, ngx_shop_emit_t *detail)
{
    static const char  *wanted[][2] = {
        { "", "" },
        { "", "" },
        { ", wanted ", ", wanted anything but " },
        { ", wanted a match of ", ", wanted no match of " }
    };

    ngx_shop_emit_text(detail, "header ");
    ngx_shop_emit_raw(detail, rule->name.data, rule->name.len);

    if (value->data == NULL) {
        ngx_shop_emit_text(detail, " is absent");

    } else {
        ngx_shop_emit_text(detail, " is ");
        ngx_shop_match_quote(value, 1, detail);
    }

    if (rule->op == NGX_SHOP_MATCH_PRESENT) {

        if (rule->negate) {
            ngx_shop_emit_text(detail, ", wanted absent");
        }

        return;
    }

    if (rc == NGX_SHOP_ERROR) {
        ngx_shop_emit_text(detail, ", too hard to match with ");

    } else {
        ngx_shop_emit_text(detail, wanted[rule->op][rule->negate]);
    }

    ngx_shop_match_quote(&rule->value, 0, detail);
}


static int
ngx_shop_match_body_holds(const ngx_shop_match_t *m,
    const ngx_shop_match_rule_t *rule, const ngx_shop_answer_t *a,
    ngx_shop_emit_t *detail)
{
    int             rc;
    ngx_shop_str_t  body;

    /* a regex library may ask for a pointer even where there is no byte */

    body.len = a->body_len;
    body.data = a->body_len ? a->body : (const unsigned char *) "";

    rc = m->exec(m->data, rule->regex, &body);

    if (rc == (rule->negate ? NGX_SHOP_DECLINED : NGX_SHOP_OK)) {
        return 1;
    }

    if (rc == NGX_SHOP_ERROR) {
        ngx_shop_emit_text(detail, "body is too hard to match with ");

    } else {
        ngx_shop_emit_text(detail, rule->negate
                                   ? "body matches "
                                   : "body does not match ");
    }

    ngx_shop_match_quote(&rule->value, 0, detail);

    return 0;
}


/* A detail is one line in logs and on terminals, whatever a server sends. */

static void
ngx_shop_match_quote(const ngx_shop_str_t *s, int foreign,
    ngx_shop_emit_t *detail)
{
    size_t         i, len;
    unsigned char  c;

    len = s->len;

    if (len > NGX_SHOP_MATCH_CLIP) {
        len = NGX_SHOP_MATCH_CLIP;

        /* not in the middle of a UTF-8 character */

        while (len && (s->data[len] & 0xc0) == 0x80) {
            len--;
        }
    }

    ngx_shop_emit_text(detail, "\"");

    for (i = 0; i < len; i++) {
        c = s->data[i];

        if (c < ' ' || c == 0x7f || (foreign && c > 0x7f)) {
            c = '?';
        }

        ngx_shop_emit_raw(detail, &c, 1);
    }

    ngx_shop_emit_text(detail, len < s->len ? "...\"" : "\"");
}
