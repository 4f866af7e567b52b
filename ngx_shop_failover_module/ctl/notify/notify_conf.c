
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The configuration of shopctl-notify: a line, a setting; words with blanks
 * between them.  A secret is never in it, but in a file that it names.
 */


#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ctl/infile.h"
#include "ctl/log.h"
#include "ctl/notify/notify_inside.h"
#include "logic/flag/times.h"


#define NGX_SHOP_NOTIFY_CONF_SIZE   65536
#define NGX_SHOP_NOTIFY_CONF_WORDS  32


/* where a mistake is */
typedef struct {
    const char              *path;
    unsigned                 line;
    ngx_shop_notify_conf_t  *conf;
} ngx_shop_notify_conf_read_t;

typedef int (*ngx_shop_notify_conf_pt)(ngx_shop_notify_conf_read_t *r,
    char **word, unsigned n, size_t offset);


static int ngx_shop_notify_conf_line(ngx_shop_notify_conf_read_t *r,
    char *line);
static int ngx_shop_notify_conf_wrong(const ngx_shop_notify_conf_read_t *r,
    const char *word, const char *right);
static int ngx_shop_notify_conf_text(ngx_shop_notify_conf_read_t *r,
    char **word, unsigned n, size_t offset);
static int ngx_shop_notify_conf_time(ngx_shop_notify_conf_read_t *r,
    char **word, unsigned n, size_t offset);
static int ngx_shop_notify_conf_hours(ngx_shop_notify_conf_read_t *r,
    char **word, unsigned n, size_t offset);
static int ngx_shop_notify_conf_flag(ngx_shop_notify_conf_read_t *r,
    char **word, unsigned n, size_t offset);
static int ngx_shop_notify_conf_escalate(ngx_shop_notify_conf_read_t *r,
    char **word, unsigned n, size_t offset);
static int ngx_shop_notify_conf_route(ngx_shop_notify_conf_read_t *r,
    char **word, unsigned n, size_t offset);
static int ngx_shop_notify_conf_param(ngx_shop_notify_conf_read_t *r,
    ngx_shop_notify_route_t *route, char *word);
static int ngx_shop_notify_conf_levels(ngx_shop_notify_conf_read_t *r,
    ngx_shop_notify_route_t *route, char *text);
static int ngx_shop_notify_conf_list(ngx_shop_notify_conf_read_t *r,
    ngx_shop_notify_list_t *list, char *text);
static int ngx_shop_notify_conf_complete(ngx_shop_notify_conf_read_t *r,
    ngx_shop_notify_route_t *route);
static int ngx_shop_notify_conf_length(ngx_shop_notify_conf_read_t *r,
    const char *text, int64_t *ms);
static int ngx_shop_notify_conf_span(ngx_shop_notify_conf_read_t *r,
    const char *text, ngx_shop_notify_quiet_t *quiet);


static const struct {
    const char               *name;
    ngx_shop_notify_conf_pt   set;
    size_t                    offset;
} ngx_shop_notify_conf_settings[] = {
    { "log", ngx_shop_notify_conf_text,
      offsetof(ngx_shop_notify_conf_t, log) },
    { "state", ngx_shop_notify_conf_text,
      offsetof(ngx_shop_notify_conf_t, state) },
    { "metrics", ngx_shop_notify_conf_text,
      offsetof(ngx_shop_notify_conf_t, metrics) },
    { "screen", ngx_shop_notify_conf_text,
      offsetof(ngx_shop_notify_conf_t, screen) },
    { "sendmail", ngx_shop_notify_conf_text,
      offsetof(ngx_shop_notify_conf_t, sendmail) },
    { "host", ngx_shop_notify_conf_text,
      offsetof(ngx_shop_notify_conf_t, host) },
    { "hold", ngx_shop_notify_conf_time,
      offsetof(ngx_shop_notify_conf_t, hold) },
    { "fold", ngx_shop_notify_conf_time,
      offsetof(ngx_shop_notify_conf_t, fold) },
    { "quiet", ngx_shop_notify_conf_hours, 0 },
    { "flag", ngx_shop_notify_conf_flag, 0 },
    { "route", ngx_shop_notify_conf_route, 0 },
    { "escalate", ngx_shop_notify_conf_escalate, 0 },
    { NULL, NULL, 0 }
};


/* texts of a route */
static const struct {
    const char  *name;
    size_t       offset;
} ngx_shop_notify_conf_params[] = {
    { "url", offsetof(ngx_shop_notify_route_t, url) },
    { "url_file", offsetof(ngx_shop_notify_route_t, url_file) },
    { "key_file", offsetof(ngx_shop_notify_route_t, key_file) },
    { "to", offsetof(ngx_shop_notify_route_t, to) },
    { "from", offsetof(ngx_shop_notify_route_t, from) },
    { "path", offsetof(ngx_shop_notify_route_t, path) },
    { "topic", offsetof(ngx_shop_notify_route_t, topic) },
    { "proxy", offsetof(ngx_shop_notify_route_t, proxy) },
    { "ca", offsetof(ngx_shop_notify_route_t, ca) },
    { NULL, 0 }
};


/* by number of ngx_shop_notify_form_e */
static const struct {
    const char  *name;
    const char  *url;              /* where none is given */
    unsigned     secret:1;         /* its URL is one */
    unsigned     key:1;            /* is needed */
} ngx_shop_notify_conf_forms[] = {
    { "webhook", NULL, 0, 0 },
    { "slack", NULL, 1, 0 },
    { "teams", NULL, 1, 0 },
    { "mattermost", NULL, 1, 0 },
    { "discord", NULL, 1, 0 },
    { "ntfy", "https://ntfy.sh", 0, 0 },
    { "pagerduty", "https://events.pagerduty.com/v2/enqueue", 0, 1 },
    { "opsgenie", "https://api.opsgenie.com/v2/alerts", 0, 1 },
    { "mail", NULL, 0, 0 },
    { "exec", NULL, 0, 0 }
};


static const char  *ngx_shop_notify_conf_level_names[] = {
    "none", "P1", "P2", "P3", "planned", "well"
};


int
ngx_shop_notify_conf_read(ngx_shop_notify_conf_t *conf, const char *path)
{
    char                         *p, *line;
    ssize_t                       size;
    struct stat                   sb;
    static char                   data[NGX_SHOP_NOTIFY_CONF_SIZE + 1];
    static char                   host[256];
    ngx_shop_notify_conf_read_t   r;

    memset(conf, 0, sizeof(ngx_shop_notify_conf_t));

    if (gethostname(host, sizeof(host) - 1) != 0 || host[0] == '\0') {
        strcpy(host, "localhost");
    }

    conf->host = host;
    conf->log = NGX_SHOP_LOG_DEFAULT;
    conf->state = "/var/lib/shop-notify/state";
    conf->sendmail = "/usr/sbin/sendmail";
    conf->hold = 120000;
    conf->fold = 60000;

    size = ngx_shop_infile_read(path, (unsigned char *) data,
                                NGX_SHOP_NOTIFY_CONF_SIZE, &sb);

    if (size == -1) {
        ngx_shop_infile_refused(path, &sb);
        return NGX_SHOP_ERROR;
    }

    if (size == NGX_SHOP_NOTIFY_CONF_SIZE) {
        (void) ngx_shop_say_error("\"%s\" is larger than 64 KB", path);
        return NGX_SHOP_ERROR;
    }

    data[size] = '\0';
    r.path = path;
    r.line = 0;
    r.conf = conf;

    for (p = data; p && *p; /* void */ ) {
        line = p;
        p = strchr(p, '\n');

        if (p) {
            *p++ = '\0';
        }

        r.line++;

        if (ngx_shop_notify_conf_line(&r, line) != NGX_SHOP_OK) {
            return NGX_SHOP_ERROR;
        }
    }

    if (conf->nroutes == 0) {
        (void) ngx_shop_say_error("\"%s\" has no route: write one, such as "
                                  "\"route oncall mail to=ops@example.com\"",
                                  path);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_notify_conf_line(ngx_shop_notify_conf_read_t *r, char *line)
{
    char      *word[NGX_SHOP_NOTIFY_CONF_WORDS], *save;
    unsigned   i, n;

    n = 0;

    for (line = strtok_r(line, " \t\r", &save);
         line && *line != '#';
         line = strtok_r(NULL, " \t\r", &save))
    {
        if (n == NGX_SHOP_NOTIFY_CONF_WORDS) {
            return ngx_shop_notify_conf_wrong(r, line, "fewer words");
        }

        word[n++] = line;
    }

    if (n == 0) {
        return NGX_SHOP_OK;
    }

    for (i = 0; ngx_shop_notify_conf_settings[i].name; i++) {

        if (strcmp(word[0], ngx_shop_notify_conf_settings[i].name) != 0) {
            continue;
        }

        if (n == 1) {
            return ngx_shop_notify_conf_wrong(r, word[0],
                                              "a value behind it");
        }

        return ngx_shop_notify_conf_settings[i].set(r, word, n,
                                    ngx_shop_notify_conf_settings[i].offset);
    }

    return ngx_shop_notify_conf_wrong(r, word[0], "log, state, metrics, "
                                      "screen, sendmail, host, hold, fold, "
                                      "quiet, flag, route or escalate");
}


static int
ngx_shop_notify_conf_wrong(const ngx_shop_notify_conf_read_t *r,
    const char *word, const char *right)
{
    (void) ngx_shop_say_error("%s:%u: \"%s\": expected %s", r->path, r->line,
                              word, right);

    return NGX_SHOP_ERROR;
}


static int
ngx_shop_notify_conf_text(ngx_shop_notify_conf_read_t *r, char **word,
    unsigned n, size_t offset)
{
    const char  *text;

    if (n != 2) {
        return ngx_shop_notify_conf_wrong(r, word[0], "one value");
    }

    text = word[1];
    memcpy((char *) r->conf + offset, &text, sizeof(text));

    return NGX_SHOP_OK;
}


static int
ngx_shop_notify_conf_time(ngx_shop_notify_conf_read_t *r, char **word,
    unsigned n, size_t offset)
{
    int64_t  ms;

    if (n != 2) {
        return ngx_shop_notify_conf_wrong(r, word[0], "one value");
    }

    if (ngx_shop_notify_conf_length(r, word[1], &ms) != NGX_SHOP_OK) {
        return NGX_SHOP_ERROR;
    }

    memcpy((char *) r->conf + offset, &ms, sizeof(ms));

    return NGX_SHOP_OK;
}


static int
ngx_shop_notify_conf_hours(ngx_shop_notify_conf_read_t *r, char **word,
    unsigned n, size_t offset)
{
    (void) offset;

    if (n != 2) {
        return ngx_shop_notify_conf_wrong(r, word[0], "one value");
    }

    return ngx_shop_notify_conf_span(r, word[1], &r->conf->quiet);
}


static int
ngx_shop_notify_conf_flag(ngx_shop_notify_conf_read_t *r, char **word,
    unsigned n, size_t offset)
{
    ngx_shop_notify_flag_t  *flag;

    (void) offset;

    if (r->conf->nflags == NGX_SHOP_NOTIFY_FLAGS || n > 3) {
        return ngx_shop_notify_conf_wrong(r, word[0], "at most 32 flags, each "
                                          "\"flag PATH SITE\"");
    }

    flag = &r->conf->flags[r->conf->nflags++];
    flag->path = word[1];
    flag->site = n == 3 ? word[2] : "";

    return NGX_SHOP_OK;
}


/* "after=30m to=ROUTE" */

static int
ngx_shop_notify_conf_escalate(ngx_shop_notify_conf_read_t *r, char **word,
    unsigned n, size_t offset)
{
    unsigned                 i;
    ngx_shop_notify_step_t  *step;

    (void) offset;

    if (r->conf->nsteps == NGX_SHOP_NOTIFY_STEPS || n != 3
        || strncmp(word[1], "after=", 6) != 0
        || strncmp(word[2], "to=", 3) != 0)
    {
        return ngx_shop_notify_conf_wrong(r, word[0], "at most 4 of them, "
                                          "each \"escalate after=30m "
                                          "to=ROUTE\"");
    }

    step = &r->conf->steps[r->conf->nsteps++];

    for (i = 0; i < r->conf->nroutes; i++) {
        if (strcmp(r->conf->routes[i].name, word[2] + 3) == 0) {
            step->route = i;
            return ngx_shop_notify_conf_length(r, word[1] + 6, &step->after);
        }
    }

    return ngx_shop_notify_conf_wrong(r, word[2], "a route of a line above");
}


static int
ngx_shop_notify_conf_route(ngx_shop_notify_conf_read_t *r, char **word,
    unsigned n, size_t offset)
{
    unsigned                  i;
    ngx_shop_notify_route_t  *route;

    (void) offset;

    if (r->conf->nroutes == NGX_SHOP_NOTIFY_ROUTES || n < 3) {
        return ngx_shop_notify_conf_wrong(r, word[0], "at most 16 of them, "
                                          "each \"route NAME FORM ...\"");
    }

    if (strlen(word[1]) >= NGX_SHOP_NOTIFY_NAME
        || strspn(word[1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                  "XYZ0123456789_-") != strlen(word[1]))
    {
        return ngx_shop_notify_conf_wrong(r, word[1], "a name of letters, "
                                          "digits, \"-\" and \"_\"");
    }

    for (i = 0; i < r->conf->nroutes; i++) {
        if (strcmp(r->conf->routes[i].name, word[1]) == 0) {
            return ngx_shop_notify_conf_wrong(r, word[1], "another name, "
                                              "there is such a route");
        }
    }

    route = &r->conf->routes[r->conf->nroutes];
    route->name = word[1];
    route->timeout = 10000;
    route->levels = 1u << NGX_SHOP_NOTIFY_P1 | 1u << NGX_SHOP_NOTIFY_P2
                    | 1u << NGX_SHOP_NOTIFY_P3 | 1u << NGX_SHOP_NOTIFY_PLANNED;
    route->quiet = r->conf->quiet;

    for (i = 0; i < NGX_SHOP_NOTIFY_FORMS; i++) {
        if (strcmp(word[2], ngx_shop_notify_conf_forms[i].name) == 0) {
            break;
        }
    }

    if (i == NGX_SHOP_NOTIFY_FORMS) {
        return ngx_shop_notify_conf_wrong(r, word[2], "webhook, slack, teams, "
                                          "mattermost, discord, ntfy, "
                                          "pagerduty, opsgenie, mail or exec");
    }

    route->form = i;
    route->url = ngx_shop_notify_conf_forms[i].url;

    for (i = 3; i < n; i++) {
        if (ngx_shop_notify_conf_param(r, route, word[i]) != NGX_SHOP_OK) {
            return NGX_SHOP_ERROR;
        }
    }

    r->conf->nroutes++;

    return ngx_shop_notify_conf_complete(r, route);
}


static int
ngx_shop_notify_conf_param(ngx_shop_notify_conf_read_t *r,
    ngx_shop_notify_route_t *route, char *word)
{
    char        *value;
    unsigned     i;
    const char  *text;

    value = strchr(word, '=');

    if (value == NULL || value[1] == '\0') {
        return ngx_shop_notify_conf_wrong(r, word, "NAME=VALUE");
    }

    *value++ = '\0';

    for (i = 0; ngx_shop_notify_conf_params[i].name; i++) {
        if (strcmp(word, ngx_shop_notify_conf_params[i].name) == 0) {
            text = value;
            memcpy((char *) route + ngx_shop_notify_conf_params[i].offset,
                   &text, sizeof(text));
            return NGX_SHOP_OK;
        }
    }

    if (strcmp(word, "severity") == 0) {
        return ngx_shop_notify_conf_levels(r, route, value);
    }

    if (strcmp(word, "site") == 0) {
        return ngx_shop_notify_conf_list(r, &route->sites, value);
    }

    if (strcmp(word, "class") == 0) {
        return ngx_shop_notify_conf_list(r, &route->classes, value);
    }

    if (strcmp(word, "timeout") == 0) {
        return ngx_shop_notify_conf_length(r, value, &route->timeout);
    }

    if (strcmp(word, "quiet") == 0) {
        return ngx_shop_notify_conf_span(r, value, &route->quiet);
    }

    return ngx_shop_notify_conf_wrong(r, word, "url, url_file, key_file, to, "
                                      "from, path, topic, proxy, ca, severity, "
                                      "site, class, timeout or quiet");
}


static int
ngx_shop_notify_conf_levels(ngx_shop_notify_conf_read_t *r,
    ngx_shop_notify_route_t *route, char *text)
{
    char      *save;
    unsigned   i;

    route->levels = 0;

    for (text = strtok_r(text, ",", &save); text;
         text = strtok_r(NULL, ",", &save))
    {
        for (i = 0; i < NGX_SHOP_NOTIFY_WELL; i++) {
            if (strcmp(text, ngx_shop_notify_conf_level_names[i]) == 0) {
                break;
            }
        }

        if (i == NGX_SHOP_NOTIFY_WELL) {
            return ngx_shop_notify_conf_wrong(r, text, "P1, P2, P3, planned "
                                              "or none");
        }

        route->levels |= i ? 1u << i : 0;
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_notify_conf_list(ngx_shop_notify_conf_read_t *r,
    ngx_shop_notify_list_t *list, char *text)
{
    char  *save;

    for (text = strtok_r(text, ",", &save); text;
         text = strtok_r(NULL, ",", &save))
    {
        if (list->n == NGX_SHOP_NOTIFY_LIST) {
            return ngx_shop_notify_conf_wrong(r, text, "at most 16 names");
        }

        list->name[list->n++] = text;
    }

    return NGX_SHOP_OK;
}


/* what the form needs, and no secret where everybody may read it */

static int
ngx_shop_notify_conf_complete(ngx_shop_notify_conf_read_t *r,
    ngx_shop_notify_route_t *route)
{
    unsigned  form;

    form = route->form;

    if (form == NGX_SHOP_NOTIFY_MAIL) {
        return route->to && route->to[0] != '-' ? NGX_SHOP_OK
               : ngx_shop_notify_conf_wrong(r, route->name, "to=ADDRESS");
    }

    if (form == NGX_SHOP_NOTIFY_EXEC) {
        return route->path && route->path[0] == '/' ? NGX_SHOP_OK
               : ngx_shop_notify_conf_wrong(r, route->name,
                                            "path=/PROGRAM");
    }

    if (ngx_shop_notify_conf_forms[form].secret && route->url) {
        return ngx_shop_notify_conf_wrong(r, route->name, "url_file=FILE: "
                                          "this URL is a secret, which has no "
                                          "place here");
    }

    if (route->url == NULL && route->url_file == NULL) {
        return ngx_shop_notify_conf_wrong(r, route->name,
                                          "url_file=FILE with its URL");
    }

    if (route->url && strncmp(route->url, "http://", 7) != 0
        && strncmp(route->url, "https://", 8) != 0)
    {
        return ngx_shop_notify_conf_wrong(r, route->url, "http:// or "
                                          "https://");
    }

    if (ngx_shop_notify_conf_forms[form].key && route->key_file == NULL) {
        return ngx_shop_notify_conf_wrong(r, route->name,
                                          "key_file=FILE with its key");
    }

    if (form == NGX_SHOP_NOTIFY_NTFY && route->topic == NULL) {
        return ngx_shop_notify_conf_wrong(r, route->name, "topic=NAME");
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_notify_conf_length(ngx_shop_notify_conf_read_t *r, const char *text,
    int64_t *ms)
{
    const char      *reason;
    ngx_shop_str_t   s;

    s.data = (const unsigned char *) text;
    s.len = strlen(text);

    if (ngx_shop_times_parse_length(&s, ms, &reason) != NGX_SHOP_OK) {
        return ngx_shop_notify_conf_wrong(r, text, "a time such as 30s, 5m "
                                          "or 1h30m");
    }

    *ms *= 1000;

    return NGX_SHOP_OK;
}


/* "22:00-07:00" or "off" */

static int
ngx_shop_notify_conf_span(ngx_shop_notify_conf_read_t *r, const char *text,
    ngx_shop_notify_quiet_t *quiet)
{
    int   hour, minute, to_hour, to_minute;
    char  end;

    quiet->from = 0;
    quiet->to = 0;

    if (strcmp(text, "off") == 0) {
        return NGX_SHOP_OK;
    }

    if (sscanf(text, "%2d:%2d-%2d:%2d%c", &hour, &minute, &to_hour,
               &to_minute, &end) != 4
        || hour < 0 || hour > 23 || minute < 0 || minute > 59
        || to_hour < 0 || to_hour > 23 || to_minute < 0 || to_minute > 59)
    {
        return ngx_shop_notify_conf_wrong(r, text, "hours such as "
                                          "22:00-07:00, or off");
    }

    quiet->from = hour * 60 + minute;
    quiet->to = to_hour * 60 + to_minute;

    return NGX_SHOP_OK;
}


int
ngx_shop_notify_conf_secret(const char *path, char *buf, size_t size)
{
    ssize_t      n;
    struct stat  sb;

    n = ngx_shop_infile_read(path, (unsigned char *) buf, size - 1, &sb);

    if (n == -1) {
        ngx_shop_infile_refused(path, &sb);
        return NGX_SHOP_ERROR;
    }

    buf[n] = '\0';
    buf[strcspn(buf, "\r\n")] = '\0';

    if (sb.st_mode & 07) {
        (void) ngx_shop_say_error("\"%s\" has a secret, and everybody may "
                                  "read it: chmod 640 %s", path, path);
        memset(buf, 0, size);
        return NGX_SHOP_ERROR;
    }

    if (buf[0] == '\0' || strcspn(buf, " \t") != strlen(buf)) {
        (void) ngx_shop_say_error("\"%s\": expected one line without blanks, "
                                  "the secret alone", path);
        memset(buf, 0, size);
        return NGX_SHOP_ERROR;
    }

    return NGX_SHOP_OK;
}


const char *
ngx_shop_notify_conf_form(unsigned form)
{
    return ngx_shop_notify_conf_forms[form].name;
}


const char *
ngx_shop_notify_conf_level(unsigned level)
{
    return level <= NGX_SHOP_NOTIFY_WELL
           ? ngx_shop_notify_conf_level_names[level] : "none";
}


int
ngx_shop_notify_conf_has(const ngx_shop_notify_list_t *list, const char *name)
{
    unsigned  i;

    for (i = 0; i < list->n; i++) {
        if (strcmp(list->name[i], name) == 0) {
            return 1;
        }
    }

    return list->n == 0;
}
