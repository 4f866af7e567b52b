
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the status says of one server, for shopctl deploy.
 */


#ifndef _NGX_SHOP_DEPLOY_LOOK_H_INCLUDED_
#define _NGX_SHOP_DEPLOY_LOOK_H_INCLUDED_


#include "ctl/say.h"


typedef struct {
    char      upstream[256];
    char      result[32];       /* of the last probe */
    long      active;           /* requests at the server; -1: not known */
    long      checks;           /* so far */
    long      others;           /* servers that visitors have beside it */
    unsigned  probed:1;         /* the upstream has probes */
    unsigned  queue:1;          /* ... and shop_queue */
} ngx_shop_deploy_look_t;


/*
 * upstream: NULL: the one that has the server.  OK; DECLINED: there is none,
 * or more than one; ERROR: no answer.  It says what is wrong.
 */
int ngx_shop_deploy_look(const char *url, const char *upstream,
    const char *server, ngx_shop_deploy_look_t *look);


#endif /* _NGX_SHOP_DEPLOY_LOOK_H_INCLUDED_ */
