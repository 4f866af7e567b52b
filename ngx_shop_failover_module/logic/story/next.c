
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What to type next.  Nothing that is advised here makes it worse: a text has
 * to be one's own, and no file is written by hand.
 */


#include "logic/story/next.h"
#include "logic/flag/flagset.h"
#include "logic/judge/site.h"


/* when a row is true; all of the bits that are set */
typedef enum {
    NGX_SHOP_NEXT_ALONE = 1 << 0,
    NGX_SHOP_NEXT_OUTAGE = 1 << 1,
    NGX_SHOP_NEXT_SHUT = 1 << 2,         /* a flag closes */
    NGX_SHOP_NEXT_FLAG = 1 << 3,         /* one is there, and not over */
    NGX_SHOP_NEXT_NO_FLAG = 1 << 4,
    NGX_SHOP_NEXT_ENDED = 1 << 5,
    NGX_SHOP_NEXT_ANNOUNCED = 1 << 6,
    NGX_SHOP_NEXT_WORDS = 1 << 7,
    NGX_SHOP_NEXT_LATE = 1 << 8,         /* the ETA is over */
    NGX_SHOP_NEXT_OVERDUE = 1 << 9,      /* the next update */
    NGX_SHOP_NEXT_OPEN = 1 << 10,        /* visitors see the shop */
    NGX_SHOP_NEXT_CONFIGURED = 1 << 11,
    NGX_SHOP_NEXT_INCIDENT = 1 << 12,
    NGX_SHOP_NEXT_TOLD = 1 << 13,        /* to be told, not overdue */
    NGX_SHOP_NEXT_RAMP = 1 << 14,        /* not all are in */
    NGX_SHOP_NEXT_SERVERS = 1 << 15      /* have closed it themselves */
} ngx_shop_next_e;


static unsigned ngx_shop_next_facts(const ngx_shop_next_t *site);


static const struct {
    unsigned                 when;
    ngx_shop_next_command_t  row;
} ngx_shop_next_rows[] = {

    { NGX_SHOP_NEXT_ALONE,
      { "The servers are back, only the flag keeps the shop shut: open it",
        "off", 1 } },

    { NGX_SHOP_NEXT_OUTAGE|NGX_SHOP_NEXT_NO_FLAG|NGX_SHOP_NEXT_CONFIGURED,
      { "Tell visitors what you know; it closes nothing",
        "tell \"TEXT\" --eta +45m", 1 } },

    { NGX_SHOP_NEXT_SERVERS|NGX_SHOP_NEXT_NO_FLAG|NGX_SHOP_NEXT_CONFIGURED,
      { "The servers say that they are in maintenance, and it ends there; tell "
        "visitors more", "tell \"TEXT\" --eta +45m", 1 } },

    { NGX_SHOP_NEXT_OUTAGE|NGX_SHOP_NEXT_ENDED,
      { "The flag has ended, and visitors read the built-in text: tell them "
        "what you know", "on --end healthy --status \"TEXT\" --eta +45m", 1 } },

    { NGX_SHOP_NEXT_FLAG|NGX_SHOP_NEXT_LATE,
      { "The time that was promised is over: promise another one",
        "update \"TEXT\" --eta +30m", 1 } },

    { NGX_SHOP_NEXT_FLAG|NGX_SHOP_NEXT_OVERDUE,
      { "A message was promised and is overdue: give it, promise the next",
        "update \"TEXT\" --next-update +20m", 1 } },

    { NGX_SHOP_NEXT_FLAG|NGX_SHOP_NEXT_TOLD,
      { "Tell visitors how it goes", "update \"TEXT\" --eta +30m", 1 } },

    { NGX_SHOP_NEXT_ANNOUNCED,
      { "Call the closing off", "off", 1 } },

    { NGX_SHOP_NEXT_SHUT,
      { "Open the shop", "off", 1 } },

    { NGX_SHOP_NEXT_RAMP,
      { "Let everybody in now", "reopen --now", 0 } },

    { NGX_SHOP_NEXT_RAMP,
      { "Let the rest in more slowly", "reopen --over 10m", 0 } },

    { NGX_SHOP_NEXT_ENDED|NGX_SHOP_NEXT_OPEN,
      { "The flag has ended and closes nothing: take it away", "off", 1 } },

    { NGX_SHOP_NEXT_WORDS|NGX_SHOP_NEXT_OPEN,
      { "Take the words of the last outage away", "off", 1 } },

    { NGX_SHOP_NEXT_OPEN|NGX_SHOP_NEXT_NO_FLAG|NGX_SHOP_NEXT_CONFIGURED,
      { "Close the shop", "on --eta +45m --status \"TEXT\"", 1 } },

    { NGX_SHOP_NEXT_INCIDENT,
      { "What happened so far", "report", 0 } }
};


unsigned
ngx_shop_next(const ngx_shop_next_t *site, ngx_shop_next_command_t *commands)
{
    unsigned  i, n, facts;

    facts = ngx_shop_next_facts(site);

    for (i = 0, n = 0;
         i < sizeof(ngx_shop_next_rows) / sizeof(ngx_shop_next_rows[0])
         && n < NGX_SHOP_NEXT_MAX;
         i++)
    {
        if ((facts & ngx_shop_next_rows[i].when)
            == ngx_shop_next_rows[i].when)
        {
            commands[n++] = ngx_shop_next_rows[i].row;
        }
    }

    return n;
}


static unsigned
ngx_shop_next_facts(const ngx_shop_next_t *site)
{
    unsigned  facts, there;

    facts = 0;

    there = (site->flag < NGX_SHOP_FLAGSET_OVER
             && site->flag != NGX_SHOP_FLAGSET_ANNOUNCED);

    facts |= site->configured ? NGX_SHOP_NEXT_CONFIGURED : 0;
    facts |= site->incident ? NGX_SHOP_NEXT_INCIDENT : 0;
    facts |= site->ramp ? NGX_SHOP_NEXT_RAMP : 0;

    facts |= site->flag == NGX_SHOP_FLAGSET_NONE ? NGX_SHOP_NEXT_NO_FLAG : 0;
    facts |= site->flag == NGX_SHOP_FLAGSET_OVER ? NGX_SHOP_NEXT_ENDED : 0;
    facts |= site->flag == NGX_SHOP_FLAGSET_WORDS ? NGX_SHOP_NEXT_WORDS : 0;
    facts |= site->flag == NGX_SHOP_FLAGSET_ANNOUNCED
             ? NGX_SHOP_NEXT_ANNOUNCED : 0;

    switch (site->state) {

    case NGX_SHOP_SITE_OUTAGE:
        facts |= NGX_SHOP_NEXT_OUTAGE;
        break;

    case NGX_SHOP_SITE_MAINTENANCE:
    case NGX_SHOP_SITE_BROWSE:
        facts |= site->alone ? NGX_SHOP_NEXT_ALONE
                 : site->servers ? NGX_SHOP_NEXT_SERVERS : NGX_SHOP_NEXT_SHUT;
        break;

    default:
        facts |= NGX_SHOP_NEXT_OPEN;
    }

    /* words of an outage that may come promise nothing */

    if (there && !(facts & NGX_SHOP_NEXT_OPEN)) {
        facts |= NGX_SHOP_NEXT_FLAG;

        facts |= site->eta && site->eta <= site->now ? NGX_SHOP_NEXT_LATE : 0;
        facts |= site->next_update && site->next_update <= site->now
                 ? NGX_SHOP_NEXT_OVERDUE : 0;

        if (!(facts & (NGX_SHOP_NEXT_LATE|NGX_SHOP_NEXT_OVERDUE))) {
            facts |= NGX_SHOP_NEXT_TOLD;
        }
    }

    return facts;
}
