
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The texts of all languages: the operator's own over the built-in ones.
 */


#include "nginx/page/skin_lang.h"
#include "nginx/page/skin_lint.h"
#include "nginx/page/skin_source.h"

#include "logic/words/assets.h"
#include "logic/words/tags.h"


static ngx_int_t ngx_shop_skin_lang_more(ngx_conf_t *cf,
    ngx_shop_skin_t *skin, ngx_str_t *dir);
static ngx_uint_t ngx_shop_skin_lang_is_code(u_char *name, size_t len);
static ngx_int_t ngx_shop_skin_lang_add(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_str_t *dir, ngx_shop_str_t *code);
static ngx_int_t ngx_shop_skin_lang_own(ngx_conf_t *cf, ngx_str_t *dir,
    const char *name, ngx_shop_strings_t *words);
static const char *ngx_shop_skin_lang_older(ngx_shop_str_t *code);
static void ngx_shop_skin_lang_base(ngx_shop_skin_t *skin,
    ngx_shop_strings_t *words, ngx_shop_str_t *code, ngx_uint_t builtin);
static ngx_int_t ngx_shop_skin_lang_name(ngx_conf_t *cf,
    ngx_shop_skin_t *skin, ngx_shop_strings_t *words);
static ngx_shop_str_t ngx_shop_skin_lang_var(ngx_shop_skin_t *skin,
    const char *name);
static ngx_int_t ngx_shop_skin_lang_words(ngx_conf_t *cf,
    ngx_shop_strings_t *words, ngx_shop_skin_source_t *source);


ngx_int_t
ngx_shop_skin_lang_load(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir)
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

        if (ngx_shop_skin_lang_add(cf, skin, dir, &code) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (dir->len && ngx_shop_skin_lang_more(cf, skin, dir) != NGX_OK) {
        return NGX_ERROR;
    }

    /* last: a language that is made of another one has its own "shop" */

    for (i = 0; i < skin->nlangs; i++) {
        if (ngx_shop_skin_lang_name(cf, skin, &skin->words[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* languages of the directory that are not built in */

static ngx_int_t
ngx_shop_skin_lang_more(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir)
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

        if (!ngx_shop_skin_lang_is_code(name, code.len)) {

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
            rc = ngx_shop_skin_lang_add(cf, skin, dir, &code);
        }
    }

    (void) ngx_close_dir(&d);

    return rc;
}


/* it becomes a header's value */

static ngx_uint_t
ngx_shop_skin_lang_is_code(u_char *name, size_t len)
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


/*
 * English, over it the built-in language, over it the operator's file.  One
 * that only the operator has, such as de-AT, is over the one next to it.
 */

static ngx_int_t
ngx_shop_skin_lang_add(ngx_conf_t *cf, ngx_shop_skin_t *skin, ngx_str_t *dir,
    ngx_shop_str_t *code)
{
    char                     name[64];
    ngx_int_t                rc;
    const char              *older;
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

    *ngx_sprintf((u_char *) name, "lang/%*s.txt", code->len, code->data)
        = '\0';

    rc = ngx_shop_skin_source_builtin(name, &source);

    ngx_shop_skin_lang_base(skin, words, code, rc == NGX_OK);

    if (rc == NGX_OK
        && ngx_shop_skin_lang_words(cf, words, &source) != NGX_OK)
    {
        return NGX_ERROR;
    }

    older = ngx_shop_skin_lang_older(code);

    if ((older && ngx_shop_skin_lang_own(cf, dir, older, words) != NGX_OK)
        || ngx_shop_skin_lang_own(cf, dir, name, words) != NGX_OK)
    {
        return NGX_ERROR;
    }

    skin->codes[skin->nlangs++] = *code;

    return NGX_OK;
}


/* the operator's file, if there is one */

static ngx_int_t
ngx_shop_skin_lang_own(ngx_conf_t *cf, ngx_str_t *dir, const char *name,
    ngx_shop_strings_t *words)
{
    ngx_int_t                rc;
    ngx_shop_skin_source_t   source;

    rc = ngx_shop_skin_source_file(cf, dir, name, &source);

    if (rc == NGX_OK) {
        ngx_shop_skin_lint_texts(cf, &source.name, &source.data);

        return ngx_shop_skin_lang_words(cf, words, &source);
    }

    return rc == NGX_DECLINED ? NGX_OK : rc;
}


/* the file of a language that had another name before 1.1 */

static const char *
ngx_shop_skin_lang_older(ngx_shop_str_t *code)
{
    ngx_uint_t  i;

    static const char  *names[][2] = {
        { "pt-BR", "lang/pt.txt" },
        { "zh-Hans", "lang/zh.txt" }
    };

    for (i = 0; i < 2; i++) {
        if (ngx_strlen(names[i][0]) == code->len
            && ngx_strncmp(names[i][0], code->data, code->len) == 0)
        {
            return names[i][1];
        }
    }

    return NULL;
}


static void
ngx_shop_skin_lang_base(ngx_shop_skin_t *skin, ngx_shop_strings_t *words,
    ngx_shop_str_t *code, ngx_uint_t builtin)
{
    int             next;
    ngx_shop_str_t  address;

    if (skin->nlangs) {
        next = builtin ? 0 : ngx_shop_tags_nearest(code, skin->codes,
                                                   (unsigned) skin->nlangs);

        *words = skin->words[next == -1 ? 0 : next];
    }

    address = ngx_shop_skin_lang_var(skin, "address");

    ngx_shop_strings_language(words, code,
                              address.len == sizeof("informal") - 1);
}


/* the shop's name into the texts, once for all pages */

static ngx_int_t
ngx_shop_skin_lang_name(ngx_conf_t *cf, ngx_shop_skin_t *skin,
    ngx_shop_strings_t *words)
{
    u_char          *buf;
    ngx_shop_str_t   name;

    name = ngx_shop_skin_lang_var(skin, "name");

    buf = ngx_pnalloc(cf->pool, ngx_shop_strings_shop(words, &name, NULL) + 1);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_shop_strings_shop(words, &name, buf);

    return NGX_OK;
}


static ngx_shop_str_t
ngx_shop_skin_lang_var(ngx_shop_skin_t *skin, const char *name)
{
    ngx_uint_t       i;
    ngx_shop_str_t   value;

    value.len = 0;
    value.data = NULL;

    for (i = 0; i < skin->nvars; i++) {
        if (skin->vars[i].name.len == ngx_strlen(name)
            && ngx_strncmp(skin->vars[i].name.data, name, ngx_strlen(name))
               == 0)
        {
            value = skin->vars[i].value;
        }
    }

    return value;
}


static ngx_int_t
ngx_shop_skin_lang_words(ngx_conf_t *cf, ngx_shop_strings_t *words,
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
