
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Turns of nodes.  Whether they are to be kept is not known here.
 */


#include "logic/judge/rota.h"


int64_t
ngx_shop_rota_wait(const ngx_shop_rota_t *rota, int64_t now)
{
    int64_t  offset, turn, next;

    /* servers are probed one after the other, too, and not all at once */

    offset = rota->key % rota->interval;
    turn = (now - offset + rota->interval / 2) / rota->interval;

    next = turn + 1;
    next += ((int64_t) rota->node - next % rota->nodes + rota->nodes)
            % rota->nodes;

    return next * rota->interval + offset - now;
}
