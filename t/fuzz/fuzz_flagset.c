
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Any files as a flag: it closes if and only if one of them does alone, as the
 * strictest of them; the order does not matter for that; what was decided stays
 * so when it is asked again; what health has ended does not close.
 *
 * The input is files with a NUL between them; of each the first byte says how
 * it was read.
 */


#include <errno.h>
#include <time.h>

#include "fuzz.h"
#include "logic/flag/flagset.h"


#define FUZZ_FLAGSET_NOW    ((int64_t) 1795230000)
#define FUZZ_FLAGSET_FILES  6


int LLVMFuzzerInitialize(int *argc, char ***argv);
static ngx_shop_flag_notice_t   fuzz_flagset_room[2];
static ngx_shop_flag_notice_t   fuzz_flagset_spoke;
static ngx_shop_flagset_file_t  fuzz_flagset_files[FUZZ_FLAGSET_FILES];
static unsigned                 fuzz_flagset_nfiles;


static void
fuzz_flagset_split(const uint8_t *data, size_t size)
{
    const uint8_t            *end;
    ngx_shop_flagset_file_t  *file;

    static const unsigned char  names[] = "abcdef";

    fuzz_flagset_nfiles = 0;

    while (size && fuzz_flagset_nfiles < FUZZ_FLAGSET_FILES) {
        end = memchr(data, '\0', size);
        end = end ? end : data + size;

        file = &fuzz_flagset_files[fuzz_flagset_nfiles];
        memset(file, 0, sizeof(*file));
        file->name.data = &names[fuzz_flagset_nfiles++];
        file->name.len = 1;
        file->data.data = data;
        file->data.len = (size_t) (end - data);

        if (end > data) {
            file->error = (*data == '!') ? EACCES : 0;
            file->mtime = FUZZ_FLAGSET_NOW - *data;
            file->ctime = FUZZ_FLAGSET_NOW - 128;
        }

        size -= (size_t) (end - data);
        data = end;

        if (size) {
            data++;
            size--;
        }
    }
}


static ngx_shop_flagset_t
fuzz_flagset_decide(const ngx_shop_flagset_file_t *files, unsigned n,
    const ngx_shop_flagset_was_t *was)
{
    ngx_shop_flagset_t  set;

    memset(&set, 0, sizeof(set));
    set.files = files;
    set.nfiles = n;
    set.now = FUZZ_FLAGSET_NOW;
    set.room[0] = &fuzz_flagset_room[0];
    set.room[1] = &fuzz_flagset_room[1];

    if (was) {
        set.was = *was;
    }

    ngx_shop_flagset_decide(&set);

    fuzz_holds(set.next == 0 || set.next > FUZZ_FLAGSET_NOW);
    fuzz_holds(ngx_shop_flagset_name(set.word) != NULL);
    fuzz_holds((set.asked == NGX_SHOP_SITE_FLAG_OPEN)
               == (set.word >= NGX_SHOP_FLAGSET_ANNOUNCED));
    fuzz_holds(n || set.file == NULL);
    fuzz_holds(set.ended.n <= n);

    return set;
}


/* what a host gets is what the voices and the one for all say */

static void
fuzz_flagset_hear(void *data, const ngx_shop_flagset_voice_t *voice)
{
    uint32_t        *id = data;
    ngx_shop_str_t   host;

    host.data = (const unsigned char *) "a.b.example";
    host.len = 11;

    if (*id == 0 && ngx_shop_flag_about(voice->notice, &host)) {
        *id = voice->id;
    }
}


static void
fuzz_flagset_host(void)
{
    uint32_t            id;
    ngx_shop_flagset_t  set;

    memset(&set, 0, sizeof(set));
    set.files = fuzz_flagset_files;
    set.nfiles = fuzz_flagset_nfiles;
    set.now = FUZZ_FLAGSET_NOW;
    set.room[0] = &fuzz_flagset_room[0];
    set.room[1] = &fuzz_flagset_room[1];
    set.voice = fuzz_flagset_hear;
    set.data = &id;

    id = 0;
    ngx_shop_flagset_decide(&set);
    id = id ? id : set.id;

    set.host.data = (const unsigned char *) "a.b.example";
    set.host.len = 11;
    ngx_shop_flagset_decide(&set);
    fuzz_holds(set.word >= NGX_SHOP_FLAGSET_OVER || set.id == id);
}


static void
fuzz_flagset_alone(const ngx_shop_flagset_t *all)
{
    unsigned                 i, word;
    ngx_shop_flagset_t       one;
    ngx_shop_flagset_file_t  back[FUZZ_FLAGSET_FILES];

    word = NGX_SHOP_FLAGSET_NONE;

    for (i = 0; i < fuzz_flagset_nfiles; i++) {
        one = fuzz_flagset_decide(&fuzz_flagset_files[i], 1, NULL);
        word = one.word < word ? one.word : word;
        fuzz_holds(one.file || one.spoken <= 1);
        back[fuzz_flagset_nfiles - 1 - i] = fuzz_flagset_files[i];

        fuzz_holds(one.next == 0 || (all->next && all->next <= one.next));
        fuzz_holds(one.rest == 0);

        /* who is not the one that speaks, and closes, is the rest */

        fuzz_holds(one.asked == NGX_SHOP_SITE_FLAG_OPEN
                   || all->file == &fuzz_flagset_files[i] || all->rest);
    }

    fuzz_holds(all->word == word);

    one = fuzz_flagset_decide(back, fuzz_flagset_nfiles, NULL);
    fuzz_holds(one.word == word && one.next == all->next);
}


/* one after the other is ended, until none is left that health can end */

static void
fuzz_flagset_healthy(void)
{
    unsigned                  i;
    ngx_shop_flagset_t        set;
    ngx_shop_flagset_was_t    was;
    ngx_shop_flagset_ended_t  ended;

    set = fuzz_flagset_decide(fuzz_flagset_files, fuzz_flagset_nfiles, NULL);

    for (i = 0; i <= fuzz_flagset_nfiles && set.file; i++) {
        fuzz_flagset_spoke = *set.notice;
        ended = set.ended;

        memset(&was, 0, sizeof(was));
        was.notice = &fuzz_flagset_spoke;
        was.file = set.id;
        was.asked = set.asked;
        was.over = set.over;
        was.ended = &ended;

        /* nothing changed */

        set = fuzz_flagset_decide(fuzz_flagset_files, fuzz_flagset_nfiles,
                                  &was);
        fuzz_holds(set.id == was.file && set.asked == was.asked);
        fuzz_holds(set.over == was.over);
        fuzz_holds(memcmp(&set.ended, &ended, sizeof(ended)) == 0);
        fuzz_holds(memcmp(set.notice, &fuzz_flagset_spoke,
                          sizeof(fuzz_flagset_spoke)) == 0);

        if (set.over || set.error
            || set.notice->end != NGX_SHOP_FLAG_END_HEALTHY
            || set.asked == NGX_SHOP_SITE_FLAG_OPEN)
        {
            return;
        }

        was.over = 1;
        set = fuzz_flagset_decide(fuzz_flagset_files, fuzz_flagset_nfiles,
                                  &was);
        fuzz_holds(set.ended.n == ended.n + 1);
        fuzz_holds(set.id != was.file || set.asked == NGX_SHOP_SITE_FLAG_OPEN);
    }
}


int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void) argc;
    (void) argv;

    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();

    return 0;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ngx_shop_flagset_t  all;

    fuzz_flagset_split(data, size);

    all = fuzz_flagset_decide(fuzz_flagset_files, fuzz_flagset_nfiles, NULL);

    fuzz_flagset_alone(&all);
    fuzz_flagset_healthy();
    fuzz_flagset_host();

    return 0;
}
