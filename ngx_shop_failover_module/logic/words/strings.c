
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The texts of one language.  Pure but for the process's time zone.
 */


#include <stdio.h>
#include <time.h>

#include "logic/words/strings.h"


static int ngx_shop_strings_line(ngx_shop_strings_t *w, ngx_shop_str_t line,
    const char **reason);
static int ngx_shop_strings_form(ngx_shop_strings_t *w, ngx_shop_str_t *name,
    ngx_shop_str_t *text, const char **reason);
static int ngx_shop_strings_list(ngx_shop_str_t text, ngx_shop_str_t *items,
    unsigned n);
static size_t ngx_shop_strings_named(ngx_shop_str_t *text,
    const ngx_shop_str_t *name, const ngx_shop_str_t *shop,
    unsigned char *buf);
static ngx_shop_str_t ngx_shop_strings_trim(const unsigned char *p,
    const unsigned char *last);
static void ngx_shop_strings_counted(const ngx_shop_strings_t *w,
    ngx_shop_emit_t *e, unsigned key, unsigned n);


static const char  *ngx_shop_strings_keys[NGX_SHOP_STRINGS_N] = {
    "name", "dir", "shop", "weekdays", "months",
    "day_first", "time", "date", "date_zone",
    "in_few_minutes", "in_minutes", "in_hour", "in_hours",
    "title_until_time", "title_until_date", "title_closed", "title_problem",
    "title_browse", "title_paths", "title_reopening", "title_busy",
    "when_closed", "when_problem", "when_browse", "when_paths", "when_late",
    "when_unknown", "when_reopening", "when_busy",
    "status_closed", "status_problem", "status_browse", "status_paths",
    "status_reopening", "status_busy",
    "doing_title", "doing", "post_title", "post_unsent", "post_paid",
    "post_unknown", "ask_us", "contact_title", "updates_title", "started",
    "next_update",
    "auto", "auto_post", "check_now", "stop", "resume", "check_failed",
    "not_yet", "new_update", "open_again", "try_again", "to_basket", "to_home",
    "notice", "notice_until"
};


const char *
ngx_shop_strings_name(unsigned key)
{
    return ngx_shop_strings_keys[key];
}


int
ngx_shop_strings_key(const ngx_shop_str_t *name)
{
    int  i;

    for (i = 0; i < NGX_SHOP_STRINGS_N; i++) {
        if (strlen(ngx_shop_strings_keys[i]) == name->len
            && memcmp(ngx_shop_strings_keys[i], name->data, name->len)
               == 0)
        {
            return i;
        }
    }

    return -1;
}


int
ngx_shop_strings_parse(ngx_shop_strings_t *w, const ngx_shop_str_t *source,
    unsigned *line, const char **reason)
{
    ngx_shop_str_t         text;
    const unsigned char   *p, *last, *end;

    p = source->data;
    last = p + source->len;

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

        if (ngx_shop_strings_line(w, text, reason) != NGX_SHOP_OK) {
            return NGX_SHOP_ERROR;
        }
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_strings_line(ngx_shop_strings_t *w, ngx_shop_str_t line,
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
        return ngx_shop_strings_form(w, &name, &text, reason);
    }

    key = ngx_shop_strings_key(&name);

    if (key == -1) {
        *reason = "unknown key; lang/en.txt has them all";
        return NGX_SHOP_ERROR;
    }

    w->text[key] = text;

    if (key == NGX_SHOP_STRINGS_DIR
        && (text.len != 3 || (memcmp(text.data, "ltr", 3) != 0
                              && memcmp(text.data, "rtl", 3) != 0)))
    {
        *reason = "dir is ltr or rtl";
        return NGX_SHOP_ERROR;
    }

    if (key == NGX_SHOP_STRINGS_WEEKDAYS
        && !ngx_shop_strings_list(text, w->weekdays, 7))
    {
        *reason = "weekdays are 7 names, from Sunday, with commas between";
        return NGX_SHOP_ERROR;
    }

    if (key == NGX_SHOP_STRINGS_MONTHS
        && !ngx_shop_strings_list(text, w->months, 12))
    {
        *reason = "months are 12 names with commas between";
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* "in_hours.2 = ...": the text for one number */

static int
ngx_shop_strings_form(ngx_shop_strings_t *w, ngx_shop_str_t *name,
    ngx_shop_str_t *text, const char **reason)
{
    int                       key, counted;
    unsigned                  i, n;
    ngx_shop_str_t            base;
    const unsigned char      *p, *last;
    ngx_shop_strings_form_t  *form;

    p = memchr(name->data, '.', name->len);
    last = name->data + name->len;

    base.data = name->data;
    base.len = (size_t) (p - name->data);

    key = ngx_shop_strings_key(&base);

    counted = (key == NGX_SHOP_STRINGS_IN_MINUTES
               || key == NGX_SHOP_STRINGS_IN_HOURS);

    for (n = 0, p++; p < last && *p >= '0' && *p <= '9' && n < 1000; p++) {
        n = n * 10 + (*p - '0');
    }

    if (p < last || p == base.data + base.len + 1 || (n == 0 && counted)
        || (!counted && n > 23)
        || (!counted
            && key != NGX_SHOP_STRINGS_DATE
            && key != NGX_SHOP_STRINGS_DATE_ZONE
            && key != NGX_SHOP_STRINGS_TITLE_UNTIL_TIME))
    {
        *reason = "only in_minutes.N and in_hours.N have forms for a number, "
                  "and date.N, date_zone.N and title_until_time.N for an hour";
        return NGX_SHOP_ERROR;
    }

    for (i = 0; i < w->nforms; i++) {
        if (w->forms[i].key == key && w->forms[i].n == n) {
            break;
        }
    }

    if (i == NGX_SHOP_STRINGS_FORMS) {
        *reason = "more than 24 forms for numbers";
        return NGX_SHOP_ERROR;
    }

    form = &w->forms[i];
    form->key = (uint8_t) key;
    form->n = (uint16_t) n;
    form->text = *text;

    w->nforms += (i == w->nforms);

    return NGX_SHOP_OK;
}


/* exactly n names with commas between */

static int
ngx_shop_strings_list(ngx_shop_str_t text, ngx_shop_str_t *items, unsigned n)
{
    unsigned              i;
    const unsigned char  *p, *last, *end;

    p = text.data;
    last = p + text.len;

    for (i = 0; i < n; i++) {

        if (p > last) {
            return 0;
        }

        end = memchr(p, ',', (size_t) (last - p));
        end = end ? end : last;

        items[i] = ngx_shop_strings_trim(p, end);

        if (items[i].len == 0) {
            return 0;
        }

        p = end + 1;
    }

    return p > last;
}


static ngx_shop_str_t
ngx_shop_strings_trim(const unsigned char *p, const unsigned char *last)
{
    ngx_shop_str_t  s;

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    while (p < last && (last[-1] == ' ' || last[-1] == '\t'
                        || last[-1] == '\r'))
    {
        last--;
    }

    s.data = p;
    s.len = (size_t) (last - p);

    return s;
}


int
ngx_shop_strings_missing(const ngx_shop_strings_t *w)
{
    int  i;

    for (i = 0; i < NGX_SHOP_STRINGS_N; i++) {
        if (w->text[i].data == NULL) {
            return i;
        }
    }

    return -1;
}


size_t
ngx_shop_strings_shop(ngx_shop_strings_t *w, const ngx_shop_str_t *name,
    unsigned char *buf)
{
    size_t           size;
    unsigned         i;
    ngx_shop_str_t   shop;

    size = 0;
    shop = w->text[NGX_SHOP_STRINGS_SHOP];

    for (i = 0; i < NGX_SHOP_STRINGS_N; i++) {
        size += ngx_shop_strings_named(&w->text[i], name, &shop,
                                       buf ? buf + size : NULL);
    }

    for (i = 0; i < w->nforms; i++) {
        size += ngx_shop_strings_named(&w->forms[i].text, name, &shop,
                                       buf ? buf + size : NULL);
    }

    return size;
}


/* how long the text becomes; 0: it does not say {shop} and stays */

static size_t
ngx_shop_strings_named(ngx_shop_str_t *text, const ngx_shop_str_t *name,
    const ngx_shop_str_t *shop, unsigned char *buf)
{
    size_t                 n;
    unsigned               found;
    ngx_shop_str_t         said;
    const unsigned char   *p, *last, *end;

    /* there is room only for texts that change */

    if (buf && ngx_shop_strings_named(text, name, shop, NULL) == 0) {
        return 0;
    }

    n = 0;
    found = 0;
    p = text->data;
    last = p + text->len;

    while (p < last) {

        said.data = p;
        said.len = 1;
        end = p + 1;

        if (last - p > 5 && memcmp(p, "{shop", 5) == 0
            && (p[5] == '}' || p[5] == '|')
            && memchr(p, '}', (size_t) (last - p)))
        {
            found = 1;
            end = memchr(p, '}', (size_t) (last - p));
            said.data = p + 6;
            said.len = p[5] == '|' ? (size_t) (end - said.data) : 0;
            said = name->len ? *name : p[5] == '|' ? said : *shop;
            end++;
        }

        if (buf) {
            memcpy(buf + n, said.data, said.len);
        }

        n += said.len;
        p = end;
    }

    if (found && buf) {
        text->data = buf;
        text->len = n;
    }

    return found ? n : 0;
}


const ngx_shop_str_t *
ngx_shop_strings_text(const ngx_shop_strings_t *w, unsigned key, unsigned n)
{
    unsigned  i;

    for (i = 0; i < w->nforms; i++) {
        if (w->forms[i].key == key && w->forms[i].n == n) {
            return &w->forms[i].text;
        }
    }

    return &w->text[key];
}


unsigned
ngx_shop_strings_hour(int64_t at)
{
    time_t     t;
    struct tm  tm;

    t = (time_t) at;

    return localtime_r(&t, &tm) ? (unsigned) tm.tm_hour : 0;
}


void
ngx_shop_strings_fill(ngx_shop_emit_t *e, const ngx_shop_str_t *text,
    const ngx_shop_strings_place_t *places, unsigned n)
{
    size_t                len;
    unsigned              i;
    const unsigned char  *p, *last, *end;

    p = text->data;
    last = p + text->len;

    while (p < last) {

        end = (*p == '{') ? memchr(p, '}', (size_t) (last - p)) : NULL;

        for (i = 0; end && i < n; i++) {
            len = (size_t) (end - p) - 1;

            if (strlen(places[i].name) == len
                && memcmp(places[i].name, p + 1, len) == 0)
            {
                break;
            }
        }

        if (end && i < n) {
            ngx_shop_emit_raw(e, places[i].value.data, places[i].value.len);
            p = end + 1;
            continue;
        }

        ngx_shop_emit_raw(e, p++, 1);
    }
}


void
ngx_shop_strings_moment(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    int64_t at, unsigned how)
{
    time_t                    t;
    unsigned                  i;
    struct tm                 tm;
    unsigned char             hours[128];
    char                      text[6][24];
    ngx_shop_emit_t           clock;
    ngx_shop_strings_place_t  place[9];

    static const char  *names[] = {
        "hour", "h", "minute", "day", "year", "zone", "weekday", "month",
        "time"
    };

    t = (time_t) at;

    if (localtime_r(&t, &tm) == NULL) {
        return;
    }

    (void) snprintf(text[0], sizeof(text[0]), "%02d", tm.tm_hour);
    (void) snprintf(text[1], sizeof(text[1]), "%d", tm.tm_hour);
    (void) snprintf(text[2], sizeof(text[2]), "%02d", tm.tm_min);
    (void) snprintf(text[3], sizeof(text[3]), "%d", tm.tm_mday);
    (void) snprintf(text[4], sizeof(text[4]), "%d", tm.tm_year + 1900);

    /* a zone without a name is "+03": it needs to be said of what */

    if (strftime(text[5], sizeof(text[5]), "%Z", &tm) == 0
        || text[5][0] == '+' || text[5][0] == '-')
    {
        (void) strftime(text[5], sizeof(text[5]), "UTC%Z", &tm);
    }

    for (i = 0; i < 9; i++) {
        place[i].name = names[i];
        place[i].value.data = (const unsigned char *) (i < 6 ? text[i] : "");
        place[i].value.len = i < 6 ? strlen(text[i]) : 0;
    }

    if (tm.tm_mday == 1 && w->text[NGX_SHOP_STRINGS_DAY_FIRST].len) {
        place[3].value = w->text[NGX_SHOP_STRINGS_DAY_FIRST];
    }

    place[6].value = w->weekdays[tm.tm_wday];
    place[7].value = w->months[tm.tm_mon];

    ngx_shop_emit_init(&clock, hours, sizeof(hours));
    ngx_shop_strings_fill(&clock, &w->text[NGX_SHOP_STRINGS_TIME], place, 3);

    place[8].value.data = hours;
    place[8].value.len = (size_t) (clock.pos - clock.start);

    ngx_shop_strings_fill(e,
                          ngx_shop_strings_text(w, how,
                                                (unsigned) tm.tm_hour),
                          place, 9);
}


void
ngx_shop_strings_in(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    int64_t seconds)
{
    unsigned  minutes;

    if (seconds <= 0 || seconds >= 630 * 60) {
        return;
    }

    minutes = (unsigned) (seconds / 60);

    if (minutes < 8) {
        ngx_shop_strings_counted(w, e, NGX_SHOP_STRINGS_IN_FEW_MINUTES, 0);

    } else if (minutes < 52) {
        ngx_shop_strings_counted(w, e, NGX_SHOP_STRINGS_IN_MINUTES,
                                 (minutes * 2 + 5) / 10 * 5);

    } else if (minutes < 90) {
        ngx_shop_strings_counted(w, e, NGX_SHOP_STRINGS_IN_HOUR, 0);

    } else {
        ngx_shop_strings_counted(w, e, NGX_SHOP_STRINGS_IN_HOURS,
                                 (minutes + 30) / 60);
    }
}


static void
ngx_shop_strings_counted(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    unsigned key, unsigned n)
{
    char                      number[12];
    ngx_shop_strings_place_t  place;

    (void) snprintf(number, sizeof(number), "%u", n);

    place.name = "n";
    place.value.data = (const unsigned char *) number;
    place.value.len = strlen(number);

    ngx_shop_strings_fill(e, ngx_shop_strings_text(w, key, n), &place, 1);
}
