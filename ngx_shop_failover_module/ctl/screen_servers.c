
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Upstreams and servers on the terminal screen: what is broken with its why,
 * what is well in one line.
 */


#include "ctl/screen_inside.h"


/* servers that are well beside broken ones: only counted beyond it */
#define NGX_SHOP_SCREEN_SERVERS_UP  4


typedef struct {
    unsigned  up;
    unsigned  all;
} ngx_shop_screen_servers_t;


static int ngx_shop_screen_servers_count(const ngx_shop_json_t *group,
    ngx_shop_screen_servers_t *count);
static void ngx_shop_screen_servers_group(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *group, const ngx_shop_screen_servers_t *count);
static void ngx_shop_screen_servers_line(const ngx_shop_json_t *group);
static void ngx_shop_screen_servers_list(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *group, int well);
static int ngx_shop_screen_servers_up(const ngx_shop_json_t *peer);
static void ngx_shop_screen_servers_one(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *peer);
static unsigned ngx_shop_screen_servers_says(const ngx_shop_json_t *peer,
    char *why, size_t size);
static unsigned ngx_shop_screen_servers_why(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *peer, char *why, size_t size);


void
ngx_shop_screen_servers(const ngx_shop_screen_t *s, int well)
{
    int                        is;
    unsigned                   n;
    ngx_shop_json_t            list, group;
    ngx_shop_json_walk_t       walk;
    ngx_shop_screen_servers_t  count;

    if (ngx_shop_json_find(s->v, "upstreams", &list) != NGX_SHOP_OK) {
        return;
    }

    n = 0;
    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &group) == NGX_SHOP_OK) {

        is = ngx_shop_screen_servers_count(&group, &count);

        if (is != well) {
            continue;
        }

        if (!well || n++ == 0) {
            putchar('\n');
        }

        ngx_shop_screen_servers_group(s, &group, &count);
    }
}


/* whether nothing of it needs a look */

static int
ngx_shop_screen_servers_count(const ngx_shop_json_t *group,
    ngx_shop_screen_servers_t *count)
{
    char                  state[32];
    ngx_shop_json_t       list, peer;
    ngx_shop_json_walk_t  walk;

    memset(count, 0, sizeof(ngx_shop_screen_servers_t));

    if (ngx_shop_json_find(group, "peers", &list) == NGX_SHOP_OK) {
        ngx_shop_json_walk(&list, &walk);

        while (ngx_shop_json_next(&walk, NULL, &peer) == NGX_SHOP_OK) {
            count->all++;
            count->up += ngx_shop_screen_servers_up(&peer) != 0;
        }
    }

    (void) ngx_shop_member_get(group, "state", state, sizeof(state));

    return strcmp(state, "up") == 0 && count->up == count->all
           && !ngx_shop_member_true(group, "panic")
           && !ngx_shop_member_true(group, "busy")
           && ngx_shop_member_number(group, "queue.waiting") <= 0;
}


static int
ngx_shop_screen_servers_up(const ngx_shop_json_t *peer)
{
    char  state[32];

    (void) ngx_shop_member_get(peer, "state", state, sizeof(state));

    return strcmp(state, "up") == 0;
}


/* "upstream shop: backup, served by catalog, for 2m: 1 of 2 up" */

static void
ngx_shop_screen_servers_group(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *group, const ngx_shop_screen_servers_t *count)
{
    int   well;
    char  name[256], state[32], by[256];

    (void) ngx_shop_member_get(group, "name", name, sizeof(name));
    (void) ngx_shop_member_get(group, "state", state, sizeof(state));

    well = strcmp(state, "up") == 0;

    printf("upstream %s: %s%s%s", name, ngx_shop_screen_ink_color(state),
           well ? "" : state, ngx_shop_screen_ink_plain());

    if (ngx_shop_member_get(group, "served_by", by, sizeof(by))
        && strcmp(by, name) != 0)
    {
        printf(", served by %s", by);
    }

    if (!well) {
        ngx_shop_screen_ink_since(s, group, "since");
        fputs(": ", stdout);
    }

    printf("%u of %u up\n", count->up, count->all);

    if (ngx_shop_member_true(group, "panic")) {
        puts("  too few servers are up: probes are ignored");
    }

    ngx_shop_screen_servers_line(group);
    ngx_shop_screen_servers_list(s, group, 0);

    if (!well || count->up < count->all || s->all) {
        ngx_shop_screen_servers_list(s, group, 1);
    }
}


/* "  5 wait in line, the first for 2s; so far 40 got a server, ..." */

static void
ngx_shop_screen_servers_line(const ngx_shop_json_t *group)
{
    long           waiting;
    size_t         k;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    if (ngx_shop_member_number(group, "shed.refused") > 0) {
        printf("  %ld were turned away by shop_shed%s\n",
               ngx_shop_member_number(group, "shed.refused"),
               ngx_shop_member_true(group, "busy") ? ", busy" : "");
    }

    waiting = ngx_shop_member_number(group, "queue.waiting");

    if (waiting <= 0
        && ngx_shop_member_number(group, "queue.waited") <= 0
        && ngx_shop_member_number(group, "queue.full") <= 0)
    {
        return;
    }

    printf("  %ld wait in line", waiting);

    if (waiting > 0) {
        k = ngx_shop_times_length(buf, ngx_shop_member_number(group,
                                               "queue.longest_ms") / 1000);
        printf(", the first for %.*s", (int) k, (char *) buf);
    }

    printf("; so far %ld got a server, %ld left, %ld were turned away\n",
           ngx_shop_member_number(group, "queue.released"),
           ngx_shop_member_number(group, "queue.gone"),
           ngx_shop_member_number(group, "queue.over")
           + ngx_shop_member_number(group, "queue.full"));
}


static void
ngx_shop_screen_servers_list(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *group, int well)
{
    unsigned              n, left;
    ngx_shop_json_t       list, peer;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(group, "peers", &list) != NGX_SHOP_OK) {
        return;
    }

    n = 0;
    left = 0;
    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &peer) == NGX_SHOP_OK) {

        if (ngx_shop_screen_servers_up(&peer) != well) {
            continue;
        }

        if (well && !s->all && n++ >= NGX_SHOP_SCREEN_SERVERS_UP) {
            left++;
            continue;
        }

        ngx_shop_screen_servers_one(s, &peer);
    }

    if (left) {
        printf("  and %u more that are up; all of them: shopctl status --all\n",
               left);
    }
}


static void
ngx_shop_screen_servers_one(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *peer)
{
    int             n, well;
    char            name[256], state[32], why[512];
    long            share;
    size_t          k;
    int64_t         since;
    unsigned char   buf[NGX_SHOP_TIMES_LEN];

    (void) ngx_shop_member_get(peer, "address", name, sizeof(name));
    (void) ngx_shop_member_get(peer, "state", state, sizeof(state));

    well = ngx_shop_screen_servers_up(peer);
    n = printf("  %s%-8s%s %s%s", ngx_shop_screen_ink_color(state), state,
               ngx_shop_screen_ink_plain(), name,
               ngx_shop_member_true(peer, "backup") ? " (backup)" : "")
        - (int) strlen(ngx_shop_screen_ink_color(state))
        - (int) strlen(ngx_shop_screen_ink_plain());

    since = ngx_shop_member_time(peer, "since", s->now);

    if (since) {
        k = ngx_shop_times_length(buf, s->now - since);
        n += printf(" for %.*s", (int) k, (char *) buf);
    }

    share = ngx_shop_member_number(peer, "share");

    if (well && share > 0 && share < 100) {
        printf(", %s%ld %% of its share",
               ngx_shop_member_number(peer, "says.weight") > 0
               ? "" : "slow start: ", share);
    }

    if ((!well || ngx_shop_screen_servers_says(peer, why, sizeof(why)))
        && ngx_shop_screen_servers_why(s, peer, why, sizeof(why)))
    {
        fputs(": ", stdout);
        ngx_shop_screen_ink_cut(why, (unsigned) n + 2);
    }

    putchar('\n');

    if (!well || s->all) {
        ngx_shop_screen_figure_strip(peer);
    }
}


/* "says of itself: maint, "new disks", back in 600 s" */

static unsigned
ngx_shop_screen_servers_says(const ngx_shop_json_t *peer, char *why,
    size_t size)
{
    char  word[32], reason[256], retry[32];

    if (!ngx_shop_member_get(peer, "says.word", word, sizeof(word))) {
        return 0;
    }

    (void) ngx_shop_member_get(peer, "says.reason", reason, sizeof(reason));

    retry[0] = '\0';

    if (ngx_shop_member_number(peer, "says.retry_after") > 0) {
        (void) snprintf(retry, sizeof(retry), ", back in %ld s",
                        ngx_shop_member_number(peer, "says.retry_after"));
    }

    (void) snprintf(why, size, "says of itself: %s%s%s%s%s", word,
                    *reason ? ", \"" : "", reason, *reason ? "\"" : "", retry);

    return 1;
}


/* an order stands above what probes say */

static unsigned
ngx_shop_screen_servers_why(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *peer, char *why, size_t size)
{
    char            action[32], who[128], text[256];
    size_t          k;
    int64_t         until;
    unsigned char   buf[NGX_SHOP_TIMES_LEN];

    if (!ngx_shop_member_get(peer, "override.action", action,
                             sizeof(action)))
    {
        return ngx_shop_screen_servers_says(peer, why, size)
               || ngx_shop_member_get(peer, "aside.reason", why, size)
               || ngx_shop_member_get(peer, "last.detail", why, size);
    }

    (void) ngx_shop_member_get(peer, "override.who", who, sizeof(who));
    (void) ngx_shop_member_get(peer, "override.reason", text, sizeof(text));

    until = ngx_shop_member_time(peer, "override.until", s->now);
    k = until ? ngx_shop_times_length(buf, until - s->now) : 0;

    (void) snprintf(why, size, "by order%s%s%s%.*s%s%s%s",
                    *who ? " of " : "", who,
                    until ? ", ends in " : "", (int) k, (char *) buf,
                    *text ? ", \"" : "", text, *text ? "\"" : "");

    return 1;
}
