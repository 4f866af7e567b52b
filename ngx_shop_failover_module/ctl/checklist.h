
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * "on --require CHECKLIST": what has to be so before a shop is closed.
 */


#ifndef _NGX_SHOP_CHECKLIST_H_INCLUDED_
#define _NGX_SHOP_CHECKLIST_H_INCLUDED_


#include "ctl/say.h"


/* OK: all checks passed; ERROR after each one that failed was named */
int ngx_shop_checklist_run(const char *path);


#endif /* _NGX_SHOP_CHECKLIST_H_INCLUDED_ */
