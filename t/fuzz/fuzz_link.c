
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any text with URLs in it: no byte is lost, and what became a link is one of
 * three schemes and alone is the same link.
 */


#include "fuzz.h"
#include "logic/words/link.h"


#define FUZZ_LINK_MAX  1024


static int
fuzz_link_starts(const ngx_shop_str_t *s, const char *text)
{
    size_t  i;

    for (i = 0; text[i]; i++) {
        if (i == s->len || (s->data[i] | 0x20) != (text[i] | 0x20)) {
            return 0;
        }
    }

    return 1;
}


static void
fuzz_link_url(const ngx_shop_link_piece_t *piece)
{
    size_t                 i, pos;
    ngx_shop_str_t         url;
    ngx_shop_link_piece_t  again;

    url = piece->href;

    fuzz_holds(fuzz_link_starts(&url, "https://")
               || fuzz_link_starts(&url, "tel:")
               || fuzz_link_starts(&url, "mailto:"));

    for (i = 0; i < url.len; i++) {
        fuzz_holds(url.data[i] > 0x20
                   && url.data[i] < 0x7F
                   && strchr("\"<>\\^`{|}", url.data[i]) == NULL);
    }

    fuzz_holds(ngx_shop_link_is_safe(&url, 0));

    pos = 0;
    fuzz_holds(ngx_shop_link_next(&url, &pos, &again)
               == NGX_SHOP_OK
               && pos == url.len
               && again.href.len == url.len
               && again.text.len == piece->text.len);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                  pos, seen;
    ngx_shop_str_t          s;
    const unsigned char    *start;
    ngx_shop_link_piece_t   piece;

    if (size > FUZZ_LINK_MAX) {
        return 0;
    }

    s.data = data;
    s.len = size;
    pos = 0;
    seen = 0;

    while (ngx_shop_link_next(&s, &pos, &piece) == NGX_SHOP_OK) {
        start = piece.href.len ? piece.href.data : piece.text.data;

        fuzz_holds(start == data + seen && pos > seen);
        fuzz_holds(piece.text.data + piece.text.len == data + pos);

        if (piece.href.len) {
            fuzz_holds(piece.href.data + piece.href.len == data + pos);
            fuzz_link_url(&piece);
        }

        seen = pos;
    }

    fuzz_holds(seen == size);

    return 0;
}
