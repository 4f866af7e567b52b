
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Bypass tokens.  Knows no clock, no cookie and no cryptography.
 *
 * A token is base64url (RFC 4648, section 5) of
 *
 *     version (1), flags (1), expires (8, big endian), HMAC-SHA256 (32)
 *
 * 42 bytes are 56 characters with no bit to spare, so that every token has
 * exactly one spelling.  The site is authenticated and not sent: a token of
 * another site is one that does not verify.  A domain begins with a dot, and no
 * host does, so that a token of one is never one of the other.
 */


#include "logic/pass/token.h"
#include "logic/text/span.h"

#include "logic/pass/secret.h"
#include "logic/text/span.h"


#define NGX_SHOP_TOKEN_VERSION   1
#define NGX_SHOP_TOKEN_HEAD      10
#define NGX_SHOP_TOKEN_SIZE                                                  \
    (NGX_SHOP_TOKEN_HEAD + NGX_SHOP_TOKEN_MAC)

#define NGX_SHOP_TOKEN_F_COOKIE  1
#define NGX_SHOP_TOKEN_F_DRILL   2

/* another use of the same key never makes the same bytes */
#define NGX_SHOP_TOKEN_LABEL     "shop failover bypass\n"
#define NGX_SHOP_TOKEN_LABEL_LEN                                             \
    (sizeof(NGX_SHOP_TOKEN_LABEL) - 1)


static int ngx_shop_token_mac(const ngx_shop_token_key_t *key,
    const unsigned char *head, unsigned char *mac);
static void ngx_shop_token_to_text(unsigned char *text,
    const unsigned char *bytes);
static int ngx_shop_token_from_text(unsigned char *bytes,
    const unsigned char *text);


static const unsigned char  ngx_shop_token_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";


int
ngx_shop_token_encode(unsigned char *buf, const ngx_shop_token_t *token,
    const ngx_shop_token_key_t *key)
{
    unsigned       i;
    uint64_t       expires;
    unsigned char  bytes[NGX_SHOP_TOKEN_SIZE];

    bytes[0] = NGX_SHOP_TOKEN_VERSION;
    bytes[1] = 0;

    if (token->kind == NGX_SHOP_TOKEN_COOKIE) {
        bytes[1] |= NGX_SHOP_TOKEN_F_COOKIE;
    }

    if (token->drill) {
        bytes[1] |= NGX_SHOP_TOKEN_F_DRILL;
    }

    expires = (uint64_t) token->expires;

    for (i = 0; i < 8; i++) {
        bytes[2 + i] = (unsigned char) (expires >> (56 - 8 * i));
    }

    if (ngx_shop_token_mac(key, bytes,
                           bytes + NGX_SHOP_TOKEN_HEAD)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    ngx_shop_token_to_text(buf, bytes);

    return NGX_SHOP_OK;
}


int
ngx_shop_token_verify(ngx_shop_token_t *token, const ngx_shop_str_t *text,
    const ngx_shop_token_key_t *key, int64_t now)
{
    unsigned        i;
    uint64_t        expires;
    unsigned char   mac[NGX_SHOP_TOKEN_MAC];
    unsigned char   bytes[NGX_SHOP_TOKEN_SIZE];
    ngx_shop_str_t  sent, good;

    sent.data = bytes + NGX_SHOP_TOKEN_HEAD;
    sent.len = NGX_SHOP_TOKEN_MAC;
    good.data = mac;
    good.len = NGX_SHOP_TOKEN_MAC;

    if (text->len != NGX_SHOP_TOKEN_LEN
        || ngx_shop_token_from_text(bytes, text->data)
           != NGX_SHOP_OK
        || ngx_shop_token_mac(key, bytes, mac)
           != NGX_SHOP_OK
        || !ngx_shop_secret_same(&sent, &good))
    {
        return NGX_SHOP_ERROR;
    }

    /* of a later version, signed with the same key */

    if (bytes[0] != NGX_SHOP_TOKEN_VERSION
        || bytes[1] & ~(NGX_SHOP_TOKEN_F_COOKIE
                        |NGX_SHOP_TOKEN_F_DRILL))
    {
        return NGX_SHOP_ERROR;
    }

    expires = 0;

    for (i = 0; i < 8; i++) {
        expires = expires << 8 | bytes[2 + i];
    }

    token->expires = (int64_t) expires;
    token->kind = bytes[1] & NGX_SHOP_TOKEN_F_COOKIE
                  ? NGX_SHOP_TOKEN_COOKIE
                  : NGX_SHOP_TOKEN_LINK;
    token->drill = (bytes[1] & NGX_SHOP_TOKEN_F_DRILL) ? 1 : 0;

    return token->expires > now ? NGX_SHOP_OK : NGX_SHOP_DECLINED;
}


/* of the label, what the token says, and the site in lower case */

static int
ngx_shop_token_mac(const ngx_shop_token_key_t *key, const unsigned char *head,
    unsigned char *mac)
{
    size_t          i;
    unsigned char  *p;
    unsigned char   bytes[NGX_SHOP_TOKEN_LABEL_LEN
                          + NGX_SHOP_TOKEN_HEAD
                          + NGX_SHOP_TOKEN_SITE_MAX];

    if (key->site.len == 0 || key->site.len > NGX_SHOP_TOKEN_SITE_MAX) {
        return NGX_SHOP_ERROR;
    }

    p = bytes;
    memcpy(p, NGX_SHOP_TOKEN_LABEL, NGX_SHOP_TOKEN_LABEL_LEN);
    p += NGX_SHOP_TOKEN_LABEL_LEN;

    memcpy(p, head, NGX_SHOP_TOKEN_HEAD);
    p += NGX_SHOP_TOKEN_HEAD;

    for (i = 0; i < key->site.len; i++) {
        *p++ = ngx_shop_span_lower(key->site.data[i]);
    }

    return key->hmac(key->data, bytes, (size_t) (p - bytes), mac);
}


static void
ngx_shop_token_to_text(unsigned char *text, const unsigned char *bytes)
{
    unsigned  i, bits;

    for (i = 0; i < NGX_SHOP_TOKEN_SIZE; i += 3) {
        bits = (unsigned) bytes[i] << 16 | (unsigned) bytes[i + 1] << 8
               | bytes[i + 2];

        *text++ = ngx_shop_token_alphabet[bits >> 18];
        *text++ = ngx_shop_token_alphabet[bits >> 12 & 63];
        *text++ = ngx_shop_token_alphabet[bits >> 6 & 63];
        *text++ = ngx_shop_token_alphabet[bits & 63];
    }
}


static int
ngx_shop_token_from_text(unsigned char *bytes, const unsigned char *text)
{
    unsigned              i, bits;
    const unsigned char  *p;

    bits = 0;

    for (i = 0; i < NGX_SHOP_TOKEN_LEN; i++) {
        p = memchr(ngx_shop_token_alphabet, text[i], 64);

        if (p == NULL) {
            return NGX_SHOP_ERROR;
        }

        bits = bits << 6 | (unsigned) (p - ngx_shop_token_alphabet);

        if (i % 4 == 3) {
            *bytes++ = (unsigned char) (bits >> 16 & 255);
            *bytes++ = (unsigned char) (bits >> 8 & 255);
            *bytes++ = (unsigned char) (bits & 255);
            bits = 0;
        }
    }

    return NGX_SHOP_OK;
}


int
ngx_shop_token_is_domain(const ngx_shop_str_t *domain)
{
    size_t         i, labels, part;
    unsigned char  ch;

    if (domain->len < 2 || domain->len > NGX_SHOP_TOKEN_SITE_MAX
        || domain->data[0] != '.')
    {
        return 0;
    }

    labels = 0;
    part = 0;
    ch = '0';

    for (i = 1; i < domain->len; i++) {
        ch = domain->data[i];

        if (ch == '.') {

            if (part == 0) {
                return 0;
            }

            part = 0;
            continue;
        }

        if (!((ch >= '0' && ch <= '9') || ch == '-' || ch == '_'
              || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z')))
        {
            return 0;
        }

        labels += (part++ == 0);
    }

    /* four numbers are an address, and no name ends with one */

    return labels >= 2 && part && !(ch >= '0' && ch <= '9');
}


int
ngx_shop_token_within(const ngx_shop_str_t *domain, const ngx_shop_str_t *host)
{
    ngx_shop_str_t  tail, name;

    if (domain->len < 2) {
        return 0;
    }

    name.data = domain->data + 1;
    name.len = domain->len - 1;

    if (ngx_shop_span_same(host, &name)) {
        return 1;
    }

    if (host->len <= domain->len) {
        return 0;
    }

    tail.data = host->data + host->len - domain->len;
    tail.len = domain->len;

    return ngx_shop_span_same(&tail, domain);
}
