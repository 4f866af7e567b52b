
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A previewed page as a browser will treat it.
 */


#include <openssl/evp.h>

#include "ctl/policy.h"
#include "ctl/say.h"

#include "logic/text/span.h"
#include "logic/words/lint.h"
#include "logic/words/look.h"


static void ngx_shop_policy_told(void *data,
    const ngx_shop_lint_found_t *found);
static const unsigned char *ngx_shop_policy_find(const unsigned char *p,
    const unsigned char *last, const char *text);
static void ngx_shop_policy_hashes(FILE *out, const ngx_shop_str_t *page,
    const char *open, const char *close);


void
ngx_shop_policy_page(const char *name, const ngx_shop_str_t *source)
{
    ngx_shop_lint_page(source, ngx_shop_policy_told, (void *) name);
}


void
ngx_shop_policy_style(const char *name, const ngx_shop_str_t *source)
{
    ngx_shop_lint_style(source, ngx_shop_policy_told, (void *) name);
}


void
ngx_shop_policy_texts(const char *name, const ngx_shop_str_t *source)
{
    ngx_shop_lint_texts(source, ngx_shop_policy_told, (void *) name);
}


static void
ngx_shop_policy_told(void *data, const ngx_shop_lint_found_t *found)
{
    const char  *name = data;

    ngx_shop_say_note("%s:%u: \"%.*s\": %s", name, found->line,
                      ngx_shop_say_str(found->what), found->reason);
}


void
ngx_shop_policy_vars(const ngx_shop_view_t *v, const ngx_shop_str_t *source)
{
    char                  place[128];
    unsigned              i;
    const unsigned char  *last;

    last = source->data + source->len;

    for (i = 0; i < v->nvars; i++) {

        (void) snprintf(place, sizeof(place), "var.%.*s",
                        ngx_shop_say_str(v->vars[i].name));

        if (!ngx_shop_look_knows(&v->vars[i].name)
            && ngx_shop_policy_find(source->data, last, place) == NULL)
        {
            ngx_shop_say_note("--page-var %.*s is used by no template and "
                              "changes nothing",
                              ngx_shop_say_str(v->vars[i].name));
        }
    }
}


void
ngx_shop_policy_size(const ngx_shop_str_t *page, size_t said)
{
    size_t  size;

    size = ngx_shop_lint_size(page);

    if (size > NGX_SHOP_LINT_SIZE + said) {
        ngx_shop_say_note("the page has %zu bytes without its images, expected "
                          "at most %d: all who wait load it at once",
                          size, NGX_SHOP_LINT_SIZE);
    }
}


/* as ngx_shop_skin_csp(), less what a <meta> cannot say */

void
ngx_shop_policy_write(FILE *out, const ngx_shop_str_t *page)
{
    const unsigned char  *head, *last;

    last = page->data + page->len;
    head = ngx_shop_policy_find(page->data, last, "<head>");

    if (head == NULL) {
        (void) fwrite(page->data, 1, page->len, out);
        return;
    }

    head += sizeof("<head>") - 1;

    (void) fwrite(page->data, 1, (size_t) (head - page->data), out);

    fputs("<meta http-equiv=\"Content-Security-Policy\" content=\""
          "default-src 'none'; style-src", out);
    ngx_shop_policy_hashes(out, page, "<style>", "</style>");
    fputs("; script-src", out);
    ngx_shop_policy_hashes(out, page, "<script>", "</script>");
    fputs("; img-src data:; connect-src 'self'; base-uri 'none'; "
          "form-action 'none'\">", out);

    (void) fwrite(head, 1, (size_t) (last - head), out);
}


static const unsigned char *
ngx_shop_policy_find(const unsigned char *p, const unsigned char *last,
    const char *text)
{
    ngx_shop_str_t  s;

    s.len = strlen(text);

    for ( /* void */ ; p < last && (size_t) (last - p) >= s.len; p++) {
        s.data = p;

        if (ngx_shop_span_is(&s, text)) {
            return p;
        }
    }

    return NULL;
}


static void
ngx_shop_policy_hashes(FILE *out, const ngx_shop_str_t *page, const char *open,
    const char *close)
{
    unsigned              n, len;
    unsigned char         digest[EVP_MAX_MD_SIZE];
    unsigned char         base64[EVP_MAX_MD_SIZE * 2];
    const unsigned char  *p, *end, *last;

    n = 0;
    last = page->data + page->len;
    p = page->data;

    while ((p = ngx_shop_policy_find(p, last, open)) != NULL) {
        p += strlen(open);
        end = ngx_shop_policy_find(p, last, close);

        if (end == NULL
            || EVP_Digest(p, (size_t) (end - p), digest, &len, EVP_sha256(),
                          NULL)
               != 1)
        {
            break;
        }

        (void) EVP_EncodeBlock(base64, digest, (int) len);
        fprintf(out, " 'sha256-%s'", (const char *) base64);

        p = end;
        n++;
    }

    if (n == 0) {
        fputs(" 'none'", out);
    }
}
