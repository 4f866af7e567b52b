
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * In which languages the flag speaks, and which text each has not.
 */


#ifndef _NGX_SHOP_STATUS_LANGS_H_INCLUDED_
#define _NGX_SHOP_STATUS_LANGS_H_INCLUDED_


#include "nginx/status/status.h"


/* "languages" and "lacks" */
void ngx_shop_status_langs_json(ngx_shop_emit_t *e,
    ngx_shop_flag_notice_t *notice);

/* a line for each language that lacks a text */
void ngx_shop_status_langs_html(ngx_shop_emit_t *e,
    ngx_shop_flag_notice_t *notice);


#endif /* _NGX_SHOP_STATUS_LANGS_H_INCLUDED_ */
