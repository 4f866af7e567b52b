
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a page says, for machines.
 */


#ifndef _NGX_SHOP_PROBLEM_H_INCLUDED_
#define _NGX_SHOP_PROBLEM_H_INCLUDED_


#include "logic/text/emit.h"
#include "logic/words/view.h"


/* application/problem+json, RFC 9457 */
void ngx_shop_problem_write(const ngx_shop_view_t *v, ngx_shop_emit_t *e);

/* what the waiting page polls; admitted: this visitor would be let in */
void ngx_shop_problem_status(const ngx_shop_view_t *v, ngx_shop_emit_t *e,
    int admitted);


#endif /* _NGX_SHOP_PROBLEM_H_INCLUDED_ */
