
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A key that nginx has, too: from a file, never from the command line, where
 * everybody on the machine could read it.
 */


#ifndef _NGX_SHOP_SECRET_FILE_H_INCLUDED_
#define _NGX_SHOP_SECRET_FILE_H_INCLUDED_


#include "ctl/say.h"


/*
 * The key of a directive's file, by the rule that nginx has for it
 * (logic/pass/keyrule), without its line end; it stays until the next
 * call.  sent: it is sent in a header.  OK, or ERROR after it was said why.
 */
int ngx_shop_secret_file_read(const char *path, const char *directive,
    unsigned sent, ngx_shop_str_t *key);


#endif /* _NGX_SHOP_SECRET_FILE_H_INCLUDED_ */
