
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Messages of shopctl.  Knows no command.
 */


#include <errno.h>
#include <stdarg.h>

#include "ctl/say.h"
#include "logic/times.h"


static const char *ngx_shop_failover_say_cure(int err);


int
ngx_shop_failover_say_error(const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    fputs("shopctl: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);

    return NGX_SHOP_FAILOVER_SAY_ERROR;
}


int
ngx_shop_failover_say_errno(int err, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    fputs("shopctl: ", stderr);
    vfprintf(stderr, format, args);
    fprintf(stderr, ": %s%s\n", strerror(err),
            ngx_shop_failover_say_cure(err));
    va_end(args);

    return NGX_SHOP_FAILOVER_SAY_ERROR;
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
    fputs("note: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
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
