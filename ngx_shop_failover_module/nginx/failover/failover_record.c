
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What requests got of the peer that they were given to, into its record; and
 * the peers that are put aside for it.  logic/judge/evidence decides.
 */


#include "nginx/failover/failover.h"
#include "nginx/document.h"
#include "nginx/journal/journal.h"
#include "nginx/wake.h"


/* peers by the address of their name in nginx; some share a place */
#define NGX_SHOP_RECORD_PLACES  64

/* how often the times of all peers are compared, and one that fails; ms */
#define NGX_SHOP_RECORD_EACH    1000
#define NGX_SHOP_RECORD_PAUSE   20


typedef struct {
    ngx_str_t          *name;
    ngx_shop_record_t   record;
} ngx_shop_record_place_t;


struct ngx_shop_witness_s {
    ngx_uint_t                config;    /* of the peers' list */
    ngx_msec_t                compared;
    ngx_msec_t                judged;    /* one that failed */
    uint32_t                  slot;      /* ... that one */
    ngx_shop_record_place_t   places[NGX_SHOP_RECORD_PLACES];
};


static void ngx_shop_failover_record_find(ngx_shop_failover_t *ctx,
    ngx_str_t *name, ngx_shop_record_place_t *place) ngx_shop_compat_cold;
static void ngx_shop_failover_record_look(ngx_shop_conf_srv_t *sscf,
    ngx_str_t *name, ngx_shop_record_place_t *place);
static ngx_inline void ngx_shop_failover_record_answer(
    ngx_shop_failover_t *ctx, ngx_http_upstream_t *u);
static ngx_inline void ngx_shop_failover_record_good(ngx_shop_failover_t *ctx,
    ngx_http_upstream_t *u);
static void ngx_shop_failover_record_bad(ngx_shop_failover_t *ctx,
    ngx_uint_t kind) ngx_shop_compat_cold;
static void ngx_shop_failover_record_proof(ngx_shop_failover_t *ctx)
    ngx_shop_compat_cold;
static ngx_uint_t ngx_shop_failover_record_broken(ngx_http_upstream_t *u);
static void ngx_shop_failover_record_judge(ngx_shop_failover_t *ctx,
    ngx_shop_record_t *record);
static void ngx_shop_failover_record_compare(ngx_shop_failover_t *ctx)
    ngx_shop_compat_cold;
static ngx_uint_t ngx_shop_failover_record_one(ngx_shop_failover_t *ctx,
    ngx_shop_model_peer_t *peer);


ngx_int_t
ngx_shop_failover_record_init(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf)
{
    if (sscf->check == NULL) {
        return NGX_OK;
    }

    sscf->outlier.rule.timeout = (uint32_t) sscf->check->timeout;
    sscf->outlier.rule.interval = (uint32_t) sscf->check->interval;

    sscf->witness = ngx_pcalloc(cf->pool, sizeof(ngx_shop_witness_t));

    return sscf->witness ? NGX_OK : NGX_ERROR;
}


void
ngx_shop_failover_record_begin(ngx_shop_failover_t *ctx, ngx_str_t *name)
{
    ngx_shop_witness_t       *witness;
    ngx_shop_record_place_t  *place;

    witness = ctx->group->witness;

    place = &witness->places[((uintptr_t) name >> 5) % NGX_SHOP_RECORD_PLACES];

    if (place->name != name || witness->config != ctx->config) {
        ngx_shop_failover_record_find(ctx, name, place);
        return;
    }

    ctx->record = place->record;
}


static void
ngx_shop_failover_record_find(ngx_shop_failover_t *ctx, ngx_str_t *name,
    ngx_shop_record_place_t *place)
{
    ngx_shop_witness_t  *witness;

    witness = ctx->group->witness;

    if (witness->config != ctx->config) {

        /* names are of peers that may be gone */

        ngx_memzero(witness->places, sizeof(witness->places));
        witness->config = ctx->config;
    }

    ngx_shop_failover_record_look(ctx->group, name, place);

    ctx->record = place->record;
}


static void
ngx_shop_failover_record_look(ngx_shop_conf_srv_t *sscf, ngx_str_t *name,
    ngx_shop_record_place_t *place)
{
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *peer;

    place->name = NULL;
    place->record.slot = NGX_SHOP_LAYOUT_NO_SLOT;

    if (name == NULL) {
        return;
    }

    for (peer = ngx_shop_peers_first(sscf->group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (ngx_shop_failover_at(name, peer)) {

            if (peer->slot != NGX_SHOP_LAYOUT_NO_SLOT) {
                place->name = name;
                place->record.slot = peer->slot;
                place->record.id = peer->id;
            }

            return;
        }
    }
}


/* the head of an answer has come, and goes on to the visitor */

void
ngx_shop_failover_record_heard(ngx_http_request_t *r)
{
    ngx_http_upstream_t  *u;
    ngx_shop_failover_t  *ctx;

    u = r->upstream;

    if (u->peer.free != ngx_shop_failover_free
        && u->peer.free != ngx_shop_failover_queue_free)
    {
        return;
    }

    ctx = u->peer.data;

    if (ctx->flying && !ctx->heard && ctx->group->witness
        && u->state->header_time != (ngx_msec_t) -1)
    {
        ngx_shop_failover_record_answer(ctx, u);
    }
}


void
ngx_shop_failover_record_end(ngx_shop_failover_t *ctx, ngx_uint_t state)
{
    ngx_http_upstream_t  *u;

    u = ctx->request->upstream;

    if (u->state->header_time != (ngx_msec_t) -1) {

        if (!ctx->heard) {
            ngx_shop_failover_record_answer(ctx, u);
        }

        if (ngx_shop_failover_record_broken(u)) {
            ngx_shop_failover_record_bad(ctx, NGX_SHOP_EVIDENCE_BODY);
        }

    } else if (state & NGX_PEER_FAILED) {
        ngx_shop_failover_record_bad(ctx,
                                     u->request_sent
                                     ? NGX_SHOP_EVIDENCE_READ
                                     : NGX_SHOP_EVIDENCE_CONNECT);
    }
}


/* as ngx_http_upstream_process_request() and ..._non_buffered_upstream() see
   it (src/http/ngx_http_upstream.c) */

static ngx_uint_t
ngx_shop_failover_record_broken(ngx_http_upstream_t *u)
{
    ngx_event_pipe_t  *p;
    ngx_connection_t  *c;

    c = u->peer.connection;

    if (!u->header_sent || u->upgrade || c == NULL) {
        return 0;
    }

    if (u->buffering) {
        p = u->pipe;

        return p && !p->upstream_done
               && (p->upstream_error
                   || (p->upstream_eof && p->length != -1 && p->length != 0));
    }

    return u->length != 0
           && (c->read->error || (c->read->eof && u->length != -1));
}


static ngx_inline void
ngx_shop_failover_record_answer(ngx_shop_failover_t *ctx,
    ngx_http_upstream_t *u)
{
    ngx_uint_t  good;

    good = (u->headers_in.status_n < NGX_HTTP_INTERNAL_SERVER_ERROR);

    if (ctx->inside) {
        ngx_shop_failover_shed_page(ctx, good);
    }

    if (good) {
        ngx_shop_failover_record_good(ctx, u);

    } else {
        ngx_shop_failover_record_bad(ctx, NGX_SHOP_EVIDENCE_STATUS);
    }
}


/* nearly every request comes here: each line is counted by t/bench/overhead */

static ngx_inline void
ngx_shop_failover_record_good(ngx_shop_failover_t *ctx, ngx_http_upstream_t *u)
{
    ngx_shop_conf_srv_t  *group;

    group = ctx->group;
    ctx->heard = 1;

    if (ngx_shop_record_good(group->zone, &ctx->record, &group->outlier.rule,
                             (uint32_t) u->state->header_time)
        && ngx_shop_document_is(ctx->request))
    {
        ngx_shop_record_page(group->zone, &ctx->record);
    }

    if (ctx->failed.slot != NGX_SHOP_LAYOUT_NO_SLOT) {
        ngx_shop_failover_record_proof(ctx);
    }

    if (ngx_current_msec - group->witness->compared >= NGX_SHOP_RECORD_EACH) {
        ngx_shop_failover_record_compare(ctx);
    }
}


/* what failed at one peer did well at another */

static void
ngx_shop_failover_record_proof(ngx_shop_failover_t *ctx)
{
    if (ctx->failed.slot != ctx->record.slot) {
        ngx_shop_record_proof(ctx->group->zone, &ctx->failed);
        ngx_shop_failover_record_judge(ctx, &ctx->failed);
    }
}


static void
ngx_shop_failover_record_bad(ngx_shop_failover_t *ctx, ngx_uint_t kind)
{
    ngx_http_request_t         *r;
    ngx_shop_conf_srv_t        *group;
    ngx_shop_evidence_heard_t   heard;

    r = ctx->request;
    group = ctx->group;

    ctx->heard = 1;

    /* "failed" is of this request */

    ngx_shop_failover_idle_not(ctx);

    heard.kind = (uint32_t) kind;
    heard.msec = (uint32_t) ngx_current_msec;
    heard.waited = 0;
    heard.place = ngx_crc32_short(r->uri.data, r->uri.len);
    heard.visitor = ngx_crc32_short(r->connection->addr_text.data,
                                    r->connection->addr_text.len);

    ngx_shop_record_bad(group->zone, &ctx->record, &group->outlier.rule,
                        &heard);

    ctx->failed = ctx->record;

    ngx_shop_failover_record_judge(ctx, &ctx->record);
}


/* a peer that just failed */

static void
ngx_shop_failover_record_judge(ngx_shop_failover_t *ctx,
    ngx_shop_record_t *record)
{
    ngx_shop_witness_t     *witness;
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *peer;

    witness = ctx->group->witness;

    /* where everything fails, one look in a while is enough */

    if (witness->slot == record->slot
        && ngx_current_msec - witness->judged < NGX_SHOP_RECORD_PAUSE
        && ctx->group->group->peers.nelts > NGX_SHOP_RECORD_PLACES)
    {
        return;
    }

    witness->slot = record->slot;
    witness->judged = ngx_current_msec;

    for (peer = ngx_shop_peers_first(ctx->group->group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (peer->slot == record->slot && peer->id == record->id) {
            (void) ngx_shop_failover_record_one(ctx, peer);
            return;
        }
    }
}


/* one whose answers take longer than its siblings' fails no request */

static void
ngx_shop_failover_record_compare(ngx_shop_failover_t *ctx)
{
    ngx_shop_peers_walk_t   walk;
    ngx_shop_model_peer_t  *peer;

    ctx->group->witness->compared = ngx_current_msec;

    if (ctx->group->group->peers.nelts > NGX_SHOP_RECORD_PLACES) {

        /* each beside all others is too much at once: this one now */

        ngx_shop_failover_record_judge(ctx, &ctx->record);
        return;
    }

    for (peer = ngx_shop_peers_first(ctx->group->group, &walk);
         peer;
         peer = ngx_shop_peers_next(&walk))
    {
        if (ngx_shop_failover_record_one(ctx, peer)) {
            return;
        }
    }
}


static ngx_uint_t
ngx_shop_failover_record_one(ngx_shop_failover_t *ctx,
    ngx_shop_model_peer_t *peer)
{
    ngx_str_t                  uri;
    ngx_shop_conf_srv_t       *group;
    ngx_shop_conf_main_t      *smcf;
    ngx_shop_record_change_t   change;

    group = ctx->group;

    if (group->outlier.percent == 0
        || ngx_shop_record_judge(group->zone, group->group, peer,
                                 &group->outlier, &change)
           != NGX_OK)
    {
        return 0;
    }

    smcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_shop_failover_module);

    ngx_str_null(&uri);

    if (group->check->type == NGX_SHOP_CONF_CHECK_HTTP
        || group->check->type == NGX_SHOP_CONF_CHECK_HTTPS)
    {
        uri = group->check->uri;
    }

    ngx_shop_journal_aside(group->zone, &change, &uri);
    ngx_shop_journal_update(group->zone);
    ngx_shop_wake_all(smcf);

    return 1;
}
