
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a page says.  "Which text when" in docs/page-authoring.md is the table
 * that this file carries out.
 */


#include <time.h>

#include "logic/times.h"
#include "logic/view.h"


/* numbers of names; texts and variables have ranges of their own */
enum {
    NGX_SHOP_FAILOVER_VIEW_ID_EMPTY = 0,
    NGX_SHOP_FAILOVER_VIEW_ID_LANG,
    NGX_SHOP_FAILOVER_VIEW_ID_DIR,
    NGX_SHOP_FAILOVER_VIEW_ID_STATE,
    NGX_SHOP_FAILOVER_VIEW_ID_PLANNED,
    NGX_SHOP_FAILOVER_VIEW_ID_POST,
    NGX_SHOP_FAILOVER_VIEW_ID_UNSENT,
    NGX_SHOP_FAILOVER_VIEW_ID_UNKNOWN,
    NGX_SHOP_FAILOVER_VIEW_ID_POLL,
    NGX_SHOP_FAILOVER_VIEW_ID_URL_STATUS,
    NGX_SHOP_FAILOVER_VIEW_ID_URL_HOME,
    NGX_SHOP_FAILOVER_VIEW_ID_URL_BASKET,
    NGX_SHOP_FAILOVER_VIEW_ID_STATUS,
    NGX_SHOP_FAILOVER_VIEW_ID_ETA_ISO,
    NGX_SHOP_FAILOVER_VIEW_ID_NEXT_ISO,
    NGX_SHOP_FAILOVER_VIEW_ID_SINCE_ISO,
    NGX_SHOP_FAILOVER_VIEW_ID_TITLE,
    NGX_SHOP_FAILOVER_VIEW_ID_TITLE_BEFORE,
    NGX_SHOP_FAILOVER_VIEW_ID_TITLE_TIME,
    NGX_SHOP_FAILOVER_VIEW_ID_TITLE_AFTER,
    NGX_SHOP_FAILOVER_VIEW_ID_WHEN,
    NGX_SHOP_FAILOVER_VIEW_ID_WHEN_BEFORE,
    NGX_SHOP_FAILOVER_VIEW_ID_WHEN_TIME,
    NGX_SHOP_FAILOVER_VIEW_ID_WHEN_AFTER,
    NGX_SHOP_FAILOVER_VIEW_ID_NEXT,
    NGX_SHOP_FAILOVER_VIEW_ID_NEXT_BEFORE,
    NGX_SHOP_FAILOVER_VIEW_ID_NEXT_TIME,
    NGX_SHOP_FAILOVER_VIEW_ID_NEXT_AFTER,
    NGX_SHOP_FAILOVER_VIEW_ID_SINCE,
    NGX_SHOP_FAILOVER_VIEW_ID_SINCE_BEFORE,
    NGX_SHOP_FAILOVER_VIEW_ID_SINCE_TIME,
    NGX_SHOP_FAILOVER_VIEW_ID_SINCE_AFTER,
    NGX_SHOP_FAILOVER_VIEW_ID_HAS_REASON,
    NGX_SHOP_FAILOVER_VIEW_ID_HAS_OFFER,
    NGX_SHOP_FAILOVER_VIEW_ID_HAS_CONTACTS,
    NGX_SHOP_FAILOVER_VIEW_ID_HAS_UPDATES,
    NGX_SHOP_FAILOVER_VIEW_ID_REASON,
    NGX_SHOP_FAILOVER_VIEW_ID_REASON_TEXT,
    NGX_SHOP_FAILOVER_VIEW_ID_REASON_HREF,
    NGX_SHOP_FAILOVER_VIEW_ID_OFFER,
    NGX_SHOP_FAILOVER_VIEW_ID_OFFER_TEXT,
    NGX_SHOP_FAILOVER_VIEW_ID_OFFER_HREF,
    NGX_SHOP_FAILOVER_VIEW_ID_CONTACTS,
    NGX_SHOP_FAILOVER_VIEW_ID_CONTACT_TEXT,
    NGX_SHOP_FAILOVER_VIEW_ID_CONTACT_HREF,
    NGX_SHOP_FAILOVER_VIEW_ID_CONTACT_FIRST,
    NGX_SHOP_FAILOVER_VIEW_ID_CONTACT_LAST,
    NGX_SHOP_FAILOVER_VIEW_ID_UPDATES,
    NGX_SHOP_FAILOVER_VIEW_ID_UPDATE_TEXT,
    NGX_SHOP_FAILOVER_VIEW_ID_UPDATE_TIME,
    NGX_SHOP_FAILOVER_VIEW_ID_UPDATE_ISO
};

#define NGX_SHOP_FAILOVER_VIEW_ID_WORD  0x100
#define NGX_SHOP_FAILOVER_VIEW_ID_VAR   0x200


/* list: the list whose field the name is, or EMPTY */
typedef struct {
    const char  *name;
    uint16_t     id;
    uint8_t      kind;
    uint16_t     list;
} ngx_shop_failover_view_name_t;


/* the texts of one state; see "Which text when" */
typedef struct {
    const char  *name;
    uint8_t      title;
    uint8_t      when;
    uint8_t      status;
} ngx_shop_failover_view_state_t;


static void ngx_shop_failover_view_times(ngx_shop_failover_view_t *v);
static void ngx_shop_failover_view_sentence(ngx_shop_failover_view_t *v,
    ngx_shop_failover_view_sentence_t *s, unsigned key, int64_t at,
    unsigned how);
static unsigned ngx_shop_failover_view_near(
    const ngx_shop_failover_view_t *v, int64_t at);
static void ngx_shop_failover_view_lines(ngx_shop_failover_view_t *v);
static void ngx_shop_failover_view_line(
    ngx_shop_failover_view_pieces_t *pieces, ngx_shop_failover_str_t text);
static void ngx_shop_failover_view_news(ngx_shop_failover_view_t *v);
static ngx_shop_failover_str_t ngx_shop_failover_view_var(
    const ngx_shop_failover_view_t *v, const char *name);
static ngx_shop_failover_str_t ngx_shop_failover_view_moment(
    ngx_shop_failover_view_t *v, int64_t at, unsigned how);
static ngx_shop_failover_str_t ngx_shop_failover_view_iso(
    ngx_shop_failover_view_t *v, int64_t at);
static ngx_shop_failover_str_t ngx_shop_failover_view_end(
    ngx_shop_failover_view_t *v, const unsigned char *start);
static int ngx_shop_failover_view_item(const ngx_shop_failover_view_t *v,
    unsigned id, unsigned item, ngx_shop_failover_str_t *value);
static int ngx_shop_failover_view_piece(
    const ngx_shop_failover_view_pieces_t *pieces, unsigned item,
    unsigned field, ngx_shop_failover_str_t *value);
static const ngx_shop_failover_str_t *ngx_shop_failover_view_field(
    const ngx_shop_failover_view_t *v, unsigned id);
static int ngx_shop_failover_view_flag(int set,
    ngx_shop_failover_str_t *value);
static void ngx_shop_failover_view_or_null(ngx_shop_failover_emit_t *e,
    const char *key, const ngx_shop_failover_str_t *value);
static void ngx_shop_failover_view_triple(ngx_shop_failover_emit_t *e,
    const char *key, const ngx_shop_failover_view_sentence_t *s);


static const ngx_shop_failover_view_state_t
    ngx_shop_failover_view_states[] =
{
    { "maintenance", NGX_SHOP_FAILOVER_WORDS_TITLE_CLOSED,
      NGX_SHOP_FAILOVER_WORDS_WHEN_CLOSED,
      NGX_SHOP_FAILOVER_WORDS_STATUS_CLOSED },
    { "outage", NGX_SHOP_FAILOVER_WORDS_TITLE_PROBLEM,
      NGX_SHOP_FAILOVER_WORDS_WHEN_PROBLEM,
      NGX_SHOP_FAILOVER_WORDS_STATUS_PROBLEM },
    { "browse", NGX_SHOP_FAILOVER_WORDS_TITLE_BROWSE,
      NGX_SHOP_FAILOVER_WORDS_WHEN_BROWSE,
      NGX_SHOP_FAILOVER_WORDS_STATUS_BROWSE },
    { "paths", NGX_SHOP_FAILOVER_WORDS_TITLE_PATHS,
      NGX_SHOP_FAILOVER_WORDS_WHEN_PATHS,
      NGX_SHOP_FAILOVER_WORDS_STATUS_PATHS },
    { "reopening", NGX_SHOP_FAILOVER_WORDS_TITLE_REOPENING,
      NGX_SHOP_FAILOVER_WORDS_WHEN_REOPENING,
      NGX_SHOP_FAILOVER_WORDS_STATUS_REOPENING },
    { "open", NGX_SHOP_FAILOVER_WORDS_TITLE_CLOSED,
      NGX_SHOP_FAILOVER_WORDS_WHEN_UNKNOWN,
      NGX_SHOP_FAILOVER_WORDS_STATUS_CLOSED }
};


#define ngx_shop_failover_view_value(name, id)                               \
    { name, NGX_SHOP_FAILOVER_VIEW_ID_ ## id,                                \
      NGX_SHOP_FAILOVER_TEMPLATE_VALUE, NGX_SHOP_FAILOVER_VIEW_ID_EMPTY }

#define ngx_shop_failover_view_parts(name, id)                               \
    ngx_shop_failover_view_value(name, id),                                  \
    ngx_shop_failover_view_value(name ".before", id ## _BEFORE),             \
    ngx_shop_failover_view_value(name ".time", id ## _TIME),                 \
    ngx_shop_failover_view_value(name ".after", id ## _AFTER)

#define ngx_shop_failover_view_list(name, id)                                \
    { name, NGX_SHOP_FAILOVER_VIEW_ID_ ## id,                                \
      NGX_SHOP_FAILOVER_TEMPLATE_LIST, NGX_SHOP_FAILOVER_VIEW_ID_EMPTY }

#define ngx_shop_failover_view_of(name, id, list)                            \
    { name, NGX_SHOP_FAILOVER_VIEW_ID_ ## id,                                \
      NGX_SHOP_FAILOVER_TEMPLATE_VALUE, NGX_SHOP_FAILOVER_VIEW_ID_ ## list }


static const ngx_shop_failover_view_name_t
    ngx_shop_failover_view_names[] =
{
    ngx_shop_failover_view_value("lang", LANG),
    ngx_shop_failover_view_value("dir", DIR),
    ngx_shop_failover_view_value("state", STATE),
    ngx_shop_failover_view_value("planned", PLANNED),
    ngx_shop_failover_view_value("post", POST),
    ngx_shop_failover_view_value("unsent", UNSENT),
    ngx_shop_failover_view_value("unknown", UNKNOWN),
    ngx_shop_failover_view_value("poll", POLL),
    ngx_shop_failover_view_value("url.status", URL_STATUS),
    ngx_shop_failover_view_value("url.home", URL_HOME),
    ngx_shop_failover_view_value("url.basket", URL_BASKET),
    ngx_shop_failover_view_value("status", STATUS),
    ngx_shop_failover_view_value("status.lang", EMPTY),
    ngx_shop_failover_view_value("eta.iso", ETA_ISO),
    ngx_shop_failover_view_value("next.iso", NEXT_ISO),
    ngx_shop_failover_view_value("since.iso", SINCE_ISO),
    ngx_shop_failover_view_parts("title", TITLE),
    ngx_shop_failover_view_parts("when", WHEN),
    ngx_shop_failover_view_parts("next", NEXT),
    ngx_shop_failover_view_parts("since", SINCE),
    ngx_shop_failover_view_value("has.reason", HAS_REASON),
    ngx_shop_failover_view_value("has.offer", HAS_OFFER),
    ngx_shop_failover_view_value("has.contacts", HAS_CONTACTS),
    ngx_shop_failover_view_value("has.updates", HAS_UPDATES),
    ngx_shop_failover_view_list("reason", REASON),
    ngx_shop_failover_view_of("reason.text", REASON_TEXT, REASON),
    ngx_shop_failover_view_of("reason.href", REASON_HREF, REASON),
    ngx_shop_failover_view_list("offer", OFFER),
    ngx_shop_failover_view_of("offer.text", OFFER_TEXT, OFFER),
    ngx_shop_failover_view_of("offer.href", OFFER_HREF, OFFER),
    ngx_shop_failover_view_list("contacts", CONTACTS),
    ngx_shop_failover_view_of("contact.text", CONTACT_TEXT, CONTACTS),
    ngx_shop_failover_view_of("contact.href", CONTACT_HREF, CONTACTS),
    ngx_shop_failover_view_of("contact.first", CONTACT_FIRST, CONTACTS),
    ngx_shop_failover_view_of("contact.last", CONTACT_LAST, CONTACTS),
    ngx_shop_failover_view_list("updates", UPDATES),
    ngx_shop_failover_view_of("update.text", UPDATE_TEXT, UPDATES),
    ngx_shop_failover_view_of("update.time", UPDATE_TIME, UPDATES),
    ngx_shop_failover_view_of("update.iso", UPDATE_ISO, UPDATES),
    { NULL, 0, 0, 0 }
};


const char *
ngx_shop_failover_view_state_name(unsigned state)
{
    return ngx_shop_failover_view_states[state].name;
}


void
ngx_shop_failover_view_prepare(ngx_shop_failover_view_t *v)
{
    const unsigned char            *start;
    const ngx_shop_failover_str_t   root = ngx_shop_failover_string("/");

    ngx_shop_failover_emit_init(&v->scratch, v->buf, sizeof(v->buf));

    v->eta = v->notice->eta.at ? v->notice->eta.at : v->notice->until.at;

    v->status = ngx_shop_failover_flag_status(v->notice, &v->lang);

    if (v->status.len == 0) {
        v->status = v->words->text[
                            ngx_shop_failover_view_states[v->state].status];
    }

    start = v->scratch.pos;
    ngx_shop_failover_emit_number(&v->scratch, v->poll);
    v->poll_text = ngx_shop_failover_view_end(v, start);

    v->url.len = 0;

    if (v->status_url.len) {
        start = v->scratch.pos;
        ngx_shop_failover_emit_raw(&v->scratch, v->status_url.data,
                                   v->status_url.len);
        ngx_shop_failover_emit_text(&v->scratch, "?lang=");
        ngx_shop_failover_emit_raw(&v->scratch, v->lang.data, v->lang.len);
        v->url = ngx_shop_failover_view_end(v, start);
    }

    v->home = ngx_shop_failover_view_var(v, "home");
    v->basket = ngx_shop_failover_view_var(v, "basket");

    if (v->home.len == 0) {
        v->home = root;
    }

    ngx_shop_failover_view_times(v);
    ngx_shop_failover_view_lines(v);
    ngx_shop_failover_view_news(v);
}


static void
ngx_shop_failover_view_times(ngx_shop_failover_view_t *v)
{
    int64_t                                next;
    unsigned                               title, when;
    const ngx_shop_failover_view_state_t  *texts;

    texts = &ngx_shop_failover_view_states[v->state];
    title = texts->title;
    when = NGX_SHOP_FAILOVER_WORDS_WHEN_UNKNOWN;

    if (v->state == NGX_SHOP_FAILOVER_VIEW_REOPENING) {
        when = texts->when;

    } else if (v->eta > v->now) {
        when = texts->when;

        if (v->state == NGX_SHOP_FAILOVER_VIEW_MAINTENANCE) {
            title = ngx_shop_failover_view_near(v, v->eta)
                    == NGX_SHOP_FAILOVER_WORDS_TIME
                    ? NGX_SHOP_FAILOVER_WORDS_TITLE_UNTIL_TIME
                    : NGX_SHOP_FAILOVER_WORDS_TITLE_UNTIL_DATE;
        }

    } else if (v->eta) {
        when = NGX_SHOP_FAILOVER_WORDS_WHEN_LATE;
    }

    ngx_shop_failover_view_sentence(v, &v->title, title, v->eta,
                                    ngx_shop_failover_view_near(v, v->eta));
    ngx_shop_failover_view_sentence(v, &v->when, when, v->eta,
                                    NGX_SHOP_FAILOVER_WORDS_DATE_ZONE);
    ngx_shop_failover_view_sentence(v, &v->started,
                                    NGX_SHOP_FAILOVER_WORDS_STARTED, v->since,
                                    ngx_shop_failover_view_near(v, v->since));

    next = v->notice->next_update.at;

    memset(&v->next, 0, sizeof(v->next));

    if (next > v->now) {
        ngx_shop_failover_view_sentence(v, &v->next,
                                        NGX_SHOP_FAILOVER_WORDS_NEXT_UPDATE,
                                        next,
                                        ngx_shop_failover_view_near(v, next));
    }

    v->eta_iso = ngx_shop_failover_view_iso(v, v->eta);
    v->since_iso = ngx_shop_failover_view_iso(v, v->since);
    v->next_iso = ngx_shop_failover_view_iso(v, next > v->now ? next : 0);
}


/* the text of key with its moment; the other places are filled in */

static void
ngx_shop_failover_view_sentence(ngx_shop_failover_view_t *v,
    ngx_shop_failover_view_sentence_t *s, unsigned key, int64_t at,
    unsigned how)
{
    unsigned                         i, n;
    const unsigned char             *start, *p, *last;
    ngx_shop_failover_str_t          text, rest;
    ngx_shop_failover_words_place_t  in;

    static const char  *moments[] = { "{eta}", "{since}", "{next}" };

    text = v->words->text[key];
    rest = text;
    rest.len = 0;
    last = text.data + text.len;

    memset(s, 0, sizeof(ngx_shop_failover_view_sentence_t));

    for (p = text.data; p < last && s->time.len == 0; p++) {
        for (i = 0; at && i < 3; i++) {

            n = (unsigned) strlen(moments[i]);

            if ((size_t) (last - p) >= n && memcmp(p, moments[i], n) == 0) {
                text.len = (size_t) (p - text.data);
                rest.data = p + n;
                rest.len = (size_t) (last - rest.data);
                s->time = ngx_shop_failover_view_moment(v, at, how);
                break;
            }
        }
    }

    start = v->scratch.pos;
    ngx_shop_failover_words_in(v->words, &v->scratch, at - v->now);

    in.name = "in";
    in.value = ngx_shop_failover_view_end(v, start);

    start = v->scratch.pos;
    ngx_shop_failover_words_fill(&v->scratch, &text, &in, 1);
    s->before = ngx_shop_failover_view_end(v, start);

    p = v->scratch.pos;
    ngx_shop_failover_emit_raw(&v->scratch, s->time.data, s->time.len);
    s->time = ngx_shop_failover_view_end(v, p);

    p = v->scratch.pos;
    ngx_shop_failover_words_fill(&v->scratch, &rest, &in, 1);
    s->after = ngx_shop_failover_view_end(v, p);

    s->whole = ngx_shop_failover_view_end(v, start);
}


/* how to write a moment that may be today: then the time alone is enough */

static unsigned
ngx_shop_failover_view_near(const ngx_shop_failover_view_t *v, int64_t at)
{
    time_t     a, b;
    struct tm  day, today;

    a = (time_t) at;
    b = (time_t) v->now;

    if (localtime_r(&a, &day) && localtime_r(&b, &today)
        && day.tm_year == today.tm_year && day.tm_yday == today.tm_yday)
    {
        return NGX_SHOP_FAILOVER_WORDS_TIME;
    }

    return NGX_SHOP_FAILOVER_WORDS_DATE;
}


static void
ngx_shop_failover_view_lines(ngx_shop_failover_view_t *v)
{
    unsigned                           i;
    const ngx_shop_failover_notice_t  *notice;

    notice = v->notice;

    v->reason.n = 0;
    v->offer.n = 0;
    v->contacts.n = 0;

    ngx_shop_failover_view_line(&v->reason,
                        ngx_shop_failover_flag_text(notice, notice->reason));
    ngx_shop_failover_view_line(&v->offer,
                        ngx_shop_failover_flag_text(notice, notice->offer));

    for (i = 0; i < notice->ncontacts; i++) {
        ngx_shop_failover_view_line(&v->contacts,
                   ngx_shop_failover_flag_text(notice, notice->contacts[i]));
    }

    if (notice->ncontacts == 0) {
        ngx_shop_failover_view_line(&v->contacts,
                                 ngx_shop_failover_view_var(v, "contact"));
    }
}


/*
 * Cuts a line into text and links.  A line that is cut more often than there
 * is room for ends as text: nothing that the operator wrote is lost.
 */

static void
ngx_shop_failover_view_line(ngx_shop_failover_view_pieces_t *pieces,
    ngx_shop_failover_str_t text)
{
    size_t                           pos;
    unsigned                         first;
    ngx_shop_failover_link_piece_t   link;
    ngx_shop_failover_view_piece_t  *piece;

    first = pieces->n;
    pos = 0;

    while (ngx_shop_failover_link_next(&text, &pos, &link)
           == NGX_SHOP_FAILOVER_OK)
    {
        if (pieces->n == NGX_SHOP_FAILOVER_VIEW_PIECES) {

            /* grow the last piece over the rest */

            piece = &pieces->piece[pieces->n - 1];

            if (first < pieces->n) {
                piece->link.href.len = 0;
                piece->link.text.len = (size_t) (text.data + text.len
                                                 - piece->link.text.data);
            }

            break;
        }

        piece = &pieces->piece[pieces->n++];
        piece->link = link;
        piece->first = 0;
        piece->last = 0;
    }

    if (first < pieces->n) {
        pieces->piece[first].first = 1;
        pieces->piece[pieces->n - 1].last = 1;
    }
}


/* the newest first; the file has them in the order in which they were said */

static void
ngx_shop_failover_view_news(ngx_shop_failover_view_t *v)
{
    unsigned                                i, n;
    ngx_shop_failover_view_update_t        *to;
    const ngx_shop_failover_flag_update_t  *from;

    n = v->notice->nupdates;
    v->nupdates = 0;

    for (i = 0; i < n && i < NGX_SHOP_FAILOVER_VIEW_UPDATES; i++) {
        from = &v->notice->updates[n - 1 - i];
        to = &v->updates[v->nupdates++];

        memset(to, 0, sizeof(ngx_shop_failover_view_update_t));

        to->text = ngx_shop_failover_flag_text(v->notice, from->text);

        if (from->at) {
            to->time = ngx_shop_failover_view_moment(v, from->at,
                                  ngx_shop_failover_view_near(v, from->at));
            to->iso = ngx_shop_failover_view_iso(v, from->at);
        }
    }
}


static ngx_shop_failover_str_t
ngx_shop_failover_view_var(const ngx_shop_failover_view_t *v,
    const char *name)
{
    unsigned                       i;
    const ngx_shop_failover_str_t  none = { 0, NULL };

    for (i = 0; i < v->nvars; i++) {
        if (v->vars[i].name.len == strlen(name)
            && memcmp(v->vars[i].name.data, name, strlen(name)) == 0)
        {
            return v->vars[i].value;
        }
    }

    return none;
}


static ngx_shop_failover_str_t
ngx_shop_failover_view_moment(ngx_shop_failover_view_t *v, int64_t at,
    unsigned how)
{
    const unsigned char  *start;

    start = v->scratch.pos;
    ngx_shop_failover_words_moment(v->words, &v->scratch, at, how);

    return ngx_shop_failover_view_end(v, start);
}


static ngx_shop_failover_str_t
ngx_shop_failover_view_iso(ngx_shop_failover_view_t *v, int64_t at)
{
    size_t                len;
    unsigned char         buf[NGX_SHOP_FAILOVER_TIMES_LEN];
    const unsigned char  *start;

    start = v->scratch.pos;

    if (at) {
        len = ngx_shop_failover_times_rfc3339_local(buf, at);
        ngx_shop_failover_emit_raw(&v->scratch, buf, len);
    }

    return ngx_shop_failover_view_end(v, start);
}


/* what was written to the scratch buffer since start */

static ngx_shop_failover_str_t
ngx_shop_failover_view_end(ngx_shop_failover_view_t *v,
    const unsigned char *start)
{
    ngx_shop_failover_str_t  s;

    s.data = start;
    s.len = (size_t) (v->scratch.pos - start);

    return s;
}


int
ngx_shop_failover_view_resolve(void *data,
    const ngx_shop_failover_str_t *name,
    ngx_shop_failover_template_name_t *result)
{
    int                                   key;
    unsigned                              i;
    ngx_shop_failover_str_t               rest;
    const ngx_shop_failover_view_t       *v = data;
    const ngx_shop_failover_view_name_t  *n;

    if (name->len > 2 && memcmp(name->data, "t.", 2) == 0) {
        rest.data = name->data + 2;
        rest.len = name->len - 2;

        key = ngx_shop_failover_words_key(&rest);
        result->id = (uint16_t) (NGX_SHOP_FAILOVER_VIEW_ID_WORD + key);

        return key == -1 ? NGX_SHOP_FAILOVER_DECLINED : NGX_SHOP_FAILOVER_OK;
    }

    if (name->len > 4 && memcmp(name->data, "var.", 4) == 0) {

        result->id = NGX_SHOP_FAILOVER_VIEW_ID_EMPTY;

        for (i = 0; i < v->nvars; i++) {
            if (v->vars[i].name.len == name->len - 4
                && memcmp(v->vars[i].name.data, name->data + 4, name->len - 4)
                   == 0)
            {
                result->id = (uint16_t) (NGX_SHOP_FAILOVER_VIEW_ID_VAR + i);
            }
        }

        return NGX_SHOP_FAILOVER_OK;
    }

    for (n = ngx_shop_failover_view_names; n->name; n++) {
        if (strlen(n->name) == name->len
            && memcmp(n->name, name->data, name->len) == 0)
        {
            result->id = n->id;
            result->kind = n->kind;
            result->list = n->list;
            result->field = (n->list != NGX_SHOP_FAILOVER_VIEW_ID_EMPTY);

            return NGX_SHOP_FAILOVER_OK;
        }
    }

    return NGX_SHOP_FAILOVER_DECLINED;
}


int
ngx_shop_failover_view_get(void *data, unsigned id, unsigned item,
    ngx_shop_failover_str_t *value)
{
    const ngx_shop_failover_str_t   *s;
    const ngx_shop_failover_view_t  *v = data;

    /* below a range, the difference is larger than any */

    if (id - NGX_SHOP_FAILOVER_VIEW_ID_WORD < NGX_SHOP_FAILOVER_WORDS_N) {
        *value = v->words->text[id - NGX_SHOP_FAILOVER_VIEW_ID_WORD];
        return NGX_SHOP_FAILOVER_OK;
    }

    if (id - NGX_SHOP_FAILOVER_VIEW_ID_VAR < v->nvars) {
        *value = v->vars[id - NGX_SHOP_FAILOVER_VIEW_ID_VAR].value;
        return NGX_SHOP_FAILOVER_OK;
    }

    switch (id) {

    case NGX_SHOP_FAILOVER_VIEW_ID_EMPTY:
        return NGX_SHOP_FAILOVER_DECLINED;

    case NGX_SHOP_FAILOVER_VIEW_ID_STATE:
        value->data = (const unsigned char *)
                      ngx_shop_failover_view_state_name(v->state);
        value->len = strlen((const char *) value->data);
        return NGX_SHOP_FAILOVER_OK;

    case NGX_SHOP_FAILOVER_VIEW_ID_PLANNED:
        return ngx_shop_failover_view_flag(v->state
                                    != NGX_SHOP_FAILOVER_VIEW_OUTAGE, value);

    case NGX_SHOP_FAILOVER_VIEW_ID_POST:
        return ngx_shop_failover_view_flag(v->post, value);

    case NGX_SHOP_FAILOVER_VIEW_ID_UNSENT:
        return ngx_shop_failover_view_flag(v->post
                                    == NGX_SHOP_FAILOVER_VIEW_UNSENT, value);

    case NGX_SHOP_FAILOVER_VIEW_ID_UNKNOWN:
        return ngx_shop_failover_view_flag(v->post
                                   == NGX_SHOP_FAILOVER_VIEW_UNKNOWN, value);

    case NGX_SHOP_FAILOVER_VIEW_ID_HAS_REASON:
        return ngx_shop_failover_view_flag(v->reason.n > 0, value);

    case NGX_SHOP_FAILOVER_VIEW_ID_HAS_OFFER:
        return ngx_shop_failover_view_flag(v->offer.n > 0, value);

    case NGX_SHOP_FAILOVER_VIEW_ID_HAS_CONTACTS:
        return ngx_shop_failover_view_flag(v->contacts.n > 0, value);

    case NGX_SHOP_FAILOVER_VIEW_ID_HAS_UPDATES:
        return ngx_shop_failover_view_flag(v->nupdates > 0, value);
    }

    if (id >= NGX_SHOP_FAILOVER_VIEW_ID_REASON) {
        return ngx_shop_failover_view_item(v, id, item, value);
    }

    s = ngx_shop_failover_view_field(v, id);
    *value = *s;

    return NGX_SHOP_FAILOVER_OK;
}


/* the values that stand in the view as they are, in the order of the ids */

static const ngx_shop_failover_str_t *
ngx_shop_failover_view_field(const ngx_shop_failover_view_t *v, unsigned id)
{
    unsigned                                  n;
    const ngx_shop_failover_view_sentence_t  *s;

    switch (id) {

    case NGX_SHOP_FAILOVER_VIEW_ID_LANG:
        return &v->lang;

    case NGX_SHOP_FAILOVER_VIEW_ID_DIR:
        return &v->words->text[NGX_SHOP_FAILOVER_WORDS_DIR];

    case NGX_SHOP_FAILOVER_VIEW_ID_POLL:
        return &v->poll_text;

    case NGX_SHOP_FAILOVER_VIEW_ID_URL_STATUS:
        return &v->url;

    case NGX_SHOP_FAILOVER_VIEW_ID_URL_HOME:
        return &v->home;

    case NGX_SHOP_FAILOVER_VIEW_ID_URL_BASKET:
        return &v->basket;

    case NGX_SHOP_FAILOVER_VIEW_ID_STATUS:
        return &v->status;

    case NGX_SHOP_FAILOVER_VIEW_ID_ETA_ISO:
        return &v->eta_iso;

    case NGX_SHOP_FAILOVER_VIEW_ID_NEXT_ISO:
        return &v->next_iso;

    case NGX_SHOP_FAILOVER_VIEW_ID_SINCE_ISO:
        return &v->since_iso;
    }

    /* four sentences of four parts each */

    n = id - NGX_SHOP_FAILOVER_VIEW_ID_TITLE;

    s = n < 4 ? &v->title : n < 8 ? &v->when : n < 12 ? &v->next : &v->started;

    switch (n % 4) {

    case 0:
        return &s->whole;

    case 1:
        return &s->before;

    case 2:
        return &s->time;

    default:
        return &s->after;
    }
}


static int
ngx_shop_failover_view_item(const ngx_shop_failover_view_t *v, unsigned id,
    unsigned item, ngx_shop_failover_str_t *value)
{
    if (id < NGX_SHOP_FAILOVER_VIEW_ID_OFFER) {
        return ngx_shop_failover_view_piece(&v->reason, item,
                         id - NGX_SHOP_FAILOVER_VIEW_ID_REASON, value);
    }

    if (id < NGX_SHOP_FAILOVER_VIEW_ID_CONTACTS) {
        return ngx_shop_failover_view_piece(&v->offer, item,
                         id - NGX_SHOP_FAILOVER_VIEW_ID_OFFER, value);
    }

    if (id < NGX_SHOP_FAILOVER_VIEW_ID_UPDATES) {
        return ngx_shop_failover_view_piece(&v->contacts, item,
                         id - NGX_SHOP_FAILOVER_VIEW_ID_CONTACTS, value);
    }

    if (item >= v->nupdates) {
        return NGX_SHOP_FAILOVER_DECLINED;
    }

    if (id == NGX_SHOP_FAILOVER_VIEW_ID_UPDATE_TIME) {
        *value = v->updates[item].time;

    } else if (id == NGX_SHOP_FAILOVER_VIEW_ID_UPDATE_ISO) {
        *value = v->updates[item].iso;

    } else {
        *value = v->updates[item].text;
    }

    return NGX_SHOP_FAILOVER_OK;
}


/* field: 0 the list itself, 1 text, 2 href, 3 first, 4 last */

static int
ngx_shop_failover_view_piece(const ngx_shop_failover_view_pieces_t *pieces,
    unsigned item, unsigned field, ngx_shop_failover_str_t *value)
{
    const ngx_shop_failover_view_piece_t  *piece;

    if (item >= pieces->n) {
        return NGX_SHOP_FAILOVER_DECLINED;
    }

    piece = &pieces->piece[item];

    switch (field) {

    case 2:
        *value = piece->link.href;
        return NGX_SHOP_FAILOVER_OK;

    case 3:
        return ngx_shop_failover_view_flag(piece->first, value);

    case 4:
        return ngx_shop_failover_view_flag(piece->last, value);

    default:
        *value = piece->link.text;
        return NGX_SHOP_FAILOVER_OK;
    }
}


static int
ngx_shop_failover_view_flag(int set, ngx_shop_failover_str_t *value)
{
    value->data = (const unsigned char *) "1";
    value->len = set ? 1 : 0;

    return NGX_SHOP_FAILOVER_OK;
}


void
ngx_shop_failover_view_problem(const ngx_shop_failover_view_t *v,
    ngx_shop_failover_emit_t *e)
{
    unsigned                  i;
    unsigned char             buf[4096];
    ngx_shop_failover_str_t   detail;
    ngx_shop_failover_emit_t  text;

    const ngx_shop_failover_str_t  *said[5], *words;

    words = v->words->text;

    memset(said, 0, sizeof(said));

    said[0] = &v->when.whole;
    said[1] = &v->status;

    if (v->post == NGX_SHOP_FAILOVER_VIEW_UNSENT) {
        said[2] = &words[NGX_SHOP_FAILOVER_WORDS_POST_UNSENT];
        said[3] = &words[NGX_SHOP_FAILOVER_WORDS_POST_PAID];

    } else if (v->post == NGX_SHOP_FAILOVER_VIEW_UNKNOWN) {
        said[2] = &words[NGX_SHOP_FAILOVER_WORDS_POST_UNKNOWN];
    }

    ngx_shop_failover_emit_init(&text, buf, sizeof(buf));

    for (i = 0; said[i]; i++) {
        ngx_shop_failover_emit_text(&text, i ? " " : "");
        ngx_shop_failover_emit_raw(&text, said[i]->data, said[i]->len);
    }

    detail.data = buf;
    detail.len = (size_t) (text.pos - text.start);

    ngx_shop_failover_emit_object(e, NULL);
    ngx_shop_failover_emit_cstr(e, "type", "about:blank");
    ngx_shop_failover_emit_str(e, "title", &v->title.whole);
    ngx_shop_failover_emit_int(e, "status", 503);
    ngx_shop_failover_emit_str(e, "detail", &detail);
    ngx_shop_failover_view_or_null(e, "eta", &v->eta_iso);
    ngx_shop_failover_emit_int(e, "retry_after", v->retry_after);
    ngx_shop_failover_emit_bool(e, "planned",
                                v->state != NGX_SHOP_FAILOVER_VIEW_OUTAGE);

    ngx_shop_failover_emit_array(e, "updates");

    for (i = 0; i < v->nupdates; i++) {
        ngx_shop_failover_emit_object(e, NULL);
        ngx_shop_failover_view_or_null(e, "at", &v->updates[i].iso);
        ngx_shop_failover_emit_str(e, "text", &v->updates[i].text);
        ngx_shop_failover_emit_close(e, '}');
    }

    ngx_shop_failover_emit_close(e, ']');
    ngx_shop_failover_emit_close(e, '}');
    ngx_shop_failover_emit_text(e, "\n");
}


void
ngx_shop_failover_view_status(const ngx_shop_failover_view_t *v,
    ngx_shop_failover_emit_t *e, int admitted)
{
    unsigned  i;

    ngx_shop_failover_emit_object(e, NULL);
    ngx_shop_failover_emit_cstr(e, "state",
                                ngx_shop_failover_view_state_name(v->state));
    ngx_shop_failover_emit_int(e, "retry_after", v->poll);

    if (v->state != NGX_SHOP_FAILOVER_VIEW_OPEN) {
        ngx_shop_failover_emit_bool(e, "admitted", admitted);
        ngx_shop_failover_view_or_null(e, "eta", &v->eta_iso);
        ngx_shop_failover_view_or_null(e, "next_update", &v->next_iso);
        ngx_shop_failover_view_triple(e, "title", &v->title);
        ngx_shop_failover_view_triple(e, "when", &v->when);
        ngx_shop_failover_view_triple(e, "next", &v->next);
        ngx_shop_failover_emit_str(e, "status", &v->status);

        ngx_shop_failover_emit_array(e, "updates");

        for (i = 0; i < v->nupdates; i++) {
            ngx_shop_failover_emit_object(e, NULL);
            ngx_shop_failover_view_or_null(e, "at", &v->updates[i].iso);
            ngx_shop_failover_emit_str(e, "time", &v->updates[i].time);
            ngx_shop_failover_emit_str(e, "text", &v->updates[i].text);
            ngx_shop_failover_emit_close(e, '}');
        }

        ngx_shop_failover_emit_close(e, ']');
    }

    ngx_shop_failover_emit_close(e, '}');
    ngx_shop_failover_emit_text(e, "\n");
}


static void
ngx_shop_failover_view_or_null(ngx_shop_failover_emit_t *e, const char *key,
    const ngx_shop_failover_str_t *value)
{
    if (value->len) {
        ngx_shop_failover_emit_str(e, key, value);

    } else {
        ngx_shop_failover_emit_null(e, key);
    }
}


static void
ngx_shop_failover_view_triple(ngx_shop_failover_emit_t *e, const char *key,
    const ngx_shop_failover_view_sentence_t *s)
{
    ngx_shop_failover_emit_array(e, key);
    ngx_shop_failover_emit_str(e, NULL, &s->before);
    ngx_shop_failover_emit_str(e, NULL, &s->time);
    ngx_shop_failover_emit_str(e, NULL, &s->after);
    ngx_shop_failover_emit_close(e, ']');
}
