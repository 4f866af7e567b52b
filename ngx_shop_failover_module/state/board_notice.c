
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What was read of a flag, or of a file of it with "hosts", into its record.
 */


#include "state/board_inside.h"
#include "state/clock.h"


static void ngx_shop_board_notice_set(ngx_shop_layout_t *sh,
    ngx_shop_layout_flag_t *fs, ngx_shop_board_reading_t *reading);


void
ngx_shop_board_notice_take_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_flag_t *fs, ngx_shop_board_reading_t *reading)
{
    if (ngx_shop_board_notice_differs(fs, reading)) {
        fs->version++;
        fs->published++;
        ngx_memory_barrier();

        ngx_shop_board_notice_set(sh, fs, reading);
        ngx_memory_barrier();
    }

    if (!reading->error) {
        fs->written = reading->written;
    }

    fs->rest = reading->rest;
}


ngx_uint_t
ngx_shop_board_notice_differs(ngx_shop_layout_flag_t *fs,
    ngx_shop_board_reading_t *reading)
{
    ngx_uint_t  flag;

    flag = (reading->notice || reading->error);

    if (fs->there != flag || fs->error != reading->error) {
        return 1;
    }

    return flag && !reading->error
           && (fs->file != reading->file
               || ngx_memcmp(&fs->notice, reading->notice,
                             sizeof(ngx_shop_flag_notice_t))
                  != 0);
}


static void
ngx_shop_board_notice_set(ngx_shop_layout_t *sh,
    ngx_shop_layout_flag_t *fs, ngx_shop_board_reading_t *reading)
{
    if (!reading->error || !fs->there) {

        /* else the last good text stays */

        fs->file = 0;
        fs->over = 0;
        fs->said = fs->asked;

        if (fs->there && reading->notice == NULL && !reading->error) {
            ngx_memcpy(&fs->last, &fs->notice,
                       sizeof(ngx_shop_flag_notice_t));
            fs->gone = ngx_shop_clock_now();
        }

        if (reading->error || reading->notice == NULL) {
            ngx_memzero(&fs->notice, sizeof(ngx_shop_flag_notice_t));

        } else {
            ngx_memcpy(&fs->notice, reading->notice,
                       sizeof(ngx_shop_flag_notice_t));
            fs->file = reading->file;
            fs->over = (uint8_t) reading->over;
            fs->said = (uint8_t) reading->asked;
        }

        /* its sites begin with it anew: the last word of it */

        ngx_memory_barrier();
        fs->text = ++sh->texts;
    }

    if (!fs->there) {
        fs->since = ngx_shop_clock_now();
    }

    fs->error = reading->error;
    fs->there = (reading->notice || reading->error);
}
