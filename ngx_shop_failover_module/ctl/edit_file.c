
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A change of the flag from its beginning to the file that is written: what the
 * options mean is asked of the parser that nginx has, before and afterwards.
 */


#include <time.h>

#include "ctl/ask.h"
#include "ctl/edit_file.h"
#include "ctl/login.h"
#include "ctl/show.h"
#include "logic/flag/times.h"


static int ngx_shop_edit_file_values(ngx_shop_edit_t *e);
static int ngx_shop_edit_file_value(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given);
static int ngx_shop_edit_file_future(ngx_shop_edit_t *e, const char *name,
    const char *value, const ngx_shop_flag_time_t *time);
static void ngx_shop_edit_file_add(ngx_shop_edit_t *e, int dotted);
static const char *ngx_shop_edit_file_who(ngx_shop_edit_t *e);
static int ngx_shop_edit_file_without(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given);
static void ngx_shop_edit_file_clocks(const ngx_shop_options_given_t *given,
    int64_t at);
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

    if (given->option->type == NGX_SHOP_OPTIONS_WITHOUT) {
        return ngx_shop_edit_file_without(e, given);
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

    if (time == NULL) {
        return NGX_SHOP_OK;
    }

    ngx_shop_edit_file_clocks(given, time->at);

    return ngx_shop_edit_file_future(e, given->option->name, given->value,
                                     time);
}


/* it is written absolute, so that nobody sees it later; a start is refused */

static void
ngx_shop_edit_file_clocks(const ngx_shop_options_given_t *given, int64_t at)
{
    ngx_shop_str_t          text;
    ngx_shop_times_doubt_e  doubt;

    text = ngx_shop_edit_lines_str(given->value);
    doubt = ngx_shop_times_doubt(&text, at);

    if (doubt == NGX_SHOP_TIMES_TWICE) {
        ngx_shop_say_note("--%.*s \"%s\" comes twice, as clocks are set back "
                          "then: the first of the two is meant", given->len,
                          given->name, given->value);

    } else if (doubt == NGX_SHOP_TIMES_NEVER) {
        ngx_shop_say_note("--%.*s \"%s\" is left out, as clocks are set "
                          "forward then: it counts as if they were not",
                          given->len, given->name, given->value);
    }
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
    unsigned        i, n;
    ngx_shop_str_t  who;

    n = e->was.nupdates
        + (e->news.value && strcmp(e->news.name, "update") == 0);

    for (i = 0; i < e->o->ngiven; i++) {
        n += (e->o->given[i].len == 6
              && memcmp(e->o->given[i].name, "update", 6) == 0);
    }

    e->surplus = n > NGX_SHOP_FLAG_UPDATES ? n - NGX_SHOP_FLAG_UPDATES : 0;

    e->who = ngx_shop_edit_file_who(e);

    if (e->who) {
        who = ngx_shop_edit_lines_str(e->who);
        ngx_shop_edit_lines_line(e, "who", 3, &who);
    }

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


/*
 * Who does this; NULL: as it is.  "anna, ticket 4711" stays where anna changes
 * it again, and where a job of root does.
 */

static const char *
ngx_shop_edit_file_who(ngx_shop_edit_t *e)
{
    size_t           n;
    const char      *login;
    ngx_shop_str_t   was;

    if (ngx_shop_options_get(e->o, "who")
        || ngx_shop_options_get(e->o, "no-who"))
    {
        return NULL;
    }

    login = ngx_shop_login();
    n = strlen(login);

    if (n == 0 || !e->store.there) {
        return n ? login : NULL;
    }

    was = ngx_shop_flag_text(&e->was, e->was.who);

    if (was.len && strcmp(login, "root") == 0) {
        return NULL;
    }

    return was.len >= n && memcmp(was.data, login, n) == 0 ? NULL : login;
}


/* "--no-eta" where none is there may be a slip of the finger */

static int
ngx_shop_edit_file_without(ngx_shop_edit_t *e,
    const ngx_shop_options_given_t *given)
{
    unsigned        i;
    ngx_shop_str_t  key;

    for (i = 0; i < e->o->ngiven; i++) {
        key.data = (const unsigned char *) e->o->given[i].name;
        key.len = (size_t) e->o->given[i].len;

        if (ngx_shop_edit_lines_same(&key, given->name + 3,
                                     (size_t) given->len - 3))
        {
            (void) ngx_shop_say_error("--%.*s and --%.*s: only one of them "
                                      "can be meant", given->len - 3,
                                      given->name + 3, given->len,
                                      given->name);
            return NGX_SHOP_ERROR;
        }
    }

    return NGX_SHOP_OK;
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

    ngx_shop_show_notice_summary(&e->is, e->store.path, e->now);
    ngx_shop_show_notice_warnings(stderr, &e->is, e->store.path);
    ngx_shop_show_notice_doubts(stderr, &e->is, e->store.path, e->now);
    (void) fflush(stdout);
    ngx_shop_ask_seen(ngx_shop_ask_url(e->o), e->store.flag, &e->is);

    return NGX_SHOP_SAY_YES;
}
