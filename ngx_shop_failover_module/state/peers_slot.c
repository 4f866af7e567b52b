
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The table of peers: a slot is found by the names of its peer, taken, and
 * given to another peer when nobody uses it any more.
 */


#include "state/peers_inside.h"
#include "state/clock.h"


/* a slot that was nobody's for so long is free for another peer; ms */
#define NGX_SHOP_PEERS_STALE  60000


static void ngx_shop_peers_slot_drop_locked(ngx_shop_model_zone_t *zone,
    uint32_t slot);


uint32_t
ngx_shop_peers_slot_hash(ngx_str_t *group, ngx_shop_model_peer_t *peer)
{
    uint32_t  hash;

    ngx_crc32_init(hash);
    ngx_crc32_update(&hash, group->data, group->len);
    ngx_crc32_update(&hash, (u_char *) "", 1);
    ngx_crc32_update(&hash, peer->server.data, peer->server.len);
    ngx_crc32_update(&hash, (u_char *) "", 1);
    ngx_crc32_update(&hash, peer->address.data, peer->address.len);
    ngx_crc32_final(hash);

    return hash;
}


ngx_shop_layout_peer_t *
ngx_shop_peers_slot_find(ngx_shop_layout_t *sh, ngx_str_t *group,
    ngx_shop_model_peer_t *peer)
{
    uint32_t                 hash, slot;
    ngx_str_t               *name;
    ngx_shop_layout_peer_t  *ps;

    hash = ngx_shop_peers_slot_hash(group, peer);

    for (slot = sh->buckets[hash & (sh->nbuckets - 1)];
         slot != NGX_SHOP_LAYOUT_NO_SLOT;
         slot = ps->next)
    {
        ps = &sh->peers[slot];
        name = &sh->groups[ps->group].name;

        if (ps->hash == hash
            && ps->server_len == peer->server.len
            && ps->address_len == peer->address.len
            && name->len == group->len
            && ngx_memcmp(name->data, group->data, group->len) == 0
            && ngx_memcmp(ps->names, peer->server.data, ps->server_len) == 0
            && ngx_memcmp(ps->names + ps->server_len, peer->address.data,
                          ps->address_len)
               == 0)
        {
            return ps;
        }
    }

    return NULL;
}


ngx_uint_t
ngx_shop_peers_slot_stale(ngx_shop_layout_t *sh, ngx_shop_layout_peer_t *ps)
{
    return (ps->dynamic || (int32_t) (ps->registered - sh->running) < 0)
           && ngx_shop_clock_msec(sh) - ps->touched
              > NGX_SHOP_PEERS_STALE;
}


uint32_t
ngx_shop_peers_slot_take_locked(ngx_shop_model_zone_t *zone)
{
    uint32_t            slot;
    ngx_shop_layout_t  *sh;

    sh = zone->sh;

    if (sh->free == NGX_SHOP_LAYOUT_NO_SLOT && sh->used == sh->nslots) {

        for (slot = 0; slot < sh->used; slot++) {
            if (sh->peers[slot].names == NULL
                || ngx_shop_peers_slot_stale(sh, &sh->peers[slot]))
            {
                ngx_shop_peers_slot_drop_locked(zone, slot);
            }
        }
    }

    slot = sh->free;

    if (slot != NGX_SHOP_LAYOUT_NO_SLOT) {
        sh->free = sh->peers[slot].next;
        return slot;
    }

    return sh->used < sh->nslots ? sh->used++ : NGX_SHOP_LAYOUT_NO_SLOT;
}


static void
ngx_shop_peers_slot_drop_locked(ngx_shop_model_zone_t *zone, uint32_t slot)
{
    u_char                  *names;
    uint32_t                *p;
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_peer_t  *ps;

    sh = zone->sh;
    ps = &sh->peers[slot];

    for (p = &sh->buckets[ps->hash & (sh->nbuckets - 1)];
         *p != NGX_SHOP_LAYOUT_NO_SLOT;
         p = &sh->peers[*p].next)
    {
        if (*p == slot) {
            *p = ps->next;
            break;
        }
    }

    /* none: a worker was killed between two lines of _new_locked() */

    names = ps->names;

    ps->id = 0;
    ps->unusable = 0;
    ps->names = NULL;
    ps->server_len = 0;
    ps->address_len = 0;

    /* only now: a worker that is killed here leaks them, nobody frees twice */

    if (names) {
        ngx_slab_free_locked(zone->shpool, names);
    }

    ps->next = sh->free;
    sh->free = slot;
}
