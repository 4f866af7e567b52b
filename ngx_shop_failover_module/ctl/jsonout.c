
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * JSON on stdout.  Errors of stdout are seen when the program ends.
 */


#include "ctl/jsonout.h"


static int ngx_shop_jsonout_more(ngx_shop_emit_t *e);


static unsigned char  ngx_shop_jsonout_buf[16384];


void
ngx_shop_jsonout_begin(ngx_shop_emit_t *e, const char *command, int64_t now)
{
    ngx_shop_emit_init(e, ngx_shop_jsonout_buf, sizeof(ngx_shop_jsonout_buf));
    e->more = ngx_shop_jsonout_more;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_int(e, "version", NGX_SHOP_JSONOUT_VERSION);
    ngx_shop_emit_cstr(e, "command", command);
    ngx_shop_emit_time(e, "time", now);
}


void
ngx_shop_jsonout_end(ngx_shop_emit_t *e)
{
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_text(e, "\n");

    (void) ngx_shop_jsonout_more(e);
}


static int
ngx_shop_jsonout_more(ngx_shop_emit_t *e)
{
    (void) fwrite(e->start, 1, (size_t) (e->pos - e->start), stdout);

    e->pos = e->start;

    return NGX_SHOP_OK;
}
