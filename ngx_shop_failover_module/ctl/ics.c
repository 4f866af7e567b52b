
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Closings as events of a calendar, one a file of the flag.
 */


#include <time.h>
#include <unistd.h>

#include "ctl/flags.h"
#include "ctl/ics.h"
#include "ctl/store.h"
#include "logic/text/emit.h"


#define NGX_SHOP_ICS_LINE  75             /* octets */


static void ngx_shop_ics_file(void *data, const ngx_shop_flagset_file_t *file,
    const ngx_shop_flag_notice_t *notice, int error);
static void ngx_shop_ics_line(const char *name, ngx_shop_str_t text);
static void ngx_shop_ics_text(const char *name, const char *text);
static void ngx_shop_ics_time(const char *name, int64_t at);
static void ngx_shop_ics_escaped(const char *name, const char *prefix,
    ngx_shop_str_t text);


const ngx_shop_options_entry_t  ngx_shop_ics_options[] = {
    { "shop", NGX_SHOP_OPTIONS_VALUE, "NAME",
      "how the shop is called [the online shop]" },
    NGX_SHOP_STORE_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


/* of what the callbacks write */
typedef struct {
    const char  *shop;
    const char  *flag;
    const char  *host;
    int64_t      now;
} ngx_shop_ics_t;


static ngx_shop_store_t  ngx_shop_ics_store;
static ngx_shop_flags_t  ngx_shop_ics_flags;


int
ngx_shop_ics_run(const ngx_shop_options_t *o)
{
    char                host[256];
    ngx_shop_ics_t      ics;
    ngx_shop_flagset_t  set;

    if (o->nrest) {
        return ngx_shop_say_error("\"calendar\" takes no \"%s\"; to name a "
                                  "flag write --flag %s", o->rest[0],
                                  o->rest[0]);
    }

    if (ngx_shop_store_open(&ngx_shop_ics_store, o) != NGX_SHOP_OK
        || ngx_shop_flags_read(&ngx_shop_ics_flags, ngx_shop_ics_store.flag)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    memset(host, 0, sizeof(host));

    if (gethostname(host, sizeof(host) - 1) != 0 || host[0] == '\0') {
        strcpy(host, "localhost");
    }

    ics.shop = ngx_shop_options_get(o, "shop");
    ics.shop = ics.shop ? ics.shop : "The online shop";
    ics.flag = ngx_shop_ics_store.flag;
    ics.host = host;
    ics.now = (int64_t) time(NULL);

    ngx_shop_ics_text("BEGIN", "VCALENDAR");
    ngx_shop_ics_text("VERSION", "2.0");
    ngx_shop_ics_text("PRODID", "-//ngx_shop_failover_module//shopctl//EN");
    ngx_shop_ics_text("METHOD", "PUBLISH");

    memset(&set, 0, sizeof(set));
    set.visit = ngx_shop_ics_file;
    set.data = &ics;
    ngx_shop_flags_decide(&set, &ngx_shop_ics_flags, NULL, ics.now);

    ngx_shop_ics_text("END", "VCALENDAR");

    return NGX_SHOP_SAY_YES;
}


/* words close nothing, and what is over is no appointment */

static void
ngx_shop_ics_file(void *data, const ngx_shop_flagset_file_t *file,
    const ngx_shop_flag_notice_t *notice, int error)
{
    char             uid[512];
    int64_t          start, end;
    const char      *p;
    uint32_t         sum;
    ngx_shop_ics_t  *ics = data;

    if (file == NULL || notice == NULL || error
        || notice->mode == NGX_SHOP_FLAG_WORDS || notice->bad_start
        || (notice->until.at && notice->until.at <= ics->now))
    {
        return;
    }

    start = notice->start.at ? notice->start.at
                             : ngx_shop_flag_appeared(file->mtime,
                                                      file->ctime);
    end = notice->until.at ? notice->until.at : notice->eta.at;
    sum = ngx_shop_flagset_id(&file->name);

    for (p = ics->flag; *p; p++) {
        sum = (sum ^ (unsigned char) *p) * 16777619u;
    }

    /* a closing that is moved is the same one */

    (void) snprintf(uid, sizeof(uid), "shop-%08lx@%.255s",
                    (unsigned long) sum, ics->host);

    ngx_shop_ics_text("BEGIN", "VEVENT");
    ngx_shop_ics_text("UID", uid);
    ngx_shop_ics_time("DTSTAMP", ngx_shop_flag_appeared(file->mtime,
                                                        file->ctime));
    ngx_shop_ics_time("DTSTART", start);

    if (end > start) {
        ngx_shop_ics_time("DTEND", end);
    }

    (void) snprintf(uid, sizeof(uid), "%.400s: %s", ics->shop,
                    notice->mode == NGX_SHOP_FLAG_BROWSE ? "no orders"
                    : notice->mode == NGX_SHOP_FLAG_PATHS_ONLY
                      ? "partly closed" : "closed");
    ngx_shop_ics_escaped("SUMMARY", uid, (ngx_shop_str_t) { 0, NULL });
    ngx_shop_ics_escaped("DESCRIPTION", "", ngx_shop_flag_status(notice));
    ngx_shop_ics_text("STATUS", "CONFIRMED");
    ngx_shop_ics_text("TRANSP", "TRANSPARENT");
    ngx_shop_ics_text("END", "VEVENT");
}


static void
ngx_shop_ics_time(const char *name, int64_t at)
{
    char       text[32];
    time_t     t;
    struct tm  tm;

    t = (time_t) at;

    if (gmtime_r(&t, &tm)) {
        (void) strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm);
        ngx_shop_ics_text(name, text);
    }
}


static void
ngx_shop_ics_text(const char *name, const char *text)
{
    ngx_shop_str_t  s;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);
    ngx_shop_ics_line(name, s);
}


/* RFC 5545, 3.3.11; what is not text has been made so by the parser */

static void
ngx_shop_ics_escaped(const char *name, const char *prefix, ngx_shop_str_t text)
{
    size_t           i, n;
    unsigned char    c, buf[4096];
    ngx_shop_str_t   s;
    ngx_shop_emit_t  e;

    ngx_shop_emit_init(&e, buf, sizeof(buf));
    n = strlen(prefix);

    for (i = 0; i < n + text.len; i++) {
        c = i < n ? (unsigned char) prefix[i] : text.data[i - n];

        if (c < 0x20) {
            continue;
        }

        if (c == '\\' || c == ';' || c == ',') {
            ngx_shop_emit_text(&e, "\\");
        }

        ngx_shop_emit_raw(&e, &c, 1);
    }

    s.data = buf;
    s.len = (size_t) (e.pos - buf);

    if (s.len) {
        ngx_shop_ics_line(name, s);
    }
}


/* folded (3.1) between two characters, and ends with CRLF */

static void
ngx_shop_ics_line(const char *name, ngx_shop_str_t text)
{
    size_t  i, n, len;

    n = strlen(name) + 1;
    printf("%s:", name);

    for (i = 0; i < text.len; i += len) {

        len = 1;

        while (i + len < text.len && (text.data[i + len] & 0xC0) == 0x80) {
            len++;
        }

        if (n + len > NGX_SHOP_ICS_LINE) {
            fputs("\r\n ", stdout);
            n = 1;
        }

        (void) fwrite(text.data + i, 1, len, stdout);
        n += len;
    }

    fputs("\r\n", stdout);
}
