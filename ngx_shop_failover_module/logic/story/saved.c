
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The bytes of the state file: its header, and records with their lengths.
 * What a record has is in saved_field.c.
 */


#include "logic/story/saved_inside.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


static unsigned char *ngx_shop_saved_open_record(ngx_shop_saved_writer_t *w,
    ngx_shop_saved_type_e type);
static void ngx_shop_saved_close_record(ngx_shop_saved_writer_t *w,
    unsigned char *record);
static uint64_t ngx_shop_saved_checksum(const unsigned char *data, size_t len);
static int ngx_shop_saved_day(const ngx_shop_tally_ring_t *ring);
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


void
ngx_shop_saved_write(ngx_shop_saved_writer_t *w, ngx_shop_saved_type_e type,
    const void *from)
{
    unsigned char  *record;

    record = ngx_shop_saved_open_record(w, type);
    ngx_shop_saved_field_write(w, type, from);
    ngx_shop_saved_close_record(w, record);
}


static unsigned char *
ngx_shop_saved_open_record(ngx_shop_saved_writer_t *w,
    ngx_shop_saved_type_e type)
{
    unsigned char  *record;

    record = w->pos;

    ngx_shop_saved_field_put(w, type, 4);
    ngx_shop_saved_field_put(w, 0, 4);

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
    ngx_shop_saved_field_put(w, (uint64_t) (pos - record - 8), 4);
    w->pos = pos;
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

    ngx_shop_saved_field_put(w, NGX_SHOP_SAVED_VERSION, 4);
    ngx_shop_saved_field_put(w, len, 4);
    ngx_shop_saved_field_put(w, identity, 8);
    ngx_shop_saved_field_put(w, (uint64_t) at, 8);

    w->pos = w->start + NGX_SHOP_SAVED_AT_CHECKSUM;

    ngx_shop_saved_field_put(w, ngx_shop_saved_checksum(w->start, len), 8);

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

    version = ngx_shop_saved_field_get(r, 4);
    length = ngx_shop_saved_field_get(r, 4);
    identity = ngx_shop_saved_field_get(r, 8);
    *at = (int64_t) ngx_shop_saved_field_get(r, 8);

    r->pos = data + NGX_SHOP_SAVED_AT_CHECKSUM;
    checksum = ngx_shop_saved_field_get(r, 8);

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


int
ngx_shop_saved_time(int64_t at, int64_t parts)
{
    return at >= 0 && at <= NGX_SHOP_SAVED_LATEST * parts;
}


/* numbers that can be added up */

static int
ngx_shop_saved_day(const ngx_shop_tally_ring_t *ring)
{
    return ring->base > -NGX_SHOP_SAVED_MOST
           && ring->base < NGX_SHOP_SAVED_MOST
           && ring->turn < (uint64_t) NGX_SHOP_SAVED_MOST;
}


/* numbers that are indices elsewhere, and times, with which is reckoned */

static int
ngx_shop_saved_sane(const ngx_shop_saved_record_t *record)
{
    switch (record->type) {

    case NGX_SHOP_SAVED_PEER:
        return record->u.peer.state <= NGX_SHOP_VERDICT_DOWN
               && record->u.peer.result < NGX_SHOP_VERDICT_RESULT_N
               && record->u.peer.last < NGX_SHOP_VERDICT_RESULT_N
               && ngx_shop_saved_time(record->u.peer.since, 1)
               && ngx_shop_saved_time(record->u.peer.doubt, 1000)
               && ngx_shop_saved_time(record->u.peer.at, 1000)
               && record->u.peer.group.len != 0
               && record->u.peer.address.len != 0;

    case NGX_SHOP_SAVED_GROUP:
        return record->u.group.state < NGX_SHOP_SITE_GROUP_N
               && ngx_shop_saved_time(record->u.group.since, 1)
               && ngx_shop_saved_time(record->u.group.detection, 1000)
               && record->u.group.name.len != 0;

    case NGX_SHOP_SAVED_SITE:
        return record->u.site.state < NGX_SHOP_SITE_N
               && ngx_shop_saved_time(record->u.site.since, 1)
               && ngx_shop_saved_time(record->u.site.outage, 1)
               && ngx_shop_saved_time(record->u.site.incident, 1)
               && record->u.site.band.last >= 0
               && record->u.site.band.last <= INT32_MAX;

    case NGX_SHOP_SAVED_LEDGER:
        return ngx_shop_saved_day(&record->u.ledger.tally.day)
               && ngx_shop_saved_day(&record->u.ledger.tally.piece)
               && record->u.ledger.week.hour >= 0
               && record->u.ledger.week.hour < NGX_SHOP_SAVED_MOST;

    case NGX_SHOP_SAVED_INCIDENT:
        return record->u.incident.bytes.len != 0;

    case NGX_SHOP_SAVED_STORY:
        return record->u.story.seq >= 0
               && record->u.story.seq < NGX_SHOP_SAVED_MOST;

    case NGX_SHOP_SAVED_CLASS:
        return record->u.class.name.len != 0;

    case NGX_SHOP_SAVED_FLAG:
        return record->u.flag.there <= 1
               && ngx_shop_saved_time(record->u.flag.since, 1)
               && record->u.flag.path.len != 0;

    case NGX_SHOP_SAVED_ORDER:
        return record->u.order.how >= 1
               && record->u.order.how <= 3
               && record->u.order.group.len != 0
               && record->u.order.address.len != 0
               && ngx_shop_saved_time(record->u.order.since, 1)
               && ngx_shop_saved_time(record->u.order.until, 1);

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

        type = ngx_shop_saved_field_get(r, 4);
        len = ngx_shop_saved_field_get(r, 4);

        if (len > (uint64_t) (r->last - r->pos)) {
            break;
        }

        in.pos = r->pos;
        in.last = r->pos + len;
        r->pos = in.last;

        memset(record, 0, sizeof(ngx_shop_saved_record_t));

        if (!ngx_shop_saved_field_read(&in, (unsigned) type, &record->u)) {
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
