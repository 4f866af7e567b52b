
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of shopctl doctor share.  What they allocate is kept until the
 * program ends.
 */


#ifndef _NGX_SHOP_DOCTOR_INSIDE_H_INCLUDED_
#define _NGX_SHOP_DOCTOR_INSIDE_H_INCLUDED_


#include "ctl/options.h"


#define NGX_SHOP_DOCTOR_MODULE  "ngx_shop_failover_module.so"

/* where a shop has its flag, unless its configuration says otherwise */
#define NGX_SHOP_DOCTOR_FLAG    "/run/shop/maintenance"


/* a directive, and what is in its block */
typedef struct ngx_shop_doctor_node_s  ngx_shop_doctor_node_t;

struct ngx_shop_doctor_node_s {
    const char              *file;
    unsigned                 line;
    unsigned                 told;      /* a finding names it already */
    unsigned                 nargs;     /* with the name */
    const char             **args;
    ngx_shop_doctor_node_t  *parent;
    ngx_shop_doctor_node_t  *child;     /* the first one */
    ngx_shop_doctor_node_t  *last;      /* child */
    ngx_shop_doctor_node_t  *next;
};


/* a file of the configuration */
typedef struct ngx_shop_doctor_text_s  ngx_shop_doctor_text_t;

struct ngx_shop_doctor_text_s {
    const char              *path;
    ngx_shop_str_t           text;
    ngx_shop_doctor_text_t  *next;
};


/* what a program said, and its exit code; 127: it is not there */
typedef struct {
    int                      code;
    char                    *out;
    char                    *err;
} ngx_shop_doctor_said_t;


typedef struct {
    const ngx_shop_options_t  *options;
    const char                *root;      /* "": of this machine */
    int                        before;
    const char                *nginx;     /* its path */
    const char                *built;     /* "nginx -V" */
    const char                *make;      /* "nginx/1.22.1" */
    const char                *conf;      /* path */
    const char                *prefix;    /* with "/" at the end */
    const char                *package;   /* of nginx, NULL: none */
    const char                *module;    /* path */
    const char                *owner;     /* its package, NULL: none */
    int                        loaded;    /* the configuration names it */
    int                        good;      /* nginx takes the configuration */
    int                        installed; /* and the module is there */
    const char                *user;      /* of the workers */
    ngx_shop_doctor_text_t    *texts;     /* as nginx read them, or none */
    ngx_shop_doctor_node_t     tree;
} ngx_shop_doctor_t;


/* all about a configuration's block, in order */
typedef void (*ngx_shop_doctor_visit_pt)(ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t *node);


/* doctor_room.c: memory, texts and files; never NULL */
void *ngx_shop_doctor_room(size_t size);
char *ngx_shop_doctor_room_print(const char *format, ...);
/* the piece up to one of these characters */
char *ngx_shop_doctor_room_piece(const char *text, const char *until);
/* the next line of a level in what nginx said, from *at on; NULL: none */
const char *ngx_shop_doctor_room_logged(const char **at, const char *level);
/* a small file below --root, NULL: there is none */
char *ngx_shop_doctor_room_file(const char *root, const char *path);
/* a number in it, or the other */
long ngx_shop_doctor_room_number(const char *root, const char *path,
    long other);


/* doctor_call.c: another program, with a deadline; argv ends with NULL */
void ngx_shop_doctor_call(ngx_shop_doctor_said_t *said,
    const char *const *argv);
/* whether there is one of this name */
int ngx_shop_doctor_call_knows(const char *name);


/* doctor_told.c: what was found */
#define NGX_SHOP_DOCTOR_TOLD_OPTION                                          \
    { "except", NGX_SHOP_OPTIONS_LIST, "NAME",                               \
      "a finding that is meant to be so; again for more" }

/* checks --except; OK, or ERROR after it was said */
int ngx_shop_doctor_told_begin(const ngx_shop_options_t *o);
/* a line about what is there: key, text */
void ngx_shop_doctor_told_fact(const char *key, const char *text);
/* a defect, once: its name, where it is written (or NULL), what to type */
void ngx_shop_doctor_told_finding(const char *name,
    const ngx_shop_doctor_node_t *node, const char *text, const char *type);
/* what could not be looked at, and why */
void ngx_shop_doctor_told_unseen(const char *name, const char *text);
/* a line for the configuration: where it belongs, what */
void ngx_shop_doctor_told_write(const char *where, const char *line);
/* shows it all; the exit code */
int ngx_shop_doctor_told_end(int json);


/* doctor_conf.c: the configuration as a tree; OK or ERROR: it has no file */
int ngx_shop_doctor_conf_read(ngx_shop_doctor_t *d);
/* keeps what "nginx -T" printed */
void ngx_shop_doctor_conf_keep(ngx_shop_doctor_t *d, const char *dump);

/* doctor_tree.c: looks at it */
int ngx_shop_doctor_tree_is(const ngx_shop_doctor_node_t *node,
    const char *name);
/* the first of its children that has this name; node->next goes on */
ngx_shop_doctor_node_t *ngx_shop_doctor_tree_child(
    const ngx_shop_doctor_node_t *node, const char *name);
ngx_shop_doctor_node_t *ngx_shop_doctor_tree_next(
    const ngx_shop_doctor_node_t *node);
/* what holds in this block: its own, else that of a block around it */
ngx_shop_doctor_node_t *ngx_shop_doctor_tree_holds(
    const ngx_shop_doctor_node_t *node, const char *name);
/* an argument, "": there is none */
const char *ngx_shop_doctor_tree_arg(const ngx_shop_doctor_node_t *node,
    unsigned n);
/* whether an argument is this; with "=" at its end: begins so */
const char *ngx_shop_doctor_tree_has(const ngx_shop_doctor_node_t *node,
    const char *arg);
/* an upstream of this name */
ngx_shop_doctor_node_t *ngx_shop_doctor_tree_upstream(
    const ngx_shop_doctor_t *d, const char *name);
/* that which a location's X_pass names, NULL: none */
ngx_shop_doctor_node_t *ngx_shop_doctor_tree_passed(
    const ngx_shop_doctor_t *d, const ngx_shop_doctor_node_t *pass);
int ngx_shop_doctor_tree_is_pass(const ngx_shop_doctor_node_t *node);
/* whether the flag closes here */
int ngx_shop_doctor_tree_closes(const ngx_shop_doctor_t *d,
    const ngx_shop_doctor_node_t *node);
void ngx_shop_doctor_tree_visit(ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t *node, ngx_shop_doctor_visit_pt visit);


/* the checks */
int ngx_shop_doctor_nginx_find(ngx_shop_doctor_t *d);
void ngx_shop_doctor_nginx_test(ngx_shop_doctor_t *d);
void ngx_shop_doctor_fits(ngx_shop_doctor_t *d);
void ngx_shop_doctor_upgrade(ngx_shop_doctor_t *d);
void ngx_shop_doctor_rights(ngx_shop_doctor_t *d);
void ngx_shop_doctor_limits(ngx_shop_doctor_t *d);
void ngx_shop_doctor_shop(ngx_shop_doctor_t *d);
void ngx_shop_doctor_equal(ngx_shop_doctor_t *d);
void ngx_shop_doctor_unit(ngx_shop_doctor_t *d);
void ngx_shop_doctor_label(ngx_shop_doctor_t *d);

/* of the unit: a setting's last word, NULL: none */
const char *ngx_shop_doctor_unit_setting(const ngx_shop_doctor_t *d,
    const char *name);
/* the paths of directives that the flag, the state and the events have */
const char *ngx_shop_doctor_path_next(const ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t **at, const char *name);
/* the directory that has to be there for a path */
const char *ngx_shop_doctor_path_dir(const char *path);
int ngx_shop_doctor_path_below(const char *path, const char *dir);


#endif /* _NGX_SHOP_DOCTOR_INSIDE_H_INCLUDED_ */
