
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Programs that take a message on their standard input: sendmail, and those of
 * "exec".  What they are told besides is in their environment, never in their
 * arguments, which everybody on the machine may read.
 */


#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/notify/notify_inside.h"


static int ngx_shop_notify_child_input(const ngx_shop_notify_form_t *form);
static void ngx_shop_notify_child_run(ngx_shop_notify_t *n, unsigned route,
    const ngx_shop_notify_form_t *form, int in);


pid_t
ngx_shop_notify_child_start(ngx_shop_notify_t *n, unsigned route,
    const ngx_shop_notify_form_t *form)
{
    int    in;
    pid_t  pid;

    in = ngx_shop_notify_child_input(form);

    if (in == -1) {
        return -1;
    }

    pid = fork();

    if (pid == 0) {
        ngx_shop_notify_child_run(n, route, form, in);
    }

    (void) close(in);

    return pid;
}


/* all of it is in the pipe before anybody reads: it has room for BODY */

static int
ngx_shop_notify_child_input(const ngx_shop_notify_form_t *form)
{
    int      fd[2], flags;
    ssize_t  n;

    if (pipe(fd) != 0) {
        return -1;
    }

    flags = fcntl(fd[1], F_GETFL);
    (void) fcntl(fd[0], F_SETFD, FD_CLOEXEC);
    (void) fcntl(fd[1], F_SETFL, flags|O_NONBLOCK);

    n = write(fd[1], form->body, form->size);
    (void) close(fd[1]);

    if (n != (ssize_t) form->size) {
        (void) close(fd[0]);
        return -1;
    }

    return fd[0];
}


static void
ngx_shop_notify_child_run(ngx_shop_notify_t *n, unsigned route,
    const ngx_shop_notify_form_t *form, int in)
{
    char                            path[NGX_SHOP_NOTIFY_PATH];
    char                           *mail[] = { path, "-i", "-t", NULL };
    char                           *exec[] = { path, NULL };
    const ngx_shop_notify_route_t  *conf;

    conf = &n->conf->routes[route];

    /* what it starts dies with it, where it takes too long */

    (void) setpgid(0, 0);
    (void) signal(SIGPIPE, SIG_DFL);
    (void) dup2(in, STDIN_FILENO);
    (void) setenv("SHOP_NOTIFY_ID", form->id, 1);
    (void) setenv("SHOP_NOTIFY_ROUTE", conf->name, 1);

    (void) snprintf(path, sizeof(path), "%s",
                    conf->form == NGX_SHOP_NOTIFY_MAIL ? n->conf->sendmail
                                                       : conf->path);
    (void) execv(path, conf->form == NGX_SHOP_NOTIFY_MAIL ? mail : exec);
    _exit(127);
}
