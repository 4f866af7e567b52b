
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl status: the status as one screen, in the order in which a person
 * asks at 3 am.  Knows the JSON's names (docs/status.schema.json).
 */


#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ctl/fetch.h"
#include "ctl/log.h"
#include "ctl/member.h"
#include "ctl/screen.h"
#include "logic/flag/flagset.h"
#include "logic/flag/times.h"
#include "logic/judge/site.h"
#include "logic/story/next.h"


#define NGX_SHOP_SCREEN_URL  "http://127.0.0.1/shop_status"

/* servers in a row: those that are well are only counted beyond it */
#define NGX_SHOP_SCREEN_PEERS  12


static int ngx_shop_screen_show(unsigned char *data, size_t size);
static void ngx_shop_screen_now(const ngx_shop_json_t *v);
static void ngx_shop_screen_way(const ngx_shop_json_t *v,
    const char *state);
static void ngx_shop_screen_text(const ngx_shop_json_t *v);
static void ngx_shop_screen_upstreams(const ngx_shop_json_t *v);
static void ngx_shop_screen_peers(const ngx_shop_json_t *v);
static void ngx_shop_screen_counts(const ngx_shop_json_t *v);
static void ngx_shop_screen_events(const ngx_shop_json_t *v);
static void ngx_shop_screen_flag(const ngx_shop_json_t *v);
static void ngx_shop_screen_next(const ngx_shop_json_t *v);
static void ngx_shop_screen_lacks(const ngx_shop_json_t *v);
static void ngx_shop_screen_when(const ngx_shop_json_t *v, const char *name,
    const char *path);
static void ngx_shop_screen_since(const ngx_shop_json_t *v, const char *path);
static int ngx_shop_screen_colored(void);
static const char *ngx_shop_screen_color(const char *state);
static const char *ngx_shop_screen_plain(void);


const ngx_shop_options_entry_t  ngx_shop_screen_options[] = {
    { "url", NGX_SHOP_OPTIONS_VALUE, "URL",
      "a location with shop_status, else $SHOP_STATUS, else "
      NGX_SHOP_SCREEN_URL },
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


int
ngx_shop_screen_run(const ngx_shop_options_t *o)
{
    int             rc;
    const char     *url;
    ngx_shop_log_t  file;

    memset(&file, 0, sizeof(ngx_shop_log_t));

    if (o->nrest > 1) {
        return ngx_shop_say_error("one file, or none");
    }

    if (o->nrest) {
        rc = ngx_shop_log_read(&file, o->rest[0]);

    } else {
        url = ngx_shop_options_setting(o, "url", "SHOP_STATUS",
                                       NGX_SHOP_SCREEN_URL);
        rc = ngx_shop_fetch_url(url, &file.data, &file.size);
    }

    rc = rc == NGX_SHOP_OK
         ? ngx_shop_screen_show(file.data, file.size)
         : NGX_SHOP_SAY_ERROR;

    free(file.data);

    return rc;
}


static int
ngx_shop_screen_show(unsigned char *data, size_t size)
{
    char             state[64];
    size_t           at;
    const char      *reason;
    ngx_shop_str_t   s;
    ngx_shop_json_t  v;

    s.data = data;
    s.len = size;

    if (ngx_shop_json_parse(&v, &s, &at, &reason)
        != NGX_SHOP_OK
        || !ngx_shop_member_get(&v, "site.state", state,
                                sizeof(state)))
    {
        return ngx_shop_say_error("that is not the JSON of " "shop_status");
    }

    ngx_shop_screen_now(&v);
    ngx_shop_screen_text(&v);
    ngx_shop_screen_upstreams(&v);
    ngx_shop_screen_counts(&v);
    ngx_shop_screen_events(&v);
    ngx_shop_screen_flag(&v);
    ngx_shop_screen_next(&v);

    return NGX_SHOP_SAY_YES;
}


/* 1: what visitors see right now, and since when */

static void
ngx_shop_screen_now(const ngx_shop_json_t *v)
{
    char  state[64], severity[8];

    (void) ngx_shop_member_get(v, "site.state", state, sizeof(state));

    printf("%s%s%s", ngx_shop_screen_color(state), state,
           ngx_shop_screen_plain());

    if (ngx_shop_member_get(v, "site.severity", severity, sizeof(severity))) {
        printf(" %s", severity);
    }

    ngx_shop_screen_since(v, "site.since");
    putchar('\n');

    if (ngx_shop_member_true(v, "site.shut_by_flag_alone")) {
        puts("  the servers are back, only the flag keeps the shop shut");
    }

    ngx_shop_screen_way(v, state);
}


/* where it goes by itself: an announced closing, a ramp, a hold */

static void
ngx_shop_screen_way(const ngx_shop_json_t *v, const char *state)
{
    long           share, left;
    char           flag[16];
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    if (ngx_shop_member_get(v, "site.flag_state", flag, sizeof(flag))
        && strcmp(flag, "announced") == 0)
    {
        ngx_shop_screen_when(v, "closes by itself", "maintenance.start");
    }

    if (strcmp(state, "reopening") != 0) {
        return;
    }

    share = ngx_shop_member_number(v, "site.admitted");
    left = ngx_shop_member_number(v, "site.well_in");
    n = ngx_shop_times_length(buf, left);

    if (share < 100) {
        printf("  %ld %% of the visitors are let in, all are in %.*s\n",
               share, (int) n, (char *) buf);
        return;
    }

    printf("  all visitors are in; if it stays so it is called well in "
           "%.*s\n", (int) n, (char *) buf);
}


/* 2: which text, and how old */

static void
ngx_shop_screen_text(const ngx_shop_json_t *v)
{
    char  text[1024];

    if (ngx_shop_member_get(v, "maintenance.status", text, sizeof(text))) {
        printf("  says \"%s\"\n", text);
    }

    ngx_shop_screen_lacks(v);
    ngx_shop_screen_when(v, "ETA", "maintenance.eta");
    ngx_shop_screen_when(v, "next update", "maintenance.next_update");
}


/* visitors who read that language get such a text in another one, or not */

static void
ngx_shop_screen_lacks(const ngx_shop_json_t *v)
{
    char                  name[64];
    ngx_shop_str_t        text;
    unsigned char         buf[64];
    ngx_shop_json_t       list, one, texts, said;
    ngx_shop_json_walk_t  walk, inner;
    const char           *before;

    if (ngx_shop_json_find(v, "maintenance.lacks", &list) != NGX_SHOP_OK) {
        return;
    }

    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &one) == NGX_SHOP_OK) {

        if (!ngx_shop_member_get(&one, "language", name, sizeof(name))
            || ngx_shop_json_find(&one, "texts", &texts) != NGX_SHOP_OK)
        {
            continue;
        }

        printf("  no text in %s", name);
        before = ": ";

        ngx_shop_json_walk(&texts, &inner);

        while (ngx_shop_json_next(&inner, NULL, &said) == NGX_SHOP_OK) {
            if (ngx_shop_json_string(&said, buf, sizeof(buf), &text)
                == NGX_SHOP_OK)
            {
                printf("%s%.*s", before, ngx_shop_say_str(text));
                before = ", ";
            }
        }

        putchar('\n');
    }
}


/* local time, and how far it is: whether a promise is broken is seen at once */

static void
ngx_shop_screen_when(const ngx_shop_json_t *v, const char *name,
    const char *path)
{
    int64_t  at, now;

    now = (int64_t) time(NULL);
    at = ngx_shop_member_time(v, path, now);

    if (at) {
        printf("  %s ", name);
        ngx_shop_say_time(stdout, at, now);
        putchar('\n');
    }
}


/* 3: which servers are up, and in words why not */

static void
ngx_shop_screen_upstreams(const ngx_shop_json_t *v)
{
    char                  name[256], state[64], by[256];
    ngx_shop_json_t       list, group, peers;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(v, "upstreams", &list) != NGX_SHOP_OK) {
        return;
    }

    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &group) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&group, "name", name, sizeof(name));
        (void) ngx_shop_member_get(&group, "state", state, sizeof(state));

        printf("\nupstream %s: %s%s%s", name, ngx_shop_screen_color(state),
               state, ngx_shop_screen_plain());

        if (ngx_shop_member_get(&group, "served_by", by, sizeof(by))
            && strcmp(by, name) != 0)
        {
            printf(", served by %s", by);
        }

        ngx_shop_screen_since(&group, "since");

        if (ngx_shop_member_true(&group, "panic")) {
            printf(", too few are usable: probes are ignored");
        }

        putchar('\n');

        if (ngx_shop_json_find(&group, "peers", &peers) == NGX_SHOP_OK) {
            ngx_shop_screen_peers(&peers);
        }
    }
}


static void
ngx_shop_screen_peers(const ngx_shop_json_t *v)
{
    int                   well;
    char                  peer[256], state[64], why[256];
    long                  share;
    unsigned              shown, left;
    ngx_shop_json_t       item;
    ngx_shop_json_walk_t  walk;

    shown = 0;
    left = 0;
    ngx_shop_json_walk(v, &walk);

    while (ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&item, "address", peer, sizeof(peer));
        (void) ngx_shop_member_get(&item, "state", state, sizeof(state));
        well = strcmp(state, "up") == 0;

        if (well && shown >= NGX_SHOP_SCREEN_PEERS) {
            left++;
            continue;
        }

        shown++;

        printf("  %s%-8s%s %s%s", ngx_shop_screen_color(state),
               state, ngx_shop_screen_plain(), peer,
               ngx_shop_member_true(&item, "backup")
               ? " (backup)" : "");
        ngx_shop_screen_since(&item, "since");

        share = ngx_shop_member_number(&item, "share");

        if (well && share > 0 && share < 100) {
            printf(", slow start: %ld %% of its share", share);
        }

        if (!well
            && (ngx_shop_member_get(&item, "override.reason", why,
                                    sizeof(why))
                || ngx_shop_member_get(&item, "last.detail", why,
                                       sizeof(why))))
        {
            printf(": %s", why);
        }

        putchar('\n');
    }

    if (left) {
        printf("  and %u more that are up\n", left);
    }
}


/* 4: how many were turned away since it began */

static void
ngx_shop_screen_counts(const ngx_shop_json_t *v)
{
    char                  name[64];
    ngx_shop_json_t       list, item;
    ngx_shop_json_walk_t  walk;

    if (!ngx_shop_member_get(v, "counters.incident_since", name,
                             sizeof(name)))
    {
        return;
    }

    printf("\nsince it began: %ld visitors turned away\n",
           ngx_shop_member_number(v, "counters.visitors.incident"));

    if (ngx_shop_json_find(v, "counters.refused", &list) != NGX_SHOP_OK) {
        return;
    }

    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&item, "class", name, sizeof(name));
        printf("  %s: %ld refused, %ld of unknown outcome\n", name,
               ngx_shop_member_number(&item, "incident"),
               ngx_shop_member_number(&item, "unknown_incident"));
    }
}


/* 5: what happened last */

static void
ngx_shop_screen_events(const ngx_shop_json_t *v)
{
    char                  at[64], type[16], to[32], what[512];
    unsigned              n;
    ngx_shop_json_t       list, item;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(v, "events", &list) != NGX_SHOP_OK) {
        return;
    }

    ngx_shop_json_walk(&list, &walk);

    for (n = 0; ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK; n++) {
        (void) ngx_shop_member_get(&item, "time", at, sizeof(at));
        (void) ngx_shop_member_get(&item, "type", type, sizeof(type));

        if (!ngx_shop_member_get(&item, "to", to, sizeof(to))) {
            (void) ngx_shop_member_get(&item, "what", to, sizeof(to));
        }

        if (!ngx_shop_member_get(&item, "peer", what, sizeof(what))
            && !ngx_shop_member_get(&item, "upstream", what,
                                    sizeof(what)))
        {
            (void) ngx_shop_member_get(&item, "text", what, sizeof(what));
        }

        printf("%s  %s %s %s %s\n", n ? "" : "\nlast events\n", at, type, to,
               what);
    }
}


/* 6: the flag and its warnings */

static void
ngx_shop_screen_flag(const ngx_shop_json_t *v)
{
    char                  path[512], text[256], piece[128];
    ngx_shop_json_t       list, item;
    ngx_shop_json_walk_t  walk;

    if (!ngx_shop_member_get(v, "maintenance.flag", path, sizeof(path))) {
        return;
    }

    printf("\nflag %s", path);
    ngx_shop_screen_since(v, "maintenance.since");
    putchar('\n');

    if (ngx_shop_json_find(v, "maintenance.warnings", &list) != NGX_SHOP_OK) {
        return;
    }

    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&item, "reason", text, sizeof(text));
        (void) ngx_shop_member_get(&item, "text", piece, sizeof(piece));
        printf("  line %ld: %s: \"%s\"\n",
               ngx_shop_member_number(&item, "line"), text, piece);
    }
}


/* what to type next: logic/story/next has the list */

static void
ngx_shop_screen_next(const ngx_shop_json_t *v)
{
    char                     text[64], path[512];
    unsigned                 i, n;
    ngx_shop_next_t          next;
    ngx_shop_next_command_t  commands[NGX_SHOP_NEXT_MAX];

    memset(&next, 0, sizeof(ngx_shop_next_t));

    (void) ngx_shop_member_get(v, "site.state", text, sizeof(text));

    for (next.state = 0;
         next.state < NGX_SHOP_SITE_N
         && strcmp(ngx_shop_site_name(next.state), text) != 0;
         next.state++)
    {
        /* void */
    }

    (void) ngx_shop_member_get(v, "site.flag_state", text, sizeof(text));

    for (next.flag = 0;
         next.flag < NGX_SHOP_FLAGSET_NONE
         && strcmp(ngx_shop_flagset_name(next.flag), text) != 0;
         next.flag++)
    {
        /* void */
    }

    next.now = (int64_t) time(NULL);
    next.alone = ngx_shop_member_true(v, "site.shut_by_flag_alone") != 0;
    next.configured = ngx_shop_member_get(v, "site.flag", path, sizeof(path))
                      != 0;
    next.incident = ngx_shop_member_get(v, "counters.incident_since", text,
                                        sizeof(text)) != 0;
    next.eta = ngx_shop_member_time(v, "maintenance.eta", next.now);
    next.next_update = ngx_shop_member_time(v, "maintenance.next_update",
                                            next.now);

    n = ngx_shop_next(&next, commands);

    for (i = 0; i < n; i++) {
        printf("%s%s:\n  shopctl %s%s%s\n", i ? "" : "\n", commands[i].why,
               commands[i].command, commands[i].flag ? " --flag " : "",
               commands[i].flag ? path : "");
    }
}


static void
ngx_shop_screen_since(const ngx_shop_json_t *v, const char *path)
{
    size_t         n;
    int64_t        since, now;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    now = (int64_t) time(NULL);
    since = ngx_shop_member_time(v, path, now);

    if (since) {
        n = ngx_shop_times_length(buf, now - since);
        printf(" for %.*s", (int) n, (char *) buf);
    }
}


/* https://no-color.org: where it is set, and not empty */

static int
ngx_shop_screen_colored(void)
{
    const char  *no;

    no = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0');
}


static const char *
ngx_shop_screen_color(const char *state)
{
    if (!ngx_shop_screen_colored()) {
        return "";
    }

    if (strcmp(state, "up") == 0 || strcmp(state, "open") == 0) {
        return "\033[32m";
    }

    return (strcmp(state, "down") == 0 || strcmp(state, "outage") == 0)
           ? "\033[1;31m" : "\033[33m";
}


static const char *
ngx_shop_screen_plain(void)
{
    return ngx_shop_screen_colored() ? "\033[0m" : "";
}
