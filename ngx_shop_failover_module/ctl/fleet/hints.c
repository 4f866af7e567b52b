
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Hints.  They are of the moment: one that was missed is not made up for, and
 * what is told while nobody listens is lost.
 */


#include <stdio.h>

#include "ctl/fleet/hints.h"
#include "ctl/fleet/pulse.h"
#include "ctl/member.h"


static void ngx_shop_hints_doubts(ngx_shop_hints_t *h,
    const ngx_shop_nodeline_t *line);
static int ngx_shop_hints_in(const ngx_shop_nodeline_server_t *list,
    unsigned n, const ngx_shop_nodeline_server_t *one);
static void ngx_shop_hints_add(ngx_shop_hints_t *h, const char *state,
    const ngx_shop_nodeline_server_t *server);
static unsigned ngx_shop_hints_read(const ngx_shop_engine_value_t *value,
    ngx_shop_hints_one_t *list);
static void ngx_shop_hints_emit(ngx_shop_emit_t *m,
    const ngx_shop_hints_one_t *one);


static ngx_shop_hints_one_t  ngx_shop_hints_list[NGX_SHOP_HINTS_MAX];


void
ngx_shop_hints_see(ngx_shop_hints_t *h, const ngx_shop_nodeline_t *line)
{
    unsigned  i, n;

    if (!line->nginx_up) {
        h->seen = 0;
        return;
    }

    n = line->ndown < NGX_SHOP_NODELINE_DOWN ? line->ndown
                                             : NGX_SHOP_NODELINE_DOWN;

    for (i = 0; h->seen && i < n; i++) {
        if (!ngx_shop_hints_in(h->was, h->nwas, &line->down[i])) {
            ngx_shop_hints_add(h, "down", &line->down[i]);
        }
    }

    for (i = 0; h->seen && i < h->nwas; i++) {
        if (!ngx_shop_hints_in(line->down, n, &h->was[i])) {
            ngx_shop_hints_add(h, "up", &h->was[i]);
        }
    }

    h->nwas = n;
    memcpy(h->was, line->down, n * sizeof(ngx_shop_nodeline_server_t));

    if (line->share.interval) {
        ngx_shop_hints_doubts(h, line);
    }

    h->seen = 1;
}


/*
 * Where nodes take turns, the others' next look may be many intervals away: who
 * doubts a server says so, and does not wait until it is sure.
 */

static void
ngx_shop_hints_doubts(ngx_shop_hints_t *h, const ngx_shop_nodeline_t *line)
{
    unsigned  i, n;

    n = line->ndoubt < NGX_SHOP_NODELINE_DOWN ? line->ndoubt
                                              : NGX_SHOP_NODELINE_DOWN;

    for (i = 0; h->seen && i < n; i++) {
        if (!ngx_shop_hints_in(h->doubt, h->ndoubt, &line->doubt[i])) {
            ngx_shop_hints_add(h, "doubt", &line->doubt[i]);
        }
    }

    h->ndoubt = n;
    memcpy(h->doubt, line->doubt, n * sizeof(ngx_shop_nodeline_server_t));
}


static int
ngx_shop_hints_in(const ngx_shop_nodeline_server_t *list, unsigned n,
    const ngx_shop_nodeline_server_t *one)
{
    unsigned  i;

    for (i = 0; i < n; i++) {
        if (strcmp(list[i].server, one->server) == 0
            && strcmp(list[i].upstream, one->upstream) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static void
ngx_shop_hints_add(ngx_shop_hints_t *h, const char *state,
    const ngx_shop_nodeline_server_t *server)
{
    ngx_shop_hints_one_t  *one;

    if (h->nnews < NGX_SHOP_HINTS_MAX) {
        one = &h->news[h->nnews++];
        memset(one, 0, sizeof(ngx_shop_hints_one_t));
        (void) strcpy(one->state, state);
        one->server = *server;
    }
}


int
ngx_shop_hints_tell(ngx_shop_hints_t *h, ngx_shop_engine_t *e,
    const char *node, int64_t now)
{
    int                       rc;
    int64_t                   id;
    unsigned                  i, n;
    ngx_shop_str_t            data;
    ngx_shop_emit_t           m;
    ngx_shop_engine_value_t  *value = &e->value[NGX_SHOP_ENGINE_HINTS];

    static unsigned char  doc[NGX_SHOP_ENGINE_ROOM];

    if (e->passive) {
        h->nnews = 0;
        return NGX_SHOP_OK;
    }

    n = ngx_shop_hints_read(value, ngx_shop_hints_list);
    id = ngx_shop_pulse_wall();

    ngx_shop_emit_init(&m, doc, sizeof(doc));
    ngx_shop_emit_object(&m, NULL);
    ngx_shop_emit_int(&m, "version", 1);
    ngx_shop_emit_array(&m, "hints");

    for (i = 0; i < n; i++) {
        id = ngx_shop_hints_list[i].id >= id ? ngx_shop_hints_list[i].id + 1
                                             : id;

        /* the oldest make room */

        if (n - i + h->nnews <= NGX_SHOP_HINTS_MAX) {
            ngx_shop_hints_emit(&m, &ngx_shop_hints_list[i]);
        }
    }

    for (i = 0; i < h->nnews; i++) {
        h->news[i].id = id + i;
        (void) snprintf(h->news[i].node, sizeof(h->news[i].node), "%s", node);
        ngx_shop_hints_emit(&m, &h->news[i]);
    }

    ngx_shop_emit_close(&m, ']');
    ngx_shop_emit_close(&m, '}');

    data.data = doc;
    data.len = (size_t) (m.pos - m.start);

    rc = e->ops->write(e, NGX_SHOP_ENGINE_HINTS, &data, value->revision);

    if (rc != NGX_SHOP_DECLINED) {
        h->nnews = 0;
        h->next = now + NGX_SHOP_HINTS_REST;
    }

    return rc;
}


void
ngx_shop_hints_hear(ngx_shop_hints_t *h,
    const ngx_shop_engine_value_t *value, ngx_shop_orders_t *c,
    const char *node)
{
    int                    ask;
    unsigned               i, n;
    ngx_shop_hints_one_t  *one;

    n = ngx_shop_hints_read(value, ngx_shop_hints_list);
    ask = (int) h->heard;
    h->heard = 1;

    for (i = 0; i < n; i++) {
        one = &ngx_shop_hints_list[i];

        if (one->id <= h->last) {
            continue;
        }

        h->last = one->id;

        if (ask && strcmp(one->node, node) != 0) {
            ask = ngx_shop_orders_probe(c, one->server.upstream,
                                        one->server.server)
                  != NGX_SHOP_AGAIN;
        }
    }
}


static unsigned
ngx_shop_hints_read(const ngx_shop_engine_value_t *value,
    ngx_shop_hints_one_t *list)
{
    size_t                 at;
    unsigned               n;
    const char            *reason;
    ngx_shop_str_t         s;
    ngx_shop_json_t        v, hints, item;
    ngx_shop_json_walk_t   walk;
    ngx_shop_hints_one_t  *one;

    s.data = value->data;
    s.len = value->len;

    if (!value->there || value->len < value->size
        || ngx_shop_json_parse(&v, &s, &at, &reason) != NGX_SHOP_OK
        || ngx_shop_json_find(&v, "hints", &hints) != NGX_SHOP_OK)
    {
        return 0;
    }

    n = 0;
    ngx_shop_json_walk(&hints, &walk);

    while (n < NGX_SHOP_HINTS_MAX
           && ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK)
    {
        one = &list[n++];
        one->id = ngx_shop_member_number(&item, "id");
        (void) ngx_shop_member_get(&item, "node", one->node,
                                   sizeof(one->node));
        (void) ngx_shop_member_get(&item, "state", one->state,
                                   sizeof(one->state));
        (void) ngx_shop_member_get(&item, "upstream", one->server.upstream,
                                   sizeof(one->server.upstream));
        (void) ngx_shop_member_get(&item, "server", one->server.server,
                                   sizeof(one->server.server));
    }

    return n;
}


static void
ngx_shop_hints_emit(ngx_shop_emit_t *m, const ngx_shop_hints_one_t *one)
{
    ngx_shop_emit_object(m, NULL);
    ngx_shop_emit_int(m, "id", one->id);
    ngx_shop_emit_cstr(m, "node", one->node);
    ngx_shop_emit_cstr(m, "upstream", one->server.upstream);
    ngx_shop_emit_cstr(m, "server", one->server.server);
    ngx_shop_emit_cstr(m, "state", one->state);
    ngx_shop_emit_close(m, '}');
}
