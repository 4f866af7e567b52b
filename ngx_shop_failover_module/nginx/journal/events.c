
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The event log: a file that nginx opens and reopens as its other logs, or
 * syslog.  Does not know what an event means.
 */


#include "nginx/journal/events.h"

#include "state/chronicle.h"


struct ngx_shop_events_s {
    ngx_str_t           name;              /* as written */
    ngx_open_file_t    *file;              /* NULL: syslog */
    ngx_syslog_peer_t  *syslog;
    unsigned            torn:1;            /* ends in a part of a line */
};


static ngx_int_t ngx_shop_events_send(ngx_shop_events_t *events, u_char *line,
    size_t len, ngx_err_t *err);
static ngx_int_t ngx_shop_events_send_file(ngx_shop_events_t *events,
    u_char *line, size_t len, ngx_err_t *err);
static void ngx_shop_events_mend(ngx_shop_events_t *events, size_t n);
static void ngx_shop_events_turn(ngx_shop_events_t *events,
    ngx_shop_chronicle_turn_e turn, ngx_err_t err, ngx_uint_t lost);


/* when to try again what failed; each try of syslog may log an alert; ms */
#define NGX_SHOP_EVENTS_RETRY         2000
#define NGX_SHOP_EVENTS_RETRY_SYSLOG  30000

/* a line's LF before it, and the header of syslog */
#define NGX_SHOP_EVENTS_HEAD  (NGX_MAXHOSTNAMELEN + 128)


void
ngx_shop_events_flush(ngx_shop_model_zone_t *zone)
{
    u_char                     line[NGX_SHOP_EVENT_LINE];
    size_t                     len;
    ngx_err_t                  err;
    ngx_int_t                  rc;
    ngx_uint_t                 lost;
    ngx_msec_t                 retry;
    ngx_shop_event_t           event;
    ngx_shop_events_t         *events;
    ngx_shop_conf_main_t      *smcf;
    ngx_shop_chronicle_turn_e  turn;

    smcf = ngx_shop_conf_cycle((ngx_cycle_t *) ngx_cycle);
    events = smcf->events;

    if (events == NULL) {
        ngx_shop_chronicle_skip(zone);
        return;
    }

    retry = events->file ? NGX_SHOP_EVENTS_RETRY
                         : NGX_SHOP_EVENTS_RETRY_SYSLOG;

    while (ngx_shop_chronicle_next(zone, &event, &lost) == NGX_OK) {

        len = ngx_shop_event_write(&event, line);
        err = 0;

        rc = ngx_shop_events_send(events, line, len, &err);

        turn = ngx_shop_chronicle_wrote(zone, &event, rc == NGX_OK, retry);

        if (turn || (rc == NGX_OK && lost)) {
            ngx_shop_events_turn(events, turn, err, lost);
        }

        if (rc != NGX_OK) {
            return;
        }
    }
}


static ngx_int_t
ngx_shop_events_send(ngx_shop_events_t *events, u_char *line, size_t len,
    ngx_err_t *err)
{
    u_char    *p, buf[NGX_SHOP_EVENTS_HEAD + NGX_SHOP_EVENT_LINE];
    ssize_t    n;

    if (events->file && !events->torn) {
        return ngx_shop_events_send_file(events, line, len, err);
    }

    if (events->file) {
        buf[0] = LF;
        ngx_memcpy(buf + 1, line, len);

        return ngx_shop_events_send_file(events, buf, len + 1, err);
    }

    p = ngx_syslog_add_header(events->syslog, buf);
    p = ngx_cpymem(p, line, len - 1);

    n = ngx_syslog_send(events->syslog, buf, p - buf);

    if (n == p - buf) {
        return NGX_OK;
    }

    *err = n == NGX_ERROR ? ngx_socket_errno : 0;

    return NGX_ERROR;
}


/* one write() a line: with O_APPEND no line gets between its bytes */

static ngx_int_t
ngx_shop_events_send_file(ngx_shop_events_t *events, u_char *line, size_t len,
    ngx_err_t *err)
{
    ssize_t  n;

    n = ngx_write_fd(events->file->fd, line, len);

    if (n == (ssize_t) len) {
        events->torn = 0;
        return NGX_OK;
    }

    if (n > 0) {
        *err = NGX_ENOSPC;
        ngx_shop_events_mend(events, n);

    } else {
        *err = n == -1 ? ngx_errno : NGX_ENOSPC;
    }

    return NGX_ERROR;
}


/* takes back the part of a line that still found room on a full disk */

static void
ngx_shop_events_mend(ngx_shop_events_t *events, size_t n)
{
    ngx_fd_t         fd;
    ngx_file_info_t  fi;

    fd = events->file->fd;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR
        || !ngx_is_file(&fi)
        || ngx_file_size(&fi) < (off_t) n
        || ftruncate(fd, ngx_file_size(&fi) - n) == -1)
    {
        events->torn = 1;
    }
}


static void
ngx_shop_events_turn(ngx_shop_events_t *events, ngx_shop_chronicle_turn_e turn,
    ngx_err_t err, ngx_uint_t lost)
{
    if (turn == NGX_SHOP_CHRONICLE_BROKE) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, err,
                      "shop failover: events cannot be written to \"%V\", "
                      "the last %ui are kept and written later",
                      &events->name,
                      (ngx_uint_t) NGX_SHOP_CHRONICLE_EVENTS);
        return;
    }

    if (turn == NGX_SHOP_CHRONICLE_WORKS_AGAIN && lost == 0) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "shop failover: events are written to \"%V\" again, "
                      "none is lost", &events->name);
        return;
    }

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "shop failover: events are written to \"%V\" again, %ui "
                  "are lost", &events->name, lost);
}


char *
ngx_shop_events_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_shop_conf_main_t  *smcf = conf;

    ngx_str_t             *value;
    ngx_shop_events_t     *events;

    if (smcf->events) {
        return "is duplicate";
    }

    value = cf->args->elts;

    events = ngx_pcalloc(cf->pool, sizeof(ngx_shop_events_t));
    if (events == NULL) {
        return NGX_CONF_ERROR;
    }

    events->name.len = value[1].len;
    events->name.data = ngx_pstrdup(cf->pool, &value[1]);

    if (events->name.data == NULL) {
        return NGX_CONF_ERROR;
    }

    smcf->events = events;
    smcf->used = 1;

    if (ngx_strncmp(value[1].data, "syslog:", 7) == 0) {

        events->syslog = ngx_pcalloc(cf->pool, sizeof(ngx_syslog_peer_t));
        if (events->syslog == NULL) {
            return NGX_CONF_ERROR;
        }

        return ngx_syslog_process_conf(cf, events->syslog);
    }

    if (value[1].len == 0 || ngx_strlchr(value[1].data,
                                         value[1].data + value[1].len, '$'))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_events\", expected "
                           "the path of a file without variables or "
                           "syslog:server=...", &value[1]);
        return NGX_CONF_ERROR;
    }

    events->file = ngx_conf_open_file(cf->cycle, &value[1]);

    return events->file ? NGX_CONF_OK : NGX_CONF_ERROR;
}
