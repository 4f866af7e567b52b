
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The feed of a site: from the incidents that visitors met to its entries.
 */


#include "nginx/page/render_inside.h"

#include "state/chronicle.h"

#include "logic/story/incident_public.h"
#include "logic/words/feed.h"


/* of all incidents, before the newest are chosen */
#define NGX_SHOP_RENDER_FEED_ROOM                                            \
    (NGX_SHOP_INCIDENTS * NGX_SHOP_INCIDENT_ENTRIES)


/* what lives as long as the writing of one feed */
typedef struct {
    ngx_shop_incident_t        incidents[NGX_SHOP_INCIDENTS];
    ngx_uint_t                 nincidents;
    ngx_shop_incident_entry_t  found[NGX_SHOP_INCIDENT_ENTRIES];
    ngx_shop_feed_entry_t      entries[NGX_SHOP_RENDER_FEED_ROOM];
    ngx_uint_t                 nentries;
} ngx_shop_render_feed_t;


static void ngx_shop_render_feed_add(ngx_shop_render_feed_t *feed,
    ngx_shop_incident_t *in, ngx_str_t *site);
static ngx_uint_t ngx_shop_render_feed_other(ngx_shop_render_feed_t *feed,
    ngx_shop_incident_entry_t *entry, ngx_str_t *site);


/* by _incident_found_e */
static const uint8_t  ngx_shop_render_feed_states[] = {
    NGX_SHOP_VIEW_OPEN,
    NGX_SHOP_VIEW_MAINTENANCE,
    NGX_SHOP_VIEW_OUTAGE,
    NGX_SHOP_VIEW_BROWSE,
    NGX_SHOP_VIEW_PATHS
};


ngx_uint_t
ngx_shop_render_feed_version(ngx_shop_conf_main_t *smcf,
    ngx_shop_model_site_t *site)
{
    return ngx_shop_board_version(&smcf->zone, site)
           + ngx_shop_chronicle_version(&smcf->zone);
}


ngx_int_t
ngx_shop_render_feed(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_shop_view_t *v,
    ngx_shop_emit_t *e)
{
    ngx_uint_t               i;
    ngx_shop_model_site_t   *site;
    ngx_shop_render_feed_t  *feed;

    feed = ngx_alloc(sizeof(ngx_shop_render_feed_t), ngx_cycle->log);
    if (feed == NULL) {
        return NGX_ERROR;
    }

    feed->nincidents = 0;
    feed->nentries = 0;

    site = variant->site->whole ? variant->site->whole : variant->site;

    for (i = 0; i < NGX_SHOP_INCIDENTS; i++) {
        if (variant->met & (uint64_t) 1 << i) {
            ngx_shop_chronicle_incident(&smcf->zone, i,
                                   &feed->incidents[feed->nincidents++]);
        }
    }

    for (i = 0; i < feed->nincidents; i++) {
        ngx_shop_render_feed_add(feed, &feed->incidents[i], &site->name);
    }

    ngx_shop_feed_write(v, (ngx_shop_str_t *) &site->name, feed->entries,
                        (unsigned) feed->nentries, e);

    ngx_free(feed);

    return e->failed ? NGX_ERROR : NGX_OK;
}


static void
ngx_shop_render_feed_add(ngx_shop_render_feed_t *feed, ngx_shop_incident_t *in,
    ngx_str_t *site)
{
    ngx_uint_t                  i, n;
    ngx_shop_str_t              name;
    ngx_shop_feed_entry_t      *to;
    ngx_shop_incident_entry_t  *from;

    name = ngx_shop_incident_told_text(in, in->site);
    n = ngx_shop_incident_public(in, feed->found);

    for (i = 0; i < n; i++) {
        from = &feed->found[i];

        if (name.len == site->len
            && ngx_shop_render_feed_other(feed, from, site))
        {
            continue;
        }

        to = &feed->entries[feed->nentries++];

        to->at = from->at;
        to->born = in->born;
        to->nth = from->nth;
        to->told = from->told;
        to->update = from->update;
        to->state = ngx_shop_render_feed_states[from->found];
        to->site = name;
        to->text = from->text;
    }
}


/* a file of its own spoke for the host: what befell the others is not said */

static ngx_uint_t
ngx_shop_render_feed_other(ngx_shop_render_feed_t *feed,
    ngx_shop_incident_entry_t *entry, ngx_str_t *site)
{
    ngx_uint_t            i;
    ngx_shop_incident_t  *in;

    for (i = 0; i < feed->nincidents; i++) {
        in = &feed->incidents[i];

        if (in->site.len != site->len && in->began <= entry->at
            && (in->resolved == 0 || entry->at < in->resolved))
        {
            return 1;
        }
    }

    return 0;
}
