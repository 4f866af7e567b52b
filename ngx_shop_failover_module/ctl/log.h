
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The event log, for shopctl: its lines, and the incidents in it.
 */


#ifndef _NGX_SHOP_LOG_H_INCLUDED_
#define _NGX_SHOP_LOG_H_INCLUDED_


#include "ctl/options.h"
#include "logic/story/incident.h"


#define NGX_SHOP_LOG_DEFAULT  "/var/log/nginx/shop_events.log"


typedef struct {
    unsigned char        *data;
    size_t                size;
    size_t                room;
    size_t                pos;         /* of log_next() */
    unsigned              skipped;     /* lines that are no events */

    ngx_shop_incident_t  *incidents;   /* in the order they began */
    unsigned              nincidents;
} ngx_shop_log_t;


/* of a log, and of all of them together; a transition has about 300 bytes */
#define NGX_SHOP_LOG_MAX  (256 * 1024 * 1024)

/*
 * All of a regular file; "-" is stdin, which may be a pipe, as /dev/stdin and
 * /dev/fd/N may.  OK, or ERROR after it was said why
 */
int ngx_shop_log_read(ngx_shop_log_t *log, const char *path);

/*
 * All of n files as one log, whose order is that of their first events: a shell
 * names shop_events.log before the older shop_events.log.1.
 */
int ngx_shop_log_join(ngx_shop_log_t *log, const char *const *paths,
    unsigned n);

/* the next event, DECLINED: no more; begins again where pos is set to 0 */
int ngx_shop_log_next(ngx_shop_log_t *log, ngx_shop_event_t *event);

/* fills incidents; OK or ERROR */
int ngx_shop_log_fold(ngx_shop_log_t *log);


#endif /* _NGX_SHOP_LOG_H_INCLUDED_ */
