
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a record of the state file has, in which order: one list, which is
 * written and read by the same hand.  A file of another version may end
 * earlier; what it does not have is "absent".
 */


#include "logic/story/saved_inside.h"


/* as many bytes in memory as in the file */
typedef struct {
    size_t       offset;
    unsigned     size;      /* 0: a text */
    unsigned     n;         /* of an array */
    unsigned     absent;
} ngx_shop_saved_field_t;


static void ngx_shop_saved_field_put_text(ngx_shop_saved_writer_t *w,
    const ngx_shop_str_t *s);
static void ngx_shop_saved_field_get_text(ngx_shop_saved_reader_t *r,
    ngx_shop_str_t *s);
static uint64_t ngx_shop_saved_field_load(const unsigned char *at,
    unsigned size);
static void ngx_shop_saved_field_store(unsigned char *at, unsigned size,
    uint64_t n);
static const ngx_shop_saved_field_t *ngx_shop_saved_field_list(unsigned type);


/* a byte that was something up to version 2 */
#define NGX_SHOP_SAVED_FIELD_UNUSED  ((size_t) -1)

#define ngx_shop_saved_field_text(what, name)                                \
    { offsetof(ngx_shop_saved_ ## what ## _t, name), 0, 1, 0 }

#define ngx_shop_saved_field_number(what, name)                              \
    { offsetof(ngx_shop_saved_ ## what ## _t, name),                         \
      sizeof(((ngx_shop_saved_ ## what ## _t *) 0)->name), 1, 0 }

#define ngx_shop_saved_field_array(what, name, absent)                       \
    { offsetof(ngx_shop_saved_ ## what ## _t, name),                         \
      sizeof(((ngx_shop_saved_ ## what ## _t *) 0)->name[0]),                \
      sizeof(((ngx_shop_saved_ ## what ## _t *) 0)->name)                    \
      / sizeof(((ngx_shop_saved_ ## what ## _t *) 0)->name[0]), absent }

#define ngx_shop_saved_field_end  { 0, 0, 0, 0 }


static const ngx_shop_saved_field_t  ngx_shop_saved_field_peer[] = {
    ngx_shop_saved_field_text(peer, group),
    ngx_shop_saved_field_text(peer, server),
    ngx_shop_saved_field_text(peer, address),
    ngx_shop_saved_field_text(peer, detail),
    ngx_shop_saved_field_number(peer, state),
    ngx_shop_saved_field_number(peer, result),
    ngx_shop_saved_field_number(peer, run),
    ngx_shop_saved_field_number(peer, downs),
    ngx_shop_saved_field_number(peer, since),
    ngx_shop_saved_field_number(peer, doubt),
    ngx_shop_saved_field_number(peer, checks),
    ngx_shop_saved_field_number(peer, fails),
    ngx_shop_saved_field_number(peer, at),
    ngx_shop_saved_field_array(peer, ms, 0),
    ngx_shop_saved_field_number(peer, last),
    ngx_shop_saved_field_array(peer, history, 0),

    /* a file of before 1.1 ends here */

    ngx_shop_saved_field_array(peer, took, NGX_SHOP_SAVED_NO_TIME),
    ngx_shop_saved_field_end
};


static const ngx_shop_saved_field_t  ngx_shop_saved_field_group[] = {
    ngx_shop_saved_field_text(group, name),
    ngx_shop_saved_field_number(group, state),
    ngx_shop_saved_field_number(group, since),

    /* a file of before 1.1 ends here */

    ngx_shop_saved_field_number(group, detection),
    ngx_shop_saved_field_number(group, ncounts),
    ngx_shop_saved_field_array(group, counts, 0),
    ngx_shop_saved_field_end
};


static const ngx_shop_saved_field_t  ngx_shop_saved_field_site[] = {
    ngx_shop_saved_field_text(site, name),
    ngx_shop_saved_field_number(site, state),
    { NGX_SHOP_SAVED_FIELD_UNUSED, 1, 1, 0 },
    ngx_shop_saved_field_number(site, since),

    /* 0, nothing known: a file of before 1.1 */

    ngx_shop_saved_field_number(site, band.last),
    ngx_shop_saved_field_array(site, band.steps, 0),
    ngx_shop_saved_field_number(site, outage),
    ngx_shop_saved_field_number(site, incident),
    ngx_shop_saved_field_number(site, ncounts),
    ngx_shop_saved_field_array(site, counts, 0),
    ngx_shop_saved_field_end
};


static const ngx_shop_saved_field_t  ngx_shop_saved_field_class[] = {
    ngx_shop_saved_field_text(class, site),
    ngx_shop_saved_field_text(class, name),
    ngx_shop_saved_field_array(class, counts, 0),
    ngx_shop_saved_field_end
};


static const ngx_shop_saved_field_t  ngx_shop_saved_field_ledger[] = {
    ngx_shop_saved_field_text(ledger, site),
    ngx_shop_saved_field_number(ledger, tally.day.base),
    ngx_shop_saved_field_number(ledger, tally.day.turn),
    ngx_shop_saved_field_number(ledger, tally.piece.base),
    ngx_shop_saved_field_number(ledger, tally.piece.turn),
    ngx_shop_saved_field_array(ledger, tally.rest, 0),
    ngx_shop_saved_field_array(ledger, tally.days, 0),
    ngx_shop_saved_field_array(ledger, tally.pieces, 0),
    ngx_shop_saved_field_number(ledger, week.hour),
    ngx_shop_saved_field_number(ledger, week.open),
    ngx_shop_saved_field_array(ledger, week.sums, 0),
    ngx_shop_saved_field_array(ledger, week.usual, 0),
    ngx_shop_saved_field_array(ledger, week.weeks, 0),
    ngx_shop_saved_field_end
};


static const ngx_shop_saved_field_t  ngx_shop_saved_field_incident[] = {
    ngx_shop_saved_field_number(incident, form),
    ngx_shop_saved_field_text(incident, bytes),
    ngx_shop_saved_field_end
};


static const ngx_shop_saved_field_t  ngx_shop_saved_field_story[] = {
    ngx_shop_saved_field_number(story, seq),
    ngx_shop_saved_field_number(story, count),
    ngx_shop_saved_field_end
};


static const ngx_shop_saved_field_t  ngx_shop_saved_field_flag[] = {
    ngx_shop_saved_field_text(flag, path),
    ngx_shop_saved_field_number(flag, there),
    ngx_shop_saved_field_number(flag, since),
    ngx_shop_saved_field_end
};


static const ngx_shop_saved_field_t  ngx_shop_saved_field_order[] = {
    ngx_shop_saved_field_text(order, group),
    ngx_shop_saved_field_text(order, server),
    ngx_shop_saved_field_text(order, address),
    ngx_shop_saved_field_text(order, reason),
    ngx_shop_saved_field_number(order, how),
    ngx_shop_saved_field_number(order, since),
    ngx_shop_saved_field_number(order, until),

    /* a file of before 1.1 ends here */

    ngx_shop_saved_field_text(order, who),
    ngx_shop_saved_field_end
};


static const ngx_shop_saved_field_t *
ngx_shop_saved_field_list(unsigned type)
{
    switch (type) {

    case NGX_SHOP_SAVED_PEER:
        return ngx_shop_saved_field_peer;

    case NGX_SHOP_SAVED_GROUP:
        return ngx_shop_saved_field_group;

    case NGX_SHOP_SAVED_SITE:
        return ngx_shop_saved_field_site;

    case NGX_SHOP_SAVED_FLAG:
        return ngx_shop_saved_field_flag;

    case NGX_SHOP_SAVED_ORDER:
        return ngx_shop_saved_field_order;

    case NGX_SHOP_SAVED_CLASS:
        return ngx_shop_saved_field_class;

    case NGX_SHOP_SAVED_LEDGER:
        return ngx_shop_saved_field_ledger;

    case NGX_SHOP_SAVED_INCIDENT:
        return ngx_shop_saved_field_incident;

    case NGX_SHOP_SAVED_STORY:
        return ngx_shop_saved_field_story;

    default:
        return NULL;
    }
}


void
ngx_shop_saved_field_write(ngx_shop_saved_writer_t *w, unsigned type,
    const void *from)
{
    unsigned                       i;
    const unsigned char           *at;
    const ngx_shop_saved_field_t  *field;

    for (field = ngx_shop_saved_field_list(type); field && field->n; field++) {

        if (field->offset == NGX_SHOP_SAVED_FIELD_UNUSED) {
            ngx_shop_saved_field_put(w, 0, field->size);
            continue;
        }

        at = (const unsigned char *) from + field->offset;

        if (field->size == 0) {
            ngx_shop_saved_field_put_text(w, (const ngx_shop_str_t *) at);
            continue;
        }

        for (i = 0; i < field->n; i++) {
            ngx_shop_saved_field_put(w,
                                     ngx_shop_saved_field_load(at, field->size),
                                     field->size);
            at += field->size;
        }
    }
}


int
ngx_shop_saved_field_read(ngx_shop_saved_reader_t *r, unsigned type, void *to)
{
    unsigned                       i;
    uint64_t                       n;
    unsigned char                 *at;
    const ngx_shop_saved_field_t  *field;

    field = ngx_shop_saved_field_list(type);

    if (field == NULL) {
        return 0;
    }

    for ( /* void */ ; field->n; field++) {

        if (field->offset == NGX_SHOP_SAVED_FIELD_UNUSED) {
            (void) ngx_shop_saved_field_get(r, field->size);
            continue;
        }

        at = (unsigned char *) to + field->offset;

        if (field->size == 0) {
            ngx_shop_saved_field_get_text(r, (ngx_shop_str_t *) at);
            continue;
        }

        for (i = 0; i < field->n; i++) {
            n = (r->pos == r->last) ? field->absent
                                    : ngx_shop_saved_field_get(r, field->size);
            ngx_shop_saved_field_store(at, field->size, n);
            at += field->size;
        }
    }

    return 1;
}


/* a number of the machine, of a member that is as large */

static uint64_t
ngx_shop_saved_field_load(const unsigned char *at, unsigned size)
{
    uint8_t   n1;
    uint16_t  n2;
    uint32_t  n4;
    uint64_t  n8;

    switch (size) {

    case 1:
        memcpy(&n1, at, 1);
        return n1;

    case 2:
        memcpy(&n2, at, 2);
        return n2;

    case 4:
        memcpy(&n4, at, 4);
        return n4;

    default:
        memcpy(&n8, at, 8);
        return n8;
    }
}


static void
ngx_shop_saved_field_store(unsigned char *at, unsigned size, uint64_t n)
{
    uint8_t   n1;
    uint16_t  n2;
    uint32_t  n4;

    switch (size) {

    case 1:
        n1 = (uint8_t) n;
        memcpy(at, &n1, 1);
        return;

    case 2:
        n2 = (uint16_t) n;
        memcpy(at, &n2, 2);
        return;

    case 4:
        n4 = (uint32_t) n;
        memcpy(at, &n4, 4);
        return;

    default:
        memcpy(at, &n, 8);
    }
}


void
ngx_shop_saved_field_put(ngx_shop_saved_writer_t *w, uint64_t n, unsigned size)
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
ngx_shop_saved_field_put_text(ngx_shop_saved_writer_t *w,
    const ngx_shop_str_t *s)
{
    if (s->len > 0xffff || (size_t) (w->last - w->pos) < s->len + 2) {
        w->full = 1;
        return;
    }

    ngx_shop_saved_field_put(w, s->len, 2);

    if (s->len) {
        memcpy(w->pos, s->data, s->len);
        w->pos += s->len;
    }
}


uint64_t
ngx_shop_saved_field_get(ngx_shop_saved_reader_t *r, unsigned size)
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
ngx_shop_saved_field_get_text(ngx_shop_saved_reader_t *r, ngx_shop_str_t *s)
{
    s->len = (size_t) ngx_shop_saved_field_get(r, 2);
    s->data = r->pos;

    if ((size_t) (r->last - r->pos) < s->len) {
        s->len = 0;
        r->pos = r->last;
    }

    r->pos += s->len;
}
