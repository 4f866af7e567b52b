
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * One eventfd that is made before the fork, written to by whoever has news,
 * and never read: registered edge-triggered, it gives every worker's epoll an
 * edge for every write (eventfd(2), epoll(7)).  Knows nothing of the news.
 */


#include "nginx/wake.h"
#include "nginx/timer.h"


typedef struct {
    ngx_shop_timer_t         timer;
    ngx_shop_conf_main_t    *smcf;
    void                           (*handler)(ngx_shop_conf_main_t *smcf);
} ngx_shop_wake_t;


static ngx_int_t ngx_shop_wake_listen(ngx_cycle_t *cycle,
    ngx_shop_wake_t *wake);
static void ngx_shop_wake_edge(ngx_event_t *ev);
static void ngx_shop_wake_tick(ngx_event_t *ev);


#define NGX_SHOP_WAKE_TICK  200          /* ms */


void
ngx_shop_wake_create(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf)
{
    ngx_pool_cleanup_t       *cln;
    ngx_shop_conf_main_t     *old;
    ngx_pool_cleanup_file_t  *file;

    /* before anything is open, as it could not be closed */

    cln = ngx_pool_cleanup_add(cycle->pool, sizeof(ngx_pool_cleanup_file_t));
    if (cln == NULL) {
        return;
    }

    old = NULL;

    if (!ngx_is_init_cycle(cycle->old_cycle)) {
        old = ngx_shop_conf_cycle(cycle->old_cycle);
    }

    smcf->wake = (old && old->wake != (ngx_socket_t) -1)
                 ? ngx_shop_compat_eventfd_again(old->wake)
                 : ngx_shop_compat_eventfd();

    if (smcf->wake == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_INFO, cycle->log, ngx_errno,
                      "shop failover: no eventfd, workers look for news every "
                      "%d ms", NGX_SHOP_WAKE_TICK);
        return;
    }

    /* each cycle its own, so that it ends with the cycle */

    file = cln->data;
    file->fd = smcf->wake;
    file->name = (u_char *) "eventfd of ngx_shop_failover_module";
    file->log = cycle->log;

    cln->handler = ngx_pool_cleanup_file;
}


ngx_int_t
ngx_shop_wake_start(ngx_cycle_t *cycle, ngx_shop_conf_main_t *smcf,
    void (*handler)(ngx_shop_conf_main_t *smcf))
{
    ngx_shop_wake_t  *wake;

    wake = ngx_pcalloc(cycle->pool, sizeof(ngx_shop_wake_t));
    if (wake == NULL) {
        return NGX_ERROR;
    }

    wake->smcf = smcf;
    wake->handler = handler;

    if (smcf->wake != (ngx_socket_t) -1 && ngx_shop_compat_epoll()
        && ngx_shop_wake_listen(cycle, wake) == NGX_OK)
    {
        return NGX_OK;
    }

    ngx_shop_timer_init(&wake->timer, ngx_shop_wake_tick, wake, cycle->log);

    ngx_add_timer(&wake->timer.event, NGX_SHOP_WAKE_TICK);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_wake_listen(ngx_cycle_t *cycle, ngx_shop_wake_t *wake)
{
    ngx_connection_t  *c;

    c = ngx_get_connection(wake->smcf->wake, cycle->log);
    if (c == NULL) {
        return NGX_ERROR;
    }

    c->data = wake;
    c->read->handler = ngx_shop_wake_edge;
    c->read->log = cycle->log;
    c->write->log = cycle->log;

    /* it stays open to the end: requests are moved on while a worker quits */

    c->read->channel = 1;

    if (ngx_add_event(c->read, NGX_READ_EVENT, NGX_CLEAR_EVENT) != NGX_OK) {
        ngx_free_connection(c);
        c->fd = (ngx_socket_t) -1;
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_shop_wake_edge(ngx_event_t *ev)
{
    ngx_connection_t  *c = ev->data;
    ngx_shop_wake_t   *wake = c->data;

    ev->ready = 0;
    wake->handler(wake->smcf);
}


static void
ngx_shop_wake_tick(ngx_event_t *ev)
{
    ngx_shop_wake_t         *wake = ngx_shop_timer_data(ev);

    wake->handler(wake->smcf);

    ngx_add_timer(ev, NGX_SHOP_WAKE_TICK);
}


void
ngx_shop_wake_all(ngx_shop_conf_main_t *smcf)
{
    uint64_t  one;

    if (smcf->wake == (ngx_socket_t) -1) {
        return;
    }

    one = 1;

    /* it cannot be full: that would take 2^64 changes */

    if (write(smcf->wake, &one, sizeof(uint64_t)) != sizeof(uint64_t)) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, ngx_errno,
                      "shop failover: write() to eventfd failed");
    }
}
