
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Changes the flag: from the lines that are there and the options given to the
 * lines of the new file.  Times are written absolute, or a line that is added
 * later would move them.
 */


#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ctl/ask.h"
#include "ctl/edit.h"
#include "ctl/show.h"
#include "ctl/store.h"
#include "logic/text/emit.h"
#include "logic/judge/site.h"
#include "logic/flag/times.h"


typedef struct {
    const ngx_shop_options_t  *o;
    ngx_shop_store_t           store;
    ngx_shop_flag_notice_t     was;      /* of the file as it is */
    ngx_shop_flag_notice_t     is;
    ngx_shop_emit_t            out;
    ngx_shop_options_given_t   news;     /* of "update TEXT" */
    int64_t                    now;
    ngx_shop_store_e           what;     /* "on" or "update" */
    unsigned                   surplus;  /* oldest updates to go */
    unsigned                   outage;   /* nobody serves, says nginx */
    unsigned char                 buf[2 * NGX_SHOP_FLAG_MAX_SIZE];
} ngx_shop_edit_t;


static const char *ngx_shop_edit_who(const ngx_shop_options_t *o);
static ngx_shop_options_given_t ngx_shop_edit_text(const char *name,
    const char *text);
static int ngx_shop_edit_begin(ngx_shop_edit_t *e, const ngx_shop_options_t *o,
    ngx_shop_store_e what);
static void ngx_shop_edit_outage(ngx_shop_edit_t *e);
static int ngx_shop_edit_values(ngx_shop_edit_t *e);
static int ngx_shop_edit_finish(ngx_shop_edit_t *e);
static int ngx_shop_edit_check(ngx_shop_edit_t *e);
static int ngx_shop_edit_value(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given);
static int ngx_shop_edit_future(ngx_shop_edit_t *e, const char *name,
    const char *value, const ngx_shop_flag_time_t *time);
static void ngx_shop_edit_keep(ngx_shop_edit_t *e);
static ngx_shop_str_t ngx_shop_edit_key(const unsigned char *p,
    const unsigned char *end);
static int ngx_shop_edit_stays(ngx_shop_edit_t *e, const ngx_shop_str_t *key);
static void ngx_shop_edit_add(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given);
static int ngx_shop_edit_is_ours(const ngx_shop_options_given_t *given);
static void ngx_shop_edit_line(ngx_shop_edit_t *e, const char *key, int len,
    const ngx_shop_str_t *value);
static void ngx_shop_edit_time(ngx_shop_edit_t *e, const char *key, int len,
    int64_t at);
static const ngx_shop_flag_time_t *ngx_shop_edit_is_time(
    const ngx_shop_flag_notice_t *notice, const char *key, size_t len);
static void ngx_shop_edit_news(ngx_shop_edit_t *e, const char *text);
static ngx_shop_str_t ngx_shop_edit_str(const char *text);
static int ngx_shop_edit_same(const ngx_shop_str_t *a, const char *b,
    size_t len);


#define NGX_SHOP_EDIT_TEXT  NGX_SHOP_OPTIONS_VALUE
#define NGX_SHOP_EDIT_LIST  NGX_SHOP_OPTIONS_LIST


const ngx_shop_options_entry_t  ngx_shop_edit_options[] = {
    { "eta", NGX_SHOP_EDIT_TEXT, "TIME",
      "when it will be well: +45m, 04:30, 2026-11-21 04:30" },
    { "status", NGX_SHOP_OPTIONS_DOTTED, "TEXT",
      "what visitors read; --status.de TEXT for a language" },
    { "reason", NGX_SHOP_EDIT_TEXT, "TEXT", "why" },
    { "offer", NGX_SHOP_EDIT_TEXT, "TEXT", "what visitors get" },
    { "contact", NGX_SHOP_EDIT_LIST, "TEXT",
      "how else to order or ask; may be given again" },
    { "update", NGX_SHOP_EDIT_LIST, "TEXT",
      "news, with the time of now before it" },
    { "next-update", NGX_SHOP_EDIT_TEXT, "TIME",
      "when there will be more to say" },
    { "start", NGX_SHOP_EDIT_TEXT, "TIME",
      "close then; until then it is only announced" },
    { "until", NGX_SHOP_EDIT_TEXT, "TIME",
      "open then, come what may" },
    { "end", NGX_SHOP_EDIT_TEXT, "manual|eta|healthy",
      "what opens the shop [manual; in an outage: healthy]" },
    { "mode", NGX_SHOP_EDIT_TEXT, "MODE",
      "full, browse, \"paths /checkout /cart\", or words [full]" },
    { "who", NGX_SHOP_EDIT_TEXT, "TEXT",
      "who closed it, as a comment [the user]" },
    NGX_SHOP_ASK_OPTION,
    NGX_SHOP_STORE_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


const ngx_shop_options_entry_t  ngx_shop_edit_off_options[] = {
    NGX_SHOP_ASK_OPTION,
    NGX_SHOP_STORE_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


/* keys that have a time */
static const struct {
    const char  *key;
    size_t       offset;
} ngx_shop_edit_times[] = {
    { "eta", offsetof(ngx_shop_flag_notice_t, eta) },
    { "start", offsetof(ngx_shop_flag_notice_t, start) },
    { "until", offsetof(ngx_shop_flag_notice_t, until) },
    { "next-update", offsetof(ngx_shop_flag_notice_t, next_update) }
};


static ngx_shop_edit_t  ngx_shop_edit;


/*
 * Closed from now, or from --start.  What is there stays where it is of this
 * closing; what is left of an older one, that does not close any more, goes.
 */

int
ngx_shop_edit_on(const ngx_shop_options_t *o)
{
    ngx_shop_str_t    value;
    ngx_shop_edit_t  *e = &ngx_shop_edit;

    if (o->nrest) {
        return ngx_shop_say_error("\"on\" takes options only; for a "
                                  "text write: shopctl on --status "
                                  "\"%s\"", o->rest[0]);
    }

    if (ngx_shop_edit_begin(e, o, NGX_SHOP_STORE_MAKE) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    if (e->store.there
        && e->was.start.at <= e->now
        && ngx_shop_site_flag(&e->was,
                              NGX_SHOP_SITE_FLAG_CLOSED,
                              e->now)
           == NGX_SHOP_SITE_FLAG_OPEN)
    {
        ngx_shop_say_note("what was in \"%s\" is over, and is left "
                          "out", e->store.path);
        e->store.there = 0;
    }

    ngx_shop_edit_outage(e);

    if (!e->store.there || ngx_shop_options_get(o, "who")) {
        value = ngx_shop_edit_str(ngx_shop_edit_who(o));
        ngx_shop_edit_line(e, "# who", 5, &value);
    }

    return ngx_shop_edit_finish(e);
}


/*
 * While nobody serves a flag says what visitors read, and closes nothing that
 * is open: so it goes with the outage, unless told otherwise.
 */

static void
ngx_shop_edit_outage(ngx_shop_edit_t *e)
{
    ngx_shop_ask_t  a;

    e->outage = ngx_shop_ask(ngx_shop_ask_url(e->o), e->store.flag, &a)
                == NGX_SHOP_OK
                && (strcmp(a.state, "outage") == 0 || a.alone);

    if (!e->outage
        || ngx_shop_options_get(e->o, "end")
        || ngx_shop_options_get(e->o, "start")
        || (e->store.there && e->was.end_given))
    {
        return;
    }

    ngx_shop_emit_text(&e->out, "end: healthy\n");
    ngx_shop_say_note("nobody serves: the flag gives the outage its words, "
                      "and with \"end: healthy\" the shop opens by itself "
                      "when its servers are well; --end manual keeps it "
                      "shut");
}


/* words close nothing, and so they are not put over what closes */

int
ngx_shop_edit_tell(const ngx_shop_options_t *o)
{
    ngx_shop_edit_t  *e = &ngx_shop_edit;

    if (o->nrest > 1) {
        return ngx_shop_say_error("\"tell\" takes one text, put it in "
                                  "quotes: \"%s %s ...\"",
                                  o->rest[0], o->rest[1]);
    }

    if (o->nrest == 0 && o->ngiven == 0) {
        return ngx_shop_say_error("\"tell\" needs a text: shopctl tell "
                                  "\"We are repairing the database.\"");
    }

    if (o->nrest) {
        e->news = ngx_shop_edit_text("status", o->rest[0]);
    }

    if (ngx_shop_options_get(o, "mode") || ngx_shop_options_get(o, "start")) {
        return ngx_shop_say_error("\"tell\" closes nothing, so it takes no "
                                  "--mode and no --start; to close the shop "
                                  "write: shopctl on");
    }

    if (ngx_shop_edit_begin(e, o, NGX_SHOP_STORE_MAKE) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    if (e->store.there && e->was.mode != NGX_SHOP_FLAG_WORDS) {
        return ngx_shop_say_error("\"%s\" is there and closes the shop, or "
                                  "will: \"tell\" would open it; add to it "
                                  "with: shopctl update \"TEXT\"",
                                  e->store.path);
    }

    if (!e->store.there) {
        ngx_shop_emit_text(&e->out, "mode: words\n");
    }

    ngx_shop_edit_outage(e);

    return ngx_shop_edit_finish(e);
}


static const char *
ngx_shop_edit_who(const ngx_shop_options_t *o)
{
    const char     *who;
    struct passwd  *pw;

    who = ngx_shop_options_get(o, "who");

    if (who == NULL) {
        who = getenv("SUDO_USER");
    }

    if (who == NULL) {
        pw = getpwuid(getuid());
        who = pw ? pw->pw_name : "unknown";
    }

    return who;
}


int
ngx_shop_edit_update(const ngx_shop_options_t *o)
{
    ngx_shop_edit_t  *e = &ngx_shop_edit;

    if (o->nrest > 1) {
        return ngx_shop_say_error("\"update\" takes one text, put it "
                                  "in quotes: \"%s %s ...\"",
                                  o->rest[0], o->rest[1]);
    }

    if (o->nrest == 0 && o->ngiven == 0) {
        return ngx_shop_say_error("\"update\" needs a text: shopctl "
                                  "update \"Cause found.\"");
    }

    if (o->nrest) {
        e->news = ngx_shop_edit_text("update", o->rest[0]);
    }

    if (ngx_shop_edit_begin(e, o, NGX_SHOP_STORE_CHANGE) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    if (!e->store.there) {
        return ngx_shop_say_error("there is no flag \"%s\" to "
                                  "update, the shop is not closed by "
                                  "it; close it with: shopctl on",
                                  e->store.path);
    }

    return ngx_shop_edit_finish(e);
}


/* "update TEXT" is "update --update TEXT", and is held to the same rules */

static ngx_shop_options_given_t
ngx_shop_edit_text(const char *name, const char *text)
{
    ngx_shop_options_given_t  given;

    given.option = ngx_shop_edit_options;

    while (strcmp(given.option->name, name) != 0) {
        given.option++;
    }

    given.name = given.option->name;
    given.len = (int) strlen(given.name);
    given.value = text;

    return given;
}


int
ngx_shop_edit_off(const ngx_shop_options_t *o)
{
    int                rc;
    const char        *other;
    ngx_shop_store_t  *store = &ngx_shop_edit.store;

    if (o->nrest) {
        return ngx_shop_say_error("\"off\" takes no \"%s\"; to name "
                                  "a flag write --flag %s",
                                  o->rest[0], o->rest[0]);
    }

    if (ngx_shop_store_open(store, o) != NGX_SHOP_OK
        || ngx_shop_store_own(store, NGX_SHOP_STORE_REMOVE)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    rc = ngx_shop_store_remove(store);

    if (rc == NGX_SHOP_ERROR) {
        return NGX_SHOP_SAY_ERROR;
    }

    other = ngx_shop_store_other(store);

    if (*other) {
        ngx_shop_say_note("\"%s\" is still in \"%s\" and may keep "
                          "the shop closed; see: shopctl check %s/%s",
                          other, store->flag, store->flag, other);
    }

    printf("%s: %s %s\n", *other ? "off" : "open",
           store->is_dir ? store->path : store->flag,
           rc == NGX_SHOP_DECLINED ? "was not there" : "is gone");

    if (*other == '\0') {
        (void) fflush(stdout);
        ngx_shop_ask_seen(ngx_shop_ask_url(o), store->flag, NULL);
    }

    return NGX_SHOP_SAY_YES;
}


static int
ngx_shop_edit_begin(ngx_shop_edit_t *e, const ngx_shop_options_t *o,
    ngx_shop_store_e what)
{
    e->o = o;
    e->what = what;
    e->now = (int64_t) time(NULL);

    if (ngx_shop_store_open(&e->store, o) != NGX_SHOP_OK
        || ngx_shop_edit_values(e) != NGX_SHOP_OK
        || ngx_shop_store_own(&e->store, what)
           != NGX_SHOP_OK
        || ngx_shop_store_read(&e->store) != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    ngx_shop_flag_parse(&e->was, NULL, e->store.data, e->store.size,
                        e->store.appeared, e->now);

    ngx_shop_emit_init(&e->out, e->buf, sizeof(e->buf));

    return NGX_SHOP_OK;
}


static int
ngx_shop_edit_values(ngx_shop_edit_t *e)
{
    unsigned  i;

    for (i = 0; i < e->o->ngiven; i++) {
        if (ngx_shop_edit_value(e, &e->o->given[i]) != NGX_SHOP_OK) {
            return NGX_SHOP_ERROR;
        }
    }

    return e->news.value ? ngx_shop_edit_value(e, &e->news) : NGX_SHOP_OK;
}


/* what a value means is asked of the parser that nginx has, too */

static int
ngx_shop_edit_value(ngx_shop_edit_t *e, const ngx_shop_options_given_t *given)
{
    size_t                       n;
    const char                  *reason;
    ngx_shop_str_t               value;
    const ngx_shop_flag_time_t  *time;

    value = ngx_shop_edit_str(given->value);

    if (strpbrk(given->value, "\r\n")) {
        (void) ngx_shop_say_error("--%.*s \"%s\" has a line break; "
                                  "write it in one line",
                                  given->len, given->name,
                                  given->value);
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_edit_is_ours(given)) {
        return NGX_SHOP_OK;
    }

    ngx_shop_emit_init(&e->out, e->buf, sizeof(e->buf));
    ngx_shop_edit_line(e, given->name, given->len, &value);
    n = (size_t) (e->out.pos - e->buf);

    ngx_shop_flag_parse(&e->is, NULL, e->buf, n, e->now, e->now);

    if (e->is.nwarnings || e->out.failed) {
        reason = e->out.failed ? "far too long"
                 : ngx_shop_flag_reason(e->is.warnings[0].reason);
        (void) ngx_shop_say_error("invalid --%.*s \"%s\": %s",
                                  given->len, given->name,
                                  given->value, reason);
        return NGX_SHOP_ERROR;
    }

    time = ngx_shop_edit_is_time(&e->is, given->name, (size_t) given->len);

    return time ? ngx_shop_edit_future(e, given->option->name,
                                       given->value, time)
                : NGX_SHOP_OK;
}


static int
ngx_shop_edit_future(ngx_shop_edit_t *e, const char *name, const char *value,
    const ngx_shop_flag_time_t *time)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    if (time->at > e->now || strcmp(name, "start") == 0) {
        return NGX_SHOP_OK;
    }

    n = ngx_shop_times_local(buf, time->at);

    (void) ngx_shop_say_error("invalid --%s \"%s\": %.*s is over; "
                              "write a time to come such as +45m",
                              name, value, (int) n,
                              (const char *) buf);
    return NGX_SHOP_ERROR;
}


static int
ngx_shop_edit_finish(ngx_shop_edit_t *e)
{
    unsigned  i, n;

    n = e->was.nupdates
        + (e->news.value && strcmp(e->news.name, "update") == 0);

    for (i = 0; i < e->o->ngiven; i++) {
        n += (strcmp(e->o->given[i].option->name, "update") == 0);
    }

    e->surplus = n > NGX_SHOP_FLAG_UPDATES ? n - NGX_SHOP_FLAG_UPDATES : 0;

    if (e->store.there) {
        ngx_shop_edit_keep(e);
    }

    for (i = 0; i < e->o->ngiven; i++) {
        ngx_shop_edit_add(e, &e->o->given[i]);
    }

    if (e->news.value) {
        ngx_shop_edit_add(e, &e->news);
    }

    return ngx_shop_edit_check(e);
}


/* the lines that are there, but for those which an option replaces */

static void
ngx_shop_edit_keep(ngx_shop_edit_t *e)
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
        key = ngx_shop_edit_key(p, colon ? colon : end);

        if (!ngx_shop_edit_stays(e, &key)) {
            continue;
        }

        time = ngx_shop_edit_is_time(&e->was, (const char *) key.data,
                                     key.len);

        if (time && time->at) {
            ngx_shop_edit_time(e, (const char *) key.data, (int) key.len,
                               time->at);

        } else {
            ngx_shop_emit_raw(&e->out, p, (size_t) (end - p));
            ngx_shop_emit_text(&e->out, "\n");
        }
    }
}


/* what stands before the colon, without blanks around it */

static ngx_shop_str_t
ngx_shop_edit_key(const unsigned char *p, const unsigned char *end)
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
ngx_shop_edit_stays(ngx_shop_edit_t *e, const ngx_shop_str_t *key)
{
    unsigned                         i;
    const ngx_shop_options_given_t  *given;

    if (e->what == NGX_SHOP_STORE_MAKE
        && ngx_shop_edit_same(key, "start", 5)) {
        return 0;
    }

    if (e->surplus && ngx_shop_edit_same(key, "update", 6)) {
        e->surplus--;
        return 0;
    }

    if (e->news.value && strcmp(e->news.name, "status") == 0
        && ngx_shop_edit_same(key, "status", 6))
    {
        return 0;
    }

    for (i = 0; i < e->o->ngiven; i++) {
        given = &e->o->given[i];

        if (given->option->type != NGX_SHOP_OPTIONS_LIST
            && ngx_shop_edit_same(key, given->name,
                                  (size_t) given->len))
        {
            return 0;
        }
    }

    return 1;
}


static void
ngx_shop_edit_add(ngx_shop_edit_t *e, const ngx_shop_options_given_t *given)
{
    int64_t          at;
    const char      *reason;
    ngx_shop_str_t   value;

    if (ngx_shop_edit_is_ours(given)) {
        return;
    }

    if (strcmp(given->option->name, "update") == 0) {
        ngx_shop_edit_news(e, given->value);
        return;
    }

    value = ngx_shop_edit_str(given->value);

    if (ngx_shop_edit_is_time(&e->is, given->name,
                              (size_t) given->len)
        && ngx_shop_times_parse(&value, e->now, &at, &reason)
           == NGX_SHOP_OK)
    {
        ngx_shop_edit_time(e, given->name, given->len, at);
        return;
    }

    ngx_shop_edit_line(e, given->name, given->len, &value);
}


/* an option of shopctl, and not a key of the file */

static int
ngx_shop_edit_is_ours(const ngx_shop_options_given_t *given)
{
    return strcmp(given->option->name, "flag") == 0
           || strcmp(given->option->name, "url") == 0
           || strcmp(given->option->name, "name") == 0
           || strcmp(given->option->name, "who") == 0;
}


static void
ngx_shop_edit_line(ngx_shop_edit_t *e, const char *key, int len,
    const ngx_shop_str_t *value)
{
    ngx_shop_emit_raw(&e->out, key, (size_t) len);
    ngx_shop_emit_text(&e->out, ": ");
    ngx_shop_emit_raw(&e->out, value->data, value->len);
    ngx_shop_emit_text(&e->out, "\n");
}


/* for the parser in UTC, for a person who reads the file in local time */

static void
ngx_shop_edit_time(ngx_shop_edit_t *e, const char *key, int len, int64_t at)
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

static const ngx_shop_flag_time_t *
ngx_shop_edit_is_time(const ngx_shop_flag_notice_t *notice, const char *key,
    size_t len)
{
    size_t          i;
    ngx_shop_str_t  name;

    name.data = (const unsigned char *) key;
    name.len = len;

    for (i = 0; i < sizeof(ngx_shop_edit_times)
                    / sizeof(ngx_shop_edit_times[0]); i++)
    {
        key = ngx_shop_edit_times[i].key;

        if (ngx_shop_edit_same(&name, key, strlen(key))) {
            return (const void *) ((const unsigned char *) notice
                                   + ngx_shop_edit_times[i].offset);
        }
    }

    return NULL;
}


static void
ngx_shop_edit_news(ngx_shop_edit_t *e, const char *text)
{
    char        line[16];
    time_t      now;
    struct tm   tm;

    now = (time_t) e->now;
    line[0] = '\0';

    if (localtime_r(&now, &tm)) {
        (void) strftime(line, sizeof(line), "%H:%M ", &tm);
    }

    ngx_shop_emit_text(&e->out, "update: ");
    ngx_shop_emit_text(&e->out, line);
    ngx_shop_emit_text(&e->out, text);
    ngx_shop_emit_text(&e->out, "\n");
}


/* what was made has to mean what was asked for, before it is written */

static int
ngx_shop_edit_check(ngx_shop_edit_t *e)
{
    size_t  n;

    n = (size_t) (e->out.pos - e->out.start);

    if (e->out.failed) {
        n = sizeof(e->buf);
    }

    ngx_shop_flag_parse(&e->is, NULL, e->buf, n, e->now, e->now);

    if (e->is.until.at && e->is.start.at >= e->is.until.at) {
        return ngx_shop_say_error("--until is not after --start, so "
                                  "the shop would never be closed");
    }

    if (e->is.end == NGX_SHOP_FLAG_END_ETA && e->is.eta.at == 0
        && ngx_shop_options_get(e->o, "end"))
    {
        return ngx_shop_say_error("--end eta needs an ETA, or nothing "
                                  "would open the shop: add --eta +45m"
                                  );
    }

    if (ngx_shop_store_write(&e->store, e->buf, n, e->what) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    ngx_shop_show_summary(&e->is, e->store.path, e->now);
    ngx_shop_show_warnings(stderr, &e->is, e->store.path);
    (void) fflush(stdout);
    ngx_shop_ask_seen(ngx_shop_ask_url(e->o), e->store.flag, &e->is);

    return NGX_SHOP_SAY_YES;
}


static ngx_shop_str_t
ngx_shop_edit_str(const char *text)
{
    ngx_shop_str_t  s;

    s.data = (const unsigned char *) (text ? text : "");
    s.len = text ? strlen(text) : 0;

    return s;
}


/* keys are compared without regard to case */

static int
ngx_shop_edit_same(const ngx_shop_str_t *a, const char *b, size_t len)
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
