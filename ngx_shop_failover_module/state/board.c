
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The board: flags, groups and sites in shared memory.  Reads no file, logs
 * nothing; says what changed.
 */


#include "state/board.h"
#include "state/clock.h"
#include "state/shift.h"
#include "state/counters.h"
#include "state/groups.h"
#include "state/peers.h"


/* of the upstreams of a site, at one moment */
typedef struct {
    ngx_msec_t  now;                    /* of the zone */
    ngx_uint_t  worst;                  /* a _site_group_e */
    ngx_uint_t  checked;                /* how many have probes */
} ngx_shop_board_health_t;


static ngx_shop_layout_site_t *ngx_shop_board_find(ngx_shop_layout_t *sh,
    ngx_str_t *name);
static ngx_shop_layout_site_t *ngx_shop_board_add_locked(
    ngx_shop_model_zone_t *zone, ngx_str_t *name);
static void ngx_shop_board_inherit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_site_t *ss, ngx_shop_layout_t *old);
static void ngx_shop_board_learned_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_site_t *ss, ngx_shop_layout_t *old,
    ngx_shop_layout_site_t *from);
static ngx_shop_layout_flag_t *ngx_shop_board_find_flag(ngx_shop_layout_t *sh,
    ngx_str_t *path);
static ngx_int_t ngx_shop_board_flag_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_layout_t *old);
static ngx_shop_layout_flag_t *ngx_shop_board_add_flag_locked(
    ngx_shop_model_zone_t *zone, ngx_str_t *path);
static ngx_int_t ngx_shop_board_copy_locked(ngx_shop_model_zone_t *zone,
    ngx_str_t *to, ngx_str_t *from);
static ngx_uint_t ngx_shop_board_groups_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n);
static void ngx_shop_board_health(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_board_health_t *health);
static void ngx_shop_board_health_of(ngx_shop_board_health_t *health,
    ngx_shop_model_group_t *group, ngx_uint_t optional);
static ngx_uint_t ngx_shop_board_sites_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n);
static void ngx_shop_board_sum(ngx_shop_model_flag_t *flag,
    ngx_shop_layout_site_t *ss);
static void ngx_shop_board_life(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs);
static ngx_uint_t ngx_shop_board_site_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, ngx_shop_model_site_t *conf,
    ngx_shop_board_health_t *health);
static ngx_uint_t ngx_shop_board_flag(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, ngx_shop_model_site_t *conf,
    ngx_shop_board_health_t *health);
static ngx_uint_t ngx_shop_board_gate_of(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, ngx_shop_model_site_t *conf);
static void ngx_shop_board_times(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs);
static ngx_uint_t ngx_shop_board_differs(ngx_shop_layout_flag_t *fs,
    ngx_shop_board_reading_t *reading);
static void ngx_shop_board_set_notice(ngx_shop_layout_t *sh,
    ngx_shop_layout_flag_t *fs, ngx_shop_board_reading_t *reading);
static void ngx_shop_board_view_flag_locked(ngx_shop_layout_flag_t *fs,
    ngx_shop_board_view_t *view);


/* the record of a site's flag; NULL: it has none */
#define ngx_shop_board_flag_of(zone, conf)                                   \
    ((conf)->flag ? (zone)->sh->flags[(conf)->flag->index] : NULL)


ngx_uint_t
ngx_shop_board_fit_locked(ngx_shop_model_zone_t *zone, ngx_shop_layout_t *sh,
    size_t *size)
{
    ngx_uint_t               i, room;
    ngx_shop_model_flag_t  **flag;
    ngx_shop_model_site_t  **conf;

    room = sh->nsites - sh->sites_used;
    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        if (ngx_shop_board_find(sh, &conf[i]->name)) {
            continue;
        }

        if (room-- == 0) {
            return 0;
        }

        *size += ngx_align(sizeof(ngx_shop_layout_site_t), ngx_pagesize)
                 + ngx_align(ngx_shop_layout_words(sh->ngroups)
                             * sizeof(ngx_atomic_t), ngx_pagesize)
                 + ngx_align(conf[i]->name.len, ngx_pagesize);
    }

    room = sh->nflags - sh->flags_used;
    flag = zone->flags.elts;

    for (i = 0; i < zone->flags.nelts; i++) {

        if (ngx_shop_board_find_flag(sh, &flag[i]->path)) {
            continue;
        }

        if (room-- == 0) {
            return 0;
        }

        *size += ngx_align(sizeof(ngx_shop_layout_flag_t), ngx_pagesize)
                 + ngx_align(flag[i]->path.len, ngx_pagesize);
    }

    return 1;
}


ngx_int_t
ngx_shop_board_register_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_t *old)
{
    ngx_uint_t               i;
    ngx_shop_model_flag_t  **flag;
    ngx_shop_model_site_t  **conf;
    ngx_shop_layout_site_t  *ss;

    flag = zone->flags.elts;

    for (i = 0; i < zone->flags.nelts; i++) {
        if (ngx_shop_board_flag_locked(zone, flag[i], old) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        ss = ngx_shop_board_find(zone->sh, &conf[i]->name);

        if (ss == NULL) {
            ss = ngx_shop_board_add_locked(zone, &conf[i]->name);
            if (ss == NULL) {
                return NGX_ERROR;
            }

            ngx_shop_board_inherit_locked(zone, ss, old);
        }

        conf[i]->index = ss->index;
    }

    return NGX_OK;
}


/* from the zone before, where it knew this site */

static void
ngx_shop_board_inherit_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_site_t *ss, ngx_shop_layout_t *old)
{
    ngx_shop_layout_site_t  *from;

    from = old ? ngx_shop_board_find(old, &ss->name) : NULL;

    if (from == NULL) {
        return;
    }

    ss->gate = from->gate;
    ss->version = from->version;
    ss->announced = from->announced;
    ss->site = from->site;
    ss->life = from->life;
    ss->text = from->text;
    ss->drill = from->drill;
    ss->asked = from->asked;
    ss->band = from->band;

    ngx_shop_counters_inherit(zone->sh, ss, old, from);
    ngx_shop_board_learned_locked(zone, ss, old, from);
}


/* an index is of its own zone only: by name */

static void
ngx_shop_board_learned_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_layout_site_t *ss, ngx_shop_layout_t *old,
    ngx_shop_layout_site_t *from)
{
    ngx_uint_t                i, n;
    ngx_shop_layout_group_t  *gs;

    for (i = 0; i < old->groups_used; i++) {

        if (!ngx_shop_board_bit(from, i)) {
            continue;
        }

        gs = ngx_shop_peers_find_group(zone->sh, &old->groups[i].name);

        if (gs) {
            n = gs - zone->sh->groups;
            ss->learned[ngx_shop_board_word(n)] |= ngx_shop_board_mask(n);
        }
    }
}


static ngx_shop_layout_site_t *
ngx_shop_board_find(ngx_shop_layout_t *sh, ngx_str_t *name)
{
    ngx_uint_t               i;
    ngx_shop_layout_site_t  *ss;

    for (i = 0; i < sh->sites_used; i++) {
        ss = sh->sites[i];

        if (ss->name.len == name->len
            && ngx_memcmp(ss->name.data, name->data, name->len) == 0)
        {
            return ss;
        }
    }

    return NULL;
}


/* what is half made stays unused: the registration fails as a whole */

static ngx_shop_layout_site_t *
ngx_shop_board_add_locked(ngx_shop_model_zone_t *zone, ngx_str_t *name)
{
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_site_t  *ss;

    sh = zone->sh;

    if (sh->sites_used == sh->nsites) {
        return NULL;
    }

    ss = ngx_slab_calloc_locked(zone->shpool, sizeof(ngx_shop_layout_site_t));
    if (ss == NULL) {
        return NULL;
    }

    ss->learned = ngx_slab_calloc_locked(zone->shpool,
                                         ngx_shop_layout_words(sh->ngroups)
                                         * sizeof(ngx_atomic_t));

    if (ss->learned == NULL
        || ngx_shop_board_copy_locked(zone, &ss->name, name) != NGX_OK)
    {
        return NULL;
    }

    ss->site.since = ngx_shop_clock_now();
    ss->index = sh->sites_used;

    sh->sites[sh->sites_used++] = ss;

    return ss;
}


static ngx_int_t
ngx_shop_board_copy_locked(ngx_shop_model_zone_t *zone, ngx_str_t *to,
    ngx_str_t *from)
{
    if (from->len == 0) {
        return NGX_OK;
    }

    to->data = ngx_slab_alloc_locked(zone->shpool, from->len);
    if (to->data == NULL) {
        return NGX_ERROR;
    }

    to->len = from->len;
    ngx_memcpy(to->data, from->data, from->len);

    return NGX_OK;
}


static ngx_int_t
ngx_shop_board_flag_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_layout_t *old)
{
    ngx_str_t                path;
    ngx_uint_t               index;
    ngx_shop_layout_flag_t  *fs, *from;

    fs = ngx_shop_board_find_flag(zone->sh, &conf->path);

    if (fs == NULL) {
        fs = ngx_shop_board_add_flag_locked(zone, &conf->path);
        if (fs == NULL) {
            return NGX_ERROR;
        }

        from = old ? ngx_shop_board_find_flag(old, &conf->path) : NULL;

        if (from) {
            path = fs->path;
            index = fs->index;

            *fs = *from;

            fs->path = path;
            fs->index = (uint32_t) index;
            fs->claimed = 0;
            fs->trouble = 0;
        }
    }

    conf->index = fs->index;

    return NGX_OK;
}


static ngx_shop_layout_flag_t *
ngx_shop_board_find_flag(ngx_shop_layout_t *sh, ngx_str_t *path)
{
    ngx_uint_t               i;
    ngx_shop_layout_flag_t  *fs;

    for (i = 0; i < sh->flags_used; i++) {
        fs = sh->flags[i];

        if (fs->path.len == path->len
            && ngx_memcmp(fs->path.data, path->data, path->len) == 0)
        {
            return fs;
        }
    }

    return NULL;
}


static ngx_shop_layout_flag_t *
ngx_shop_board_add_flag_locked(ngx_shop_model_zone_t *zone, ngx_str_t *path)
{
    ngx_shop_layout_t       *sh;
    ngx_shop_layout_flag_t  *fs;

    sh = zone->sh;

    if (sh->flags_used == sh->nflags) {
        return NULL;
    }

    fs = ngx_slab_calloc_locked(zone->shpool, sizeof(ngx_shop_layout_flag_t));

    if (fs == NULL
        || ngx_shop_board_copy_locked(zone, &fs->path, path) != NGX_OK)
    {
        return NULL;
    }

    fs->signature.size = -1;
    fs->index = sh->flags_used;

    sh->flags[sh->flags_used++] = fs;

    return fs;
}


ngx_int_t
ngx_shop_board_claim(ngx_shop_model_zone_t *zone, ngx_shop_model_flag_t *conf,
    ngx_shop_layout_signature_t *sig, ngx_msec_t timeout)
{
    ngx_int_t                rc;
    ngx_msec_t               now;
    ngx_shop_layout_flag_t  *fs;

    fs = zone->sh->flags[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);

    if (ngx_memcmp(&fs->signature, sig, sizeof(*sig)) == 0
        && (!fs->there || (ngx_msec_int_t) (fs->reread - now) > 0))
    {
        rc = NGX_DECLINED;

    } else if (fs->claimed && (ngx_msec_int_t) (fs->claimed - now) > 0) {
        rc = NGX_BUSY;

    } else {
        fs->claimed = now + timeout;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return rc;
}


/*
 * In the order in which a worker may be killed: that there is something new is
 * said before, and that it was read at the end.  Another worker does it again.
 */

void
ngx_shop_board_publish(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_board_reading_t *reading)
{
    ngx_shop_layout_flag_t  *fs;

    fs = zone->sh->flags[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_shift_follow_locked(zone->sh);

    if (ngx_shop_board_differs(fs, reading)) {
        fs->version++;
        fs->published++;
        ngx_memory_barrier();

        ngx_shop_board_set_notice(zone->sh, fs, reading);
        ngx_memory_barrier();
    }

    if (!reading->error) {
        fs->written = reading->written;
    }

    fs->rest = reading->rest;
    fs->ended = *reading->ended;
    fs->signature = reading->signature;
    fs->reread = ngx_shop_clock_msec(zone->sh) + reading->reread;
    fs->claimed = 0;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


static ngx_uint_t
ngx_shop_board_differs(ngx_shop_layout_flag_t *fs,
    ngx_shop_board_reading_t *reading)
{
    ngx_uint_t  flag;

    flag = (reading->notice || reading->error);

    if (fs->there != flag || fs->error != reading->error) {
        return 1;
    }

    return flag && !reading->error
           && (fs->file != reading->file
               || ngx_memcmp(&fs->notice, reading->notice,
                             sizeof(ngx_shop_flag_notice_t))
                  != 0);
}


static void
ngx_shop_board_set_notice(ngx_shop_layout_t *sh, ngx_shop_layout_flag_t *fs,
    ngx_shop_board_reading_t *reading)
{
    if (!reading->error || !fs->there) {

        /* else the last good text stays */

        fs->file = 0;
        fs->over = 0;
        fs->said = fs->asked;

        if (reading->error || reading->notice == NULL) {
            ngx_memzero(&fs->notice, sizeof(ngx_shop_flag_notice_t));

        } else {
            ngx_memcpy(&fs->notice, reading->notice,
                       sizeof(ngx_shop_flag_notice_t));
            fs->file = reading->file;
            fs->over = (uint8_t) reading->over;
            fs->said = (uint8_t) reading->asked;
        }

        /* its sites begin with it anew: the last word of it */

        ngx_memory_barrier();
        fs->text = ++sh->texts;
    }

    if (!fs->there) {
        fs->since = ngx_shop_clock_now();
    }

    fs->error = reading->error;
    fs->there = (reading->notice || reading->error);
}


ngx_err_t
ngx_shop_board_trouble(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_err_t err)
{
    ngx_err_t                was;
    ngx_shop_layout_flag_t  *fs;

    fs = zone->sh->flags[conf->index];
    was = (ngx_err_t) fs->trouble;

    if (was == err
        || !ngx_atomic_cmp_set(&fs->trouble, (ngx_atomic_uint_t) was,
                               (ngx_atomic_uint_t) err))
    {
        return err;
    }

    return was;
}


void
ngx_shop_board_abandon(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf)
{
    ngx_shmtx_lock(&zone->shpool->mutex);

    zone->sh->flags[conf->index]->claimed = 0;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


ngx_uint_t
ngx_shop_board_tick(ngx_shop_model_zone_t *zone, ngx_msec_t period)
{
    ngx_msec_t  now;
    ngx_uint_t  mine;

    ngx_shmtx_lock(&zone->shpool->mutex);

    now = ngx_shop_clock_msec(zone->sh);
    mine = (now - zone->sh->ticked >= period);

    if (mine) {
        zone->sh->ticked = now;
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return mine;
}


ngx_uint_t
ngx_shop_board_evaluate(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n)
{
    ngx_uint_t  k;

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_shift_follow_locked(zone->sh);

    if (zone->sh->unsettled) {
        ngx_shop_peers_settle_locked(zone);
    }

    k = ngx_shop_board_groups_locked(zone, changes, n);
    k += ngx_shop_board_sites_locked(zone, &changes[k], n - k);

    zone->sh->changed += k;

    ngx_shmtx_unlock(&zone->shpool->mutex);

    return k;
}


static ngx_uint_t
ngx_shop_board_groups_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n)
{
    ngx_uint_t                  i, k;
    ngx_shop_model_group_t    **group;

    k = 0;
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {

        group[i]->judged = ((group[i]->checked || group[i]->chain.nelts)
                            && !group[i]->unknown);

        if (!group[i]->judged) {
            continue;
        }

        k += ngx_shop_groups_evaluate_locked(zone, group[i], &changes[k],
                                             n - k);

        group[i]->state = ngx_shop_groups_state(zone, group[i]);
    }

    return k;
}


static ngx_uint_t
ngx_shop_board_sites_locked(ngx_shop_model_zone_t *zone,
    ngx_shop_groups_change_t *changes, ngx_uint_t n)
{
    unsigned                  from;
    int64_t                   since;
    ngx_uint_t                i, k;
    ngx_shop_board_health_t   health;
    ngx_shop_layout_flag_t   *fs;
    ngx_shop_layout_site_t   *ss;
    ngx_shop_model_flag_t   **flag;
    ngx_shop_model_site_t   **conf;

    flag = zone->flags.elts;

    for (i = 0; i < zone->flags.nelts; i++) {
        flag[i]->asked = NGX_SHOP_SITE_FLAG_OPEN;
        flag[i]->over = 1;
        flag[i]->sited = 0;
    }

    k = 0;
    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts && k < n; i++) {

        ss = zone->sh->sites[conf[i]->index];
        fs = ngx_shop_board_flag_of(zone, conf[i]);
        from = ss->site.state;
        since = ss->site.since;

        ngx_shop_board_health(zone, conf[i], &health);

        if (ngx_shop_board_site_locked(ss, fs, conf[i], &health)) {
            changes[k].what = NGX_SHOP_GROUPS_CHANGE_STATE;
            changes[k].group = NULL;
            changes[k].site = conf[i];
            changes[k].from = from;
            changes[k].to = ss->site.state;
            changes[k].since = since;
            k++;
        }

        if (fs) {
            ngx_shop_board_sum(conf[i]->flag, ss);
        }
    }

    if (i < zone->sites.nelts) {

        /* the rest of the sites is looked at in the next call */

        return k;
    }

    for (i = 0; i < zone->flags.nelts; i++) {
        fs = zone->sh->flags[flag[i]->index];

        fs->asked = (uint8_t) flag[i]->asked;
        fs->over = (flag[i]->sited && flag[i]->over);
    }

    return k;
}


/* what a flag does, in all: closed, else browse, else words, else open */

static void
ngx_shop_board_sum(ngx_shop_model_flag_t *flag, ngx_shop_layout_site_t *ss)
{
    flag->sited = 1;

    if (!ss->life.ended) {
        flag->over = 0;
    }

    if (flag->asked == NGX_SHOP_SITE_FLAG_OPEN
        || ss->asked == NGX_SHOP_SITE_FLAG_CLOSED
        || (ss->asked == NGX_SHOP_SITE_FLAG_BROWSE
            && flag->asked == NGX_SHOP_SITE_FLAG_WORDS))
    {
        flag->asked = ss->asked;
    }
}


/* of the upstreams of a site: those of the configuration and those learned */

static void
ngx_shop_board_health(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_shop_board_health_t *health)
{
    ngx_uint_t                 i;
    ngx_shop_model_use_t      *use;
    ngx_shop_layout_site_t    *ss;
    ngx_shop_model_group_t   **group;

    health->now = ngx_shop_clock_msec(zone->sh);
    health->worst = NGX_SHOP_SITE_GROUP_UP;
    health->checked = 0;

    use = conf->uses.elts;

    for (i = 0; i < conf->uses.nelts; i++) {
        ngx_shop_board_health_of(health, use[i].group, use[i].optional);
    }

    if (conf->listed) {
        return;
    }

    ss = zone->sh->sites[conf->index];
    group = zone->groups.elts;

    for (i = 0; i < zone->groups.nelts; i++) {
        if (ngx_shop_board_bit(ss, group[i]->index)
            && !ngx_shop_board_uses(conf, group[i]))
        {
            ngx_shop_board_health_of(health, group[i], 0);
        }
    }
}


/* the loss of one that is optional is no more than a loss of redundancy */

static void
ngx_shop_board_health_of(ngx_shop_board_health_t *health,
    ngx_shop_model_group_t *group, ngx_uint_t optional)
{
    ngx_uint_t  state;

    if (!group->judged) {
        return;
    }

    state = group->state;

    if (optional && state > NGX_SHOP_SITE_GROUP_DEGRADED) {
        state = NGX_SHOP_SITE_GROUP_DEGRADED;
    }

    health->checked += group->checked;
    health->worst = ngx_max(health->worst, state);
}


ngx_uint_t
ngx_shop_board_uses(ngx_shop_model_site_t *conf, ngx_shop_model_group_t *group)
{
    ngx_uint_t             i;
    ngx_shop_model_use_t  *use;

    use = conf->uses.elts;

    for (i = 0; i < conf->uses.nelts; i++) {
        if (use[i].group == group) {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_shop_board_has(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    ngx_shop_model_group_t *group)
{
    return ngx_shop_board_uses(conf, group)
           || (!conf->listed
               && ngx_shop_board_bit(zone->sh->sites[conf->index],
                                     group->index));
}


void
ngx_shop_board_learn(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    ngx_shop_model_group_t *group)
{
    ngx_atomic_t            *word;
    ngx_atomic_uint_t        was, mask;
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];

    if (conf->listed || ngx_shop_board_bit(ss, group->index)) {
        return;
    }

    word = &ss->learned[ngx_shop_board_word(group->index)];
    mask = ngx_shop_board_mask(group->index);

    do {
        was = *word;
    } while (!ngx_atomic_cmp_set(word, was, was | mask));
}


/* what the flag of a site asks for now, an ngx_shop_site_flag_e */

static ngx_uint_t
ngx_shop_board_flag(ngx_shop_layout_site_t *ss, ngx_shop_layout_flag_t *fs,
    ngx_shop_model_site_t *conf, ngx_shop_board_health_t *health)
{
    ngx_uint_t  asked, well;

    if (fs == NULL || !fs->there) {
        return NGX_SHOP_SITE_FLAG_OPEN;
    }

    if (fs->error) {

        /* somebody made the file: the intent is clear, the text is not */

        return NGX_SHOP_SITE_FLAG_CLOSED;
    }

    asked = ngx_shop_site_flag(&fs->notice, ss->asked, ngx_shop_clock_now());

    /* without probes nobody can tell; a backup that serves is not well */

    well = (health->checked && health->worst <= NGX_SHOP_SITE_GROUP_DEGRADED);

    if (asked != NGX_SHOP_SITE_FLAG_OPEN
        && !ngx_shop_site_ended(&ss->life, &fs->notice,
                                (unsigned) well, conf->hold,
                                health->now))
    {
        return asked;
    }

    if (fs->rest && ngx_shop_site_closes(ss->asked)) {

        /* another file closes: not open until one has said which */

        fs->reread = health->now;
        return ss->asked;
    }

    return NGX_SHOP_SITE_FLAG_OPEN;
}


/* another notice begins with a life of its own */

static void
ngx_shop_board_life(ngx_shop_layout_site_t *ss, ngx_shop_layout_flag_t *fs)
{
    if (fs == NULL || ss->text == fs->text) {
        return;
    }

    ngx_memzero(&ss->life, sizeof(ngx_shop_site_life_t));
    ss->life.ended = fs->over;

    if (fs->there && !fs->error) {
        ss->life.late = (uint8_t) ngx_shop_site_late(&ss->site, &fs->notice);
    }

    if (fs->there && fs->notice.bad_start) {

        /* as before: of this file, not of the one that spoke */

        ss->asked = fs->said;
    }

    ngx_memory_barrier();
    ss->text = fs->text;
}


static ngx_uint_t
ngx_shop_board_site_locked(ngx_shop_layout_site_t *ss,
    ngx_shop_layout_flag_t *fs, ngx_shop_model_site_t *conf,
    ngx_shop_board_health_t *health)
{
    ngx_uint_t             changed;
    ngx_shop_site_t        next;
    ngx_shop_site_input_t  in;

    ngx_shop_board_life(ss, fs);

    ss->asked = (uint8_t) ngx_shop_board_flag(ss, fs, conf, health);

    in.group = (uint8_t) health->worst;
    in.flag = ss->asked;
    in.hold = conf->hold;
    in.ramp = conf->ramp;

    next = ss->site;
    changed = ngx_shop_site_step(&next, &in, health->now,
                                 ngx_shop_clock_now());
    if (changed) {

        /* first: a worker that is killed here leaves it to be done again */

        ss->version++;
        ngx_memory_barrier();

        ngx_shop_counters_mark_locked(ss, &next);
    }

    ss->site = next;
    ngx_shop_band_add(&ss->band, next.state, ngx_shop_clock_now());

    if (changed) {
        ss->entered[ss->site.state]++;
    }

    ss->gate = ngx_shop_board_gate_of(ss, fs, conf);

    ngx_shop_board_times(ss, fs);

    return changed;
}


/* the word that every request asks first */

static ngx_uint_t
ngx_shop_board_gate_of(ngx_shop_layout_site_t *ss, ngx_shop_layout_flag_t *fs,
    ngx_shop_model_site_t *conf)
{
    if (ss->asked == NGX_SHOP_SITE_FLAG_BROWSE) {
        return NGX_SHOP_BOARD_GATE_BROWSE;
    }

    if (ss->asked == NGX_SHOP_SITE_FLAG_CLOSED) {

        return (fs && !fs->error
                && fs->notice.mode == NGX_SHOP_FLAG_PATHS_ONLY
                && fs->notice.npaths)
               ? NGX_SHOP_BOARD_GATE_PATHS : NGX_SHOP_BOARD_GATE_CLOSED;
    }

    if (conf->ramp && ss->site.state == NGX_SHOP_SITE_REOPENING) {
        return NGX_SHOP_BOARD_GATE_RAMP;
    }

    return ss->drill > ngx_shop_clock_now() ? NGX_SHOP_BOARD_GATE_DRILL
                                            : NGX_SHOP_BOARD_GATE_OPEN;
}


/* a time that is over changes what a page says, and what is announced */

static void
ngx_shop_board_times(ngx_shop_layout_site_t *ss, ngx_shop_layout_flag_t *fs)
{
    int64_t     now;
    ngx_uint_t  passed;

    now = ngx_shop_clock_now();
    passed = (fs && fs->there) ? ngx_shop_site_passed(&fs->notice, now) : 0;

    ss->announced = (fs && fs->there && !fs->error && !fs->notice.bad_start
                     && fs->notice.mode != NGX_SHOP_FLAG_WORDS
                     && fs->notice.start.at > now
                     && (fs->notice.until.at == 0
                         || fs->notice.until.at > now));

    if (passed != ss->life.passed) {
        ss->version++;
        ngx_memory_barrier();
        ss->life.passed = (uint8_t) passed;
    }
}


void
ngx_shop_board_drill(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    int64_t until)
{
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    ss->drill = ngx_max(ss->drill, until);
    ss->gate = ngx_shop_board_gate_of(ss, ngx_shop_board_flag_of(zone, conf),
                                      conf);

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


ngx_uint_t
ngx_shop_board_admits(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    uint32_t visitor)
{
    return ngx_shop_site_admits(
                                &zone->sh->sites[conf->index]->site,
                                conf->ramp,
                                ngx_shop_clock_msec(zone->sh),
                                visitor);
}


ngx_int_t
ngx_shop_board_attach(ngx_shop_model_zone_t *zone, ngx_pool_t *pool)
{
    ngx_uint_t               i;
    ngx_shop_board_view_t   *view;
    ngx_shop_model_site_t  **conf;

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {

        view = ngx_palloc(pool, sizeof(ngx_shop_board_view_t));
        if (view == NULL) {
            return NGX_ERROR;
        }

        ngx_shop_board_view(zone, conf[i], view);
        conf[i]->view = view;
    }

    return NGX_OK;
}


ngx_shop_board_view_t *
ngx_shop_board_current(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf)
{
    ngx_shop_board_view_t  *view;

    view = conf->view;

    if (view->version != ngx_shop_board_version(zone, conf)) {
        ngx_shop_board_view(zone, conf, view);
    }

    return view;
}


void
ngx_shop_board_view(ngx_shop_model_zone_t *zone, ngx_shop_model_site_t *conf,
    ngx_shop_board_view_t *view)
{
    ngx_shop_layout_site_t  *ss;

    ss = zone->sh->sites[conf->index];

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_board_view_flag_locked(ngx_shop_board_flag_of(zone, conf), view);

    view->version = ngx_shop_board_version(zone, conf);
    view->site = ss->site;
    view->over = ss->life.ended;
    view->late = ss->life.late;
    view->announced = (ss->announced != 0);
    view->asked = ss->asked;

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


void
ngx_shop_board_view_flag(ngx_shop_model_zone_t *zone,
    ngx_shop_model_flag_t *conf, ngx_shop_board_view_t *view)
{
    ngx_memzero(&view->site, sizeof(ngx_shop_site_t));

    ngx_shmtx_lock(&zone->shpool->mutex);

    ngx_shop_board_view_flag_locked(zone->sh->flags[conf->index], view);

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


static void
ngx_shop_board_view_flag_locked(ngx_shop_layout_flag_t *fs,
    ngx_shop_board_view_t *view)
{
    if (fs == NULL) {
        ngx_memzero(view, sizeof(ngx_shop_board_view_t));
        return;
    }

    view->version = fs->version;
    view->flag = fs->there;
    view->over = fs->over;
    view->late = 0;
    view->announced = 0;
    view->asked = fs->asked;
    view->error = fs->error;
    view->flag_since = fs->since;
    view->written = fs->written;
    view->file = fs->file;
    view->ended = fs->ended;
    view->signature = fs->signature;
    ngx_memcpy(&view->notice, &fs->notice, sizeof(ngx_shop_flag_notice_t));
}
