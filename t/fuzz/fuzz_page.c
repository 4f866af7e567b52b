
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The first two bytes choose what the shop is and which language, the first
 * line is the shop's name, the rest a flag file.  The built-in page that says
 * so is one tree of the template's own elements, in which every link is of a
 * known scheme; its forms for machines are JSON; and all are clean text.
 */


#include <strings.h>

#include "fuzz.h"
#include "logic/words/assets.h"
#include "logic/words/look.h"
#include "logic/text/json.h"
#include "logic/words/placeholders.h"
#include "logic/words/problem.h"
#include "logic/text/utf8.h"


#define FUZZ_PAGE_NOW    ((int64_t) 1795230000)
#define FUZZ_PAGE_ROOM   262144
#define FUZZ_PAGE_DEPTH  32


typedef struct {
    ngx_shop_template_op_t  ops[NGX_SHOP_TEMPLATE_OPS];
    ngx_shop_template_t     compiled;
    unsigned char           dressed[32768];
} fuzz_page_template_t;


static fuzz_page_template_t    fuzz_page_html, fuzz_page_text;
static ngx_shop_strings_t      fuzz_page_words[2];
static ngx_shop_view_t         fuzz_page_view;
static ngx_shop_flag_notice_t  fuzz_page_notice;
static unsigned char           fuzz_page_out[FUZZ_PAGE_ROOM];

/* the second one shows the first in an attribute, too */
static ngx_shop_view_var_t  fuzz_page_vars[] = {
    { ngx_shop_string("name"), { 0, NULL } },
    { ngx_shop_string("logo"), ngx_shop_string("/logo") }
};

static const char  *fuzz_page_langs[] = { "en", "ar" };

static const char  *fuzz_page_elements[] = {
    "a", "b", "bdi", "body", "button", "details", "div", "h1", "h2", "head",
    "header", "html", "li", "main", "ol", "p", "picture", "progress", "script",
    "section", "style", "summary", "time", "title", "ul", NULL
};

static const char  *fuzz_page_alone[] = {
    "!DOCTYPE", "img", "link", "meta", "source", NULL
};

static const char  *fuzz_page_schemes[] = {
    "https://", "tel:", "mailto:", "data:,", "/", ""
};


static ngx_shop_str_t
fuzz_page_asset(const char *name)
{
    unsigned  i;

    for (i = 0; i < ngx_shop_assets_n; i++) {
        if (ngx_shop_assets[i].name.len == strlen(name)
            && memcmp(ngx_shop_assets[i].name.data, name,
                      strlen(name)) == 0)
        {
            return ngx_shop_assets[i].data;
        }
    }

    abort();
}


static void
fuzz_page_compile(fuzz_page_template_t *t, const char *name, int plain)
{
    ngx_shop_str_t             source, style;
    ngx_shop_str_t             icon = ngx_shop_string("data:,");
    ngx_shop_emit_t            e;
    ngx_shop_template_error_t  error;

    t->compiled.ops = t->ops;
    t->compiled.nalloc = NGX_SHOP_TEMPLATE_OPS;
    t->compiled.plain = plain ? 1 : 0;

    source = fuzz_page_asset(name);
    style = fuzz_page_asset("look/hero.css");

    ngx_shop_emit_init(&e, t->dressed, sizeof(t->dressed));
    ngx_shop_look_source(&e, &source, &style, &icon);

    if (!plain) {
        source.data = t->dressed;
        source.len = (size_t) (e.pos - e.start);
    }

    fuzz_holds(ngx_shop_template_compile(&t->compiled, &source,
                                         ngx_shop_placeholders_resolve,
                                         &fuzz_page_view, &error)
               == NGX_SHOP_OK);
}


static void
fuzz_page_once(void)
{
    unsigned        i, line;
    const char     *reason;
    ngx_shop_str_t  source;

    fuzz_page_view.vars = fuzz_page_vars;
    fuzz_page_view.nvars = 2;

    fuzz_page_compile(&fuzz_page_html, "page.html", 0);
    fuzz_page_compile(&fuzz_page_text, "page.txt", 1);

    for (i = 0; i < 2; i++) {
        source = fuzz_page_asset(i ? "lang/ar.txt" : "lang/en.txt");

        fuzz_holds(ngx_shop_strings_parse(&fuzz_page_words[i],
                                          &source, &line, &reason)
                   == NGX_SHOP_OK);
    }
}


static const char *
fuzz_page_one_of(const char **names, const unsigned char *p, size_t len)
{
    for ( /* void */ ; *names; names++) {
        if (strlen(*names) == len && memcmp(*names, p, len) == 0) {
            return *names;
        }
    }

    return NULL;
}


/* the value of an attribute, after its opening quote; returns where it ends */

static const unsigned char *
fuzz_page_value(const unsigned char *p, const unsigned char *last, int link)
{
    const char           **scheme;
    const unsigned char   *end;

    end = memchr(p, '"', (size_t) (last - p));

    fuzz_holds(end != NULL && memchr(p, '<', (size_t) (end - p)) == NULL);

    for (scheme = fuzz_page_schemes; link && **scheme; scheme++) {
        if ((size_t) (end - p) >= strlen(*scheme)
            && strncasecmp((const char *) p, *scheme, strlen(*scheme)) == 0)
        {
            break;
        }
    }

    fuzz_holds(!link || **scheme || end == p);

    return end;
}


/* a tag from its "<" on; returns what follows its ">" */

static const unsigned char *
fuzz_page_tag(const unsigned char *p, const unsigned char *last,
    const char **stack, unsigned *depth)
{
    int                   close;
    size_t                n;
    const char           *name;

    close = (*++p == '/');
    p += close;

    for (n = 0; p + n < last && strchr(" >\n", p[n]) == NULL; n++);

    name = fuzz_page_one_of(fuzz_page_elements, p, n);

    if (close) {
        fuzz_holds(*depth && name == stack[--*depth] && p[n] == '>');
        return p + n + 1;
    }

    fuzz_holds(name || fuzz_page_one_of(fuzz_page_alone, p, n));

    if (name) {
        fuzz_holds(*depth < FUZZ_PAGE_DEPTH);
        stack[(*depth)++] = name;
    }

    for (p += n; p < last && *p != '>'; p++) {

        fuzz_holds(*p != '<' && memcmp(p, " on", 3) != 0);

        if (*p == '"') {
            p = fuzz_page_value(p + 1, last,
                                memcmp(p - 5, "href=", 5) == 0);
        }
    }

    fuzz_holds(p < last);

    return p + 1;
}


static void
fuzz_page_tree(const unsigned char *p, const unsigned char *last)
{
    unsigned     depth;
    const char  *stack[FUZZ_PAGE_DEPTH], *raw;

    depth = 0;

    while (p < last) {

        /* scripts and styles end at their own end only */

        raw = depth ? stack[depth - 1] : "";
        raw = strcmp(raw, "script") == 0 ? "</script>"
              : strcmp(raw, "style") == 0 ? "</style>" : "<";

        while (p < last && ((size_t) (last - p) < strlen(raw)
                            || memcmp(p, raw, strlen(raw)) != 0))
        {
            p++;
        }

        if (p < last) {
            p = fuzz_page_tag(p, last, stack, &depth);
        }
    }

    fuzz_holds(depth == 0);
}


static void
fuzz_page_clean(const ngx_shop_emit_t *e)
{
    size_t                n, bad;
    const unsigned char  *p;

    fuzz_holds(!e->failed);

    for (p = e->start; p < e->pos; p += n) {
        n = ngx_shop_utf8_next(p, e->pos, &bad);

        fuzz_holds(n != 0 && (*p == '\n' || !ngx_shop_utf8_control(p, n)));
    }
}


static void
fuzz_page_render(const fuzz_page_template_t *t, ngx_shop_emit_t *e)
{
    ngx_shop_emit_init(e, fuzz_page_out, sizeof(fuzz_page_out));
    ngx_shop_template_render(&t->compiled, ngx_shop_placeholders_get,
                             &fuzz_page_view, e);
    fuzz_page_clean(e);
}


static void
fuzz_page_json(int problem)
{
    size_t            at;
    const char       *reason;
    ngx_shop_str_t    s;
    ngx_shop_emit_t   e;
    ngx_shop_json_t   v;

    ngx_shop_emit_init(&e, fuzz_page_out, sizeof(fuzz_page_out));

    if (problem) {
        ngx_shop_problem_write(&fuzz_page_view, &e);

    } else {
        ngx_shop_problem_status(&fuzz_page_view, &e, 0);
    }

    fuzz_page_clean(&e);

    s.data = e.start;
    s.len = (size_t) (e.pos - e.start);

    fuzz_holds(ngx_shop_json_parse(&v, &s, &at, &reason) == NGX_SHOP_OK);
}


/* the name of the shop comes from nginx's configuration: text in one line */

static int
fuzz_page_name(const uint8_t *data, size_t size)
{
    size_t  n, len, bad;

    for (len = 0; len < size; len += n) {
        n = ngx_shop_utf8_next(data + len, data + size, &bad);

        if (n == 0 || ngx_shop_utf8_control(data + len, n)) {
            return 0;
        }
    }

    fuzz_page_vars[0].value.data = data;
    fuzz_page_vars[0].value.len = size;

    return 1;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned          lang;
    const uint8_t    *end;
    ngx_shop_emit_t   e;
    ngx_shop_view_t  *v = &fuzz_page_view;

    if (v->nvars == 0) {
        fuzz_page_once();
    }

    end = size > 2 ? memchr(data + 2, '\n', size - 2) : NULL;

    if (end == NULL || !fuzz_page_name(data + 2, (size_t) (end - data) - 2)) {
        return 0;
    }

    lang = data[1] & 1;

    ngx_shop_flag_parse(&fuzz_page_notice, NULL, end + 1,
                        (size_t) (data + size - end) - 1, FUZZ_PAGE_NOW,
                        FUZZ_PAGE_NOW);

    v->notice = &fuzz_page_notice;
    v->words = &fuzz_page_words[lang];
    v->lang.data = (const unsigned char *) fuzz_page_langs[lang];
    v->lang.len = 2;
    v->state = data[0] % NGX_SHOP_VIEW_OPEN;
    v->post = (uint8_t) (data[1] / 2 % 3);
    v->now = FUZZ_PAGE_NOW;
    v->since = FUZZ_PAGE_NOW - data[1];
    v->poll = 30;
    v->retry_after = 120;
    v->status_url.data = (const unsigned char *) "/.shop-status";
    v->status_url.len = 13;

    ngx_shop_view_prepare(v);

    fuzz_page_render(&fuzz_page_html, &e);
    fuzz_page_tree(e.start, e.pos);
    fuzz_page_render(&fuzz_page_text, &e);
    fuzz_page_json(0);
    fuzz_page_json(1);

    return 0;
}
