
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Renders the page for a flag, built in or of a page directory, with the code
 * that nginx has.
 */


#include <time.h>

#include "ctl/dress.h"
#include "ctl/jsonout.h"
#include "ctl/pagedir.h"
#include "ctl/policy.h"
#include "ctl/preview.h"
#include "ctl/store.h"
#include "logic/flag/times.h"
#include "logic/words/placeholders.h"
#include "logic/words/view.h"


#define NGX_SHOP_PREVIEW_ROOM  262144


/* what is asked to be seen; -1: as it is */
typedef struct {
    int      state;            /* place in the list of words */
    int      post;
    int64_t  at;               /* Unix s; 0: now */
} ngx_shop_preview_wish_t;


static int ngx_shop_preview_words(const char *lang, ngx_shop_strings_t *words);
static void ngx_shop_preview_name(const ngx_shop_view_t *v,
    ngx_shop_strings_t *words);
static int ngx_shop_preview_informal(void);
static int ngx_shop_preview_layer(const char *lang, ngx_shop_strings_t *words);
static int ngx_shop_preview_parse(ngx_shop_strings_t *words,
    const ngx_shop_pagedir_source_t *source);
static int ngx_shop_preview_vars(ngx_shop_view_t *v,
    const ngx_shop_options_t *o);
static void ngx_shop_preview_view(ngx_shop_view_t *v,
    const ngx_shop_options_t *o);
static int ngx_shop_preview_wish(const ngx_shop_options_t *o,
    ngx_shop_preview_wish_t *wish);
static int ngx_shop_preview_word(const char *option, const char *value,
    const char *const *words);
static void ngx_shop_preview_late(ngx_shop_view_t *v,
    ngx_shop_flag_notice_t *n);
static void ngx_shop_preview_json(const ngx_shop_view_t *v,
    const ngx_shop_str_t *page, int plain);
static int ngx_shop_preview_print(const ngx_shop_options_t *o,
    ngx_shop_view_t *v);


const ngx_shop_options_entry_t  ngx_shop_preview_options[] = {
    { "html", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "the page of a browser, and not the text" },
    { "lang", NGX_SHOP_OPTIONS_VALUE, "LANG",
      "de, fr, pt-BR, ... [en]" },
    { "outage", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "the page of an outage: --state outage" },
    { "state", NGX_SHOP_OPTIONS_VALUE,
      "maintenance|outage|browse|paths|reopening|busy|late",
      "its page; late: the ETA is over [as the flag says]" },
    { "post", NGX_SHOP_OPTIONS_VALUE, "unsent|unknown",
      "after an order that did not reach the shop, or of which nobody knows" },
    { "at", NGX_SHOP_OPTIONS_VALUE, "TIME",
      "as it will be then: +30m, 04:30 [now]" },
    NGX_SHOP_JSONOUT_OPTION,
    { "page-dir", NGX_SHOP_OPTIONS_VALUE, "DIR",
      "templates and texts of your own, as in shop_page_dir" },
    { "page-look", NGX_SHOP_OPTIONS_VALUE, "LOOK",
      "hero, card or plain, as in shop_page_look [hero]" },
    { "page-var", NGX_SHOP_OPTIONS_LIST, "NAME=VALUE",
      "as in shop_page_var: name, accent, logo_file, ..." },
    NGX_SHOP_STORE_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


/* by number of ngx_shop_view_e; the last is an outage of maintenance */
static const char *const  ngx_shop_preview_states[] = {
    "maintenance", "outage", "browse", "paths", "reopening", "busy", "late",
    NULL
};

#define NGX_SHOP_PREVIEW_LATE  6

static const char *const  ngx_shop_preview_posts[] = {
    "none", "unsent", "unknown", NULL
};


static ngx_shop_preview_wish_t      ngx_shop_preview_wished;
static ngx_shop_store_t             ngx_shop_preview_store;
static ngx_shop_flag_notice_t       ngx_shop_preview_notice;
static ngx_shop_strings_t           ngx_shop_preview_texts;
static ngx_shop_view_t              ngx_shop_preview_page;
static ngx_shop_view_var_t ngx_shop_preview_given[NGX_SHOP_OPTIONS_MAX + 2];
static ngx_shop_template_op_t ngx_shop_preview_ops[NGX_SHOP_TEMPLATE_OPS];
static unsigned char ngx_shop_preview_buf[NGX_SHOP_PREVIEW_ROOM];


int
ngx_shop_preview_run(const ngx_shop_options_t *o)
{
    int                rc;
    const char        *lang;
    ngx_shop_store_t  *s = &ngx_shop_preview_store;
    ngx_shop_view_t   *v = &ngx_shop_preview_page;

    if (o->nrest > 1) {
        return ngx_shop_say_error("\"preview\" takes one file, not "
                                  "also \"%s\"", o->rest[1]);
    }

    lang = ngx_shop_options_get(o, "lang");
    lang = lang ? lang : "en";

    if (ngx_shop_preview_wish(o, &ngx_shop_preview_wished) != NGX_SHOP_OK
        || ngx_shop_store_open(s, o) != NGX_SHOP_OK
        || ngx_shop_pagedir_open(
                                 ngx_shop_options_get(o, "page-dir"))
           != NGX_SHOP_OK
        || ngx_shop_preview_vars(v, o) != NGX_SHOP_OK
        || ngx_shop_preview_words(lang,
                                  &ngx_shop_preview_texts)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    rc = o->nrest ? ngx_shop_store_load(s, o->rest[0])
                  : ngx_shop_store_read(s);

    if (rc != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    if (!s->there) {
        ngx_shop_say_note("there is no flag \"%s\", this is the page "
                          "of an empty one", s->path);
    }

    ngx_shop_preview_name(v, &ngx_shop_preview_texts);
    v->words = &ngx_shop_preview_texts;
    v->lang.data = (const unsigned char *) lang;
    v->lang.len = strlen(lang);

    ngx_shop_preview_view(v, o);

    return ngx_shop_preview_print(o, v);
}


/* the shop's name into the texts, as nginx does */

static void
ngx_shop_preview_name(const ngx_shop_view_t *v, ngx_shop_strings_t *words)
{
    unsigned         i;
    ngx_shop_str_t   name;

    static unsigned char  buf[NGX_SHOP_PREVIEW_ROOM];

    memset(&name, 0, sizeof(name));

    for (i = 0; i < v->nvars; i++) {
        if (v->vars[i].name.len == 4
            && memcmp(v->vars[i].name.data, "name", 4) == 0)
        {
            name = v->vars[i].value;
        }
    }

    if (ngx_shop_strings_shop(words, &name, NULL) <= sizeof(buf)) {
        (void) ngx_shop_strings_shop(words, &name, buf);
    }
}


/* English, over it the language, or the one next to one of your own */

static int
ngx_shop_preview_words(const char *lang, ngx_shop_strings_t *words)
{
    int              rc;
    const char      *nearest;
    ngx_shop_str_t   code;

    code.data = (const unsigned char *) lang;
    code.len = strlen(lang);

    ngx_shop_strings_language(words, &code, ngx_shop_preview_informal());

    rc = ngx_shop_preview_layer("en", words);
    nearest = ngx_shop_pagedir_nearest(lang);

    if (rc == NGX_SHOP_OK && nearest && strcmp(nearest, lang) != 0
        && strcmp(nearest, "en") != 0)
    {
        rc = ngx_shop_preview_layer(nearest, words);
    }

    if (rc == NGX_SHOP_OK && strcmp(lang, "en") != 0) {
        rc = ngx_shop_preview_layer(lang, words);
    }

    /* "pt" is the one next to it */

    if (rc == NGX_SHOP_DECLINED && nearest) {
        rc = NGX_SHOP_OK;
    }

    if (rc == NGX_SHOP_DECLINED) {
        (void) ngx_shop_say_error("there is no language \"%s\"; "
                                  "built in are:", lang);
        ngx_shop_pagedir_languages();
    }

    return rc;
}


/* shop_page_var address informal; other values are refused */

static int
ngx_shop_preview_informal(void)
{
    unsigned              i;
    ngx_shop_view_var_t  *var;

    for (i = 0; i < ngx_shop_preview_page.nvars; i++) {
        var = &ngx_shop_preview_given[i];

        if (var->name.len == 7 && memcmp(var->name.data, "address", 7) == 0) {
            return var->value.len == 8;
        }
    }

    return 0;
}


/* the built-in language, and over it that of the directory */

static int
ngx_shop_preview_layer(const char *lang, ngx_shop_strings_t *words)
{
    int                         builtin, own;
    char                        name[64];
    ngx_shop_pagedir_source_t   source;

    snprintf(name, sizeof(name), "lang/%s.txt", lang);

    builtin = ngx_shop_pagedir_builtin(name, &source);

    if (builtin == NGX_SHOP_OK
        && ngx_shop_preview_parse(words, &source)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    own = ngx_shop_pagedir_own(name, &source);

    if (own == NGX_SHOP_OK) {
        ngx_shop_policy_texts(source.name, &source.data);

        return ngx_shop_preview_parse(words, &source);
    }

    return own == NGX_SHOP_ERROR ? own : builtin;
}


static int
ngx_shop_preview_parse(ngx_shop_strings_t *words,
    const ngx_shop_pagedir_source_t *source)
{
    unsigned     line;
    const char  *reason;

    if (ngx_shop_strings_parse(words, &source->data, &line, &reason)
        == NGX_SHOP_OK)
    {
        return NGX_SHOP_OK;
    }

    (void) ngx_shop_say_error("%s:%u: %s", source->name, line, reason);

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_preview_vars(ngx_shop_view_t *v, const ngx_shop_options_t *o)
{
    unsigned              i;
    const char           *value, *equals;
    ngx_shop_view_var_t  *var;

    v->vars = ngx_shop_preview_given;

    for (i = 0; i < o->ngiven; i++) {

        if (strcmp(o->given[i].option->name, "page-var") != 0) {
            continue;
        }

        value = o->given[i].value;
        equals = strchr(value, '=');

        if (equals == NULL || equals == value) {
            (void) ngx_shop_say_error("invalid --page-var \"%s\": "
                                      "write NAME=VALUE", value);
            return NGX_SHOP_ERROR;
        }

        var = &ngx_shop_preview_given[v->nvars++];
        var->name.data = (const unsigned char *) value;
        var->name.len = (size_t) (equals - value);
        var->value.data = (const unsigned char *) equals + 1;
        var->value.len = strlen(equals + 1);
    }

    return ngx_shop_dress_vars(ngx_shop_preview_given, &v->nvars);
}


static void
ngx_shop_preview_view(ngx_shop_view_t *v, const ngx_shop_options_t *o)
{
    ngx_shop_store_t         *s = &ngx_shop_preview_store;
    ngx_shop_flag_notice_t   *n = &ngx_shop_preview_notice;
    ngx_shop_preview_wish_t  *wish = &ngx_shop_preview_wished;

    v->now = (int64_t) time(NULL);

    ngx_shop_flag_parse(n, NULL, s->data, s->size, s->appeared, v->now);

    v->notice = n;
    v->since = n->start.at ? n->start.at : (s->appeared ? s->appeared : v->now);
    v->poll = 30;
    v->retry_after = 120;

    if (wish->state >= 0 && wish->state != NGX_SHOP_PREVIEW_LATE) {
        v->state = (uint8_t) wish->state;

    } else if (ngx_shop_options_get(o, "outage")) {
        v->state = NGX_SHOP_VIEW_OUTAGE;

    } else if (n->mode == NGX_SHOP_FLAG_BROWSE) {
        v->state = NGX_SHOP_VIEW_BROWSE;

    } else if (n->mode == NGX_SHOP_FLAG_PATHS_ONLY) {
        v->state = NGX_SHOP_VIEW_PATHS;

    } else {
        v->state = NGX_SHOP_VIEW_MAINTENANCE;
    }

    /* what is planned is shown as it will be when it begins */

    if (n->start.at > v->now) {
        v->now = n->start.at;
    }

    if (wish->at) {
        v->now = wish->at;
    }

    if (wish->state == NGX_SHOP_PREVIEW_LATE) {
        ngx_shop_preview_late(v, n);
    }

    v->post = (uint8_t) (wish->post > 0 ? wish->post : 0);
    v->since = v->since > v->now ? v->now : v->since;

    ngx_shop_view_prepare(v);
}


static void
ngx_shop_preview_late(ngx_shop_view_t *v, ngx_shop_flag_notice_t *n)
{
    if (n->eta.at == 0) {
        ngx_shop_say_note("the flag has no ETA: this is the page of one that "
                          "was over 5 minutes ago");
        n->eta.at = v->now - 300;
    }

    if (n->eta.at > v->now) {
        v->now = n->eta.at + 300;
    }
}


static int
ngx_shop_preview_wish(const ngx_shop_options_t *o,
    ngx_shop_preview_wish_t *wish)
{
    const char      *at, *reason;
    ngx_shop_str_t   text;

    wish->at = 0;
    wish->state = ngx_shop_preview_word("state",
                                        ngx_shop_options_get(o, "state"),
                                        ngx_shop_preview_states);
    wish->post = ngx_shop_preview_word("post",
                                       ngx_shop_options_get(o, "post"),
                                       ngx_shop_preview_posts);

    if (wish->state < -1 || wish->post < -1) {
        return NGX_SHOP_ERROR;
    }

    at = ngx_shop_options_get(o, "at");

    if (at == NULL) {
        return NGX_SHOP_OK;
    }

    text.data = (const unsigned char *) at;
    text.len = strlen(at);

    if (ngx_shop_times_parse(&text, (int64_t) time(NULL), &wish->at, &reason)
        != NGX_SHOP_OK)
    {
        (void) ngx_shop_say_error("invalid --at \"%s\": %s", at, reason);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* its place; -1: it is not asked for; -2 after it was said what is right */

static int
ngx_shop_preview_word(const char *option, const char *value,
    const char *const *words)
{
    int     i;
    size_t  n;
    char    all[128];

    if (value == NULL) {
        return -1;
    }

    for (i = 0, n = 0; words[i]; i++) {

        if (strcmp(words[i], value) == 0) {
            return i;
        }

        n += (size_t) snprintf(all + n, sizeof(all) - n, "%s%s",
                               i ? ", " : "", words[i]);
    }

    (void) ngx_shop_say_error("invalid --%s \"%s\": write one of %s", option,
                              value, all);
    return -2;
}


static int
ngx_shop_preview_print(const ngx_shop_options_t *o, ngx_shop_view_t *v)
{
    int                         rc;
    ngx_shop_str_t              page;
    const char                 *template, *look;
    ngx_shop_emit_t             e;
    ngx_shop_template_t         t;
    ngx_shop_template_error_t   error;
    ngx_shop_pagedir_source_t   source;

    memset(&t, 0, sizeof(t));

    t.ops = ngx_shop_preview_ops;
    t.nalloc = NGX_SHOP_TEMPLATE_OPS;
    t.plain = (ngx_shop_options_get(o, "html") == NULL);

    template = t.plain ? "page.txt" : "page.html";
    look = ngx_shop_options_get(o, "page-look");

    rc = ngx_shop_pagedir_own(template, &source);

    if (rc == NGX_SHOP_DECLINED) {
        rc = ngx_shop_pagedir_builtin(template, &source);

    } else if (rc == NGX_SHOP_OK && !t.plain) {
        ngx_shop_policy_page(source.name, &source.data);
    }

    if (rc != NGX_SHOP_OK
        || (!t.plain
            && ngx_shop_dress_source(look ? look : "hero", v,
                                     &source.data)
               != NGX_SHOP_OK))
    {
        return NGX_SHOP_SAY_ERROR;
    }

    ngx_shop_policy_vars(v, &source.data);

    if (ngx_shop_template_compile(&t, &source.data,
                                  ngx_shop_placeholders_resolve,
                                  v, &error)
        != NGX_SHOP_OK)
    {
        return ngx_shop_say_error("%s:%u: %s: \"%.*s\"",
                                  source.name, error.line, error.reason,
                                  ngx_shop_say_str(error.what));
    }

    ngx_shop_emit_init(&e, ngx_shop_preview_buf, NGX_SHOP_PREVIEW_ROOM);
    ngx_shop_template_render(&t, ngx_shop_placeholders_get, v, &e);

    if (e.failed) {
        return ngx_shop_say_error("the page is larger than %d bytes",
                                  NGX_SHOP_PREVIEW_ROOM);
    }

    page.data = e.start;
    page.len = (size_t) (e.pos - e.start);

    if (ngx_shop_options_get(o, "json")) {
        ngx_shop_preview_json(v, &page, (int) t.plain);

    } else if (t.plain) {
        ngx_shop_say_text(stdout, page);

    } else {
        ngx_shop_policy_size(&page, v->notice->text_len);
        ngx_shop_policy_write(stdout, &page);
    }

    return NGX_SHOP_SAY_YES;
}


static void
ngx_shop_preview_json(const ngx_shop_view_t *v, const ngx_shop_str_t *page,
    int plain)
{
    ngx_shop_emit_t  e;

    ngx_shop_jsonout_begin(&e, "preview", (int64_t) time(NULL));
    ngx_shop_emit_cstr(&e, "flag", ngx_shop_preview_store.path);
    ngx_shop_emit_cstr(&e, "state", ngx_shop_view_state_name(v->state));
    ngx_shop_emit_str(&e, "language", &v->lang);
    ngx_shop_emit_cstr(&e, "type", plain ? "text/plain" : "text/html");
    ngx_shop_emit_str(&e, "page", page);
    ngx_shop_jsonout_end(&e);
}
