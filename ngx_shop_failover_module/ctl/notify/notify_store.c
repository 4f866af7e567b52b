
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What shopctl-notify knows, on disk: one JSON a line, replaced as a whole.
 * The place in the log, what sites are, and what waits to be sent are in one
 * file, so that they always fit together.
 */


#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "ctl/infile.h"
#include "ctl/notify/notify_inside.h"
#include "logic/text/json.h"


/* of all of it, at its fullest */
#define NGX_SHOP_NOTIFY_STORE_MAX  (64 * 1024 * 1024)

/* a line, each byte of its texts escaped */
#define NGX_SHOP_NOTIFY_STORE_LINE  (6 * 8192)


/* a member of what is kept; size 0: an int64_t */
typedef struct {
    const char  *name;
    size_t       offset;
    size_t       size;
} ngx_shop_notify_store_t;


/* the state as it grows */
typedef struct {
    unsigned char  *data;
    size_t          size;
    size_t          room;
} ngx_shop_notify_store_buf_t;


static int ngx_shop_notify_store_line(ngx_shop_notify_store_buf_t *b,
    const char *type, const char *route, const ngx_shop_notify_store_t *table,
    const void *record);
static void ngx_shop_notify_store_read(const ngx_shop_json_t *value,
    const ngx_shop_notify_store_t *table, void *record);
static int ngx_shop_notify_store_parse(ngx_shop_notify_t *n,
    const unsigned char *data, size_t size);
static void ngx_shop_notify_store_record(ngx_shop_notify_t *n,
    const ngx_shop_json_t *value);
static int ngx_shop_notify_store_route(const ngx_shop_notify_t *n,
    const ngx_shop_json_t *value);
static int ngx_shop_notify_store_bytes(int fd, const unsigned char *p,
    size_t size);


#define ngx_shop_notify_store_int(type, name)                                \
    { #name, offsetof(type, name), 0 }

#define ngx_shop_notify_store_str(type, name)                                \
    { #name, offsetof(type, name), sizeof(((type *) 0)->name) }


static const ngx_shop_notify_store_t  ngx_shop_notify_store_mark[] = {
    ngx_shop_notify_store_int(ngx_shop_notify_mark_t, dev),
    ngx_shop_notify_store_int(ngx_shop_notify_mark_t, ino),
    ngx_shop_notify_store_int(ngx_shop_notify_mark_t, offset),
    ngx_shop_notify_store_int(ngx_shop_notify_mark_t, sum),
    ngx_shop_notify_store_int(ngx_shop_notify_mark_t, seq),
    ngx_shop_notify_store_int(ngx_shop_notify_mark_t, nonce),
    ngx_shop_notify_store_int(ngx_shop_notify_mark_t, number),
    ngx_shop_notify_store_int(ngx_shop_notify_mark_t, events),
    ngx_shop_notify_store_int(ngx_shop_notify_mark_t, skipped),
    ngx_shop_notify_store_int(ngx_shop_notify_mark_t, lost),
    { NULL, 0, 0 }
};

static const ngx_shop_notify_store_t  ngx_shop_notify_store_site[] = {
    ngx_shop_notify_store_str(ngx_shop_notify_site_t, name),
    ngx_shop_notify_store_str(ngx_shop_notify_site_t, flag),
    ngx_shop_notify_store_str(ngx_shop_notify_site_t, cause),
    ngx_shop_notify_store_str(ngx_shop_notify_site_t, text),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, state),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, level),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, since),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, told),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, alarmed),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, said),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, changed),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, alarms),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, escalated),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, incident),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, eta),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, overdue),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, closing_day),
    ngx_shop_notify_store_int(ngx_shop_notify_site_t, closing_hour),
    { NULL, 0, 0 }
};

static const ngx_shop_notify_store_t  ngx_shop_notify_store_item[] = {
    ngx_shop_notify_store_int(ngx_shop_notify_item_t, kind),
    ngx_shop_notify_store_int(ngx_shop_notify_item_t, level),
    ngx_shop_notify_store_int(ngx_shop_notify_item_t, worst),
    ngx_shop_notify_store_int(ngx_shop_notify_item_t, changes),
    ngx_shop_notify_store_int(ngx_shop_notify_item_t, time),
    ngx_shop_notify_store_int(ngx_shop_notify_item_t, since),
    ngx_shop_notify_store_int(ngx_shop_notify_item_t, state),
    ngx_shop_notify_store_int(ngx_shop_notify_item_t, incident),
    ngx_shop_notify_store_int(ngx_shop_notify_item_t, taken),
    ngx_shop_notify_store_str(ngx_shop_notify_item_t, site),
    ngx_shop_notify_store_str(ngx_shop_notify_item_t, class),
    ngx_shop_notify_store_str(ngx_shop_notify_item_t, title),
    ngx_shop_notify_store_str(ngx_shop_notify_item_t, detail),
    ngx_shop_notify_store_str(ngx_shop_notify_item_t, text),
    ngx_shop_notify_store_str(ngx_shop_notify_item_t, todo),
    { NULL, 0, 0 }
};

static const ngx_shop_notify_store_t  ngx_shop_notify_store_box[] = {
    ngx_shop_notify_store_str(ngx_shop_notify_box_t, name),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, first),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, nagged),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, sent),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, failing),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, tries),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, next),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, id),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, begun),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, doubt),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, more),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, messages),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, failures),
    ngx_shop_notify_store_int(ngx_shop_notify_box_t, dropped),
    { NULL, 0, 0 }
};


int64_t
ngx_shop_notify_store_now(void)
{
    struct timeval  tv;

    (void) gettimeofday(&tv, NULL);

    return (int64_t) tv.tv_sec * 1000 + tv.tv_usec / 1000;
}


int
ngx_shop_notify_store_save(ngx_shop_notify_t *n)
{
    int                           rc, err;
    unsigned                      i, k;
    ngx_shop_notify_store_buf_t   b;

    memset(&b, 0, sizeof(b));

    rc = ngx_shop_notify_store_line(&b, "log", NULL,
                                    ngx_shop_notify_store_mark, &n->mark);

    for (i = 0; i < n->nsites; i++) {
        rc |= ngx_shop_notify_store_line(&b, "site", NULL,
                                         ngx_shop_notify_store_site,
                                         &n->sites[i]);
    }

    for (i = 0; i < n->conf->nroutes; i++) {
        rc |= ngx_shop_notify_store_line(&b, "route", NULL,
                                         ngx_shop_notify_store_box,
                                         &n->boxes[i]);

        for (k = 0; k < n->nitems[i]; k++) {
            rc |= ngx_shop_notify_store_line(&b, "item",
                                             n->conf->routes[i].name,
                                             ngx_shop_notify_store_item,
                                             &n->items[i][k]);
        }
    }

    err = ENOMEM;

    if (rc == NGX_SHOP_OK) {
        rc = ngx_shop_notify_store_replace(n->conf->state, b.data, b.size);
        err = errno;
    }

    free(b.data);

    if (rc == NGX_SHOP_OK) {

        if (n->full) {
            ngx_shop_say_note("\"%s\" can be written again", n->conf->state);
        }

        n->full = 0;
        n->dirty = 0;

        return NGX_SHOP_OK;
    }

    /* said once; alarms are sent all the same */

    if (!n->full) {
        (void) ngx_shop_say_error("cannot write \"%s\": %s; messages are "
                                  "sent all the same, and may be sent again "
                                  "after a restart", n->conf->state,
                                  strerror(err));
    }

    n->full = 1;

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_notify_store_line(ngx_shop_notify_store_buf_t *b, const char *type,
    const char *route, const ngx_shop_notify_store_t *table,
    const void *record)
{
    void                 *p;
    int64_t               value;
    ngx_shop_emit_t       e;
    const unsigned char  *from;

    if (b->room - b->size < NGX_SHOP_NOTIFY_STORE_LINE) {
        p = realloc(b->data, b->room * 2 + NGX_SHOP_NOTIFY_STORE_LINE);

        if (p == NULL) {
            return NGX_SHOP_ERROR;
        }

        b->data = p;
        b->room = b->room * 2 + NGX_SHOP_NOTIFY_STORE_LINE;
    }

    ngx_shop_emit_init(&e, b->data + b->size, b->room - b->size);
    ngx_shop_emit_object(&e, NULL);
    ngx_shop_emit_cstr(&e, "r", type);

    if (route) {
        ngx_shop_emit_cstr(&e, "route", route);
    }

    for ( /* void */ ; table->name; table++) {
        from = (const unsigned char *) record + table->offset;

        if (table->size) {
            ngx_shop_emit_cstr(&e, table->name, (const char *) from);
            continue;
        }

        memcpy(&value, from, sizeof(value));
        ngx_shop_emit_int(&e, table->name, value);
    }

    ngx_shop_emit_close(&e, '}');
    ngx_shop_emit_raw(&e, "\n", 1);
    b->size += (size_t) (e.pos - e.start);

    return e.failed ? NGX_SHOP_ERROR : NGX_SHOP_OK;
}


int
ngx_shop_notify_store_replace(const char *path, const void *data, size_t size)
{
    int   fd, rc, err;
    char  temp[NGX_SHOP_NOTIFY_PATH + 16];

    (void) snprintf(temp, sizeof(temp), "%s.new", path);
    (void) unlink(temp);

    fd = open(temp, O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0640);

    if (fd == -1) {
        return NGX_SHOP_ERROR;
    }

    rc = ngx_shop_notify_store_bytes(fd, data, size);

    if (rc == NGX_SHOP_OK && fsync(fd) != 0) {
        rc = NGX_SHOP_ERROR;
    }

    err = errno;

    if (close(fd) != 0 && rc == NGX_SHOP_OK) {
        err = errno;
        rc = NGX_SHOP_ERROR;
    }

    if (rc == NGX_SHOP_OK && rename(temp, path) != 0) {
        err = errno;
        rc = NGX_SHOP_ERROR;
    }

    if (rc != NGX_SHOP_OK) {
        (void) unlink(temp);
    }

    errno = err;

    return rc;
}


static int
ngx_shop_notify_store_bytes(int fd, const unsigned char *p, size_t size)
{
    ssize_t  n;

    while (size) {
        n = write(fd, p, size);

        if (n == -1 && errno == EINTR) {
            continue;
        }

        if (n <= 0) {
            return NGX_SHOP_ERROR;
        }

        p += n;
        size -= (size_t) n;
    }

    return NGX_SHOP_OK;
}


/* a state that cannot be understood is none: it is said, and all begins anew */

int
ngx_shop_notify_store_load(ngx_shop_notify_t *n)
{
    int             rc;
    ssize_t         size;
    unsigned        i;
    struct stat     sb;
    unsigned char  *data;

    for (i = 0; i < n->conf->nroutes; i++) {
        (void) snprintf(n->boxes[i].name, sizeof(n->boxes[i].name), "%s",
                        n->conf->routes[i].name);
    }

    n->fresh = 1;
    data = malloc(NGX_SHOP_NOTIFY_STORE_MAX);

    if (data == NULL) {
        (void) ngx_shop_say_error("no memory");
        return NGX_SHOP_ERROR;
    }

    size = ngx_shop_infile_read(n->conf->state, data,
                                NGX_SHOP_NOTIFY_STORE_MAX, &sb);
    rc = NGX_SHOP_OK;

    if (size == -1 && (errno != ENOENT || sb.st_mode)) {
        ngx_shop_infile_refused(n->conf->state, &sb);
        rc = NGX_SHOP_ERROR;

    } else if (size > 0) {
        n->fresh = 0;

        if (ngx_shop_notify_store_parse(n, data, (size_t) size)
            != NGX_SHOP_OK)
        {
            (void) ngx_shop_say_error("\"%s\" is no state of shopctl-notify: "
                                      "move it away, then the log is read "
                                      "anew", n->conf->state);
            rc = NGX_SHOP_ERROR;
        }
    }

    free(data);

    return rc;
}


static int
ngx_shop_notify_store_parse(ngx_shop_notify_t *n, const unsigned char *data,
    size_t size)
{
    size_t                at;
    const char           *reason;
    ngx_shop_str_t        line;
    ngx_shop_json_t       value;
    const unsigned char  *p, *last;

    for (p = data, last = data + size; p < last; p = line.data + line.len + 1) {
        line.data = p;
        p = memchr(p, '\n', (size_t) (last - p));

        if (p == NULL) {
            return NGX_SHOP_ERROR;
        }

        line.len = (size_t) (p - line.data);

        if (ngx_shop_json_parse(&value, &line, &at, &reason) != NGX_SHOP_OK
            || value.type != NGX_SHOP_JSON_OBJECT)
        {
            return NGX_SHOP_ERROR;
        }

        ngx_shop_notify_store_record(n, &value);
    }

    return NGX_SHOP_OK;
}


static void
ngx_shop_notify_store_record(ngx_shop_notify_t *n,
    const ngx_shop_json_t *value)
{
    int              route;
    ngx_shop_json_t  type;

    if (ngx_shop_json_find(value, "r", &type) != NGX_SHOP_OK) {
        return;
    }

    if (ngx_shop_json_is(&type, "log")) {
        ngx_shop_notify_store_read(value, ngx_shop_notify_store_mark,
                                   &n->mark);
        return;
    }

    if (ngx_shop_json_is(&type, "site")) {
        if (n->nsites < NGX_SHOP_NOTIFY_SITES) {
            ngx_shop_notify_store_read(value, ngx_shop_notify_store_site,
                                       &n->sites[n->nsites++]);
        }

        return;
    }

    /* a route that is gone takes along what waited for it */

    route = ngx_shop_notify_store_route(n, value);

    if (route == -1) {
        return;
    }

    if (ngx_shop_json_is(&type, "route")) {
        ngx_shop_notify_store_read(value, ngx_shop_notify_store_box,
                                   &n->boxes[route]);

    } else if (n->nitems[route] < NGX_SHOP_NOTIFY_ITEMS) {
        ngx_shop_notify_store_read(value, ngx_shop_notify_store_item,
                                   &n->items[route][n->nitems[route]++]);
    }
}


static int
ngx_shop_notify_store_route(const ngx_shop_notify_t *n,
    const ngx_shop_json_t *value)
{
    unsigned         i;
    ngx_shop_json_t  name;

    if (ngx_shop_json_find(value, "route", &name) != NGX_SHOP_OK
        && ngx_shop_json_find(value, "name", &name) != NGX_SHOP_OK)
    {
        return -1;
    }

    for (i = 0; i < n->conf->nroutes; i++) {
        if (ngx_shop_json_is(&name, n->conf->routes[i].name)) {
            return (int) i;
        }
    }

    return -1;
}


static void
ngx_shop_notify_store_read(const ngx_shop_json_t *value,
    const ngx_shop_notify_store_t *table, void *record)
{
    int64_t          number;
    unsigned char   *to;
    ngx_shop_str_t   text;
    ngx_shop_json_t  member;

    for ( /* void */ ; table->name; table++) {

        if (ngx_shop_json_find(value, table->name, &member) != NGX_SHOP_OK) {
            continue;
        }

        to = (unsigned char *) record + table->offset;

        if (table->size) {
            if (ngx_shop_json_string(&member, to, table->size - 1, &text)
                == NGX_SHOP_OK)
            {
                to[text.len] = '\0';
            }

        } else if (ngx_shop_json_int(&member, &number) == NGX_SHOP_OK) {
            memcpy(to, &number, sizeof(number));
        }
    }
}
