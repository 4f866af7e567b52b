
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The templates and languages of a page directory, compiled while the
 * configuration is read.
 */


#ifndef _NGX_SHOP_SKIN_H_INCLUDED_
#define _NGX_SHOP_SKIN_H_INCLUDED_


#include "nginx/conf.h"

#include "logic/words/template.h"
#include "logic/words/view.h"
#include "logic/words/strings.h"


#define NGX_SHOP_SKIN_LANGS  64
#define NGX_SHOP_SKIN_FILE   (256 * 1024)  /* bytes of one file */


/* a pair of templates */
typedef struct {
    ngx_shop_template_t    html;
    ngx_shop_template_t    text;
    ngx_str_t              csp;          /* the header's value */
} ngx_shop_skin_face_t;


typedef struct ngx_shop_skin_s {
    ngx_uint_t             number;       /* in its configuration */
    ngx_shop_skin_face_t   face;
    ngx_shop_skin_face_t   builtin;      /* where the face has no room */
    ngx_uint_t             nlangs;
    ngx_shop_str_t        *codes;        /* "en" is the first */
    ngx_shop_strings_t    *words;        /* of the same order */
    ngx_shop_view_var_t   *vars;
    ngx_uint_t             nvars;
    ngx_shop_str_t         style;        /* {{look.style}} */
    ngx_shop_str_t         icon;         /* {{look.icon}} */
} ngx_shop_skin_t;


/*
 * dir is the page directory, len 0: built-in pages only; look a look's name.
 * NULL after an error was logged: file, line, what is wrong.
 */
ngx_shop_skin_t *ngx_shop_skin_load(ngx_conf_t *cf, ngx_str_t *dir,
    ngx_str_t *look, ngx_array_t *vars);

/*
 * The skin of each page of the configuration.  In postconfiguration: only then
 * it is known whether any directive is used at all.
 */
ngx_int_t ngx_shop_skin_pages_load(ngx_conf_t *cf, ngx_shop_conf_main_t *smcf);


#endif /* _NGX_SHOP_SKIN_H_INCLUDED_ */
