
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What visitors got of a server, weighed.  Pure: no clock, no memory but the
 * counters themselves.
 */


#include "logic/judge/evidence.h"

#include <stddef.h>
#include <string.h>


/* a probe asks for nothing that takes long: half of its time is "as long" */
#define NGX_SHOP_EVIDENCE_AS_LONG   2

/* what took so many times its timeout waited for news, not in a queue */
#define NGX_SHOP_EVIDENCE_PATIENCE  5

/* a probe that took this part of its timeout stood in no queue */
#define NGX_SHOP_EVIDENCE_QUICK     4

/*
 * How many times 2 the chance is too small to be one, before each request is
 * counted as a throw of its own; and so with a server that was just aside.
 */
#define NGX_SHOP_EVIDENCE_BITS      14
#define NGX_SHOP_EVIDENCE_AGAIN     10

/* of bits: that the same request did well at a sibling */
#define NGX_SHOP_EVIDENCE_PROOF     4

/* good answers in a row are worth no more than so many of a window */
#define NGX_SHOP_EVIDENCE_WELL      64

/* the part of the longest silence that a stretch of the window takes away */
#define NGX_SHOP_EVIDENCE_FADES     16

#define NGX_SHOP_EVIDENCE_SIGMAS    25     /* five, squared */
#define NGX_SHOP_EVIDENCE_FELT      200    /* ms, that one feels */
#define NGX_SHOP_EVIDENCE_LONGEST   60000  /* ms, that is counted */

#define ngx_shop_evidence_inc(p, n)                                          \
    (void) __atomic_fetch_add(p, n, __ATOMIC_RELAXED)

/* written by other workers meanwhile; each word stands for itself */
#define ngx_shop_evidence_get(p)     __atomic_load_n(p, __ATOMIC_RELAXED)
#define ngx_shop_evidence_set(p, n)  __atomic_store_n(p, n, __ATOMIC_RELAXED)
#define ngx_shop_evidence_or(p, n)                                           \
    (void) __atomic_fetch_or(p, n, __ATOMIC_RELAXED)


static inline ngx_shop_evidence_slot_t *ngx_shop_evidence_slot(
    ngx_shop_evidence_t *e, uint32_t msec);
static void ngx_shop_evidence_turn(ngx_shop_evidence_t *e,
    ngx_shop_evidence_slot_t *slot, uint32_t period, uint32_t was);
static uint32_t ngx_shop_evidence_late(ngx_shop_evidence_t *e,
    const ngx_shop_evidence_rule_t *rule, uint32_t waited, uint32_t msec);
static void ngx_shop_evidence_quiet(ngx_shop_evidence_t *e, uint32_t waited,
    uint32_t msec);
static void ngx_shop_evidence_failed(ngx_shop_evidence_t *e,
    ngx_shop_evidence_slot_t *slot, const ngx_shop_evidence_heard_t *heard);
static int ngx_shop_evidence_lately(const ngx_shop_evidence_t *e,
    const ngx_shop_evidence_rule_t *rule, uint32_t msec);
static int ngx_shop_evidence_busy(const ngx_shop_evidence_case_t *c);
static int ngx_shop_evidence_row(const ngx_shop_evidence_case_t *c);
static int ngx_shop_evidence_share(const ngx_shop_evidence_case_t *c);
static int ngx_shop_evidence_crawls(const ngx_shop_evidence_case_t *c);
static int ngx_shop_evidence_of_server(const ngx_shop_evidence_case_t *c);
static int ngx_shop_evidence_enough(const ngx_shop_evidence_case_t *c,
    uint32_t bad, uint32_t n);
static int64_t ngx_shop_evidence_log(uint64_t a, uint64_t b);
static int64_t ngx_shop_evidence_log2(uint64_t n);


int
ngx_shop_evidence_add(ngx_shop_evidence_t *e,
    const ngx_shop_evidence_rule_t *rule,
    const ngx_shop_evidence_heard_t *heard)
{
    if (heard->kind == NGX_SHOP_EVIDENCE_GOOD) {
        return ngx_shop_evidence_good(e, rule, heard->waited, heard->msec);
    }

    ngx_shop_evidence_failed(e, ngx_shop_evidence_slot(e, heard->msec), heard);

    return 1;
}


int
ngx_shop_evidence_good(ngx_shop_evidence_t *e,
    const ngx_shop_evidence_rule_t *rule, uint32_t waited, uint32_t msec)
{
    ngx_shop_evidence_slot_t  *slot;

    slot = ngx_shop_evidence_slot(e, msec);

    if (waited >= rule->timeout / NGX_SHOP_EVIDENCE_AS_LONG) {
        waited = ngx_shop_evidence_late(e, rule, waited, msec);
    }

    ngx_shop_evidence_inc(&slot->good, 1);
    ngx_shop_evidence_inc(&slot->sum, waited);
    ngx_shop_evidence_inc(&slot->squares, (uint64_t) waited * waited);

    /* one may get lost: of good ones nobody counts more than a few */

    ngx_shop_evidence_set(&e->well, ngx_shop_evidence_get(&e->well) + 1);

    ngx_shop_evidence_set(&e->run, 0);

    if (waited > ngx_shop_evidence_get(&e->quiet)) {
        ngx_shop_evidence_quiet(e, waited, msec);
        ngx_shop_evidence_set(&e->heard, msec);
        return 1;
    }

    ngx_shop_evidence_set(&e->heard, msec);
    return 0;
}


/* returns what counts of the time */

static uint32_t
ngx_shop_evidence_late(ngx_shop_evidence_t *e,
    const ngx_shop_evidence_rule_t *rule, uint32_t waited, uint32_t msec)
{
    if (waited / NGX_SHOP_EVIDENCE_PATIENCE <= rule->timeout) {
        ngx_shop_evidence_set(&e->late, msec);
        ngx_shop_evidence_set(&e->lateness, waited ? waited : 1);
    }

    return waited < NGX_SHOP_EVIDENCE_LONGEST
           ? waited : NGX_SHOP_EVIDENCE_LONGEST;
}


/* where what is heard now is counted */

static inline ngx_shop_evidence_slot_t *
ngx_shop_evidence_slot(ngx_shop_evidence_t *e, uint32_t msec)
{
    uint32_t                   period, was;
    ngx_shop_evidence_slot_t  *slot;

    /* 0 is of a slot that was never used */

    period = (msec >> NGX_SHOP_EVIDENCE_SHIFT) + 1;
    slot = &e->slots[period & (NGX_SHOP_EVIDENCE_SLOTS - 1)];

    was = ngx_shop_evidence_get(&slot->period);

    if (was != period) {
        ngx_shop_evidence_turn(e, slot, period, was);
    }

    return slot;
}


/* the first worker of a stretch of time empties what was there */

static void
ngx_shop_evidence_turn(ngx_shop_evidence_t *e, ngx_shop_evidence_slot_t *slot,
    uint32_t period, uint32_t was)
{
    if (!__atomic_compare_exchange_n(&slot->period, &was, period, 0,
                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    {
        return;
    }

    memset(&slot->good, 0,
           sizeof(ngx_shop_evidence_slot_t)
           - offsetof(ngx_shop_evidence_slot_t, good));

    was = ngx_shop_evidence_get(&e->quiet);
    ngx_shop_evidence_set(&e->quiet, was - was / NGX_SHOP_EVIDENCE_FADES);
}


/* nobody was heard while it waited, or only for a part of that */

static void
ngx_shop_evidence_quiet(ngx_shop_evidence_t *e, uint32_t waited, uint32_t msec)
{
    uint32_t  heard;

    heard = ngx_shop_evidence_get(&e->heard);

    if (heard && msec - heard < waited) {
        waited = msec - heard;
    }

    if (waited > ngx_shop_evidence_get(&e->quiet)) {
        ngx_shop_evidence_set(&e->quiet, waited);
    }
}


static void
ngx_shop_evidence_failed(ngx_shop_evidence_t *e,
    ngx_shop_evidence_slot_t *slot, const ngx_shop_evidence_heard_t *heard)
{
    if (heard->msec - ngx_shop_evidence_get(&e->failed)
        > NGX_SHOP_EVIDENCE_WINDOW)
    {
        ngx_shop_evidence_set(&e->places, 0);
        ngx_shop_evidence_set(&e->visitors, 0);
        ngx_shop_evidence_set(&e->proofs, 0);
    }

    ngx_shop_evidence_inc(&slot->bad[heard->kind - 1], 1);
    ngx_shop_evidence_inc(&e->run, 1);

    ngx_shop_evidence_or(&e->places, (uint32_t) 1 << (heard->place & 31));
    ngx_shop_evidence_or(&e->visitors, (uint32_t) 1 << (heard->visitor & 31));
    ngx_shop_evidence_set(&e->failed, heard->msec);
    ngx_shop_evidence_set(&e->well, 0);

    if (heard->kind == NGX_SHOP_EVIDENCE_STATUS) {
        ngx_shop_evidence_set(&e->heard, heard->msec);
    }
}


void
ngx_shop_evidence_proof(ngx_shop_evidence_t *e)
{
    ngx_shop_evidence_inc(&e->proofs, 1);
}


void
ngx_shop_evidence_sum(ngx_shop_evidence_sum_t *sum,
    const ngx_shop_evidence_t *e, uint32_t msec)
{
    uint32_t                         i, k, bad, age, good, broken, period;
    const ngx_shop_evidence_slot_t  *slot;

    for (i = 0; i < NGX_SHOP_EVIDENCE_SLOTS; i++) {

        slot = &e->slots[i];
        period = ngx_shop_evidence_get(&slot->period);
        age = (msec >> NGX_SHOP_EVIDENCE_SHIFT) + 1 - period;

        if (period == 0 || age >= NGX_SHOP_EVIDENCE_SLOTS) {
            continue;
        }

        /* each once: it may be another number a moment later */

        good = ngx_shop_evidence_get(&slot->good);
        broken = 0;

        sum->n += good;
        sum->timed += good;

        for (k = 0; k < NGX_SHOP_EVIDENCE_N - 1; k++) {
            bad = ngx_shop_evidence_get(&slot->bad[k]);
            broken = (k == NGX_SHOP_EVIDENCE_BODY - 1) ? bad : broken;

            sum->kinds[k] += bad;
            sum->bad += bad;
            sum->n += bad;
        }

        /* what broke off was counted as a good answer before, but for one of
           a stretch that is over */

        sum->n -= broken < good ? broken : good;

        sum->sum += ngx_shop_evidence_get(&slot->sum);
        sum->squares += ngx_shop_evidence_get(&slot->squares);
    }

    good = ngx_shop_evidence_get(&e->well);

    sum->servers++;
    sum->well += good < NGX_SHOP_EVIDENCE_WELL ? good : NGX_SHOP_EVIDENCE_WELL;
}


int
ngx_shop_evidence_room(const ngx_shop_evidence_t *e,
    const ngx_shop_evidence_rule_t *rule, uint32_t probe, uint32_t msec)
{
    if (probe > rule->timeout / NGX_SHOP_EVIDENCE_QUICK) {
        return 0;
    }

    return !ngx_shop_evidence_lately(e, rule, msec);
}


static int
ngx_shop_evidence_lately(const ngx_shop_evidence_t *e,
    const ngx_shop_evidence_rule_t *rule, uint32_t msec)
{
    return ngx_shop_evidence_get(&e->lateness)
           && msec - ngx_shop_evidence_get(&e->late)
              <= rule->interval + rule->timeout;
}


void
ngx_shop_evidence_weigh(const ngx_shop_evidence_case_t *c,
    ngx_shop_evidence_finding_t *finding)
{
    uint32_t  k;

    memset(finding, 0, sizeof(ngx_shop_evidence_finding_t));

    if (c->late) {
        if (ngx_shop_evidence_busy(c)) {
            finding->verdict = NGX_SHOP_EVIDENCE_BUSY;
            finding->mean = c->own->lateness;
        }

        return;
    }

    if (c->others.servers == 0) {
        return;
    }

    if (c->rule->errors
        && (ngx_shop_evidence_row(c)
            || ngx_shop_evidence_share(c)))
    {
        finding->verdict = NGX_SHOP_EVIDENCE_FAILS;

        for (k = 1; k < NGX_SHOP_EVIDENCE_N - 1; k++) {
            if (c->sum.kinds[k] > c->sum.kinds[finding->kind]) {
                finding->kind = k;
            }
        }

        finding->kind++;
        finding->failed = c->sum.bad > c->own->run ? c->sum.bad : c->own->run;
        finding->of = c->sum.n > finding->failed ? c->sum.n : finding->failed;
        return;
    }

    if (c->rule->slow && ngx_shop_evidence_crawls(c)) {
        finding->verdict = NGX_SHOP_EVIDENCE_CRAWLS;
        finding->of = c->sum.timed;
        finding->mean = (uint32_t) (c->sum.sum / c->sum.timed);
        finding->usual = (uint32_t) (c->others.sum / c->others.timed);
    }
}


static int
ngx_shop_evidence_busy(const ngx_shop_evidence_case_t *c)
{
    const ngx_shop_evidence_t  *e;

    e = c->own;

    return e->lateness && (int32_t) (e->late - c->began) >= 0 && !c->room;
}


uint32_t
ngx_shop_evidence_timeout(const ngx_shop_evidence_case_t *c)
{
    const ngx_shop_evidence_t  *e;

    e = c->own;

    return (c->busy || ngx_shop_evidence_lately(e, c->rule, c->msec))
           && !c->room
           ? c->rule->timeout * NGX_SHOP_EVIDENCE_PATIENCE : c->rule->timeout;
}


/* nothing but failures, lately */

static int
ngx_shop_evidence_row(const ngx_shop_evidence_case_t *c)
{
    uint32_t  n;

    n = c->own->run;

    return n >= (c->returned ? 1 : c->rule->errors)
           && ngx_shop_evidence_of_server(c)
           && ngx_shop_evidence_enough(c, n, n);
}


/* many failures among good answers */

static int
ngx_shop_evidence_share(const ngx_shop_evidence_case_t *c)
{
    uint64_t  share, others;

    if (c->sum.n < c->rule->min || c->sum.bad < c->rule->errors
        || !ngx_shop_evidence_of_server(c))
    {
        return 0;
    }

    share = (uint64_t) c->sum.bad * 100 / c->sum.n;
    others = c->others.n ? (uint64_t) c->others.bad * 100 / c->others.n : 0;

    return share >= others + c->rule->ratio
           && ngx_shop_evidence_enough(c, c->sum.bad, c->sum.n);
}


/*
 * Not one URL alone, which may fail everywhere and has only come here; not
 * one visitor alone, unless a sibling did well with the same request.
 */

static int
ngx_shop_evidence_of_server(const ngx_shop_evidence_case_t *c)
{
    const ngx_shop_evidence_t  *e;

    e = c->own;

    return e->proofs || (e->places & (e->places - 1));
}


/*
 * Whether siblings that fail as often as these do would hardly ever have given
 * such a picture: the logarithm of the ratio of likelihoods.  The siblings'
 * rate is that of Laplace, so that few answers of theirs prove little.
 */

static int
ngx_shop_evidence_enough(const ngx_shop_evidence_case_t *c, uint32_t bad,
    uint32_t n)
{
    int64_t   bits, need;
    uint64_t  of, failed;

    of = c->others.n;
    failed = c->others.bad;

    if (of < c->others.well && failed == 0) {

        /* a shop at night: they did well before the window, too */

        of = c->others.well;
    }

    if (of == 0) {
        return 0;
    }

    failed = failed + 1;
    of = of + 2;

    if (failed >= of || bad * of <= failed * n) {
        return 0;
    }

    bits = (int64_t) bad * (ngx_shop_evidence_log(bad, n)
                            - ngx_shop_evidence_log(failed, of));

    if (n > bad) {
        bits += (int64_t) (n - bad)
                * (ngx_shop_evidence_log(n - bad, n)
                   - ngx_shop_evidence_log(of - failed, of));
    }

    bits += (int64_t) (c->own->proofs < bad ? c->own->proofs : bad)
            * NGX_SHOP_EVIDENCE_PROOF * 256;

    need = c->returned ? NGX_SHOP_EVIDENCE_AGAIN * 256
                       : NGX_SHOP_EVIDENCE_BITS * 256
                         + ngx_shop_evidence_log2(n + of);

    if (c->own->proofs == 0 && (c->own->visitors & (c->own->visitors - 1)) == 0)
    {
        need *= 2;
    }

    return bits >= need;
}


static int
ngx_shop_evidence_crawls(const ngx_shop_evidence_case_t *c)
{
    double  own, usual, noise, gap, n, m;

    if (c->sum.timed < c->rule->min || c->others.timed < c->rule->min) {
        return 0;
    }

    n = (double) c->sum.timed;
    m = (double) c->others.timed;
    own = (double) c->sum.sum / n;
    usual = (double) c->others.sum / m;
    gap = own - usual;

    if (gap < NGX_SHOP_EVIDENCE_FELT || own < usual * c->rule->slow) {
        return 0;
    }

    /* the variance of the difference of two means */

    noise = ((double) c->sum.squares / n - own * own) / n
            + ((double) c->others.squares / m - usual * usual) / m;

    return gap * gap >= noise * NGX_SHOP_EVIDENCE_SIGMAS;
}


/* log2(a / b), in 256ths */

static int64_t
ngx_shop_evidence_log(uint64_t a, uint64_t b)
{
    return ngx_shop_evidence_log2(a) - ngx_shop_evidence_log2(b);
}


/* between powers of two a straight line: at most 0.09 too little */

static int64_t
ngx_shop_evidence_log2(uint64_t n)
{
    int64_t  k;

    for (k = 0; n >> (k + 1); k++) { /* void */ }

    return k * 256 + (int64_t) ((n << 8) >> k) - 256;
}


uint32_t
ngx_shop_evidence_aside(uint32_t min, uint32_t max, unsigned n)
{
    while (n && min <= max / 2) {
        min *= 2;
        n--;
    }

    return n || min > max ? max : min;
}


int
ngx_shop_evidence_spares(uint32_t servers, uint32_t usable, uint32_t percent)
{
    uint32_t  out;

    out = servers > usable ? servers - usable : 0;

    return usable >= 2
           && (uint64_t) (out + 1) * 100 <= (uint64_t) servers * percent;
}


const char *
ngx_shop_evidence_words(unsigned kind)
{
    static const char  *words[NGX_SHOP_EVIDENCE_N] = {
        "were answered", "got a 5xx", "got no connection", "got no answer",
        "got half an answer"
    };

    return kind < NGX_SHOP_EVIDENCE_N ? words[kind] : "failed";
}
