
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * In which languages the flag speaks, and which text each has not.
 */


#include "nginx/status/status_langs.h"

#include "logic/words/tongue.h"


void
ngx_shop_status_langs_json(ngx_shop_emit_t *e, ngx_shop_flag_notice_t *notice)
{
    ngx_uint_t      i, n, said, lacks;
    ngx_shop_str_t  langs[NGX_SHOP_FLAG_LANGS];

    n = ngx_shop_tongue_langs(notice, langs, NGX_SHOP_FLAG_LANGS);

    ngx_shop_emit_array(e, "languages");

    for (i = 0; i < n; i++) {
        ngx_shop_emit_str(e, NULL, &langs[i]);
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_array(e, "lacks");

    for (i = 0; i < n; i++) {
        lacks = ngx_shop_tongue_lacks(notice, &langs[i]);

        if (lacks == 0) {
            continue;
        }

        ngx_shop_emit_object(e, NULL);
        ngx_shop_emit_str(e, "language", &langs[i]);
        ngx_shop_emit_array(e, "texts");

        for (said = 1; said < NGX_SHOP_FLAG_SAID_N; said++) {
            if (lacks & (1 << said)) {
                ngx_shop_emit_cstr(e, NULL, ngx_shop_tongue_name(said));
            }
        }

        ngx_shop_emit_close(e, ']');
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
}


void
ngx_shop_status_langs_html(ngx_shop_emit_t *e, ngx_shop_flag_notice_t *notice)
{
    ngx_uint_t      i, n, said, lacks, first;
    ngx_shop_str_t  langs[NGX_SHOP_FLAG_LANGS];

    n = ngx_shop_tongue_langs(notice, langs, NGX_SHOP_FLAG_LANGS);

    for (i = 0; i < n; i++) {
        lacks = ngx_shop_tongue_lacks(notice, &langs[i]);
        first = 1;

        for (said = 1; said < NGX_SHOP_FLAG_SAID_N; said++) {

            if (!(lacks & (1 << said))) {
                continue;
            }

            if (first) {
                ngx_shop_emit_text(e, "<p class=\"m\">No text in <b>");
                ngx_shop_emit_html(e, &langs[i]);
                ngx_shop_emit_text(e, "</b>: ");
            }

            ngx_shop_emit_text(e, first ? "" : ", ");
            ngx_shop_emit_text(e, ngx_shop_tongue_name(said));
            first = 0;
        }

        ngx_shop_emit_text(e, first ? "" : "</p>\n");
    }
}
