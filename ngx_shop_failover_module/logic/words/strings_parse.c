
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Language files (html/lang/CODE.txt), line by line.
 */


#include "logic/words/plural.h"
#include "logic/words/strings.h"


static int ngx_shop_strings_parse_line(ngx_shop_strings_t *w,
    ngx_shop_str_t line, const char **reason);
static int ngx_shop_strings_parse_text(ngx_shop_strings_t *w, int key,
    const ngx_shop_str_t *text, const char **reason);
static void ngx_shop_strings_parse_forget(ngx_shop_strings_t *w, int key);
static int ngx_shop_strings_parse_form(ngx_shop_strings_t *w,
    const ngx_shop_str_t *name, const ngx_shop_str_t *text,
    const char **reason);
static int ngx_shop_strings_parse_suffix(ngx_shop_strings_t *w, int key,
    const ngx_shop_str_t *suffix);
static int ngx_shop_strings_parse_number(const ngx_shop_str_t *suffix);
static int ngx_shop_strings_parse_case(ngx_shop_strings_t *w,
    const ngx_shop_str_t *name);
static int ngx_shop_strings_parse_add(ngx_shop_strings_t *w, int key, int n,
    const ngx_shop_str_t *text);
static int ngx_shop_strings_parse_cases(const ngx_shop_strings_t *w,
    const ngx_shop_str_t *source, unsigned *line);
static int ngx_shop_strings_parse_knows(const ngx_shop_strings_t *w,
    ngx_shop_str_t text);
static int ngx_shop_strings_parse_list(const ngx_shop_str_t *text,
    ngx_shop_str_t *items, unsigned n);


int
ngx_shop_strings_parse(ngx_shop_strings_t *w, const ngx_shop_str_t *source,
    unsigned *line, const char **reason)
{
    ngx_shop_str_t         text;
    const unsigned char   *p, *last, *end;

    p = source->data;
    last = p + source->len;
    w->sources++;

    if (source->len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        p += 3;
    }

    for (*line = 1; p < last; (*line)++) {

        end = memchr(p, '\n', (size_t) (last - p));
        end = end ? end : last;

        text = ngx_shop_strings_trim(p, end);
        p = end + 1;

        if (text.len == 0 || text.data[0] == '#') {
            continue;
        }

        if (ngx_shop_strings_parse_line(w, text, reason) != NGX_SHOP_OK) {
            return NGX_SHOP_ERROR;
        }
    }

    if (ngx_shop_strings_parse_cases(w, source, line) != NGX_SHOP_OK) {
        *reason = "the text has a place such as {eta:CASE}, of a case that "
                  "neither weekdays.CASE nor months.CASE has";
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_strings_parse_line(ngx_shop_strings_t *w, ngx_shop_str_t line,
    const char **reason)
{
    int                    key;
    ngx_shop_str_t         name, text;
    const unsigned char   *eq;

    eq = memchr(line.data, '=', line.len);

    if (eq == NULL) {
        *reason = "no \"=\" in the line, write \"key = text\"";
        return NGX_SHOP_ERROR;
    }

    name = ngx_shop_strings_trim(line.data, eq);
    text = ngx_shop_strings_trim(eq + 1, line.data + line.len);

    if (memchr(name.data, '.', name.len)) {
        return ngx_shop_strings_parse_form(w, &name, &text, reason);
    }

    key = ngx_shop_strings_key(&name);

    if (key == -1) {
        *reason = "unknown key; lang/en.txt has them all";
        return NGX_SHOP_ERROR;
    }

    return ngx_shop_strings_parse_text(w, key, &text, reason);
}


static int
ngx_shop_strings_parse_text(ngx_shop_strings_t *w, int key,
    const ngx_shop_str_t *text, const char **reason)
{
    ngx_shop_str_t  hours[24];

    ngx_shop_strings_parse_forget(w, key);

    w->text[key] = *text;

    if (key == NGX_SHOP_STRINGS_DIR
        && (text->len != 3 || (memcmp(text->data, "ltr", 3) != 0
                               && memcmp(text->data, "rtl", 3) != 0)))
    {
        *reason = "dir is ltr or rtl";
        return NGX_SHOP_ERROR;
    }

    if (key == NGX_SHOP_STRINGS_WEEKDAYS
        && !ngx_shop_strings_parse_list(text, w->weekdays, 7))
    {
        *reason = "weekdays are 7 names, from Sunday, with commas between";
        return NGX_SHOP_ERROR;
    }

    if (key == NGX_SHOP_STRINGS_MONTHS
        && !ngx_shop_strings_parse_list(text, w->months, 12))
    {
        *reason = "months are 12 names with commas between";
        return NGX_SHOP_ERROR;
    }

    if (key == NGX_SHOP_STRINGS_AMPM
        && !ngx_shop_strings_parse_list(text, hours, 2)
        && !ngx_shop_strings_parse_list(text, hours, 24))
    {
        *reason = "ampm are 2 names, or 24 of the hours from midnight, with "
                  "commas between";
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* forms of a text that is another one now; this file's own may be before it */

static void
ngx_shop_strings_parse_forget(ngx_shop_strings_t *w, int key)
{
    unsigned  i, n;

    for (i = 0, n = 0; i < w->nforms; i++) {
        if (w->forms[i].key != key || w->forms[i].source == w->sources) {
            w->forms[n++] = w->forms[i];
        }
    }

    w->nforms = n;
}


/* "in_hours.2 = ...", "in_hours.few", "weekdays.genitive", "doing.informal" */

static int
ngx_shop_strings_parse_form(ngx_shop_strings_t *w, const ngx_shop_str_t *name,
    const ngx_shop_str_t *text, const char **reason)
{
    int                    key, n;
    ngx_shop_str_t         base, suffix, items[12];
    const unsigned char   *p;

    p = memchr(name->data, '.', name->len);

    base.data = name->data;
    base.len = (size_t) (p - name->data);

    suffix.data = p + 1;
    suffix.len = name->len - base.len - 1;

    key = ngx_shop_strings_key(&base);

    if (key != -1 && suffix.len == 8
        && memcmp(suffix.data, "informal", 8) == 0)
    {
        return w->informal
               ? ngx_shop_strings_parse_text(w, key, text, reason)
               : NGX_SHOP_OK;
    }

    n = key == -1 ? -1 : ngx_shop_strings_parse_suffix(w, key, &suffix);

    if (n == -1) {
        *reason = "no such form; there are KEY.informal, in_minutes.N and "
                  "in_hours.N, also with zero, one, two, few or many for N, "
                  "date.N, date_zone.N, title_until_time.N, started.N and "
                  "next_update.N of an hour from 0 to 23, and weekdays.CASE, "
                  "months.CASE, date.CASE and date_zone.CASE, of 4 cases";
        return NGX_SHOP_ERROR;
    }

    if ((key == NGX_SHOP_STRINGS_WEEKDAYS
         && !ngx_shop_strings_parse_list(text, items, 7))
        || (key == NGX_SHOP_STRINGS_MONTHS
            && !ngx_shop_strings_parse_list(text, items, 12)))
    {
        *reason = "weekdays are 7 names, from Sunday, and months 12, with "
                  "commas between";
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_strings_parse_add(w, key, n, text) != NGX_SHOP_OK) {
        *reason = "more than 32 forms";
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* what a form of this key is for, or -1: this key has no such forms */

static int
ngx_shop_strings_parse_suffix(ngx_shop_strings_t *w, int key,
    const ngx_shop_str_t *suffix)
{
    int  n;

    n = ngx_shop_strings_parse_number(suffix);

    switch (key) {

    case NGX_SHOP_STRINGS_IN_MINUTES:
    case NGX_SHOP_STRINGS_IN_HOURS:

        if (n != -1) {
            return n ? n : -1;
        }

        n = ngx_shop_plural_named(suffix);

        return n == -1 ? -1 : n | NGX_SHOP_STRINGS_PLURAL;

    case NGX_SHOP_STRINGS_TITLE_UNTIL_TIME:
    case NGX_SHOP_STRINGS_STARTED:
    case NGX_SHOP_STRINGS_NEXT_UPDATE:
        return n < 24 ? n : -1;

    case NGX_SHOP_STRINGS_DATE:
    case NGX_SHOP_STRINGS_DATE_ZONE:

        if (n != -1) {
            return n < 24 ? n : -1;
        }

        /* fall through */

    case NGX_SHOP_STRINGS_WEEKDAYS:
    case NGX_SHOP_STRINGS_MONTHS:
        return n == -1 ? ngx_shop_strings_parse_case(w, suffix) : -1;

    default:
        return -1;
    }
}


static int
ngx_shop_strings_parse_number(const ngx_shop_str_t *suffix)
{
    int     n;
    size_t  i;

    for (i = 0, n = 0; i < suffix->len; i++) {
        if (suffix->data[i] < '0' || suffix->data[i] > '9' || n > 99) {
            return -1;
        }

        n = n * 10 + (suffix->data[i] - '0');
    }

    return suffix->len ? n : -1;
}


/* a case by its name, which is of letters; one that is new is remembered */

static int
ngx_shop_strings_parse_case(ngx_shop_strings_t *w, const ngx_shop_str_t *name)
{
    size_t    i;
    unsigned  k;

    for (i = 0; i < name->len; i++) {
        if (name->data[i] < 'a' || name->data[i] > 'z') {
            return -1;
        }
    }

    for (k = 0; k < w->ncases; k++) {
        if (w->cases[k].len == name->len
            && memcmp(w->cases[k].data, name->data, name->len) == 0)
        {
            return (int) (NGX_SHOP_STRINGS_CASE | k);
        }
    }

    if (name->len == 0 || k == NGX_SHOP_STRINGS_CASES) {
        return -1;
    }

    w->cases[w->ncases++] = *name;

    return (int) (NGX_SHOP_STRINGS_CASE | k);
}


static int
ngx_shop_strings_parse_add(ngx_shop_strings_t *w, int key, int n,
    const ngx_shop_str_t *text)
{
    unsigned                  i;
    ngx_shop_strings_form_t  *form;

    for (i = 0; i < w->nforms; i++) {
        if (w->forms[i].key == key && w->forms[i].n == n) {
            break;
        }
    }

    if (i == NGX_SHOP_STRINGS_FORMS) {
        return NGX_SHOP_ERROR;
    }

    form = &w->forms[i];
    form->key = (uint8_t) key;
    form->source = w->sources;
    form->n = (uint16_t) n;
    form->text = *text;

    w->nforms += (i == w->nforms);

    return NGX_SHOP_OK;
}


/* OK where all cases that the texts of this file use are known, or the line */

static int
ngx_shop_strings_parse_cases(const ngx_shop_strings_t *w,
    const ngx_shop_str_t *source, unsigned *line)
{
    unsigned               i;
    ngx_shop_str_t         text;
    const unsigned char   *p, *last;

    last = source->data + source->len;

    for (i = 0; i < NGX_SHOP_STRINGS_N; i++) {

        text = w->text[i];

        if (text.len == 0 || text.data < source->data || text.data >= last
            || ngx_shop_strings_parse_knows(w, text))
        {
            continue;
        }

        for (*line = 1, p = source->data; p < text.data; p++) {
            *line += (*p == '\n');
        }

        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_strings_parse_knows(const ngx_shop_strings_t *w, ngx_shop_str_t text)
{
    size_t           len;
    unsigned         i;
    ngx_shop_str_t   name, form;

    while (text.len) {

        len = ngx_shop_strings_place(&text, &name, &form);

        for (i = 0; len && form.len && i < w->ncases; i++) {
            if (w->cases[i].len == form.len
                && memcmp(w->cases[i].data, form.data, form.len) == 0)
            {
                break;
            }
        }

        if (len && form.len && i == w->ncases) {
            return 0;
        }

        text.data += len ? len : 1;
        text.len -= len ? len : 1;
    }

    return 1;
}


/* exactly n names with commas between */

static int
ngx_shop_strings_parse_list(const ngx_shop_str_t *text, ngx_shop_str_t *items,
    unsigned n)
{
    unsigned  i;

    for (i = 0; i < n; i++) {
        items[i] = ngx_shop_strings_item(text, i);

        if (items[i].len == 0) {
            return 0;
        }
    }

    return ngx_shop_strings_item(text, n).data == NULL;
}
