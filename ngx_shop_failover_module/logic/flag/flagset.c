
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
    int       error;
} ngx_shop_flagset_one_t;


static void ngx_shop_flagset_many(ngx_shop_flagset_t *set);
static void ngx_shop_flagset_look(ngx_shop_flagset_t *set,
    const ngx_shop_flagset_file_t *file, ngx_shop_flag_notice_t *notice,
    ngx_shop_flagset_one_t *one);
static void ngx_shop_flagset_weigh(const ngx_shop_flag_notice_t *notice,
    int64_t now, ngx_shop_flagset_one_t *one);
static int ngx_shop_flagset_ended(ngx_shop_flagset_t *set,
    const ngx_shop_flagset_file_t *file, const ngx_shop_flag_notice_t *notice,
    unsigned spoke);
static unsigned ngx_shop_flagset_rest(const ngx_shop_flagset_one_t *ones,
    unsigned n, unsigned chosen);
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
    unsigned                 i, k, chosen;
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
    memset(&set->ended, 0, sizeof(ngx_shop_flagset_ended_t));

    if (set->nfiles > NGX_SHOP_FLAGSET_FILES) {
        ngx_shop_flagset_many(set);
        return;
    }

    chosen = 0;
    k = 0;

    for (i = 0; i < set->nfiles; i++) {
        ngx_shop_flagset_look(set, &set->files[i], set->room[k], &ones[i]);

        if (i == 0 || ones[i].rank < ones[chosen].rank) {
            chosen = i;
            set->notice = set->room[k];
            k ^= 1;
        }
    }

    if (set->nfiles == 0) {
        return;
    }

    set->file = &set->files[chosen];
    set->id = ngx_shop_flagset_id(&set->file->name);
    set->error = ones[chosen].error;
    set->word = ones[chosen].word;
    set->asked = ones[chosen].asked;
    set->over = ones[chosen].over;
    set->rest = ngx_shop_flagset_rest(ones, set->nfiles, chosen);
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
    size_t                size;
    int64_t               next;
    unsigned              spoke;
    const unsigned char  *data;

    memset(one, 0, sizeof(ngx_shop_flagset_one_t));

    one->error = file->error;

    if (one->error == 0 && file->data.len > NGX_SHOP_FLAG_MAX_SIZE) {
        one->error = EFBIG;
    }

    size = one->error ? 0 : file->data.len;
    data = size ? file->data.data : (const unsigned char *) "";

    spoke = set->was.notice
            && set->was.file == ngx_shop_flagset_id(&file->name);

    ngx_shop_flag_parse(notice, spoke ? set->was.notice : NULL,
                        data, size,
                        ngx_shop_flag_appeared(file->mtime,
                                               file->ctime),
                        set->now);

    if (set->visit) {
        set->visit(set->data, file, notice, one->error);
    }

    if (one->error == 0) {
        one->over = (unsigned) ngx_shop_flagset_ended(set, file,
                                                      notice, spoke);
        one->asked = ngx_shop_site_flag(notice,
                                        spoke ? set->was.asked
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

    one->rank = 2 * one->word + (notice->end == NGX_SHOP_FLAG_END_HEALTHY);
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
    unsigned spoke)
{
    unsigned                         i, ended;
    uint64_t                         sum;
    const ngx_shop_flagset_ended_t  *was;

    /* without one it was that of an outage, and only nginx knows */

    if (notice->end != NGX_SHOP_FLAG_END_HEALTHY && notice->end_given) {
        return 0;
    }

    ended = spoke && set->was.over
            && memcmp(notice, set->was.notice,
                      sizeof(ngx_shop_flag_notice_t))
               == 0;

    sum = ngx_shop_flagset_sum(NGX_SHOP_FLAGSET_BASIS, &file->name);
    sum = ngx_shop_flagset_sum(sum, &file->data);
    was = set->was.ended;

    for (i = 0; !ended && was && i < was->n; i++) {
        ended = (was->sums[i] == sum);
    }

    if (ended) {
        set->ended.sums[set->ended.n++] = sum;
    }

    return (int) ended;
}


/* also one that begins just when the file that speaks is over */

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

        if (i == chosen || one->word == NGX_SHOP_FLAGSET_OVER) {
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
