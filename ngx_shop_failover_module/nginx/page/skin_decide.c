
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who decides in which language a page is: the visitor, or the shop.  Does not
 * negotiate: choice does that, with what stands here as Accept-Language.
 */


#include "nginx/page/skin_decide.h"

#include "logic/words/negotiate.h"


static ngx_int_t ngx_shop_skin_decide_find(ngx_conf_t *cf,
    ngx_shop_skin_t *skin, ngx_shop_conf_lang_t *lang, ngx_str_t *code,
    ngx_uint_t *found);


ngx_int_t
ngx_shop_skin_decide_load(ngx_conf_t *cf, ngx_shop_conf_page_t *page)
{
    ngx_uint_t             n;
    ngx_shop_str_t         first;
    ngx_shop_skin_t       *skin;
    ngx_shop_conf_lang_t  *lang;

    skin = page->skin;
    lang = page->conf->page_lang;

    page->lang = 0;
    page->codes = skin->codes;

    if (lang == NULL || (lang->headers && lang->other.len == 0)) {
        return NGX_OK;
    }

    if (lang->fixed || lang->other.len) {

        if (ngx_shop_skin_decide_find(cf, skin, lang,
                                    lang->fixed ? &lang->value.value
                                                : &lang->other,
                                    &page->lang)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    /* the negotiation falls back on the first */

    page->codes = ngx_palloc(cf->pool, skin->nlangs * sizeof(ngx_shop_str_t));
    if (page->codes == NULL) {
        return NGX_ERROR;
    }

    for (n = 0; n < skin->nlangs; n++) {
        page->codes[n] = skin->codes[n];
    }

    first = page->codes[0];
    page->codes[0] = page->codes[page->lang];
    page->codes[page->lang] = first;

    return NGX_OK;
}


static ngx_int_t
ngx_shop_skin_decide_find(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_conf_lang_t *lang, ngx_str_t *code, ngx_uint_t *found)
{
    u_char          *p, *list;
    ngx_uint_t       i;
    ngx_shop_str_t  *codes, wanted;

    codes = ngx_palloc(cf->temp_pool,
                       (skin->nlangs + 1) * sizeof(ngx_shop_str_t));
    list = ngx_pnalloc(cf->temp_pool, skin->nlangs * 42 + 1);

    if (codes == NULL || list == NULL) {
        return NGX_ERROR;
    }

    wanted.data = code->data;
    wanted.len = code->len;

    /* what nobody asks for by name stands for "nothing fits" */

    codes[0].data = (u_char *) "x-none";
    codes[0].len = sizeof("x-none") - 1;

    for (i = 0, p = list; i < skin->nlangs; i++) {
        codes[i + 1] = skin->codes[i];
        p = ngx_sprintf(p, " %*s", skin->codes[i].len, skin->codes[i].data);
    }

    *p = '\0';

    i = ngx_shop_negotiate_language(&wanted, codes,
                                    (unsigned) skin->nlangs + 1);

    if (i == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "there is no language \"%V\" of \"shop_page_lang\", "
                      "expected one of:%s; or add lang/%V.txt to the "
                      "directory of shop_page_dir in %V:%ui", code, list, code,
                      &lang->file, lang->line);
        return NGX_ERROR;
    }

    *found = i - 1;

    return NGX_OK;
}


void
ngx_shop_skin_decide_ask(ngx_http_request_t *r, ngx_str_t *language)
{
    ngx_str_t              value;
    ngx_shop_conf_loc_t   *slcf;
    ngx_shop_conf_lang_t  *lang;

    slcf = ngx_http_get_module_loc_conf(r, ngx_shop_failover_module);
    lang = slcf->page_lang;

    if (lang == NULL || lang->headers
        || ngx_http_complex_value(r, &lang->value, &value) != NGX_OK
        || value.len == 0
        || (value.len == 4 && ngx_strncmp(value.data, "auto", 4) == 0))
    {
        return;
    }

    *language = value;
}


ngx_uint_t
ngx_shop_skin_decide_varies(ngx_shop_conf_page_t *page)
{
    ngx_shop_conf_lang_t  *lang;

    lang = page->conf->page_lang;

    return lang == NULL || !lang->fixed;
}


ngx_shop_str_t
ngx_shop_skin_decide_second(ngx_shop_conf_page_t *page)
{
    return page->codes[0];
}


/* who names a default writes in it */

ngx_shop_str_t
ngx_shop_skin_decide_bare(ngx_shop_conf_page_t *page)
{
    ngx_shop_str_t         none;
    ngx_shop_conf_lang_t  *lang;

    lang = page->conf->page_lang;

    if (lang && (lang->fixed || lang->other.len)) {
        return page->codes[0];
    }

    none.len = 0;
    none.data = NULL;

    return none;
}
