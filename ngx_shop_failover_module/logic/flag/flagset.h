
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which of the files of a flag speaks, what it means now, and when that
 * changes.  One rule for nginx and for shopctl.  Reads no file, knows no clock.
 */


#ifndef _NGX_SHOP_FLAGSET_H_INCLUDED_
#define _NGX_SHOP_FLAGSET_H_INCLUDED_


#include "logic/judge/site.h"


/* files of a directory that are read; more of them close as one too large */
#define NGX_SHOP_FLAGSET_FILES  64


/* ordered: the first one speaks; docs/directives.md, shop_maintenance */
typedef enum {
    NGX_SHOP_FLAGSET_FULL = 0,
    NGX_SHOP_FLAGSET_UNREADABLE,   /* closes, but has no text */
    NGX_SHOP_FLAGSET_BROWSE,
    NGX_SHOP_FLAGSET_PATHS,
    NGX_SHOP_FLAGSET_WORDS,        /* closes nothing */
    NGX_SHOP_FLAGSET_ANNOUNCED,    /* closes later */
    NGX_SHOP_FLAGSET_OVER,         /* or its start cannot be read */
    NGX_SHOP_FLAGSET_NONE          /* no file */
} ngx_shop_flagset_e;


/* one file as it was read */
typedef struct {
    ngx_shop_str_t              name;   /* len 0: no directory's */
    ngx_shop_str_t              data;
    int                         error;  /* errno; 0: it was read */
    int64_t                     mtime;  /* Unix s */
    int64_t                     ctime;  /* Unix s */
} ngx_shop_flagset_file_t;


/* the files that "end: healthy" has ended, by their sums; in shared memory */
typedef struct {
    uint32_t                    n;
    uint64_t                    sums[NGX_SHOP_FLAGSET_FILES];
} ngx_shop_flagset_ended_t;


/* what was in force until now; zeroed: nothing */
typedef struct {
    const ngx_shop_flag_notice_t    *notice;   /* NULL: none spoke */
    uint32_t                         file;     /* whose; _id() */
    unsigned                         asked;    /* _site_flag_e */
    unsigned                         over;     /* "end: healthy" */
    const ngx_shop_flagset_ended_t  *ended;    /* NULL: none */
} ngx_shop_flagset_was_t;


/* a file with "hosts", which speaks for these */
typedef struct {
    const ngx_shop_flagset_file_t   *file;
    const ngx_shop_flag_notice_t    *notice;   /* with an error: that before */
    uint32_t                         id;
    int                              error;    /* it has no text */
    unsigned                         word;     /* _flagset_e */
    unsigned                         asked;    /* _site_flag_e */
    unsigned                         over;     /* "end: healthy" */
    unsigned                         rest;     /* another closes, too */
} ngx_shop_flagset_voice_t;


/* each that speaks, the first one to be asked first */
typedef void (*ngx_shop_flagset_voice_pt)(void *data,
    const ngx_shop_flagset_voice_t *voice);


/* each file in turn; file NULL: there are too many, error says so */
typedef void (*ngx_shop_flagset_visit_pt)(void *data,
    const ngx_shop_flagset_file_t *file,
    const ngx_shop_flag_notice_t *notice, int error);


typedef struct {

    /* in */
    const ngx_shop_flagset_file_t   *files;    /* by name */
    unsigned                         nfiles;   /* > FILES: unread */
    ngx_shop_flagset_was_t           was;
    const ngx_shop_flagset_was_t    *voices;   /* that were, of files with
                                                  "hosts" */
    unsigned                         nvoices;
    ngx_shop_str_t                   host;     /* who asks; len 0: all that no
                                                  file names */
    int64_t                          now;      /* Unix s */
    ngx_shop_flag_notice_t          *room[2];  /* for two notices */
    ngx_shop_flagset_visit_pt        visit;    /* NULL: none */
    ngx_shop_flagset_voice_pt        voice;    /* NULL: none */
    void                            *data;     /* of visit and voice */

    /* out: of the file that speaks */
    const ngx_shop_flagset_file_t   *file;     /* NULL: none, or all */
    const ngx_shop_flag_notice_t    *notice;   /* or NULL */
    uint32_t                         id;
    int                              error;    /* it has no text */
    unsigned                         word;     /* _flagset_e */
    unsigned                         asked;    /* _site_flag_e */
    unsigned                         over;     /* "end: healthy" */

    /* out: of all */
    int64_t                          next;     /* Unix s; 0: never */
    unsigned                         rest;     /* another closes, too */
    unsigned                         spoken;   /* how many voices */
    ngx_shop_flagset_ended_t         ended;
} ngx_shop_flagset_t;


/*
 * A file that closes goes before one that does not, the strictest before the
 * others, of equals the one that no health can end, then one that names the
 * host, then the first by name.  A file with "hosts" is about these alone.
 * What is over counts no more.  A file with an error closes everything, as one
 * that is too large (EFBIG) does, and as more than FILES do (E2BIG).
 *
 * Voices are the files with "hosts" that go before the file that speaks for
 * all: of those about a host the first one speaks, and for a host that none is
 * about the file that speaks for all.  So the same comes out as with "host".
 *
 * rest is about the moment when the file that speaks will be over: whoever
 * looks then goes on closing until all files were looked at again.
 */
void ngx_shop_flagset_decide(ngx_shop_flagset_t *set);

/* what a notice alone does now, of a file that is read for the first time */
unsigned ngx_shop_flagset_word(const ngx_shop_flag_notice_t *notice,
    int64_t now);

/* stands for the name of a file of a directory; 0: no name */
uint32_t ngx_shop_flagset_id(const ngx_shop_str_t *name);

/* "closed", "browse", "paths", "words", "announced", "over", "open" */
const char *ngx_shop_flagset_name(unsigned word);


#endif /* _NGX_SHOP_FLAGSET_H_INCLUDED_ */
