
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Compiler and renderer of page templates.  A template becomes a list of
 * steps with jumps; names become the caller's numbers.  Does not know which
 * names exist, reads no file.
 */


#include "logic/words/link.h"
#include "logic/words/markup.h"
#include "logic/words/template.h"


enum {
    NGX_SHOP_TEMPLATE_OP_TEXT = 0,   /* text */
    NGX_SHOP_TEMPLATE_OP_VALUE,
    NGX_SHOP_TEMPLATE_OP_PLAIN,
    NGX_SHOP_TEMPLATE_OP_URL,
    NGX_SHOP_TEMPLATE_OP_IMAGE,
    NGX_SHOP_TEMPLATE_OP_IF,         /* empty: jump */
    NGX_SHOP_TEMPLATE_OP_UNLESS,     /* not empty: jump */
    NGX_SHOP_TEMPLATE_OP_EACH,       /* no first item: jump */
    NGX_SHOP_TEMPLATE_OP_NONE,       /* a first item: jump */
    NGX_SHOP_TEMPLATE_OP_NEXT        /* a next item: jump back */
};


/* an open section */
typedef struct {
    unsigned                      op;         /* its index */
    unsigned                      kind;       /* and what it is */
    ngx_shop_str_t                name;
    ngx_shop_markup_t             markup;     /* where it began */
} ngx_shop_template_section_t;


typedef struct {
    ngx_shop_template_t          *t;
    const unsigned char          *start;
    const unsigned char          *last;
    ngx_shop_template_resolve_pt  resolve;
    void                         *data;
    ngx_shop_template_error_t    *error;

    ngx_shop_markup_t             markup;
    unsigned                      depth;
    unsigned                      in_list;
    uint16_t                      list;       /* id */
    ngx_shop_template_section_t sections[NGX_SHOP_TEMPLATE_DEPTH];
} ngx_shop_template_compiler_t;


/* {{kind name}} */
typedef struct {
    unsigned char                 kind;       /* # ^ / ! or 0 */
    ngx_shop_str_t                name;
    const unsigned char          *start;
    const unsigned char          *end;        /* after "}}" */
    const unsigned char          *before;     /* text ends here */
    const unsigned char          *after;      /* and goes on here */
} ngx_shop_template_tag_t;


static int ngx_shop_template_find_tag(ngx_shop_template_compiler_t *c,
    const unsigned char *p, ngx_shop_template_tag_t *tag);
static int ngx_shop_template_parse_tag(ngx_shop_template_compiler_t *c,
    ngx_shop_template_tag_t *tag);
static int ngx_shop_template_add_text(ngx_shop_template_compiler_t *c,
    const unsigned char *p, const ngx_shop_template_tag_t *tag);
static void ngx_shop_template_take_line(const ngx_shop_template_compiler_t *c,
    ngx_shop_template_tag_t *tag);
static int ngx_shop_template_add_tag(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag);
static int ngx_shop_template_add_value(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const ngx_shop_template_name_t *name);
static int ngx_shop_template_open_section(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const ngx_shop_template_name_t *name);
static int ngx_shop_template_close_section(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag);
static int ngx_shop_template_add_op(ngx_shop_template_compiler_t *c,
    unsigned op, uint16_t id, const ngx_shop_str_t *text);
static int ngx_shop_template_refuse(ngx_shop_template_compiler_t *c,
    const unsigned char *p, size_t len, const char *reason);
static int ngx_shop_template_refuse_tag(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const char *reason);
static void ngx_shop_template_write(unsigned op, const ngx_shop_str_t *value,
    ngx_shop_emit_t *e);


int
ngx_shop_template_compile(ngx_shop_template_t *t, const ngx_shop_str_t *source,
    ngx_shop_template_resolve_pt resolve, void *data,
    ngx_shop_template_error_t *error)
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

        return ngx_shop_template_refuse(&c, section->name.data,
                                        section->name.len,
                                        "the section is not closed");
    }

    if (ngx_shop_markup_place(&c.markup) != NGX_SHOP_MARKUP_CONTENT) {
        return ngx_shop_template_refuse(&c, c.last, 0,
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

    return ngx_shop_template_refuse(c, tag->start, 2, "no }} follows");
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
        return ngx_shop_template_refuse_tag(c, tag, "a name is missing");
    }

    tag->name.data = p;
    tag->name.len = (size_t) (last - p);

    for ( /* void */ ; p < last; p++) {
        ch = *p | 0x20;

        if ((ch < 'a' || ch > 'z')
            && (*p < '0' || *p > '9')
            && *p != '_' && *p != '-' && *p != '.')
        {
            return ngx_shop_template_refuse_tag(c, tag,
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


/* the text from p to the tag */

static int
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
        return ngx_shop_template_refuse(c, p + used, 1,
                     "this cannot follow a section inside a tag");
    }

    return ngx_shop_template_add_op(c, NGX_SHOP_TEMPLATE_OP_TEXT, 0, &text);
}


static int
ngx_shop_template_add_tag(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag)
{
    ngx_shop_template_name_t  name;

    if (tag->kind == '!') {
        return NGX_SHOP_OK;
    }

    if (tag->kind == '/') {
        return ngx_shop_template_close_section(c, tag);
    }

    memset(&name, 0, sizeof(ngx_shop_template_name_t));

    if (c->resolve(c->data, &tag->name, &name) != NGX_SHOP_OK) {
        return ngx_shop_template_refuse_tag(c, tag, "no such name");
    }

    if (name.field && (!c->in_list || c->list != name.list)) {
        return ngx_shop_template_refuse_tag(c, tag,
                           "this name is known inside its list only");
    }

    if (tag->kind == 0) {
        return ngx_shop_template_add_value(c, tag, &name);
    }

    return ngx_shop_template_open_section(c, tag, &name);
}


static int
ngx_shop_template_add_value(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const ngx_shop_template_name_t *name)
{
    unsigned  op;

    if (name->kind == NGX_SHOP_TEMPLATE_LIST) {
        return ngx_shop_template_refuse_tag(c, tag,
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
        return ngx_shop_template_refuse_tag(c, tag,
              "a value is safe only between elements and in most "
              "attributes, in quotes");
    }

    return ngx_shop_template_add_op(c, op, name->id, &tag->name);
}


static int
ngx_shop_template_open_section(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const ngx_shop_template_name_t *name)
{
    unsigned                      op, list;
    ngx_shop_markup_place_e       place;
    ngx_shop_template_section_t  *section;

    if (c->depth == NGX_SHOP_TEMPLATE_DEPTH) {
        return ngx_shop_template_refuse_tag(c, tag,
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
        return ngx_shop_template_refuse_tag(c, tag,
              "no section can begin in a script, a style, a comment "
              "or within a word of a tag");
    }

    if (op == NGX_SHOP_TEMPLATE_OP_EACH) {

        if (c->in_list) {
            return ngx_shop_template_refuse_tag(c, tag,
                                                "a list cannot be in a list");
        }

        /* the second round would begin within what the first one ended in */

        if (place == NGX_SHOP_MARKUP_TAG) {
            return ngx_shop_template_refuse_tag(c, tag,
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
ngx_shop_template_close_section(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag)
{
    int                           rc;
    ngx_shop_template_t          *t;
    ngx_shop_template_section_t  *section;

    if (c->depth == 0) {
        return ngx_shop_template_refuse_tag(c, tag, "no section is open");
    }

    t = c->t;
    section = &c->sections[c->depth - 1];

    if (section->name.len != tag->name.len
        || memcmp(section->name.data, tag->name.data, tag->name.len) != 0)
    {
        return ngx_shop_template_refuse_tag(c, tag,
                             "another section is still open here");
    }

    if (ngx_shop_markup_join(&c->markup, &section->markup) != NGX_SHOP_OK) {
        return ngx_shop_template_refuse_tag(c, tag,
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
        return ngx_shop_template_refuse(c, text->data, text->len,
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


static int
ngx_shop_template_refuse(ngx_shop_template_compiler_t *c,
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


static int
ngx_shop_template_refuse_tag(ngx_shop_template_compiler_t *c,
    const ngx_shop_template_tag_t *tag, const char *reason)
{
    return ngx_shop_template_refuse(c, tag->start,
                                    (size_t) (tag->end - tag->start), reason);
}


void
ngx_shop_template_render(const ngx_shop_template_t *t,
    ngx_shop_template_get_pt get, void *data, ngx_shop_emit_t *e)
{
    int                            found;
    unsigned                       i, item, round;
    ngx_shop_str_t                 value;
    const ngx_shop_template_op_t  *op;

    item = 0;

    /* without room there is no page, and a template may repeat for long */

    for (i = 0; i < t->nops && !e->failed; /* void */) {
        op = &t->ops[i++];

        if (op->op == NGX_SHOP_TEMPLATE_OP_TEXT) {
            ngx_shop_emit_raw(e, op->text.data, op->text.len);
            continue;
        }

        if (op->op == NGX_SHOP_TEMPLATE_OP_NEXT) {
            item++;
        }

        value.len = 0;
        value.data = NULL;

        round = (op->op == NGX_SHOP_TEMPLATE_OP_NONE) ? 0 : item;
        found = (get(data, op->id, round, &value) == NGX_SHOP_OK);

        switch (op->op) {

        case NGX_SHOP_TEMPLATE_OP_IF:

            if (!found || value.len == 0) {
                i = op->jump;
            }

            break;

        case NGX_SHOP_TEMPLATE_OP_UNLESS:

            if (found && value.len != 0) {
                i = op->jump;
            }

            break;

        case NGX_SHOP_TEMPLATE_OP_EACH:

            if (!found) {
                i = op->jump;
            }

            break;

        case NGX_SHOP_TEMPLATE_OP_NONE:

            if (found) {
                i = op->jump;
            }

            break;

        case NGX_SHOP_TEMPLATE_OP_NEXT:

            if (found) {
                i = op->jump;

            } else {
                item = 0;
            }

            break;

        default:

            if (found) {
                ngx_shop_template_write(op->op, &value, e);
            }
        }
    }
}


static void
ngx_shop_template_write(unsigned op, const ngx_shop_str_t *value,
    ngx_shop_emit_t *e)
{
    switch (op) {

    case NGX_SHOP_TEMPLATE_OP_PLAIN:
        ngx_shop_emit_raw(e, value->data, value->len);
        return;

    case NGX_SHOP_TEMPLATE_OP_URL:
    case NGX_SHOP_TEMPLATE_OP_IMAGE:

        if (!ngx_shop_link_is_safe(value, op == NGX_SHOP_TEMPLATE_OP_IMAGE)) {
            return;
        }

        break;

    default:
        break;
    }

    ngx_shop_emit_html(e, value);
}
