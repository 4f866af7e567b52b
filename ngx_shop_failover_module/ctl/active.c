
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl is-active: whether a flag closes the shop now.  Answers as nginx
 * would: also a file that cannot be read closes.  "end: healthy" may have
 * opened the shop meanwhile: that only nginx knows.
 */


#include <time.h>

#include "ctl/active.h"
#include "ctl/ask.h"
#include "ctl/flags.h"
#include "ctl/jsonout.h"
#include "ctl/show.h"
#include "ctl/store.h"


static void ngx_shop_active_trouble(void *data,
    const ngx_shop_flagset_file_t *file, const ngx_shop_flag_notice_t *notice,
    int error);
static int ngx_shop_active_ask(const ngx_shop_options_t *o,
    ngx_shop_flagset_t *set, const char *flag, ngx_shop_ask_t *a);
static void ngx_shop_active_json(const char *flag, const char *word,
    int closes, const ngx_shop_ask_t *a);


const ngx_shop_options_entry_t  ngx_shop_active_options[] = {
    { "quiet", NGX_SHOP_OPTIONS_SWITCH, NULL, "print nothing" },
    NGX_SHOP_JSONOUT_OPTION,
    NGX_SHOP_ASK_OPTION,
    NGX_SHOP_STORE_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static ngx_shop_store_t  ngx_shop_active_store;


int
ngx_shop_active_run(const ngx_shop_options_t *o)
{
    int                       asked, closes, quiet;
    const char               *word;
    ngx_shop_ask_t            a;
    ngx_shop_flagset_t        set;
    ngx_shop_store_t         *s = &ngx_shop_active_store;
    static ngx_shop_flags_t   flags;

    if (o->nrest) {
        return ngx_shop_say_error("\"is-active\" takes no \"%s\"; to "
                                  "name a flag write --flag %s",
                                  o->rest[0], o->rest[0]);
    }

    if (ngx_shop_store_open(s, o) != NGX_SHOP_OK
        || ngx_shop_flags_read(&flags, s->flag)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    quiet = ngx_shop_options_get(o, "quiet") != NULL;

    set.visit = quiet ? NULL : ngx_shop_active_trouble;
    set.data = s->flag;

    ngx_shop_flags_decide(&set, &flags, (int64_t) time(NULL));

    closes = ngx_shop_site_closes(set.asked);
    word = ngx_shop_flagset_name(closes
                                 || set.word == NGX_SHOP_FLAGSET_WORDS
                                 ? set.word : NGX_SHOP_FLAGSET_NONE);

    asked = ngx_shop_active_ask(o, &set, s->flag, &a);

    if (asked && strcmp(a.flag, "over") == 0 && closes) {
        closes = 0;
        word = "open";
    }

    if (ngx_shop_options_get(o, "json")) {
        ngx_shop_active_json(s->flag, word, closes, asked ? &a : NULL);

    } else if (!quiet) {

        /* the first line is for scripts, and stays as it is */

        printf("%s\n", word);

        if (asked
            && (a.alone || strcmp(a.state, "outage") == 0
                || strcmp(a.state, "reopening") == 0))
        {
            ngx_shop_ask_show(&a, (int64_t) time(NULL));
        }
    }

    return closes ? NGX_SHOP_SAY_YES : NGX_SHOP_SAY_NO;
}


static void
ngx_shop_active_json(const char *flag, const char *word, int closes,
    const ngx_shop_ask_t *a)
{
    ngx_shop_emit_t  e;

    ngx_shop_jsonout_begin(&e, "is-active", (int64_t) time(NULL));
    ngx_shop_emit_cstr(&e, "flag", flag);
    ngx_shop_emit_bool(&e, "active", closes);
    ngx_shop_emit_cstr(&e, "state", word);
    ngx_shop_ask_json(&e, a);
    ngx_shop_jsonout_end(&e);
}


static void
ngx_shop_active_trouble(void *data, const ngx_shop_flagset_file_t *file,
    const ngx_shop_flag_notice_t *notice, int error)
{
    (void) notice;

    if (error) {
        ngx_shop_show_trouble(data, file, error);
    }
}


/* what nginx makes of it is the truth; asked of the same flag only */

static int
ngx_shop_active_ask(const ngx_shop_options_t *o, ngx_shop_flagset_t *set,
    const char *flag, ngx_shop_ask_t *a)
{
    int  rc;

    rc = ngx_shop_ask(ngx_shop_ask_url(o), flag, a);

    if (rc == NGX_SHOP_OK) {
        return 1;
    }

    if (set->visit && set->error == 0 && set->notice
        && set->notice->end == NGX_SHOP_FLAG_END_HEALTHY)
    {
        ngx_shop_say_note("it has \"end: healthy\": whether that has opened "
                          "the shop only nginx knows, and %s %s; name a "
                          "location with shop_status by --url or $SHOP_STATUS",
                          ngx_shop_ask_url(o),
                          rc == NGX_SHOP_DECLINED ? "has no such flag"
                                                  : "does not answer");
    }

    return 0;
}
