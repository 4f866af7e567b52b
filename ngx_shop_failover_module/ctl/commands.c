
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Tables of commands.  Knows no command.
 */


#include <errno.h>

#include "ctl/beside.h"
#include "ctl/commands.h"
#include "ctl/near.h"

#include "logic/text/version.h"


static const ngx_shop_commands_row_t *ngx_shop_commands_find(
    const ngx_shop_commands_t *c, const char *name);
static const ngx_shop_options_entry_t *ngx_shop_commands_options(
    const ngx_shop_commands_t *c, const ngx_shop_commands_row_t *row);
static int ngx_shop_commands_unknown(const ngx_shop_commands_t *c,
    const char *name);
static int ngx_shop_commands_ask(const ngx_shop_commands_t *c, int argc,
    char **argv);
static int ngx_shop_commands_list(const ngx_shop_commands_t *c,
    const char *name);
static int ngx_shop_commands_do(const ngx_shop_commands_t *c,
    const ngx_shop_commands_row_t *row, int argc, char **argv);
static int ngx_shop_commands_usage(const ngx_shop_commands_t *c, FILE *out);
static int ngx_shop_commands_help(const ngx_shop_commands_t *c,
    const ngx_shop_commands_row_t *row);


int
ngx_shop_commands_run(const ngx_shop_commands_t *c, int argc, char **argv)
{
    const ngx_shop_commands_row_t  *row;

    if (argc < 2) {
        return ngx_shop_commands_usage(c, stderr);
    }

    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0
        || strcmp(argv[1], "-h") == 0)
    {
        return ngx_shop_commands_ask(c, argc - 2, argv + 2);
    }

    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("%s %s\n", c->version, NGX_SHOP_VERSION);
        return NGX_SHOP_SAY_YES;
    }

    row = ngx_shop_commands_find(c, argv[1]);

    return row ? ngx_shop_commands_do(c, row, argc - 2, argv + 2)
               : ngx_shop_commands_unknown(c, argv[1]);
}


static const ngx_shop_commands_row_t *
ngx_shop_commands_find(const ngx_shop_commands_t *c, const char *name)
{
    const ngx_shop_commands_row_t  *row;

    for (row = c->rows; row->name; row++) {
        if (strcmp(name, row->name) == 0) {
            return row;
        }
    }

    return NULL;
}


static const ngx_shop_options_entry_t *
ngx_shop_commands_options(const ngx_shop_commands_t *c,
    const ngx_shop_commands_row_t *row)
{
    return row->options ? row->options : c->options();
}


static int
ngx_shop_commands_unknown(const ngx_shop_commands_t *c, const char *name)
{
    ngx_shop_near_t                 near;
    const ngx_shop_commands_row_t  *row;

    if (name[0] == '-') {
        (void) ngx_shop_say_error("the command comes before \"%s\"", name);
        return ngx_shop_commands_usage(c, stderr);
    }

    memset(&near, 0, sizeof(ngx_shop_near_t));

    for (row = c->rows; row->name; row++) {
        ngx_shop_near_try(&near, name, strlen(name), row->name);
    }

    if (near.word) {
        return ngx_shop_say_error("unknown command \"%s%s\", did you mean "
                                  "\"%s%s\"? all of them: %s help", c->before,
                                  name, c->before, near.word, c->name);
    }

    (void) ngx_shop_say_error("unknown command \"%s%s\"", c->before, name);

    return ngx_shop_commands_usage(c, stderr);
}


/* "help", "help COMMAND", and for completion "help --list [COMMAND]" */

static int
ngx_shop_commands_ask(const ngx_shop_commands_t *c, int argc, char **argv)
{
    const ngx_shop_commands_row_t  *row;

    if (argc == 0) {
        (void) ngx_shop_commands_usage(c, stdout);
        return NGX_SHOP_SAY_YES;
    }

    if (strcmp(argv[0], "--list") == 0) {
        return ngx_shop_commands_list(c, argc > 1 ? argv[1] : NULL);
    }

    row = ngx_shop_commands_find(c, argv[0]);

    return row ? ngx_shop_commands_help(c, row)
               : ngx_shop_commands_unknown(c, argv[0]);
}


static int
ngx_shop_commands_list(const ngx_shop_commands_t *c, const char *name)
{
    const ngx_shop_commands_row_t  *row;

    if (name) {
        row = ngx_shop_commands_find(c, name);

        if (row == NULL) {
            return NGX_SHOP_SAY_NO;
        }

        ngx_shop_options_list(stdout, ngx_shop_commands_options(c, row));

        return NGX_SHOP_SAY_YES;
    }

    for (row = c->rows; row->name; row++) {
        printf("%s\t%s\n", row->name, row->what);
    }

    return NGX_SHOP_SAY_YES;
}


static int
ngx_shop_commands_do(const ngx_shop_commands_t *c,
    const ngx_shop_commands_row_t *row, int argc, char **argv)
{
    int                        i, rc;
    static char                name[64];
    static ngx_shop_options_t  options;

    if (row->run == NULL) {
        ngx_shop_beside_run(row->name, argv - 1);
        return ngx_shop_say_errno(errno, "cannot run shopctl-%s, which is a "
                                  "program of its own", row->name);
    }

    for (i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return ngx_shop_commands_help(c, row);
        }
    }

    (void) snprintf(name, sizeof(name), "%s%s", c->before, row->name);

    if (ngx_shop_options_parse(&options, name,
                               ngx_shop_commands_options(c, row), argc, argv)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    rc = row->run(&options);

    if (fflush(stdout) != 0 || ferror(stdout)) {
        return ngx_shop_say_error("cannot write to stdout");
    }

    return rc;
}


static int
ngx_shop_commands_usage(const ngx_shop_commands_t *c, FILE *out)
{
    const ngx_shop_commands_row_t  *row;

    fprintf(out, "usage: %s COMMAND ...\n\n", c->name);

    for (row = c->rows; row->name; row++) {
        fprintf(out, "  %-38s %s\n", row->usage, row->what);
    }

    fputs(c->more, out);

    return NGX_SHOP_SAY_ERROR;
}


static int
ngx_shop_commands_help(const ngx_shop_commands_t *c,
    const ngx_shop_commands_row_t *row)
{
    char  *argv[] = { NULL, (char *) "help", NULL };

    if (row->run == NULL) {
        ngx_shop_beside_run(row->name, argv);
    }

    printf("usage: %s %s\n\n%s\n\n", c->name, row->usage, row->what);
    ngx_shop_options_usage(stdout, ngx_shop_commands_options(c, row));

    if (c->examples) {
        c->examples(stdout, row->name);
    }

    return NGX_SHOP_SAY_YES;
}
