
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The files of a flag, as nginx reads them (nginx/watch/flagfile.c).  Does not
 * know what is in them; logic/flag/flagset does.
 */


#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/flags.h"
#include "ctl/say.h"
#include "ctl/store.h"


static int ngx_shop_flags_directory(ngx_shop_flags_t *flags, const char *dir);
static int ngx_shop_flags_sort(const void *one, const void *two);
static int ngx_shop_flags_counts(const char *path);
static void ngx_shop_flags_file(ngx_shop_flagset_file_t *file,
    const char *path);
static int ngx_shop_flags_bytes(ngx_shop_flagset_file_t *file, int fd);


int
ngx_shop_flags_read(ngx_shop_flags_t *flags, const char *flag)
{
    struct stat  sb;

    memset(flags, 0, sizeof(ngx_shop_flags_t));

    if (stat(flag, &sb) != 0) {

        if (errno == ENOENT || errno == ENOTDIR) {
            return NGX_SHOP_OK;
        }

        /* a symlink to itself: somebody put it there */

        if (errno != ELOOP) {
            (void) ngx_shop_say_errno(errno, "cannot look at \"%s\"", flag);
            return NGX_SHOP_ERROR;
        }

    } else if (S_ISDIR(sb.st_mode)) {
        return ngx_shop_flags_directory(flags, flag);
    }

    ngx_shop_flags_file(&flags->files[0], flag);
    flags->nfiles = (flags->files[0].error != ENOENT);

    return NGX_SHOP_OK;
}


/* what is hidden does not count, nor do directories and dangling symlinks */

static int
ngx_shop_flags_directory(ngx_shop_flags_t *flags, const char *name)
{
    int             failed;
    DIR            *dir;
    char            path[NGX_SHOP_STORE_PATH], *copy;
    struct dirent  *entry;

    ngx_shop_flagset_file_t  *file;

    dir = opendir(name);
    errno = dir ? 0 : errno;

    while (dir && (entry = readdir(dir)) != NULL) {

        if (entry->d_name[0] == '.'
            || strlen(name) + strlen(entry->d_name) + 2 > sizeof(path))
        {
            continue;
        }

        strcat(strcat(strcpy(path, name), "/"), entry->d_name);

        if (!ngx_shop_flags_counts(path)) {
            errno = 0;
            continue;
        }

        if (flags->nfiles++ == NGX_SHOP_FLAGSET_FILES) {
            break;
        }

        copy = malloc(strlen(entry->d_name) + 1);

        if (copy == NULL) {
            errno = ENOMEM;
            break;
        }

        file = &flags->files[flags->nfiles - 1];
        ngx_shop_flags_file(file, path);

        file->name.len = strlen(entry->d_name);
        file->name.data = (unsigned char *) strcpy(copy, entry->d_name);
        flags->nfiles -= (file->error == ENOENT);

        errno = 0;
    }

    failed = errno;

    if (dir) {
        (void) closedir(dir);
    }

    if (failed && flags->nfiles <= NGX_SHOP_FLAGSET_FILES) {
        (void) ngx_shop_say_errno(failed, "cannot read \"%s\"", name);
        return NGX_SHOP_ERROR;
    }

    if (flags->nfiles <= NGX_SHOP_FLAGSET_FILES) {
        qsort(flags->files, flags->nfiles, sizeof(flags->files[0]),
              ngx_shop_flags_sort);
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_flags_sort(const void *one, const void *two)
{
    const ngx_shop_flagset_file_t  *a = one;
    const ngx_shop_flagset_file_t  *b = two;

    return strcmp((const char *) a->name.data, (const char *) b->name.data);
}


static int
ngx_shop_flags_counts(const char *path)
{
    struct stat  sb;

    return stat(path, &sb) == 0 ? !S_ISDIR(sb.st_mode)
                                : errno != ENOENT && errno != ENOTDIR;
}


static void
ngx_shop_flags_file(ngx_shop_flagset_file_t *file, const char *path)
{
    int          fd;
    struct stat  sb;

    memset(file, 0, sizeof(ngx_shop_flagset_file_t));

    fd = open(path, O_RDONLY|O_NONBLOCK|O_CLOEXEC);

    if (fd == -1 || fstat(fd, &sb) != 0) {
        file->error = errno;

    } else {
        file->mtime = (int64_t) sb.st_mtime;
        file->ctime = ngx_shop_store_ctime(path, &sb);
        file->error = S_ISREG(sb.st_mode)
                      ? ngx_shop_flags_bytes(file, fd) : EINVAL;
    }

    if (fd != -1) {
        (void) close(fd);
    }
}


/* one byte more than may be: flagset sees that it is too large */

static int
ngx_shop_flags_bytes(ngx_shop_flagset_file_t *file, int fd)
{
    ssize_t         n;
    unsigned char  *data;

    data = malloc(NGX_SHOP_FLAG_MAX_SIZE + 1);

    if (data == NULL) {
        return ENOMEM;
    }

    file->data.data = data;

    while (file->data.len <= NGX_SHOP_FLAG_MAX_SIZE) {
        n = read(fd, data + file->data.len,
                 NGX_SHOP_FLAG_MAX_SIZE + 1 - file->data.len);

        if (n <= 0) {
            return n ? errno : 0;
        }

        file->data.len += (size_t) n;
    }

    return 0;
}


void
ngx_shop_flags_decide(ngx_shop_flagset_t *set, const ngx_shop_flags_t *flags,
    const char *host, int64_t now)
{
    static ngx_shop_flag_notice_t  room[2];

    set->files = flags->files;
    set->nfiles = flags->nfiles;
    set->now = now;
    set->room[0] = &room[0];
    set->room[1] = &room[1];
    set->voices = NULL;
    set->nvoices = 0;
    set->voice = NULL;
    set->host.data = (const unsigned char *) host;
    set->host.len = host ? strlen(host) : 0;
    memset(&set->was, 0, sizeof(set->was));

    ngx_shop_flagset_decide(set);
}
