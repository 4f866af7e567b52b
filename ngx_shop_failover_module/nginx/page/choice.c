
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a client asks for, and what it gets: negotiated, and remembered in a
 * table of the last headers and what they led to.  A key that is too long is
 * negotiated each time.
 */


#include "nginx/page/choice.h"
#include "nginx/page/render.h"


#define NGX_SHOP_CHOICE_SLOTS  128      /* a power of two */
#define NGX_SHOP_CHOICE_KEY    496      /* bytes */


typedef struct {
    uint32_t             hash;
    uint16_t             len;           /* 0: free */
    ngx_shop_choice_t    choice;
    u_char               key[NGX_SHOP_CHOICE_KEY];
} ngx_shop_choice_slot_t;


struct ngx_shop_choice_cache_s {
    ngx_shop_choice_slot_t  slots[NGX_SHOP_CHOICE_SLOTS];
};


typedef struct {
    ngx_str_t    name;
    size_t       offset;
} ngx_shop_choice_ask_t;


static size_t ngx_shop_choice_key(u_char *key, ngx_shop_conf_page_t *page,
    ngx_shop_choice_asked_t *asked, ngx_str_t *uri);
static void ngx_shop_choice_negotiate(ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_page_t *page, ngx_shop_choice_asked_t *asked,
    ngx_str_t *path, ngx_shop_choice_t *choice);
static ngx_str_t ngx_shop_choice_extension(ngx_str_t *uri);


#define ngx_shop_choice_ask(name, field)                                    \
    { ngx_string(name), offsetof(ngx_shop_choice_asked_t, field) }


static ngx_shop_choice_ask_t  ngx_shop_choice_asks[] = {
    ngx_shop_choice_ask("accept", accept),
    ngx_shop_choice_ask("accept-language", language),
    ngx_shop_choice_ask("accept-encoding", encoding),
    ngx_shop_choice_ask("sec-fetch-dest", dest),
    ngx_shop_choice_ask("content-type", type),
    ngx_shop_choice_ask("origin", origin),
    ngx_shop_choice_ask("access-control-request-method", preflight),
    ngx_shop_choice_ask("access-control-request-headers",
                         preflight_headers),
    { ngx_null_string, 0 }
};


ngx_shop_choice_cache_t *
ngx_shop_choice_init(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_shop_choice_cache_t));
}


/* of several lines of one name the last counts: browsers send one */

void
ngx_shop_choice_read(ngx_http_request_t *r, ngx_shop_choice_asked_t *asked)
{
    ngx_uint_t               i;
    ngx_list_part_t         *part;
    ngx_table_elt_t         *h;
    ngx_shop_choice_ask_t  *ask;

    ngx_memzero(asked, sizeof(ngx_shop_choice_asked_t));

    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                return;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        for (ask = ngx_shop_choice_asks; ask->name.len; ask++) {

            if (h[i].key.len == ask->name.len
                && ngx_memcmp(h[i].lowcase_key, ask->name.data, ask->name.len)
                   == 0)
            {
                *(ngx_str_t *) ((u_char *) asked + ask->offset) = h[i].value;
                break;
            }
        }
    }
}


void
ngx_shop_choice_make(ngx_shop_conf_main_t *smcf, ngx_shop_conf_page_t *page,
    ngx_shop_choice_asked_t *asked, ngx_str_t *uri, ngx_shop_choice_t *choice)
{
    size_t                   len;
    u_char                   key[NGX_SHOP_CHOICE_KEY];
    uint32_t                 hash;
    ngx_shop_choice_slot_t  *slot;

    len = ngx_shop_choice_key(key, page, asked, uri);

    if (len == 0) {
        ngx_shop_choice_negotiate(smcf, page, asked, uri, choice);
        return;
    }

    hash = ngx_murmur_hash2(key, len);
    slot = &smcf->choices->slots[hash & (NGX_SHOP_CHOICE_SLOTS - 1)];

    if (slot->hash != hash || slot->len != len
        || ngx_memcmp(slot->key, key, len) != 0)
    {
        ngx_shop_choice_negotiate(smcf, page, asked, uri, &slot->choice);
        slot->hash = hash;
        slot->len = (uint16_t) len;
        ngx_memcpy(slot->key, key, len);
    }

    *choice = slot->choice;
}


/* all that the negotiation looks at; 0: too long to be remembered */

static size_t
ngx_shop_choice_key(u_char *key, ngx_shop_conf_page_t *page,
    ngx_shop_choice_asked_t *asked, ngx_str_t *uri)
{
    u_char      *p;
    ngx_str_t    extension;

    extension = ngx_shop_choice_extension(uri);

    if (asked->accept.len + asked->language.len + asked->encoding.len
        + asked->dest.len + asked->type.len + extension.len + 8
        > NGX_SHOP_CHOICE_KEY)
    {
        return 0;
    }

    p = key;

    *p++ = (u_char) (page->number >> 8);
    *p++ = (u_char) page->number;

    /* a header has no NUL, so that the pieces cannot be taken for others */

    p = ngx_cpymem(p, asked->accept.data, asked->accept.len);
    *p++ = '\0';
    p = ngx_cpymem(p, asked->language.data, asked->language.len);
    *p++ = '\0';
    p = ngx_cpymem(p, asked->encoding.data, asked->encoding.len);
    *p++ = '\0';
    p = ngx_cpymem(p, asked->dest.data, asked->dest.len);
    *p++ = '\0';
    p = ngx_cpymem(p, asked->type.data, asked->type.len);
    *p++ = '\0';
    p = ngx_cpymem(p, extension.data, extension.len);

    return p - key;
}


/* of a path only its extension counts */

static ngx_str_t
ngx_shop_choice_extension(ngx_str_t *uri)
{
    u_char     *p;
    ngx_str_t   extension;

    extension.data = uri->data + uri->len;
    extension.len = 0;

    for (p = extension.data; p > uri->data && p[-1] != '/'; p--) {
        if (p[-1] == '.') {
            extension.data = p - 1;
            extension.len = uri->data + uri->len - extension.data;
            break;
        }
    }

    return extension;
}


static void
ngx_shop_choice_negotiate(ngx_shop_conf_main_t *smcf,
    ngx_shop_conf_page_t *page, ngx_shop_choice_asked_t *asked,
    ngx_str_t *path, ngx_shop_choice_t *choice)
{
    choice->kind = (uint8_t) ngx_shop_negotiate_kind(
                     (ngx_shop_str_t *) &asked->accept,
                     (ngx_shop_str_t *) &asked->dest,
                     (ngx_shop_str_t *) &asked->type,
                     (ngx_shop_str_t *) path);

    choice->lang = (uint8_t) ngx_shop_choice_language(page, &asked->language);

    choice->coding = (uint8_t) ngx_shop_negotiate_coding(
                     (ngx_shop_str_t *) &asked->encoding,
                     (int) ngx_shop_render_has_br(
                                      smcf->renderings));
}


ngx_uint_t
ngx_shop_choice_language(ngx_shop_conf_page_t *page, ngx_str_t *language)
{
    ngx_uint_t  n;

    n = ngx_shop_negotiate_language((ngx_shop_str_t *) language, page->codes,
                                    (unsigned) page->skin->nlangs);

    /* of the page's languages the default is where the skin's first is */

    return n == 0 ? page->lang : n == page->lang ? 0 : n;
}
