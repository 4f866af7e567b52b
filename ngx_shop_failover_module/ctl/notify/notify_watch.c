
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What flags promise, and whether it is kept: an ETA, a next update, a closing
 * that comes.  The files are read as nginx reads them.
 */


#include <stdlib.h>

#include "ctl/flags.h"
#include "ctl/notify/notify_inside.h"
#include "logic/flag/times.h"
#include "logic/judge/site.h"


/* ms between two looks; and how long after its time a promise is broken */
#define NGX_SHOP_NOTIFY_WATCH_EVERY  5000
#define NGX_SHOP_NOTIFY_WATCH_LATE   60


static void ngx_shop_notify_watch_given(ngx_shop_notify_t *n);
static void ngx_shop_notify_watch_site(ngx_shop_notify_t *n,
    ngx_shop_notify_site_t *s, int64_t now);
static void ngx_shop_notify_watch_promises(ngx_shop_notify_t *n,
    ngx_shop_notify_site_t *s, const ngx_shop_flag_notice_t *notice,
    int64_t now);
static void ngx_shop_notify_watch_closing(ngx_shop_notify_t *n,
    ngx_shop_notify_site_t *s, const ngx_shop_flag_notice_t *notice,
    int64_t now);
static void ngx_shop_notify_watch_say(ngx_shop_notify_t *n,
    ngx_shop_notify_site_t *s, const ngx_shop_notify_item_t *what, int64_t at,
    int64_t now);
static void ngx_shop_notify_watch_free(ngx_shop_flags_t *flags);


void
ngx_shop_notify_watch_tick(ngx_shop_notify_t *n, int64_t now)
{
    unsigned        i;
    static int64_t  last;

    if (now >= last && now - last < NGX_SHOP_NOTIFY_WATCH_EVERY) {
        return;
    }

    last = now;
    ngx_shop_notify_watch_given(n);

    for (i = 0; i < n->nsites; i++) {
        if (n->sites[i].flag[0]) {
            ngx_shop_notify_watch_site(n, &n->sites[i], now);
        }
    }
}


/* flags of the configuration: nothing may have happened to them yet */

static void
ngx_shop_notify_watch_given(ngx_shop_notify_t *n)
{
    unsigned                 i;
    ngx_shop_str_t           name;
    ngx_shop_notify_site_t  *s;
    ngx_shop_notify_flag_t  *flag;

    for (i = 0; i < n->conf->nflags; i++) {
        flag = &n->conf->flags[i];
        name.data = (const unsigned char *) flag->site;
        name.len = strlen(flag->site);
        s = name.len || n->nsites == 0 ? ngx_shop_notify_sites_get(n, name)
                                       : &n->sites[0];

        if (s && s->flag[0] == '\0') {
            (void) snprintf(s->flag, sizeof(s->flag), "%s", flag->path);
            n->dirty = 1;
        }
    }
}


static void
ngx_shop_notify_watch_site(ngx_shop_notify_t *n, ngx_shop_notify_site_t *s,
    int64_t now)
{
    static ngx_shop_flags_t  flags;
    ngx_shop_flagset_t       set;

    /* that it cannot be read is nginx's to say, in the log */

    ngx_shop_say_quiet(1);

    if (ngx_shop_flags_read(&flags, s->flag) == NGX_SHOP_OK
        && flags.nfiles && flags.nfiles <= NGX_SHOP_FLAGSET_FILES)
    {
        memset(&set, 0, sizeof(set));
        ngx_shop_flags_decide(&set, &flags, s->name, now / 1000);

        if (set.notice && set.error == 0
            && set.word < NGX_SHOP_FLAGSET_ANNOUNCED)
        {
            ngx_shop_notify_watch_promises(n, s, set.notice, now);

        } else if (set.notice && set.word == NGX_SHOP_FLAGSET_ANNOUNCED) {
            ngx_shop_notify_watch_closing(n, s, set.notice, now);
        }
    }

    ngx_shop_say_quiet(0);
    ngx_shop_notify_watch_free(&flags);
}


static void
ngx_shop_notify_watch_promises(ngx_shop_notify_t *n, ngx_shop_notify_site_t *s,
    const ngx_shop_flag_notice_t *notice, int64_t now)
{
    int64_t                 at;
    ngx_shop_notify_item_t  item;

    /* words of an outage that is over promise nothing */

    if (s->state == NGX_SHOP_SITE_OPEN || s->state == NGX_SHOP_SITE_DEGRADED) {
        return;
    }

    memset(&item, 0, sizeof(item));
    at = notice->eta.at;

    if (at && at != s->eta && now / 1000 - at > NGX_SHOP_NOTIFY_WATCH_LATE) {
        s->eta = at;
        item.kind = NGX_SHOP_NOTIFY_ETA;
        strcpy(item.title, "The time that visitors were promised has passed");
        strcpy(item.todo, "shopctl update \"TEXT\" --eta +30m");
        ngx_shop_notify_watch_say(n, s, &item, at, now);
    }

    at = notice->next_update.at;

    if (at && at != s->overdue
        && now / 1000 - at > NGX_SHOP_NOTIFY_WATCH_LATE)
    {
        s->overdue = at;
        item.kind = NGX_SHOP_NOTIFY_OVERDUE;
        strcpy(item.title, "The update that visitors were promised is "
               "overdue");
        strcpy(item.todo, "shopctl update \"TEXT\" --next-update +20m");
        ngx_shop_notify_watch_say(n, s, &item, at, now);
    }
}


static void
ngx_shop_notify_watch_closing(ngx_shop_notify_t *n, ngx_shop_notify_site_t *s,
    const ngx_shop_flag_notice_t *notice, int64_t now)
{
    size_t                  len;
    int64_t                 at, left;
    unsigned char           text[NGX_SHOP_TIMES_LEN];
    ngx_shop_notify_item_t  item;

    at = notice->start.at;
    left = at - now / 1000;

    if (left <= 0 || left > 86400
        || at == s->closing_hour
        || (at == s->closing_day && left > 3600))
    {
        return;
    }

    memset(&item, 0, sizeof(item));
    item.kind = NGX_SHOP_NOTIFY_CLOSING;
    item.level = NGX_SHOP_NOTIFY_PLANNED;
    len = ngx_shop_times_length(text, left);
    (void) snprintf(item.title, sizeof(item.title), "The shop will be closed "
                    "in %.*s", (int) len, (char *) text);
    strcpy(item.todo, "shopctl off");

    s->closing_day = at;
    s->closing_hour = left <= 3600 ? at : 0;

    ngx_shop_notify_watch_say(n, s, &item, at, now);
}


static void
ngx_shop_notify_watch_say(ngx_shop_notify_t *n, ngx_shop_notify_site_t *s,
    const ngx_shop_notify_item_t *what, int64_t at, int64_t now)
{
    size_t                  len;
    ngx_shop_notify_item_t  item;

    item = *what;

    if (item.level == 0) {
        item.level = s->level < NGX_SHOP_NOTIFY_P3 ? s->level
                                                   : NGX_SHOP_NOTIFY_P3;
    }

    item.worst = item.level;
    item.time = now;
    item.state = s->state;
    item.incident = s->incident;
    strcpy(item.site, s->name);
    strcpy(item.text, s->text);

    len = ngx_shop_times_local((unsigned char *) item.detail, at);
    item.detail[len] = '\0';

    len = strlen(item.todo);
    (void) snprintf(item.todo + len, sizeof(item.todo) - len, " --flag %s",
                    s->flag);

    n->dirty = 1;
    ngx_shop_notify_box_put(n, &item, now);
}


static void
ngx_shop_notify_watch_free(ngx_shop_flags_t *flags)
{
    unsigned  i;

    for (i = 0; i < NGX_SHOP_FLAGSET_FILES; i++) {
        free((void *) flags->files[i].data.data);
        free((void *) flags->files[i].name.data);
        memset(&flags->files[i], 0, sizeof(flags->files[i]));
    }
}
