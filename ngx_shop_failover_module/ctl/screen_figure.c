
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Figures of the terminal screen: the last probes of a server as a strip, the
 * last day of a site as a band.  Each stands beside its words.
 */


#include "ctl/screen_inside.h"


#define NGX_SHOP_SCREEN_FIGURE_DAY     288     /* steps, at most */
#define NGX_SHOP_SCREEN_FIGURE_STATES  9


/* a character of a figure, with and without UTF-8 */
typedef struct {
    const char  *state;
    const char  *block;
    char         ascii;
} ngx_shop_screen_figure_t;


typedef struct {
    uint8_t      steps[NGX_SHOP_SCREEN_FIGURE_DAY];   /* places in the table */
    unsigned     n;
    unsigned     calm;                                /* only open */
    long         seconds[NGX_SHOP_SCREEN_FIGURE_STATES];
} ngx_shop_screen_band_t;


static unsigned ngx_shop_screen_figure_took(const ngx_shop_json_t *peer,
    long *took, unsigned n);
static long ngx_shop_screen_figure_max(const ngx_shop_json_t *list,
    const long *took, unsigned known);
static void ngx_shop_screen_figure_result(const char *result, long ms,
    long max);
static int ngx_shop_screen_figure_day(const ngx_shop_json_t *site,
    ngx_shop_screen_band_t *band);
static void ngx_shop_screen_figure_band(const ngx_shop_json_t *site,
    const ngx_shop_screen_band_t *band);
static unsigned ngx_shop_screen_figure_rank(const char *state);
static void ngx_shop_screen_figure_put(const ngx_shop_screen_figure_t *f);


static const char  *ngx_shop_screen_figure_bars[] = {
    "\342\226\201", "\342\226\202", "\342\226\203", "\342\226\204",
    "\342\226\205", "\342\226\206", "\342\226\207"
};


/* the worse, the later and the higher */
static const ngx_shop_screen_figure_t
    ngx_shop_screen_figure_states[NGX_SHOP_SCREEN_FIGURE_STATES] =
{
    { "", " ", ' ' },
    { "open", "\342\226\201", '_' },
    { "reopening", "\342\226\202", 'r' },
    { "degraded", "\342\226\203", 'd' },
    { "busy", "\342\226\204", 'y' },
    { "backup", "\342\226\204", 'b' },
    { "browse", "\342\226\205", 'w' },
    { "maintenance", "\342\226\206", 'm' },
    { "outage", "\342\226\210", '#' }
};


/* "x" is a failure; else the height is the time that it took */

void
ngx_shop_screen_figure_strip(const ngx_shop_json_t *peer)
{
    char                  result[32];
    long                  took[NGX_SHOP_SCREEN_FIGURE], max, n;
    unsigned              i, known;
    ngx_shop_json_t       list, run;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(peer, "history", &list) != NGX_SHOP_OK) {
        return;
    }

    known = ngx_shop_screen_figure_took(peer, took, NGX_SHOP_SCREEN_FIGURE);
    max = ngx_shop_screen_figure_max(&list, took, known);

    i = 0;
    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &run) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&run, "result", result, sizeof(result));

        for (n = ngx_shop_member_number(&run, "n");
             n > 0 && i < NGX_SHOP_SCREEN_FIGURE;
             n--, i++)
        {
            if (i == 0) {
                fputs("    ", stdout);
            }

            ngx_shop_screen_figure_result(result, i < known ? took[i] : -1,
                                          max);
        }
    }

    if (i && max) {
        printf(" to %ld ms", max);
    }

    if (i) {
        putchar('\n');
    }
}


/* of those that are well: what failed took as long as it was waited for */

static long
ngx_shop_screen_figure_max(const ngx_shop_json_t *list, const long *took,
    unsigned known)
{
    char                  result[32];
    long                  n, max;
    unsigned              i;
    ngx_shop_json_t       run;
    ngx_shop_json_walk_t  walk;

    i = 0;
    max = 0;
    ngx_shop_json_walk(list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &run) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&run, "result", result, sizeof(result));

        for (n = ngx_shop_member_number(&run, "n"); n > 0 && i < known; n--) {

            if (strcmp(result, "ok") == 0 && took[i] > max) {
                max = took[i];
            }

            i++;
        }
    }

    return max;
}


static unsigned
ngx_shop_screen_figure_took(const ngx_shop_json_t *peer, long *took,
    unsigned n)
{
    int64_t               ms;
    unsigned              i;
    ngx_shop_json_t       list, item;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(peer, "history_ms", &list) != NGX_SHOP_OK) {
        return 0;
    }

    ngx_shop_json_walk(&list, &walk);

    for (i = 0;
         i < n && ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK;
         i++)
    {
        took[i] = ngx_shop_json_int(&item, &ms) == NGX_SHOP_OK ? (long) ms
                                                               : -1;
    }

    return i;
}


static void
ngx_shop_screen_figure_result(const char *result, long ms, long max)
{
    int       ok;
    unsigned  height;

    ok = strcmp(result, "ok") == 0;

    if (!ok && strcmp(result, "busy") != 0
        && strcmp(result, "inconclusive") != 0)
    {
        printf("%sx%s", ngx_shop_screen_ink_color("failed"),
               ngx_shop_screen_ink_plain());
        return;
    }

    if (!ok) {
        printf("%s?%s", ngx_shop_screen_ink_color("busy"),
               ngx_shop_screen_ink_plain());
        return;
    }

    height = ms > 0 && max > 0 ? (unsigned) (ms * 6 / max) : 0;

    printf("%s%s%s", ngx_shop_screen_ink_color("ok"),
           ngx_shop_screen_ink_utf8() ? ngx_shop_screen_figure_bars[height]
                                      : "_",
           ngx_shop_screen_ink_plain());
}


void
ngx_shop_screen_figure_bands(const ngx_shop_screen_t *s)
{
    unsigned                 n, calm;
    ngx_shop_json_t          list, site;
    ngx_shop_json_walk_t     walk;
    ngx_shop_screen_band_t   band;

    if (ngx_shop_json_find(s->v, "sites", &list) != NGX_SHOP_OK) {
        return;
    }

    n = 0;
    calm = 0;
    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &site) == NGX_SHOP_OK) {

        if (ngx_shop_screen_figure_day(&site, &band) != NGX_SHOP_OK) {
            continue;
        }

        if (n++ == 0) {
            puts("\nthe last 24 hours, until now on the right");
        }

        if (band.calm && !s->all) {
            calm++;
            continue;
        }

        ngx_shop_screen_figure_band(&site, &band);
    }

    if (calm) {
        printf("  %u of %u sites were open as long as is known\n", calm, n);
    }
}


static int
ngx_shop_screen_figure_day(const ngx_shop_json_t *site,
    ngx_shop_screen_band_t *band)
{
    char                  state[32];
    long                  n, step;
    unsigned              i;
    ngx_shop_json_t       list, run;
    ngx_shop_json_walk_t  walk;

    memset(band, 0, sizeof(ngx_shop_screen_band_t));

    if (ngx_shop_json_find(site, "day.states", &list) != NGX_SHOP_OK) {
        return NGX_SHOP_DECLINED;
    }

    band->calm = 1;
    step = ngx_shop_member_number(site, "day.step");
    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &run) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&run, "state", state, sizeof(state));
        i = ngx_shop_screen_figure_rank(state);
        band->calm &= i < 2;

        for (n = ngx_shop_member_number(&run, "n");
             n > 0 && band->n < NGX_SHOP_SCREEN_FIGURE_DAY;
             n--)
        {
            band->steps[band->n++] = (uint8_t) i;
            band->seconds[i] += step;
        }
    }

    return NGX_SHOP_OK;
}


/* the name, what was bad of the day, and the day: of several steps the worst */

static void
ngx_shop_screen_figure_band(const ngx_shop_json_t *site,
    const ngx_shop_screen_band_t *band)
{
    char      name[256];
    uint8_t   worst;
    unsigned  i, k, n, column;

    (void) ngx_shop_member_get(site, "name", name, sizeof(name));

    fputs("  ", stdout);
    ngx_shop_screen_ink_cut(name, 20);

    for (i = NGX_SHOP_SCREEN_FIGURE_STATES - 1, n = 0; i > 1; i--) {

        if (band->seconds[i]) {
            fputs(n++ ? ", " : ": ", stdout);
            ngx_shop_screen_figure_put(&ngx_shop_screen_figure_states[i]);
            printf(" %s up to %ldm", ngx_shop_screen_figure_states[i].state,
                   band->seconds[i] / 60);
        }

        if (n == 3) {
            break;
        }
    }

    fputs("\n    ", stdout);

    for (column = 0; column < NGX_SHOP_SCREEN_FIGURE && band->n; column++) {
        worst = 0;

        for (k = column * band->n / NGX_SHOP_SCREEN_FIGURE;
             k < (column + 1) * band->n / NGX_SHOP_SCREEN_FIGURE;
             k++)
        {
            worst = band->steps[k] > worst ? band->steps[k] : worst;
        }

        ngx_shop_screen_figure_put(&ngx_shop_screen_figure_states[worst]);
    }

    putchar('\n');
}


static unsigned
ngx_shop_screen_figure_rank(const char *state)
{
    unsigned  i;

    for (i = NGX_SHOP_SCREEN_FIGURE_STATES - 1; i; i--) {
        if (strcmp(ngx_shop_screen_figure_states[i].state, state) == 0) {
            break;
        }
    }

    return i;
}


static void
ngx_shop_screen_figure_put(const ngx_shop_screen_figure_t *f)
{
    if (f->ascii == ' ') {
        putchar(' ');
        return;
    }

    fputs(ngx_shop_screen_ink_color(f->state), stdout);

    if (ngx_shop_screen_ink_utf8()) {
        fputs(f->block, stdout);

    } else {
        putchar(f->ascii);
    }

    fputs(ngx_shop_screen_ink_plain(), stdout);
}
