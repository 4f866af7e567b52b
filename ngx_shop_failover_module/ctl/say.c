
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Messages of shopctl.  Knows no command.
 */


#include <errno.h>
#include <stdarg.h>

#include "ctl/say.h"
#include "logic/flag/times.h"
#include "logic/text/utf8.h"


static void ngx_shop_say_line(const char *prefix, const char *format,
    va_list args);
static const char *ngx_shop_say_cure(int err);


static int  ngx_shop_say_silent;


void
ngx_shop_say_quiet(int quiet)
{
    ngx_shop_say_silent = quiet;
}


int
ngx_shop_say_error(const char *format, ...)
{
    va_list  args;

    if (ngx_shop_say_silent) {
        return NGX_SHOP_SAY_ERROR;
    }

    va_start(args, format);
    ngx_shop_say_line("shopctl: ", format, args);
    fputc('\n', stderr);
    va_end(args);

    return NGX_SHOP_SAY_ERROR;
}


int
ngx_shop_say_errno(int err, const char *format, ...)
{
    va_list  args;

    if (ngx_shop_say_silent) {
        return NGX_SHOP_SAY_ERROR;
    }

    va_start(args, format);
    ngx_shop_say_line("shopctl: ", format, args);
    fprintf(stderr, ": %s%s\n", strerror(err), ngx_shop_say_cure(err));
    va_end(args);

    return NGX_SHOP_SAY_ERROR;
}


/* names of files may be in it */

static void
ngx_shop_say_line(const char *prefix, const char *format, va_list args)
{
    char            line[2 * NGX_SHOP_SAY_NAME];
    ngx_shop_str_t  text;

    vsnprintf(line, sizeof(line), format, args);
    ngx_shop_utf8_printable((unsigned char *) line, strlen(line));

    text.data = (unsigned char *) line;
    text.len = strlen(line);

    fputs(prefix, stderr);
    ngx_shop_say_text(stderr, text);
}


static const char *
ngx_shop_say_cure(int err)
{
    switch (err) {

    case EACCES:
    case EPERM:
        return "; run it as a user who may, for example with sudo";

    case EROFS:
        return "; choose a flag on another file system with --flag";

    case ENOSPC:
    case EDQUOT:
        return "; free some space, the flag is as it was before";

    default:
        return "";
    }
}


void
ngx_shop_say_note(const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    ngx_shop_say_line("note: ", format, args);
    fputc('\n', stderr);
    va_end(args);
}


const char *
ngx_shop_say_name(const char *name)
{
    size_t                i, n, bad;
    char                  whole[NGX_SHOP_SAY_NAME];
    const unsigned char  *p, *last;
    static char           shown[NGX_SHOP_SAY_NAME];

    snprintf(whole, sizeof(whole), "%s", name);
    ngx_shop_utf8_printable((unsigned char *) whole, strlen(whole));

    i = 0;
    p = (unsigned char *) whole;
    last = p + strlen(whole);

    while (p < last && i + NGX_SHOP_SAY_CHAR < sizeof(shown)) {
        n = ngx_shop_utf8_next(p, last, &bad);
        n = n ? n : bad;
        i += ngx_shop_say_char(shown + i, p, n);
        p += n;
    }

    shown[i] = '\0';

    return shown;
}


const char *
ngx_shop_say_clean(ngx_shop_str_t text)
{
    char  copy[NGX_SHOP_SAY_NAME];

    snprintf(copy, sizeof(copy), "%.*s", ngx_shop_say_str(text));

    return ngx_shop_say_name(copy);
}


size_t
ngx_shop_say_char(char *buf, const unsigned char *p, size_t len)
{
    uint32_t  code;

    code = ngx_shop_utf8_bidi(p, len);

    if (code) {
        return (size_t) snprintf(buf, NGX_SHOP_SAY_CHAR, "\\u%04x",
                                 (unsigned) code & 0xFFFF);
    }

    memcpy(buf, p, len);

    return len;
}


void
ngx_shop_say_text(FILE *out, ngx_shop_str_t text)
{
    char                  buf[NGX_SHOP_SAY_CHAR];
    size_t                k, n, bad;
    const unsigned char  *p, *last;

    for (p = text.data, last = p + text.len; p < last; p += n) {
        n = ngx_shop_utf8_next(p, last, &bad);
        n = n ? n : bad;
        k = ngx_shop_say_char(buf, p, n);
        (void) fwrite(buf, 1, k, out);
    }
}


void
ngx_shop_say_time(FILE *out, int64_t at, int64_t now)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    n = ngx_shop_times_local(buf, at);
    fprintf(out, "%.*s", (int) n, (const char *) buf);

    n = ngx_shop_times_length(buf, at > now ? at - now : now - at);
    fprintf(out, at > now ? ", in %.*s" : ", %.*s ago", (int) n,
            (const char *) buf);
}
