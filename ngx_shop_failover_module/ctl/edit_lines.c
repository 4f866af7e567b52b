
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The lines of a flag that is changed: which of those that are there stay, and
 * what an option adds.  Times are written absolute, or a line that is added
 * later would move them.
 */


#include <stddef.h>
#include <time.h>

#include "ctl/edit_lines.h"
#include "logic/flag/times.h"


static ngx_shop_str_t ngx_shop_edit_lines_key(const unsigned char *p,
    const unsigned char *end);
static int ngx_shop_edit_lines_stays(ngx_shop_edit_t *e,
    const ngx_shop_str_t *key);
static void ngx_shop_edit_lines_time(ngx_shop_edit_t *e, const char *key,
    int len, int64_t at);
static void ngx_shop_edit_lines_news(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given);
static int64_t ngx_shop_edit_lines_moment(const ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given);


/* keys that have a time */
static const struct {
    const char  *key;
    size_t       offset;
} ngx_shop_edit_lines_times[] = {
    { "eta", offsetof(ngx_shop_flag_notice_t, eta) },
    { "start", offsetof(ngx_shop_flag_notice_t, start) },
    { "until", offsetof(ngx_shop_flag_notice_t, until) },
    { "next-update", offsetof(ngx_shop_flag_notice_t, next_update) },
    { "after-until", offsetof(ngx_shop_flag_notice_t, after_until) }
};


/* the lines that are there, but for those which an option replaces */

void
ngx_shop_edit_lines_keep(ngx_shop_edit_t *e)
{
    size_t                       n;
    ngx_shop_str_t               key;
    const unsigned char         *p, *last, *end, *colon;
    const ngx_shop_flag_time_t  *time;

    p = e->store.data;
    last = p + e->store.size;

    if (e->store.size >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        p += 3;
    }

    for ( /* void */ ; p < last; p = end + 1) {
        n = (size_t) (last - p);
        end = memchr(p, '\n', n);

        if (end == NULL) {
            end = last;
        }

        colon = memchr(p, ':', (size_t) (end - p));
        key = ngx_shop_edit_lines_key(p, colon ? colon : end);

        if (!ngx_shop_edit_lines_stays(e, &key)) {
            continue;
        }

        time = ngx_shop_edit_lines_is_time(&e->was, (const char *) key.data,
                                           key.len);

        if (time && time->at) {
            ngx_shop_edit_lines_time(e, (const char *) key.data, (int) key.len,
                                     time->at);

        } else {
            ngx_shop_emit_raw(&e->out, p, (size_t) (end - p));
            ngx_shop_emit_text(&e->out, "\n");
        }
    }
}


/* what stands before the colon, without blanks around it */

static ngx_shop_str_t
ngx_shop_edit_lines_key(const unsigned char *p, const unsigned char *end)
{
    ngx_shop_str_t  key;

    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }

    while (end > p && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }

    key.data = p;
    key.len = (size_t) (end - p);

    return key;
}


/*
 * A list, such as the contacts, grows; anything else is replaced.  Of too many
 * updates the oldest go, as nginx reads no more.  "on" means now: a start that
 * was announced goes.
 */

static int
ngx_shop_edit_lines_stays(ngx_shop_edit_t *e, const ngx_shop_str_t *key)
{
    unsigned                         i;
    const ngx_shop_options_given_t  *given;

    if (e->what == NGX_SHOP_STORE_MAKE
        && ngx_shop_edit_lines_same(key, "start", 5)) {
        return 0;
    }

    if (e->who && ngx_shop_edit_lines_same(key, "who", 3)) {
        return 0;
    }

    if (e->surplus && ngx_shop_edit_lines_same(key, "update", 6)) {
        e->surplus--;
        return 0;
    }

    if (e->news.value && strcmp(e->news.name, "status") == 0
        && ngx_shop_edit_lines_same(key, "status", 6))
    {
        return 0;
    }

    for (i = 0; i < e->o->ngiven; i++) {
        given = &e->o->given[i];

        if (given->option->type == NGX_SHOP_OPTIONS_WITHOUT
            && ngx_shop_edit_lines_same(key, given->name + 3,
                                        (size_t) given->len - 3))
        {
            return 0;
        }

        if (given->option->type != NGX_SHOP_OPTIONS_LIST
            && given->option->type != NGX_SHOP_OPTIONS_DOTTED_LIST
            && ngx_shop_edit_lines_same(key, given->name,
                                        (size_t) given->len))
        {
            return 0;
        }
    }

    return 1;
}


void
ngx_shop_edit_lines_add(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given)
{
    int64_t          at;
    const char      *reason;
    ngx_shop_str_t   value;

    if (ngx_shop_edit_lines_is_ours(given)) {
        return;
    }

    if (strcmp(given->option->name, "update") == 0) {
        ngx_shop_edit_lines_news(e, given);
        return;
    }

    value = ngx_shop_edit_lines_str(given->value);

    if (ngx_shop_edit_lines_is_time(&e->is, given->name,
                                    (size_t) given->len)
        && ngx_shop_times_parse(&value, e->now, &at, &reason)
           == NGX_SHOP_OK)
    {
        ngx_shop_edit_lines_time(e, given->name, given->len, at);
        return;
    }

    ngx_shop_edit_lines_line(e, given->name, given->len, &value);
}


/* an option of shopctl, and not a key of the file */

int
ngx_shop_edit_lines_is_ours(const ngx_shop_options_given_t *given)
{
    return given->option->type == NGX_SHOP_OPTIONS_WITHOUT
           || strcmp(given->option->name, "template") == 0
           || strcmp(given->option->name, "require") == 0
           || strcmp(given->option->name, "for") == 0
           || strcmp(given->option->name, "flag") == 0
           || strcmp(given->option->name, "url") == 0
           || strcmp(given->option->name, "name") == 0;
}


void
ngx_shop_edit_lines_line(ngx_shop_edit_t *e, const char *key, int len,
    const ngx_shop_str_t *value)
{
    ngx_shop_emit_raw(&e->out, key, (size_t) len);
    ngx_shop_emit_text(&e->out, ": ");
    ngx_shop_emit_raw(&e->out, value->data, value->len);
    ngx_shop_emit_text(&e->out, "\n");
}


/* for the parser in UTC, for a person who reads the file in local time */

static void
ngx_shop_edit_lines_time(ngx_shop_edit_t *e, const char *key, int len,
    int64_t at)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    ngx_shop_emit_raw(&e->out, key, (size_t) len);
    ngx_shop_emit_text(&e->out, ": ");

    n = ngx_shop_times_rfc3339(buf, at);
    ngx_shop_emit_raw(&e->out, buf, n);

    ngx_shop_emit_text(&e->out, " # ");

    n = ngx_shop_times_local(buf, at);
    ngx_shop_emit_raw(&e->out, buf, n);

    ngx_shop_emit_text(&e->out, "\n");
}


/* the time of a key that has one, as a notice has it; else NULL */

const ngx_shop_flag_time_t *
ngx_shop_edit_lines_is_time(const ngx_shop_flag_notice_t *notice,
    const char *key, size_t len)
{
    size_t          i;
    ngx_shop_str_t  name;

    name.data = (const unsigned char *) key;
    name.len = len;

    for (i = 0; i < sizeof(ngx_shop_edit_lines_times)
                    / sizeof(ngx_shop_edit_lines_times[0]); i++)
    {
        key = ngx_shop_edit_lines_times[i].key;

        if (ngx_shop_edit_lines_same(&name, key, strlen(key))) {
            return (const void *) ((const unsigned char *) notice
                                   + ngx_shop_edit_lines_times[i].offset);
        }
    }

    return NULL;
}


static void
ngx_shop_edit_lines_news(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given)
{
    char        line[16];
    time_t      at;
    struct tm   tm;

    at = (time_t) ngx_shop_edit_lines_moment(e, given);
    line[0] = '\0';

    if (at && localtime_r(&at, &tm)) {
        (void) strftime(line, sizeof(line), "%H:%M ", &tm);
    }

    ngx_shop_emit_raw(&e->out, given->name, (size_t) given->len);
    ngx_shop_emit_text(&e->out, ": ");
    ngx_shop_emit_text(&e->out, line);
    ngx_shop_emit_text(&e->out, given->value);
    ngx_shop_emit_text(&e->out, "\n");
}


/*
 * Now; or, of a text in a language that comes alone, the time of the newest
 * update, which it translates if that has no text in this language yet.
 */

static int64_t
ngx_shop_edit_lines_moment(const ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given)
{
    unsigned                     i, n;
    const char                  *dot;
    ngx_shop_str_t               lang;
    const ngx_shop_flag_lang_t  *known;

    dot = memchr(given->name, '.', (size_t) given->len);
    n = e->was.nupdates;

    if (dot == NULL || n == 0
        || (e->news.value && strcmp(e->news.name, "update") == 0))
    {
        return e->now;
    }

    for (i = 0; i < e->o->ngiven; i++) {
        if (e->o->given[i].len == 6
            && memcmp(e->o->given[i].name, "update", 6) == 0)
        {
            return e->now;
        }
    }

    dot++;
    n--;
    i = (unsigned) (given->name + given->len - dot);
    lang = ngx_shop_flag_text(&e->was, e->was.updates[n].lang);

    if (ngx_shop_edit_lines_same(&lang, dot, i)) {
        return e->now;
    }

    for (known = e->was.langs; known < e->was.langs + e->was.nlangs; known++) {
        lang = ngx_shop_flag_text(&e->was, known->lang);

        if (known->said == NGX_SHOP_FLAG_SAID_UPDATE && known->nth == n
            && ngx_shop_edit_lines_same(&lang, dot, i))
        {
            return e->now;
        }
    }

    return e->was.updates[n].at;
}


ngx_shop_str_t
ngx_shop_edit_lines_str(const char *text)
{
    ngx_shop_str_t  s;

    s.data = (const unsigned char *) (text ? text : "");
    s.len = text ? strlen(text) : 0;

    return s;
}


/* keys are compared without regard to case */

int
ngx_shop_edit_lines_same(const ngx_shop_str_t *a, const char *b, size_t len)
{
    size_t  i;

    if (a->len != len) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if ((a->data[i] | 0x20) != ((unsigned char) b[i] | 0x20)) {
            return 0;
        }
    }

    return 1;
}
