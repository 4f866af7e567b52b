
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How long a wrong secret is looked at does not tell how much of it is right:
 * the instructions are counted, one by one, in a child that is traced.
 */


#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "logic/pass/secret.h"


#define TEST_SECRET_LEN    32
#define TEST_SECRET_STEPS  100000


static const char  test_secret_key[] = "0123456789abcdef0123456789abcdef";


static int
test_secret_same(const char *sent, size_t len)
{
    ngx_shop_str_t  a, b;

    a.data = (const unsigned char *) sent;
    a.len = len;
    b.data = (const unsigned char *) test_secret_key;
    b.len = TEST_SECRET_LEN;

    return ngx_shop_secret_same(&a, &b);
}


/* between two signals to itself the child compares, and no more */

static void
test_secret_child(const char *sent, size_t len)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1) {
        _exit(2);
    }

    (void) raise(SIGSTOP);
    (void) test_secret_same(sent, len);
    (void) raise(SIGUSR1);
    _exit(0);
}


/* -1: nothing may be traced here */

static long
test_secret_instructions(const char *sent, size_t len)
{
    int    status;
    long   n;
    pid_t  pid;

    pid = fork();
    assert_true(pid != -1);

    if (pid == 0) {
        test_secret_child(sent, len);
    }

    n = -1;

    while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)
           && WSTOPSIG(status) != SIGUSR1 && n < TEST_SECRET_STEPS)
    {
        if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) == -1) {
            n = -1;
            break;
        }

        n++;
    }

    (void) kill(pid, SIGKILL);
    (void) waitpid(pid, &status, 0);

    return n;
}


static void
only_the_secret_is_the_secret(void **state)
{
    char    sent[TEST_SECRET_LEN];
    size_t  i;

    (void) state;

    memcpy(sent, test_secret_key, TEST_SECRET_LEN);
    assert_true(test_secret_same(sent, TEST_SECRET_LEN));

    for (i = 0; i < TEST_SECRET_LEN; i++) {
        assert_false(test_secret_same(sent, i));

        sent[i] ^= 0x40;
        assert_false(test_secret_same(sent, TEST_SECRET_LEN));
        sent[i] ^= 0x40;
    }

    /* twice the secret begins with it, and repeats it */

    assert_false(test_secret_same("0123456789abcdef0123456789abcdef"
                                  "0123456789abcdef0123456789abcdef",
                                  2 * TEST_SECRET_LEN));
}


static void
no_wrong_secret_takes_longer_than_another(void **state)
{
    char    sent[TEST_SECRET_LEN];
    long    right, wrong;
    size_t  i;

    (void) state;

    memcpy(sent, test_secret_key, TEST_SECRET_LEN);
    right = test_secret_instructions(sent, TEST_SECRET_LEN);

    if (right <= 0) {
        skip();
    }

    assert_true(right > TEST_SECRET_LEN && right < TEST_SECRET_STEPS);

    for (i = 0; i < TEST_SECRET_LEN; i += TEST_SECRET_LEN - 1) {
        sent[i] ^= 0x40;
        wrong = test_secret_instructions(sent, TEST_SECRET_LEN);
        sent[i] ^= 0x40;

        assert_int_equal(wrong, right);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(only_the_secret_is_the_secret),
        cmocka_unit_test(no_wrong_secret_takes_longer_than_another)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
