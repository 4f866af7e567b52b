
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who may give orders: the key.  A page in a browser cannot send the header
 * with it, so no page can forge an order.
 */


#include "nginx/control/control.h"
#include "nginx/header.h"

#include "logic/pass/secret.h"
#include "state/force.h"


static ngx_int_t ngx_shop_control_subrequest(ngx_http_request_t *r);
static ngx_uint_t ngx_shop_control_allowed(ngx_http_request_t *r);
static ngx_int_t ngx_shop_control_refuse(ngx_http_request_t *r);
static void ngx_shop_control_intruder(ngx_http_request_t *r);
static void ngx_shop_control_delayed(ngx_http_request_t *r);
static ngx_int_t ngx_shop_control_unauthorized(ngx_http_request_t *r);
static void ngx_shop_control_body(ngx_http_request_t *r);


/* who guesses gets one answer a second on a connection */
#define NGX_SHOP_CONTROL_DELAY  1000     /* ms */

/* one log line for all wrong keys of so long */
#define NGX_SHOP_CONTROL_QUIET  10       /* s */


ngx_int_t
ngx_shop_control_handler(ngx_http_request_t *r)
{
    ngx_int_t         rc;
    static ngx_str_t  method = ngx_string("orders are given by POST");
    static ngx_str_t  large = ngx_string("the body is too large for an order");

    if (r != r->main) {
        return ngx_shop_control_subrequest(r);
    }

    if (!ngx_shop_control_allowed(r)) {
        return ngx_shop_control_refuse(r);
    }

    if (r->method != NGX_HTTP_POST) {
        rc = ngx_http_discard_request_body(r);

        return rc == NGX_OK
               ? ngx_shop_control_do_error(r, NGX_HTTP_NOT_ALLOWED,
                                           &method)
               : rc;
    }

    if (r->headers_in.content_length_n > NGX_SHOP_CONTROL_BODY) {
        rc = ngx_http_discard_request_body(r);

        return rc == NGX_OK
               ? ngx_shop_control_do_error(r,
                                           NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                           &large)
               : rc;
    }

    rc = ngx_http_read_client_request_body(r, ngx_shop_control_body);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


/*
 * "auth_request", "mirror" and their like.  The delay is a timer of the
 * connection and would stop the visitor's own answer; and what is answered at
 * once must not tell a right key from a wrong one, so none is looked at.
 */

static ngx_int_t
ngx_shop_control_subrequest(ngx_http_request_t *r)
{
    ngx_http_core_loc_conf_t  *clcf;
    static ngx_str_t           error = ngx_string("orders are taken from a "
                                                  "client, and from no "
                                                  "subrequest");

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "shop failover: control \"%V\" refused a subrequest, as of "
                  "\"auth_request\" or \"mirror\"", &clcf->name);

    return ngx_shop_control_do_error(r, NGX_HTTP_FORBIDDEN, &error);
}


/* "Authorization: Bearer KEY" */

static ngx_uint_t
ngx_shop_control_allowed(ngx_http_request_t *r)
{
    ngx_str_t             *value;
    ngx_shop_str_t         sent, key;
    ngx_shop_conf_loc_t   *slcf;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);
    key.data = slcf->control->data;
    key.len = slcf->control->len;

    if (r->headers_in.authorization == NULL) {
        return 0;
    }

    value = &r->headers_in.authorization->value;

    if (value->len < sizeof("Bearer ") - 1
        || ngx_strncasecmp(value->data, (u_char *) "Bearer ",
                           sizeof("Bearer ") - 1)
           != 0)
    {
        return 0;
    }

    sent.data = value->data + sizeof("Bearer ") - 1;
    sent.len = value->len - (sizeof("Bearer ") - 1);

    while (sent.len && *sent.data == ' ') {
        sent.data++;
        sent.len--;
    }

    return ngx_shop_secret_same(&sent, &key);
}


/* the answer comes by a timer: no worker waits for it */

static ngx_int_t
ngx_shop_control_refuse(ngx_http_request_t *r)
{
    ngx_int_t     rc;
    ngx_event_t  *wev;

    ngx_shop_control_intruder(r);

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (!r->discard_body) {
        r->read_event_handler = ngx_http_test_reading;

        if (ngx_handle_read_event(r->connection->read, 0) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    r->main->count++;
    r->write_event_handler = ngx_shop_control_delayed;

    wev = r->connection->write;
    wev->delayed = 1;
    ngx_add_timer(wev, NGX_SHOP_CONTROL_DELAY);

    return NGX_DONE;
}


/* "delayed" is cleared by ngx_http_request_handler() when the time is over */

static void
ngx_shop_control_delayed(ngx_http_request_t *r)
{
    ngx_event_t  *wev;

    wev = r->connection->write;

    if (wev->delayed) {

        if (ngx_handle_write_event(wev, 0) != NGX_OK) {
            ngx_http_finalize_request(r, NGX_ERROR);
        }

        return;
    }

    ngx_http_finalize_request(r, ngx_shop_control_unauthorized(r));
}


static ngx_int_t
ngx_shop_control_unauthorized(ngx_http_request_t *r)
{
    static ngx_str_t  bearer = ngx_string("Bearer");
    static ngx_str_t  error = ngx_string("the key is missing or wrong: send "
                                         "\"Authorization: Bearer KEY\"");

    if (ngx_shop_header_add(r, "WWW-Authenticate", &bearer) == NULL) {
        return NGX_ERROR;
    }

    return ngx_shop_control_do_error(r, NGX_HTTP_UNAUTHORIZED, &error);
}


/* who guesses a thousand times makes one line in ten seconds, not a thousand */

static void
ngx_shop_control_intruder(ngx_http_request_t *r)
{
    ngx_uint_t             n;
    ngx_shop_conf_main_t  *smcf;

    smcf = ngx_http_get_module_main_conf(r, ngx_shop_failover_module);

    n = ngx_shop_force_intruder(&smcf->zone, NGX_SHOP_CONTROL_QUIET);
    if (n) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "shop failover: control refused, the key is missing or "
                      "wrong, %ui times since this was last said", n);
    }
}


static void
ngx_shop_control_body(ngx_http_request_t *r)
{
    ngx_int_t                  rc;
    ngx_str_t                  error;
    ngx_shop_control_order_t   order;

    ngx_memzero(&order, sizeof(ngx_shop_control_order_t));
    ngx_str_null(&error);

    rc = ngx_shop_control_order_read(r, &order, &error);

    if (rc == NGX_OK) {
        rc = order.reopen ? ngx_shop_control_reopen(r, &order)
             : order.probe ? ngx_shop_control_probe(r, &order)
             : order.share ? ngx_shop_control_share(r, &order)
             : ngx_shop_control_do(r, &order);

    } else if (rc != NGX_HTTP_INTERNAL_SERVER_ERROR) {
        rc = ngx_shop_control_do_error(r, rc, &error);
    }

    ngx_http_finalize_request(r, rc);
}
