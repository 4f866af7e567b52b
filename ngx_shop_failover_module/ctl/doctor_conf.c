
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The configuration of nginx as a tree of directives.  Knows its syntax and
 * "include", and no other directive.
 */


#include <fnmatch.h>
#include <glob.h>
#include <stdlib.h>

#include "ctl/doctor_inside.h"
#include "ctl/infile.h"


#define NGX_SHOP_DOCTOR_CONF_FILE   (1024 * 1024)
#define NGX_SHOP_DOCTOR_CONF_ARGS   512
#define NGX_SHOP_DOCTOR_CONF_DEPTH  16
#define NGX_SHOP_DOCTOR_CONF_WORD   4096     /* as a line of nginx's */

#define NGX_SHOP_DOCTOR_CONF_MARK   "# configuration file "


/* where the reader is; end is one of ";{}", or 0 at the end of the text */
typedef struct {
    const char   *file;
    const char   *pos;
    const char   *last;
    unsigned      line;
    unsigned      depth;
    unsigned      first;                /* line of the directive */
    unsigned      nargs;
    const char   *args[NGX_SHOP_DOCTOR_CONF_ARGS];
} ngx_shop_doctor_conf_at_t;


static ngx_shop_doctor_text_t *ngx_shop_doctor_conf_add(ngx_shop_doctor_t *d,
    const char *path, const char *text, size_t len);
static int ngx_shop_doctor_conf_file(ngx_shop_doctor_t *d, const char *path,
    ngx_shop_doctor_node_t *into, unsigned depth);
static ngx_shop_str_t *ngx_shop_doctor_conf_text(ngx_shop_doctor_t *d,
    const char *path);
static void ngx_shop_doctor_conf_block(ngx_shop_doctor_t *d,
    ngx_shop_doctor_conf_at_t *at, ngx_shop_doctor_node_t *into);
static int ngx_shop_doctor_conf_directive(ngx_shop_doctor_conf_at_t *at);
static void ngx_shop_doctor_conf_space(ngx_shop_doctor_conf_at_t *at);
static void ngx_shop_doctor_conf_word(ngx_shop_doctor_conf_at_t *at);
static void ngx_shop_doctor_conf_raw(ngx_shop_doctor_conf_at_t *at);
static ngx_shop_doctor_node_t *ngx_shop_doctor_conf_node(
    ngx_shop_doctor_conf_at_t *at, ngx_shop_doctor_node_t *into);
static void ngx_shop_doctor_conf_include(ngx_shop_doctor_t *d,
    ngx_shop_doctor_conf_at_t *at, ngx_shop_doctor_node_t *into);


/*
 * "nginx -T": each file behind a line with its name.  A file in whose comments
 * such a line stands, too, ends there: that costs what is behind it.
 */

void
ngx_shop_doctor_conf_keep(ngx_shop_doctor_t *d, const char *dump)
{
    const char  *p, *next, *path, *text;
    size_t       n;

    n = sizeof(NGX_SHOP_DOCTOR_CONF_MARK) - 1;
    p = strstr(dump, NGX_SHOP_DOCTOR_CONF_MARK);

    while (p) {
        path = p + n;
        text = strchr(path, '\n');

        if (text == NULL) {
            return;
        }

        next = strstr(text, "\n" NGX_SHOP_DOCTOR_CONF_MARK);

        (void) ngx_shop_doctor_conf_add(d,
                   ngx_shop_doctor_room_piece(path, ":\n"), text + 1,
                   next ? (size_t) (next - text)
                        : strlen(text + 1));

        p = next ? next + 1 : NULL;
    }
}


static ngx_shop_doctor_text_t *
ngx_shop_doctor_conf_add(ngx_shop_doctor_t *d, const char *path,
    const char *text, size_t len)
{
    ngx_shop_doctor_text_t  *file, **at;

    file = ngx_shop_doctor_room(sizeof(ngx_shop_doctor_text_t));

    file->path = path;
    file->text.data = (const unsigned char *) text;
    file->text.len = len;

    for (at = &d->texts; *at; at = &(*at)->next) { /* void */ }

    *at = file;

    return file;
}


int
ngx_shop_doctor_conf_read(ngx_shop_doctor_t *d)
{
    return ngx_shop_doctor_conf_file(d, d->conf, &d->tree, 0);
}


static int
ngx_shop_doctor_conf_file(ngx_shop_doctor_t *d, const char *path,
    ngx_shop_doctor_node_t *into, unsigned depth)
{
    ngx_shop_str_t             *text;
    ngx_shop_doctor_conf_at_t  *at;

    text = ngx_shop_doctor_conf_text(d, path);

    if (text == NULL) {
        return NGX_SHOP_ERROR;
    }

    at = ngx_shop_doctor_room(sizeof(ngx_shop_doctor_conf_at_t));

    at->file = path;
    at->pos = (const char *) text->data;
    at->last = at->pos + text->len;
    at->line = 1;
    at->depth = depth;

    /* a "}" too many ends no file */

    while (at->pos < at->last) {
        ngx_shop_doctor_conf_block(d, at, into);
    }

    return NGX_SHOP_OK;
}


static ngx_shop_str_t *
ngx_shop_doctor_conf_text(ngx_shop_doctor_t *d, const char *path)
{
    char                    *data;
    ssize_t                  n;
    struct stat              sb;
    ngx_shop_doctor_text_t  *file;

    for (file = d->texts; file; file = file->next) {
        if (strcmp(file->path, path) == 0) {
            return &file->text;
        }
    }

    if (d->good) {
        return NULL;
    }

    data = ngx_shop_doctor_room(NGX_SHOP_DOCTOR_CONF_FILE);
    n = ngx_shop_infile_read(path, (unsigned char *) data,
                             NGX_SHOP_DOCTOR_CONF_FILE, &sb);

    if (n < 0) {
        ngx_shop_doctor_told_unseen("configuration",
            ngx_shop_doctor_room_print("%s, which cannot be read by this "
                                       "user", path));
        return NULL;
    }

    file = ngx_shop_doctor_room(sizeof(ngx_shop_doctor_text_t));
    file->text.data = (const unsigned char *) data;
    file->text.len = (size_t) n;

    return &file->text;
}


static void
ngx_shop_doctor_conf_block(ngx_shop_doctor_t *d,
    ngx_shop_doctor_conf_at_t *at, ngx_shop_doctor_node_t *into)
{
    int                      end;
    size_t                   len;
    ngx_shop_doctor_node_t  *node;

    for ( ;; ) {

        end = ngx_shop_doctor_conf_directive(at);

        if (at->nargs && end != '{'
            && strcmp(at->args[0], "include") == 0)
        {
            ngx_shop_doctor_conf_include(d, at, into);

        } else if (at->nargs) {
            node = ngx_shop_doctor_conf_node(at, into);
            len = strlen(node->args[0]);

            if (end == '{' && len > 6
                && strcmp(node->args[0] + len - 6, "_block") == 0)
            {
                ngx_shop_doctor_conf_raw(at);

            } else if (end == '{') {
                ngx_shop_doctor_conf_block(d, at, node);
            }
        }

        if (end == 0 || end == '}') {
            return;
        }
    }
}


/* the words up to ";", "{" or "}"; 0 at the end of the text */

static int
ngx_shop_doctor_conf_directive(ngx_shop_doctor_conf_at_t *at)
{
    at->nargs = 0;

    for ( ;; ) {

        ngx_shop_doctor_conf_space(at);

        if (at->pos >= at->last) {
            return 0;
        }

        if (at->nargs == 0) {
            at->first = at->line;
        }

        if (strchr(";{}", *at->pos)) {
            return *at->pos++;
        }

        ngx_shop_doctor_conf_word(at);
    }
}


static void
ngx_shop_doctor_conf_space(ngx_shop_doctor_conf_at_t *at)
{
    for ( /* void */ ; at->pos < at->last; at->pos++) {

        if (*at->pos == '#') {
            while (at->pos < at->last && *at->pos != '\n') {
                at->pos++;
            }

            if (at->pos == at->last) {
                return;
            }
        }

        if (*at->pos == '\n') {
            at->line++;

        } else if (*at->pos != ' ' && *at->pos != '\t' && *at->pos != '\r') {
            return;
        }
    }
}


/* as ngx_conf_read_token(): "${a}" is a part of a word */

static void
ngx_shop_doctor_conf_word(ngx_shop_doctor_conf_at_t *at)
{
    int          quote, escaped;
    char        *p;
    const char  *from;
    static char  word[NGX_SHOP_DOCTOR_CONF_WORD];

    quote = (*at->pos == '"' || *at->pos == '\'') ? *at->pos++ : 0;

    p = word;

    for (from = at->pos; at->pos < at->last; at->pos++) {

        escaped = *at->pos == '\\' && at->pos + 1 < at->last
                  && (at->pos[1] == '"' || at->pos[1] == '\''
                      || at->pos[1] == '\\');

        if (escaped) {
            at->pos++;

        } else if (quote ? *at->pos == quote
                   : (strchr(" \t\r\n;", *at->pos)
                      || (*at->pos == '{'
                          && (at->pos == from || at->pos[-1] != '$'))))
        {
            break;
        }

        at->line += *at->pos == '\n';

        if (p < word + sizeof(word) - 1) {
            *p++ = *at->pos;
        }
    }

    *p = '\0';

    at->pos += quote && at->pos < at->last;

    if (at->nargs < NGX_SHOP_DOCTOR_CONF_ARGS) {
        at->args[at->nargs++] = ngx_shop_doctor_room_print("%s", word);
    }
}


/* another language: up to the "}" that ends it */

static void
ngx_shop_doctor_conf_raw(ngx_shop_doctor_conf_at_t *at)
{
    unsigned  depth;

    for (depth = 1; at->pos < at->last && depth; at->pos++) {
        depth += *at->pos == '{';
        depth -= *at->pos == '}';
        at->line += *at->pos == '\n';
    }
}


static ngx_shop_doctor_node_t *
ngx_shop_doctor_conf_node(ngx_shop_doctor_conf_at_t *at,
    ngx_shop_doctor_node_t *into)
{
    ngx_shop_doctor_node_t  *node;

    node = ngx_shop_doctor_room(sizeof(ngx_shop_doctor_node_t));

    node->file = at->file;
    node->line = at->first;
    node->nargs = at->nargs;
    node->args = ngx_shop_doctor_room(at->nargs * sizeof(char *));
    memcpy(node->args, at->args, at->nargs * sizeof(char *));
    node->parent = into;

    if (into->last) {
        into->last->next = node;

    } else {
        into->child = node;
    }

    into->last = node;

    return node;
}


static void
ngx_shop_doctor_conf_include(ngx_shop_doctor_t *d,
    ngx_shop_doctor_conf_at_t *at, ngx_shop_doctor_node_t *into)
{
    size_t                   i;
    glob_t                   found;
    const char              *path, *slash;
    ngx_shop_doctor_text_t  *file;

    if (at->nargs < 2 || at->depth == NGX_SHOP_DOCTOR_CONF_DEPTH) {
        return;
    }

    path = at->args[1];
    slash = strrchr(d->conf, '/');

    if (*path != '/') {
        path = ngx_shop_doctor_room_print("%.*s%s",
                   (int) (slash ? slash + 1 - d->conf : 0), d->conf, path);
    }

    if (d->good) {
        for (file = d->texts; file; file = file->next) {
            if (fnmatch(path, file->path, FNM_PATHNAME|FNM_PERIOD) == 0) {
                (void) ngx_shop_doctor_conf_file(d, file->path, into,
                                                 at->depth + 1);
            }
        }

        return;
    }

    if (glob(path, 0, NULL, &found) != 0) {
        return;
    }

    for (i = 0; i < found.gl_pathc; i++) {
        (void) ngx_shop_doctor_conf_file(d,
                   ngx_shop_doctor_room_print("%s", found.gl_pathv[i]), into,
                   at->depth + 1);
    }

    globfree(&found);
}
