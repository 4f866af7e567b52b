
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The lines of a "shop_match" block.
 */


#include "logic/answer/match.h"


#define NGX_SHOP_MATCH_BAD_CODE                                              \
    "not a status: write a code from 100 to 999, or a range without blanks"  \
    " such as 200-299"


typedef int (*ngx_shop_match_parse_pt)(
    ngx_shop_match_rule_t *rule, const ngx_shop_str_t *args,
    size_t nargs, size_t *bad, const char **reason);


typedef struct {
    const char               *name;
    ngx_shop_match_parse_pt   parse;
} ngx_shop_match_parse_kind_t;


static int ngx_shop_match_parse_status(ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *args, size_t nargs, size_t *bad,
    const char **reason);
static const char *ngx_shop_match_parse_range(ngx_shop_match_range_t *range,
    const ngx_shop_str_t *s);
static int ngx_shop_match_parse_header(ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *args, size_t nargs, size_t *bad,
    const char **reason);
static const char *ngx_shop_match_parse_name(const ngx_shop_str_t *name);
static int ngx_shop_match_parse_body(ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *args, size_t nargs, size_t *bad,
    const char **reason);
static const char *ngx_shop_match_parse_value(ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *op, const ngx_shop_str_t *value, size_t *bad);
static int ngx_shop_match_parse_is(const ngx_shop_str_t *s, const char *text);


/* by _match_kind_e */
static const ngx_shop_match_parse_kind_t
    ngx_shop_match_parse_kinds[NGX_SHOP_MATCH_KINDS] =
{
    { "status", ngx_shop_match_parse_status },
    { "header", ngx_shop_match_parse_header },
    { "body", ngx_shop_match_parse_body }
};


int
ngx_shop_match_parse(ngx_shop_match_rule_t *rule, const ngx_shop_str_t *args,
    size_t nargs, size_t *bad, const char **reason)
{
    unsigned                            i;
    const ngx_shop_match_parse_kind_t  *kind;

    memset(rule, 0, sizeof(ngx_shop_match_rule_t));

    for (i = 0; nargs && i < NGX_SHOP_MATCH_KINDS; i++) {
        kind = &ngx_shop_match_parse_kinds[i];

        if (ngx_shop_match_parse_is(&args[0], kind->name)) {
            rule->kind = (uint8_t) i;

            return kind->parse(rule, args, nargs, bad, reason);
        }
    }

    *bad = 0;
    *reason = "unknown condition: write \"status\", \"header\" or \"body\"";

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_match_parse_status(ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *args, size_t nargs, size_t *bad,
    const char **reason)
{
    size_t  i;

    rule->op = NGX_SHOP_MATCH_IN;
    rule->negate = nargs > 1 && ngx_shop_match_parse_is(&args[1], "!");

    i = 1u + rule->negate;

    if (i == nargs) {
        *bad = nargs;
        *reason = "no status given: write \"status 200-399\" or"
                  " \"status ! 500-599\"";
        return NGX_SHOP_ERROR;
    }

    for ( /* void */ ; i < nargs; i++) {
        *bad = i;

        if (rule->nranges == NGX_SHOP_MATCH_RANGES) {
            *reason = "too many codes, at most 32: write neighbours as a range"
                      " such as 200-206";
            return NGX_SHOP_ERROR;
        }

        *reason = ngx_shop_match_parse_range(
                                             &rule->ranges[rule->nranges++],
                                             &args[i]);

        if (*reason) {
            return NGX_SHOP_ERROR;
        }
    }

    return NGX_SHOP_OK;
}


/* "200" or "200-299": only these lengths, so that nothing can overflow */

static const char *
ngx_shop_match_parse_range(ngx_shop_match_range_t *range,
    const ngx_shop_str_t *s)
{
    size_t    i;
    unsigned  code[2];

    if (s->len && s->data[0] == '!') {
        return "\"!\" is a word of its own, first in the line, and negates"
               " all of it: write \"status ! 500 503\"";
    }

    if (s->len != 3 && (s->len != 7 || s->data[3] != '-')) {
        return NGX_SHOP_MATCH_BAD_CODE;
    }

    code[0] = 0;
    code[1] = 0;

    for (i = 0; i < s->len; i++) {

        if (i == 3) {
            continue;
        }

        if (s->data[i] < '0' || s->data[i] > '9') {
            return NGX_SHOP_MATCH_BAD_CODE;
        }

        code[i / 4] = code[i / 4] * 10 + (s->data[i] - (unsigned) '0');
    }

    if (s->len == 3) {
        code[1] = code[0];
    }

    if (code[0] < 100) {
        return NGX_SHOP_MATCH_BAD_CODE;
    }

    if (code[0] > code[1]) {
        return "the range is empty: write its lower code first";
    }

    range->low = (uint16_t) code[0];
    range->high = (uint16_t) code[1];

    return NULL;
}


static int
ngx_shop_match_parse_header(ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *args, size_t nargs, size_t *bad,
    const char **reason)
{
    size_t  name;

    rule->op = NGX_SHOP_MATCH_PRESENT;
    rule->negate = nargs > 1 && ngx_shop_match_parse_is(&args[1], "!");

    name = 1u + rule->negate;

    if (nargs <= name) {
        *bad = nargs;
        *reason = "no name given: write \"header NAME\", \"header ! NAME\" or"
                  " \"header NAME = VALUE\"";
        return NGX_SHOP_ERROR;
    }

    *bad = name;
    *reason = ngx_shop_match_parse_name(&args[name]);

    if (*reason) {
        return NGX_SHOP_ERROR;
    }

    rule->name = args[name];

    if (nargs == name + 1) {
        return NGX_SHOP_OK;
    }

    *bad = name + 1;

    if (rule->negate) {
        *reason = "\"header ! NAME\" takes no value: write"
                  " \"header NAME != VALUE\" or \"header NAME !~ REGEX\"";
        return NGX_SHOP_ERROR;
    }

    if (nargs != 4) {
        *bad = nargs < 4 ? nargs : 4;
        *reason = "write \"header NAME = VALUE\" (or !=, ~, !~), each a word"
                  " of its own and a value with blanks in quotes";
        return NGX_SHOP_ERROR;
    }

    *bad = 2;
    *reason = ngx_shop_match_parse_value(rule, &args[2], &args[3], bad);

    return *reason ? NGX_SHOP_ERROR : NGX_SHOP_OK;
}


static const char *
ngx_shop_match_parse_name(const ngx_shop_str_t *name)
{
    size_t                i;
    static const char     others[] = "!#$%&'*+-.^_`|~";
    const unsigned char  *p;

    /* RFC 9110, section 5.6.2: a name that no server can send never matches */

    p = name->data;

    if (name->len == 0 || memchr("!=~", p[0], 3)) {
        return "an operator where a name is due: write \"header ! NAME\" or"
               " \"header NAME = VALUE\", each a word of its own";
    }

    for (i = 0; i < name->len; i++) {

        if ((p[i] >= '0' && p[i] <= '9')
            || ((p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'z')
            || (p[i] && strchr(others, p[i])))
        {
            continue;
        }

        return "not a header's name: write it without \":\" and apart from"
               " the operator, as in \"header X-Ready = yes\"";
    }

    return NULL;
}


static int
ngx_shop_match_parse_body(ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *args, size_t nargs, size_t *bad,
    const char **reason)
{
    if (nargs != 3) {
        *bad = nargs < 3 ? nargs : 3;
        *reason = "write \"body ~ REGEX\" or \"body !~ REGEX\", a regex with"
                  " blanks in quotes";
        return NGX_SHOP_ERROR;
    }

    *bad = 1;
    *reason = ngx_shop_match_parse_value(rule, &args[1], &args[2], bad);
    if (*reason) {
        return NGX_SHOP_ERROR;
    }

    if (rule->op == NGX_SHOP_MATCH_EQUAL) {
        *bad = 1;
        *reason = "a body is not compared whole: write \"body ~ REGEX\" or"
                  " \"body !~ REGEX\"";
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* *bad comes in as the index of the operator, right before the value */

static const char *
ngx_shop_match_parse_value(ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *op, const ngx_shop_str_t *value, size_t *bad)
{
    size_t  at;

    at = 0;

    if (op->len && op->data[0] == '!') {
        rule->negate = 1;
        at = 1;
    }

    if (op->len == at + 1 && op->data[at] == '=') {
        rule->op = NGX_SHOP_MATCH_EQUAL;

    } else if (op->len == at + 1 && op->data[at] == '~') {
        rule->op = NGX_SHOP_MATCH_REGEX;

    } else if (op->len == at + 2 && op->data[at] == '~'
               && op->data[at + 1] == '*')
    {
        return "no such operator here: write ~ or !~, and \"(?i)\" first in"
               " the regex to ignore case";

    } else {
        return "unknown operator: write =, !=, ~ or !~, a word of its own";
    }

    rule->value = *value;

    if (rule->op == NGX_SHOP_MATCH_REGEX && value->len == 0) {
        *bad += 1;
        return "an empty regex matches everything: write what to look for";
    }

    return NULL;
}


static int
ngx_shop_match_parse_is(const ngx_shop_str_t *s, const char *text)
{
    return s->len == strlen(text) && memcmp(s->data, text, s->len) == 0;
}
