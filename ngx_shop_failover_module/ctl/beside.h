
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Commands that are programs of their own, as those of git: what they need, no
 * other command has to.
 */


#ifndef _NGX_SHOP_BESIDE_H_INCLUDED_
#define _NGX_SHOP_BESIDE_H_INCLUDED_


/*
 * Becomes shopctl-NAME, which lies beside this program or in PATH; argv[0] is
 * replaced.  Returns where there is none, or it may not be run: errno says it.
 */
void ngx_shop_beside_run(const char *name, char **argv);


#endif /* _NGX_SHOP_BESIDE_H_INCLUDED_ */
