
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a page says.  "Which text when" in docs/page-authoring.md is the table
 * that this file carries out.
 */


#include <stdio.h>
#include <time.h>

#include "logic/flag/times.h"
#include "logic/words/view.h"


/* the texts of one state; see "Which text when" */
typedef struct {
    const char  *name;
    uint8_t      title;
    uint8_t      when;
    uint8_t      status;
} ngx_shop_view_state_t;


static void ngx_shop_view_count(ngx_shop_view_t *v);
static uint32_t ngx_shop_view_hashes(uint32_t hash,
    const ngx_shop_pieces_t *pieces);
static uint32_t ngx_shop_view_hash(uint32_t hash, const ngx_shop_str_t *s);
static void ngx_shop_view_times(ngx_shop_view_t *v);
static void ngx_shop_view_sentence(ngx_shop_view_t *v,
    ngx_shop_view_sentence_t *s, unsigned key, int64_t at, unsigned how);
static size_t ngx_shop_view_is_moment(const ngx_shop_str_t *text,
    ngx_shop_str_t *form);
static unsigned ngx_shop_view_near(const ngx_shop_view_t *v, int64_t at);
static void ngx_shop_view_head(ngx_shop_view_t *v);
static void ngx_shop_view_said(ngx_shop_view_t *v);
static void ngx_shop_view_news(ngx_shop_view_t *v);
static ngx_shop_str_t ngx_shop_view_var(const ngx_shop_view_t *v,
    const char *name);
static ngx_shop_str_t ngx_shop_view_moment(ngx_shop_view_t *v, int64_t at,
    unsigned how, const ngx_shop_str_t *form);
static ngx_shop_str_t ngx_shop_view_iso(ngx_shop_view_t *v, int64_t at);
static ngx_shop_str_t ngx_shop_view_end(ngx_shop_view_t *v,
    const unsigned char *start);


static const ngx_shop_view_state_t ngx_shop_view_states[] =
{
    { "maintenance", NGX_SHOP_STRINGS_TITLE_CLOSED,
      NGX_SHOP_STRINGS_WHEN_CLOSED,
      NGX_SHOP_STRINGS_STATUS_CLOSED },
    { "outage", NGX_SHOP_STRINGS_TITLE_PROBLEM,
      NGX_SHOP_STRINGS_WHEN_PROBLEM,
      NGX_SHOP_STRINGS_STATUS_PROBLEM },
    { "browse", NGX_SHOP_STRINGS_TITLE_BROWSE,
      NGX_SHOP_STRINGS_WHEN_BROWSE,
      NGX_SHOP_STRINGS_STATUS_BROWSE },
    { "paths", NGX_SHOP_STRINGS_TITLE_PATHS,
      NGX_SHOP_STRINGS_WHEN_PATHS,
      NGX_SHOP_STRINGS_STATUS_PATHS },
    { "reopening", NGX_SHOP_STRINGS_TITLE_REOPENING,
      NGX_SHOP_STRINGS_WHEN_REOPENING,
      NGX_SHOP_STRINGS_STATUS_REOPENING },
    { "busy", NGX_SHOP_STRINGS_TITLE_BUSY,
      NGX_SHOP_STRINGS_WHEN_BUSY,
      NGX_SHOP_STRINGS_STATUS_BUSY },
    { "open", NGX_SHOP_STRINGS_TITLE_CLOSED,
      NGX_SHOP_STRINGS_WHEN_UNKNOWN,
      NGX_SHOP_STRINGS_STATUS_CLOSED }
};


const char *
ngx_shop_view_state_name(unsigned state)
{
    return ngx_shop_view_states[state].name;
}


void
ngx_shop_view_prepare(ngx_shop_view_t *v)
{
    const unsigned char   *start;
    const ngx_shop_str_t   root = ngx_shop_string("/");

    static const ngx_shop_flag_notice_t  none;

    if (v->state == NGX_SHOP_VIEW_BUSY) {

        /* began with this request, and no flag speaks of it */

        v->notice = &none;
        v->since = 0;
    }

    ngx_shop_emit_init(&v->scratch, v->buf, sizeof(v->buf));

    v->eta = v->notice->eta.at ? v->notice->eta.at : v->notice->until.at;

    ngx_shop_view_said(v);

    start = v->scratch.pos;
    ngx_shop_emit_number(&v->scratch, v->poll);
    v->poll_text = ngx_shop_view_end(v, start);

    v->url.len = 0;

    if (v->status_url.len) {
        start = v->scratch.pos;
        ngx_shop_emit_raw(&v->scratch, v->status_url.data, v->status_url.len);
        ngx_shop_emit_text(&v->scratch, "?lang=");
        ngx_shop_emit_raw(&v->scratch, v->lang.data, v->lang.len);
        v->url = ngx_shop_view_end(v, start);
    }

    v->home = ngx_shop_view_var(v, "home");
    v->basket = ngx_shop_view_var(v, "basket");

    if (v->home.len == 0) {
        v->home = root;
    }

    ngx_shop_view_times(v);
    ngx_shop_view_head(v);
    ngx_shop_view_news(v);
    ngx_shop_view_count(v);
}


/* a number for all that a waiting visitor reads, whatever the request was */

static void
ngx_shop_view_count(ngx_shop_view_t *v)
{
    char                    text[12];
    unsigned                i;
    uint32_t                hash;
    const unsigned char    *start;
    const ngx_shop_str_t   *said[7];

    said[0] = &v->title.whole;
    said[1] = &v->when.whole;
    said[2] = &v->next.whole;
    said[3] = &v->started.whole;
    said[4] = &v->status;
    said[5] = &v->eta_iso;
    said[6] = &v->next_iso;

    hash = 2166136261u;

    for (i = 0; i < 7; i++) {
        hash = ngx_shop_view_hash(hash, said[i]);
    }

    hash = ngx_shop_view_hashes(hash, &v->reason);
    hash = ngx_shop_view_hashes(hash, &v->offer);
    hash = ngx_shop_view_hashes(hash, &v->contacts);
    hash = ngx_shop_view_hash(hash, &v->status_mark.lang);

    for (i = 0; i < v->nupdates; i++) {
        hash = ngx_shop_view_hash(hash, &v->updates[i].text);
        hash = ngx_shop_view_hash(hash, &v->updates[i].time);
    }

    (void) snprintf(text, sizeof(text), "%08lx", (unsigned long) hash);

    start = v->scratch.pos;
    ngx_shop_emit_text(&v->scratch, text);
    v->version = ngx_shop_view_end(v, start);
}


static uint32_t
ngx_shop_view_hashes(uint32_t hash, const ngx_shop_pieces_t *pieces)
{
    unsigned  i;

    for (i = 0; i < pieces->n; i++) {
        hash = ngx_shop_view_hash(hash, &pieces->piece[i].link.text);
    }

    hash = ngx_shop_view_hash(hash, &pieces->mark.lang);

    return (hash ^ pieces->n) * 16777619u;
}


/* FNV-1a, of 32 bits */

static uint32_t
ngx_shop_view_hash(uint32_t hash, const ngx_shop_str_t *s)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        hash = (hash ^ s->data[i]) * 16777619u;
    }

    return (hash ^ 0xffu) * 16777619u;
}


static void
ngx_shop_view_times(ngx_shop_view_t *v)
{
    int64_t                       next;
    unsigned                      title, when;
    const ngx_shop_view_state_t  *texts;

    texts = &ngx_shop_view_states[v->state];
    title = texts->title;
    when = NGX_SHOP_STRINGS_WHEN_UNKNOWN;

    if (v->state == NGX_SHOP_VIEW_REOPENING && v->eta > v->now) {

        /* the visitor's own turn: others may be in already */

        when = NGX_SHOP_STRINGS_WHEN_CLOSED;

    } else if (v->state == NGX_SHOP_VIEW_REOPENING
               || v->state == NGX_SHOP_VIEW_BUSY)
    {
        when = texts->when;

    } else if (v->eta > v->now) {
        when = texts->when;

        if (v->state == NGX_SHOP_VIEW_MAINTENANCE) {
            title = ngx_shop_view_near(v, v->eta)
                    == NGX_SHOP_STRINGS_TIME
                    ? NGX_SHOP_STRINGS_TITLE_UNTIL_TIME
                    : NGX_SHOP_STRINGS_TITLE_UNTIL_DATE;
        }

    } else if (v->eta) {
        when = NGX_SHOP_STRINGS_WHEN_LATE;
    }

    ngx_shop_view_sentence(v, &v->title, title, v->eta,
                           ngx_shop_view_near(v, v->eta));
    ngx_shop_view_sentence(v, &v->when, when, v->eta,
                           NGX_SHOP_STRINGS_DATE_ZONE);

    memset(&v->started, 0, sizeof(v->started));

    if (v->since) {
        ngx_shop_view_sentence(v, &v->started, NGX_SHOP_STRINGS_STARTED,
                               v->since, ngx_shop_view_near(v, v->since));
    }

    next = v->notice->next_update.at;

    memset(&v->next, 0, sizeof(v->next));

    if (next > v->now) {
        ngx_shop_view_sentence(v, &v->next, NGX_SHOP_STRINGS_NEXT_UPDATE, next,
                               ngx_shop_view_near(v, next));
    }

    v->eta_iso = ngx_shop_view_iso(v, v->eta);
    v->since_iso = ngx_shop_view_iso(v, v->since);
    v->next_iso = ngx_shop_view_iso(v, next > v->now ? next : 0);
}


/* the text of key with its moment; the other places are filled in */

static void
ngx_shop_view_sentence(ngx_shop_view_t *v, ngx_shop_view_sentence_t *s,
    unsigned key, int64_t at, unsigned how)
{
    size_t                    len;
    ngx_shop_str_t            text, rest, form;
    const unsigned char      *start, *p;
    ngx_shop_strings_place_t  in;

    text = *ngx_shop_strings_text(v->words, key, ngx_shop_strings_hour(at));
    rest = text;

    memset(s, 0, sizeof(ngx_shop_view_sentence_t));
    memset(&in, 0, sizeof(ngx_shop_strings_place_t));

    for (len = 0; rest.len && len == 0; /* void */) {

        len = at ? ngx_shop_view_is_moment(&rest, &form) : 0;

        rest.data += len ? len : 1;
        rest.len -= len ? len : 1;
    }

    if (len) {
        text.len = (size_t) (rest.data - len - text.data);
        s->time = ngx_shop_view_moment(v, at, how, &form);
    }

    start = v->scratch.pos;
    ngx_shop_strings_in(v->words, &v->scratch, at - v->now,
                        v->state == NGX_SHOP_VIEW_REOPENING);

    in.name = "in";
    in.value = ngx_shop_view_end(v, start);

    start = v->scratch.pos;
    ngx_shop_strings_fill(v->words, &v->scratch, &text, &in, 1);
    s->before = ngx_shop_view_end(v, start);

    p = v->scratch.pos;
    ngx_shop_emit_raw(&v->scratch, s->time.data, s->time.len);
    s->time = ngx_shop_view_end(v, p);

    p = v->scratch.pos;
    ngx_shop_strings_fill(v->words, &v->scratch, &rest, &in, 1);
    s->after = ngx_shop_view_end(v, p);

    s->whole = ngx_shop_view_end(v, start);
}


/* the length of {eta}, {since:case} and their kind, else 0 */

static size_t
ngx_shop_view_is_moment(const ngx_shop_str_t *text, ngx_shop_str_t *form)
{
    size_t           len;
    unsigned         i;
    ngx_shop_str_t   name;

    static const char  *moments[] = { "eta", "since", "next" };

    len = ngx_shop_strings_place(text, &name, form);

    for (i = 0; len && i < 3; i++) {
        if (strlen(moments[i]) == name.len
            && memcmp(moments[i], name.data, name.len) == 0)
        {
            return len;
        }
    }

    return 0;
}


/* what the look needs beside the sentences */

static void
ngx_shop_view_head(ngx_shop_view_t *v)
{
    size_t                 i, n;
    const unsigned char   *start;

    /* characters; those of the East, from U+3000, are twice as wide */

    for (i = 0, n = 0; i < v->title.time.len; i++) {
        n += (v->title.time.data[i] & 0xc0) != 0x80;
        n += v->title.time.data[i] >= 0xe3;
    }

    v->brief = (n < NGX_SHOP_VIEW_BRIEF);
    v->progress.len = 0;

    /* a promise that has passed has no progress */

    if (v->eta > v->now && v->since && v->since < v->eta) {
        v->progress_at = v->now <= v->since
                         ? 0 : (v->now - v->since) * 100
                               / (v->eta - v->since);

        start = v->scratch.pos;
        ngx_shop_emit_number(&v->scratch, v->progress_at);
        v->progress = ngx_shop_view_end(v, start);
    }
}


/* how to write a moment that may be today: then the time alone is enough */

static unsigned
ngx_shop_view_near(const ngx_shop_view_t *v, int64_t at)
{
    time_t     a, b;
    struct tm  day, today;

    a = (time_t) at;
    b = (time_t) v->now;

    if (localtime_r(&a, &day) && localtime_r(&b, &today)
        && day.tm_year == today.tm_year && day.tm_yday == today.tm_yday)
    {
        return NGX_SHOP_STRINGS_TIME;
    }

    return NGX_SHOP_STRINGS_DATE;
}


/* what the operator said, in the reader's language where there is one */

static void
ngx_shop_view_said(ngx_shop_view_t *v)
{
    unsigned           i, n;
    ngx_shop_str_t     line[NGX_SHOP_FLAG_CONTACTS];
    ngx_shop_tongue_t  t;

    t = ngx_shop_view_tongue(v);

    v->status = ngx_shop_tongue_text(&t, NGX_SHOP_FLAG_SAID_STATUS, 0,
                                     &v->status_mark);

    if (v->status.len == 0) {
        v->status = v->words->text[ngx_shop_view_states[v->state].status];
        memset(&v->status_mark, 0, sizeof(v->status_mark));
    }

    v->reason.n = 0;
    v->offer.n = 0;
    v->contacts.n = 0;

    ngx_shop_pieces_line(&v->reason,
                         ngx_shop_tongue_text(&t, NGX_SHOP_FLAG_SAID_REASON,
                                              0, &v->reason.mark));
    ngx_shop_pieces_line(&v->offer,
                         ngx_shop_tongue_text(&t, NGX_SHOP_FLAG_SAID_OFFER, 0,
                                              &v->offer.mark));
    ngx_shop_pieces_codes(&v->offer);

    n = ngx_shop_tongue_contacts(&t, line, &v->contacts.mark);

    for (i = 0; i < n; i++) {
        ngx_shop_pieces_line(&v->contacts, line[i]);
    }

    if (n == 0) {
        ngx_shop_pieces_line(&v->contacts, ngx_shop_view_var(v, "contact"));
    }
}


ngx_shop_tongue_t
ngx_shop_view_tongue(const ngx_shop_view_t *v)
{
    ngx_shop_tongue_t  t;

    t.notice = v->notice;
    t.lang = v->lang;
    t.second = v->second;
    t.bare = v->bare;

    return t;
}


/* the newest first; the file has them in the order in which they were said */

static void
ngx_shop_view_news(ngx_shop_view_t *v)
{
    unsigned                       i, n;
    ngx_shop_view_update_t        *to;
    ngx_shop_tongue_t              t;
    const ngx_shop_flag_update_t  *from;

    t = ngx_shop_view_tongue(v);
    n = v->notice->nupdates;
    v->nupdates = 0;

    for (i = 0; i < n && i < NGX_SHOP_VIEW_UPDATES; i++) {
        from = &v->notice->updates[n - 1 - i];
        to = &v->updates[v->nupdates++];

        memset(to, 0, sizeof(ngx_shop_view_update_t));

        to->text = ngx_shop_tongue_text(&t, NGX_SHOP_FLAG_SAID_UPDATE,
                                        n - 1 - i, &to->mark);

        if (from->at) {
            to->time = ngx_shop_view_moment(v, from->at,
                                            ngx_shop_view_near(v, from->at),
                                            NULL);
            to->iso = ngx_shop_view_iso(v, from->at);
        }
    }
}


static ngx_shop_str_t
ngx_shop_view_var(const ngx_shop_view_t *v, const char *name)
{
    unsigned              i;
    const ngx_shop_str_t  none = { 0, NULL };

    for (i = 0; i < v->nvars; i++) {
        if (v->vars[i].name.len == strlen(name)
            && memcmp(v->vars[i].name.data, name, strlen(name)) == 0)
        {
            return v->vars[i].value;
        }
    }

    return none;
}


static ngx_shop_str_t
ngx_shop_view_moment(ngx_shop_view_t *v, int64_t at, unsigned how,
    const ngx_shop_str_t *form)
{
    const unsigned char  *start;

    start = v->scratch.pos;
    ngx_shop_strings_moment(v->words, &v->scratch, at, how, form);

    return ngx_shop_view_end(v, start);
}


static ngx_shop_str_t
ngx_shop_view_iso(ngx_shop_view_t *v, int64_t at)
{
    size_t                len;
    unsigned char         buf[NGX_SHOP_TIMES_LEN];
    const unsigned char  *start;

    start = v->scratch.pos;

    if (at) {
        len = ngx_shop_times_rfc3339_local(buf, at);
        ngx_shop_emit_raw(&v->scratch, buf, len);
    }

    return ngx_shop_view_end(v, start);
}


/* what was written to the scratch buffer since start */

static ngx_shop_str_t
ngx_shop_view_end(ngx_shop_view_t *v, const unsigned char *start)
{
    ngx_shop_str_t  s;

    s.data = start;
    s.len = (size_t) (v->scratch.pos - start);

    return s;
}
