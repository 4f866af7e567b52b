#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# What a healthy request pays for the evidence: its instructions, counted one
# by one, of the code as it is built for the module.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use ShopTest::Dir;

use constant { MOST => 40, LOOP => 5 };     # of the loop around the call

my $dir = ShopTest::Dir->new('cost');
my $cc = $ENV{CC} || 'cc';

$dir->write('cost.c', <<'END');
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "logic/judge/evidence.h"

static long
count(int n)
{
    int                                  status;
    long                                 steps;
    pid_t                                pid;
    static ngx_shop_evidence_t  e;
    ngx_shop_evidence_rule_t    rule = { 3, 20, 25, 5, 2000, 5000 };

    (void) ngx_shop_evidence_good(&e, &rule, 12, 100000);

    pid = fork();

    if (pid == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1) {
            _exit(2);
        }

        (void) raise(SIGSTOP);

        while (n--) {
            (void) ngx_shop_evidence_good(&e, &rule, 12, 100000);
        }

        (void) raise(SIGUSR1);
        _exit(0);
    }

    steps = -1;

    while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)
           && WSTOPSIG(status) != SIGUSR1
           && ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != -1)
    {
        steps++;
    }

    (void) kill(pid, SIGKILL);
    (void) waitpid(pid, &status, 0);

    return steps;
}


int
main(void)
{
    printf("%ld\n", (count(110) - count(10)) / 100);
    return 0;
}
END

is system($cc, qw(-std=gnu99 -O2 -Ingx_shop_failover_module -o),
    "$dir/cost", "$dir/cost.c", 'ngx_shop_failover_module/logic/judge/evidence.c'), 0,
    'built';

my ($steps) = `$dir/cost` =~ /^(-?\d+)$/;

SKIP: {
    skip 'nothing may be traced here', 2 if !$steps;
    $steps -= LOOP;
    cmp_ok $steps, '<=', MOST, "a good answer costs $steps instructions";
    cmp_ok $steps, '>', 10, 'which were counted';
}

done_testing;
