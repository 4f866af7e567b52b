
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Chooses among the files of a flag.  Pure: no clock, no I/O.
 */


#include <errno.h>

#include "logic/flag/flagset.h"


/* one file, as far as it counts for the others */
typedef struct {
    int64_t   from;      /* Unix s: closes then; 0: already */
    int64_t   to;        /* Unix s: is over then; 0: never */
    unsigned  rank;      /* lower is stricter */
    unsigned  word;      /* _flagset_e */
    unsigned  asked;     /* _site_flag_e */
    unsigned  over;      /* "end: healthy" has ended it */
    unsigned  some;      /* it is about some hosts */
    unsigned  out;       /* and not about the one that asks */
    int       error;
} ngx_shop_flagset_one_t;


static unsigned ngx_shop_flagset_first(const ngx_shop_flagset_t *set,
    const ngx_shop_flagset_one_t *ones, unsigned some, unsigned after);
static void ngx_shop_flagset_speak(ngx_shop_flagset_t *set,
    const ngx_shop_flagset_one_t *ones, unsigned chosen);
static void ngx_shop_flagset_voices(ngx_shop_flagset_t *set,
    const ngx_shop_flagset_one_t *ones, unsigned chosen);
static const ngx_shop_flagset_was_t *ngx_shop_flagset_before(
    const ngx_shop_flagset_t *set, const ngx_shop_flagset_file_t *file);
static void ngx_shop_flagset_read(const ngx_shop_flagset_t *set,
    const ngx_shop_flagset_file_t *file, ngx_shop_flag_notice_t *notice);
static int ngx_shop_flagset_error(const ngx_shop_flagset_file_t *file);
static void ngx_shop_flagset_many(ngx_shop_flagset_t *set);
static void ngx_shop_flagset_look(ngx_shop_flagset_t *set,
    const ngx_shop_flagset_file_t *file, ngx_shop_flag_notice_t *notice,
    ngx_shop_flagset_one_t *one);
static void ngx_shop_flagset_weigh(const ngx_shop_flag_notice_t *notice,
    int64_t now, ngx_shop_flagset_one_t *one);
static int ngx_shop_flagset_ended(ngx_shop_flagset_t *set,
    const ngx_shop_flagset_file_t *file, const ngx_shop_flag_notice_t *notice,
    const ngx_shop_flagset_was_t *was);
static unsigned ngx_shop_flagset_rest(const ngx_shop_flagset_one_t *ones,
    unsigned n, unsigned chosen);
static int ngx_shop_flagset_goes(const ngx_shop_flagset_one_t *ones,
    unsigned a, unsigned b);
static uint64_t ngx_shop_flagset_sum(uint64_t sum, const ngx_shop_str_t *s);


/* FNV-1a */
#define NGX_SHOP_FLAGSET_BASIS  UINT64_C(14695981039346656037)
#define NGX_SHOP_FLAGSET_PRIME  UINT64_C(1099511628211)


/* in the order of ngx_shop_flagset_e */
static const char *const  ngx_shop_flagset_names[] = {
    "closed", "closed", "browse", "paths", "words", "announced", "over", "open"
};


void
ngx_shop_flagset_decide(ngx_shop_flagset_t *set)
{
    unsigned                 i, chosen;
    ngx_shop_flagset_one_t   ones[NGX_SHOP_FLAGSET_FILES];

    set->file = NULL;
    set->notice = NULL;
    set->id = 0;
    set->error = 0;
    set->word = NGX_SHOP_FLAGSET_NONE;
    set->asked = NGX_SHOP_SITE_FLAG_OPEN;
    set->over = 0;
    set->next = 0;
    set->rest = 0;
    set->spoken = 0;
    memset(ones, 0, sizeof(ones));
    memset(&set->ended, 0, sizeof(ngx_shop_flagset_ended_t));

    if (set->nfiles > NGX_SHOP_FLAGSET_FILES) {
        ngx_shop_flagset_many(set);
        return;
    }

    for (i = 0; i < set->nfiles; i++) {
        ngx_shop_flagset_look(set, &set->files[i], set->room[0], &ones[i]);
    }

    chosen = ngx_shop_flagset_first(set, ones, set->host.len != 0,
                                    set->nfiles);

    if (chosen < set->nfiles) {
        ngx_shop_flagset_speak(set, ones, chosen);
    }

    if (set->host.len == 0) {
        ngx_shop_flagset_voices(set, ones, chosen);
    }
}


/*
 * The first one that goes after another (nfiles: after none); some: also of
 * those that are about some hosts.  nfiles: there is none.
 */

static unsigned
ngx_shop_flagset_first(const ngx_shop_flagset_t *set,
    const ngx_shop_flagset_one_t *ones, unsigned some, unsigned after)
{
    unsigned  i, first;

    first = set->nfiles;

    for (i = 0; i < set->nfiles; i++) {

        if (ones[i].out || (ones[i].some && !some)
            || (after < set->nfiles
                && !ngx_shop_flagset_goes(ones, after, i)))
        {
            continue;
        }

        if (first == set->nfiles || ngx_shop_flagset_goes(ones, i, first)) {
            first = i;
        }
    }

    return first;
}


/* whether a goes before b */

static int
ngx_shop_flagset_goes(const ngx_shop_flagset_one_t *ones, unsigned a,
    unsigned b)
{
    unsigned  one, two;

    one = ones[a].rank;
    two = ones[b].rank;

    return one != two ? one < two : a < b;
}


static void
ngx_shop_flagset_speak(ngx_shop_flagset_t *set,
    const ngx_shop_flagset_one_t *ones, unsigned chosen)
{
    set->file = &set->files[chosen];
    set->id = ngx_shop_flagset_id(&set->file->name);
    set->error = ones[chosen].error;
    set->word = ones[chosen].word;
    set->asked = ones[chosen].asked;
    set->over = ones[chosen].over;
    set->rest = ngx_shop_flagset_rest(ones, set->nfiles, chosen);

    ngx_shop_flagset_read(set, set->file, set->room[0]);
    set->notice = set->room[0];
}


/* those that go before the one that speaks for all, in their order */

static void
ngx_shop_flagset_voices(ngx_shop_flagset_t *set,
    const ngx_shop_flagset_one_t *ones, unsigned chosen)
{
    unsigned                       i;
    ngx_shop_flagset_voice_t       voice;
    const ngx_shop_flagset_was_t  *was;

    i = set->nfiles;

    for ( ;; ) {
        do {
            i = ngx_shop_flagset_first(set, ones, 1, i);
        } while (i < set->nfiles && !ones[i].some);

        if (i == set->nfiles || ones[i].word >= NGX_SHOP_FLAGSET_OVER
            || (chosen < set->nfiles
                && !ngx_shop_flagset_goes(ones, i, chosen)))
        {
            return;
        }

        set->spoken++;

        if (set->voice == NULL) {
            continue;
        }

        voice.file = &set->files[i];
        voice.id = ngx_shop_flagset_id(&voice.file->name);
        voice.error = ones[i].error;
        voice.word = ones[i].word;
        voice.asked = ones[i].asked;
        voice.over = ones[i].over;
        voice.rest = ngx_shop_flagset_rest(ones, set->nfiles, i);
        voice.notice = set->room[1];

        was = ngx_shop_flagset_before(set, voice.file);

        if (voice.error && was) {
            voice.notice = was->notice;

        } else {
            ngx_shop_flagset_read(set, voice.file, set->room[1]);
        }

        set->voice(set->data, &voice);
    }
}


/* what a file said until now; NULL: it did not speak */

static const ngx_shop_flagset_was_t *
ngx_shop_flagset_before(const ngx_shop_flagset_t *set,
    const ngx_shop_flagset_file_t *file)
{
    unsigned  i;
    uint32_t  id;

    id = ngx_shop_flagset_id(&file->name);

    if (set->was.notice && set->was.file == id) {
        return &set->was;
    }

    for (i = 0; i < set->nvoices; i++) {
        if (set->voices[i].file == id) {
            return &set->voices[i];
        }
    }

    return NULL;
}


static int
ngx_shop_flagset_error(const ngx_shop_flagset_file_t *file)
{
    if (file->error == 0 && file->data.len > NGX_SHOP_FLAG_MAX_SIZE) {
        return EFBIG;
    }

    return file->error;
}


static void
ngx_shop_flagset_read(const ngx_shop_flagset_t *set,
    const ngx_shop_flagset_file_t *file, ngx_shop_flag_notice_t *notice)
{
    size_t                         size;
    const unsigned char           *data;
    const ngx_shop_flagset_was_t  *was;

    was = ngx_shop_flagset_before(set, file);

    size = ngx_shop_flagset_error(file) ? 0 : file->data.len;
    data = size ? file->data.data : (const unsigned char *) "";

    ngx_shop_flag_parse(notice, was ? was->notice : NULL, data, size,
                        ngx_shop_flag_appeared(file->mtime, file->ctime),
                        set->now);
}


/* what is in them is not known, so that what has ended stays so */

static void
ngx_shop_flagset_many(ngx_shop_flagset_t *set)
{
    set->error = E2BIG;
    set->word = NGX_SHOP_FLAGSET_UNREADABLE;
    set->asked = NGX_SHOP_SITE_FLAG_CLOSED;

    if (set->was.ended) {
        set->ended = *set->was.ended;
    }

    if (set->visit) {
        set->visit(set->data, NULL, NULL, E2BIG);
    }
}


static void
ngx_shop_flagset_look(ngx_shop_flagset_t *set,
    const ngx_shop_flagset_file_t *file, ngx_shop_flag_notice_t *notice,
    ngx_shop_flagset_one_t *one)
{
    int64_t                        next;
    const ngx_shop_flag_notice_t  *about;
    const ngx_shop_flagset_was_t  *was;

    memset(one, 0, sizeof(ngx_shop_flagset_one_t));

    one->error = ngx_shop_flagset_error(file);
    was = ngx_shop_flagset_before(set, file);

    ngx_shop_flagset_read(set, file, notice);

    /* one that cannot be read is about whom it was about */

    about = (one->error && was) ? was->notice : notice;
    one->some = about->hosts_given;
    one->out = (set->host.len && !ngx_shop_flag_about(about, &set->host));

    if (set->visit) {
        set->visit(set->data, file, notice, one->error);
    }

    if (one->error == 0) {
        one->over = (unsigned) ngx_shop_flagset_ended(set, file,
                                                      notice, was);
        one->asked = ngx_shop_site_flag(notice,
                                        was ? was->asked
                                            : NGX_SHOP_SITE_FLAG_OPEN,
                                        set->now);

        next = ngx_shop_site_next(notice, set->now);

        if (next && (set->next == 0 || next < set->next)) {
            set->next = next;
        }
    }

    ngx_shop_flagset_weigh(notice, set->now, one);
}


static void
ngx_shop_flagset_weigh(const ngx_shop_flag_notice_t *notice, int64_t now,
    ngx_shop_flagset_one_t *one)
{
    one->from = notice->start.at;
    one->to = notice->until.at;

    if (notice->end == NGX_SHOP_FLAG_END_ETA
        && notice->eta.at && (one->to == 0 || notice->eta.at < one->to))
    {
        one->to = notice->eta.at;
    }

    if (one->error) {
        one->asked = NGX_SHOP_SITE_FLAG_CLOSED;
        one->word = NGX_SHOP_FLAGSET_UNREADABLE;

    } else if (one->over || one->asked == NGX_SHOP_SITE_FLAG_OPEN) {
        one->asked = NGX_SHOP_SITE_FLAG_OPEN;

        /* one that is over before it begins never closes */

        one->word = (!one->over && !notice->bad_start && one->from > now
                     && notice->mode != NGX_SHOP_FLAG_WORDS
                     && (one->to == 0 || one->to > one->from))
                    ? NGX_SHOP_FLAGSET_ANNOUNCED
                    : NGX_SHOP_FLAGSET_OVER;

    } else if (one->asked == NGX_SHOP_SITE_FLAG_WORDS) {
        one->word = NGX_SHOP_FLAGSET_WORDS;

    } else if (one->asked == NGX_SHOP_SITE_FLAG_BROWSE) {
        one->word = NGX_SHOP_FLAGSET_BROWSE;

    } else if (notice->mode == NGX_SHOP_FLAG_PATHS_ONLY) {
        one->word = NGX_SHOP_FLAGSET_PATHS;
    }

    one->rank = 4 * one->word
                + 2 * (notice->end == NGX_SHOP_FLAG_END_HEALTHY)
                + !one->some;
}


unsigned
ngx_shop_flagset_word(const ngx_shop_flag_notice_t *notice, int64_t now)
{
    ngx_shop_flagset_one_t  one;

    memset(&one, 0, sizeof(ngx_shop_flagset_one_t));

    one.asked = ngx_shop_site_flag(notice, NGX_SHOP_SITE_FLAG_OPEN, now);
    ngx_shop_flagset_weigh(notice, now, &one);

    return one.word;
}


/*
 * Of the file that spoke health is known by its notice, of others by the sum of
 * their bytes: one that changes closes again.
 */

static int
ngx_shop_flagset_ended(ngx_shop_flagset_t *set,
    const ngx_shop_flagset_file_t *file, const ngx_shop_flag_notice_t *notice,
    const ngx_shop_flagset_was_t *was)
{
    unsigned                         i, ended;
    uint64_t                         sum;
    const ngx_shop_flagset_ended_t  *before;

    /* without one it was that of an outage, and only nginx knows */

    if (notice->end != NGX_SHOP_FLAG_END_HEALTHY && notice->end_given) {
        return 0;
    }

    ended = was && was->over
            && memcmp(notice, was->notice, sizeof(ngx_shop_flag_notice_t))
               == 0;

    sum = ngx_shop_flagset_sum(NGX_SHOP_FLAGSET_BASIS, &file->name);
    sum = ngx_shop_flagset_sum(sum, &file->data);
    before = set->was.ended;

    for (i = 0; !ended && before && i < before->n; i++) {
        ended = (before->sums[i] == sum);
    }

    if (ended) {
        set->ended.sums[set->ended.n++] = sum;
    }

    return (int) ended;
}


/*
 * Also one that begins just when the file that speaks is over.  Of one that is
 * about all hosts, a file about some is the rest where it has to wait for it.
 */

static unsigned
ngx_shop_flagset_rest(const ngx_shop_flagset_one_t *ones, unsigned n,
    unsigned chosen)
{
    int64_t                        end;
    unsigned                       i;
    const ngx_shop_flagset_one_t  *one;

    if (!ngx_shop_site_closes(ones[chosen].asked)) {
        return 0;
    }

    end = ones[chosen].to;

    for (i = 0; i < n; i++) {
        one = &ones[i];

        if (i == chosen || one->out || one->word == NGX_SHOP_FLAGSET_OVER
            || (one->some && !ones[chosen].some
                && ngx_shop_flagset_goes(ones, i, chosen)))
        {
            continue;
        }

        if (ngx_shop_site_closes(one->asked)
            || (end && one->word == NGX_SHOP_FLAGSET_ANNOUNCED
                && one->from <= end && (one->to == 0 || one->to > end)))
        {
            return 1;
        }
    }

    return 0;
}


uint32_t
ngx_shop_flagset_id(const ngx_shop_str_t *name)
{
    uint64_t  sum;
    uint32_t  id;

    if (name->len == 0) {
        return 0;
    }

    sum = ngx_shop_flagset_sum(NGX_SHOP_FLAGSET_BASIS, name);
    id = (uint32_t) (sum ^ sum >> 32);

    return id ? id : 1;
}


/* the length first, so that a name does not run into its data */

static uint64_t
ngx_shop_flagset_sum(uint64_t sum, const ngx_shop_str_t *s)
{
    size_t  i;

    sum = (sum ^ s->len) * NGX_SHOP_FLAGSET_PRIME;

    for (i = 0; i < s->len; i++) {
        sum = (sum ^ s->data[i]) * NGX_SHOP_FLAGSET_PRIME;
    }

    return sum;
}


const char *
ngx_shop_flagset_name(unsigned word)
{
    return ngx_shop_flagset_names[word];
}
