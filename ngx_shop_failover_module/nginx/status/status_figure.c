
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Figures of the operator's screen, as inline SVG: the last probes of a server
 * as a strip, the last day of a site as a band.  Colours are in
 * html/status.css; what a figure shows differs in height, too, and stands
 * beside it in words.
 */


#include "nginx/status/status.h"

#include "logic/flag/clockface.h"


/* one step or result is so wide */
#define NGX_SHOP_STATUS_FIGURE_RESULT  4
#define NGX_SHOP_STATUS_FIGURE_HEIGHT  28

/* a line of times: less than so many ms fill the height never */
#define NGX_SHOP_STATUS_FIGURE_SCALE   10

/* bad steps are drawn wider, or nobody sees them on a phone */
#define NGX_SHOP_STATUS_FIGURE_WIDE    3

#define NGX_SHOP_STATUS_FIGURE_TOLD    3


typedef enum {
    NGX_SHOP_STATUS_FIGURE_OK = 0,
    NGX_SHOP_STATUS_FIGURE_FAILED,
    NGX_SHOP_STATUS_FIGURE_UNSURE,
    NGX_SHOP_STATUS_FIGURE_N
} ngx_shop_status_figure_e;


static ngx_uint_t ngx_shop_status_figure_kind(ngx_uint_t result);
static void ngx_shop_status_figure_bars(ngx_shop_emit_t *e,
    ngx_shop_snapshot_peer_t *peer, ngx_uint_t kind);
static void ngx_shop_status_figure_line(ngx_shop_emit_t *e,
    ngx_shop_snapshot_peer_t *peer, ngx_uint_t max);
static void ngx_shop_status_figure_bar(ngx_shop_emit_t *e, ngx_uint_t x,
    ngx_uint_t width, ngx_uint_t height, ngx_uint_t of);
static ngx_uint_t ngx_shop_status_figure_run(ngx_shop_band_t *band,
    ngx_uint_t i);
static void ngx_shop_status_figure_state(ngx_shop_emit_t *e,
    ngx_shop_band_t *band, ngx_uint_t state);


static struct {
    const char  *class;
    ngx_uint_t   height;
} ngx_shop_status_figure_kinds[] = {
    { "fo", 3 }, { "fx", NGX_SHOP_STATUS_FIGURE_HEIGHT },
    { "fw", NGX_SHOP_STATUS_FIGURE_HEIGHT / 2 }
};


/* by number of ngx_shop_site_e; the worse, the higher */
static struct {
    const char  *class;                 /* of the bars */
    const char  *words;                 /* of the word beside them */
    ngx_uint_t   height;
} ngx_shop_status_figure_states[] = {
    { "fo", "ok", 6 },                  /* open */
    { "fw", "w", 12 },                  /* degraded */
    { "fw", "w", 16 },                  /* backup */
    { "fc", "w", 20 },                  /* browse */
    { "fx", "x", 28 },                  /* outage */
    { "fc", "w", 24 },                  /* maintenance */
    { "fo", "ok", 9 },                  /* reopening */
    { "fw", "w", 18 }                   /* busy */
};

typedef char  ngx_shop_status_figure_has_all[
    sizeof(ngx_shop_status_figure_states)
    / sizeof(ngx_shop_status_figure_states[0]) == NGX_SHOP_SITE_N ? 1 : -1];


/* results to the right, the newest last; the line is of those that passed */

void
ngx_shop_status_figure_strip(ngx_shop_emit_t *e,
    ngx_shop_snapshot_peer_t *peer)
{
    ngx_uint_t  i, n, kind, took, min, max;
    ngx_uint_t  counts[NGX_SHOP_STATUS_FIGURE_N];

    n = ngx_shop_snapshot_results(peer);
    min = NGX_SHOP_LAYOUT_NO_TIME;
    max = 0;

    ngx_memzero(counts, sizeof(counts));

    for (i = 0; i < n; i++) {
        kind = ngx_shop_status_figure_kind(ngx_shop_snapshot_result(peer, i));
        took = ngx_shop_snapshot_took(peer, i);

        counts[kind]++;

        if (kind == NGX_SHOP_STATUS_FIGURE_OK
            && took != NGX_SHOP_LAYOUT_NO_TIME)
        {
            min = ngx_min(min, took);
            max = ngx_max(max, took);
        }
    }

    ngx_shop_emit_text(e, "<figure><svg class=\"strip\" "
                          "viewBox=\"0 0 256 28\" "
                          "preserveAspectRatio=\"none\" "
                          "aria-hidden=\"true\">");

    for (kind = 0; kind < NGX_SHOP_STATUS_FIGURE_N; kind++) {
        if (counts[kind]) {
            ngx_shop_status_figure_bars(e, peer, kind);
        }
    }

    if (counts[NGX_SHOP_STATUS_FIGURE_OK]) {
        ngx_shop_status_figure_line(e, peer, max);
    }

    ngx_shop_emit_text(e, "</svg><figcaption class=\"m\">");
    ngx_shop_emit_text(e, "last ");
    ngx_shop_emit_number(e, (int64_t) n);
    ngx_shop_emit_text(e, n == 1 ? " check: " : " checks: ");
    ngx_shop_emit_number(e, (int64_t) counts[NGX_SHOP_STATUS_FIGURE_FAILED]);
    ngx_shop_emit_text(e, " failed");

    if (counts[NGX_SHOP_STATUS_FIGURE_UNSURE]) {
        ngx_shop_emit_text(e, ", ");
        ngx_shop_emit_number(e, (int64_t)
                                counts[NGX_SHOP_STATUS_FIGURE_UNSURE]);
        ngx_shop_emit_text(e, " inconclusive");
    }

    if (min != NGX_SHOP_LAYOUT_NO_TIME) {
        ngx_shop_emit_text(e, "; passed in ");
        ngx_shop_emit_number(e, (int64_t) min);

        if (max != min) {
            ngx_shop_emit_text(e, " to ");
            ngx_shop_emit_number(e, (int64_t) max);
        }

        ngx_shop_emit_text(e, " ms");
    }

    ngx_shop_emit_text(e, "</figcaption></figure>");
}


static ngx_uint_t
ngx_shop_status_figure_kind(ngx_uint_t result)
{
    if (result == NGX_SHOP_VERDICT_RESULT_OK) {
        return NGX_SHOP_STATUS_FIGURE_OK;
    }

    return result >= NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE
           ? NGX_SHOP_STATUS_FIGURE_UNSURE : NGX_SHOP_STATUS_FIGURE_FAILED;
}


static void
ngx_shop_status_figure_bars(ngx_shop_emit_t *e, ngx_shop_snapshot_peer_t *peer,
    ngx_uint_t kind)
{
    ngx_uint_t  i, n, x;

    n = ngx_shop_snapshot_results(peer);

    ngx_shop_emit_text(e, "<path class=\"");
    ngx_shop_emit_text(e, ngx_shop_status_figure_kinds[kind].class);
    ngx_shop_emit_text(e, "\" d=\"");

    for (i = 0; i < n; i++) {

        if (ngx_shop_status_figure_kind(ngx_shop_snapshot_result(peer, i))
            != kind)
        {
            continue;
        }

        x = (NGX_SHOP_LAYOUT_HISTORY - n + i) * NGX_SHOP_STATUS_FIGURE_RESULT;

        ngx_shop_status_figure_bar(e, x, NGX_SHOP_STATUS_FIGURE_RESULT - 1,
                                   ngx_shop_status_figure_kinds[kind].height,
                                   NGX_SHOP_STATUS_FIGURE_HEIGHT);
    }

    ngx_shop_emit_text(e, "\"/>");
}


/* a step a result; a gap where there is no time of one that passed */

static void
ngx_shop_status_figure_line(ngx_shop_emit_t *e, ngx_shop_snapshot_peer_t *peer,
    ngx_uint_t max)
{
    ngx_uint_t  i, n, x, took, gap;

    n = ngx_shop_snapshot_results(peer);
    max = ngx_max(max, NGX_SHOP_STATUS_FIGURE_SCALE);
    gap = 1;

    ngx_shop_emit_text(e, "<path class=\"fl\" d=\"");

    for (i = 0; i < n; i++) {
        took = ngx_shop_snapshot_took(peer, i);

        if (took == NGX_SHOP_LAYOUT_NO_TIME
            || ngx_shop_status_figure_kind(ngx_shop_snapshot_result(peer, i))
               != NGX_SHOP_STATUS_FIGURE_OK)
        {
            gap = 1;
            continue;
        }

        x = (NGX_SHOP_LAYOUT_HISTORY - n + i) * NGX_SHOP_STATUS_FIGURE_RESULT;

        ngx_shop_emit_text(e, gap ? "M" : "L");
        ngx_shop_emit_number(e, (int64_t) x);
        ngx_shop_emit_text(e, " ");
        ngx_shop_emit_number(e, (int64_t) (22 - took * 20 / max));
        ngx_shop_emit_text(e, "h3");
        gap = 0;
    }

    ngx_shop_emit_text(e, "\"/>");
}


/* it stands on the ground */

static void
ngx_shop_status_figure_bar(ngx_shop_emit_t *e, ngx_uint_t x, ngx_uint_t width,
    ngx_uint_t height, ngx_uint_t of)
{
    ngx_shop_emit_text(e, "M");
    ngx_shop_emit_number(e, (int64_t) x);
    ngx_shop_emit_text(e, " ");
    ngx_shop_emit_number(e, (int64_t) (of - height));
    ngx_shop_emit_text(e, "h");
    ngx_shop_emit_number(e, (int64_t) width);
    ngx_shop_emit_text(e, "v");
    ngx_shop_emit_number(e, (int64_t) height);
    ngx_shop_emit_text(e, "h-");
    ngx_shop_emit_number(e, (int64_t) width);
    ngx_shop_emit_text(e, "z");
}


/* the steps from i on that are in the same state */

static ngx_uint_t
ngx_shop_status_figure_run(ngx_shop_band_t *band, ngx_uint_t i)
{
    ngx_uint_t  n, state;

    state = ngx_shop_band_get(band, (unsigned) i);

    for (n = 1;
         i + n < NGX_SHOP_BAND_N
         && ngx_shop_band_get(band, (unsigned) (i + n)) == state;
         n++)
    {
        /* void */
    }

    return n;
}


void
ngx_shop_status_figure_band(ngx_shop_emit_t *e, ngx_shop_band_t *band)
{
    ngx_uint_t  state;

    /* the worse last, so that nothing covers it */

    static ngx_uint_t  order[] = {
        NGX_SHOP_SITE_OPEN, NGX_SHOP_SITE_REOPENING, NGX_SHOP_SITE_DEGRADED,
        NGX_SHOP_SITE_BACKUP, NGX_SHOP_SITE_BUSY, NGX_SHOP_SITE_BROWSE,
        NGX_SHOP_SITE_MAINTENANCE, NGX_SHOP_SITE_OUTAGE
    };

    ngx_shop_emit_text(e, "<svg class=\"band\" viewBox=\"0 0 288 28\" "
                          "preserveAspectRatio=\"none\" "
                          "aria-hidden=\"true\">");

    for (state = 0; state < sizeof(order) / sizeof(order[0]); state++) {
        ngx_shop_status_figure_state(e, band, order[state]);
    }

    ngx_shop_emit_text(e, "</svg>");
}


static void
ngx_shop_status_figure_state(ngx_shop_emit_t *e, ngx_shop_band_t *band,
    ngx_uint_t state)
{
    ngx_uint_t  i, n, x, width, begun;

    begun = 0;

    for (i = 0; i < NGX_SHOP_BAND_N; i += n) {
        n = ngx_shop_status_figure_run(band, i);

        if (ngx_shop_band_get(band, (unsigned) i) != state) {
            continue;
        }

        if (!begun) {
            begun = 1;
            ngx_shop_emit_text(e, "<path class=\"");
            ngx_shop_emit_text(e, ngx_shop_status_figure_states[state].class);
            ngx_shop_emit_text(e, "\" d=\"");
        }

        width = state == NGX_SHOP_SITE_OPEN
                ? n : ngx_max(n, NGX_SHOP_STATUS_FIGURE_WIDE);
        x = ngx_min(i, NGX_SHOP_BAND_N - width);

        ngx_shop_status_figure_bar(e, x, width,
                                   ngx_shop_status_figure_states[state].height,
                                   NGX_SHOP_STATUS_FIGURE_HEIGHT);
    }

    if (begun) {
        ngx_shop_emit_text(e, "\"/>");
    }
}


/* the same in words: when it was not open, the newest first */

void
ngx_shop_status_figure_told(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap,
    ngx_shop_band_t *band)
{
    int64_t     from;
    ngx_uint_t  i, end, known, state, told, more;

    known = 0;
    told = 0;
    more = 0;

    for (end = NGX_SHOP_BAND_N; end > 0; end = i) {
        state = ngx_shop_band_get(band, (unsigned) (end - 1));

        for (i = end - 1;
             i > 0 && ngx_shop_band_get(band, (unsigned) (i - 1)) == state;
             i--)
        {
            /* void */
        }

        if (state == NGX_SHOP_BAND_UNKNOWN) {
            continue;
        }

        known += end - i;

        if (state == NGX_SHOP_SITE_OPEN || state == NGX_SHOP_SITE_REOPENING) {
            continue;
        }

        if (told == NGX_SHOP_STATUS_FIGURE_TOLD) {
            more++;
            continue;
        }

        from = ngx_shop_band_time(band, (unsigned) i);

        ngx_shop_emit_text(e, told++ ? "<li>" : "<ul>\n<li>");
        ngx_shop_emit_text(e, "<b class=\"");
        ngx_shop_emit_text(e, ngx_shop_status_figure_states[state].words);
        ngx_shop_emit_text(e, "\">");
        ngx_shop_emit_text(e, ngx_shop_site_name((unsigned) state));

        if (end == NGX_SHOP_BAND_N
            && state != snap->site->view.site.state)
        {
            ngx_shop_emit_text(e, "</b> after ");
            ngx_shop_status_piece_clock(e, from, snap->now);
            ngx_shop_emit_text(e, ", over now</li>\n");
            continue;
        }

        ngx_shop_emit_text(e, "</b> between ");
        ngx_shop_status_piece_clock(e, from, snap->now);
        ngx_shop_emit_text(e, " and ");

        if (end == NGX_SHOP_BAND_N) {
            ngx_shop_emit_text(e, "now");

        } else {
            ngx_shop_status_piece_clock(e, from + (int64_t) (end - i)
                                            * NGX_SHOP_BAND_STEP, snap->now);
        }

        ngx_shop_emit_text(e, "</li>\n");
    }

    if (more) {
        ngx_shop_emit_text(e, "<li class=\"m\">and ");
        ngx_shop_emit_number(e, (int64_t) more);
        ngx_shop_emit_text(e, " times more, before that</li>\n");
    }

    if (told) {
        ngx_shop_emit_text(e, "</ul>\n");

    } else {
        ngx_shop_emit_text(e, known == NGX_SHOP_BAND_N
                              ? "<p>Open all the time.</p>\n"
                              : "<p>Open as long as it is known.</p>\n");
    }
}
