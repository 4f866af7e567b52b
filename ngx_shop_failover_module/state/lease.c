
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Leases of peers, and the commit of a result.
 */


#include "state/lease.h"
#include "state/clock.h"
#include "state/line.h"
#include "state/shift.h"
#include "state/peers.h"
#include "state/share.h"


/* "soon after it came back": in so many intervals */
#define NGX_SHOP_LEASE_RELAPSE   10

/* ms, between two probes while visitors wait for a server */
#define NGX_SHOP_LEASE_QUICK     100

/* s, for which a server that is gone is believed to be so as planned */
#define NGX_SHOP_LEASE_PROMISE   3600

/* how often the passes that are asked for double */
#define NGX_SHOP_LEASE_RELAPSES  5


static ngx_uint_t ngx_shop_lease_takes(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace, ngx_msec_t now);
static ngx_uint_t ngx_shop_lease_holds(ngx_shop_layout_peer_t *ps,
    ngx_shop_lease_t *lease);
static ngx_msec_t ngx_shop_lease_first(ngx_shop_model_zone_t *zone,
    ngx_shop_lease_pace_t *pace);
static int64_t ngx_shop_lease_doubt(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_sample_t *sample);
static void ngx_shop_lease_next(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace,
    ngx_shop_lease_t *lease, ngx_msec_t interval);
static ngx_uint_t ngx_shop_lease_waiting(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);
static ngx_uint_t ngx_shop_lease_nobody(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);
static void ngx_shop_lease_judge(ngx_shop_layout_peer_t *ps,
    ngx_shop_lease_pace_t *pace, ngx_shop_layout_sample_t *sample,
    ngx_shop_lease_commit_t *commit);
static uint16_t ngx_shop_lease_passes(ngx_shop_layout_peer_t *ps,
    ngx_shop_lease_pace_t *pace, ngx_uint_t nobody);
static void ngx_shop_lease_own(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit);
static void ngx_shop_lease_own_over(ngx_shop_layout_peer_t *ps,
    ngx_shop_lease_commit_t *commit);
static void ngx_shop_lease_busy(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit);
static void ngx_shop_lease_silent(ngx_shop_layout_peer_t *ps,
    ngx_shop_lease_pace_t *pace, ngx_shop_layout_sample_t *sample,
    ngx_shop_lease_commit_t *commit);
static void ngx_shop_lease_turned(ngx_shop_layout_peer_t *ps,
    ngx_shop_lease_pace_t *pace, ngx_shop_layout_sample_t *sample,
    ngx_shop_lease_commit_t *commit);
static ngx_msec_t ngx_shop_lease_spread(ngx_msec_t interval,
    ngx_uint_t jitter);
static void ngx_shop_lease_remember(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_sample_t *sample, ngx_uint_t planned);


/*
 * Whether this worker may take the lease from its holder: nobody holds it, it
 * ran out, the holder is of an older configuration, is gone, or keeps it only
 * because the worker whose turn it is was away.
 */

static ngx_uint_t
ngx_shop_lease_takes(ngx_shop_model_zone_t *zone, ngx_shop_layout_peer_t *ps,
    ngx_shop_lease_pace_t *pace, ngx_msec_t now)
{
    int32_t     newer;
    ngx_uint_t  home;

    if (ps->owner == ngx_pid) {
        return 1;
    }

    home = ((ps - zone->sh->peers) % pace->workers == pace->worker);

    newer = (int32_t) (ps->generation - zone->generation);

    if (ps->owner == 0 || newer < 0) {
        /* at the start each worker takes its share, then what is left */

        return home || now - ps->touched > pace->interval;
    }

    if (newer > 0) {
        return 0;
    }

    if ((ngx_msec_int_t) (now - ps->until) >= 0) {
        return 1;
    }

    if (home && (!ps->probing || ps->worker == pace->worker)) {

        /* the same worker number is a respawn: its predecessor is dead */

        return 1;
    }

    return kill(ps->owner, 0) == -1 && ngx_errno == ESRCH;
}


ngx_int_t
ngx_shop_lease_take(ngx_shop_model_zone_t *zone, ngx_shop_model_peer_t *peer,
    ngx_shop_lease_pace_t *pace, ngx_shop_lease_t *lease, ngx_msec_t *wait)
{
    ngx_int_t                rc;
    ngx_msec_t               now;
    ngx_msec_int_t           left;
    ngx_shop_layout_peer_t  *ps;

    ps = &zone->sh->peers[peer->slot];

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);

    if (ps->id != peer->id) {
        rc = NGX_DECLINED;
        goto done;
    }

    rc = NGX_AGAIN;

    if (!ngx_shop_lease_takes(zone, ps, pace, now)) {

        left = (ngx_msec_int_t) (ps->until - now);

        *wait = (left > 0) ? (ngx_msec_t) left : pace->interval;
        goto done;
    }

    if (ps->owner == 0 && ps->due == 0) {
        ps->due = now + ngx_shop_lease_first(zone, pace);
    }

    ps->owner = ngx_pid;
    ps->worker = (uint16_t) pace->worker;
    ps->generation = zone->generation;
    ps->probing = 0;
    ps->touched = now;

    *wait = ngx_shop_share_sleep_locked(zone, ps, pace->group);

    if (*wait) {
        ps->until = now + *wait + pace->interval;
        goto done;
    }

    ps->probing = 1;
    ps->started = (uint32_t) now;
    ps->epoch++;
    ps->until = now + 2 * pace->interval;

    *wait = pace->interval;

    lease->id = ps->id;
    lease->slot = peer->slot;
    lease->epoch = ps->epoch;
    lease->started = now;

    rc = NGX_OK;

done:

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/*
 * A new peer is probed soon, but with many of them not all at once: that would
 * be a wave of connections here, and one of answers at shops that share a host.
 */

static ngx_msec_t
ngx_shop_lease_first(ngx_shop_model_zone_t *zone, ngx_shop_lease_pace_t *pace)
{
    ngx_msec_t  range;

    range = ngx_min(pace->interval, 1000 + zone->sh->used / 2);

    return ngx_random() % (range + 1);
}


static ngx_uint_t
ngx_shop_lease_holds(ngx_shop_layout_peer_t *ps, ngx_shop_lease_t *lease)
{
    return ps->id == lease->id && ps->owner == ngx_pid
           && ps->epoch == lease->epoch;
}


ngx_int_t
ngx_shop_lease_renew(ngx_shop_model_zone_t *zone, ngx_shop_lease_t *lease,
    ngx_shop_lease_pace_t *pace)
{
    ngx_int_t                rc;
    ngx_msec_t               now;
    ngx_shop_layout_peer_t  *ps;

    rc = NGX_DECLINED;
    ps = &zone->sh->peers[lease->slot];

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);

    if (ngx_shop_lease_holds(ps, lease)) {
        ps->touched = now;
        ps->until = now + 2 * pace->interval;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


ngx_int_t
ngx_shop_lease_commit(ngx_shop_model_zone_t *zone, ngx_shop_lease_t *lease,
    ngx_shop_lease_pace_t *pace, ngx_shop_layout_sample_t *sample,
    ngx_uint_t silent, ngx_shop_lease_commit_t *commit)
{
    ngx_int_t                 rc;
    ngx_uint_t                waiting, weight;
    ngx_msec_t                now, interval;
    ngx_shop_layout_peer_t   *ps;
    ngx_shop_layout_group_t  *gs;

    rc = NGX_DECLINED;
    ps = &zone->sh->peers[lease->slot];

    ngx_memzero(commit, sizeof(ngx_shop_lease_commit_t));
    commit->wait = pace->interval;
    commit->silent = silent;
    commit->own = lease->own;

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);

    if (!ngx_shop_lease_holds(ps, lease)) {
        goto done;
    }

    waiting = ngx_shop_lease_waiting(zone, pace->group);

    if (waiting && sample->result != NGX_SHOP_VERDICT_RESULT_OK
        && (uint32_t) now - ps->counted < pace->fast)
    {
        goto next;
    }

    commit->waiting = waiting;
    rc = NGX_OK;

    ngx_shop_shift_follow_locked(zone->sh);

    zone->sh->unsettled++;

    commit->nobody = ngx_shop_lease_nobody(zone, pace->group);
    weight = ps->own.said.weight;

    ngx_shop_lease_judge(ps, pace, sample, commit);
    ps->counted = (uint32_t) now;

    gs = &zone->sh->groups[ps->group];
    gs->results[sample->result % NGX_SHOP_VERDICT_RESULT_N]++;

    if (commit->edge == NGX_SHOP_VERDICT_EDGE_DOWN) {
        gs->detection = sample->at - commit->doubt;
    }

    zone->sh->probed = sample->at;
    zone->sh->changed += (commit->edge != NGX_SHOP_VERDICT_EDGE_NONE
                          || commit->busy || commit->said);

    if (weight != ps->own.said.weight) {
        (void) ngx_atomic_fetch_add(&zone->sh->verdicts, 1);
    }

    ngx_shop_peers_publish_locked(zone, ps,
             ngx_shop_verdict_usable(&ps->verdict, pace->rule));

    zone->sh->unsettled--;

    commit->nobody = ngx_shop_lease_nobody(zone, pace->group);

next:

    interval = ngx_shop_verdict_in_doubt(&ps->verdict)
               || commit->nobody
               ? pace->fast : pace->interval;

    if (waiting) {
        interval = ngx_min(interval, NGX_SHOP_LEASE_QUICK);
    }

    ngx_shop_lease_next(zone, ps, pace, lease, interval);

    commit->wait = ngx_shop_share_sleep_locked(zone, ps, pace->group);
    commit->wait = ngx_max(commit->wait, 1);

    ps->probing = 0;
    ps->touched = now;
    ps->until = now + commit->wait + pace->interval;

done:

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/*
 * When to probe next.  What is as it was may be left to others, where they take
 * turns with this node; what is in doubt may not.
 */

static void
ngx_shop_lease_next(ngx_shop_model_zone_t *zone, ngx_shop_layout_peer_t *ps,
    ngx_shop_lease_pace_t *pace, ngx_shop_lease_t *lease, ngx_msec_t interval)
{
    ngx_msec_t  now;

    ps->shared = 0;
    ps->due = lease->started + ngx_shop_lease_spread(interval, pace->jitter);

    if (interval == pace->interval && pace->group->shared > 1
        && ps->verdict.state != NGX_SHOP_VERDICT_CHECKING
        && !ngx_shop_verdict_in_doubt(&ps->verdict)
        && ngx_shop_share_due_locked(zone, ps, pace->group) == NGX_OK)
    {
        ps->due += ngx_shop_lease_spread(interval, pace->jitter) - interval;
    }

    now = ngx_shop_clock_msec(zone->sh);

    if ((ngx_msec_int_t) (ps->due - now) <= 0) {
        ps->due = now + 1;
    }
}


/*
 * Whether visitors wait for a server of the group: the next that passes is to
 * be found soon, and one pass is enough.  Looks that come sooner than "fast"
 * and fail say nothing new.
 */

static ngx_uint_t
ngx_shop_lease_waiting(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    return group->queue && ngx_shop_line_waiting(zone, group, NULL);
}


/* whether no peer of the group may be used: then each moment counts */

static ngx_uint_t
ngx_shop_lease_nobody(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_shop_site_count_t  count;

    ngx_shop_peers_count(zone, group, &count);

    return count.primaries_usable == 0 && count.backups_usable == 0;
}


/* the result into the verdict and the history */

static void
ngx_shop_lease_judge(ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit)
{
    ngx_shop_verdict_rule_t    rule;
    ngx_shop_verdict_result_e  result;

    rule = *pace->rule;
    rule.passes = commit->waiting ? 1
                  : ngx_shop_lease_passes(ps, pace, commit->nobody);
    commit->need = rule.passes;

    /* a planned absence is no failure, and ends a run of them */

    commit->planned = sample->result != NGX_SHOP_VERDICT_RESULT_OK
                      && commit->own.what;
    result = commit->planned ? NGX_SHOP_VERDICT_RESULT_BUSY : sample->result;

    ngx_shop_lease_own(ps, sample, commit);
    ngx_shop_lease_remember(ps, sample, commit->planned);
    ngx_shop_lease_busy(ps, sample, commit);
    ngx_shop_lease_silent(ps, pace, sample, commit);

    commit->since = ps->since;
    commit->from = ps->verdict.state;
    commit->run = ps->verdict.run + 1;

    if (commit->silent) {
        ngx_shop_verdict_suspect(&ps->verdict, &rule, result);
    }

    commit->edge = ngx_shop_verdict_add(&ps->verdict, &rule, result);
    commit->doubt = ngx_shop_lease_doubt(ps, sample);

    ngx_shop_lease_own_over(ps, commit);

    if (commit->edge != NGX_SHOP_VERDICT_EDGE_NONE) {
        ngx_shop_lease_turned(ps, pace, sample, commit);
    }
}


/*
 * A server that goes down again soon after it came back has to pass more
 * probes each time; not where nobody else is left to serve.
 */

static uint16_t
ngx_shop_lease_passes(ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace,
    ngx_uint_t nobody)
{
    ngx_uint_t  passes;

    passes = pace->rule->passes;

    if (ps->verdict.state == NGX_SHOP_VERDICT_DOWN && !nobody) {
        passes <<= ps->relapses;
    }

    return (uint16_t) ngx_min(passes, 65535);
}


/* what the server says of itself; an answer that passes ends what it said */

static void
ngx_shop_lease_own(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit)
{
    ngx_uint_t       was;
    ngx_shop_own_t  *own;

    own = &commit->own;
    was = ps->own.said.what;

    commit->said_was = was;
    commit->said_since = ps->own.since;

    if (own->what == NGX_SHOP_OWN_NONE
        && sample->result != NGX_SHOP_VERDICT_RESULT_OK)
    {
        return;
    }

    ps->own.said = *own;
    ps->own.until = 0;

    if (own->what == NGX_SHOP_OWN_MAINT && own->timed) {
        ps->own.until = ngx_current_msec
                        + 1000 * (ngx_msec_t) ngx_min(own->retry,
                                                      NGX_SHOP_LEASE_PROMISE);
    }

    if (own->what == was) {
        return;
    }

    ps->own.since = sample->at / 1000;

    if (was == NGX_SHOP_OWN_MAINT) {
        ps->up_since = ngx_current_msec;
        ps->ramp = 0;
    }
}


/*
 * A server that is found dead says nothing any more.  One that said for how
 * long it would be away is believed until then: it may be started anew.
 */

static void
ngx_shop_lease_own_over(ngx_shop_layout_peer_t *ps,
    ngx_shop_lease_commit_t *commit)
{
    if (ps->own.said.what && commit->own.what == NGX_SHOP_OWN_NONE
        && ps->verdict.state == NGX_SHOP_VERDICT_DOWN
        && (ps->own.until == 0
            || (ngx_msec_int_t) (ngx_current_msec - ps->own.until) >= 0))
    {
        ngx_memzero(&ps->own, sizeof(ngx_shop_layout_own_t));
    }

    commit->said_is = ps->own.said.what;
    commit->said = (commit->said_is != commit->said_was);
}


/* slow with everybody, or no more */

static void
ngx_shop_lease_busy(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit)
{
    commit->busy_since = ps->busy;

    if (sample->result == NGX_SHOP_VERDICT_RESULT_BUSY) {

        if (ps->busy == 0 && ps->verdict.state == NGX_SHOP_VERDICT_UP) {
            ps->busy = sample->at / 1000;
            commit->busy = 1;
            commit->waited = sample->total;
        }

    } else if (sample->result == NGX_SHOP_VERDICT_RESULT_OK && ps->busy) {
        ps->busy = 0;
        commit->busy = -1;
    }
}


/*
 * What the probe says of a silence.  One that passes ends it, also where all
 * requests that waited were moved: so much silence is usual for this server.
 */

static void
ngx_shop_lease_silent(ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit)
{
    uint32_t  now;

    now = (uint32_t) ngx_current_msec;

    switch (commit->planned ? NGX_SHOP_VERDICT_RESULT_BUSY : sample->result) {

    case NGX_SHOP_VERDICT_RESULT_OK:

        ps->usual = ngx_shop_silence_usual(ps->usual, sample->total);

        if (!pace->kept) {
            ps->reach = ngx_shop_silence_usual(ps->reach, sample->connect);
        }

        if (ps->suspect) {
            ps->silence += now - ps->suspect;
        }

        /* requests that are heard write it without the lock */

        if (ps->silence > ngx_shop_layout_read(ps->evidence.quiet)) {
            ngx_shop_layout_write(ps->evidence.quiet, ps->silence);
        }

        break;

    case NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE:
    case NGX_SHOP_VERDICT_RESULT_BUSY:
        break;

    default:

        if (ps->suspect) {

            /* stays so until the next probe says what it is */

            commit->silent = 1;
            commit->whose = ps->whose;
            return;
        }
    }

    ps->silence = 0;
    ps->suspect = 0;
    ps->whose = NGX_SHOP_SILENCE_UNKNOWN;
}


static void
ngx_shop_lease_turned(ngx_shop_layout_peer_t *ps, ngx_shop_lease_pace_t *pace,
    ngx_shop_layout_sample_t *sample, ngx_shop_lease_commit_t *commit)
{
    ps->since = sample->at / 1000;
    ps->doubt = 0;
    ps->doubted = 0;

    if (commit->edge == NGX_SHOP_VERDICT_EDGE_UP) {
        ps->up_since = ngx_current_msec;
        ps->ramp = 0;
    }

    if (commit->edge == NGX_SHOP_VERDICT_EDGE_DOWN) {
        ps->downs++;
        ps->busy = 0;
        ps->suspect = 0;
        ps->silence = 0;
        ps->aside.until = 0;

        if (ps->up_since == 0
            || ngx_current_msec - ps->up_since
               > NGX_SHOP_LEASE_RELAPSE * pace->interval)
        {
            ps->relapses = 0;

        } else if (ps->relapses < NGX_SHOP_LEASE_RELAPSES) {
            ps->relapses++;
        }
    }
}


/*
 * When it failed first, by the clock of now: what has passed is what the
 * monotonic clock says, where it was not another machine's or another boot's.
 */

static int64_t
ngx_shop_lease_doubt(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_sample_t *sample)
{
    ngx_msec_int_t  passed;

    if (ps->doubt == 0 || ps->doubted == 0) {
        return ps->doubt ? ngx_min(ps->doubt, sample->at - 1) : 0;
    }

    passed = (ngx_msec_int_t) (ngx_current_msec - ps->doubted);

    return sample->at - ngx_max(passed, 1);
}


void
ngx_shop_lease_release(ngx_shop_model_zone_t *zone, ngx_shop_lease_t *lease)
{
    ngx_shop_layout_peer_t  *ps;

    ps = &zone->sh->peers[lease->slot];

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (ngx_shop_lease_holds(ps, lease)) {
        ps->probing = 0;
        ps->owner = 0;
        ps->due = ngx_shop_clock_msec(zone->sh);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


/* interval, give or take jitter percent */

static ngx_msec_t
ngx_shop_lease_spread(ngx_msec_t interval, ngx_uint_t jitter)
{
    ngx_msec_t  range;

    range = interval * jitter / 100;

    if (range == 0) {
        return interval;
    }

    return interval - range + ngx_random() % (2 * range + 1);
}


static void
ngx_shop_lease_remember(ngx_shop_layout_peer_t *ps,
    ngx_shop_layout_sample_t *sample, ngx_uint_t planned)
{
    ngx_uint_t  n;

    n = ps->checks % NGX_SHOP_LAYOUT_HISTORY;

    if (n & 1) {
        ps->history[n / 2] = (uint8_t) ((ps->history[n / 2] & 0x0f)
                                        | (sample->result << 4));

    } else {
        ps->history[n / 2] = (uint8_t) ((ps->history[n / 2] & 0xf0)
                                        | sample->result);
    }

    ps->took[n] = (uint16_t) ngx_min(sample->total,
                                     NGX_SHOP_LAYOUT_NO_TIME - 1);

    ps->checks++;
    ps->last = *sample;

    if (sample->result == NGX_SHOP_VERDICT_RESULT_OK
        || sample->result >= NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE
        || planned)
    {
        return;
    }

    ps->fails++;

    if (ps->verdict.state != NGX_SHOP_VERDICT_DOWN
        && (ps->doubt == 0 || ps->verdict.run == 0))
    {
        ps->doubt = sample->at;
        ps->doubted = ngx_current_msec;
    }
}
