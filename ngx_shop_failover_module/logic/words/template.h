
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Page templates: HTML with {{name}} places, compiled once, rendered with
 * values that are always escaped.  Does not know which names exist (its
 * caller tells), reads no file.
 *
 *   {{name}}                the value, escaped for where it stands
 *   {{#name}}...{{/name}}   the part where the value is not empty; for a list,
 *                           once for each of its items
 *   {{^name}}...{{/name}}   the part where the value or the list is empty
 *   {{! text }}             nothing: a comment
 *
 * The subset of Mustache that a page needs.  There is no unescaped place:
 * markup comes from templates only.  A line that holds nothing but one section
 * tag or comment vanishes whole.
 *
 * A template is refused where a value could not be made safe: in an attribute
 * without quotes, in on...= and style=, in a script, a style or a comment.  At
 * the start of href= and src= a value is written only if its URL is safe.
 */


#ifndef _NGX_SHOP_TEMPLATE_H_INCLUDED_
#define _NGX_SHOP_TEMPLATE_H_INCLUDED_


#include "logic/text/base.h"
#include "logic/text/emit.h"


#define NGX_SHOP_TEMPLATE_DEPTH  8     /* open sections */
#define NGX_SHOP_TEMPLATE_OPS    4096


typedef enum {
    NGX_SHOP_TEMPLATE_VALUE = 0,
    NGX_SHOP_TEMPLATE_LIST        /* has items, no value */
} ngx_shop_template_kind_e;


/* what a name is; filled in by the caller's resolver */
typedef struct {
    uint8_t    kind;
    uint16_t   id;                  /* of the caller's, for get */
    uint16_t   list;                /* id of the list whose field this is */
    unsigned   field:1;             /* list is set */
} ngx_shop_template_name_t;


typedef struct {
    uint8_t           op;         /* private to template.c */
    uint16_t          id;
    uint16_t          jump;
    ngx_shop_str_t    text;       /* into the template's source */
} ngx_shop_template_op_t;


typedef struct {
    ngx_shop_template_op_t  *ops;
    unsigned                 nops;
    unsigned                 nalloc;     /* room in ops */

    /* not HTML: values as they are, white space as written; of the caller */
    unsigned                 plain:1;
} ngx_shop_template_t;


typedef struct {
    unsigned          line;       /* from 1 */
    const char       *reason;     /* static text, for a person */
    ngx_shop_str_t    what;       /* the piece, into the source */
} ngx_shop_template_error_t;


/* OK and *result, or DECLINED: no such name.  Called while compiling only. */
typedef int (*ngx_shop_template_resolve_pt)(void *data,
    const ngx_shop_str_t *name,
    ngx_shop_template_name_t *result);

/*
 * The value of a name; it need stay only until the next call.  OK, or
 * DECLINED: empty.  item is the number, from 0, of the round of the list
 * around the place, for its fields; else 0.  Asked for a list: OK where it
 * has an item of that number.
 */
typedef int (*ngx_shop_template_get_pt)(void *data, unsigned id,
    unsigned item, ngx_shop_str_t *value);


/*
 * Compiles into t->ops; source must stay.  With ops NULL the same checks are
 * made, and nops is the room needed.  OK, or ERROR and *error.
 */
int ngx_shop_template_compile(ngx_shop_template_t *t,
    const ngx_shop_str_t *source, ngx_shop_template_resolve_pt resolve,
    void *data, ngx_shop_template_error_t *error);

/* get is that of the resolver's names; no error is possible but e->failed */
void ngx_shop_template_render(const ngx_shop_template_t *t,
    ngx_shop_template_get_pt get, void *data, ngx_shop_emit_t *e);


#endif /* _NGX_SHOP_TEMPLATE_H_INCLUDED_ */
