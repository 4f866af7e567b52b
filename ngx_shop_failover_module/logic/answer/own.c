
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a server says of itself.  Pure: no clock, no I/O.
 */


#include "logic/answer/own.h"
#include "logic/flag/calendar.h"
#include "logic/text/span.h"
#include "logic/text/utf8.h"


#define NGX_SHOP_OWN_SHOWN  48               /* bytes of what is bad */
#define NGX_SHOP_OWN_DATE   29      /* "Sun, 06 Nov 1994 08:49:37 GMT" */


static int ngx_shop_own_line(ngx_shop_own_t *own, const ngx_shop_str_t *line,
    ngx_shop_emit_t *bad);
static int ngx_shop_own_word(ngx_shop_own_t *own, const ngx_shop_str_t *word);
static void ngx_shop_own_param(ngx_shop_own_t *own,
    const ngx_shop_str_t *param, ngx_shop_emit_t *bad);
static int ngx_shop_own_reason(ngx_shop_own_t *own,
    const ngx_shop_str_t *value);
static ngx_shop_str_t ngx_shop_own_piece(ngx_shop_str_t *rest);
static ngx_shop_str_t ngx_shop_own_trim(ngx_shop_str_t s);
static int ngx_shop_own_only(const ngx_shop_answer_t *a, const char *name,
    ngx_shop_str_t *value);
static int ngx_shop_own_closed(const ngx_shop_answer_t *a);
static int ngx_shop_own_retry(const ngx_shop_str_t *value, int64_t now,
    uint32_t *retry);
static int ngx_shop_own_number(const ngx_shop_str_t *s, uint32_t max,
    uint32_t *n);
static int64_t ngx_shop_own_date(const ngx_shop_str_t *s);
static void ngx_shop_own_bad(ngx_shop_emit_t *bad, const char *what,
    const ngx_shop_str_t *value);


static const char  *ngx_shop_own_names[NGX_SHOP_OWN_N] = {
    "", "drain", "maint", "degraded", "weight"
};


void
ngx_shop_own_read(ngx_shop_own_t *own, const ngx_shop_answer_t *a, int passed,
    int64_t now, ngx_shop_emit_t *bad)
{
    int             rc;
    uint32_t        retry;
    ngx_shop_str_t  line, after;

    memset(own, 0, sizeof(ngx_shop_own_t));

    rc = ngx_shop_own_only(a, "Shop-Health", &line);

    if (rc == NGX_SHOP_ERROR) {
        ngx_shop_own_bad(bad, "a second Shop-Health", &line);

    } else if (rc == NGX_SHOP_OK
               && ngx_shop_own_line(own, &line, bad) != NGX_SHOP_OK)
    {
        memset(own, 0, sizeof(ngx_shop_own_t));
    }

    if (!passed && own->what >= NGX_SHOP_OWN_DEGRADED) {
        memset(own, 0, sizeof(ngx_shop_own_t));
        return;
    }

    /* software in maintenance that does not know of us says it so */

    if (passed || a->status != 503 || own->what == NGX_SHOP_OWN_DRAIN
        || own->timed || !ngx_shop_own_closed(a)
        || ngx_shop_own_only(a, "Retry-After", &after) != NGX_SHOP_OK)
    {
        return;
    }

    if (ngx_shop_own_retry(&after, now, &retry) != NGX_SHOP_OK) {
        ngx_shop_own_bad(bad, "Retry-After", &after);
        return;
    }

    own->what = NGX_SHOP_OWN_MAINT;
    own->retry = retry;
    own->timed = 1;
}


static int
ngx_shop_own_line(ngx_shop_own_t *own, const ngx_shop_str_t *line,
    ngx_shop_emit_t *bad)
{
    ngx_shop_str_t  rest, word, param;

    rest = *line;
    word = ngx_shop_own_piece(&rest);

    if (ngx_shop_own_word(own, &word) != NGX_SHOP_OK) {
        ngx_shop_own_bad(bad, "Shop-Health", &word);
        return NGX_SHOP_ERROR;
    }

    while (rest.len) {
        param = ngx_shop_own_piece(&rest);

        if (param.len) {
            ngx_shop_own_param(own, &param, bad);
        }
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_own_word(ngx_shop_own_t *own, const ngx_shop_str_t *word)
{
    uint32_t        n;
    ngx_shop_str_t  number;

    for (n = NGX_SHOP_OWN_DRAIN; n <= NGX_SHOP_OWN_DEGRADED; n++) {
        if (ngx_shop_span_is(word, ngx_shop_own_names[n])) {
            own->what = (uint8_t) n;
            return NGX_SHOP_OK;
        }
    }

    number.len = 6;
    number.data = word->data;

    if (word->len <= 7 || word->data[6] != '='
        || !ngx_shop_span_is(&number, "weight"))
    {
        return NGX_SHOP_ERROR;
    }

    number.data = word->data + 7;
    number.len = word->len - 7;

    if (ngx_shop_own_number(&number, 100, &n) != NGX_SHOP_OK || n == 0) {
        return NGX_SHOP_ERROR;
    }

    own->what = NGX_SHOP_OWN_WEIGHT;
    own->weight = (uint8_t) n;

    return NGX_SHOP_OK;
}


/* of one that stands twice the first counts */

static void
ngx_shop_own_param(ngx_shop_own_t *own, const ngx_shop_str_t *param,
    ngx_shop_emit_t *bad)
{
    ngx_shop_str_t        name, value;
    const unsigned char  *equal;

    equal = memchr(param->data, '=', param->len);

    if (equal) {
        name.data = param->data;
        name.len = (size_t) (equal - param->data);
        value.data = equal + 1;
        value.len = param->len - name.len - 1;

        if (ngx_shop_span_is(&name, "reason") && own->reason_len == 0
            && ngx_shop_own_reason(own, &value) == NGX_SHOP_OK)
        {
            return;
        }

        if (ngx_shop_span_is(&name, "retry-after") && !own->timed
            && ngx_shop_own_number(&value, NGX_SHOP_OWN_RETRY_MAX,
                                   &own->retry)
               == NGX_SHOP_OK)
        {
            own->timed = 1;
            return;
        }
    }

    ngx_shop_own_bad(bad, "Shop-Health", param);
}


/* a quoted text, without what would make lines or turn their direction */

static int
ngx_shop_own_reason(ngx_shop_own_t *own, const ngx_shop_str_t *value)
{
    size_t                n, bad, len;
    const unsigned char  *p, *last;

    if (value->len < 3 || value->data[0] != '"'
        || value->data[value->len - 1] != '"')
    {
        return NGX_SHOP_ERROR;
    }

    p = value->data + 1;
    last = value->data + value->len - 1;
    len = 0;

    while (p < last) {

        if (*p == '"' || (*p == '\\' && ++p == last)) {
            return NGX_SHOP_ERROR;
        }

        n = ngx_shop_utf8_next(p, last, &bad);

        if (n == 0 || ngx_shop_utf8_control(p, n)
            || ngx_shop_utf8_bidi(p, n)
            || len + n > NGX_SHOP_OWN_REASON_LEN)
        {
            return NGX_SHOP_ERROR;
        }

        memcpy(own->reason + len, p, n);
        len += n;
        p += n;
    }

    own->reason_len = (uint8_t) len;

    return NGX_SHOP_OK;
}


/* up to a semicolon that is not quoted */

static ngx_shop_str_t
ngx_shop_own_piece(ngx_shop_str_t *rest)
{
    size_t          i;
    unsigned        quoted;
    ngx_shop_str_t  piece;

    quoted = 0;

    for (i = 0; i < rest->len; i++) {

        if (rest->data[i] == '"') {
            quoted = !quoted;

        } else if (rest->data[i] == '\\' && quoted && i + 1 < rest->len) {
            i++;

        } else if (rest->data[i] == ';' && !quoted) {
            break;
        }
    }

    piece.data = rest->data;
    piece.len = i;

    i = i < rest->len ? i + 1 : i;

    rest->data += i;
    rest->len -= i;

    return ngx_shop_own_trim(piece);
}


static ngx_shop_str_t
ngx_shop_own_trim(ngx_shop_str_t s)
{
    while (s.len && (s.data[0] == ' ' || s.data[0] == '\t')) {
        s.data++;
        s.len--;
    }

    while (s.len && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t')) {
        s.len--;
    }

    return s;
}


/* OK, DECLINED: there is none; ERROR: there are several, the second one */

static int
ngx_shop_own_only(const ngx_shop_answer_t *a, const char *name,
    ngx_shop_str_t *value)
{
    size_t          pos;
    ngx_shop_str_t  wanted, second;

    wanted.data = (const unsigned char *) name;
    wanted.len = strlen(name);
    pos = 0;

    if (ngx_shop_answer_header(a, &wanted, &pos, value) != NGX_SHOP_OK) {
        return NGX_SHOP_DECLINED;
    }

    if (ngx_shop_answer_header(a, &wanted, &pos, &second) == NGX_SHOP_OK) {
        *value = second;
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* not the page of a shop failover that says of itself that nothing serves */

static int
ngx_shop_own_closed(const ngx_shop_answer_t *a)
{
    int             rc;
    ngx_shop_str_t  status, word;

    rc = ngx_shop_own_only(a, "Shop-Status", &status);

    if (rc != NGX_SHOP_OK) {
        return rc == NGX_SHOP_DECLINED;
    }

    word = ngx_shop_own_piece(&status);

    return ngx_shop_span_is(&word, "maintenance");
}


/* seconds, or a date of RFC 9110 in its preferred form */

static int
ngx_shop_own_retry(const ngx_shop_str_t *value, int64_t now, uint32_t *retry)
{
    int64_t  at;

    if (ngx_shop_own_number(value, NGX_SHOP_OWN_RETRY_MAX, retry)
        == NGX_SHOP_OK)
    {
        return NGX_SHOP_OK;
    }

    at = ngx_shop_own_date(value);

    if (at == 0 || at - now > NGX_SHOP_OWN_RETRY_MAX) {
        return NGX_SHOP_ERROR;
    }

    *retry = at > now ? (uint32_t) (at - now) : 0;

    return NGX_SHOP_OK;
}


static int
ngx_shop_own_number(const ngx_shop_str_t *s, uint32_t max, uint32_t *n)
{
    size_t    i;
    uint32_t  found;

    if (s->len == 0 || s->len > 9) {
        return NGX_SHOP_ERROR;
    }

    found = 0;

    for (i = 0; i < s->len; i++) {

        if (s->data[i] < '0' || s->data[i] > '9') {
            return NGX_SHOP_ERROR;
        }

        found = 10 * found + (uint32_t) (s->data[i] - '0');
    }

    if (found > max) {
        return NGX_SHOP_ERROR;
    }

    *n = found;

    return NGX_SHOP_OK;
}


/* Unix seconds, or 0 */

static int64_t
ngx_shop_own_date(const ngx_shop_str_t *s)
{
    size_t                i;
    int64_t               day;
    uint32_t              n[5];
    const char           *month;
    ngx_shop_str_t        piece;

    static const char     form[] = "aaa, 00 aaa 0000 00:00:00 GMT";
    static const char     months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const uint8_t  at[][2] = {
        { 5, 2 }, { 12, 4 }, { 17, 2 }, { 20, 2 }, { 23, 2 }
    };

    if (s->len != NGX_SHOP_OWN_DATE) {
        return 0;
    }

    for (i = 0; i < NGX_SHOP_OWN_DATE; i++) {
        if (form[i] != 'a' && form[i] != '0' && form[i] != (char) s->data[i]) {
            return 0;
        }
    }

    for (i = 0; i < 5; i++) {
        piece.data = s->data + at[i][0];
        piece.len = at[i][1];

        if (ngx_shop_own_number(&piece, 9999, &n[i]) != NGX_SHOP_OK) {
            return 0;
        }
    }

    for (month = months; *month; month += 3) {
        if (memcmp(month, s->data + 8, 3) == 0) {
            break;
        }
    }

    if (*month == '\0' || n[2] > 23 || n[3] > 59 || n[4] > 60
        || ngx_shop_calendar_day((int) n[1], (int) (month - months) / 3 + 1,
                                 (int) n[0], &day)
           != NGX_SHOP_OK)
    {
        return 0;
    }

    return day + n[2] * 3600 + n[3] * 60 + n[4];
}


static void
ngx_shop_own_bad(ngx_shop_emit_t *bad, const char *what,
    const ngx_shop_str_t *value)
{
    size_t                i;
    const unsigned char  *p;

    if (bad->pos > bad->start) {
        ngx_shop_emit_text(bad, ", ");
    }

    ngx_shop_emit_text(bad, what);
    ngx_shop_emit_text(bad, " \"");

    for (i = 0; i < value->len && i < NGX_SHOP_OWN_SHOWN; i++) {
        p = &value->data[i];
        ngx_shop_emit_raw(bad, *p >= ' ' && *p < 0x7f ? (const void *) p : "?",
                          1);
    }

    ngx_shop_emit_text(bad, i < value->len ? "...\"" : "\"");
}


const char *
ngx_shop_own_name(unsigned what)
{
    return what < NGX_SHOP_OWN_N ? ngx_shop_own_names[what] : "unknown";
}
