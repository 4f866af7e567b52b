
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Says what a flag means.  Changes nothing.
 */



#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "ctl/show.h"
#include "ctl/store.h"
#include "logic/site.h"


/* shows one file of a directory; an exit code */
typedef int (*ngx_shop_failover_show_pt)(ngx_shop_failover_store_t *s,
    int64_t now);


static const char *ngx_shop_failover_show_state(
    const ngx_shop_failover_notice_t *n, int64_t now);
static void ngx_shop_failover_show_text(const ngx_shop_failover_notice_t *n,
    const char *key, ngx_shop_failover_span_t span);
static void ngx_shop_failover_show_time(const ngx_shop_failover_notice_t *n,
    const char *key, const ngx_shop_failover_flag_time_t *time, int64_t now);
static void ngx_shop_failover_show_mode(const ngx_shop_failover_notice_t *n);
static void ngx_shop_failover_show_updates(
    const ngx_shop_failover_notice_t *n);
static int ngx_shop_failover_show_read(ngx_shop_failover_store_t *s,
    int64_t now);
static int ngx_shop_failover_show_all(ngx_shop_failover_store_t *s,
    int64_t now);
static int ngx_shop_failover_show_closes(ngx_shop_failover_store_t *s,
    int64_t now);
static int ngx_shop_failover_show_each(ngx_shop_failover_store_t *s,
    int64_t now, ngx_shop_failover_show_pt show);
static int ngx_shop_failover_show_hidden(const struct dirent *entry);


const ngx_shop_failover_option_t  ngx_shop_failover_show_options[] = {
    NGX_SHOP_FAILOVER_STORE_OPTIONS,
    { NULL, NGX_SHOP_FAILOVER_OPTIONS_SWITCH, NULL, NULL }
};


const ngx_shop_failover_option_t  ngx_shop_failover_show_active_options[] = {
    { "quiet", NGX_SHOP_FAILOVER_OPTIONS_SWITCH, NULL, "print nothing" },
    NGX_SHOP_FAILOVER_STORE_OPTIONS,
    { NULL, NGX_SHOP_FAILOVER_OPTIONS_SWITCH, NULL, NULL }
};


static ngx_shop_failover_store_t   ngx_shop_failover_show_store;
static ngx_shop_failover_notice_t  ngx_shop_failover_show_notice;

/* how the first file that closes does so; NULL: none */
static const char                 *ngx_shop_failover_show_closing;


/* without a file, the flag itself: of a directory all that counts */

int
ngx_shop_failover_show_check(const ngx_shop_failover_options_t *o)
{
    int                         rc;
    int64_t                     now;
    ngx_shop_failover_store_t  *s = &ngx_shop_failover_show_store;

    if (o->nrest > 1) {
        return ngx_shop_failover_say_error("\"check\" takes one file, not "
                                           "also \"%s\"", o->rest[1]);
    }

    if (ngx_shop_failover_store_open(s, o) != NGX_SHOP_FAILOVER_OK) {
        return NGX_SHOP_FAILOVER_SAY_ERROR;
    }

    now = (int64_t) time(NULL);

    if (s->is_dir && o->nrest == 0) {
        return ngx_shop_failover_show_each(s, now,
                                           ngx_shop_failover_show_read);
    }

    rc = ngx_shop_failover_store_load(s, o->nrest ? o->rest[0] : s->path);

    return rc == NGX_SHOP_FAILOVER_OK ? ngx_shop_failover_show_all(s, now)
                                      : NGX_SHOP_FAILOVER_SAY_ERROR;
}


static int
ngx_shop_failover_show_read(ngx_shop_failover_store_t *s, int64_t now)
{
    return ngx_shop_failover_store_read(s) == NGX_SHOP_FAILOVER_OK
           ? ngx_shop_failover_show_all(s, now) : NGX_SHOP_FAILOVER_SAY_ERROR;
}


static int
ngx_shop_failover_show_all(ngx_shop_failover_store_t *s, int64_t now)
{
    unsigned                     i;
    ngx_shop_failover_notice_t  *n = &ngx_shop_failover_show_notice;

    ngx_shop_failover_flag_parse(n, NULL, s->data, s->size, s->mtime, now);

    printf("%s: %s\n", ngx_shop_failover_say_name(s->path),
           ngx_shop_failover_show_state(n, now));

    ngx_shop_failover_show_text(n, "status", n->status);

    for (i = 0; i < n->nlangs; i++) {
        printf("  status.%-9.*s%.*s\n",
               ngx_shop_failover_say_str(ngx_shop_failover_flag_text(n,
                                                       n->langs[i].lang)),
               ngx_shop_failover_say_str(ngx_shop_failover_flag_text(n,
                                                       n->langs[i].text)));
    }

    ngx_shop_failover_show_text(n, "reason", n->reason);
    ngx_shop_failover_show_text(n, "offer", n->offer);

    for (i = 0; i < n->ncontacts; i++) {
        ngx_shop_failover_show_text(n, "contact", n->contacts[i]);
    }

    ngx_shop_failover_show_time(n, "start", &n->start, now);
    ngx_shop_failover_show_time(n, "eta", &n->eta, now);
    ngx_shop_failover_show_time(n, "until", &n->until, now);
    ngx_shop_failover_show_time(n, "next-update", &n->next_update, now);
    ngx_shop_failover_show_mode(n);
    ngx_shop_failover_show_updates(n);

    return ngx_shop_failover_show_warnings(stdout, n, s->path)
           ? NGX_SHOP_FAILOVER_SAY_NO : NGX_SHOP_FAILOVER_SAY_YES;
}


static const char *
ngx_shop_failover_show_state(const ngx_shop_failover_notice_t *n, int64_t now)
{
    if (n->bad_start) {
        return "as before, its start cannot be read";
    }

    switch (ngx_shop_failover_site_flag(n,
                                        NGX_SHOP_FAILOVER_FLAG_STATE_OPEN,
                                        now))
    {
    case NGX_SHOP_FAILOVER_FLAG_STATE_OPEN:
        return n->start.at > now ? "announced" : "over";

    case NGX_SHOP_FAILOVER_FLAG_STATE_BROWSE:
        return "browse";

    default:
        return n->mode == NGX_SHOP_FAILOVER_FLAG_PATHS_ONLY ? "paths"
                                                            : "closed";
    }
}


static void
ngx_shop_failover_show_text(const ngx_shop_failover_notice_t *n,
    const char *key, ngx_shop_failover_span_t span)
{
    if (span.len) {
        printf("  %-16s%.*s\n", key,
               ngx_shop_failover_say_str(ngx_shop_failover_flag_text(n,
                                                                     span)));
    }
}


static void
ngx_shop_failover_show_time(const ngx_shop_failover_notice_t *n,
    const char *key, const ngx_shop_failover_flag_time_t *time, int64_t now)
{
    if (time->at == 0) {
        return;
    }

    printf("  %-16s", key);
    ngx_shop_failover_say_time(stdout, time->at, now);
    printf("  (%.*s)\n",
           ngx_shop_failover_say_str(ngx_shop_failover_flag_text(n,
                                                                time->text)));
}


static void
ngx_shop_failover_show_mode(const ngx_shop_failover_notice_t *n)
{
    unsigned  i;

    static const char  *ends[] = {
        "manual: when the file goes",
        "eta: at the ETA",
        "healthy: when all is well for the hold of shop_reopen"
    };

    switch (n->mode) {

    case NGX_SHOP_FAILOVER_FLAG_BROWSE:
        printf("  %-16sbrowse: only GET, HEAD, OPTIONS and TRACE pass\n",
               "mode");
        break;

    case NGX_SHOP_FAILOVER_FLAG_PATHS_ONLY:
        printf("  %-16spaths:", "mode");

        for (i = 0; i < n->npaths; i++) {
            printf(" %.*s", ngx_shop_failover_say_str(
                             ngx_shop_failover_flag_text(n, n->paths[i])));
        }

        printf(" and what is below\n");
        break;

    default:
        printf("  %-16sfull: everything is closed\n", "mode");
    }

    printf("  %-16s%s\n", "end", ends[n->end]);

    if (n->end == NGX_SHOP_FAILOVER_FLAG_END_ETA && n->eta.at == 0) {
        printf("  %-16sthere is no ETA, so nothing ends it\n", "");
    }
}


static void
ngx_shop_failover_show_updates(const ngx_shop_failover_notice_t *n)
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

        printf("  %-16s%s%.*s\n", "update", when,
               ngx_shop_failover_say_str(ngx_shop_failover_flag_text(n,
                                                      n->updates[i].text)));
    }
}


unsigned
ngx_shop_failover_show_warnings(FILE *out,
    const ngx_shop_failover_notice_t *n, const char *path)
{
    unsigned                                 i;
    const ngx_shop_failover_flag_warning_t  *w;

    for (i = 0; i < n->nwarnings; i++) {
        w = &n->warnings[i];

        fprintf(out, "%s:%u: %s: \"%.*s\"\n",
                ngx_shop_failover_say_name(path), (unsigned) w->line,
                ngx_shop_failover_flag_reason(w->reason),
                ngx_shop_failover_say_str(ngx_shop_failover_flag_text(n,
                                                                w->what)));
    }

    if (n->warnings_total > n->nwarnings) {
        fprintf(out, "%s: %u more\n", ngx_shop_failover_say_name(path),
                (unsigned) (n->warnings_total - n->nwarnings));
    }

    return n->nwarnings;
}


void
ngx_shop_failover_show_summary(const ngx_shop_failover_notice_t *n,
    const char *path, int64_t now)
{
    printf("%s: %s", ngx_shop_failover_show_state(n, now), path);

    if (n->start.at > now) {
        printf("\n  closes at       ");
        ngx_shop_failover_say_time(stdout, n->start.at, now);
    }

    if (n->eta.at) {
        printf("\n  eta             ");
        ngx_shop_failover_say_time(stdout, n->eta.at, now);
    }

    if (n->until.at) {
        printf("\n  opens at        ");
        ngx_shop_failover_say_time(stdout, n->until.at, now);
    }

    printf("\n");
}


/*
 * Answers as nginx would: also a file that cannot be read closes.  "end:
 * healthy" may have opened the shop meanwhile; that only nginx knows.
 */

int
ngx_shop_failover_show_is_active(const ngx_shop_failover_options_t *o)
{
    int                         rc;
    int64_t                     now;
    ngx_shop_failover_store_t  *s = &ngx_shop_failover_show_store;

    if (o->nrest) {
        return ngx_shop_failover_say_error("\"is-active\" takes no \"%s\"; to "
                                           "name a flag write --flag %s",
                                           o->rest[0], o->rest[0]);
    }

    if (ngx_shop_failover_store_open(s, o) != NGX_SHOP_FAILOVER_OK) {
        return NGX_SHOP_FAILOVER_SAY_ERROR;
    }

    now = (int64_t) time(NULL);
    ngx_shop_failover_show_closing = NULL;

    rc = s->is_dir ? ngx_shop_failover_show_each(s, now,
                                              ngx_shop_failover_show_closes)
                   : ngx_shop_failover_show_closes(s, now);

    if (rc == NGX_SHOP_FAILOVER_SAY_ERROR) {
        return rc;
    }

    if (ngx_shop_failover_options_get(o, "quiet") == NULL) {
        printf("%s\n", ngx_shop_failover_show_closing
                       ? ngx_shop_failover_show_closing : "open");
    }

    return ngx_shop_failover_show_closing ? NGX_SHOP_FAILOVER_SAY_YES
                                          : NGX_SHOP_FAILOVER_SAY_NO;
}


static int
ngx_shop_failover_show_closes(ngx_shop_failover_store_t *s, int64_t now)
{
    const char                  *state;
    ngx_shop_failover_notice_t  *n = &ngx_shop_failover_show_notice;

    state = "closed";

    if (ngx_shop_failover_store_read(s) == NGX_SHOP_FAILOVER_OK) {

        ngx_shop_failover_flag_parse(n, NULL, s->data, s->size, s->mtime,
                                     now);

        if (!s->there
            || ngx_shop_failover_site_flag(n,
                                           NGX_SHOP_FAILOVER_FLAG_STATE_OPEN,
                                           now)
               == NGX_SHOP_FAILOVER_FLAG_STATE_OPEN)
        {
            return NGX_SHOP_FAILOVER_SAY_NO;
        }

        state = ngx_shop_failover_show_state(n, now);
    }

    if (ngx_shop_failover_show_closing == NULL) {
        ngx_shop_failover_show_closing = state;
    }

    return NGX_SHOP_FAILOVER_SAY_YES;
}


/*
 * All files of a directory that count, by name; the largest of their exit
 * codes, or that of the directory, if it cannot be read.
 */

static int
ngx_shop_failover_show_each(ngx_shop_failover_store_t *s, int64_t now,
    ngx_shop_failover_show_pt show)
{
    int              i, n, rc, one, len;
    struct stat      sb;
    struct dirent  **entries;

    n = scandir(s->flag, &entries, ngx_shop_failover_show_hidden, alphasort);

    if (n == -1) {
        return ngx_shop_failover_say_errno(errno, "cannot read \"%s\"",
                                           s->flag);
    }

    rc = NGX_SHOP_FAILOVER_SAY_YES;

    for (i = 0; i < n; i++) {

        len = snprintf(s->path, sizeof(s->path), "%s/%s", s->flag,
                       entries[i]->d_name);
        free(entries[i]);

        if (len > 0 && (size_t) len < sizeof(s->path)
            && (stat(s->path, &sb) != 0 || !S_ISDIR(sb.st_mode)))
        {
            one = show(s, now);
            rc = one > rc ? one : rc;
        }
    }

    free(entries);

    return rc;
}


static int
ngx_shop_failover_show_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}
