
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The texts of one language.  Pure but for the process's time zone.
 */


#include <stdio.h>
#include <time.h>

#include "logic/words/plural.h"
#include "logic/words/strings.h"


/* no number of a form */
#define NGX_SHOP_STRINGS_PLAIN  0xffff


static const ngx_shop_str_t *ngx_shop_strings_form(
    const ngx_shop_strings_t *w, unsigned key, unsigned n);
static void ngx_shop_strings_digits(const ngx_shop_strings_t *w,
    const struct tm *tm, ngx_shop_strings_place_t *place, char (*text)[24]);
static unsigned ngx_shop_strings_case(const ngx_shop_strings_t *w,
    const ngx_shop_str_t *form);
static ngx_shop_str_t ngx_shop_strings_named(const ngx_shop_strings_t *w,
    unsigned key, unsigned form, int i);
static void ngx_shop_strings_counted(const ngx_shop_strings_t *w,
    ngx_shop_emit_t *e, unsigned key, unsigned n);


static const char  *ngx_shop_strings_keys[NGX_SHOP_STRINGS_N] = {
    "name", "dir", "shop", "weekdays", "months", "ampm",
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


void
ngx_shop_strings_language(ngx_shop_strings_t *w, const ngx_shop_str_t *code,
    int informal)
{
    w->plural = ngx_shop_plural_find(code);
    w->informal = (uint8_t) (informal != 0);
}


ngx_shop_str_t
ngx_shop_strings_item(const ngx_shop_str_t *list, unsigned i)
{
    ngx_shop_str_t         none;
    const unsigned char   *p, *last, *end;

    none.len = 0;
    none.data = NULL;

    p = list->data;
    last = p + list->len;

    for ( ;; ) {
        end = memchr(p, ',', (size_t) (last - p));

        if (i == 0) {
            return ngx_shop_strings_trim(p, end ? end : last);
        }

        if (end == NULL) {
            return none;
        }

        p = end + 1;
        i--;
    }
}


ngx_shop_str_t
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


const ngx_shop_str_t *
ngx_shop_strings_text(const ngx_shop_strings_t *w, unsigned key, unsigned n)
{
    const ngx_shop_str_t  *text;

    text = ngx_shop_strings_form(w, key, n);

    if (text == NULL && w->plural) {
        text = ngx_shop_strings_form(w, key,
                                     NGX_SHOP_STRINGS_PLURAL
                                     | ngx_shop_plural_category(w->plural, n));
    }

    return text ? text : &w->text[key];
}


static const ngx_shop_str_t *
ngx_shop_strings_form(const ngx_shop_strings_t *w, unsigned key, unsigned n)
{
    unsigned  i;

    for (i = 0; i < w->nforms; i++) {
        if (w->forms[i].key == key && w->forms[i].n == n) {
            return &w->forms[i].text;
        }
    }

    return NULL;
}


unsigned
ngx_shop_strings_hour(int64_t at)
{
    time_t     t;
    struct tm  tm;

    t = (time_t) at;

    return localtime_r(&t, &tm) ? (unsigned) tm.tm_hour : 0;
}


size_t
ngx_shop_strings_place(const ngx_shop_str_t *text, ngx_shop_str_t *name,
    ngx_shop_str_t *form)
{
    const unsigned char  *end, *colon;

    if (text->len == 0 || text->data[0] != '{') {
        return 0;
    }

    end = memchr(text->data, '}', text->len);

    if (end == NULL) {
        return 0;
    }

    name->data = text->data + 1;
    name->len = (size_t) (end - name->data);

    form->data = end;
    form->len = 0;

    colon = memchr(name->data, ':', name->len);

    if (colon) {
        form->data = colon + 1;
        form->len = (size_t) (end - form->data);
        name->len = (size_t) (colon - name->data);
    }

    return (size_t) (end + 1 - text->data);
}


void
ngx_shop_strings_fill(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    const ngx_shop_str_t *text, const ngx_shop_strings_place_t *places,
    unsigned n)
{
    size_t          len;
    unsigned        i;
    ngx_shop_str_t  rest, name, form;

    for (rest = *text; rest.len; rest.data += len, rest.len -= len) {

        len = ngx_shop_strings_place(&rest, &name, &form);

        for (i = 0; len && i < n; i++) {
            if (strlen(places[i].name) == name.len
                && memcmp(places[i].name, name.data, name.len) == 0)
            {
                break;
            }
        }

        if (len == 0 || i == n) {
            len = 1;
            ngx_shop_emit_raw(e, rest.data, 1);

        } else if (places[i].at) {
            ngx_shop_strings_moment(w, e, places[i].at, places[i].how, &form);

        } else {
            ngx_shop_emit_raw(e, places[i].value.data, places[i].value.len);
        }
    }
}


void
ngx_shop_strings_moment(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    int64_t at, unsigned how, const ngx_shop_str_t *form)
{
    time_t                     t;
    unsigned                   n;
    struct tm                  tm;
    char                       digits[7][24];
    unsigned char              hours[128];
    ngx_shop_emit_t            clock;
    ngx_shop_strings_place_t   place[11];
    const ngx_shop_str_t      *text;

    t = (time_t) at;

    if (localtime_r(&t, &tm) == NULL) {
        return;
    }

    ngx_shop_strings_digits(w, &tm, place, digits);

    n = ngx_shop_strings_case(w, form);

    place[8].name = "weekday";
    place[8].value = ngx_shop_strings_named(w, NGX_SHOP_STRINGS_WEEKDAYS, n,
                                            tm.tm_wday);
    place[9].name = "month";
    place[9].value = ngx_shop_strings_named(w, NGX_SHOP_STRINGS_MONTHS, n,
                                            tm.tm_mon);

    ngx_shop_emit_init(&clock, hours, sizeof(hours));
    ngx_shop_strings_fill(w, &clock, &w->text[NGX_SHOP_STRINGS_TIME], place,
                          8);

    place[10].name = "time";
    place[10].at = 0;
    place[10].value.data = hours;
    place[10].value.len = (size_t) (clock.pos - clock.start);

    text = ngx_shop_strings_form(w, how, n);

    if (text == NULL) {
        text = ngx_shop_strings_text(w, how, (unsigned) tm.tm_hour);
    }

    ngx_shop_strings_fill(w, e, text, place, 11);
}


/* the first eight places of a moment, all but the names; text is their room */

static void
ngx_shop_strings_digits(const ngx_shop_strings_t *w, const struct tm *tm,
    ngx_shop_strings_place_t *place, char (*text)[24])
{
    unsigned               i;
    const ngx_shop_str_t  *ampm;

    static const char  *names[] = {
        "hour", "h", "h12", "minute", "day", "year", "zone", "ampm",
        "weekday", "month"
    };

    (void) snprintf(text[0], sizeof(text[0]), "%02d", tm->tm_hour);
    (void) snprintf(text[1], sizeof(text[1]), "%d", tm->tm_hour);
    (void) snprintf(text[2], sizeof(text[2]), "%d",
                    (tm->tm_hour + 11) % 12 + 1);
    (void) snprintf(text[3], sizeof(text[3]), "%02d", tm->tm_min);
    (void) snprintf(text[4], sizeof(text[4]), "%d", tm->tm_mday);
    (void) snprintf(text[5], sizeof(text[5]), "%d", tm->tm_year + 1900);

    /* a zone without a name is "+03": it needs to be said of what */

    if (strftime(text[6], sizeof(text[6]), "%Z", tm) == 0
        || text[6][0] == '+' || text[6][0] == '-')
    {
        (void) strftime(text[6], sizeof(text[6]), "UTC%Z", tm);
    }

    for (i = 0; i < 10; i++) {
        place[i].name = names[i];
        place[i].at = 0;
        place[i].value.data = (const unsigned char *) (i < 7 ? text[i] : "");
        place[i].value.len = i < 7 ? strlen(text[i]) : 0;
    }

    if (tm->tm_mday == 1 && w->text[NGX_SHOP_STRINGS_DAY_FIRST].len) {
        place[4].value = w->text[NGX_SHOP_STRINGS_DAY_FIRST];
    }

    /* two names, or one for each hour */

    ampm = &w->text[NGX_SHOP_STRINGS_AMPM];
    i = (unsigned) tm->tm_hour;

    if (ampm->len) {
        place[7].value = ngx_shop_strings_item(ampm,
                             ngx_shop_strings_item(ampm, 2).data ? i : i / 12);
    }
}


/* the number of a case's forms, or one that no form has */

static unsigned
ngx_shop_strings_case(const ngx_shop_strings_t *w, const ngx_shop_str_t *form)
{
    unsigned  i;

    for (i = 0; form && form->len && i < w->ncases; i++) {
        if (w->cases[i].len == form->len
            && memcmp(w->cases[i].data, form->data, form->len) == 0)
        {
            return NGX_SHOP_STRINGS_CASE | i;
        }
    }

    return NGX_SHOP_STRINGS_PLAIN;
}


/* a weekday or a month, in its case where the language has a list for it */

static ngx_shop_str_t
ngx_shop_strings_named(const ngx_shop_strings_t *w, unsigned key,
    unsigned form, int i)
{
    const ngx_shop_str_t  *list;

    list = ngx_shop_strings_form(w, key, form);

    if (list) {
        return ngx_shop_strings_item(list, (unsigned) i);
    }

    return key == NGX_SHOP_STRINGS_WEEKDAYS ? w->weekdays[i] : w->months[i];
}


void
ngx_shop_strings_in(const ngx_shop_strings_t *w, ngx_shop_emit_t *e,
    int64_t seconds, int exact)
{
    unsigned  minutes;

    if (seconds <= 0 || seconds >= 630 * 60) {
        return;
    }

    minutes = (unsigned) (seconds / 60);

    if (exact && seconds <= 10 * 60) {
        ngx_shop_strings_counted(w, e, NGX_SHOP_STRINGS_IN_MINUTES,
                                 (unsigned) (seconds + 59) / 60);

    } else if (minutes < 8) {
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
    place.at = 0;
    place.value.data = (const unsigned char *) number;
    place.value.len = strlen(number);

    ngx_shop_strings_fill(w, e, ngx_shop_strings_text(w, key, n), &place, 1);
}
