
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What visitors got of peers, and who is put aside for it.
 */


#include "state/record.h"
#include "state/clock.h"
#include "state/shift.h"


/* the slow start after a time aside, where shop_slow_start is off; ms */
#define NGX_SHOP_RECORD_RAMP  10000


static void ngx_shop_record_speaks(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_peer_t *ps);
static ngx_shop_layout_peer_t *ngx_shop_record_find(
    ngx_shop_model_zone_t *zone, ngx_shop_model_peer_t *peer);
static void ngx_shop_record_weigh(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_evidence_case_t *c, ngx_shop_evidence_finding_t *finding);
static void ngx_shop_record_siblings(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_evidence_case_t *c);
static ngx_uint_t ngx_shop_record_spares(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_uint_t percent);
static ngx_uint_t ngx_shop_record_needed(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group);
static void ngx_shop_record_back_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_layout_peer_t *ps);


static ngx_shop_layout_peer_t *
ngx_shop_record_find(ngx_shop_model_zone_t *zone, ngx_shop_model_peer_t *peer)
{
    ngx_shop_layout_peer_t  *ps;

    if (peer->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return NULL;
    }

    ps = &zone->sh->peers[peer->slot];

    return ngx_shop_layout_read(ps->id) == peer->id ? ps : NULL;
}


ngx_uint_t
ngx_shop_record_good(ngx_shop_model_zone_t *zone, ngx_shop_record_t *record,
    ngx_shop_evidence_rule_t *rule, uint32_t waited)
{
    ngx_shop_layout_peer_t  *ps;

    if (record->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return 0;
    }

    ps = &zone->sh->peers[record->slot];

    if (ngx_shop_layout_read(ps->id) != record->id) {
        return 0;
    }

    if (ngx_shop_evidence_good(&ps->evidence, rule, waited,
                               (uint32_t) ngx_current_msec)
        && ngx_shop_layout_read(ps->unusable)
           == NGX_SHOP_PEERS_UNUSABLE_SUSPECT)
    {
        ngx_shop_record_speaks(zone, ps);
    }

    return ngx_shop_layout_read(ps->vain) != 0;
}


void
ngx_shop_record_bad(ngx_shop_model_zone_t *zone, ngx_shop_record_t *record,
    ngx_shop_evidence_rule_t *rule, ngx_shop_evidence_heard_t *heard)
{
    ngx_shop_layout_peer_t  *ps;

    if (record->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return;
    }

    ps = &zone->sh->peers[record->slot];

    if (ngx_shop_layout_read(ps->id) != record->id) {
        return;
    }

    (void) ngx_shop_evidence_add(&ps->evidence, rule, heard);

    /* a 5xx is an answer, too */

    if (heard->kind == NGX_SHOP_EVIDENCE_STATUS
        && ngx_shop_layout_read(ps->unusable)
           == NGX_SHOP_PEERS_UNUSABLE_SUSPECT)
    {
        ngx_shop_record_speaks(zone, ps);
    }
}


/*
 * The first byte of a suspect ends the suspicion.  No lock: where a probe's
 * result comes at the same moment, the result stands.
 */

static void
ngx_shop_record_speaks(ngx_shop_model_zone_t *zone, ngx_shop_layout_peer_t *ps)
{
    ngx_shop_layout_write(ps->suspect, 0);

    if (ngx_atomic_cmp_set(&ps->unusable, NGX_SHOP_PEERS_UNUSABLE_SUSPECT,
                           NGX_SHOP_PEERS_UNUSABLE_NOT))
    {
        (void) ngx_atomic_fetch_add(&zone->sh->verdicts, 1);
    }
}


ngx_int_t
ngx_shop_record_heard(ngx_shop_model_zone_t *zone, ngx_shop_record_t *record,
    uint32_t *msec)
{
    ngx_shop_layout_peer_t  *ps;

    if (record->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return NGX_DECLINED;
    }

    ps = &zone->sh->peers[record->slot];
    *msec = ngx_shop_layout_read(ps->evidence.heard);

    return ngx_shop_layout_read(ps->id) == record->id && *msec
           ? NGX_OK : NGX_DECLINED;
}


ngx_msec_t
ngx_shop_record_patience(ngx_shop_model_zone_t *zone,
    ngx_shop_record_t *record, ngx_msec_t most)
{
    ngx_shop_layout_peer_t  *ps;

    if (record->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return most;
    }

    ps = &zone->sh->peers[record->slot];

    if (ngx_shop_layout_read(ps->id) != record->id
        || ps->unusable != NGX_SHOP_PEERS_UNUSABLE_NOT)
    {
        return most;
    }

    return ngx_shop_silence_patience(&ps->evidence,
                                     (uint32_t) ngx_current_msec,
                                     (uint32_t) most);
}


ngx_msec_t
ngx_shop_record_connect(ngx_shop_model_zone_t *zone,
    ngx_shop_record_t *record)
{
    ngx_shop_layout_peer_t  *ps;

    if (record->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return 0;
    }

    ps = &zone->sh->peers[record->slot];

    return ngx_shop_layout_read(ps->id) == record->id
           ? ngx_shop_silence_connect(ngx_shop_layout_read(ps->reach)) : 0;
}


void
ngx_shop_record_wait(ngx_shop_model_zone_t *zone, ngx_shop_record_t *record)
{
    ngx_shop_layout_peer_t  *ps;

    if (record->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return;
    }

    ps = &zone->sh->peers[record->slot];

    if (ngx_shop_layout_read(ps->id) == record->id) {
        ngx_shop_layout_write(ps->vain, (uint32_t) ngx_current_msec | 1);
    }
}


void
ngx_shop_record_page(ngx_shop_model_zone_t *zone, ngx_shop_record_t *record)
{
    uint32_t                 now;
    ngx_shop_layout_peer_t  *ps;

    now = (uint32_t) ngx_current_msec;
    ps = &zone->sh->peers[record->slot];

    if (ngx_shop_layout_read(ps->id) != record->id) {
        return;
    }

    ngx_shop_layout_write(ps->page, now | 1);

    if (now - ngx_shop_layout_read(ps->vain) > 2 * NGX_SHOP_SILENCE_VAIN) {
        ngx_shop_layout_write(ps->vain, 0);
    }
}


void
ngx_shop_record_vain(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_record_t *record, ngx_uint_t n)
{
    ngx_shop_layout_peer_t   *ps;
    ngx_shop_silence_wait_t   w;

    if (record->slot == NGX_SHOP_LAYOUT_NO_SLOT) {
        return;
    }

    ps = &zone->sh->peers[record->slot];

    if (ngx_shop_layout_read(ps->id) != record->id
        || ngx_shop_layout_read(ps->verdict.state) != NGX_SHOP_VERDICT_UP
        || ngx_shop_layout_read(ps->last.result)
           != NGX_SHOP_VERDICT_RESULT_OK)
    {
        return;
    }

    w.waiting = (uint32_t) n;
    w.now = (uint32_t) ngx_current_msec;
    w.page = ngx_shop_layout_read(ps->page);
    w.probe = ngx_shop_layout_read(ps->started);

    if (ngx_shop_silence_blind(&w)) {
        zone->sh->groups[group->index].vain = w.now | 1;
    }
}


void
ngx_shop_record_proof(ngx_shop_model_zone_t *zone, ngx_shop_record_t *record)
{
    ngx_shop_layout_peer_t  *ps;

    ps = &zone->sh->peers[record->slot];

    if (ngx_shop_layout_read(ps->id) == record->id) {
        ngx_shop_evidence_proof(&ps->evidence);
    }
}


ngx_msec_t
ngx_shop_record_late(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_evidence_rule_t *rule, ngx_msec_t ago)
{
    ngx_shop_evidence_case_t     c;
    ngx_shop_evidence_finding_t  finding;

    ngx_memzero(&c, sizeof(ngx_shop_evidence_case_t));

    c.rule = rule;
    c.late = 1;
    c.msec = (uint32_t) ngx_current_msec;
    c.began = (uint32_t) (ngx_current_msec - ago);

    ngx_shop_record_weigh(zone, group, peer, &c, &finding);

    return finding.verdict == NGX_SHOP_EVIDENCE_BUSY ? finding.mean : 0;
}


ngx_msec_t
ngx_shop_record_timeout(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_evidence_rule_t *rule)
{
    ngx_shop_layout_peer_t    *ps;
    ngx_shop_evidence_case_t   c;

    ps = ngx_shop_record_find(zone, peer);

    if (ps == NULL || ps->unusable != NGX_SHOP_PEERS_UNUSABLE_NOT) {
        return rule->timeout;
    }

    ngx_memzero(&c, sizeof(ngx_shop_evidence_case_t));

    c.rule = rule;
    c.msec = (uint32_t) ngx_current_msec;
    c.own = &ps->evidence;
    c.busy = (ngx_shop_layout_read(ps->busy) != 0);

    ngx_shop_record_siblings(zone, group, peer, &c);

    return ngx_shop_evidence_timeout(&c);
}


static void
ngx_shop_record_weigh(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_evidence_case_t *c, ngx_shop_evidence_finding_t *finding)
{
    ngx_shop_layout_peer_t  *ps;

    finding->verdict = NGX_SHOP_EVIDENCE_NOTHING;

    ps = ngx_shop_record_find(zone, peer);
    if (ps == NULL) {
        return;
    }

    c->own = &ps->evidence;
    c->returned = (ps->aside.returned
                   && ngx_current_msec - ps->aside.returned
                      < NGX_SHOP_EVIDENCE_PROBATION);

    ngx_shop_evidence_sum(&c->sum, &ps->evidence, c->msec);

    ngx_shop_record_siblings(zone, group, peer, c);

    ngx_shop_evidence_weigh(c, finding);
}


/* those that take the same traffic: not backups of it */

static void
ngx_shop_record_siblings(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_evidence_case_t *c)
{
    ngx_shop_peers_walk_t    walk;
    ngx_shop_model_peer_t   *other;
    ngx_shop_layout_peer_t  *ps;

    for (other = ngx_shop_peers_first(group, &walk);
         other;
         other = ngx_shop_peers_next(&walk))
    {
        ps = ngx_shop_record_find(zone, other);

        if (ps == NULL || other->slot == peer->slot || other->down
            || other->backup != peer->backup
            || ps->unusable != NGX_SHOP_PEERS_UNUSABLE_NOT)
        {
            continue;
        }

        ngx_shop_evidence_sum(&c->others, &ps->evidence, c->msec);

        if (ps->last.result == NGX_SHOP_VERDICT_RESULT_OK
            && ngx_shop_evidence_room(&ps->evidence, c->rule,
                                      ps->last.total, c->msec))
        {
            c->room = 1;
        }
    }
}


ngx_int_t
ngx_shop_record_judge(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_shop_record_conf_t *conf, ngx_shop_record_change_t *change)
{
    ngx_int_t                  rc;
    ngx_shop_layout_peer_t    *ps;
    ngx_shop_evidence_case_t   c;

    ps = ngx_shop_record_find(zone, peer);

    if (ps == NULL || ps->unusable != NGX_SHOP_PEERS_UNUSABLE_NOT
        || ps->force.how)
    {
        return NGX_DECLINED;
    }

    ngx_memzero(&c, sizeof(ngx_shop_evidence_case_t));

    c.rule = &conf->rule;
    c.msec = (uint32_t) ngx_current_msec;

    ngx_shop_record_weigh(zone, group, peer, &c, &change->finding);

    if (change->finding.verdict == NGX_SHOP_EVIDENCE_NOTHING) {
        return NGX_DECLINED;
    }

    rc = NGX_DECLINED;

    ngx_shmtx_lock(&zone->shpool->mutex);

    if (ps->id == peer->id && ps->force.how == NGX_SHOP_LAYOUT_FORCE_NONE
        && ps->unusable == NGX_SHOP_PEERS_UNUSABLE_NOT
        && ngx_shop_record_spares(zone, group, peer, conf->percent))
    {
        if (!c.returned) {
            ps->aside.times = 0;
        }

        change->group = group;
        change->peer = peer;
        change->aside = 1;
        change->last = 0;
        change->since = ps->since;
        change->length = ngx_shop_evidence_aside(
                         (uint32_t) conf->min, (uint32_t) conf->max,
                         ps->aside.times);

        ngx_shop_shift_follow_locked(zone->sh);

        zone->sh->unsettled++;

        ps->aside.times++;
        ps->aside.since = ngx_shop_clock_now();
        ps->aside.finding = change->finding;
        ps->aside.until = ngx_shop_clock_msec(zone->sh) + change->length;
        ps->asides++;

        zone->sh->changed++;

        ngx_shop_peers_publish_locked(zone, ps, 1);

        zone->sh->unsettled--;

        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/* those that are down or drained are missed as well */

static ngx_uint_t
ngx_shop_record_spares(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_model_peer_t *peer,
    ngx_uint_t percent)
{
    ngx_shop_site_count_t  count;

    ngx_shop_peers_count(zone, group, &count);

    return peer->backup
           ? ngx_shop_evidence_spares(count.backups,
                                      count.backups_usable,
                                      (uint32_t) percent)
           : ngx_shop_evidence_spares(count.primaries,
                                      count.primaries_usable,
                                      (uint32_t) percent);
}


ngx_uint_t
ngx_shop_record_return(ngx_shop_model_zone_t *zone,
    ngx_shop_record_change_t *changes, ngx_uint_t n)
{
    ngx_uint_t                i, k, needed;
    ngx_msec_t                now;
    ngx_shop_peers_walk_t     walk;
    ngx_shop_model_peer_t    *peer;
    ngx_shop_model_group_t  **group;
    ngx_shop_layout_peer_t   *ps;

    k = 0;
    group = zone->groups.elts;

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);

    for (i = 0; i < zone->groups.nelts; i++) {

        needed = ngx_shop_record_needed(zone, group[i]);

        for (peer = ngx_shop_peers_first(group[i], &walk);
             peer && k < n;
             peer = ngx_shop_peers_next(&walk))
        {
            ps = ngx_shop_record_find(zone, peer);

            if (ps == NULL || ps->aside.until == 0
                || (!needed && (ngx_msec_int_t) (ps->aside.until - now) > 0))
            {
                continue;
            }

            changes[k].group = group[i];
            changes[k].peer = peer;
            changes[k].aside = 0;
            changes[k].last = needed;
            changes[k].since = ps->aside.since;
            changes[k].finding = ps->aside.finding;
            k++;

            ngx_shop_record_back_locked(zone, group[i], ps);
        }
    }

    zone->sh->changed += k;

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return k;
}


/* whether a bad server is better than none, which is all that is left */

static ngx_uint_t
ngx_shop_record_needed(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group)
{
    ngx_uint_t                  i;
    ngx_shop_site_count_t       count;
    ngx_shop_model_group_t    **backup;

    ngx_shop_peers_count(zone, group, &count);

    if (count.aside == 0 || count.primaries_usable || count.backups_usable) {
        return 0;
    }

    backup = group->chain.elts;

    for (i = 0; i < group->chain.nelts; i++) {
        ngx_shop_peers_count(zone, backup[i], &count);

        if (count.primaries_usable || count.backups_usable) {
            return 0;
        }
    }

    return 1;
}


/* what it did before counts no more, but its next failure does the sooner */

static void
ngx_shop_record_back_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_group_t *group, ngx_shop_layout_peer_t *ps)
{
    ngx_memzero(&ps->evidence, sizeof(ps->evidence));

    zone->sh->unsettled++;

    ps->aside.until = 0;
    ps->aside.returned = ngx_current_msec;
    ps->up_since = ngx_current_msec;
    ps->since = ngx_shop_clock_now();
    ps->ramp = NGX_SHOP_RECORD_RAMP;

    ngx_shop_peers_publish_locked(zone, ps,
             ngx_shop_verdict_usable(&ps->verdict, &group->rule));

    zone->sh->unsettled--;
}


u_char *
ngx_shop_record_why(u_char *buf, u_char *last,
    ngx_shop_evidence_finding_t *finding)
{
    if (finding->verdict == NGX_SHOP_EVIDENCE_CRAWLS) {
        return ngx_slprintf(buf, last,
                            "visitors wait %uD ms, %uD ms at its siblings",
                            finding->mean, finding->usual);
    }

    return ngx_slprintf(buf, last, "%uD of %uD requests of visitors %s",
                        finding->failed, finding->of,
                        ngx_shop_evidence_words(finding->kind));
}
