
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Says what a flag means, and what nginx makes of it now.  Changes nothing.
 */


#include <errno.h>
#include <time.h>

#include "ctl/ask.h"
#include "ctl/flags.h"
#include "ctl/jsonout.h"
#include "ctl/show_inside.h"
#include "ctl/store.h"


static void ngx_shop_show_one(ngx_shop_show_t *show, ngx_shop_store_t *s);
static void ngx_shop_show_flag(ngx_shop_show_t *show);
static void ngx_shop_show_nginx(ngx_shop_show_t *show, const char *url);
static void ngx_shop_show_file(void *data, const ngx_shop_flagset_file_t *file,
    const ngx_shop_flag_notice_t *notice, int error);
static void ngx_shop_show_error(ngx_shop_emit_t *json, const char *flag,
    const ngx_shop_flagset_file_t *file, int error);


const ngx_shop_options_entry_t  ngx_shop_show_options[] = {
    NGX_SHOP_JSONOUT_OPTION,
    NGX_SHOP_ASK_OPTION,
    NGX_SHOP_STORE_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static ngx_shop_store_t        ngx_shop_show_store;
static ngx_shop_flag_notice_t  ngx_shop_show_parsed;


/* without a file, the flag itself: of a directory all that counts */

int
ngx_shop_show_check(const ngx_shop_options_t *o)
{
    int                own;
    ngx_shop_show_t    show;
    ngx_shop_emit_t    json;
    ngx_shop_store_t  *s = &ngx_shop_show_store;

    if (o->nrest > 1) {
        return ngx_shop_say_error("\"check\" takes one file, not "
                                  "also \"%s\"", o->rest[1]);
    }

    if (ngx_shop_store_open(s, o) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    show.flag = s->flag;
    show.now = (int64_t) time(NULL);
    show.rc = NGX_SHOP_SAY_YES;
    show.json = ngx_shop_options_get(o, "json") ? &json : NULL;

    own = (o->nrest == 0 || strcmp(o->rest[0], s->flag) == 0);

    if (s->is_dir && own) {
        ngx_shop_show_flag(&show);

    } else if (ngx_shop_store_load(s, o->nrest ? o->rest[0] : s->path)
               != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;

    } else {
        ngx_shop_show_one(&show, s);
    }

    if (show.rc != NGX_SHOP_SAY_ERROR || show.json) {
        ngx_shop_show_nginx(&show, own ? ngx_shop_ask_url(o) : NULL);
    }

    return show.rc;
}


/* one file, whosever it is */

static void
ngx_shop_show_one(ngx_shop_show_t *show, ngx_shop_store_t *s)
{
    ngx_shop_flag_notice_t  *n = &ngx_shop_show_parsed;

    ngx_shop_flag_parse(n, NULL, s->data, s->size, s->appeared, show->now);

    if (show->json) {
        ngx_shop_jsonout_begin(show->json, "check", show->now);
        ngx_shop_emit_cstr(show->json, "flag", s->path);
        ngx_shop_emit_cstr(show->json, "state",
                           ngx_shop_flagset_name(
                                   ngx_shop_flagset_word(n, show->now)));
        ngx_shop_emit_array(show->json, "files");
    }

    show->rc = ngx_shop_show_notice(show, s->path, n);

    if (show->json) {
        ngx_shop_emit_close(show->json, ']');
    }
}


/* all files of a directory, by name, and which of them speaks */

static void
ngx_shop_show_flag(ngx_shop_show_t *show)
{
    ngx_shop_flagset_t         set;
    static ngx_shop_flags_t    flags;

    if (ngx_shop_flags_read(&flags, show->flag) != NGX_SHOP_OK) {
        show->rc = NGX_SHOP_SAY_ERROR;
        show->json = NULL;
        return;
    }

    set.visit = ngx_shop_show_file;
    set.data = show;

    if (show->json) {
        ngx_shop_jsonout_begin(show->json, "check", show->now);
        ngx_shop_emit_cstr(show->json, "flag", show->flag);
        ngx_shop_emit_array(show->json, "files");
    }

    ngx_shop_flags_decide(&set, &flags, NULL, show->now);

    if (show->json) {
        ngx_shop_emit_close(show->json, ']');
        ngx_shop_emit_cstr(show->json, "state",
                           ngx_shop_flagset_name(set.word));
        return;
    }

    printf("%s: %s", ngx_shop_say_name(show->flag),
           ngx_shop_flagset_name(set.word));

    if (set.file && flags.nfiles > 1) {
        printf(", by \"%s\"",
               ngx_shop_say_name((const char *) set.file->name.data));
    }

    if (set.spoken) {
        printf("; %u of its files with \"hosts\" before that", set.spoken);
    }

    printf("\n");
}


/* what nginx does now, of its flag; a draft it does not know */

static void
ngx_shop_show_nginx(ngx_shop_show_t *show, const char *url)
{
    int             rc;
    ngx_shop_ask_t  a;

    rc = url ? ngx_shop_ask(url, show->flag, &a) : NGX_SHOP_DECLINED;

    if (show->json) {
        ngx_shop_ask_json(show->json, rc == NGX_SHOP_OK ? &a : NULL);
        ngx_shop_jsonout_end(show->json);
        return;
    }

    if (rc == NGX_SHOP_OK) {
        ngx_shop_ask_show(&a, show->now);
        return;
    }

    (void) fflush(stdout);

    if (rc == NGX_SHOP_ERROR) {
        ngx_shop_say_note("what nginx does now is not known: %s does not "
                          "answer as shop_status does; name such a location "
                          "by --url or $SHOP_STATUS", url);

    } else if (url) {
        ngx_shop_say_note("the nginx of %s has no flag \"%s\": is it that of "
                          "shop_maintenance?", url, show->flag);
    }
}


static void
ngx_shop_show_file(void *data, const ngx_shop_flagset_file_t *file,
    const ngx_shop_flag_notice_t *notice, int error)
{
    int               rc;
    char              path[NGX_SHOP_STORE_PATH];
    ngx_shop_show_t  *show = data;

    if (error) {
        ngx_shop_show_trouble(show->flag, file, error);
        ngx_shop_show_error(show->json, show->flag, file, error);
        rc = NGX_SHOP_SAY_ERROR;

    } else {
        snprintf(path, sizeof(path), "%s/%s", show->flag,
                 (const char *) file->name.data);
        rc = ngx_shop_show_notice(show, path, notice);
    }

    show->rc = rc > show->rc ? rc : show->rc;
}


/* a file of which nothing but that is known */

static void
ngx_shop_show_error(ngx_shop_emit_t *json, const char *flag,
    const ngx_shop_flagset_file_t *file, int error)
{
    char  path[NGX_SHOP_STORE_PATH];

    if (json == NULL) {
        return;
    }

    snprintf(path, sizeof(path), "%s%s%s", flag, file ? "/" : "",
             file ? (const char *) file->name.data : "");

    ngx_shop_emit_object(json, NULL);
    ngx_shop_emit_cstr(json, "path", path);
    ngx_shop_emit_cstr(json, "state",
                       ngx_shop_flagset_name(NGX_SHOP_FLAGSET_UNREADABLE));
    ngx_shop_emit_cstr(json, "error", strerror(error));
    ngx_shop_emit_close(json, '}');
}


/* what closes, and why its text is not shown */

void
ngx_shop_show_trouble(const char *flag, const ngx_shop_flagset_file_t *file,
    int error)
{
    const char  *name, *slash;

    slash = (file && file->name.len) ? "/" : "";
    name = *slash ? (const char *) file->name.data : "";

    switch (error) {

    case E2BIG:
        (void) ngx_shop_say_error("\"%s\" has more than %d files: it "
                                  "closes the shop, but none of "
                                  "them is read; is it the right "
                                  "directory?", flag,
                                  NGX_SHOP_FLAGSET_FILES);
        break;

    case EFBIG:
        (void) ngx_shop_say_error("\"%s%s%s\" is larger than %d "
                                  "bytes: it closes the shop, but "
                                  "its text is not shown; shorten it",
                                  flag, slash, name,
                                  NGX_SHOP_FLAG_MAX_SIZE);
        break;

    case EINVAL:
        (void) ngx_shop_say_error("\"%s%s%s\" is no file, but a "
                                  "device or a pipe: it closes the "
                                  "shop, but has no text", flag,
                                  slash, name);
        break;

    default:
        (void) ngx_shop_say_errno(error, "cannot read \"%s%s%s\", "
                                  "which closes the shop", flag,
                                  slash, name);
    }
}
