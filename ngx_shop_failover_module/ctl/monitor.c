
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl status --check: one line of text, "|", figures (Monitoring Plugins
 * Development Guidelines).  Knows the JSON's names (docs/status.schema.json).
 */


#include <time.h>

#include "ctl/member.h"
#include "ctl/monitor.h"
#include "logic/flag/times.h"


/* what is counted for the figures */
typedef struct {
    unsigned  servers;
    unsigned  up;
    unsigned  sites;
    unsigned  shut;
} ngx_shop_monitor_t;


static int ngx_shop_monitor_level(const ngx_shop_json_t *v,
    const char *state);
static void ngx_shop_monitor_servers(const ngx_shop_json_t *v,
    ngx_shop_monitor_t *m);
static void ngx_shop_monitor_sites(const ngx_shop_json_t *v,
    ngx_shop_monitor_t *m);
static void ngx_shop_monitor_text(const ngx_shop_json_t *v,
    const char *state);
static void ngx_shop_monitor_put(const char *text);


static const char  *ngx_shop_monitor_names[] = {
    "OK", "WARNING", "CRITICAL", "UNKNOWN"
};


int
ngx_shop_monitor_show(const ngx_shop_json_t *v, const char *url)
{
    int                 level;
    char                state[32];
    ngx_shop_monitor_t  m;

    if (v == NULL
        || !ngx_shop_member_get(v, "site.state", state, sizeof(state)))
    {
        fputs("SHOP UNKNOWN - no status from ", stdout);
        ngx_shop_monitor_put(url);
        putchar('\n');
        return NGX_SHOP_MONITOR_UNKNOWN;
    }

    memset(&m, 0, sizeof(ngx_shop_monitor_t));
    ngx_shop_monitor_servers(v, &m);
    ngx_shop_monitor_sites(v, &m);

    level = ngx_shop_monitor_level(v, state);
    printf("SHOP %s - ", ngx_shop_monitor_names[level]);
    ngx_shop_monitor_text(v, state);

    printf(", %u of %u servers up | servers_up=%u;;;0;%u sites_shut=%u;;;0;%u "
           "admitted=%ld%%;;;0;100 turned_away=%ldc;;;0\n",
           m.up, m.servers, m.up, m.servers, m.shut, m.sites,
           ngx_shop_member_number(v, "site.admitted"),
           ngx_shop_member_number(v, "counters.visitors.total"));

    return level;
}


/* what wakes somebody up is critical, as in docs/alerts.yml */

static int
ngx_shop_monitor_level(const ngx_shop_json_t *v, const char *state)
{
    if (strcmp(state, "open") == 0) {
        return NGX_SHOP_MONITOR_OK;
    }

    return strcmp(state, "outage") == 0
           || ngx_shop_member_true(v, "site.shut_by_flag_alone")
           ? NGX_SHOP_MONITOR_CRITICAL : NGX_SHOP_MONITOR_WARNING;
}


static void
ngx_shop_monitor_servers(const ngx_shop_json_t *v, ngx_shop_monitor_t *m)
{
    char                  state[32];
    ngx_shop_json_t       list, group, peers, peer;
    ngx_shop_json_walk_t  walk, inner;

    if (ngx_shop_json_find(v, "upstreams", &list) != NGX_SHOP_OK) {
        return;
    }

    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &group) == NGX_SHOP_OK) {

        if (ngx_shop_json_find(&group, "peers", &peers) != NGX_SHOP_OK) {
            continue;
        }

        ngx_shop_json_walk(&peers, &inner);

        while (ngx_shop_json_next(&inner, NULL, &peer) == NGX_SHOP_OK) {
            m->servers++;

            if (ngx_shop_member_get(&peer, "state", state, sizeof(state))
                && (strcmp(state, "up") == 0 || strcmp(state, "busy") == 0))
            {
                m->up++;
            }
        }
    }
}


static void
ngx_shop_monitor_sites(const ngx_shop_json_t *v, ngx_shop_monitor_t *m)
{
    char                  state[32];
    ngx_shop_json_t       list, site;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(v, "sites", &list) != NGX_SHOP_OK) {
        return;
    }

    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &site) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&site, "state", state, sizeof(state));

        m->sites++;
        m->shut += strcmp(state, "outage") == 0
                   || strcmp(state, "maintenance") == 0;
    }
}


static void
ngx_shop_monitor_text(const ngx_shop_json_t *v, const char *state)
{
    char           text[256];
    size_t         n;
    int64_t        now, since;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    if (ngx_shop_member_get(v, "site.name", text, sizeof(text))) {
        ngx_shop_monitor_put(text);
        fputs(": ", stdout);
    }

    fputs(state, stdout);

    if (ngx_shop_member_true(v, "site.shut_by_flag_alone")) {
        fputs(", only the flag keeps it shut", stdout);
    }

    now = ngx_shop_member_time(v, "time", (int64_t) time(NULL));
    since = ngx_shop_member_time(v, "site.since", now);

    if (since && now >= since) {
        n = ngx_shop_times_length(buf, now - since);
        printf(" for %.*s", (int) n, (char *) buf);
    }

    if (strcmp(state, "open") != 0
        && ngx_shop_member_get(v, "maintenance.status", text, sizeof(text)))
    {
        fputs(", \"", stdout);
        ngx_shop_monitor_put(text);
        putchar('"');
    }
}


/* "|" would begin the figures */

static void
ngx_shop_monitor_put(const char *text)
{
    for (text = ngx_shop_say_name(text); *text; text++) {
        putchar(*text == '|' ? '/' : *text);
    }
}
