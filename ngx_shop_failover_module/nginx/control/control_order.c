
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * From the body of a request to an order.  Changes nothing.
 */


#include "nginx/control/control.h"

#include "state/force.h"

#include "logic/text/form.h"
#include "logic/flag/times.h"
#include "logic/text/utf8.h"


static ngx_int_t ngx_shop_control_order_fields(ngx_http_request_t *r,
    ngx_str_t *body, ngx_shop_control_order_t *order, ngx_str_t *error);
static ngx_int_t ngx_shop_control_order_action(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error);
static ngx_int_t ngx_shop_control_order_ramp(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error);
static ngx_int_t ngx_shop_control_order_length(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error);
static ngx_int_t ngx_shop_control_order_texts(ngx_shop_control_order_t *order,
    ngx_str_t *error);
static ngx_uint_t ngx_shop_control_order_clean(ngx_str_t *text);
static ngx_int_t ngx_shop_control_order_group(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error);
static ngx_int_t ngx_shop_control_order_only(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error);
static ngx_int_t ngx_shop_control_order_bad(ngx_http_request_t *r,
    ngx_str_t *error, const char *what, ngx_shop_str_t *value,
    const char *expected);


/* s: a longer ramp is a slip of the finger */
#define NGX_SHOP_CONTROL_ORDER_RAMP  86400


typedef struct {
    ngx_str_t    name;
    size_t       offset;
} ngx_shop_control_order_field_t;


static ngx_shop_control_order_field_t ngx_shop_control_order_table[] =
{
    { ngx_string("action"),
      offsetof(ngx_shop_control_order_t, action) },
    { ngx_string("upstream"),
      offsetof(ngx_shop_control_order_t, upstream) },
    { ngx_string("peer"),
      offsetof(ngx_shop_control_order_t, peer) },
    { ngx_string("for"),
      offsetof(ngx_shop_control_order_t, length) },
    { ngx_string("reason"),
      offsetof(ngx_shop_control_order_t, reason) },
    { ngx_string("who"),
      offsetof(ngx_shop_control_order_t, who) },
    { ngx_string("site"),
      offsetof(ngx_shop_control_order_t, site) },
    { ngx_string("over"),
      offsetof(ngx_shop_control_order_t, over) },
    { ngx_string("nodes"),
      offsetof(ngx_shop_control_order_t, nodes) },
    { ngx_string("node"),
      offsetof(ngx_shop_control_order_t, node) },
    { ngx_string("age"),
      offsetof(ngx_shop_control_order_t, age) },
    { ngx_null_string, 0 }
};


ngx_int_t
ngx_shop_control_order_read(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error)
{
    ngx_int_t  rc;
    ngx_str_t  body;

    rc = ngx_shop_control_body_read(r, &body);

    if (rc != NGX_OK) {
        ngx_str_set(error, "the body is too large for an order");
        return rc;
    }

    if (ngx_shop_control_order_fields(r, &body, order, error)
        != NGX_OK
        || ngx_shop_control_order_action(r, order, error) != NGX_OK
        || ngx_shop_control_order_length(r, order, error) != NGX_OK
        || ngx_shop_control_order_texts(order, error) != NGX_OK)
    {
        return NGX_HTTP_BAD_REQUEST;
    }

    if (order->reopen || order->share) {
        return NGX_OK;
    }

    if (order->peer.len == 0) {
        ngx_str_set(error, "\"peer\" is missing: a server as written in the "
                           "configuration, or an address");
        return NGX_HTTP_BAD_REQUEST;
    }

    return ngx_shop_control_order_group(r, order, error);
}


static ngx_int_t
ngx_shop_control_order_fields(ngx_http_request_t *r, ngx_str_t *body,
    ngx_shop_control_order_t *order, ngx_str_t *error)
{
    int                              rc;
    u_char                          *rest, *last;
    ngx_str_t                       *field;
    ngx_shop_str_t                   name, value;
    ngx_shop_control_order_field_t  *row;

    if (body->len == 0) {
        ngx_str_set(error, "the body is empty, expected "
                           "action=...&upstream=...&peer=...");
        return NGX_ERROR;
    }

    rest = body->data;
    last = body->data + body->len;

    while ((rc = ngx_shop_form_next(&rest, last, &name, &value))
           == NGX_SHOP_OK)
    {
        for (row = ngx_shop_control_order_table; row->name.len; row++) {
            if (row->name.len == name.len
                && ngx_memcmp(row->name.data, name.data, name.len) == 0)
            {
                break;
            }
        }

        field = (ngx_str_t *) ((u_char *) order + row->offset);

        if (row->name.len == 0 || field->len) {
            return ngx_shop_control_order_bad(r, error, "field",
                       &name, row->name.len ? "one of a name"
                       : "action, upstream, peer, for, reason, who, "
                         "site, over, nodes, node or age");
        }

        field->data = (u_char *) value.data;
        field->len = value.len;
    }

    if (rc == NGX_SHOP_ERROR) {
        ngx_str_set(error, "a \"%\" in the body is not followed by two "
                           "hexadecimal digits");
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_shop_control_order_action(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error)
{
    ngx_uint_t   i;
    const char  *name;

    if (order->action.len == sizeof("reopen") - 1
        && ngx_strncmp(order->action.data, "reopen", order->action.len) == 0)
    {
        order->reopen = 1;
        return ngx_shop_control_order_ramp(r, order, error);
    }

    if (order->action.len == sizeof("probe") - 1
        && ngx_strncmp(order->action.data, "probe", order->action.len) == 0)
    {
        order->probe = 1;
        return NGX_OK;
    }

    if (order->action.len == sizeof("share") - 1
        && ngx_strncmp(order->action.data, "share", order->action.len) == 0)
    {
        order->share = 1;
        return ngx_shop_control_share_read(order, error);
    }

    for (i = NGX_SHOP_LAYOUT_FORCE_NONE; i <= NGX_SHOP_LAYOUT_FORCE_UP; i++) {

        name = (i == NGX_SHOP_LAYOUT_FORCE_NONE) ? "enable"
                                                 : ngx_shop_force_name(i);

        if (order->action.len == ngx_strlen(name)
            && ngx_strncmp(order->action.data, name, order->action.len) == 0)
        {
            order->force.how = (uint8_t) i;
            return NGX_OK;
        }
    }

    return ngx_shop_control_order_bad(r, error, "action",
                                      (ngx_shop_str_t *) &order->action,
                                      "drain, enable, down, up, probe, share "
                                      "or reopen");
}


/* of all sites that reopen, or of one; without "over" at once */

static ngx_int_t
ngx_shop_control_order_ramp(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error)
{
    int64_t      seconds;
    const char  *reason;

    if (order->peer.len || order->upstream.len || order->length.len) {
        ngx_str_set(error, "\"reopen\" is of a site: it takes \"site\", "
                           "\"over\", \"reason\" and \"who\"");
        return NGX_ERROR;
    }

    if (order->over.len == 0) {
        return NGX_OK;
    }

    if (ngx_shop_times_parse_length((ngx_shop_str_t *) &order->over,
                                    &seconds, &reason)
        != NGX_SHOP_OK
        || seconds < 1 || seconds > NGX_SHOP_CONTROL_ORDER_RAMP)
    {
        return ngx_shop_control_order_bad(r, error, "over",
                                          (ngx_shop_str_t *) &order->over,
                                          "a length such as 10m, up to 24h");
    }

    order->ramp = (ngx_msec_t) seconds * 1000;

    return NGX_OK;
}


static ngx_int_t
ngx_shop_control_order_length(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error)
{
    int64_t      seconds;
    const char  *reason;

    order->force.since = ngx_shop_clock_now();

    if (order->length.len == 0) {
        return NGX_OK;
    }

    if (order->force.how == 0) {
        ngx_str_set(error, "\"for\" has no meaning with \"enable\"");
        return NGX_ERROR;
    }

    if (ngx_shop_times_parse_length(
                                    (ngx_shop_str_t *) &order->length,
                                    &seconds, &reason)
        != NGX_SHOP_OK
        || seconds < 1)
    {
        return ngx_shop_control_order_bad(r, error, "for",
                                          (ngx_shop_str_t *) &order->length,
                                          "a length such as 30m or 1h30m");
    }

    order->force.until = order->force.since + seconds;

    return NGX_OK;
}


static ngx_int_t
ngx_shop_control_order_texts(ngx_shop_control_order_t *order,
    ngx_str_t *error)
{
    if (order->reason.len > NGX_SHOP_LAYOUT_REASON_LEN) {
        ngx_str_set(error, "\"reason\" is longer than 96 bytes");
        return NGX_ERROR;
    }

    if (order->who.len > NGX_SHOP_LAYOUT_WHO_LEN) {
        ngx_str_set(error, "\"who\" is longer than 48 bytes");
        return NGX_ERROR;
    }

    if (!ngx_shop_control_order_clean(&order->reason)
        || !ngx_shop_control_order_clean(&order->who))
    {
        ngx_str_set(error, "\"reason\" or \"who\" is no text in UTF-8, or has "
                           "control characters");
        return NGX_ERROR;
    }

    order->force.reason_len = (uint8_t) order->reason.len;
    ngx_memcpy(order->force.reason, order->reason.data, order->reason.len);
    order->force.who_len = (uint8_t) order->who.len;
    ngx_memcpy(order->force.who, order->who.data, order->who.len);

    return NGX_OK;
}


/* it goes into the log as it is */

static ngx_uint_t
ngx_shop_control_order_clean(ngx_str_t *text)
{
    size_t                n, bad;
    const unsigned char  *p, *last;

    p = text->data;
    last = p + text->len;

    for ( /* void */ ; p < last; p += n) {
        n = ngx_shop_utf8_next(p, last, &bad);

        if (n == 0 || ngx_shop_utf8_control(p, n)) {
            return 0;
        }
    }

    return 1;
}


static ngx_int_t
ngx_shop_control_order_group(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error)
{
    ngx_uint_t                 i;
    ngx_shop_conf_main_t      *smcf;
    ngx_shop_model_group_t   **group;

    if (order->upstream.len == 0) {
        return ngx_shop_control_order_only(r, order, error);
    }

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    group = smcf->zone.groups.elts;

    for (i = 0; i < smcf->zone.groups.nelts; i++) {
        if (group[i]->name.len == order->upstream.len
            && ngx_memcmp(group[i]->name.data, order->upstream.data,
                          order->upstream.len)
               == 0)
        {
            order->group = group[i];
            return NGX_OK;
        }
    }

    (void) ngx_shop_control_order_bad(r, error, "upstream",
                                      (ngx_shop_str_t *) &order->upstream,
                                      "a group that shop failover knows, as "
                                      "shop_status lists them");

    return NGX_HTTP_NOT_FOUND;
}


/* without "upstream": the only one that has such a peer */

static ngx_int_t
ngx_shop_control_order_only(ngx_http_request_t *r,
    ngx_shop_control_order_t *order, ngx_str_t *error)
{
    ngx_uint_t                 i;
    ngx_shop_conf_main_t      *smcf;
    ngx_shop_peers_walk_t      walk;
    ngx_shop_model_peer_t     *peer;
    ngx_shop_model_group_t   **group;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);
    group = smcf->zone.groups.elts;

    for (i = 0; i < smcf->zone.groups.nelts; i++) {

        for (peer = ngx_shop_peers_first(group[i], &walk);
             peer && !ngx_shop_control_do_match(peer, &order->peer);
             peer = ngx_shop_peers_next(&walk))
        {
            /* void */
        }

        if (peer == NULL) {
            continue;
        }

        if (order->group) {
            ngx_str_set(error, "several upstreams have this \"peer\": name "
                               "one as \"upstream\"");
            return NGX_HTTP_BAD_REQUEST;
        }

        order->group = group[i];
    }

    if (order->group) {
        return NGX_OK;
    }

    (void) ngx_shop_control_order_bad(r, error, "peer",
                       (ngx_shop_str_t *) &order->peer,
                       "a server as written in the configuration, "
                       "or an address, as shop_status lists them");

    return NGX_HTTP_NOT_FOUND;
}


/* NGX_ERROR; where there is no memory, error stays empty */

static ngx_int_t
ngx_shop_control_order_bad(ngx_http_request_t *r, ngx_str_t *error,
    const char *what, ngx_shop_str_t *value, const char *expected)
{
    size_t   len;
    u_char  *p;

    len = sizeof("invalid \"\" \"\", expected ") - 1 + ngx_strlen(what)
          + value->len + ngx_strlen(expected);

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    error->data = p;
    error->len = ngx_slprintf(p, p + len,
                              "invalid \"%s\" \"%*s\", expected %s",
                              what, value->len, value->data, expected)
                 - p;

    return NGX_ERROR;
}
