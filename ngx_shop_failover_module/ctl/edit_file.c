
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A change of the flag from its beginning to the file that is written: what the
 * options mean is asked of the parser that nginx has, before and afterwards.
 */


#include <time.h>

#include "ctl/ask.h"
#include "ctl/edit_file.h"
#include "ctl/show.h"
#include "logic/flag/times.h"


static int ngx_shop_edit_file_values(ngx_shop_edit_t *e);
static int ngx_shop_edit_file_value(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given);
static int ngx_shop_edit_file_future(ngx_shop_edit_t *e, const char *name,
    const char *value, const ngx_shop_flag_time_t *time);
static void ngx_shop_edit_file_add(ngx_shop_edit_t *e, int dotted);
static int ngx_shop_edit_file_check(ngx_shop_edit_t *e);


int
ngx_shop_edit_file_begin(ngx_shop_edit_t *e, const ngx_shop_options_t *o,
    ngx_shop_store_e what)
{
    e->o = o;
    e->what = what;
    e->now = (int64_t) time(NULL);

    if (ngx_shop_store_open(&e->store, o) != NGX_SHOP_OK
        || ngx_shop_edit_file_values(e) != NGX_SHOP_OK
        || ngx_shop_store_own(&e->store, what)
           != NGX_SHOP_OK
        || ngx_shop_store_read(&e->store) != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    ngx_shop_flag_parse(&e->was, NULL, e->store.data, e->store.size,
                        e->store.appeared, e->now);

    ngx_shop_emit_init(&e->out, e->buf, sizeof(e->buf));

    return NGX_SHOP_OK;
}


static int
ngx_shop_edit_file_values(ngx_shop_edit_t *e)
{
    unsigned  i;

    for (i = 0; i < e->o->ngiven; i++) {
        if (ngx_shop_edit_file_value(e, &e->o->given[i]) != NGX_SHOP_OK) {
            return NGX_SHOP_ERROR;
        }
    }

    return e->news.value ? ngx_shop_edit_file_value(e, &e->news) : NGX_SHOP_OK;
}


/* what a value means is asked of the parser that nginx has, too */

static int
ngx_shop_edit_file_value(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given)
{
    size_t                       n;
    const char                  *reason;
    ngx_shop_str_t               value;
    const ngx_shop_flag_time_t  *time;

    value = ngx_shop_edit_lines_str(given->value);

    if (strpbrk(given->value, "\r\n")) {
        (void) ngx_shop_say_error("--%.*s \"%s\" has a line break; "
                                  "write it in one line",
                                  given->len, given->name,
                                  given->value);
        return NGX_SHOP_ERROR;
    }

    if (ngx_shop_edit_lines_is_ours(given)) {
        return NGX_SHOP_OK;
    }

    ngx_shop_emit_init(&e->out, e->buf, sizeof(e->buf));
    ngx_shop_edit_lines_line(e, given->name, given->len, &value);
    n = (size_t) (e->out.pos - e->buf);

    ngx_shop_flag_parse(&e->is, NULL, e->buf, n, e->now, e->now);

    if (e->is.nwarnings || e->out.failed) {
        reason = e->out.failed ? "far too long"
                 : ngx_shop_flag_reason(e->is.warnings[0].reason);
        (void) ngx_shop_say_error("invalid --%.*s \"%s\": %s",
                                  given->len, given->name,
                                  given->value, reason);
        return NGX_SHOP_ERROR;
    }

    time = ngx_shop_edit_lines_is_time(&e->is, given->name,
                                       (size_t) given->len);

    return time ? ngx_shop_edit_file_future(e, given->option->name,
                                            given->value, time)
                : NGX_SHOP_OK;
}


static int
ngx_shop_edit_file_future(ngx_shop_edit_t *e, const char *name,
    const char *value, const ngx_shop_flag_time_t *time)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    if (time->at > e->now || strcmp(name, "start") == 0) {
        return NGX_SHOP_OK;
    }

    n = ngx_shop_times_local(buf, time->at);

    (void) ngx_shop_say_error("invalid --%s \"%s\": %.*s is over; "
                              "write a time to come such as +45m",
                              name, value, (int) n,
                              (const char *) buf);
    return NGX_SHOP_ERROR;
}


int
ngx_shop_edit_file_finish(ngx_shop_edit_t *e)
{
    unsigned  i, n;

    n = e->was.nupdates
        + (e->news.value && strcmp(e->news.name, "update") == 0);

    for (i = 0; i < e->o->ngiven; i++) {
        n += (e->o->given[i].len == 6
              && memcmp(e->o->given[i].name, "update", 6) == 0);
    }

    e->surplus = n > NGX_SHOP_FLAG_UPDATES ? n - NGX_SHOP_FLAG_UPDATES : 0;

    if (e->store.there) {
        ngx_shop_edit_lines_keep(e);
    }

    ngx_shop_edit_file_add(e, 0);

    if (e->news.value) {
        ngx_shop_edit_lines_add(e, &e->news);
    }

    ngx_shop_edit_file_add(e, 1);

    return ngx_shop_edit_file_check(e);
}


/* a text in a language stands behind the one that it translates */

static void
ngx_shop_edit_file_add(ngx_shop_edit_t *e, int dotted)
{
    unsigned                         i;
    const ngx_shop_options_given_t  *given;

    for (i = 0; i < e->o->ngiven; i++) {
        given = &e->o->given[i];

        if ((memchr(given->name, '.', (size_t) given->len) != NULL) == dotted)
        {
            ngx_shop_edit_lines_add(e, given);
        }
    }
}


/* what was made has to mean what was asked for, before it is written */

static int
ngx_shop_edit_file_check(ngx_shop_edit_t *e)
{
    size_t  n;

    n = (size_t) (e->out.pos - e->out.start);

    if (e->out.failed) {
        n = sizeof(e->buf);
    }

    ngx_shop_flag_parse(&e->is, NULL, e->buf, n, e->now, e->now);

    if (e->is.until.at && e->is.start.at >= e->is.until.at) {
        return ngx_shop_say_error("--until is not after --start, so "
                                  "the shop would never be closed");
    }

    if (e->is.end == NGX_SHOP_FLAG_END_ETA && e->is.eta.at == 0
        && ngx_shop_options_get(e->o, "end"))
    {
        return ngx_shop_say_error("--end eta needs an ETA, or nothing "
                                  "would open the shop: add --eta +45m"
                                  );
    }

    if (ngx_shop_store_write(&e->store, e->buf, n, e->what) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    ngx_shop_show_summary(&e->is, e->store.path, e->now);
    ngx_shop_show_warnings(stderr, &e->is, e->store.path);
    (void) fflush(stdout);
    ngx_shop_ask_seen(ngx_shop_ask_url(e->o), e->store.flag, &e->is);

    return NGX_SHOP_SAY_YES;
}
