
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who is at the keyboard.  A name as it can be written into a flag, or none.
 */


#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/login.h"


#define NGX_SHOP_LOGIN_LEN  32


static int ngx_shop_login_good(const char *name);


const char *
ngx_shop_login(void)
{
    size_t          i;
    const char     *name;
    struct passwd  *pw;

    static const char  *variables[] = { "SUDO_USER", "DOAS_USER" };

    for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        name = getenv(variables[i]);

        if (name && ngx_shop_login_good(name)) {
            return name;
        }
    }

    pw = getpwuid(getuid());

    return pw && ngx_shop_login_good(pw->pw_name) ? pw->pw_name : "";
}


/* the environment is anybody's */

static int
ngx_shop_login_good(const char *name)
{
    size_t  n;

    n = strcspn(name, " \t\r\n:#,");

    if (n == 0 || name[n] != '\0' || n > NGX_SHOP_LOGIN_LEN) {
        return 0;
    }

    while (n--) {
        if ((unsigned char) name[n] <= ' ' || (unsigned char) name[n] >= 0x7F) {
            return 0;
        }
    }

    return 1;
}
