
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Commands that change the flag, and what is asked of each.
 */


#include "ctl/ask.h"
#include "ctl/checklist.h"
#include "ctl/edit.h"
#include "ctl/edit_file.h"
#include "ctl/stock.h"
#include "ctl/when.h"
#include "logic/flag/flagset.h"
#include "logic/flag/times.h"


static int ngx_shop_edit_only_on(const ngx_shop_options_t *o);
static int ngx_shop_edit_template(ngx_shop_edit_t *e);
static void ngx_shop_edit_outage(ngx_shop_edit_t *e);
static const ngx_shop_options_t *ngx_shop_edit_langs(
    const ngx_shop_options_t *o, const char *key);
static int ngx_shop_edit_over(ngx_shop_edit_t *e);
static ngx_shop_options_given_t ngx_shop_edit_text(const char *name,
    const char *text);
static int ngx_shop_edit_after(const ngx_shop_options_t *o);
static int ngx_shop_edit_after_given(const ngx_shop_options_t *o);
static void ngx_shop_edit_more(const char *name, const char *value);


#define NGX_SHOP_EDIT_TEXT  NGX_SHOP_OPTIONS_VALUE


const ngx_shop_options_entry_t  ngx_shop_edit_options[] = {
    { "eta", NGX_SHOP_EDIT_TEXT, "TIME",
      "when it will be well: +45m, 04:30, 2026-11-21 04:30" },
    { "status", NGX_SHOP_OPTIONS_DOTTED, "TEXT",
      "what visitors read; --status.de TEXT for a language" },
    { "reason", NGX_SHOP_OPTIONS_DOTTED, "TEXT", "why" },
    { "offer", NGX_SHOP_OPTIONS_DOTTED, "TEXT", "what visitors get" },
    { "contact", NGX_SHOP_OPTIONS_DOTTED_LIST, "TEXT",
      "how else to order or ask; may be given again" },
    { "update", NGX_SHOP_OPTIONS_DOTTED_LIST, "TEXT",
      "news, with the time of now before it" },
    { "LANG", NGX_SHOP_OPTIONS_LANGUAGE, "TEXT",
      "what it says in a language, such as --de TEXT" },
    { "next-update", NGX_SHOP_EDIT_TEXT, "TIME",
      "when there will be more to say" },
    { "start", NGX_SHOP_EDIT_TEXT, "TIME",
      "close then; until then it is only announced" },
    { "until", NGX_SHOP_EDIT_TEXT, "TIME",
      "open then, come what may" },
    { "end", NGX_SHOP_EDIT_TEXT, "manual|eta|healthy",
      "what opens the shop [manual; in an outage: healthy]" },
    { "after", NGX_SHOP_OPTIONS_DOTTED, "TEXT",
      "what visitors read once \"until\" has opened the shop" },
    { "after-until", NGX_SHOP_EDIT_TEXT, "TIME",
      "until when they read it [6 hours later]" },
    { "mode", NGX_SHOP_EDIT_TEXT, "MODE",
      "full, browse, \"paths /checkout /cart\", or words [full]" },
    { "hosts", NGX_SHOP_EDIT_TEXT, "HOSTS",
      "close these alone: \"a.example *.b.example\" [all of the flag]" },
    { "who", NGX_SHOP_EDIT_TEXT, "TEXT",
      "who does this; not shown to visitors [the login]" },
    { "template", NGX_SHOP_EDIT_TEXT,
      "database|deploy|payment|overload|security",
      "\"on\": words to begin with, in all languages" },
    { "require", NGX_SHOP_EDIT_TEXT, "CHECKLIST",
      "\"on\": a file with NAME: COMMAND a line, which all have to pass" },
    { "no-", NGX_SHOP_OPTIONS_WITHOUT, "KEY",
      "--no-eta, --no-contact, ...: without what is there of it" },
    NGX_SHOP_ASK_OPTION,
    NGX_SHOP_STORE_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


const ngx_shop_options_entry_t  ngx_shop_edit_off_options[] = {
    { "after", NGX_SHOP_OPTIONS_DOTTED, "TEXT",
      "open, and say this in $shop_notice; --after.de TEXT for a language" },
    { "for", NGX_SHOP_EDIT_TEXT, "TIME", "so long after the opening [6h]" },
    NGX_SHOP_ASK_OPTION,
    NGX_SHOP_STORE_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static ngx_shop_edit_t     ngx_shop_edit;
static ngx_shop_options_t  ngx_shop_edit_given;


/*
 * Closed from now, or from --start.  What is there stays where it is of this
 * closing; what is left of an older one, that does not close any more, goes.
 */

int
ngx_shop_edit_on(const ngx_shop_options_t *o)
{
    int               rc;
    const char       *checklist;
    ngx_shop_edit_t  *e = &ngx_shop_edit;

    if (o->nrest) {
        return ngx_shop_say_error("\"on\" takes options only; for a "
                                  "text write: shopctl on --status "
                                  "\"%s\"", o->rest[0]);
    }

    checklist = ngx_shop_options_get(o, "require");

    if (checklist && ngx_shop_checklist_run(checklist) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    o = ngx_shop_edit_langs(o, "status");

    if (ngx_shop_edit_file_begin(e, o, NGX_SHOP_STORE_MAKE) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    if (e->store.there
        && e->was.start.at <= e->now
        && ngx_shop_site_flag(&e->was,
                              NGX_SHOP_SITE_FLAG_CLOSED,
                              e->now)
           == NGX_SHOP_SITE_FLAG_OPEN)
    {
        ngx_shop_say_note("what was in \"%s\" is over, and is left "
                          "out", e->store.path);
        e->store.there = 0;
    }

    if (ngx_shop_edit_template(e) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    ngx_shop_edit_outage(e);

    rc = ngx_shop_edit_file_finish(e);

    if (rc == NGX_SHOP_SAY_YES && ngx_shop_options_get(o, "start")
        && e->is.start.at > e->now)
    {
        ngx_shop_when_compare(ngx_shop_ask_url(o), e->store.flag,
                              e->is.start.at,
                              e->is.until.at ? e->is.until.at : e->is.eta.at,
                              e->now);
    }

    return rc;
}


/* words that are there are somebody's own, and no template replaces them */

static int
ngx_shop_edit_template(ngx_shop_edit_t *e)
{
    int          template;
    const char  *name;

    name = ngx_shop_options_get(e->o, "template");

    if (name == NULL) {
        return NGX_SHOP_OK;
    }

    template = ngx_shop_stock_find(name);

    if (template == -1) {
        (void) ngx_shop_say_error("invalid --template \"%s\": write one of "
                                  "database, deploy, payment, overload, "
                                  "security", name);
        return NGX_SHOP_ERROR;
    }

    if (e->store.there) {
        (void) ngx_shop_say_error("\"%s\" is there and has words of its own: "
                                  "change them with --status", e->store.path);
        return NGX_SHOP_ERROR;
    }

    ngx_shop_stock_lines(&e->out, template);

    return NGX_SHOP_OK;
}


/*
 * While nobody serves a flag says what visitors read, and closes nothing that
 * is open: so it goes with the outage, unless told otherwise.
 */

static void
ngx_shop_edit_outage(ngx_shop_edit_t *e)
{
    ngx_shop_ask_t  a;

    e->outage = ngx_shop_ask(ngx_shop_ask_url(e->o), e->store.flag, &a)
                == NGX_SHOP_OK
                && (strcmp(a.state, "outage") == 0 || a.alone);

    if (!e->outage
        || ngx_shop_options_get(e->o, "end")
        || ngx_shop_options_get(e->o, "start")
        || (e->store.there && e->was.end_given))
    {
        return;
    }

    ngx_shop_emit_text(&e->out, "end: healthy\n");
    ngx_shop_say_note("nobody serves: the flag gives the outage its words, "
                      "and with \"end: healthy\" the shop opens by itself "
                      "when its servers are well; --end manual keeps it "
                      "shut");
}


static int
ngx_shop_edit_only_on(const ngx_shop_options_t *o)
{
    if (ngx_shop_options_get(o, "template")
        || ngx_shop_options_get(o, "require"))
    {
        (void) ngx_shop_say_error("--template and --require are of: shopctl "
                                  "on");
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


/* words close nothing, and so they are not put over what closes */

int
ngx_shop_edit_tell(const ngx_shop_options_t *o)
{
    ngx_shop_edit_t  *e = &ngx_shop_edit;

    if (o->nrest > 1) {
        return ngx_shop_say_error("\"tell\" takes one text, put it in "
                                  "quotes: \"%s %s ...\"",
                                  o->rest[0], o->rest[1]);
    }

    if (o->nrest == 0 && o->ngiven == 0) {
        return ngx_shop_say_error("\"tell\" needs a text: shopctl tell "
                                  "\"We are repairing the database.\"");
    }

    if (o->nrest) {
        e->news = ngx_shop_edit_text("status", o->rest[0]);
    }

    o = ngx_shop_edit_langs(o, "status");

    if (ngx_shop_options_get(o, "mode") || ngx_shop_options_get(o, "start")) {
        return ngx_shop_say_error("\"tell\" closes nothing, so it takes no "
                                  "--mode and no --start; to close the shop "
                                  "write: shopctl on");
    }

    if (ngx_shop_edit_only_on(o) != NGX_SHOP_OK
        || ngx_shop_edit_file_begin(e, o, NGX_SHOP_STORE_MAKE)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    if (e->store.there && e->was.mode != NGX_SHOP_FLAG_WORDS) {
        return ngx_shop_say_error("\"%s\" is there and closes the shop, or "
                                  "will: \"tell\" would open it; add to it "
                                  "with: shopctl update \"TEXT\"",
                                  e->store.path);
    }

    if (!e->store.there) {
        ngx_shop_emit_text(&e->out, "mode: words\n");
    }

    ngx_shop_edit_outage(e);

    return ngx_shop_edit_file_finish(e);
}


int
ngx_shop_edit_update(const ngx_shop_options_t *o)
{
    ngx_shop_edit_t  *e = &ngx_shop_edit;

    if (o->nrest > 1) {
        return ngx_shop_say_error("\"update\" takes one text, put it "
                                  "in quotes: \"%s %s ...\"",
                                  o->rest[0], o->rest[1]);
    }

    if (o->nrest == 0 && o->ngiven == 0) {
        return ngx_shop_say_error("\"update\" needs a text: shopctl "
                                  "update \"Cause found.\"");
    }

    if (o->nrest) {
        e->news = ngx_shop_edit_text("update", o->rest[0]);
    }

    o = ngx_shop_edit_langs(o, "update");

    if (ngx_shop_edit_only_on(o) != NGX_SHOP_OK
        || ngx_shop_edit_file_begin(e, o, NGX_SHOP_STORE_CHANGE)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    if (!e->store.there) {
        return ngx_shop_say_error("there is no flag \"%s\" to "
                                  "update, the shop is not closed by "
                                  "it; close it with: shopctl on",
                                  e->store.path);
    }

    if (ngx_shop_edit_over(e) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    return ngx_shop_edit_file_finish(e);
}


/* "update --de TEXT" is "update --update.de TEXT" */

static const ngx_shop_options_t *
ngx_shop_edit_langs(const ngx_shop_options_t *o, const char *key)
{
    size_t                     used;
    unsigned                   i;
    ngx_shop_options_given_t  *given, text;

    static char  names[NGX_SHOP_OPTIONS_MAX * 48];

    ngx_shop_edit_given = *o;
    text = ngx_shop_edit_text(key, NULL);
    used = 0;

    for (i = 0; i < o->ngiven; i++) {
        given = &ngx_shop_edit_given.given[i];

        if (given->option->type != NGX_SHOP_OPTIONS_LANGUAGE) {
            continue;
        }

        given->option = text.option;
        given->len = snprintf(names + used, sizeof(names) - used, "%s.%.*s",
                              key, o->given[i].len, o->given[i].name);
        given->name = names + used;
        used += (size_t) given->len + 1;
    }

    return &ngx_shop_edit_given;
}


/* of a flag that has ended nobody reads the news */

static int
ngx_shop_edit_over(ngx_shop_edit_t *e)
{
    int             asked, outage;
    ngx_shop_ask_t  a;

    asked = ngx_shop_ask(ngx_shop_ask_url(e->o), e->store.flag, &a)
            == NGX_SHOP_OK;

    if (ngx_shop_flagset_word(&e->was, e->now) != NGX_SHOP_FLAGSET_OVER
        && !(asked && !e->store.is_dir && strcmp(a.flag, "over") == 0))
    {
        return NGX_SHOP_OK;
    }

    outage = asked && strcmp(a.state, "outage") == 0;

    (void) ngx_shop_say_error("\"%s\" has ended, so nobody would read the "
                              "update; %s; to take the flag away: shopctl "
                              "off", e->store.path,
                              outage
                              ? "in this outage write: shopctl on --end "
                                "healthy --status \"TEXT\""
                              : "to close the shop again: shopctl on "
                                "--status \"TEXT\"");
    return NGX_SHOP_ERROR;
}


/* "update TEXT" is "update --update TEXT", and is held to the same rules */

static ngx_shop_options_given_t
ngx_shop_edit_text(const char *name, const char *text)
{
    ngx_shop_options_given_t  given;

    given.option = ngx_shop_edit_options;

    while (strcmp(given.option->name, name) != 0) {
        given.option++;
    }

    given.name = given.option->name;
    given.len = (int) strlen(given.name);
    given.value = text;

    return given;
}


int
ngx_shop_edit_off(const ngx_shop_options_t *o)
{
    int                rc;
    const char        *other;
    ngx_shop_store_t  *store = &ngx_shop_edit.store;

    if (o->nrest) {
        return ngx_shop_say_error("\"off\" takes no \"%s\"; to name "
                                  "a flag write --flag %s",
                                  o->rest[0], o->rest[0]);
    }

    if (ngx_shop_edit_after_given(o)) {
        return ngx_shop_edit_after(o);
    }

    if (ngx_shop_options_get(o, "for")) {
        return ngx_shop_say_error("--for says how long --after TEXT is said; "
                                  "there is no --after");
    }

    if (ngx_shop_store_open(store, o) != NGX_SHOP_OK
        || ngx_shop_store_own(store, NGX_SHOP_STORE_REMOVE)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    rc = ngx_shop_store_remove(store);

    if (rc == NGX_SHOP_ERROR) {
        return NGX_SHOP_SAY_ERROR;
    }

    other = ngx_shop_store_other(store);

    if (*other) {
        ngx_shop_say_note("\"%s\" is still in \"%s\" and may keep "
                          "the shop closed; see: shopctl check %s/%s",
                          other, store->flag, store->flag, other);
    }

    printf("%s: %s %s\n", *other ? "off" : "open",
           store->is_dir ? store->path : store->flag,
           rc == NGX_SHOP_DECLINED ? "was not there" : "is gone");

    if (*other == '\0') {
        (void) fflush(stdout);
        ngx_shop_ask_seen(ngx_shop_ask_url(o), store->flag, NULL);
    }

    return NGX_SHOP_SAY_YES;
}


static int
ngx_shop_edit_after_given(const ngx_shop_options_t *o)
{
    unsigned  i;

    for (i = 0; i < o->ngiven; i++) {
        if (strcmp(o->given[i].option->name, "after") == 0) {
            return 1;
        }
    }

    return 0;
}


/*
 * The file stays, and its "until" is now: it is over, as any that has ended by
 * itself, and "on" leaves it out.
 */

static int
ngx_shop_edit_after(const ngx_shop_options_t *o)
{
    int64_t           last;
    const char       *text, *reason;
    ngx_shop_str_t    value;
    ngx_shop_edit_t  *e = &ngx_shop_edit;

    static char  now[NGX_SHOP_TIMES_LEN], until[NGX_SHOP_TIMES_LEN];
    static char  length[32];

    text = ngx_shop_options_get(o, "for");
    (void) snprintf(length, sizeof(length), "+%s", text ? text : "6h");
    value = ngx_shop_edit_lines_str(length);

    if (ngx_shop_edit_file_begin(e, o, NGX_SHOP_STORE_CHANGE) != NGX_SHOP_OK) {
        return NGX_SHOP_SAY_ERROR;
    }

    if (ngx_shop_times_parse(&value, e->now, &last, &reason) != NGX_SHOP_OK) {
        return ngx_shop_say_error("invalid --for \"%s\": write a length of "
                                  "time such as 6h or 1h30m", text);
    }

    if (!e->store.there) {
        return ngx_shop_say_error("there is no flag \"%s\": nothing was "
                                  "closed by it, so there is nothing to say "
                                  "after it", e->store.path);
    }

    if (e->was.start.at > e->now) {
        return ngx_shop_say_error("\"%s\" has not closed the shop yet; to "
                                  "take it away: shopctl off", e->store.path);
    }

    now[ngx_shop_times_rfc3339((unsigned char *) now, e->now)] = '\0';
    until[ngx_shop_times_rfc3339((unsigned char *) until, last)] = '\0';

    ngx_shop_edit_given = *o;
    e->o = &ngx_shop_edit_given;

    ngx_shop_edit_more("until", now);
    ngx_shop_edit_more("after-until", until);

    /* promises are over, too */

    ngx_shop_edit_more("no-", "no-start");
    ngx_shop_edit_more("no-", "no-end");
    ngx_shop_edit_more("no-", "no-eta");
    ngx_shop_edit_more("no-", "no-next-update");

    return ngx_shop_edit_file_finish(e);
}


/* one more option, as if it had been given */

static void
ngx_shop_edit_more(const char *name, const char *value)
{
    ngx_shop_options_given_t  *given;

    if (ngx_shop_edit_given.ngiven == NGX_SHOP_OPTIONS_MAX) {
        return;
    }

    given = &ngx_shop_edit_given.given[ngx_shop_edit_given.ngiven++];
    *given = ngx_shop_edit_text(name, value);

    if (given->option->type == NGX_SHOP_OPTIONS_WITHOUT) {
        given->name = value;
        given->len = (int) strlen(value);
    }
}
