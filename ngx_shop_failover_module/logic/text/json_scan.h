
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For json.c: the check that bytes are JSON.
 */


#ifndef _NGX_SHOP_JSON_SCAN_H_INCLUDED_
#define _NGX_SHOP_JSON_SCAN_H_INCLUDED_


#include "logic/text/base.h"


/* OK, or ERROR, *at and *reason: see ngx_shop_json_parse() */
int ngx_shop_json_scan(const ngx_shop_str_t *source, size_t *at,
    const char **reason);

/* what is not white space, or last */
const unsigned char *ngx_shop_json_scan_space(const unsigned char *p,
    const unsigned char *last);

/* "\u" and four digits: OK and *code, or DECLINED */
int ngx_shop_json_scan_hex(const unsigned char *p, const unsigned char *last,
    uint32_t *code);


#endif /* _NGX_SHOP_JSON_SCAN_H_INCLUDED_ */
