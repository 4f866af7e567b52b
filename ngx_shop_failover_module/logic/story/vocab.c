
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The words for what is and for what happened.
 */


#include "logic/story/vocab.h"
#include "logic/flag/flagset.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


static void ngx_shop_vocab_peer(ngx_shop_emit_t *e,
    const ngx_shop_event_t *event);
static void ngx_shop_vocab_upstream(ngx_shop_emit_t *e,
    const ngx_shop_event_t *event);
static void ngx_shop_vocab_site(ngx_shop_emit_t *e,
    const ngx_shop_event_t *event);
static void ngx_shop_vocab_flag(ngx_shop_emit_t *e,
    const ngx_shop_event_t *event);
static void ngx_shop_vocab_incident(ngx_shop_emit_t *e,
    const ngx_shop_event_t *event);
static void ngx_shop_vocab_span(ngx_shop_emit_t *e,
    const ngx_shop_event_t *event, const char *before, ngx_shop_span_t span);


/* by number of ngx_shop_site_e */
static const struct {
    unsigned     rank;                  /* the worse, the larger */
    const char  *visitors;
    const char  *worse;                 /* than before; after "The shop" */
    const char  *better;
} ngx_shop_vocab_sites[] = {

    { 0, "Visitors see the shop",
      "is open", "is open, and all is well" },

    { 1, "Visitors see the shop, but not all its servers are well",
      "has lost redundancy", "is open, but not all its servers are back" },

    { 2, "Visitors see the shop, served by backups",
      "is served by backups", "is open again, served by backups" },

    { 5, "Visitors can look around, but not order",
      "can be looked at, but takes no orders",
      "can be looked at again, but takes no orders" },

    { 7, "Visitors see \342\200\234Sorry, there is a problem\342\200\235",
      "is in an outage: nobody serves", "is in an outage: nobody serves" },

    { 6, "Visitors see \342\200\234Sorry, the shop is closed\342\200\235",
      "is closed, as planned",
      "has its servers back, and only the flag keeps it shut" },

    { 3, "Visitors see the shop again",
      "lets visitors in again", "lets visitors in again" },

    { 4, "Visitors wait in line, or read that many people are shopping",
      "has not room for all its visitors",
      "is open again, but has not room for all its visitors" }
};


/* by number of ngx_shop_site_group_e, which says which is worse */
static const struct {
    const char  *is;
    const char  *worse;
    const char  *better;
} ngx_shop_vocab_groups[] = {
    { "well",
      "is served by all its servers", "is served by all its servers" },

    { "redundancy lost",
      "has lost redundancy: a server is down, aside or slow",
      "serves again, not all its servers are back" },

    { "served by backups",
      "is served by backups", "serves again, by backups" },

    { "in maintenance, as its servers say",
      "is in maintenance, as its servers say",
      "is in maintenance, as its servers say" },

    { "served by nobody",
      "is served by nobody", "is served by nobody" }
};


/* of a server that is up: by the state that it was in */
static const char  *ngx_shop_vocab_ups[] = {
    "is up", "is up", "is up again", "gets visitors again",
    "gets visitors again", "is no longer slow", "gets visitors again",
    "answers again"
};

static const char  *ngx_shop_vocab_peers[] = {
    "is being checked", "is up", "is down", "gets no new visitors, by order",
    "is taken out, by order", "is slow", "is put aside",
    "is silent, to probes as well"
};


typedef char  ngx_shop_vocab_has_all[
    sizeof(ngx_shop_vocab_sites) / sizeof(ngx_shop_vocab_sites[0])
        == NGX_SHOP_SITE_N
    && sizeof(ngx_shop_vocab_groups) / sizeof(ngx_shop_vocab_groups[0])
        == NGX_SHOP_SITE_GROUP_N
    && sizeof(ngx_shop_vocab_ups) / sizeof(char *)
        == NGX_SHOP_VERDICT_STATE_N
    && sizeof(ngx_shop_vocab_peers) / sizeof(char *)
        == NGX_SHOP_VERDICT_STATE_N
    ? 1 : -1];


const char *
ngx_shop_vocab_visitors(unsigned state, unsigned flag, unsigned alone,
    unsigned admitted)
{
    if (alone) {

        /* it began as an outage, and is still told as one */

        state = NGX_SHOP_SITE_OUTAGE;

    } else if (state == NGX_SHOP_SITE_MAINTENANCE
               && flag == NGX_SHOP_FLAGSET_PATHS)
    {
        return "Visitors see the shop, but some of its paths are closed";

    } else if (state == NGX_SHOP_SITE_REOPENING && admitted < 100) {
        return "Visitors are let back in, some after others";
    }

    return state < NGX_SHOP_SITE_N ? ngx_shop_vocab_sites[state].visitors
                                   : "unknown";
}


const char *
ngx_shop_vocab_group(unsigned state)
{
    return state < NGX_SHOP_SITE_GROUP_N ? ngx_shop_vocab_groups[state].is
                                         : "unknown";
}


const char *
ngx_shop_vocab_group_change(unsigned from, unsigned to)
{
    if (to >= NGX_SHOP_SITE_GROUP_N) {
        return "unknown";
    }

    return from > to ? ngx_shop_vocab_groups[to].better
                     : ngx_shop_vocab_groups[to].worse;
}


const char *
ngx_shop_vocab_site_change(unsigned from, unsigned to)
{
    if (from >= NGX_SHOP_SITE_N || to >= NGX_SHOP_SITE_N) {
        return "unknown";
    }

    return ngx_shop_vocab_sites[from].rank > ngx_shop_vocab_sites[to].rank
           ? ngx_shop_vocab_sites[to].better : ngx_shop_vocab_sites[to].worse;
}


const char *
ngx_shop_vocab_peer_change(unsigned from, unsigned to)
{
    if (from >= NGX_SHOP_VERDICT_STATE_N || to >= NGX_SHOP_VERDICT_STATE_N) {
        return "unknown";
    }

    return to == NGX_SHOP_VERDICT_UP ? ngx_shop_vocab_ups[from]
                                     : ngx_shop_vocab_peers[to];
}


size_t
ngx_shop_vocab_event(unsigned char *buf, size_t size,
    const ngx_shop_event_t *event)
{
    ngx_shop_emit_t  e;

    static void (*const  writers[])(ngx_shop_emit_t *e,
                                    const ngx_shop_event_t *event) = {
        ngx_shop_vocab_peer, ngx_shop_vocab_upstream, ngx_shop_vocab_site,
        ngx_shop_vocab_flag, ngx_shop_vocab_incident
    };

    ngx_shop_emit_init(&e, buf, size);

    if (event->type < NGX_SHOP_EVENT_N) {
        writers[event->type](&e, event);
    }

    return (size_t) (e.pos - buf);
}


static void
ngx_shop_vocab_peer(ngx_shop_emit_t *e, const ngx_shop_event_t *event)
{
    ngx_shop_vocab_span(e, event, event->backup ? "Backup server " : "Server ",
                        event->peer);
    ngx_shop_vocab_span(e, event, " of ", event->upstream);
    ngx_shop_emit_text(e, " ");
    ngx_shop_emit_text(e, ngx_shop_vocab_peer_change(event->from, event->to));
    ngx_shop_vocab_span(e, event, ": ", event->detail);
}


static void
ngx_shop_vocab_upstream(ngx_shop_emit_t *e, const ngx_shop_event_t *event)
{
    ngx_shop_str_t  name, by;

    name = ngx_shop_event_get(event, event->upstream);
    by = ngx_shop_event_get(event, event->served_by);

    ngx_shop_vocab_span(e, event, "Upstream ", event->upstream);
    ngx_shop_emit_text(e, " ");

    switch (event->what) {

    case NGX_SHOP_EVENT_PANIC:
        ngx_shop_emit_text(e, "has too few servers that are up: probes are "
                              "ignored");
        return;

    case NGX_SHOP_EVENT_PANIC_OVER:
        ngx_shop_emit_text(e, "heeds its probes again");
        return;

    case NGX_SHOP_EVENT_BLIND:
        ngx_shop_emit_text(e, "lets visitors wait in vain, and its probes "
                              "pass");
        return;

    case NGX_SHOP_EVENT_BLIND_OVER:
        ngx_shop_emit_text(e, "answers visitors again");
        return;

    case NGX_SHOP_EVENT_QUEUE:
        ngx_shop_emit_text(e, "lets visitors wait in line");
        return;

    case NGX_SHOP_EVENT_QUEUE_OVER:
        ngx_shop_emit_text(e, "has no line any more");
        return;

    case NGX_SHOP_EVENT_QUEUE_FULL:
        ngx_shop_emit_text(e, "has a full line: who comes is turned away");
        return;

    case NGX_SHOP_EVENT_SERVING:
        break;

    default:
        ngx_shop_emit_text(e, ngx_shop_vocab_group_change(event->from,
                                                          event->to));
        return;
    }

    if (by.len == name.len && memcmp(by.data, name.data, by.len) == 0) {
        ngx_shop_emit_text(e, "serves itself again");
        return;
    }

    ngx_shop_emit_text(e, by.len ? "is now served by upstream "
                                 : "is served by nobody");
    ngx_shop_emit_raw(e, by.data, by.len);
}


static void
ngx_shop_vocab_site(ngx_shop_emit_t *e, const ngx_shop_event_t *event)
{
    ngx_shop_emit_text(e, "The shop");
    ngx_shop_vocab_span(e, event, " ", event->site);
    ngx_shop_emit_text(e, " ");

    ngx_shop_emit_text(e, ngx_shop_vocab_site_change(event->from,
                                                     event->to));

    if (event->severity) {
        ngx_shop_emit_text(e, ", ");
        ngx_shop_emit_text(e, ngx_shop_event_severity_name(event->severity));
    }
}


static void
ngx_shop_vocab_flag(ngx_shop_emit_t *e, const ngx_shop_event_t *event)
{
    static const char  *words[NGX_SHOP_EVENT_FLAG_N] = {
        "The flag is set", "The flag has changed", "An update for visitors",
        "The flag cannot be read", "The flag is gone"
    };

    if (event->to >= NGX_SHOP_EVENT_FLAG_N) {
        return;
    }

    ngx_shop_emit_text(e, words[event->to]);

    if (event->to != NGX_SHOP_EVENT_REMOVED) {
        ngx_shop_vocab_span(e, event, ": ", event->text);
    }
}


static void
ngx_shop_vocab_incident(ngx_shop_emit_t *e, const ngx_shop_event_t *event)
{
    static const char  *words[NGX_SHOP_EVENT_INCIDENT_N] = {
        " has begun", " has got worse", " is over"
    };

    if (event->to >= NGX_SHOP_EVENT_INCIDENT_N) {
        return;
    }

    ngx_shop_emit_text(e, "Incident ");
    ngx_shop_emit_number(e, event->incident);
    ngx_shop_vocab_span(e, event, " of ", event->site);
    ngx_shop_emit_text(e, words[event->to]);

    if (event->severity && event->to != NGX_SHOP_EVENT_RESOLVED) {
        ngx_shop_emit_text(e, ", ");
        ngx_shop_emit_text(e, ngx_shop_event_severity_name(event->severity));
    }
}


static void
ngx_shop_vocab_span(ngx_shop_emit_t *e, const ngx_shop_event_t *event,
    const char *before, ngx_shop_span_t span)
{
    ngx_shop_str_t  text;

    text = ngx_shop_event_get(event, span);

    if (text.len) {
        ngx_shop_emit_text(e, before);
        ngx_shop_emit_raw(e, text.data, text.len);
    }
}
