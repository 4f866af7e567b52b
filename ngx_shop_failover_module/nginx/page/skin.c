
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Templates and languages: the operator's own over the built-in ones.  Knows
 * files and what a page directory holds; not what is shown to whom.
 */


#include "nginx/page/skin.h"
#include "nginx/page/skin_look.h"

#include "state/readfile.h"

#include "logic/words/assets.h"
#include "logic/words/look.h"
#include "logic/words/placeholders.h"

#include <openssl/evp.h>


/* a source with the name that errors are told by */
typedef struct {
    ngx_str_t         name;
    ngx_shop_str_t    data;
} ngx_shop_skin_source_t;


static ngx_int_t ngx_shop_skin_style(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir, ngx_str_t *look, ngx_array_t *vars);
static ngx_int_t ngx_shop_skin_face(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir, ngx_shop_skin_face_t *face);
static ngx_int_t ngx_shop_skin_template(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir, const char *name, ngx_shop_template_t *t);
static ngx_int_t ngx_shop_skin_dress(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_str_t *source);
static ngx_int_t ngx_shop_skin_languages(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir);
static ngx_int_t ngx_shop_skin_more(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir);
static ngx_uint_t ngx_shop_skin_is_code(u_char *name, size_t len);
static ngx_int_t ngx_shop_skin_language(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir, ngx_shop_str_t *code);
static ngx_int_t ngx_shop_skin_name(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_strings_t *words);
static ngx_int_t ngx_shop_skin_words(ngx_conf_t *cf, ngx_shop_strings_t *words,
    ngx_shop_skin_source_t *source);
static ngx_int_t ngx_shop_skin_builtin(const char *name,
    ngx_shop_skin_source_t *source);
static ngx_int_t ngx_shop_skin_file(ngx_conf_t *cf, ngx_str_t *dir,
    const char *name, ngx_shop_skin_source_t *source);
static ngx_int_t ngx_shop_skin_csp(ngx_conf_t *cf, ngx_shop_skin_face_t *face);
static u_char *ngx_shop_skin_hashes(u_char *p, u_char *last,
    ngx_shop_str_t *page, const char *open, const char *close);
static ngx_shop_str_t ngx_shop_skin_source(ngx_shop_template_t *t);


ngx_shop_skin_t *
ngx_shop_skin_load(ngx_conf_t *cf, ngx_str_t *dir, ngx_str_t *look,
    ngx_array_t *vars)
{
    ngx_str_t         nowhere;
    ngx_shop_str_t    html, text;
    ngx_shop_skin_t  *skin;

    skin = ngx_pcalloc(cf->pool, sizeof(ngx_shop_skin_t));
    if (skin == NULL) {
        return NULL;
    }

    ngx_str_null(&nowhere);

    if (ngx_shop_skin_style(cf, skin, dir, look, vars) != NGX_OK
        || ngx_shop_skin_face(cf, skin, dir, &skin->face) != NGX_OK
        || ngx_shop_skin_face(cf, skin, &nowhere, &skin->builtin) != NGX_OK
        || ngx_shop_skin_languages(cf, skin, dir) != NGX_OK)
    {
        return NULL;
    }

    html = ngx_shop_skin_source(&skin->face.html);
    text = ngx_shop_skin_source(&skin->face.text);

    ngx_shop_skin_look_unused(cf, skin, &html, &text);

    return skin;
}


/* the style of a look: the directory's own, or the built-in one */

static ngx_int_t
ngx_shop_skin_style(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir,
    ngx_str_t *look, ngx_array_t *vars)
{
    char                     name[64];
    ngx_int_t                rc;
    ngx_shop_skin_source_t   source;

    *ngx_snprintf((u_char *) name, sizeof(name) - 1, "look/%V.css", look)
        = '\0';

    rc = ngx_shop_skin_file(cf, dir, name, &source);

    if (rc == NGX_DECLINED) {
        rc = ngx_shop_skin_builtin(name, &source);
    }

    return rc == NGX_OK ? ngx_shop_skin_look_load(cf, skin,
                                                  &source.data, vars)
                        : NGX_ERROR;
}


static ngx_int_t
ngx_shop_skin_face(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir,
    ngx_shop_skin_face_t *face)
{
    face->text.plain = 1;

    if (ngx_shop_skin_template(cf, skin, dir, "page.html", &face->html)
        != NGX_OK
        || ngx_shop_skin_template(cf, skin, dir, "page.txt", &face->text)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_shop_skin_csp(cf, face);
}


static ngx_int_t
ngx_shop_skin_template(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir,
    const char *name, ngx_shop_template_t *t)
{
    int                         rc;
    ngx_int_t                   found;
    ngx_shop_view_t            *names;
    ngx_shop_skin_source_t      source;
    ngx_shop_template_error_t   error;

    found = ngx_shop_skin_file(cf, dir, name, &source);

    if (found == NGX_DECLINED) {
        found = ngx_shop_skin_builtin(name, &source);
    }

    if (found != NGX_OK
        || (!t->plain
            && ngx_shop_skin_dress(cf, skin, &source.data)
               != NGX_OK))
    {
        return NGX_ERROR;
    }

    names = ngx_pcalloc(cf->temp_pool, sizeof(ngx_shop_view_t));
    if (names == NULL) {
        return NGX_ERROR;
    }

    names->vars = skin->vars;
    names->nvars = skin->nvars;

    /* once for the room that it takes, and once to fill it */

    do {
        rc = ngx_shop_template_compile(t, &source.data,
                                       ngx_shop_placeholders_resolve, names,
                                       &error);

        if (rc != NGX_SHOP_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "%V:%ui: %s: \"%*s\"", &source.name,
                               (ngx_uint_t) error.line, error.reason,
                               error.what.len, error.what.data);
            return NGX_ERROR;
        }

        if (t->nops == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "page file \"%V\" shows nothing, it has only "
                               "comments or blank lines", &source.name);
            return NGX_ERROR;
        }

        if (t->ops) {
            return NGX_OK;
        }

        t->nalloc = t->nops;
        t->ops = ngx_palloc(cf->pool, t->nops
                                    * sizeof(ngx_shop_template_op_t));

    } while (t->ops);

    return NGX_ERROR;
}


/* the look's style and icon, in their places */

static ngx_int_t
ngx_shop_skin_dress(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_str_t *source)
{
    u_char           *buf;
    size_t            size;
    ngx_shop_emit_t   e;

    /* each place is there once, else the room may be short */

    size = source->len + skin->style.len + skin->icon.len;

    buf = ngx_pnalloc(cf->pool, size);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    ngx_shop_emit_init(&e, buf, size);
    ngx_shop_look_source(&e, source, &skin->style, &skin->icon);

    if (e.failed) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "page.html has {{look.style}} or {{look.icon}} "
                           "more than once, expected each once at most");
        return NGX_ERROR;
    }

    source->data = buf;
    source->len = e.pos - e.start;

    return NGX_OK;
}


static ngx_int_t
ngx_shop_skin_languages(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir)
{
    unsigned         i;
    ngx_shop_str_t   code;

    skin->codes = ngx_palloc(cf->pool, NGX_SHOP_SKIN_LANGS
                                       * sizeof(ngx_shop_str_t));
    skin->words = ngx_pcalloc(cf->pool, NGX_SHOP_SKIN_LANGS
                                        * sizeof(ngx_shop_strings_t));

    if (skin->codes == NULL || skin->words == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < ngx_shop_assets_n; i++) {
        code = ngx_shop_assets[i].name;

        if (code.len <= sizeof("lang/.txt") - 1
            || ngx_strncmp(code.data, "lang/", 5) != 0)
        {
            continue;
        }

        code.data += 5;
        code.len -= sizeof("lang/.txt") - 1;

        if (ngx_shop_skin_language(cf, skin, dir, &code) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return dir->len ? ngx_shop_skin_more(cf, skin, dir) : NGX_OK;
}


/* languages of the directory that are not built in */

static ngx_int_t
ngx_shop_skin_more(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir)
{
    u_char          *name;
    ngx_dir_t        d;
    ngx_str_t        path, file;
    ngx_uint_t       i;
    ngx_int_t        rc;
    ngx_shop_str_t   code;

    path.len = dir->len + sizeof("/lang") - 1;
    path.data = ngx_pnalloc(cf->pool, path.len + 1);
    if (path.data == NULL) {
        return NGX_ERROR;
    }

    *ngx_sprintf(path.data, "%V/lang", dir) = '\0';

    if (ngx_open_dir(&path, &d) == NGX_ERROR) {

        /* templates only */

        return NGX_OK;
    }

    rc = NGX_OK;

    while (rc == NGX_OK && ngx_read_dir(&d) == NGX_OK) {

        name = ngx_de_name(&d);
        code.len = ngx_de_namelen(&d);

        if (name[0] == '.' || code.len <= 4
            || ngx_strcmp(name + code.len - 4, ".txt") != 0)
        {
            continue;
        }

        code.len -= 4;

        if (!ngx_shop_skin_is_code(name, code.len)) {

            /* the name is not told: it can hold anything */

            ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                               "a file in \"%V\" is not used: its name is "
                               "not that of a language, expected one such as "
                               "de.txt or pt-BR.txt", &path);
            continue;
        }

        file.len = code.len;
        file.data = name;

        code.data = ngx_pstrdup(cf->pool, &file);
        if (code.data == NULL) {
            rc = NGX_ERROR;
            break;
        }

        for (i = 0; i < skin->nlangs; i++) {
            if (skin->codes[i].len == code.len
                && ngx_strncmp(skin->codes[i].data, code.data, code.len) == 0)
            {
                break;
            }
        }

        if (i == skin->nlangs) {
            rc = ngx_shop_skin_language(cf, skin, dir, &code);
        }
    }

    (void) ngx_close_dir(&d);

    return rc;
}


/* it becomes a header's value */

static ngx_uint_t
ngx_shop_skin_is_code(u_char *name, size_t len)
{
    size_t  i;
    u_char  c;

    for (i = 0; i < len; i++) {
        c = name[i] | 0x20;

        if ((c < 'a' || c > 'z') && (name[i] < '0' || name[i] > '9')
            && name[i] != '-' && name[i] != '_')
        {
            return 0;
        }
    }

    return 1;
}


/* English, over it the built-in language, over it the operator's file */

static ngx_int_t
ngx_shop_skin_language(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir,
    ngx_shop_str_t *code)
{
    char                     name[64];
    ngx_int_t                rc;
    ngx_shop_strings_t      *words;
    ngx_shop_skin_source_t   source;

    if (skin->nlangs == NGX_SHOP_SKIN_LANGS || code->len > 40) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" has more than %d languages, or one with a "
                           "name longer than 40 bytes", dir,
                           NGX_SHOP_SKIN_LANGS);
        return NGX_ERROR;
    }

    words = &skin->words[skin->nlangs];

    if (skin->nlangs) {
        *words = skin->words[0];
    }

    *ngx_sprintf((u_char *) name, "lang/%*s.txt", code->len, code->data)
        = '\0';

    if (ngx_shop_skin_builtin(name, &source) == NGX_OK
        && ngx_shop_skin_words(cf, words, &source) != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = ngx_shop_skin_file(cf, dir, name, &source);

    if (rc == NGX_ERROR
        || (rc == NGX_OK
            && ngx_shop_skin_words(cf, words, &source) != NGX_OK))
    {
        return NGX_ERROR;
    }

    if (ngx_shop_skin_name(cf, skin, words) != NGX_OK) {
        return NGX_ERROR;
    }

    skin->codes[skin->nlangs++] = *code;

    return NGX_OK;
}


/* the shop's name into the texts, once for all pages */

static ngx_int_t
ngx_shop_skin_name(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_strings_t *words)
{
    u_char          *buf;
    ngx_uint_t       i;
    ngx_shop_str_t   name;

    name.len = 0;
    name.data = NULL;

    for (i = 0; i < skin->nvars; i++) {
        if (skin->vars[i].name.len == 4
            && ngx_strncmp(skin->vars[i].name.data, "name", 4) == 0)
        {
            name = skin->vars[i].value;
        }
    }

    buf = ngx_pnalloc(cf->pool, ngx_shop_strings_shop(words, &name, NULL) + 1);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_shop_strings_shop(words, &name, buf);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_skin_words(ngx_conf_t *cf, ngx_shop_strings_t *words,
    ngx_shop_skin_source_t *source)
{
    unsigned     line;
    const char  *reason;

    if (ngx_shop_strings_parse(words, &source->data, &line, &reason)
        == NGX_SHOP_OK)
    {
        return NGX_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%V:%ui: %s",
                       &source->name, (ngx_uint_t) line, reason);

    return NGX_ERROR;
}


static ngx_int_t
ngx_shop_skin_builtin(const char *name, ngx_shop_skin_source_t *source)
{
    const ngx_shop_assets_entry_t  *asset;

    asset = ngx_shop_assets_find(name);

    if (asset == NULL) {
        return NGX_DECLINED;
    }

    source->name.len = asset->name.len;
    source->name.data = (u_char *) asset->name.data;
    source->data = asset->data;

    return NGX_OK;
}


/* NGX_DECLINED: the directory has no such file, which is no error */

static ngx_int_t
ngx_shop_skin_file(ngx_conf_t *cf, ngx_str_t *dir, const char *name,
    ngx_shop_skin_source_t *source)
{
    ngx_shop_readfile_e  outcome;
    ngx_shop_readfile_t  file;

    if (dir->len == 0) {
        return NGX_DECLINED;
    }

    source->name.len = dir->len + 1 + ngx_strlen(name);
    source->name.data = ngx_pnalloc(cf->pool, source->name.len + 1);
    if (source->name.data == NULL) {
        return NGX_ERROR;
    }

    *ngx_sprintf(source->name.data, "%V/%s", dir, name) = '\0';

    file.pool = cf->pool;
    file.max = NGX_SHOP_SKIN_FILE;

    outcome = ngx_shop_readfile_whole(source->name.data, &file);

    switch (outcome) {

    case NGX_SHOP_READFILE_OK:
        source->data.data = file.data.data;
        source->data.len = file.data.len;
        return NGX_OK;

    case NGX_SHOP_READFILE_NONE:
        return NGX_DECLINED;

    case NGX_SHOP_READFILE_LARGE:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "page file \"%V\" is larger than 256k: every "
                           "waiting visitor would load it", &source->name);
        return NGX_ERROR;

    default:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, file.err,
                           "page file \"%V\" %s; write it anew, or remove it "
                           "for the built-in one", &source->name,
                           ngx_shop_readfile_words(outcome));
        return NGX_ERROR;
    }
}


/*
 * The hashes of what stands in the page's <style> and <script> elements (CSP
 * Level 3, 6.7.3.3): no value may stand there (template.c refuses it), so
 * that the source of the template has the same bytes as every page.
 */

static ngx_int_t
ngx_shop_skin_csp(ngx_conf_t *cf, ngx_shop_skin_face_t *face)
{
    u_char          *p, *last;
    ngx_shop_str_t   page;

    page = ngx_shop_skin_source(&face->html);

    face->csp.data = ngx_pnalloc(cf->pool, 2048);
    if (face->csp.data == NULL) {
        return NGX_ERROR;
    }

    p = face->csp.data;
    last = p + 2048;

    p = ngx_slprintf(p, last, "default-src 'none'; style-src");
    p = ngx_shop_skin_hashes(p, last, &page, "<style>", "</style>");
    p = ngx_slprintf(p, last, "; script-src");
    p = ngx_shop_skin_hashes(p, last, &page, "<script>", "</script>");
    p = ngx_slprintf(p, last, "; img-src data:; connect-src 'self'; "
                              "base-uri 'none'; form-action 'none'; "
                              "frame-ancestors 'none'");

    if (p == last) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "page.html has more <style> and <script> elements "
                           "than fit into a Content-Security-Policy");
        return NGX_ERROR;
    }

    face->csp.len = p - face->csp.data;

    return NGX_OK;
}


/* from the first byte of the first op to the last of the last one */

static ngx_shop_str_t
ngx_shop_skin_source(ngx_shop_template_t *t)
{
    ngx_shop_str_t           s;
    ngx_shop_template_op_t  *op;

    s.data = NULL;
    s.len = 0;

    if (t->nops) {
        op = &t->ops[t->nops - 1];
        s.data = t->ops[0].text.data;
        s.len = op->text.data + op->text.len - s.data;
    }

    return s;
}


static u_char *
ngx_shop_skin_hashes(u_char *p, u_char *last, ngx_shop_str_t *page,
    const char *open, const char *close)
{
    u_char        *at, *begin, *end, *stop;
    u_char         digest[EVP_MAX_MD_SIZE], text[128];
    unsigned int   len;
    ngx_str_t      hash, base64;
    ngx_uint_t     n;

    at = (u_char *) page->data;
    stop = at + page->len;
    n = 0;

    while ((begin = ngx_strlcasestrn(at, stop, (u_char *) open,
                                     ngx_strlen(open) - 1))
           != NULL)
    {
        begin += ngx_strlen(open);

        end = ngx_strlcasestrn(begin, stop, (u_char *) close,
                               ngx_strlen(close) - 1);
        if (end == NULL) {
            break;
        }

        if (EVP_Digest(begin, end - begin, digest, &len, EVP_sha256(), NULL)
            != 1)
        {
            break;
        }

        hash.data = digest;
        hash.len = len;
        base64.data = text;
        ngx_encode_base64(&base64, &hash);

        p = ngx_slprintf(p, last, " 'sha256-%V'", &base64);
        at = end;
        n++;
    }

    return n ? p : ngx_slprintf(p, last, " 'none'");
}
