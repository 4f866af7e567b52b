
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Base64 (RFC 4648, section 4), as etcd's gateway writes keys and values.
 */


#ifndef _NGX_SHOP_BASE64_H_INCLUDED_
#define _NGX_SHOP_BASE64_H_INCLUDED_


#include "logic/text/base.h"
#include "logic/text/emit.h"


/* a JSON string of it, with the key before it */
void ngx_shop_base64_emit(ngx_shop_emit_t *e, const char *key,
    const void *data, size_t size);

/*
 * The first size bytes of what s stands for, into buf; *whole is how many there
 * are.  OK, or ERROR: it is not base64.
 */
int ngx_shop_base64_decode(const ngx_shop_str_t *s, unsigned char *buf,
    size_t size, size_t *whole);


#endif /* _NGX_SHOP_BASE64_H_INCLUDED_ */
