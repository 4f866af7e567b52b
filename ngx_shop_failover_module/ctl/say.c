
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Messages of shopctl.  Knows no command.
 */


#include <errno.h>
#include <stdarg.h>

#include "ctl/say.h"
#include "logic/times.h"
#include "logic/utf8.h"


static void ngx_shop_failover_say_line(const char *prefix, const char *format,
    va_list args);
static const char *ngx_shop_failover_say_cure(int err);


int
ngx_shop_failover_say_error(const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    ngx_shop_failover_say_line("shopctl: ", format, args);
    fputc('\n', stderr);
    va_end(args);

    return NGX_SHOP_FAILOVER_SAY_ERROR;
}


int
ngx_shop_failover_say_errno(int err, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    ngx_shop_failover_say_line("shopctl: ", format, args);
    fprintf(stderr, ": %s%s\n", strerror(err),
            ngx_shop_failover_say_cure(err));
    va_end(args);

    return NGX_SHOP_FAILOVER_SAY_ERROR;
}


/* names of files may be in it */

static void
ngx_shop_failover_say_line(const char *prefix, const char *format,
    va_list args)
{
    char  line[2 * NGX_SHOP_FAILOVER_SAY_NAME];

    vsnprintf(line, sizeof(line), format, args);
    ngx_shop_failover_utf8_printable((unsigned char *) line, strlen(line));

    fprintf(stderr, "%s%s", prefix, line);
}


static const char *
ngx_shop_failover_say_cure(int err)
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
ngx_shop_failover_say_note(const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    ngx_shop_failover_say_line("note: ", format, args);
    fputc('\n', stderr);
    va_end(args);
}


const char *
ngx_shop_failover_say_name(const char *name)
{
    static char  shown[NGX_SHOP_FAILOVER_SAY_NAME];

    snprintf(shown, sizeof(shown), "%s", name);
    ngx_shop_failover_utf8_printable((unsigned char *) shown, strlen(shown));

    return shown;
}


void
ngx_shop_failover_say_time(FILE *out, int64_t at, int64_t now)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_FAILOVER_TIMES_LEN];

    n = ngx_shop_failover_times_local(buf, at);
    fprintf(out, "%.*s", (int) n, (const char *) buf);

    n = ngx_shop_failover_times_length(buf, at > now ? at - now : now - at);
    fprintf(out, at > now ? ", in %.*s" : ", %.*s ago", (int) n,
            (const char *) buf);
}
