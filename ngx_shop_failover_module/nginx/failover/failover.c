
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whole groups as backups, entered within the request: the outermost wrapper
 * around the functions of a balancer in u->peer.  Knows of peers only what
 * balance says of a group as a whole.
 */


#include "nginx/failover/failover.h"
#include "nginx/failover/balance.h"
#include "nginx/failover/failover_queue.h"

#include "state/counters.h"


static ngx_int_t ngx_shop_failover_init_peer(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *us);
static ngx_shop_conf_srv_t *ngx_shop_failover_away(ngx_shop_failover_t *ctx)
    ngx_shop_compat_cold;
static ngx_int_t ngx_shop_failover_enter(ngx_shop_failover_t *ctx,
    ngx_shop_conf_srv_t *group) ngx_shop_compat_cold;
static void ngx_shop_failover_leave(ngx_shop_failover_t *ctx,
    ngx_shop_conf_srv_t *group);
static ngx_inline ngx_int_t ngx_shop_failover_open(ngx_shop_failover_t *ctx,
    ngx_shop_conf_srv_t *group);
static ngx_shop_conf_srv_t *ngx_shop_failover_group(ngx_shop_failover_t *ctx,
    ngx_uint_t n);
static ngx_uint_t ngx_shop_failover_tell(ngx_shop_failover_t *ctx);
static ngx_int_t ngx_shop_failover_get(ngx_peer_connection_t *pc, void *data);
static ngx_inline void ngx_shop_failover_take(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc);
static ngx_int_t ngx_shop_failover_get_again(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc) ngx_shop_compat_cold;
static ngx_int_t ngx_shop_failover_get_other(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc, ngx_int_t rc) ngx_shop_compat_cold;
static void ngx_shop_failover_refresh(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc);
static ngx_int_t ngx_shop_failover_pick(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc);
static ngx_int_t ngx_shop_failover_ask(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc);
static ngx_int_t ngx_shop_failover_pass(ngx_shop_failover_t *ctx);
static ngx_int_t ngx_shop_failover_again(ngx_shop_failover_t *ctx);
static ngx_uint_t ngx_shop_failover_known_dead(ngx_shop_failover_t *ctx);
static void ngx_shop_failover_back(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc, ngx_uint_t state) ngx_shop_compat_cold;
static ngx_uint_t ngx_shop_failover_failed(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc);
static void ngx_shop_failover_notify(ngx_peer_connection_t *pc, void *data,
    ngx_uint_t type);
#if (NGX_HTTP_SSL)
static void ngx_shop_failover_sessions(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc) ngx_shop_compat_cold;
static ngx_int_t ngx_shop_failover_set_session(ngx_peer_connection_t *pc,
    void *data);
static void ngx_shop_failover_save_session(ngx_peer_connection_t *pc,
    void *data);
#endif


/* how often one request starts anew in a group whose peers have changed */
#define NGX_SHOP_FAILOVER_REOPEN  2


ngx_int_t
ngx_shop_failover_init(ngx_conf_t *cf)
{
    ngx_uint_t              i;
    ngx_shop_conf_srv_t   **sscf;
    ngx_shop_conf_main_t   *smcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_shop_failover_module);
    sscf = smcf->balanced.elts;

    for (i = 0; i < smcf->balanced.nelts; i++) {

        sscf[i]->free = ngx_shop_failover_free;

        /* a backup without checks and backups of its own is as it was */

        if (sscf[i]->check == NULL && sscf[i]->chain.nelts == 0) {
            continue;
        }

        sscf[i]->uscf->peer.init = ngx_shop_failover_init_peer;

        if (ngx_shop_failover_wait_init(cf, sscf[i]) != NGX_OK
            || ngx_shop_failover_rescue_init(cf, sscf[i]) != NGX_OK
            || ngx_shop_failover_record_init(cf, sscf[i]) != NGX_OK
            || ngx_shop_failover_queue_init(cf, sscf[i]) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_failover_init_peer(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *us)
{
    ngx_shop_failover_t  *ctx;
    ngx_shop_conf_loc_t  *slcf;
    ngx_shop_conf_srv_t  *sscf, *group;

    sscf = ngx_http_conf_upstream_srv_conf(us, ngx_shop_failover_module);
    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);

    ctx = sscf->idle;

    if (ctx) {
        sscf->idle = ctx->data;

    } else {
        ctx = ngx_shop_failover_idle_make(r, sscf);
        if (ctx == NULL) {
            return NGX_ERROR;
        }
    }

    if (sscf->asked != slcf) {
        sscf->asked = slcf;
        ngx_shop_board_learn(sscf->zone, ngx_shop_conf_site(slcf),
                             sscf->group);
    }

    ctx->request = r;
    group = sscf;

    if (sscf->chain.nelts && ngx_shop_groups_away(sscf->zone, sscf->group)) {
        group = ngx_shop_failover_away(ctx);
    }

    if (ngx_shop_failover_open(ctx, group) != NGX_OK) {
        ngx_shop_failover_idle_not(ctx);
        return NGX_ERROR;
    }

    return sscf->shed.target ? ngx_shop_failover_shed(ctx) : NGX_OK;
}


ngx_int_t
ngx_shop_failover_anew(ngx_shop_failover_t *ctx)
{
    ctx->start = 0;
    ctx->passed = 0;
    ctx->reopened = 0;
    ctx->stale = 0;

    if (ctx->primary->chain.nelts) {
        ctx->start = ngx_shop_groups_serving(ctx->primary->zone,
                                             ctx->primary->group);
    }

    return ngx_shop_failover_enter(ctx, ngx_shop_failover_group(ctx, 0));
}


/* another group of the chain takes the traffic */

static ngx_shop_conf_srv_t *
ngx_shop_failover_away(ngx_shop_failover_t *ctx)
{
    ngx_shop_conf_srv_t  *primary, *group;

    primary = ctx->primary;

    ctx->start = ngx_shop_groups_serving(primary->zone, primary->group);

    group = ngx_shop_failover_group(ctx, 0);

    ngx_shop_failover_idle_not(ctx);
    ngx_shop_failover_leave(ctx, group);

    return group;
}


/*
 * Changes to a group.  What the group before left in u->peer is of its own
 * balancer and is taken away first: notify of another group's data would be
 * the end of the worker.
 */

static ngx_int_t
ngx_shop_failover_enter(ngx_shop_failover_t *ctx, ngx_shop_conf_srv_t *group)
{
    ngx_shop_failover_leave(ctx, group);

    return ngx_shop_failover_open(ctx, group);
}


static void
ngx_shop_failover_leave(ngx_shop_failover_t *ctx, ngx_shop_conf_srv_t *group)
{
    ngx_http_upstream_t    *u;
    ngx_peer_connection_t  *pc;

    u = ctx->request->upstream;
    pc = &u->peer;

    pc->data = NULL;
    pc->get = NULL;
    pc->free = NULL;
    pc->notify = NULL;
    pc->tries = 0;
    ngx_shop_compat_forget(pc);

    /* nginx asks it for the zone of the peer that it was given */

    u->upstream = group->uscf;

    ctx->group = group;
    ctx->failed.slot = NGX_SHOP_LAYOUT_NO_SLOT;
}


static ngx_inline ngx_int_t
ngx_shop_failover_open(ngx_shop_failover_t *ctx, ngx_shop_conf_srv_t *group)
{
    ngx_http_upstream_t    *u;
    ngx_peer_connection_t  *pc;

    u = ctx->request->upstream;
    pc = &u->peer;

    ctx->config = ngx_shop_compat_config(group->uscf->peer.data);

    if (!ngx_shop_balance_ready(group)) {
        ngx_shop_balance_open(ctx->request, group);
    }

    if (group->init(ctx->request, group->uscf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (group->ramping) {
        pc->tries += ngx_shop_balance_hidden(group);
    }

    ctx->tries = pc->tries;

    ctx->data = pc->data;
    ctx->get = pc->get;
    ctx->free = pc->free;

    pc->data = ctx;
    pc->get = ngx_shop_failover_get;
    pc->free = group->free;

    if (pc->notify) {
        ctx->notify = pc->notify;
        pc->notify = ngx_shop_failover_notify;
    }

#if (NGX_HTTP_SSL)

    /* nginx asks for a session where it speaks TLS to the group */

    if (u->ssl) {
        ngx_shop_failover_sessions(ctx, pc);
    }

#endif

    /* in the common case it is what the balancer says */

    ctx->told = pc->tries;

    if (ctx->primary->chain.nelts || u->conf->next_upstream_tries) {
        pc->tries = ngx_shop_failover_tell(ctx);
    }

    return NGX_OK;
}


/*
 * The nth group in the order of this request: from the one that takes the
 * traffic to the end of the chain, then those before it.  So a primary that is
 * held back is the last resort.
 */

static ngx_shop_conf_srv_t *
ngx_shop_failover_group(ngx_shop_failover_t *ctx, ngx_uint_t n)
{
    ngx_shop_conf_srv_t  **chain;

    n += ctx->start;

    if (n > ctx->primary->chain.nelts) {
        n -= ctx->primary->chain.nelts + 1;
    }

    if (n == 0) {
        return ctx->primary;
    }

    chain = ctx->primary->chain.elts;

    return chain[n - 1];
}


ngx_uint_t
ngx_shop_failover_extra(ngx_shop_failover_t *ctx)
{
    ngx_uint_t             n, extra;
    ngx_shop_conf_srv_t  **chain, *primary;

    extra = 0;
    primary = ctx->primary;
    chain = primary->chain.elts;

    for (n = ctx->passed + 1; n <= primary->chain.nelts; n++) {

        /* for a request that began at the primary the order is the chain's */

        extra += ngx_shop_balance_live(ctx->start
                                       ? ngx_shop_failover_group(ctx, n)
                                       : chain[n - 1]);
    }

    return extra;
}


/*
 * nginx goes on only while it sees tries, and clips them to
 * proxy_next_upstream_tries once, at the start: here they are those of the
 * whole chain, and the limit is kept.
 */

static ngx_uint_t
ngx_shop_failover_tell(ngx_shop_failover_t *ctx)
{
    ngx_uint_t  tries, limit;

    tries = ctx->tries;

    if (ctx->passed < ctx->primary->chain.nelts) {
        tries += ngx_shop_failover_extra(ctx);
    }

    limit = ctx->request->upstream->conf->next_upstream_tries;

    if (limit) {
        limit = limit > ctx->used ? limit - ctx->used : 0;
        tries = ngx_min(tries, limit);
    }

    ctx->told = tries;

    return tries;
}


/* nearly always the first try of a request, and there is a peer for it */

static ngx_int_t
ngx_shop_failover_get(ngx_peer_connection_t *pc, void *data)
{
    ngx_shop_failover_t  *ctx = data;

    ngx_int_t             rc;

    if (ctx->used || ctx->tries == 0) {
        return ngx_shop_failover_get_again(ctx, pc);
    }

    pc->tries = ctx->tries;

    rc = ctx->get(pc, ctx->data);

    if (rc != NGX_OK && rc != NGX_DONE) {
        return ngx_shop_failover_get_other(ctx, pc, rc);
    }

    /* what it was when the group was opened, unless a limit is lower */

    pc->tries = ctx->told;

    ngx_shop_failover_take(ctx, pc);

    return rc;
}


/* a peer was given to the request */

static ngx_inline void
ngx_shop_failover_take(ngx_shop_failover_t *ctx, ngx_peer_connection_t *pc)
{
    ngx_shop_conf_srv_t  *group;

    group = ctx->group;

    ngx_queue_insert_head(&group->flights, &ctx->queue);
    ctx->flying = 1;
    ctx->looked = 0;
    ctx->heard = 0;

    if (group->wait && !group->waiting) {
        ngx_shop_failover_wait_begin(group);
    }

    if (group->witness) {
        ngx_shop_failover_record_begin(ctx, pc->name);
    }
}


/* one more try, or one in a group that says that it has none */

static ngx_int_t
ngx_shop_failover_get_again(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc)
{
    if (ctx->used) {
        ngx_shop_failover_refresh(ctx, pc);
    }

    return ngx_shop_failover_get_other(ctx, pc,
                                       ngx_shop_failover_ask(ctx, pc));
}


/* what a balancer said, unless it had a peer at the first try */

static ngx_int_t
ngx_shop_failover_get_other(ngx_shop_failover_t *ctx,
    ngx_peer_connection_t *pc, ngx_int_t rc)
{
    ngx_uint_t  first;

    ngx_shop_failover_idle_not(ctx);

    first = (ctx->used == 0);

    if (rc == NGX_BUSY) {
        rc = ngx_shop_failover_pick(ctx, pc);
    }

    if (rc != NGX_OK && rc != NGX_DONE) {
        return ctx->primary->queue && rc != NGX_ERROR
               ? ngx_shop_failover_queue_wait(ctx, pc, rc) : rc;
    }

    pc->tries = first ? ctx->told : ngx_shop_failover_tell(ctx);

    ngx_shop_failover_take(ctx, pc);

    return rc;
}


/* what has happened since the last try of this request */

static void
ngx_shop_failover_refresh(ngx_shop_failover_t *ctx, ngx_peer_connection_t *pc)
{
    if (pc->tries > ctx->told) {

        /*
         * ngx_http_upstream_next() gave one back, for a kept connection that
         * had died (src/http/ngx_http_upstream.c)
         */

        ctx->tries++;
        ctx->stale = 1;

        if (ctx->used) {
            ctx->used--;
        }
    }

    if (ctx->used && ngx_shop_balance_stale(ctx->group)) {
        ngx_shop_balance_sync(ctx->group);
    }

    if (ctx->used && ctx->group->ramping) {

        /* a second try is no share: none that is left is hidden from it */

        (void) ngx_shop_balance_release(ctx->group);
    }
}


/*
 * Where the group has no peer: one of the first group of the chain, from where
 * it is, that has one.
 */

static ngx_int_t
ngx_shop_failover_pick(ngx_shop_failover_t *ctx, ngx_peer_connection_t *pc)
{
    ngx_int_t  rc;

    for ( ;; ) {

        rc = ngx_shop_failover_again(ctx);

        if (rc == NGX_DECLINED) {

            if (ctx->passed == ctx->primary->chain.nelts) {
                ctx->tries = 0;
                pc->tries = ngx_shop_failover_tell(ctx);

                return ngx_shop_failover_known_dead(ctx)
                       ? NGX_DECLINED : NGX_BUSY;
            }

            rc = ngx_shop_failover_pass(ctx);
        }

        if (rc != NGX_OK) {
            return NGX_ERROR;
        }

        rc = ngx_shop_failover_ask(ctx, pc);

        if (rc != NGX_BUSY) {
            return rc;
        }
    }
}


/* one without tries is not asked, unless it is the last resort */

#define ngx_shop_failover_may_ask(ctx)                                       \
    ((ctx)->tries || (ctx)->passed == (ctx)->primary->chain.nelts)


/* the balancer of this group; NGX_BUSY: it has no peer */

static ngx_int_t
ngx_shop_failover_ask(ngx_shop_failover_t *ctx, ngx_peer_connection_t *pc)
{
    ngx_int_t  rc;

    if (!ngx_shop_failover_may_ask(ctx)) {
        return NGX_BUSY;
    }

    pc->tries = ctx->tries;
    rc = ctx->get(pc, ctx->data);

    if (rc == NGX_DONE && ctx->stale) {
        ngx_shop_failover_kept_drop(pc);
        return NGX_OK;
    }

    return rc;
}


/* goes on to the next group of the chain */

static ngx_int_t
ngx_shop_failover_pass(ngx_shop_failover_t *ctx)
{
    ctx->passed++;
    ctx->reopened = 0;

    ngx_shop_counters_group(ctx->primary->zone, ctx->primary->group,
                            NGX_SHOP_LAYOUT_COUNT_FAILOVER);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ctx->request->connection->log, 0,
                   "shop failover: next group, number %ui", ctx->passed);

    return ngx_shop_failover_enter(ctx,
                                   ngx_shop_failover_group(ctx, ctx->passed));
}


/*
 * NGX_OK: the group has no peer left for this request, but a fresh start finds
 * one: the resolver changed the list meanwhile, which every balancer answers
 * with NGX_BUSY, or a peer in slow start was hidden.  That may be long ago: a
 * balancer does not go back from its backups.
 */

static ngx_int_t
ngx_shop_failover_again(ngx_shop_failover_t *ctx)
{
    ngx_int_t                      rc;
    ngx_uint_t                     left;
    ngx_http_upstream_rr_peers_t  *peers;

    if (ctx->reopened == NGX_SHOP_FAILOVER_REOPEN
        || !ngx_shop_failover_may_ask(ctx))
    {
        return NGX_DECLINED;
    }

    if (ctx->config != ngx_shop_compat_config(ctx->group->uscf->peer.data)) {
        ctx->reopened++;
        return ngx_shop_failover_enter(ctx, ctx->group);
    }

    if (!ctx->group->ramping) {
        return NGX_DECLINED;
    }

    left = ctx->tries;
    peers = ctx->group->uscf->peer.data;

    if (!ngx_shop_balance_release(ctx->group)
        && (ctx->used == 0 || left == 0 || peers->next == NULL))
    {
        return NGX_DECLINED;
    }

    ctx->reopened = NGX_SHOP_FAILOVER_REOPEN;
    rc = ngx_shop_failover_enter(ctx, ctx->group);

    /* which may have hidden it again */

    (void) ngx_shop_balance_release(ctx->group);

    if (ctx->used) {
        ctx->tries = ngx_min(ctx->tries, left);
    }

    return rc;
}


/*
 * Whether probes have said already, and once, that nobody can serve: then
 * NGX_DECLINED without a try left, which is a failed connect for nginx, spares
 * the log "no live upstreams" for every visitor.  All else is the same, a stale
 * answer of the cache included (ngx_http_upstream_connect() and _next(),
 * src/http/ngx_http_upstream.c).
 */

static ngx_uint_t
ngx_shop_failover_known_dead(ngx_shop_failover_t *ctx)
{
    ngx_uint_t  n;

    if (ctx->used || ctx->primary->check == NULL) {
        return 0;
    }

    for (n = 0; n <= ctx->primary->chain.nelts; n++) {
        if (ngx_shop_balance_live(ngx_shop_failover_group(ctx, n))) {
            return 0;
        }
    }

    return 1;
}


/* nearly always the end of a request that its first peer has answered */

void
ngx_shop_failover_free(ngx_peer_connection_t *pc, void *data, ngx_uint_t state)
{
    ngx_shop_failover_t  *ctx = data;

    if (state || ctx->moved || !ctx->flying) {
        ngx_shop_failover_back(ctx, pc, state);
        return;
    }

    if (ctx->group->witness) {
        ngx_shop_failover_record_end(ctx, 0);
    }

    ngx_queue_remove(&ctx->queue);
    ctx->flying = 0;

    ctx->free(pc, ctx->data, 0);

    if (ctx->idles) {

        /* nginx leaves it alone from here on, and record_heard() does */

        pc->free = NULL;
        ngx_shop_failover_idle_push(ctx);
    }
}


static void
ngx_shop_failover_back(ngx_shop_failover_t *ctx, ngx_peer_connection_t *pc,
    ngx_uint_t state)
{
    ngx_uint_t  doubted;

    ngx_shop_failover_idle_not(ctx);

    /* a suspect that lost a request has not failed it */

    doubted = (ctx->moved == NGX_SHOP_FAILOVER_MOVED_OFF && ctx->doubted);

    if (ctx->flying) {

        if (ctx->group->witness && !doubted) {
            ngx_shop_failover_record_end(ctx, state);
        }

        ngx_queue_remove(&ctx->queue);
        ctx->flying = 0;

        if (ctx->moved == NGX_SHOP_FAILOVER_MOVED_OFF) {
            ctx->moved = NGX_SHOP_FAILOVER_MOVED_ON;

        } else if (ctx->moved == NGX_SHOP_FAILOVER_MOVED_ON) {
            ctx->moved = NGX_SHOP_FAILOVER_MOVED_NOT;
            ngx_shop_failover_rescue_more(ctx->group);
        }
    }

    if (state == 0) {

        /* the end of the request */

        ctx->free(pc, ctx->data, 0);
        return;
    }

    if (doubted) {

        /* nobody knows that it failed; no connection to be kept, either */

        ctx->request->upstream->keepalive = 0;
        state = NGX_PEER_NEXT;

    } else if (state & NGX_PEER_FAILED) {
        state = ngx_shop_failover_failed(ctx, pc);
    }

    pc->tries = ctx->tries;
    ctx->free(pc, ctx->data, state);
    ctx->tries = pc->tries;

    ctx->used++;
    pc->tries = ngx_shop_failover_tell(ctx);

    if (pc->tries == 0 && ctx->primary->queue
        && ngx_shop_failover_queue_may(ctx))
    {
        /* nginx asks once more, and the request waits: it has no other try */

        pc->tries = 1;
        pc->get = ngx_shop_failover_queue_get;
    }
}


/*
 * What the balancer is told of a failure.  Where probes and the siblings'
 * answers decide, a failed request makes a probe run and is weighed, and
 * nothing more: nginx's own marks would let one URL that fails everywhere take
 * every server out, for fail_timeout.  "shop_outlier off" gives them back.
 */

static ngx_uint_t
ngx_shop_failover_failed(ngx_shop_failover_t *ctx, ngx_peer_connection_t *pc)
{
    ngx_uint_t            answered;
    ngx_http_upstream_t  *u;
    ngx_shop_conf_srv_t  *group;

    u = ctx->request->upstream;
    group = ctx->group;

    if (group->check == NULL) {
        return NGX_PEER_FAILED;
    }

    /* proxy_next_upstream http_502 and its like: of the URL, not the peer */

    answered = (u->state->header_time != (ngx_msec_t) -1);

    if (group->outlier.percent == 0) {

        if (group->observe.errors) {
            ngx_shop_failover_observe(ctx->request, group, pc, 0);
        }

        return NGX_PEER_FAILED;
    }

    if (!group->observe.errors) {
        return answered ? NGX_PEER_NEXT : NGX_PEER_FAILED;
    }

    ngx_shop_failover_observe(ctx->request, group, pc, 0);

    if (!answered) {

        /* "keepalive" must not take "next" for a sound connection */

        u->keepalive = 0;
    }

    return NGX_PEER_NEXT;
}


static void
ngx_shop_failover_notify(ngx_peer_connection_t *pc, void *data,
    ngx_uint_t type)
{
    ngx_shop_failover_t  *ctx = data;

    ctx->notify(pc, ctx->data, type);
}


#if (NGX_HTTP_SSL)

static void
ngx_shop_failover_sessions(ngx_shop_failover_t *ctx, ngx_peer_connection_t *pc)
{
    ctx->set_session = pc->set_session;
    ctx->save_session = pc->save_session;

    pc->set_session = ngx_shop_failover_set_session;
    pc->save_session = ngx_shop_failover_save_session;
}


static ngx_int_t
ngx_shop_failover_set_session(ngx_peer_connection_t *pc, void *data)
{
    ngx_shop_failover_t  *ctx = data;

    return ctx->set_session(pc, ctx->data);
}


static void
ngx_shop_failover_save_session(ngx_peer_connection_t *pc, void *data)
{
    ngx_shop_failover_t  *ctx = data;

    ctx->save_session(pc, ctx->data);
}

#endif
