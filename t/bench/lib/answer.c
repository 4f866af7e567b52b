
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The servers of the bench: one process that answers each request on every
 * address of the loopback device, and closes.  "GET /count" says how many it
 * has answered.
 *
 *     answer PORT
 */


#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>


#define EVENTS  256


static unsigned long  answered;


static int
listen_on(int port)
{
    int                 fd, on;
    struct sockaddr_in  sin;

    on = 1;
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    memset(&sin, 0, sizeof(sin));
    sin.sin_family = AF_INET;
    sin.sin_port = htons((uint16_t) port);

    if (fd == -1
        || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1
        || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) == -1
        || bind(fd, (struct sockaddr *) &sin, sizeof(sin)) == -1
        || listen(fd, 4096) == -1)
    {
        perror("answer");
        exit(1);
    }

    return fd;
}


static void
answer(int fd)
{
    int      len, count;
    char     in[2048], body[32], out[256];
    ssize_t  n;

    n = recv(fd, in, sizeof(in) - 1, 0);

    if (n == -1 && errno == EAGAIN) {
        return;
    }

    if (n > 0) {
        in[n] = '\0';
        count = strncmp(in, "GET /count", 10) == 0;
        answered += !count;

        (void) snprintf(body, sizeof(body), "%lu\n", answered);
        len = snprintf(out, sizeof(out), "HTTP/1.1 200 OK\r\n"
                       "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                       strlen(body), body);

        (void) !send(fd, out, (size_t) len, MSG_NOSIGNAL);
    }

    (void) close(fd);
}


int
main(int argc, char **argv)
{
    int                 i, n, fd, ep, client;
    struct epoll_event  ev, events[EVENTS];

    fd = listen_on(argc > 1 ? atoi(argv[1]) : 0);
    ep = epoll_create1(0);

    ev.events = EPOLLIN;
    ev.data.fd = fd;

    if (ep == -1 || epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) == -1) {
        perror("answer");
        return 1;
    }

    /* nobody has to remember to end it */

    (void) alarm(600);

    for ( ;; ) {
        n = epoll_wait(ep, events, EVENTS, -1);

        for (i = 0; i < n; i++) {

            if (events[i].data.fd != fd) {
                answer(events[i].data.fd);
                continue;
            }

            while ((client = accept4(fd, NULL, NULL, SOCK_NONBLOCK)) != -1) {
                ev.events = EPOLLIN;
                ev.data.fd = client;

                if (epoll_ctl(ep, EPOLL_CTL_ADD, client, &ev) == -1) {
                    (void) close(client);
                }
            }
        }
    }
}
