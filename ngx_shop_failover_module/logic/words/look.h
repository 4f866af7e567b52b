
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A look with a shop's own colours: what stands for {{look.style}} and
 * {{look.icon}} in a template, before it is compiled.  Reads no file; shared
 * by the module and by shopctl's preview.
 */


#ifndef _NGX_SHOP_LOOK_H_INCLUDED_
#define _NGX_SHOP_LOOK_H_INCLUDED_


#include "logic/text/base.h"
#include "logic/text/emit.h"
#include "logic/words/view.h"


/* below it text is hard to read: WCAG 2.2, 1.4.3; in hundredths */
#define NGX_SHOP_LOOK_CONTRAST  450

/* bytes of the own colours in {{look.style}}, beside the look's file */
#define NGX_SHOP_LOOK_ROOM      1024


/* two colours that are too near to each other */
typedef struct {
    const char                      *front;       /* "accent" */
    const char                      *back;
    char                             front_is[8]; /* "#0b4a57" */
    char                             back_is[8];
    unsigned                         ratio;       /* hundredths */
} ngx_shop_look_pair_t;


/* NULL, or why the value cannot be that of the variable: what is right */
const char *ngx_shop_look_refuses(const ngx_shop_view_var_t *var);

/* whether the built-in templates know the name */
int ngx_shop_look_knows(const ngx_shop_str_t *name);

/* the n-th pair that is hard to read: OK, or DECLINED where there is none */
int ngx_shop_look_contrast(const ngx_shop_view_var_t *vars, unsigned nvars,
    unsigned n, ngx_shop_look_pair_t *pair);

/* the style of a look, and over it the colours of the variables */
void ngx_shop_look_style(ngx_shop_emit_t *e, const ngx_shop_str_t *look,
    const ngx_shop_view_var_t *vars, unsigned nvars);

/*
 * The template with both places filled in.  What is filled in has no line
 * breaks, so that lines stay what they are for who wrote it.
 */
void ngx_shop_look_source(ngx_shop_emit_t *e, const ngx_shop_str_t *source,
    const ngx_shop_str_t *style, const ngx_shop_str_t *icon);


#endif /* _NGX_SHOP_LOOK_H_INCLUDED_ */
