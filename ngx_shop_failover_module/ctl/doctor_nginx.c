
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which nginx there is, whose it is, and what it says of its configuration.
 */


#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/doctor_inside.h"


static const char *ngx_shop_doctor_nginx_path(const char *name);
static const char *ngx_shop_doctor_nginx_built(const ngx_shop_doctor_t *d,
    const char *name, const char *other);
static const char *ngx_shop_doctor_nginx_owner(const char *path);
static const char *ngx_shop_doctor_nginx_owner_of(const char *path);
static void ngx_shop_doctor_nginx_refused(ngx_shop_doctor_t *d,
    const char *err);
static void ngx_shop_doctor_nginx_warned(const char *err);
static void ngx_shop_doctor_nginx_module(ngx_shop_doctor_t *d);
static void ngx_shop_doctor_nginx_user(ngx_shop_doctor_t *d);


int
ngx_shop_doctor_nginx_find(ngx_shop_doctor_t *d)
{
    char                    *last;
    const char              *argv[3], *slash, *make;
    ngx_shop_doctor_said_t   said;

    d->nginx = ngx_shop_options_setting(d->options, "nginx", "NGINX_BIN",
                                        "nginx");

    if (!ngx_shop_doctor_call_knows(d->nginx)
        && strchr(d->nginx, '/') == NULL)
    {
        (void) ngx_shop_say_error("no %s is installed here, or it is "
                                  "somewhere else: shopctl doctor --nginx "
                                  "/path/to/nginx", d->nginx);
        return NGX_SHOP_ERROR;
    }

    argv[0] = d->nginx = ngx_shop_doctor_nginx_path(d->nginx);
    argv[1] = "-V";
    argv[2] = NULL;

    ngx_shop_doctor_call(&said, argv);
    make = strstr(said.err, "version: ");

    if (said.code != 0 || make == NULL) {
        (void) ngx_shop_say_error("\"%s -V\" says no version: is it an nginx?",
                                  d->nginx);
        return NGX_SHOP_ERROR;
    }

    d->built = said.err;
    d->make = ngx_shop_doctor_room_piece(make + sizeof("version: ") - 1,
                                         " \n");

    d->prefix = ngx_shop_options_get(d->options, "prefix");

    if (d->prefix == NULL) {
        d->prefix = ngx_shop_doctor_nginx_built(d, "--prefix=",
                                                "/usr/local/nginx");
    }

    last = ngx_shop_doctor_room_print("%s", d->prefix);
    slash = *last && last[strlen(last) - 1] == '/' ? "" : "/";
    d->prefix = ngx_shop_doctor_room_print("%s%s", last, slash);

    d->conf = ngx_shop_options_get(d->options, "conf");

    if (d->conf == NULL) {
        d->conf = ngx_shop_doctor_nginx_built(d, "--conf-path=",
                                              "conf/nginx.conf");
    }

    if (*d->conf != '/') {
        d->conf = ngx_shop_doctor_room_print("%s%s", d->prefix, d->conf);
    }

    d->package = ngx_shop_doctor_nginx_owner(d->nginx);

    ngx_shop_doctor_told_fact("nginx",
        ngx_shop_doctor_room_print(d->package ? "%s, %s, of package %s"
                                   : "%s, %s, of no package%.0s",
                                   d->make, d->nginx,
                                   d->package ? d->package : ""));

    return NGX_SHOP_OK;
}


/* packages know files by their whole path */

static const char *
ngx_shop_doctor_nginx_path(const char *name)
{
    const char  *dir, *path;

    if (strchr(name, '/')) {
        return name;
    }

    for (dir = getenv("PATH"); dir; dir = strchr(dir, ':')) {
        dir += *dir == ':';
        path = ngx_shop_doctor_room_print("%s/%s",
                   ngx_shop_doctor_room_piece(dir, ":"), name);

        if (access(path, X_OK) == 0) {
            return path;
        }
    }

    return name;
}


/* an argument of its ./configure, the last one counts */

static const char *
ngx_shop_doctor_nginx_built(const ngx_shop_doctor_t *d, const char *name,
    const char *other)
{
    const char  *p;

    for (p = strstr(d->built, name); p; p = strstr(p, name)) {
        p += strlen(name);
        other = ngx_shop_doctor_room_piece(p, " \n'");
    }

    return other;
}


/*
 * NULL: of no package, or nobody who knows.  Packages do not know a way through
 * a symlink, as Debian's /usr/share/nginx/modules is one.
 */

static const char *
ngx_shop_doctor_nginx_owner(const char *path)
{
    ngx_shop_doctor_said_t  said;

    const char *const  real[] = { "readlink", "-f", path, NULL };

    ngx_shop_doctor_call(&said, real);

    return ngx_shop_doctor_nginx_owner_of(said.code == 0
                                          && said.out[0] == '/'
                                          ? ngx_shop_doctor_room_piece(
                                                said.out, "\n")
                                          : path);
}


static const char *
ngx_shop_doctor_nginx_owner_of(const char *path)
{
    unsigned                i;
    ngx_shop_doctor_said_t  said;

    const char *const  ask[][5] = {
        { "dpkg-query", "-S", path, NULL, NULL },
        { "rpm", "-qf", path, NULL, NULL },
        { "apk", "info", "-W", path, NULL }
    };

    for (i = 0; i < sizeof(ask) / sizeof(ask[0]); i++) {

        ngx_shop_doctor_call(&said, ask[i]);

        if (said.code != 0 || said.out[0] == '\0') {
            continue;
        }

        if (i == 0) {
            return ngx_shop_doctor_room_piece(said.out, ":,\n");
        }

        return ngx_shop_doctor_room_piece(i == 2 && strrchr(said.out, ' ')
                                          ? strrchr(said.out, ' ') + 1
                                          : said.out, "\n");
    }

    return NULL;
}


/* its word, where it gives one; else the files are read without it */

void
ngx_shop_doctor_nginx_test(ngx_shop_doctor_t *d)
{
    const char              *argv[7];
    ngx_shop_doctor_said_t   said;

    argv[0] = d->nginx;
    argv[1] = "-T";
    argv[2] = "-c";
    argv[3] = d->conf;
    argv[4] = "-p";
    argv[5] = d->prefix;
    argv[6] = NULL;

    ngx_shop_doctor_call(&said, argv);

    if (said.code == 0) {
        d->good = 1;
        ngx_shop_doctor_conf_keep(d, said.out);

        if (d->texts) {
            d->conf = d->texts->path;
        }

        ngx_shop_doctor_nginx_warned(said.err);
    }

    if (ngx_shop_doctor_conf_read(d) != NGX_SHOP_OK && d->good == 0) {
        ngx_shop_doctor_told_finding("configuration", NULL,
            ngx_shop_doctor_room_print("there is no configuration %s that "
                                       "can be read", d->conf),
            "shopctl doctor --conf /path/to/nginx.conf");
        return;
    }

    ngx_shop_doctor_nginx_module(d);
    ngx_shop_doctor_nginx_user(d);

    if (d->good == 0) {
        ngx_shop_doctor_nginx_refused(d, said.err);
    }
}


/* what a user may not read is no defect; a module is told of elsewhere */

static void
ngx_shop_doctor_nginx_refused(ngx_shop_doctor_t *d, const char *err)
{
    const char  *line;

    line = ngx_shop_doctor_room_logged(&err, "[emerg] ");

    if (line == NULL) {
        ngx_shop_doctor_told_unseen("configuration",
            ngx_shop_doctor_room_print("\"%s -T\" gave no answer, its files "
                                       "were read without it", d->nginx));
        return;
    }

    if (geteuid() != 0 && strstr(line, "(13: ")) {
        ngx_shop_doctor_told_unseen("configuration",
            ngx_shop_doctor_room_print("what nginx itself says of it, as this "
                                       "user may not ask: %s; its files were "
                                       "read without it: sudo shopctl doctor",
                                       line));
        return;
    }

    if (strstr(line, NGX_SHOP_DOCTOR_MODULE)
        || (strstr(line, "unknown directive \"shop_") && !d->loaded))
    {
        return;
    }

    ngx_shop_doctor_told_finding("configuration", NULL,
        ngx_shop_doctor_room_print("nginx does not start with it: %s", line),
        ngx_shop_doctor_room_print("%s -t -c %s", d->nginx, d->conf));
}


/* its own warnings about us, but for those that have a finding here */

static void
ngx_shop_doctor_nginx_warned(const char *err)
{
    unsigned     i, ours, else_told;
    const char  *line;

    static const char  *about[] = { "\"shop_", "non_idempotent" };

    static const char  *told[] = {
        "comes before the page of", "cannot be looked into"
    };

    while ((line = ngx_shop_doctor_room_logged(&err, "[warn] "))) {

        for (i = 0, ours = 0; i < sizeof(about) / sizeof(about[0]); i++) {
            ours |= strstr(line, about[i]) != NULL;
        }

        for (i = 0, else_told = 0; i < sizeof(told) / sizeof(told[0]); i++) {
            else_told |= strstr(line, told[i]) != NULL;
        }

        if (ours && !else_told) {
            ngx_shop_doctor_told_finding("warning", NULL, line,
                "nginx -t, after that line is changed as it says");
        }
    }
}


static void
ngx_shop_doctor_nginx_module(ngx_shop_doctor_t *d)
{
    const char              *name, *dir;
    ngx_shop_doctor_node_t  *load;

    name = NULL;
    load = ngx_shop_doctor_tree_child(&d->tree, "load_module");

    for ( /* void */ ; load; load = ngx_shop_doctor_tree_next(load)) {

        if (strstr(ngx_shop_doctor_tree_arg(load, 1),
                   NGX_SHOP_DOCTOR_MODULE))
        {
            name = ngx_shop_doctor_tree_arg(load, 1);
            d->loaded = 1;
        }
    }

    if (name == NULL) {
        dir = ngx_shop_doctor_nginx_built(d, "--modules-path=", "modules");
        name = ngx_shop_options_get(d->options, "module");
        name = name ? name
                    : ngx_shop_doctor_room_print("%s/" NGX_SHOP_DOCTOR_MODULE,
                                                 dir);
    }

    d->module = *name == '/' ? name
                : ngx_shop_doctor_room_print("%s%s", d->prefix, name);
    d->installed = access(d->module, R_OK) == 0 || errno == EACCES;
    d->owner = d->installed ? ngx_shop_doctor_nginx_owner(d->module) : NULL;
}


static void
ngx_shop_doctor_nginx_user(ngx_shop_doctor_t *d)
{
    ngx_shop_doctor_node_t  *user;

    user = ngx_shop_doctor_tree_child(&d->tree, "user");

    d->user = user ? ngx_shop_doctor_tree_arg(user, 1)
                   : ngx_shop_doctor_nginx_built(d, "--user=", "nobody");
}
