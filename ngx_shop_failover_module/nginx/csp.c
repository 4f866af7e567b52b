
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Hashes of a Content-Security-Policy.
 */


#include "nginx/csp.h"

#include <openssl/evp.h>


u_char *
ngx_shop_csp_hash(u_char *p, u_char *last, const u_char *text, size_t len)
{
    u_char        digest[EVP_MAX_MD_SIZE], buf[NGX_SHOP_CSP_HASH];
    ngx_str_t     hash, base64;
    unsigned int  n;

    if ((size_t) (last - p) < NGX_SHOP_CSP_HASH
        || EVP_Digest(text, len, digest, &n, EVP_sha256(), NULL) != 1)
    {
        return NULL;
    }

    hash.data = digest;
    hash.len = n;
    base64.data = buf;
    ngx_encode_base64(&base64, &hash);

    return ngx_slprintf(p, last, " 'sha256-%V'", &base64);
}
