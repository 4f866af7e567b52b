
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A program that is a table of commands: finds the one that is meant, shows
 * its help, and runs it.
 */


#ifndef _NGX_SHOP_COMMANDS_H_INCLUDED_
#define _NGX_SHOP_COMMANDS_H_INCLUDED_


#include "ctl/options.h"


/* a table is in the order in which they are needed; a name of NULL ends it */
typedef struct {
    const char                      *name;
    const char                      *usage;
    const char                      *what;

    /* NULL: those that the program's "options" gives */
    const ngx_shop_options_entry_t  *options;

    /* NULL: a program of its own, shopctl-NAME */
    int                              (*run)(const ngx_shop_options_t *o);
} ngx_shop_commands_row_t;


typedef struct {
    const char                      *name;       /* as it is typed */
    const char                      *version;    /* as it names itself */
    const char                      *before;     /* a command, in messages */
    const char                      *more;       /* under the list */
    const ngx_shop_commands_row_t   *rows;
    const ngx_shop_options_entry_t  *(*options)(void);
    void                             (*examples)(FILE *out, const char *name);
} ngx_shop_commands_t;


/* what main() returns */
int ngx_shop_commands_run(const ngx_shop_commands_t *c, int argc, char **argv);


#endif /* _NGX_SHOP_COMMANDS_H_INCLUDED_ */
