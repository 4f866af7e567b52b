
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any bytes as a token: none verifies but what was written with the key, and
 * whatever verifies is written again with the same bytes.  Any bytes as what a
 * token says: it is read back, and no part of it is a token, nor for another
 * site.
 */


#include <stddef.h>
#include <stdint.h>
#include "fuzz.h"
#include "logic/pass/token.h"


/*
 * A sum, not a MAC: a fuzzer can hit it, so that what comes after a good
 * signature is tried, too.
 */

static int
fuzz_token_hmac(void *data, const unsigned char *bytes, size_t size,
    unsigned char *mac)
{
    size_t  i;

    (void) data;

    memset(mac, 0, NGX_SHOP_TOKEN_MAC);

    for (i = 0; i < size; i++) {
        mac[0] = (unsigned char) (mac[0] + bytes[i]);
    }

    return NGX_SHOP_OK;
}


static void
fuzz_token_again(const uint8_t *data, size_t size, ngx_shop_token_key_t *key,
    int64_t now)
{
    int               rc;
    size_t            i;
    unsigned char     buf[NGX_SHOP_TOKEN_LEN];
    ngx_shop_str_t    text;
    ngx_shop_token_t  said, token;

    if (size < 6) {
        return;
    }

    said.kind = data[0] % NGX_SHOP_TOKEN_NKINDS;
    said.drill = data[1] & 1;
    said.expires = 0;

    for (i = 2; i < 6; i++) {
        said.expires = said.expires << 8 | data[i];
    }

    if (ngx_shop_token_encode(buf, &said, key) != NGX_SHOP_OK) {
        abort();
    }

    text.data = buf;
    text.len = sizeof(buf);

    /* hosts have no case */

    key->site.data = (const unsigned char *) "SHOP.example";

    rc = ngx_shop_token_verify(&token, &text, key, now);

    if (rc != (said.expires > now ? NGX_SHOP_OK
                                  : NGX_SHOP_DECLINED)
        || token.kind != said.kind || token.drill != said.drill
        || token.expires != said.expires)
    {
        abort();
    }

    text.len = data[0] % sizeof(buf);

    if (ngx_shop_token_verify(&token, &text, key, now) != NGX_SHOP_ERROR) {
        abort();
    }

    text.len = sizeof(buf);
    key->site.len--;

    if (ngx_shop_token_verify(&token, &text, key, now) != NGX_SHOP_ERROR) {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                   rc;
    int64_t               now;
    unsigned char         buf[NGX_SHOP_TOKEN_LEN];
    ngx_shop_str_t        text;
    ngx_shop_token_t      token;
    ngx_shop_token_key_t  key;

    now = 1795230000;

    text.data = data;
    text.len = size;

    key.hmac = fuzz_token_hmac;
    key.data = NULL;
    key.site.data = (const unsigned char *) "shop.example";
    key.site.len = 12;

    rc = ngx_shop_token_verify(&token, &text, &key, now);

    if (rc == NGX_SHOP_ERROR) {
        fuzz_token_again(data, size, &key, now);
        return 0;
    }

    if ((rc == NGX_SHOP_OK) != (token.expires > now)
        || token.kind >= NGX_SHOP_TOKEN_NKINDS || token.drill > 1
        || ngx_shop_token_encode(buf, &token, &key)
           != NGX_SHOP_OK
        || size != sizeof(buf) || memcmp(buf, data, size) != 0)
    {
        abort();
    }

    return 0;
}
