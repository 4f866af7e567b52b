
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What shopctl doctor found, as one screen or as JSON.
 */


#include <time.h>

#include "ctl/doctor_inside.h"
#include "ctl/jsonout.h"
#include "ctl/near.h"


#define NGX_SHOP_DOCTOR_TOLD_MAX  256


typedef enum {
    NGX_SHOP_DOCTOR_TOLD_FACT = 0,
    NGX_SHOP_DOCTOR_TOLD_FINDING,
    NGX_SHOP_DOCTOR_TOLD_WRITE,
    NGX_SHOP_DOCTOR_TOLD_UNSEEN,
    NGX_SHOP_DOCTOR_TOLD_N
} ngx_shop_doctor_told_e;


typedef struct {
    ngx_shop_doctor_told_e  kind;
    const char             *name;
    const char             *where;     /* NULL: no place */
    const char             *text;
    const char             *type;
} ngx_shop_doctor_told_t;


static int ngx_shop_doctor_told_known(const char *name);
static int ngx_shop_doctor_told_excepted(const char *name);
static ngx_shop_doctor_told_t *ngx_shop_doctor_told_add(
    ngx_shop_doctor_told_e kind, const char *name, const char *text);
static void ngx_shop_doctor_told_screen(void);
static void ngx_shop_doctor_told_line(unsigned number,
    const ngx_shop_doctor_told_t *told);
static void ngx_shop_doctor_told_put(const char *text);
static void ngx_shop_doctor_told_json(void);
static void ngx_shop_doctor_told_member(ngx_shop_emit_t *e,
    const ngx_shop_doctor_told_t *told);


/* the findings, in the order of docs/operations.md */
static const char  *ngx_shop_doctor_told_names[] = {
    "module", "configuration", "warning", "upgrade", "running",
    "flag-directory", "flag-rights", "inotify", "descriptors",
    "next-upstream", "unequal", "unchecked", "error-page", "callback",
    "static-probe", "private-tmp", "runtime-directory", "protect-system",
    "selinux"
};

static unsigned                   ngx_shop_doctor_told_n;
static unsigned                   ngx_shop_doctor_told_lost;
static unsigned                   ngx_shop_doctor_told_meant;
static ngx_shop_doctor_told_t     ngx_shop_doctor_told_all[
                                      NGX_SHOP_DOCTOR_TOLD_MAX];
static const ngx_shop_options_t  *ngx_shop_doctor_told_options;


int
ngx_shop_doctor_told_begin(const ngx_shop_options_t *o)
{
    unsigned         i, k;
    ngx_shop_near_t  near;

    ngx_shop_doctor_told_options = o;

    for (i = 0; i < o->ngiven; i++) {

        if (strcmp(o->given[i].option->name, "except") != 0
            || ngx_shop_doctor_told_known(o->given[i].value))
        {
            continue;
        }

        memset(&near, 0, sizeof(ngx_shop_near_t));

        for (k = 0; k < sizeof(ngx_shop_doctor_told_names)
                        / sizeof(ngx_shop_doctor_told_names[0]); k++)
        {
            ngx_shop_near_try(&near, o->given[i].value,
                              strlen(o->given[i].value),
                              ngx_shop_doctor_told_names[k]);
        }

        (void) ngx_shop_say_error("no finding is called \"%s\"%s%s; their "
                                  "names stand before them, and in the "
                                  "manual page", o->given[i].value,
                                  near.word ? ", did you mean " : "",
                                  near.word ? near.word : "");
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_doctor_told_known(const char *name)
{
    unsigned  i;

    for (i = 0; i < sizeof(ngx_shop_doctor_told_names)
                    / sizeof(ngx_shop_doctor_told_names[0]); i++)
    {
        if (strcmp(name, ngx_shop_doctor_told_names[i]) == 0) {
            return 1;
        }
    }

    return 0;
}


static int
ngx_shop_doctor_told_excepted(const char *name)
{
    unsigned                   i;
    const ngx_shop_options_t  *o = ngx_shop_doctor_told_options;

    for (i = 0; i < o->ngiven; i++) {
        if (strcmp(o->given[i].option->name, "except") == 0
            && strcmp(o->given[i].value, name) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_shop_doctor_told_t *
ngx_shop_doctor_told_add(ngx_shop_doctor_told_e kind, const char *name,
    const char *text)
{
    ngx_shop_doctor_told_t         *told;
    static ngx_shop_doctor_told_t   lost;

    if (ngx_shop_doctor_told_n == NGX_SHOP_DOCTOR_TOLD_MAX) {
        ngx_shop_doctor_told_lost++;
        told = &lost;

    } else {
        told = &ngx_shop_doctor_told_all[ngx_shop_doctor_told_n++];
    }

    told->kind = kind;
    told->name = name;
    told->text = text;

    return told;
}


void
ngx_shop_doctor_told_fact(const char *key, const char *text)
{
    (void) ngx_shop_doctor_told_add(NGX_SHOP_DOCTOR_TOLD_FACT, key, text);
}


void
ngx_shop_doctor_told_unseen(const char *name, const char *text)
{
    (void) ngx_shop_doctor_told_add(NGX_SHOP_DOCTOR_TOLD_UNSEEN, name, text);
}


void
ngx_shop_doctor_told_write(const char *where, const char *line)
{
    unsigned                 i;
    ngx_shop_doctor_told_t  *told;

    for (i = 0; i < ngx_shop_doctor_told_n; i++) {
        told = &ngx_shop_doctor_told_all[i];

        if (told->kind == NGX_SHOP_DOCTOR_TOLD_WRITE
            && strcmp(told->name, where) == 0
            && strcmp(told->text, line) == 0)
        {
            return;
        }
    }

    (void) ngx_shop_doctor_told_add(NGX_SHOP_DOCTOR_TOLD_WRITE, where, line);
}


void
ngx_shop_doctor_told_finding(const char *name,
    const ngx_shop_doctor_node_t *node, const char *text, const char *type)
{
    unsigned                 i;
    ngx_shop_doctor_told_t  *told;

    if (ngx_shop_doctor_told_excepted(name)) {
        ngx_shop_doctor_told_meant++;
        return;
    }

    for (i = 0; i < ngx_shop_doctor_told_n; i++) {
        told = &ngx_shop_doctor_told_all[i];

        if (told->kind == NGX_SHOP_DOCTOR_TOLD_FINDING
            && strcmp(told->text, text) == 0)
        {
            return;
        }
    }

    told = ngx_shop_doctor_told_add(NGX_SHOP_DOCTOR_TOLD_FINDING, name, text);
    told->type = type;

    if (node && node->file) {
        told->where = ngx_shop_doctor_room_print("%s:%u", node->file,
                                                 node->line);
    }
}


int
ngx_shop_doctor_told_end(int json)
{
    unsigned  i;

    if (json) {
        ngx_shop_doctor_told_json();

    } else {
        ngx_shop_doctor_told_screen();
    }

    for (i = 0; i < ngx_shop_doctor_told_n; i++) {
        if (ngx_shop_doctor_told_all[i].kind == NGX_SHOP_DOCTOR_TOLD_FINDING) {
            return NGX_SHOP_SAY_NO;
        }
    }

    return NGX_SHOP_SAY_YES;
}


static void
ngx_shop_doctor_told_screen(void)
{
    unsigned                       i, kind, n, seen;
    const ngx_shop_doctor_told_t  *told;

    static const char  *title[] = {
        "", "to mend:", "to write:", "not looked at:"
    };

    for (kind = 0, seen = 0; kind < NGX_SHOP_DOCTOR_TOLD_N; kind++) {

        for (i = 0, n = 0; i < ngx_shop_doctor_told_n; i++) {
            n += ngx_shop_doctor_told_all[i].kind == kind;
        }

        seen += kind == NGX_SHOP_DOCTOR_TOLD_FINDING ? n : 0;

        if (n && kind) {
            printf("\n%s\n\n", title[kind]);
        }

        for (i = 0, n = 0; i < ngx_shop_doctor_told_n; i++) {
            told = &ngx_shop_doctor_told_all[i];

            if (told->kind == kind) {
                ngx_shop_doctor_told_line(++n, told);
            }
        }
    }

    if (ngx_shop_doctor_told_lost) {
        printf("\nand %u more\n", ngx_shop_doctor_told_lost);
    }

    if (ngx_shop_doctor_told_meant) {
        printf("\nleft out by --except: %u\n", ngx_shop_doctor_told_meant);
    }

    if (seen == 0) {
        puts("\nnothing to mend was found");
    }
}


static void
ngx_shop_doctor_told_line(unsigned number, const ngx_shop_doctor_told_t *told)
{
    switch (told->kind) {

    case NGX_SHOP_DOCTOR_TOLD_FACT:
        printf("%-9s ", told->name);
        ngx_shop_doctor_told_put(told->text);
        break;

    case NGX_SHOP_DOCTOR_TOLD_FINDING:
        printf("%2u  %s: ", number, told->name);
        ngx_shop_doctor_told_put(told->text);

        if (told->where) {
            fputs("\n    in ", stdout);
            ngx_shop_doctor_told_put(told->where);
        }

        fputs("\n        ", stdout);
        ngx_shop_doctor_told_put(told->type);
        break;

    case NGX_SHOP_DOCTOR_TOLD_WRITE:
        fputs("    ", stdout);
        ngx_shop_doctor_told_put(told->text);
        fputs("\n        ", stdout);
        ngx_shop_doctor_told_put(told->name);
        break;

    default:
        printf("    %s: ", told->name);
        ngx_shop_doctor_told_put(told->text);
    }

    putchar('\n');
}


static void
ngx_shop_doctor_told_put(const char *text)
{
    fputs(ngx_shop_say_name(text), stdout);
}


static void
ngx_shop_doctor_told_json(void)
{
    unsigned         i, kind;
    ngx_shop_emit_t  e;

    static const char  *list[] = { "facts", "findings", "write", "unseen" };

    ngx_shop_jsonout_begin(&e, "doctor", (int64_t) time(NULL));

    for (kind = 0; kind < NGX_SHOP_DOCTOR_TOLD_N; kind++) {
        ngx_shop_emit_array(&e, list[kind]);

        for (i = 0; i < ngx_shop_doctor_told_n; i++) {
            if (ngx_shop_doctor_told_all[i].kind == kind) {
                ngx_shop_doctor_told_member(&e, &ngx_shop_doctor_told_all[i]);
            }
        }

        ngx_shop_emit_close(&e, ']');
    }

    ngx_shop_emit_int(&e, "excepted", ngx_shop_doctor_told_meant);
    ngx_shop_jsonout_end(&e);
}


static void
ngx_shop_doctor_told_member(ngx_shop_emit_t *e,
    const ngx_shop_doctor_told_t *told)
{
    ngx_shop_emit_object(e, NULL);

    if (told->kind == NGX_SHOP_DOCTOR_TOLD_WRITE) {
        ngx_shop_emit_cstr(e, "where", told->name);
        ngx_shop_emit_cstr(e, "line", told->text);

    } else {
        ngx_shop_emit_cstr(e, "name", told->name);
        ngx_shop_emit_cstr(e, "text", told->text);
    }

    if (told->kind == NGX_SHOP_DOCTOR_TOLD_FINDING) {
        if (told->where) {
            ngx_shop_emit_cstr(e, "where", told->where);

        } else {
            ngx_shop_emit_null(e, "where");
        }

        ngx_shop_emit_cstr(e, "type", told->type);
    }

    ngx_shop_emit_close(e, '}');
}
