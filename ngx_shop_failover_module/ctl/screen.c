
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl status: the status as one screen, in the order in which a person
 * asks at 3 am: what visitors see, what is broken and why, what to type next.
 * Knows the JSON's names (docs/status.schema.json).
 */


#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ctl/fetch.h"
#include "ctl/log.h"
#include "ctl/monitor.h"
#include "ctl/query.h"
#include "ctl/screen_inside.h"
#include "logic/flag/clockface.h"
#include "logic/flag/flagset.h"
#include "logic/judge/site.h"
#include "logic/story/vocab.h"


#define NGX_SHOP_SCREEN_URL  "http://127.0.0.1/shop_status"

/* sites that are open: more are not listed without --all */
#define NGX_SHOP_SCREEN_WELL  100

/* s, between two looks of --watch */
#define NGX_SHOP_SCREEN_WATCH  2


static int ngx_shop_screen_once(const ngx_shop_options_t *o);
static int ngx_shop_screen_check(const char *url, const ngx_shop_log_t *file);
static int ngx_shop_screen_watch(const ngx_shop_options_t *o);
static int ngx_shop_screen_show(const ngx_shop_options_t *o,
    unsigned char *data, size_t size);
static int ngx_shop_screen_code(const char *state);
static void ngx_shop_screen_now(const ngx_shop_screen_t *s);
static void ngx_shop_screen_visitors(const ngx_shop_screen_t *s,
    const char *state);
static void ngx_shop_screen_way(const ngx_shop_screen_t *s,
    const char *state);
static void ngx_shop_screen_sites(const ngx_shop_screen_t *s);
static void ngx_shop_screen_well(const ngx_shop_screen_t *s);
static void ngx_shop_screen_counts(const ngx_shop_screen_t *s);
static void ngx_shop_screen_end(const ngx_shop_screen_t *s);


const ngx_shop_options_entry_t  ngx_shop_screen_options[] = {
    { "all", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "also each server that is well, with its last probes" },
    { "site", NGX_SHOP_OPTIONS_VALUE, "NAME",
      "that site alone, its upstreams and what happened to it" },
    { "watch", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "again every 2 s, until Ctrl-C" },
    { "check", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "as a plugin of Nagios and Icinga; its own exit codes: 0, 1, 2, 3" },
    { "json", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "for programs: what nginx answers; docs/status.schema.json" },
    { "url", NGX_SHOP_OPTIONS_VALUE, "URL",
      "a location with shop_status, else $SHOP_STATUS, else "
      NGX_SHOP_SCREEN_URL },
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


int
ngx_shop_screen_run(const ngx_shop_options_t *o)
{
    if (o->nrest > 1) {
        return ngx_shop_say_error("\"status\" takes one file, or none and "
                                  "asks nginx; not also \"%s\"", o->rest[1]);
    }

    if (o->nrest && ngx_shop_options_get(o, "site")) {
        return ngx_shop_say_error("--site asks nginx for one site: it takes "
                                  "no file, and not \"%s\"", o->rest[0]);
    }

    if (ngx_shop_options_get(o, "check") && ngx_shop_options_get(o, "json")) {
        (void) ngx_shop_say_error("--check is one line, and takes no --json");
        return NGX_SHOP_MONITOR_UNKNOWN;
    }

    if (ngx_shop_options_get(o, "watch") == NULL) {
        return ngx_shop_screen_once(o);
    }

    if (o->nrest || ngx_shop_options_get(o, "json")
        || ngx_shop_options_get(o, "check"))
    {
        return ngx_shop_say_error("--watch asks nginx again and again, and "
                                  "shows a screen: it takes no file, no "
                                  "--json and no --check");
    }

    return ngx_shop_screen_watch(o);
}


static int
ngx_shop_screen_once(const ngx_shop_options_t *o)
{
    int             rc, check;
    char            of[NGX_SHOP_QUERY_LEN];
    const char     *url;
    ngx_shop_log_t  file;

    memset(&file, 0, sizeof(ngx_shop_log_t));

    url = ngx_shop_options_setting(o, "url", "SHOP_STATUS",
                                   NGX_SHOP_SCREEN_URL);
    check = ngx_shop_options_get(o, "check") != NULL;

    if (o->nrest) {
        url = o->rest[0];
        rc = ngx_shop_log_read(&file, url);

    } else {
        rc = ngx_shop_query_begin(of, url);

        if (rc == NGX_SHOP_OK) {
            rc = ngx_shop_query_add(of, "site",
                                    ngx_shop_options_get(o, "site"));
        }

        if (rc == NGX_SHOP_OK) {
            rc = ngx_shop_fetch_url(of, &file.data, &file.size);
        }

        if (rc != NGX_SHOP_OK && !check) {
            ngx_shop_say_note("asked was %s; name another location with "
                              "shop_status by --url or $SHOP_STATUS, or a "
                              "file with its answer", url);
        }
    }

    if (check) {
        rc = ngx_shop_screen_check(url, rc == NGX_SHOP_OK ? &file : NULL);

    } else {
        rc = rc == NGX_SHOP_OK
             ? ngx_shop_screen_show(o, file.data, file.size)
             : NGX_SHOP_SAY_ERROR;
    }

    free(file.data);

    return rc;
}


static int
ngx_shop_screen_check(const char *url, const ngx_shop_log_t *file)
{
    size_t           at;
    const char      *reason;
    ngx_shop_str_t   text;
    ngx_shop_json_t  v;

    if (file) {
        text.data = file->data;
        text.len = file->size;

        if (ngx_shop_json_parse(&v, &text, &at, &reason) == NGX_SHOP_OK) {
            return ngx_shop_monitor_show(&v, url);
        }
    }

    return ngx_shop_monitor_show(NULL, url);
}


/* the screen is cleared where there is one; a pipe gets one after the other */

static int
ngx_shop_screen_watch(const ngx_shop_options_t *o)
{
    int              tty;
    struct timespec  pause;

    tty = isatty(STDOUT_FILENO);

    pause.tv_sec = NGX_SHOP_SCREEN_WATCH;
    pause.tv_nsec = 0;

    for ( ;; ) {

        if (tty) {
            fputs("\033[H\033[2J", stdout);
        }

        (void) ngx_shop_screen_once(o);

        if (!tty) {
            fputs("\n\n", stdout);
        }

        if (fflush(stdout) != 0) {
            return NGX_SHOP_SAY_ERROR;
        }

        if (nanosleep(&pause, NULL) != 0) {
            return NGX_SHOP_SAY_YES;
        }
    }
}


static int
ngx_shop_screen_show(const ngx_shop_options_t *o, unsigned char *data,
    size_t size)
{
    char               state[64];
    size_t             at;
    const char        *reason;
    ngx_shop_str_t     text;
    ngx_shop_json_t    v;
    ngx_shop_screen_t  s;

    text.data = data;
    text.len = size;

    if (ngx_shop_json_parse(&v, &text, &at, &reason)
        != NGX_SHOP_OK
        || !ngx_shop_member_get(&v, "site.state", state,
                                sizeof(state)))
    {
        return ngx_shop_say_error("that is not the JSON of shop_status");
    }

    if (ngx_shop_options_get(o, "json")) {
        (void) fwrite(data, 1, size, stdout);
        return ngx_shop_screen_code(state);
    }

    s.v = &v;
    s.all = ngx_shop_options_get(o, "all") != NULL;
    s.now = ngx_shop_member_time(&v, "time", (int64_t) time(NULL));

    if (s.now == 0) {
        s.now = (int64_t) time(NULL);
    }

    ngx_shop_screen_now(&s);
    ngx_shop_screen_servers(&s, 0);
    ngx_shop_screen_story_next(&s);
    ngx_shop_screen_counts(&s);
    ngx_shop_screen_story_events(&s);
    ngx_shop_screen_well(&s);
    ngx_shop_screen_servers(&s, 1);
    ngx_shop_screen_figure_bands(&s);
    ngx_shop_screen_budget(&s);
    ngx_shop_screen_story_flag(&s);
    ngx_shop_screen_end(&s);

    return ngx_shop_screen_code(state);
}


/* 0: all visitors have all of the shop */

static int
ngx_shop_screen_code(const char *state)
{
    size_t  i;

    static const char  *shut[] = {
        "browse", "outage", "maintenance", "reopening"
    };

    for (i = 0; i < sizeof(shut) / sizeof(shut[0]); i++) {
        if (strcmp(state, shut[i]) == 0) {
            return NGX_SHOP_SAY_NO;
        }
    }

    return NGX_SHOP_SAY_YES;
}


/* 1: what visitors see right now, since when, and where it goes by itself */

static void
ngx_shop_screen_now(const ngx_shop_screen_t *s)
{
    char  state[64], severity[8], text[256];

    (void) ngx_shop_member_get(s->v, "site.state", state, sizeof(state));

    printf("%s%s%s", ngx_shop_screen_ink_color(state), state,
           ngx_shop_screen_ink_plain());

    if (ngx_shop_member_get(s->v, "site.severity", severity,
                            sizeof(severity)))
    {
        printf(" %s", severity);
    }

    ngx_shop_screen_ink_since(s, s->v, "site.since");

    ngx_shop_screen_visitors(s, state);

    if (ngx_shop_member_true(s->v, "site.shut_by_flag_alone")) {
        puts("  the servers are back, only the flag keeps the shop shut");
    }

    if (ngx_shop_member_get(s->v, "site.says.word", text, sizeof(text))) {
        (void) ngx_shop_member_get(s->v, "site.says.reason", text,
                                   sizeof(text));
        fputs("  its servers say that they are in maintenance", stdout);
        fputs(*text ? ": " : "", stdout);
        ngx_shop_screen_ink_say(text);
        putchar('\n');
    }

    ngx_shop_screen_way(s, state);
    ngx_shop_screen_sites(s);
    ngx_shop_screen_story_text(s);
}


static void
ngx_shop_screen_visitors(const ngx_shop_screen_t *s, const char *state)
{
    char      word[32];
    unsigned  n, flag;

    for (n = 0;
         n < NGX_SHOP_SITE_N && strcmp(ngx_shop_site_name(n), state) != 0;
         n++)
    {
        /* void */
    }

    (void) ngx_shop_member_get(s->v, "site.flag_state", word, sizeof(word));

    for (flag = 0;
         flag < NGX_SHOP_FLAGSET_NONE
         && strcmp(ngx_shop_flagset_name(flag), word) != 0;
         flag++)
    {
        /* void */
    }

    if (n == NGX_SHOP_SITE_N) {
        putchar('\n');
        return;
    }

    fputs("\n  ", stdout);
    ngx_shop_screen_ink_say(ngx_shop_vocab_visitors(n, flag,
               ngx_shop_member_true(s->v, "site.shut_by_flag_alone") != 0,
               (unsigned) ngx_shop_member_number(s->v, "site.admitted")));
    putchar('\n');
}


/* an announced closing, a ramp, a hold */

static void
ngx_shop_screen_way(const ngx_shop_screen_t *s, const char *state)
{
    long           share, left;
    char           flag[16];
    size_t         n;
    int64_t        at;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    at = ngx_shop_member_time(s->v, "maintenance.start", s->now);

    if (at > s->now
        && ngx_shop_member_get(s->v, "site.flag_state", flag, sizeof(flag))
        && strcmp(flag, "announced") == 0)
    {
        n = ngx_shop_times_length(buf, at - s->now);
        printf("  closes by itself in %.*s, at ", (int) n, (char *) buf);
        ngx_shop_screen_ink_clock(at, s->now);
        putchar('\n');
    }

    if (strcmp(state, "reopening") != 0) {
        return;
    }

    share = ngx_shop_member_number(s->v, "site.admitted");
    left = ngx_shop_member_number(s->v, "site.well_in");
    n = ngx_shop_times_length(buf, left);

    if (share >= 100) {
        printf("  everybody is in; it is called open in %.*s if it stays "
               "well\n", (int) n, (char *) buf);
        return;
    }

    printf("  %ld %% of the visitors are in; all will be by ", share);
    ngx_shop_screen_ink_clock(s->now + left, s->now);
    printf(", in %.*s\n", (int) n, (char *) buf);
}


/* of several shops the worst is above; what the others are */

static void
ngx_shop_screen_sites(const ngx_shop_screen_t *s)
{
    char                  first[256], name[256], state[32];
    unsigned              n, well;
    ngx_shop_json_t       list, site;
    ngx_shop_json_walk_t  walk;

    n = 0;
    well = 0;

    (void) ngx_shop_member_get(s->v, "site.name", first, sizeof(first));

    if (ngx_shop_json_find(s->v, "sites", &list) != NGX_SHOP_OK) {
        return;
    }

    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &site) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&site, "name", name, sizeof(name));
        (void) ngx_shop_member_get(&site, "state", state, sizeof(state));

        if (strcmp(name, first) == 0) {
            continue;
        }

        n++;

        if (strcmp(state, "open") == 0) {
            well++;
            continue;
        }

        printf("  site %s: %s%s%s", name, ngx_shop_screen_ink_color(state),
               state, ngx_shop_screen_ink_plain());
        ngx_shop_screen_ink_since(s, &site, "since");
        putchar('\n');
    }

    if (n) {
        (void) ngx_shop_member_get(s->v, "site.state", state, sizeof(state));
        printf(strcmp(state, "open") == 0
               ? "  this is site %s; all %u are open\n"
               : "  this is site %s, the worst of %u; of the others %u are "
                 "open\n", first, n + 1, well);
    }
}


/* a line for each of the others that is open */

static void
ngx_shop_screen_well(const ngx_shop_screen_t *s)
{
    char                  first[256], name[256], state[32];
    unsigned              n;
    ngx_shop_json_t       list, site;
    ngx_shop_json_walk_t  walk;

    n = 0;

    (void) ngx_shop_member_get(s->v, "site.name", first, sizeof(first));

    if (ngx_shop_json_find(s->v, "sites", &list) != NGX_SHOP_OK) {
        return;
    }

    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &site) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&site, "name", name, sizeof(name));
        (void) ngx_shop_member_get(&site, "state", state, sizeof(state));

        if (strcmp(name, first) == 0 || strcmp(state, "open") != 0) {
            continue;
        }

        if (n++ == NGX_SHOP_SCREEN_WELL && !s->all) {
            puts("and more sites that are open; all of them: shopctl status "
                 "--all");
            return;
        }

        printf("%ssite %s: %sopen%s", n == 1 ? "\n" : "", name,
               ngx_shop_screen_ink_color("open"), ngx_shop_screen_ink_plain());
        ngx_shop_screen_ink_since(s, &site, "since");
        putchar('\n');
    }
}


/* how many were turned away since it began */

static void
ngx_shop_screen_counts(const ngx_shop_screen_t *s)
{
    char                  name[64];
    ngx_shop_json_t       list, item;
    ngx_shop_json_walk_t  walk;

    if (!ngx_shop_member_get(s->v, "counters.incident_since", name,
                             sizeof(name)))
    {
        return;
    }

    printf("\nsince it began: %ld visitors turned away\n",
           ngx_shop_member_number(s->v, "counters.visitors.incident"));

    if (ngx_shop_json_find(s->v, "counters.refused", &list) != NGX_SHOP_OK) {
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


/* the zone of all times above, once */

static void
ngx_shop_screen_end(const ngx_shop_screen_t *s)
{
    size_t         n, k;
    unsigned char  at[NGX_SHOP_TIMES_LEN], zone[NGX_SHOP_TIMES_LEN];

    n = ngx_shop_clockface_now(at, s->now);
    k = ngx_shop_clockface_zone(zone, s->now);

    printf("\nas of %.*s; all times are %.*s\n", (int) n, (char *) at,
           (int) k, (char *) zone);
}
