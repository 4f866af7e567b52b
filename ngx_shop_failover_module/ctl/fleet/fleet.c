
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl-fleet: many nginxes that close together.  "shopctl fleet" starts it,
 * as git starts its commands: it alone needs libcurl and hiredis.  This file is
 * the table of its commands.
 */


#include <time.h>

#include "ctl/fleet/change.h"
#include "ctl/fleet/command.h"
#include "ctl/fleet/follower.h"
#include "ctl/fleet/overview.h"

#include "ctl/commands.h"


/* options NULL: those of shopctl on, and more */
static const ngx_shop_commands_row_t  ngx_shop_fleet_rows[] = {

    { "follow", "follow --engine URL [--node NAME] ...",
      "the daemon beside an nginx: the engine's flag is its flag",
      ngx_shop_follower_options, ngx_shop_follower_run },

    { "on", "on [--eta +45m] [--status TEXT] ...",
      "closes the shop on all nodes, and says who has",
      NULL, ngx_shop_change_on },

    { "tell", "tell TEXT [--eta +45m] ...",
      "the words of an outage, on all nodes",
      NULL, ngx_shop_change_tell },

    { "update", "update TEXT [--eta +30m] ...",
      "adds news for those who wait, on all nodes",
      NULL, ngx_shop_change_update },

    { "off", "off",
      "opens the shop on all nodes",
      ngx_shop_change_off_options, ngx_shop_change_off },

    { "status", "status [--json] [--textfile FILE]",
      "one screen: the nodes, and where they disagree",
      ngx_shop_overview_options, ngx_shop_overview_run },

    { "drain", "drain SERVER [--for 30m] ...",
      "no new visitors there, from any node",
      ngx_shop_command_options, ngx_shop_command_drain },

    { "down", "down SERVER [--for 30m] ...",
      "takes a server out on all nodes",
      ngx_shop_command_options, ngx_shop_command_down },

    { "up", "up SERVER [--for 30m] ...",
      "uses a server on all nodes, whatever probes say",
      ngx_shop_command_options, ngx_shop_command_up },

    { "enable", "enable SERVER ...",
      "ends drain, down or up on all nodes",
      ngx_shop_command_options, ngx_shop_command_enable },

    { "forget", "forget NODE",
      "a node that will not come back is not missed any more",
      ngx_shop_change_forget_options, ngx_shop_change_forget },

    { NULL, NULL, NULL, NULL, NULL }
};


static const ngx_shop_commands_t  ngx_shop_fleet_program = {
    "shopctl fleet",
    "shopctl-fleet",
    "fleet ",
    "\nshopctl fleet help COMMAND shows its options; man shopctl-fleet has all "
    "of it.\n\n"
    "examples:\n"
    "  shopctl fleet on --eta +45m --status 'We move the database.'\n"
    "  shopctl fleet status\n"
    "  shopctl fleet off\n",
    ngx_shop_fleet_rows,
    ngx_shop_change_options,
    NULL
};


int
main(int argc, char **argv)
{
    tzset();

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return ngx_shop_say_error("libcurl does not start");
    }

    return ngx_shop_commands_run(&ngx_shop_fleet_program, argc, argv);
}
