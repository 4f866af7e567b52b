
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * JSON on stdout: for programs, and so that nothing of it is lost.
 */


#ifndef _NGX_SHOP_JSONOUT_H_INCLUDED_
#define _NGX_SHOP_JSONOUT_H_INCLUDED_


#include "ctl/options.h"
#include "logic/text/emit.h"


/* of this program's own documents: docs/shopctl.schema.json */
#define NGX_SHOP_JSONOUT_VERSION  1


/* the option, for the tables of commands */
#define NGX_SHOP_JSONOUT_OPTION                                              \
    { "json", NGX_SHOP_OPTIONS_SWITCH, NULL,                                 \
      "for programs; docs/shopctl.schema.json has the names" }


/* opens the document of a command */
void ngx_shop_jsonout_begin(ngx_shop_emit_t *e, const char *command,
    int64_t now);

/* closes it, and writes the rest */
void ngx_shop_jsonout_end(ngx_shop_emit_t *e);


#endif /* _NGX_SHOP_JSONOUT_H_INCLUDED_ */
