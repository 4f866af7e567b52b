
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How much a site is usually used, by the hour of the week: asked of nginx.
 */


#ifndef _NGX_SHOP_USUAL_H_INCLUDED_
#define _NGX_SHOP_USUAL_H_INCLUDED_


#include "ctl/options.h"
#include "logic/story/week.h"


#define NGX_SHOP_USUAL_LEN  4096         /* bytes, of a reason */


/* numbers are of an hour */
typedef struct {
    char      site[256];
    char      why[NGX_SHOP_USUAL_LEN];   /* it is not known */
    int64_t   ahead;                     /* s, of nginx's time zone */
    int       local;                     /* that is the one of here, too */
    unsigned  known;                     /* hours of which there is a week */
    unsigned  weeks;                     /* ... and the fewest weeks of one */
    unsigned  made[NGX_SHOP_WEEK_HOURS]; /* of so many weeks */
    double    hours[NGX_SHOP_WEEK_N][NGX_SHOP_WEEK_HOURS];
} ngx_shop_usual_t;


/* a span of time: what is usual in it */
typedef struct {
    int64_t   from;                      /* Unix s */
    int64_t   to;
    int       known;                     /* all of its hours are */
    double    counts[NGX_SHOP_WEEK_N];
    double    shares[NGX_SHOP_WEEK_N];   /* of the week, 0 to 1 and more */
} ngx_shop_usual_span_t;


/*
 * Asks a location with shop_status for a site, by its name or by its flag; both
 * NULL: the one that it shows first.  OK, also where nothing is known yet; or
 * ERROR, and u->why says why.
 */
int ngx_shop_usual_ask(ngx_shop_usual_t *u, const char *url,
    const char *site, const char *flag);

/* from and to are set */
void ngx_shop_usual_span(const ngx_shop_usual_t *u,
    ngx_shop_usual_span_t *span);

/*
 * The quietest of that length that begins within a week, then the quietest that
 * is six hours away from it, and so on; how many, n at most.
 */
unsigned ngx_shop_usual_quiet(const ngx_shop_usual_t *u, int64_t now,
    int64_t length, ngx_shop_usual_span_t *best, unsigned n);

/* how much it is in the way: the less, the smaller */
double ngx_shop_usual_score(const ngx_shop_usual_span_t *span);


#endif /* _NGX_SHOP_USUAL_H_INCLUDED_ */
