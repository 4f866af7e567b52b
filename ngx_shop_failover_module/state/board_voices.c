
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Files of a flag with "hosts": a record each, as that of a flag.  Which sites
 * and hosts they are about is the business of board_parts.
 */


#include "state/board_inside.h"


static ngx_shop_layout_flag_t *ngx_shop_board_voices_find(
    ngx_shop_layout_t *sh, uint32_t parent, uint32_t file);
static ngx_shop_layout_flag_t *ngx_shop_board_voices_add_locked(
    ngx_shop_model_zone_t *zone, uint32_t parent);
static void ngx_shop_board_voices_take_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_flag_t *parent, ngx_shop_board_reading_t *reading,
    ngx_uint_t order);
static void ngx_shop_board_voices_gone_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_flag_t *parent);


void
ngx_shop_board_voices_publish_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_array_t *readings)
{
    ngx_uint_t                i;
    ngx_shop_layout_t        *sh;
    ngx_shop_layout_flag_t   *fs, *parent;

    sh = zone->sh;
    parent = sh->flags[conf->index];

    for (i = 0; i < NGX_SHOP_LAYOUT_VOICES; i++) {
        fs = sh->flags[sh->nflags + i];

        if (fs && fs->used && fs->parent == conf->index) {
            fs->order = NGX_SHOP_LAYOUT_VOICES;
        }
    }

    for (i = 0; readings && i < readings->nelts; i++) {
        ngx_shop_board_voices_take_locked(zone, parent,
                          (ngx_shop_board_reading_t *) readings->elts + i, i);
    }

    ngx_shop_board_voices_gone_locked(sh, parent);
}


/*
 * That something changes is said before it does: of a worker that is killed
 * between, another one reads the file again and finds the rest.
 */

static void
ngx_shop_board_voices_take_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_flag_t *parent, ngx_shop_board_reading_t *reading,
    ngx_uint_t order)
{
    ngx_shop_layout_flag_t  *fs;

    fs = ngx_shop_board_voices_find(zone->sh, parent->index, reading->file);

    if (fs == NULL || ngx_shop_board_notice_differs(fs, reading)) {
        parent->voices++;
        ngx_memory_barrier();
    }

    if (fs == NULL) {
        fs = ngx_shop_board_voices_add_locked(zone, parent->index);

        if (fs == NULL) {
            zone->sh->mute++;
            return;
        }
    }

    ngx_shop_board_notice_take_locked(zone->sh, fs, reading);

    fs->file = reading->file;
    fs->name_len = (uint8_t) ngx_min(reading->name.len,
                                     NGX_SHOP_LAYOUT_FILE_LEN);
    ngx_memcpy(fs->name, reading->name.data, fs->name_len);

    fs->order = (uint16_t) order;
    ngx_memory_barrier();
    fs->used = 1;
}


static ngx_shop_layout_flag_t *
ngx_shop_board_voices_find(ngx_shop_layout_t *sh, uint32_t parent,
    uint32_t file)
{
    ngx_uint_t               i;
    ngx_shop_layout_flag_t  *fs;

    for (i = 0; i < NGX_SHOP_LAYOUT_VOICES; i++) {
        fs = sh->flags[sh->nflags + i];

        if (fs && fs->used && fs->parent == parent && fs->file == file) {
            return fs;
        }
    }

    return NULL;
}


/* NULL: all places are taken, or the zone has no room for one more */

static ngx_shop_layout_flag_t *
ngx_shop_board_voices_add_locked(ngx_shop_model_zone_t *zone, uint32_t parent)
{
    ngx_uint_t                i;
    ngx_shop_layout_t        *sh;
    ngx_shop_layout_flag_t  **place;

    sh = zone->sh;

    for (i = 0; i < NGX_SHOP_LAYOUT_VOICES; i++) {
        place = &sh->flags[sh->nflags + i];

        if (*place == NULL) {
            *place = ngx_slab_calloc_locked(zone->shpool,
                                            sizeof(ngx_shop_layout_flag_t));
            if (*place == NULL) {
                return NULL;
            }

            (*place)->index = sh->nflags + i;
        }

        if (!(*place)->used) {
            (*place)->parent = parent;
            (*place)->there = 0;
            (*place)->asked = 0;
            (*place)->told.flag = 0;
            (*place)->told.version = (*place)->published;
            return *place;
        }
    }

    return NULL;
}


/* a file that is not there any more has nothing to say to anybody */

static void
ngx_shop_board_voices_gone_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_flag_t *parent)
{
    ngx_uint_t               i;
    ngx_shop_layout_flag_t  *fs;

    for (i = 0; i < NGX_SHOP_LAYOUT_VOICES; i++) {
        fs = sh->flags[sh->nflags + i];

        if (fs == NULL || !fs->used || fs->parent != parent->index
            || fs->order < NGX_SHOP_LAYOUT_VOICES)
        {
            continue;
        }

        parent->voices++;
        ngx_memory_barrier();

        if (!fs->there) {
            continue;
        }

        fs->version++;
        fs->published++;
        fs->error = 0;
        fs->rest = 0;
        fs->text = ++sh->texts;
        ngx_memory_barrier();
        fs->there = 0;
    }
}


ngx_array_t *
ngx_shop_board_voices_were(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_pool_t *pool)
{
    ngx_uint_t               i;
    ngx_array_t             *voices;
    ngx_shop_layout_t       *sh;
    ngx_shop_flagset_was_t  *was;
    ngx_shop_layout_flag_t  *fs;
    ngx_shop_flag_notice_t  *notice;

    sh = zone->sh;

    voices = ngx_array_create(pool, 4, sizeof(ngx_shop_flagset_was_t));
    if (voices == NULL) {
        return NULL;
    }

    for (i = 0; i < NGX_SHOP_LAYOUT_VOICES; i++) {
        fs = sh->flags[sh->nflags + i];

        if (fs == NULL || !fs->used || fs->parent != conf->index) {
            continue;
        }

        notice = ngx_palloc(pool, sizeof(ngx_shop_flag_notice_t));
        was = ngx_array_push(voices);

        if (notice == NULL || was == NULL) {
            return NULL;
        }

        ngx_memzero(was, sizeof(ngx_shop_flagset_was_t));

        ngx_shmtx_lock(&zone->shpool->mutex);

        if (fs->used && fs->there && fs->parent == conf->index) {
            ngx_memcpy(notice, &fs->notice, sizeof(ngx_shop_flag_notice_t));
            was->notice = notice;
            was->file = fs->file;
            was->asked = fs->asked;
            was->over = fs->over;

        } else {
            voices->nelts--;
        }

        ngx_shmtx_unlock(&zone->shpool->mutex);
    }

    return voices;
}
