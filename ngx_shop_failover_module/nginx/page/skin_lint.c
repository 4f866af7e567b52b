
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Warnings about templates of the operator's own.  Refuses nothing.
 */


#include "nginx/page/skin_lint.h"

#include "logic/words/lint.h"
#include "logic/words/placeholders.h"


#define NGX_SHOP_SKIN_LINT_ROOM  (1024 * 1024)


typedef struct {
    ngx_conf_t    *cf;
    ngx_str_t     *name;
} ngx_shop_skin_lint_t;


static void ngx_shop_skin_lint_told(void *data,
    const ngx_shop_lint_found_t *found);


void
ngx_shop_skin_lint_page(ngx_conf_t *cf, ngx_str_t *name,
    ngx_shop_str_t *source)
{
    ngx_shop_skin_lint_t  lint;

    lint.cf = cf;
    lint.name = name;

    ngx_shop_lint_page(source, ngx_shop_skin_lint_told, &lint);
}


void
ngx_shop_skin_lint_style(ngx_conf_t *cf, ngx_str_t *name,
    ngx_shop_str_t *source)
{
    ngx_shop_skin_lint_t  lint;

    lint.cf = cf;
    lint.name = name;

    ngx_shop_lint_style(source, ngx_shop_skin_lint_told, &lint);
}


void
ngx_shop_skin_lint_texts(ngx_conf_t *cf, ngx_str_t *name,
    ngx_shop_str_t *source)
{
    ngx_shop_skin_lint_t  lint;

    lint.cf = cf;
    lint.name = name;

    ngx_shop_lint_texts(source, ngx_shop_skin_lint_told, &lint);
}


static void
ngx_shop_skin_lint_told(void *data, const ngx_shop_lint_found_t *found)
{
    ngx_shop_skin_lint_t  *lint = data;

    ngx_conf_log_error(NGX_LOG_WARN, lint->cf, 0, "%V:%ui: \"%*s\": %s",
                       lint->name, (ngx_uint_t) found->line, found->what.len,
                       found->what.data, found->reason);
}


void
ngx_shop_skin_lint_size(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir)
{
    u_char           *buf;
    size_t            size;
    ngx_shop_str_t    page;
    ngx_shop_emit_t   e;
    ngx_shop_view_t  *v;

    static ngx_shop_flag_notice_t  none;

    if (dir->len == 0) {
        return;
    }

    buf = ngx_alloc(NGX_SHOP_SKIN_LINT_ROOM, cf->log);
    v = ngx_pcalloc(cf->temp_pool, sizeof(ngx_shop_view_t));

    if (buf && v) {
        v->notice = &none;
        v->words = &skin->words[0];
        v->lang = skin->codes[0];
        v->vars = skin->vars;
        v->nvars = skin->nvars;
        v->now = ngx_time();
        v->since = v->now;

        ngx_shop_view_prepare(v);

        ngx_shop_emit_init(&e, buf, NGX_SHOP_SKIN_LINT_ROOM);
        ngx_shop_template_render(&skin->face.html,
                                 ngx_shop_placeholders_get, v, &e);

        page.data = buf;
        page.len = e.pos - e.start;
        size = ngx_shop_lint_size(&page);

        if (size > NGX_SHOP_LINT_SIZE) {
            ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                               "the page of \"%V\" has %uz bytes without its "
                               "images, expected at most %d: all who wait "
                               "load it at once", dir, size,
                               NGX_SHOP_LINT_SIZE);
        }
    }

    if (buf) {
        ngx_free(buf);
    }
}
