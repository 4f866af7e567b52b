
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What in the configuration keeps failover, the page or a payment provider
 * out.
 */


#include "ctl/doctor_inside.h"
#include "logic/pass/pattern.h"


static void ngx_shop_doctor_shop_visit(ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t *node);
static void ngx_shop_doctor_shop_pass(ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t *pass);
static void ngx_shop_doctor_shop_unchecked(ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t *pass, ngx_shop_doctor_node_t *upstream);
static void ngx_shop_doctor_shop_retry(ngx_shop_doctor_node_t *pass,
    ngx_shop_doctor_node_t *upstream);
static void ngx_shop_doctor_shop_retry_told(ngx_shop_doctor_node_t *node,
    const char *what, const char *type);
static void ngx_shop_doctor_shop_page(ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t *pass);
static int ngx_shop_doctor_shop_hides(const ngx_shop_doctor_node_t *page,
    const ngx_shop_doctor_node_t *fallback);
static void ngx_shop_doctor_shop_callback(ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t *location);
static int ngx_shop_doctor_shop_open(const ngx_shop_doctor_node_t *location,
    const char *path);
static int ngx_shop_doctor_shop_matches(const char *pattern,
    const char *path);
static void ngx_shop_doctor_shop_probe(ngx_shop_doctor_node_t *check);


void
ngx_shop_doctor_shop(ngx_shop_doctor_t *d)
{
    ngx_shop_doctor_tree_visit(d, &d->tree, ngx_shop_doctor_shop_visit);

    if (d->before) {
        ngx_shop_doctor_told_write("in the server of the shop",
            "shop_maintenance " NGX_SHOP_DOCTOR_FLAG ";");
    }
}


static void
ngx_shop_doctor_shop_visit(ngx_shop_doctor_t *d, ngx_shop_doctor_node_t *node)
{
    if (ngx_shop_doctor_tree_is_pass(node)) {
        ngx_shop_doctor_shop_pass(d, node);

    } else if (ngx_shop_doctor_tree_is(node, "location")) {
        ngx_shop_doctor_shop_callback(d, node);

    } else if (ngx_shop_doctor_tree_is(node, "shop_health_check")) {
        ngx_shop_doctor_shop_probe(node);
    }
}


static void
ngx_shop_doctor_shop_pass(ngx_shop_doctor_t *d, ngx_shop_doctor_node_t *pass)
{
    ngx_shop_doctor_node_t  *upstream;

    upstream = ngx_shop_doctor_tree_passed(d, pass);

    if (upstream) {
        ngx_shop_doctor_shop_unchecked(d, pass, upstream);
        ngx_shop_doctor_shop_retry(pass, upstream);
    }

    ngx_shop_doctor_shop_page(d, pass);
}


static void
ngx_shop_doctor_shop_unchecked(ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t *pass, ngx_shop_doctor_node_t *upstream)
{
    const char  *line, *name;

    if (upstream->told
        || ngx_shop_doctor_tree_child(upstream, "shop_health_check"))
    {
        return;
    }

    upstream->told = 1;
    name = ngx_shop_doctor_tree_arg(upstream, 1);

    line = ngx_shop_doctor_tree_is(pass, "fastcgi_pass")
           ? "shop_health_check type=fastcgi uri=/ping;"
           : "shop_health_check uri=/healthz;";

    if (d->before) {
        ngx_shop_doctor_told_write(
            ngx_shop_doctor_room_print("in upstream \"%s\", %s:%u", name,
                                       upstream->file, upstream->line), line);
        return;
    }

    ngx_shop_doctor_told_finding("unchecked", upstream,
        ngx_shop_doctor_room_print("upstream \"%s\" has no health check, so "
                                   "that nobody knows whether its servers "
                                   "live, and \"%s\" leads there", name,
                                   pass->args[0]),
        ngx_shop_doctor_room_print("%s      # in upstream \"%s\"", line,
                                   name));
}


/* where there is no other server nothing is shut out */

static void
ngx_shop_doctor_shop_retry(ngx_shop_doctor_node_t *pass,
    ngx_shop_doctor_node_t *upstream)
{
    const char              *name, *protocol;
    ngx_shop_doctor_node_t  *node, *server;

    server = ngx_shop_doctor_tree_child(upstream, "server");

    if ((server == NULL || ngx_shop_doctor_tree_next(server) == NULL)
        && !ngx_shop_doctor_tree_child(upstream, "shop_failover_to"))
    {
        return;
    }

    protocol = ngx_shop_doctor_room_piece(pass->args[0], "_");
    name = ngx_shop_doctor_room_print("%s_next_upstream", protocol);
    node = ngx_shop_doctor_tree_holds(pass->parent, name);

    if (node && ngx_shop_doctor_tree_has(node, "off")) {
        ngx_shop_doctor_shop_retry_told(node, "no request goes to another "
            "server when its own one fails",
            ngx_shop_doctor_room_print("%s error timeout;", name));

    } else if (node && !ngx_shop_doctor_tree_has(node, "error")) {
        ngx_shop_doctor_shop_retry_told(node, "without \"error\" a request "
            "whose server refuses or resets goes to no other one",
            ngx_shop_doctor_room_print("%s error timeout ...;", name));

    } else if (node && !ngx_shop_doctor_tree_has(node, "timeout")) {
        ngx_shop_doctor_shop_retry_told(node, "without \"timeout\" a request "
            "whose server is silent goes to no other one",
            ngx_shop_doctor_room_print("%s error timeout ...;", name));
    }

    name = ngx_shop_doctor_room_print("%s_next_upstream_tries", protocol);
    node = ngx_shop_doctor_tree_holds(pass->parent, name);

    if (node && strcmp(ngx_shop_doctor_tree_arg(node, 1), "1") == 0) {
        ngx_shop_doctor_shop_retry_told(node, "with one try no request goes "
            "to another server when its own one fails",
            ngx_shop_doctor_room_print("%s 3;", name));
    }
}


static void
ngx_shop_doctor_shop_retry_told(ngx_shop_doctor_node_t *node,
    const char *what, const char *type)
{
    if (!node->told) {
        node->told = 1;
        ngx_shop_doctor_told_finding("next-upstream", node,
            ngx_shop_doctor_room_print("\"%s\" shuts failover out: %s",
                                       node->args[0], what), type);
    }
}


/* as nginx/conf_hints.c says it, also where nginx cannot be asked */

static void
ngx_shop_doctor_shop_page(ngx_shop_doctor_t *d, ngx_shop_doctor_node_t *pass)
{
    ngx_shop_doctor_node_t  *page, *fallback, *flag;

    flag = ngx_shop_doctor_tree_holds(pass->parent, "shop_maintenance");
    fallback = ngx_shop_doctor_tree_holds(pass->parent, "shop_fallback");

    if (fallback ? (ngx_shop_doctor_tree_has(fallback, "off")
                    || ngx_shop_doctor_tree_has(fallback, "over=error_page"))
                 : (flag == NULL && !d->before))
    {
        return;
    }

    page = ngx_shop_doctor_tree_holds(pass->parent, "error_page");

    for ( /* void */ ; page; page = ngx_shop_doctor_tree_next(page)) {

        if (page->told || !ngx_shop_doctor_shop_hides(page, fallback)) {
            continue;
        }

        page->told = 1;

        ngx_shop_doctor_told_finding("error-page", page,
            "it comes before the page of the shop: visitors get that, also in "
            "an outage",
            ngx_shop_doctor_room_print("shop_fallback on%s%s over=error_page;",
                fallback && ngx_shop_doctor_tree_has(fallback, "intercept=")
                ? " intercept=" : "",
                fallback && ngx_shop_doctor_tree_has(fallback, "intercept=")
                ? ngx_shop_doctor_tree_has(fallback, "intercept=") : ""));
    }
}


static int
ngx_shop_doctor_shop_hides(const ngx_shop_doctor_node_t *page,
    const ngx_shop_doctor_node_t *fallback)
{
    unsigned     i;
    const char  *codes;

    codes = fallback ? ngx_shop_doctor_tree_has(fallback, "intercept=") : "";

    for (i = 1; i + 1 < page->nargs; i++) {

        if (strcmp(page->args[i], "502") == 0
            || strcmp(page->args[i], "504") == 0
            || (codes && *page->args[i] != '='
                && strstr(codes, page->args[i])))
        {
            return 1;
        }
    }

    return 0;
}


/* by its class, or by a name that says what it is */

static void
ngx_shop_doctor_shop_callback(ngx_shop_doctor_t *d,
    ngx_shop_doctor_node_t *location)
{
    unsigned                 i, is;
    const char              *path, *type;
    ngx_shop_doctor_node_t  *class;

    static const char  *names[] = {
        "callback", "webhook", "/ipn", "postback"
    };

    path = ngx_shop_doctor_tree_arg(location, location->nargs - 1);
    class = ngx_shop_doctor_tree_child(location, "shop_class");
    is = class && strcmp(ngx_shop_doctor_tree_arg(class, 1), "callback") == 0;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        is |= strstr(path, names[i]) != NULL;
    }

    if (!is || *path == '@' || !ngx_shop_doctor_tree_closes(d, location)
        || ngx_shop_doctor_shop_open(location, path)
        || ngx_shop_doctor_tree_child(location, "return"))
    {
        return;
    }

    type = *path == '/'
           ? ngx_shop_doctor_room_print("shop_open /robots.txt /.well-known/* "
                                        "%s;", path)
           : "shop_maintenance off;      # in that location";

    if (d->before) {
        ngx_shop_doctor_told_write("in the server of the shop", type);
        return;
    }

    ngx_shop_doctor_told_finding("callback", location,
        ngx_shop_doctor_room_print("\"%s\" is closed with the shop: a payment "
                                   "provider is refused and gives up after "
                                   "some tries", path), type);
}


static int
ngx_shop_doctor_shop_open(const ngx_shop_doctor_node_t *location,
    const char *path)
{
    unsigned                 i;
    ngx_shop_doctor_node_t  *open;

    open = ngx_shop_doctor_tree_holds(location, "shop_open");

    for (i = 1; open && i < open->nargs; i++) {
        if (ngx_shop_doctor_shop_matches(open->args[i], path)) {
            return 1;
        }
    }

    return open == NULL
           && ngx_shop_doctor_shop_matches("/.well-known/*", path);
}


static int
ngx_shop_doctor_shop_matches(const char *pattern, const char *path)
{
    unsigned char   *buf;
    ngx_shop_str_t   text, made[2];

    if (*pattern != '/' || *path != '/') {
        return 0;
    }

    text.data = (const unsigned char *) pattern;
    text.len = strlen(pattern);
    buf = ngx_shop_doctor_room(text.len + 1);
    made[0].data = buf;
    made[0].len = ngx_shop_pattern_path(buf, &text, NGX_SHOP_PATTERN_PATTERN);

    text.data = (const unsigned char *) path;
    text.len = strlen(path);
    buf = ngx_shop_doctor_room(text.len + 1);
    made[1].data = buf;
    made[1].len = ngx_shop_pattern_path(buf, &text, NGX_SHOP_PATTERN_URI);

    return ngx_shop_pattern_match(&made[0], &made[1]);
}


/* a web server answers for a file while the shop behind it is dead */

static void
ngx_shop_doctor_shop_probe(ngx_shop_doctor_node_t *check)
{
    size_t       len, n;
    unsigned     i;
    const char  *uri;

    static const char  *files[] = {
        ".css", ".js", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico",
        ".webp", ".woff2", ".txt", ".map"
    };

    uri = ngx_shop_doctor_tree_has(check, "uri=");

    if (uri == NULL) {
        return;
    }

    uri = ngx_shop_doctor_room_piece(uri, "?#");
    len = strlen(uri);

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        n = strlen(files[i]);

        if (len > n && strcmp(uri + len - n, files[i]) == 0) {
            ngx_shop_doctor_told_finding("static-probe", check,
                ngx_shop_doctor_room_print("the probe asks for %s, a file: a "
                                           "web server sends it while the "
                                           "shop behind it is dead", uri),
                "shop_health_check uri=/healthz;      # a page that asks the "
                "shop's database");
            return;
        }
    }
}
