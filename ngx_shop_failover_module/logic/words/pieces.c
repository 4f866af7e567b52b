
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A text of the operator, cut into text, links and codes.
 */


#include "logic/words/pieces.h"


static size_t ngx_shop_pieces_code(const ngx_shop_str_t *text, size_t *from);


/*
 * Cuts a line into text and links.  A line that is cut more often than there
 * is room for ends as text: nothing that the operator wrote is lost.
 */

void
ngx_shop_pieces_line(ngx_shop_pieces_t *pieces, ngx_shop_str_t text)
{
    size_t                  pos;
    unsigned                first;
    ngx_shop_link_piece_t   link;
    ngx_shop_pieces_piece_t  *piece;

    first = pieces->n;
    pos = 0;

    while (ngx_shop_link_next(&text, &pos, &link) == NGX_SHOP_OK) {
        if (pieces->n == NGX_SHOP_PIECES_MAX) {

            /* grow the last piece over the rest */

            piece = &pieces->piece[pieces->n - 1];

            if (first < pieces->n) {
                piece->link.href.len = 0;
                piece->link.text.len = (size_t) (text.data + text.len
                                                 - piece->link.text.data);
            }

            break;
        }

        piece = &pieces->piece[pieces->n++];
        piece->link = link;
        piece->first = 0;
        piece->last = 0;
    }

    if (first < pieces->n) {
        pieces->piece[first].first = 1;
        pieces->piece[pieces->n - 1].last = 1;
    }
}


/* a code to type in stands as a piece of its own, so that it is not broken */

void
ngx_shop_pieces_codes(ngx_shop_pieces_t *pieces)
{
    size_t                  from, len;
    unsigned                i;
    ngx_shop_pieces_piece_t  *piece;

    for (i = 0; i < pieces->n; i++) {

        piece = &pieces->piece[i];
        from = 0;
        len = piece->link.href.len
              ? 0 : ngx_shop_pieces_code(&piece->link.text, &from);

        if (len == 0 || pieces->n + 2 > NGX_SHOP_PIECES_MAX) {
            continue;
        }

        /* text, code, text: of which the last is looked at next */

        memmove(piece + 2, piece, (pieces->n - i)
                                  * sizeof(ngx_shop_pieces_piece_t));
        memset(piece + 1, 0, sizeof(ngx_shop_pieces_piece_t));

        piece[1].code = 1;
        piece[1].link.text.data = piece[0].link.text.data + from;
        piece[1].link.text.len = len;
        piece[2].link.text.data += from + len;
        piece[2].link.text.len -= from + len;
        piece[2].first = 0;
        piece[0].link.text.len = from;
        piece[0].last = 0;

        pieces->n += 2;
        i++;
    }
}


/*
 * The length of the first word that looks like a code, SORRY10 or TEA-2026:
 * capitals, digits and hyphens, at least four, with a digit and a capital.
 */

static size_t
ngx_shop_pieces_code(const ngx_shop_str_t *text, size_t *from)
{
    size_t         i, start;
    unsigned       capitals, digits, other;
    unsigned char  c;

    for (start = 0; start < text->len; start = i + 1) {

        capitals = 0;
        digits = 0;
        other = 0;

        for (i = start; i < text->len; i++) {
            c = text->data[i];

            if (c >= 'A' && c <= 'Z') {
                capitals++;

            } else if (c >= '0' && c <= '9') {
                digits++;

            } else if ((c >= 'a' && c <= 'z') || c >= 0x80 || c == '_'
                       || c == '/' || c == '@')
            {
                other++;

            } else if (c != '-') {
                break;
            }
        }

        if (capitals && digits && !other && i - start >= 4) {
            *from = start;
            return i - start;
        }
    }

    return 0;
}
