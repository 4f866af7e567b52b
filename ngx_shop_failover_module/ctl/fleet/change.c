
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Changes of a fleet's flag.  What an option means is left to ctl/edit, which
 * makes the change in a file of ours that no nginx sees; the engine takes it if
 * nobody was faster.
 */


#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/fleet/await.h"
#include "ctl/fleet/change.h"
#include "ctl/fleet/keep.h"
#include "ctl/fleet/pulse.h"

#include "ctl/ask.h"
#include "ctl/edit.h"
#include "ctl/jsonout.h"
#include "ctl/show.h"
#include "logic/flag/flagset.h"


#define NGX_SHOP_CHANGE_ROWS   64
#define NGX_SHOP_CHANGE_TRIES  5


typedef int (*ngx_shop_change_pt)(const ngx_shop_options_t *o);


static int ngx_shop_change_begin(ngx_shop_await_t *a,
    const ngx_shop_options_t *o, const char *command);
static int ngx_shop_change_make(const ngx_shop_options_t *o,
    ngx_shop_change_pt edit, const char *command);
static int ngx_shop_change_try(const ngx_shop_options_t *o,
    ngx_shop_change_pt edit);
static int ngx_shop_change_edit(const ngx_shop_options_t *o,
    ngx_shop_change_pt edit, const char *dir);
static int ngx_shop_change_child(const ngx_shop_options_t *o,
    ngx_shop_change_pt edit, const char *dir);
static int ngx_shop_change_seen(ngx_shop_await_t *a);
static int ngx_shop_change_gone(ngx_shop_await_t *a);


const ngx_shop_options_entry_t  ngx_shop_change_off_options[] = {
    NGX_SHOP_SETTINGS_OPTIONS,
    NGX_SHOP_AWAIT_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


const ngx_shop_options_entry_t  ngx_shop_change_forget_options[] = {
    NGX_SHOP_SETTINGS_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static ngx_shop_settings_t     ngx_shop_change_settings;
static ngx_shop_engine_t       ngx_shop_change_engine;
static ngx_shop_keep_t         ngx_shop_change_file;
static ngx_shop_flag_notice_t  ngx_shop_change_notice;
static ngx_shop_options_t      ngx_shop_change_given;

/* the flag that is to be written */
static size_t                  ngx_shop_change_size;
static unsigned char           ngx_shop_change_data[NGX_SHOP_FLAG_MAX_SIZE];


const ngx_shop_options_entry_t *
ngx_shop_change_options(void)
{
    unsigned                         n;
    const ngx_shop_options_entry_t  *row;

    static ngx_shop_options_entry_t  rows[NGX_SHOP_CHANGE_ROWS];

    /* whose flag, and who has seen it, is the fleet's to know */

    n = 0;

    for (row = ngx_shop_edit_options; row->name; row++) {
        if (strcmp(row->name, "flag") != 0 && strcmp(row->name, "name") != 0
            && strcmp(row->name, "url") != 0)
        {
            rows[n++] = *row;
        }
    }

    for (row = ngx_shop_change_off_options; row->name; row++) {
        rows[n++] = *row;
    }

    rows[n].name = NULL;

    return rows;
}


int
ngx_shop_change_on(const ngx_shop_options_t *o)
{
    return ngx_shop_change_make(o, ngx_shop_edit_on, "on");
}


int
ngx_shop_change_update(const ngx_shop_options_t *o)
{
    return ngx_shop_change_make(o, ngx_shop_edit_update, "update");
}


int
ngx_shop_change_tell(const ngx_shop_options_t *o)
{
    return ngx_shop_change_make(o, ngx_shop_edit_tell, "tell");
}


static int
ngx_shop_change_begin(ngx_shop_await_t *a, const ngx_shop_options_t *o,
    const char *command)
{
    ngx_shop_engine_t  *e = &ngx_shop_change_engine;

    memset(a, 0, sizeof(ngx_shop_await_t));
    a->engine = e;
    a->command = command;

    if (ngx_shop_settings_read(&ngx_shop_change_settings, o) != NGX_SHOP_OK
        || ngx_shop_await_options(a, o) != NGX_SHOP_OK
        || ngx_shop_engine_open(e, &ngx_shop_change_settings) != NGX_SHOP_OK)
    {
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_change_make(const ngx_shop_options_t *o, ngx_shop_change_pt edit,
    const char *command)
{
    int                  i, rc;
    char                 sum[24];
    ngx_shop_str_t       data;
    ngx_shop_await_t     a;
    ngx_shop_engine_t   *e = &ngx_shop_change_engine;

    if (ngx_shop_change_begin(&a, o, command) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    rc = NGX_SHOP_DECLINED;

    for (i = 0; rc == NGX_SHOP_DECLINED && i < NGX_SHOP_CHANGE_TRIES; i++) {

        /* of two at once the second one changes what the first one wrote */

        if (ngx_shop_change_try(o, edit) != NGX_SHOP_OK) {
            return NGX_SHOP_SAY_ERROR;
        }

        data.data = ngx_shop_change_data;
        data.len = ngx_shop_change_size;
        a.began = ngx_shop_pulse_msec();

        rc = e->ops->write(e, NGX_SHOP_ENGINE_FLAG, &data,
                           e->value[NGX_SHOP_ENGINE_FLAG].revision);
    }

    if (rc != NGX_SHOP_OK) {
        return ngx_shop_say_error("nothing is written: %s",
                                  rc == NGX_SHOP_ERROR ? e->error
                                  : "others write all the time; try again");
    }

    (void) snprintf(sum, sizeof(sum), "%016llx", (unsigned long long)
                    ngx_shop_flag_sum(&ngx_shop_change_notice));
    a.sum = sum;

    return ngx_shop_change_seen(&a);
}


/* what is there, changed, in change_file; OK, or ERROR after it was said why */

static int
ngx_shop_change_try(const ngx_shop_options_t *o, ngx_shop_change_pt edit)
{
    int                       rc;
    char                      dir[NGX_SHOP_FOLLOW_PATH];
    const char               *base;
    ngx_shop_keep_t          *k = &ngx_shop_change_file;
    ngx_shop_engine_t        *e = &ngx_shop_change_engine;
    ngx_shop_engine_value_t  *value;

    e->writer = 1;

    if (e->ops->read(e) != NGX_SHOP_OK) {
        (void) ngx_shop_say_error("nothing is written, the engine does not "
                                  "answer: %s; on a node itself, \"shopctl\" "
                                  "without \"fleet\" still closes it",
                                  e->error);
        return NGX_SHOP_ERROR;
    }

    value = &e->value[NGX_SHOP_ENGINE_FLAG];

    if (edit == ngx_shop_edit_update && !value->there) {
        (void) ngx_shop_say_error("there is no flag at %s to update; close "
                                  "the fleet with: shopctl fleet on",
                                  e->settings->engine);
        return NGX_SHOP_ERROR;
    }

    if (value->there && value->size > NGX_SHOP_FLAG_MAX_SIZE) {
        (void) ngx_shop_say_error("the flag of the engine has %lu bytes, more "
                                  "than a flag may have: take it away with "
                                  "shopctl fleet off, and write it again",
                                  (unsigned long) value->size);
        return NGX_SHOP_ERROR;
    }

    base = getenv("TMPDIR");
    (void) snprintf(dir, sizeof(dir) - 64, "%s/shopctl-fleet.XXXXXX",
                    base && *base ? base : "/tmp");

    if (mkdtemp(dir) == NULL) {
        (void) ngx_shop_say_errno(errno, "cannot make \"%s\"", dir);
        return NGX_SHOP_ERROR;
    }

    rc = ngx_shop_keep_open(k, dir, "flag", "");

    if (rc == NGX_SHOP_OK) {
        errno = value->there
                ? ngx_shop_keep_write(k, value->data, value->size) : 0;

        rc = errno ? ngx_shop_say_errno(errno, "cannot write to \"%s\"", dir)
             : ngx_shop_change_edit(o, edit, dir);

        (void) ngx_shop_keep_remove(k);
        (void) close(k->at.dir);
    }

    (void) rmdir(dir);

    return rc == NGX_SHOP_OK ? NGX_SHOP_OK : NGX_SHOP_ERROR;
}


/* in a child: it begins from nothing each time, and its words are ours */

static int
ngx_shop_change_edit(const ngx_shop_options_t *o, ngx_shop_change_pt edit,
    const char *dir)
{
    int                      status;
    pid_t                    pid;
    int64_t                  now;
    ngx_shop_keep_t         *k = &ngx_shop_change_file;
    ngx_shop_flag_notice_t  *n = &ngx_shop_change_notice;

    (void) fflush(stdout);
    pid = fork();

    if (pid == 0) {
        _exit(ngx_shop_change_child(o, edit, dir));
    }

    if (pid == -1) {
        return ngx_shop_say_errno(errno, "cannot make a process");
    }

    while (waitpid(pid, &status, 0) == -1 && errno == EINTR) { /* void */ }

    if (!WIFEXITED(status) || WEXITSTATUS(status) != NGX_SHOP_SAY_YES) {
        return NGX_SHOP_ERROR;
    }

    ngx_shop_keep_look(k);

    if (!k->there || k->size > NGX_SHOP_FLAG_MAX_SIZE) {
        (void) ngx_shop_say_error("the flag could not be read again");
        return NGX_SHOP_ERROR;
    }

    ngx_shop_change_size = k->size;
    memcpy(ngx_shop_change_data, k->data, k->size);

    now = ngx_shop_pulse_wall() / 1000;
    ngx_shop_flag_parse(n, NULL, k->data, k->size, now, now);

    return NGX_SHOP_OK;
}


/* the options of ctl/edit, and a flag that is "flag" */

static int
ngx_shop_change_child(const ngx_shop_options_t *o, ngx_shop_change_pt edit,
    const char *dir)
{
    unsigned                   i;
    ngx_shop_options_t        *given = &ngx_shop_change_given;
    ngx_shop_options_given_t  *last;

    static const ngx_shop_options_entry_t  ours[] = {
        { "flag", NGX_SHOP_OPTIONS_VALUE, "PATH", "" },
        { "url", NGX_SHOP_OPTIONS_VALUE, "URL", "" }
    };

    static const char *const  values[] = { "flag", NGX_SHOP_ASK_NOBODY };

    *given = *o;
    given->ngiven = 0;

    for (i = 0; i < o->ngiven; i++) {
        if (!ngx_shop_settings_is(&o->given[i])
            && strcmp(o->given[i].option->name, "wait") != 0
            && strcmp(o->given[i].option->name, "json") != 0)
        {
            given->given[given->ngiven++] = o->given[i];
        }
    }

    for (i = 0; i < 2; i++) {
        if (given->ngiven == NGX_SHOP_OPTIONS_MAX) {
            return ngx_shop_say_error("too many options");
        }

        last = &given->given[given->ngiven++];
        last->option = &ours[i];
        last->name = ours[i].name;
        last->len = (int) strlen(ours[i].name);
        last->value = values[i];
    }

    if (chdir(dir) == -1 || freopen("/dev/null", "w", stdout) == NULL) {
        return ngx_shop_say_errno(errno, "cannot use \"%s\"", dir);
    }

    return edit(given);
}


static int
ngx_shop_change_seen(ngx_shop_await_t *a)
{
    int64_t                  now;
    ngx_shop_flag_notice_t  *n = &ngx_shop_change_notice;

    now = ngx_shop_pulse_wall() / 1000;
    a->revision = a->engine->written;
    a->word = ngx_shop_flagset_name(ngx_shop_flagset_word(n, now));

    if (!a->json) {
        ngx_shop_show_notice_summary(n, a->engine->settings->engine, now);
        (void) fflush(stdout);
    }

    return ngx_shop_await_all(a);
}


int
ngx_shop_change_off(const ngx_shop_options_t *o)
{
    int                       rc;
    ngx_shop_await_t          a;
    ngx_shop_engine_t        *e = &ngx_shop_change_engine;
    ngx_shop_engine_value_t  *flag;

    if (o->nrest) {
        return ngx_shop_say_error("\"off\" takes no \"%s\"", o->rest[0]);
    }

    if (ngx_shop_change_begin(&a, o, "off") != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    e->writer = 1;

    if (e->ops->read(e) != NGX_SHOP_OK) {
        return ngx_shop_say_error("nothing is changed, the engine does not "
                                  "answer: %s", e->error);
    }

    a.sum = "";
    a.word = "open";
    a.began = ngx_shop_pulse_msec();
    flag = &e->value[NGX_SHOP_ENGINE_FLAG];

    if (!flag->there) {
        rc = ngx_shop_change_gone(&a);

    } else {
        rc = e->ops->write(e, NGX_SHOP_ENGINE_FLAG, NULL, NGX_SHOP_ENGINE_ANY);
        a.revision = e->written;
    }

    if (rc != NGX_SHOP_OK) {
        return ngx_shop_say_error("it is not taken away: %s", e->error);
    }

    if (!a.json) {
        printf("open: %s %s\n", e->settings->engine,
               flag->there ? "has no flag any more" : "had no flag");
        (void) fflush(stdout);
    }

    return ngx_shop_await_all(&a);
}


/*
 * There is nothing to take away, but a node may have a flag still, as after the
 * engine was restored from a backup, or a file of its own: each looks again
 * when something is written.
 */

static int
ngx_shop_change_gone(ngx_shop_await_t *a)
{
    int                 rc;
    ngx_shop_engine_t  *e = a->engine;

    static const ngx_shop_str_t  words = ngx_shop_string("mode: words\n");

    rc = e->ops->write(e, NGX_SHOP_ENGINE_FLAG, &words, 0);

    if (rc == NGX_SHOP_OK) {
        rc = e->ops->write(e, NGX_SHOP_ENGINE_FLAG, NULL,
                           NGX_SHOP_ENGINE_ANY);
    }

    a->revision = e->written;

    if (rc == NGX_SHOP_DECLINED) {
        (void) strcpy(e->error, "somebody has just written a flag");
    }

    return rc;
}


int
ngx_shop_change_forget(const ngx_shop_options_t *o)
{
    int                   rc;
    ngx_shop_engine_t    *e = &ngx_shop_change_engine;
    ngx_shop_settings_t  *s = &ngx_shop_change_settings;

    if (o->nrest != 1) {
        return ngx_shop_say_error("\"forget\" takes one node: shopctl fleet "
                                  "forget web4");
    }

    if (ngx_shop_settings_read(s, o) != NGX_SHOP_OK
        || ngx_shop_engine_open(e, s) != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    rc = e->ops->forget(e, o->rest[0]);

    if (rc == NGX_SHOP_ERROR) {
        return ngx_shop_say_error("%s", e->error);
    }

    printf("%s: %s\n", ngx_shop_say_name(o->rest[0]),
           rc == NGX_SHOP_OK ? "is forgotten; if it still runs it comes back"
                             : "was not known");

    return rc == NGX_SHOP_OK ? NGX_SHOP_SAY_YES : NGX_SHOP_SAY_NO;
}
