
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who speaks for whom, where files of a flag have "hosts".  A file that is
 * about all names of a site speaks for the site.  For hosts that are some of a
 * site's there is a part of it: a site of its own while the file is there, and
 * until visitors are let back in.
 */


#include "state/board_inside.h"

#include "logic/flag/hosts.h"


/* what a file is for a site */
typedef enum {
    NGX_SHOP_BOARD_PARTS_NONE = 0,
    NGX_SHOP_BOARD_PARTS_SOME,
    NGX_SHOP_BOARD_PARTS_ALL
} ngx_shop_board_parts_e;


static void ngx_shop_board_parts_site_locked(
    ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf);
static ngx_uint_t ngx_shop_board_parts_voices(ngx_shop_layout_t *sh,
    uint32_t parent, ngx_shop_layout_flag_t **voices);
static ngx_shop_board_parts_e ngx_shop_board_parts_about(
    ngx_shop_model_site_t *conf, ngx_shop_flag_notice_t *notice);
static void ngx_shop_board_parts_speak_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, uint32_t base, uint32_t speaker);
static ngx_uint_t ngx_shop_board_parts_told(ngx_shop_layout_t *sh,
    uint32_t speaker);
static void ngx_shop_board_parts_want_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, uint8_t *wanted);
static size_t ngx_shop_board_parts_name(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, ngx_shop_layout_flag_t *fs, uint8_t *wanted,
    u_char *name);
static void ngx_shop_board_parts_count_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss);
static ngx_shop_layout_site_t *ngx_shop_board_parts_add_locked(
    ngx_shop_model_zone_t *zone, ngx_shop_layout_site_t *whole);
static ngx_uint_t ngx_shop_board_parts_drop_locked(
    ngx_shop_model_zone_t *zone, ngx_shop_layout_site_t *ss, uint8_t *wanted);
static void ngx_shop_board_parts_free_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *part);
static void ngx_shop_board_parts_clean_locked(ngx_shop_model_zone_t *zone);
static ngx_uint_t ngx_shop_board_parts_speaks(ngx_shop_layout_t *sh,
    uint32_t speaker);
static ngx_uint_t ngx_shop_board_parts_has(ngx_shop_model_zone_t *zone,
    uint32_t whole);


#define ngx_shop_board_parts_of(sh, i)  ((sh)->sites[(sh)->nsites + (i)])
#define ngx_shop_board_parts_voice(sh, i)  ((sh)->flags[(sh)->nflags + (i)])


void
ngx_shop_board_parts_map(ngx_shop_model_zone_t *zone, ngx_log_t *log)
{
    ngx_uint_t               i;
    ngx_shop_model_site_t  **conf;

    conf = zone->sites.elts;

    ngx_shmtx_lock(&zone->shpool->mutex);

    for (i = 0; i < zone->sites.nelts; i++) {
        if (conf[i]->base) {
            ngx_shop_board_parts_site_locked(zone, conf[i]);
        }
    }

    ngx_shop_board_parts_clean_locked(zone);

    ngx_shmtx_unlock(&zone->shpool->mutex);

    ngx_shop_board_hosts_learn(zone, log);
}


/*
 * A file that is gone goes on speaking until people were told that it is.
 * Workers learn of it once the lock is free, by "parted", which grows first;
 * what a killed worker did not come to is done again until "voices" says that
 * it was done.
 */

static void
ngx_shop_board_parts_site_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf)
{
    uint8_t                   wanted[NGX_SHOP_LAYOUT_PARTS];
    uint32_t                  speaker;
    ngx_uint_t                i, n, untold;
    ngx_shop_layout_t        *sh;
    ngx_shop_layout_flag_t   *base, *voices[NGX_SHOP_LAYOUT_VOICES];
    ngx_shop_layout_site_t   *ss;
    ngx_shop_board_parts_e    about;

    sh = zone->sh;
    ss = sh->sites[conf->index];
    base = sh->flags[conf->base->index];

    if (ss->voices == base->voices && ss->generation == zone->generation) {
        return;
    }

    sh->parted++;
    ngx_memory_barrier();

    ngx_memzero(wanted, sizeof(wanted));

    speaker = NGX_SHOP_LAYOUT_NO_SLOT;
    n = ngx_shop_board_parts_voices(sh, base->index, voices);

    for (i = 0; i < n; i++) {
        about = ngx_shop_board_parts_about(conf, &voices[i]->notice);

        if (about == NGX_SHOP_BOARD_PARTS_ALL) {
            speaker = voices[i]->index;
            break;
        }

        if (about == NGX_SHOP_BOARD_PARTS_SOME) {
            ngx_shop_board_parts_want_locked(zone, conf, ss, voices[i],
                                             wanted);
        }
    }

    untold = 0;

    if (speaker == NGX_SHOP_LAYOUT_NO_SLOT
        && !ngx_shop_board_parts_told(sh, ss->speaker))
    {
        untold = 1;

    } else {
        ngx_shop_board_parts_speak_locked(sh, ss, base->index, speaker);
    }

    untold |= ngx_shop_board_parts_drop_locked(zone, ss, wanted);
    ngx_shop_board_parts_count_locked(sh, ss);

    if (!untold) {
        ngx_memory_barrier();
        ss->generation = zone->generation;
        ss->voices = base->voices;
    }
}


/* those of a flag that are there, in their order */

static ngx_uint_t
ngx_shop_board_parts_voices(ngx_shop_layout_t *sh, uint32_t parent,
    ngx_shop_layout_flag_t **voices)
{
    ngx_uint_t               i, j, n;
    ngx_shop_layout_flag_t  *fs;

    n = 0;

    for (i = 0; i < NGX_SHOP_LAYOUT_VOICES; i++) {
        fs = ngx_shop_board_parts_voice(sh, i);

        if (fs == NULL || !fs->used || !fs->there || fs->parent != parent) {
            continue;
        }

        for (j = n; j && voices[j - 1]->order > fs->order; j--) {
            voices[j] = voices[j - 1];
        }

        voices[j] = fs;
        n++;
    }

    return n;
}


static ngx_shop_board_parts_e
ngx_shop_board_parts_about(ngx_shop_model_site_t *conf,
    ngx_shop_flag_notice_t *notice)
{
    ngx_str_t       *name;
    ngx_uint_t       i, j, meets, covers, covered;
    ngx_shop_str_t   pattern;

    meets = 0;
    covered = 0;
    name = conf->names.elts;

    for (i = 0; i < conf->names.nelts; i++) {
        covers = 0;

        for (j = 0; j < notice->nhosts; j++) {
            pattern = ngx_shop_flag_text(notice, notice->hosts[j]);

            meets |= ngx_shop_hosts_meets(&pattern,
                                          (ngx_shop_str_t *) &name[i]);
            covers |= ngx_shop_hosts_covers(&pattern,
                                            (ngx_shop_str_t *) &name[i]);
        }

        covered += covers;
    }

    if (!meets) {
        return NGX_SHOP_BOARD_PARTS_NONE;
    }

    return covered == conf->names.nelts ? NGX_SHOP_BOARD_PARTS_ALL
                                        : NGX_SHOP_BOARD_PARTS_SOME;
}


/* what a page shows is by versions that only grow, whoever speaks */

static void
ngx_shop_board_parts_speak_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss, uint32_t base, uint32_t speaker)
{
    uint32_t  was;

    if (ss->speaker == speaker) {
        return;
    }

    was = ss->speaker == NGX_SHOP_LAYOUT_NO_SLOT ? base : ss->speaker;

    ss->version += sh->flags[was]->version + 1;
    ngx_memory_barrier();
    ss->speaker = speaker;
}


/* whether nothing is to be told any more of a file that is gone */

static ngx_uint_t
ngx_shop_board_parts_told(ngx_shop_layout_t *sh, uint32_t speaker)
{
    ngx_shop_layout_flag_t  *fs;

    if (speaker == NGX_SHOP_LAYOUT_NO_SLOT) {
        return 1;
    }

    fs = sh->flags[speaker];

    return !fs->used || fs->there || fs->told.version == fs->published;
}


/* the part of a site for a file: the one that there is, or a new one */

static void
ngx_shop_board_parts_want_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, uint8_t *wanted)
{
    u_char                   name[NGX_SHOP_LAYOUT_PART_LEN], *p;
    size_t                   len;
    ngx_uint_t               i;
    ngx_shop_str_t           host;
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_site_t  *part;

    sh = zone->sh;
    len = ngx_shop_board_parts_name(sh, ss, fs, wanted, name);
    part = NULL;

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        part = ngx_shop_board_parts_of(sh, i);

        if (part && part->used && part->whole == ss->index
            && !wanted[i] && part->name.len == len
            && ngx_memcmp(part->name.data, name, len) == 0)
        {
            break;
        }
    }

    if (i == NGX_SHOP_LAYOUT_PARTS) {
        part = ngx_shop_board_parts_add_locked(zone, ss);

        if (part == NULL) {
            sh->mute++;
            return;
        }

        ngx_memcpy(part->name.data, name, len);
        part->name.len = len;
        i = part->index - sh->nsites;
    }

    p = part->hosts;

    for (len = 0; len < fs->notice.nhosts; len++) {
        host = ngx_shop_flag_text(&fs->notice, fs->notice.hosts[len]);
        p = ngx_cpymem(p, host.data, host.len);
        *p++ = ' ';
    }

    wanted[i] = 1;
    part->hosts_len = (uint16_t) (p - part->hosts);
    part->hosts_len -= (part->hosts_len != 0);
    part->ending = 0;
    part->voices = fs->order;

    ngx_shop_board_parts_speak_locked(sh, part, conf->base->index, fs->index);
}


/* "shops.example:a.example"; of several files that begin alike by the file */

static size_t
ngx_shop_board_parts_name(ngx_shop_layout_t *sh, ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, uint8_t *wanted, u_char *name)
{
    u_char                  *p, *last;
    ngx_uint_t               i;
    ngx_shop_str_t           host;
    ngx_shop_layout_site_t  *part;

    host = ngx_shop_flag_text(&fs->notice, fs->notice.hosts[0]);
    last = name + NGX_SHOP_LAYOUT_PART_LEN;

    p = ngx_slprintf(name, last, "%V:%*s", &ss->name, host.len, host.data);

    if (fs->notice.nhosts > 1) {
        p = ngx_slprintf(p, last, "+%ud", fs->notice.nhosts - 1);
    }

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        part = ngx_shop_board_parts_of(sh, i);

        if (wanted[i] && part->whole == ss->index
            && part->name.len == (size_t) (p - name)
            && ngx_memcmp(part->name.data, name, part->name.len) == 0)
        {
            p = ngx_slprintf(p, last, ":%*s", (size_t) fs->name_len, fs->name);
            break;
        }
    }

    return p - name;
}


static ngx_shop_layout_site_t *
ngx_shop_board_parts_add_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_site_t *whole)
{
    u_char                   *text;
    ngx_uint_t                i;
    ngx_shop_layout_t        *sh;
    ngx_shop_layout_site_t   *part, **place;

    sh = zone->sh;

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        part = ngx_shop_board_parts_of(sh, i);

        if (part == NULL || !part->used) {
            break;
        }
    }

    if (i == NGX_SHOP_LAYOUT_PARTS) {
        return NULL;
    }

    place = &ngx_shop_board_parts_of(sh, i);

    if (*place == NULL) {
        text = ngx_slab_alloc_locked(zone->shpool,
                                     NGX_SHOP_LAYOUT_PART_LEN
                                     + NGX_SHOP_FLAG_HOSTS_MAX);
        part = ngx_slab_calloc_locked(zone->shpool,
                                      sizeof(ngx_shop_layout_site_t));
        if (text == NULL || part == NULL) {
            return NULL;
        }

        part->name.data = text;
        part->hosts = text + NGX_SHOP_LAYOUT_PART_LEN;
        part->index = sh->nsites + i;
        *place = part;
    }

    part = *place;

    /* it begins as the site is; numbers of versions are never used again */

    part->version += whole->version + ((sh->parted + 1) << 12);
    part->site = whole->site;
    ngx_memzero(&part->life, sizeof(ngx_shop_site_life_t));
    part->text = 0;
    part->drill = 0;
    part->incident = whole->incident;
    part->asked = whole->asked;
    part->announced = 0;
    part->gate = whole->gate & ~(ngx_atomic_uint_t) NGX_SHOP_BOARD_GATE_HOSTS;
    part->learned = whole->learned;
    part->speaker = whole->speaker;
    part->parts = 0;
    part->whole = whole->index;
    part->band = whole->band;
    ngx_memzero(part->entered, sizeof(part->entered));
    ngx_memzero((void *) &part->counters, sizeof(part->counters));
    ngx_memzero((void *) &part->base, sizeof(part->base));
    ngx_memory_barrier();
    part->used = 1;

    return part;
}


/* parts of a site that no file is about any more; 1: one is still to be told */

static ngx_uint_t
ngx_shop_board_parts_drop_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_site_t *ss, uint8_t *wanted)
{
    ngx_uint_t               i, untold;
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_site_t  *part;

    sh = zone->sh;
    untold = 0;

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        part = ngx_shop_board_parts_of(sh, i);

        if (part == NULL || !part->used || part->whole != ss->index
            || wanted[i])
        {
            continue;
        }

        if (!ngx_shop_board_parts_told(sh, part->speaker)) {
            untold = 1;
            continue;
        }

        part->version += 1ul << 12;
        part->speaker = ss->speaker;
        part->ending = 1;
    }

    return untold;
}


void
ngx_shop_board_parts_end_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf)
{
    ngx_uint_t               state;
    ngx_shop_layout_site_t  *part, *whole;

    part = zone->sh->sites[conf->index];
    whole = zone->sh->sites[part->whole];
    state = part->site.state;

    if (!part->used || !part->ending
        || (state != whole->site.state
            && (state == NGX_SHOP_SITE_MAINTENANCE
                || state == NGX_SHOP_SITE_BROWSE
                || state == NGX_SHOP_SITE_REOPENING)))
    {
        return;
    }

    ngx_shop_board_parts_free_locked(zone->sh, part);
}


static void
ngx_shop_board_parts_count_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *ss)
{
    uint32_t                 n;
    ngx_uint_t               i;
    ngx_shop_layout_site_t  *part;

    n = 0;

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        part = ngx_shop_board_parts_of(sh, i);
        n += (part && part->used && part->whole == ss->index);
    }

    ss->parts = n;
}


/*
 * What was counted for it was of the site, too.  At last it is not used: before
 * that a killed worker leaves what is ended again.
 */

static void
ngx_shop_board_parts_free_locked(ngx_shop_layout_t *sh,
    ngx_shop_layout_site_t *part)
{
    ngx_uint_t               i, n;
    ngx_atomic_t            *from, *to;
    ngx_atomic_int_t         count;
    ngx_shop_layout_site_t  *whole;

    sh->parted++;
    ngx_memory_barrier();

    whole = sh->sites[part->whole];

    n = sizeof(ngx_shop_layout_counters_t) / sizeof(ngx_atomic_t);
    from = (ngx_atomic_t *) &part->counters;
    to = (ngx_atomic_t *) &whole->counters;

    for (i = 0; i < n; i++) {
        count = (ngx_atomic_int_t) from[i];
        (void) ngx_atomic_fetch_add(&from[i], -count);
        (void) ngx_atomic_fetch_add(&to[i], count);
    }

    whole->parts -= (whole->parts != 0);
    ngx_memory_barrier();

    part->used = 0;
}


/* of sites that are not configured any more; files that nobody has */

static void
ngx_shop_board_parts_clean_locked(ngx_shop_model_zone_t *zone)
{
    ngx_uint_t               i;
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_flag_t  *fs;
    ngx_shop_layout_site_t  *part;

    sh = zone->sh;

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        part = ngx_shop_board_parts_of(sh, i);

        if (part && part->used
            && !ngx_shop_board_parts_has(zone, part->whole))
        {
            ngx_shop_board_parts_free_locked(sh, part);
        }
    }

    for (i = 0; i < NGX_SHOP_LAYOUT_VOICES; i++) {
        fs = ngx_shop_board_parts_voice(sh, i);

        if (fs && fs->used && !fs->there
            && ngx_shop_board_parts_told(sh, fs->index)
            && !ngx_shop_board_parts_speaks(sh, fs->index))
        {
            fs->used = 0;
        }
    }
}


/* whether a site is configured, and has a flag */

static ngx_uint_t
ngx_shop_board_parts_has(ngx_shop_model_zone_t *zone, uint32_t whole)
{
    ngx_uint_t               i;
    ngx_shop_model_site_t  **conf;

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {
        if (conf[i]->index == whole) {
            return conf[i]->base != NULL;
        }
    }

    return 0;
}


/* whether it speaks for a site or for a part of one */

static ngx_uint_t
ngx_shop_board_parts_speaks(ngx_shop_layout_t *sh, uint32_t speaker)
{
    ngx_uint_t               i;
    ngx_shop_layout_site_t  *ss;

    for (i = 0; i < sh->sites_used; i++) {
        if (sh->sites[i]->speaker == speaker) {
            return 1;
        }
    }

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        ss = ngx_shop_board_parts_of(sh, i);

        if (ss && ss->used && ss->speaker == speaker) {
            return 1;
        }
    }

    return 0;
}
