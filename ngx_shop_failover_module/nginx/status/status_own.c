
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What servers say of themselves, in the status.
 */


#include "nginx/status/status.h"


void
ngx_shop_status_own_json(ngx_shop_emit_t *e, ngx_shop_own_t *own,
    int64_t since)
{
    ngx_shop_str_t  reason;

    if (own->what == NGX_SHOP_OWN_NONE) {
        ngx_shop_emit_null(e, "says");
        return;
    }

    reason.data = own->reason;
    reason.len = own->reason_len;

    ngx_shop_emit_object(e, "says");
    ngx_shop_emit_cstr(e, "word", ngx_shop_own_name(own->what));
    ngx_shop_emit_time(e, "since", since);

    if (own->weight) {
        ngx_shop_emit_int(e, "weight", own->weight);

    } else {
        ngx_shop_emit_null(e, "weight");
    }

    ngx_shop_emit_str(e, "reason", &reason);

    if (own->timed) {
        ngx_shop_emit_int(e, "retry_after", own->retry);

    } else {
        ngx_shop_emit_null(e, "retry_after");
    }

    ngx_shop_emit_close(e, '}');
}


void
ngx_shop_status_own_html(ngx_shop_emit_t *e, ngx_shop_own_t *own)
{
    ngx_shop_str_t  reason;

    if (own->what == NGX_SHOP_OWN_NONE) {
        return;
    }

    ngx_shop_emit_text(e, "says of itself: ");
    ngx_shop_emit_text(e, ngx_shop_own_name(own->what));

    if (own->weight) {
        ngx_shop_emit_text(e, " ");
        ngx_shop_emit_number(e, own->weight);
        ngx_shop_emit_text(e, " %");
    }

    if (own->reason_len) {
        reason.data = own->reason;
        reason.len = own->reason_len;

        ngx_shop_emit_text(e, ", \342\200\234");
        ngx_shop_emit_html(e, &reason);
        ngx_shop_emit_text(e, "\342\200\235");
    }

    if (own->timed) {
        ngx_shop_emit_text(e, ", back in ");
        ngx_shop_emit_number(e, own->retry);
        ngx_shop_emit_text(e, " s");
    }

    ngx_shop_emit_text(e, "; ");
}
