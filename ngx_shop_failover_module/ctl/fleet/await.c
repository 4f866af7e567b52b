
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Waits for the nodes of a fleet.
 */


#include <stdlib.h>

#include "ctl/fleet/await.h"
#include "ctl/fleet/pulse.h"
#include "ctl/jsonout.h"
#include "logic/flag/flag.h"


static void ngx_shop_await_visit(void *data,
    const ngx_shop_engine_node_t *node);
static int ngx_shop_await_later(ngx_shop_await_t *a);
static int ngx_shop_await_flag(ngx_shop_await_t *a,
    const ngx_shop_nodeline_t *line, char *why, size_t size);
static int ngx_shop_await_order(const ngx_shop_await_t *a,
    const ngx_shop_nodeline_t *line, char *why, size_t size);
static int ngx_shop_await_say(ngx_shop_await_t *a, int64_t passed);
static void ngx_shop_await_json(ngx_shop_await_t *a, int64_t passed);


static ngx_shop_await_node_t   ngx_shop_await_nodes[NGX_SHOP_AWAIT_NODES];
static ngx_shop_nodeline_t     ngx_shop_await_line;
static ngx_shop_flag_notice_t  ngx_shop_await_notice;


int
ngx_shop_await_options(ngx_shop_await_t *a, const ngx_shop_options_t *o)
{
    char        *end;
    long         n;
    const char  *text;

    a->nodes = ngx_shop_await_nodes;
    a->wait = NGX_SHOP_AWAIT_WAIT;
    a->json = ngx_shop_options_get(o, "json") != NULL;
    text = ngx_shop_options_get(o, "wait");

    if (text == NULL) {
        return NGX_SHOP_OK;
    }

    n = strtol(text, &end, 10);

    if (n < 0 || n > 3600 || end == text
        || (strcmp(end, "s") != 0 && strcmp(end, "m") != 0))
    {
        (void) ngx_shop_say_error("invalid --wait \"%s\": expected a length "
                                  "such as 5s or 1m", text);
        return NGX_SHOP_ERROR;
    }

    a->wait = (int64_t) n * (*end == 'm' ? 60000 : 1000);

    return NGX_SHOP_OK;
}


int
ngx_shop_await_look(ngx_shop_await_t *a)
{
    unsigned  i, hope;

    a->nnodes = 0;
    a->ndone = 0;
    a->later = 0;

    if (a->engine->ops->nodes(a->engine, ngx_shop_await_visit, a)
        != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    hope = 0;

    for (i = 0; i < a->nnodes; i++) {
        a->ndone += a->nodes[i].done;
        hope += !a->nodes[i].done && !a->nodes[i].away
                && !a->nodes[i].refused;
    }

    return a->nnodes && a->ndone == a->nnodes ? NGX_SHOP_OK
           : hope ? NGX_SHOP_AGAIN : NGX_SHOP_DECLINED;
}


int
ngx_shop_await_all(ngx_shop_await_t *a)
{
    int      rc;
    int64_t  passed;

    for ( ;; ) {
        rc = ngx_shop_await_look(a);
        passed = ngx_shop_pulse_msec() - a->began;

        if (rc == NGX_SHOP_OK || rc == NGX_SHOP_DECLINED
            || passed >= a->wait
            || (rc == NGX_SHOP_AGAIN && a->later && !ngx_shop_await_later(a)))
        {
            break;
        }

        /* the engine may be away for a moment only */

        ngx_shop_pulse_sleep(passed < 500 ? 5 : passed < 2000 ? 20 : 100);
    }

    if (rc == NGX_SHOP_ERROR) {
        (void) ngx_shop_say_error("it is written, and then the engine went "
                                  "away: who has seen it is not known: %s",
                                  a->engine->error);
    }

    return ngx_shop_await_say(a, passed);
}


static void
ngx_shop_await_visit(void *data, const ngx_shop_engine_node_t *node)
{
    ngx_shop_await_t       *a = data;
    ngx_shop_await_node_t  *n;

    if (a->nnodes == NGX_SHOP_AWAIT_NODES) {
        return;
    }

    n = &a->nodes[a->nnodes++];

    (void) snprintf(n->name, sizeof(n->name), "%s",
                    ngx_shop_say_name(node->name));
    n->away = node->away;
    n->done = 0;
    n->refused = 0;

    if (node->away) {
        (void) strcpy(n->why, "away: it does not report");
        return;
    }

    if (ngx_shop_nodeline_parse(&ngx_shop_await_line, &node->line)
        != NGX_SHOP_OK)
    {
        (void) strcpy(n->why, "what it reports cannot be read");
        return;
    }

    n->refused = a->sum == NULL && ngx_shop_await_line.refused == a->revision;
    n->done = a->sum ? ngx_shop_await_flag(a, &ngx_shop_await_line, n->why,
                                           sizeof(n->why))
                       != 0
                     : ngx_shop_await_order(a, &ngx_shop_await_line, n->why,
                                            sizeof(n->why))
                       != 0;
}


/*
 * Another operator was right behind: what was written here is in what that one
 * wrote, which is what the nodes are to have.  0: it was taken back instead.
 */

static int
ngx_shop_await_later(ngx_shop_await_t *a)
{
    int64_t                   now;
    ngx_shop_engine_value_t  *flag = &a->engine->value[NGX_SHOP_ENGINE_FLAG];

    if (a->engine->ops->read(a->engine) != NGX_SHOP_OK) {
        return 1;
    }

    if (!flag->there || a->sum[0] == '\0') {
        return flag->there == (a->sum[0] != '\0');
    }

    now = ngx_shop_pulse_wall() / 1000;
    ngx_shop_flag_parse(&ngx_shop_await_notice, NULL, flag->data,
                        flag->size > NGX_SHOP_FLAG_MAX_SIZE
                        ? NGX_SHOP_FLAG_MAX_SIZE : flag->size, now, now);
    (void) snprintf(a->newer, sizeof(a->newer), "%016llx",
                    (unsigned long long)
                    ngx_shop_flag_sum(&ngx_shop_await_notice));
    a->sum = a->newer;

    return 1;
}


static int
ngx_shop_await_flag(ngx_shop_await_t *a, const ngx_shop_nodeline_t *line,
    char *why, size_t size)
{
    int  same;

    same = strcmp(line->sum, a->sum) == 0;
    a->later |= line->revision > a->revision && !same;

    if (line->revision >= a->revision && same
        && !(a->sum[0] == '\0' && line->other))
    {
        (void) snprintf(why, size, "%s", line->trouble);
        return 1;
    }

    (void) snprintf(why, size, "%s", line->trouble[0] ? line->trouble
                    : line->other && a->sum[0] == '\0'
                      ? "open for the fleet, but a file of its own still "
                        "counts there"
                    : line->other ? "another file speaks there"
                    : line->revision > a->revision && !same
                      ? "somebody has changed the flag since"
                      : "it has not said that its nginx has seen it");

    return 0;
}


static int
ngx_shop_await_order(const ngx_shop_await_t *a,
    const ngx_shop_nodeline_t *line, char *why, size_t size)
{
    if (line->refused == a->revision) {
        (void) snprintf(why, size, "its nginx refused: %s", line->why);
        return 0;
    }

    if (line->orders >= a->revision) {
        why[0] = '\0';
        return 1;
    }

    (void) snprintf(why, size, "%s", line->why[0] ? line->why
                    : line->trouble[0] ? line->trouble
                    : "it has not said that it is done");

    return 0;
}


static int
ngx_shop_await_say(ngx_shop_await_t *a, int64_t passed)
{
    unsigned  i;

    if (a->json) {
        ngx_shop_await_json(a, passed);
        return a->nnodes && a->ndone == a->nnodes ? NGX_SHOP_SAY_YES
                                                  : NGX_SHOP_SAY_NO;
    }

    if (a->nnodes == 0) {
        printf("%s on no node: nobody has reported to this engine yet; start "
               "\"shopctl fleet follow\" beside each nginx\n", a->word);
        return NGX_SHOP_SAY_NO;
    }

    printf("%s on %u of %u after %ld.%02ld s\n", a->word, a->ndone, a->nnodes,
           (long) (passed / 1000), (long) (passed % 1000 / 10));

    for (i = 0; i < a->nnodes; i++) {
        if (!a->nodes[i].done || a->nodes[i].why[0]) {
            printf("  %s: %s\n", a->nodes[i].name, a->nodes[i].why);
        }
    }

    return a->ndone == a->nnodes ? NGX_SHOP_SAY_YES : NGX_SHOP_SAY_NO;
}


static void
ngx_shop_await_json(ngx_shop_await_t *a, int64_t passed)
{
    char             command[32];
    unsigned         i;
    ngx_shop_emit_t  e;

    (void) snprintf(command, sizeof(command), "fleet %s", a->command);
    ngx_shop_jsonout_begin(&e, command, ngx_shop_pulse_wall() / 1000);
    ngx_shop_emit_cstr(&e, "word", a->word);
    ngx_shop_emit_int(&e, "revision", a->revision);
    ngx_shop_emit_int(&e, "milliseconds", passed);
    ngx_shop_emit_int(&e, "done", (int64_t) a->ndone);
    ngx_shop_emit_array(&e, "nodes");

    for (i = 0; i < a->nnodes; i++) {
        ngx_shop_emit_object(&e, NULL);
        ngx_shop_emit_cstr(&e, "name", a->nodes[i].name);
        ngx_shop_emit_bool(&e, "done", (int) a->nodes[i].done);
        ngx_shop_emit_bool(&e, "away", (int) a->nodes[i].away);
        ngx_shop_emit_cstr(&e, "why", a->nodes[i].why);
        ngx_shop_emit_close(&e, '}');
    }

    ngx_shop_emit_close(&e, ']');
    ngx_shop_jsonout_end(&e);
}
