
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For how long a server may be silent.  Pure: no clock, no memory.
 */


#include "logic/judge/silence.h"

#include <string.h>


/* so many answers say what is usual */
#define NGX_SHOP_SILENCE_KNOWN   20

/* a probe may take so many times what the longest ones took */
#define NGX_SHOP_SILENCE_TIMES   3

/* of the longest probe, what each later one takes away */
#define NGX_SHOP_SILENCE_FADES   8

/* percent of the requests, and what is granted beside that */
#define NGX_SHOP_SILENCE_MOVED   5
#define NGX_SHOP_SILENCE_SPARE   8

/* others have room for so many, however few they have in hand */
#define NGX_SHOP_SILENCE_FEW     8


/* one page may be a report that takes its time */
#define NGX_SHOP_SILENCE_SOME    3

/* what an older probe says is nothing of now; ms */
#define NGX_SHOP_SILENCE_FRESH   15000

/* a connection may take so many times what the longest took */
#define NGX_SHOP_SILENCE_REACHES 4

/* a host that lives has acknowledged by then, 40 ms late at most; ms */
#define NGX_SHOP_SILENCE_ACK     60


static const struct {
    const char  *name;
    const char  *words;
} ngx_shop_silence_table[NGX_SHOP_SILENCE_N] = {
    { "unknown", "it is not heard of" },
    { "process", "its host answers, its process does not" },
    { "host", "its host does not answer" }
};


static uint32_t ngx_shop_silence_clip(uint32_t n, uint32_t most);


uint32_t
ngx_shop_silence_patience(const ngx_shop_evidence_t *e, uint32_t msec,
    uint32_t most)
{
    uint32_t                 quiet;
    ngx_shop_evidence_sum_t  sum;

    memset(&sum, 0, sizeof(ngx_shop_evidence_sum_t));

    ngx_shop_evidence_sum(&sum, e, msec);

    if (sum.n < NGX_SHOP_SILENCE_KNOWN) {
        return most;
    }

    /* another worker writes it meanwhile */

    quiet = __atomic_load_n(&e->quiet, __ATOMIC_RELAXED);

    return ngx_shop_silence_clip(quiet + quiet / 2, most);
}


static uint32_t
ngx_shop_silence_clip(uint32_t n, uint32_t most)
{
    if (n < NGX_SHOP_SILENCE_FLOOR) {
        n = NGX_SHOP_SILENCE_FLOOR;
    }

    return n < most ? n : most;
}


uint32_t
ngx_shop_silence_probe(uint32_t usual, uint32_t most)
{
    if (usual == 0 || usual > most / NGX_SHOP_SILENCE_TIMES) {
        return most;
    }

    return ngx_shop_silence_clip(usual * NGX_SHOP_SILENCE_TIMES, most);
}


uint32_t
ngx_shop_silence_connect(uint32_t reach)
{
    if (reach == 0) {
        return 0;
    }

    return reach * NGX_SHOP_SILENCE_REACHES > NGX_SHOP_SILENCE_CONNECT
           ? reach * NGX_SHOP_SILENCE_REACHES : NGX_SHOP_SILENCE_CONNECT;
}


ngx_shop_silence_e
ngx_shop_silence_whose(uint32_t unacked, uint32_t rtt, uint32_t waited)
{
    if (waited < NGX_SHOP_SILENCE_ACK + 2 * rtt) {
        return NGX_SHOP_SILENCE_UNKNOWN;
    }

    return unacked ? NGX_SHOP_SILENCE_HOST : NGX_SHOP_SILENCE_PROCESS;
}


const char *
ngx_shop_silence_name(unsigned whose)
{
    return ngx_shop_silence_table[whose % NGX_SHOP_SILENCE_N].name;
}


const char *
ngx_shop_silence_words(unsigned whose)
{
    return ngx_shop_silence_table[whose % NGX_SHOP_SILENCE_N].words;
}


int
ngx_shop_silence_blind(const ngx_shop_silence_wait_t *w)
{
    if (w->waiting < NGX_SHOP_SILENCE_SOME) {
        return 0;
    }

    if (w->page && w->now - w->page < NGX_SHOP_SILENCE_VAIN) {
        return 0;
    }

    return w->now - w->probe < NGX_SHOP_SILENCE_FRESH;
}


uint32_t
ngx_shop_silence_usual(uint32_t usual, uint32_t took)
{
    usual -= usual / NGX_SHOP_SILENCE_FADES;

    /* 0 is of a server that was never probed */

    if (took == 0) {
        took = 1;
    }

    return took > usual ? took : usual;
}


uint32_t
ngx_shop_silence_budget(uint32_t n)
{
    return NGX_SHOP_SILENCE_SPARE
           + (uint32_t) ((uint64_t) n * NGX_SHOP_SILENCE_MOVED / 100);
}


uint32_t
ngx_shop_silence_room(uint32_t others, uint32_t answered, uint32_t moved)
{
    uint32_t  room;

    room = others > NGX_SHOP_SILENCE_FEW ? others : NGX_SHOP_SILENCE_FEW;
    room += answered;

    return room > moved ? room - moved : 0;
}
