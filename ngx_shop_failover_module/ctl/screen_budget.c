
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How available each site was, and what is left of its promise.
 */


#include "ctl/screen_inside.h"
#include "logic/story/tally.h"


static void ngx_shop_screen_budget_site(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *site);
static int64_t ngx_shop_screen_budget_promise(const ngx_shop_json_t *site);
static int64_t ngx_shop_screen_budget_read(const ngx_shop_json_t *window,
    ngx_shop_tally_sum_t *sum);
static void ngx_shop_screen_budget_line(const char *text);


/* without --all: of sites with a promise, the month */

void
ngx_shop_screen_budget(const ngx_shop_screen_t *s)
{
    unsigned              n;
    ngx_shop_json_t       list, site;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(s->v, "sites", &list) != NGX_SHOP_OK) {
        return;
    }

    n = 0;
    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &site) == NGX_SHOP_OK) {

        if (!s->all && ngx_shop_screen_budget_promise(&site) == 0) {
            continue;
        }

        if (n++ == 0) {
            puts("\navailability");
        }

        ngx_shop_screen_budget_site(s, &site);
    }
}


static void
ngx_shop_screen_budget_site(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *site)
{
    char                  name[256];
    size_t                n;
    int64_t               known, promised;
    unsigned              i;
    ngx_shop_json_t       list, window;
    unsigned char         buf[NGX_SHOP_TALLY_TOLD_LEN + 64];
    ngx_shop_json_walk_t  walk;
    ngx_shop_tally_sum_t  sum;

    (void) ngx_shop_member_get(site, "name", name, sizeof(name));

    if (ngx_shop_json_find(site, "availability.windows", &list)
        != NGX_SHOP_OK)
    {
        return;
    }

    fputs("  ", stdout);
    ngx_shop_screen_ink_cut(name, 24);

    promised = ngx_shop_screen_budget_promise(site);

    if (promised) {
        n = ngx_shop_tally_percent(buf, promised);
        printf(", promised: %.*s %%", (int) n, (char *) buf);
    }

    putchar('\n');

    ngx_shop_json_walk(&list, &walk);

    for (i = 0;
         ngx_shop_json_next(&walk, NULL, &window) == NGX_SHOP_OK
         && i < NGX_SHOP_TALLY_WINDOWS;
         i++)
    {
        known = ngx_shop_screen_budget_read(&window, &sum);

        if (known == 0 || (i != NGX_SHOP_TALLY_MONTH && !s->all)) {
            continue;
        }

        n = ngx_shop_tally_told(buf, &sum, promised);

        if (!ngx_shop_tally_whole(&sum, i)) {
            memcpy(buf + n, "; known are ", sizeof("; known are ") - 1);
            n += sizeof("; known are ") - 1;
            n += ngx_shop_times_length(buf + n, known);
        }

        buf[n] = '\0';
        printf("    %3u days  ", ngx_shop_tally_days(i));
        ngx_shop_screen_budget_line((char *) buf);
    }
}


/* millionths of a percent; 0: there is none */

static int64_t
ngx_shop_screen_budget_promise(const ngx_shop_json_t *site)
{
    ngx_shop_json_t  promise;

    if (ngx_shop_json_find(site, "availability.promise", &promise)
        != NGX_SHOP_OK
        || promise.type != NGX_SHOP_JSON_NUMBER)
    {
        return 0;
    }

    return ngx_shop_tally_promise(promise.text.data, promise.text.len);
}


/* seconds that are known */

static int64_t
ngx_shop_screen_budget_read(const ngx_shop_json_t *window,
    ngx_shop_tally_sum_t *sum)
{
    unsigned  i;

    static const char  *names[NGX_SHOP_TALLY_N] = {
        "known", "planned", "unplanned"
    };

    for (i = 0; i < NGX_SHOP_TALLY_N; i++) {
        sum->ms[i] = (int64_t) ngx_shop_member_number(window, names[i]) * 1000;
    }

    return sum->ms[NGX_SHOP_TALLY_KNOWN] / 1000;
}


/* what does not fit behind the window goes below it */

static void
ngx_shop_screen_budget_line(const char *text)
{
    int          n, used;
    const char  *end;

    for (used = 14; *text; text = end + (*end ? 2 : 0)) {
        end = strchr(text, ';');
        end = end ? end : text + strlen(text);
        n = (int) (end - text);

        if (used > 14) {

            if (used + 2 + n > NGX_SHOP_SCREEN_WIDTH) {
                printf("\n%14s", "");
                used = 14;

            } else {
                fputs("; ", stdout);
                used += 2;
            }
        }

        printf("%.*s", n, text);
        used += n;
    }

    putchar('\n');
}
