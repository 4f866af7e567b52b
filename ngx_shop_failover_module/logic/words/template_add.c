
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a template is compiled to: texts, values and sections.
 */


#include "logic/words/template_inside.h"


static int ngx_shop_template_add_is(
    const ngx_shop_template_section_t *section,
    const ngx_shop_template_tag_t *tag);
static int ngx_shop_template_add_value(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const ngx_shop_template_name_t *name);
static int ngx_shop_template_add_open(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const ngx_shop_template_name_t *name);
static int ngx_shop_template_add_close(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag);
static int ngx_shop_template_add_op(ngx_shop_template_compiler_t *c,
    unsigned op, uint16_t id, const ngx_shop_str_t *text);


/* the text from p to the tag */

int
ngx_shop_template_add_text(ngx_shop_template_compiler_t *c,
    const unsigned char *p, const ngx_shop_template_tag_t *tag)
{
    size_t          used;
    ngx_shop_str_t  text;

    text.data = p;
    text.len = (size_t) (tag->before - p);

    if (text.len == 0) {
        return NGX_SHOP_OK;
    }

    if (!c->t->plain
        && ngx_shop_markup_feed(&c->markup, text.data, text.len,
                                &used)
           != NGX_SHOP_OK)
    {
        return ngx_shop_template_add_refuse(c, p + used, 1,
                     "this cannot follow a section inside a tag");
    }

    return ngx_shop_template_add_op(c, NGX_SHOP_TEMPLATE_OP_TEXT, 0, &text);
}


int
ngx_shop_template_add_tag(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag)
{
    ngx_shop_template_name_t  name;

    if (tag->kind == '!') {
        return NGX_SHOP_OK;
    }

    if (tag->kind == '/') {
        return ngx_shop_template_add_close(c, tag);
    }

    memset(&name, 0, sizeof(ngx_shop_template_name_t));

    if (c->resolve(c->data, &tag->name, &name) != NGX_SHOP_OK) {
        return ngx_shop_template_add_refuse_tag(c, tag, "no such name");
    }

    if (name.field && (!c->in_list || c->list != name.list)) {
        return ngx_shop_template_add_refuse_tag(c, tag,
                           "this name is known inside its list only");
    }

    if (tag->kind == 0) {
        return ngx_shop_template_add_value(c, tag, &name);
    }

    return ngx_shop_template_add_open(c, tag, &name);
}


static int
ngx_shop_template_add_value(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const ngx_shop_template_name_t *name)
{
    unsigned  op;

    if (name->kind == NGX_SHOP_TEMPLATE_LIST) {
        return ngx_shop_template_add_refuse_tag(c, tag,
              "a list has no value, write {{#name}}...{{/name}}");
    }

    if (c->t->plain) {
        return ngx_shop_template_add_op(c,
                                        NGX_SHOP_TEMPLATE_OP_PLAIN,
                                        name->id, &tag->name);
    }

    switch (ngx_shop_markup_place(&c->markup)) {

    case NGX_SHOP_MARKUP_CONTENT:
    case NGX_SHOP_MARKUP_TEXT:
        op = NGX_SHOP_TEMPLATE_OP_VALUE;
        break;

    case NGX_SHOP_MARKUP_URL:
        op = NGX_SHOP_TEMPLATE_OP_URL;
        break;

    case NGX_SHOP_MARKUP_IMAGE:
        op = NGX_SHOP_TEMPLATE_OP_IMAGE;
        break;

    default:
        return ngx_shop_template_add_refuse_tag(c, tag,
              "a value is safe only between elements and in most "
              "attributes, in quotes");
    }

    return ngx_shop_template_add_op(c, op, name->id, &tag->name);
}


static int
ngx_shop_template_add_open(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const ngx_shop_template_name_t *name)
{
    unsigned                      op, list;
    ngx_shop_markup_place_e       place;
    ngx_shop_template_section_t  *section;

    if (c->depth == NGX_SHOP_TEMPLATE_DEPTH) {
        return ngx_shop_template_add_refuse_tag(c, tag,
                                            "too many sections in each other");
    }

    list = (name->kind == NGX_SHOP_TEMPLATE_LIST);

    op = (tag->kind == '#')
         ? (list ? NGX_SHOP_TEMPLATE_OP_EACH
                 : NGX_SHOP_TEMPLATE_OP_IF)
         : (list ? NGX_SHOP_TEMPLATE_OP_NONE
                 : NGX_SHOP_TEMPLATE_OP_UNLESS);

    place = ngx_shop_markup_place(&c->markup);

    if (place == NGX_SHOP_MARKUP_NOTHING) {
        return ngx_shop_template_add_refuse_tag(c, tag,
              "no section can begin in a script, a style, a comment "
              "or within a word of a tag");
    }

    if (op == NGX_SHOP_TEMPLATE_OP_EACH) {

        if (c->in_list) {
            return ngx_shop_template_add_refuse_tag(c, tag,
                                                "a list cannot be in a list");
        }

        /* the second round would begin within what the first one ended in */

        if (place == NGX_SHOP_MARKUP_TAG) {
            return ngx_shop_template_add_refuse_tag(c, tag,
                            "a list cannot be between attributes");
        }

        c->in_list = 1;
        c->list = name->id;
    }

    section = &c->sections[c->depth++];

    section->op = c->t->nops;
    section->kind = op;
    section->name = tag->name;
    section->markup = c->markup;

    return ngx_shop_template_add_op(c, op, name->id, &tag->name);
}


static int
ngx_shop_template_add_is(const ngx_shop_template_section_t *section,
    const ngx_shop_template_tag_t *tag)
{
    return section->name.len == tag->name.len
           && memcmp(section->name.data, tag->name.data, tag->name.len) == 0;
}


static int
ngx_shop_template_add_close(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag)
{
    int                           rc;
    unsigned                      i;
    ngx_shop_template_t          *t;
    ngx_shop_template_section_t  *section;

    if (c->depth == 0) {
        return ngx_shop_template_add_refuse_tag(c, tag, "no section is open");
    }

    t = c->t;
    section = &c->sections[c->depth - 1];

    if (!ngx_shop_template_add_is(section, tag)) {

        for (i = 0; i < c->depth; i++) {
            if (ngx_shop_template_add_is(&c->sections[i], tag)) {

                /* told where it was opened: where its end is missing is open */

                return ngx_shop_template_add_refuse(c, section->name.data,
                                                    section->name.len,
                       "the section is not closed before the one around it");
            }
        }

        return ngx_shop_template_add_refuse_tag(c, tag,
                                        "no section of this name is open");
    }

    if (ngx_shop_markup_join(&c->markup, &section->markup) != NGX_SHOP_OK) {
        return ngx_shop_template_add_refuse_tag(c, tag,
              "the section began elsewhere in a tag or outside it");
    }

    rc = NGX_SHOP_OK;

    if (section->kind == NGX_SHOP_TEMPLATE_OP_EACH) {
        c->in_list = 0;
        rc = ngx_shop_template_add_op(c,
                                      NGX_SHOP_TEMPLATE_OP_NEXT,
                                      c->list, &tag->name);

        if (rc == NGX_SHOP_OK && t->ops) {
            t->ops[t->nops - 1].jump = (uint16_t) (section->op + 1);
        }
    }

    if (t->ops) {
        t->ops[section->op].jump = (uint16_t) t->nops;
    }

    c->depth--;

    return rc;
}


static int
ngx_shop_template_add_op(ngx_shop_template_compiler_t *c, unsigned op,
    uint16_t id, const ngx_shop_str_t *text)
{
    ngx_shop_template_t     *t;
    ngx_shop_template_op_t  *o;

    t = c->t;

    if (t->nops == NGX_SHOP_TEMPLATE_OPS || (t->ops && t->nops == t->nalloc)) {
        return ngx_shop_template_add_refuse(c, text->data, text->len,
                                        "the template has too many places");
    }

    if (t->ops) {
        o = &t->ops[t->nops];

        o->op = (uint8_t) op;
        o->id = id;
        o->jump = 0;
        o->text = *text;
    }

    t->nops++;

    return NGX_SHOP_OK;
}


int
ngx_shop_template_add_refuse(ngx_shop_template_compiler_t *c,
    const unsigned char *p, size_t len, const char *reason)
{
    const unsigned char        *q;
    ngx_shop_template_error_t  *error;

    error = c->error;

    error->line = 1;
    error->reason = reason;
    error->what.data = p;
    error->what.len = len;

    for (q = c->start; q < p; q++) {
        error->line += (*q == '\n');
    }

    return NGX_SHOP_ERROR;
}


int
ngx_shop_template_add_refuse_tag(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const char *reason)
{
    return ngx_shop_template_add_refuse(c, tag->start,
                                    (size_t) (tag->end - tag->start), reason);
}
