
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Prints the page as the module renders it, for t/page/preview.t, which holds
 * t/browser/render.pl against it.  Its clock is that of render.pl.
 *
 *     view LANG STATE POST ETA FORMAT [FLAG-FILE]
 */


#include <stdio.h>
#include <stdlib.h>

#include "logic/words/assets.h"
#include "logic/words/look.h"
#include "logic/words/placeholders.h"
#include "logic/words/problem.h"
#include "logic/words/view.h"


#define VIEW_NOW  (1795226400 + 50 * 60)


static ngx_shop_view_t         view;
static ngx_shop_strings_t      words;
static ngx_shop_flag_notice_t  notice;
static ngx_shop_template_op_t  ops[NGX_SHOP_TEMPLATE_OPS];


static ngx_shop_str_t
view_str(const char *text)
{
    ngx_shop_str_t  s;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);

    return s;
}


static ngx_shop_str_t
view_asset(const char *format, const char *what)
{
    char             name[64];
    unsigned         i;
    ngx_shop_str_t   s;

    (void) snprintf(name, sizeof(name), format, what);

    for (i = 0; i < ngx_shop_assets_n; i++) {
        s = ngx_shop_assets[i].name;

        if (s.len == strlen(name) && memcmp(s.data, name, s.len) == 0) {
            return ngx_shop_assets[i].data;
        }
    }

    fprintf(stderr, "view: no %s\n", name);
    exit(1);
}


static void
view_words(const char *lang)
{
    unsigned         line;
    const char      *reason;
    ngx_shop_str_t   s;

    s.data = (const unsigned char *) lang;
    s.len = strlen(lang);
    ngx_shop_strings_language(&words, &s, 0);

    s = view_asset("lang/%s.txt", "en");
    (void) ngx_shop_strings_parse(&words, &s, &line, &reason);

    s = view_asset("lang/%s.txt", lang);

    if (ngx_shop_strings_parse(&words, &s, &line, &reason) != NGX_SHOP_OK) {
        fprintf(stderr, "view: lang/%s.txt:%u: %s\n", lang, line, reason);
        exit(1);
    }
}


static void
view_notice(const char *file, int eta)
{
    FILE                  *f;
    size_t                 len;
    static unsigned char   data[NGX_SHOP_FLAG_MAX_SIZE];

    f = file ? fopen(file, "r") : NULL;
    len = f ? fread(data, 1, sizeof(data), f) : 0;

    ngx_shop_flag_parse(&notice, NULL, data, len, VIEW_NOW, VIEW_NOW);

    notice.eta.at = eta ? VIEW_NOW + eta * 60 : 0;
}


static void
view_page(ngx_shop_emit_t *e, const char *format)
{
    ngx_shop_str_t             source;
    ngx_shop_template_t        t;
    ngx_shop_template_error_t  error;
    ngx_shop_emit_t            dress;
    ngx_shop_str_t             style;
    static unsigned char       dressed[32768];

    static const ngx_shop_str_t  icon = ngx_shop_string("data:,");

    memset(&t, 0, sizeof(ngx_shop_template_t));

    t.ops = ops;
    t.nalloc = NGX_SHOP_TEMPLATE_OPS;
    t.plain = (strcmp(format, "txt") == 0);

    source = view_asset("page.%s", format);
    style = view_asset("look/%s.css", "hero");

    ngx_shop_emit_init(&dress, dressed, sizeof(dressed));
    ngx_shop_look_source(&dress, &source, &style, &icon);

    source.data = dressed;
    source.len = (size_t) (dress.pos - dress.start);

    if (ngx_shop_template_compile(&t, &source,
                                  ngx_shop_placeholders_resolve,
                                  &view, &error)
        != NGX_SHOP_OK)
    {
        fprintf(stderr, "view: page.%s:%u: %s\n", format, error.line,
                error.reason);
        exit(1);
    }

    ngx_shop_template_render(&t, ngx_shop_placeholders_get, &view, e);
}


int
main(int argc, char **argv)
{
    ngx_shop_emit_t             e;
    static unsigned char        out[256 * 1024], shop[65536];
    static ngx_shop_view_var_t  vars[2];

    if (argc < 6) {
        return 2;
    }

    view_words("en");
    view_words(argv[1]);
    view_notice(argv[6], atoi(argv[4]));

    view.notice = &notice;
    view.words = &words;
    view.lang = view_str(argv[1]);
    view.now = VIEW_NOW;
    view.since = VIEW_NOW - 70 * 60;
    view.poll = 30;
    view.retry_after = 30;
    view.status_url = view_str("/.shop-status");

    while (strcmp(ngx_shop_view_state_name(view.state), argv[2])) {
        view.state++;
    }

    view.post = (strcmp(argv[3], "unsent") == 0)
                    ? NGX_SHOP_VIEW_UNSENT
                    : (strcmp(argv[3], "unknown") == 0)
                          ? NGX_SHOP_VIEW_UNKNOWN
                          : NGX_SHOP_VIEW_NO_POST;

    if (argv[6]) {
        vars[0].name = view_str("name");
        vars[0].value = view_str("M\303\274ller & Sons");
        vars[1].name = view_str("basket");
        vars[1].value = view_str("/cart");
        view.vars = vars;
        view.nvars = 2;
    }

    (void) ngx_shop_strings_shop(&words, argv[6] ? &vars[0].value
                                         : &view.home, shop);
    ngx_shop_view_prepare(&view);
    ngx_shop_emit_init(&e, out, sizeof(out));

    if (strcmp(argv[5], "status") == 0) {
        ngx_shop_problem_status(&view, &e, 0);

    } else if (strcmp(argv[5], "problem") == 0) {
        ngx_shop_problem_write(&view, &e);

    } else {
        view_page(&e, argv[5]);
    }

    fwrite(e.start, 1, (size_t) (e.pos - e.start), stdout);

    return e.failed;
}
