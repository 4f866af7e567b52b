
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The command line.  Knows no option by name.
 */


#include <stdlib.h>

#include "ctl/near.h"
#include "ctl/options.h"
#include "logic/words/assets.h"


static const ngx_shop_options_entry_t *ngx_shop_options_find(
    const ngx_shop_options_entry_t *table, const char *name, int len);
static int ngx_shop_options_is_language(const char *name, int len);
static int ngx_shop_options_named(const ngx_shop_options_entry_t *option,
    const char *name, size_t len);
static int ngx_shop_options_has_value(const ngx_shop_options_entry_t *option);
static int ngx_shop_options_is_one(const ngx_shop_options_entry_t *table,
    const char *text);
static int ngx_shop_options_instead(const ngx_shop_options_given_t *given,
    const char *text);
static int ngx_shop_options_add(ngx_shop_options_t *o,
    const ngx_shop_options_entry_t *table, ngx_shop_options_given_t *given);
static int ngx_shop_options_unknown(const ngx_shop_options_t *o,
    const ngx_shop_options_entry_t *table, const char *name, int len);


int
ngx_shop_options_parse(ngx_shop_options_t *o, const char *command,
    const ngx_shop_options_entry_t *table, int argc, char **argv)
{
    int                       i, end;
    const char               *p;
    ngx_shop_options_given_t  given;

    memset(o, 0, sizeof(ngx_shop_options_t));
    o->command = command;

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
            && ngx_shop_options_has_value(given.option)
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
    const ngx_shop_options_entry_t  *option, *of;

    for (option = table; option->name; option++) {

        if (option->type != NGX_SHOP_OPTIONS_WITHOUT) {

            if (ngx_shop_options_named(option, name, (size_t) len)) {
                return option;
            }

            continue;
        }

        for (of = table; of < option && len > 3; of++) {
            if (memcmp(name, "no-", 3) == 0
                && of->type != NGX_SHOP_OPTIONS_SWITCH
                && ngx_shop_options_named(of, name + 3, (size_t) len - 3))
            {
                return option;
            }
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


static int
ngx_shop_options_named(const ngx_shop_options_entry_t *option,
    const char *name, size_t len)
{
    size_t  n;

    n = strlen(option->name);

    return len >= n && memcmp(option->name, name, n) == 0
           && option->type != NGX_SHOP_OPTIONS_LANGUAGE
           && (len == n
               || ((option->type == NGX_SHOP_OPTIONS_DOTTED
                    || option->type == NGX_SHOP_OPTIONS_DOTTED_LIST)
                   && name[n] == '.'));
}


static int
ngx_shop_options_has_value(const ngx_shop_options_entry_t *option)
{
    return option->type != NGX_SHOP_OPTIONS_SWITCH
           && option->type != NGX_SHOP_OPTIONS_WITHOUT;
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
        return ngx_shop_options_unknown(o, table, given->name, given->len);
    }

    if (!ngx_shop_options_has_value(given->option)) {

        if (given->value) {
            (void) ngx_shop_say_error("--%.*s takes no value",
                                      given->len, given->name);
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
ngx_shop_options_unknown(const ngx_shop_options_t *o,
    const ngx_shop_options_entry_t *table, const char *name, int len)
{
    ngx_shop_near_t                  near;
    const ngx_shop_options_entry_t  *option;

    memset(&near, 0, sizeof(ngx_shop_near_t));

    for (option = table; option->name; option++) {
        if (option->type != NGX_SHOP_OPTIONS_WITHOUT) {
            ngx_shop_near_try(&near, name, (size_t) len, option->name);
        }
    }

    if (near.word) {
        (void) ngx_shop_say_error("unknown option \"%.*s\", did you mean "
                                  "--%s? all of them: shopctl help %s",
                                  len, name, near.word, o->command);
        return NGX_SHOP_ERROR;
    }

    fputs("shopctl: unknown option \"", stderr);
    fputs(ngx_shop_say_name(name), stderr);
    fputs("\", known are:", stderr);

    for (option = table; option->name; option++) {
        fprintf(stderr, " --%s%s", option->name,
                option->type == NGX_SHOP_OPTIONS_WITHOUT ? "KEY" : "");
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
                    option->value
                    && option->type != NGX_SHOP_OPTIONS_WITHOUT ? " " : "",
                    option->value ? option->value : "");
        fprintf(out, "%*s%s\n", n < 26 ? 26 - n : 1, "", option->help);
    }
}


void
ngx_shop_options_list(FILE *out, const ngx_shop_options_entry_t *table)
{
    const ngx_shop_options_entry_t  *option, *of;

    for (option = table; option->name; option++) {

        /* a name of its own is that of each language */

        if (option->type == NGX_SHOP_OPTIONS_LANGUAGE) {
            continue;
        }

        if (option->type != NGX_SHOP_OPTIONS_WITHOUT) {
            fprintf(out, "--%s\t%s\t%s\n", option->name,
                    option->value ? option->value : "", option->help);
            continue;
        }

        for (of = table; of < option; of++) {
            if (of->type != NGX_SHOP_OPTIONS_SWITCH
                && of->type != NGX_SHOP_OPTIONS_LANGUAGE)
            {
                fprintf(out, "--no-%s\t\twithout \"%s\"\n", of->name,
                        of->name);
            }
        }
    }
}
