
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Templates and languages: the operator's own over the built-in ones.  Knows
 * what a page directory holds; not what is shown to whom.
 */


#include "nginx/page/skin.h"
#include "nginx/page/skin_lang.h"
#include "nginx/page/skin_lint.h"
#include "nginx/page/skin_look.h"
#include "nginx/page/skin_source.h"
#include "nginx/csp.h"

#include "logic/words/look.h"
#include "logic/words/placeholders.h"


static ngx_int_t ngx_shop_skin_style(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir, ngx_str_t *look, ngx_array_t *vars);
static ngx_int_t ngx_shop_skin_template(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir, const char *name, ngx_shop_template_t *t);
static ngx_int_t ngx_shop_skin_dress(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_str_t *source);
static ngx_int_t ngx_shop_skin_csp(ngx_conf_t *cf, ngx_shop_skin_t *skin);
static u_char *ngx_shop_skin_hashes(u_char *p, u_char *last,
    ngx_shop_str_t *page, const char *open, const char *close);
static ngx_shop_str_t ngx_shop_skin_bytes(ngx_shop_template_t *t);


ngx_shop_skin_t *
ngx_shop_skin_load(ngx_conf_t *cf, ngx_str_t *dir, ngx_str_t *look,
    ngx_array_t *vars)
{
    ngx_shop_str_t    html, text;
    ngx_shop_skin_t  *skin;

    skin = ngx_pcalloc(cf->pool, sizeof(ngx_shop_skin_t));
    if (skin == NULL) {
        return NULL;
    }

    skin->text.plain = 1;

    if (ngx_shop_skin_style(cf, skin, dir, look, vars) != NGX_OK
        || ngx_shop_skin_template(cf, skin, dir, "page.html",
                                  &skin->html)
           != NGX_OK
        || ngx_shop_skin_template(cf, skin, dir, "page.txt",
                                  &skin->text)
           != NGX_OK
        || ngx_shop_skin_lang_load(cf, skin, dir) != NGX_OK
        || ngx_shop_skin_csp(cf, skin) != NGX_OK)
    {
        return NULL;
    }

    html = ngx_shop_skin_bytes(&skin->html);
    text = ngx_shop_skin_bytes(&skin->text);

    ngx_shop_skin_look_unused(cf, skin, &html, &text);
    ngx_shop_skin_lint_size(cf, skin, dir);

    return skin;
}


/* the style of a look: the directory's own, or the built-in one */

static ngx_int_t
ngx_shop_skin_style(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir,
    ngx_str_t *look, ngx_array_t *vars)
{
    char                     name[64];
    ngx_int_t                rc;
    ngx_shop_skin_source_t   source;

    *ngx_snprintf((u_char *) name, sizeof(name) - 1, "look/%V.css", look)
        = '\0';

    rc = ngx_shop_skin_source_file(cf, dir, name, &source);

    if (rc == NGX_DECLINED) {
        rc = ngx_shop_skin_source_builtin(name, &source);

    } else if (rc == NGX_OK) {
        ngx_shop_skin_lint_style(cf, &source.name, &source.data);
    }

    return rc == NGX_OK ? ngx_shop_skin_look_load(cf, skin,
                                                  &source.data, vars)
                        : NGX_ERROR;
}


static ngx_int_t
ngx_shop_skin_template(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir,
    const char *name, ngx_shop_template_t *t)
{
    int                         rc;
    ngx_int_t                   found;
    ngx_shop_view_t            *names;
    ngx_shop_skin_source_t      source;
    ngx_shop_template_error_t   error;

    found = ngx_shop_skin_source_file(cf, dir, name, &source);

    if (found == NGX_DECLINED) {
        found = ngx_shop_skin_source_builtin(name, &source);

    } else if (found == NGX_OK && t == &skin->html) {
        ngx_shop_skin_lint_page(cf, &source.name, &source.data);
    }

    if (found != NGX_OK
        || (t == &skin->html
            && ngx_shop_skin_dress(cf, skin, &source.data)
               != NGX_OK))
    {
        return NGX_ERROR;
    }

    names = ngx_pcalloc(cf->temp_pool, sizeof(ngx_shop_view_t));
    if (names == NULL) {
        return NGX_ERROR;
    }

    names->vars = skin->vars;
    names->nvars = skin->nvars;

    /* once for the room that it takes, and once to fill it */

    do {
        rc = ngx_shop_template_compile(t, &source.data,
                                       ngx_shop_placeholders_resolve, names,
                                       &error);

        if (rc != NGX_SHOP_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "%V:%ui: %s: \"%*s\"", &source.name,
                               (ngx_uint_t) error.line, error.reason,
                               error.what.len, error.what.data);
            return NGX_ERROR;
        }

        if (t->nops == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "page file \"%V\" shows nothing, it has only "
                               "comments or blank lines", &source.name);
            return NGX_ERROR;
        }

        if (t->ops) {
            return NGX_OK;
        }

        t->nalloc = t->nops;
        t->ops = ngx_palloc(cf->pool, t->nops
                                    * sizeof(ngx_shop_template_op_t));

    } while (t->ops);

    return NGX_ERROR;
}


/* the look's style and icon, in their places */

static ngx_int_t
ngx_shop_skin_dress(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_str_t *source)
{
    u_char           *buf;
    size_t            size;
    ngx_shop_emit_t   e;

    /* each place is there once, else the room may be short */

    size = source->len + skin->style.len + skin->icon.len;

    buf = ngx_pnalloc(cf->pool, size);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_emit_init(&e, buf, size);
    ngx_shop_look_source(&e, source, &skin->style, &skin->icon);

    if (e.failed) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "page.html has {{look.style}} or {{look.icon}} "
                           "more than once, expected each once at most");
        return NGX_ERROR;
    }

    source->data = buf;
    source->len = e.pos - e.start;

    return NGX_OK;
}


/*
 * The hashes of what stands in the page's <style> and <script> elements (CSP
 * Level 3, 6.7.3.3): no value may stand there (template.c refuses it), so
 * that the source of the template has the same bytes as every page.
 */

static ngx_int_t
ngx_shop_skin_csp(ngx_conf_t *cf, ngx_shop_skin_t *skin)
{
    u_char          *p, *last;
    ngx_shop_str_t   page;

    page = ngx_shop_skin_bytes(&skin->html);

    skin->csp.data = ngx_pnalloc(cf->pool, 2048);
    if (skin->csp.data == NULL) {
        return NGX_ERROR;
    }

    p = skin->csp.data;
    last = p + 2048;

    p = ngx_slprintf(p, last, "default-src 'none'; style-src");
    p = ngx_shop_skin_hashes(p, last, &page, "<style>", "</style>");
    p = ngx_slprintf(p, last, "; script-src");
    p = ngx_shop_skin_hashes(p, last, &page, "<script>", "</script>");
    p = ngx_slprintf(p, last, "; img-src data:; connect-src 'self'; "
                              "base-uri 'none'; form-action 'none'; "
                              "frame-ancestors 'none'");

    if (p == last) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "page.html has more <style> and <script> elements "
                           "than fit into a Content-Security-Policy");
        return NGX_ERROR;
    }

    skin->csp.len = p - skin->csp.data;

    return NGX_OK;
}


/* from the first byte of the first op to the last of the last one */

static ngx_shop_str_t
ngx_shop_skin_bytes(ngx_shop_template_t *t)
{
    ngx_shop_str_t           s;
    ngx_shop_template_op_t  *op;

    s.data = NULL;
    s.len = 0;

    if (t->nops) {
        op = &t->ops[t->nops - 1];
        s.data = t->ops[0].text.data;
        s.len = op->text.data + op->text.len - s.data;
    }

    return s;
}


static u_char *
ngx_shop_skin_hashes(u_char *p, u_char *last, ngx_shop_str_t *page,
    const char *open, const char *close)
{
    u_char      *at, *begin, *end, *stop, *next;
    ngx_uint_t   n;

    at = (u_char *) page->data;
    stop = at + page->len;
    n = 0;

    while ((begin = ngx_strlcasestrn(at, stop, (u_char *) open,
                                     ngx_strlen(open) - 1))
           != NULL)
    {
        begin += ngx_strlen(open);

        end = ngx_strlcasestrn(begin, stop, (u_char *) close,
                               ngx_strlen(close) - 1);
        if (end == NULL) {
            break;
        }

        next = ngx_shop_csp_hash(p, last, begin, end - begin);
        if (next == NULL) {
            break;
        }

        p = next;
        at = end;
        n++;
    }

    return n ? p : ngx_slprintf(p, last, " 'none'");
}
