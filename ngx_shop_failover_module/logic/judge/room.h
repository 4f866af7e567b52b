
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether an upstream has room for its visitors, and whether they wait in a
 * line: from counts that are looked at now and then.  Pure: no clock, no I/O.
 */


#ifndef _NGX_SHOP_ROOM_H_INCLUDED_
#define _NGX_SHOP_ROOM_H_INCLUDED_


#include "logic/text/base.h"


#define NGX_SHOP_ROOM_WAIT  1000     /* ms: so long a wait is a line */
#define NGX_SHOP_ROOM_CALM  10000    /* ms without a sign, and it is over */


typedef struct {
    uint64_t  turned;               /* away for lack of room, so far */
    uint64_t  full;                 /* ... as the line was full */
    uint32_t  waiting;              /* now */
    uint8_t   shut;                 /* nobody serves: that is no lack of room */
} ngx_shop_room_look_t;


typedef struct {
    uint64_t  turned;               /* of the look before */
    uint64_t  full;
    uint64_t  waits;                /* ms: somebody waits since */
    uint64_t  waited;               /* ms: a line was seen last */
    uint64_t  seen;                 /* ms: lack of room was seen last */
    uint8_t   known;                /* there was a look */
    uint8_t   waiting;              /* waits is set */
    uint8_t   line;                 /* visitors wait in line */
    uint8_t   told;                 /* that the line was full */
    uint8_t   busy;                 /* they lack room */
} ngx_shop_room_t;


/* what changed; bits */
#define NGX_SHOP_ROOM_LINE  1       /* room->line */
#define NGX_SHOP_ROOM_FULL  2       /* somebody found the line full, first */

/*
 * One look.  A wait of a moment is no line; who is turned away is a sign at
 * once.  Both are over once there was no sign for a while, so that they do not
 * come and go with each visitor.
 */
unsigned ngx_shop_room_step(ngx_shop_room_t *room,
    const ngx_shop_room_look_t *look, uint64_t msec);


#endif /* _NGX_SHOP_ROOM_H_INCLUDED_ */
