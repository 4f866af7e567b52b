
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Programs beside shopctl.
 */


#include <errno.h>
#include <unistd.h>

#include "ctl/beside.h"
#include "ctl/options.h"


int
ngx_shop_beside_run(const char *name, int argc, char **argv)
{
    int      i;
    char     path[NGX_SHOP_SAY_NAME], *slash, *args[NGX_SHOP_OPTIONS_MAX + 2];
    ssize_t  n;

    if (argc > NGX_SHOP_OPTIONS_MAX) {
        return ngx_shop_say_error("more than %d arguments",
                                  NGX_SHOP_OPTIONS_MAX);
    }

    n = readlink("/proc/self/exe", path, sizeof(path) - 64);
    path[n > 0 ? n : 0] = '\0';
    slash = strrchr(path, '/');
    slash = slash ? slash + 1 : path;

    (void) snprintf(slash, 64, "shopctl-%.40s", name);

    args[0] = path;

    for (i = 0; i < argc; i++) {
        args[i + 1] = argv[i];
    }

    args[argc + 1] = NULL;

    if (strchr(path, '/')) {
        (void) execv(path, args);
    }

    args[0] = slash;
    (void) execvp(slash, args);

    if (errno != ENOENT) {
        return ngx_shop_say_errno(errno, "cannot run \"%s\"", slash);
    }

    return ngx_shop_say_error("\"%s\" is not installed: it comes in a package "
                              "of its own, or is built where its libraries "
                              "are; docs/%s.md", slash, name);
}
