
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any file as a logo: the URI finds room and is base64 of what was left; of an
 * SVG that is nothing new, and nothing that a second look would take away.
 */


#include "fuzz.h"
#include "logic/words/logo.h"


#define FUZZ_LOGO_MAX  4096
#define FUZZ_LOGO_SVG  "data:image/svg+xml;base64,"
#define FUZZ_LOGO_PNG  "data:image/png;base64,"


static int
fuzz_logo_digit(unsigned char c)
{
    static const char  digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789+/";

    fuzz_holds(c != '\0' && strchr(digits, c) != NULL);

    return (int) (strchr(digits, c) - digits);
}


/* the bytes that the URI stands for, behind a prefix of so many */

static size_t
fuzz_logo_bytes(const ngx_shop_emit_t *e, size_t prefix, unsigned char *to)
{
    size_t                i, n, len;
    uint32_t              bits;
    const unsigned char  *p;

    p = e->start + prefix;
    n = (size_t) (e->pos - p);
    len = 0;

    fuzz_holds(n % 4 == 0);

    for (i = 0; i < n; i += 4, p += 4) {
        bits = (uint32_t) fuzz_logo_digit(p[0]) << 18
               | (uint32_t) fuzz_logo_digit(p[1]) << 12;

        to[len++] = (unsigned char) (bits >> 16);

        if (p[2] == '=') {
            fuzz_holds(p[3] == '=' && i + 4 == n);
            break;
        }

        bits |= (uint32_t) fuzz_logo_digit(p[2]) << 6;
        to[len++] = (unsigned char) (bits >> 8);

        if (p[3] == '=') {
            fuzz_holds(i + 4 == n);
            break;
        }

        bits |= (uint32_t) fuzz_logo_digit(p[3]);
        to[len++] = (unsigned char) bits;
    }

    return len;
}


/* whether the one is the other, with some bytes left out */

static int
fuzz_logo_within(const unsigned char *p, size_t len, const uint8_t *data,
    size_t size)
{
    size_t  i, n;

    for (i = 0, n = 0; i < size && n < len; i++) {
        n += (data[i] == p[n]);
    }

    return n == len;
}


static void
fuzz_logo_svg(const unsigned char *svg, size_t len)
{
    const char       *reason;
    ngx_shop_str_t    file;
    ngx_shop_emit_t   e;
    unsigned char     clean[FUZZ_LOGO_MAX];
    unsigned char     uri[ngx_shop_logo_room(FUZZ_LOGO_MAX)];

    fuzz_holds(len >= 5 && memcmp(svg, "<svg", 4) == 0);

    file.data = svg;
    file.len = len;

    ngx_shop_emit_init(&e, uri, sizeof(uri));

    fuzz_holds(ngx_shop_logo_uri(&file, clean, &e, &reason) == NGX_SHOP_OK);
    fuzz_holds(memcmp(clean, svg, len) == 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t            len;
    const char       *reason;
    ngx_shop_str_t    file;
    ngx_shop_emit_t   e;
    unsigned char    *clean, *uri;
    unsigned char     bytes[FUZZ_LOGO_MAX + 3];

    if (size > FUZZ_LOGO_MAX) {
        return 0;
    }

    /* of the sizes that are promised to be enough */

    clean = malloc(size ? size : 1);
    uri = malloc(ngx_shop_logo_room(size));
    fuzz_holds(clean != NULL && uri != NULL);

    file.data = data;
    file.len = size;
    reason = NULL;

    ngx_shop_emit_init(&e, uri, ngx_shop_logo_room(size));

    if (ngx_shop_logo_uri(&file, clean, &e, &reason) != NGX_SHOP_OK) {
        fuzz_holds(reason != NULL);

    } else {
        fuzz_holds(!e.failed);

        if (memcmp(uri, FUZZ_LOGO_PNG, sizeof(FUZZ_LOGO_PNG) - 1) == 0) {
            len = fuzz_logo_bytes(&e, sizeof(FUZZ_LOGO_PNG) - 1, bytes);
            fuzz_holds(len == size && memcmp(bytes, data, len) == 0);

        } else {
            fuzz_holds(memcmp(uri, FUZZ_LOGO_SVG, sizeof(FUZZ_LOGO_SVG) - 1)
                       == 0);
            len = fuzz_logo_bytes(&e, sizeof(FUZZ_LOGO_SVG) - 1, bytes);
            fuzz_holds(len <= size && memcmp(bytes, clean, len) == 0);
            fuzz_holds(fuzz_logo_within(bytes, len, data, size));
            fuzz_logo_svg(bytes, len);
        }
    }

    free(clean);
    free(uri);

    return 0;
}
