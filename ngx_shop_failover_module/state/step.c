
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The steps of a test build.  A file that the test maps, too, says who is to
 * die at the next step and keeps where workers died; all processes inherit the
 * mapping.  SHOP_STEPS names it in the environment of the master.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "state/step.h"


#if (NGX_SHOP_FAILOVER_STEPS)

#define NGX_SHOP_FAILOVER_STEPS_MAX  256


/* one step; read by ShopTest::Steps */
typedef struct {
    char               file[24];
    uint32_t           line;
    volatile uint32_t  deaths;
} ngx_shop_failover_step_site_t;


/* read and written by ShopTest::Steps */
typedef struct {
    volatile uint32_t              armed;       /* 1: the next one dies */
    volatile uint32_t              epoch;       /* steps are counted anew */
    uint32_t                       deaths;      /* at each step, at most */
    uint32_t                       signal;
    uint32_t                       worker;      /* its number + 1; 0: any */
    uint32_t                       line;        /* only there; 0: anywhere */
    char                           file[24];
    volatile uint32_t              nsites;
    ngx_shop_failover_step_site_t  sites[NGX_SHOP_FAILOVER_STEPS_MAX];
} ngx_shop_failover_step_map_t;


/* of this process */
typedef struct {
    uint32_t  epoch;
    uint32_t  hits;
} ngx_shop_failover_step_seen_t;


static ngx_shop_failover_step_map_t   *ngx_shop_failover_step_map;
static ngx_shop_failover_step_seen_t
    ngx_shop_failover_step_seen[NGX_SHOP_FAILOVER_STEPS_MAX];


/* nginx empties the environment later */

static void __attribute__((constructor))
ngx_shop_failover_step_open(void)
{
    int          fd;
    void        *map;
    const char  *name;

    name = getenv("SHOP_STEPS");
    if (name == NULL) {
        return;
    }

    fd = open(name, O_RDWR);
    if (fd == -1) {
        abort();
    }

    map = mmap(NULL, sizeof(ngx_shop_failover_step_map_t),
               PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        abort();
    }

    (void) close(fd);

    ngx_shop_failover_step_map = map;
}


/* two processes may add one step twice: the test adds their numbers up */

static ngx_uint_t
ngx_shop_failover_step_find(const char *file, int line)
{
    ngx_uint_t                      i;
    ngx_shop_failover_step_map_t   *map;
    ngx_shop_failover_step_site_t  *site;

    map = ngx_shop_failover_step_map;

    for (i = 0; i < map->nsites; i++) {
        site = &map->sites[i];

        if (site->line == (uint32_t) line && strcmp(site->file, file) == 0) {
            return i;
        }
    }

    i = __sync_fetch_and_add(&map->nsites, 1);

    if (i >= NGX_SHOP_FAILOVER_STEPS_MAX || strlen(file) >= 24) {
        abort();
    }

    site = &map->sites[i];

    strcpy(site->file, file);
    site->line = line;

    return i;
}


void
ngx_shop_failover_step_at(const char *file, int line)
{
    ngx_uint_t                      i;
    ngx_shop_failover_step_map_t   *map;
    ngx_shop_failover_step_seen_t  *seen;

    map = ngx_shop_failover_step_map;

    if (map == NULL || !map->armed || ngx_process != NGX_PROCESS_WORKER
        || (map->worker && map->worker != ngx_worker + 1))
    {
        return;
    }

    if (strrchr(file, '/')) {
        file = strrchr(file, '/') + 1;
    }

    if (map->line
        && (map->line != (uint32_t) line || strcmp(map->file, file) != 0))
    {
        return;
    }

    i = ngx_shop_failover_step_find(file, line);
    seen = &ngx_shop_failover_step_seen[i];

    if (seen->epoch != map->epoch) {
        seen->epoch = map->epoch;
        seen->hits = 0;
    }

    /* the nth death at a step is that at its nth time: loops go round */

    if (map->sites[i].deaths >= map->deaths
        || ++seen->hits != map->sites[i].deaths + 1
        || !__sync_bool_compare_and_swap(&map->armed, 1, 0))
    {
        return;
    }

    map->sites[i].deaths++;

    (void) kill(ngx_pid, map->signal);
}

#endif
