
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What is called before each store that our files make, in a build of
 * t/tools/steps/cc: the entry points of gcc's thread sanitizer, in place of its
 * library.  A store into memory that workers share is a step, and a worker can
 * be killed there.  Knows nothing of what is stored.
 *
 * SHOP_STEPS, in the environment of the master, names a file that the test maps
 * too (ShopTest::Steps): it arms a running worker, and reads where one died.
 *
 * A step is a store together with the calls of ours that led to it: the same
 * line is another step in another section.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>


#define NGX_SHOP_STEPS_SITES   8192     /* a power of two */
#define NGX_SHOP_STEPS_DEPTH   64
#define NGX_SHOP_STEPS_CALLS   6
#define NGX_SHOP_STEPS_RANGES  64


enum {
    NGX_SHOP_STEPS_OFF = 0,
    NGX_SHOP_STEPS_COUNT,               /* nobody dies */
    NGX_SHOP_STEPS_KILL,                /* "left", and it is off again */
    NGX_SHOP_STEPS_LOCKS                /* reads of peers under their lock */
};


/* one step; read by ShopTest::Steps */
typedef struct {
    volatile uint64_t   key;            /* 0: free */
    uint32_t            pc[NGX_SHOP_STEPS_CALLS];
    volatile uint32_t   deaths;
    uint32_t            unused;
} ngx_shop_steps_site_t;


/* read and written by ShopTest::Steps */
typedef struct {
    volatile uint32_t      mode;
    volatile uint32_t      epoch;       /* hits are counted anew */
    volatile uint32_t      deaths;      /* at each step, at most */
    volatile uint32_t      left;        /* to die, one after the other */
    volatile uint32_t      calls;       /* that tell one step from another */
    volatile uint32_t      last;        /* where one died, its site */
    volatile uint32_t      full;        /* there was no place for a site */

    volatile uint32_t      read;        /* of peers that are resolved */
    volatile uint32_t      backups;     /* of these, of backups */
    volatile uint32_t      unlocked;    /* without the lock of their list */
    uint32_t               unlocked_pc;
    uint32_t               unused;

    ngx_shop_steps_site_t  sites[NGX_SHOP_STEPS_SITES];
} ngx_shop_steps_map_t;


/* of this process */
typedef struct {
    uint32_t   epoch;
    uint32_t   hits;
} ngx_shop_steps_seen_t;


typedef struct {
    uintptr_t  first;
    uintptr_t  last;
} ngx_shop_steps_range_t;


extern char  __ehdr_start __attribute__((visibility("hidden")));

static ngx_shop_steps_map_t    *ngx_shop_steps_map;
static ngx_shop_steps_seen_t    ngx_shop_steps_seen[NGX_SHOP_STEPS_SITES];
static uint32_t                 ngx_shop_steps_stack[NGX_SHOP_STEPS_DEPTH];
static ngx_int_t                ngx_shop_steps_depth;

static ngx_pid_t                ngx_shop_steps_pid;
static ngx_uint_t               ngx_shop_steps_nranges;
static ngx_shop_steps_range_t   ngx_shop_steps_ranges[NGX_SHOP_STEPS_RANGES];


/* nginx empties the environment later */

static void __attribute__((constructor))
ngx_shop_steps_open(void)
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

    map = mmap(NULL, sizeof(ngx_shop_steps_map_t), PROT_READ|PROT_WRITE,
               MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        abort();
    }

    (void) close(fd);

    ngx_shop_steps_map = map;
}


/* nginx's zones are what is shared and has no file, see ngx_shm_alloc() */

static void
ngx_shop_steps_learn(void)
{
    FILE                    *maps;
    char                     line[512];
    unsigned long            first, last;
    ngx_shop_steps_range_t  *range;

    ngx_shop_steps_pid = ngx_pid;
    ngx_shop_steps_nranges = 0;

    maps = fopen("/proc/self/maps", "r");
    if (maps == NULL) {
        abort();
    }

    while (fgets(line, sizeof(line), maps)) {

        if (sscanf(line, "%lx-%lx rw-s", &first, &last) != 2
            || strstr(line, " rw-s ") == NULL
            || strstr(line, "/dev/zero") == NULL)
        {
            continue;
        }

        if (ngx_shop_steps_nranges == NGX_SHOP_STEPS_RANGES) {
            abort();
        }

        range = &ngx_shop_steps_ranges[ngx_shop_steps_nranges++];
        range->first = first;
        range->last = last;
    }

    (void) fclose(maps);
}


static ngx_uint_t
ngx_shop_steps_shared(const volatile void *p)
{
    uintptr_t   at;
    ngx_uint_t  i;

    if (ngx_process != NGX_PROCESS_WORKER) {
        return 0;
    }

    if (ngx_shop_steps_pid != ngx_pid) {
        ngx_shop_steps_learn();
    }

    at = (uintptr_t) p;

    for (i = 0; i < ngx_shop_steps_nranges; i++) {
        if (at >= ngx_shop_steps_ranges[i].first
            && at < ngx_shop_steps_ranges[i].last)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_shop_steps_find(uint32_t pc)
{
    uint64_t                key;
    ngx_int_t               i, n, calls;
    ngx_uint_t              at;
    ngx_shop_steps_site_t  *site;

    calls = ngx_min((ngx_int_t) ngx_shop_steps_map->calls,
                    ngx_min(ngx_shop_steps_depth, NGX_SHOP_STEPS_DEPTH));
    key = pc;

    for (i = 0; i < calls; i++) {
        key = key * 0x9e3779b97f4a7c15
              + ngx_shop_steps_stack[ngx_shop_steps_depth - 1 - i];
        key ^= key >> 29;
    }

    for (n = 0; n < NGX_SHOP_STEPS_SITES; n++) {

        at = (key + n) % NGX_SHOP_STEPS_SITES;
        site = &ngx_shop_steps_map->sites[at];

        if (site->key == 0
            && __sync_bool_compare_and_swap(&site->key, 0, key))
        {
            site->pc[0] = pc;

            for (i = 0; i < calls && i < NGX_SHOP_STEPS_CALLS - 1; i++) {
                site->pc[i + 1] =
                            ngx_shop_steps_stack[ngx_shop_steps_depth - 1 - i];
            }
        }

        if (site->key == key) {
            return at;
        }
    }

    ngx_shop_steps_map->full = 1;

    return NGX_SHOP_STEPS_SITES;
}


static void
ngx_shop_steps_at(void *pc)
{
    uint32_t                left;
    ngx_uint_t              at;
    ngx_shop_steps_map_t   *map;
    ngx_shop_steps_seen_t  *seen;

    map = ngx_shop_steps_map;

    at = ngx_shop_steps_find((uint32_t) ((char *) pc - &__ehdr_start));

    if (at == NGX_SHOP_STEPS_SITES || map->mode != NGX_SHOP_STEPS_KILL) {
        return;
    }

    seen = &ngx_shop_steps_seen[at];

    if (seen->epoch != map->epoch) {
        seen->epoch = map->epoch;
        seen->hits = 0;
    }

    /* the nth death at a step is that at its nth time: loops go round */

    if (map->sites[at].deaths >= map->deaths
        || ++seen->hits != map->sites[at].deaths + 1)
    {
        return;
    }

    left = map->left;

    if (left == 0 || !__sync_bool_compare_and_swap(&map->left, left, left - 1))
    {
        return;
    }

    if (left == 1) {
        map->mode = NGX_SHOP_STEPS_OFF;
    }

    map->sites[at].deaths++;
    map->last = at;

    (void) kill(ngx_pid, SIGKILL);
}


static inline void
ngx_shop_steps_write(const volatile void *p, void *pc)
{
    if (ngx_shop_steps_map == NULL
        || (ngx_shop_steps_map->mode != NGX_SHOP_STEPS_COUNT
            && ngx_shop_steps_map->mode != NGX_SHOP_STEPS_KILL)
        || !ngx_shop_steps_shared(p))
    {
        return;
    }

    ngx_shop_steps_at(pc);
}


/*
 * Peers that are resolved at run time are freed under the lock of their list:
 * nothing of them is read without it but "down", a word that the reader checks
 * again under the lock (balance_write_locked()).  With one worker a lock that
 * is held is held by this one.
 */

#if (nginx_version >= 1027003)

#define ngx_shop_steps_in(p, first, size)                                    \
    ((uintptr_t) (p) - (uintptr_t) (first) < (size_t) (size))


static ngx_uint_t
ngx_shop_steps_is_of(ngx_http_upstream_rr_peer_t *peer, const volatile void *p)
{
    return (ngx_shop_steps_in(p, peer, sizeof(ngx_http_upstream_rr_peer_t))
            && !ngx_shop_steps_in(p, &peer->down, sizeof(peer->down)))
           || ngx_shop_steps_in(p, peer->name.data, peer->name.len)
           || ngx_shop_steps_in(p, peer->server.data, peer->server.len)
           || ngx_shop_steps_in(p, peer->sockaddr, peer->socklen);
}


static void
ngx_shop_steps_look(const volatile void *p, void *pc)
{
    ngx_uint_t                       i;
    ngx_http_upstream_rr_peer_t     *peer;
    ngx_http_upstream_rr_peers_t    *peers, *list;
    ngx_http_upstream_srv_conf_t   **uscf;
    ngx_http_upstream_main_conf_t   *umcf;

    umcf = ngx_http_cycle_get_module_main_conf(ngx_cycle,
                                               ngx_http_upstream_module);
    uscf = umcf->upstreams.elts;

    for (i = 0; i < umcf->upstreams.nelts; i++) {

        peers = uscf[i]->peer.data;

        if (uscf[i]->srv_conf == NULL || peers == NULL
            || peers->config == NULL)
        {
            continue;
        }

        for (list = peers; list; list = list->next) {
            for (peer = list->peer; peer; peer = peer->next) {

                if (!ngx_shop_steps_is_of(peer, p)) {
                    continue;
                }

                ngx_shop_steps_map->read++;
                ngx_shop_steps_map->backups += (list != peers);

                /* a request that was given to it holds a reference, too */

                if (list->rwlock == 0 && peer->refs == 0) {
                    ngx_shop_steps_map->unlocked++;
                    ngx_shop_steps_map->unlocked_pc =
                                 (uint32_t) ((char *) pc - &__ehdr_start);
                }

                return;
            }
        }
    }
}

#else

#define ngx_shop_steps_look(p, pc)

#endif


static inline void
ngx_shop_steps_read(const volatile void *p, void *pc)
{
    if (ngx_shop_steps_map
        && ngx_shop_steps_map->mode == NGX_SHOP_STEPS_LOCKS
        && ngx_shop_steps_shared(p))
    {
        ngx_shop_steps_look(p, pc);
    }
}


/* ---- what the compiler calls; the names are its own */

#define NGX_SHOP_STEPS_PC  __builtin_return_address(0)

#define NGX_SHOP_STEPS_ACCESS(size)                                          \
                                                                             \
void __tsan_read##size(void *p);                                             \
void __tsan_write##size(void *p);                                            \
void __tsan_unaligned_read##size(void *p);                                   \
void __tsan_unaligned_write##size(void *p);                                  \
                                                                             \
void                                                                         \
__tsan_read##size(void *p)                                                   \
{                                                                            \
    ngx_shop_steps_read(p, NGX_SHOP_STEPS_PC);                               \
}                                                                            \
                                                                             \
void                                                                         \
__tsan_unaligned_read##size(void *p)                                         \
{                                                                            \
    ngx_shop_steps_read(p, NGX_SHOP_STEPS_PC);                               \
}                                                                            \
                                                                             \
void                                                                         \
__tsan_write##size(void *p)                                                  \
{                                                                            \
    ngx_shop_steps_write(p, NGX_SHOP_STEPS_PC);                              \
}                                                                            \
                                                                             \
void                                                                         \
__tsan_unaligned_write##size(void *p)                                        \
{                                                                            \
    ngx_shop_steps_write(p, NGX_SHOP_STEPS_PC);                              \
}

NGX_SHOP_STEPS_ACCESS(1)
NGX_SHOP_STEPS_ACCESS(2)
NGX_SHOP_STEPS_ACCESS(4)
NGX_SHOP_STEPS_ACCESS(8)
NGX_SHOP_STEPS_ACCESS(16)


void __tsan_init(void);
void __tsan_func_entry(void *pc);
void __tsan_func_exit(void);
void __tsan_read_range(void *p, unsigned long size);
void __tsan_write_range(void *p, unsigned long size);
void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_signal_fence(int order);


void
__tsan_init(void)
{
}


void
__tsan_func_entry(void *pc)
{
    if (ngx_shop_steps_depth >= 0
        && ngx_shop_steps_depth < NGX_SHOP_STEPS_DEPTH)
    {
        ngx_shop_steps_stack[ngx_shop_steps_depth] =
                                 (uint32_t) ((char *) pc - &__ehdr_start);
    }

    ngx_shop_steps_depth++;
}


void
__tsan_func_exit(void)
{
    ngx_shop_steps_depth--;
}


void
__tsan_read_range(void *p, unsigned long size)
{
    ngx_shop_steps_read(p, NGX_SHOP_STEPS_PC);
}


void
__tsan_write_range(void *p, unsigned long size)
{
    ngx_shop_steps_write(p, NGX_SHOP_STEPS_PC);
}


void
__tsan_atomic_thread_fence(int order)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}


void
__tsan_atomic_signal_fence(int order)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}


/* the operations themselves: the compiler leaves them to us */

#define NGX_SHOP_STEPS_FETCH(bits, op)                                       \
                                                                             \
uint##bits##_t __tsan_atomic##bits##_fetch_##op(                             \
    volatile uint##bits##_t *p, uint##bits##_t v, int order);                \
                                                                             \
uint##bits##_t                                                               \
__tsan_atomic##bits##_fetch_##op(volatile uint##bits##_t *p,                 \
    uint##bits##_t v, int order)                                             \
{                                                                            \
    ngx_shop_steps_write(p, NGX_SHOP_STEPS_PC);                              \
                                                                             \
    return __atomic_fetch_##op(p, v, __ATOMIC_SEQ_CST);                      \
}

#define NGX_SHOP_STEPS_ATOMIC(bits)                                          \
                                                                             \
NGX_SHOP_STEPS_FETCH(bits, add)                                              \
NGX_SHOP_STEPS_FETCH(bits, sub)                                              \
NGX_SHOP_STEPS_FETCH(bits, and)                                              \
NGX_SHOP_STEPS_FETCH(bits, or)                                               \
NGX_SHOP_STEPS_FETCH(bits, xor)                                              \
                                                                             \
uint##bits##_t __tsan_atomic##bits##_load(                                   \
    const volatile uint##bits##_t *p, int order);                            \
void __tsan_atomic##bits##_store(volatile uint##bits##_t *p,                 \
    uint##bits##_t v, int order);                                            \
uint##bits##_t __tsan_atomic##bits##_exchange(volatile uint##bits##_t *p,    \
    uint##bits##_t v, int order);                                            \
int __tsan_atomic##bits##_compare_exchange_strong(                           \
    volatile uint##bits##_t *p, uint##bits##_t *was, uint##bits##_t v,       \
    int order, int failed);                                                  \
int __tsan_atomic##bits##_compare_exchange_weak(                             \
    volatile uint##bits##_t *p, uint##bits##_t *was, uint##bits##_t v,       \
    int order, int failed);                                                  \
                                                                             \
uint##bits##_t                                                               \
__tsan_atomic##bits##_load(const volatile uint##bits##_t *p, int order)      \
{                                                                            \
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);                             \
}                                                                            \
                                                                             \
void                                                                         \
__tsan_atomic##bits##_store(volatile uint##bits##_t *p, uint##bits##_t v,    \
    int order)                                                               \
{                                                                            \
    ngx_shop_steps_write(p, NGX_SHOP_STEPS_PC);                              \
                                                                             \
    __atomic_store_n(p, v, __ATOMIC_SEQ_CST);                                \
}                                                                            \
                                                                             \
uint##bits##_t                                                               \
__tsan_atomic##bits##_exchange(volatile uint##bits##_t *p,                   \
    uint##bits##_t v, int order)                                             \
{                                                                            \
    ngx_shop_steps_write(p, NGX_SHOP_STEPS_PC);                              \
                                                                             \
    return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);                      \
}                                                                            \
                                                                             \
int                                                                          \
__tsan_atomic##bits##_compare_exchange_strong(volatile uint##bits##_t *p,    \
    uint##bits##_t *was, uint##bits##_t v, int order, int failed)            \
{                                                                            \
    ngx_shop_steps_write(p, NGX_SHOP_STEPS_PC);                              \
                                                                             \
    return __atomic_compare_exchange_n(p, was, v, 0, __ATOMIC_SEQ_CST,       \
                                       __ATOMIC_SEQ_CST);                    \
}                                                                            \
                                                                             \
int                                                                          \
__tsan_atomic##bits##_compare_exchange_weak(volatile uint##bits##_t *p,      \
    uint##bits##_t *was, uint##bits##_t v, int order, int failed)            \
{                                                                            \
    ngx_shop_steps_write(p, NGX_SHOP_STEPS_PC);                              \
                                                                             \
    return __atomic_compare_exchange_n(p, was, v, 0, __ATOMIC_SEQ_CST,       \
                                       __ATOMIC_SEQ_CST);                    \
}

NGX_SHOP_STEPS_ATOMIC(8)
NGX_SHOP_STEPS_ATOMIC(16)
NGX_SHOP_STEPS_ATOMIC(32)
NGX_SHOP_STEPS_ATOMIC(64)


/* ---- what the linker sends here; a copy can end half way, too */

void *__real_memcpy(void *to, const void *from, size_t n);
void *__real_memmove(void *to, const void *from, size_t n);
void *__real_memset(void *to, int c, size_t n);
void *__wrap_memcpy(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n);
void *__wrap_memset(void *to, int c, size_t n);


void *
__wrap_memcpy(void *to, const void *from, size_t n)
{
    size_t  half;

    half = n / 2;

    ngx_shop_steps_read(from, NGX_SHOP_STEPS_PC);
    ngx_shop_steps_write(to, NGX_SHOP_STEPS_PC);

    (void) __real_memcpy(to, from, half);

    ngx_shop_steps_write(to, (char *) NGX_SHOP_STEPS_PC + 1);

    (void) __real_memcpy((char *) to + half, (const char *) from + half,
                         n - half);

    return to;
}


void *
__wrap_memmove(void *to, const void *from, size_t n)
{
    ngx_shop_steps_read(from, NGX_SHOP_STEPS_PC);
    ngx_shop_steps_write(to, NGX_SHOP_STEPS_PC);

    return __real_memmove(to, from, n);
}


void *
__wrap_memset(void *to, int c, size_t n)
{
    size_t  half;

    half = n / 2;

    ngx_shop_steps_write(to, NGX_SHOP_STEPS_PC);

    (void) __real_memset(to, c, half);

    ngx_shop_steps_write(to, (char *) NGX_SHOP_STEPS_PC + 1);

    (void) __real_memset((char *) to + half, c, n - half);

    return to;
}
