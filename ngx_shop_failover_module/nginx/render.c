
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * From the board to the bytes of one page.  Knows no request.
 */


#include "nginx/render.h"

#include "logic/emit.h"
#include "logic/times.h"


static void ngx_shop_failover_render_html(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_board_view_t *view, ngx_uint_t planned);
static void ngx_shop_failover_render_text(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_board_view_t *view, ngx_uint_t planned);
static void ngx_shop_failover_render_json(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_board_view_t *view, ngx_uint_t planned);
static const char *ngx_shop_failover_render_title(ngx_uint_t planned);


#define NGX_SHOP_FAILOVER_RENDER_MAX  65536


static const char *
ngx_shop_failover_render_title(ngx_uint_t planned)
{
    return planned ? "Sorry, the shop is closed"
                   : "Sorry, there is a problem with the shop";
}


ngx_int_t
ngx_shop_failover_render(ngx_pool_t *pool,
    ngx_shop_failover_board_view_t *view,
    ngx_shop_failover_variant_t *variant,
    ngx_shop_failover_rendering_t *rendering)
{
    u_char                    *buf;
    ngx_uint_t                 planned;
    ngx_shop_failover_emit_t   e;

    buf = ngx_palloc(pool, NGX_SHOP_FAILOVER_RENDER_MAX);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_failover_emit_init(&e, buf, NGX_SHOP_FAILOVER_RENDER_MAX);

    planned = variant->why < NGX_SHOP_FAILOVER_WHY_UNSENT;

    switch (variant->kind) {

    case NGX_SHOP_FAILOVER_NEGOTIATE_HTML:
        ngx_str_set(&rendering->type, "text/html; charset=utf-8");
        ngx_shop_failover_render_html(&e, view, planned);
        break;

    case NGX_SHOP_FAILOVER_NEGOTIATE_JSON:
        ngx_str_set(&rendering->type, "application/problem+json");
        ngx_shop_failover_render_json(&e, view, planned);
        break;

    case NGX_SHOP_FAILOVER_NEGOTIATE_TEXT:
        ngx_str_set(&rendering->type, "text/plain; charset=utf-8");
        ngx_shop_failover_render_text(&e, view, planned);
        break;

    case NGX_SHOP_FAILOVER_NEGOTIATE_EMPTY:
        ngx_str_set(&rendering->type, "text/plain");
        break;
    }

    rendering->body.data = buf;
    rendering->body.len = e.pos - e.start;

    return NGX_OK;
}


static void
ngx_shop_failover_render_html(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_board_view_t *view, ngx_uint_t planned)
{
    u_char                   buf[NGX_SHOP_FAILOVER_TIMES_LEN];
    ngx_shop_failover_str_t  text;

    ngx_shop_failover_emit_text(e, "<!doctype html><html lang=\"en\"><head>"
                                   "<meta charset=\"utf-8\"><title>");
    ngx_shop_failover_emit_text(e, ngx_shop_failover_render_title(planned));
    ngx_shop_failover_emit_text(e, "</title></head><body><main><h1>");
    ngx_shop_failover_emit_text(e, ngx_shop_failover_render_title(planned));
    ngx_shop_failover_emit_text(e, "</h1><p>");

    text = ngx_shop_failover_flag_text(&view->notice, view->notice.status);
    ngx_shop_failover_emit_html(e, &text);

    if (view->notice.eta.at) {
        ngx_shop_failover_emit_text(e, "</p><p>Expected: <time>");
        text.data = buf;
        text.len = ngx_shop_failover_times_local(buf, view->notice.eta.at);
        ngx_shop_failover_emit_html(e, &text);
        ngx_shop_failover_emit_text(e, "</time>");
    }

    ngx_shop_failover_emit_text(e, "</p></main></body></html>\n");
}


static void
ngx_shop_failover_render_text(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_board_view_t *view, ngx_uint_t planned)
{
    ngx_shop_failover_str_t  text;

    ngx_shop_failover_emit_text(e, ngx_shop_failover_render_title(planned));
    ngx_shop_failover_emit_text(e, "\n");

    text = ngx_shop_failover_flag_text(&view->notice, view->notice.status);
    ngx_shop_failover_emit_raw(e, text.data, text.len);
    ngx_shop_failover_emit_text(e, "\n");
}


static void
ngx_shop_failover_render_json(ngx_shop_failover_emit_t *e,
    ngx_shop_failover_board_view_t *view, ngx_uint_t planned)
{
    ngx_shop_failover_str_t  text;

    text = ngx_shop_failover_flag_text(&view->notice, view->notice.status);

    ngx_shop_failover_emit_object(e, NULL);
    ngx_shop_failover_emit_cstr(e, "type", "about:blank");
    ngx_shop_failover_emit_cstr(e, "title",
                                ngx_shop_failover_render_title(planned));
    ngx_shop_failover_emit_int(e, "status", NGX_HTTP_SERVICE_UNAVAILABLE);
    ngx_shop_failover_emit_str(e, "detail", &text);
    ngx_shop_failover_emit_time(e, "eta", view->notice.eta.at);
    ngx_shop_failover_emit_bool(e, "planned", (int) planned);
    ngx_shop_failover_emit_close(e, '}');
    ngx_shop_failover_emit_text(e, "\n");
}
