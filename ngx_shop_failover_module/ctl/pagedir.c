
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Files of a page directory.  Does not know what is in them.
 */


#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/pagedir.h"
#include "ctl/say.h"
#include "logic/words/assets.h"
#include "logic/words/tags.h"


/* as in nginx: every waiting visitor would load more than that */
#define NGX_SHOP_PAGEDIR_FILE  262144


typedef struct ngx_shop_pagedir_file_s  ngx_shop_pagedir_file_t;

/* what was read stays, and its path behind it */
struct ngx_shop_pagedir_file_s {
    ngx_shop_pagedir_file_t  *next;
    char                     *path;
    unsigned char             data[NGX_SHOP_PAGEDIR_FILE + 1];
};


static FILE *ngx_shop_pagedir_fopen(const char *path);
static int ngx_shop_pagedir_read(ngx_shop_pagedir_file_t *file, FILE *in,
    ngx_shop_pagedir_source_t *source);


static const char               *ngx_shop_pagedir_dir;
static ngx_shop_pagedir_file_t  *ngx_shop_pagedir_files;


int
ngx_shop_pagedir_open(const char *dir)
{
    struct stat  sb;

    if (dir && (stat(dir, &sb) != 0 || !S_ISDIR(sb.st_mode))) {
        (void) ngx_shop_say_error("\"%s\" is no directory of "
                                  "templates; make one with: shopctl page "
                                  "init %s", dir, dir);
        return NGX_SHOP_ERROR;
    }

    ngx_shop_pagedir_dir = dir;

    return NGX_SHOP_OK;
}


int
ngx_shop_pagedir_builtin(const char *name, ngx_shop_pagedir_source_t *source)
{
    const ngx_shop_assets_entry_t  *asset;

    asset = ngx_shop_assets_find(name);

    if (asset == NULL) {
        return NGX_SHOP_DECLINED;
    }

    source->name = (const char *) asset->name.data;
    source->data = asset->data;

    return NGX_SHOP_OK;
}


int
ngx_shop_pagedir_own(const char *name, ngx_shop_pagedir_source_t *source)
{
    int                       rc;
    FILE                     *in;
    size_t                    len;
    const char               *dir;
    ngx_shop_pagedir_file_t  *file;

    dir = ngx_shop_pagedir_dir;

    if (dir == NULL) {
        return NGX_SHOP_DECLINED;
    }

    len = strlen(dir) + strlen(name) + 2;
    file = malloc(sizeof(ngx_shop_pagedir_file_t) + len);

    if (file == NULL) {
        (void) ngx_shop_say_errno(ENOMEM, "cannot read \"%s\"", name);
        return NGX_SHOP_ERROR;
    }

    file->path = (char *) (file + 1);
    snprintf(file->path, len, "%s/%s", dir, name);

    in = ngx_shop_pagedir_fopen(file->path);

    if (in == NULL && errno == ENOENT) {
        free(file);
        return NGX_SHOP_DECLINED;
    }

    file->next = ngx_shop_pagedir_files;
    ngx_shop_pagedir_files = file;

    rc = ngx_shop_pagedir_read(file, in, source);

    if (in) {
        (void) fclose(in);
    }

    return rc;
}


/* a pipe in the place of a file is not waited for */

static FILE *
ngx_shop_pagedir_fopen(const char *path)
{
    int          fd;
    FILE        *in;
    struct stat  sb;

    fd = open(path, O_RDONLY|O_NONBLOCK|O_CLOEXEC);

    if (fd == -1) {
        return NULL;
    }

    if (fstat(fd, &sb) == 0 && !S_ISREG(sb.st_mode)) {
        (void) close(fd);
        errno = EINVAL;
        return NULL;
    }

    in = fdopen(fd, "r");

    if (in == NULL) {
        (void) close(fd);
    }

    return in;
}


static int
ngx_shop_pagedir_read(ngx_shop_pagedir_file_t *file, FILE *in,
    ngx_shop_pagedir_source_t *source)
{
    size_t  n;

    n = in ? fread(file->data, 1, sizeof(file->data), in) : 0;

    if (in == NULL || ferror(in)) {
        (void) ngx_shop_say_errno(errno, "cannot read \"%s\"", file->path);
        return NGX_SHOP_ERROR;
    }

    if (n > NGX_SHOP_PAGEDIR_FILE) {
        (void) ngx_shop_say_error("\"%s\" is larger than 256k: "
                                  "every waiting visitor would load "
                                  "it", file->path);
        return NGX_SHOP_ERROR;
    }

    source->name = file->path;
    source->data.data = file->data;
    source->data.len = n;

    return NGX_SHOP_OK;
}


const char *
ngx_shop_pagedir_nearest(const char *lang)
{
    unsigned         i, distance, least;
    ngx_shop_str_t   range, code;

    static char  nearest[64];

    range.data = (const unsigned char *) lang;
    range.len = strlen(lang);
    least = NGX_SHOP_TAGS_NEVER;

    for (i = 0; i < ngx_shop_assets_n; i++) {
        code = ngx_shop_assets[i].name;

        if (code.len <= 9 || memcmp(code.data, "lang/", 5) != 0) {
            continue;
        }

        code.data += 5;
        code.len -= 9;

        distance = ngx_shop_tags_distance(&range, &code);

        if (distance < least) {
            least = distance;
            snprintf(nearest, sizeof(nearest), "%.*s", (int) code.len,
                     (const char *) code.data);
        }
    }

    return least == NGX_SHOP_TAGS_NEVER ? NULL : nearest;
}


void
ngx_shop_pagedir_languages(void)
{
    unsigned        i;
    ngx_shop_str_t  name;

    for (i = 0; i < ngx_shop_assets_n; i++) {
        name = ngx_shop_assets[i].name;

        if (name.len > 9 && memcmp(name.data, "lang/", 5) == 0) {
            fprintf(stderr, " %.*s", (int) name.len - 9,
                    (const char *) name.data + 5);
        }
    }

    fputc('\n', stderr);
}
