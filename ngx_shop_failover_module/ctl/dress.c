
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The look of a previewed page.
 */


#include <errno.h>
#include <stdio.h>

#include "ctl/dress.h"
#include "ctl/pagedir.h"
#include "ctl/policy.h"
#include "ctl/say.h"
#include "logic/words/logo.h"
#include "logic/words/look.h"


/* a file, and what it becomes */
typedef struct {
    const char     *file;
    const char     *name;
    unsigned char   uri[ngx_shop_logo_room(NGX_SHOP_LOGO_MAX)];
} ngx_shop_dress_logo_t;


static int ngx_shop_dress_logo(const char *path, ngx_shop_dress_logo_t *logo,
    ngx_shop_view_var_t *var);
static int ngx_shop_dress_read(const char *path, unsigned char *data,
    ngx_shop_str_t *file);
static void ngx_shop_dress_contrast(const ngx_shop_view_var_t *vars,
    unsigned nvars);


static ngx_shop_dress_logo_t  ngx_shop_dress_logos[] = {
    { "logo_file", "logo", { 0 } },
    { "logo_dark_file", "logo_dark", { 0 } }
};

static ngx_shop_str_t  ngx_shop_dress_icon = ngx_shop_string("data:,");


int
ngx_shop_dress_vars(ngx_shop_view_var_t *vars, unsigned *nvars)
{
    unsigned                 i, k, n;
    const char              *right;
    ngx_shop_dress_logo_t   *logo;

    n = *nvars;

    for (i = 0; i < n; i++) {

        right = ngx_shop_look_refuses(&vars[i]);

        if (right) {
            (void) ngx_shop_say_error("invalid value \"%.*s\" of "
                                      "--page-var %.*s, expected %s",
                                      ngx_shop_say_str(vars[i].value),
                                      ngx_shop_say_str(vars[i].name),
                                      right);
            return NGX_SHOP_ERROR;
        }

        for (k = 0; k < 2; k++) {
            logo = &ngx_shop_dress_logos[k];

            if (vars[i].name.len != strlen(logo->file)
                || memcmp(vars[i].name.data, logo->file, vars[i].name.len)
                   != 0)
            {
                continue;
            }

            /* it ends an argument of the command line */

            if (ngx_shop_dress_logo((const char *) vars[i].value.data,
                                    logo, &vars[*nvars])
                != NGX_SHOP_OK)
            {
                return NGX_SHOP_ERROR;
            }

            if (k == 0 && vars[*nvars].value.len <= NGX_SHOP_LOGO_ICON) {
                ngx_shop_dress_icon = vars[*nvars].value;
            }

            (*nvars)++;
        }
    }

    ngx_shop_dress_contrast(vars, *nvars);

    return NGX_SHOP_OK;
}


static int
ngx_shop_dress_logo(const char *path, ngx_shop_dress_logo_t *logo,
    ngx_shop_view_var_t *var)
{
    const char       *reason;
    ngx_shop_str_t    file;
    ngx_shop_emit_t   e;

    static unsigned char  data[NGX_SHOP_LOGO_MAX + 1];
    static unsigned char  clean[NGX_SHOP_LOGO_MAX];

    if (ngx_shop_dress_read(path, data, &file) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    ngx_shop_emit_init(&e, logo->uri, sizeof(logo->uri));

    if (ngx_shop_logo_uri(&file, clean, &e, &reason) != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("invalid file \"%s\" of "
                                  "--page-var %s, expected %s",
                                  path, logo->file, reason);
        return NGX_SHOP_ERROR;
    }

    var->name.data = (const unsigned char *) logo->name;
    var->name.len = strlen(logo->name);
    var->value.data = logo->uri;
    var->value.len = (size_t) (e.pos - e.start);

    return NGX_SHOP_OK;
}


static int
ngx_shop_dress_read(const char *path, unsigned char *data,
    ngx_shop_str_t *file)
{
    int    failed;
    FILE  *in;

    in = fopen(path, "r");
    file->data = data;
    file->len = in ? fread(data, 1, NGX_SHOP_LOGO_MAX + 1, in) : 0;
    failed = (in == NULL || ferror(in));

    if (failed) {
        (void) ngx_shop_say_errno(errno, "cannot read \"%s\"", path);
    }

    if (in) {
        (void) fclose(in);
    }

    return failed ? NGX_SHOP_ERROR : NGX_SHOP_OK;
}


static void
ngx_shop_dress_contrast(const ngx_shop_view_var_t *vars, unsigned nvars)
{
    unsigned              n;
    ngx_shop_look_pair_t  pair;

    for (n = 0;
         ngx_shop_look_contrast(vars, nvars, n, &pair)
         == NGX_SHOP_OK;
         n++)
    {
        ngx_shop_say_note("%s %s on %s %s is hard to read, its "
                          "contrast is %u.%02u:1, expected at "
                          "least 4.5:1", pair.front, pair.front_is,
                          pair.back, pair.back_is,
                          pair.ratio / 100, pair.ratio % 100);
    }
}


int
ngx_shop_dress_source(const char *look, const ngx_shop_view_t *v,
    ngx_shop_str_t *source)
{
    int                         rc;
    char                        name[64];
    ngx_shop_str_t              style;
    ngx_shop_emit_t             e;
    ngx_shop_pagedir_source_t   css;

    static unsigned char  styled[NGX_SHOP_DRESS_ROOM];
    static unsigned char  dressed[NGX_SHOP_DRESS_ROOM];

    snprintf(name, sizeof(name), "look/%s.css", look);

    rc = ngx_shop_pagedir_builtin(name, &css);

    if (rc != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("there is no look \"%s\"; built in "
                                  "are: hero card plain", look);
        return NGX_SHOP_ERROR;
    }

    rc = ngx_shop_pagedir_own(name, &css);

    if (rc == NGX_SHOP_ERROR) {
        return rc;
    }

    if (rc == NGX_SHOP_OK) {
        ngx_shop_policy_style(css.name, &css.data);
    }

    ngx_shop_emit_init(&e, styled, sizeof(styled));
    ngx_shop_look_style(&e, &css.data, v->vars, v->nvars);

    style.data = styled;
    style.len = (size_t) (e.pos - e.start);

    ngx_shop_emit_init(&e, dressed, sizeof(dressed));
    ngx_shop_look_source(&e, source, &style, &ngx_shop_dress_icon);

    source->data = dressed;
    source->len = (size_t) (e.pos - e.start);

    return NGX_SHOP_OK;
}
