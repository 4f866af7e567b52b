
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Compiler of page templates: finds the tags.  A template becomes a list of
 * steps with jumps; names become the caller's numbers.  Does not know which
 * names exist, reads no file.
 */


#include "logic/words/template_inside.h"


static int ngx_shop_template_find_tag(ngx_shop_template_compiler_t *c,
    const unsigned char *p, ngx_shop_template_tag_t *tag);
static int ngx_shop_template_parse_tag(ngx_shop_template_compiler_t *c,
    ngx_shop_template_tag_t *tag);
static void ngx_shop_template_take_line(const ngx_shop_template_compiler_t *c,
    ngx_shop_template_tag_t *tag);


int
ngx_shop_template_compile(ngx_shop_template_t *t,
    const ngx_shop_str_t *source, ngx_shop_template_resolve_pt resolve,
    void *data, ngx_shop_template_error_t *error)
{
    int                           rc;
    const unsigned char          *p;
    ngx_shop_template_tag_t       tag;
    ngx_shop_template_section_t  *section;
    ngx_shop_template_compiler_t  c;

    memset(&c, 0, sizeof(ngx_shop_template_compiler_t));

    t->nops = 0;

    if (source->len == 0) {
        return NGX_SHOP_OK;
    }

    c.t = t;
    c.start = source->data;
    c.last = source->data + source->len;
    c.resolve = resolve;
    c.data = data;
    c.error = error;

    p = c.start;

    do {
        rc = ngx_shop_template_find_tag(&c, p, &tag);

        if (rc == NGX_SHOP_ERROR
            || ngx_shop_template_add_text(&c, p, &tag)
               != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }

        if (rc == NGX_SHOP_OK) {

            if (ngx_shop_template_add_tag(&c, &tag) != NGX_SHOP_OK) {
                return NGX_SHOP_ERROR;
            }

            p = tag.after;
        }

    } while (rc == NGX_SHOP_OK);

    if (c.depth) {
        section = &c.sections[c.depth - 1];

        return ngx_shop_template_add_refuse(&c, section->name.data,
                                        section->name.len,
                                        "the section is not closed");
    }

    if (ngx_shop_markup_place(&c.markup) != NGX_SHOP_MARKUP_CONTENT) {
        return ngx_shop_template_add_refuse(&c, c.last, 0,
                "the template ends inside a tag, a comment or a script");
    }

    return NGX_SHOP_OK;
}


/* OK and the next tag, or DECLINED: none, the text goes on to the end */

static int
ngx_shop_template_find_tag(ngx_shop_template_compiler_t *c,
    const unsigned char *p, ngx_shop_template_tag_t *tag)
{
    unsigned  depth;

    memset(tag, 0, sizeof(ngx_shop_template_tag_t));

    while (c->last - p >= 2 && (p[0] != '{' || p[1] != '{')) {
        p++;
    }

    if (c->last - p < 2) {
        tag->before = c->last;
        return NGX_SHOP_DECLINED;
    }

    tag->start = p;
    depth = 1;

    /* a comment may speak of {{name}} */

    for (p += 2; c->last - p >= 2; p++) {

        if (p[0] == '}' && p[1] == '}') {
            depth--;
            p++;

            if (depth == 0) {
                tag->end = p + 1;
                return ngx_shop_template_parse_tag(c, tag);
            }

        } else if (p[0] == '{' && p[1] == '{' && tag->start[2] == '!') {
            depth++;
            p++;
        }
    }

    return ngx_shop_template_add_refuse(c, tag->start, 2, "no }} follows");
}


static int
ngx_shop_template_parse_tag(ngx_shop_template_compiler_t *c,
    ngx_shop_template_tag_t *tag)
{
    unsigned char         ch;
    const unsigned char  *p, *last;

    p = tag->start + 2;
    last = tag->end - 2;

    if (p < last && (*p == '#' || *p == '^' || *p == '/' || *p == '!')) {
        tag->kind = *p++;
    }

    ngx_shop_template_take_line(c, tag);

    if (tag->kind == '!') {
        return NGX_SHOP_OK;
    }

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    while (last > p && (last[-1] == ' ' || last[-1] == '\t')) {
        last--;
    }

    if (p == last) {
        return ngx_shop_template_add_refuse_tag(c, tag, "a name is missing");
    }

    tag->name.data = p;
    tag->name.len = (size_t) (last - p);

    for ( /* void */ ; p < last; p++) {
        ch = *p | 0x20;

        if ((ch < 'a' || ch > 'z')
            && (*p < '0' || *p > '9')
            && *p != '_' && *p != '-' && *p != '.')
        {
            return ngx_shop_template_add_refuse_tag(c, tag,
                    "a name has letters, digits, \"_\", \"-\" and \".\" only");
        }
    }

    return NGX_SHOP_OK;
}


/* a line with nothing but one tag, which writes nothing, is no text */

static void
ngx_shop_template_take_line(const ngx_shop_template_compiler_t *c,
    ngx_shop_template_tag_t *tag)
{
    const unsigned char  *p, *q;

    tag->before = tag->start;
    tag->after = tag->end;

    if (tag->kind == 0 || c->t->plain) {
        return;
    }

    for (p = tag->start; p > c->start && p[-1] != '\n'; p--) {
        if (p[-1] != ' ' && p[-1] != '\t') {
            return;
        }
    }

    for (q = tag->end; q < c->last && *q != '\n'; q++) {
        if (*q != ' ' && *q != '\t' && *q != '\r') {
            return;
        }
    }

    tag->before = p;
    tag->after = (q < c->last) ? q + 1 : q;
}
