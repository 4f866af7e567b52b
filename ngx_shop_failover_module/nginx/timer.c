
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A timer of a worker.
 */


#include "nginx/timer.h"


void
ngx_shop_timer_init(ngx_shop_timer_t *timer, ngx_event_handler_pt handler,
    void *data, ngx_log_t *log)
{
    timer->data = data;
    timer->fd = (ngx_socket_t) -1;

    timer->event.handler = handler;
    timer->event.data = timer;
    timer->event.log = log;
    timer->event.cancelable = 1;
}
