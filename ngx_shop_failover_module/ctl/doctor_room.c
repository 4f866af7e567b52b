
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Memory, texts and small files of shopctl doctor.  What is allocated is kept
 * until the program ends.
 */


#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/doctor_inside.h"
#include "ctl/infile.h"


#define NGX_SHOP_DOCTOR_ROOM_FILE  65536


typedef struct ngx_shop_doctor_room_s {
    struct ngx_shop_doctor_room_s  *next;
} ngx_shop_doctor_room_t;


static ngx_shop_doctor_room_t  *ngx_shop_doctor_room_all;


void *
ngx_shop_doctor_room(size_t size)
{
    ngx_shop_doctor_room_t  *room;

    room = calloc(1, sizeof(ngx_shop_doctor_room_t) + size + 1);

    if (room == NULL) {
        (void) ngx_shop_say_error("out of memory");
        exit(NGX_SHOP_SAY_ERROR);
    }

    room->next = ngx_shop_doctor_room_all;
    ngx_shop_doctor_room_all = room;

    return room + 1;
}


char *
ngx_shop_doctor_room_print(const char *format, ...)
{
    int      n;
    char    *text;
    va_list  args;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);

    text = ngx_shop_doctor_room((size_t) (n > 0 ? n : 0));

    va_start(args, format);
    (void) vsnprintf(text, (size_t) (n > 0 ? n : 0) + 1, format, args);
    va_end(args);

    return text;
}


char *
ngx_shop_doctor_room_piece(const char *text, const char *until)
{
    return ngx_shop_doctor_room_print("%.*s", (int) strcspn(text, until),
                                      text);
}


/* behind "[emerg] " and, as in a log, "123#123: " and "*1 " */

const char *
ngx_shop_doctor_room_logged(const char **at, const char *level)
{
    size_t       n;
    const char  *p;

    p = strstr(*at, level);

    if (p == NULL) {
        return NULL;
    }

    p += strlen(level);
    *at = p;

    n = strspn(p, "0123456789#");

    return ngx_shop_doctor_room_piece(n && strncmp(p + n, ": ", 2) == 0
                                      ? p + n + 2 : p, "\n");
}


char *
ngx_shop_doctor_room_file(const char *root, const char *path)
{
    char         *data;
    ssize_t       n;
    struct stat   sb;

    data = ngx_shop_doctor_room(NGX_SHOP_DOCTOR_ROOM_FILE);
    path = ngx_shop_doctor_room_print("%s%s", root, path);

    n = ngx_shop_infile_read(path, (unsigned char *) data,
                             NGX_SHOP_DOCTOR_ROOM_FILE, &sb);

    return n < 0 ? NULL : data;
}


long
ngx_shop_doctor_room_number(const char *root, const char *path, long other)
{
    long   n;
    char  *data, *end;

    data = ngx_shop_doctor_room_file(root, path);

    if (data == NULL) {
        return other;
    }

    n = strtol(data, &end, 10);

    return end == data ? other : n;
}
