
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shopctl: closes and opens a shop, from a terminal at 3 am.  This file is the
 * table of commands; each command has a file of its own.
 */


#include <errno.h>
#include <time.h>

#include "ctl/active.h"
#include "ctl/beside.h"
#include "ctl/budget.h"
#include "ctl/bypass.h"
#include "ctl/deploy.h"
#include "ctl/doctor.h"
#include "ctl/drill.h"
#include "ctl/edit.h"
#include "ctl/examples.h"
#include "ctl/ics.h"
#include "ctl/near.h"
#include "ctl/options.h"
#include "ctl/order.h"
#include "ctl/pageinit.h"
#include "ctl/preview.h"
#include "ctl/report.h"
#include "ctl/screen.h"
#include "ctl/show.h"
#include "ctl/speak.h"
#include "ctl/when.h"

#include "logic/text/version.h"


typedef struct {
    const char                      *name;
    const char                      *usage;
    const char                      *what;
    const ngx_shop_options_entry_t  *options;

    /* NULL: a program of its own, shopctl-NAME */
    int                              (*run)(const ngx_shop_options_t *o);
} ngx_shop_shopctl_command_t;


static const ngx_shop_shopctl_command_t *ngx_shop_shopctl_find(
    const char *name);
static int ngx_shop_shopctl_unknown(const char *name);
static int ngx_shop_shopctl_ask(int argc, char **argv);
static int ngx_shop_shopctl_list(const char *name);
static int ngx_shop_shopctl_run(const ngx_shop_shopctl_command_t *command,
    int argc, char **argv);
static int ngx_shop_shopctl_usage(FILE *out);
static int ngx_shop_shopctl_help(const ngx_shop_shopctl_command_t *command);


/* of a program of its own, which has its options */
static const ngx_shop_options_entry_t  ngx_shop_shopctl_beside[] = {
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


/* in the order in which they are needed; a name of NULL ends the table */
static const ngx_shop_shopctl_command_t ngx_shop_shopctl_commands[] = {

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


int
main(int argc, char **argv)
{
    const ngx_shop_shopctl_command_t  *command;

    tzset();

    if (argc < 2) {
        return ngx_shop_shopctl_usage(stderr);
    }

    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0
        || strcmp(argv[1], "-h") == 0)
    {
        return ngx_shop_shopctl_ask(argc - 2, argv + 2);
    }

    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts("shopctl " NGX_SHOP_VERSION);
        return NGX_SHOP_SAY_YES;
    }

    command = ngx_shop_shopctl_find(argv[1]);

    return command ? ngx_shop_shopctl_run(command, argc - 2, argv + 2)
                   : ngx_shop_shopctl_unknown(argv[1]);
}


static const ngx_shop_shopctl_command_t *
ngx_shop_shopctl_find(const char *name)
{
    const ngx_shop_shopctl_command_t  *command;

    for (command = ngx_shop_shopctl_commands; command->name; command++) {
        if (strcmp(name, command->name) == 0) {
            return command;
        }
    }

    return NULL;
}


static int
ngx_shop_shopctl_unknown(const char *name)
{
    ngx_shop_near_t                    near;
    const ngx_shop_shopctl_command_t  *command;

    if (name[0] == '-') {
        (void) ngx_shop_say_error("the command comes before \"%s\"", name);
        return ngx_shop_shopctl_usage(stderr);
    }

    memset(&near, 0, sizeof(ngx_shop_near_t));

    for (command = ngx_shop_shopctl_commands; command->name; command++) {
        ngx_shop_near_try(&near, name, strlen(name), command->name);
    }

    if (near.word) {
        return ngx_shop_say_error("unknown command \"%s\", did you mean "
                                  "\"%s\"? all of them: shopctl help",
                                  name, near.word);
    }

    (void) ngx_shop_say_error("unknown command \"%s\"", name);

    return ngx_shop_shopctl_usage(stderr);
}


/* "help", "help COMMAND", and for completion "help --list [COMMAND]" */

static int
ngx_shop_shopctl_ask(int argc, char **argv)
{
    const ngx_shop_shopctl_command_t  *command;

    if (argc == 0) {
        (void) ngx_shop_shopctl_usage(stdout);
        return NGX_SHOP_SAY_YES;
    }

    if (strcmp(argv[0], "--list") == 0) {
        return ngx_shop_shopctl_list(argc > 1 ? argv[1] : NULL);
    }

    command = ngx_shop_shopctl_find(argv[0]);

    return command ? ngx_shop_shopctl_help(command)
                   : ngx_shop_shopctl_unknown(argv[0]);
}


static int
ngx_shop_shopctl_list(const char *name)
{
    const ngx_shop_shopctl_command_t  *command;

    if (name) {
        command = ngx_shop_shopctl_find(name);

        if (command == NULL) {
            return NGX_SHOP_SAY_NO;
        }

        ngx_shop_options_list(stdout, command->options);

        return NGX_SHOP_SAY_YES;
    }

    for (command = ngx_shop_shopctl_commands; command->name; command++) {
        printf("%s\t%s\n", command->name, command->what);
    }

    return NGX_SHOP_SAY_YES;
}


static int
ngx_shop_shopctl_run(const ngx_shop_shopctl_command_t *command, int argc,
    char **argv)
{
    int                        i, rc;
    static ngx_shop_options_t  options;

    if (command->run == NULL) {
        ngx_shop_beside_run(command->name, argv - 1);
        return ngx_shop_say_errno(errno, "cannot run shopctl-%s, which is a "
                                  "program of its own", command->name);
    }

    for (i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return ngx_shop_shopctl_help(command);
        }
    }

    if (ngx_shop_options_parse(&options, command->name, command->options,
                               argc, argv)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    rc = command->run(&options);

    if (fflush(stdout) != 0 || ferror(stdout)) {
        return ngx_shop_say_error("cannot write to stdout");
    }

    return rc;
}


static int
ngx_shop_shopctl_usage(FILE *out)
{
    const ngx_shop_shopctl_command_t  *command;

    fputs("usage: shopctl COMMAND ...\n\n", out);

    for (command = ngx_shop_shopctl_commands; command->name; command++) {
        fprintf(out, "  %-38s %s\n", command->usage, command->what);
    }

    fputs("\nshopctl help COMMAND shows its options and examples, "
          "shopctl --version the\nversion; man shopctl has all of it.\n", out);

    return NGX_SHOP_SAY_ERROR;
}


static int
ngx_shop_shopctl_help(const ngx_shop_shopctl_command_t *command)
{
    char  *argv[] = { NULL, (char *) "help", NULL };

    if (command->run == NULL) {
        ngx_shop_beside_run(command->name, argv);
    }

    printf("usage: shopctl %s\n\n%s\n\n", command->usage, command->what);
    ngx_shop_options_usage(stdout, command->options);
    ngx_shop_examples_show(stdout, command->name);

    return NGX_SHOP_SAY_YES;
}
