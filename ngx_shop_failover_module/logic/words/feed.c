
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * An Atom feed.  An entry's id is made of what never changes of it, so that a
 * reader shows it once.
 */


#include <stdio.h>

#include "logic/flag/times.h"
#include "logic/words/feed.h"


static void ngx_shop_feed_sort(ngx_shop_feed_entry_t *entries, unsigned n);
static void ngx_shop_feed_head(const ngx_shop_view_t *v, ngx_shop_emit_t *e);
static void ngx_shop_feed_entry(const ngx_shop_view_t *v,
    const ngx_shop_feed_entry_t *entry, ngx_shop_emit_t *e);
static ngx_shop_str_t ngx_shop_feed_said(const ngx_shop_view_t *v,
    const ngx_shop_feed_entry_t *entry, ngx_shop_str_t *lang);
static int ngx_shop_feed_same(const ngx_shop_str_t *a,
    const ngx_shop_str_t *b);
static void ngx_shop_feed_id(ngx_shop_emit_t *e, const ngx_shop_str_t *site,
    const ngx_shop_feed_entry_t *entry);
static uint64_t ngx_shop_feed_hash(uint64_t hash, const void *data, size_t len);
static void ngx_shop_feed_updated(ngx_shop_emit_t *e, int64_t at);
static void ngx_shop_feed_text(ngx_shop_emit_t *e, const ngx_shop_str_t *s);
static void ngx_shop_feed_lang(ngx_shop_emit_t *e,
    const ngx_shop_str_t *lang);


/* by _view_e */
static const struct {
    const char  *term;
    uint8_t      title;
    uint8_t      status;               /* 0: none */
} ngx_shop_feed_states[] = {
    { "maintenance", NGX_SHOP_STRINGS_TITLE_CLOSED,
      NGX_SHOP_STRINGS_STATUS_CLOSED },
    { "outage", NGX_SHOP_STRINGS_TITLE_PROBLEM,
      NGX_SHOP_STRINGS_STATUS_PROBLEM },
    { "browse", NGX_SHOP_STRINGS_TITLE_BROWSE,
      NGX_SHOP_STRINGS_STATUS_BROWSE },
    { "paths", NGX_SHOP_STRINGS_TITLE_PATHS,
      NGX_SHOP_STRINGS_STATUS_PATHS },
    { "reopening", NGX_SHOP_STRINGS_TITLE_REOPENING, 0 },
    { "busy", NGX_SHOP_STRINGS_TITLE_BUSY, 0 },
    { "open", NGX_SHOP_STRINGS_OPEN_AGAIN, 0 }
};


void
ngx_shop_feed_write(const ngx_shop_view_t *v, const ngx_shop_str_t *site,
    ngx_shop_feed_entry_t *entries, unsigned n, ngx_shop_emit_t *e)
{
    unsigned  i;

    ngx_shop_feed_sort(entries, n);

    ngx_shop_emit_text(e, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                          "<feed xmlns=\"http://www.w3.org/2005/Atom\" "
                          "xml:lang=\"");
    ngx_shop_feed_text(e, &v->lang);
    ngx_shop_emit_text(e, "\">\n<id>");
    ngx_shop_feed_id(e, site, NULL);
    ngx_shop_emit_text(e, "</id>\n");
    ngx_shop_feed_updated(e, n ? entries[0].at : v->since * 1000);
    ngx_shop_feed_head(v, e);

    for (i = 0; i < n && i < NGX_SHOP_FEED_ENTRIES; i++) {
        ngx_shop_feed_entry(v, &entries[i], e);
    }

    ngx_shop_emit_text(e, "</feed>\n");
}


/* the newest first; of one moment, the last that was said */

static void
ngx_shop_feed_sort(ngx_shop_feed_entry_t *entries, unsigned n)
{
    unsigned               i, k;
    ngx_shop_feed_entry_t  entry;

    for (i = 1; i < n; i++) {
        entry = entries[i];

        for (k = i; k && entries[k - 1].at <= entry.at; k--) {
            entries[k] = entries[k - 1];
        }

        entries[k] = entry;
    }
}


static void
ngx_shop_feed_head(const ngx_shop_view_t *v, ngx_shop_emit_t *e)
{
    unsigned        i;
    ngx_shop_str_t  name;

    name = v->words->text[NGX_SHOP_STRINGS_SHOP];

    for (i = 0; i < v->nvars; i++) {
        if (v->vars[i].name.len == 4
            && memcmp(v->vars[i].name.data, "name", 4) == 0)
        {
            name = v->vars[i].value;
        }
    }

    ngx_shop_emit_text(e, "<title>");
    ngx_shop_feed_text(e, &name);
    ngx_shop_emit_text(e, " \xE2\x80\x93 ");
    ngx_shop_feed_text(e, &v->words->text[NGX_SHOP_STRINGS_UPDATES_TITLE]);
    ngx_shop_emit_text(e, "</title>\n<author><name>");
    ngx_shop_feed_text(e, &name);
    ngx_shop_emit_text(e, "</name></author>\n<link rel=\"self\" "
                          "type=\"application/atom+xml\" href=\"");
    ngx_shop_feed_text(e, &v->status_url);
    ngx_shop_emit_text(e, NGX_SHOP_FEED_SUFFIX "?lang=");
    ngx_shop_feed_text(e, &v->lang);
    ngx_shop_emit_text(e, "\"/>\n<link rel=\"alternate\" type=\"text/html\" "
                          "href=\"");
    ngx_shop_feed_text(e, &v->home);
    ngx_shop_emit_text(e, "\"/>\n");
}


static void
ngx_shop_feed_entry(const ngx_shop_view_t *v,
    const ngx_shop_feed_entry_t *entry, ngx_shop_emit_t *e)
{
    unsigned        key;
    const char     *term;
    ngx_shop_str_t  text, lang;

    text = ngx_shop_feed_said(v, entry, &lang);
    term = entry->told ? "update" : ngx_shop_feed_states[entry->state].term;

    ngx_shop_emit_text(e, "<entry>\n<id>");
    ngx_shop_feed_id(e, &entry->site, entry);
    ngx_shop_emit_text(e, "</id>\n");
    ngx_shop_feed_updated(e, entry->at);
    ngx_shop_emit_text(e, "<category term=\"");
    ngx_shop_emit_text(e, term);
    ngx_shop_emit_text(e, "\"/>\n<title");

    if (entry->told) {
        ngx_shop_feed_lang(e, &lang);
        ngx_shop_emit_text(e, ">");
        ngx_shop_feed_text(e, &text);

    } else {
        key = ngx_shop_feed_states[entry->state].title;
        ngx_shop_emit_text(e, ">");
        ngx_shop_feed_text(e, &v->words->text[key]);
    }

    ngx_shop_emit_text(e, "</title>\n<content type=\"text\"");
    ngx_shop_feed_lang(e, &lang);
    ngx_shop_emit_text(e, ">");
    ngx_shop_feed_text(e, &text);
    ngx_shop_emit_text(e, "</content>\n</entry>\n");
}


/* in the reader's language, where the flag that speaks now has it */

static ngx_shop_str_t
ngx_shop_feed_said(const ngx_shop_view_t *v,
    const ngx_shop_feed_entry_t *entry, ngx_shop_str_t *lang)
{
    unsigned                       i, key;
    ngx_shop_str_t                 text;
    ngx_shop_tongue_t              tongue;
    ngx_shop_tongue_mark_t         mark;
    const ngx_shop_flag_notice_t  *notice;

    memset(lang, 0, sizeof(ngx_shop_str_t));

    if (entry->text.len == 0) {
        key = ngx_shop_feed_states[entry->state].status;
        return v->words->text[key ? key
                              : ngx_shop_feed_states[entry->state].title];
    }

    notice = v->notice;
    tongue = ngx_shop_view_tongue(v);
    memset(&text, 0, sizeof(text));

    for (i = notice->nupdates; entry->update && i && text.len == 0; i--) {
        text = ngx_shop_flag_text(notice, notice->updates[i - 1].text);

        if (ngx_shop_feed_same(&text, &entry->text)) {
            text = ngx_shop_tongue_text(&tongue, NGX_SHOP_FLAG_SAID_UPDATE,
                                        i - 1, &mark);
        } else {
            text.len = 0;
        }
    }

    if (!entry->update) {
        text = ngx_shop_flag_status(notice);

        if (ngx_shop_feed_same(&text, &entry->text)) {
            text = ngx_shop_tongue_text(&tongue, NGX_SHOP_FLAG_SAID_STATUS, 0,
                                        &mark);
        } else {
            text.len = 0;
        }
    }

    if (text.len && !ngx_shop_feed_same(&text, &entry->text)) {
        *lang = mark.lang;
        return text;
    }

    if (!ngx_shop_feed_same(&v->bare, &v->lang)) {

        /* "": in a language that nobody told */

        lang->data = (const unsigned char *) "";

        if (v->bare.len) {
            *lang = v->bare;
        }
    }

    return entry->text;
}


static int
ngx_shop_feed_same(const ngx_shop_str_t *a, const ngx_shop_str_t *b)
{
    return a->len == b->len && (a->len == 0
                                || memcmp(a->data, b->data, a->len) == 0);
}


/* a UUID of the form that is free (RFC 9562, version 8): a sum of the names */

static void
ngx_shop_feed_id(ngx_shop_emit_t *e, const ngx_shop_str_t *site,
    const ngx_shop_feed_entry_t *entry)
{
    int            n;
    char           key[64], text[64];
    uint64_t       high, low;
    unsigned long  a, b;

    n = entry == NULL ? snprintf(key, sizeof(key), " feed")
        : snprintf(key, sizeof(key), " %lld %s %u", (long long) entry->born,
                   entry->told ? "text" : "edge", (unsigned) entry->nth);

    high = ngx_shop_feed_hash(0xcbf29ce484222325ULL, site->data, site->len);
    high = ngx_shop_feed_hash(high, key, (size_t) n);
    low = ngx_shop_feed_hash(high ^ 0x9e3779b97f4a7c15ULL, key, (size_t) n);
    low = ngx_shop_feed_hash(low, site->data, site->len);

    a = (unsigned long) (high >> 32);
    b = (unsigned long) (high & 0xffffffff);

    (void) snprintf(text, sizeof(text),
                    "urn:uuid:%08lx-%04lx-8%03lx-%04lx-%012llx", a, b >> 16,
                    b & 0xfff, (unsigned long) (low >> 48 & 0x3fff) | 0x8000,
                    (unsigned long long) low & 0xffffffffffffULL);

    ngx_shop_emit_text(e, text);
}


/* FNV-1a, of 64 bits */

static uint64_t
ngx_shop_feed_hash(uint64_t hash, const void *data, size_t len)
{
    const unsigned char  *p = data;

    while (len--) {
        hash = (hash ^ *p++) * 0x100000001b3ULL;
    }

    return hash;
}


static void
ngx_shop_feed_updated(ngx_shop_emit_t *e, int64_t at)
{
    size_t         n;
    unsigned char  buf[NGX_SHOP_TIMES_LEN];

    n = ngx_shop_times_rfc3339(buf, at > 0 ? at / 1000 : 0);

    ngx_shop_emit_text(e, "<updated>");
    ngx_shop_emit_raw(e, buf, n);
    ngx_shop_emit_text(e, "</updated>\n");
}


/* XML 1.0 has no place for most controls, nor for U+FFFE and U+FFFF */

static void
ngx_shop_feed_text(ngx_shop_emit_t *e, const ngx_shop_str_t *s)
{
    size_t          i, skip;
    ngx_shop_str_t  piece;

    piece.data = s->data;

    for (i = 0; i < s->len; i += skip ? skip : 1) {

        skip = (s->data[i] < 0x20 || s->data[i] == 0x7f) ? 1
               : (s->len - i > 2 && s->data[i] == 0xef
                  && s->data[i + 1] == 0xbf && s->data[i + 2] > 0xbd) ? 3 : 0;

        if (skip) {
            piece.len = (size_t) (s->data + i - piece.data);
            ngx_shop_emit_html(e, &piece);
            ngx_shop_emit_text(e, " ");
            piece.data = s->data + i + skip;
        }
    }

    piece.len = (size_t) (s->data + s->len - piece.data);
    ngx_shop_emit_html(e, &piece);
}


/* of a text that is not in the feed's language */

static void
ngx_shop_feed_lang(ngx_shop_emit_t *e, const ngx_shop_str_t *lang)
{
    if (lang->data) {
        ngx_shop_emit_text(e, " xml:lang=\"");
        ngx_shop_feed_text(e, lang);
        ngx_shop_emit_text(e, "\"");
    }
}
