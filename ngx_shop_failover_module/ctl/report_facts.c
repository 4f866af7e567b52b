
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the log knows of an incident beside its times: how long it was shut,
 * which words and promises visitors had, and who did something.
 */


#include "ctl/report_facts.h"
#include "logic/judge/site.h"


typedef struct {
    ngx_shop_report_facts_t  *f;
    unsigned                  state;       /* _site_e */
    unsigned                  mode;        /* _flag_mode_e, of the flag */
    int64_t                   since;       /* counted until then, Unix ms */
    int64_t                   eta;         /* promises that are open; 0: none */
    int64_t                   next;
} ngx_shop_report_facts_walk_t;


static void ngx_shop_report_facts_event(ngx_shop_report_facts_walk_t *w,
    const ngx_shop_event_t *event);
static int ngx_shop_report_facts_shut(const ngx_shop_report_facts_walk_t *w);
static void ngx_shop_report_facts_pass(ngx_shop_report_facts_walk_t *w,
    int64_t now);
static void ngx_shop_report_facts_site(ngx_shop_report_facts_walk_t *w,
    const ngx_shop_event_t *event);
static void ngx_shop_report_facts_flag(ngx_shop_report_facts_walk_t *w,
    const ngx_shop_event_t *event);
static void ngx_shop_report_facts_words(ngx_shop_report_facts_walk_t *w,
    const ngx_shop_event_t *event);
static void ngx_shop_report_facts_who(ngx_shop_report_facts_t *f,
    ngx_shop_str_t who);
static void ngx_shop_report_facts_classes(ngx_shop_report_facts_t *f,
    const ngx_shop_incident_t *in);
static int ngx_shop_report_facts_is(ngx_shop_str_t name, const char **words);


void
ngx_shop_report_facts(ngx_shop_log_t *log, const ngx_shop_incident_t *in,
    int64_t now, ngx_shop_report_facts_t *f)
{
    int64_t                        end;
    ngx_shop_str_t                 site, of;
    ngx_shop_event_t               event;
    ngx_shop_report_facts_walk_t   w;

    memset(f, 0, sizeof(ngx_shop_report_facts_t));
    memset(&w, 0, sizeof(ngx_shop_report_facts_walk_t));

    w.f = f;
    f->start = in->first_failure ? in->first_failure : in->began;
    end = in->resolved ? in->resolved : now;
    site = ngx_shop_incident_told_text(in, in->site);

    log->pos = 0;
    log->skipped = 0;

    while (ngx_shop_log_next(log, &event) == NGX_SHOP_OK) {

        of = ngx_shop_event_get(&event, event.site);

        if (event.time <= end
            && (event.type == NGX_SHOP_EVENT_PEER
                || (of.len == site.len
                    && memcmp(of.data, site.data, of.len) == 0)))
        {
            ngx_shop_report_facts_event(&w, &event);
        }
    }

    ngx_shop_report_facts_pass(&w, end);
    ngx_shop_report_facts_classes(f, in);
}


static void
ngx_shop_report_facts_event(ngx_shop_report_facts_walk_t *w,
    const ngx_shop_event_t *event)
{
    if (event->time >= w->f->start) {
        ngx_shop_report_facts_who(w->f, ngx_shop_event_get(event,
                                                           event->who));
    }

    ngx_shop_report_facts_pass(w, event->time);

    if (event->type == NGX_SHOP_EVENT_SITE) {
        ngx_shop_report_facts_site(w, event);

    } else if (event->type == NGX_SHOP_EVENT_FLAG) {
        ngx_shop_report_facts_flag(w, event);
    }
}


/* to all visitors, and all of the shop */

static int
ngx_shop_report_facts_shut(const ngx_shop_report_facts_walk_t *w)
{
    return w->state == NGX_SHOP_SITE_OUTAGE
           || (w->state == NGX_SHOP_SITE_MAINTENANCE
               && w->mode != NGX_SHOP_FLAG_PATHS_ONLY);
}


/* time goes on until then, and nothing happens */

static void
ngx_shop_report_facts_pass(ngx_shop_report_facts_walk_t *w, int64_t now)
{
    int64_t  from;

    from = w->since > w->f->start ? w->since : w->f->start;
    w->since = now;

    if (now < from || !ngx_shop_report_facts_shut(w)) {
        return;
    }

    w->f->shut += now - from;

    if (w->eta && w->eta <= now) {
        w->f->broken++;
        w->eta = 0;
    }

    if (w->next && w->next <= now) {
        w->f->broken++;
        w->next = 0;
    }
}


static void
ngx_shop_report_facts_site(ngx_shop_report_facts_walk_t *w,
    const ngx_shop_event_t *event)
{
    w->state = event->to;

    if (event->time < w->f->start) {
        return;
    }

    w->f->outage |= event->to == NGX_SHOP_SITE_OUTAGE;
    w->f->closed |= event->to == NGX_SHOP_SITE_MAINTENANCE
                    && event->from != NGX_SHOP_SITE_OUTAGE;

    if (ngx_shop_report_facts_shut(w)) {
        w->f->page = w->f->page ? w->f->page : event->time;
        w->eta = event->eta > event->time ? event->eta : w->eta;
        ngx_shop_report_facts_words(w, event);
        return;
    }

    /* it is open again, in time; and no news is due any more */

    w->f->kept += w->eta != 0;
    w->eta = 0;
    w->next = 0;
}


static void
ngx_shop_report_facts_flag(ngx_shop_report_facts_walk_t *w,
    const ngx_shop_event_t *event)
{
    if (event->to == NGX_SHOP_EVENT_REMOVED
        || event->to == NGX_SHOP_EVENT_UNREADABLE)
    {
        return;
    }

    w->mode = event->mode;

    if (event->time < w->f->start) {
        return;
    }

    ngx_shop_report_facts_words(w, event);

    /* news before its time; another promise takes the place of the old one */

    w->f->kept += w->next != 0 && w->next != event->next_update
                  && ngx_shop_report_facts_shut(w);
    w->next = event->next_update > event->time ? event->next_update : 0;
    w->eta = event->eta > event->time ? event->eta : 0;
}


static void
ngx_shop_report_facts_words(ngx_shop_report_facts_walk_t *w,
    const ngx_shop_event_t *event)
{
    if (w->f->words == 0 && event->text.len
        && (ngx_shop_report_facts_shut(w)
            || w->state == NGX_SHOP_SITE_BROWSE))
    {
        w->f->words = event->time;
    }
}


static void
ngx_shop_report_facts_who(ngx_shop_report_facts_t *f, ngx_shop_str_t who)
{
    char      name[NGX_SHOP_REPORT_FACTS_NAME];
    unsigned  i;

    if (who.len == 0) {
        return;
    }

    (void) snprintf(name, sizeof(name), "%.*s", ngx_shop_say_str(who));

    for (i = 0; i < f->nwho; i++) {
        if (strcmp(f->who[i], name) == 0) {
            return;
        }
    }

    if (f->nwho < NGX_SHOP_REPORT_FACTS_WHO) {
        memcpy(f->who[f->nwho++], name, sizeof(name));
    }
}


static void
ngx_shop_report_facts_classes(ngx_shop_report_facts_t *f,
    const ngx_shop_incident_t *in)
{
    int64_t         n;
    unsigned        i;
    ngx_shop_str_t  name;

    static const char  *orders[] = { "checkout", "order", NULL };
    static const char  *callbacks[] = {
        "callback", "webhook", "payment", NULL
    };

    for (i = 0; i < in->nclasses; i++) {
        name = ngx_shop_incident_told_text(in, in->classes[i].name);
        n = in->classes[i].refused + in->classes[i].unknown;

        if (ngx_shop_report_facts_is(name, callbacks)) {
            f->callbacks += n;

        } else if (ngx_shop_report_facts_is(name, orders)) {
            f->orders += n;
        }
    }
}


static int
ngx_shop_report_facts_is(ngx_shop_str_t name, const char **words)
{
    size_t  i, n;

    for ( /* void */ ; *words; words++) {
        n = strlen(*words);

        for (i = 0; i + n <= name.len; i++) {
            if (memcmp(name.data + i, *words, n) == 0) {
                return 1;
            }
        }
    }

    return 0;
}
