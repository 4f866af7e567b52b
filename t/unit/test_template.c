
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Page templates: what is rendered, and which templates are refused.
 */


#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "logic/words/template.h"


/* ids of the names below, which are their places in the table */
enum {
    TEST_NAME = 0,
    TEST_EMPTY,
    TEST_ABSENT,
    TEST_EVIL,
    TEST_CONTACT,
    TEST_HOME,
    TEST_SCRIPT,
    TEST_IMAGE,
    TEST_UPDATES,
    TEST_UPDATE_TIME,
    TEST_UPDATE_TEXT,
    TEST_PEERS,
    TEST_PEER_NAME,
    TEST_GROUPS
};


typedef struct {
    const char               *name;
    ngx_shop_template_name_t  what;
    const char               *value;
} test_template_name_t;


typedef struct {
    const char               *source;
    const char               *html;
} test_template_case_t;


typedef struct {
    const char               *source;
    unsigned                  line;
    const char               *what;
    const char               *reason;     /* a part of it */
} test_template_error_t;


#define VALUE  NGX_SHOP_TEMPLATE_VALUE
#define LIST   NGX_SHOP_TEMPLATE_LIST


static const test_template_name_t  test_template_names[] = {
    { "name", { VALUE, TEST_NAME, 0, 0 }, "Anna's" },
    { "empty", { VALUE, TEST_EMPTY, 0, 0 }, "" },
    { "absent", { VALUE, TEST_ABSENT, 0, 0 }, NULL },
    { "evil", { VALUE, TEST_EVIL, 0, 0 }, "\"><b>&'" },
    { "contact", { VALUE, TEST_CONTACT, 0, 0 }, "Call tel:0800123 <now>" },
    { "url.home", { VALUE, TEST_HOME, 0, 0 }, "https://shop.example/?a&b" },
    { "url.script", { VALUE, TEST_SCRIPT, 0, 0 }, "javascript:alert(1)" },
    { "url.image", { VALUE, TEST_IMAGE, 0, 0 }, "data:image/png;base64,A" },
    { "updates", { LIST, TEST_UPDATES, 0, 0 }, NULL },
    { "update.time", { VALUE, TEST_UPDATE_TIME, TEST_UPDATES, 1 }, NULL },
    { "update.text", { VALUE, TEST_UPDATE_TEXT, TEST_UPDATES, 1 }, NULL },
    { "peers", { LIST, TEST_PEERS, 0, 0 }, NULL },
    { "peer.name", { VALUE, TEST_PEER_NAME, TEST_PEERS, 1 }, NULL },
    { "groups", { LIST, TEST_GROUPS, 0, 0 }, NULL }
};


static const char  *test_template_updates[][2] = {
    { "03:10", "Cause <found>." },
    { NULL, "See https://a.example" },
    { "03:40", NULL }
};


static ngx_shop_str_t
test_template_str(const char *text)
{
    ngx_shop_str_t  s;

    s.len = strlen(text);
    s.data = (const unsigned char *) text;

    return s;
}


static int
test_template_resolve(void *data, const ngx_shop_str_t *name,
    ngx_shop_template_name_t *result)
{
    size_t                       i;
    const test_template_name_t  *n;

    (void) data;

    for (i = 0;
         i < sizeof(test_template_names) / sizeof(test_template_names[0]);
         i++)
    {
        n = &test_template_names[i];

        if (strlen(n->name) == name->len
            && memcmp(n->name, name->data, name->len) == 0)
        {
            *result = n->what;
            return NGX_SHOP_OK;
        }
    }

    return NGX_SHOP_DECLINED;
}


static int
test_template_get(void *data, unsigned id, unsigned item,
    ngx_shop_str_t *value)
{
    const char  *text;

    (void) data;

    switch (id) {

    case TEST_PEERS:
        return NGX_SHOP_DECLINED;

    case TEST_GROUPS:
        return (item < 1) ? NGX_SHOP_OK : NGX_SHOP_DECLINED;

    case TEST_UPDATES:
        return (item < 3) ? NGX_SHOP_OK : NGX_SHOP_DECLINED;

    case TEST_UPDATE_TIME:
    case TEST_UPDATE_TEXT:
        assert_true(item < 3);
        text = test_template_updates[item][id - TEST_UPDATE_TIME];
        break;

    default:
        text = test_template_names[id].value;
    }

    if (text == NULL) {
        return NGX_SHOP_DECLINED;
    }

    *value = test_template_str(text);

    return NGX_SHOP_OK;
}


/* counts, compiles into just that room, and renders into buf */

static int
test_template_run(const char *text, char *buf, size_t size,
    ngx_shop_template_error_t *error)
{
    int                  rc;
    unsigned             nops;
    unsigned char       *copy;
    ngx_shop_str_t       source;
    ngx_shop_emit_t      e;
    ngx_shop_template_t  t;

    source = test_template_str(text);
    copy = malloc(source.len + 1);
    assert_non_null(copy);
    memcpy(copy + 1, source.data, source.len);
    source.data = copy + 1;

    memset(&t, 0, sizeof(t));

    rc = ngx_shop_template_compile(&t, &source, test_template_resolve, NULL,
                                   error);
    if (rc != NGX_SHOP_OK) {
        assert_true(error->what.len <= source.len);
        assert_int_equal(rc, NGX_SHOP_ERROR);
        strncpy(buf, (const char *) error->what.data, error->what.len);
        buf[error->what.len] = '\0';
        free(copy);
        return rc;
    }

    nops = t.nops;
    t.nalloc = nops;
    t.ops = malloc(nops * sizeof(ngx_shop_template_op_t) + 1);
    assert_non_null(t.ops);

    rc = ngx_shop_template_compile(&t, &source, test_template_resolve, NULL,
                                   error);
    assert_int_equal(rc, NGX_SHOP_OK);
    assert_int_equal(t.nops, nops);

    if (nops) {
        t.nalloc = nops - 1;
        assert_int_equal(ngx_shop_template_compile(&t, &source,
                                                   test_template_resolve,
                                                   NULL, error),
                         NGX_SHOP_ERROR);

        t.nalloc = nops;
        assert_int_equal(ngx_shop_template_compile(&t, &source,
                                                   test_template_resolve,
                                                   NULL, error),
                         NGX_SHOP_OK);
    }

    ngx_shop_emit_init(&e, (unsigned char *) buf, size - 1);
    ngx_shop_template_render(&t, test_template_get, NULL, &e);

    assert_int_equal(e.failed, 0);
    *e.pos = '\0';

    free(t.ops);
    free(copy);

    return rc;
}


static void
test_template_cases(const test_template_case_t *c, size_t n)
{
    char                       buf[4096];
    size_t                     i;
    ngx_shop_template_error_t  error;

    for (i = 0; i < n; i++) {
        print_message("%s\n", c[i].source);

        if (test_template_run(c[i].source, buf, sizeof(buf), &error)
            != NGX_SHOP_OK)
        {
            fail_msg("line %u: %s", error.line, error.reason);
        }

        assert_string_equal(buf, c[i].html);
    }
}


static void
test_template_errors(const test_template_error_t *c, size_t n)
{
    char                       buf[4096];
    size_t                     i;
    ngx_shop_template_error_t  error;

    for (i = 0; i < n; i++) {
        print_message("%s\n", c[i].source);

        assert_int_equal(test_template_run(c[i].source, buf, sizeof(buf),
                                           &error),
                         NGX_SHOP_ERROR);
        assert_int_equal(error.line, c[i].line);
        assert_string_equal(buf, c[i].what);
        assert_non_null(strstr(error.reason, c[i].reason));
    }
}


#define test_template_all(c)                                                 \
    test_template_cases(c, sizeof(c) / sizeof(c[0]))

#define test_template_all_errors(c)                                          \
    test_template_errors(c, sizeof(c) / sizeof(c[0]))


static void
values_are_escaped(void **state)
{
    static const test_template_case_t  cases[] = {
        { "", "" },
        { "a { b } c", "a { b } c" },
        { "{{name}}", "Anna&#39;s" },
        { "<p>{{ name }}</p>", "<p>Anna&#39;s</p>" },
        { "{{empty}}{{absent}}", "" },
        { "{{evil}}", "&quot;&gt;&lt;b&gt;&amp;&#39;" },
        { "<title>{{evil}}</title>",
          "<title>&quot;&gt;&lt;b&gt;&amp;&#39;</title>" },
        { "<p title=\"{{evil}}\" data-x='{{evil}}'>",
          "<p title=\"&quot;&gt;&lt;b&gt;&amp;&#39;\" "
          "data-x='&quot;&gt;&lt;b&gt;&amp;&#39;'>" },
        { "}}{{name}}", "}}Anna&#39;s" }
    };

    (void) state;

    test_template_all(cases);
}


static void
only_safe_urls_stand_in_href_and_src(void **state)
{
    static const test_template_case_t  cases[] = {
        { "<a href=\"{{url.home}}\">",
          "<a href=\"https://shop.example/?a&amp;b\">" },
        { "<a HREF = '{{url.script}}'>", "<a HREF = ''>" },
        { "<a href=\"{{url.image}}\">", "<a href=\"\">" },
        { "<img src=\"{{url.image}}\">",
          "<img src=\"data:image/png;base64,A\">" },
        { "<img src=\"{{url.script}}\">", "<img src=\"\">" },
        { "<form action=\"{{name}}\">", "<form action=\"\">" },

        { "<a title=\"x\" href=\"{{url.script}}\">",
          "<a title=\"x\" href=\"\">" },

        /* a place that may be empty does not make the next one safe */
        { "<a href=\"{{empty}}{{url.script}}\">", "<a href=\"\">" },
        { "<a href=\"{{#empty}}x{{/empty}}{{url.script}}\">",
          "<a href=\"\">" },
        { "<a href=\"{{#name}}{{url.home}}{{/name}}{{^name}}/{{/name}}\">",
          "<a href=\"https://shop.example/?a&amp;b\">" },

        /* the scheme is the template's */
        { "<a href=\"tel:{{name}}\">", "<a href=\"tel:Anna&#39;s\">" },
        { "<a href=\"tel:1\" title=\"{{url.script}}\">",
          "<a href=\"tel:1\" title=\"javascript:alert(1)\">" }
    };

    (void) state;

    test_template_all(cases);
}


static void
sections_ask_whether_a_value_is_empty(void **state)
{
    static const test_template_case_t  cases[] = {
        { "{{#name}}a{{/name}}{{^name}}b{{/name}}", "a" },
        { "{{#empty}}a{{/empty}}{{^empty}}b{{/empty}}", "b" },
        { "{{#absent}}a{{/absent}}{{^absent}}b{{/absent}}", "b" },
        { "{{# name }}{{#empty}}a{{/empty}}{{^ empty }}{{name}}{{/empty}}c"
          "{{/ name }}", "Anna&#39;sc" },
        { "<p{{#name}} hidden{{/name}}>", "<p hidden>" },
        { "<p{{#empty}} hidden{{/empty}}>", "<p>" },
        { "<p {{#name}}a='{{name}}'{{/name}}{{^name}}b{{/name}}/>",
          "<p a='Anna&#39;s'/>" },
        { "<p class=\"a{{#name}} b{{/name}}\">", "<p class=\"a b\">" },
        { "</p{{#name}} {{/name}}>", "</p >" },
        { "<p a {{#name}}b{{/name}} c=\"{{name}}\">",
          "<p a b c=\"Anna&#39;s\">" },
        { "{{#name}}<title>a</title>{{/name}}{{name}}",
          "<title>a</title>Anna&#39;s" }
    };

    (void) state;

    test_template_all(cases);
}


static void
lists_are_rendered_item_by_item(void **state)
{
    static const test_template_case_t  cases[] = {
        { "<ol>{{#updates}}<li>{{#update.time}}<b>{{update.time}}</b>"
          "{{/update.time}}{{^update.time}}-{{/update.time}}{{update.text}}"
          "{{/updates}}</ol>",
          "<ol><li><b>03:10</b>Cause &lt;found&gt;."
          "<li>-See https://a.example"
          "<li><b>03:40</b></ol>" },
        { "{{^updates}}none{{/updates}}{{#peers}}{{peer.name}}{{/peers}}"
          "{{^peers}}no peers{{/peers}}", "no peers" },

        /* another list that is asked for does not disturb the rounds */
        { "{{#updates}}{{^peers}}{{update.time}},{{/peers}}{{name}};"
          "{{^groups}}x{{/groups}}{{/updates}}{{#updates}}.{{/updates}}",
          "03:10,Anna&#39;s;,Anna&#39;s;03:40,Anna&#39;s;..." },
        { "<p title=\"{{#updates}}{{update.time}} {{/updates}}\">",
          "<p title=\"03:10  03:40 \">" }
    };

    (void) state;

    test_template_all(cases);
}


static void
comments_and_lines_of_their_own_vanish(void **state)
{
    static const test_template_case_t  cases[] = {
        { "a{{! no }}b", "ab" },
        { "{{!{{name}} is {{#x}}the{{/x}}\nname }}\n<p>", "<p>" },
        { "<p{{! no }}>", "<p>" },
        { "<script>/* {{! no }} */</script>", "<script>/*  */</script>" },
        { "a\n  {{#name}}\t\nb\n{{/name}}\nc\n", "a\nb\nc\n" },
        { "a\r\n{{#name}}\r\nb\r\n{{/name}}\r\nc", "a\r\nb\r\nc" },
        { "{{#name}}\na{{/name}}", "a" },
        { "a\n {{! x }}", "a\n" },
        { "a\n {{name}}\nb", "a\n Anna&#39;s\nb" },
        { "a\n {{#name}} x\n{{/name}}\nb", "a\n  x\nb" },
        { "a\n{{#name}}{{/name}}\nb", "a\n\nb" },
        { "<p\n{{#name}}\nhidden\n{{/name}}\n>", "<p\nhidden\n>" }
    };

    (void) state;

    test_template_all(cases);
}


static void
broken_templates_are_refused_with_their_line(void **state)
{
    static const test_template_error_t  cases[] = {
        { "a\nb {{name\n", 2, "{{", "no }}" },
        { "{{", 1, "{{", "no }}" },
        { "{{! {{name}}", 1, "{{", "no }}" },
        { "{{}}", 1, "{{}}", "name is missing" },
        { "\n\n{{# }}", 3, "{{# }}", "name is missing" },
        { "{{{name}}}", 1, "{{{name}}", "letters, digits" },
        { "{{&name}}", 1, "{{&name}}", "letters, digits" },
        { "{{>name}}", 1, "{{>name}}", "letters, digits" },
        { "{{na me}}", 1, "{{na me}}", "letters, digits" },
        { "{{nam}}", 1, "{{nam}}", "no such name" },
        { "{{names}}", 1, "{{names}}", "no such name" },
        { "{{#x}}{{/x}}", 1, "{{#x}}", "no such name" },
        { "{{updates}}", 1, "{{updates}}", "a list has no value" },
        { "{{update.time}}", 1, "{{update.time}}", "inside its list only" },
        { "{{#peers}}{{#update.time}}", 1, "{{#update.time}}",
          "inside its list only" },
        { "{{#updates}}{{/updates}}{{update.time}}", 1, "{{update.time}}",
          "inside its list only" },
        { "{{^updates}}{{update.time}}", 1, "{{update.time}}",
          "inside its list only" },
        { "{{#updates}}{{#peers}}", 1, "{{#peers}}", "be in a list" },
        { "{{/name}}", 1, "{{/name}}", "no section" },
        { "{{#name}}\n{{#empty}}\n{{/name}}", 2, "empty",
          "not closed before" },
        { "{{#name}}{{/nam}}", 1, "{{/nam}}",
          "no section of this name" },
        { "\n{{#name}}\n\n", 2, "name", "not closed" },
        { "{{#name}}{{#name}}{{#name}}{{#name}}{{#name}}{{#name}}{{#name}}"
          "{{#name}}\n{{^name}}", 2, "{{^name}}", "too many sections" }
    };

    (void) state;

    test_template_all_errors(cases);
}


static void
unsafe_places_are_refused(void **state)
{
    static const test_template_error_t  cases[] = {
        { "<p title={{name}}>", 1, "{{name}}", "safe only" },
        { "<p title=a{{name}}>", 1, "{{name}}", "safe only" },
        { "<p {{name}}>", 1, "{{name}}", "safe only" },
        { "<p{{name}}>", 1, "{{name}}", "safe only" },
        { "<p a{{name}}>", 1, "{{name}}", "safe only" },
        { "<p a {{name}}>", 1, "{{name}}", "safe only" },
        { "<p a=\"\"{{name}}>", 1, "{{name}}", "safe only" },
        { "<{{name}}>", 1, "{{name}}", "safe only" },
        { "</{{name}}>", 1, "{{name}}", "safe only" },
        { "<!{{name}}>", 1, "{{name}}", "safe only" },
        { "<!-{{name}}>", 1, "{{name}}", "safe only" },
        { "<!DOCTYPE {{name}}>", 1, "{{name}}", "safe only" },
        { "<?x {{name}}>", 1, "{{name}}", "safe only" },
        { "<!-- {{name}} -->", 1, "{{name}}", "safe only" },
        { "<!-- --!->{{name}}", 1, "{{name}}", "safe only" },
        { "<p a=/\"{{name}}\">", 1, "{{name}}", "safe only" },
        { "<p a=x/b=\"{{name}}\">", 1, "{{name}}", "safe only" },
        { "<script>\n{{name}}</script>", 2, "{{name}}", "safe only" },
        { "<SCRIPT type=\"x\">{{name}}</script>", 1, "{{name}}",
          "safe only" },
        { "<script></scripty>{{name}}</script>", 1, "{{name}}",
          "safe only" },
        { "<script><</script {{name}}>", 1, "{{name}}", "safe only" },
        { "<style>{{name}}</style>", 1, "{{name}}", "safe only" },
        { "<title></tit{{name}}le>", 1, "{{name}}", "safe only" },
        { "<p onclick=\"{{name}}\">", 1, "{{name}}", "safe only" },
        { "<p onclick=\"a{{name}}\">", 1, "{{name}}", "safe only" },
        { "<p STYLE='color:{{name}}'>", 1, "{{name}}", "safe only" },
        { "<iframe srcdoc=\"{{name}}\">", 1, "{{name}}", "safe only" },
        { "<script src=\"{{url.home}}\">", 1, "{{url.home}}", "safe only" },
        { "<p x{{#name}}y{{/name}}>", 1, "y", "cannot follow a section" },
        { "<p {{#name}}y{{/name}}z>", 1, "z", "cannot follow a section" },
        { "<scr{{#name}} {{/name}}ipt>", 1, "i", "cannot follow a section" },
        { "<p {{#updates}}x{{/updates}}>", 1, "{{#updates}}",
          "list cannot be between" },
        { "<script>{{#name}}", 1, "{{#name}}", "no section" },
        { "<p x={{#name}}y{{/name}}>", 1, "{{#name}}", "no section" },
        { "<{{#name}}b{{/name}}>", 1, "{{#name}}", "no section" },
        { "{{#name}}<p {{/name}}>", 1, "{{/name}}", "began elsewhere" },
        { "{{#name}}<script>{{/name}}", 1, "{{/name}}", "began elsewhere" },
        { "<p {{#name}}x=\"{{/name}}\">", 1, "{{/name}}",
          "began elsewhere" },
        { "<p onclick{{#name}}{{/name}} = title=\"{{name}}\">", 1, "=",
          "cannot follow a section" },
        { "<p onclick {{#name}}x {{/name}}= title=\"{{name}}\">", 1, "=",
          "cannot follow a section" },
        { "<p title=\"{{#name}}\" onclick=\"{{/name}}\">", 1, "{{/name}}",
          "began elsewhere" },
        { "<a title=\"{{#name}}\" href=\"{{/name}}\">", 1, "{{/name}}",
          "began elsewhere" },
        { "<p x=\"{{#name}}\" y='{{/name}}\">", 1, "{{/name}}",
          "began elsewhere" },
        { "<p {{#name}}><script {{/name}}>", 1, "{{/name}}",
          "began elsewhere" },
        { "<title>{{#name}}</title><textarea>{{/name}}</title>", 1,
          "{{/name}}", "began elsewhere" },
        { "<p>\n<p", 2, "", "ends inside" },
        { "<p title=\"{{name}}", 1, "", "ends inside" },
        { "<script>", 1, "", "ends inside" },
        { "<!-- x", 1, "", "ends inside" },
        { "<title>", 1, "", "ends inside" }
    };

    (void) state;

    test_template_all_errors(cases);
}


static void
html_is_followed_as_browsers_read_it(void **state)
{
    static const test_template_case_t  cases[] = {
        { "a < b {{name}}", "a < b Anna&#39;s" },
        { "<3 {{name}}", "<3 Anna&#39;s" },
        { "<<p title=\"{{name}}\">", "<<p title=\"Anna&#39;s\">" },
        { "<!DOCTYPE html>{{name}}", "<!DOCTYPE html>Anna&#39;s" },
        { "<!>{{name}}", "<!>Anna&#39;s" },
        { "<!->{{name}}", "<!->Anna&#39;s" },
        { "</>{{name}}", "</>Anna&#39;s" },
        { "<!-->{{name}}", "<!-->Anna&#39;s" },
        { "<!--->{{name}}", "<!--->Anna&#39;s" },
        { "<!-- > -- > <p title= --!>{{name}}",
          "<!-- > -- > <p title= --!>Anna&#39;s" },
        { "<!-- a --->{{name}}", "<!-- a --->Anna&#39;s" },
        { "<p a='>' b=\"'>\" c=x>{{name}}",
          "<p a='>' b=\"'>\" c=x>Anna&#39;s" },
        { "<p a=/>{{name}}", "<p a=/>Anna&#39;s" },
        { "<p a= >{{name}}", "<p a= >Anna&#39;s" },
        { "<p a = 'x' b>{{name}}", "<p a = 'x' b>Anna&#39;s" },
        { "<br/>{{name}}", "<br/>Anna&#39;s" },
        { "<p =\"{{! x }}\">{{name}}", "<p =\"\">Anna&#39;s" },
        { "<script>if (a < b) '<p title=\"'</SCRIPT >{{name}}",
          "<script>if (a < b) '<p title=\"'</SCRIPT >Anna&#39;s" },
        { "<script>a<</script>{{name}}", "<script>a<</script>Anna&#39;s" },
        { "<script></scrip</script>{{name}}",
          "<script></scrip</script>Anna&#39;s" },
        { "<script src=/a.js></script>{{name}}",
          "<script src=/a.js></script>Anna&#39;s" },
        { "<title>a</b>{{name}}</title>{{name}}",
          "<title>a</b>Anna&#39;s</title>Anna&#39;s" },
        { "<abbr-that-is-long-and-more title=\"{{name}}\">{{name}}",
          "<abbr-that-is-long-and-more title=\"Anna&#39;s\">Anna&#39;s" }
    };

    (void) state;

    test_template_all(cases);
}


static void
too_many_places_are_refused(void **state)
{
    static char  text[(NGX_SHOP_TEMPLATE_OPS + 1) * 8 + 1];

    size_t                     i;
    ngx_shop_str_t             source;
    ngx_shop_template_t        t;
    ngx_shop_template_error_t  error;

    (void) state;

    for (i = 0; i < sizeof(text) - 1; i += 8) {
        memcpy(text + i, "{{name}}", 8);
    }

    memset(&t, 0, sizeof(t));
    source = test_template_str(text);

    assert_int_equal(ngx_shop_template_compile(&t, &source,
                                               test_template_resolve,
                                               NULL, &error),
                     NGX_SHOP_ERROR);
    assert_non_null(strstr(error.reason, "too many places"));

    source.len -= 8;

    assert_int_equal(ngx_shop_template_compile(&t, &source,
                                               test_template_resolve,
                                               NULL, &error),
                     NGX_SHOP_OK);
    assert_int_equal(t.nops, NGX_SHOP_TEMPLATE_OPS);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(values_are_escaped),
        cmocka_unit_test(only_safe_urls_stand_in_href_and_src),
        cmocka_unit_test(sections_ask_whether_a_value_is_empty),
        cmocka_unit_test(lists_are_rendered_item_by_item),
        cmocka_unit_test(comments_and_lines_of_their_own_vanish),
        cmocka_unit_test(broken_templates_are_refused_with_their_line),
        cmocka_unit_test(unsafe_places_are_refused),
        cmocka_unit_test(html_is_followed_as_browsers_read_it),
        cmocka_unit_test(too_many_places_are_refused)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
