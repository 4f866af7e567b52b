
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl-notify: what its files share.  Files that call first: notify,
 * notify_proof, notify_send, notify_child, notify_form, notify_watch,
 * notify_sites, notify_box, notify_tail, notify_store, notify_conf.
 */


#ifndef _NGX_SHOP_NOTIFY_INSIDE_H_INCLUDED_
#define _NGX_SHOP_NOTIFY_INSIDE_H_INCLUDED_


#include <sys/types.h>

#include "ctl/say.h"
#include "logic/story/event.h"


#define NGX_SHOP_NOTIFY_CONF      "/etc/shop-failover/notify.conf"

#define NGX_SHOP_NOTIFY_PATH      512
#define NGX_SHOP_NOTIFY_NAME      64
#define NGX_SHOP_NOTIFY_SITE      256
#define NGX_SHOP_NOTIFY_TEXT      1024
#define NGX_SHOP_NOTIFY_SECRET    2048
#define NGX_SHOP_NOTIFY_BODY      65000    /* of one message; a pipe has room */

#define NGX_SHOP_NOTIFY_ROUTES    16
#define NGX_SHOP_NOTIFY_SITES     256
#define NGX_SHOP_NOTIFY_ITEMS     64       /* that wait, of a route */
#define NGX_SHOP_NOTIFY_FLAGS     32
#define NGX_SHOP_NOTIFY_STEPS     4        /* of escalation */
#define NGX_SHOP_NOTIFY_LIST      16       /* names of a filter */

/* ms */
#define NGX_SHOP_NOTIFY_GATHER    1000     /* what fails together */
#define NGX_SHOP_NOTIFY_HOUR      ((int64_t) 3600000)
#define NGX_SHOP_NOTIFY_DAY       (24 * NGX_SHOP_NOTIFY_HOUR)
#define NGX_SHOP_NOTIFY_PROVED    (90 * NGX_SHOP_NOTIFY_DAY)


/* how urgent: the smaller, the more; 1 to 3 are P1 to P3 */
typedef enum {
    NGX_SHOP_NOTIFY_P1 = 1,
    NGX_SHOP_NOTIFY_P2,
    NGX_SHOP_NOTIFY_P3,
    NGX_SHOP_NOTIFY_PLANNED,
    NGX_SHOP_NOTIFY_WELL
} ngx_shop_notify_level_e;


/* what a piece of news is about */
typedef enum {
    NGX_SHOP_NOTIFY_STATE = 0,     /* of a site: worse than was told */
    NGX_SHOP_NOTIFY_EASED,         /* better, but not well */
    NGX_SHOP_NOTIFY_RESOLVED,
    NGX_SHOP_NOTIFY_SILENT,        /* escalation: no text for so long */
    NGX_SHOP_NOTIFY_ETA,           /* it has passed */
    NGX_SHOP_NOTIFY_OVERDUE,       /* the next update */
    NGX_SHOP_NOTIFY_CLOSING,       /* in 24 h, in 1 h */
    NGX_SHOP_NOTIFY_REFUSED,       /* requests of a class */
    NGX_SHOP_NOTIFY_UNREADABLE,    /* the flag */
    NGX_SHOP_NOTIFY_LOST,          /* events are missing in the log */
    NGX_SHOP_NOTIFY_UNPROVED,      /* a route, for 90 days */
    NGX_SHOP_NOTIFY_DRILL,
    NGX_SHOP_NOTIFY_KINDS
} ngx_shop_notify_kind_e;


typedef enum {
    NGX_SHOP_NOTIFY_WEBHOOK = 0,
    NGX_SHOP_NOTIFY_SLACK,
    NGX_SHOP_NOTIFY_TEAMS,
    NGX_SHOP_NOTIFY_MATTERMOST,
    NGX_SHOP_NOTIFY_DISCORD,
    NGX_SHOP_NOTIFY_NTFY,
    NGX_SHOP_NOTIFY_PAGERDUTY,
    NGX_SHOP_NOTIFY_OPSGENIE,
    NGX_SHOP_NOTIFY_MAIL,
    NGX_SHOP_NOTIFY_EXEC,
    NGX_SHOP_NOTIFY_FORMS
} ngx_shop_notify_form_e;


/* a list of names, NUL between two; n 0: all */
typedef struct {
    unsigned     n;
    const char  *name[NGX_SHOP_NOTIFY_LIST];
} ngx_shop_notify_list_t;


/* from one minute of the day to another; equal: none */
typedef struct {
    int          from;
    int          to;
} ngx_shop_notify_quiet_t;


/* where a message goes; texts are NULL where they are not given */
typedef struct {
    const char              *name;
    ngx_shop_notify_form_e   form;
    const char              *url;
    const char              *to;          /* mail: addresses */
    const char              *from;
    const char              *path;        /* exec */
    const char              *topic;       /* ntfy */
    const char              *proxy;
    const char              *ca;
    const char              *url_file;
    const char              *key_file;
    int64_t                  timeout;     /* ms */
    unsigned                 levels;      /* a bit each; 0: none */
    ngx_shop_notify_list_t   sites;
    ngx_shop_notify_list_t   classes;
    ngx_shop_notify_quiet_t  quiet;
} ngx_shop_notify_route_t;


typedef struct {
    int64_t                  after;       /* ms */
    unsigned                 route;
} ngx_shop_notify_step_t;


typedef struct {
    const char              *path;
    const char              *site;        /* "": the only one */
} ngx_shop_notify_flag_t;


typedef struct {
    const char              *log;
    const char              *state;
    const char              *metrics;     /* NULL: none */
    const char              *screen;      /* NULL: none */
    const char              *sendmail;
    const char              *host;        /* this machine */
    int64_t                  hold;        /* ms, as below */
    int64_t                  fold;
    ngx_shop_notify_quiet_t  quiet;

    unsigned                 nroutes;
    ngx_shop_notify_route_t  routes[NGX_SHOP_NOTIFY_ROUTES];
    unsigned                 nsteps;
    ngx_shop_notify_step_t   steps[NGX_SHOP_NOTIFY_STEPS];
    unsigned                 nflags;
    ngx_shop_notify_flag_t   flags[NGX_SHOP_NOTIFY_FLAGS];
} ngx_shop_notify_conf_t;


/*
 * What follows is kept on disk.  Each member is an int64_t or an array of
 * char: notify_store has a table of them.  Times are Unix ms, 0: never.
 */

typedef struct {
    int64_t  dev;
    int64_t  ino;
    int64_t  offset;                      /* all before it was read */
    int64_t  sum;                         /* of the bytes before offset */
    int64_t  seq;                         /* of the last event */
    int64_t  nonce;                       /* of this state: ids are its own */
    int64_t  number;                      /* last one that was given */
    int64_t  events;                      /* totals */
    int64_t  skipped;                     /* lines that are no events */
    int64_t  lost;                        /* by gaps in seq */
} ngx_shop_notify_mark_t;


typedef struct {
    char     name[NGX_SHOP_NOTIFY_SITE];
    char     flag[NGX_SHOP_NOTIFY_PATH];
    char     cause[NGX_SHOP_NOTIFY_TEXT]; /* which server, and why */
    char     text[NGX_SHOP_NOTIFY_TEXT];  /* what visitors were told */
    int64_t  state;                       /* _site_e */
    int64_t  level;                       /* of state */
    int64_t  since;                       /* state */
    int64_t  told;                        /* level that was told */
    int64_t  alarmed;                     /* told is worse than WELL since */
    int64_t  said;                        /* the last text for visitors */
    int64_t  changed;                     /* level, last */
    int64_t  alarms;                      /* in a row, without an hour of
                                             rest: they lengthen the hold */
    int64_t  escalated;                   /* steps, a bit each */
    int64_t  incident;
    int64_t  eta;                         /* that was said to have passed */
    int64_t  overdue;
    int64_t  closing_day;                 /* start that was announced */
    int64_t  closing_hour;
} ngx_shop_notify_site_t;


typedef struct {
    int64_t  kind;
    int64_t  level;
    int64_t  worst;                       /* of those it stands for */
    int64_t  changes;                     /* that it stands for */
    int64_t  time;
    int64_t  since;
    int64_t  state;
    int64_t  incident;
    int64_t  taken;                       /* is in the message that is sent */
    char     site[NGX_SHOP_NOTIFY_SITE];
    char     class[NGX_SHOP_NOTIFY_NAME];
    char     title[NGX_SHOP_NOTIFY_TEXT];
    char     detail[NGX_SHOP_NOTIFY_TEXT];
    char     text[NGX_SHOP_NOTIFY_TEXT];
    char     todo[NGX_SHOP_NOTIFY_TEXT];
} ngx_shop_notify_item_t;


typedef struct {
    char     name[NGX_SHOP_NOTIFY_NAME];
    int64_t  first;                       /* seen in the configuration */
    int64_t  nagged;
    int64_t  sent;                        /* last message that arrived */
    int64_t  failing;                     /* since; 0: it does not */
    int64_t  tries;                       /* of the message that is sent */
    int64_t  next;                        /* not before */
    int64_t  id;                          /* of it; 0: none is sent */
    int64_t  begun;                       /* it was first sent */
    int64_t  doubt;                       /* it may have arrived */
    int64_t  more;                        /* items that found no room */
    int64_t  messages;                    /* totals */
    int64_t  failures;
    int64_t  dropped;
} ngx_shop_notify_box_t;


typedef struct {
    ngx_shop_notify_conf_t  *conf;
    ngx_shop_notify_mark_t   mark;

    unsigned                 nsites;
    ngx_shop_notify_site_t   sites[NGX_SHOP_NOTIFY_SITES];

    /* by number of a route */
    ngx_shop_notify_box_t    boxes[NGX_SHOP_NOTIFY_ROUTES];
    unsigned                 nitems[NGX_SHOP_NOTIFY_ROUTES];
    ngx_shop_notify_item_t   items[NGX_SHOP_NOTIFY_ROUTES]
                                  [NGX_SHOP_NOTIFY_ITEMS];

    unsigned                 dirty:1;     /* not on disk yet */
    unsigned                 fresh:1;     /* no state was there */
    unsigned                 full:1;      /* it cannot be written */
} ngx_shop_notify_t;


/* a request: what is sent, and to where */
typedef struct {
    size_t                   size;
    char                     url[NGX_SHOP_NOTIFY_SECRET + 512];
    char                     auth[NGX_SHOP_NOTIFY_SECRET + 64];
    char                     id[64];
    unsigned char            body[NGX_SHOP_NOTIFY_BODY];
} ngx_shop_notify_form_t;


/* notify_conf: OK, or ERROR after it was said what is wrong */
int ngx_shop_notify_conf_read(ngx_shop_notify_conf_t *conf, const char *path);

/* the first line of a file with a secret; OK, or ERROR after it was said */
int ngx_shop_notify_conf_secret(const char *path, char *buf, size_t size);

const char *ngx_shop_notify_conf_form(unsigned form);
const char *ngx_shop_notify_conf_level(unsigned level);
int ngx_shop_notify_conf_has(const ngx_shop_notify_list_t *list,
    const char *name);

/* notify_store */
int64_t ngx_shop_notify_store_now(void);
int ngx_shop_notify_store_load(ngx_shop_notify_t *n);

/* OK, or ERROR: it is not on disk */
int ngx_shop_notify_store_save(ngx_shop_notify_t *n);

/* never half of it; OK, or ERROR and errno */
int ngx_shop_notify_store_replace(const char *path, const void *data,
    size_t size);

/* notify_tail: up to size bytes of whole lines; how many */
size_t ngx_shop_notify_tail_read(ngx_shop_notify_t *n, unsigned char *buf,
    size_t size);

/* notify_box: to all routes that want it, or to this one alone */
void ngx_shop_notify_box_put(ngx_shop_notify_t *n,
    const ngx_shop_notify_item_t *item, int64_t now);
void ngx_shop_notify_box_put_one(ngx_shop_notify_t *n, unsigned route,
    const ngx_shop_notify_item_t *item, int64_t now);

/* whether a message is due: its items are taken, and it has an id */
int ngx_shop_notify_box_take(ngx_shop_notify_t *n, unsigned route,
    int64_t now);

/* when one is, of a route for which something waits */
int64_t ngx_shop_notify_box_due(const ngx_shop_notify_t *n, unsigned route,
    int64_t now);

/* it arrived; or not, and retry is ms that the other side asked for */
void ngx_shop_notify_box_done(ngx_shop_notify_t *n, unsigned route,
    int64_t now);
void ngx_shop_notify_box_failed(ngx_shop_notify_t *n, unsigned route,
    unsigned doubt, int64_t retry, int64_t now);

/* notify_sites: silent where the log is read for the first time */
void ngx_shop_notify_sites_event(ngx_shop_notify_t *n,
    const ngx_shop_event_t *event, int64_t now);
void ngx_shop_notify_sites_tick(ngx_shop_notify_t *n, int64_t now);
ngx_shop_notify_site_t *ngx_shop_notify_sites_get(ngx_shop_notify_t *n,
    ngx_shop_str_t name);

/* notify_watch: what flags promise */
void ngx_shop_notify_watch_tick(ngx_shop_notify_t *n, int64_t now);

/* notify_form: of the items that are taken; OK, or ERROR: after it was said */
int ngx_shop_notify_form_make(ngx_shop_notify_t *n, unsigned route,
    ngx_shop_notify_form_t *form);

/* notify_child: the pid of a program that reads the message, or -1 */
pid_t ngx_shop_notify_child_start(ngx_shop_notify_t *n, unsigned route,
    const ngx_shop_notify_form_t *form);

/* notify_send: messages are on their way until send_step() has seen the end */
int ngx_shop_notify_send_init(void);
void ngx_shop_notify_send_start(ngx_shop_notify_t *n, unsigned route,
    int64_t now);

/* waits for at most so many ms; how many are on their way */
unsigned ngx_shop_notify_send_step(ngx_shop_notify_t *n, int64_t wait);
int ngx_shop_notify_send_busy(unsigned route);
void ngx_shop_notify_send_stop(void);

/* why the last one of a route failed, "": it did not */
const char *ngx_shop_notify_send_reason(unsigned route);

/* notify_proof: when routes were last proved, and what is told of it */
void ngx_shop_notify_proof_tick(ngx_shop_notify_t *n, int64_t now);
int ngx_shop_notify_proof_status(ngx_shop_notify_t *n, int64_t now);
int ngx_shop_notify_proof_test(ngx_shop_notify_t *n);


#endif /* _NGX_SHOP_NOTIFY_INSIDE_H_INCLUDED_ */
