
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What `load_module` loads where the package is installed: it looks which
 * nginx has loaded it, loads the build for that version from the directory
 * beside itself, and shows that build's module as its own.
 *
 *     modules/ngx_shop_failover_module.so         this
 *     modules/ngx_shop_failover_module/1.22.1.so  the builds
 *
 * So an upgrade of nginx, in whatever order dpkg unpacks and starts things,
 * never finds the wrong one; nor does an old master that reloads meanwhile.
 * It knows nothing of nginx but what nginx promises to every dynamic module:
 * the symbols, and how ngx_module_t begins.
 */


#define _GNU_SOURCE

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>


typedef struct {
    uintptr_t    ctx_index;
    uintptr_t    index;
    char        *name;
    uintptr_t    spare0;
    uintptr_t    spare1;
    uintptr_t    version;
    const char  *signature;
} ngx_shop_choose_module_t;


/* nginx refuses it as of version 0, if nothing better takes its place */

static ngx_shop_choose_module_t  ngx_shop_choose_none;

/*
 * The executable has symbols of these names, too: here they are reached by
 * names that are ours alone.
 */

static void  *ngx_shop_choose_modules[] = {
    &ngx_shop_choose_none,
    NULL
};

static const char  *ngx_shop_choose_names[] = {
    "ngx_shop_failover_module",
    NULL
};

static const char  *ngx_shop_choose_order[] = {
    "ngx_shop_failover_module",
    "ngx_http_copy_filter_module",
    NULL
};

extern void *ngx_modules[]
    __attribute__((alias("ngx_shop_choose_modules")));
extern const char *ngx_module_names[]
    __attribute__((alias("ngx_shop_choose_names")));
extern const char *ngx_module_order[]
    __attribute__((alias("ngx_shop_choose_order")));

static void  *ngx_shop_choose_build;


static void ngx_shop_choose(void) __attribute__((constructor));
static void ngx_shop_choose_leave(void) __attribute__((destructor));


static void
ngx_shop_choose_path(char *buf, size_t size, unsigned long version)
{
    Dl_info  us;
    size_t   len;

    if (dladdr(&ngx_shop_choose_none, &us) == 0
        || us.dli_fname == NULL)
    {
        buf[0] = '\0';
        return;
    }

    /* "modules/NAME.so" -> "modules/NAME/1.22.1.so" */

    len = strlen(us.dli_fname);

    if (len > 3 && strcmp(us.dli_fname + len - 3, ".so") == 0) {
        len -= 3;
    }

    snprintf(buf, size, "%.*s/%lu.%lu.%lu.so", (int) len, us.dli_fname,
             version / 1000000, version / 1000 % 1000, version % 1000);
}


static void
ngx_shop_choose(void)
{
    void                               *build, **modules;
    char                                path[4096];
    ngx_shop_choose_module_t  *core;

    core = dlsym(RTLD_DEFAULT, "ngx_core_module");

    if (core == NULL) {
        return;
    }

    ngx_shop_choose_none.signature = core->signature;
    ngx_shop_choose_path(path, sizeof(path),
                                  (unsigned long) core->version);

    build = dlopen(path, RTLD_NOW|RTLD_LOCAL);

    if (build == NULL) {
        fprintf(stderr, "shop failover: this package has no build for this"
                " nginx: %s\n", dlerror());
        return;
    }

    modules = dlsym(build, "ngx_modules");

    if (modules == NULL) {
        dlclose(build);
        return;
    }

    ngx_shop_choose_build = build;
    ngx_shop_choose_modules[0] = modules[0];
}


static void
ngx_shop_choose_leave(void)
{
    if (ngx_shop_choose_build != NULL) {
        dlclose(ngx_shop_choose_build);
    }
}
