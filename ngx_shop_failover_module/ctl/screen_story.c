
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What visitors read, what happened, and what to type next, on the terminal
 * screen.
 */


#include "ctl/screen_inside.h"
#include "logic/flag/flagset.h"
#include "logic/judge/site.h"
#include "logic/story/next.h"
#include "logic/story/vocab.h"


#define NGX_SHOP_SCREEN_STORY_UPDATES  3
#define NGX_SHOP_SCREEN_STORY_EVENTS   5


static void ngx_shop_screen_story_promise(const ngx_shop_screen_t *s,
    const char *name, const char *path);
static void ngx_shop_screen_story_lacks(const ngx_shop_json_t *v);
static void ngx_shop_screen_story_updates(const ngx_shop_screen_t *s);
static void ngx_shop_screen_story_event(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *item);
static void ngx_shop_screen_story_facts(const ngx_shop_screen_t *s,
    ngx_shop_next_t *next);


void
ngx_shop_screen_story_text(const ngx_shop_screen_t *s)
{
    char             text[1024], who[256];
    ngx_shop_json_t  there;

    if (ngx_shop_json_find(s->v, "maintenance.present", &there) == NGX_SHOP_OK
        && !ngx_shop_member_true(s->v, "maintenance.present"))
    {
        return;
    }

    if (ngx_shop_member_get(s->v, "maintenance.status", text, sizeof(text))) {
        fputs("  says \"", stdout);
        ngx_shop_screen_ink_cut(text, 9);
        puts("\"");
    }

    ngx_shop_screen_story_lacks(s->v);
    ngx_shop_screen_story_promise(s, "ETA", "maintenance.eta");
    ngx_shop_screen_story_promise(s, "next update", "maintenance.next_update");

    if (ngx_shop_member_get(s->v, "maintenance.who", who, sizeof(who))) {
        fputs("  by ", stdout);
        ngx_shop_screen_ink_cut(who, 5);
        putchar('\n');
    }

    ngx_shop_screen_story_updates(s);
}


/* visitors who read that language get such a text in another one, or not */

static void
ngx_shop_screen_story_lacks(const ngx_shop_json_t *v)
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


/* whether a promise is broken is seen at once */

static void
ngx_shop_screen_story_promise(const ngx_shop_screen_t *s, const char *name,
    const char *path)
{
    int             over;
    size_t          n;
    int64_t         at;
    unsigned char   buf[NGX_SHOP_TIMES_LEN];

    at = ngx_shop_member_time(s->v, path, s->now);

    if (at == 0) {
        return;
    }

    over = at <= s->now;
    n = ngx_shop_times_length(buf, over ? s->now - at : at - s->now);

    printf("  %s%s ", over ? ngx_shop_screen_ink_color("failed") : "", name);
    ngx_shop_screen_ink_clock(at, s->now);
    printf(over ? ", over for %.*s" : ", in %.*s", (int) n, (char *) buf);
    printf("%s\n", over ? ngx_shop_screen_ink_plain() : "");
}


/* the newest; they push nothing away */

static void
ngx_shop_screen_story_updates(const ngx_shop_screen_t *s)
{
    char                  text[512];
    int64_t               at;
    unsigned              n, i, used;
    ngx_shop_json_t       list, item;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(s->v, "maintenance.updates", &list)
        != NGX_SHOP_OK)
    {
        return;
    }

    n = 0;
    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK) {
        n++;
    }

    ngx_shop_json_walk(&list, &walk);

    for (i = 0; ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK; i++) {

        if (i + NGX_SHOP_SCREEN_STORY_UPDATES < n) {
            continue;
        }

        (void) ngx_shop_member_get(&item, "text", text, sizeof(text));
        at = ngx_shop_member_time(&item, "time", s->now);

        fputs("  update ", stdout);

        used = 9;

        if (at) {
            used += ngx_shop_screen_ink_clock(at, s->now) + 1;
            putchar(' ');
        }

        ngx_shop_screen_ink_cut(text, used);
        putchar('\n');
    }

    if (n > NGX_SHOP_SCREEN_STORY_UPDATES) {
        printf("  and %u older updates\n", n - NGX_SHOP_SCREEN_STORY_UPDATES);
    }
}


void
ngx_shop_screen_story_events(const ngx_shop_screen_t *s)
{
    unsigned              n;
    ngx_shop_json_t       list, item;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(s->v, "events", &list) != NGX_SHOP_OK) {
        return;
    }

    ngx_shop_json_walk(&list, &walk);

    for (n = 0;
         n < NGX_SHOP_SCREEN_STORY_EVENTS
         && ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK;
         n++)
    {
        if (n == 0) {
            puts("\nlast events");
        }

        ngx_shop_screen_story_event(s, &item);
    }
}


static void
ngx_shop_screen_story_event(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *item)
{
    char               text[1024];
    int64_t            at;
    unsigned           used;
    const char        *reason;
    ngx_shop_str_t     line;
    ngx_shop_event_t   event;
    unsigned char      buf[1000];

    if (ngx_shop_event_read(&event, &item->text, &reason) != NGX_SHOP_OK) {
        return;
    }

    line.data = buf;
    line.len = ngx_shop_vocab_event(buf, sizeof(buf), &event);

    (void) snprintf(text, sizeof(text), "%s", ngx_shop_say_clean(line));

    at = event.time / 1000;

    fputs("  ", stdout);
    used = ngx_shop_screen_ink_clock(at, s->now);
    putchar(' ');
    ngx_shop_screen_ink_cut(text, used + 3);
    putchar('\n');
}


void
ngx_shop_screen_story_flag(const ngx_shop_screen_t *s)
{
    char                  path[512], text[256], piece[128];
    ngx_shop_json_t       list, item;
    ngx_shop_json_walk_t  walk;

    if (!ngx_shop_member_get(s->v, "maintenance.flag", path, sizeof(path))) {
        return;
    }

    printf("\nflag %s", path);
    ngx_shop_screen_ink_since(s, s->v, "maintenance.since");
    putchar('\n');

    if (ngx_shop_json_find(s->v, "maintenance.warnings", &list)
        != NGX_SHOP_OK)
    {
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

void
ngx_shop_screen_story_next(const ngx_shop_screen_t *s)
{
    char                     path[512];
    unsigned                 i, n;
    ngx_shop_next_t          next;
    ngx_shop_next_command_t  commands[NGX_SHOP_NEXT_MAX];

    (void) ngx_shop_member_get(s->v, "site.flag", path, sizeof(path));

    ngx_shop_screen_story_facts(s, &next);

    n = ngx_shop_next(&next, commands);

    for (i = 0; i < n; i++) {
        printf("\n%s:\n  shopctl %s%s%s\n", commands[i].why,
               commands[i].command, commands[i].flag ? " --flag " : "",
               commands[i].flag ? path : "");
    }
}


static void
ngx_shop_screen_story_facts(const ngx_shop_screen_t *s, ngx_shop_next_t *next)
{
    char  text[512];

    memset(next, 0, sizeof(ngx_shop_next_t));

    (void) ngx_shop_member_get(s->v, "site.state", text, sizeof(text));

    for (next->state = 0;
         next->state < NGX_SHOP_SITE_N
         && strcmp(ngx_shop_site_name(next->state), text) != 0;
         next->state++)
    {
        /* void */
    }

    (void) ngx_shop_member_get(s->v, "site.flag_state", text, sizeof(text));

    for (next->flag = 0;
         next->flag < NGX_SHOP_FLAGSET_NONE
         && strcmp(ngx_shop_flagset_name(next->flag), text) != 0;
         next->flag++)
    {
        /* void */
    }

    next->now = s->now;
    next->alone = ngx_shop_member_true(s->v, "site.shut_by_flag_alone") != 0;
    next->servers = ngx_shop_member_get(s->v, "site.says.word", text,
                                        sizeof(text)) != 0;
    next->configured = ngx_shop_member_get(s->v, "site.flag", text,
                                           sizeof(text)) != 0;
    next->incident = ngx_shop_member_get(s->v, "counters.incident_since",
                                         text, sizeof(text)) != 0;
    next->ramp = strcmp(ngx_shop_site_name(next->state), "reopening") == 0
                 && ngx_shop_member_number(s->v, "site.admitted") < 100;
    next->eta = ngx_shop_member_time(s->v, "maintenance.eta", s->now);
    next->next_update = ngx_shop_member_time(s->v, "maintenance.next_update",
                                             s->now);
}
