
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The state file: what is in shared memory, saved for the next start.  The
 * bytes are those of logic/story/saved; here are the file, and who writes it
 * when.
 */


#ifndef _NGX_SHOP_FILE_H_INCLUDED_
#define _NGX_SHOP_FILE_H_INCLUDED_


#include "state/clock.h"
#include "state/model.h"


#define NGX_SHOP_FILE_AGE  600000        /* ms, at most when loaded */


/* the number of a group's state in the file, and back: of "down" it is 3 */
#define ngx_shop_file_group(state)                                           \
    ((state) == NGX_SHOP_SITE_GROUP_PLANNED ? NGX_SHOP_SITE_GROUP_DOWN       \
     : (state) == NGX_SHOP_SITE_GROUP_DOWN ? NGX_SHOP_SITE_GROUP_PLANNED     \
     : (state))


/* what a save came to, copied out so that it is logged without the lock */
typedef struct {
    ngx_err_t    err;                             /* 0: it is saved */
    ngx_err_t    before;                          /* that of the last time */
    const char  *what;                            /* the call that failed */
} ngx_shop_file_outcome_t;


/* the hash of what a state file belongs to: upstreams and their servers */
uint64_t ngx_shop_file_identity(ngx_shop_model_zone_t *zone);

/*
 * Called by zone only, for new memory that nobody uses yet.  A file that
 * cannot be used is told in one line; one that is not there in none.
 */
void ngx_shop_file_load(ngx_shop_model_zone_t *zone, ngx_log_t *log);

/*
 * Saves, if there is something new to save and no other worker does; "last" at
 * the exit of a worker, else at most once a second.  NGX_DECLINED: nothing to
 * do.  Blocks for as long as the disk takes: not for the request path.
 */
ngx_int_t ngx_shop_file_save(ngx_shop_model_zone_t *zone, ngx_uint_t last,
    ngx_shop_file_outcome_t *outcome, ngx_log_t *log);

/* called by file.c only: the file becomes these bytes, or is as it was */
void ngx_shop_file_write(ngx_shop_model_zone_t *zone, u_char *data, size_t len,
    u_char *temp, ngx_shop_file_outcome_t *outcome);


#endif /* _NGX_SHOP_FILE_H_INCLUDED_ */
