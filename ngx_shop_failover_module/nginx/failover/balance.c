
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Verdicts into the balancer's own peers, by a private bit in peer->down.
 * Every stock balancer tests "down" for truth only, so that this one bit
 * serves them all.  Knows nothing of probes: it reads state/peers.
 */


#include "nginx/failover/balance.h"


/*
 * Beside 1 ("down" in the configuration) and 8 (NGX_HTTP_UPSTREAM_DRAINING
 * since nginx 1.29.6), which stay as they are.
 */
#define NGX_SHOP_BALANCE_DOWN  0x40      /* by verdict */

#define NGX_SHOP_BALANCE_OURS                                                \
    (NGX_SHOP_BALANCE_DOWN|NGX_SHOP_BALANCE_HELD)

/*
 * Workers share the bits of an upstream with a zone, and their clocks differ
 * by a turn of the event loop: so much longer the bits are looked after.
 */
#define NGX_SHOP_BALANCE_GRACE  2000     /* ms */


/* another worker was faster so often: the next request goes on */
#define NGX_SHOP_BALANCE_ROUNDS  8


/* a word of the balancer's that other workers write, too */
#define ngx_shop_balance_word(p)  (*(volatile ngx_uint_t *) (p))

/* in slow start; top: the largest weight of all its siblings, in percent */
#define ngx_shop_balance_share(sscf, peer, top)                              \
    (ngx_shop_peers_share((sscf)->zone, (sscf)->group, peer)                 \
     * ngx_shop_peers_weight((sscf)->zone, peer) / (top))


static ngx_uint_t ngx_shop_balance_verdicts(ngx_shop_conf_srv_t *sscf,
    ngx_uint_t panic);
static ngx_uint_t ngx_shop_balance_bits(ngx_shop_conf_srv_t *sscf,
    ngx_shop_model_peer_t *known, ngx_uint_t panic);
static void ngx_shop_balance_admit(ngx_shop_conf_srv_t *sscf);
static ngx_uint_t ngx_shop_balance_admit_list(ngx_shop_conf_srv_t *sscf,
    ngx_uint_t k, ngx_uint_t others);
static ngx_uint_t ngx_shop_balance_top(ngx_shop_conf_srv_t *sscf,
    ngx_uint_t k);
static void ngx_shop_balance_read(ngx_shop_conf_srv_t *sscf, ngx_uint_t k);
static ngx_http_upstream_rr_peers_t *ngx_shop_balance_list(
    ngx_shop_conf_srv_t *sscf, ngx_uint_t k);
static ngx_uint_t ngx_shop_balance_write(ngx_shop_conf_srv_t *sscf,
    ngx_uint_t k);
static ngx_uint_t ngx_shop_balance_write_locked(ngx_shop_conf_srv_t *sscf,
    ngx_uint_t k);
static void ngx_shop_balance_renew(ngx_shop_seat_t *seat);
static void ngx_shop_balance_settle(ngx_http_upstream_rr_peers_t *peers);


ngx_int_t
ngx_shop_balance_init(ngx_conf_t *cf)
{
    ngx_uint_t                      i;
    ngx_shop_conf_srv_t           **sscf;
    ngx_shop_conf_main_t           *smcf;
    ngx_http_upstream_rr_peers_t   *peers;
    ngx_http_upstream_srv_conf_t   *uscf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    sscf = smcf->balanced.elts;

    for (i = 0; i < smcf->balanced.nelts; i++) {

        uscf = sscf[i]->uscf;
        peers = uscf->peer.data;

        if (peers == NULL || peers->name != &uscf->host) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "health checks and failover cannot work with the "
                          "load balancing method of upstream \"%V\" in "
                          "%s:%ui: it keeps its peers in its own way; use "
                          "one of nginx's own methods",
                          &uscf->host, uscf->file_name, uscf->line);
            return NGX_ERROR;
        }

        sscf[i]->init = uscf->peer.init;
    }

    return NGX_OK;
}


void
ngx_shop_balance_start(ngx_shop_conf_main_t *smcf)
{
    ngx_uint_t             i;
    ngx_pool_cleanup_t    *cln;
    ngx_shop_conf_srv_t  **sscf;

    sscf = smcf->balanced.elts;

    for (i = 0; i < smcf->balanced.nelts; i++) {
        ngx_shop_balance_sync(sscf[i]);

        cln = ngx_pool_cleanup_add(ngx_cycle->pool, 0);

        if (cln) {
            cln->handler = ngx_shop_discover_end;
            cln->data = sscf[i];
        }
    }
}


void
ngx_shop_balance_open(ngx_http_request_t *r, ngx_shop_conf_srv_t *sscf)
{
    ngx_uint_t              i;
    ngx_shop_conf_srv_t   **chain;

    if (ngx_shop_discover_due(sscf)) {

        /* before a new peer gets its first visitor */

        ngx_shop_discover_scan(
            ngx_http_get_module_main_conf(r, ngx_shop_failover_module), sscf);
    }

    if (ngx_shop_balance_stale(sscf)) {

        /* what the backups can do is asked for before they are entered */

        chain = sscf->chain.elts;

        for (i = 0; i < sscf->chain.nelts; i++) {
            if (ngx_shop_balance_stale(chain[i])) {
                ngx_shop_balance_sync(chain[i]);
            }
        }

        ngx_shop_balance_sync(sscf);
    }

    if (sscf->ramping) {
        ngx_shop_balance_admit(sscf);
    }
}


/*
 * The generation is read before the verdicts, and again after they were
 * applied: whoever applied an old verdict over a newer one sees it here.
 */

void
ngx_shop_balance_sync(ngx_shop_conf_srv_t *sscf)
{
    ngx_uint_t  n, left;

    if (sscf->roster == NULL && ngx_shop_discover_roster(sscf) != NGX_OK) {
        return;
    }

    for (n = 0; n < NGX_SHOP_BALANCE_ROUNDS; n++) {

        sscf->applied = ngx_shop_peers_generation(sscf->zone);
        sscf->ramp_end = ngx_current_msec;
        sscf->weighed = 0;

        ngx_memory_barrier();

        left = ngx_shop_balance_verdicts(sscf,
                   ngx_shop_groups_panic(sscf->zone, sscf->group));

        ngx_memory_barrier();

        if (left == 0 && !ngx_shop_balance_stale(sscf)) {
            break;
        }

        sscf->applied = NGX_CONF_UNSET_UINT;
    }

    sscf->ramping = (sscf->weighed || sscf->ramp_end != ngx_current_msec);
}


/* returns how many peers another worker changed meanwhile */

static ngx_uint_t
ngx_shop_balance_verdicts(ngx_shop_conf_srv_t *sscf, ngx_uint_t panic)
{
    ngx_uint_t                     i, k, left;
    ngx_shop_seat_t               *seat;
    ngx_http_upstream_rr_peers_t  *peers;

    left = 0;

    for (k = 0; k < 2; k++) {

        ngx_shop_balance_read(sscf, k);

        seat = sscf->roster->seats[k];

        for (i = 0; i < sscf->roster->n[k]; i++) {
            seat[i].wanted = (seat[i].was & ~NGX_SHOP_BALANCE_OURS)
                             | ngx_shop_balance_bits(sscf,
                                                     seat[i].known, panic);
        }

        left += ngx_shop_balance_write(sscf, k);

        peers = ngx_shop_balance_list(sscf, k);

        if (peers && sscf->group->resolve == 0) {
            ngx_shop_balance_settle(peers);
        }
    }

    return left;
}


static ngx_uint_t
ngx_shop_balance_bits(ngx_shop_conf_srv_t *sscf, ngx_shop_model_peer_t *known,
    ngx_uint_t panic)
{
    ngx_msec_t  end;

    if (known == NULL || panic) {
        return 0;
    }

    if (!ngx_shop_peers_usable(sscf->zone, known)
        || ngx_shop_peers_spared(sscf->zone, sscf->group, known))
    {
        return NGX_SHOP_BALANCE_DOWN;
    }

    if (ngx_shop_peers_weight(sscf->zone, known) < 100) {
        sscf->weighed = 1;
    }

    if (ngx_shop_balance_share(sscf, known, 100) < 1000) {

        end = ngx_shop_peers_up_since(sscf->zone, known)
              + ngx_shop_peers_ramp(sscf->zone, sscf->group, known);

        if ((ngx_msec_int_t) (end - sscf->ramp_end) > 0) {
            sscf->ramp_end = end;
        }
    }

    return 0;
}


/*
 * Slow start: by admission, not by weight, as hash and ip_hash walk the
 * weights against their sum (src/http/modules/ngx_http_upstream_hash_module.c).
 * A peer that came back is hidden from a request with a probability that falls
 * with time, and only where another peer can take the request.
 */

static void
ngx_shop_balance_admit(ngx_shop_conf_srv_t *sscf)
{
    ngx_uint_t      others;
    ngx_msec_int_t  over;

    if (sscf->roster == NULL) {
        return;
    }

    over = (ngx_msec_int_t) (ngx_current_msec - sscf->ramp_end);

    if (over >= 0 && !sscf->weighed) {
        (void) ngx_shop_balance_release(sscf);

        if (over > NGX_SHOP_BALANCE_GRACE) {
            sscf->ramping = 0;
        }

        return;
    }

    others = ngx_shop_balance_admit_list(sscf, 1, 0);

    (void) ngx_shop_balance_admit_list(sscf, 0, others);
}


/* others: peers elsewhere that take requests; returns those of this list */

static ngx_uint_t
ngx_shop_balance_admit_list(ngx_shop_conf_srv_t *sscf, ngx_uint_t k,
    ngx_uint_t others)
{
    ngx_uint_t        i, n, share, top;
    ngx_shop_seat_t  *seat, *last;

    n = 0;

    ngx_shop_balance_read(sscf, k);

    top = ngx_shop_balance_top(sscf, k);

    seat = sscf->roster->seats[k];
    last = seat + sscf->roster->n[k];

    for (i = 0; &seat[i] < last; i++) {

        if ((seat[i].was & ~NGX_SHOP_BALANCE_HELD) == 0
            && (seat[i].known == NULL
                || ngx_shop_balance_share(sscf, seat[i].known, top)
                   >= 1000))
        {
            n++;
        }
    }

    others += n;

    for ( /* void */ ; seat < last; seat++) {

        seat->wanted = seat->was;

        if (seat->known == NULL) {
            continue;
        }

        share = ngx_shop_balance_share(sscf, seat->known, top);

        seat->wanted &= ~NGX_SHOP_BALANCE_HELD;

        if (others && share < 1000
            && (ngx_uint_t) ngx_random() % 1000 >= share)
        {
            seat->wanted |= NGX_SHOP_BALANCE_HELD;
        }
    }

    /* one that another worker changes at this moment is as that one has it */

    (void) ngx_shop_balance_write(sscf, k);

    return n;
}


/*
 * Servers that all ask for a half take all, between them: a share is one of
 * what the one takes that asks for the most.
 */

static ngx_uint_t
ngx_shop_balance_top(ngx_shop_conf_srv_t *sscf, ngx_uint_t k)
{
    ngx_uint_t        i, top;
    ngx_shop_seat_t  *seat;

    if (!sscf->weighed) {
        return 100;
    }

    top = 1;
    seat = sscf->roster->seats[k];

    for (i = 0; i < sscf->roster->n[k]; i++) {

        if (seat[i].known == NULL) {
            return 100;
        }

        if ((seat[i].was & ~NGX_SHOP_BALANCE_HELD) == 0) {
            top = ngx_max(top, ngx_shop_peers_weight(sscf->zone,
                                                     seat[i].known));
        }
    }

    return top;
}


ngx_uint_t
ngx_shop_balance_release(ngx_shop_conf_srv_t *sscf)
{
    ngx_uint_t        i, k, n, left, released;
    ngx_shop_seat_t  *seat;

    released = 0;

    for (n = 0; sscf->roster && n < NGX_SHOP_BALANCE_ROUNDS; n++) {

        left = 0;

        for (k = 0; k < 2; k++) {

            ngx_shop_balance_read(sscf, k);

            seat = sscf->roster->seats[k];

            for (i = 0; i < sscf->roster->n[k]; i++) {
                seat[i].wanted = seat[i].was & ~NGX_SHOP_BALANCE_HELD;
                released |= (seat[i].wanted != seat[i].was);
            }

            left += ngx_shop_balance_write(sscf, k);
        }

        if (left == 0) {
            break;
        }
    }

    return released;
}


ngx_uint_t
ngx_shop_balance_hidden(ngx_shop_conf_srv_t *sscf)
{
    ngx_uint_t        i, k, n;
    ngx_shop_seat_t  *seat;

    n = 0;

    if (sscf->roster == NULL) {
        return 0;
    }

    for (k = 0; k < 2; k++) {
        seat = sscf->roster->seats[k];

        for (i = 0; i < sscf->roster->n[k]; i++) {
            n += (ngx_shop_balance_word(&seat[i].peer->down)
                  == NGX_SHOP_BALANCE_HELD);
        }
    }

    return n;
}


/* what is there, before the verdicts: who overwrites it has seen the newest */

static void
ngx_shop_balance_read(ngx_shop_conf_srv_t *sscf, ngx_uint_t k)
{
    ngx_uint_t        i;
    ngx_shop_seat_t  *seat;

    seat = sscf->roster->seats[k];

    for (i = 0; i < sscf->roster->n[k]; i++) {
        seat[i].was = ngx_shop_balance_word(&seat[i].peer->down);
    }

    ngx_memory_barrier();
}


static ngx_http_upstream_rr_peers_t *
ngx_shop_balance_list(ngx_shop_conf_srv_t *sscf, ngx_uint_t k)
{
    ngx_http_upstream_rr_peers_t  *peers;

    peers = sscf->uscf->peer.data;

    return k ? peers->next : peers;
}


/*
 * Writes what is wanted where it is not what was read.  A lock of nginx's that
 * a killed worker held stays locked for ever, so none is taken where the list
 * is the configuration's: its only writers are workers of ours, the balancers
 * test "down" for truth, one peer after the other, and one word is written at
 * once or not at all.  Returns how many are to be looked at again, as another
 * worker was faster.
 */

static ngx_uint_t
ngx_shop_balance_write(ngx_shop_conf_srv_t *sscf, ngx_uint_t k)
{
    ngx_uint_t        i, changed, left;
    ngx_shop_seat_t  *seat;

    changed = 0;
    left = 0;
    seat = sscf->roster->seats[k];

    for (i = 0; i < sscf->roster->n[k]; i++) {

        if (seat[i].wanted == seat[i].was) {
            continue;
        }

        if (sscf->group->resolve) {
            return ngx_shop_balance_write_locked(sscf, k);
        }

        ngx_shop_balance_renew(&seat[i]);

        if (ngx_atomic_cmp_set((ngx_atomic_t *) &seat[i].peer->down,
                               seat[i].was, seat[i].wanted))
        {
            changed = 1;

        } else {
            left++;
        }

    }

    if (changed) {
        ngx_shop_balance_settle(ngx_shop_balance_list(sscf, k));
    }

    return left;
}


/*
 * A list that the resolver changes: it frees peers and counts those that are
 * not down, both under this lock.  Nothing but the stores are made here.
 */

static ngx_uint_t
ngx_shop_balance_write_locked(ngx_shop_conf_srv_t *sscf, ngx_uint_t k)
{
    ngx_uint_t                     left;
    ngx_shop_seat_t               *seat, *last;
    ngx_http_upstream_rr_peers_t  *peers;

    left = 0;
    seat = sscf->roster->seats[k];
    last = seat + sscf->roster->n[k];
    peers = ngx_shop_balance_list(sscf, k);

    ngx_http_upstream_rr_peers_wlock(peers);

    if (ngx_shop_compat_config(peers) != sscf->config) {

        /* the next scan makes a new roster, and all is applied again */

        last = seat;
    }

    for ( /* void */ ; seat < last; seat++) {

        if (seat->wanted == seat->was) {
            continue;
        }

        if (seat->peer->down != seat->was) {
            left++;
            continue;
        }

        ngx_shop_balance_renew(seat);

        seat->peer->down = seat->wanted;
        peers->tries += (seat->wanted == 0);
        peers->tries -= (seat->was == 0);
    }

    ngx_http_upstream_rr_peers_unlock(peers);

    return left;
}


/*
 * A peer that comes back starts with a clean slate: what requests found is
 * older than what the probe found.  Before the bit goes, while balancers pass
 * by: only a request that was sent before may still write here, under a lock
 * that is not ours.  Its failure then counts as if it came a moment later.
 */

static void
ngx_shop_balance_renew(ngx_shop_seat_t *seat)
{
    if ((seat->was & NGX_SHOP_BALANCE_DOWN)
        && !(seat->wanted & NGX_SHOP_BALANCE_DOWN))
    {
        seat->peer->fails = 0;
        seat->peer->effective_weight = seat->peer->weight;
    }
}


/*
 * peers->tries is the number of peers that are not down
 * (src/http/ngx_http_upstream_round_robin.c); it has to follow, or the last
 * answer of the shop itself would be replaced by nginx's own 502.  Counted, not
 * added to: it is right whoever was killed before.  And counted again after it
 * was written: the worker whose store is the last has seen every change before
 * it, and who changes a peer later writes later (t/unit/test_settle.c tries all
 * orders).
 */

static void
ngx_shop_balance_settle(ngx_http_upstream_rr_peers_t *peers)
{
    ngx_uint_t                    n;
    ngx_http_upstream_rr_peer_t  *peer;

    for ( ;; ) {

        n = 0;

        for (peer = peers->peer; peer; peer = peer->next) {
            n += (ngx_shop_balance_word(&peer->down) == 0);
        }

        if (ngx_shop_balance_word(&peers->tries) == n) {
            return;
        }

        ngx_shop_balance_word(&peers->tries) = n;

        ngx_memory_barrier();

    }
}
