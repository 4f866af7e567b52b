
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A change of the flag, from its beginning to the file that is written.
 */


#ifndef _NGX_SHOP_EDIT_FILE_H_INCLUDED_
#define _NGX_SHOP_EDIT_FILE_H_INCLUDED_


#include "ctl/edit_lines.h"


/* the options are right, the file is ours and read; ERROR after it was said */
int ngx_shop_edit_file_begin(ngx_shop_edit_t *e, const ngx_shop_options_t *o,
    ngx_shop_store_e what);

/* what was begun is made, written and said; the exit code */
int ngx_shop_edit_file_finish(ngx_shop_edit_t *e);


#endif /* _NGX_SHOP_EDIT_FILE_H_INCLUDED_ */
