
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The command line, by a table of options.
 */


#ifndef _NGX_SHOP_OPTIONS_H_INCLUDED_
#define _NGX_SHOP_OPTIONS_H_INCLUDED_


#include "ctl/say.h"


#define NGX_SHOP_OPTIONS_MAX  128      /* arguments */


typedef enum {
    NGX_SHOP_OPTIONS_SWITCH = 0,
    NGX_SHOP_OPTIONS_VALUE,
    NGX_SHOP_OPTIONS_LIST,             /* may be given again */
    NGX_SHOP_OPTIONS_DOTTED,           /* --status.de: a list, too */
    NGX_SHOP_OPTIONS_DOTTED_LIST,      /* both */
    NGX_SHOP_OPTIONS_LANGUAGE          /* --de, --pt-BR: by any name that
                                          is one of a language */
} ngx_shop_options_e;


/* the table ends with a NULL name */
typedef struct {
    const char                       *name;   /* without "--" */
    ngx_shop_options_e                type;
    const char                       *value;  /* "TIME", for the usage */
    const char                       *help;
} ngx_shop_options_entry_t;


typedef struct {
    const ngx_shop_options_entry_t   *option;
    const char                       *name;   /* as given, after "--" */
    int                               len;    /* of name */
    const char                       *value;
} ngx_shop_options_given_t;


typedef struct {
    ngx_shop_options_given_t   given[NGX_SHOP_OPTIONS_MAX];
    unsigned                   ngiven;
    const char                *rest[NGX_SHOP_OPTIONS_MAX];
    unsigned                   nrest;         /* what is not an option */
} ngx_shop_options_t;


/* OK, or ERROR after it was said what is wrong */
int ngx_shop_options_parse(ngx_shop_options_t *o,
    const ngx_shop_options_entry_t *table, int argc, char **argv);

/* the value of an option ("" of a switch), or NULL: not given */
const char *ngx_shop_options_get(const ngx_shop_options_t *o,
    const char *name);

/* the value of an option, else of the environment, else the other */
const char *ngx_shop_options_setting(const ngx_shop_options_t *o,
    const char *name, const char *variable, const char *other);

void ngx_shop_options_usage(FILE *out, const ngx_shop_options_entry_t *table);


#endif /* _NGX_SHOP_OPTIONS_H_INCLUDED_ */
