
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any bytes as a path and as a pattern: a path is one however it is read
 * again, a pattern that is a path is itself, and what is below it, and what
 * has a fault is told.
 */


#include "fuzz.h"
#include "logic/pass/pattern.h"


/* no segment that is "", ".", ".." or the front controller's name */

static void
fuzz_plain(const ngx_shop_str_t *path)
{
    size_t                i, begin, len;
    const unsigned char  *p;

    fuzz_holds(path->len >= 1 && path->data[0] == '/');

    begin = 1;

    for (i = 1; i <= path->len && path->len > 1; i++) {

        if (i < path->len && path->data[i] != '/') {
            continue;
        }

        p = path->data + begin;
        len = i - begin;

        fuzz_holds(len && !(len == 1 && p[0] == '.')
                   && !(len == 2 && p[0] == '.' && p[1] == '.')
                   && !(len == 9 && memcmp(p, "index.php", 9) == 0));

        begin = i + 1;
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t           cut;
    unsigned char   *one, *other, *again;
    ngx_shop_str_t   text, written, pattern, path, twice;

    /* the first byte says where the pattern ends and the target begins */

    if (size == 0) {
        return 0;
    }

    cut = data[0] % size;

    written.data = data + 1;
    written.len = cut < size - 1 ? cut : size - 1;
    text.data = written.data + written.len;
    text.len = size - 1 - written.len;

    one = malloc(written.len + 1);
    other = malloc(text.len + 1);
    again = malloc(text.len + 2);
    fuzz_holds(one != NULL && other != NULL && again != NULL);

    pattern.data = one;
    pattern.len = ngx_shop_pattern_path(one, &written,
                                        NGX_SHOP_PATTERN_PATTERN);
    fuzz_holds(pattern.len <= written.len + 1);
    fuzz_plain(&pattern);

    path.data = other;
    path.len = ngx_shop_pattern_path(other, &text, NGX_SHOP_PATTERN_TARGET);
    fuzz_holds(path.len <= text.len + 1);
    fuzz_plain(&path);

    twice.data = again;
    twice.len = ngx_shop_pattern_path(again, &path, NGX_SHOP_PATTERN_URI);
    fuzz_holds(twice.len == path.len
               && memcmp(twice.data, path.data, path.len) == 0);

    fuzz_holds(ngx_shop_pattern_match(&path, &path));
    (void) ngx_shop_pattern_match(&pattern, &path);

    if (ngx_shop_pattern_fault(&written) == NGX_SHOP_PATTERN_FITS) {
        fuzz_holds(written.data[0] == '/');
    }

    free(one);
    free(other);
    free(again);

    return 0;
}
