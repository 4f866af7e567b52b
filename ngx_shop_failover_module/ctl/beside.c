
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Starts commands that are programs of their own.
 */


#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/beside.h"


void
ngx_shop_beside_run(const char *name, char **argv)
{
    int      len;
    char     self[4096], path[4096 + 64];
    char    *slash;
    ssize_t  n;

    n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[n > 0 ? n : 0] = '\0';
    slash = strrchr(self, '/');
    len = slash ? (int) (slash + 1 - self) : 0;

    (void) snprintf(path, sizeof(path), "%.*sshopctl-%.48s", len, self, name);
    argv[0] = path;

    if (len) {
        (void) execv(path, argv);

        if (errno != ENOENT) {
            return;
        }
    }

    (void) execvp(path + len, argv);
}
