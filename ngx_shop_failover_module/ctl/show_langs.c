
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The texts of a notice that have a language, and which language lacks which.
 */


#include "ctl/say.h"
#include "ctl/show_langs.h"

#include "logic/words/tongue.h"


static void ngx_shop_show_langs_line(const ngx_shop_flag_notice_t *n,
    unsigned said, ngx_shop_span_t lang, ngx_shop_span_t text);


void
ngx_shop_show_langs_texts(const ngx_shop_flag_notice_t *n)
{
    unsigned                     i;
    const ngx_shop_flag_lang_t  *known;

    for (i = 0; i < n->nlangs; i++) {
        known = &n->langs[i];

        if (known->said != NGX_SHOP_FLAG_SAID_UPDATE) {
            ngx_shop_show_langs_line(n, known->said, known->lang,
                                     known->text);
        }
    }
}


void
ngx_shop_show_langs_update(const ngx_shop_flag_notice_t *n, unsigned nth)
{
    unsigned                     i;
    const ngx_shop_flag_lang_t  *known;

    for (i = 0; i < n->nlangs; i++) {
        known = &n->langs[i];

        if (known->said == NGX_SHOP_FLAG_SAID_UPDATE && known->nth == nth) {
            ngx_shop_show_langs_line(n, known->said, known->lang,
                                     known->text);
        }
    }
}


static void
ngx_shop_show_langs_line(const ngx_shop_flag_notice_t *n, unsigned said,
    ngx_shop_span_t lang, ngx_shop_span_t text)
{
    char  key[64];

    (void) snprintf(key, sizeof(key), "%s.%.*s", ngx_shop_tongue_name(said),
                    ngx_shop_say_str(ngx_shop_flag_text(n, lang)));

    printf("  %-15s ", key);
    ngx_shop_say_text(stdout, ngx_shop_flag_text(n, text));
    putchar('\n');
}


void
ngx_shop_show_langs_lacks(const ngx_shop_flag_notice_t *n)
{
    unsigned        i, count, said, lacks;
    const char     *before;
    ngx_shop_str_t  langs[NGX_SHOP_FLAG_LANGS];

    count = ngx_shop_tongue_langs(n, langs, NGX_SHOP_FLAG_LANGS);

    for (i = 0; i < count; i++) {
        lacks = ngx_shop_tongue_lacks(n, &langs[i]);

        if (lacks == 0) {
            continue;
        }

        printf("  no text in %.*s", ngx_shop_say_str(langs[i]));
        before = ": ";

        for (said = 1; said < NGX_SHOP_FLAG_SAID_N; said++) {
            if (lacks & (1u << said)) {
                printf("%s%s", before, ngx_shop_tongue_name(said));
                before = ", ";
            }
        }

        putchar('\n');
    }
}
