
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What an nginx under the sanitizers takes for its options: nginx drops its
 * environment, so that ASAN_OPTIONS would not outlive a binary upgrade.
 */


#include <signal.h>
#include <stddef.h>


/* of src/os/unix/ngx_process_cycle.h */
#define NGX_PROCESS_WORKER  3


/* weak: the programs that nginx's configure tries out have none */
extern unsigned long                ngx_process __attribute__((weak));
extern volatile sig_atomic_t        ngx_terminate __attribute__((weak));

const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);
int __lsan_is_turned_off(void);


/* a module defines names that the binary has, too */

const char *
__asan_default_options(void)
{
    return "detect_odr_violation=0";
}


/*
 * What nginx itself forgets: the context of regular expressions, and what
 * "random" knows of an upstream with a zone.
 */

const char *
__lsan_default_suppressions(void)
{
    return "leak:ngx_regex_malloc\n"
           "leak:ngx_http_upstream_update_random\n";
}


/*
 * Leaks are looked for where a worker has ended its work: otherwise it frees
 * no request that is under way, and nginx -t frees nothing at all.
 */

int
__lsan_is_turned_off(void)
{
    return &ngx_process == NULL || &ngx_terminate == NULL
           || ngx_process != NGX_PROCESS_WORKER || ngx_terminate;
}
