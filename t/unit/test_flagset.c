
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which of several files speaks, what it means, and until when.
 */


#include "flag.h"

#include <errno.h>

#include "logic/flag/flagset.h"


#define OPEN    NGX_SHOP_SITE_FLAG_OPEN
#define CLOSED  NGX_SHOP_SITE_FLAG_CLOSED
#define BROWSE  NGX_SHOP_SITE_FLAG_BROWSE

#define NOW     TEST_FLAG_NOW


static ngx_shop_flagset_t       set;
static ngx_shop_flagset_file_t  files[8];
static ngx_shop_flag_notice_t   rooms[2], spoke;
static unsigned                 visited;


static int
setup(void **state)
{
    memset(&set, 0, sizeof(set));
    memset(files, 0, sizeof(files));

    set.files = files;
    set.room[0] = &rooms[0];
    set.room[1] = &rooms[1];
    set.now = NOW;

    return test_flag_setup(state);
}


static void
add(const char *name, const char *text)
{
    ngx_shop_flagset_file_t  *file = &files[set.nfiles++];

    file->name.data = (const unsigned char *) name;
    file->name.len = strlen(name);
    file->data.data = (const unsigned char *) text;
    file->data.len = strlen(text);
    file->mtime = NOW;
    file->ctime = NOW;
}


/* which file speaks, as what it does; then what was is what is now */

static void
speaks(const char *name, unsigned word, unsigned asked)
{
    static ngx_shop_flagset_ended_t  ended;

    ngx_shop_flagset_decide(&set);

    assert_int_equal(set.word, word);
    assert_int_equal(set.asked, asked);

    if (name == NULL) {
        assert_null(set.file);

    } else {
        assert_non_null(set.file);
        assert_int_equal(set.file->name.len, strlen(name));
        assert_memory_equal(set.file->name.data, name, strlen(name));
        assert_int_equal(set.id, ngx_shop_flagset_id(&set.file->name));
    }

    memset(&set.was, 0, sizeof(set.was));
    ended = set.ended;
    set.was.ended = &ended;

    if (set.notice) {
        spoke = *set.notice;
        set.was.notice = &spoke;
        set.was.file = set.id;
        set.was.asked = set.asked;
        set.was.over = set.over;
    }
}


static void
no_file_is_open(void **state)
{
    (void) state;

    speaks(NULL, NGX_SHOP_FLAGSET_NONE, OPEN);
    assert_null(set.notice);
    assert_int_equal(set.next, 0);
    assert_string_equal(ngx_shop_flagset_name(set.word), "open");
}


static void
one_that_is_no_directory_has_no_name(void **state)
{
    (void) state;

    add("", "");
    speaks("", NGX_SHOP_FLAGSET_FULL, CLOSED);
    assert_int_equal(set.id, 0);
    assert_int_equal(set.rest, 0);
    assert_string_equal(ngx_shop_flagset_name(set.word), "closed");
}


/* each row is stricter than the next; also in the other order of names */

static void
the_strictest_speaks(void **state)
{
    size_t  i, k;

    static const struct {
        const char  *text;
        int          error;
        unsigned     word;
        unsigned     asked;
    } rows[] = {
        { "status: x", 0, NGX_SHOP_FLAGSET_FULL, CLOSED },
        { "end: healthy", 0, NGX_SHOP_FLAGSET_FULL, CLOSED },
        { "", EACCES, NGX_SHOP_FLAGSET_UNREADABLE, CLOSED },
        { "mode: browse", 0, NGX_SHOP_FLAGSET_BROWSE, BROWSE },
        { "mode: browse\nend: healthy", 0, NGX_SHOP_FLAGSET_BROWSE,
          BROWSE },
        { "mode: paths /a", 0, NGX_SHOP_FLAGSET_PATHS, CLOSED },
        { "mode: paths /a\nend: healthy", 0, NGX_SHOP_FLAGSET_PATHS,
          CLOSED },
        { "start: +1h", 0, NGX_SHOP_FLAGSET_ANNOUNCED, OPEN },
        { "until: 2020-01-01 00:00", 0, NGX_SHOP_FLAGSET_OVER, OPEN }
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (k = i; k < sizeof(rows) / sizeof(rows[0]); k++) {

            (void) setup(state);
            add("a", rows[i].text);
            files[0].error = rows[i].error;
            add("b", rows[k].text);
            files[1].error = rows[k].error;
            speaks("a", rows[i].word, rows[i].asked);

            (void) setup(state);
            add("a", rows[k].text);
            files[0].error = rows[k].error;
            add("b", rows[i].text);
            files[1].error = rows[i].error;
            speaks(i == k ? "a" : "b", rows[i].word, rows[i].asked);
        }
    }
}


static void
one_that_never_closes_announces_nothing(void **state)
{
    (void) state;

    add("a", "start: +2h\nuntil: +1h");
    speaks("a", NGX_SHOP_FLAGSET_OVER, OPEN);
    add("b", "start: +2h");
    speaks("b", NGX_SHOP_FLAGSET_ANNOUNCED, OPEN);
}


static void
too_large_and_too_many_close(void **state)
{
    static char  large[NGX_SHOP_FLAG_MAX_SIZE + 2];

    (void) state;

    memset(large, '#', sizeof(large) - 1);

    add("a", large);
    files[0].data.len--;
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    assert_int_equal(set.error, 0);

    files[0].data.len++;
    speaks("a", NGX_SHOP_FLAGSET_UNREADABLE, CLOSED);
    assert_int_equal(set.error, EFBIG);

    set.nfiles = NGX_SHOP_FLAGSET_FILES + 1;
    set.files = NULL;
    speaks(NULL, NGX_SHOP_FLAGSET_UNREADABLE, CLOSED);
    assert_int_equal(set.error, E2BIG);
}


static void
what_health_has_ended_counts_no_more(void **state)
{
    (void) state;

    add("a", "end: healthy");
    add("b", "mode: browse");

    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    assert_int_equal(set.rest, 1);

    set.was.over = 1;
    speaks("b", NGX_SHOP_FLAGSET_BROWSE, BROWSE);
    assert_int_equal(set.ended.n, 1);
    assert_int_equal(set.over, 0);
    assert_int_equal(set.rest, 0);

    /* and again, where another one spoke since */

    speaks("b", NGX_SHOP_FLAGSET_BROWSE, BROWSE);

    /* alone it is still over */

    set.nfiles = 1;
    speaks("a", NGX_SHOP_FLAGSET_OVER, OPEN);
    assert_int_equal(set.over, 1);

    /* until it changes */

    files[0].data.data = (const unsigned char *) "end: healthy\nstatus: x";
    files[0].data.len = 22;
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    assert_int_equal(set.ended.n, 0);
}


static void
what_goes_is_forgotten(void **state)
{
    (void) state;

    add("a", "end: healthy");
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    set.was.over = 1;
    speaks("a", NGX_SHOP_FLAGSET_OVER, OPEN);

    set.nfiles = 0;
    speaks(NULL, NGX_SHOP_FLAGSET_NONE, OPEN);
    assert_int_equal(set.ended.n, 0);

    set.nfiles = 1;
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);

    /* too many: nobody looked, so nobody forgets */

    set.was.over = 1;
    speaks("a", NGX_SHOP_FLAGSET_OVER, OPEN);
    set.nfiles = NGX_SHOP_FLAGSET_FILES + 1;
    speaks(NULL, NGX_SHOP_FLAGSET_UNREADABLE, CLOSED);
    set.nfiles = 1;
    speaks("a", NGX_SHOP_FLAGSET_OVER, OPEN);
}


/* another file of the same text has not ended */

static void
a_name_is_part_of_it(void **state)
{
    (void) state;

    add("a", "end: healthy");
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    set.was.over = 1;
    speaks("a", NGX_SHOP_FLAGSET_OVER, OPEN);

    set.nfiles = 0;
    add("b", "end: healthy");
    speaks("b", NGX_SHOP_FLAGSET_FULL, CLOSED);
}


static void
the_next_moment_is_that_of_all_files(void **state)
{
    (void) state;

    add("a", "until: +1h");
    add("b", "start: +30m");
    add("c", "mode: browse\neta: +40m");
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    assert_int_equal(set.next, NOW + 1800);
    assert_int_equal(set.rest, 1);
}


static void
the_rest_closes_when_one_is_over(void **state)
{
    (void) state;

    /* one that begins just then, also where it closes nothing now */

    add("a", "until: +1h");
    add("b", "start: +1h");
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    assert_int_equal(set.rest, 1);

    (void) setup(state);
    add("a", "until: +1h");
    add("b", "start: +61m");
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    assert_int_equal(set.rest, 0);

    /* one that closes now, and "end: healthy" may be over at any time */

    (void) setup(state);
    add("a", "until: +1h\nend: healthy");
    add("b", "mode: browse\nuntil: +30m");
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    assert_int_equal(set.rest, 1);

    (void) setup(state);
    add("a", "start: +1h");
    add("b", "start: +1h");
    speaks("a", NGX_SHOP_FLAGSET_ANNOUNCED, OPEN);
    assert_int_equal(set.rest, 0);
}


static void
a_time_counts_from_when_it_appeared(void **state)
{
    (void) state;

    /* moved in: an old mtime; touched to the past or the future; a clock that
       was set back */

    static const struct {
        int64_t  mtime;
        int64_t  ctime;
        int64_t  until;
    } rows[] = {
        { NOW - 600, NOW - 600, NOW + 3000 },
        { NOW - 604800, NOW - 60, NOW + 3540 },
        { NOW - 60, NOW - 604800, NOW + 3540 },
        { NOW - 604800, NOW - 604800, NOW - 601200 },
        { NOW + 604800, NOW - 60, NOW + 3600 },
        { NOW - 60, NOW + 604800, NOW + 3600 },
        { 0, 0, NOW + 3600 }
    };

    size_t  i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void) setup(state);
        add("a", "until: +1h");
        files[0].mtime = rows[i].mtime;
        files[0].ctime = rows[i].ctime;

        ngx_shop_flagset_decide(&set);
        assert_int_equal(set.notice->until.at, rows[i].until);
        assert_int_equal(set.asked, rows[i].until > NOW ? CLOSED : OPEN);
    }
}


static void
a_line_that_stays_keeps_its_time(void **state)
{
    (void) state;

    add("a", "until: +1h");
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);

    set.now = NOW + 1800;
    files[0].mtime = files[0].ctime = set.now;
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    assert_int_equal(set.notice->until.at, NOW + 3600);
}


static void
a_start_that_cannot_be_read_stays_as_before(void **state)
{
    (void) state;

    add("a", "start: tomorrow");
    speaks("a", NGX_SHOP_FLAGSET_OVER, OPEN);

    (void) setup(state);
    add("a", "");
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);
    files[0].data.data = (const unsigned char *) "start: tomorrow";
    files[0].data.len = 15;
    speaks("a", NGX_SHOP_FLAGSET_FULL, CLOSED);

    /* what another file did is not what this one did */

    set.nfiles = 0;
    add("b", "start: tomorrow");
    speaks("b", NGX_SHOP_FLAGSET_OVER, OPEN);
}


static void
visit(void *data, const ngx_shop_flagset_file_t *file,
    const ngx_shop_flag_notice_t *notice, int error)
{
    assert_ptr_equal(data, &visited);
    assert_ptr_equal(file, &files[visited]);
    assert_int_equal(error, visited == 1 ? EIO : 0);
    assert_int_equal(notice->nwarnings, visited == 2);
    visited++;
}


static void
all_files_are_visited(void **state)
{
    (void) state;

    add("a", "mode: browse");
    add("b", "nonsense");
    files[1].error = EIO;
    add("c", "nonsense");

    visited = 0;
    set.visit = visit;
    set.data = &visited;

    speaks("c", NGX_SHOP_FLAGSET_FULL, CLOSED);
    assert_int_equal(visited, 3);
}


/* what a file with "hosts" says, by its name; then by a host that asks */

static struct {
    char      names[8][8];
    unsigned  asked[8];
    unsigned  rest[8];
    char      text[8][64];
    unsigned  n;
} heard;


static void
hear(void *data, const ngx_shop_flagset_voice_t *voice)
{
    ngx_shop_str_t  status;

    assert_ptr_equal(data, &heard);
    assert_true(heard.n < 8);

    memset(heard.names[heard.n], 0, sizeof(heard.names[0]));
    memcpy(heard.names[heard.n], voice->file->name.data,
           voice->file->name.len);
    heard.asked[heard.n] = voice->asked;
    heard.rest[heard.n] = voice->rest;

    status = ngx_shop_flag_text(voice->notice, voice->notice->status);
    memset(heard.text[heard.n], 0, sizeof(heard.text[0]));
    memcpy(heard.text[heard.n], status.data, status.len);

    heard.n++;
}


static void
voices_are(const char *general, const char *names)
{
    unsigned  i;
    char      all[64] = "";

    heard.n = 0;
    set.voice = hear;
    set.data = &heard;

    ngx_shop_flagset_decide(&set);

    for (i = 0; i < heard.n; i++) {
        strcat(strcat(all, heard.names[i]), " ");
    }

    assert_string_equal(all, names);
    assert_int_equal(set.spoken, heard.n);

    if (general == NULL) {
        assert_null(set.file);
        assert_int_equal(set.asked, OPEN);

    } else {
        assert_memory_equal(set.file->name.data, general, strlen(general));
    }
}


static void
host_is(const char *host, const char *name)
{
    ngx_shop_flagset_t  one = set;

    one.host.data = (const unsigned char *) host;
    one.host.len = strlen(host);
    one.voice = NULL;
    ngx_shop_flagset_decide(&one);

    if (name == NULL) {
        assert_null(one.file);
        return;
    }

    assert_non_null(one.file);
    assert_memory_equal(one.file->name.data, name, strlen(name));
}


static void
a_file_with_hosts_is_about_these_alone(void **state)
{
    (void) state;

    add("a", "hosts: a.example *.b.example\nstatus: of a");
    voices_are(NULL, "a ");
    assert_string_equal(heard.text[0], "of a");
    assert_int_equal(heard.asked[0], CLOSED);
    host_is("a.example", "a");
    host_is("x.b.example", "a");
    host_is("b.example", NULL);

    add("b", "hosts: b.example\nmode: browse");
    add("c", "hosts: *.example\nstart: +1h");
    voices_are(NULL, "a b c ");
    assert_int_equal(heard.asked[1], BROWSE);
    assert_int_equal(heard.asked[2], OPEN);
    host_is("a.example", "a");
    host_is("b.example", "b");
    host_is("z.example", "c");
    host_is("z.test", NULL);

    /* what is about nobody closes nobody */

    set.nfiles = 0;
    add("d", "hosts: https://a.example");
    voices_are(NULL, "d ");
    host_is("a.example", NULL);
}


/* by strictness, as among files of all; of equals the one that names it */

static void
hosts_and_all_are_one_order(void **state)
{
    (void) state;

    add("a", "mode: browse");
    add("b", "hosts: b.example");
    add("c", "hosts: c.example\nmode: browse");
    add("d", "hosts: d.example\nmode: words");
    add("e", "hosts: b.example e.example\nuntil: 2020-01-01 00:00");
    voices_are("a", "b c ");
    host_is("b.example", "b");
    host_is("c.example", "c");
    host_is("d.example", "a");
    host_is("e.example", "a");
    host_is("f.example", "a");

    /* what waits for the one that is about all is its rest */

    assert_int_equal(set.rest, 0);
    files[3].data.data = (const unsigned char *) "hosts: d.example\n"
                                                 "mode: paths /d";
    files[3].data.len = 31;
    voices_are("a", "b c ");
    assert_int_equal(set.rest, 1);

    set.nfiles = 1;
    add("b", "");
    voices_are("b", "");
    add("c", "hosts: c.example");
    voices_are("b", "c ");
    assert_int_equal(set.rest, 1);
    assert_int_equal(heard.rest[0], 1);
}


static void
a_voice_keeps_its_times_and_its_hosts(void **state)
{
    static ngx_shop_flagset_was_t  was;
    static ngx_shop_flag_notice_t  before;

    (void) state;

    add("a", "hosts: a.example\neta: +1h\nend: healthy");
    ngx_shop_flag_parse(&before, NULL, files[0].data.data, files[0].data.len,
                        NOW, NOW);

    was.notice = &before;
    was.file = ngx_shop_flagset_id(&files[0].name);
    was.asked = CLOSED;
    was.over = 0;
    set.voices = &was;
    set.nvoices = 1;
    files[0].mtime = files[0].ctime = set.now = NOW + 600;

    voices_are(NULL, "a ");
    assert_int_equal(rooms[1].eta.at, NOW + 3600);

    /* one that cannot be read any more is about whom it was about */

    files[0].error = EACCES;
    voices_are(NULL, "a ");
    assert_int_equal(heard.asked[0], CLOSED);
    host_is("b.example", NULL);
    host_is("a.example", "a");
    files[0].error = 0;

    /* health has ended it */

    was.over = 1;
    voices_are(NULL, "");
    assert_int_equal(set.ended.n, 1);

    /* one that was never read closes all: nobody knows whom it is about */

    set.nvoices = 0;
    files[0].error = EACCES;
    voices_are("a", "");
    assert_int_equal(set.asked, CLOSED);
}


#define row(function)  { #function, function, setup, NULL, NULL }

int
main(void)
{
    const struct CMUnitTest  tests[] = {
        row(no_file_is_open),
        row(one_that_is_no_directory_has_no_name),
        row(the_strictest_speaks),
        row(one_that_never_closes_announces_nothing),
        row(too_large_and_too_many_close),
        row(what_health_has_ended_counts_no_more),
        row(what_goes_is_forgotten),
        row(a_name_is_part_of_it),
        row(the_next_moment_is_that_of_all_files),
        row(the_rest_closes_when_one_is_over),
        row(a_time_counts_from_when_it_appeared),
        row(a_line_that_stays_keeps_its_time),
        row(a_start_that_cannot_be_read_stays_as_before),
        row(all_files_are_visited),
        row(a_file_with_hosts_is_about_these_alone),
        row(hosts_and_all_are_one_order),
        row(a_voice_keeps_its_times_and_its_hosts)
    };

    return cmocka_run_group_tests_name("flagset", tests, NULL, NULL);
}
