
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What became of each site, and what of it is news: worse at once, better only
 * when it has stayed so for the hold, and each time longer where it flaps.
 */


#include "ctl/notify/notify_inside.h"
#include "logic/flag/flagset.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"
#include "logic/story/next.h"
#include "logic/story/vocab.h"


/* ms */
#define NGX_SHOP_NOTIFY_SITES_CAUSE  60000
#define NGX_SHOP_NOTIFY_SITES_HOLD   (30 * 60000)


static void ngx_shop_notify_sites_gap(ngx_shop_notify_t *n,
    const ngx_shop_event_t *event, int64_t now);
static void ngx_shop_notify_sites_site(ngx_shop_notify_t *n,
    const ngx_shop_event_t *event, int64_t now);
static void ngx_shop_notify_sites_flag(ngx_shop_notify_t *n,
    const ngx_shop_event_t *event, int64_t now);
static void ngx_shop_notify_sites_incident(ngx_shop_notify_t *n,
    const ngx_shop_event_t *event, int64_t now);
static void ngx_shop_notify_sites_peer(const ngx_shop_event_t *event);
static void ngx_shop_notify_sites_cause(ngx_shop_notify_site_t *s,
    const ngx_shop_event_t *event);
static int64_t ngx_shop_notify_sites_level(const ngx_shop_event_t *event,
    int64_t before);
static void ngx_shop_notify_sites_words(ngx_shop_notify_site_t *s,
    const ngx_shop_event_t *event, int gone);
static void ngx_shop_notify_sites_alarm(ngx_shop_notify_t *n,
    ngx_shop_notify_site_t *s, int64_t now);
static void ngx_shop_notify_sites_ease(ngx_shop_notify_t *n,
    ngx_shop_notify_site_t *s, int64_t now);
static void ngx_shop_notify_sites_silent(ngx_shop_notify_t *n,
    ngx_shop_notify_site_t *s, int64_t now);
static void ngx_shop_notify_sites_todo(const ngx_shop_notify_site_t *s,
    ngx_shop_notify_item_t *item);
static void ngx_shop_notify_sites_copy(char *to, size_t size,
    ngx_shop_str_t text);


/* the last servers that went down, of any upstream; not kept on disk */
static struct {
    int64_t  at;
    char     upstream[NGX_SHOP_NOTIFY_SITE];
    char     text[NGX_SHOP_NOTIFY_TEXT];
} ngx_shop_notify_sites_downs[16];

static unsigned  ngx_shop_notify_sites_ndowns;


void
ngx_shop_notify_sites_event(ngx_shop_notify_t *n,
    const ngx_shop_event_t *event, int64_t now)
{
    ngx_shop_notify_sites_gap(n, event, now);
    n->mark.seq = event->seq;
    n->mark.events++;

    switch (event->type) {

    case NGX_SHOP_EVENT_PEER:
        ngx_shop_notify_sites_peer(event);
        break;

    case NGX_SHOP_EVENT_SITE:
        ngx_shop_notify_sites_site(n, event, now);
        break;

    case NGX_SHOP_EVENT_FLAG:
        ngx_shop_notify_sites_flag(n, event, now);
        break;

    case NGX_SHOP_EVENT_INCIDENT:
        ngx_shop_notify_sites_incident(n, event, now);
        break;

    default:
        break;
    }
}


/* seq begins anew with nginx; what is left out above it nobody can read */

static void
ngx_shop_notify_sites_gap(ngx_shop_notify_t *n, const ngx_shop_event_t *event,
    int64_t now)
{
    int64_t                 lost;
    ngx_shop_notify_item_t  item;

    lost = event->seq - n->mark.seq - 1;

    if (n->fresh || n->mark.seq == 0 || lost <= 0) {
        return;
    }

    n->mark.lost += lost;
    memset(&item, 0, sizeof(item));
    item.kind = NGX_SHOP_NOTIFY_LOST;
    item.level = NGX_SHOP_NOTIFY_P3;
    item.worst = item.level;
    item.time = now;
    (void) snprintf(item.title, sizeof(item.title), "%ld events are missing in "
                    "the event log", (long) lost);
    (void) snprintf(item.detail, sizeof(item.detail), "Before the one of "
                    "number %ld: a log was taken away, or could not be "
                    "written", (long) event->seq);
    (void) snprintf(item.todo, sizeof(item.todo), "shopctl status");

    ngx_shop_notify_box_put(n, &item, now);
}


ngx_shop_notify_site_t *
ngx_shop_notify_sites_get(ngx_shop_notify_t *n, ngx_shop_str_t name)
{
    unsigned                 i;
    ngx_shop_notify_site_t  *s;

    for (i = 0; i < n->nsites; i++) {
        s = &n->sites[i];

        if (strlen(s->name) == name.len
            && memcmp(s->name, name.data, name.len) == 0)
        {
            return s;
        }
    }

    if (n->nsites == NGX_SHOP_NOTIFY_SITES
        || name.len >= NGX_SHOP_NOTIFY_SITE)
    {
        return NULL;
    }

    s = &n->sites[n->nsites++];
    memset(s, 0, sizeof(ngx_shop_notify_site_t));
    ngx_shop_notify_sites_copy(s->name, sizeof(s->name), name);
    s->level = NGX_SHOP_NOTIFY_WELL;
    s->told = NGX_SHOP_NOTIFY_WELL;

    return s;
}


static void
ngx_shop_notify_sites_copy(char *to, size_t size, ngx_shop_str_t text)
{
    text.len = text.len < size ? text.len : size - 1;

    while (text.len && (text.data[text.len] & 0xC0) == 0x80) {
        text.len--;
    }

    memcpy(to, text.data, text.len);
    to[text.len] = '\0';
}


static void
ngx_shop_notify_sites_peer(const ngx_shop_event_t *event)
{
    size_t    len;
    unsigned  i;

    if (event->to != NGX_SHOP_VERDICT_DOWN) {
        return;
    }

    i = ngx_shop_notify_sites_ndowns++ % 16;
    ngx_shop_notify_sites_downs[i].at = event->time;
    ngx_shop_notify_sites_copy(ngx_shop_notify_sites_downs[i].upstream,
                               NGX_SHOP_NOTIFY_SITE,
                               ngx_shop_event_get(event, event->upstream));

    len = ngx_shop_vocab_event((unsigned char *)
                               ngx_shop_notify_sites_downs[i].text,
                               NGX_SHOP_NOTIFY_TEXT - 1, event);
    ngx_shop_notify_sites_downs[i].text[len] = '\0';
}


/* the servers of its upstreams that went down just before */

static void
ngx_shop_notify_sites_cause(ngx_shop_notify_site_t *s,
    const ngx_shop_event_t *event)
{
    size_t          len;
    unsigned        i, k;
    ngx_shop_str_t  all;
    const char     *p, *name;
    char            upstreams[NGX_SHOP_NOTIFY_TEXT];

    all = ngx_shop_event_get(event, event->upstreams);
    upstreams[0] = ' ';
    ngx_shop_notify_sites_copy(upstreams + 1, sizeof(upstreams) - 2, all);
    strcat(upstreams, " ");
    s->cause[0] = '\0';

    for (k = 0; k < 16; k++) {
        i = (ngx_shop_notify_sites_ndowns + k) % 16;
        name = ngx_shop_notify_sites_downs[i].upstream;
        len = strlen(name);

        if (len == 0 || ngx_shop_notify_sites_downs[i].at
                        < event->time - NGX_SHOP_NOTIFY_SITES_CAUSE)
        {
            continue;
        }

        p = all.len ? strstr(upstreams, name) : upstreams;

        while (p && all.len && (p[-1] != ' ' || p[len] != ' ')) {
            p = strstr(p + 1, name);
        }

        if (p && strlen(s->cause) + strlen(ngx_shop_notify_sites_downs[i].text)
                 + 3 < sizeof(s->cause))
        {
            strcat(s->cause, s->cause[0] ? "\n" : "");
            strcat(s->cause, ngx_shop_notify_sites_downs[i].text);
        }
    }
}


/* a site that reopens is no better and no worse than it was */

static int64_t
ngx_shop_notify_sites_level(const ngx_shop_event_t *event, int64_t before)
{
    if (event->severity) {
        return event->severity;
    }

    if (event->to == NGX_SHOP_SITE_REOPENING) {
        return before;
    }

    return event->to == NGX_SHOP_SITE_OPEN ? NGX_SHOP_NOTIFY_WELL
                                           : NGX_SHOP_NOTIFY_PLANNED;
}


static void
ngx_shop_notify_sites_site(ngx_shop_notify_t *n, const ngx_shop_event_t *event,
    int64_t now)
{
    int64_t                  level;
    ngx_shop_notify_site_t  *s;

    s = ngx_shop_notify_sites_get(n, ngx_shop_event_get(event, event->site));

    if (s == NULL) {
        return;
    }

    n->dirty = 1;
    ngx_shop_notify_sites_words(s, event, 0);

    level = ngx_shop_notify_sites_level(event, s->level);
    s->state = event->to;
    s->since = event->time;

    if (level < s->level) {
        ngx_shop_notify_sites_cause(s, event);
    }

    if (level != s->level) {
        s->level = level;
        s->changed = event->time;
    }

    if (!n->fresh && s->level < s->told) {
        ngx_shop_notify_sites_alarm(n, s, now);
    }
}


/* which flag it is, and what visitors read: nothing, once the flag is gone */

static void
ngx_shop_notify_sites_words(ngx_shop_notify_site_t *s,
    const ngx_shop_event_t *event, int gone)
{
    ngx_shop_str_t  flag, text;

    flag = ngx_shop_event_get(event, event->flag);
    text = ngx_shop_event_get(event, event->text);

    if (flag.len < sizeof(s->flag)) {
        ngx_shop_notify_sites_copy(s->flag, sizeof(s->flag), flag);
    }

    if (gone) {
        s->text[0] = '\0';

    } else if (text.len) {
        ngx_shop_notify_sites_copy(s->text, sizeof(s->text), text);
        s->said = event->time;
    }
}


static void
ngx_shop_notify_sites_alarm(ngx_shop_notify_t *n, ngx_shop_notify_site_t *s,
    int64_t now)
{
    ngx_shop_notify_item_t  item;

    if (s->told == NGX_SHOP_NOTIFY_WELL) {
        s->alarms = s->changed - s->alarmed > NGX_SHOP_NOTIFY_HOUR
                    ? 1 : s->alarms + 1;
        s->alarmed = s->changed;
        s->escalated = 0;
    }

    s->told = s->level;

    memset(&item, 0, sizeof(item));
    item.kind = NGX_SHOP_NOTIFY_STATE;
    item.level = s->level;
    item.worst = s->level;
    item.time = now;
    item.since = s->since;
    item.state = s->state;
    item.incident = s->incident;
    strcpy(item.site, s->name);
    strcpy(item.detail, s->cause);
    strcpy(item.text, s->text);
    (void) snprintf(item.title, sizeof(item.title), "%s",
                    ngx_shop_vocab_visitors((unsigned) s->state, 0, 0, 0));

    ngx_shop_notify_sites_todo(s, &item);
    ngx_shop_notify_box_put(n, &item, now);
}


static void
ngx_shop_notify_sites_todo(const ngx_shop_notify_site_t *s,
    ngx_shop_notify_item_t *item)
{
    ngx_shop_next_t          next;
    ngx_shop_next_command_t  commands[NGX_SHOP_NEXT_MAX];

    memset(&next, 0, sizeof(next));
    next.state = (unsigned) s->state;
    next.configured = (s->flag[0] != '\0');
    next.flag = s->state == NGX_SHOP_SITE_MAINTENANCE
                ? NGX_SHOP_FLAGSET_FULL : NGX_SHOP_FLAGSET_NONE;
    next.now = item->time / 1000;

    if (s->level == NGX_SHOP_NOTIFY_P3
        || ngx_shop_next(&next, commands) == 0)
    {
        (void) snprintf(item->todo, sizeof(item->todo), "shopctl status");
        return;
    }

    (void) snprintf(item->todo, sizeof(item->todo) - 8, "shopctl %s%s%s",
                    commands[0].command,
                    commands[0].flag && s->flag[0] ? " --flag " : "",
                    commands[0].flag ? s->flag : "");
}


static void
ngx_shop_notify_sites_flag(ngx_shop_notify_t *n, const ngx_shop_event_t *event,
    int64_t now)
{
    ngx_shop_notify_item_t   item;
    ngx_shop_notify_site_t  *s;

    s = ngx_shop_notify_sites_get(n, ngx_shop_event_get(event, event->site));

    if (s == NULL) {
        return;
    }

    n->dirty = 1;
    ngx_shop_notify_sites_words(s, event,
                                event->to == NGX_SHOP_EVENT_REMOVED);

    if (event->to != NGX_SHOP_EVENT_UNREADABLE || n->fresh) {
        return;
    }

    memset(&item, 0, sizeof(item));
    item.kind = NGX_SHOP_NOTIFY_UNREADABLE;
    item.level = NGX_SHOP_NOTIFY_P2;
    item.worst = item.level;
    item.time = now;
    item.state = s->state;
    strcpy(item.site, s->name);
    (void) snprintf(item.title, sizeof(item.title),
                    "The flag cannot be read, and closes the shop");
    (void) snprintf(item.detail, sizeof(item.detail), "%s: %s", s->flag,
                    event->error ? strerror((int) event->error) : "too large");
    (void) snprintf(item.todo, sizeof(item.todo) - 8, "shopctl check %s",
                    s->flag);

    ngx_shop_notify_box_put(n, &item, now);
}


/* what was refused is told with each news of the incident */

static void
ngx_shop_notify_sites_incident(ngx_shop_notify_t *n,
    const ngx_shop_event_t *event, int64_t now)
{
    unsigned                       i;
    ngx_shop_notify_item_t         item;
    ngx_shop_notify_site_t        *s;
    const ngx_shop_event_class_t  *class;

    s = ngx_shop_notify_sites_get(n, ngx_shop_event_get(event, event->site));

    if (s == NULL) {
        return;
    }

    s->incident = event->incident;
    n->dirty = 1;

    for (i = 0; i < event->nclasses && !n->fresh; i++) {
        class = &event->classes[i];

        if (class->refused == 0 && class->unknown == 0) {
            continue;
        }

        memset(&item, 0, sizeof(item));
        item.kind = NGX_SHOP_NOTIFY_REFUSED;
        item.level = event->severity ? event->severity
                                     : NGX_SHOP_NOTIFY_PLANNED;
        item.worst = item.level;
        item.time = now;
        item.state = s->state;
        item.incident = event->incident;
        strcpy(item.site, s->name);
        ngx_shop_notify_sites_copy(item.class, sizeof(item.class),
                                   ngx_shop_event_get(event, class->name));
        (void) snprintf(item.title, sizeof(item.title), "%ld requests of "
                        "class %s were refused, %ld are of unknown outcome",
                        (long) class->refused, item.class,
                        (long) class->unknown);
        (void) snprintf(item.todo, sizeof(item.todo), "shopctl report");

        ngx_shop_notify_box_put(n, &item, now);
    }
}


/* after each batch, and now and then: what time alone makes news */

void
ngx_shop_notify_sites_tick(ngx_shop_notify_t *n, int64_t now)
{
    int64_t                  hold;
    unsigned                 i;
    ngx_shop_notify_site_t  *s;

    for (i = 0; i < n->nsites; i++) {
        s = &n->sites[i];

        if (s->level < s->told) {
            ngx_shop_notify_sites_alarm(n, s, now);
            continue;
        }

        hold = n->conf->hold << (s->alarms > 5 ? 4 : s->alarms > 1
                                                     ? s->alarms - 1 : 0);
        hold = hold < NGX_SHOP_NOTIFY_SITES_HOLD
               || hold == n->conf->hold ? hold : NGX_SHOP_NOTIFY_SITES_HOLD;

        if (s->level > s->told && s->state != NGX_SHOP_SITE_REOPENING
            && (now - s->changed >= hold || now < s->changed))
        {
            ngx_shop_notify_sites_ease(n, s, now);
            continue;
        }

        ngx_shop_notify_sites_silent(n, s, now);
    }
}


static void
ngx_shop_notify_sites_ease(ngx_shop_notify_t *n, ngx_shop_notify_site_t *s,
    int64_t now)
{
    size_t                  len;
    ngx_shop_notify_item_t  item;

    memset(&item, 0, sizeof(item));
    item.kind = s->level == NGX_SHOP_NOTIFY_WELL ? NGX_SHOP_NOTIFY_RESOLVED
                                                 : NGX_SHOP_NOTIFY_EASED;
    item.level = s->level;
    item.worst = s->told;
    item.time = now;
    item.since = s->since;
    item.state = s->state;
    item.incident = s->incident;
    strcpy(item.site, s->name);

    if (item.kind == NGX_SHOP_NOTIFY_RESOLVED) {
        (void) snprintf(item.title, sizeof(item.title),
                        "Visitors see the shop, and all is well");
        len = ngx_shop_event_time((unsigned char *) item.detail, s->alarmed);
        (void) snprintf(item.detail + len, sizeof(item.detail) - len,
                        ": it began%s", s->alarms > 1
                        ? "; it was not the first time within an hour" : "");
        (void) snprintf(item.todo, sizeof(item.todo), "shopctl report");

    } else {
        (void) snprintf(item.title, sizeof(item.title), "%s",
                        ngx_shop_vocab_visitors((unsigned) s->state, 0, 0, 0));
        ngx_shop_notify_sites_todo(s, &item);
    }

    s->told = s->level;
    n->dirty = 1;
    ngx_shop_notify_box_put(n, &item, now);
}


/* "after=30m to=boss": visitors were told nothing for so long */

static void
ngx_shop_notify_sites_silent(ngx_shop_notify_t *n, ngx_shop_notify_site_t *s,
    int64_t now)
{
    unsigned                 i;
    ngx_shop_notify_item_t   item;
    ngx_shop_notify_step_t  *step;

    if (s->told > NGX_SHOP_NOTIFY_P2 || s->level > NGX_SHOP_NOTIFY_P2
        || s->said >= s->alarmed)
    {
        return;
    }

    for (i = 0; i < n->conf->nsteps; i++) {
        step = &n->conf->steps[i];

        if ((s->escalated & ((int64_t) 1 << i))
            || now - s->alarmed < step->after)
        {
            continue;
        }

        s->escalated |= (int64_t) 1 << i;

        memset(&item, 0, sizeof(item));
        item.kind = NGX_SHOP_NOTIFY_SILENT;
        item.level = s->level;
        item.worst = s->level;
        item.time = now;
        item.since = s->alarmed;
        item.state = s->state;
        item.incident = s->incident;
        strcpy(item.site, s->name);
        strcpy(item.detail, s->cause);
        (void) snprintf(item.title, sizeof(item.title), "For %ld minutes "
                        "nobody has told visitors anything",
                        (long) ((now - s->alarmed) / 60000));
        ngx_shop_notify_sites_todo(s, &item);
        ngx_shop_notify_box_put_one(n, step->route, &item, now);
    }
}
