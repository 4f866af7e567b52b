
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A litmus test of how words in shared memory are published, on the machine it
 * runs on: the barriers are nginx's (__sync builtins), so are the plain loads
 * and stores.  Two processes, as workers are.
 *
 *   publish [ROUNDS]
 *
 * 1. A verdict: the word, then the generation.  Who sees the generation sees
 *    the word (peers_publish_locked(), balance_sync()).
 * 2. Bits by compare-and-swap: none is lost (balance_write()).
 * 3. Settling: the last store of the count is right (balance_settle()).
 *
 * It can show that an order is wrong, never that it is right: an emulator
 * keeps the order of the machine below it, see docs/architecture.md.
 */


#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>


#define PEERS    8
#define BARRIER  __sync_synchronize()


typedef unsigned long  word_t;


typedef struct {
    volatile word_t  verdict;
    char             apart[120];
    volatile word_t  generation;
    char             aside[120];
    volatile word_t  down[PEERS];
    volatile word_t  tries;
    volatile word_t  flips;
} shared_t;


/* both sides make so many rounds; the child writes, or both do */

static word_t
settle(shared_t *sh)
{
    int     i;
    word_t  n;

    for ( ;; ) {
        n = 0;

        for (i = 0; i < PEERS; i++) {
            n += sh->down[i] == 0;
        }

        if (sh->tries == n) {
            return n;
        }

        sh->tries = n;
        BARRIER;
    }
}


static void
flip(shared_t *sh, word_t rounds, word_t bit)
{
    word_t  i, was;

    for (i = 0; i < rounds; i++) {

        was = sh->down[i % PEERS];

        if (__sync_bool_compare_and_swap(&sh->down[i % PEERS], was,
                                         was ^ bit))
        {
            (void) __sync_fetch_and_add(&sh->flips, 1);
        }

        (void) settle(sh);
    }
}


static unsigned long
verdicts(shared_t *sh, word_t rounds)
{
    word_t         seen, last;
    unsigned long  wrong;

    wrong = 0;
    last = 0;

    while (last < rounds) {
        last = sh->generation;
        BARRIER;
        seen = sh->verdict;
        wrong += seen < last;
    }

    return wrong;
}


int
main(int argc, char **argv)
{
    int            status;
    pid_t          pid;
    word_t         i, n, rounds;
    shared_t      *sh;
    unsigned long  wrong;

    rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;

    sh = mmap(NULL, sizeof(shared_t), PROT_READ|PROT_WRITE,
              MAP_SHARED|MAP_ANONYMOUS, -1, 0);
    if (sh == MAP_FAILED) {
        return 2;
    }

    sh->tries = PEERS;
    pid = fork();

    if (pid == 0) {
        for (i = 1; i <= rounds; i++) {
            sh->verdict = i;
            (void) __sync_fetch_and_add(&sh->generation, 1);
        }

        flip(sh, rounds / 10, 0x40);
        _exit(0);
    }

    wrong = verdicts(sh, rounds);
    printf("%s 1 - who sees the generation sees the verdict\n",
           wrong ? "not ok" : "ok");

    flip(sh, rounds / 10, 0x80);

    if (waitpid(pid, &status, 0) != pid || status != 0) {
        return 2;
    }

    n = 0;

    for (i = 0; i < PEERS; i++) {
        n += sh->down[i] == 0;
    }

    printf("%s 2 - nobody else's bit is touched\n",
           sh->flips ? "ok" : "not ok");
    printf("%s 3 - the count is right once all is still\n1..3\n",
           sh->tries == n ? "ok" : "not ok");

    return wrong || !sh->flips || sh->tries != n;
}
