
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The words of a flag for other media: what visitors read, so that nobody is
 * told two things.  A text that is too long is left out as a whole.
 */


#include <time.h>

#include "ctl/flags.h"
#include "ctl/pagedir.h"
#include "ctl/speak.h"
#include "ctl/store.h"
#include "logic/text/utf8.h"
#include "logic/words/view.h"


#define NGX_SHOP_SPEAK_ROOM  65536

/* characters: of a post, where some count twice; of a text message */
#define NGX_SHOP_SPEAK_POST      280
#define NGX_SHOP_SPEAK_SMS       160
#define NGX_SHOP_SPEAK_SMS_WIDE  70       /* in letters that GSM has not */
#define NGX_SHOP_SPEAK_PART      153      /* of several that are one text */
#define NGX_SHOP_SPEAK_PART_WIDE 67


/* the length of a text as a medium counts it */
typedef size_t (*ngx_shop_speak_count_pt)(const unsigned char *p, size_t len);

typedef struct {
    const char                *name;
    ngx_shop_speak_count_pt    count;     /* NULL: no limit */
    size_t                     limit;     /* of what it counts */
    unsigned                   subject:1;
    unsigned                   support:1; /* of orders and payments */
} ngx_shop_speak_medium_t;


/* what is said, the most needful first; printed by place */
typedef struct {
    unsigned        place;
    unsigned        taken;
    ngx_shop_str_t  text;
} ngx_shop_speak_part_t;

#define NGX_SHOP_SPEAK_PARTS  40


static int ngx_shop_speak_words(ngx_shop_strings_t *words, const char *lang,
    const char *shop);
static int ngx_shop_speak_layer(ngx_shop_strings_t *words, const char *lang);
static void ngx_shop_speak_view(const ngx_shop_flagset_t *set,
    const char *lang);
static void ngx_shop_speak_announced(const ngx_shop_flag_notice_t *notice,
    const char *lang);
static void ngx_shop_speak_said(const ngx_shop_flag_notice_t *notice,
    const char *lang);
static void ngx_shop_speak_first(ngx_shop_str_t text);
static void ngx_shop_speak_add(unsigned place, ngx_shop_str_t text);
static void ngx_shop_speak_orders(void);
static int ngx_shop_speak_fit(const ngx_shop_speak_medium_t *medium);
static void ngx_shop_speak_print(const unsigned char *p, size_t len);
static size_t ngx_shop_speak_join(unsigned char *buf,
    const ngx_shop_speak_medium_t *medium);
static void ngx_shop_speak_emit(ngx_shop_emit_t *e, const ngx_shop_str_t *text,
    int plain);
static size_t ngx_shop_speak_post(const unsigned char *p, size_t len);
static size_t ngx_shop_speak_sms(const unsigned char *p, size_t len);


const ngx_shop_options_entry_t  ngx_shop_speak_options[] = {
    { "for", NGX_SHOP_OPTIONS_VALUE, "social|sms|mail|support|status-page",
      "where it is going to be said" },
    { "lang", NGX_SHOP_OPTIONS_VALUE, "LANG",
      "de, fr, pt-BR, ... [en]" },
    { "link", NGX_SHOP_OPTIONS_VALUE, "URL",
      "where to read on; it is part of what is said" },
    { "shop", NGX_SHOP_OPTIONS_VALUE, "NAME",
      "how the shop is called [our online shop]" },
    { "host", NGX_SHOP_OPTIONS_VALUE, "HOST",
      "of this host, where files name some with \"hosts\"" },
    NGX_SHOP_STORE_OPTIONS,
    { NULL, NGX_SHOP_OPTIONS_SWITCH, NULL, NULL }
};


static const ngx_shop_speak_medium_t  ngx_shop_speak_media[] = {
    { "social", ngx_shop_speak_post, NGX_SHOP_SPEAK_POST, 0, 0 },
    { "sms", ngx_shop_speak_sms, 1, 0, 0 },
    { "mail", NULL, 0, 1, 0 },
    { "support", NULL, 0, 0, 1 },
    { "status-page", NULL, 0, 1, 0 },
    { NULL, NULL, 0, 0, 0 }
};


static ngx_shop_store_t        ngx_shop_speak_store;
static ngx_shop_flags_t        ngx_shop_speak_flags;
static ngx_shop_strings_t      ngx_shop_speak_texts;
static ngx_shop_view_t         ngx_shop_speak_page;
static ngx_shop_speak_part_t   ngx_shop_speak_parts[NGX_SHOP_SPEAK_PARTS];
static unsigned                ngx_shop_speak_nparts;
static const char             *ngx_shop_speak_link;


int
ngx_shop_speak_run(const ngx_shop_options_t *o)
{
    const char                     *lang, *name;
    ngx_shop_flagset_t              set;
    const ngx_shop_speak_medium_t  *medium;

    name = ngx_shop_options_get(o, "for");
    lang = ngx_shop_options_get(o, "lang");
    lang = lang ? lang : "en";

    for (medium = ngx_shop_speak_media; name && medium->name; medium++) {
        if (strcmp(medium->name, name) == 0) {
            break;
        }
    }

    if (name == NULL || medium->name == NULL || o->nrest) {
        return ngx_shop_say_error("write: shopctl say --for social, sms, "
                                  "mail, support or status-page");
    }

    if (ngx_shop_store_open(&ngx_shop_speak_store, o) != NGX_SHOP_OK
        || ngx_shop_speak_words(&ngx_shop_speak_texts, lang,
                                ngx_shop_options_get(o, "shop"))
           != NGX_SHOP_OK
        || ngx_shop_flags_read(&ngx_shop_speak_flags,
                               ngx_shop_speak_store.flag)
           != NGX_SHOP_OK)
    {
        return NGX_SHOP_SAY_ERROR;
    }

    memset(&set, 0, sizeof(set));
    ngx_shop_flags_decide(&set, &ngx_shop_speak_flags,
                          ngx_shop_options_get(o, "host"),
                          (int64_t) time(NULL));

    if (set.notice == NULL || set.word >= NGX_SHOP_FLAGSET_OVER) {
        return ngx_shop_say_error("\"%s\" %s: there is nothing to say",
                                  ngx_shop_speak_store.flag,
                                  set.word == NGX_SHOP_FLAGSET_OVER
                                  ? "has ended"
                                  : set.word == NGX_SHOP_FLAGSET_NONE
                                    ? "is not there" : "cannot be read");
    }

    ngx_shop_speak_link = ngx_shop_options_get(o, "link");

    if (set.word == NGX_SHOP_FLAGSET_ANNOUNCED) {
        ngx_shop_speak_announced(set.notice, lang);

    } else {
        ngx_shop_speak_view(&set, lang);
    }

    ngx_shop_speak_said(set.notice, lang);

    if (medium->support) {
        ngx_shop_speak_orders();
    }

    return ngx_shop_speak_fit(medium);
}


/* English, and over it the language */

static int
ngx_shop_speak_words(ngx_shop_strings_t *words, const char *lang,
    const char *shop)
{
    const char            *nearest;
    ngx_shop_str_t         code, name;
    static unsigned char   buf[NGX_SHOP_SPEAK_ROOM];

    nearest = ngx_shop_pagedir_nearest(lang);

    if (nearest == NULL) {
        (void) ngx_shop_say_error("there is no language \"%s\"; built in are:",
                                  lang);
        ngx_shop_pagedir_languages();
        return NGX_SHOP_ERROR;
    }

    code.data = (const unsigned char *) nearest;
    code.len = strlen(nearest);
    ngx_shop_strings_language(words, &code, 0);

    if (ngx_shop_speak_layer(words, "en") != NGX_SHOP_OK
        || (strcmp(nearest, "en") != 0
            && ngx_shop_speak_layer(words, nearest) != NGX_SHOP_OK))
    {
        return NGX_SHOP_ERROR;
    }

    name.data = (const unsigned char *) (shop ? shop : "");
    name.len = strlen((const char *) name.data);

    if (ngx_shop_strings_shop(words, &name, NULL) <= sizeof(buf)) {
        (void) ngx_shop_strings_shop(words, &name, buf);
    }

    return NGX_SHOP_OK;
}


static int
ngx_shop_speak_layer(ngx_shop_strings_t *words, const char *lang)
{
    char                       name[64];
    unsigned                   line;
    const char                *reason;
    ngx_shop_pagedir_source_t  source;

    (void) snprintf(name, sizeof(name), "lang/%.40s.txt", lang);

    if (ngx_shop_pagedir_builtin(name, &source) != NGX_SHOP_OK
        || ngx_shop_strings_parse(words, &source.data, &line, &reason)
           != NGX_SHOP_OK)
    {
        return ngx_shop_say_error("\"%s\" cannot be used", name);
    }

    return NGX_SHOP_OK;
}


/* closed, or out of order: as the page has it */

static void
ngx_shop_speak_view(const ngx_shop_flagset_t *set, const char *lang)
{
    ngx_shop_view_t  *v;

    v = &ngx_shop_speak_page;
    v->notice = set->notice;
    v->words = &ngx_shop_speak_texts;
    v->lang.data = (const unsigned char *) lang;
    v->lang.len = strlen(lang);
    v->now = set->now;
    v->since = set->now;
    v->state = set->word == NGX_SHOP_FLAGSET_BROWSE ? NGX_SHOP_VIEW_BROWSE
               : set->word == NGX_SHOP_FLAGSET_PATHS ? NGX_SHOP_VIEW_PATHS
               : set->word == NGX_SHOP_FLAGSET_WORDS ? NGX_SHOP_VIEW_OUTAGE
               : NGX_SHOP_VIEW_MAINTENANCE;

    ngx_shop_view_prepare(v);

    ngx_shop_speak_first(v->title.whole);
    ngx_shop_speak_add(30, v->when.whole);
    ngx_shop_speak_add(20, v->status);
}


/* what is going to be closed is open: it is said from when to when */

static void
ngx_shop_speak_announced(const ngx_shop_flag_notice_t *notice,
    const char *lang)
{
    ngx_shop_str_t            text;
    ngx_shop_emit_t           e;
    ngx_shop_tongue_t         tongue;
    ngx_shop_tongue_mark_t    mark;
    ngx_shop_strings_place_t  places[2];
    static unsigned char      buf[4096];

    memset(places, 0, sizeof(places));
    places[0].name = "start";
    places[0].at = notice->start.at;
    places[0].how = NGX_SHOP_STRINGS_DATE_ZONE;
    places[1].name = "eta";
    places[1].at = notice->until.at ? notice->until.at : notice->eta.at;
    places[1].how = NGX_SHOP_STRINGS_DATE_ZONE;

    ngx_shop_emit_init(&e, buf, sizeof(buf));
    ngx_shop_strings_fill(&ngx_shop_speak_texts, &e,
                          &ngx_shop_speak_texts.text[places[1].at
                                             ? NGX_SHOP_STRINGS_NOTICE_UNTIL
                                             : NGX_SHOP_STRINGS_NOTICE],
                          places, 2);
    text.data = buf;
    text.len = (size_t) (e.pos - buf);
    ngx_shop_speak_first(text);

    memset(&tongue, 0, sizeof(tongue));
    tongue.notice = notice;
    tongue.lang.data = (const unsigned char *) lang;
    tongue.lang.len = strlen(lang);
    ngx_shop_speak_add(20, ngx_shop_tongue_text(&tongue,
                                                NGX_SHOP_FLAG_SAID_STATUS, 0,
                                                &mark));
}


/* the rest of the operator's own words; the last update is news */

static void
ngx_shop_speak_said(const ngx_shop_flag_notice_t *notice, const char *lang)
{
    unsigned                i, n;
    ngx_shop_str_t          lines[NGX_SHOP_FLAG_CONTACTS];
    ngx_shop_tongue_t       tongue;
    ngx_shop_tongue_mark_t  mark;

    memset(&tongue, 0, sizeof(tongue));
    tongue.notice = notice;
    tongue.lang.data = (const unsigned char *) lang;
    tongue.lang.len = strlen(lang);

    for (i = notice->nupdates; i > 0 && i + 3 > notice->nupdates; i--) {
        ngx_shop_speak_add(40 + notice->nupdates - i,
                           ngx_shop_tongue_text(&tongue,
                                                NGX_SHOP_FLAG_SAID_UPDATE,
                                                i - 1, &mark));
    }

    n = ngx_shop_tongue_contacts(&tongue, lines, &mark);

    for (i = 0; i < n; i++) {
        ngx_shop_speak_add(70, lines[i]);
    }

    ngx_shop_speak_add(50, ngx_shop_tongue_text(&tongue,
                                                NGX_SHOP_FLAG_SAID_REASON, 0,
                                                &mark));
    ngx_shop_speak_add(60, ngx_shop_tongue_text(&tongue,
                                                NGX_SHOP_FLAG_SAID_OFFER, 0,
                                                &mark));
}


/* what the page says of orders and payments, for who is asked */

static void
ngx_shop_speak_orders(void)
{
    unsigned  i;

    static const unsigned char  keys[] = {
        NGX_SHOP_STRINGS_DOING_TITLE, NGX_SHOP_STRINGS_DOING,
        NGX_SHOP_STRINGS_POST_TITLE, NGX_SHOP_STRINGS_POST_UNSENT,
        NGX_SHOP_STRINGS_POST_PAID, NGX_SHOP_STRINGS_POST_UNKNOWN
    };

    for (i = 0; i < sizeof(keys); i++) {
        ngx_shop_speak_add(80, ngx_shop_speak_texts.text[keys[i]]);
    }
}


/* what it is about, and where there is more of it */

static void
ngx_shop_speak_first(ngx_shop_str_t text)
{
    ngx_shop_speak_add(10, text);

    if (ngx_shop_speak_link) {
        text.data = (const unsigned char *) ngx_shop_speak_link;
        text.len = strlen(ngx_shop_speak_link);
        ngx_shop_speak_add(90, text);
    }
}


static void
ngx_shop_speak_add(unsigned place, ngx_shop_str_t text)
{
    ngx_shop_speak_part_t  *part;

    if (text.len && ngx_shop_speak_nparts < NGX_SHOP_SPEAK_PARTS) {
        part = &ngx_shop_speak_parts[ngx_shop_speak_nparts++];
        part->place = place;
        part->text = text;
        part->taken = 0;
    }
}


/* as many of the parts as there is room for, those first that say most */

static int
ngx_shop_speak_fit(const ngx_shop_speak_medium_t *medium)
{
    size_t                 count, limit;
    unsigned               i;
    static unsigned char   buf[NGX_SHOP_SPEAK_ROOM];

    limit = medium->limit;

    for (i = 0; i < ngx_shop_speak_nparts; i++) {
        ngx_shop_speak_parts[i].taken = 1;

        if (medium->count == NULL) {
            continue;
        }

        count = medium->count(buf, ngx_shop_speak_join(buf, medium));

        if (i == 0 && limit == 1 && count == 2) {
            ngx_shop_say_note("it takes two messages, which phones show as "
                              "one");
            limit = 2;
        }

        if (count <= limit) {
            continue;
        }

        ngx_shop_speak_parts[i].taken = 0;

        /* without its first sentence it says nothing */

        if (i == 0) {
            return ngx_shop_say_error("its first sentence alone is too long "
                                      "for \"%s\"; a shorter name may help: "
                                      "--shop NAME", medium->name);
        }
    }

    if (medium->subject) {
        fputs("Subject: ", stdout);
        ngx_shop_say_text(stdout, ngx_shop_speak_parts[0].text);
        fputs("\n\n", stdout);
    }

    ngx_shop_speak_print(buf, ngx_shop_speak_join(buf, medium));

    return NGX_SHOP_SAY_YES;
}


static void
ngx_shop_speak_print(const unsigned char *p, size_t len)
{
    ngx_shop_str_t        text;
    const unsigned char  *last;

    for (last = p + len; p <= last; p = text.data + text.len + 1) {
        text.data = p;
        p = memchr(p, '\n', (size_t) (last - p));
        text.len = (size_t) ((p ? p : last) - text.data);

        ngx_shop_say_text(stdout, text);
        putchar('\n');
    }
}


/* those that are taken, by place, in the order in which they came */

static size_t
ngx_shop_speak_join(unsigned char *buf, const ngx_shop_speak_medium_t *medium)
{
    unsigned         i, place;
    ngx_shop_emit_t  e;

    ngx_shop_emit_init(&e, buf, NGX_SHOP_SPEAK_ROOM);

    for (place = 10; place <= 90; place++) {
        for (i = 0; i < ngx_shop_speak_nparts; i++) {

            if (!ngx_shop_speak_parts[i].taken
                || ngx_shop_speak_parts[i].place != place)
            {
                continue;
            }

            if (e.pos > e.start) {
                ngx_shop_emit_text(&e, medium->count ? "\n" : "\n\n");
            }

            ngx_shop_speak_emit(&e, &ngx_shop_speak_parts[i].text,
                                medium->count == ngx_shop_speak_sms);
        }
    }

    return (size_t) (e.pos - e.start);
}


/* plain: what is only finer typography would halve a text message */

static void
ngx_shop_speak_emit(ngx_shop_emit_t *e, const ngx_shop_str_t *text, int plain)
{
    size_t                n, bad;
    unsigned              i;
    const unsigned char  *p, *last;

    static const struct {
        const char  *fine;
        const char  *plain;
    } rows[] = {
        { "\xC2\xA0", " " },     { "\xE2\x80\xAF", " " },
        { "\xE2\x80\x89", " " }, { "\xE2\x80\x93", "-" },
        { "\xE2\x80\x94", "-" }, { "\xE2\x80\x98", "'" },
        { "\xE2\x80\x99", "'" }, { "\xE2\x80\x9C", "\"" },
        { "\xE2\x80\x9D", "\"" }, { "\xE2\x80\x9E", "\"" },
        { NULL, NULL }
    };

    for (p = text->data, last = p + text->len; p < last; p += n) {
        n = ngx_shop_utf8_next(p, last, &bad);
        n = n ? n : bad;

        for (i = 0; plain && rows[i].fine; i++) {
            if (strlen(rows[i].fine) == n
                && memcmp(rows[i].fine, p, n) == 0)
            {
                break;
            }
        }

        if (plain && rows[i].fine) {
            ngx_shop_emit_text(e, rows[i].plain);

        } else {
            ngx_shop_emit_raw(e, p, n);
        }
    }
}


/* as the strictest of them counts: what is beyond Europe's letters twice */

static size_t
ngx_shop_speak_post(const unsigned char *p, size_t len)
{
    size_t                n, bad, count;
    const unsigned char  *last;

    for (count = 0, last = p + len; p < last; p += n) {
        n = ngx_shop_utf8_next(p, last, &bad);
        n = n ? n : bad;
        count += n > 2 ? 2 : 1;
    }

    return count;
}


/*
 * In messages.  GSM 03.38: its letters in 7 bits, some of them twice; with any
 * other one the whole is UCS-2, of which a message has fewer.
 */

static size_t
ngx_shop_speak_sms(const unsigned char *p, size_t len)
{
    char                  c[5];
    size_t                n, bad, count, wide;
    unsigned              other;
    const unsigned char  *last;

    static const char  twice[] = "^{}\\[~]|\xE2\x82\xAC";
    static const char  letters[] =
        "\xC2\xA3 \xC2\xA5 \xC3\xA8 \xC3\xA9 \xC3\xB9 \xC3\xAC \xC3\xB2 "
        "\xC3\x87 \xC3\x98 \xC3\xB8 \xC3\x85 \xC3\xA5 \xC3\x86 \xC3\xA6 "
        "\xC3\x9F \xC3\x89 \xC2\xA4 \xC2\xA1 \xC3\x84 \xC3\x96 \xC3\x91 "
        "\xC3\x9C \xC2\xA7 \xC2\xBF \xC3\xA4 \xC3\xB6 \xC3\xB1 \xC3\xBC "
        "\xC3\xA0 \xCE\x94 \xCE\xA6 \xCE\x93 \xCE\x9B \xCE\xA9 \xCE\xA0 "
        "\xCE\xA8 \xCE\xA3 \xCE\x98 \xCE\x9E";

    for (count = 0, wide = 0, other = 0, last = p + len; p < last; p += n) {
        n = ngx_shop_utf8_next(p, last, &bad);
        n = n ? n : bad;
        memcpy(c, p, n);
        c[n] = '\0';

        wide += n == 4 ? 2 : 1;
        count += strstr(twice, c) ? 2 : 1;
        other |= (n == 1 && *p == '`')
                 || (n == 2 && strstr(letters, c) == NULL)
                 || (n > 2 && strstr(twice, c) == NULL);
    }

    return other
           ? wide <= NGX_SHOP_SPEAK_SMS_WIDE
             ? 1 : (wide - 1) / NGX_SHOP_SPEAK_PART_WIDE + 1
           : count <= NGX_SHOP_SPEAK_SMS
             ? 1 : (count - 1) / NGX_SHOP_SPEAK_PART + 1;
}
