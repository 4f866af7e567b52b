
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl: closes and opens a shop, from a terminal at 3 am.  This file is the
 * table of commands; each command has a file of its own.
 */


#include <time.h>

#include "ctl/active.h"
#include "ctl/budget.h"
#include "ctl/bypass.h"
#include "ctl/commands.h"
#include "ctl/deploy.h"
#include "ctl/doctor.h"
#include "ctl/drill.h"
#include "ctl/edit.h"
#include "ctl/examples.h"
#include "ctl/ics.h"
#include "ctl/order.h"
#include "ctl/pageinit.h"
#include "ctl/preview.h"
#include "ctl/report.h"
#include "ctl/screen.h"
#include "ctl/show.h"
#include "ctl/speak.h"
#include "ctl/when.h"


/* of a program of its own, which has its options */
static const ngx_shop_options_entry_t  ngx_shop_shopctl_beside[] = {
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static const ngx_shop_commands_row_t  ngx_shop_shopctl_rows[] = {

    { "on", "on [--eta +45m] [--status TEXT] ...",
      "closes the shop, or changes what its flag says",
      ngx_shop_edit_options, ngx_shop_edit_on },

    { "tell", "tell TEXT [--eta +45m] ...",
      "the words of an outage; closes nothing",
      ngx_shop_edit_options, ngx_shop_edit_tell },

    { "update", "update TEXT [--eta +30m] ...",
      "adds news for those who wait",
      ngx_shop_edit_options, ngx_shop_edit_update },

    { "off", "off",
      "opens the shop",
      ngx_shop_edit_off_options, ngx_shop_edit_off },

    { "is-active", "is-active",
      "exit code 0: the flag closes now; 1: it does not",
      ngx_shop_active_options, ngx_shop_active_run },

    { "check", "check [FILE]",
      "what a flag means, with its times and warnings",
      ngx_shop_show_options, ngx_shop_show_check },

    { "preview", "preview [--lang de] [--html] [FILE]",
      "the page that visitors get",
      ngx_shop_preview_options, ngx_shop_preview_run },

    { "say", "say --for social|sms|mail|...",
      "the words of the flag, ready to be pasted elsewhere",
      ngx_shop_speak_options, ngx_shop_speak_run },

    { "calendar", "calendar",
      "what is announced, for calendars (ICS)",
      ngx_shop_ics_options, ngx_shop_ics_run },

    { "page", "page init DIR",
      "writes the templates and texts of the page, to edit",
      ngx_shop_pageinit_options, ngx_shop_pageinit_run },

    { "link", "link [--valid 12h] [--domain .HOST] [--drill] URL",
      "a link by which staff pass the closed shop",
      ngx_shop_bypass_options, ngx_shop_bypass_link },

    { "drain", "drain SERVER [--for 30m] ...",
      "no new visitors; those that are there end in peace",
      ngx_shop_order_options, ngx_shop_order_drain },

    { "down", "down SERVER [--for 30m] ...",
      "takes a server out at once, as if its probes had failed",
      ngx_shop_order_options, ngx_shop_order_down },

    { "up", "up SERVER [--for 30m] ...",
      "uses a server, whatever its probes say",
      ngx_shop_order_options, ngx_shop_order_up },

    { "enable", "enable SERVER ...",
      "ends drain, down or up: its probes decide again",
      ngx_shop_order_enable_options, ngx_shop_order_enable },

    { "deploy", "deploy SERVER -- COMMAND ...",
      "drains, runs the command, waits for its probes, enables",
      ngx_shop_deploy_options, ngx_shop_deploy_run },

    { "reopen", "reopen --now | --over 10m",
      "ends or slows the ramp by which visitors are let back in",
      ngx_shop_order_reopen_options, ngx_shop_order_reopen },

    { "status", "status [--url URL] [FILE]",
      "one screen: what visitors see, and why",
      ngx_shop_screen_options, ngx_shop_screen_run },

    { "report", "report [--incident 3] [LOG ...]",
      "the review of an incident, from the event log",
      ngx_shop_report_options, ngx_shop_report_run },

    { "budget", "budget [--promise 99.9] [LOG ...]",
      "how available each shop was, and what is left",
      ngx_shop_budget_options, ngx_shop_budget_run },

    { "when", "when [--for 45m] [--site NAME]",
      "the quietest time of the next seven days",
      ngx_shop_when_options, ngx_shop_when_run },

    { "drill", "drill [--live --one-peer] PLAN",
      "takes a server down, and looks whether anybody fails",
      ngx_shop_drill_options, ngx_shop_drill_run },

    { "notify", "notify [--test | --status]",
      "tells people what happens: by mail, chat and pager",
      ngx_shop_shopctl_beside, NULL },

    { "doctor", "doctor [--before]",
      "what would keep the module from its work, and the cure",
      ngx_shop_doctor_options, ngx_shop_doctor_run },

    { "fleet", "fleet on|off|status ...",
      "many nginxes that close together: shopctl fleet help",
      ngx_shop_shopctl_beside, NULL },

    { NULL, NULL, NULL, NULL, NULL }
};


static const ngx_shop_commands_t  ngx_shop_shopctl_program = {
    "shopctl",
    "shopctl",
    "",
    "\nshopctl help COMMAND shows its options and examples, shopctl --version "
    "the\nversion; man shopctl has all of it.\n",
    ngx_shop_shopctl_rows,
    NULL,
    ngx_shop_examples_show
};


int
main(int argc, char **argv)
{
    tzset();

    return ngx_shop_commands_run(&ngx_shop_shopctl_program, argc, argv);
}
