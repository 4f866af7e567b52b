
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Asks the status.  Nothing here is waited for longer than a person would.
 */


#include <stdlib.h>
#include <time.h>

#include "ctl/ask.h"
#include "ctl/fetch.h"
#include "ctl/member.h"


#define NGX_SHOP_ASK_PERIOD  10     /* ms */

/* ms: what was seen is followed by what comes of it */
#define NGX_SHOP_ASK_FOLLOW  1500


static int ngx_shop_ask_text(const char *url, const char *flag,
    const char *sum, ngx_shop_ask_t *a);
static int ngx_shop_ask_find(const ngx_shop_json_t *v, const char *flag,
    const char *sum, ngx_shop_ask_t *a);
static int ngx_shop_ask_is(const char *path, const char *flag, int files);
static void ngx_shop_ask_opened(const char *url, const char *flag,
    ngx_shop_ask_t *a);
static int64_t ngx_shop_ask_msec(void);
static void ngx_shop_ask_pause(void);


const char *
ngx_shop_ask_url(const ngx_shop_options_t *o)
{
    return ngx_shop_options_setting(o, "url", "SHOP_STATUS", NGX_SHOP_ASK_URL);
}


int
ngx_shop_ask(const char *url, const char *flag, ngx_shop_ask_t *a)
{
    return ngx_shop_ask_text(url, flag, NULL, a);
}


/* sum NULL: of the flag as a whole; else of that file of it, too */

static int
ngx_shop_ask_text(const char *url, const char *flag, const char *sum,
    ngx_shop_ask_t *a)
{
    int              rc;
    size_t           at;
    const char      *reason;
    ngx_shop_str_t   s;
    unsigned char   *body;
    ngx_shop_json_t  v;

    memset(a, 0, sizeof(ngx_shop_ask_t));

    if (ngx_shop_fetch_quick(url, NGX_SHOP_ASK_ANSWER, &body, &s.len)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    s.data = body;

    rc = ngx_shop_json_parse(&v, &s, &at, &reason) == NGX_SHOP_OK
         ? ngx_shop_ask_find(&v, flag, sum, a) : NGX_SHOP_ERROR;

    free(body);

    return rc;
}


/*
 * Of sites that share the flag the one that it means: not out of service.  With
 * a sum the one that has this text, or, where it is "", any that has one still.
 */

static int
ngx_shop_ask_find(const ngx_shop_json_t *v, const char *flag, const char *sum,
    ngx_shop_ask_t *a)
{
    int                   rc;
    char                  path[4096];
    ngx_shop_json_t       list, site;
    ngx_shop_json_walk_t  walk;

    if (ngx_shop_json_find(v, "sites", &list) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    rc = NGX_SHOP_DECLINED;

    ngx_shop_json_walk(&list, &walk);

    while (ngx_shop_json_next(&walk, NULL, &site) == NGX_SHOP_OK) {

        if (!ngx_shop_member_get(&site, "flag", path, sizeof(path))
            || !ngx_shop_ask_is(path, flag, sum != NULL))
        {
            continue;
        }

        (void) ngx_shop_member_get(&site, "state", a->state, sizeof(a->state));
        (void) ngx_shop_member_get(&site, "flag_state", a->flag,
                                   sizeof(a->flag));
        (void) ngx_shop_member_get(&site, "flag_sum", a->sum, sizeof(a->sum));
        a->alone = ngx_shop_member_true(&site, "shut_by_flag_alone") != 0;
        a->admitted = ngx_shop_member_number(&site, "admitted");
        a->left = ngx_shop_member_number(&site, "well_in");

        rc = NGX_SHOP_OK;

        if (sum) {
            if (*sum ? strcmp(a->sum, sum) == 0 : a->sum[0] != '\0') {
                break;
            }

        } else if (!a->alone && strcmp(a->state, "outage") != 0
            && strcmp(a->flag, "over") != 0)
        {
            break;
        }
    }

    return rc;
}


/* files: also a file of a directory, which closes some hosts */

static int
ngx_shop_ask_is(const char *path, const char *flag, int files)
{
    size_t  n;

    n = strlen(flag);

    return strncmp(path, flag, n) == 0
           && (path[n] == '\0' || (files && path[n] == '/'));
}


void
ngx_shop_ask_seen(const char *url, const char *flag,
    const ngx_shop_flag_notice_t *notice)
{
    int              rc;
    char             sum[24];
    int64_t          began, passed;
    ngx_shop_ask_t   a;

    if (strcmp(url, NGX_SHOP_ASK_NOBODY) == 0) {
        return;
    }

    sum[0] = '\0';

    if (notice) {
        snprintf(sum, sizeof(sum), "%016llx",
                 (unsigned long long) ngx_shop_flag_sum(notice));
    }

    began = ngx_shop_ask_msec();

    do {
        rc = ngx_shop_ask_text(url, flag, sum, &a);
        passed = ngx_shop_ask_msec() - began;

        if (rc == NGX_SHOP_OK && strcmp(a.sum, sum) == 0) {
            printf("seen by nginx after %ld ms\n", (long) passed);

            if (notice == NULL) {
                ngx_shop_ask_opened(url, flag, &a);
            }

            return;
        }

        if (rc != NGX_SHOP_OK) {
            break;
        }

        ngx_shop_ask_pause();

    } while (passed < NGX_SHOP_ASK_SEEN);

    if (rc == NGX_SHOP_ERROR) {
        ngx_shop_say_note("whether nginx has seen it is not known: %s does "
                          "not answer as shop_status does; name such a "
                          "location by --url or $SHOP_STATUS", url);

    } else if (rc == NGX_SHOP_DECLINED) {
        ngx_shop_say_note("the nginx of %s has no flag \"%s\": is it that of "
                          "shop_maintenance?", url, flag);

    } else if (a.sum[0] && sum[0] == '\0') {
        ngx_shop_say_note("nginx still has a flag \"%s\" after %ld s: another "
                          "file of it, or it does not look there", flag,
                          (long) (passed / 1000));

    } else {
        ngx_shop_say_note("nginx does not show it after %ld s: another file "
                          "of \"%s\" speaks, or it does not look there",
                          (long) (passed / 1000), flag);
    }
}


/* a flag that is gone opens the shop; or something else keeps it shut */

static void
ngx_shop_ask_opened(const char *url, const char *flag, ngx_shop_ask_t *a)
{
    int64_t  began;

    began = ngx_shop_ask_msec();

    while ((strcmp(a->state, "maintenance") == 0
            || strcmp(a->state, "browse") == 0)
           && ngx_shop_ask_msec() - began < NGX_SHOP_ASK_FOLLOW)
    {
        ngx_shop_ask_pause();

        if (ngx_shop_ask(url, flag, a) != NGX_SHOP_OK) {
            return;
        }
    }

    if (strcmp(a->state, "open") != 0) {
        ngx_shop_ask_show(a, (int64_t) time(NULL));
    }
}


void
ngx_shop_ask_show(const ngx_shop_ask_t *a, int64_t now)
{
    printf("nginx: %s", a->state);

    if (a->alone) {
        fputs(", only the flag keeps the shop shut; open it: shopctl off",
              stdout);

    } else if (strcmp(a->state, "outage") == 0) {
        fputs(", nobody serves: visitors get the page of an outage", stdout);

    } else if (strcmp(a->state, "reopening") == 0 && a->admitted < 100) {
        printf(", %ld %% of the visitors are in; everybody is in by ",
               a->admitted);
        ngx_shop_say_time(stdout, now + a->left, now);

    } else if (strcmp(a->state, "reopening") == 0) {
        printf(", everybody is in; it is called open in %ld s if it stays "
               "well", a->left);

    } else if (strcmp(a->flag, "over") == 0) {
        fputs(", the flag has ended", stdout);

    } else if (strcmp(a->flag, "announced") == 0) {
        fputs(", it closes by itself at the start", stdout);
    }

    putchar('\n');
}


void
ngx_shop_ask_json(ngx_shop_emit_t *e, const ngx_shop_ask_t *a)
{
    if (a == NULL) {
        ngx_shop_emit_null(e, "nginx");
        return;
    }

    ngx_shop_emit_object(e, "nginx");
    ngx_shop_emit_cstr(e, "state", a->state);
    ngx_shop_emit_cstr(e, "flag_state", a->flag);
    ngx_shop_emit_bool(e, "shut_by_flag_alone", (int) a->alone);
    ngx_shop_emit_int(e, "admitted", a->admitted);
    ngx_shop_emit_int(e, "well_in", a->left);
    ngx_shop_emit_close(e, '}');
}


static int64_t
ngx_shop_ask_msec(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


static void
ngx_shop_ask_pause(void)
{
    struct timespec  ts;

    ts.tv_sec = 0;
    ts.tv_nsec = NGX_SHOP_ASK_PERIOD * 1000000;

    (void) nanosleep(&ts, NULL);
}
