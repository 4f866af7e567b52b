
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A compiled template is written, with the values of its names.
 */


#include "logic/words/template_inside.h"
#include "logic/words/link.h"


static void ngx_shop_template_render_write(unsigned op,
    const ngx_shop_str_t *value, ngx_shop_emit_t *e);


void
ngx_shop_template_render(const ngx_shop_template_t *t,
    ngx_shop_template_get_pt get, void *data, ngx_shop_emit_t *e)
{
    int                            found;
    unsigned                       i, item, round;
    ngx_shop_str_t                 value;
    const ngx_shop_template_op_t  *op;

    item = 0;

    for (i = 0; i < t->nops; /* void */) {
        op = &t->ops[i++];

        if (op->op == NGX_SHOP_TEMPLATE_OP_TEXT) {
            ngx_shop_emit_raw(e, op->text.data, op->text.len);
            continue;
        }

        if (op->op == NGX_SHOP_TEMPLATE_OP_NEXT) {
            item++;
        }

        value.len = 0;
        value.data = NULL;

        round = (op->op == NGX_SHOP_TEMPLATE_OP_NONE) ? 0 : item;
        found = (get(data, op->id, round, &value) == NGX_SHOP_OK);

        switch (op->op) {

        case NGX_SHOP_TEMPLATE_OP_IF:

            if (!found || value.len == 0) {
                i = op->jump;
            }

            break;

        case NGX_SHOP_TEMPLATE_OP_UNLESS:

            if (found && value.len != 0) {
                i = op->jump;
            }

            break;

        case NGX_SHOP_TEMPLATE_OP_EACH:

            if (!found) {
                i = op->jump;
            }

            break;

        case NGX_SHOP_TEMPLATE_OP_NONE:

            if (found) {
                i = op->jump;
            }

            break;

        case NGX_SHOP_TEMPLATE_OP_NEXT:

            if (found) {
                i = op->jump;

            } else {
                item = 0;
            }

            break;

        default:

            if (found) {
                ngx_shop_template_render_write(op->op, &value, e);
            }
        }
    }
}


static void
ngx_shop_template_render_write(unsigned op, const ngx_shop_str_t *value,
    ngx_shop_emit_t *e)
{
    switch (op) {

    case NGX_SHOP_TEMPLATE_OP_PLAIN:
        ngx_shop_emit_raw(e, value->data, value->len);
        return;

    case NGX_SHOP_TEMPLATE_OP_URL:
    case NGX_SHOP_TEMPLATE_OP_IMAGE:

        if (!ngx_shop_link_is_safe(value, op == NGX_SHOP_TEMPLATE_OP_IMAGE)) {
            return;
        }

        break;

    default:
        break;
    }

    ngx_shop_emit_html(e, value);
}
