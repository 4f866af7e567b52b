
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

#include "ctl/near.h"
#include "logic/text/version.h"


typedef struct {
    const char                      *name;
    const char                      *usage;
    const char                      *what;
    const ngx_shop_options_entry_t  *options;
    int                              (*run)(const ngx_shop_options_t *o);
} ngx_shop_fleet_command_t;


static const ngx_shop_fleet_command_t *ngx_shop_fleet_find(const char *name);
static const ngx_shop_options_entry_t *ngx_shop_fleet_options(
    const ngx_shop_fleet_command_t *command);
static int ngx_shop_fleet_unknown(const char *name);
static int ngx_shop_fleet_run(const ngx_shop_fleet_command_t *command,
    int argc, char **argv);
static int ngx_shop_fleet_list(const char *name);
static int ngx_shop_fleet_usage(FILE *out);
static int ngx_shop_fleet_help(const ngx_shop_fleet_command_t *command);


/* options NULL: those of shopctl on, and more */
static const ngx_shop_fleet_command_t ngx_shop_fleet_commands[] = {

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


int
main(int argc, char **argv)
{
    const ngx_shop_fleet_command_t  *command;

    tzset();

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return ngx_shop_say_error("libcurl does not start");
    }

    if (argc < 2) {
        return ngx_shop_fleet_usage(stderr);
    }

    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts("shopctl-fleet " NGX_SHOP_VERSION);
        return NGX_SHOP_SAY_YES;
    }

    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0
        || strcmp(argv[1], "-h") == 0)
    {
        if (argc > 2 && strcmp(argv[2], "--list") == 0) {
            return ngx_shop_fleet_list(argc > 3 ? argv[3] : NULL);
        }

        if (argc < 3) {
            (void) ngx_shop_fleet_usage(stdout);
            return NGX_SHOP_SAY_YES;
        }

        command = ngx_shop_fleet_find(argv[2]);

        return command ? ngx_shop_fleet_help(command)
                       : ngx_shop_fleet_unknown(argv[2]);
    }

    command = ngx_shop_fleet_find(argv[1]);

    return command ? ngx_shop_fleet_run(command, argc - 2, argv + 2)
                   : ngx_shop_fleet_unknown(argv[1]);
}


static const ngx_shop_fleet_command_t *
ngx_shop_fleet_find(const char *name)
{
    const ngx_shop_fleet_command_t  *command;

    for (command = ngx_shop_fleet_commands; command->name; command++) {
        if (strcmp(name, command->name) == 0) {
            return command;
        }
    }

    return NULL;
}


static const ngx_shop_options_entry_t *
ngx_shop_fleet_options(const ngx_shop_fleet_command_t *command)
{
    return command->options ? command->options : ngx_shop_change_options();
}


static int
ngx_shop_fleet_unknown(const char *name)
{
    ngx_shop_near_t                  near;
    const ngx_shop_fleet_command_t  *command;

    memset(&near, 0, sizeof(ngx_shop_near_t));

    for (command = ngx_shop_fleet_commands; command->name; command++) {
        ngx_shop_near_try(&near, name, strlen(name), command->name);
    }

    if (near.word) {
        return ngx_shop_say_error("unknown command \"fleet %s\", did you mean "
                                  "\"fleet %s\"? all of them: shopctl fleet "
                                  "help", name, near.word);
    }

    (void) ngx_shop_say_error("unknown command \"fleet %s\"", name);

    return ngx_shop_fleet_usage(stderr);
}


static int
ngx_shop_fleet_run(const ngx_shop_fleet_command_t *command, int argc,
    char **argv)
{
    int    i, rc;

    static char                name[32];
    static ngx_shop_options_t  options;

    for (i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return ngx_shop_fleet_help(command);
        }
    }

    (void) snprintf(name, sizeof(name), "fleet %s", command->name);

    if (ngx_shop_options_parse(&options, name,
                               ngx_shop_fleet_options(command), argc, argv)
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


/* for completion */

static int
ngx_shop_fleet_list(const char *name)
{
    const ngx_shop_fleet_command_t  *command;

    if (name) {
        command = ngx_shop_fleet_find(name);

        if (command == NULL) {
            return NGX_SHOP_SAY_NO;
        }

        ngx_shop_options_list(stdout, ngx_shop_fleet_options(command));

        return NGX_SHOP_SAY_YES;
    }

    for (command = ngx_shop_fleet_commands; command->name; command++) {
        printf("%s\t%s\n", command->name, command->what);
    }

    return NGX_SHOP_SAY_YES;
}


static int
ngx_shop_fleet_usage(FILE *out)
{
    const ngx_shop_fleet_command_t  *command;

    fputs("usage: shopctl fleet COMMAND ...\n\n", out);

    for (command = ngx_shop_fleet_commands; command->name; command++) {
        fprintf(out, "  %-38s %s\n", command->usage, command->what);
    }

    fputs("\nshopctl fleet help COMMAND shows its options; man shopctl-fleet "
          "has all of it.\n\n"
          "examples:\n"
          "  shopctl fleet on --eta +45m --status 'We move the database.'\n"
          "  shopctl fleet status\n"
          "  shopctl fleet off\n", out);

    return NGX_SHOP_SAY_ERROR;
}


static int
ngx_shop_fleet_help(const ngx_shop_fleet_command_t *command)
{
    printf("usage: shopctl fleet %s\n\n%s\n\n", command->usage,
           command->what);
    ngx_shop_options_usage(stdout, ngx_shop_fleet_options(command));

    return NGX_SHOP_SAY_YES;
}
