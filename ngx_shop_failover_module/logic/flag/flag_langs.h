
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Texts of the flag file that have a language: "status.de", "update.pt-BR".
 * Private to the parser of the file (flag); does not choose among them.
 */


#ifndef _NGX_SHOP_FLAG_LANGS_H_INCLUDED_
#define _NGX_SHOP_FLAG_LANGS_H_INCLUDED_


#include "logic/flag/flag_keys.h"


/* a line "KEY.LANG: value"; said is _flag_said_e of KEY */
void ngx_shop_flag_langs_set(ngx_shop_flag_keys_ctx_t *ctx, unsigned said,
    ngx_shop_span_t lang, ngx_shop_span_t value);


#endif /* _NGX_SHOP_FLAG_LANGS_H_INCLUDED_ */
