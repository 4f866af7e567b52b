
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Of a site: how available it was, what is left of its promise, and how much it
 * is used in each hour of the week.
 */


#include "nginx/status/status.h"

#include "state/clock.h"

#include "logic/flag/times.h"


static void ngx_shop_status_budget_hour(ngx_shop_emit_t *e,
    ngx_shop_week_t *week);


static const char  *ngx_shop_status_budget_kinds[NGX_SHOP_WEEK_N] = {
    "requests", "pages", "posts"
};


/* NULL where nobody asked for it: it is long */

void
ngx_shop_status_budget_week(ngx_shop_emit_t *e, ngx_shop_week_t *week)
{
    unsigned  h, k;

    if (week == NULL) {
        ngx_shop_emit_null(e, "week");
        return;
    }

    ngx_shop_emit_object(e, "week");
    ngx_shop_emit_int(e, "utc_offset", ngx_shop_clock_ahead());
    ngx_shop_status_budget_hour(e, week);
    ngx_shop_emit_array(e, "weeks");

    for (h = 0; h < NGX_SHOP_WEEK_HOURS; h++) {
        ngx_shop_emit_int(e, NULL, week->weeks[h]);
    }

    ngx_shop_emit_close(e, ']');

    for (k = 0; k < NGX_SHOP_WEEK_N; k++) {
        ngx_shop_emit_array(e, ngx_shop_status_budget_kinds[k]);

        for (h = 0; h < NGX_SHOP_WEEK_HOURS; h++) {
            ngx_shop_emit_milli(e, NULL,
                                (int64_t) week->usual[h * NGX_SHOP_WEEK_N + k]
                                * 1000 / NGX_SHOP_WEEK_UNIT);
        }

        ngx_shop_emit_close(e, ']');
    }

    ngx_shop_emit_close(e, '}');
}


/* the hour that goes on */

static void
ngx_shop_status_budget_hour(ngx_shop_emit_t *e, ngx_shop_week_t *week)
{
    unsigned  k;

    ngx_shop_emit_object(e, "now");
    ngx_shop_emit_int(e, "hour", ngx_shop_week_hour(week->hour));
    ngx_shop_emit_int(e, "seconds", week->open / 1000);

    for (k = 0; k < NGX_SHOP_WEEK_N; k++) {
        ngx_shop_emit_int(e, ngx_shop_status_budget_kinds[k], week->sums[k]);
    }

    ngx_shop_emit_close(e, '}');
}


void
ngx_shop_status_budget_html(ngx_shop_emit_t *e, ngx_shop_snapshot_t *snap)
{
    u_char                     buf[NGX_SHOP_TALLY_TOLD_LEN];
    unsigned                   i;
    ngx_uint_t                 broken;
    ngx_shop_tally_sum_t      *sum;
    ngx_shop_snapshot_site_t  *site;

    site = snap->site;

    if (site->ledger.sums[NGX_SHOP_TALLY_YEAR].ms[NGX_SHOP_TALLY_KNOWN]
        < 1000)
    {
        return;
    }

    ngx_shop_emit_text(e, "<section>\n<h2>Availability</h2>\n");

    if (site->conf->promise) {
        ngx_shop_emit_text(e, "<p>Promised: ");
        ngx_shop_emit_raw(e, buf, ngx_shop_tally_percent(buf,
                                                         site->conf->promise));
        ngx_shop_emit_text(e, "&nbsp;%</p>\n");
    }

    ngx_shop_emit_text(e, "<ul>\n");

    for (i = 0; i < NGX_SHOP_TALLY_WINDOWS; i++) {
        sum = &site->ledger.sums[i];

        broken = site->conf->promise
                 && ngx_shop_tally_left(sum, site->conf->promise) < 0;

        ngx_shop_emit_text(e, broken ? "<li><b class=\"x\">" : "<li>");
        ngx_shop_emit_number(e, ngx_shop_tally_days(i));
        ngx_shop_emit_text(e, " days: ");
        ngx_shop_emit_raw(e, buf, ngx_shop_tally_told(buf, sum,
                                                      site->conf->promise));
        ngx_shop_emit_text(e, broken ? "</b>" : "");

        if (!ngx_shop_tally_whole(sum, i)) {
            ngx_shop_emit_text(e, "; known are ");
            ngx_shop_emit_raw(e, buf, ngx_shop_times_length(buf,
                                 sum->ms[NGX_SHOP_TALLY_KNOWN] / 1000));
        }

        ngx_shop_emit_text(e, "</li>\n");
    }

    ngx_shop_emit_text(e, "</ul>\n</section>\n");
}
