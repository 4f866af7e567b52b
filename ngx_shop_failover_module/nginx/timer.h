
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A timer of a worker, which holds up no worker that exits.
 */


#ifndef _NGX_SHOP_TIMER_H_INCLUDED_
#define _NGX_SHOP_TIMER_H_INCLUDED_


#include "nginx/compat.h"


/*
 * Begins as a connection does: nginx's debug log reads the descriptor behind
 * ev->data of every timer (ngx_event_ident() in src/event/ngx_event.h).
 */
typedef struct {
    void           *data;
    ngx_event_t    *read;
    ngx_event_t    *write;
    ngx_socket_t    fd;
    ngx_event_t     event;
} ngx_shop_timer_t;


/* of the event that a handler is called with */
#define ngx_shop_timer_data(ev)  (((ngx_shop_timer_t *) (ev)->data)->data)

/* timer is zeroed memory, and is not started */
void ngx_shop_timer_init(ngx_shop_timer_t *timer, ngx_event_handler_pt handler,
    void *data, ngx_log_t *log);


#endif /* _NGX_SHOP_TIMER_H_INCLUDED_ */
