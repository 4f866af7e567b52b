
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a browser will block or drop of a page under its policy, told while the
 * template is read.  Changes nothing and refuses nothing.
 */


#ifndef _NGX_SHOP_LINT_H_INCLUDED_
#define _NGX_SHOP_LINT_H_INCLUDED_


#include "logic/text/base.h"


/* bytes of a page, without images, that are promised to visitors */
#define NGX_SHOP_LINT_SIZE  8192


typedef struct {
    unsigned          line;       /* from 1 */
    const char       *reason;     /* static text, for a person */
    ngx_shop_str_t    what;       /* the piece, into the source */
} ngx_shop_lint_found_t;

typedef void (*ngx_shop_lint_pt)(void *data,
    const ngx_shop_lint_found_t *found);


/* a template of HTML, and a style sheet alone */
void ngx_shop_lint_page(const ngx_shop_str_t *source, ngx_shop_lint_pt told,
    void *data);
void ngx_shop_lint_style(const ngx_shop_str_t *source, ngx_shop_lint_pt told,
    void *data);

/* the texts of a language: places that there are not */
void ngx_shop_lint_texts(const ngx_shop_str_t *source, ngx_shop_lint_pt told,
    void *data);

/* the length of a rendered page without its data: URIs */
size_t ngx_shop_lint_size(const ngx_shop_str_t *page);


#endif /* _NGX_SHOP_LINT_H_INCLUDED_ */
