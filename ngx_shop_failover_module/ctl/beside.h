
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Commands that are programs of their own, shopctl-NAME, as git has them: they
 * need libraries that closing a shop must not depend on.
 */


#ifndef _NGX_SHOP_BESIDE_H_INCLUDED_
#define _NGX_SHOP_BESIDE_H_INCLUDED_


/*
 * Becomes that program, which lies beside shopctl, or else in $PATH.  Returns
 * SAY_ERROR, after it was said why, only where there is none.
 */
int ngx_shop_beside_run(const char *name, int argc, char **argv);


#endif /* _NGX_SHOP_BESIDE_H_INCLUDED_ */
