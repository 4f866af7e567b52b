
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A list of checks, "name: command" a line, each run by a shell.
 */


#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/checklist.h"
#include "ctl/infile.h"


#define NGX_SHOP_CHECKLIST_SIZE  65536
#define NGX_SHOP_CHECKLIST_TIME  60        /* s, of one check */


static int ngx_shop_checklist_line(const char *path, unsigned number,
    char *line, unsigned *failed);
static int ngx_shop_checklist_passes(const char *name, char *command);


int
ngx_shop_checklist_run(const char *path)
{
    char         *p, *line;
    ssize_t       size;
    unsigned      number, failed;
    struct stat   sb;
    static char   data[NGX_SHOP_CHECKLIST_SIZE + 1];

    size = ngx_shop_infile_read(path, (unsigned char *) data,
                                NGX_SHOP_CHECKLIST_SIZE, &sb);

    if (size == -1) {
        ngx_shop_infile_refused(path, &sb);
        return NGX_SHOP_ERROR;
    }

    if (size == NGX_SHOP_CHECKLIST_SIZE) {
        (void) ngx_shop_say_error("\"%s\" is larger than 64 KB", path);
        return NGX_SHOP_ERROR;
    }

    data[size] = '\0';

    for (p = data, number = 1, failed = 0; p && *p; number++) {
        line = p;
        p = strchr(p, '\n');

        if (p) {
            *p++ = '\0';
        }

        if (ngx_shop_checklist_line(path, number, line, &failed)
            != NGX_SHOP_OK)
        {
            return NGX_SHOP_ERROR;
        }
    }

    if (failed) {
        (void) ngx_shop_say_error("%u of the checks of \"%s\" failed: nothing "
                                  "was changed", failed, path);
    }

    return failed ? NGX_SHOP_ERROR : NGX_SHOP_OK;
}


static int
ngx_shop_checklist_line(const char *path, unsigned number, char *line,
    unsigned *failed)
{
    char  *command;

    line += strspn(line, " \t");
    line[strcspn(line, "\r")] = '\0';

    if (*line == '\0' || *line == '#') {
        return NGX_SHOP_OK;
    }

    command = strchr(line, ':');

    /* a check that cannot be read has not passed */

    if (command == NULL || command == line
        || command[1 + strspn(command + 1, " \t")] == '\0')
    {
        (void) ngx_shop_say_error("%s:%u: \"%s\": expected \"NAME: COMMAND\"",
                                  path, number, line);
        return NGX_SHOP_ERROR;
    }

    *command++ = '\0';
    *failed += ngx_shop_checklist_passes(line, command) ? 0 : 1;

    return NGX_SHOP_OK;
}


static int
ngx_shop_checklist_passes(const char *name, char *command)
{
    int    status;
    pid_t  pid;

    (void) fflush(NULL);
    pid = fork();

    if (pid == 0) {
        (void) dup2(STDERR_FILENO, STDOUT_FILENO);
        (void) signal(SIGALRM, SIG_DFL);
        (void) alarm(NGX_SHOP_CHECKLIST_TIME);
        (void) execl("/bin/sh", "sh", "-c", command, (char *) NULL);
        _exit(127);
    }

    if (pid == -1 || waitpid(pid, &status, 0) != pid) {
        (void) ngx_shop_say_error("check \"%s\" cannot be run", name);
        return 0;
    }

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        ngx_shop_say_note("check \"%s\" passed", name);
        return 1;
    }

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        (void) ngx_shop_say_error("check \"%s\" FAILED: it took more than "
                                  "%d s", name, NGX_SHOP_CHECKLIST_TIME);
        return 0;
    }

    (void) ngx_shop_say_error("check \"%s\" FAILED: code %d", name,
                              WIFEXITED(status) ? WEXITSTATUS(status)
                                                : 128 + WTERMSIG(status));
    return 0;
}
