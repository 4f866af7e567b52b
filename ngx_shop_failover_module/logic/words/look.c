
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A look with a shop's own colours.  Pure.
 */


#include <stdio.h>

#include "logic/words/look.h"


typedef struct {
    unsigned char  rgb[3];
} ngx_shop_look_colour_t;


/* of one scheme, in the order of the table of names */
typedef enum {
    NGX_SHOP_LOOK_PAGE = 0,
    NGX_SHOP_LOOK_INK,
    NGX_SHOP_LOOK_SOFT,
    NGX_SHOP_LOOK_KEY,
    NGX_SHOP_LOOK_ON,
    NGX_SHOP_LOOK_N
} ngx_shop_look_e;


typedef const char *(*ngx_shop_look_check_pt)(const ngx_shop_str_t *value);

typedef struct {
    const char              *name;
    ngx_shop_look_check_pt   check;       /* NULL: any text */
} ngx_shop_look_var_t;


static const char *ngx_shop_look_address(const ngx_shop_str_t *value);
static const char *ngx_shop_look_colour(const ngx_shop_str_t *value);
static const char *ngx_shop_look_font(const ngx_shop_str_t *value);
static const char *ngx_shop_look_radius(const ngx_shop_str_t *value);
static int ngx_shop_look_read(const ngx_shop_str_t *value,
    ngx_shop_look_colour_t *colour);
static const ngx_shop_str_t *ngx_shop_look_value(
    const ngx_shop_view_var_t *vars, unsigned nvars, const char *name);
static int ngx_shop_look_take(const ngx_shop_view_var_t *vars, unsigned nvars,
    const char *name, ngx_shop_look_colour_t *colour);
static unsigned ngx_shop_look_schemes(const ngx_shop_view_var_t *vars,
    unsigned nvars, ngx_shop_look_colour_t (*c)[NGX_SHOP_LOOK_N]);
static void ngx_shop_look_finish(ngx_shop_look_colour_t *c);
static ngx_shop_look_colour_t ngx_shop_look_mix(
    const ngx_shop_look_colour_t *a, const ngx_shop_look_colour_t *b,
    unsigned percent);
static unsigned ngx_shop_look_ratio(const ngx_shop_look_colour_t *a,
    const ngx_shop_look_colour_t *b);
static double ngx_shop_look_light(const ngx_shop_look_colour_t *colour);
static double ngx_shop_look_linear(double x);
static void ngx_shop_look_root(ngx_shop_emit_t *e,
    const ngx_shop_look_colour_t *c);


static const ngx_shop_look_var_t  ngx_shop_look_vars[] = {
    { "name", NULL },
    { "home", NULL },
    { "basket", NULL },
    { "contact", NULL },
    { "address", ngx_shop_look_address },
    { "logo", NULL },
    { "logo_dark", NULL },
    { "logo_alt", NULL },
    { "logo_file", NULL },
    { "logo_dark_file", NULL },
    { "accent", ngx_shop_look_colour },
    { "accent_dark", ngx_shop_look_colour },
    { "background", ngx_shop_look_colour },
    { "text", ngx_shop_look_colour },
    { "font", ngx_shop_look_font },
    { "radius", ngx_shop_look_radius },
    { NULL, NULL }
};


static const char  *ngx_shop_look_names[NGX_SHOP_LOOK_N] = {
    "--page", "--ink", "--soft", "--key", "--on"
};


/* light and dark, as in page.html; t/unit/test_look.c holds them together */
static const ngx_shop_look_colour_t
    ngx_shop_look_defaults[2][NGX_SHOP_LOOK_N] =
{
    { { { 0xfa, 0xf9, 0xf5 } }, { { 0x1c, 0x24, 0x27 } },
      { { 0x46, 0x51, 0x56 } }, { { 0x0b, 0x4a, 0x57 } },
      { { 0xfa, 0xf9, 0xf5 } } },
    { { { 0x14, 0x19, 0x1b } }, { { 0xee, 0xec, 0xe6 } },
      { { 0xb9, 0xc1, 0xc4 } }, { { 0x93, 0xd5, 0xe1 } },
      { { 0x14, 0x19, 0x1b } } }
};


const char *
ngx_shop_look_refuses(const ngx_shop_view_var_t *var)
{
    const ngx_shop_look_var_t  *v;

    for (v = ngx_shop_look_vars; v->name; v++) {
        if (v->check && ngx_shop_look_value(var, 1, v->name)) {
            return v->check(&var->value);
        }
    }

    return NULL;
}


int
ngx_shop_look_knows(const ngx_shop_str_t *name)
{
    const ngx_shop_look_var_t  *v;

    for (v = ngx_shop_look_vars; v->name; v++) {
        if (strlen(v->name) == name->len
            && memcmp(v->name, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* how visitors are addressed; the texts of some languages have both */

static const char *
ngx_shop_look_address(const ngx_shop_str_t *value)
{
    return (value->len == 6 && memcmp(value->data, "formal", 6) == 0)
           || (value->len == 8 && memcmp(value->data, "informal", 8) == 0)
           ? NULL : "formal or informal";
}


static const char *
ngx_shop_look_colour(const ngx_shop_str_t *value)
{
    ngx_shop_look_colour_t  colour;

    return ngx_shop_look_read(value, &colour)
           ? NULL : "a colour such as #0b4a57 or #fff";
}


/* what stands in the style must not end the declaration */

static const char *
ngx_shop_look_font(const ngx_shop_str_t *value)
{
    size_t         i;
    unsigned       quotes;
    unsigned char  c;

    quotes = 0;

    for (i = 0; i < value->len; i++) {
        c = value->data[i];
        quotes += (c == '\'');

        if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            && !(c >= '0' && c <= '9') && c != ' ' && c != ',' && c != '-'
            && c != '_' && c != '\'')
        {
            break;
        }
    }

    return i == value->len && value->len && value->len <= 200
           && quotes % 2 == 0
           ? NULL : "names of fonts that visitors have, up to 200 bytes, such "
                    "as \"Georgia, 'Times New Roman', serif\"";
}


static const char *
ngx_shop_look_radius(const ngx_shop_str_t *value)
{
    size_t  i, n;

    for (i = 0; i < value->len && value->data[i] >= '0'
                && value->data[i] <= '9'; i++)
    {
        /* void */
    }

    n = value->len - i;

    return i > 0 && i < 4
           && ((n == 0 && i == 1 && value->data[0] == '0')
               || (n == 2 && memcmp(value->data + i, "px", 2) == 0)
               || (n == 2 && memcmp(value->data + i, "em", 2) == 0)
               || (n == 3 && memcmp(value->data + i, "rem", 3) == 0))
           ? NULL : "a length such as 0, 6px or 1rem";
}


/* #rgb or #rrggbb */

static int
ngx_shop_look_read(const ngx_shop_str_t *value, ngx_shop_look_colour_t *colour)
{
    size_t         i;
    unsigned       digit[6];
    unsigned char  c;

    if ((value->len != 4 && value->len != 7) || value->data[0] != '#') {
        return 0;
    }

    for (i = 1; i < value->len; i++) {
        c = value->data[i];

        if (c >= '0' && c <= '9') {
            digit[i - 1] = c - '0';

        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            digit[i - 1] = (c | 0x20) - 'a' + 10u;

        } else {
            return 0;
        }
    }

    for (i = 0; i < 3; i++) {
        colour->rgb[i] = (unsigned char) (value->len == 4
                         ? digit[i] * 17
                         : digit[i * 2] * 16 + digit[i * 2 + 1]);
    }

    return 1;
}


static const ngx_shop_str_t *
ngx_shop_look_value(const ngx_shop_view_var_t *vars, unsigned nvars,
    const char *name)
{
    unsigned  i;

    for (i = 0; i < nvars; i++) {
        if (vars[i].name.len == strlen(name)
            && memcmp(vars[i].name.data, name, vars[i].name.len) == 0)
        {
            return &vars[i].value;
        }
    }

    return NULL;
}


static int
ngx_shop_look_take(const ngx_shop_view_var_t *vars, unsigned nvars,
    const char *name, ngx_shop_look_colour_t *colour)
{
    const ngx_shop_str_t  *value;

    value = ngx_shop_look_value(vars, nvars, name);

    return value && ngx_shop_look_read(value, colour);
}


/* both schemes; 0: nothing differs from the defaults */

static unsigned
ngx_shop_look_schemes(const ngx_shop_view_var_t *vars, unsigned nvars,
    ngx_shop_look_colour_t (*c)[NGX_SHOP_LOOK_N])
{
    int                      accent, dark, page, ink;
    unsigned                 percent;
    ngx_shop_look_colour_t  *key, own;

    static const ngx_shop_look_colour_t  white = {
        { 0xff, 0xff, 0xff }
    };

    memcpy(c, ngx_shop_look_defaults, sizeof(ngx_shop_look_defaults));

    page = ngx_shop_look_take(vars, nvars, "background",
                              &c[0][NGX_SHOP_LOOK_PAGE]);
    ink = ngx_shop_look_take(vars, nvars, "text", &c[0][NGX_SHOP_LOOK_INK]);
    accent = ngx_shop_look_take(vars, nvars, "accent",
                                &c[0][NGX_SHOP_LOOK_KEY]);

    /* of one accent the dark one is made: as near to it as can be read */

    key = &c[1][NGX_SHOP_LOOK_KEY];

    if (accent) {
        own = c[0][NGX_SHOP_LOOK_KEY];
        *key = own;

        for (percent = 5;
             percent <= 100
             && ngx_shop_look_ratio(key,
                                    &c[1][NGX_SHOP_LOOK_PAGE])
                < 700;
             percent += 5)
        {
            *key = ngx_shop_look_mix(&own, &white, percent);
        }
    }

    dark = ngx_shop_look_take(vars, nvars, "accent_dark", key);

    if (page || ink) {
        c[0][NGX_SHOP_LOOK_SOFT] = ngx_shop_look_mix(
                                 &c[0][NGX_SHOP_LOOK_INK],
                                 &c[0][NGX_SHOP_LOOK_PAGE],
                                 25);

        if (ngx_shop_look_ratio(&c[0][NGX_SHOP_LOOK_SOFT],
                                &c[0][NGX_SHOP_LOOK_PAGE])
            < 700)
        {
            c[0][NGX_SHOP_LOOK_SOFT] = c[0][NGX_SHOP_LOOK_INK];
        }
    }

    ngx_shop_look_finish(c[0]);
    ngx_shop_look_finish(c[1]);

    return page || ink || accent || dark;
}


/* what is written on the accent: of page, white and black what is read best */

static void
ngx_shop_look_finish(ngx_shop_look_colour_t *c)
{
    unsigned  i, ratio, best;

    static const ngx_shop_look_colour_t  others[] = {
        { { 0xff, 0xff, 0xff } }, { { 0, 0, 0 } }
    };

    c[NGX_SHOP_LOOK_ON] = c[NGX_SHOP_LOOK_PAGE];

    best = ngx_shop_look_ratio(&c[NGX_SHOP_LOOK_ON], &c[NGX_SHOP_LOOK_KEY]);

    for (i = 0; i < 2 && best < 700; i++) {
        ratio = ngx_shop_look_ratio(&others[i], &c[NGX_SHOP_LOOK_KEY]);

        if (ratio > best) {
            best = ratio;
            c[NGX_SHOP_LOOK_ON] = others[i];
        }
    }
}


static ngx_shop_look_colour_t
ngx_shop_look_mix(const ngx_shop_look_colour_t *a,
    const ngx_shop_look_colour_t *b, unsigned percent)
{
    unsigned                i;
    ngx_shop_look_colour_t  mixed;

    mixed = *a;

    for (i = 0; i < 3; i++) {
        mixed.rgb[i] = (unsigned char) ((a->rgb[i] * (100 - percent)
                                         + b->rgb[i] * percent + 50) / 100);
    }

    return mixed;
}


/* WCAG 2.2, "contrast ratio", in hundredths, rounded down */

static unsigned
ngx_shop_look_ratio(const ngx_shop_look_colour_t *a,
    const ngx_shop_look_colour_t *b)
{
    double  x, y;

    x = ngx_shop_look_light(a) + .05;
    y = ngx_shop_look_light(b) + .05;

    return (unsigned) (100 * (x > y ? x / y : y / x));
}


/* "relative luminance" */

static double
ngx_shop_look_light(const ngx_shop_look_colour_t *colour)
{
    return .2126 * ngx_shop_look_linear(colour->rgb[0] / 255.)
           + .7152 * ngx_shop_look_linear(colour->rgb[1] / 255.)
           + .0722 * ngx_shop_look_linear(colour->rgb[2] / 255.);
}


/* x to the power of 2.4 is x * x times the fifth root of x * x: no libm */

static double
ngx_shop_look_linear(double x)
{
    double    square, root;
    unsigned  i;

    if (x <= .04045) {
        return x / 12.92;
    }

    x = (x + .055) / 1.055;
    square = x * x;
    root = 1;

    for (i = 0; i < 40; i++) {
        root -= (root - square / (root * root * root * root)) / 5;
    }

    return square * root;
}


int
ngx_shop_look_contrast(const ngx_shop_view_var_t *vars, unsigned nvars,
    unsigned n, ngx_shop_look_pair_t *pair)
{
    unsigned                       i, own;
    const ngx_shop_look_colour_t  *a, *b;
    ngx_shop_look_colour_t         c[2][NGX_SHOP_LOOK_N];

    static const struct {
        unsigned     scheme;
        unsigned     front;
        const char  *front_name;
        const char  *back_name;
    } pairs[] = {
        { 0, NGX_SHOP_LOOK_INK, "text", "background" },
        { 0, NGX_SHOP_LOOK_KEY, "accent", "background" },
        { 1, NGX_SHOP_LOOK_KEY, "accent_dark",
          "the dark background" }
    };

    own = ngx_shop_look_schemes(vars, nvars, c);

    for (i = 0; own && i < sizeof(pairs) / sizeof(pairs[0]); i++) {

        a = &c[pairs[i].scheme][pairs[i].front];
        b = &c[pairs[i].scheme][NGX_SHOP_LOOK_PAGE];

        pair->ratio = ngx_shop_look_ratio(a, b);

        if (pair->ratio >= NGX_SHOP_LOOK_CONTRAST || n--) {
            continue;
        }

        pair->front = pairs[i].front_name;
        pair->back = pairs[i].back_name;

        (void) snprintf(pair->front_is, sizeof(pair->front_is),
                        "#%02x%02x%02x", a->rgb[0], a->rgb[1], a->rgb[2]);
        (void) snprintf(pair->back_is, sizeof(pair->back_is),
                        "#%02x%02x%02x", b->rgb[0], b->rgb[1], b->rgb[2]);

        return NGX_SHOP_OK;
    }

    return NGX_SHOP_DECLINED;
}


/*
 * All colours of both schemes where one differs: what stands later in a style
 * wins over what stands before, a media query or not.
 */

void
ngx_shop_look_style(ngx_shop_emit_t *e, const ngx_shop_str_t *look,
    const ngx_shop_view_var_t *vars, unsigned nvars)
{
    const ngx_shop_str_t    *font, *radius;
    ngx_shop_look_colour_t   c[2][NGX_SHOP_LOOK_N];

    ngx_shop_emit_raw(e, look->data, look->len);

    if (ngx_shop_look_schemes(vars, nvars, c)) {
        ngx_shop_look_root(e, c[0]);
        ngx_shop_emit_text(e, "@media (prefers-color-scheme:dark){");
        ngx_shop_look_root(e, c[1]);
        ngx_shop_emit_text(e, "}");
    }

    font = ngx_shop_look_value(vars, nvars, "font");
    radius = ngx_shop_look_value(vars, nvars, "radius");

    if (font) {
        ngx_shop_emit_text(e, ":root{--font:");
        ngx_shop_emit_raw(e, font->data, font->len);
        ngx_shop_emit_text(e, "}");
    }

    if (radius) {
        ngx_shop_emit_text(e, ":root{--round:");
        ngx_shop_emit_raw(e, radius->data, radius->len);
        ngx_shop_emit_text(e, "}");
    }
}


static void
ngx_shop_look_root(ngx_shop_emit_t *e, const ngx_shop_look_colour_t *c)
{
    char      text[24];
    unsigned  i;

    ngx_shop_emit_text(e, ":root{");

    for (i = 0; i < NGX_SHOP_LOOK_N; i++) {
        (void) snprintf(text, sizeof(text), "%s%s:#%02x%02x%02x",
                        i ? ";" : "", ngx_shop_look_names[i],
                        c[i].rgb[0], c[i].rgb[1], c[i].rgb[2]);
        ngx_shop_emit_text(e, text);
    }

    ngx_shop_emit_text(e, "}");
}
