
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The local zone: what clocks show <-> instants.  Knows localtime_r() only,
 * neither the clock nor mktime() (calendar.h says why).
 */


#include <time.h>

#include "logic/flag/calendar.h"


/* days looked at on each side of a day: past every change of the clocks */
#define NGX_SHOP_CALENDAR_REACH  2


static int64_t ngx_shop_calendar_midnight(int64_t at);
static int64_t ngx_shop_calendar_offset(int64_t at);
static int64_t ngx_shop_calendar_civil(const struct tm *tm);


int
ngx_shop_calendar_day(int year, int month, int day, int64_t *civil)
{
    time_t     t;
    struct tm  tm;

    if (year < 1 || year > 9999 || month < 1 || month > 12
        || day < 1 || day > 31)
    {
        return NGX_SHOP_ERROR;
    }

    memset(&tm, 0, sizeof(struct tm));
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    tm.tm_mday = day;

    *civil = ngx_shop_calendar_civil(&tm);

    /* the 30th of February comes back as another day */

    t = (time_t) *civil;

    if (gmtime_r(&t, &tm) == NULL || tm.tm_mday != day) {
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


unsigned
ngx_shop_calendar_instants(int64_t civil, int64_t at[2])
{
    int64_t   before, after;
    unsigned  n;

    before = civil - ngx_shop_calendar_offset(civil - NGX_SHOP_CALENDAR_DAY);
    after = civil - ngx_shop_calendar_offset(civil + NGX_SHOP_CALENDAR_DAY);
    n = 0;

    if (before + ngx_shop_calendar_offset(before) == civil) {
        at[n++] = before;
    }

    if (after != before && after + ngx_shop_calendar_offset(after) == civil) {
        at[n++] = after;
    }

    if (n == 0) {
        at[n++] = before;
    }

    return n;
}


int64_t
ngx_shop_calendar_next(int minute, int64_t ref)
{
    int       day;
    int64_t   civil, at[2];
    unsigned  i, n;

    civil = ngx_shop_calendar_midnight(ref) + (int64_t) minute * 60;

    for (day = -NGX_SHOP_CALENDAR_REACH; /* void */ ; day++) {
        n = ngx_shop_calendar_instants(
                 civil + day * NGX_SHOP_CALENDAR_DAY, at);

        for (i = 0; i < n; i++) {
            if (at[i] > ref) {
                return at[i];
            }
        }
    }
}


int64_t
ngx_shop_calendar_last(int minute, int64_t ref)
{
    int       day;
    int64_t   civil, at[2];
    unsigned  n;

    civil = ngx_shop_calendar_midnight(ref) + (int64_t) minute * 60;

    for (day = NGX_SHOP_CALENDAR_REACH; /* void */ ; day--) {
        n = ngx_shop_calendar_instants(
                 civil + day * NGX_SHOP_CALENDAR_DAY, at);

        while (n--) {
            if (at[n] <= ref) {
                return at[n];
            }
        }
    }
}


int64_t
ngx_shop_calendar_shown(int64_t at)
{
    return at + ngx_shop_calendar_offset(at);
}


/* civil midnight of the local day of an instant */

static int64_t
ngx_shop_calendar_midnight(int64_t at)
{
    int64_t  civil;

    civil = at + ngx_shop_calendar_offset(at);

    return civil - civil % NGX_SHOP_CALENDAR_DAY;
}


/* of the local zone at an instant, seconds east of UTC */

static int64_t
ngx_shop_calendar_offset(int64_t at)
{
    time_t     t;
    struct tm  tm;

    t = (time_t) at;

    if (localtime_r(&t, &tm) == NULL) {
        return 0;
    }

    return ngx_shop_calendar_civil(&tm) - at;
}


/*
 * POSIX has no timegm().  Years are counted from March, so that a leap day is
 * the last of its year.
 */

static int64_t
ngx_shop_calendar_civil(const struct tm *tm)
{
    int64_t  year, days;

    static const int  month[] = {
        306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275
    };

    year = (int64_t) tm->tm_year + 1900 - (tm->tm_mon < 2);

    days = year * 365 + year / 4 - year / 100 + year / 400
           + month[tm->tm_mon] + tm->tm_mday - 1
           - 719468;                  /* from 0000-03-01 to 1970-01-01 */

    return days * NGX_SHOP_CALENDAR_DAY
           + tm->tm_hour * 3600 + tm->tm_min * 60 + tm->tm_sec;
}
