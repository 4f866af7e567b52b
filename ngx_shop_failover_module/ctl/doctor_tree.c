
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Questions about a configuration that was read: what holds where, and where a
 * location leads.
 */


#include "ctl/doctor_inside.h"


int
ngx_shop_doctor_tree_is(const ngx_shop_doctor_node_t *node, const char *name)
{
    return node->nargs && strcmp(node->args[0], name) == 0;
}


ngx_shop_doctor_node_t *
ngx_shop_doctor_tree_child(const ngx_shop_doctor_node_t *node,
    const char *name)
{
    ngx_shop_doctor_node_t  *child;

    for (child = node->child; child; child = child->next) {
        if (ngx_shop_doctor_tree_is(child, name)) {
            return child;
        }
    }

    return NULL;
}


/* one more of its name */

ngx_shop_doctor_node_t *
ngx_shop_doctor_tree_next(const ngx_shop_doctor_node_t *node)
{
    ngx_shop_doctor_node_t  *next;

    for (next = node->next; next; next = next->next) {
        if (ngx_shop_doctor_tree_is(next, node->args[0])) {
            return next;
        }
    }

    return NULL;
}


ngx_shop_doctor_node_t *
ngx_shop_doctor_tree_holds(const ngx_shop_doctor_node_t *node,
    const char *name)
{
    ngx_shop_doctor_node_t  *found;

    for ( /* void */ ; node; node = node->parent) {

        found = ngx_shop_doctor_tree_child(node, name);

        if (found) {
            return found;
        }
    }

    return NULL;
}


const char *
ngx_shop_doctor_tree_arg(const ngx_shop_doctor_node_t *node, unsigned n)
{
    return node && n < node->nargs ? node->args[n] : "";
}


const char *
ngx_shop_doctor_tree_has(const ngx_shop_doctor_node_t *node, const char *arg)
{
    size_t    len;
    unsigned  i;

    len = strlen(arg);

    for (i = 1; i < node->nargs; i++) {
        if (arg[len - 1] == '='
            ? strncmp(node->args[i], arg, len) == 0
            : strcmp(node->args[i], arg) == 0)
        {
            return node->args[i] + (arg[len - 1] == '=' ? len : 0);
        }
    }

    return NULL;
}


ngx_shop_doctor_node_t *
ngx_shop_doctor_tree_upstream(const ngx_shop_doctor_t *d, const char *name)
{
    ngx_shop_doctor_node_t  *http, *upstream;

    http = ngx_shop_doctor_tree_child(&d->tree, "http");
    upstream = http ? ngx_shop_doctor_tree_child(http, "upstream") : NULL;

    for ( /* void */ ; upstream; upstream = ngx_shop_doctor_tree_next(upstream))
    {
        if (strcmp(ngx_shop_doctor_tree_arg(upstream, 1), name) == 0) {
            return upstream;
        }
    }

    return NULL;
}


int
ngx_shop_doctor_tree_is_pass(const ngx_shop_doctor_node_t *node)
{
    unsigned  i;

    static const char  *passes[] = {
        "proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"
    };

    for (i = 0; i < sizeof(passes) / sizeof(passes[0]); i++) {
        if (ngx_shop_doctor_tree_is(node, passes[i])) {
            return 1;
        }
    }

    return 0;
}


ngx_shop_doctor_node_t *
ngx_shop_doctor_tree_passed(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *pass)
{
    const char  *to, *scheme;

    to = ngx_shop_doctor_tree_arg(pass, 1);
    scheme = strstr(to, "://");

    return ngx_shop_doctor_tree_upstream(d,
               ngx_shop_doctor_room_piece(scheme ? scheme + 3 : to, "/"));
}


int
ngx_shop_doctor_tree_closes(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node)
{
    ngx_shop_doctor_node_t  *flag;

    flag = ngx_shop_doctor_tree_holds(node, "shop_maintenance");

    return flag ? strcmp(ngx_shop_doctor_tree_arg(flag, 1), "off") != 0
                : d->before;
}


void
ngx_shop_doctor_tree_visit(ngx_shop_doctor_t *d, ngx_shop_doctor_node_t *node,
    ngx_shop_doctor_visit_pt visit)
{
    ngx_shop_doctor_node_t  *child;

    for (child = node->child; child; child = child->next) {
        visit(d, child);
        ngx_shop_doctor_tree_visit(d, child, visit);
    }
}
