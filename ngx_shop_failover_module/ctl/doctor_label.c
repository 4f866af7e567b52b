
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * SELinux: whether nginx may ask servers at all, and what the directories that
 * it uses are labelled.
 */


#include <sys/xattr.h>

#include "ctl/doctor_inside.h"


#define NGX_SHOP_DOCTOR_LABEL_FS  "/sys/fs/selinux"


static void ngx_shop_doctor_label_path(const ngx_shop_doctor_node_t *node,
    const char *path, const char *type);


void
ngx_shop_doctor_label(ngx_shop_doctor_t *d)
{
    const char              *path;
    ngx_shop_doctor_node_t  *at;

    if (ngx_shop_doctor_room_number(d->root, NGX_SHOP_DOCTOR_LABEL_FS
                                    "/enforce", 0)
        != 1)
    {
        return;
    }

    if (ngx_shop_doctor_room_number(d->root, NGX_SHOP_DOCTOR_LABEL_FS
                                    "/booleans/httpd_can_network_connect", 1)
        == 0)
    {
        ngx_shop_doctor_told_finding("selinux", NULL,
            "SELinux does not let nginx connect to servers: every probe fails",
            "sudo setsebool -P httpd_can_network_connect on");
    }

    at = NULL;
    path = ngx_shop_doctor_path_next(d, &at, "shop_maintenance");

    if (path == NULL && d->before) {
        ngx_shop_doctor_label_path(NULL, NGX_SHOP_DOCTOR_FLAG,
                                   "httpd_var_run_t");
    }

    while (path) {
        ngx_shop_doctor_label_path(at, path, "httpd_var_run_t");
        path = ngx_shop_doctor_path_next(d, &at, "shop_maintenance");
    }

    at = NULL;

    while ((path = ngx_shop_doctor_path_next(d, &at, "shop_state_file"))) {
        ngx_shop_doctor_label_path(at, path, "httpd_var_lib_t");
    }
}


/* "system_u:object_r:httpd_var_run_t:s0"; types of its own begin so */

static void
ngx_shop_doctor_label_path(const ngx_shop_doctor_node_t *node,
    const char *path, const char *type)
{
    char         label[256];
    ssize_t      n;
    const char  *dir;

    dir = ngx_shop_doctor_path_dir(path);
    n = getxattr(dir, "security.selinux", label, sizeof(label) - 1);

    if (n <= 0) {
        ngx_shop_doctor_told_unseen("selinux",
            ngx_shop_doctor_room_print("the label of %s", dir));
        return;
    }

    label[n] = '\0';

    if (strstr(label, ":httpd_") == NULL) {
        ngx_shop_doctor_told_finding("selinux", node,
            ngx_shop_doctor_room_print("%s is labelled %s, which is none of "
                                       "nginx's", dir, label),
            ngx_shop_doctor_room_print("sudo semanage fcontext -a -t %s "
                                       "'%s(/.*)?' && sudo restorecon -R %s",
                                       type, dir, dir));
    }
}
