
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Time for programs that wait.
 */


#include <time.h>

#include "ctl/fleet/pulse.h"


int64_t
ngx_shop_pulse_msec(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


int64_t
ngx_shop_pulse_wall(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_REALTIME, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


void
ngx_shop_pulse_sleep(int64_t msec)
{
    struct timespec  ts;

    if (msec <= 0) {
        return;
    }

    ts.tv_sec = (time_t) (msec / 1000);
    ts.tv_nsec = (long) (msec % 1000) * 1000000;

    (void) nanosleep(&ts, NULL);
}
