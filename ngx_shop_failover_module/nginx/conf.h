
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the configuration says, as the rest of nginx/ reads it.
 */


#ifndef _NGX_SHOP_CONF_H_INCLUDED_
#define _NGX_SHOP_CONF_H_INCLUDED_


#include "nginx/compat.h"
#include "nginx/conf_check.h"

#include "state/clock.h"
#include "state/model.h"
#include "state/zone.h"
#include "state/peers.h"
#include "state/lease.h"
#include "state/record.h"
#include "state/board.h"
#include "state/groups.h"


typedef struct ngx_shop_conf_loc_s  ngx_shop_conf_loc_t;


/* what all locations with the same page share: its renderings, by number */
typedef struct {
    ngx_uint_t                       number;
    ngx_shop_conf_loc_t             *conf;        /* the first of them */
    struct ngx_shop_skin_s          *skin;        /* of skin, loaded once */
    ngx_uint_t                       lang;        /* default, of the skin */
    ngx_shop_str_t                  *codes;       /* those of the skin, the
                                                     default with the first
                                                     one's place */
} ngx_shop_conf_page_t;


/* shop_page_lang */
typedef struct {
    ngx_http_complex_value_t         value;
    ngx_str_t                        other;       /* default=, len 0: en */
    ngx_str_t                        file;        /* where it is written */
    ngx_uint_t                       line;
    unsigned                         headers:1;   /* by Accept-Language */
    unsigned                         fixed:1;     /* a code, no variable */
} ngx_shop_conf_lang_t;


/* shop_bypass_key */
typedef struct {
    ngx_str_t                        key;         /* len 0: off */
    ngx_int_t                        ttl;         /* ms, of the cookie */
    ngx_str_t                        domain;      /* ".shop.example"; len 0:
                                                     a host alone */
} ngx_shop_conf_key_t;


/* shop_reopen */
typedef struct {
    ngx_msec_t                       hold;
    ngx_msec_t                       ramp;
} ngx_shop_conf_reopen_t;


/* private to events.c */
typedef struct ngx_shop_events_s  ngx_shop_events_t;


/* private to render.c */
typedef struct ngx_shop_render_cache_s  ngx_shop_render_cache_t;

/* private to choice.c */
typedef struct ngx_shop_choice_cache_s  ngx_shop_choice_cache_t;

/* requests that wait, in failover_wait */
typedef struct ngx_shop_failover_wait_s  ngx_shop_failover_wait_t;

/* requests that are moved on, in failover_rescue */
typedef struct ngx_shop_rescue_s  ngx_shop_rescue_t;

/* requests for which there is no server now, in failover_queue */
typedef struct ngx_shop_queue_s  ngx_shop_queue_t;

/* who of a balancer's peers is who, in discover.h */
typedef struct ngx_shop_roster_s  ngx_shop_roster_t;

/* what requests got, in failover_record */
typedef struct ngx_shop_witness_s  ngx_shop_witness_t;


/* an upstream as shop_upstreams names it */
typedef struct {
    ngx_str_t                        name;
    u_char                          *file;        /* for error messages */
    ngx_uint_t                       line;
    unsigned                         optional:1;
} ngx_shop_conf_use_t;


/* what may become a site, and what is known of it while blocks are read */
typedef struct {
    ngx_shop_model_site_t            own;
    ngx_shop_model_site_t           *model;       /* own, or that of the rest
                                                     where it is none */
    ngx_str_t                        base;        /* name of its server */
    ngx_array_t                      passes;      /* of
                                              ngx_http_upstream_srv_conf_t * */
    ngx_array_t                      handlers;    /* of other locations */
    ngx_array_t                      named;       /* of _conf_use_t */
    ngx_http_core_srv_conf_t        *server;      /* whose names it has */
    unsigned                         given:1;     /* the name is */
    unsigned                         counts:1;    /* it is a site */
    unsigned                         variable:1;  /* one decides */
    unsigned                         gated:1;     /* hold, ramp are those of
                                                     a flag */
} ngx_shop_conf_site_t;


typedef struct {
    ngx_shop_model_zone_t            zone;
    size_t                           zone_size;   /* of shop_zone, or 0 */
    ngx_array_t                      upstreams;   /* of _conf_srv_t *,
                                                     those with probes */
    ngx_array_t                      balanced;    /* of _conf_srv_t *,
                                                     all with a group */
    ngx_array_t                      sites;       /* of _conf_site_t *, the
                                                     first is of the rest */
    ngx_array_t                      matches;     /* of _conf_match_t * */
    ngx_array_t                      pages;       /* of _conf_page_t * */
    ngx_shop_render_cache_t         *renderings;
    ngx_shop_choice_cache_t         *choices;
    ngx_uint_t                       rescued;     /* of failover: verdict
                                                     generation */
    struct ngx_shop_probe_worker_s  *prober;      /* of probe */
    ngx_socket_t                     wake;        /* of wake, or -1 */
    ngx_shop_events_t               *events;      /* NULL: no log of them */
    ngx_array_t                     *told;        /* of conf_hints: the last
                                                     error_page told of */
    unsigned                         used:1;      /* any directive is */
    unsigned                         gated:1;     /* a location may close */
} ngx_shop_conf_main_t;


/* shop_failover_to */
typedef struct {
    ngx_array_t                      names;       /* of ngx_str_t */
    ngx_msec_t                       hold;
    ngx_int_t                        below;       /* percent, 0: none left */
    u_char                          *file;        /* for error messages */
    ngx_uint_t                       line;
} ngx_shop_conf_backups_t;


/* shop_observe */
typedef struct {
    ngx_int_t                        errors;      /* 0: off */
    ngx_msec_t                       window;
} ngx_shop_conf_observe_t;


/* shop_shed */
typedef struct {
    ngx_msec_t                       target;      /* 0: off */
    ngx_http_complex_value_t        *first;       /* NULL: nobody */
} ngx_shop_conf_shed_t;


/* shop_queue */
typedef struct {
    ngx_int_t                        number;      /* 0: off */
    ngx_msec_t                       timeout;
} ngx_shop_conf_queue_t;


/* of an upstream block */
typedef struct {
    ngx_shop_conf_check_t           *check;       /* NULL: none */
    ngx_shop_conf_check_ask_t        ask;         /* how it asks */
    ngx_shop_conf_backups_t         *backups;     /* NULL: none */
    ngx_shop_conf_observe_t          observe;
    ngx_shop_record_conf_t           outlier;
    ngx_msec_t                       slow_start;  /* 0: off */
    ngx_int_t                        panic;       /* percent, 0: off */
    ngx_shop_conf_shed_t             shed;
    ngx_shop_conf_queue_t            queueing;

    ngx_str_t                       *repeats;     /* a location with
                                                     "non_idempotent" that
                                                     passes here; or NULL */

    ngx_shop_model_group_t          *group;       /* NULL: not ours */
    ngx_http_upstream_srv_conf_t    *uscf;
    ngx_array_t                      chain;       /* of _conf_srv_t *, flat:
                                                     backups of backups are
                                                     in it */
    ngx_shop_model_zone_t           *zone;
    unsigned                         is_backup:1; /* of another upstream */

    /* of balance */
    ngx_http_upstream_init_peer_pt   init;        /* the balancer's own */
    ngx_uint_t                       applied;     /* verdict generation */
    ngx_msec_t                       ramp_end;    /* of the last slow start */
    unsigned                         ramping:1;   /* a peer is starting */
    unsigned                         weighed:1;   /* one asks for less */

    /* of discover */
    ngx_uint_t                       config;      /* generation of the list */
    ngx_msec_t                       started;
    ngx_shop_roster_t               *roster;      /* NULL: none yet */
    ngx_uint_t                       seated;      /* one ends with the cycle */

    /* of a server block */
    ngx_shop_conf_loc_t             *early;       /* whose public status is
                                                     asked before locations */
    unsigned                         many:1;      /* sites at that URI */

    /* of failover */
    ngx_queue_t                      flights;     /* requests at its peers,
                                                     the newest first */
    void                            *idle;        /* contexts for the next */
    ngx_uint_t                       idles;       /* ... made until now */
    ngx_pool_t                      *pool;        /* ... of the cycle */
    ngx_shop_failover_wait_t        *wait;        /* NULL: not observed */
    unsigned                         waiting:1;   /* its timer is set */
    ngx_shop_conf_loc_t             *asked;       /* the last location that
                                                     passed to it */
    ngx_shop_rescue_t               *rescue;
    ngx_shop_witness_t              *witness;     /* NULL: no check */
    ngx_shop_queue_t                *queue;       /* NULL: nobody waits */
    ngx_event_free_peer_pt           free;        /* of requests at its
                                                     peers */
} ngx_shop_conf_srv_t;


struct ngx_shop_conf_loc_s {
    ngx_shop_model_flag_t           *flag;        /* NULL: off */
    ngx_shop_model_flag_t           *home;        /* the flag of the location
                                                     above, also where "off";
                                                     or NULL */
    ngx_shop_conf_site_t            *site;        /* NULL: not merged */
    ngx_str_t                       *site_name;   /* NULL: by the server */
    ngx_array_t                     *uses;        /* of _conf_use_t; or NULL */
    ngx_array_t                     *open;        /* of ngx_str_t, made by
                                                     _pattern_path(); NULL:
                                                     none */
    void                           **bare;        /* the location without its
                                                     add_header, for answers
                                                     of ours */
    ngx_array_t                     *behind;      /* codes of error_page that
                                                     ours comes before */

    ngx_array_t                     *bypass;      /* of ngx_cidr_t, or NULL */
    ngx_shop_conf_key_t             *bypass_key;  /* NULL: none */
    ngx_shop_conf_reopen_t          *reopen;
    ngx_int_t                        budget;      /* of shop_budget, in
                                                     millionths of a percent;
                                                     0: off */

    ngx_flag_t                       fallback;    /* as written, or UNSET */
    ngx_array_t                     *intercept;   /* of ngx_uint_t */
    ngx_str_t                        public_status;  /* len 0: off */
    ngx_str_t                        polled;      /* the same where used */
    ngx_array_t                     *cors;        /* of ngx_str_t */
    ngx_int_t                        retry_default;  /* s */
    ngx_int_t                        retry_min;      /* s */
    ngx_int_t                        retry_max;      /* s */
    ngx_str_t                        page_dir;    /* len 0: built in */
    ngx_str_t                        page_look;   /* "hero" */
    ngx_array_t                     *page_vars;   /* of _view_var_t */
    ngx_shop_conf_lang_t            *page_lang;   /* NULL: auto, en */
    ngx_shop_conf_page_t            *page;

    unsigned                         flagged:1;   /* flag is set */
    unsigned                         falls_back:1;
    unsigned                         said:1;      /* a flag, or "off" */
    unsigned                         over:1;      /* over=error_page */
    unsigned                         strict:1;    /* shop_live */

    ngx_http_handler_pt              answer;      /* of status or control,
                                                     NULL: neither */
    ngx_uint_t                       status;      /* _status_format_e */
    ngx_str_t                        status_policy;
    ngx_str_t                        runbook;     /* a URL; len 0: none */
    ngx_str_t                       *control;     /* key; NULL: none */
    ngx_shop_model_class_t          *class;       /* NULL: none */
};


extern ngx_module_t  ngx_shop_failover_module;


#define ngx_shop_conf_cycle(cycle)                                           \
    ngx_shop_conf_of_cycle(cycle)

/* the site that a location belongs to, of the model; never NULL */
#define ngx_shop_conf_site(slcf)  ((slcf)->site->model)


/*
 * Whether this request's answer is our own, of shop_status or shop_control:
 * then nothing closes.  By the handler and not by the location alone, as "if"
 * may name another one.
 */
#define ngx_shop_conf_answers(r, slcf)                                       \
    ((slcf)->answer && (r)->content_handler == (slcf)->answer)

/* of a request: why its answer is a fallback, one word; NULL: it is not */
#define ngx_shop_conf_explain(r, why)                                        \
    ngx_http_set_ctx(r, (void *) (why), ngx_shop_failover_module)

#define ngx_shop_conf_explained(r)                                           \
    ((const char *) ngx_http_get_module_ctx(r, ngx_shop_failover_module))


/*
 * The configuration of a cycle, the one before this included: NULL where it
 * has none of ours.
 */
ngx_shop_conf_main_t *ngx_shop_conf_of_cycle(ngx_cycle_t *cycle);

/* whether nothing closes a location whose site has a flag */
#define ngx_shop_conf_exempt(slcf)                                           \
    ((slcf)->said && (slcf)->flag == NULL)

/*
 * From here on the answer is ours: what the location adds to its answers is
 * not added.
 */
#define ngx_shop_conf_bare(r, slcf)                                          \
    if ((slcf)->bare) {                                                      \
        (r)->loc_conf = (slcf)->bare;                                        \
    }

/* handlers of directives; each says the bad value and what would be right */
char *ngx_shop_conf_maintenance(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_shop_conf_class(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

char *ngx_shop_conf_failover_to(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_shop_conf_failover_observe(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_shop_conf_outlier(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_failover_slow_start(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_shop_conf_failover_panic(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

char *ngx_shop_conf_shed(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_queue(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* after all blocks were read: what an upstream did not say of outliers */
void ngx_shop_conf_outlier_finish(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf);

/* the upstream being read is ours, and so the module is in use */
char *ngx_shop_conf_use(ngx_conf_t *cf, ngx_shop_conf_srv_t *sscf);

/*
 * The first half of module_conf_finish(): which upstream backs up which, and
 * what makes no sense together.
 */
ngx_int_t ngx_shop_conf_failover_chains(ngx_conf_t *cf);


#endif /* _NGX_SHOP_CONF_H_INCLUDED_ */
