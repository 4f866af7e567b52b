
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The flag on disk, for shopctl: which file it is, its bytes, and how to write
 * it so that nobody ever reads half of it.
 */


#ifndef _NGX_SHOP_STORE_H_INCLUDED_
#define _NGX_SHOP_STORE_H_INCLUDED_


#include <sys/stat.h>

#include "ctl/follow.h"
#include "ctl/options.h"
#include "logic/flag/flag.h"


#define NGX_SHOP_STORE_DEFAULT  "/run/shop/maintenance"
#define NGX_SHOP_STORE_PATH     NGX_SHOP_FOLLOW_PATH

/* s: another shopctl is waited for */
#define NGX_SHOP_STORE_WAIT     10


typedef struct {
    char           flag[NGX_SHOP_STORE_PATH];  /* as configured */
    char           path[NGX_SHOP_STORE_PATH];  /* the file of ours */
    unsigned       is_dir:1;                   /* flag is one */

    /* of store_own() */
    unsigned       owned:1;
    ngx_shop_follow_t  at;                     /* path, held open */

    /* of store_read() */
    unsigned       there:1;
    int64_t        appeared;                   /* Unix seconds */
    struct stat    sb;                         /* where owned */
    size_t         size;
    unsigned char  data[NGX_SHOP_FLAG_MAX_SIZE + 1];
} ngx_shop_store_t;


/* options that choose the flag, for the tables of commands */
#define NGX_SHOP_STORE_OPTIONS                                               \
    { "flag", NGX_SHOP_OPTIONS_VALUE, "PATH",                                \
      "the flag, else $SHOP_FLAG, else " NGX_SHOP_STORE_DEFAULT },           \
    { "name", NGX_SHOP_OPTIONS_VALUE, "NAME",                                \
      "our file where the flag is a directory [shopctl]" }


/* OK, or ERROR after it was said what is wrong */
int ngx_shop_store_open(ngx_shop_store_t *s, const ngx_shop_options_t *o);

/* what is done with the flag */
typedef enum {
    NGX_SHOP_STORE_MAKE = 0,
    NGX_SHOP_STORE_CHANGE,      /* where it is, and only there */
    NGX_SHOP_STORE_REMOVE       /* of a symlink the link */
} ngx_shop_store_e;

/*
 * For who is going to write: path becomes the file that it leads to, and no
 * other shopctl reads it, to change it, until this one ends.  OK, or ERROR
 * after it was said why it may not be followed there.
 */
int ngx_shop_store_own(ngx_shop_store_t *s, ngx_shop_store_e what);

/* when a file came to be here: of a symlink, when that was made */
int64_t ngx_shop_store_ctime(const char *path, const struct stat *sb);

/* OK, also where there is none; ERROR after it was said why */
int ngx_shop_store_read(ngx_shop_store_t *s);

/* any file, or "-": as store_read(), but there it has to be */
int ngx_shop_store_load(ngx_shop_store_t *s, const char *path);

/*
 * Replaces the file by one with these bytes and mode 0644, or leaves it; with
 * STORE_CHANGE only the one that was read.
 */
int ngx_shop_store_write(ngx_shop_store_t *s, const unsigned char *data,
    size_t size, ngx_shop_store_e what);

/*
 * Of an owned one.  OK: it is gone; DECLINED: it was not there; ERROR after it
 * was said why
 */
int ngx_shop_store_remove(ngx_shop_store_t *s);

/* names what else is in a directory flag, "" where nothing is */
const char *ngx_shop_store_other(ngx_shop_store_t *s);


#endif /* _NGX_SHOP_STORE_H_INCLUDED_ */
