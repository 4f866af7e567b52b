
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Orders for servers and sites: sent to a location with shop_control, and what
 * became of them in words.  Which orders there are, and whether one makes
 * sense, is decided by nginx alone.
 */


#include <stdlib.h>
#include <time.h>

#include "ctl/fetch.h"
#include "ctl/login.h"
#include "ctl/member.h"
#include "ctl/order.h"
#include "ctl/secret_file.h"
#include "logic/text/form.h"


static int ngx_shop_order_give(const ngx_shop_options_t *o, const char *action,
    const char *word);
static int ngx_shop_order_send(const ngx_shop_options_t *o, const char *action,
    const char *word);
static int ngx_shop_order_sites(const ngx_shop_json_t *answer);
static int ngx_shop_order_form(const ngx_shop_options_t *o, const char *action,
    unsigned char *buf, ngx_shop_str_t *form);
static int ngx_shop_order_refused(const char *url, const char *path,
    unsigned status, const ngx_shop_json_t *answer);
static int ngx_shop_order_show(const char *word,
    const ngx_shop_json_t *answer);


/* nginx takes no more */
#define NGX_SHOP_ORDER_LEN  4096


const ngx_shop_options_entry_t  ngx_shop_order_options[] = {
    { "for", NGX_SHOP_OPTIONS_VALUE, "LENGTH",
      "30m, 1h30m: then the order ends by itself" },
    NGX_SHOP_ORDER_UPSTREAM,
    NGX_SHOP_ORDER_OPTIONS
};


const ngx_shop_options_entry_t  ngx_shop_order_enable_options[] = {
    NGX_SHOP_ORDER_UPSTREAM,
    NGX_SHOP_ORDER_OPTIONS
};


const ngx_shop_options_entry_t  ngx_shop_order_reopen_options[] = {
    { "now", NGX_SHOP_OPTIONS_SWITCH, NULL,
      "ends the ramp: everybody is let in at once" },
    { "over", NGX_SHOP_OPTIONS_VALUE, "LENGTH",
      "10m, 1h: lets the rest of the visitors in over that time" },
    { "site", NGX_SHOP_OPTIONS_VALUE, "NAME",
      "that site only; else all that reopen" },
    NGX_SHOP_ORDER_OPTIONS
};


int
ngx_shop_order_drain(const ngx_shop_options_t *o)
{
    return ngx_shop_order_give(o, "drain", "draining");
}


int
ngx_shop_order_down(const ngx_shop_options_t *o)
{
    return ngx_shop_order_give(o, "down", "down");
}


int
ngx_shop_order_up(const ngx_shop_options_t *o)
{
    return ngx_shop_order_give(o, "up", "up");
}


int
ngx_shop_order_enable(const ngx_shop_options_t *o)
{
    return ngx_shop_order_give(o, "enable", "enabled");
}


int
ngx_shop_order_reopen(const ngx_shop_options_t *o)
{
    if (o->nrest) {
        return ngx_shop_say_error("\"reopen\" takes no \"%s\"; for a site "
                                  "write --site %s", o->rest[0], o->rest[0]);
    }

    if ((ngx_shop_options_get(o, "now") != NULL)
        == (ngx_shop_options_get(o, "over") != NULL))
    {
        return ngx_shop_say_error("\"reopen\" needs --now, or --over 10m: end "
                                  "the ramp, or let the rest in over that "
                                  "time; to open a closed shop: shopctl off");
    }

    return ngx_shop_order_send(o, "reopen", NULL);
}


static int
ngx_shop_order_give(const ngx_shop_options_t *o, const char *action,
    const char *word)
{
    if (o->nrest != 1) {
        return ngx_shop_say_error("\"%s\" needs one server, as "
                                  "written in the configuration or "
                                  "an address: shopctl %s "
                                  "10.0.0.11:8080", action, action);
    }

    return ngx_shop_order_send(o, action, word);
}


/* word: what became of the servers; NULL: it is about sites */

static int
ngx_shop_order_send(const ngx_shop_options_t *o, const char *action,
    const char *word)
{
    int               rc, json;
    size_t            at, size;
    const char       *url, *path, *reason;
    unsigned char     buf[NGX_SHOP_ORDER_LEN], *body;
    ngx_shop_str_t    source;
    ngx_shop_json_t   answer;

    ngx_shop_fetch_order_t  order;

    url = ngx_shop_options_setting(o, "url", "SHOP_CONTROL",
                                   NGX_SHOP_ORDER_URL);
    path = ngx_shop_options_setting(o, "key", "SHOP_CONTROL_KEY",
                                    NGX_SHOP_ORDER_KEY);

    order.insecure = ngx_shop_options_get(o, "insecure") != NULL;

    if (ngx_shop_order_form(o, action, buf, &order.form)
        != NGX_SHOP_OK
        || ngx_shop_secret_file_read(path, "shop_control", 1, &order.key)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    if (ngx_shop_fetch_order(url, &order, &body, &size) != NGX_SHOP_OK) {
        ngx_shop_say_note("asked was %s; name another location with "
                          "shop_control by --url or $SHOP_CONTROL", url);
        return NGX_SHOP_SAY_ERROR;
    }

    source.data = body;
    source.len = size;

    json = ngx_shop_json_parse(&answer, &source, &at, &reason) == NGX_SHOP_OK;

    if (!json || order.status != 200) {
        rc = ngx_shop_order_refused(url, path, order.status,
                                    json ? &answer : NULL);

    } else {
        rc = word ? ngx_shop_order_show(word, &answer)
                  : ngx_shop_order_sites(&answer);
    }

    free(body);

    return rc;
}


static int
ngx_shop_order_form(const ngx_shop_options_t *o, const char *action,
    unsigned char *buf, ngx_shop_str_t *form)
{
    size_t              n, i;
    const char         *value;
    static const char  *names[] = {
        "upstream", "for", "reason", "over", "site", "who"
    };

    n = 0;

    if (ngx_shop_form_add(buf, NGX_SHOP_ORDER_LEN, &n, "action", action)
        != NGX_SHOP_OK
        || (o->nrest
            && ngx_shop_form_add(buf, NGX_SHOP_ORDER_LEN, &n, "peer",
                                 o->rest[0])
               != NGX_SHOP_OK))
    {
        (void) ngx_shop_say_error("the server's name is too long");
        return NGX_SHOP_ERROR;
    }

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        value = ngx_shop_options_get(o, names[i]);

        if (value == NULL && strcmp(names[i], "who") == 0) {
            value = *ngx_shop_login() ? ngx_shop_login() : NULL;
        }

        if (value
            && ngx_shop_form_add(buf, NGX_SHOP_ORDER_LEN,
                                 &n, names[i], value)
               != NGX_SHOP_OK)
        {
            (void) ngx_shop_say_error("--%s is too long", names[i]);
            return NGX_SHOP_ERROR;
        }
    }

    form->data = buf;
    form->len = n;

    return NGX_SHOP_OK;
}


/* what nginx says is wrong, and what it cannot know: where to look for it */

static int
ngx_shop_order_refused(const char *url, const char *path, unsigned status,
    const ngx_shop_json_t *answer)
{
    char  error[1024];

    if (answer && ngx_shop_member_get(answer, "error", error, sizeof(error))) {
        if (status == 401) {
            return ngx_shop_say_error("%s refuses the key in "
                                      "\"%s\": name the file of "
                                      "shop_control there with "
                                      "--key; nginx reads a new key "
                                      "when it is reloaded",
                                      url, path);
        }

        return ngx_shop_say_error("%s", error);
    }

    if (status == 403) {
        return ngx_shop_say_error("%s answers 403: \"allow\" and "
                                  "\"deny\" of that location keep "
                                  "this machine out", url);
    }

    return ngx_shop_say_error("%s answers %03u: is there a location "
                              "with shop_control?", url, status);
}


static int
ngx_shop_order_show(const char *word, const ngx_shop_json_t *answer)
{
    char                  server[256], address[256];
    char                  upstream[256], state[32];
    long                  usable;
    int64_t               now, until;
    ngx_shop_json_t       peers, peer;
    ngx_shop_json_walk_t  walk;

    now = (int64_t) time(NULL);

    if (ngx_shop_json_find(answer, "peers", &peers)
        != NGX_SHOP_OK
        || !ngx_shop_member_get(answer, "upstream", upstream,
                                sizeof(upstream)))
    {
        return ngx_shop_say_error("that is not the answer of " "shop_control");
    }

    ngx_shop_json_walk(&peers, &walk);

    while (ngx_shop_json_next(&walk, NULL, &peer) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&peer, "server", server, sizeof(server));
        (void) ngx_shop_member_get(&peer, "address", address, sizeof(address));

        printf("%s: %s", word, server);

        if (strcmp(server, address) != 0) {
            printf(" (%s)", address);
        }

        until = ngx_shop_member_time(&peer, "until", now);

        if (until) {
            printf(", until ");
            ngx_shop_say_time(stdout, until, now);
        }

        putchar('\n');
    }

    usable = ngx_shop_member_number(answer, "usable");

    (void) ngx_shop_member_get(answer, "state", state, sizeof(state));

    printf("upstream %s: %s, %ld usable\n", upstream, state, usable);

    if (usable == 0) {
        ngx_shop_say_note("no server of upstream %s takes visitors "
                          "now: a backup group does, or they see "
                          "the page", upstream);
    }

    return NGX_SHOP_SAY_YES;
}


static int
ngx_shop_order_sites(const ngx_shop_json_t *answer)
{
    char                  name[256];
    int64_t               now, at;
    ngx_shop_json_t       sites, site;
    ngx_shop_json_walk_t  walk;

    now = (int64_t) time(NULL);

    if (ngx_shop_json_find(answer, "sites", &sites) != NGX_SHOP_OK) {
        return ngx_shop_say_error("that is not the answer of shop_control");
    }

    ngx_shop_json_walk(&sites, &walk);

    while (ngx_shop_json_next(&walk, NULL, &site) == NGX_SHOP_OK) {
        (void) ngx_shop_member_get(&site, "name", name, sizeof(name));
        at = ngx_shop_member_time(&site, "all_in", now);

        if (at <= now) {
            printf("%s: everybody is in\n", name);
            continue;
        }

        printf("%s: %ld %% of the visitors are in; everybody is in by ", name,
               ngx_shop_member_number(&site, "admitted"));
        ngx_shop_say_time(stdout, at, now);
        putchar('\n');
    }

    return NGX_SHOP_SAY_YES;
}
