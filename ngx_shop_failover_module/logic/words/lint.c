
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a browser will block of a page, and what no text of a language can say.
 * Reads tags as far as it needs to find
 * their attributes; what is safe to render is template's and markup's to say.
 */


#include "logic/text/span.h"
#include "logic/words/lint.h"
#include "logic/words/strings.h"


typedef struct {
    const unsigned char    *start;
    const unsigned char    *p;
    const unsigned char    *last;
    ngx_shop_lint_pt        told;
    void                   *data;
    ngx_shop_str_t          tag;        /* "img", of the one that is read */
    unsigned                attributes;
    unsigned                fetches;    /* <link>: it loads something */
} ngx_shop_lint_t;


/* tag NULL: of any; values that begin with "data:" or a place are fine */
typedef struct {
    const char  *tag;
    const char  *name;
    const char  *reason;
} ngx_shop_lint_rule_t;


static void ngx_shop_lint_skip(ngx_shop_lint_t *l, const char *end);
static void ngx_shop_lint_comment(ngx_shop_lint_t *l);
static void ngx_shop_lint_tag(ngx_shop_lint_t *l);
static int ngx_shop_lint_attribute(ngx_shop_lint_t *l, ngx_shop_str_t *name,
    ngx_shop_str_t *value);
static ngx_shop_str_t ngx_shop_lint_value(ngx_shop_lint_t *l);
static void ngx_shop_lint_judge(ngx_shop_lint_t *l,
    const ngx_shop_str_t *name, const ngx_shop_str_t *value);
static void ngx_shop_lint_css(ngx_shop_lint_t *l, const unsigned char *end);
static int ngx_shop_lint_begins(const unsigned char *p,
    const unsigned char *last, const char *text);
static int ngx_shop_lint_inside(const ngx_shop_str_t *value);
static int ngx_shop_lint_known(const ngx_shop_str_t *name);
static void ngx_shop_lint_tell(ngx_shop_lint_t *l, const unsigned char *what,
    size_t len, const char *reason);


static const char  ngx_shop_lint_hash[] =
    "the browser blocks it, as it has attributes: write <style> and <script> "
    "alone, with @media and all else inside";
static const char  ngx_shop_lint_fetch[] =
    "the browser blocks it: nothing is loaded, images are data: URIs";


static const ngx_shop_lint_rule_t  ngx_shop_lint_rules[] = {
    { NULL, "src", ngx_shop_lint_fetch },
    { NULL, "srcset", ngx_shop_lint_fetch },
    { NULL, "poster", ngx_shop_lint_fetch },
    { NULL, "background", ngx_shop_lint_fetch },
    { NULL, "xlink:href", ngx_shop_lint_fetch },
    { "object", "data", ngx_shop_lint_fetch },
    { "image", "href", ngx_shop_lint_fetch },
    { "use", "href", ngx_shop_lint_fetch },
    { NULL, NULL, NULL }
};


/* elements that do nothing under the policy, whatever they have */
static const ngx_shop_lint_rule_t  ngx_shop_lint_tags[] = {
    { "form", NULL, "the browser blocks it: nothing can be sent" },
    { "base", NULL, "the browser blocks it" },
    { "iframe", NULL, "the browser blocks it: no frames" },
    { "frame", NULL, "the browser blocks it: no frames" },
    { "embed", NULL, "the browser blocks it: no plug-ins" },
    { NULL, NULL, NULL }
};


static const ngx_shop_lint_rule_t  ngx_shop_lint_css_rules[] = {
    { NULL, "@import", "the browser blocks it: nothing is loaded" },
    { NULL, "@font-face",
      "the browser blocks it: no web fonts, name fonts that devices have" },
    { NULL, NULL, NULL }
};


void
ngx_shop_lint_page(const ngx_shop_str_t *source, ngx_shop_lint_pt told,
    void *data)
{
    ngx_shop_lint_t  l;

    memset(&l, 0, sizeof(l));

    l.start = source->data;
    l.p = source->data;
    l.last = source->data + source->len;
    l.told = told;
    l.data = data;

    while (l.p < l.last) {

        if (ngx_shop_lint_begins(l.p, l.last, "{{!")) {
            ngx_shop_lint_comment(&l);

        } else if (ngx_shop_lint_begins(l.p, l.last, "<!--")) {
            ngx_shop_lint_skip(&l, "-->");

        } else if (*l.p == '<' && l.last - l.p > 1
                   && (l.p[1] | 0x20) >= 'a' && (l.p[1] | 0x20) <= 'z')
        {
            ngx_shop_lint_tag(&l);

        } else {
            l.p++;
        }
    }
}


void
ngx_shop_lint_style(const ngx_shop_str_t *source, ngx_shop_lint_pt told,
    void *data)
{
    ngx_shop_lint_t  l;

    memset(&l, 0, sizeof(l));

    l.start = source->data;
    l.p = source->data;
    l.last = source->data + source->len;
    l.told = told;
    l.data = data;

    ngx_shop_lint_css(&l, l.last);
}


/* behind the next end; to the last byte where there is none */

static void
ngx_shop_lint_skip(ngx_shop_lint_t *l, const char *end)
{
    while (l->p < l->last && !ngx_shop_lint_begins(l->p, l->last, end)) {
        l->p++;
    }

    l->p = (size_t) (l->last - l->p) > strlen(end) ? l->p + strlen(end)
                                                   : l->last;
}


/* a comment of a template may speak of {{name}} */

static void
ngx_shop_lint_comment(ngx_shop_lint_t *l)
{
    unsigned  depth;

    depth = 0;

    while (l->last - l->p >= 2) {

        if (l->p[0] == '{' && l->p[1] == '{') {
            depth++;
            l->p++;

        } else if (l->p[0] == '}' && l->p[1] == '}') {
            l->p++;

            if (--depth == 0) {
                l->p++;
                return;
            }
        }

        l->p++;
    }

    l->p = l->last;
}


static void
ngx_shop_lint_tag(ngx_shop_lint_t *l)
{
    ngx_shop_str_t               name, value;
    const unsigned char         *begin, *end;
    const ngx_shop_lint_rule_t  *rule;

    begin = l->p++;
    l->tag.data = l->p;

    while (l->p < l->last && *l->p > ' ' && *l->p != '>' && *l->p != '/') {
        l->p++;
    }

    l->tag.len = (size_t) (l->p - l->tag.data);
    l->attributes = 0;
    l->fetches = 0;

    while (ngx_shop_lint_attribute(l, &name, &value)) {
        l->attributes++;
        ngx_shop_lint_judge(l, &name, &value);
    }

    for (rule = ngx_shop_lint_tags; rule->tag; rule++) {
        if (ngx_shop_span_is(&l->tag, rule->tag)) {
            ngx_shop_lint_tell(l, begin, (size_t) (l->p - begin),
                               rule->reason);
        }
    }

    if (l->fetches) {
        ngx_shop_lint_tell(l, begin, (size_t) (l->p - begin),
                           ngx_shop_lint_fetch);
    }

    if (!ngx_shop_span_is(&l->tag, "style")
        && !ngx_shop_span_is(&l->tag, "script"))
    {
        return;
    }

    if (l->attributes) {
        ngx_shop_lint_tell(l, begin, (size_t) (l->p - begin),
                           ngx_shop_lint_hash);
    }

    for (end = l->p; end < l->last; end++) {
        if (ngx_shop_lint_begins(end, l->last, "</s")) {
            break;
        }
    }

    if (ngx_shop_span_is(&l->tag, "style")) {
        ngx_shop_lint_css(l, end);
    }

    l->p = end;
}


/* 1 and the next attribute, or 0: the tag has ended, and p is behind it */

static int
ngx_shop_lint_attribute(ngx_shop_lint_t *l, ngx_shop_str_t *name,
    ngx_shop_str_t *value)
{
    value->data = NULL;
    value->len = 0;

    for ( /* void */ ; l->p < l->last; l->p++) {

        if (*l->p == '>') {
            l->p++;
            return 0;
        }

        if (ngx_shop_lint_begins(l->p, l->last, "{{")) {
            ngx_shop_lint_skip(l, "}}");
            l->p--;
            continue;
        }

        if (*l->p > ' ' && *l->p != '/') {
            break;
        }
    }

    name->data = l->p;

    while (l->p < l->last && *l->p > ' ' && *l->p != '>' && *l->p != '='
           && *l->p != '/' && *l->p != '{')
    {
        l->p++;
    }

    name->len = (size_t) (l->p - name->data);

    if (l->p < l->last && *l->p == '=') {
        l->p++;
        *value = ngx_shop_lint_value(l);

    } else if (name->len == 0 && l->p < l->last) {
        l->p++;
    }

    return name->data < l->last;
}


static ngx_shop_str_t
ngx_shop_lint_value(ngx_shop_lint_t *l)
{
    unsigned char   quote;
    ngx_shop_str_t  value;

    quote = 0;

    if (l->p < l->last && (*l->p == '"' || *l->p == '\'')) {
        quote = *l->p++;
    }

    value.data = l->p;

    while (l->p < l->last
           && (quote ? *l->p != quote : (*l->p > ' ' && *l->p != '>')))
    {
        l->p++;
    }

    value.len = (size_t) (l->p - value.data);
    l->p += (quote && l->p < l->last);

    return value;
}


static void
ngx_shop_lint_judge(ngx_shop_lint_t *l, const ngx_shop_str_t *name,
    const ngx_shop_str_t *value)
{
    size_t                       len;
    const ngx_shop_lint_rule_t  *rule;

    /* p is behind the value, and its quote */

    len = (size_t) (l->p - name->data);

    if (ngx_shop_span_is(name, "style")) {
        ngx_shop_lint_tell(l, name->data, len, "the browser blocks it: write "
                           "a class, and its rule in <style>");
        return;
    }

    if (name->len > 2 && (name->data[0] | 0x20) == 'o'
        && (name->data[1] | 0x20) == 'n')
    {
        ngx_shop_lint_tell(l, name->data, len, "the browser blocks it: write "
                           "addEventListener() in <script>");
        return;
    }

    if (ngx_shop_lint_begins(value->data, value->data + value->len,
                             "javascript:"))
    {
        ngx_shop_lint_tell(l, name->data, len, "the browser blocks it: write "
                           "addEventListener() in <script>");
        return;
    }

    if (ngx_shop_span_is(&l->tag, "link")) {
        l->fetches |= ngx_shop_span_is(name, "href")
                      && !ngx_shop_lint_inside(value);
        return;
    }

    for (rule = ngx_shop_lint_rules; rule->name; rule++) {
        if (ngx_shop_span_is(name, rule->name)
            && (rule->tag == NULL || ngx_shop_span_is(&l->tag, rule->tag))
            && !ngx_shop_lint_inside(value)
            && !ngx_shop_span_is(&l->tag, "script"))
        {
            ngx_shop_lint_tell(l, name->data, len, rule->reason);
        }
    }
}


/* whether it needs no request: a data: URI, a part of the page, a place */

static int
ngx_shop_lint_inside(const ngx_shop_str_t *value)
{
    const unsigned char  *last;

    last = value->data + value->len;

    return value->len == 0 || *value->data == '#'
           || ngx_shop_lint_begins(value->data, last, "data:")
           || ngx_shop_lint_begins(value->data, last, "{{");
}


static void
ngx_shop_lint_css(ngx_shop_lint_t *l, const unsigned char *end)
{
    const unsigned char         *p, *url;
    const ngx_shop_lint_rule_t  *rule;

    for (p = l->p; p < end; p++) {

        if (ngx_shop_lint_begins(p, end, "/*")) {
            l->p = p;
            ngx_shop_lint_skip(l, "*/");
            p = l->p - 1;
            continue;
        }

        for (rule = ngx_shop_lint_css_rules; rule->name; rule++) {
            if (ngx_shop_lint_begins(p, end, rule->name)) {
                ngx_shop_lint_tell(l, p, strlen(rule->name), rule->reason);
            }
        }

        if (!ngx_shop_lint_begins(p, end, "url(")) {
            continue;
        }

        for (url = p + 4; url < end && (*url == ' ' || *url == '"'
                                        || *url == '\''); url++)
        {
            /* void */
        }

        if (url < end && *url != '#'
            && !ngx_shop_lint_begins(url, end, "data:"))
        {
            ngx_shop_lint_tell(l, p, (size_t) (url - p), ngx_shop_lint_fetch);
        }
    }

    l->p = end;
}


/* without regard to the case of letters */

static int
ngx_shop_lint_begins(const unsigned char *p, const unsigned char *last,
    const char *text)
{
    ngx_shop_str_t  s;

    s.data = p;
    s.len = strlen(text);

    return (size_t) (last - p) >= s.len && ngx_shop_span_is(&s, text);
}


/* a piece of 60 bytes at most, without its line breaks */

static void
ngx_shop_lint_tell(ngx_shop_lint_t *l, const unsigned char *what, size_t len,
    const char *reason)
{
    const unsigned char    *p;
    ngx_shop_lint_found_t   found;

    found.line = 1;
    found.reason = reason;
    found.what.data = what;
    found.what.len = 0;

    for (p = l->start; p < what; p++) {
        found.line += (*p == '\n');
    }

    while (found.what.len < len && found.what.len < 60
           && what[found.what.len] >= ' ')
    {
        found.what.len++;
    }

    while (found.what.len && found.what.len < len
           && (what[found.what.len] & 0xc0) == 0x80)
    {
        found.what.len--;
    }

    l->told(l->data, &found);
}


size_t
ngx_shop_lint_size(const ngx_shop_str_t *page)
{
    size_t                n;
    const unsigned char  *p, *last;

    last = page->data + page->len;
    n = page->len;

    for (p = page->data; p < last; p++) {

        if (!ngx_shop_lint_begins(p, last, "data:image")) {
            continue;
        }

        while (p < last && *p != '"' && *p != '\'' && *p != ')' && *p > ' ') {
            p++;
            n--;
        }
    }

    return n;
}


void
ngx_shop_lint_texts(const ngx_shop_str_t *source, ngx_shop_lint_pt told,
    void *data)
{
    size_t                  len;
    unsigned                comment;
    ngx_shop_str_t          rest, name, form;
    const unsigned char    *p;
    ngx_shop_lint_found_t   found;

    found.line = 1;
    found.reason = "no text has such a place: visitors see it with its braces; "
                   "docs/page-authoring.md has the places";

    rest = *source;
    comment = (rest.len && *rest.data == '#');

    for (len = 0; rest.len; rest.data += len, rest.len -= len) {

        p = rest.data;
        len = 1;

        if (*p == '\n') {
            found.line++;
            comment = (rest.len > 1 && p[1] == '#');
            continue;
        }

        len = comment ? 0 : ngx_shop_strings_place(&rest, &name, &form);

        if (len == 0 || memchr(p, '\n', len)) {
            len = 1;
            continue;
        }

        if (!ngx_shop_lint_known(&name)) {
            found.what.data = p;
            found.what.len = len;
            told(data, &found);
        }
    }
}


/* also {shop|default} */

static int
ngx_shop_lint_known(const ngx_shop_str_t *name)
{
    size_t        len;
    const char  **place;

    static const char  *places[] = {
        "shop", "eta", "since", "next", "start", "in", "n", "weekday", "day",
        "month", "year", "time", "zone", "hour", "h", "h12", "minute", "ampm",
        NULL
    };

    for (place = places; *place; place++) {
        len = strlen(*place);

        if (name->len >= len && memcmp(name->data, *place, len) == 0
            && (name->len == len
                || (place == places && name->data[len] == '|')))
        {
            return 1;
        }
    }

    return 0;
}
