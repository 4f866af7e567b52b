
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A whole flag, a file or a directory of files, as nginx reads it.
 */


#ifndef _NGX_SHOP_FLAGS_H_INCLUDED_
#define _NGX_SHOP_FLAGS_H_INCLUDED_


#include "logic/flag/flagset.h"


/* what is read stays until the program ends */
typedef struct {
    ngx_shop_flagset_file_t   files[NGX_SHOP_FLAGSET_FILES];
    unsigned                  nfiles;    /* > FILES: too many */
} ngx_shop_flags_t;


/* OK; ERROR after it was said why it cannot be told */
int ngx_shop_flags_read(ngx_shop_flags_t *flags, const char *flag);

/*
 * Which of them speaks, of a flag that is read for the first time; host NULL:
 * for all that none of them names.
 */
void ngx_shop_flags_decide(ngx_shop_flagset_t *set,
    const ngx_shop_flags_t *flags, const char *host, int64_t now);


#endif /* _NGX_SHOP_FLAGS_H_INCLUDED_ */
