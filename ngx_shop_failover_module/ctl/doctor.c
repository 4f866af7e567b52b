
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl doctor: asks one question after the other.  It changes nothing, needs
 * no root, and says what it could not look at.
 */


#include "ctl/ask.h"
#include "ctl/doctor.h"
#include "ctl/doctor_inside.h"
#include "ctl/jsonout.h"


const ngx_shop_options_entry_t  ngx_shop_doctor_options[] = {
    { "before", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "before \"load_module\" is written: does it fit, and what is to write" },
    NGX_SHOP_DOCTOR_TOLD_OPTION,
    { "nginx", NGX_SHOP_OPTIONS_VALUE, "PROGRAM",
      "which nginx, else $NGINX_BIN, else the one in $PATH" },
    { "conf", NGX_SHOP_OPTIONS_VALUE, "FILE",
      "its configuration, else the one that it was built with" },
    { "prefix", NGX_SHOP_OPTIONS_VALUE, "DIR",
      "as \"nginx -p\"" },
    { "module", NGX_SHOP_OPTIONS_VALUE, "FILE",
      "the module, where no \"load_module\" names it" },
    { "root", NGX_SHOP_OPTIONS_VALUE, "DIR",
      "units, tmpfiles.d and limits of the system below it" },
    NGX_SHOP_JSONOUT_OPTION,
    NGX_SHOP_ASK_OPTION,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


int
ngx_shop_doctor_run(const ngx_shop_options_t *o)
{
    unsigned                   i;
    static ngx_shop_doctor_t   d;

    static void  (*ask[])(ngx_shop_doctor_t *d) = {
        ngx_shop_doctor_nginx_test,
        ngx_shop_doctor_fits,
        ngx_shop_doctor_upgrade,
        ngx_shop_doctor_rights,
        ngx_shop_doctor_limits,
        ngx_shop_doctor_shop,
        ngx_shop_doctor_equal,
        ngx_shop_doctor_unit,
        ngx_shop_doctor_label
    };

    if (o->nrest) {
        return ngx_shop_say_error("\"doctor\" takes no \"%s\"; to name a "
                                  "configuration write --conf %s", o->rest[0],
                                  o->rest[0]);
    }

    d.options = o;
    d.before = ngx_shop_options_get(o, "before") != NULL;
    d.root = ngx_shop_options_get(o, "root");
    d.root = d.root ? d.root : "";

    if (ngx_shop_doctor_told_begin(o) != NGX_SHOP_OK
        || ngx_shop_doctor_nginx_find(&d) != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    for (i = 0; i < sizeof(ask) / sizeof(ask[0]); i++) {
        ask[i](&d);
    }

    return ngx_shop_doctor_told_end(ngx_shop_options_get(o, "json") != NULL);
}
