
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A time as people write it, and a length, are understood.
 */


#include "logic/flag/calendar.h"
#include "logic/flag/times_inside.h"


/* ten years: more is a slip of the finger */
#define NGX_SHOP_TIMES_LONGEST  ((int64_t) 3660 * 86400)


/* in the order of the table of texts */
typedef enum {
    NGX_SHOP_TIMES_FORM = 0,
    NGX_SHOP_TIMES_DATE,
    NGX_SHOP_TIMES_CLOCK,
    NGX_SHOP_TIMES_NO_CLOCK,
    NGX_SHOP_TIMES_NO_ZONE,
    NGX_SHOP_TIMES_BAD_DAY,
    NGX_SHOP_TIMES_BAD_CLOCK,
    NGX_SHOP_TIMES_BAD_ZONE,
    NGX_SHOP_TIMES_TRAILING,
    NGX_SHOP_TIMES_RANGE,
    NGX_SHOP_TIMES_NEGATIVE,
    NGX_SHOP_TIMES_NO_PLUS,
    NGX_SHOP_TIMES_NO_NUMBER,
    NGX_SHOP_TIMES_NO_UNIT,
    NGX_SHOP_TIMES_BAD_UNIT,
    NGX_SHOP_TIMES_ORDER,
    NGX_SHOP_TIMES_TOO_LONG,

    /* no reason: all is well; also the size of the table */
    NGX_SHOP_TIMES_FINE
} ngx_shop_times_reason_e;


static ngx_shop_times_reason_e ngx_shop_times_parse_guess(
    const ngx_shop_str_t *text);
static ngx_shop_times_reason_e ngx_shop_times_parse_date(
    const ngx_shop_str_t *text, int64_t *at);
static ngx_shop_times_reason_e ngx_shop_times_parse_time(
    const unsigned char **pos, const unsigned char *last, int64_t *seconds);
static ngx_shop_times_reason_e ngx_shop_times_parse_zone(
    const unsigned char *p, const unsigned char *last, int64_t *offset);
static ngx_shop_times_reason_e ngx_shop_times_parse_sum(
    const ngx_shop_str_t *text, int64_t *seconds);
static ngx_shop_times_reason_e ngx_shop_times_parse_number(
    const unsigned char **pos, const unsigned char *last, int64_t *number);
static int ngx_shop_times_parse_digits(const unsigned char *p, unsigned n);
static int ngx_shop_times_parse_is_digit(unsigned char ch);


static const char *const ngx_shop_times_reasons[NGX_SHOP_TIMES_FINE] = {

    "not a time, write +45m, 04:30 or 2026-11-21 04:30",
    "not a clear date, write 2026-11-21 04:30",
    "not a time of day, write two digits each, as 04:30",
    "no time of day after the date, write 2026-11-21 04:30",
    "no zone after the time, write 2026-11-21T04:30:00Z or +01:00",
    "no such day",
    "no such time of day, it goes from 00:00 to 23:59",
    "bad zone, write Z or +01:00",
    "something follows the time",
    "outside of the years 1970 to 9999",
    "a length goes forward, write +45m",
    "no + before the length, write +45m",
    "no number before the unit, write as 45m",
    "no unit after the number, write as 45m",
    "unknown unit, write d, h, m or s, as 1h30m",
    "units go from large to small, once each, as 1h30m",
    "longer than ten years"
};


const ngx_shop_times_unit_t  ngx_shop_times_parse_units[] = {

    { 'd', 86400 },
    { 'h', 3600 },
    { 'm', 60 },
    { 's', 1 },
    { 0, 0 }
};


int
ngx_shop_times_parse(const ngx_shop_str_t *text, int64_t anchor, int64_t *at,
    const char **reason)
{
    int                      clock;
    int64_t                  value;
    ngx_shop_str_t           rest;
    ngx_shop_times_reason_e  error;

    error = NGX_SHOP_TIMES_FINE;
    value = 0;

    if (anchor < 0 || anchor > NGX_SHOP_CALENDAR_MAX) {
        error = NGX_SHOP_TIMES_RANGE;

    } else if (ngx_shop_times_parse_is_relative(text)) {
        rest.data = text->data + 1;
        rest.len = text->len - 1;

        error = ngx_shop_times_parse_sum(&rest, &value);
        value += anchor;

    } else if (text->len == 5 && text->data[2] == ':') {
        clock = ngx_shop_times_parse_clock(text->data, text->len);

        if (clock < 0) {
            error = NGX_SHOP_TIMES_BAD_CLOCK;

        } else {
            value = ngx_shop_calendar_next(clock, anchor);
        }

    } else {
        error = ngx_shop_times_parse_date(text, &value);
    }

    /* 0 is "no time" wherever a time is kept */

    if (error == NGX_SHOP_TIMES_FINE
        && (value < 1 || value > NGX_SHOP_CALENDAR_MAX))
    {
        error = NGX_SHOP_TIMES_RANGE;
    }

    if (error != NGX_SHOP_TIMES_FINE) {
        *reason = ngx_shop_times_reasons[error];
        return NGX_SHOP_ERROR;
    }

    *at = value;

    return NGX_SHOP_OK;
}


const char *
ngx_shop_times_parse_reason(unsigned i)
{
    if (i >= NGX_SHOP_TIMES_FINE) {
        return NULL;
    }

    return ngx_shop_times_reasons[i];
}


int
ngx_shop_times_parse_is_relative(const ngx_shop_str_t *text)
{
    return text->len && text->data[0] == '+';
}


int
ngx_shop_times_parse_length(const ngx_shop_str_t *text, int64_t *seconds,
    const char **reason)
{
    ngx_shop_times_reason_e  error;

    error = ngx_shop_times_parse_sum(text, seconds);

    if (error != NGX_SHOP_TIMES_FINE) {
        *reason = ngx_shop_times_reasons[error];
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* of a text that is no time at all: what was probably meant */

static ngx_shop_times_reason_e
ngx_shop_times_parse_guess(const ngx_shop_str_t *text)
{
    if (text->len == 0) {
        return NGX_SHOP_TIMES_FORM;
    }

    if (text->data[0] == '-') {
        return NGX_SHOP_TIMES_NEGATIVE;
    }

    if (!ngx_shop_times_parse_is_digit(text->data[0])) {
        return NGX_SHOP_TIMES_FORM;
    }

    if (memchr(text->data, '/', text->len)
        || memchr(text->data, '.', text->len)
        || memchr(text->data, '-', text->len))
    {
        return NGX_SHOP_TIMES_DATE;
    }

    if (memchr(text->data, ':', text->len)) {
        return NGX_SHOP_TIMES_CLOCK;
    }

    return NGX_SHOP_TIMES_NO_PLUS;
}


/*
 * "2026-11-21 04:30[:00[.5]][zone]".  With a "T" the zone is required: without
 * it the text may be the torn begin of a time in another zone.
 */

static ngx_shop_times_reason_e
ngx_shop_times_parse_date(const ngx_shop_str_t *text, int64_t *at)
{
    int64_t                  civil, seconds, offset, instants[2];
    const unsigned char     *p, *last;
    ngx_shop_times_reason_e  error;

    p = text->data;
    last = p + text->len;

    if (text->len < 10 || p[4] != '-' || p[7] != '-') {
        return ngx_shop_times_parse_guess(text);
    }

    if (ngx_shop_calendar_day(ngx_shop_times_parse_digits(p, 4),
                              ngx_shop_times_parse_digits(p + 5, 2),
                              ngx_shop_times_parse_digits(p + 8, 2),
                              &civil)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_TIMES_BAD_DAY;
    }

    p += 10;

    if (last - p < 6 || (*p != ' ' && *p != 'T' && *p != 't')) {
        return NGX_SHOP_TIMES_NO_CLOCK;
    }

    p++;
    error = ngx_shop_times_parse_time(&p, last, &seconds);

    if (error != NGX_SHOP_TIMES_FINE) {
        return error;
    }

    if (p < last) {
        error = ngx_shop_times_parse_zone(p, last, &offset);
        *at = civil + seconds - offset;

        return error;
    }

    if (text->data[10] != ' ') {
        return NGX_SHOP_TIMES_NO_ZONE;
    }

    (void) ngx_shop_calendar_instants(civil + seconds, instants);
    *at = instants[0];

    return NGX_SHOP_TIMES_FINE;
}


/* "04:30[:00[.5]]", of which at least five bytes are there; cuts fractions */

static ngx_shop_times_reason_e
ngx_shop_times_parse_time(const unsigned char **pos,
    const unsigned char *last, int64_t *seconds)
{
    int                   minutes, n;
    const unsigned char  *p;

    p = *pos;
    n = 0;
    minutes = ngx_shop_times_parse_clock(p, 5);
    p += 5;

    if (last - p > 2 && *p == ':') {
        n = ngx_shop_times_parse_digits(p + 1, 2);
        p += 3;

        if (last - p > 1 && *p == '.' && ngx_shop_times_parse_is_digit(p[1])) {
            do {
                p++;
            } while (p < last && ngx_shop_times_parse_is_digit(*p));
        }
    }

    if (minutes < 0 || n < 0 || n > 59) {
        return NGX_SHOP_TIMES_BAD_CLOCK;
    }

    *pos = p;
    *seconds = (int64_t) minutes * 60 + n;

    return NGX_SHOP_TIMES_FINE;
}


static ngx_shop_times_reason_e
ngx_shop_times_parse_zone(const unsigned char *p, const unsigned char *last,
    int64_t *offset)
{
    int  minutes;

    *offset = 0;

    if (*p == 'Z' || *p == 'z') {
        return last - p == 1 ? NGX_SHOP_TIMES_FINE : NGX_SHOP_TIMES_TRAILING;
    }

    if (*p != '+' && *p != '-') {
        return NGX_SHOP_TIMES_TRAILING;
    }

    minutes = ngx_shop_times_parse_clock(p + 1, (size_t) (last - p) - 1);

    if (minutes < 0) {
        return NGX_SHOP_TIMES_BAD_ZONE;
    }

    *offset = (int64_t) minutes * (*p == '-' ? -60 : 60);

    return NGX_SHOP_TIMES_FINE;
}


/* "1h30m" or "1h 30m" */

static ngx_shop_times_reason_e
ngx_shop_times_parse_sum(const ngx_shop_str_t *text, int64_t *seconds)
{
    int64_t                       number, total;
    const unsigned char          *p, *last;
    ngx_shop_times_reason_e       error;
    const ngx_shop_times_unit_t  *allowed, *unit;

    p = text->data;
    last = p + text->len;
    allowed = ngx_shop_times_parse_units;
    total = 0;

    do {
        error = ngx_shop_times_parse_number(&p, last, &number);

        if (error != NGX_SHOP_TIMES_FINE) {
            return error;
        }

        unit = ngx_shop_times_parse_units;

        while (unit->name && *p != (unsigned char) unit->name) {
            unit++;
        }

        if (unit->name == 0) {
            return NGX_SHOP_TIMES_BAD_UNIT;
        }

        if (unit < allowed) {
            return NGX_SHOP_TIMES_ORDER;
        }

        total += number * unit->seconds;

        if (total > NGX_SHOP_TIMES_LONGEST) {
            return NGX_SHOP_TIMES_TOO_LONG;
        }

        allowed = unit + 1;
        p++;

        if (last - p > 1 && *p == ' ') {
            p++;
        }

    } while (p < last);

    *seconds = total;

    return NGX_SHOP_TIMES_FINE;
}


/* digits that something follows; a larger number than LONGEST is refused */

static ngx_shop_times_reason_e
ngx_shop_times_parse_number(const unsigned char **pos,
    const unsigned char *last, int64_t *number)
{
    int64_t               n;
    const unsigned char  *p;

    for (n = 0, p = *pos; p < last && ngx_shop_times_parse_is_digit(*p); p++) {
        n = n * 10 + (*p - '0');

        if (n > NGX_SHOP_TIMES_LONGEST) {
            return NGX_SHOP_TIMES_TOO_LONG;
        }
    }

    if (p == *pos) {
        return NGX_SHOP_TIMES_NO_NUMBER;
    }

    if (p == last) {
        return NGX_SHOP_TIMES_NO_UNIT;
    }

    *pos = p;
    *number = n;

    return NGX_SHOP_TIMES_FINE;
}


/* "04:30" -> minutes of the day, or -1 */

int
ngx_shop_times_parse_clock(const unsigned char *p, size_t len)
{
    int  hour, minute;

    if (len != 5 || p[2] != ':') {
        return -1;
    }

    hour = ngx_shop_times_parse_digits(p, 2);
    minute = ngx_shop_times_parse_digits(p + 3, 2);

    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return -1;
    }

    return hour * 60 + minute;
}


/* n bytes that are there -> a number, or -1 */

static int
ngx_shop_times_parse_digits(const unsigned char *p, unsigned n)
{
    int  value;

    for (value = 0; n; n--, p++) {
        if (!ngx_shop_times_parse_is_digit(*p)) {
            return -1;
        }

        value = value * 10 + (*p - '0');
    }

    return value;
}


static int
ngx_shop_times_parse_is_digit(unsigned char ch)
{
    return ch >= '0' && ch <= '9';
}
