
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A fleet on one screen: what differs comes last, where the eye ends.
 */


#include <stdio.h>

#include "ctl/fleet/overview.h"


/* s: clocks that differ by less are none to speak of */
#define NGX_SHOP_OVERVIEW_CLOCK  2


static void ngx_shop_overview_screen_node(const ngx_shop_overview_t *v,
    const ngx_shop_overview_node_t *n);
static void ngx_shop_overview_screen_sites(const ngx_shop_nodeline_t *line);
static void ngx_shop_overview_screen_doubts(const ngx_shop_overview_t *v,
    const ngx_shop_overview_node_t *n);
static void ngx_shop_overview_screen_server(const ngx_shop_overview_t *v,
    const ngx_shop_overview_server_t *s);


void
ngx_shop_overview_screen(const ngx_shop_overview_t *v)
{
    unsigned  i;

    printf("fleet: %s on %u of %u, by %s\n", v->word, v->nagree, v->nnodes,
           v->engine);

    if (v->status[0]) {
        printf("       \"%s\"\n", v->status);
    }

    if (v->nnodes == 0) {
        printf("\nno node has reported yet; start \"shopctl fleet follow\" "
               "beside each nginx\n");
        return;
    }

    printf("\n%-20s %-10s %-24s %s\n", "NODE", "FLAG", "SERVERS", "SITES");

    for (i = 0; i < v->nnodes; i++) {
        ngx_shop_overview_screen_node(v, &v->nodes[i]);
    }

    putchar('\n');

    for (i = 0; i < v->nnodes; i++) {
        ngx_shop_overview_screen_doubts(v, &v->nodes[i]);
    }

    for (i = 0; i < v->nservers; i++) {
        ngx_shop_overview_screen_server(v, &v->servers[i]);
    }
}


static void
ngx_shop_overview_screen_node(const ngx_shop_overview_t *v,
    const ngx_shop_overview_node_t *n)
{
    char                        servers[64];
    const ngx_shop_nodeline_t  *line = &n->line;

    if (n->away || n->unread) {
        printf("%-20s %s\n", n->name,
               n->away ? "AWAY" : "UNKNOWN: its report cannot be read");
        return;
    }

    if (!line->nginx_up) {
        (void) strcpy(servers, "not known");

    } else if (line->ndown) {
        (void) snprintf(servers, sizeof(servers), "%u of %u down",
                        line->ndown, line->nservers);

    } else {
        (void) snprintf(servers, sizeof(servers), "%u, none down",
                        line->nservers);
    }

    printf("%-20s %-10s %-24s ", n->name,
           n->agrees ? v->word : !line->nginx_up ? "UNKNOWN"
           : line->sum[0] || line->other ? "OTHER" : "OPEN", servers);

    ngx_shop_overview_screen_sites(line);
    putchar('\n');
}


/* "open"; of sites in several states each by its name */

static void
ngx_shop_overview_screen_sites(const ngx_shop_nodeline_t *line)
{
    unsigned  i, same;

    for (same = 0, i = 0; i < line->nsites; i++) {
        same += strcmp(line->sites[i].state, line->sites[0].state) == 0;
    }

    if (line->nsites && same == line->nsites) {
        fputs(line->sites[0].state, stdout);
        return;
    }

    for (i = 0; i < line->nsites; i++) {
        printf("%s%s %s", i ? ", " : "", line->sites[i].name,
               line->sites[i].state);
    }
}


static void
ngx_shop_overview_screen_doubts(const ngx_shop_overview_t *v,
    const ngx_shop_overview_node_t *n)
{
    const ngx_shop_nodeline_t  *line = &n->line;

    if (n->away) {
        printf("%s is away: it has not reported for %d s, and what its "
               "visitors see is not known\n", n->name, NGX_SHOP_ENGINE_LEASE);
        return;
    }

    if (line->trouble[0]) {
        printf("%s: %s\n", n->name, line->trouble);
    }

    if (line->why[0]) {
        printf("%s: an order was not carried out: %s\n", n->name, line->why);
    }

    if (line->other && !v->there && !line->trouble[0]) {
        printf("%s: a file of its own still counts there\n", n->name);
    }

    if (line->ahead > NGX_SHOP_OVERVIEW_CLOCK
        || line->ahead < -NGX_SHOP_OVERVIEW_CLOCK)
    {
        printf("%s: its clock is %ld s %s the engine's: times of a flag come "
               "%s there\n", n->name,
               (long) (line->ahead > 0 ? line->ahead : -line->ahead),
               line->ahead > 0 ? "before" : "behind",
               line->ahead > 0 ? "too early" : "too late");
    }

    if (n->alone && v->nheard > 2) {
        printf("%s alone sees %u server%s down: look at %s\n", n->name,
               n->alone, n->alone == 1 ? "" : "s", n->name);
    }
}


static void
ngx_shop_overview_screen_server(const ngx_shop_overview_t *v,
    const ngx_shop_overview_server_t *s)
{
    unsigned                         i, first;
    const ngx_shop_overview_node_t  *n;

    if (s->n == v->nheard) {
        printf("all see %s of %s down\n", s->server, s->upstream);
        return;
    }

    if (s->n == 1 && v->nheard > 2) {
        return;
    }

    /* the smaller half is named */

    first = 1;

    for (i = 0; i < v->nnodes; i++) {
        n = &v->nodes[i];

        if (!n->away && !n->unread
            && (s->by[i / 32] >> i % 32 & 1) == (2 * s->n <= v->nheard))
        {
            printf("%s%s", first ? "" : ", ", n->name);
            first = 0;
        }
    }

    printf(2 * s->n <= v->nheard ? ": %s of %s is down there, not on %u "
                                   "others\n"
                                 : ": %s of %s is not down there, and is on "
                                   "%u others\n",
           s->server, s->upstream,
           2 * s->n <= v->nheard ? v->nheard - s->n : s->n);
}
