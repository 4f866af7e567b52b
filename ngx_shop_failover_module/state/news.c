
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Compares what a flag says with what people were told of it.  Checksums
 * stand for what was told: the texts themselves are gone.
 */


#include "state/news.h"


static uint32_t ngx_shop_news_sum(ngx_shop_flag_notice_t *notice);
static uint32_t ngx_shop_news_update(ngx_shop_flag_notice_t *notice,
    ngx_uint_t i);
static ngx_uint_t ngx_shop_news_updates(ngx_shop_flag_notice_t *notice,
    ngx_shop_layout_told_t *told);


ngx_int_t
ngx_shop_news_take(ngx_shop_model_zone_t *zone, ngx_shop_model_flag_t *conf,
    ngx_shop_board_view_t *view, ngx_shop_news_t *news)
{
    uint32_t                 n;
    ngx_uint_t               later;
    ngx_shop_layout_told_t   told, was;
    ngx_shop_flag_notice_t  *notice;
    ngx_shop_layout_flag_t  *fs;

    fs = zone->sh->flags[conf->index];
    notice = &view->notice;

    /* what is published after this is told at the next call */

    n = fs->published;
    ngx_shop_board_view_flag(zone, conf, view);

    told.version = n;
    told.flag = (uint8_t) view->flag;
    told.error = view->error;
    told.sum = ngx_shop_news_sum(notice);
    told.update = notice->nupdates
             ? ngx_shop_news_update(notice, notice->nupdates - 1) : 0;

    ngx_shmtx_lock(&zone->shpool->mutex);

    was = fs->told;
    later = ((int32_t) (n - was.version) > 0);

    if (later) {
        fs->told = told;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    if (!later) {
        return NGX_DECLINED;
    }

    ngx_memzero(news, sizeof(ngx_shop_news_t));

    news->appeared = (told.flag && !was.flag);
    news->removed = (!told.flag && was.flag);
    news->unreadable = (told.error && !was.error);
    news->changed = (told.flag && was.flag && !told.error
                     && (told.sum != was.sum || was.error));
    news->updates = told.error ? notice->nupdates
                               : ngx_shop_news_updates(notice, &was);

    return NGX_OK;
}


/* of all that a visitor may read, but the updates */

static uint32_t
ngx_shop_news_sum(ngx_shop_flag_notice_t *notice)
{
    uint32_t          sum;
    ngx_uint_t        i;
    ngx_shop_str_t    text;
    ngx_shop_span_t   spans[4];
    int64_t           times[7];

    times[0] = notice->eta.at;
    times[1] = notice->start.at;
    times[2] = notice->until.at;
    times[3] = notice->next_update.at;
    times[4] = notice->mode;
    times[5] = notice->end;
    times[6] = notice->after_until.at;

    spans[0] = notice->status;
    spans[1] = notice->reason;
    spans[2] = notice->offer;
    spans[3] = notice->after;

    ngx_crc32_init(sum);
    ngx_crc32_update(&sum, (u_char *) times, sizeof(times));

    for (i = 0; i < 4; i++) {
        text = ngx_shop_flag_text(notice, spans[i]);
        ngx_crc32_update(&sum, (u_char *) text.data, text.len);
    }

    for (i = 0; i < notice->nlangs; i++) {
        text = ngx_shop_flag_text(notice, notice->langs[i].text);
        ngx_crc32_update(&sum, (u_char *) text.data, text.len);
    }

    ngx_crc32_final(sum);

    return sum;
}


static uint32_t
ngx_shop_news_update(ngx_shop_flag_notice_t *notice, ngx_uint_t i)
{
    uint32_t        sum;
    ngx_shop_str_t  text;

    text = ngx_shop_flag_text(notice, notice->updates[i].text);

    ngx_crc32_init(sum);
    ngx_crc32_update(&sum, (u_char *) &notice->updates[i].at,
                     sizeof(int64_t));
    ngx_crc32_update(&sum, (u_char *) text.data, text.len);
    ngx_crc32_final(sum);

    return sum;
}


/*
 * Those after the last that was told.  Where that one is not found any more, it
 * was edited: then the last alone is news.
 */

static ngx_uint_t
ngx_shop_news_updates(ngx_shop_flag_notice_t *notice,
    ngx_shop_layout_told_t *told)
{
    ngx_uint_t  i;

    if (!told->flag || told->update == 0) {
        return 0;
    }

    for (i = notice->nupdates; i; i--) {
        if (ngx_shop_news_update(notice, i - 1) == told->update) {
            return i;
        }
    }

    return notice->nupdates ? notice->nupdates - 1 : 0;
}
