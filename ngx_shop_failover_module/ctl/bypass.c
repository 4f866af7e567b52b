
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Signs a link.  The same key file and the same token as nginx has.
 */


#include <time.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "ctl/bypass.h"
#include "ctl/secret_file.h"
#include "logic/flag/times.h"
#include "logic/pass/token.h"


#define NGX_SHOP_BYPASS_VALID  "12h"
#define NGX_SHOP_BYPASS_KEY    "/etc/nginx/shop.key"


static int ngx_shop_bypass_host(const char *url, ngx_shop_str_t *host);
static int ngx_shop_bypass_domain(const char *name, ngx_shop_str_t *site);
static size_t ngx_shop_bypass_name(const char *p);
static int ngx_shop_bypass_is_port(const char *p, size_t len);
static int ngx_shop_bypass_control(const char *url);
static int ngx_shop_bypass_hmac(void *data, const unsigned char *bytes,
    size_t size, unsigned char *mac);
static void ngx_shop_bypass_print(const char *url, const unsigned char *token);
static int ngx_shop_bypass_is_token(const char *p, size_t len);
static void ngx_shop_bypass_encoded(const char *p, size_t len);


const ngx_shop_options_entry_t  ngx_shop_bypass_options[] = {
    { "key", NGX_SHOP_OPTIONS_VALUE, "FILE",
      "of shop_bypass_key, else $SHOP_BYPASS_KEY, else "
      NGX_SHOP_BYPASS_KEY },
    { "valid", NGX_SHOP_OPTIONS_VALUE, "LENGTH",
      "how long the link can be opened ["
      NGX_SHOP_BYPASS_VALID "]" },
    { "domain", NGX_SHOP_OPTIONS_VALUE, ".HOST",
      "for all hosts below it, of shop_bypass_key ... domain=.HOST" },
    { "drill", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "to see the closed shop while it is open" },
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


int
ngx_shop_bypass_link(const ngx_shop_options_t *o)
{
    int64_t                seconds;
    const char            *path, *valid, *reason;
    unsigned char          buf[NGX_SHOP_TOKEN_LEN];
    ngx_shop_str_t         secret, text;
    ngx_shop_token_t       token;
    ngx_shop_token_key_t   key;

    if (o->nrest != 1) {
        return ngx_shop_say_error("\"link\" needs the page that it "
                                  "leads to: shopctl link "
                                  "https://shop.example/");
    }

    valid = ngx_shop_options_get(o, "valid");
    valid = valid ? valid : NGX_SHOP_BYPASS_VALID;

    text.data = (const unsigned char *) valid;
    text.len = strlen(valid);

    if (ngx_shop_times_parse_length(&text, &seconds, &reason) != NGX_SHOP_OK) {
        return ngx_shop_say_error("invalid --valid \"%s\": %s", valid, reason);
    }

    if (seconds == 0) {
        return ngx_shop_say_error("invalid --valid \"%s\": the link "
                                  "would be over at once, write a "
                                  "length such as 30m", valid);
    }

    path = ngx_shop_options_setting(o, "key", "SHOP_BYPASS_KEY",
                                    NGX_SHOP_BYPASS_KEY);

    if (ngx_shop_bypass_host(o->rest[0], &key.site)
        != NGX_SHOP_OK
        || ngx_shop_bypass_domain(ngx_shop_options_get(o, "domain"),
                                  &key.site)
           != NGX_SHOP_OK
        || ngx_shop_secret_file_read(path, "shop_bypass_key", 0, &secret)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    key.hmac = ngx_shop_bypass_hmac;
    key.data = &secret;

    token.kind = NGX_SHOP_TOKEN_LINK;
    token.drill = (ngx_shop_options_get(o, "drill") != NULL);
    token.expires = (int64_t) time(NULL) + seconds;

    if (ngx_shop_token_encode(buf, &token, &key) != NGX_SHOP_OK) {
        return ngx_shop_say_error("the link for \"%s\" cannot be "
                                  "signed", o->rest[0]);
    }

    ngx_shop_bypass_print(o->rest[0], buf);

    return NGX_SHOP_SAY_YES;
}


/*
 * As nginx has it: without the port and without a dot at its end; "[::1]" keeps
 * its brackets.  A link for another host than browsers name would not work.
 */

static int
ngx_shop_bypass_host(const char *url, ngx_shop_str_t *host)
{
    size_t       n, len;
    const char  *p;

    p = NULL;

    if (strncmp(url, "https://", 8) == 0) {
        p = url + 8;

    } else if (strncmp(url, "http://", 7) == 0) {
        p = url + 7;
        ngx_shop_say_note("browsers keep the cookie of a link only "
                          "over https, and on localhost");
    }

    n = p ? strcspn(p, "/?#") : 0;
    len = n ? ngx_shop_bypass_name(p) : 0;

    if (len == 0 || !ngx_shop_bypass_is_port(p + len, n - len)
        || strpbrk(url, " \"<>\\") || ngx_shop_bypass_control(url))
    {
        (void) ngx_shop_say_error("invalid address \"%s\": write a "
                                  "page of the shop as browsers send "
                                  "it, such as https://shop.example/ "
                                  "or https://xn--mller-kva.example/",
                                  url);
        return NGX_SHOP_ERROR;
    }

    host->data = (const unsigned char *) p;
    host->len = len - (p[len - 1] == '.');

    return NGX_SHOP_OK;
}


/* the token is bound to the domain instead of the host, which is in it */

static int
ngx_shop_bypass_domain(const char *name, ngx_shop_str_t *site)
{
    ngx_shop_str_t  domain;

    if (name == NULL) {
        return NGX_SHOP_OK;
    }

    domain.data = (const unsigned char *) name;
    domain.len = strlen(name);

    if (!ngx_shop_token_is_domain(&domain)) {
        (void) ngx_shop_say_error("invalid --domain \"%s\": write a dot "
                                  "and the name above the hosts of the "
                                  "shop, such as .shop.example", name);
        return NGX_SHOP_ERROR;
    }

    if (!ngx_shop_token_within(&domain, site)) {
        (void) ngx_shop_say_error("--domain \"%s\" is no parent of \"%.*s\": "
                                  "browsers would drop the cookie, write "
                                  "the end of the host's name", name,
                                  (int) site->len,
                                  (const char *) site->data);
        return NGX_SHOP_ERROR;
    }

    *site = domain;

    return NGX_SHOP_OK;
}


/* the length of a name or of an address; 0: neither of them */

static size_t
ngx_shop_bypass_name(const char *p)
{
    size_t  n;

    if (*p == '[') {
        n = strspn(p + 1, "0123456789abcdefABCDEF:.");

        return (n && p[n + 1] == ']') ? n + 2 : 0;
    }

    n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                  "0123456789-._");

    return *p == '.' ? 0 : n;
}


/* ":443", or nothing */

static int
ngx_shop_bypass_is_port(const char *p, size_t len)
{
    return len == 0
           || (*p == ':' && len <= 6 && strspn(p + 1, "0123456789") == len - 1);
}


static int
ngx_shop_bypass_control(const char *url)
{
    while ((unsigned char) *url >= 0x20 && *url != 0x7F) {
        url++;
    }

    return *url != '\0';
}


static int
ngx_shop_bypass_hmac(void *data, const unsigned char *bytes, size_t size,
    unsigned char *mac)
{
    unsigned int     len;
    ngx_shop_str_t  *key = data;

    return HMAC(EVP_sha256(), key->data, (int) key->len, bytes, size, mac,
                &len)
           ? NGX_SHOP_OK : NGX_SHOP_ERROR;
}


/* the argument comes before a fragment, and in the place of an older one */

static void
ngx_shop_bypass_print(const char *url, const unsigned char *token)
{
    char         before;
    size_t       n, len;
    const char  *p, *end, *args;

    end = url + strcspn(url, "#");
    args = memchr(url, '?', (size_t) (end - url));
    p = strstr(url, "://") + 3;
    n = (size_t) ((args ? args : end) - url);

    ngx_shop_bypass_encoded(url, n);

    if (memchr(p, '/', n - (size_t) (p - url)) == NULL) {
        putchar('/');
    }

    before = '?';

    for (p = args ? args + 1 : end; p < end; p += len + 1) {
        len = strcspn(p, "&#");

        if (!ngx_shop_bypass_is_token(p, len)) {
            putchar(before);
            ngx_shop_bypass_encoded(p, len);
            before = '&';
        }
    }

    printf("%c%s=%.*s", before, NGX_SHOP_TOKEN_NAME, NGX_SHOP_TOKEN_LEN,
           (const char *) token);

    ngx_shop_bypass_encoded(end, strlen(end));
    putchar('\n');
}


/* nginx takes the first one, and reads names without regard to case */

static int
ngx_shop_bypass_is_token(const char *p, size_t len)
{
    size_t             n;
    static const char  name[] = NGX_SHOP_TOKEN_NAME;

    for (n = 0; n < sizeof(name) - 1; n++) {
        if (n == len || (p[n] != name[n] && (p[n] | 0x20) != name[n])) {
            return 0;
        }
    }

    return n == len || p[n] == '=';
}


/* as browsers send it, and nothing that a terminal would obey */

static void
ngx_shop_bypass_encoded(const char *p, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        if ((unsigned char) p[i] < 0x80) {
            putchar(p[i]);

        } else {
            printf("%%%02X", (unsigned) (unsigned char) p[i]);
        }
    }
}
