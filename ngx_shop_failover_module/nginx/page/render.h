
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Kept renderings: rendered and compressed once per change of the board, per
 * worker, and sent any number of times.
 */


#ifndef _NGX_SHOP_RENDER_H_INCLUDED_
#define _NGX_SHOP_RENDER_H_INCLUDED_


#include "nginx/page/skin.h"
#include "nginx/gate/gate.h"

#include "logic/words/negotiate.h"
#include "logic/words/view.h"


/* beside the kinds that clients negotiate: what the waiting page polls */
#define NGX_SHOP_RENDER_STATUS  (NGX_SHOP_NEGOTIATE_EMPTY + 1)

/* ... and its feed */
#define NGX_SHOP_RENDER_FEED    (NGX_SHOP_NEGOTIATE_EMPTY + 2)

#define NGX_SHOP_RENDER_TURNS   10   /* bits of a minute: of 17 hours */
#define NGX_SHOP_RENDER_JITTER  16   /* different times to ask again */

#define NGX_SHOP_RENDER_DIGEST  32   /* bytes of SHA-256 */


/* one page of the many that a site has */
typedef struct {
    ngx_shop_conf_loc_t     *slcf;
    ngx_shop_model_site_t   *site;
    ngx_uint_t               kind;       /* _negotiate_e, _STATUS */
    ngx_uint_t               state;      /* _view_e */
    ngx_uint_t               post;       /* _view_post_e */
    ngx_uint_t               lang;       /* of the skin */
    ngx_uint_t               coding;     /* _negotiate_coding_e */
    ngx_uint_t               jitter;     /* of _STATUS and _JSON, else 0 */
    ngx_uint_t               admitted;   /* of _STATUS, else 0 */
    ngx_uint_t               wait;       /* of _VIEW_BUSY: when to come again,
                                            _wait_of(); 0: as usual */
    uint64_t                 met;        /* of _FEED, _chronicle_met(); else
                                            0 */
    int64_t                  turn;       /* of _REOPENING: when this visitor
                                            is let in, Unix minutes; or 0 */
} ngx_shop_render_variant_t;


typedef struct {
    ngx_str_t                body;
    ngx_str_t                type;       /* Content-Type */
    ngx_str_t                encoding;   /* len 0: identity */
    ngx_str_t                shop_status;    /* the header */
    ngx_str_t               *csp;        /* of HTML */
    int64_t                  eta;        /* Unix s; 0: none */
    int64_t                  said;       /* s, as the servers say; 0: not */
    int64_t                  retry;      /* s, as the body says; 0: it does
                                            not */

    /* private to render.c */
    ngx_queue_t              queue;      /* in the chain of its key */
    ngx_queue_t              used;       /* the last used first */
    ngx_pool_t              *pool;
    uint64_t                 key;
    size_t                   size;       /* bytes, as accounted */
    ngx_shop_model_site_t   *site;
    ngx_uint_t               version;    /* of the board, or of the story */
    ngx_uint_t               feed;       /* its kind */
    int64_t                  minute;
    ngx_uint_t               refs;
    ngx_uint_t               kept;       /* 0: of one request */

    /* of the page before it was compressed */
    u_char                        digest[NGX_SHOP_RENDER_DIGEST];
} ngx_shop_rendering_t;


/* the number of the first of these times that is so long; and back, in s */
ngx_uint_t ngx_shop_render_wait_of(ngx_uint_t seconds);
ngx_uint_t ngx_shop_render_wait_seconds(ngx_uint_t wait);

/* allocated once for a configuration; each worker has its own copy */
ngx_shop_render_cache_t *ngx_shop_render_init(ngx_conf_t *cf);

/* whether brotli's encoder is there */
ngx_uint_t ngx_shop_render_has_br(ngx_shop_render_cache_t *renderings);

/*
 * The rendering of a variant, which stays until pool is destroyed; NULL: no
 * memory.
 */
ngx_shop_rendering_t *ngx_shop_render_get(ngx_shop_conf_main_t *smcf,
    ngx_shop_render_variant_t *variant, ngx_pool_t *pool);


#endif /* _NGX_SHOP_RENDER_H_INCLUDED_ */
