
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A message in the form that its receiver reads.  A row a form; what it says
 * is made once, as text.
 */


#include <stdlib.h>
#include <time.h>

#include "ctl/notify/notify_inside.h"
#include "logic/flag/times.h"
#include "logic/judge/site.h"


/* of a message as text; the shortest limit of those that take it is 2000 */
#define NGX_SHOP_NOTIFY_FORM_TEXT  16384

/* what is kept free of it for the end; of a body for a piece of news */
#define NGX_SHOP_NOTIFY_FORM_ROOM  5120
#define NGX_SHOP_NOTIFY_FORM_NEWS  24576

/* more news than that are told in a line each */
#define NGX_SHOP_NOTIFY_FORM_FEW   8


/* what all forms are made of */
typedef struct {
    ngx_shop_notify_t               *n;
    unsigned                         route;
    const ngx_shop_notify_route_t   *conf;
    const ngx_shop_notify_box_t     *box;
    const ngx_shop_notify_item_t    *first;    /* the most urgent */
    unsigned                         count;    /* of the items */
    unsigned                         drill:1;
    const char                      *key;
    ngx_shop_str_t                   title;
    ngx_shop_str_t                   text;
    ngx_shop_notify_form_t          *form;
} ngx_shop_notify_form_message_t;

typedef void (*ngx_shop_notify_form_pt)(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m);


static int ngx_shop_notify_form_open(ngx_shop_notify_form_message_t *m,
    char *key);
static void ngx_shop_notify_form_text(ngx_shop_notify_form_message_t *m,
    unsigned char *title, unsigned char *text);
static void ngx_shop_notify_form_item(ngx_shop_emit_t *e,
    const ngx_shop_notify_form_message_t *m,
    const ngx_shop_notify_item_t *item);
static void ngx_shop_notify_form_line(ngx_shop_emit_t *e, const char *before,
    const char *text, const char *after);
static void ngx_shop_notify_form_webhook(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m);
static void ngx_shop_notify_form_member(ngx_shop_emit_t *e,
    const ngx_shop_notify_item_t *item);
static void ngx_shop_notify_form_slack(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m);
static void ngx_shop_notify_form_mattermost(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m);
static void ngx_shop_notify_form_discord(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m);
static void ngx_shop_notify_form_teams(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m);
static void ngx_shop_notify_form_ntfy(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m);
static void ngx_shop_notify_form_pagerduty(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m);
static void ngx_shop_notify_form_opsgenie(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m);
static void ngx_shop_notify_form_mail(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m);
static void ngx_shop_notify_form_subject(ngx_shop_emit_t *e,
    ngx_shop_str_t text);
static ngx_shop_str_t ngx_shop_notify_form_cut(ngx_shop_str_t text,
    size_t max);
static void ngx_shop_notify_form_alias(ngx_shop_notify_form_message_t *m,
    char *buf, size_t size);
static void ngx_shop_notify_form_escape(ngx_shop_emit_t *e,
    ngx_shop_str_t text);
static void ngx_shop_notify_form_path(char *to, size_t size,
    const char *text);


/* by number of ngx_shop_notify_form_e; bearer: how the key is sent */
static const struct {
    ngx_shop_notify_form_pt   make;
    const char               *bearer;
} ngx_shop_notify_form_rows[] = {
    { ngx_shop_notify_form_webhook, "Bearer" },
    { ngx_shop_notify_form_slack, NULL },
    { ngx_shop_notify_form_teams, NULL },
    { ngx_shop_notify_form_mattermost, NULL },
    { ngx_shop_notify_form_discord, NULL },
    { ngx_shop_notify_form_ntfy, "Bearer" },
    { ngx_shop_notify_form_pagerduty, NULL },
    { ngx_shop_notify_form_opsgenie, "GenieKey" },
    { ngx_shop_notify_form_mail, NULL },
    { ngx_shop_notify_form_webhook, NULL }
};


/* by number of ngx_shop_notify_kind_e */
static const char  *ngx_shop_notify_form_kinds[] = {
    "state", "eased", "resolved", "silent", "eta_passed", "update_overdue",
    "closing", "refused", "flag_unreadable", "events_lost", "unproved", "drill"
};


int
ngx_shop_notify_form_make(ngx_shop_notify_t *n, unsigned route,
    ngx_shop_notify_form_t *form)
{
    unsigned                         i;
    ngx_shop_emit_t                  e;
    ngx_shop_notify_form_message_t   m;
    const ngx_shop_notify_item_t    *item;
    static char                      key[NGX_SHOP_NOTIFY_SECRET];
    static unsigned char             title[NGX_SHOP_NOTIFY_TEXT];
    static unsigned char             text[NGX_SHOP_NOTIFY_FORM_TEXT];

    memset(&m, 0, sizeof(m));
    m.n = n;
    m.route = route;
    m.conf = &n->conf->routes[route];
    m.box = &n->boxes[route];
    m.form = form;
    m.key = key;

    for (i = 0; i < n->nitems[route]; i++) {
        item = &n->items[route][i];

        if (!item->taken) {
            continue;
        }

        m.count++;
        m.drill |= (item->kind == NGX_SHOP_NOTIFY_DRILL);

        if (m.first == NULL || item->worst < m.first->worst) {
            m.first = item;
        }
    }

    if (m.first == NULL) {
        return NGX_SHOP_ERROR;
    }

    (void) snprintf(form->id, sizeof(form->id), "%lx-%ld",
                    (unsigned long) n->mark.nonce, (long) m.box->id);

    if (ngx_shop_notify_form_open(&m, key) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    ngx_shop_notify_form_text(&m, title, text);

    ngx_shop_emit_init(&e, form->body, sizeof(form->body));
    ngx_shop_notify_form_rows[m.conf->form].make(&e, &m);
    form->size = (size_t) (e.pos - e.start);
    memset(key, 0, sizeof(key));

    if (e.failed) {
        (void) ngx_shop_say_error("route %s: a message is too long",
                                  m.conf->name);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* secrets are read each time: who changes one need not restart anything */

static int
ngx_shop_notify_form_open(ngx_shop_notify_form_message_t *m, char *key)
{
    const char              *bearer;
    ngx_shop_notify_form_t  *form;

    form = m->form;
    form->auth[0] = '\0';
    form->url[0] = '\0';
    key[0] = '\0';

    if (m->conf->url_file) {
        if (ngx_shop_notify_conf_secret(m->conf->url_file, form->url,
                                        NGX_SHOP_NOTIFY_SECRET)
            != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }

    } else if (m->conf->url) {
        (void) snprintf(form->url, NGX_SHOP_NOTIFY_SECRET, "%s", m->conf->url);
    }

    if (m->conf->key_file == NULL) {
        return NGX_SHOP_OK;
    }

    if (ngx_shop_notify_conf_secret(m->conf->key_file, key,
                                    NGX_SHOP_NOTIFY_SECRET)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    bearer = ngx_shop_notify_form_rows[m->conf->form].bearer;

    if (bearer) {
        (void) snprintf(form->auth, sizeof(form->auth), "Authorization: %s %s",
                        bearer, key);
    }

    return NGX_SHOP_OK;
}


static void
ngx_shop_notify_form_text(ngx_shop_notify_form_message_t *m,
    unsigned char *title, unsigned char *text)
{
    int64_t                        more;
    unsigned                       i;
    ngx_shop_emit_t                e;
    const ngx_shop_notify_item_t  *item;

    ngx_shop_emit_init(&e, title, NGX_SHOP_NOTIFY_TEXT - 16);

    if (m->drill) {
        ngx_shop_emit_text(&e, "[DRILL] ");
    }

    ngx_shop_notify_form_line(&e, "", m->first->kind
                              == NGX_SHOP_NOTIFY_RESOLVED ? "resolved"
                              : ngx_shop_notify_conf_level(
                                    (unsigned) m->first->level), " ");
    ngx_shop_notify_form_line(&e, "", m->first->site, ": ");
    ngx_shop_emit_text(&e, m->first->title);

    if (m->count > 1) {
        ngx_shop_emit_text(&e, " (and ");
        ngx_shop_emit_number(&e, m->count - 1);
        ngx_shop_emit_text(&e, " more)");
    }

    m->title.data = title;
    m->title.len = (size_t) (e.pos - e.start);

    ngx_shop_emit_init(&e, text, NGX_SHOP_NOTIFY_FORM_TEXT);

    for (i = 0, more = m->box->more; i < m->n->nitems[m->route]; i++) {
        item = &m->n->items[m->route][i];

        if (item->taken && e.last - e.pos < NGX_SHOP_NOTIFY_FORM_ROOM) {
            more++;

        } else if (item->taken) {
            ngx_shop_notify_form_item(&e, m, item);
        }
    }

    if (more) {
        ngx_shop_emit_text(&e, "... and ");
        ngx_shop_emit_number(&e, more);
        ngx_shop_emit_text(&e, " more, for which there is no room: shopctl "
                               "status\n");
    }

    if (m->box->doubt) {
        ngx_shop_emit_text(&e, "(You may have had this message before.)\n");
    }

    if (m->n->conf->screen) {
        ngx_shop_notify_form_line(&e, "Screen: ", m->n->conf->screen, "\n");
    }

    m->text.data = text;
    m->text.len = (size_t) (e.pos - e.start);
}


static void
ngx_shop_notify_form_item(ngx_shop_emit_t *e,
    const ngx_shop_notify_form_message_t *m,
    const ngx_shop_notify_item_t *item)
{
    size_t         len;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    if (item->kind == NGX_SHOP_NOTIFY_DRILL) {
        ngx_shop_emit_text(e, "DRILL: nothing has happened.\n");
    }

    ngx_shop_notify_form_line(e, "", item->kind == NGX_SHOP_NOTIFY_RESOLVED
                              ? "resolved" : ngx_shop_notify_conf_level(
                                                 (unsigned) item->level), " ");
    ngx_shop_notify_form_line(e, "", item->site, ": ");
    ngx_shop_notify_form_line(e, "", item->title, ".\n");

    if (m->count > NGX_SHOP_NOTIFY_FORM_FEW) {
        return;
    }

    if (item->since) {
        len = ngx_shop_times_local(buf, item->since / 1000);
        ngx_shop_emit_text(e, "Since ");
        ngx_shop_emit_raw(e, buf, len);
        ngx_shop_emit_text(e, ".\n");
    }

    if (item->changes > 1) {
        ngx_shop_emit_number(e, item->changes);
        ngx_shop_notify_form_line(e, " changes since the last message, the "
                                  "worst was ", ngx_shop_notify_conf_level(
                                      (unsigned) item->worst), ".\n");
    }

    ngx_shop_notify_form_line(e, "", item->detail, "\n");
    ngx_shop_notify_form_line(e, "Visitors read: ", item->text, "\n");
    ngx_shop_notify_form_line(e, "Type: ", item->todo, "\n");
    ngx_shop_emit_text(e, "\n");
}


static void
ngx_shop_notify_form_line(ngx_shop_emit_t *e, const char *before,
    const char *text, const char *after)
{
    if (*text) {
        ngx_shop_emit_text(e, before);
        ngx_shop_emit_text(e, text);
        ngx_shop_emit_text(e, after);
    }
}


/* ours: docs/notify.schema.json */

static void
ngx_shop_notify_form_webhook(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m)
{
    int64_t                        more;
    unsigned                       i;
    const ngx_shop_notify_item_t  *item;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_int(e, "v", 1);
    ngx_shop_emit_cstr(e, "id", m->form->id);
    ngx_shop_emit_cstr(e, "host", m->n->conf->host);
    ngx_shop_emit_bool(e, "drill", (int) m->drill);
    ngx_shop_emit_bool(e, "repeat", m->box->doubt != 0);
    ngx_shop_emit_str(e, "title", &m->title);
    ngx_shop_emit_str(e, "text", &m->text);
    ngx_shop_emit_array(e, "news");

    for (i = 0, more = m->box->more; i < m->n->nitems[m->route]; i++) {
        item = &m->n->items[m->route][i];

        if (item->taken && e->last - e->pos < NGX_SHOP_NOTIFY_FORM_NEWS) {
            more++;

        } else if (item->taken) {
            ngx_shop_notify_form_member(e, item);
        }
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_int(e, "more", more);
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_text(e, "\n");
}


static void
ngx_shop_notify_form_member(ngx_shop_emit_t *e,
    const ngx_shop_notify_item_t *item)
{
    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "kind", ngx_shop_notify_form_kinds[item->kind]);
    ngx_shop_emit_cstr(e, "site", item->site);
    ngx_shop_emit_cstr(e, "severity",
                       ngx_shop_notify_conf_level((unsigned) item->level));
    ngx_shop_emit_cstr(e, "worst",
                       ngx_shop_notify_conf_level((unsigned) item->worst));
    ngx_shop_emit_cstr(e, "state", ngx_shop_site_name((unsigned) item->state));
    ngx_shop_emit_time(e, "time", item->time / 1000);
    ngx_shop_emit_time(e, "since", item->since / 1000);
    ngx_shop_emit_int(e, "incident", item->incident);
    ngx_shop_emit_int(e, "changes", item->changes);

    if (item->class[0]) {
        ngx_shop_emit_cstr(e, "class", item->class);
    }

    ngx_shop_emit_cstr(e, "title", item->title);
    ngx_shop_emit_cstr(e, "detail", item->detail);
    ngx_shop_emit_cstr(e, "visitors_read", item->text);
    ngx_shop_emit_cstr(e, "type", item->todo);
    ngx_shop_emit_close(e, '}');
}


/* https://api.slack.com/messaging/webhooks; &, < and > are its markup */

static void
ngx_shop_notify_form_slack(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m)
{
    ngx_shop_emit_t       text;
    ngx_shop_str_t        s;
    static unsigned char  buf[3 * NGX_SHOP_NOTIFY_FORM_TEXT];

    ngx_shop_emit_init(&text, buf, sizeof(buf));
    ngx_shop_notify_form_escape(&text, m->text);
    s.data = buf;
    s.len = (size_t) (text.pos - buf);

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "text", &s);
    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_notify_form_escape(ngx_shop_emit_t *e, ngx_shop_str_t text)
{
    size_t  i;

    for (i = 0; i < text.len; i++) {
        switch (text.data[i]) {

        case '&':
            ngx_shop_emit_text(e, "&amp;");
            break;

        case '<':
            ngx_shop_emit_text(e, "&lt;");
            break;

        case '>':
            ngx_shop_emit_text(e, "&gt;");
            break;

        default:
            ngx_shop_emit_raw(e, &text.data[i], 1);
        }
    }
}


/* https://developers.mattermost.com/integrate/webhooks/incoming/ */

static void
ngx_shop_notify_form_mattermost(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m)
{
    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "text", &m->text);
    ngx_shop_emit_close(e, '}');
}


/* https://discord.com/developers/docs/resources/webhook; nobody is pinged */

static void
ngx_shop_notify_form_discord(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m)
{
    ngx_shop_str_t  text;

    text = ngx_shop_notify_form_cut(m->text, 1900);

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_str(e, "content", &text);
    ngx_shop_emit_object(e, "allowed_mentions");
    ngx_shop_emit_array(e, "parse");
    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_close(e, '}');
}


/* an Adaptive Card, as webhooks of Teams' workflows take it */

static void
ngx_shop_notify_form_teams(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m)
{
    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "type", "message");
    ngx_shop_emit_array(e, "attachments");
    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "contentType",
                       "application/vnd.microsoft.card.adaptive");
    ngx_shop_emit_null(e, "contentUrl");
    ngx_shop_emit_object(e, "content");
    ngx_shop_emit_cstr(e, "$schema",
                       "http://adaptivecards.io/schemas/adaptive-card.json");
    ngx_shop_emit_cstr(e, "type", "AdaptiveCard");
    ngx_shop_emit_cstr(e, "version", "1.4");
    ngx_shop_emit_array(e, "body");

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "type", "TextBlock");
    ngx_shop_emit_cstr(e, "weight", "bolder");
    ngx_shop_emit_bool(e, "wrap", 1);
    ngx_shop_emit_str(e, "text", &m->title);
    ngx_shop_emit_close(e, '}');

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "type", "TextBlock");
    ngx_shop_emit_bool(e, "wrap", 1);
    ngx_shop_emit_str(e, "text", &m->text);
    ngx_shop_emit_close(e, '}');

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_close(e, '}');
}


/* https://docs.ntfy.sh/publish/#publish-as-json */

static void
ngx_shop_notify_form_ntfy(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m)
{
    ngx_shop_str_t     text;
    static const char  priority[] = { 3, 5, 4, 3, 2, 3 };

    text = ngx_shop_notify_form_cut(m->text, 3900);

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "topic", m->conf->topic);
    ngx_shop_emit_str(e, "title", &m->title);
    ngx_shop_emit_str(e, "message", &text);
    ngx_shop_emit_int(e, "priority", priority[m->first->level]);

    if (m->n->conf->screen) {
        ngx_shop_emit_cstr(e, "click", m->n->conf->screen);
    }

    ngx_shop_emit_close(e, '}');
}


/* one alarm of a site: what opens it and what closes it have the same name */

static void
ngx_shop_notify_form_alias(ngx_shop_notify_form_message_t *m, char *buf,
    size_t size)
{
    const char  *kind;

    kind = m->first->kind <= NGX_SHOP_NOTIFY_RESOLVED
           ? "state" : ngx_shop_notify_form_kinds[m->first->kind];

    (void) snprintf(buf, size, "shop-%lx-%s-%.200s%s",
                    (unsigned long) m->n->mark.nonce, kind, m->first->site,
                    m->drill ? m->form->id : "");
}


/* https://developer.pagerduty.com/docs/send-alert-event */

static void
ngx_shop_notify_form_pagerduty(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m)
{
    char            alias[320];
    ngx_shop_str_t  summary;

    static const char  *severity[] = {
        "info", "critical", "error", "warning", "info", "info"
    };

    ngx_shop_notify_form_alias(m, alias, 255);
    summary = ngx_shop_notify_form_cut(m->title, 1000);

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "routing_key", m->key);
    ngx_shop_emit_cstr(e, "event_action",
                       m->first->kind == NGX_SHOP_NOTIFY_RESOLVED
                       ? "resolve" : "trigger");
    ngx_shop_emit_cstr(e, "dedup_key", alias);
    ngx_shop_emit_object(e, "payload");
    ngx_shop_emit_str(e, "summary", &summary);
    ngx_shop_emit_cstr(e, "source", m->n->conf->host);
    ngx_shop_emit_cstr(e, "severity", severity[m->first->level]);
    ngx_shop_emit_time(e, "timestamp", m->first->time / 1000);
    ngx_shop_emit_cstr(e, "component", m->first->site[0] ? m->first->site
                                                         : "shop");
    ngx_shop_emit_object(e, "custom_details");
    ngx_shop_emit_str(e, "text", &m->text);
    ngx_shop_emit_cstr(e, "id", m->form->id);
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_close(e, '}');

    if (m->n->conf->screen) {
        ngx_shop_emit_array(e, "links");
        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_cstr(e, "href", m->n->conf->screen);
        ngx_shop_emit_cstr(e, "text", "Screen");
        ngx_shop_emit_close(e, '}');
        ngx_shop_emit_close(e, ']');
    }

    ngx_shop_emit_close(e, '}');
}


/* https://docs.opsgenie.com/docs/alert-api */

static void
ngx_shop_notify_form_opsgenie(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m)
{
    char            alias[320], path[1024];
    size_t          len;
    ngx_shop_str_t  message;

    static const char  *priority[] = { "P3", "P1", "P2", "P3", "P4", "P5" };

    ngx_shop_notify_form_alias(m, alias, sizeof(alias));

    ngx_shop_emit_object(e, NULL);

    if (m->first->kind == NGX_SHOP_NOTIFY_RESOLVED) {
        ngx_shop_notify_form_path(path, sizeof(path), alias);
        len = strlen(m->form->url);
        (void) snprintf(m->form->url + len, sizeof(m->form->url) - len,
                        "/%s/close?identifierType=alias", path);
        ngx_shop_emit_str(e, "note", &m->text);
        ngx_shop_emit_cstr(e, "source", m->n->conf->host);
        ngx_shop_emit_close(e, '}');
        return;
    }

    message = ngx_shop_notify_form_cut(m->title, 130);
    ngx_shop_emit_str(e, "message", &message);
    ngx_shop_emit_cstr(e, "alias", alias);
    ngx_shop_emit_str(e, "description", &m->text);
    ngx_shop_emit_cstr(e, "priority", priority[m->first->level]);
    ngx_shop_emit_cstr(e, "entity", m->first->site[0] ? m->first->site
                                                      : "shop");
    ngx_shop_emit_cstr(e, "source", m->n->conf->host);
    ngx_shop_emit_close(e, '}');
}


static void
ngx_shop_notify_form_path(char *to, size_t size, const char *text)
{
    char  *last;

    for (last = to + size - 4; *text && to < last; text++) {
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                   "0123456789-._~", *text))
        {
            *to++ = *text;
            continue;
        }

        to += snprintf(to, 4, "%%%02X", (unsigned) (unsigned char) *text);
    }

    *to = '\0';
}


/* RFC 5322, for "sendmail -i -t" */

static void
ngx_shop_notify_form_mail(ngx_shop_emit_t *e,
    ngx_shop_notify_form_message_t *m)
{
    char       date[64];
    time_t     t;
    struct tm  tm;

    t = (time_t) (ngx_shop_notify_store_now() / 1000);
    (void) gmtime_r(&t, &tm);
    (void) strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &tm);

    if (m->conf->from) {
        ngx_shop_notify_form_line(e, "From: ", m->conf->from, "\n");
    }

    ngx_shop_notify_form_line(e, "To: ", m->conf->to, "\n");
    ngx_shop_emit_text(e, "Subject: ");
    ngx_shop_notify_form_subject(e, m->title);
    ngx_shop_notify_form_line(e, "\nDate: ", date, "\n");
    ngx_shop_notify_form_line(e, "Message-ID: <", m->form->id, "@");
    ngx_shop_notify_form_line(e, "", m->n->conf->host, ">\n");
    ngx_shop_emit_text(e, "Auto-Submitted: auto-generated\n"
                          "MIME-Version: 1.0\n"
                          "Content-Type: text/plain; charset=utf-8\n"
                          "Content-Transfer-Encoding: 8bit\n\n");
    ngx_shop_emit_raw(e, m->text.data, m->text.len);
}


/* RFC 2047: encoded words of at most 75 characters, whole ones of UTF-8 */

static void
ngx_shop_notify_form_subject(ngx_shop_emit_t *e, ngx_shop_str_t text)
{
    char           hex[4];
    size_t         i, room, len;
    unsigned char  c;

    text = ngx_shop_notify_form_cut(text, 200);

    for (i = 0; i < text.len && text.data[i] >= 0x20 && text.data[i] < 0x7F;
         i++)
    {
        /* void */
    }

    if (i == text.len) {
        ngx_shop_emit_raw(e, text.data, text.len);
        return;
    }

    room = 0;

    for (i = 0; i < text.len; i++) {
        c = text.data[i];
        len = (c >= 0xF0) ? 12 : (c >= 0xE0) ? 9 : (c >= 0xC0) ? 6 : 3;

        if ((c & 0xC0) != 0x80 && room < len) {
            ngx_shop_emit_text(e, i ? "?=\n =?UTF-8?Q?" : "=?UTF-8?Q?");
            room = 60;
        }

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9'))
        {
            ngx_shop_emit_raw(e, &c, 1);
            room--;
            continue;
        }

        (void) snprintf(hex, sizeof(hex), "=%02X", (unsigned) c);
        ngx_shop_emit_text(e, hex);
        room -= 3;
    }

    ngx_shop_emit_text(e, "?=");
}


static ngx_shop_str_t
ngx_shop_notify_form_cut(ngx_shop_str_t text, size_t max)
{
    if (text.len > max) {
        text.len = max;

        while (text.len && (text.data[text.len] & 0xC0) == 0x80) {
            text.len--;
        }
    }

    return text;
}
