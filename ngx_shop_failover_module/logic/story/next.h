
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What to type next: one list, for the screen in a browser and for the one in
 * a terminal.
 */


#ifndef _NGX_SHOP_NEXT_H_INCLUDED_
#define _NGX_SHOP_NEXT_H_INCLUDED_


#include "logic/text/base.h"


#define NGX_SHOP_NEXT_MAX  5        /* commands, at most */


/* what is known of a site; times are Unix seconds, 0: none */
typedef struct {
    unsigned       state;           /* _site_e */
    unsigned       flag;            /* _flagset_e, what it does now */
    unsigned       alone:1;         /* of site_alone() */
    unsigned       servers:1;       /* closed it themselves, as planned */
    unsigned       configured:1;    /* there is a shop_maintenance */
    unsigned       incident:1;
    unsigned       ramp:1;          /* visitors are let in by a ramp */
    int64_t        eta;
    int64_t        next_update;
    int64_t        now;
} ngx_shop_next_t;


typedef struct {
    const char    *why;             /* a sentence without its full stop */
    const char    *command;         /* of shopctl, without --flag */
    unsigned       flag;            /* --flag belongs to it */
} ngx_shop_next_command_t;


/* how many; the most urgent first */
unsigned ngx_shop_next(const ngx_shop_next_t *site,
    ngx_shop_next_command_t *commands);


#endif /* _NGX_SHOP_NEXT_H_INCLUDED_ */
