
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a flag says, line by line, for shopctl check and status.
 */


#include <time.h>

#include "ctl/flags.h"
#include "ctl/notice.h"
#include "ctl/show_inside.h"
#include "ctl/show_langs.h"


static const char *ngx_shop_show_notice_state(const ngx_shop_flag_notice_t *n,
    int64_t now);
static void ngx_shop_show_notice_span(FILE *out,
    const ngx_shop_flag_notice_t *n,
    ngx_shop_span_t span, const char *after);
static void ngx_shop_show_notice_text(const ngx_shop_flag_notice_t *n,
    const char *key, ngx_shop_span_t span);
static void ngx_shop_show_notice_time(const ngx_shop_flag_notice_t *n,
    const char *key, const ngx_shop_flag_time_t *time, int64_t now);
static void ngx_shop_show_notice_mode(const ngx_shop_flag_notice_t *n);
static void ngx_shop_show_notice_hosts(const ngx_shop_flag_notice_t *n);
static void ngx_shop_show_notice_updates(const ngx_shop_flag_notice_t *n);


int
ngx_shop_show_notice(ngx_shop_show_t *show, const char *path,
    const ngx_shop_flag_notice_t *n)
{
    int       over, bad;
    unsigned  i;

    over = ngx_shop_flagset_word(n, show->now) == NGX_SHOP_FLAGSET_OVER;

    if (show->json) {
        ngx_shop_emit_object(show->json, NULL);
        ngx_shop_emit_cstr(show->json, "path", path);
        ngx_shop_emit_cstr(show->json, "state",
                           ngx_shop_flagset_name(
                                   ngx_shop_flagset_word(n, show->now)));
        ngx_shop_emit_null(show->json, "error");
        ngx_shop_notice_json(show->json, n, show->now, over);
        ngx_shop_emit_close(show->json, '}');

        return n->nwarnings || ngx_shop_show_notice_doubts(NULL, n, path,
                                                           show->now)
               ? NGX_SHOP_SAY_NO : NGX_SHOP_SAY_YES;
    }

    printf("%s: %s\n", ngx_shop_say_name(path),
           ngx_shop_show_notice_state(n, show->now));

    ngx_shop_show_notice_text(n, "status", n->status);

    ngx_shop_show_notice_text(n, "reason", n->reason);
    ngx_shop_show_notice_text(n, "offer", n->offer);
    ngx_shop_show_notice_text(n, "after", n->after);

    for (i = 0; i < n->ncontacts; i++) {
        ngx_shop_show_notice_text(n, "contact", n->contacts[i]);
    }

    ngx_shop_show_langs_texts(n);

    ngx_shop_show_notice_text(n, "who", n->who);
    ngx_shop_show_notice_time(n, "start", &n->start, show->now);
    ngx_shop_show_notice_time(n, "eta", &n->eta, show->now);
    ngx_shop_show_notice_time(n, "until", &n->until, show->now);
    ngx_shop_show_notice_time(n, "next-update", &n->next_update, show->now);
    ngx_shop_show_notice_time(n, "after-until", &n->after_until, show->now);
    ngx_shop_show_notice_mode(n);
    ngx_shop_show_notice_hosts(n);
    ngx_shop_show_notice_updates(n);
    ngx_shop_show_langs_lacks(n);

    bad = ngx_shop_show_notice_warnings(stdout, n, path) != 0;
    bad |= ngx_shop_show_notice_doubts(stdout, n, path, show->now) != 0;

    return bad ? NGX_SHOP_SAY_NO : NGX_SHOP_SAY_YES;
}


static const char *
ngx_shop_show_notice_state(const ngx_shop_flag_notice_t *n, int64_t now)
{
    if (n->bad_start) {
        return "as before, its start cannot be read";
    }

    return ngx_shop_flagset_name(ngx_shop_flagset_word(n, now));
}


/* a piece of the file, and what comes after it */

static void
ngx_shop_show_notice_span(FILE *out, const ngx_shop_flag_notice_t *n,
    ngx_shop_span_t span, const char *after)
{
    ngx_shop_say_text(out, ngx_shop_flag_text(n, span));
    fputs(after, out);
}


static void
ngx_shop_show_notice_text(const ngx_shop_flag_notice_t *n, const char *key,
    ngx_shop_span_t span)
{
    if (span.len) {
        printf("  %-16s", key);
        ngx_shop_show_notice_span(stdout, n, span, "\n");
    }
}


static void
ngx_shop_show_notice_time(const ngx_shop_flag_notice_t *n, const char *key,
    const ngx_shop_flag_time_t *time, int64_t now)
{
    if (time->at == 0) {
        return;
    }

    printf("  %-16s", key);
    ngx_shop_say_time(stdout, time->at, now);
    printf("  (");
    ngx_shop_show_notice_span(stdout, n, time->text, ")\n");
}


static void
ngx_shop_show_notice_mode(const ngx_shop_flag_notice_t *n)
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
            ngx_shop_show_notice_span(stdout, n, n->paths[i], "");
        }

        printf("\n");
        break;

    case NGX_SHOP_FLAG_PATHS_ONLY:
        printf("  %-16spaths: ", "mode");

        for (i = 0; i < n->npaths; i++) {
            ngx_shop_show_notice_span(stdout, n, n->paths[i], " ");
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
ngx_shop_show_notice_hosts(const ngx_shop_flag_notice_t *n)
{
    unsigned  i;

    if (!n->hosts_given) {
        return;
    }

    printf("  %-16s", "hosts");

    for (i = 0; i < n->nhosts; i++) {
        ngx_shop_show_notice_span(stdout, n, n->hosts[i], " ");
    }

    printf("%s\n", n->nhosts ? "and no other" : "none: closes nobody");
}


static void
ngx_shop_show_notice_updates(const ngx_shop_flag_notice_t *n)
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
        ngx_shop_show_notice_span(stdout, n, n->updates[i].text, "\n");
        ngx_shop_show_langs_update(n, i);
    }
}


unsigned
ngx_shop_show_notice_warnings(FILE *out, const ngx_shop_flag_notice_t *n,
    const char *path)
{
    unsigned                        i;
    const ngx_shop_flag_warning_t  *w;

    for (i = 0; i < n->nwarnings; i++) {
        w = &n->warnings[i];

        fprintf(out, "%s:%u: %s: \"", ngx_shop_say_name(path),
                (unsigned) w->line, ngx_shop_flag_reason(w->reason));
        ngx_shop_show_notice_span(out, n, w->what, "\"\n");
    }

    if (n->warnings_total > n->nwarnings) {
        fprintf(out, "%s: %u more\n", ngx_shop_say_name(path),
                (unsigned) (n->warnings_total - n->nwarnings));
    }

    return n->nwarnings;
}


unsigned
ngx_shop_show_notice_doubts(FILE *out, const ngx_shop_flag_notice_t *n,
    const char *path, int64_t now)
{
    unsigned               i, k;
    ngx_shop_flag_doubt_t  doubts[NGX_SHOP_FLAG_DOUBTS];

    k = ngx_shop_flag_doubt(n, now, ngx_shop_flagset_word(n, now)
                                    == NGX_SHOP_FLAGSET_OVER, doubts);

    for (i = 0; out && i < k; i++) {
        fprintf(out, "%s: %s %s\n", ngx_shop_say_name(path), doubts[i].key,
                doubts[i].text);
    }

    return k;
}


void
ngx_shop_show_notice_summary(const ngx_shop_flag_notice_t *n, const char *path,
    int64_t now)
{
    printf("%s: %s", ngx_shop_show_notice_state(n, now),
           ngx_shop_say_name(path));

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
