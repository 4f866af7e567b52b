
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The command line.  Knows no option by name.
 */


#include <stdlib.h>

#include "ctl/options.h"
#include "logic/words/assets.h"


static const ngx_shop_options_entry_t *ngx_shop_options_find(
    const ngx_shop_options_entry_t *table, const char *name, int len);
static int ngx_shop_options_is_language(const char *name, int len);
static int ngx_shop_options_is_one(const ngx_shop_options_entry_t *table,
    const char *text);
static int ngx_shop_options_instead(const ngx_shop_options_given_t *given,
    const char *text);
static int ngx_shop_options_add(ngx_shop_options_t *o,
    const ngx_shop_options_entry_t *table, ngx_shop_options_given_t *given);
static int ngx_shop_options_unknown(const ngx_shop_options_entry_t *table,
    const char *name, int len);


int
ngx_shop_options_parse(ngx_shop_options_t *o,
    const ngx_shop_options_entry_t *table, int argc, char **argv)
{
    int                       i, end;
    const char               *p;
    ngx_shop_options_given_t  given;

    memset(o, 0, sizeof(ngx_shop_options_t));

    if (argc > NGX_SHOP_OPTIONS_MAX) {
        (void) ngx_shop_say_error("more than %d arguments",
                                  NGX_SHOP_OPTIONS_MAX);
        return NGX_SHOP_ERROR;
    }

    for (i = 0, end = 0; i < argc; i++) {

        if (end || argv[i][0] != '-' || argv[i][1] == '\0') {
            o->rest[o->nrest++] = argv[i];
            continue;
        }

        if (strcmp(argv[i], "--") == 0) {
            end = 1;
            continue;
        }

        given.name = argv[i] + (argv[i][1] == '-' ? 2 : 1);
        p = strchr(given.name, '=');
        given.len = (int) (p ? (size_t) (p - given.name)
                             : strlen(given.name));
        given.value = p ? p + 1 : NULL;
        given.option = ngx_shop_options_find(table, given.name, given.len);

        if (given.value == NULL && given.option
            && given.option->type != NGX_SHOP_OPTIONS_SWITCH
            && i + 1 < argc)
        {
            if (ngx_shop_options_is_one(table, argv[++i])) {
                return ngx_shop_options_instead(&given, argv[i]);
            }

            given.value = argv[i];
        }

        if (ngx_shop_options_add(o, table, &given) != NGX_SHOP_OK) {
            return NGX_SHOP_ERROR;
        }
    }

    return NGX_SHOP_OK;
}


static const ngx_shop_options_entry_t *
ngx_shop_options_find(const ngx_shop_options_entry_t *table, const char *name,
    int len)
{
    size_t                           n;
    const ngx_shop_options_entry_t  *option;

    for (option = table; option->name; option++) {
        n = strlen(option->name);

        if ((size_t) len < n || memcmp(option->name, name, n) != 0) {
            continue;
        }

        if ((size_t) len == n
            || ((option->type == NGX_SHOP_OPTIONS_DOTTED
                 || option->type == NGX_SHOP_OPTIONS_DOTTED_LIST)
                && name[n] == '.'))
        {
            return option;
        }
    }

    for (option = table; option->name; option++) {
        if (option->type == NGX_SHOP_OPTIONS_LANGUAGE
            && ngx_shop_options_is_language(name, len))
        {
            return option;
        }
    }

    return NULL;
}


/* a language of the page, or a region of one: no slip is published */

static int
ngx_shop_options_is_language(const char *name, int len)
{
    char  file[64];

    for ( /* void */ ; len > 0 && len < 40; len--) {

        (void) snprintf(file, sizeof(file), "lang/%.*s.txt", len, name);

        if (ngx_shop_assets_find(file)) {
            return 1;
        }

        while (len > 0 && name[len - 1] != '-') {
            len--;
        }
    }

    return 0;
}


/* "--status --eta +45m": a value was forgotten, and must not be published */

static int
ngx_shop_options_is_one(const ngx_shop_options_entry_t *table,
    const char *text)
{
    return *text == '-'
           && (text[1] == '-'
               || ngx_shop_options_find(table, text + 1,
                                        (int) strcspn(text + 1, "="))
                  != NULL);
}


static int
ngx_shop_options_instead(const ngx_shop_options_given_t *given,
    const char *text)
{
    (void) ngx_shop_say_error("--%.*s needs a value, and \"%s\" "
                              "looks like an option; if it is meant, "
                              "write: --%.*s=\"%s\"",
                              given->len, given->name, text,
                              given->len, given->name, text);

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_options_add(ngx_shop_options_t *o,
    const ngx_shop_options_entry_t *table, ngx_shop_options_given_t *given)
{
    unsigned                   i;
    ngx_shop_options_given_t  *before;

    if (given->option == NULL) {
        return ngx_shop_options_unknown(table, given->name, given->len);
    }

    if (given->option->type == NGX_SHOP_OPTIONS_SWITCH) {

        if (given->value) {
            (void) ngx_shop_say_error("--%s takes no value",
                                      given->option->name);
            return NGX_SHOP_ERROR;
        }

        given->value = "";

    } else if (given->value == NULL || *given->value == '\0') {
        (void) ngx_shop_say_error("--%.*s needs a value: --%.*s %s",
                                  given->len, given->name,
                                  given->len, given->name,
                                  given->option->value);
        return NGX_SHOP_ERROR;
    }

    for (i = 0; i < o->ngiven; i++) {
        before = &o->given[i];

        if (given->option->type != NGX_SHOP_OPTIONS_LIST
            && given->option->type != NGX_SHOP_OPTIONS_DOTTED_LIST
            && before->len == given->len
            && memcmp(before->name, given->name, (size_t) given->len) == 0)
        {
            (void) ngx_shop_say_error("--%.*s is given twice: \"%s\" "
                                      "and \"%s\"",
                                      given->len, given->name,
                                      before->value, given->value);
            return NGX_SHOP_ERROR;
        }
    }

    o->given[o->ngiven++] = *given;

    return NGX_SHOP_OK;
}


static int
ngx_shop_options_unknown(const ngx_shop_options_entry_t *table,
    const char *name, int len)
{
    const ngx_shop_options_entry_t  *option;

    fprintf(stderr, "shopctl: unknown option \"%.*s\", known are:", len, name);

    for (option = table; option->name; option++) {
        fprintf(stderr, " --%s", option->name);
    }

    fprintf(stderr, "%s\n", memchr(name, ' ', (size_t) len)
                            ? "; before a text that begins with \"-\" write --"
                            : "");

    return NGX_SHOP_ERROR;
}


const char *
ngx_shop_options_get(const ngx_shop_options_t *o, const char *name)
{
    unsigned  i;

    for (i = 0; i < o->ngiven; i++) {
        if ((size_t) o->given[i].len == strlen(name)
            && memcmp(o->given[i].name, name, (size_t) o->given[i].len) == 0)
        {
            return o->given[i].value;
        }
    }

    return NULL;
}


const char *
ngx_shop_options_setting(const ngx_shop_options_t *o, const char *name,
    const char *variable, const char *other)
{
    const char  *value;

    value = ngx_shop_options_get(o, name);

    if (value == NULL) {
        value = getenv(variable);
    }

    return value && *value ? value : other;
}


void
ngx_shop_options_usage(FILE *out, const ngx_shop_options_entry_t *table)
{
    int                              n;
    const ngx_shop_options_entry_t  *option;

    for (option = table; option->name; option++) {
        n = fprintf(out, "  --%s%s%s", option->name,
                    option->value ? " " : "",
                    option->value ? option->value : "");
        fprintf(out, "%*s%s\n", n < 26 ? 26 - n : 1, "", option->help);
    }
}
