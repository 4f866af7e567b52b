
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the configuration says of health checks: how to ask, and what a good
 * answer is.
 */


#ifndef _NGX_SHOP_CONF_CHECK_H_INCLUDED_
#define _NGX_SHOP_CONF_CHECK_H_INCLUDED_


#include "nginx/compat.h"

#include "logic/answer/match.h"
#include "state/lease.h"


/* types of a probe */
#define NGX_SHOP_CONF_CHECK_HTTP     0
#define NGX_SHOP_CONF_CHECK_HTTPS    1
#define NGX_SHOP_CONF_CHECK_TCP      2
#define NGX_SHOP_CONF_CHECK_FASTCGI  3

/* as much of a body is kept to be held against a regex */
#define NGX_SHOP_CONF_CHECK_BODY     (256 * 1024)


/* shop_match */
typedef struct {
    ngx_str_t                    name;
    ngx_array_t                  rules;      /* of _match_rule_t */
    unsigned                     body:1;     /* a rule is of the body */
    unsigned                     used:1;
} ngx_shop_conf_match_t;


/* shop_health_header, _body, _fastcgi_param, _ssl_... */
typedef struct {
    ngx_array_t                  headers;    /* of ngx_keyval_t */
    ngx_array_t                  params;     /* of ngx_keyval_t */
    ngx_str_t                    body;       /* data NULL: none */

    ngx_str_t                    name;       /* of the certificate */
    ngx_flag_t                   verify;
    ngx_str_t                    trusted;
    ngx_str_t                    certificate;
    ngx_str_t                    key;
    ngx_str_t                    ciphers;
    ngx_uint_t                   protocols;
} ngx_shop_conf_check_ask_t;


/* shop_health_check */
typedef struct {
    ngx_uint_t                   type;       /* _CHECK_... */
    ngx_str_t                    uri;
    ngx_str_t                    method;
    ngx_str_t                    match_name;
    ngx_int_t                    port;       /* 0: the server's */
    ngx_msec_t                   interval;
    ngx_int_t                    shared;         /* by nodes, at most */
    ngx_msec_t                   fast;
    ngx_msec_t                   timeout;
    ngx_int_t                    jitter;     /* percent */
    ngx_int_t                    fails;
    ngx_int_t                    passes;
    ngx_flag_t                   mandatory;
    ngx_flag_t                   keepalive;

    ngx_shop_conf_match_t       *match;      /* NULL: 2xx or 3xx */
    ngx_shop_conf_check_ask_t   *ask;
#if (NGX_HTTP_SSL)
    ngx_ssl_t                   *ssl;        /* of type=https */
#endif

    ngx_shop_verdict_rule_t      rule;
    ngx_shop_lease_pace_t        pace;       /* set in each worker */
} ngx_shop_conf_check_t;


/* handlers of directives; each says the bad value and what would be right */
char *ngx_shop_conf_check(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_check_header(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_shop_conf_check_body(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_check_param(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_shop_conf_match(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_tls(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_shop_conf_tls_protocols(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

ngx_int_t ngx_shop_conf_check_create(ngx_conf_t *cf,
    ngx_shop_conf_check_ask_t *ask);

/*
 * After all blocks were read, also where no check is: joins what was said of
 * the check of each upstream, and refuses what does not go together.
 */
ngx_int_t ngx_shop_conf_check_finish(ngx_conf_t *cf);

/* of _conf_match_t; NULL: no such name */
ngx_shop_conf_match_t *ngx_shop_conf_match_find(ngx_array_t *matches,
    ngx_str_t *name);

/* one WARN for each that no check names */
void ngx_shop_conf_match_unused(ngx_conf_t *cf, ngx_array_t *matches);

ngx_int_t ngx_shop_conf_tls_finish(ngx_conf_t *cf,
    ngx_shop_conf_check_t *check, ngx_http_upstream_srv_conf_t *uscf);

/* whether any of the shop_health_ssl_... was given */
ngx_uint_t ngx_shop_conf_tls_given(ngx_shop_conf_check_ask_t *ask);

/* the value of a name, without regard to case; NULL: none */
ngx_str_t *ngx_shop_conf_check_find(ngx_array_t *pairs, ngx_str_t *name);


#endif /* _NGX_SHOP_CONF_CHECK_H_INCLUDED_ */
