
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Other programs that shopctl doctor asks: without a shell, in the language of
 * programs, and none longer than half a minute.
 */


#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/doctor_inside.h"


/* s */
#define NGX_SHOP_DOCTOR_CALL_PATIENCE  30

#define NGX_SHOP_DOCTOR_CALL_PATH                                            \
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


static void ngx_shop_doctor_call_child(const char *const *argv, FILE *in,
    int out, FILE *err);
static char *ngx_shop_doctor_call_read(int fd);


void
ngx_shop_doctor_call(ngx_shop_doctor_said_t *said, const char *const *argv)
{
    int    fd[2], status;
    FILE  *in, *err;
    pid_t  pid;

    said->code = 127;
    said->out = said->err = ngx_shop_doctor_room(0);

    /* nothing is said to it, and it has two ways to answer */

    in = tmpfile();
    err = in ? tmpfile() : NULL;

    if (err == NULL || pipe(fd) != 0) {
        (void) ngx_shop_say_error("cannot ask \"%s\": no file in /tmp, or no "
                                  "pipe", argv[0]);
        exit(NGX_SHOP_SAY_ERROR);
    }

    (void) fflush(NULL);
    pid = fork();

    if (pid == 0) {
        (void) close(fd[0]);
        ngx_shop_doctor_call_child(argv, in, fd[1], err);
    }

    (void) close(fd[1]);

    if (pid != -1) {
        said->out = ngx_shop_doctor_call_read(fd[0]);

        while (waitpid(pid, &status, 0) == -1 && errno == EINTR) {
            /* void */
        }

        said->code = WIFEXITED(status) ? WEXITSTATUS(status) : 126;

        if (lseek(fileno(err), 0, SEEK_SET) == 0) {
            said->err = ngx_shop_doctor_call_read(fileno(err));
        }
    }

    (void) close(fd[0]);
    (void) fclose(in);
    (void) fclose(err);
}


static void
ngx_shop_doctor_call_child(const char *const *argv, FILE *in, int out,
    FILE *err)
{
    void  *args;

    if (dup2(fileno(in), STDIN_FILENO) == -1
        || dup2(out, STDOUT_FILENO) == -1
        || dup2(fileno(err), STDERR_FILENO) == -1
        || setenv("LC_ALL", "C", 1) != 0)
    {
        _exit(127);
    }

    (void) close(out);
    (void) alarm(NGX_SHOP_DOCTOR_CALL_PATIENCE);

    memcpy(&args, &argv, sizeof(args));
    (void) execvp(argv[0], args);

    _exit(127);
}


static char *
ngx_shop_doctor_call_read(int fd)
{
    char     *data, *more;
    size_t    len, size;
    ssize_t   n;

    len = 0;
    size = 65536;
    data = ngx_shop_doctor_room(size);

    for ( ;; ) {

        n = read(fd, data + len, size - len);

        if (n == 0 || (n == -1 && errno != EINTR)) {
            break;
        }

        len += n > 0 ? (size_t) n : 0;

        if (len == size) {
            size *= 2;
            more = ngx_shop_doctor_room(size);
            memcpy(more, data, len);
            data = more;
        }
    }

    data[len] = '\0';

    return data;
}


/* nginx is in a directory that the PATH of a user may lack */

int
ngx_shop_doctor_call_knows(const char *name)
{
    const char  *path, *dir;

    path = getenv("PATH");

    if (path == NULL || strstr(path, "/usr/sbin") == NULL) {
        path = ngx_shop_doctor_room_print("%s%s%s", path ? path : "",
                                          path ? ":" : "",
                                          NGX_SHOP_DOCTOR_CALL_PATH);
        (void) setenv("PATH", path, 1);
    }

    for (dir = path; dir; dir = strchr(dir, ':')) {
        dir += *dir == ':';

        if (access(ngx_shop_doctor_room_print("%s/%s",
                       ngx_shop_doctor_room_piece(dir, ":"), name), X_OK)
            == 0)
        {
            return 1;
        }
    }

    return 0;
}
