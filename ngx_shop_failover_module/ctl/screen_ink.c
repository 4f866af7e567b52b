
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Colours, figures' characters and lengths of lines: what a terminal can show.
 */


#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "ctl/screen_inside.h"
#include "logic/flag/clockface.h"
#include "logic/text/utf8.h"


static int ngx_shop_screen_ink_wanted(void);


/* https://no-color.org: where it is set, and not empty */

static int
ngx_shop_screen_ink_wanted(void)
{
    const char  *no;

    no = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0');
}


const char *
ngx_shop_screen_ink_color(const char *state)
{
    size_t  i;

    static const struct {
        const char  *state;
        const char  *ink;
    } inks[] = {
        { "up", "\033[32m" },
        { "open", "\033[32m" },
        { "ok", "\033[32m" },
        { "down", "\033[1;31m" },
        { "outage", "\033[1;31m" },
        { "failed", "\033[1;31m" }
    };

    if (!ngx_shop_screen_ink_wanted()) {
        return "";
    }

    for (i = 0; i < sizeof(inks) / sizeof(inks[0]); i++) {
        if (strcmp(inks[i].state, state) == 0) {
            return inks[i].ink;
        }
    }

    return "\033[33m";
}


const char *
ngx_shop_screen_ink_plain(void)
{
    return ngx_shop_screen_ink_wanted() ? "\033[0m" : "";
}


/* as setlocale() would find it: the first of them that is set */

int
ngx_shop_screen_ink_utf8(void)
{
    size_t       i, n;
    const char  *value;

    static const char  *names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    value = NULL;

    for (i = 0; i < 3 && (value == NULL || *value == '\0'); i++) {
        value = getenv(names[i]);
    }

    n = value ? strlen(value) : 0;

    return (n >= 5 && strcasecmp(value + n - 5, "UTF-8") == 0)
           || (n >= 4 && strcasecmp(value + n - 4, "UTF8") == 0);
}


unsigned
ngx_shop_screen_ink_clock(int64_t at, int64_t now)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    n = ngx_shop_clockface_write(buf, at, now);
    printf("%.*s", (int) n, (char *) buf);

    return (unsigned) n;
}


void
ngx_shop_screen_ink_say(const char *text)
{
    const char  *p;

    if (ngx_shop_screen_ink_utf8()) {
        fputs(text, stdout);
        return;
    }

    for (p = text; *p; p++) {

        if (strncmp(p, "\342\200\234", 3) == 0
            || strncmp(p, "\342\200\235", 3) == 0)
        {
            putchar('"');
            p += 2;
            continue;
        }

        putchar(*p);
    }
}


void
ngx_shop_screen_ink_since(const ngx_shop_screen_t *s, const ngx_shop_json_t *v,
    const char *path)
{
    size_t         n;
    int64_t        since;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    since = ngx_shop_member_time(v, path, s->now);

    if (since) {
        n = ngx_shop_times_length(buf, s->now - since);
        printf(" for %.*s", (int) n, (char *) buf);
    }
}


/* a character is a column: wide ones of East Asia are cut a little late */

void
ngx_shop_screen_ink_cut(const char *text, unsigned used)
{
    size_t                n, bad;
    unsigned              left;
    const unsigned char  *p, *last, *end;

    p = (const unsigned char *) text;
    last = p + strlen(text);
    left = used < NGX_SHOP_SCREEN_WIDTH ? NGX_SHOP_SCREEN_WIDTH - used : 0;
    end = p;

    while (p < last && left) {
        n = ngx_shop_utf8_next(p, last, &bad);
        p += n ? n : bad;
        left--;

        if (left >= 3) {
            end = p;
        }
    }

    if (p == last) {
        end = last;
    }

    printf("%.*s%s", (int) (end - (const unsigned char *) text), text,
           end < last ? "..." : "");
}
