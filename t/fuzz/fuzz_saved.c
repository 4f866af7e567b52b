
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Records of a state file, whatever their bytes.  Properties: what is read can
 * be an index where it is one, texts lie in the input, and what is written
 * again is read as the same.
 */


#include <stdlib.h>

#include "logic/saved.h"
#include "logic/site.h"
#include "logic/verdict.h"


#define MUST(c)                                                              \
    if (!(c)) {                                                              \
        abort();                                                             \
    }


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
inside(const ngx_shop_failover_str_t *s, const uint8_t *data, size_t size)
{
    MUST(s->data >= data && s->data <= data + size);
    MUST(s->len <= (size_t) (data + size - s->data));
}


static int
same(const ngx_shop_failover_str_t *a, const ngx_shop_failover_str_t *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}


static void
again(const ngx_shop_failover_saved_peer_t *peer)
{
    size_t                             len;
    int64_t                            at;
    unsigned char                     *buf;
    ngx_shop_failover_saved_wish_t     wish = { 1, 2, 3 };
    ngx_shop_failover_saved_reader_t   r;
    ngx_shop_failover_saved_writer_t   w;
    ngx_shop_failover_saved_record_t   record;

    len = NGX_SHOP_FAILOVER_SAVED_HEADER + NGX_SHOP_FAILOVER_SAVED_PEER_MAX
          + peer->group.len + peer->server.len + peer->address.len
          + peer->detail.len;

    buf = malloc(len);
    MUST(buf != NULL);

    ngx_shop_failover_saved_begin(&w, buf, len);
    ngx_shop_failover_saved_peer(&w, peer);
    len = ngx_shop_failover_saved_end(&w, 1, 2);

    MUST(len != 0);
    MUST(ngx_shop_failover_saved_open(&r, buf, len, &wish, &at)
         == NGX_SHOP_FAILOVER_SAVED_GOOD);
    MUST(ngx_shop_failover_saved_next(&r, &record)
         == NGX_SHOP_FAILOVER_SAVED_PEER);
    MUST(same(&record.u.peer.server, &peer->server));
    MUST(same(&record.u.peer.address, &peer->address));
    MUST(record.u.peer.checks == peer->checks);
    MUST(record.u.peer.since == peer->since);
    MUST(memcmp(record.u.peer.history, peer->history,
                sizeof(peer->history)) == 0);
    MUST(ngx_shop_failover_saved_next(&r, &record)
         == NGX_SHOP_FAILOVER_SAVED_END);

    free(buf);
}


static void
order_again(const ngx_shop_failover_saved_order_t *order)
{
    size_t                             len;
    int64_t                            at;
    unsigned char                     *buf;
    ngx_shop_failover_saved_wish_t     wish = { 1, 2, 3 };
    ngx_shop_failover_saved_reader_t   r;
    ngx_shop_failover_saved_writer_t   w;
    ngx_shop_failover_saved_record_t   record;

    len = NGX_SHOP_FAILOVER_SAVED_HEADER + NGX_SHOP_FAILOVER_SAVED_PEER_MAX
          + order->group.len + order->server.len + order->address.len
          + order->reason.len;

    buf = malloc(len);
    MUST(buf != NULL);

    ngx_shop_failover_saved_begin(&w, buf, len);
    ngx_shop_failover_saved_order(&w, order);
    len = ngx_shop_failover_saved_end(&w, 1, 2);

    MUST(len != 0);
    MUST(ngx_shop_failover_saved_open(&r, buf, len, &wish, &at)
         == NGX_SHOP_FAILOVER_SAVED_GOOD);
    MUST(ngx_shop_failover_saved_next(&r, &record)
         == NGX_SHOP_FAILOVER_SAVED_ORDER);
    MUST(same(&record.u.order.address, &order->address));
    MUST(same(&record.u.order.reason, &order->reason));
    MUST(record.u.order.how == order->how);
    MUST(record.u.order.since == order->since);
    MUST(record.u.order.until == order->until);

    free(buf);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t                            at;
    ngx_shop_failover_saved_wish_t     wish = { 1, 2, 3 };
    ngx_shop_failover_saved_reader_t   r;
    ngx_shop_failover_saved_record_t   record;

    (void) ngx_shop_failover_saved_open(&r, data, size, &wish, &at);

    /* as if the checksum were right */

    r.pos = data;
    r.last = data + size;

    while (ngx_shop_failover_saved_next(&r, &record)
           != NGX_SHOP_FAILOVER_SAVED_END)
    {
        MUST(r.pos > data && r.pos <= r.last);

        switch (record.type) {

        case NGX_SHOP_FAILOVER_SAVED_PEER:
            MUST(record.u.peer.state <= NGX_SHOP_FAILOVER_DOWN);
            MUST(record.u.peer.result < NGX_SHOP_FAILOVER_RESULT_N);
            MUST(record.u.peer.last < NGX_SHOP_FAILOVER_RESULT_N);
            inside(&record.u.peer.group, data, size);
            inside(&record.u.peer.server, data, size);
            inside(&record.u.peer.address, data, size);
            inside(&record.u.peer.detail, data, size);
            again(&record.u.peer);
            break;

        case NGX_SHOP_FAILOVER_SAVED_GROUP:
            MUST(record.u.group.state <= NGX_SHOP_FAILOVER_GROUP_DOWN);
            inside(&record.u.group.name, data, size);
            break;

        case NGX_SHOP_FAILOVER_SAVED_ORDER:
            MUST(record.u.order.how >= 1 && record.u.order.how <= 3);
            inside(&record.u.order.group, data, size);
            inside(&record.u.order.server, data, size);
            inside(&record.u.order.address, data, size);
            inside(&record.u.order.reason, data, size);
            order_again(&record.u.order);
            break;

        default:
            MUST(record.u.site.state < NGX_SHOP_FAILOVER_SITE_N);
            inside(&record.u.site.path, data, size);
        }
    }

    return 0;
}
