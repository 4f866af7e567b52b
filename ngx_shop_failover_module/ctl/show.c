
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Says what a flag means.  Changes nothing.
 */



#include <errno.h>
#include <time.h>

#include "ctl/ask.h"
#include "ctl/flags.h"
#include "ctl/show.h"
#include "ctl/show_langs.h"
#include "ctl/store.h"


/* what "check" knows of a flag while its files are shown */
typedef struct {
    const char  *flag;
    int64_t      now;
    int          rc;       /* the largest exit code of all files */
} ngx_shop_show_t;


static const char *ngx_shop_show_state(const ngx_shop_flag_notice_t *n,
    int64_t now);
static void ngx_shop_show_span(FILE *out, const ngx_shop_flag_notice_t *n,
    ngx_shop_span_t span, const char *after);
static void ngx_shop_show_text(const ngx_shop_flag_notice_t *n,
    const char *key, ngx_shop_span_t span);
static void ngx_shop_show_time(const ngx_shop_flag_notice_t *n,
    const char *key, const ngx_shop_flag_time_t *time, int64_t now);
static void ngx_shop_show_mode(const ngx_shop_flag_notice_t *n);
static void ngx_shop_show_hosts(const ngx_shop_flag_notice_t *n);
static void ngx_shop_show_updates(const ngx_shop_flag_notice_t *n);
static int ngx_shop_show_flag(ngx_shop_store_t *s, int64_t now);
static void ngx_shop_show_file(void *data, const ngx_shop_flagset_file_t *file,
    const ngx_shop_flag_notice_t *notice, int error);
static int ngx_shop_show_notice(const char *path,
    const ngx_shop_flag_notice_t *n, int64_t now);
static void ngx_shop_show_trouble(const char *flag,
    const ngx_shop_flagset_file_t *file, int error);
static void ngx_shop_show_quietly(void *data,
    const ngx_shop_flagset_file_t *file, const ngx_shop_flag_notice_t *notice,
    int error);
static int ngx_shop_show_asked(const ngx_shop_options_t *o,
    ngx_shop_flagset_t *set, const char *flag, ngx_shop_ask_t *a);


const ngx_shop_options_entry_t  ngx_shop_show_options[] = {
    NGX_SHOP_STORE_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


const ngx_shop_options_entry_t  ngx_shop_show_active_options[] = {
    { "quiet", NGX_SHOP_OPTIONS_SWITCH, NULL, "print nothing" },
    { "host", NGX_SHOP_OPTIONS_VALUE, "HOST",
      "of this host, where files name some with \"hosts\"" },
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
    int                rc;
    int64_t            now;
    ngx_shop_store_t  *s = &ngx_shop_show_store;

    if (o->nrest > 1) {
        return ngx_shop_say_error("\"check\" takes one file, not "
                                  "also \"%s\"", o->rest[1]);
    }

    if (ngx_shop_store_open(s, o) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    now = (int64_t) time(NULL);

    if (s->is_dir && o->nrest == 0) {
        return ngx_shop_show_flag(s, now);
    }

    rc = ngx_shop_store_load(s, o->nrest ? o->rest[0] : s->path);

    if (rc != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    ngx_shop_flag_parse(&ngx_shop_show_parsed, NULL, s->data, s->size,
                        s->appeared, now);

    return ngx_shop_show_notice(s->path, &ngx_shop_show_parsed, now);
}


/* all files of a directory, by name, and which of them speaks */

static int
ngx_shop_show_flag(ngx_shop_store_t *s, int64_t now)
{
    ngx_shop_show_t            show;
    ngx_shop_flagset_t         set;
    static ngx_shop_flags_t    flags;

    if (ngx_shop_flags_read(&flags, s->flag) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    show.flag = s->flag;
    show.now = now;
    show.rc = NGX_SHOP_SAY_YES;

    set.visit = ngx_shop_show_file;
    set.data = &show;

    ngx_shop_flags_decide(&set, &flags, NULL, now);

    printf("%s: %s", ngx_shop_say_name(s->flag),
           ngx_shop_flagset_name(set.word));

    if (set.file && flags.nfiles > 1) {
        printf(", by \"%s\"",
               ngx_shop_say_name((const char *) set.file->name.data));
    }

    if (set.spoken) {
        printf("; %u of its files with \"hosts\" before that", set.spoken);
    }

    printf("\n");

    return show.rc;
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
        rc = NGX_SHOP_SAY_ERROR;

    } else {
        snprintf(path, sizeof(path), "%s/%s", show->flag,
                 (const char *) file->name.data);
        rc = ngx_shop_show_notice(path, notice, show->now);
    }

    show->rc = rc > show->rc ? rc : show->rc;
}


/* what closes, and why its text is not shown */

static void
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


static int
ngx_shop_show_notice(const char *path, const ngx_shop_flag_notice_t *n,
    int64_t now)
{
    unsigned  i;

    printf("%s: %s\n", ngx_shop_say_name(path), ngx_shop_show_state(n, now));

    ngx_shop_show_text(n, "status", n->status);

    ngx_shop_show_text(n, "reason", n->reason);
    ngx_shop_show_text(n, "offer", n->offer);

    for (i = 0; i < n->ncontacts; i++) {
        ngx_shop_show_text(n, "contact", n->contacts[i]);
    }

    ngx_shop_show_langs_texts(n);

    ngx_shop_show_time(n, "start", &n->start, now);
    ngx_shop_show_time(n, "eta", &n->eta, now);
    ngx_shop_show_time(n, "until", &n->until, now);
    ngx_shop_show_time(n, "next-update", &n->next_update, now);
    ngx_shop_show_mode(n);
    ngx_shop_show_hosts(n);
    ngx_shop_show_updates(n);
    ngx_shop_show_langs_lacks(n);

    return ngx_shop_show_warnings(stdout, n, path)
           ? NGX_SHOP_SAY_NO : NGX_SHOP_SAY_YES;
}


static const char *
ngx_shop_show_state(const ngx_shop_flag_notice_t *n, int64_t now)
{
    if (n->bad_start) {
        return "as before, its start cannot be read";
    }

    return ngx_shop_flagset_name(ngx_shop_flagset_word(n, now));
}


/* a piece of the file, and what comes after it */

static void
ngx_shop_show_span(FILE *out, const ngx_shop_flag_notice_t *n,
    ngx_shop_span_t span, const char *after)
{
    ngx_shop_say_text(out, ngx_shop_flag_text(n, span));
    fputs(after, out);
}


static void
ngx_shop_show_text(const ngx_shop_flag_notice_t *n, const char *key,
    ngx_shop_span_t span)
{
    if (span.len) {
        printf("  %-16s", key);
        ngx_shop_show_span(stdout, n, span, "\n");
    }
}


static void
ngx_shop_show_time(const ngx_shop_flag_notice_t *n, const char *key,
    const ngx_shop_flag_time_t *time, int64_t now)
{
    if (time->at == 0) {
        return;
    }

    printf("  %-16s", key);
    ngx_shop_say_time(stdout, time->at, now);
    printf("  (");
    ngx_shop_show_span(stdout, n, time->text, ")\n");
}


static void
ngx_shop_show_mode(const ngx_shop_flag_notice_t *n)
{
    unsigned  i;

    static const char  *ends[] = {
        "manual: when the file goes",
        "eta: at the ETA",
        "healthy: when all is well for the hold of shop_reopen"
    };

    switch (n->mode) {

    case NGX_SHOP_FLAG_BROWSE:
        printf("  %-16sbrowse: only GET, HEAD, OPTIONS and TRACE pass",
               "mode");

        for (i = 0; i < n->npaths; i++) {
            printf("%s", i ? " " : ", and POST to ");
            ngx_shop_show_span(stdout, n, n->paths[i], "");
        }

        printf("\n");
        break;

    case NGX_SHOP_FLAG_PATHS_ONLY:
        printf("  %-16spaths: ", "mode");

        for (i = 0; i < n->npaths; i++) {
            ngx_shop_show_span(stdout, n, n->paths[i], " ");
        }

        printf("and what is below\n");
        break;

    case NGX_SHOP_FLAG_WORDS:
        printf("  %-16swords: closes nothing; the texts of an outage\n",
               "mode");
        break;

    default:
        printf("  %-16sfull: everything is closed\n", "mode");
    }

    printf("  %-16s%s\n", "end", ends[n->end]);

    if (n->end == NGX_SHOP_FLAG_END_ETA && n->eta.at == 0) {
        printf("  %-16sthere is no ETA, so nothing ends it\n", "");
    }
}


static void
ngx_shop_show_hosts(const ngx_shop_flag_notice_t *n)
{
    unsigned  i;

    if (!n->hosts_given) {
        return;
    }

    printf("  %-16s", "hosts");

    for (i = 0; i < n->nhosts; i++) {
        ngx_shop_show_span(stdout, n, n->hosts[i], " ");
    }

    printf("%s\n", n->nhosts ? "and no other" : "none: closes nobody");
}


static void
ngx_shop_show_updates(const ngx_shop_flag_notice_t *n)
{
    char       when[32];
    time_t     at;
    unsigned   i;
    struct tm  tm;

    for (i = 0; i < n->nupdates; i++) {
        when[0] = '\0';
        at = (time_t) n->updates[i].at;

        if (at && localtime_r(&at, &tm)) {
            (void) strftime(when, sizeof(when), "%Y-%m-%d %H:%M ", &tm);
        }

        printf("  %-16s%s", "update", when);
        ngx_shop_show_span(stdout, n, n->updates[i].text, "\n");
        ngx_shop_show_langs_update(n, i);
    }
}


unsigned
ngx_shop_show_warnings(FILE *out, const ngx_shop_flag_notice_t *n,
    const char *path)
{
    unsigned                        i;
    const ngx_shop_flag_warning_t  *w;

    for (i = 0; i < n->nwarnings; i++) {
        w = &n->warnings[i];

        fprintf(out, "%s:%u: %s: \"", ngx_shop_say_name(path),
                (unsigned) w->line, ngx_shop_flag_reason(w->reason));
        ngx_shop_show_span(out, n, w->what, "\"\n");
    }

    if (n->warnings_total > n->nwarnings) {
        fprintf(out, "%s: %u more\n", ngx_shop_say_name(path),
                (unsigned) (n->warnings_total - n->nwarnings));
    }

    return n->nwarnings;
}


void
ngx_shop_show_summary(const ngx_shop_flag_notice_t *n, const char *path,
    int64_t now)
{
    printf("%s: %s", ngx_shop_show_state(n, now), ngx_shop_say_name(path));

    if (n->start.at > now) {
        printf("\n  closes at       ");
        ngx_shop_say_time(stdout, n->start.at, now);
    }

    if (n->eta.at) {
        printf("\n  eta             ");
        ngx_shop_say_time(stdout, n->eta.at, now);
    }

    if (n->until.at) {
        printf("\n  opens at        ");
        ngx_shop_say_time(stdout, n->until.at, now);
    }

    printf("\n");
}


/*
 * Answers as nginx would: also a file that cannot be read closes.  "end:
 * healthy" may have opened the shop meanwhile: that only nginx knows.
 */

int
ngx_shop_show_is_active(const ngx_shop_options_t *o)
{
    int                       asked, closes, quiet;
    const char               *word, *host;
    ngx_shop_ask_t            a;
    ngx_shop_flagset_t        set;
    ngx_shop_store_t         *s = &ngx_shop_show_store;
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

    set.visit = quiet ? NULL : ngx_shop_show_quietly;
    set.data = s->flag;

    host = ngx_shop_options_get(o, "host");

    ngx_shop_flags_decide(&set, &flags, host, (int64_t) time(NULL));

    closes = ngx_shop_site_closes(set.asked);
    word = ngx_shop_flagset_name(closes
                                 || set.word == NGX_SHOP_FLAGSET_WORDS
                                 ? set.word : NGX_SHOP_FLAGSET_NONE);

    /* what nginx says of a flag is of all its hosts */

    asked = host == NULL && ngx_shop_show_asked(o, &set, s->flag, &a);

    if (asked && strcmp(a.flag, "over") == 0 && closes) {
        closes = 0;
        word = "open";
    }

    if (quiet) {
        return closes ? NGX_SHOP_SAY_YES : NGX_SHOP_SAY_NO;
    }

    /* the first line is for scripts, and stays as it is */

    printf("%s\n", word);

    if (host == NULL && set.spoken && !closes && !quiet) {
        ngx_shop_say_note("%u of its files close hosts alone: ask for one "
                          "with --host", set.spoken);
    }

    if (asked
        && (a.alone || strcmp(a.state, "outage") == 0
            || strcmp(a.state, "reopening") == 0))
    {
        printf("nginx: %s%s\n", a.state,
               a.alone ? ", only the flag keeps the shop shut" : "");
    }

    return closes ? NGX_SHOP_SAY_YES : NGX_SHOP_SAY_NO;
}


static void
ngx_shop_show_quietly(void *data, const ngx_shop_flagset_file_t *file,
    const ngx_shop_flag_notice_t *notice, int error)
{
    (void) notice;

    if (error) {
        ngx_shop_show_trouble(data, file, error);
    }
}


/* what nginx makes of it is the truth; asked of the same flag only */

static int
ngx_shop_show_asked(const ngx_shop_options_t *o, ngx_shop_flagset_t *set,
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
