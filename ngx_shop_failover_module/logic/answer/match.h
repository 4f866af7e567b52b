
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a good answer is: the lines of a "shop_match" block, and an answer held
 * against them.  Does not know a regex library (the caller compiles and runs),
 * reads no bytes from the net (answer does).
 */


#ifndef _NGX_SHOP_MATCH_H_INCLUDED_
#define _NGX_SHOP_MATCH_H_INCLUDED_


#include "logic/answer/answer.h"
#include "logic/text/emit.h"
#include "logic/judge/verdict.h"


#define NGX_SHOP_MATCH_RANGES  32    /* codes and ranges of a line */


typedef enum {
    NGX_SHOP_MATCH_STATUS = 0,
    NGX_SHOP_MATCH_HEADER,
    NGX_SHOP_MATCH_BODY,
    NGX_SHOP_MATCH_KINDS
} ngx_shop_match_kind_e;


typedef enum {
    NGX_SHOP_MATCH_IN = 0,           /* status: of the ranges */
    NGX_SHOP_MATCH_PRESENT,
    NGX_SHOP_MATCH_EQUAL,
    NGX_SHOP_MATCH_REGEX
} ngx_shop_match_op_e;


typedef struct {
    uint16_t                     low;
    uint16_t                     high;
} ngx_shop_match_range_t;


/* One line of a block; name and value point into the line's arguments. */
typedef struct {
    uint8_t                      kind;      /* _match_kind_e */
    uint8_t                      op;        /* _match_op_e */
    uint8_t                      negate;
    uint8_t                      nranges;
    ngx_shop_match_range_t  ranges[NGX_SHOP_MATCH_RANGES];
    ngx_shop_str_t               name;
    ngx_shop_str_t               value;     /* or the pattern */
    void                        *regex;     /* the caller's */
} ngx_shop_match_rule_t;


/*
 * Runs a compiled regex: OK it matches, DECLINED it does not, ERROR it could
 * not be told (a limit of the library): then the rule is not met, negated or
 * not.
 */
typedef int (*ngx_shop_match_exec_pt)(void *data, void *regex,
    const ngx_shop_str_t *subject);


typedef struct {
    const ngx_shop_match_rule_t  *rules;
    size_t                        nrules;
    ngx_shop_match_exec_pt        exec;     /* NULL: no regex used */
    void                         *data;     /* for exec */
} ngx_shop_match_t;


/*
 * One line, without its ";": args[0] is "status", "header" or "body".
 *
 *   status [!] CODE|LOW-HIGH ...    the status is one of these, or none
 *   header NAME | ! NAME            the header is there, or not
 *   header NAME =|!= VALUE          some value is equal to it, or none
 *   header NAME ~|!~ REGEX          some value matches, or none
 *   body ~|!~ REGEX                 what is kept of the body matches, or not
 *
 * An absent header has no value: "!=" and "!~" hold.  OK; where rule->op is
 * MATCH_REGEX the caller compiles rule->value into rule->regex.  ERROR: *bad
 * is the index of the argument at fault (nargs: one is missing), *reason a
 * static text with cause and cure.
 */
int ngx_shop_match_parse(ngx_shop_match_rule_t *rule,
    const ngx_shop_str_t *args, size_t nargs, size_t *bad,
    const char **reason);

/*
 * RESULT_OK, _STATUS, _HEADER or _BODY, for a complete answer.  All rules must
 * hold; they are tried in that order of kinds, and by line within one.  Without
 * any rule: 2xx or 3xx.  On a failure one line for people goes to detail:
 * "status 503, wanted 200-399", "header X-Ready is absent", 'body does not
 * match "ok"'.  Values are clipped, and what a server sent is reduced to
 * printable ASCII.
 */
ngx_shop_verdict_result_e ngx_shop_match_judge(const ngx_shop_match_t *m,
    const ngx_shop_answer_t *a, ngx_shop_emit_t *detail);


#endif /* _NGX_SHOP_MATCH_H_INCLUDED_ */
