
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Paths that the configuration names.
 */


#include <sys/stat.h>

#include "ctl/doctor_inside.h"


static ngx_shop_doctor_node_t *ngx_shop_doctor_path_after(
    const ngx_shop_doctor_node_t *node);


/* *at: NULL to begin with */

const char *
ngx_shop_doctor_path_next(const ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t **at, const char *name)
{
    const char              *path;
    ngx_shop_doctor_node_t  *node;

    node = *at ? ngx_shop_doctor_path_after(*at) : d->tree.child;

    for ( /* void */ ; node; node = ngx_shop_doctor_path_after(node)) {

        if (!ngx_shop_doctor_tree_is(node, name)) {
            continue;
        }

        path = ngx_shop_doctor_tree_arg(node, 1);

        if (*path == '\0' || strcmp(path, "off") == 0
            || strncmp(path, "syslog:", 7) == 0)
        {
            continue;
        }

        *at = node;

        return *path == '/' ? path
               : ngx_shop_doctor_room_print("%s%s", d->prefix, path);
    }

    *at = NULL;

    return NULL;
}


/* in the order in which they are written */

static ngx_shop_doctor_node_t *
ngx_shop_doctor_path_after(const ngx_shop_doctor_node_t *node)
{
    if (node->child) {
        return node->child;
    }

    while (node->next == NULL && node->parent) {
        node = node->parent;
    }

    return node->next;
}


const char *
ngx_shop_doctor_path_dir(const char *path)
{
    const char   *slash;
    struct stat   sb;

    if (stat(path, &sb) == 0 && S_ISDIR(sb.st_mode)) {
        return path;
    }

    slash = strrchr(path, '/');

    return slash == NULL || slash == path ? "/"
           : ngx_shop_doctor_room_print("%.*s", (int) (slash - path), path);
}


int
ngx_shop_doctor_path_below(const char *path, const char *dir)
{
    size_t  len;

    len = strlen(dir);

    while (len > 1 && dir[len - 1] == '/') {
        len--;
    }

    return strncmp(path, dir, len) == 0
           && (path[len] == '/' || path[len] == '\0' || len == 1);
}
