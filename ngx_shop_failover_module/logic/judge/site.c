
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the shop as a whole is.  Pure: no clock, no I/O.
 */


#include "logic/judge/site.h"


static void ngx_shop_site_times(const ngx_shop_flag_notice_t *notice,
    int64_t *at);
static uint64_t ngx_shop_site_ramp(const ngx_shop_site_t *site, uint64_t ramp);
static unsigned ngx_shop_site_target(ngx_shop_site_t *site,
    const ngx_shop_site_input_t *in, uint64_t msec);
static unsigned ngx_shop_site_shut(ngx_shop_site_t *site,
    const ngx_shop_site_input_t *in, uint64_t msec);


static uint32_t ngx_shop_site_place(const ngx_shop_site_t *site,
    uint32_t visitor);


static const struct {
    const char  *name;
    unsigned     severity;
} ngx_shop_site_table[NGX_SHOP_SITE_N] = {
    { "open", 0 },
    { "degraded", 3 },
    { "backup", 2 },
    { "browse", 2 },
    { "outage", 1 },
    { "maintenance", 0 },
    { "reopening", 3 },
    { "busy", 2 }
};


static const char  *ngx_shop_site_groups[] = {
    "up", "degraded", "backup", "maintenance", "down"
};


ngx_shop_site_flag_e
ngx_shop_site_flag(const ngx_shop_flag_notice_t *notice,
    ngx_shop_site_flag_e was, int64_t now)
{
    if (notice->bad_start) {
        return was;
    }

    if (notice->start.at > now) {
        return NGX_SHOP_SITE_FLAG_OPEN;
    }

    if (notice->until.at && notice->until.at <= now) {
        return NGX_SHOP_SITE_FLAG_OPEN;
    }

    if (notice->end == NGX_SHOP_FLAG_END_ETA
        && notice->eta.at && notice->eta.at <= now)
    {
        return NGX_SHOP_SITE_FLAG_OPEN;
    }

    if (notice->mode == NGX_SHOP_FLAG_BROWSE) {
        return NGX_SHOP_SITE_FLAG_BROWSE;
    }

    if (notice->mode == NGX_SHOP_FLAG_WORDS) {
        return NGX_SHOP_SITE_FLAG_WORDS;
    }

    return NGX_SHOP_SITE_FLAG_CLOSED;
}


/* one with a start was planned, whatever happens meanwhile */

int
ngx_shop_site_late(const ngx_shop_site_t *site,
    const ngx_shop_flag_notice_t *notice)
{
    return site->outage && site->state != NGX_SHOP_SITE_REOPENING
           && notice->start.at == 0 && !notice->bad_start;
}


int
ngx_shop_site_before(const ngx_shop_site_t *site,
    const ngx_shop_flag_notice_t *notice, int64_t since, int64_t failing)
{
    return site->state == NGX_SHOP_SITE_MAINTENANCE && site->outage == 0
           && notice->start.at == 0 && !notice->bad_start
           && failing && failing < since * 1000;
}


ngx_shop_flag_end_e
ngx_shop_site_end(const ngx_shop_site_life_t *life,
    const ngx_shop_flag_notice_t *notice)
{
    if (!notice->end_given && life->late) {
        return NGX_SHOP_FLAG_END_HEALTHY;
    }

    return (ngx_shop_flag_end_e) notice->end;
}


int
ngx_shop_site_ended(ngx_shop_site_life_t *life,
    const ngx_shop_flag_notice_t *notice, unsigned well, uint64_t hold,
    uint64_t msec)
{
    if (life->ended
        || ngx_shop_site_end(life, notice) != NGX_SHOP_FLAG_END_HEALTHY)
    {
        return life->ended;
    }

    if (!well) {
        life->waiting = 0;
        return 0;
    }

    if (!life->waiting) {
        life->waiting = 1;
        life->well = msec;
    }

    life->ended = (msec - life->well >= hold);

    return life->ended;
}


unsigned
ngx_shop_site_passed(const ngx_shop_flag_notice_t *notice, int64_t now)
{
    int64_t   at[4];
    unsigned  i, passed;

    ngx_shop_site_times(notice, at);

    passed = 0;

    for (i = 0; i < 4; i++) {
        if (at[i] && at[i] <= now) {
            passed |= 1u << i;
        }
    }

    return passed;
}


int64_t
ngx_shop_site_next(const ngx_shop_flag_notice_t *notice, int64_t now)
{
    unsigned  i;
    int64_t   next, at[4];

    ngx_shop_site_times(notice, at);

    next = 0;

    for (i = 0; i < 4; i++) {
        if (at[i] > now && (next == 0 || at[i] < next)) {
            next = at[i];
        }
    }

    return next;
}


int
ngx_shop_site_after(const ngx_shop_flag_notice_t *notice, int64_t now)
{
    unsigned  i;
    int64_t   opened, last;

    opened = notice->until.at;

    if (notice->end == NGX_SHOP_FLAG_END_ETA && notice->eta.at
        && (opened == 0 || notice->eta.at < opened))
    {
        opened = notice->eta.at;
    }

    if (opened == 0 || opened > now || notice->start.at > now
        || notice->bad_start)
    {
        return 0;
    }

    /* one that cannot be read is as good as none */

    last = notice->after_until.at ? notice->after_until.at
                                  : opened + NGX_SHOP_SITE_AFTER;

    if (last <= now) {
        return 0;
    }

    for (i = 0; notice->after.len == 0 && i < notice->nlangs; i++) {
        if (notice->langs[i].said == NGX_SHOP_FLAG_SAID_AFTER) {
            return 1;
        }
    }

    return notice->after.len != 0;
}


static void
ngx_shop_site_times(const ngx_shop_flag_notice_t *notice, int64_t *at)
{
    at[0] = notice->start.at;
    at[1] = notice->until.at;
    at[2] = notice->eta.at;
    at[3] = notice->next_update.at;
}


ngx_shop_site_group_e
ngx_shop_site_group(const ngx_shop_site_count_t *count)
{
    if (count->primaries_usable == 0) {

        if (count->backups_usable) {
            return NGX_SHOP_SITE_GROUP_BACKUP;
        }

        if (count->planned
            && count->planned + count->ordered
               == count->primaries + count->backups)
        {
            return NGX_SHOP_SITE_GROUP_PLANNED;
        }

        return NGX_SHOP_SITE_GROUP_DOWN;
    }

    if (count->primaries_usable < count->primaries
        || count->backups_usable < count->backups
        || count->busy || count->worn)
    {
        return NGX_SHOP_SITE_GROUP_DEGRADED;
    }

    return NGX_SHOP_SITE_GROUP_UP;
}


static unsigned
ngx_shop_site_target(ngx_shop_site_t *site, const ngx_shop_site_input_t *in,
    uint64_t msec)
{
    if (in->flag == NGX_SHOP_SITE_FLAG_CLOSED) {
        return ngx_shop_site_shut(site, in, msec);
    }

    if (in->group == NGX_SHOP_SITE_GROUP_DOWN) {
        return NGX_SHOP_SITE_OUTAGE;
    }

    /* an outage that ends in "we repair it" has not ended */

    if (in->group == NGX_SHOP_SITE_GROUP_PLANNED) {
        return site->outage ? NGX_SHOP_SITE_OUTAGE
                            : NGX_SHOP_SITE_MAINTENANCE;
    }

    if (in->flag == NGX_SHOP_SITE_FLAG_BROWSE) {
        return NGX_SHOP_SITE_BROWSE;
    }

    if (in->busy) {
        return NGX_SHOP_SITE_BUSY;
    }

    if (in->group == NGX_SHOP_SITE_GROUP_BACKUP) {
        return NGX_SHOP_SITE_BACKUP;
    }

    if (in->group == NGX_SHOP_SITE_GROUP_DEGRADED) {
        return NGX_SHOP_SITE_DEGRADED;
    }

    return NGX_SHOP_SITE_OPEN;
}


/* by a flag: one that finds an outage does not turn it into something else */

static unsigned
ngx_shop_site_shut(ngx_shop_site_t *site, const ngx_shop_site_input_t *in,
    uint64_t msec)
{
    if (site->outage == 0) {
        return NGX_SHOP_SITE_MAINTENANCE;
    }

    if (in->group >= NGX_SHOP_SITE_GROUP_PLANNED) {
        site->serves = 0;
        return NGX_SHOP_SITE_OUTAGE;
    }

    if (!site->serves) {
        site->serves = 1;
        site->served = msec;
    }

    return site->state == NGX_SHOP_SITE_OUTAGE
           && msec - site->served < in->hold
           ? NGX_SHOP_SITE_OUTAGE : NGX_SHOP_SITE_MAINTENANCE;
}


int
ngx_shop_site_step(ngx_shop_site_t *site, const ngx_shop_site_input_t *in,
    uint64_t msec, int64_t now)
{
    unsigned  target;
    uint64_t  wait;

    target = ngx_shop_site_target(site, in, msec);

    if (target != NGX_SHOP_SITE_OUTAGE
        && target != NGX_SHOP_SITE_MAINTENANCE)
    {
        wait = in->hold > in->ramp ? in->hold : in->ramp;

        if (site->state == NGX_SHOP_SITE_REOPENING) {
            wait = ngx_shop_site_ramp(site, in->ramp);
            wait = in->hold > wait ? in->hold : wait;
        }

        if (wait
            && (site->state == NGX_SHOP_SITE_OUTAGE
                || site->state == NGX_SHOP_SITE_MAINTENANCE))
        {
            site->reopened = msec;
            site->ramped = 0;
            target = NGX_SHOP_SITE_REOPENING;

        } else if (site->state == NGX_SHOP_SITE_REOPENING
                   && msec - site->reopened < wait)
        {
            target = NGX_SHOP_SITE_REOPENING;
        }
    }

    if (target == site->state) {
        return 0;
    }

    site->state = (uint8_t) target;
    site->since = now;

    if (target == NGX_SHOP_SITE_OUTAGE) {
        site->outage = site->outage ? site->outage : now;
        site->serves = 0;

    } else if (target != NGX_SHOP_SITE_MAINTENANCE
               && target != NGX_SHOP_SITE_REOPENING)
    {
        site->outage = 0;
    }

    return 1;
}


unsigned
ngx_shop_site_admitted(const ngx_shop_site_t *site, uint64_t ramp,
    uint64_t msec)
{
    unsigned  share;
    uint64_t  passed;

    if (site->state != NGX_SHOP_SITE_REOPENING) {
        return 1000;
    }

    share = 0;
    passed = msec - site->reopened;

    if (site->ramped) {
        share = site->share;
        passed = msec - site->ordered;
        ramp = site->over;
    }

    return passed >= ramp
           ? 1000 : share + (unsigned) (passed * (1000 - share) / ramp);
}


int
ngx_shop_site_order(ngx_shop_site_t *site, uint64_t ramp, uint64_t over,
    uint64_t msec)
{
    unsigned  share;

    share = ngx_shop_site_admitted(site, ramp, msec);

    if (share == 1000) {
        return NGX_SHOP_ERROR;
    }

    site->share = (uint16_t) share;
    site->ordered = msec;
    site->over = over;
    site->ramped = 1;

    return NGX_SHOP_OK;
}


/* how long after reopening began all are in */

static uint64_t
ngx_shop_site_ramp(const ngx_shop_site_t *site, uint64_t ramp)
{
    return site->ramped ? site->ordered - site->reopened + site->over : ramp;
}


uint64_t
ngx_shop_site_left(const ngx_shop_site_t *site, uint64_t hold, uint64_t ramp,
    uint64_t msec)
{
    uint64_t  length, passed;

    if (site->state != NGX_SHOP_SITE_REOPENING) {
        return 0;
    }

    passed = msec - site->reopened;
    length = ngx_shop_site_ramp(site, ramp);

    if (passed >= length) {
        length = hold;
    }

    return passed < length ? length - passed : 0;
}


int
ngx_shop_site_admits(const ngx_shop_site_t *site, uint64_t ramp, uint64_t msec,
    uint32_t visitor)
{
    return ngx_shop_site_place(site, visitor)
           < ngx_shop_site_admitted(site, ramp, msec);
}


/* from 0 to 999: who comes first */

static uint32_t
ngx_shop_site_place(const ngx_shop_site_t *site, uint32_t visitor)
{
    uint32_t  h;

    /* the mixing of MurmurHash3, so that neighbours are not let in together */

    h = visitor ^ (uint32_t) site->reopened;
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    h ^= h >> 16;

    return h % 1000;
}


uint64_t
ngx_shop_site_turn(const ngx_shop_site_t *site, uint64_t ramp, uint64_t msec,
    uint32_t visitor)
{
    uint64_t  passed, wanted, share;

    if (ngx_shop_site_admits(site, ramp, msec, visitor)) {
        return 0;
    }

    /* the first millisecond at which the share is larger than the place */

    share = 0;
    passed = msec - site->reopened;

    if (site->ramped) {
        share = site->share;
        passed = msec - site->ordered;
        ramp = site->over;
    }

    wanted = ((ngx_shop_site_place(site, visitor) + 1 - share) * ramp
              + 999 - share) / (1000 - share);

    return wanted > passed ? wanted - passed : 1;
}


const char *
ngx_shop_site_name(unsigned state)
{
    if (state >= NGX_SHOP_SITE_N) {
        return "unknown";
    }

    return ngx_shop_site_table[state].name;
}


unsigned
ngx_shop_site_severity(unsigned state)
{
    if (state >= NGX_SHOP_SITE_N) {
        return 0;
    }

    return ngx_shop_site_table[state].severity;
}


const char *
ngx_shop_site_group_name(unsigned state)
{
    if (state >= NGX_SHOP_SITE_GROUP_N) {
        return "unknown";
    }

    return ngx_shop_site_groups[state];
}
