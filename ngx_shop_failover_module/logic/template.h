
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Page templates: text with {{name}} places, compiled once, rendered with
 * values that are escaped unless the place says otherwise.  Does not know
 * which names exist, reads no file.
 *
 *   {{name}}            the value, escaped for HTML
 *   {{#name}}...{{/name}}   the part, once where the value is not empty; with
 *                       a list (see _get_pt) once for each item
 *   {{^name}}...{{/name}}   the part where the value is empty
 *   {{!text}}           nothing: a comment
 *
 * (The subset of Mustache that a page needs; there is no unescaped place:
 * markup comes from templates only.)
 */


#ifndef _NGX_SHOP_FAILOVER_TEMPLATE_H_INCLUDED_
#define _NGX_SHOP_FAILOVER_TEMPLATE_H_INCLUDED_


#include "logic/base.h"
#include "logic/emit.h"


#define NGX_SHOP_FAILOVER_TEMPLATE_DEPTH  8


typedef struct {
    uint8_t                   op;        /* private to template.c */
    uint16_t                  jump;      /* index of the matching op */
    ngx_shop_failover_str_t   text;      /* into the template's source */
} ngx_shop_failover_template_op_t;


typedef struct {
    ngx_shop_failover_template_op_t  *ops;
    unsigned                          nops;
    unsigned                          nalloc;    /* room in ops */
} ngx_shop_failover_template_t;


/*
 * The value of a name: sets *value (len 0: empty).  item is NULL, or points at
 * the number of the current round of the innermost section, from 0 (for
 * {{#updates}} ... {{text}} ... {{/updates}}).  For a section, *value not
 * empty on round n means: render round n; a plain (not a list) name is asked
 * with round 0 and then with round 1 only where it returned AGAIN.
 * Returns OK (a plain value), AGAIN (an item of a list: ask the next round
 * too), DECLINED (no such name).
 */
typedef int (*ngx_shop_failover_template_get_pt)(void *data,
    const ngx_shop_failover_str_t *name, const unsigned *item,
    ngx_shop_failover_str_t *value);


/*
 * Compiles; source must stay.  ERROR: *line (from 1) and *reason ("section
 * {{#eta}} is not closed").  With ops NULL only counts the room needed, in
 * nops.
 */
int ngx_shop_failover_template_compile(ngx_shop_failover_template_t *t,
    const ngx_shop_failover_str_t *source, unsigned *line,
    const char **reason);

/* calls get for every name once, for checking at configuration time */
int ngx_shop_failover_template_check(const ngx_shop_failover_template_t *t,
    ngx_shop_failover_template_get_pt get, void *data,
    ngx_shop_failover_str_t *unknown);

void ngx_shop_failover_template_render(const ngx_shop_failover_template_t *t,
    ngx_shop_failover_template_get_pt get, void *data,
    ngx_shop_failover_emit_t *e);


#endif /* _NGX_SHOP_FAILOVER_TEMPLATE_H_INCLUDED_ */
