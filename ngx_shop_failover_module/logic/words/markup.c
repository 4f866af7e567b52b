
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Where in HTML one is: the part of the standard's tokenizer that tells
 * text from tags, attributes, scripts and comments.  A tracker, not a
 * parser; does not know templates.
 */


#include "logic/words/markup.h"
#include "logic/text/span.h"


enum {
    NGX_SHOP_MARKUP_ST_TEXT = 0,
    NGX_SHOP_MARKUP_ST_OPEN,         /* < */
    NGX_SHOP_MARKUP_ST_CLOSE,        /* </ */
    NGX_SHOP_MARKUP_ST_BANG,         /* <! */
    NGX_SHOP_MARKUP_ST_BANG_DASH,    /* <!- */
    NGX_SHOP_MARKUP_ST_DECLARATION,  /* until > */
    NGX_SHOP_MARKUP_ST_COMMENT,      /* until --> */
    NGX_SHOP_MARKUP_ST_ELEMENT,      /* its name */
    NGX_SHOP_MARKUP_ST_END_ELEMENT,
    NGX_SHOP_MARKUP_ST_TAG,          /* in it, the laxest first */
    NGX_SHOP_MARKUP_ST_GAP,          /* no "=" can follow */
    NGX_SHOP_MARKUP_ST_BREAK,        /* nor a name go on */
    NGX_SHOP_MARKUP_ST_ATTRIBUTE,
    NGX_SHOP_MARKUP_ST_AFTER,        /* an attribute's name */
    NGX_SHOP_MARKUP_ST_VALUE,        /* = */
    NGX_SHOP_MARKUP_ST_DOUBLE,
    NGX_SHOP_MARKUP_ST_SINGLE,
    NGX_SHOP_MARKUP_ST_UNQUOTED,
    NGX_SHOP_MARKUP_ST_RAW,          /* until </name */
    NGX_SHOP_MARKUP_ST_TITLE
};


typedef struct {
    const char  *name;
    uint8_t      value;
} ngx_shop_markup_name_t;


static void ngx_shop_markup_step_text(ngx_shop_markup_t *m, unsigned char c);
static void ngx_shop_markup_step_comment(ngx_shop_markup_t *m,
    unsigned char c);
static void ngx_shop_markup_step_raw(ngx_shop_markup_t *m, unsigned char c);
static void ngx_shop_markup_step_tag(ngx_shop_markup_t *m, unsigned char c);
static void ngx_shop_markup_step_value(ngx_shop_markup_t *m, unsigned char c);
static void ngx_shop_markup_end_tag(ngx_shop_markup_t *m);
static void ngx_shop_markup_name_element(ngx_shop_markup_t *m);
static void ngx_shop_markup_name_attribute(ngx_shop_markup_t *m);
static int ngx_shop_markup_find(const ngx_shop_markup_name_t *names,
    const ngx_shop_markup_t *m, uint8_t *value);
static int ngx_shop_markup_is_between(unsigned char c);


/* elements whose content is no markup; the value is the state of it */
static const ngx_shop_markup_name_t ngx_shop_markup_elements[] =
{
    { "script",     NGX_SHOP_MARKUP_ST_RAW },
    { "style",      NGX_SHOP_MARKUP_ST_RAW },
    { "iframe",     NGX_SHOP_MARKUP_ST_RAW },
    { "noembed",    NGX_SHOP_MARKUP_ST_RAW },
    { "noframes",   NGX_SHOP_MARKUP_ST_RAW },
    { "xmp",        NGX_SHOP_MARKUP_ST_RAW },
    { "title",      NGX_SHOP_MARKUP_ST_TITLE },
    { "textarea",   NGX_SHOP_MARKUP_ST_TITLE },
    { NULL, 0 }
};


/* attributes in which escaping is not enough */
static const ngx_shop_markup_name_t ngx_shop_markup_attributes[] =
{
    { "href",       NGX_SHOP_MARKUP_URL },
    { "xlink:href", NGX_SHOP_MARKUP_URL },
    { "action",     NGX_SHOP_MARKUP_URL },
    { "formaction", NGX_SHOP_MARKUP_URL },
    { "cite",       NGX_SHOP_MARKUP_URL },
    { "background", NGX_SHOP_MARKUP_IMAGE },
    { "poster",     NGX_SHOP_MARKUP_IMAGE },
    { "src",        NGX_SHOP_MARKUP_IMAGE },
    { "srcset",     NGX_SHOP_MARKUP_IMAGE },
    { "srcdoc",     NGX_SHOP_MARKUP_NOTHING },
    { "style",      NGX_SHOP_MARKUP_NOTHING },
    { "data",       NGX_SHOP_MARKUP_NOTHING },
    { "ping",       NGX_SHOP_MARKUP_NOTHING },
    { NULL, 0 }
};


int
ngx_shop_markup_feed(ngx_shop_markup_t *m, const unsigned char *data,
    size_t len, size_t *used)
{
    size_t         i;
    unsigned char  c;

    for (i = 0; i < len; i++) {
        c = data[i];

        switch (m->state) {

        case NGX_SHOP_MARKUP_ST_COMMENT:
            ngx_shop_markup_step_comment(m, c);
            break;

        case NGX_SHOP_MARKUP_ST_RAW:
        case NGX_SHOP_MARKUP_ST_TITLE:
            ngx_shop_markup_step_raw(m, c);
            break;

        case NGX_SHOP_MARKUP_ST_BREAK:
        case NGX_SHOP_MARKUP_ST_GAP:

            if (c == '='
                || (m->state == NGX_SHOP_MARKUP_ST_BREAK
                    && c != '>'
                    && !ngx_shop_markup_is_between(c)))
            {
                *used = i;
                return NGX_SHOP_ERROR;
            }

            ngx_shop_markup_step_tag(m, c);
            break;

        case NGX_SHOP_MARKUP_ST_ELEMENT:
        case NGX_SHOP_MARKUP_ST_END_ELEMENT:
        case NGX_SHOP_MARKUP_ST_TAG:
        case NGX_SHOP_MARKUP_ST_ATTRIBUTE:
        case NGX_SHOP_MARKUP_ST_AFTER:
            ngx_shop_markup_step_tag(m, c);
            break;

        case NGX_SHOP_MARKUP_ST_VALUE:
        case NGX_SHOP_MARKUP_ST_DOUBLE:
        case NGX_SHOP_MARKUP_ST_SINGLE:
        case NGX_SHOP_MARKUP_ST_UNQUOTED:
            ngx_shop_markup_step_value(m, c);
            break;

        default:
            ngx_shop_markup_step_text(m, c);
        }
    }

    *used = len;

    return NGX_SHOP_OK;
}


static void
ngx_shop_markup_step_text(ngx_shop_markup_t *m, unsigned char c)
{
    int  letter;

    letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

    switch (m->state) {

    case NGX_SHOP_MARKUP_ST_TEXT:

        if (c == '<') {
            m->state = NGX_SHOP_MARKUP_ST_OPEN;
        }

        return;

    case NGX_SHOP_MARKUP_ST_OPEN:

        if (letter) {
            m->state = NGX_SHOP_MARKUP_ST_ELEMENT;
            m->len = 0;
            ngx_shop_markup_step_tag(m, c);
            return;
        }

        m->state = (c == '<') ? NGX_SHOP_MARKUP_ST_OPEN
                   : (c == '/') ? NGX_SHOP_MARKUP_ST_CLOSE
                   : (c == '!') ? NGX_SHOP_MARKUP_ST_BANG
                   : (c == '?') ? NGX_SHOP_MARKUP_ST_DECLARATION
                   : NGX_SHOP_MARKUP_ST_TEXT;
        return;

    case NGX_SHOP_MARKUP_ST_CLOSE:

        if (letter) {
            m->state = NGX_SHOP_MARKUP_ST_END_ELEMENT;
            return;
        }

        break;

    case NGX_SHOP_MARKUP_ST_BANG:

        if (c == '-') {
            m->state = NGX_SHOP_MARKUP_ST_BANG_DASH;
            return;
        }

        break;

    case NGX_SHOP_MARKUP_ST_BANG_DASH:

        if (c == '-') {

            /* "<!-->" is a whole comment, as browsers see it */

            m->state = NGX_SHOP_MARKUP_ST_COMMENT;
            m->matched = 2;
            return;
        }

        break;

    default:
        break;
    }

    m->state = (c == '>') ? NGX_SHOP_MARKUP_ST_TEXT
                          : NGX_SHOP_MARKUP_ST_DECLARATION;
}


/* ends with "-->" or "--!>" */

static void
ngx_shop_markup_step_comment(ngx_shop_markup_t *m, unsigned char c)
{
    if (c == '>' && m->matched >= 2) {
        m->state = NGX_SHOP_MARKUP_ST_TEXT;
        m->matched = 0;

    } else if (c == '-') {
        m->matched = (m->matched == 0 || m->matched == 3) ? 1 : 2;

    } else if (c == '!' && m->matched == 2) {
        m->matched = 3;

    } else {
        m->matched = 0;
    }
}


/* ends with "</name" and a byte that ends the name */

static void
ngx_shop_markup_step_raw(ngx_shop_markup_t *m, unsigned char c)
{
    size_t         n;
    unsigned char  d;

    n = m->matched;
    d = ngx_shop_span_lower(c);

    if (n == 2 + strlen((char *) m->raw)
        && (c == '>' || ngx_shop_markup_is_between(c)))
    {
        memset(m, 0, sizeof(ngx_shop_markup_t));
        m->state = NGX_SHOP_MARKUP_ST_TAG;
        ngx_shop_markup_step_tag(m, c);
        return;
    }

    if ((n == 0 && c == '<')
        || (n == 1 && c == '/')
        || (n >= 2 && m->raw[n - 2] != '\0' && m->raw[n - 2] == d))
    {
        m->matched++;

    } else {
        m->matched = (c == '<');
    }
}


/* between "<x" and ">", outside of values */

static void
ngx_shop_markup_step_tag(ngx_shop_markup_t *m, unsigned char c)
{
    uint8_t  state;

    state = m->state;

    if (ngx_shop_markup_is_between(c) || c == '>') {

        if (state == NGX_SHOP_MARKUP_ST_ELEMENT) {
            ngx_shop_markup_name_element(m);
        }

        if (c == '>') {
            ngx_shop_markup_end_tag(m);
            return;
        }

        m->state = NGX_SHOP_MARKUP_ST_TAG;

        if (c == '/') {
            return;
        }

        /* a space does not part a name from its "=" */

        if (state == NGX_SHOP_MARKUP_ST_ATTRIBUTE
            || state == NGX_SHOP_MARKUP_ST_AFTER)
        {
            m->state = NGX_SHOP_MARKUP_ST_AFTER;

        } else if (state == NGX_SHOP_MARKUP_ST_BREAK
                   || state == NGX_SHOP_MARKUP_ST_GAP)
        {
            m->state = NGX_SHOP_MARKUP_ST_GAP;
        }

        return;
    }

    if (c == '='
        && (state == NGX_SHOP_MARKUP_ST_ATTRIBUTE
            || state == NGX_SHOP_MARKUP_ST_AFTER))
    {
        ngx_shop_markup_name_attribute(m);
        m->state = NGX_SHOP_MARKUP_ST_VALUE;
        return;
    }

    if (state == NGX_SHOP_MARKUP_ST_TAG
        || state == NGX_SHOP_MARKUP_ST_GAP
        || state == NGX_SHOP_MARKUP_ST_AFTER)
    {
        m->state = NGX_SHOP_MARKUP_ST_ATTRIBUTE;
        m->len = 0;
    }

    if (m->len < NGX_SHOP_MARKUP_NAME) {
        m->name[m->len++] = ngx_shop_span_lower(c);
    }
}


static void
ngx_shop_markup_step_value(ngx_shop_markup_t *m, unsigned char c)
{
    switch (m->state) {

    case NGX_SHOP_MARKUP_ST_DOUBLE:
    case NGX_SHOP_MARKUP_ST_SINGLE:

        if (c == ((m->state == NGX_SHOP_MARKUP_ST_DOUBLE) ? '"' : '\'')) {
            m->state = NGX_SHOP_MARKUP_ST_TAG;
            m->attribute = NGX_SHOP_MARKUP_CONTENT;
            m->started = 0;
            return;
        }

        m->started = 1;
        return;

    case NGX_SHOP_MARKUP_ST_VALUE:

        if (c == '"' || c == '\'') {
            m->state = (c == '"') ? NGX_SHOP_MARKUP_ST_DOUBLE
                                  : NGX_SHOP_MARKUP_ST_SINGLE;
            return;
        }

        if (c != '/' && ngx_shop_markup_is_between(c)) {
            return;
        }

        break;

    default:
        break;
    }

    if (c == '>') {
        ngx_shop_markup_end_tag(m);

    } else if (c != '/' && ngx_shop_markup_is_between(c)) {
        m->state = NGX_SHOP_MARKUP_ST_TAG;
        m->attribute = NGX_SHOP_MARKUP_CONTENT;

    } else {
        m->state = NGX_SHOP_MARKUP_ST_UNQUOTED;
    }
}


/* nothing is left of a tag but what its content is */

static void
ngx_shop_markup_end_tag(ngx_shop_markup_t *m)
{
    if (m->element == NGX_SHOP_MARKUP_ST_TEXT) {
        memset(m, 0, sizeof(ngx_shop_markup_t));
        return;
    }

    m->state = m->element;
    m->attribute = NGX_SHOP_MARKUP_CONTENT;
    m->matched = 0;
}


static void
ngx_shop_markup_name_element(ngx_shop_markup_t *m)
{
    m->element = NGX_SHOP_MARKUP_ST_TEXT;
    memset(m->raw, 0, sizeof(m->raw));

    if (ngx_shop_markup_find(ngx_shop_markup_elements, m, &m->element)) {
        memcpy(m->raw, m->name, m->len);
    }
}


static void
ngx_shop_markup_name_attribute(ngx_shop_markup_t *m)
{
    m->attribute = NGX_SHOP_MARKUP_TEXT;

    if (ngx_shop_markup_find(ngx_shop_markup_attributes, m, &m->attribute)) {
        /* the source of a script or a frame is no image */

        if (m->attribute == NGX_SHOP_MARKUP_IMAGE
            && m->element == NGX_SHOP_MARKUP_ST_RAW)
        {
            m->attribute = NGX_SHOP_MARKUP_NOTHING;
        }

        return;
    }

    if (m->len >= 2 && m->name[0] == 'o' && m->name[1] == 'n') {
        m->attribute = NGX_SHOP_MARKUP_NOTHING;
    }
}


static int
ngx_shop_markup_find(const ngx_shop_markup_name_t *names,
    const ngx_shop_markup_t *m, uint8_t *value)
{
    for ( /* void */ ; names->name; names++) {

        if (strlen(names->name) == m->len
            && memcmp(names->name, m->name, m->len) == 0)
        {
            *value = names->value;
            return 1;
        }
    }

    return 0;
}


ngx_shop_markup_place_e
ngx_shop_markup_place(ngx_shop_markup_t *m)
{
    switch (m->state) {

    case NGX_SHOP_MARKUP_ST_TEXT:
        return NGX_SHOP_MARKUP_CONTENT;

    case NGX_SHOP_MARKUP_ST_TITLE:

        /* not in the midst of what may become the end tag */

        return m->matched ? NGX_SHOP_MARKUP_NOTHING : NGX_SHOP_MARKUP_TEXT;

    case NGX_SHOP_MARKUP_ST_DOUBLE:
    case NGX_SHOP_MARKUP_ST_SINGLE:

        if (m->started && m->attribute != NGX_SHOP_MARKUP_NOTHING) {
            return NGX_SHOP_MARKUP_TEXT;
        }

        return (ngx_shop_markup_place_e) m->attribute;

    case NGX_SHOP_MARKUP_ST_ELEMENT:
        ngx_shop_markup_name_element(m);
        m->state = NGX_SHOP_MARKUP_ST_BREAK;
        return NGX_SHOP_MARKUP_TAG;

    case NGX_SHOP_MARKUP_ST_END_ELEMENT:
    case NGX_SHOP_MARKUP_ST_ATTRIBUTE:
        m->state = NGX_SHOP_MARKUP_ST_BREAK;
        return NGX_SHOP_MARKUP_TAG;

    case NGX_SHOP_MARKUP_ST_AFTER:
        m->state = NGX_SHOP_MARKUP_ST_GAP;
        return NGX_SHOP_MARKUP_TAG;

    case NGX_SHOP_MARKUP_ST_TAG:
    case NGX_SHOP_MARKUP_ST_GAP:
    case NGX_SHOP_MARKUP_ST_BREAK:
        return NGX_SHOP_MARKUP_TAG;

    default:
        return NGX_SHOP_MARKUP_NOTHING;
    }
}


int
ngx_shop_markup_join(ngx_shop_markup_t *m, const ngx_shop_markup_t *open)
{
    ngx_shop_markup_place_e  before, after;
    ngx_shop_markup_t        was;

    was = *open;
    before = ngx_shop_markup_place(&was);
    after = ngx_shop_markup_place(m);

    if (before == NGX_SHOP_MARKUP_NOTHING
        || after == NGX_SHOP_MARKUP_NOTHING
        || memcmp(was.raw, m->raw, sizeof(m->raw)) != 0)
    {
        return NGX_SHOP_ERROR;
    }

    if (before == NGX_SHOP_MARKUP_TAG && after == NGX_SHOP_MARKUP_TAG) {
        if (was.state > m->state) {
            m->state = was.state;
        }

        return NGX_SHOP_OK;
    }

    if (was.state != m->state || was.attribute != m->attribute) {
        return NGX_SHOP_ERROR;
    }

    if (!was.started) {
        m->started = 0;
    }

    return NGX_SHOP_OK;
}


/* a space or the "/" of "<br/>" */

static int
ngx_shop_markup_is_between(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'
           || c == '/';
}
