
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What an nginx under the address sanitizer takes for its options: nginx drops
 * its environment, so that ASAN_OPTIONS would not outlive a binary upgrade.
 * A module defines names that the binary has, too.  Leaks are not looked for:
 * at its end a worker frees no request that is under way, and nginx -t nothing
 * at all.
 */


const char *__asan_default_options(void);


const char *
__asan_default_options(void)
{
    return "detect_odr_violation=0:detect_leaks=0";
}
