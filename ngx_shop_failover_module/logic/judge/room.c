
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Whether an upstream has room for its visitors.  Pure: no clock, no I/O.
 */


#include "logic/judge/room.h"


static unsigned ngx_shop_room_waits(ngx_shop_room_t *room, uint32_t waiting,
    uint64_t msec);


unsigned
ngx_shop_room_step(ngx_shop_room_t *room, const ngx_shop_room_look_t *look,
    uint64_t msec)
{
    unsigned  changed, line, lack, full;

    lack = room->known && look->turned != room->turned;
    full = room->known && look->full != room->full;

    room->known = 1;
    room->turned = look->turned;
    room->full = look->full;

    line = ngx_shop_room_waits(room, look->waiting, msec);

    if (line) {
        room->waited = msec;
    }

    line = line || (room->line && msec - room->waited < NGX_SHOP_ROOM_CALM);
    changed = line != room->line ? NGX_SHOP_ROOM_LINE : 0;
    room->line = (uint8_t) line;

    if (look->shut) {
        room->busy = 0;

    } else if (lack || (room->line && room->waited == msec)) {
        room->busy = 1;
        room->seen = msec;

    } else if (room->busy && msec - room->seen >= NGX_SHOP_ROOM_CALM) {
        room->busy = 0;
    }

    if (full && !room->told) {
        room->told = 1;
        changed |= NGX_SHOP_ROOM_FULL;
    }

    if (!room->line && !room->busy && !full) {
        room->told = 0;
    }

    return changed;
}


/* whether somebody waits, and did for longer than a moment */

static unsigned
ngx_shop_room_waits(ngx_shop_room_t *room, uint32_t waiting, uint64_t msec)
{
    if (waiting == 0) {
        room->waiting = 0;
        return 0;
    }

    if (!room->waiting) {
        room->waiting = 1;
        room->waits = msec;
    }

    return msec - room->waits >= NGX_SHOP_ROOM_WAIT;
}
