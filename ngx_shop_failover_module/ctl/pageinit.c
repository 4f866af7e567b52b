
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The templates and texts that are built in, as files to edit.  Overwrites
 * nothing.
 */


#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/pageinit.h"

#include "logic/words/assets.h"


/* the prefix of what is built in as it was written, with its comments */
#define NGX_SHOP_PAGEINIT_FULL  "full/"

#define NGX_SHOP_PAGEINIT_PATH  4096


static int ngx_shop_pageinit_dirs(const char *dir);
static int ngx_shop_pageinit_wanted(const ngx_shop_assets_entry_t *asset,
    ngx_shop_str_t *name);
static int ngx_shop_pageinit_write(const char *path,
    const ngx_shop_str_t *data);


const ngx_shop_options_entry_t  ngx_shop_pageinit_options[] = {
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


int
ngx_shop_pageinit_run(const ngx_shop_options_t *o)
{
    char            path[NGX_SHOP_PAGEINIT_PATH];
    unsigned        i, n;
    const char     *dir;
    ngx_shop_str_t  name;

    if (o->nrest != 2 || strcmp(o->rest[0], "init") != 0) {
        return ngx_shop_say_error("\"page\" makes a directory of templates "
                                  "and texts to edit: shopctl page init "
                                  "/etc/nginx/shop-page");
    }

    dir = o->rest[1];

    if (strlen(dir) > sizeof(path) - 64) {
        return ngx_shop_say_error("the name of the directory is too long");
    }

    if (ngx_shop_pageinit_dirs(dir) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    for (i = 0, n = 0; i < ngx_shop_assets_n; i++) {

        if (!ngx_shop_pageinit_wanted(&ngx_shop_assets[i], &name)) {
            continue;
        }

        (void) snprintf(path, sizeof(path), "%s/%.*s", dir,
                        ngx_shop_say_str(name));

        if (ngx_shop_pageinit_write(path, &ngx_shop_assets[i].data)
            != NGX_SHOP_OK)
        {
            return NGX_SHOP_SAY_ERROR;
        }

        n++;
    }

    printf("%s: %u files. Delete what you do not change: the built-in file "
           "is used for it.\n"
           "look:  shopctl preview --html --page-dir %s > page.html\n"
           "use:   shop_page_dir %s;  then nginx -t\n", dir, n, dir, dir);

    return NGX_SHOP_SAY_YES;
}


static int
ngx_shop_pageinit_dirs(const char *dir)
{
    char         path[NGX_SHOP_PAGEINIT_PATH];
    unsigned     i;

    static const char *const  parts[] = { "", "/lang", "/look" };

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        (void) snprintf(path, sizeof(path), "%s%s", dir, parts[i]);

        if (mkdir(path, 0755) != 0 && errno != EEXIST) {
            (void) ngx_shop_say_errno(errno, "cannot make \"%s\"", path);
            return NGX_SHOP_ERROR;
        }
    }

    return NGX_SHOP_OK;
}


/* the name of the file that an asset becomes; 0: of none */

static int
ngx_shop_pageinit_wanted(const ngx_shop_assets_entry_t *asset,
    ngx_shop_str_t *name)
{
    size_t    n;
    char      full[64];

    n = sizeof(NGX_SHOP_PAGEINIT_FULL) - 1;
    *name = asset->name;

    if (name->len > n && memcmp(name->data, NGX_SHOP_PAGEINIT_FULL, n) == 0) {
        name->data += n;
        name->len -= n;
        return 1;
    }

    (void) snprintf(full, sizeof(full), NGX_SHOP_PAGEINIT_FULL "%.*s",
                    ngx_shop_say_str(*name));

    return ngx_shop_assets_find(full) == NULL;
}


static int
ngx_shop_pageinit_write(const char *path, const ngx_shop_str_t *data)
{
    int      fd;
    ssize_t  n;

    fd = open(path, O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC, 0644);

    if (fd == -1) {
        (void) ngx_shop_say_errno(errno, "cannot write \"%s\", nothing is "
                                  "overwritten", path);
        return NGX_SHOP_ERROR;
    }

    n = write(fd, data->data, data->len);

    if (close(fd) != 0 || n != (ssize_t) data->len) {
        (void) ngx_shop_say_errno(errno, "cannot write \"%s\"", path);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}
