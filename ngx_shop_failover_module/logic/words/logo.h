
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A logo, SVG or PNG, as a data: URI.  An SVG is cleaned of what could run or
 * load; a browser runs nothing in <img>, but the URI is also elsewhere.
 */


#ifndef _NGX_SHOP_LOGO_H_INCLUDED_
#define _NGX_SHOP_LOGO_H_INCLUDED_


#include "logic/text/base.h"
#include "logic/text/emit.h"


#define NGX_SHOP_LOGO_MAX   32768    /* bytes of the file */
#define NGX_SHOP_LOGO_ICON  4096     /* a larger one is no icon, too */

/* bytes of the URI of a file of n bytes, at most */
#define ngx_shop_logo_room(n)  (32 + ((n) + 2) / 3 * 4)


/*
 * Writes the URI; clean is a room of file->len bytes.  OK, or ERROR with a
 * static *reason: what is right.
 */
int ngx_shop_logo_uri(const ngx_shop_str_t *file, unsigned char *clean,
    ngx_shop_emit_t *e, const char **reason);


#endif /* _NGX_SHOP_LOGO_H_INCLUDED_ */
