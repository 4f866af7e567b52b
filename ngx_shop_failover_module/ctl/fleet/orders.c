
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Orders, on the side of a node.  Whether one makes sense is decided by nginx.
 */


#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/fetch.h"
#include "ctl/fleet/orders.h"
#include "ctl/fleet/pulse.h"
#include "ctl/member.h"
#include "ctl/secret_file.h"
#include "logic/text/form.h"


#define NGX_SHOP_ORDERS_FORM  4096


static int ngx_shop_orders_do(ngx_shop_orders_t *c,
    const ngx_shop_orders_one_t *one, char *why, size_t size);
static int ngx_shop_orders_send(ngx_shop_orders_t *c,
    const ngx_shop_str_t *form, char *why, size_t size);
static int ngx_shop_orders_form(const ngx_shop_orders_one_t *one,
    unsigned char *buf, size_t *n);
static int ngx_shop_orders_answer(unsigned status, unsigned char *body,
    size_t len, char *why, size_t size);


static ngx_shop_orders_one_t  ngx_shop_orders_list[NGX_SHOP_ORDERS_MAX];


void
ngx_shop_orders_open(ngx_shop_orders_t *c, const ngx_shop_options_t *o)
{
    c->url = ngx_shop_options_setting(o, "control", "SHOP_CONTROL",
                                      NGX_SHOP_ORDERS_URL);
    c->key = ngx_shop_options_setting(o, "key", "SHOP_CONTROL_KEY",
                                      NGX_SHOP_ORDERS_KEY);
}


unsigned
ngx_shop_orders_read(const ngx_shop_engine_value_t *value,
    ngx_shop_orders_one_t *orders)
{
    size_t                  at;
    unsigned                n;
    const char             *reason;
    ngx_shop_str_t          s;
    ngx_shop_json_t         v, list, item;
    ngx_shop_json_walk_t    walk;
    ngx_shop_orders_one_t  *one;

    s.data = value->data;
    s.len = value->len;

    if (!value->there || value->len < value->size
        || ngx_shop_json_parse(&v, &s, &at, &reason) != NGX_SHOP_OK
        || ngx_shop_json_find(&v, "orders", &list) != NGX_SHOP_OK)
    {
        return 0;
    }

    n = 0;
    ngx_shop_json_walk(&list, &walk);

    while (n < NGX_SHOP_ORDERS_MAX
           && ngx_shop_json_next(&walk, NULL, &item) == NGX_SHOP_OK)
    {
        one = &orders[n++];
        one->id = ngx_shop_member_number(&item, "id");
        one->until = ngx_shop_member_number(&item, "until");
        (void) ngx_shop_member_get(&item, "action", one->action,
                                   sizeof(one->action));
        (void) ngx_shop_member_get(&item, "server", one->server,
                                   sizeof(one->server));
        (void) ngx_shop_member_get(&item, "upstream", one->upstream,
                                   sizeof(one->upstream));
        (void) ngx_shop_member_get(&item, "reason", one->reason,
                                   sizeof(one->reason));
        (void) ngx_shop_member_get(&item, "who", one->who, sizeof(one->who));
    }

    return n;
}


int
ngx_shop_orders_carry(ngx_shop_orders_t *c,
    const ngx_shop_engine_value_t *value, int64_t *done,
    ngx_shop_nodeline_t *line)
{
    int                     rc, was;
    unsigned                i, n;
    ngx_shop_orders_one_t  *one;

    n = ngx_shop_orders_read(value, ngx_shop_orders_list);
    was = 0;
    c->waiting = 0;

    /* they stand in the order in which they were given */

    for (i = 0; i < n; i++) {
        one = &ngx_shop_orders_list[i];

        if (one->id <= *done) {
            continue;
        }

        rc = NGX_SHOP_OK;

        if (one->until == 0 || one->until > ngx_shop_pulse_wall() / 1000) {
            rc = ngx_shop_orders_do(c, one, line->why, sizeof(line->why));
        }

        if (rc == NGX_SHOP_AGAIN) {
            c->waiting = 1;
            break;
        }

        if (rc == NGX_SHOP_OK) {
            line->why[0] = '\0';

        } else {
            line->refused = one->id;
        }

        ngx_shop_say_note("order: %s %s%s%s", one->action, one->server,
                          line->why[0] ? ": " : "", line->why);

        *done = one->id;
        line->orders = one->id;
        was = 1;
    }

    return was;
}


int
ngx_shop_orders_probe(ngx_shop_orders_t *c, const char *upstream,
    const char *server)
{
    char                   why[NGX_SHOP_NODELINE_WHY];
    ngx_shop_orders_one_t  one;

    memset(&one, 0, sizeof(one));
    (void) strcpy(one.action, "probe");
    (void) snprintf(one.server, sizeof(one.server), "%s", server);
    (void) snprintf(one.upstream, sizeof(one.upstream), "%s", upstream);

    return ngx_shop_orders_do(c, &one, why, sizeof(why));
}


/* OK; DECLINED: nginx refused, and why; AGAIN: it could not be asked */

static int
ngx_shop_orders_do(ngx_shop_orders_t *c, const ngx_shop_orders_one_t *one,
    char *why, size_t size)
{
    size_t          n;
    unsigned char   form[NGX_SHOP_ORDERS_FORM];
    ngx_shop_str_t  s;

    if (ngx_shop_orders_form(one, form, &n) != NGX_SHOP_OK) {
        (void) snprintf(why, size, "\"%s\" is no order for a server",
                        one->action);
        return NGX_SHOP_DECLINED;
    }

    s.data = form;
    s.len = n;

    return ngx_shop_orders_send(c, &s, why, size);
}


void
ngx_shop_orders_share(ngx_shop_orders_t *c, unsigned nodes, unsigned node,
    int64_t age)
{
    char            form[128], why[NGX_SHOP_NODELINE_WHY];
    ngx_shop_str_t  s;

    s.data = (unsigned char *) form;
    s.len = (size_t) snprintf(form, sizeof(form),
                              "action=share&nodes=%u&node=%u&age=%ld", nodes,
                              node, (long) age);

    (void) ngx_shop_orders_send(c, &s, why, sizeof(why));
}


static int
ngx_shop_orders_send(ngx_shop_orders_t *c, const ngx_shop_str_t *form,
    char *why, size_t size)
{
    int                      rc;
    size_t                   len;
    unsigned char           *body;
    ngx_shop_fetch_order_t   order;

    if (access(c->key, R_OK) == -1) {
        (void) snprintf(why, size, "it may not order: it cannot read its key "
                        "of shop_control");
        return NGX_SHOP_AGAIN;
    }

    memset(&order, 0, sizeof(order));
    order.form = *form;

    ngx_shop_say_quiet(1);
    rc = ngx_shop_secret_file_read(c->key, "shop_control", 1, &order.key);

    if (rc == NGX_SHOP_OK) {
        rc = ngx_shop_fetch_order(c->url, &order, &body, &len);
    }

    ngx_shop_say_quiet(0);

    if (rc != NGX_SHOP_OK) {
        (void) snprintf(why, size, "its shop_control does not answer, or the "
                        "key is none");
        return NGX_SHOP_AGAIN;
    }

    rc = ngx_shop_orders_answer(order.status, body, len, why, size);
    free(body);

    return rc;
}


static int
ngx_shop_orders_form(const ngx_shop_orders_one_t *one, unsigned char *buf,
    size_t *n)
{
    char         left[32];
    unsigned     i;
    const char  *fields[6][2];

    static const char *const  actions[] = {
        "drain", "down", "up", "enable", "probe"
    };

    for (i = 0; i < 5 && strcmp(actions[i], one->action) != 0; i++) {
        /* void */
    }

    if (i == 5 || one->server[0] == '\0') {
        return NGX_SHOP_ERROR;
    }

    left[0] = '\0';

    if (one->until) {
        (void) snprintf(left, sizeof(left), "%lds",
                        (long) (one->until - ngx_shop_pulse_wall() / 1000));
    }

    fields[0][0] = "action";
    fields[0][1] = one->action;
    fields[1][0] = "peer";
    fields[1][1] = one->server;
    fields[2][0] = "upstream";
    fields[2][1] = one->upstream;
    fields[3][0] = "for";
    fields[3][1] = left;
    fields[4][0] = "reason";
    fields[4][1] = one->reason;
    fields[5][0] = "who";
    fields[5][1] = one->who;
    *n = 0;

    for (i = 0; i < 6; i++) {
        if (fields[i][1][0]
            && ngx_shop_form_add(buf, NGX_SHOP_ORDERS_FORM, n, fields[i][0],
                                 fields[i][1])
               != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_orders_answer(unsigned status, unsigned char *body, size_t len,
    char *why, size_t size)
{
    size_t            at;
    const char       *reason;
    ngx_shop_str_t    s;
    ngx_shop_json_t   v;

    if (status == 200) {
        return NGX_SHOP_OK;
    }

    s.data = body;
    s.len = len;

    if (ngx_shop_json_parse(&v, &s, &at, &reason) != NGX_SHOP_OK
        || !ngx_shop_member_get(&v, "error", why, size))
    {
        (void) snprintf(why, size, "its shop_control answers %03u", status);
    }

    /* a key may be mended; what nginx does not know it will not */

    return status == 401 || status == 403 || status >= 500
           ? NGX_SHOP_AGAIN : NGX_SHOP_DECLINED;
}
