
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The bytes of the state file.
 */


#include "logic/story/saved.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


static void ngx_shop_saved_put(ngx_shop_saved_writer_t *w, uint64_t n,
    unsigned size);
static void ngx_shop_saved_put_str(ngx_shop_saved_writer_t *w,
    const ngx_shop_str_t *s);
static unsigned char *ngx_shop_saved_open_record(ngx_shop_saved_writer_t *w,
    ngx_shop_saved_type_e type);
static void ngx_shop_saved_close_record(ngx_shop_saved_writer_t *w,
    unsigned char *record);
static uint64_t ngx_shop_saved_checksum(const unsigned char *data, size_t len);
static uint64_t ngx_shop_saved_get(ngx_shop_saved_reader_t *r, unsigned size);
static void ngx_shop_saved_get_str(ngx_shop_saved_reader_t *r,
    ngx_shop_str_t *s);
static void ngx_shop_saved_read_peer(ngx_shop_saved_reader_t *r,
    ngx_shop_saved_peer_t *peer);
static void ngx_shop_saved_read_site(ngx_shop_saved_reader_t *r,
    ngx_shop_saved_site_t *site);
static void ngx_shop_saved_read_order(ngx_shop_saved_reader_t *r,
    ngx_shop_saved_order_t *order);
static int ngx_shop_saved_sane(const ngx_shop_saved_record_t *record);


/* offsets in the header */
#define NGX_SHOP_SAVED_AT_VERSION   8
#define NGX_SHOP_SAVED_AT_LENGTH    12
#define NGX_SHOP_SAVED_AT_IDENTITY  16
#define NGX_SHOP_SAVED_AT_TIME      24
#define NGX_SHOP_SAVED_AT_CHECKSUM  40

/* a clock may have been set back by so much, ms */
#define NGX_SHOP_SAVED_SKEW         60000


static const unsigned char  ngx_shop_saved_magic[8] = {
    'S', 'H', 'O', 'P', 'S', 'T', 'A', '\n'
};


static const char  *ngx_shop_saved_reasons[] = {
    "it is good",
    "it is no state file",
    "it is of another version of the module",
    "it is torn",
    "it is of another configuration",
    "it is too old",
    "its time lies in the future"
};


uint64_t
ngx_shop_saved_hash(uint64_t hash, const void *data, size_t len)
{
    const unsigned char  *p, *last;

    p = data;
    last = p + len;

    if (hash == 0) {
        hash = 0xcbf29ce484222325u;
    }

    while (p < last) {
        hash ^= *p++;
        hash *= 0x100000001b3u;
    }

    return hash;
}


/* of all but itself */

static uint64_t
ngx_shop_saved_checksum(const unsigned char *data, size_t len)
{
    uint64_t  hash;

    hash = ngx_shop_saved_hash(0, data, NGX_SHOP_SAVED_AT_CHECKSUM);

    return ngx_shop_saved_hash(hash,
                               data + NGX_SHOP_SAVED_HEADER,
                               len - NGX_SHOP_SAVED_HEADER);
}


void
ngx_shop_saved_begin(ngx_shop_saved_writer_t *w, unsigned char *buf,
    size_t size)
{
    w->start = buf;
    w->pos = buf;
    w->last = buf + size;
    w->full = 0;

    if (size < NGX_SHOP_SAVED_HEADER) {
        w->full = 1;
        return;
    }

    memset(buf, 0, NGX_SHOP_SAVED_HEADER);
    memcpy(buf, ngx_shop_saved_magic, sizeof(ngx_shop_saved_magic));

    w->pos += NGX_SHOP_SAVED_HEADER;
}


static void
ngx_shop_saved_put(ngx_shop_saved_writer_t *w, uint64_t n, unsigned size)
{
    if ((size_t) (w->last - w->pos) < size) {
        w->full = 1;
        return;
    }

    while (size--) {
        *w->pos++ = (unsigned char) n;
        n >>= 8;
    }
}


static void
ngx_shop_saved_put_str(ngx_shop_saved_writer_t *w, const ngx_shop_str_t *s)
{
    if (s->len > 0xffff || (size_t) (w->last - w->pos) < s->len + 2) {
        w->full = 1;
        return;
    }

    ngx_shop_saved_put(w, s->len, 2);

    if (s->len) {
        memcpy(w->pos, s->data, s->len);
        w->pos += s->len;
    }
}


static unsigned char *
ngx_shop_saved_open_record(ngx_shop_saved_writer_t *w,
    ngx_shop_saved_type_e type)
{
    unsigned char  *record;

    record = w->pos;

    ngx_shop_saved_put(w, type, 4);
    ngx_shop_saved_put(w, 0, 4);

    return record;
}


/* the length into the record; one that did not fit is taken back */

static void
ngx_shop_saved_close_record(ngx_shop_saved_writer_t *w, unsigned char *record)
{
    unsigned char  *pos;

    if (w->full) {
        w->pos = record;
        return;
    }

    pos = w->pos;

    w->pos = record + 4;
    ngx_shop_saved_put(w, (uint64_t) (pos - record - 8), 4);
    w->pos = pos;
}


void
ngx_shop_saved_peer(ngx_shop_saved_writer_t *w,
    const ngx_shop_saved_peer_t *peer)
{
    unsigned        i;
    unsigned char  *record;

    record = ngx_shop_saved_open_record(w, NGX_SHOP_SAVED_PEER);

    ngx_shop_saved_put_str(w, &peer->group);
    ngx_shop_saved_put_str(w, &peer->server);
    ngx_shop_saved_put_str(w, &peer->address);
    ngx_shop_saved_put_str(w, &peer->detail);

    ngx_shop_saved_put(w, peer->state, 1);
    ngx_shop_saved_put(w, peer->result, 1);
    ngx_shop_saved_put(w, peer->run, 2);
    ngx_shop_saved_put(w, peer->downs, 4);
    ngx_shop_saved_put(w, (uint64_t) peer->since, 8);
    ngx_shop_saved_put(w, (uint64_t) peer->doubt, 8);
    ngx_shop_saved_put(w, peer->checks, 8);
    ngx_shop_saved_put(w, peer->fails, 8);
    ngx_shop_saved_put(w, (uint64_t) peer->at, 8);

    for (i = 0; i < 4; i++) {
        ngx_shop_saved_put(w, peer->ms[i], 4);
    }

    ngx_shop_saved_put(w, peer->last, 1);

    for (i = 0; i < NGX_SHOP_SAVED_HISTORY_LEN; i++) {
        ngx_shop_saved_put(w, peer->history[i], 1);
    }

    for (i = 0; i < NGX_SHOP_SAVED_RESULTS; i++) {
        ngx_shop_saved_put(w, peer->took[i], 2);
    }

    ngx_shop_saved_close_record(w, record);
}


void
ngx_shop_saved_group(ngx_shop_saved_writer_t *w,
    const ngx_shop_saved_group_t *group)
{
    unsigned char  *record;

    record = ngx_shop_saved_open_record(w, NGX_SHOP_SAVED_GROUP);

    ngx_shop_saved_put_str(w, &group->name);
    ngx_shop_saved_put(w, group->state, 1);
    ngx_shop_saved_put(w, (uint64_t) group->since, 8);

    ngx_shop_saved_close_record(w, record);
}


void
ngx_shop_saved_site(ngx_shop_saved_writer_t *w,
    const ngx_shop_saved_site_t *site)
{
    unsigned        i;
    unsigned char  *record;

    record = ngx_shop_saved_open_record(w, NGX_SHOP_SAVED_SITE);

    ngx_shop_saved_put_str(w, &site->name);
    ngx_shop_saved_put(w, site->state, 1);
    ngx_shop_saved_put(w, 0, 1);                    /* until version 2 */
    ngx_shop_saved_put(w, (uint64_t) site->since, 8);

    ngx_shop_saved_put(w, (uint64_t) site->band.last, 8);

    for (i = 0; i < NGX_SHOP_BAND_N / 2; i++) {
        ngx_shop_saved_put(w, site->band.steps[i], 1);
    }

    ngx_shop_saved_close_record(w, record);
}


void
ngx_shop_saved_flag(ngx_shop_saved_writer_t *w,
    const ngx_shop_saved_flag_t *flag)
{
    unsigned char  *record;

    record = ngx_shop_saved_open_record(w, NGX_SHOP_SAVED_FLAG);

    ngx_shop_saved_put_str(w, &flag->path);
    ngx_shop_saved_put(w, flag->there, 1);
    ngx_shop_saved_put(w, (uint64_t) flag->since, 8);

    ngx_shop_saved_close_record(w, record);
}


void
ngx_shop_saved_order(ngx_shop_saved_writer_t *w,
    const ngx_shop_saved_order_t *order)
{
    unsigned char  *record;

    record = ngx_shop_saved_open_record(w, NGX_SHOP_SAVED_ORDER);

    ngx_shop_saved_put_str(w, &order->group);
    ngx_shop_saved_put_str(w, &order->server);
    ngx_shop_saved_put_str(w, &order->address);
    ngx_shop_saved_put_str(w, &order->reason);
    ngx_shop_saved_put(w, order->how, 1);
    ngx_shop_saved_put(w, (uint64_t) order->since, 8);
    ngx_shop_saved_put(w, (uint64_t) order->until, 8);

    ngx_shop_saved_close_record(w, record);
}


size_t
ngx_shop_saved_end(ngx_shop_saved_writer_t *w, uint64_t identity, int64_t at)
{
    size_t  len;

    if (w->full) {
        return 0;
    }

    len = (size_t) (w->pos - w->start);

    if (len > 0xffffffffu) {
        return 0;
    }

    w->pos = w->start + NGX_SHOP_SAVED_AT_VERSION;

    ngx_shop_saved_put(w, NGX_SHOP_SAVED_VERSION, 4);
    ngx_shop_saved_put(w, len, 4);
    ngx_shop_saved_put(w, identity, 8);
    ngx_shop_saved_put(w, (uint64_t) at, 8);

    w->pos = w->start + NGX_SHOP_SAVED_AT_CHECKSUM;

    ngx_shop_saved_put(w, ngx_shop_saved_checksum(w->start, len), 8);

    return len;
}


ngx_shop_saved_verdict_e
ngx_shop_saved_open(ngx_shop_saved_reader_t *r, const unsigned char *data,
    size_t len, const ngx_shop_saved_wish_t *wish, int64_t *at)
{
    uint64_t  length, identity, version, checksum;

    *at = 0;

    if (len == 0
        || memcmp(data, ngx_shop_saved_magic,
                  len < sizeof(ngx_shop_saved_magic)
                  ? len : sizeof(ngx_shop_saved_magic)) != 0)
    {
        return len ? NGX_SHOP_SAVED_ALIEN : NGX_SHOP_SAVED_TORN;
    }

    if (len < NGX_SHOP_SAVED_HEADER) {
        return NGX_SHOP_SAVED_TORN;
    }

    r->pos = data + NGX_SHOP_SAVED_AT_VERSION;
    r->last = data + len;

    version = ngx_shop_saved_get(r, 4);
    length = ngx_shop_saved_get(r, 4);
    identity = ngx_shop_saved_get(r, 8);
    *at = (int64_t) ngx_shop_saved_get(r, 8);

    r->pos = data + NGX_SHOP_SAVED_AT_CHECKSUM;
    checksum = ngx_shop_saved_get(r, 8);

    if (version < NGX_SHOP_SAVED_OLDEST || version > NGX_SHOP_SAVED_VERSION) {
        return NGX_SHOP_SAVED_VERSION_OTHER;
    }

    if (length != len || checksum != ngx_shop_saved_checksum(data, len)) {
        return NGX_SHOP_SAVED_TORN;
    }

    if (identity != wish->identity) {
        return NGX_SHOP_SAVED_FOREIGN;
    }

    if (*at < 0 || *at > wish->now + NGX_SHOP_SAVED_SKEW) {
        return NGX_SHOP_SAVED_FUTURE;
    }

    if (wish->now - *at > wish->age) {
        return NGX_SHOP_SAVED_OLD;
    }

    return NGX_SHOP_SAVED_GOOD;
}


int
ngx_shop_saved_whole(unsigned verdict)
{
    return verdict == NGX_SHOP_SAVED_GOOD
           || verdict == NGX_SHOP_SAVED_FOREIGN
           || verdict == NGX_SHOP_SAVED_FUTURE
           || verdict == NGX_SHOP_SAVED_OLD;
}


const char *
ngx_shop_saved_words(unsigned verdict)
{
    if (verdict >= NGX_SHOP_SAVED_VERDICT_N) {
        return "unknown";
    }

    return ngx_shop_saved_reasons[verdict];
}


/* past the end all numbers are 0 and all texts are empty */

static uint64_t
ngx_shop_saved_get(ngx_shop_saved_reader_t *r, unsigned size)
{
    uint64_t  n;
    unsigned  i;

    if ((size_t) (r->last - r->pos) < size) {
        r->pos = r->last;
        return 0;
    }

    n = 0;

    for (i = 0; i < size; i++) {
        n |= (uint64_t) r->pos[i] << (8 * i);
    }

    r->pos += size;

    return n;
}


static void
ngx_shop_saved_get_str(ngx_shop_saved_reader_t *r, ngx_shop_str_t *s)
{
    s->len = (size_t) ngx_shop_saved_get(r, 2);
    s->data = r->pos;

    if ((size_t) (r->last - r->pos) < s->len) {
        s->len = 0;
        r->pos = r->last;
    }

    r->pos += s->len;
}


static void
ngx_shop_saved_read_peer(ngx_shop_saved_reader_t *r,
    ngx_shop_saved_peer_t *peer)
{
    unsigned  i;

    ngx_shop_saved_get_str(r, &peer->group);
    ngx_shop_saved_get_str(r, &peer->server);
    ngx_shop_saved_get_str(r, &peer->address);
    ngx_shop_saved_get_str(r, &peer->detail);

    peer->state = (uint8_t) ngx_shop_saved_get(r, 1);
    peer->result = (uint8_t) ngx_shop_saved_get(r, 1);
    peer->run = (uint16_t) ngx_shop_saved_get(r, 2);
    peer->downs = (uint32_t) ngx_shop_saved_get(r, 4);
    peer->since = (int64_t) ngx_shop_saved_get(r, 8);
    peer->doubt = (int64_t) ngx_shop_saved_get(r, 8);
    peer->checks = ngx_shop_saved_get(r, 8);
    peer->fails = ngx_shop_saved_get(r, 8);
    peer->at = (int64_t) ngx_shop_saved_get(r, 8);

    for (i = 0; i < 4; i++) {
        peer->ms[i] = (uint32_t) ngx_shop_saved_get(r, 4);
    }

    peer->last = (uint8_t) ngx_shop_saved_get(r, 1);

    for (i = 0; i < NGX_SHOP_SAVED_HISTORY_LEN; i++) {
        peer->history[i] = (uint8_t) ngx_shop_saved_get(r, 1);
    }

    /* a file of before 1.1 ends here */

    for (i = 0; i < NGX_SHOP_SAVED_RESULTS; i++) {
        peer->took[i] = r->pos == r->last ? NGX_SHOP_SAVED_NO_TIME
                                    : (uint16_t) ngx_shop_saved_get(r, 2);
    }
}


static void
ngx_shop_saved_read_site(ngx_shop_saved_reader_t *r,
    ngx_shop_saved_site_t *site)
{
    unsigned  i;

    ngx_shop_saved_get_str(r, &site->name);
    site->state = (uint8_t) ngx_shop_saved_get(r, 1);
    (void) ngx_shop_saved_get(r, 1);
    site->since = (int64_t) ngx_shop_saved_get(r, 8);

    /* 0, nothing known: a file of before 1.1 */

    site->band.last = (int64_t) ngx_shop_saved_get(r, 8);

    for (i = 0; i < NGX_SHOP_BAND_N / 2; i++) {
        site->band.steps[i] = (uint8_t) ngx_shop_saved_get(r, 1);
    }
}


static void
ngx_shop_saved_read_order(ngx_shop_saved_reader_t *r,
    ngx_shop_saved_order_t *order)
{
    ngx_shop_saved_get_str(r, &order->group);
    ngx_shop_saved_get_str(r, &order->server);
    ngx_shop_saved_get_str(r, &order->address);
    ngx_shop_saved_get_str(r, &order->reason);

    order->how = (uint8_t) ngx_shop_saved_get(r, 1);
    order->since = (int64_t) ngx_shop_saved_get(r, 8);
    order->until = (int64_t) ngx_shop_saved_get(r, 8);
}


/* numbers that are indices elsewhere */

static int
ngx_shop_saved_sane(const ngx_shop_saved_record_t *record)
{
    switch (record->type) {

    case NGX_SHOP_SAVED_PEER:
        return record->u.peer.state <= NGX_SHOP_VERDICT_DOWN
               && record->u.peer.result < NGX_SHOP_VERDICT_RESULT_N
               && record->u.peer.last < NGX_SHOP_VERDICT_RESULT_N
               && record->u.peer.group.len != 0
               && record->u.peer.address.len != 0;

    case NGX_SHOP_SAVED_GROUP:
        return record->u.group.state <= NGX_SHOP_SITE_GROUP_DOWN
               && record->u.group.name.len != 0;

    case NGX_SHOP_SAVED_SITE:
        return record->u.site.state < NGX_SHOP_SITE_N
               && record->u.site.band.last >= 0
               && record->u.site.band.last <= INT32_MAX;

    case NGX_SHOP_SAVED_FLAG:
        return record->u.flag.there <= 1
               && record->u.flag.path.len != 0;

    case NGX_SHOP_SAVED_ORDER:
        return record->u.order.how >= 1
               && record->u.order.how <= 3
               && record->u.order.group.len != 0
               && record->u.order.address.len != 0
               && record->u.order.until >= 0;

    default:
        return 0;
    }
}


ngx_shop_saved_type_e
ngx_shop_saved_next(ngx_shop_saved_reader_t *r,
    ngx_shop_saved_record_t *record)
{
    uint64_t                 type, len;
    ngx_shop_saved_reader_t  in;

    while (r->last - r->pos >= 8) {

        type = ngx_shop_saved_get(r, 4);
        len = ngx_shop_saved_get(r, 4);

        if (len > (uint64_t) (r->last - r->pos)) {
            break;
        }

        in.pos = r->pos;
        in.last = r->pos + len;
        r->pos = in.last;

        memset(record, 0, sizeof(ngx_shop_saved_record_t));

        switch (type) {

        case NGX_SHOP_SAVED_PEER:
            ngx_shop_saved_read_peer(&in, &record->u.peer);
            break;

        case NGX_SHOP_SAVED_GROUP:
            ngx_shop_saved_get_str(&in, &record->u.group.name);
            record->u.group.state = (uint8_t) ngx_shop_saved_get(&in, 1);
            record->u.group.since = (int64_t) ngx_shop_saved_get(&in, 8);
            break;

        case NGX_SHOP_SAVED_SITE:
            ngx_shop_saved_read_site(&in, &record->u.site);
            break;

        case NGX_SHOP_SAVED_FLAG:
            ngx_shop_saved_get_str(&in, &record->u.flag.path);
            record->u.flag.there = (uint8_t) ngx_shop_saved_get(&in, 1);
            record->u.flag.since = (int64_t) ngx_shop_saved_get(&in, 8);
            break;

        case NGX_SHOP_SAVED_ORDER:
            ngx_shop_saved_read_order(&in, &record->u.order);
            break;

        default:
            continue;
        }

        record->type = (ngx_shop_saved_type_e) type;

        if (ngx_shop_saved_sane(record)) {
            return record->type;
        }
    }

    record->type = NGX_SHOP_SAVED_END;

    return NGX_SHOP_SAVED_END;
}
