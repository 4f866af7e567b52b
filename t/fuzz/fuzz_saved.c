
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Records of a state file, whatever their bytes.  Properties: what is read can
 * be an index where it is one, and texts lie in the input; what is written
 * again reads the same; and of a file that was written each prefix, each
 * change of a byte, and every other wish than its own is found out.
 */


#include "fuzz.h"
#include "logic/story/saved.h"
#include "logic/judge/site.h"
#include "logic/judge/verdict.h"


#define FUZZ_SAVED_IDENTITY  1
#define FUZZ_SAVED_AT        100000      /* ms */
#define FUZZ_SAVED_AGE       1000        /* ms */


static void
fuzz_saved_inside(const ngx_shop_str_t *s, const uint8_t *data, size_t size)
{
    fuzz_holds(s->data >= data && s->data <= data + size);
    fuzz_holds(s->len <= (size_t) (data + size - s->data));
}


static void
fuzz_saved_sane(const ngx_shop_saved_record_t *record, const uint8_t *data,
    size_t size)
{
    switch (record->type) {

    case NGX_SHOP_SAVED_PEER:
        fuzz_holds(record->u.peer.state <= NGX_SHOP_VERDICT_DOWN);
        fuzz_holds(record->u.peer.result < NGX_SHOP_VERDICT_RESULT_N);
        fuzz_holds(record->u.peer.last < NGX_SHOP_VERDICT_RESULT_N);
        fuzz_saved_inside(&record->u.peer.group, data, size);
        fuzz_saved_inside(&record->u.peer.server, data, size);
        fuzz_saved_inside(&record->u.peer.address, data, size);
        fuzz_saved_inside(&record->u.peer.detail, data, size);
        break;

    case NGX_SHOP_SAVED_GROUP:
        fuzz_holds(record->u.group.state < NGX_SHOP_SITE_GROUP_N);
        fuzz_saved_inside(&record->u.group.name, data, size);
        break;

    case NGX_SHOP_SAVED_ORDER:
        fuzz_holds(record->u.order.how >= 1 && record->u.order.how <= 3);
        fuzz_saved_inside(&record->u.order.group, data, size);
        fuzz_saved_inside(&record->u.order.server, data, size);
        fuzz_saved_inside(&record->u.order.address, data, size);
        fuzz_saved_inside(&record->u.order.reason, data, size);
        break;

    case NGX_SHOP_SAVED_FLAG:
        fuzz_saved_inside(&record->u.flag.path, data, size);
        break;

    case NGX_SHOP_SAVED_INCIDENT:
        fuzz_saved_inside(&record->u.incident.bytes, data, size);
        break;

    case NGX_SHOP_SAVED_CLASS:
        fuzz_saved_inside(&record->u.class.site, data, size);
        fuzz_saved_inside(&record->u.class.name, data, size);
        break;

    case NGX_SHOP_SAVED_LEDGER:
        fuzz_saved_inside(&record->u.ledger.site, data, size);
        break;

    case NGX_SHOP_SAVED_STORY:
        break;

    default:
        fuzz_holds(record->type == NGX_SHOP_SAVED_SITE);
        fuzz_holds(record->u.site.state < NGX_SHOP_SITE_N);
        fuzz_saved_inside(&record->u.site.name, data, size);
    }
}


/* a file with all that was read */

static size_t
fuzz_saved_again(const uint8_t *data, size_t size, unsigned char *buf,
    size_t room)
{
    ngx_shop_saved_reader_t   r;
    ngx_shop_saved_writer_t   w;
    ngx_shop_saved_record_t   record;

    r.pos = data;
    r.last = data + size;

    ngx_shop_saved_begin(&w, buf, room);

    while (ngx_shop_saved_next(&r, &record) != NGX_SHOP_SAVED_END) {
        fuzz_holds(r.pos > data && r.pos <= r.last);
        fuzz_saved_sane(&record, data, size);
        ngx_shop_saved_write(&w, record.type, &record.u);
        fuzz_holds(!w.full);
    }

    return ngx_shop_saved_end(&w, FUZZ_SAVED_IDENTITY, FUZZ_SAVED_AT);
}


/* texts are the first members of each record, and numbers all others */

static void
fuzz_saved_equal(ngx_shop_saved_record_t *a, ngx_shop_saved_record_t *b)
{
    unsigned         i, n;
    ngx_shop_str_t  *s, *t;

    static const unsigned  texts[] = { 0, 4, 1, 1, 5, 1, 1, 0, 2, 1 };

    fuzz_holds(a->type == b->type);

    n = texts[a->type];

    s = (ngx_shop_str_t *) &a->u;
    t = (ngx_shop_str_t *) &b->u;

    for (i = 0; i < n; i++) {
        fuzz_holds(s[i].len == t[i].len
                   && memcmp(s[i].data, t[i].data, s[i].len) == 0);
    }

    fuzz_holds(memcmp(s + n, t + n, sizeof(a->u) - n * sizeof(*s)) == 0);
}


static void
fuzz_saved_compare(const uint8_t *data, size_t size,
    const unsigned char *file, size_t len)
{
    ngx_shop_saved_reader_t  from, to;
    ngx_shop_saved_record_t  a, b;

    from.pos = data;
    from.last = data + size;
    to.pos = file + NGX_SHOP_SAVED_HEADER;
    to.last = file + len;

    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));

    while (ngx_shop_saved_next(&from, &a) != NGX_SHOP_SAVED_END) {
        (void) ngx_shop_saved_next(&to, &b);
        fuzz_saved_equal(&a, &b);
    }

    fuzz_holds(to.pos == to.last);
}


static unsigned
fuzz_saved_verdict(const unsigned char *data, size_t size, uint64_t identity,
    int64_t now)
{
    int64_t                  at;
    unsigned                 verdict;
    ngx_shop_saved_wish_t    wish;
    ngx_shop_saved_reader_t  r;

    wish.identity = identity;
    wish.now = now;
    wish.age = FUZZ_SAVED_AGE;

    verdict = ngx_shop_saved_open(&r, data, size, &wish, &at);

    fuzz_holds(ngx_shop_saved_words(verdict) != NULL);
    fuzz_holds(verdict != NGX_SHOP_SAVED_GOOD
               || ngx_shop_saved_whole(verdict));

    return verdict;
}


static void
fuzz_saved_found_out(unsigned char *file, size_t len, uint8_t what)
{
    size_t    at;
    unsigned  verdict;

    fuzz_holds(fuzz_saved_verdict(file, len, FUZZ_SAVED_IDENTITY,
                                  FUZZ_SAVED_AT)
               == NGX_SHOP_SAVED_GOOD);
    fuzz_holds(fuzz_saved_verdict(file, len, FUZZ_SAVED_IDENTITY + 1,
                                  FUZZ_SAVED_AT)
               == NGX_SHOP_SAVED_FOREIGN);
    fuzz_holds(fuzz_saved_verdict(file, len, FUZZ_SAVED_IDENTITY,
                                  FUZZ_SAVED_AT + FUZZ_SAVED_AGE + 1)
               == NGX_SHOP_SAVED_OLD);
    fuzz_holds(fuzz_saved_verdict(file, len, FUZZ_SAVED_IDENTITY, 0)
               == NGX_SHOP_SAVED_FUTURE);

    at = what % len;

    fuzz_holds(fuzz_saved_verdict(file, at, FUZZ_SAVED_IDENTITY,
                                  FUZZ_SAVED_AT)
               == NGX_SHOP_SAVED_TORN);

    file[at] ^= (unsigned char) (what | 1);
    verdict = fuzz_saved_verdict(file, len, FUZZ_SAVED_IDENTITY,
                                 FUZZ_SAVED_AT);

    fuzz_holds(!ngx_shop_saved_whole(verdict));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t          len, room;
    unsigned char  *buf;

    (void) fuzz_saved_verdict(data, size, FUZZ_SAVED_IDENTITY, FUZZ_SAVED_AT);

    /* a record of 8 bytes may have the numbers of a long one: all 0 */

    room = NGX_SHOP_SAVED_HEADER + size
           + (size / 8 + 1) * sizeof(ngx_shop_saved_record_t);

    buf = malloc(room);
    fuzz_holds(buf != NULL);

    /* as if the checksum were right */

    len = fuzz_saved_again(data, size, buf, room);
    fuzz_holds(len >= NGX_SHOP_SAVED_HEADER);
    fuzz_saved_compare(data, size, buf, len);
    fuzz_saved_found_out(buf, len, size ? data[size - 1] : 0);

    free(buf);

    return 0;
}
