
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How a command is typed, and what its exit code says.  A command that is not
 * here has no examples.
 */


#include <string.h>

#include "ctl/examples.h"


static const struct {
    const char  *command;
    const char  *examples;      /* a line each */
    const char  *codes;         /* NULL: 0, or 2 with an error */
} ngx_shop_examples_table[] = {

    { "on",
      "  shopctl on --eta +45m --status \"We are moving the database.\"\n"
      "  shopctl on --start 22:00 --until +3h --status \"Maintenance.\"\n"
      "  shopctl on --mode browse --reason \"No orders until 04:30.\"\n"
      "  shopctl on --template database --eta +30m\n"
      "  shopctl on --require /etc/shop-failover/before --until +1h\n"
      "  shopctl on --no-eta\n",
      NULL },

    { "tell",
      "  shopctl tell \"We are repairing the database.\" --eta +45m\n",
      NULL },

    { "update",
      "  shopctl update \"Cause found.\" --eta +30m --next-update +20m\n"
      "  shopctl update \"It takes longer.\" --no-eta\n",
      NULL },

    { "off",
      "  shopctl off\n"
      "  shopctl off --flag /run/shop/other\n",
      NULL },

    { "is-active",
      "  shopctl is-active --quiet && echo closed\n"
      "  shopctl is-active --json\n",
      "exit code: 0 the flag closes now, 1 it does not, 2 that cannot be "
      "told\n" },

    { "check",
      "  shopctl check\n"
      "  shopctl check draft.txt\n"
      "  shopctl check --json /run/shop/maintenance\n",
      "exit code: 0 all is fine, 1 there are warnings, 2 it cannot be read\n"
    },

    { "preview",
      "  shopctl preview --lang de\n"
      "  shopctl preview --state late --post unknown\n"
      "  shopctl preview --html --at +2h draft.txt > page.html\n",
      NULL },

    { "say",
      "  shopctl say --for social --link https://shop.example/\n"
      "  shopctl say --for sms --lang de --shop \"Example\"\n"
      "  shopctl say --for support\n",
      NULL },

    { "calendar",
      "  shopctl calendar --shop Example > /var/www/status/shop.ics\n",
      NULL },

    { "page",
      "  shopctl page init /etc/nginx/shop-page\n",
      NULL },

    { "link",
      "  shopctl link --valid 2h https://shop.example/\n",
      NULL },

    { "drain",
      "  shopctl drain 10.0.0.11:8080 --for 30m --reason \"kernel update\"\n",
      NULL },

    { "down",
      "  shopctl down 10.0.0.11:8080 --reason \"answers 200 and is broken\"\n",
      NULL },

    { "up",
      "  shopctl up 10.0.0.11:8080 --for 1h\n",
      NULL },

    { "enable",
      "  shopctl enable 10.0.0.11:8080\n",
      NULL },

    { "deploy",
      "  shopctl deploy 10.0.0.11:8080 -- systemctl restart shop\n"
      "  shopctl deploy 10.0.0.11:8080 --drain 2m -- docker restart shop-1\n",
      "exit code: 0 it is done, 1 the command or a probe failed and it is said "
      "how to\ngo on, 2 nothing was done\n" },

    { "reopen",
      "  shopctl reopen --now\n"
      "  shopctl reopen --over 10m\n",
      NULL },

    { "status",
      "  shopctl status\n"
      "  shopctl status --watch\n"
      "  shopctl status --site b.example\n"
      "  shopctl status --check --url http://127.0.0.1:8080/shop_status\n"
      "  curl -s https://shop.example/shop_status | shopctl status -\n",
      "exit code: 0 visitors have the shop (open, degraded, busy, backup), 1 "
      "not all\nof them or not all of it (browse, reopening, maintenance, "
      "outage), 2 that\ncannot be told; with --check 0 OK, 1 WARNING, 2 "
      "CRITICAL (outage, or the flag\nalone keeps it shut), 3 UNKNOWN\n" },

    { "report",
      "  shopctl report > incident.md\n"
      "  shopctl report --brief --incident 3 --order-value 80\n"
      "  shopctl report --since \"2026-11-21 00:00\" LOG.1 LOG\n",
      "exit code: 0 here it is, 1 there is no such incident, 2 an error\n" },

    { "budget",
      "  shopctl budget --promise 99.9\n"
      "  shopctl budget --site shop.example LOG.2 LOG.1 LOG\n",
      "exit code: 0 the promise of 30 days is kept, 1 it is broken, 2 an "
      "error\n" },

    { "when",
      "  shopctl when --for 45m\n"
      "  shopctl when --for 2h --site shop.example --json\n",
      "exit code: 0 here they are, 1 too little is known yet, 2 an error\n" },

    { "drill",
      "  shopctl drill staging.plan\n"
      "  shopctl drill --live --one-peer shop.plan > drill.md\n"
      "  shopctl drill --schedule shop.plan\n",
      "exit code: 0 the drill passed, 1 it failed, 2 it did not begin\n" },

    { "notify",
      "  shopctl notify --check\n"
      "  shopctl notify --test\n"
      "  shopctl notify --status\n",
      "docs/notify.md has the configuration; its options: shopctl notify "
      "--help\n" },

    { "doctor",
      "  shopctl doctor\n"
      "  shopctl doctor --before --module build/ngx_shop_failover_module.so\n"
      "  shopctl doctor --except unchecked && systemctl reload nginx\n",
      "exit code: 0 nothing to mend was found, 1 here it is, 2 there is no "
      "nginx to\nlook at\n" },

    { NULL, NULL, NULL }
};


void
ngx_shop_examples_show(FILE *out, const char *command)
{
    unsigned  i;

    for (i = 0; ngx_shop_examples_table[i].command; i++) {

        if (strcmp(ngx_shop_examples_table[i].command, command) != 0) {
            continue;
        }

        fprintf(out, "\nexamples:\n%s", ngx_shop_examples_table[i].examples);

        if (ngx_shop_examples_table[i].codes) {
            fprintf(out, "\n%s", ngx_shop_examples_table[i].codes);
        }
    }
}
