
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the parts of the terminal screen share.  Private to screen_*.c.
 */


#ifndef _NGX_SHOP_SCREEN_INSIDE_H_INCLUDED_
#define _NGX_SHOP_SCREEN_INSIDE_H_INCLUDED_


#include "ctl/member.h"
#include "ctl/screen.h"
#include "logic/flag/times.h"


/* columns of a terminal, and of a figure in it */
#define NGX_SHOP_SCREEN_WIDTH    80
#define NGX_SHOP_SCREEN_FIGURE   64


typedef struct {
    const ngx_shop_json_t  *v;        /* the status */
    int64_t                 now;      /* Unix s, when nginx answered */
    unsigned                all:1;    /* also servers that are well */
} ngx_shop_screen_t;


/* 3: upstreams with something broken; those that are well, a line each */
void ngx_shop_screen_servers(const ngx_shop_screen_t *s, int well);

/* what visitors read, and which promises they have */
void ngx_shop_screen_story_text(const ngx_shop_screen_t *s);

/* what happened last, the flag and its warnings, what to type next */
void ngx_shop_screen_story_events(const ngx_shop_screen_t *s);
void ngx_shop_screen_story_flag(const ngx_shop_screen_t *s);
void ngx_shop_screen_story_next(const ngx_shop_screen_t *s);

/* the last 64 probes of a server; the last day of each site */
void ngx_shop_screen_figure_strip(const ngx_shop_json_t *peer);
void ngx_shop_screen_figure_bands(const ngx_shop_screen_t *s);

/* how available each site was */
void ngx_shop_screen_budget(const ngx_shop_screen_t *s);

/* " for 12m" */
void ngx_shop_screen_ink_since(const ngx_shop_screen_t *s,
    const ngx_shop_json_t *v, const char *path);

/*
 * "04:30", with seconds and date where they matter; the zone is named once.
 * Its columns.
 */
unsigned ngx_shop_screen_ink_clock(int64_t at, int64_t now);

/* a text of ours: without UTF-8 its quotes are those of ASCII */
void ngx_shop_screen_ink_say(const char *text);

/* a text that ends in "..." where the line would be longer than the screen */
void ngx_shop_screen_ink_cut(const char *text, unsigned used);

/* the colour of a state, and none again; both "" where none is wanted */
const char *ngx_shop_screen_ink_color(const char *state);
const char *ngx_shop_screen_ink_plain(void);

/* whether the terminal shows more than ASCII */
int ngx_shop_screen_ink_utf8(void);


#endif /* _NGX_SHOP_SCREEN_INSIDE_H_INCLUDED_ */
