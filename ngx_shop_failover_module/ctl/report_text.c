
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Texts, times and lengths of a report.
 */


#include "ctl/report.h"
#include "logic/flag/times.h"
#include "logic/text/utf8.h"


void
ngx_shop_report_text(ngx_shop_str_t text)
{
    char                  buf[NGX_SHOP_SAY_CHAR];
    size_t                k, n, bad;
    const unsigned char  *p, *last;

    p = text.data;
    last = p + text.len;

    while (p < last) {
        n = ngx_shop_utf8_next(p, last, &bad);
        n = n ? n : bad;

        if (ngx_shop_utf8_control(p, n)) {
            putchar(' ');

        } else {

            if (strchr("\\`*_[]<>|&~", *p)) {
                putchar('\\');
            }

            k = ngx_shop_say_char(buf, p, n);
            (void) fwrite(buf, 1, k, stdout);
        }

        p += n;
    }
}


void
ngx_shop_report_text_time(int64_t msec)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    /* "2026-11-21T03:10:00Z" */

    n = ngx_shop_times_rfc3339(buf, msec / 1000);
    buf[10] = ' ';

    printf("%.*s", (int) n - 1, (char *) buf);
}


void
ngx_shop_report_text_length(int64_t msec)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    if (msec < 0) {

        /* the clock was set back meanwhile */

        fputs("unknown", stdout);
        return;
    }

    if (msec < 10000) {
        printf("%ld.%ld s", (long) (msec / 1000), (long) (msec / 100 % 10));
        return;
    }

    n = ngx_shop_times_length(buf, msec / 1000);
    printf("%.*s", (int) n, (char *) buf);
}
