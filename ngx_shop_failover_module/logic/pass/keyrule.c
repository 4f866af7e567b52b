
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which file is a key.  Who has it passes the closed shop, or gives orders to
 * servers: it is refused where everybody on the machine has it.
 */


#include "logic/pass/keyrule.h"


/* S_IROTH|S_IWOTH */
#define NGX_SHOP_KEYRULE_OTHERS  06u

#define NGX_SHOP_KEYRULE_MAKE                                                \
    "make one with: (umask 077; openssl rand -hex 32 > ", ")"


/* by number of the rule */
static const ngx_shop_keyrule_text_t ngx_shop_keyrule_texts[] =
{
    { "is good", "", "" },
    { "cannot be read", NGX_SHOP_KEYRULE_MAKE },
    { "is not a regular file", NGX_SHOP_KEYRULE_MAKE },
    { "is behind a symlink that is neither root's nor the file owner's",
      "name the file itself in place of ", "" },
    { "can be read or written by everybody, expected mode 0600 or 0640",
      "run: chmod o-rwx ", "" },
    { "is larger than 4096 bytes, so it is probably not a key",
      NGX_SHOP_KEYRULE_MAKE },
    { "is too short, expected a key of at least 32 bytes",
      NGX_SHOP_KEYRULE_MAKE },
    { "cannot be sent in a header, expected visible ASCII characters in "
      "one line", NGX_SHOP_KEYRULE_MAKE }
};


ngx_shop_keyrule_e
ngx_shop_keyrule_file(const ngx_shop_keyrule_file_t *file)
{
    if (!file->regular) {
        return NGX_SHOP_KEYRULE_NO_FILE;
    }

    if (file->mode & NGX_SHOP_KEYRULE_OTHERS) {
        return NGX_SHOP_KEYRULE_EXPOSED;
    }

    return file->size > NGX_SHOP_KEYRULE_MAX
           ? NGX_SHOP_KEYRULE_LONG : NGX_SHOP_KEYRULE_GOOD;
}


ngx_shop_keyrule_e
ngx_shop_keyrule_key(ngx_shop_str_t *key, unsigned sent)
{
    size_t  i;

    /* a file may grow after it was looked at */

    if (key->len > NGX_SHOP_KEYRULE_MAX) {
        return NGX_SHOP_KEYRULE_LONG;
    }

    while (key->len
           && (key->data[key->len - 1] == '\n'
               || key->data[key->len - 1] == '\r'))
    {
        key->len--;
    }

    if (key->len < NGX_SHOP_KEYRULE_MIN) {
        return NGX_SHOP_KEYRULE_SHORT;
    }

    for (i = 0; sent && i < key->len; i++) {
        if (key->data[i] <= 0x20 || key->data[i] >= 0x7F) {
            return NGX_SHOP_KEYRULE_UNSENT;
        }
    }

    return NGX_SHOP_KEYRULE_GOOD;
}


const ngx_shop_keyrule_text_t *
ngx_shop_keyrule_text(ngx_shop_keyrule_e rule)
{
    return &ngx_shop_keyrule_texts[rule];
}
