
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How balance.c brings a balancer's peers up to date without a lock, tried in
 * every order of the stores and loads of two workers, each killed at every
 * step or not at all.  A model of ngx_shop_balance_sync(): it shows
 * that the protocol is right, not that the code is.
 *
 * The verdict goes from "down" to "up" and back while they run.  When all is
 * still, the bit has to be what the verdict says, and the number of peers that
 * are not down has to be right: also if one of them was killed, once its
 * successor has made its first sync.
 */


#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>


#define WORKERS  2
#define PEERS    2
#define DEPTH    200


/* what is shared: one word each, and each step reads or writes one */
typedef struct {
    unsigned char  verdict;            /* 1: down; of peer 0, as are these */
    unsigned char  generation;
    unsigned char  down[PEERS];
    unsigned char  tries;
} shared_t;


typedef struct {
    unsigned char  pc;
    unsigned char  applied;
    unsigned char  was;
    unsigned char  wanted;
    unsigned char  i;
    unsigned char  n;
    unsigned char  again;
} worker_t;


typedef struct {
    shared_t       sh;
    worker_t       worker[WORKERS];
    unsigned char  prober;
    unsigned char  killed;             /* 1 + which worker; 0: none */
} state_t;


enum { GENERATION, WAS, VERDICT, SWAP, COUNT, COMPARE, STORE, CHECK, DONE };


static unsigned char  seen[1 << 22];
static unsigned long  ends, wrong;

static int            count_once;      /* a broken protocol, to see it fail */
static int            check_once;


static uint32_t
hash(const state_t *s)
{
    size_t                i;
    uint32_t              h = 2166136261u;
    const unsigned char  *p = (const unsigned char *) s;

    for (i = 0; i < sizeof(*s); i++) {
        h = (h ^ p[i]) * 16777619u;
    }

    return h;
}


/* one step of a worker */

static void
step(shared_t *sh, worker_t *w)
{
    switch (w->pc) {

    case GENERATION:
        w->applied = sh->generation;
        w->again = 0;
        w->pc = WAS;
        break;

    case WAS:
        w->was = sh->down[0];
        w->pc = VERDICT;
        break;

    case VERDICT:
        w->wanted = sh->verdict;
        w->i = w->n = 0;
        w->pc = w->wanted == w->was ? COUNT : SWAP;
        break;

    case SWAP:
        if (sh->down[0] == w->was) {
            sh->down[0] = w->wanted;

        } else {
            w->again = 1;
        }

        w->pc = COUNT;
        break;

    case COUNT:
        w->n += sh->down[w->i++] == 0;

        if (w->i == PEERS) {
            w->pc = COMPARE;
        }

        break;

    case COMPARE:
        w->pc = sh->tries == w->n ? CHECK : STORE;
        break;

    case STORE:
        sh->tries = w->n;
        w->i = w->n = 0;
        w->pc = count_once ? CHECK : COUNT;
        break;

    case CHECK:
        w->pc = !check_once && (w->again || sh->generation != w->applied)
                ? GENERATION : DONE;
        break;
    }
}


/* a verdict that goes up and comes back down; each time the generation after */

static int
probe(state_t *s)
{
    switch (s->prober++) {

    case 0:
        s->sh.verdict = 0;
        return 1;

    case 2:
        s->sh.verdict = 1;
        return 1;

    case 1:
    case 3:
        s->sh.generation++;
        return 1;
    }

    s->prober--;

    return 0;
}


/* a worker that has applied an old generation syncs at its next request */

static void
settle(state_t *s)
{
    int  i, n;

    for (i = 0; i < WORKERS; i++) {

        if (s->worker[i].pc != DONE
            || s->worker[i].applied != s->sh.generation)
        {
            memset(&s->worker[i], 0, sizeof(worker_t));
        }

        for (n = 0; s->worker[i].pc != DONE && n < DEPTH; n++) {
            step(&s->sh, &s->worker[i]);
        }
    }
}


static void
explore(const state_t *s)
{
    int       i, moved;
    state_t   next;
    uint32_t  h;

    h = hash(s) % sizeof(seen);

    if (seen[h] == (hash(s) >> 24 | 1)) {
        return;
    }

    seen[h] = (unsigned char) (hash(s) >> 24 | 1);
    moved = 0;

    next = *s;

    if (probe(&next)) {
        moved = 1;
        explore(&next);
    }

    for (i = 0; i < WORKERS; i++) {

        if (s->worker[i].pc == DONE || s->killed == i + 1) {
            continue;
        }

        moved = 1;
        next = *s;
        step(&next.sh, &next.worker[i]);
        explore(&next);

        if (!s->killed) {
            next = *s;
            next.killed = (unsigned char) (i + 1);
            explore(&next);
        }
    }

    if (moved) {
        return;
    }

    next = *s;

    if (!check_once) {
        /* who lives has seen all: nobody waits for a request of the dead */
        settle(&next);
    }

    ends++;
    wrong += next.sh.down[0] != next.sh.verdict
             || next.sh.tries != (next.sh.down[0] == 0)
                                 + (next.sh.down[1] == 0);
}


static void
run(void)
{
    state_t  s;

    memset(&s, 0, sizeof(s));
    memset(seen, 0, sizeof(seen));
    ends = wrong = 0;

    s.sh.verdict = 1;
    s.sh.generation = 1;
    s.sh.tries = PEERS;

    explore(&s);
}


static void
test_all_orders(void **state)
{
    (void) state;

    count_once = check_once = 0;
    run();

    assert_true(ends > 100);
    assert_int_equal(wrong, 0);
}


/* each of the two second looks is needed: without it an order goes wrong */

static void
test_second_looks(void **state)
{
    (void) state;

    count_once = 1;
    run();
    assert_true(wrong > 0);

    count_once = 0;
    check_once = 1;
    run();
    assert_true(wrong > 0);
    check_once = 0;
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_all_orders),
        cmocka_unit_test(test_second_looks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
