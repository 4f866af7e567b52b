
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Brings groups and sites up to date with peers, flags and the time.  Says what
 * changed and logs nothing.
 */


#include "state/board_inside.h"
#include "state/clock.h"
#include "state/shift.h"
#include "state/counters.h"
#include "state/ledger.h"
#include "state/groups.h"
#include "state/peers.h"


static ngx_uint_t ngx_shop_board_evaluate_groups_locked(
    ngx_shop_model_zone_t *zone, ngx_shop_groups_change_t *changes,
    ngx_uint_t n);
static ngx_uint_t ngx_shop_board_evaluate_sites_locked(
    ngx_shop_model_zone_t *zone, ngx_shop_groups_change_t *changes,
    ngx_uint_t n);
static ngx_uint_t ngx_shop_board_evaluate_one_locked(
    ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    ngx_shop_groups_change_t *change);
static void ngx_shop_board_evaluate_sums_locked(ngx_shop_model_zone_t *zone,
    ngx_uint_t begin);
static void ngx_shop_board_evaluate_sum(ngx_shop_layout_flag_t *fs,
    ngx_shop_layout_site_t *ss);
static ngx_uint_t ngx_shop_board_evaluate_flag(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, ngx_shop_model_site_t *conf,
    ngx_shop_board_health_t *health);
static void ngx_shop_board_evaluate_life(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs);
static void ngx_shop_board_evaluate_found(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, ngx_shop_board_health_t *health);
static ngx_uint_t ngx_shop_board_evaluate_site_locked(
    ngx_shop_layout_site_t *ss, ngx_shop_layout_flag_t *fs,
    ngx_shop_model_site_t *conf, ngx_shop_board_health_t *health);
static void ngx_shop_board_evaluate_own(ngx_shop_layout_site_t *ss,
    ngx_shop_board_health_t *health);
static ngx_uint_t ngx_shop_board_evaluate_said(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, int64_t now);
static void ngx_shop_board_evaluate_times(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs);


ngx_uint_t
ngx_shop_board_evaluate(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n)
{
    ngx_uint_t  k;

    ngx_shmtx_lock(&zone->shpool->mutex);

    while (zone->parted != zone->sh->parted) {

        /* another worker has found out meanwhile who speaks */

        ngx_shmtx_unlock(&zone->shpool->mutex);

        ngx_shop_board_hosts_learn(zone, ngx_cycle->log);

        ngx_shmtx_lock(&zone->shpool->mutex);
    }

    ngx_shop_shift_follow_locked(zone->sh);

    if (zone->sh->unsettled) {
        ngx_shop_peers_settle_locked(zone);
    }

    k = ngx_shop_board_evaluate_groups_locked(zone, changes, n);
    k += ngx_shop_board_evaluate_sites_locked(zone, &changes[k], n - k);

    zone->sh->changed += k;

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return k;
}


static ngx_uint_t
ngx_shop_board_evaluate_groups_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n)
{
    ngx_uint_t                  i, k;
    ngx_shop_model_group_t    **group;

    k = 0;
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        group[i]->judged = ((group[i]->checked || group[i]->chain.nelts)
                            && !group[i]->unknown);

        if (!group[i]->judged) {
            continue;
        }

        k += ngx_shop_groups_evaluate_locked(zone, group[i], &changes[k],
                                             n - k);

        group[i]->state = ngx_shop_groups_state(zone, group[i]);
    }

    return k;
}


static ngx_uint_t
ngx_shop_board_evaluate_sites_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n)
{
    ngx_uint_t               i, k;
    ngx_shop_model_site_t  **conf;

    ngx_shop_board_evaluate_sums_locked(zone, 1);

    k = 0;
    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts && k < n; i++) {
        k += ngx_shop_board_evaluate_one_locked(zone, conf[i], &changes[k]);
    }

    if (i < zone->sites.nelts) {

        /* the rest of the sites is looked at in the next call */

        return k;
    }

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS && k < n; i++) {

        if (zone->parts[i].used) {
            k += ngx_shop_board_evaluate_one_locked(zone, &zone->parts[i],
                                                    &changes[k]);
            ngx_shop_board_parts_end_locked(zone, &zone->parts[i]);
        }
    }

    if (i == NGX_SHOP_LAYOUT_PARTS) {
        ngx_shop_board_evaluate_sums_locked(zone, 0);
    }

    return k;
}


static ngx_uint_t
ngx_shop_board_evaluate_one_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_groups_change_t *change)
{
    unsigned                  from;
    int64_t                   since;
    ngx_uint_t                changed;
    ngx_shop_board_health_t   health;
    ngx_shop_layout_flag_t   *fs;
    ngx_shop_layout_site_t   *ss;

    ss = zone->sh->sites[conf->index];
    fs = ngx_shop_board_flag_of(zone, conf);
    from = ss->site.state;
    since = ss->site.since;

    ngx_shop_board_health(zone, conf, &health);

    ngx_shop_ledger_count_locked(zone->sh, ss, health.now);

    changed = ngx_shop_board_evaluate_site_locked(ss, fs, conf, &health);

    if (changed) {
        change->what = NGX_SHOP_GROUPS_CHANGE_STATE;
        change->group = NULL;
        change->site = conf;
        change->from = from;
        change->to = ss->site.state;
        change->since = since;
    }

    if (fs) {
        ngx_shop_board_evaluate_sum(fs, ss);
    }

    return changed;
}


/* what all sites of a flag, or of a file of it, make of it */

static void
ngx_shop_board_evaluate_sums_locked(ngx_shop_model_zone_t *zone,
    ngx_uint_t begin)
{
    ngx_uint_t                i, n;
    ngx_shop_layout_flag_t   *fs;
    ngx_shop_model_flag_t   **flag;

    flag = zone->flags.elts;
    n = zone->flags.nelts;

    for (i = 0; i < n + NGX_SHOP_LAYOUT_VOICES; i++) {

        fs = zone->sh->flags[i < n ? flag[i]->index
                                   : zone->sh->nflags + i - n];

        if (fs == NULL) {
            continue;
        }

        if (begin) {
            fs->sum_asked = NGX_SHOP_SITE_FLAG_OPEN;
            fs->sum_over = 1;
            fs->sum_sited = 0;
            continue;
        }

        fs->asked = fs->sum_asked;
        fs->over = (fs->sum_sited && fs->sum_over);
    }
}


/* what a flag does, in all: closed, else browse, else words, else open */

static void
ngx_shop_board_evaluate_sum(ngx_shop_layout_flag_t *fs,
    ngx_shop_layout_site_t *ss)
{
    fs->sum_sited = 1;

    if (!ss->life.ended) {
        fs->sum_over = 0;
    }

    if (fs->sum_asked == NGX_SHOP_SITE_FLAG_OPEN
        || ss->asked == NGX_SHOP_SITE_FLAG_CLOSED
        || (ss->asked == NGX_SHOP_SITE_FLAG_BROWSE
            && fs->sum_asked == NGX_SHOP_SITE_FLAG_WORDS))
    {
        fs->sum_asked = ss->asked;
    }
}


/* what the flag of a site asks for now, an ngx_shop_site_flag_e */

static ngx_uint_t
ngx_shop_board_evaluate_flag(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, ngx_shop_model_site_t *conf,
    ngx_shop_board_health_t *health)
{
    ngx_uint_t  asked, well;

    if (fs == NULL || !fs->there) {
        return NGX_SHOP_SITE_FLAG_OPEN;
    }

    if (fs->error) {

        /* somebody made the file: the intent is clear, the text is not */

        return NGX_SHOP_SITE_FLAG_CLOSED;
    }

    asked = ngx_shop_site_flag(&fs->notice, ss->asked, ngx_shop_clock_now());

    /* without probes nobody can tell; a backup that serves is not well */

    well = (health->checked && health->worst <= NGX_SHOP_SITE_GROUP_DEGRADED);

    if (asked != NGX_SHOP_SITE_FLAG_OPEN
        && !ngx_shop_site_ended(&ss->life, &fs->notice,
                                (unsigned) well, conf->hold,
                                health->now))
    {
        return asked;
    }

    if (fs->rest && ngx_shop_site_closes(ss->asked)) {

        /* another file closes: not open until one has said which */

        fs->reread = health->now;
        return ss->asked;
    }

    return NGX_SHOP_SITE_FLAG_OPEN;
}


/* another notice begins with a life of its own */

static void
ngx_shop_board_evaluate_life(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs)
{
    if (fs == NULL || ss->text == fs->text) {
        return;
    }

    ngx_memzero(&ss->life, sizeof(ngx_shop_site_life_t));
    ss->life.ended = fs->over;

    if (fs->there && !fs->error) {
        ss->life.late = (uint8_t) ngx_shop_site_late(&ss->site, &fs->notice);
    }

    if (fs->there && fs->notice.bad_start) {

        /* as before: of this file, not of the one that spoke */

        ss->asked = fs->said;
    }

    ngx_memory_barrier();
    ss->text = fs->text;
}


/*
 * Probes need a while to find an outage: a flag that came meanwhile is one of
 * it, and was not planned.
 */

static void
ngx_shop_board_evaluate_found(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, ngx_shop_board_health_t *health)
{
    if (fs == NULL || !fs->there || fs->error
        || !ngx_shop_site_before(&ss->site, &fs->notice, fs->since,
                                 health->failing))
    {
        return;
    }

    ss->life.late = 1;
    ngx_memory_barrier();
    ss->site.outage = health->failing / 1000;
}


static ngx_uint_t
ngx_shop_board_evaluate_site_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, ngx_shop_model_site_t *conf,
    ngx_shop_board_health_t *health)
{
    ngx_uint_t             changed;
    ngx_shop_site_t        next;
    ngx_shop_site_input_t  in;

    ngx_shop_board_evaluate_life(ss, fs);
    ngx_shop_board_evaluate_found(ss, fs, health);

    ss->asked = (uint8_t) ngx_shop_board_evaluate_flag(ss, fs, conf, health);

    in.group = (uint8_t) health->worst;
    in.flag = ss->asked;
    in.busy = (health->busy != 0);
    in.hold = conf->hold;
    in.ramp = conf->ramp;

    next = ss->site;
    changed = ngx_shop_site_step(&next, &in, health->now,
                                 ngx_shop_clock_now());
    if (changed) {

        /* first: a worker that is killed here leaves it to be done again */

        ss->version++;
        ngx_memory_barrier();

        ngx_shop_counters_mark_locked(ss, &next);
    }

    ss->site = next;
    ngx_shop_band_add(&ss->band, next.state, ngx_shop_clock_now());

    if (changed) {
        ss->entered[ss->site.state]++;
    }

    ss->gate = ngx_shop_board_gate_of(ss, fs, conf);

    ngx_shop_board_evaluate_own(ss, health);
    ngx_shop_board_evaluate_times(ss, fs);

    return changed;
}


/*
 * What servers say that have closed the site themselves.  A time that is
 * counted down is no news: visitors come back a little later in any case.
 */

static void
ngx_shop_board_evaluate_own(ngx_shop_layout_site_t *ss,
    ngx_shop_board_health_t *health)
{
    ngx_shop_own_t  own;

    ngx_memzero(&own, sizeof(ngx_shop_own_t));

    if (ss->site.state == NGX_SHOP_SITE_MAINTENANCE
        && !ngx_shop_site_closes(ss->asked))
    {
        own = health->own;
    }

    if (own.what == ss->own.what && own.timed == ss->own.timed
        && own.retry <= ss->own.retry && own.retry >= ss->own.retry / 4 * 3
        && own.reason_len == ss->own.reason_len
        && ngx_memcmp(own.reason, ss->own.reason, own.reason_len) == 0)
    {
        return;
    }

    /* first: a worker that is killed here leaves it to be done again */

    ss->version++;
    ngx_memory_barrier();
    ss->own = own;
}


static ngx_uint_t
ngx_shop_board_evaluate_said(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, int64_t now)
{
    if (fs == NULL || !fs->there || fs->error || fs->notice.bad_start) {
        return NGX_SHOP_BOARD_SAID_NOTHING;
    }

    if (fs->notice.mode != NGX_SHOP_FLAG_WORDS && fs->notice.start.at > now
        && (fs->notice.until.at == 0 || fs->notice.until.at > now))
    {
        return NGX_SHOP_BOARD_SAID_BEFORE;
    }

    /* "we are open again" is not said by a shop that is not */

    if (ss->site.state == NGX_SHOP_SITE_OUTAGE
        || ss->site.state == NGX_SHOP_SITE_MAINTENANCE)
    {
        return NGX_SHOP_BOARD_SAID_NOTHING;
    }

    return ngx_shop_site_after(&fs->notice, now)
           ? NGX_SHOP_BOARD_SAID_AFTER : NGX_SHOP_BOARD_SAID_NOTHING;
}


/* a time that is over changes what a page says, and what is announced */

static void
ngx_shop_board_evaluate_times(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs)
{
    int64_t     now;
    ngx_uint_t  passed;

    now = ngx_shop_clock_now();
    passed = (fs && fs->there) ? ngx_shop_site_passed(&fs->notice, now) : 0;

    ss->announced = ngx_shop_board_evaluate_said(ss, fs, now);

    if (passed != ss->life.passed) {
        ss->version++;
        ngx_memory_barrier();
        ss->life.passed = (uint8_t) passed;
    }
}
