
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A look with a shop's own colours and logo, from shop_page_var.  Knows the
 * files of logos; what a colour does is known by logic/words/look.
 */


#include "nginx/page/skin_look.h"

#include "state/readfile.h"

#include "logic/words/assets.h"
#include "logic/words/logo.h"
#include "logic/words/look.h"


static ngx_int_t ngx_shop_skin_look_vars(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_array_t *vars);
static ngx_int_t ngx_shop_skin_look_logo(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_view_var_t *var);
static ngx_int_t ngx_shop_skin_look_uri(ngx_conf_t *cf, ngx_str_t *name,
    ngx_str_t *file, ngx_shop_str_t *uri);
static void ngx_shop_skin_look_contrast(ngx_conf_t *cf, ngx_shop_skin_t *skin);
static ngx_uint_t ngx_shop_skin_look_uses(ngx_shop_str_t *source,
    ngx_shop_str_t *name);


/* what the file of a variable becomes */
static const struct {
    ngx_str_t    file;
    ngx_str_t    name;
    ngx_uint_t   icon;
} ngx_shop_skin_look_logos[] = {
    { ngx_string("logo_file"), ngx_string("logo"), 1 },
    { ngx_string("logo_dark_file"), ngx_string("logo_dark"), 0 },
    { ngx_null_string, ngx_null_string, 0 }
};


ngx_int_t
ngx_shop_skin_look_load(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_str_t *look, ngx_array_t *vars)
{
    u_char           *buf;
    size_t            size;
    ngx_shop_emit_t   e;

    skin->icon.data = (u_char *) "data:,";
    skin->icon.len = sizeof("data:,") - 1;

    if (vars && ngx_shop_skin_look_vars(cf, skin, vars) != NGX_OK) {
        return NGX_ERROR;
    }

    size = look->len + NGX_SHOP_LOOK_ROOM;

    buf = ngx_pnalloc(cf->pool, size);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_emit_init(&e, buf, size);
    ngx_shop_look_style(&e, look, skin->vars, skin->nvars);

    skin->style.data = buf;
    skin->style.len = e.pos - e.start;

    ngx_shop_skin_look_contrast(cf, skin);

    return NGX_OK;
}


/* those of the configuration, and behind them what the files became */

static ngx_int_t
ngx_shop_skin_look_vars(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_array_t *vars)
{
    ngx_uint_t            i;
    ngx_shop_view_var_t  *from;

    from = vars->elts;

    skin->vars = ngx_palloc(cf->pool, (vars->nelts + 2)
                                      * sizeof(ngx_shop_view_var_t));
    if (skin->vars == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < vars->nelts; i++) {
        skin->vars[skin->nvars++] = from[i];
    }

    for (i = 0; i < vars->nelts; i++) {
        if (ngx_shop_skin_look_logo(cf, skin, &from[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_skin_look_logo(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_view_var_t *var)
{
    ngx_str_t             name, file;
    ngx_uint_t            i;
    ngx_shop_str_t        uri;
    ngx_shop_view_var_t  *logo;

    name.data = (u_char *) var->name.data;
    name.len = var->name.len;

    for (i = 0; ngx_shop_skin_look_logos[i].file.len; i++) {

        if (name.len != ngx_shop_skin_look_logos[i].file.len
            || ngx_strncmp(name.data,
                           ngx_shop_skin_look_logos[i].file.data,
                           name.len)
               != 0)
        {
            continue;
        }

        file.data = (u_char *) var->value.data;
        file.len = var->value.len;

        if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK
            || ngx_shop_skin_look_uri(cf, &name, &file, &uri)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        logo = &skin->vars[skin->nvars++];

        logo->name.data = ngx_shop_skin_look_logos[i].name.data;
        logo->name.len = ngx_shop_skin_look_logos[i].name.len;
        logo->value = uri;

        /* it would be in the page twice */

        if (ngx_shop_skin_look_logos[i].icon
            && uri.len <= NGX_SHOP_LOGO_ICON)
        {
            skin->icon = uri;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_skin_look_uri(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *file,
    ngx_shop_str_t *uri)
{
    u_char               *buf, *clean;
    size_t                size;
    const char           *reason;
    ngx_shop_str_t        data;
    ngx_shop_emit_t       e;
    ngx_shop_readfile_e   outcome;
    ngx_shop_readfile_t   in;

    in.pool = cf->pool;
    in.max = NGX_SHOP_LOGO_MAX;

    outcome = ngx_shop_readfile_whole(file->data, &in);

    if (outcome == NGX_SHOP_READFILE_LARGE) {
        reason = "a file of up to 32 KB: every waiting visitor loads it";
        goto refused;
    }

    if (outcome != NGX_SHOP_READFILE_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, in.err,
                           "file \"%V\" of \"shop_page_var %V\" %s, "
                           "expected an SVG or a PNG", file, name,
                           ngx_shop_readfile_words(outcome));
        return NGX_ERROR;
    }

    size = ngx_shop_logo_room(in.data.len);
    buf = ngx_pnalloc(cf->pool, size);
    clean = ngx_pnalloc(cf->pool, in.data.len);

    if (buf == NULL || clean == NULL) {
        return NGX_ERROR;
    }

    data.data = in.data.data;
    data.len = in.data.len;

    ngx_shop_emit_init(&e, buf, size);

    if (ngx_shop_logo_uri(&data, clean, &e, &reason) == NGX_SHOP_OK) {
        uri->data = buf;
        uri->len = e.pos - e.start;
        return NGX_OK;
    }

refused:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid file \"%V\" in \"shop_page_var %V\", "
                       "expected %s", file, name, reason);

    return NGX_ERROR;
}


static void
ngx_shop_skin_look_contrast(ngx_conf_t *cf, ngx_shop_skin_t *skin)
{
    unsigned               n;
    ngx_shop_look_pair_t   pair;

    for (n = 0;
         ngx_shop_look_contrast(skin->vars, (unsigned) skin->nvars,
                                n, &pair)
         == NGX_SHOP_OK;
         n++)
    {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"shop_page_var\": %s %s on %s %s is hard to "
                           "read, its contrast is %ui.%ui%ui:1, expected at "
                           "least 4.5:1", pair.front, pair.front_is,
                           pair.back, pair.back_is,
                           (ngx_uint_t) pair.ratio / 100,
                           (ngx_uint_t) pair.ratio / 10 % 10,
                           (ngx_uint_t) pair.ratio % 10);
    }
}


void
ngx_shop_skin_look_unused(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_str_t *html, ngx_shop_str_t *text)
{
    ngx_uint_t       i;
    ngx_shop_str_t  *name;

    for (i = 0; i < skin->nvars; i++) {
        name = &skin->vars[i].name;

        if (ngx_shop_look_knows(name)
            || ngx_shop_skin_look_uses(html, name)
            || ngx_shop_skin_look_uses(text, name))
        {
            continue;
        }

        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"shop_page_var %*s\" is used by no template and "
                           "changes nothing; the looks know name, home, "
                           "basket, contact, accent, accent_dark, background, "
                           "text, font, radius, logo_file, logo_dark_file "
                           "and logo_alt", name->len, name->data);
    }
}


/* "var.NAME", and nothing that goes on */

static ngx_uint_t
ngx_shop_skin_look_uses(ngx_shop_str_t *source, ngx_shop_str_t *name)
{
    u_char  *p, *last;

    p = (u_char *) source->data;
    last = p + source->len;

    while ((p = ngx_strlcasestrn(p, last, (u_char *) "var.", 3)) != NULL) {
        p += 4;

        if ((size_t) (last - p) > name->len
            && ngx_strncmp(p, name->data, name->len) == 0
            && (p[name->len] == '}' || p[name->len] == ' '))
        {
            return 1;
        }
    }

    return 0;
}
