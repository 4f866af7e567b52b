
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Incidents and the numbers of events, to the state file and from it.
 */


#include "state/chronicle.h"


/* of another build they are no incidents */
#define NGX_SHOP_CHRONICLE_FILE_FORM                                         \
    ((uint32_t) (sizeof(ngx_shop_incident_t)                                 \
                 ^ offsetof(ngx_shop_incident_t, texts) << 16                \
                 ^ (uint32_t) NGX_PTR_SIZE << 28))


/* the oldest first; then where numbers go on */

void
ngx_shop_chronicle_file_save(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_writer_t *w)
{
    uint32_t                    next;
    ngx_uint_t                  i;
    ngx_shop_incident_t        *in;
    ngx_shop_saved_story_t      story;
    ngx_shop_incident_fold_t   *fold;
    ngx_shop_saved_incident_t   saved;

    fold = &zone->sh->chronicle->fold;
    next = fold->next;

    for (i = 0; i < NGX_SHOP_INCIDENTS; i++) {

        ngx_shmtx_lock(&zone->shpool->mutex);

        in = &fold->incidents[(next + i) % NGX_SHOP_INCIDENTS];

        if (in->number) {
            saved.form = NGX_SHOP_CHRONICLE_FILE_FORM;
            saved.bytes.data = (u_char *) in;
            saved.bytes.len = ngx_shop_incident_saved_size(in);

            ngx_shop_saved_incident(w, &saved);
        }

        ngx_shmtx_unlock(&zone->shpool->mutex);
    }

    ngx_shmtx_lock(&zone->shpool->mutex);

    story.seq = (int64_t) zone->sh->chronicle->seq;
    story.count = fold->count;

    ngx_shmtx_unlock(&zone->shpool->mutex);

    ngx_shop_saved_story(w, &story);
}


/* lost: what goes on in it is too old to say how it went on */

void
ngx_shop_chronicle_file_load_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_saved_record_t *record, ngx_uint_t lost)
{
    size_t                         len;
    ngx_shop_incident_t            in;
    ngx_shop_layout_chronicle_t   *ch;

    ch = zone->sh->chronicle;

    if (record->type == NGX_SHOP_SAVED_STORY) {
        ch->seq = (ngx_atomic_uint_t) record->u.story.seq;
        ch->written = ch->seq;
        ch->fold.seq = record->u.story.seq;

        if (record->u.story.count > ch->fold.count) {
            ch->fold.count = record->u.story.count;
        }

        return;
    }

    len = record->u.incident.bytes.len;

    if (record->u.incident.form != NGX_SHOP_CHRONICLE_FILE_FORM
        || len > sizeof(ngx_shop_incident_t))
    {
        return;
    }

    /* the bytes of a file stand anywhere */

    ngx_memzero(&in, sizeof(ngx_shop_incident_t));
    ngx_memcpy(&in, record->u.incident.bytes.data, len);

    if (!ngx_shop_incident_saved_sane(&in, len)) {
        return;
    }

    if (lost && in.resolved == 0) {
        in.lost = 1;
    }

    ngx_shop_incident_saved_restore(&ch->fold, &in, len);
}
