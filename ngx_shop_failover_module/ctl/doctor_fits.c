
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether the module fits this nginx.  Nobody knows but nginx itself: it is
 * asked with a configuration of its own, in which it neither listens nor
 * touches a directory outside of that of the test.
 */


#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/doctor_inside.h"


#define NGX_SHOP_DOCTOR_FITS_CONF                                            \
    "load_module %s;\n"                                                      \
    "pid %s/pid;\n"                                                          \
    "error_log stderr;\n"                                                    \
    "events { }\n"                                                           \
    "http {\n"                                                               \
    "    access_log off;\n"                                                  \
    "    client_body_temp_path %s/t;\n"                                      \
    "%s}\n"


static const char *ngx_shop_doctor_fits_try(const ngx_shop_doctor_t *d);
static const char *ngx_shop_doctor_fits_conf(const ngx_shop_doctor_t *d,
    const char *dir);
static void ngx_shop_doctor_fits_told(ngx_shop_doctor_t *d,
    const char *why);
static int ngx_shop_doctor_fits_used(const ngx_shop_doctor_node_t *node);


void
ngx_shop_doctor_fits(ngx_shop_doctor_t *d)
{
    const char  *why, *used;

    used = ngx_shop_doctor_fits_used(&d->tree)
           ? ", and directives of it are in the configuration: nginx does "
             "not start" : "";

    if (d->module == NULL) {
        return;
    }

    if (!d->installed) {
        ngx_shop_doctor_told_finding("module", NULL,
            ngx_shop_doctor_room_print("there is no %s%s", d->module,
                                       d->loaded ? ", which \"load_module\" "
                                       "names: nginx does not start" : used),
            d->package ? "sudo apt-get install "
                         "./libnginx-mod-http-shop-failover_*.deb"
                       : "make build && sudo make install");
        return;
    }

    why = d->loaded && d->good ? "" : ngx_shop_doctor_fits_try(d);

    if (why == NULL) {
        ngx_shop_doctor_told_unseen("module",
            ngx_shop_doctor_room_print("whether %s fits: nginx could not be "
                                       "asked", d->module));
        return;
    }

    if (*why) {
        ngx_shop_doctor_fits_told(d, why);
        return;
    }

    ngx_shop_doctor_told_fact("module",
        ngx_shop_doctor_room_print("%s fits, %s%s", d->module,
                                   d->owner ? "of package "
                                            : "of no package",
                                   d->owner ? d->owner : ""));

    if (d->before) {
        ngx_shop_doctor_told_write("at the top of nginx.conf",
            ngx_shop_doctor_room_print("load_module %s;", d->module));

    } else if (!d->loaded) {
        ngx_shop_doctor_told_finding("module", NULL,
            ngx_shop_doctor_room_print("%s does not load it%s", d->conf,
                                       used),
            ngx_shop_doctor_room_print("load_module %s;      # at the top of "
                                       "nginx.conf", d->module));
    }
}


static void
ngx_shop_doctor_fits_told(ngx_shop_doctor_t *d, const char *why)
{
    ngx_shop_doctor_told_finding("module", NULL,
        ngx_shop_doctor_room_print("%s does not fit %s: %s", d->module,
                                   d->make, why),
        d->owner ? ngx_shop_doctor_room_print("make deb NGINX_SRC=/path/to/"
                       "the/sources/of/%s; then install the new %s", d->make,
                       d->owner)
                 : ngx_shop_doctor_room_print("make build NGINX_SRC=/path/to/"
                       "the/sources/of/%s && sudo make install", d->make));
}


/* "": it fits; else what nginx says; NULL: it could not be tried */

static const char *
ngx_shop_doctor_fits_try(const ngx_shop_doctor_t *d)
{
    unsigned                 i;
    const char              *why, *p, *conf;
    char                     dir[] = "/tmp/shopctl-XXXXXX";
    const char              *argv[7];
    ngx_shop_doctor_said_t   said;

    static const char  *made[] = { "t", "p", "f", "u", "s" };

    if (mkdtemp(dir) == NULL) {
        return NULL;
    }

    why = NULL;
    conf = ngx_shop_doctor_fits_conf(d, dir);

    if (conf) {
        argv[0] = d->nginx;
        argv[1] = "-t";
        argv[2] = "-q";
        argv[3] = "-c";
        argv[4] = conf;
        argv[5] = NULL;

        ngx_shop_doctor_call(&said, argv);

        p = said.err;
        why = said.code == 0 ? ""
              : ngx_shop_doctor_room_logged(&p, "[emerg] ");

        p = why ? strstr(why, ngx_shop_doctor_room_print(" in %s", dir))
                : NULL;
        why = p ? ngx_shop_doctor_room_print("%.*s", (int) (p - why), why)
                : why;

        (void) unlink(conf);
        (void) unlink(ngx_shop_doctor_room_print("%s/pid", dir));
    }

    for (i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        (void) rmdir(ngx_shop_doctor_room_print("%s/%s", dir, made[i]));
    }

    (void) rmdir(dir);

    return why;
}


static const char *
ngx_shop_doctor_fits_conf(const ngx_shop_doctor_t *d, const char *dir)
{
    int          fd;
    size_t       len;
    unsigned     i;
    const char  *name, *paths, *text;

    static const char  *modules[] = { "proxy", "fastcgi", "uwsgi", "scgi" };

    for (i = 0, paths = ""; i < sizeof(modules) / sizeof(modules[0]); i++) {

        if (strstr(d->built, ngx_shop_doctor_room_print("--without-http_%s_",
                                                        modules[i])))
        {
            continue;
        }

        paths = ngx_shop_doctor_room_print("%s    %s_temp_path %s/%c;\n",
                                           paths, modules[i], dir,
                                           modules[i][0]);
    }

    name = ngx_shop_doctor_room_print("%s/conf", dir);
    text = ngx_shop_doctor_room_print(NGX_SHOP_DOCTOR_FITS_CONF, d->module,
                                      dir, dir, paths);
    len = strlen(text);

    fd = open(name, O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC, 0600);

    if (fd == -1) {
        return NULL;
    }

    if (write(fd, text, len) != (ssize_t) len) {
        (void) close(fd);
        (void) unlink(name);
        return NULL;
    }

    return close(fd) == 0 ? name : NULL;
}


static int
ngx_shop_doctor_fits_used(const ngx_shop_doctor_node_t *node)
{
    const ngx_shop_doctor_node_t  *child;

    for (child = node->child; child; child = child->next) {
        if (strncmp(child->args[0], "shop_", 5) == 0
            || ngx_shop_doctor_fits_used(child))
        {
            return 1;
        }
    }

    return 0;
}
