
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of templates know of each other; nobody else includes this.
 */


#ifndef _NGX_SHOP_TEMPLATE_INSIDE_H_INCLUDED_
#define _NGX_SHOP_TEMPLATE_INSIDE_H_INCLUDED_


#include "logic/words/template.h"
#include "logic/words/markup.h"


enum {
    NGX_SHOP_TEMPLATE_OP_TEXT = 0,   /* text */
    NGX_SHOP_TEMPLATE_OP_VALUE,
    NGX_SHOP_TEMPLATE_OP_PLAIN,
    NGX_SHOP_TEMPLATE_OP_URL,
    NGX_SHOP_TEMPLATE_OP_IMAGE,
    NGX_SHOP_TEMPLATE_OP_IF,         /* empty: jump */
    NGX_SHOP_TEMPLATE_OP_UNLESS,     /* not empty: jump */
    NGX_SHOP_TEMPLATE_OP_EACH,       /* no first item: jump */
    NGX_SHOP_TEMPLATE_OP_NONE,       /* a first item: jump */
    NGX_SHOP_TEMPLATE_OP_NEXT        /* a next item: jump back */
};


/* an open section */
typedef struct {
    unsigned                      op;         /* its index */
    unsigned                      kind;       /* and what it is */
    ngx_shop_str_t                name;
    ngx_shop_markup_t             markup;     /* where it began */
} ngx_shop_template_section_t;


typedef struct {
    ngx_shop_template_t          *t;
    const unsigned char          *start;
    const unsigned char          *last;
    ngx_shop_template_resolve_pt  resolve;
    void                         *data;
    ngx_shop_template_error_t    *error;

    ngx_shop_markup_t             markup;
    unsigned                      depth;
    unsigned                      in_list;
    uint16_t                      list;       /* id */
    ngx_shop_template_section_t sections[NGX_SHOP_TEMPLATE_DEPTH];
} ngx_shop_template_compiler_t;


/* {{kind name}} */
typedef struct {
    unsigned char                 kind;       /* # ^ / ! or 0 */
    ngx_shop_str_t                name;
    const unsigned char          *start;
    const unsigned char          *end;        /* after "}}" */
    const unsigned char          *before;     /* text ends here */
    const unsigned char          *after;      /* and goes on here */
} ngx_shop_template_tag_t;


int ngx_shop_template_add_text(ngx_shop_template_compiler_t *c,
    const unsigned char *p, const ngx_shop_template_tag_t *tag);
int ngx_shop_template_add_tag(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag);
int ngx_shop_template_add_refuse(ngx_shop_template_compiler_t *c,
    const unsigned char *p, size_t len, const char *reason);
int ngx_shop_template_add_refuse_tag(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const char *reason);


#endif /* _NGX_SHOP_TEMPLATE_INSIDE_H_INCLUDED_ */
