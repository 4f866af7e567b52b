
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Places of a page's template: names to numbers, and numbers to the values of
 * a view.  Chooses no text: view has done that.
 */


#include "logic/words/placeholders.h"


/* numbers of names; texts and variables have ranges of their own */
enum {
    NGX_SHOP_PLACEHOLDERS_EMPTY = 0,
    NGX_SHOP_PLACEHOLDERS_LANG,
    NGX_SHOP_PLACEHOLDERS_DIR,
    NGX_SHOP_PLACEHOLDERS_STATE,
    NGX_SHOP_PLACEHOLDERS_PLANNED,
    NGX_SHOP_PLACEHOLDERS_POST,
    NGX_SHOP_PLACEHOLDERS_UNSENT,
    NGX_SHOP_PLACEHOLDERS_UNKNOWN,
    NGX_SHOP_PLACEHOLDERS_POLL,
    NGX_SHOP_PLACEHOLDERS_URL_STATUS,
    NGX_SHOP_PLACEHOLDERS_URL_HOME,
    NGX_SHOP_PLACEHOLDERS_URL_BASKET,
    NGX_SHOP_PLACEHOLDERS_STATUS,
    NGX_SHOP_PLACEHOLDERS_PROGRESS,
    NGX_SHOP_PLACEHOLDERS_VERSION,
    NGX_SHOP_PLACEHOLDERS_TITLE_SHORT,
    NGX_SHOP_PLACEHOLDERS_ETA_ISO,
    NGX_SHOP_PLACEHOLDERS_NEXT_ISO,
    NGX_SHOP_PLACEHOLDERS_SINCE_ISO,
    NGX_SHOP_PLACEHOLDERS_TITLE,
    NGX_SHOP_PLACEHOLDERS_TITLE_BEFORE,
    NGX_SHOP_PLACEHOLDERS_TITLE_TIME,
    NGX_SHOP_PLACEHOLDERS_TITLE_AFTER,
    NGX_SHOP_PLACEHOLDERS_WHEN,
    NGX_SHOP_PLACEHOLDERS_WHEN_BEFORE,
    NGX_SHOP_PLACEHOLDERS_WHEN_TIME,
    NGX_SHOP_PLACEHOLDERS_WHEN_AFTER,
    NGX_SHOP_PLACEHOLDERS_NEXT,
    NGX_SHOP_PLACEHOLDERS_NEXT_BEFORE,
    NGX_SHOP_PLACEHOLDERS_NEXT_TIME,
    NGX_SHOP_PLACEHOLDERS_NEXT_AFTER,
    NGX_SHOP_PLACEHOLDERS_SINCE,
    NGX_SHOP_PLACEHOLDERS_SINCE_BEFORE,
    NGX_SHOP_PLACEHOLDERS_SINCE_TIME,
    NGX_SHOP_PLACEHOLDERS_SINCE_AFTER,
    NGX_SHOP_PLACEHOLDERS_STATUS_LANG,
    NGX_SHOP_PLACEHOLDERS_STATUS_DIR,
    NGX_SHOP_PLACEHOLDERS_REASON_LANG,
    NGX_SHOP_PLACEHOLDERS_REASON_DIR,
    NGX_SHOP_PLACEHOLDERS_OFFER_LANG,
    NGX_SHOP_PLACEHOLDERS_OFFER_DIR,
    NGX_SHOP_PLACEHOLDERS_CONTACTS_LANG,
    NGX_SHOP_PLACEHOLDERS_CONTACTS_DIR,
    NGX_SHOP_PLACEHOLDERS_HAS_REASON,
    NGX_SHOP_PLACEHOLDERS_HAS_OFFER,
    NGX_SHOP_PLACEHOLDERS_HAS_CONTACTS,
    NGX_SHOP_PLACEHOLDERS_HAS_UPDATES,
    NGX_SHOP_PLACEHOLDERS_HAS_OLDER,
    NGX_SHOP_PLACEHOLDERS_REASON,
    NGX_SHOP_PLACEHOLDERS_REASON_TEXT,
    NGX_SHOP_PLACEHOLDERS_REASON_HREF,
    NGX_SHOP_PLACEHOLDERS_OFFER,
    NGX_SHOP_PLACEHOLDERS_OFFER_TEXT,
    NGX_SHOP_PLACEHOLDERS_OFFER_HREF,
    NGX_SHOP_PLACEHOLDERS_OFFER_CODE,
    NGX_SHOP_PLACEHOLDERS_CONTACTS,
    NGX_SHOP_PLACEHOLDERS_CONTACT_TEXT,
    NGX_SHOP_PLACEHOLDERS_CONTACT_HREF,
    NGX_SHOP_PLACEHOLDERS_CONTACT_FIRST,
    NGX_SHOP_PLACEHOLDERS_CONTACT_LAST,
    NGX_SHOP_PLACEHOLDERS_UPDATES,
    NGX_SHOP_PLACEHOLDERS_UPDATE_TEXT,
    NGX_SHOP_PLACEHOLDERS_UPDATE_TIME,
    NGX_SHOP_PLACEHOLDERS_UPDATE_ISO,
    NGX_SHOP_PLACEHOLDERS_UPDATE_LANG,
    NGX_SHOP_PLACEHOLDERS_UPDATE_DIR,
    NGX_SHOP_PLACEHOLDERS_UPDATE_FIRST,
    NGX_SHOP_PLACEHOLDERS_UPDATE_LAST
};

#define NGX_SHOP_PLACEHOLDERS_WORD  0x100
#define NGX_SHOP_PLACEHOLDERS_VAR   0x200


/* list: the list whose field the name is, or EMPTY */
typedef struct {
    const char  *name;
    uint16_t     id;
    uint8_t      kind;
    uint16_t     list;
} ngx_shop_placeholders_name_t;


static int ngx_shop_placeholders_item(const ngx_shop_view_t *v, unsigned id,
    unsigned item, ngx_shop_str_t *value);
static int ngx_shop_placeholders_piece(const ngx_shop_pieces_t *pieces,
    unsigned item, unsigned field, ngx_shop_str_t *value);
static const ngx_shop_str_t *ngx_shop_placeholders_field(
    const ngx_shop_view_t *v, unsigned id);
static const ngx_shop_str_t *ngx_shop_placeholders_mark_of(
    const ngx_shop_view_t *v, unsigned n);
static int ngx_shop_placeholders_flag(int set, ngx_shop_str_t *value);


#define ngx_shop_placeholders_value(name, id)                                 \
    { name, NGX_SHOP_PLACEHOLDERS_ ## id,                                  \
      NGX_SHOP_TEMPLATE_VALUE, NGX_SHOP_PLACEHOLDERS_EMPTY }

#define ngx_shop_placeholders_parts(name, id)                                 \
    ngx_shop_placeholders_value(name, id),                                    \
    ngx_shop_placeholders_value(name ".before", id ## _BEFORE),               \
    ngx_shop_placeholders_value(name ".time", id ## _TIME),                   \
    ngx_shop_placeholders_value(name ".after", id ## _AFTER)

#define ngx_shop_placeholders_mark(name, id)                                  \
    ngx_shop_placeholders_value(name ".lang", id ## _LANG),                   \
    ngx_shop_placeholders_value(name ".dir", id ## _DIR)

#define ngx_shop_placeholders_list(name, id)                                  \
    { name, NGX_SHOP_PLACEHOLDERS_ ## id,                                  \
      NGX_SHOP_TEMPLATE_LIST, NGX_SHOP_PLACEHOLDERS_EMPTY }

#define ngx_shop_placeholders_of(name, id, list)                              \
    { name, NGX_SHOP_PLACEHOLDERS_ ## id,                                  \
      NGX_SHOP_TEMPLATE_VALUE, NGX_SHOP_PLACEHOLDERS_ ## list }


static const ngx_shop_placeholders_name_t ngx_shop_placeholders_names[] =
{
    ngx_shop_placeholders_value("lang", LANG),
    ngx_shop_placeholders_value("dir", DIR),
    ngx_shop_placeholders_value("state", STATE),
    ngx_shop_placeholders_value("planned", PLANNED),
    ngx_shop_placeholders_value("post", POST),
    ngx_shop_placeholders_value("unsent", UNSENT),
    ngx_shop_placeholders_value("unknown", UNKNOWN),
    ngx_shop_placeholders_value("poll", POLL),
    ngx_shop_placeholders_value("url.status", URL_STATUS),
    ngx_shop_placeholders_value("url.home", URL_HOME),
    ngx_shop_placeholders_value("url.basket", URL_BASKET),
    ngx_shop_placeholders_value("status", STATUS),
    ngx_shop_placeholders_value("progress", PROGRESS),
    ngx_shop_placeholders_value("version", VERSION),
    ngx_shop_placeholders_value("title.short", TITLE_SHORT),
    ngx_shop_placeholders_value("eta.iso", ETA_ISO),
    ngx_shop_placeholders_value("next.iso", NEXT_ISO),
    ngx_shop_placeholders_value("since.iso", SINCE_ISO),
    ngx_shop_placeholders_parts("title", TITLE),
    ngx_shop_placeholders_parts("when", WHEN),
    ngx_shop_placeholders_parts("next", NEXT),
    ngx_shop_placeholders_parts("since", SINCE),
    ngx_shop_placeholders_mark("status", STATUS),
    ngx_shop_placeholders_mark("reason", REASON),
    ngx_shop_placeholders_mark("offer", OFFER),
    ngx_shop_placeholders_mark("contacts", CONTACTS),
    ngx_shop_placeholders_value("has.reason", HAS_REASON),
    ngx_shop_placeholders_value("has.offer", HAS_OFFER),
    ngx_shop_placeholders_value("has.contacts", HAS_CONTACTS),
    ngx_shop_placeholders_value("has.updates", HAS_UPDATES),
    ngx_shop_placeholders_value("has.older", HAS_OLDER),
    ngx_shop_placeholders_list("reason", REASON),
    ngx_shop_placeholders_of("reason.text", REASON_TEXT, REASON),
    ngx_shop_placeholders_of("reason.href", REASON_HREF, REASON),
    ngx_shop_placeholders_list("offer", OFFER),
    ngx_shop_placeholders_of("offer.text", OFFER_TEXT, OFFER),
    ngx_shop_placeholders_of("offer.href", OFFER_HREF, OFFER),
    ngx_shop_placeholders_of("offer.code", OFFER_CODE, OFFER),
    ngx_shop_placeholders_list("contacts", CONTACTS),
    ngx_shop_placeholders_of("contact.text", CONTACT_TEXT, CONTACTS),
    ngx_shop_placeholders_of("contact.href", CONTACT_HREF, CONTACTS),
    ngx_shop_placeholders_of("contact.first", CONTACT_FIRST, CONTACTS),
    ngx_shop_placeholders_of("contact.last", CONTACT_LAST, CONTACTS),
    ngx_shop_placeholders_list("updates", UPDATES),
    ngx_shop_placeholders_of("update.text", UPDATE_TEXT, UPDATES),
    ngx_shop_placeholders_of("update.time", UPDATE_TIME, UPDATES),
    ngx_shop_placeholders_of("update.iso", UPDATE_ISO, UPDATES),
    ngx_shop_placeholders_of("update.lang", UPDATE_LANG, UPDATES),
    ngx_shop_placeholders_of("update.dir", UPDATE_DIR, UPDATES),
    ngx_shop_placeholders_of("update.first", UPDATE_FIRST, UPDATES),
    ngx_shop_placeholders_of("update.last", UPDATE_LAST, UPDATES),
    { NULL, 0, 0, 0 }
};


int
ngx_shop_placeholders_resolve(void *data, const ngx_shop_str_t *name,
    ngx_shop_template_name_t *result)
{
    int                                  key;
    unsigned                             i;
    ngx_shop_str_t                       rest;
    const ngx_shop_view_t               *v = data;
    const ngx_shop_placeholders_name_t  *n;

    if (name->len > 2 && memcmp(name->data, "t.", 2) == 0) {
        rest.data = name->data + 2;
        rest.len = name->len - 2;

        key = ngx_shop_strings_key(&rest);
        result->id = (uint16_t) (NGX_SHOP_PLACEHOLDERS_WORD + key);

        return key == -1 ? NGX_SHOP_DECLINED : NGX_SHOP_OK;
    }

    if (name->len > 4 && memcmp(name->data, "var.", 4) == 0) {

        result->id = NGX_SHOP_PLACEHOLDERS_EMPTY;

        for (i = 0; i < v->nvars; i++) {
            if (v->vars[i].name.len == name->len - 4
                && memcmp(v->vars[i].name.data, name->data + 4, name->len - 4)
                   == 0)
            {
                result->id = (uint16_t) (NGX_SHOP_PLACEHOLDERS_VAR + i);
            }
        }

        return NGX_SHOP_OK;
    }

    for (n = ngx_shop_placeholders_names; n->name; n++) {
        if (strlen(n->name) == name->len
            && memcmp(n->name, name->data, name->len) == 0)
        {
            result->id = n->id;
            result->kind = n->kind;
            result->list = n->list;
            result->field = (n->list != NGX_SHOP_PLACEHOLDERS_EMPTY);

            return NGX_SHOP_OK;
        }
    }

    return NGX_SHOP_DECLINED;
}


int
ngx_shop_placeholders_get(void *data, unsigned id, unsigned item,
    ngx_shop_str_t *value)
{
    const ngx_shop_str_t   *s;
    const ngx_shop_view_t  *v = data;

    /* below a range, the difference is larger than any */

    if (id - NGX_SHOP_PLACEHOLDERS_WORD < NGX_SHOP_STRINGS_N) {
        *value = v->words->text[id - NGX_SHOP_PLACEHOLDERS_WORD];
        return NGX_SHOP_OK;
    }

    if (id - NGX_SHOP_PLACEHOLDERS_VAR < v->nvars) {
        *value = v->vars[id - NGX_SHOP_PLACEHOLDERS_VAR].value;
        return NGX_SHOP_OK;
    }

    switch (id) {

    case NGX_SHOP_PLACEHOLDERS_EMPTY:
        return NGX_SHOP_DECLINED;

    case NGX_SHOP_PLACEHOLDERS_STATE:
        value->data = (const unsigned char *)
                      ngx_shop_view_state_name(v->state);
        value->len = strlen((const char *) value->data);
        return NGX_SHOP_OK;

    case NGX_SHOP_PLACEHOLDERS_PLANNED:
        return ngx_shop_placeholders_flag(v->state
                                          != NGX_SHOP_VIEW_OUTAGE, value);

    case NGX_SHOP_PLACEHOLDERS_POST:
        return ngx_shop_placeholders_flag(v->post, value);

    case NGX_SHOP_PLACEHOLDERS_UNSENT:
        return ngx_shop_placeholders_flag(v->post
                                          == NGX_SHOP_VIEW_UNSENT, value);

    case NGX_SHOP_PLACEHOLDERS_UNKNOWN:
        return ngx_shop_placeholders_flag(v->post
                                          == NGX_SHOP_VIEW_UNKNOWN, value);

    case NGX_SHOP_PLACEHOLDERS_TITLE_SHORT:
        return ngx_shop_placeholders_flag(v->brief, value);

    case NGX_SHOP_PLACEHOLDERS_HAS_REASON:
        return ngx_shop_placeholders_flag(v->reason.n > 0, value);

    case NGX_SHOP_PLACEHOLDERS_HAS_OFFER:
        return ngx_shop_placeholders_flag(v->offer.n > 0, value);

    case NGX_SHOP_PLACEHOLDERS_HAS_CONTACTS:
        return ngx_shop_placeholders_flag(v->contacts.n > 0, value);

    case NGX_SHOP_PLACEHOLDERS_HAS_UPDATES:
        return ngx_shop_placeholders_flag(v->nupdates > 0, value);

    case NGX_SHOP_PLACEHOLDERS_HAS_OLDER:
        return ngx_shop_placeholders_flag(v->nupdates > 1, value);
    }

    if (id >= NGX_SHOP_PLACEHOLDERS_REASON) {
        return ngx_shop_placeholders_item(v, id, item, value);
    }

    s = ngx_shop_placeholders_field(v, id);
    *value = *s;

    return NGX_SHOP_OK;
}


/* the values that stand in the view as they are, in the order of the ids */

static const ngx_shop_str_t *
ngx_shop_placeholders_field(const ngx_shop_view_t *v, unsigned id)
{
    unsigned                         n;
    const ngx_shop_view_sentence_t  *s;

    switch (id) {

    case NGX_SHOP_PLACEHOLDERS_LANG:
        return &v->lang;

    case NGX_SHOP_PLACEHOLDERS_DIR:
        return &v->words->text[NGX_SHOP_STRINGS_DIR];

    case NGX_SHOP_PLACEHOLDERS_POLL:
        return &v->poll_text;

    case NGX_SHOP_PLACEHOLDERS_URL_STATUS:
        return &v->url;

    case NGX_SHOP_PLACEHOLDERS_URL_HOME:
        return &v->home;

    case NGX_SHOP_PLACEHOLDERS_URL_BASKET:
        return &v->basket;

    case NGX_SHOP_PLACEHOLDERS_STATUS:
        return &v->status;

    case NGX_SHOP_PLACEHOLDERS_PROGRESS:
        return &v->progress;

    case NGX_SHOP_PLACEHOLDERS_VERSION:
        return &v->version;

    case NGX_SHOP_PLACEHOLDERS_ETA_ISO:
        return &v->eta_iso;

    case NGX_SHOP_PLACEHOLDERS_NEXT_ISO:
        return &v->next_iso;

    case NGX_SHOP_PLACEHOLDERS_SINCE_ISO:
        return &v->since_iso;
    }

    if (id >= NGX_SHOP_PLACEHOLDERS_STATUS_LANG) {
        return ngx_shop_placeholders_mark_of(v,
                               id - NGX_SHOP_PLACEHOLDERS_STATUS_LANG);
    }

    /* four sentences of four parts each */

    n = id - NGX_SHOP_PLACEHOLDERS_TITLE;

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


/* four texts, of each lang and dir */

static const ngx_shop_str_t *
ngx_shop_placeholders_mark_of(const ngx_shop_view_t *v, unsigned n)
{
    const ngx_shop_tongue_mark_t  *mark;

    mark = n < 2 ? &v->status_mark
           : n < 4 ? &v->reason.mark
           : n < 6 ? &v->offer.mark : &v->contacts.mark;

    return n % 2 ? &mark->dir : &mark->lang;
}


static int
ngx_shop_placeholders_item(const ngx_shop_view_t *v, unsigned id,
    unsigned item, ngx_shop_str_t *value)
{
    if (id < NGX_SHOP_PLACEHOLDERS_OFFER) {
        return ngx_shop_placeholders_piece(&v->reason, item,
                       id - NGX_SHOP_PLACEHOLDERS_REASON, value);
    }

    if (id == NGX_SHOP_PLACEHOLDERS_OFFER_CODE) {
        return ngx_shop_placeholders_flag(item < v->offer.n
                                          && v->offer.piece[item].code,
                                          value);
    }

    if (id < NGX_SHOP_PLACEHOLDERS_CONTACTS) {
        return ngx_shop_placeholders_piece(&v->offer, item,
                       id - NGX_SHOP_PLACEHOLDERS_OFFER, value);
    }

    if (id < NGX_SHOP_PLACEHOLDERS_UPDATES) {
        return ngx_shop_placeholders_piece(&v->contacts, item,
                       id - NGX_SHOP_PLACEHOLDERS_CONTACTS, value);
    }

    if (item >= v->nupdates) {
        return NGX_SHOP_DECLINED;
    }

    switch (id) {

    case NGX_SHOP_PLACEHOLDERS_UPDATE_TIME:
        *value = v->updates[item].time;
        return NGX_SHOP_OK;

    case NGX_SHOP_PLACEHOLDERS_UPDATE_ISO:
        *value = v->updates[item].iso;
        return NGX_SHOP_OK;

    case NGX_SHOP_PLACEHOLDERS_UPDATE_LANG:
        *value = v->updates[item].mark.lang;
        return NGX_SHOP_OK;

    case NGX_SHOP_PLACEHOLDERS_UPDATE_DIR:
        *value = v->updates[item].mark.dir;
        return NGX_SHOP_OK;

    case NGX_SHOP_PLACEHOLDERS_UPDATE_FIRST:
        return ngx_shop_placeholders_flag(item == 0, value);

    case NGX_SHOP_PLACEHOLDERS_UPDATE_LAST:
        return ngx_shop_placeholders_flag(item == v->nupdates - 1, value);

    default:
        *value = v->updates[item].text;
        return NGX_SHOP_OK;
    }
}


/* field: 0 the list itself, 1 text, 2 href, 3 first, 4 last */

static int
ngx_shop_placeholders_piece(const ngx_shop_pieces_t *pieces,
    unsigned item, unsigned field, ngx_shop_str_t *value)
{
    const ngx_shop_pieces_piece_t  *piece;

    if (item >= pieces->n) {
        return NGX_SHOP_DECLINED;
    }

    piece = &pieces->piece[item];

    switch (field) {

    case 2:
        *value = piece->link.href;
        return NGX_SHOP_OK;

    case 3:
        return ngx_shop_placeholders_flag(piece->first, value);

    case 4:
        return ngx_shop_placeholders_flag(piece->last, value);

    default:
        *value = piece->link.text;
        return NGX_SHOP_OK;
    }
}


static int
ngx_shop_placeholders_flag(int set, ngx_shop_str_t *value)
{
    value->data = (const unsigned char *) "1";
    value->len = set ? 1 : 0;

    return NGX_SHOP_OK;
}
