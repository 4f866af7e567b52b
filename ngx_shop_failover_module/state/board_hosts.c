
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a worker knows of parts of sites: a copy, and a hash of their hosts.
 * Who speaks is found out by board_parts.
 */


#include "state/board_inside.h"

#include "logic/flag/hosts.h"


/* a part or a file, as it is copied under the lock */
typedef struct {
    uint32_t                   whole;
    uint32_t                   speaker;
    uint16_t                   order;
    uint16_t                   name_len;
    uint16_t                   hosts_len;
    uint8_t                    used;
    u_char                     name[NGX_SHOP_LAYOUT_PART_LEN];
    u_char                     hosts[NGX_SHOP_FLAG_HOSTS_MAX];
} ngx_shop_board_hosts_part_t;


typedef struct {
    uint32_t                   parent;
    uint8_t                    used;
    uint8_t                    name_len;
    u_char                     name[NGX_SHOP_LAYOUT_FILE_LEN];
} ngx_shop_board_hosts_voice_t;


typedef struct {
    ngx_atomic_uint_t             parted;
    uint32_t                     *speakers;    /* of sites */
    ngx_shop_board_hosts_part_t   parts[NGX_SHOP_LAYOUT_PARTS];
    ngx_shop_board_hosts_voice_t  voices[NGX_SHOP_LAYOUT_VOICES];
} ngx_shop_board_hosts_copy_t;


typedef struct ngx_shop_board_hosts_row_s  ngx_shop_board_hosts_row_t;

struct ngx_shop_board_hosts_row_s {
    ngx_str_t                     key;         /* lower case, with its "*" */
    ngx_shop_model_site_t        *part;
    ngx_uint_t                    order;
    ngx_shop_board_hosts_row_t   *next;
};


struct ngx_shop_model_hosts_s {
    ngx_uint_t                    mask;
    ngx_uint_t                    below;       /* one is "*.b.example" */
    ngx_uint_t                    under;       /* one is "shop.*" */
    ngx_shop_board_hosts_row_t  **buckets;
};


static void ngx_shop_board_hosts_copy(ngx_shop_model_zone_t *zone,
    ngx_shop_board_hosts_copy_t *copy);
static ngx_int_t ngx_shop_board_hosts_voices(ngx_shop_model_zone_t *zone,
    ngx_shop_board_hosts_copy_t *copy, ngx_pool_t *pool);
static ngx_shop_model_flag_t *ngx_shop_board_hosts_flag(
    ngx_shop_model_zone_t *zone, uint32_t index);
static ngx_int_t ngx_shop_board_hosts_models(ngx_shop_model_zone_t *zone,
    ngx_shop_board_hosts_copy_t *copy, ngx_pool_t *pool);
static ngx_shop_model_hosts_t *ngx_shop_board_hosts_table(
    ngx_shop_model_zone_t *zone, ngx_shop_board_hosts_copy_t *copy,
    ngx_pool_t *pool);
static void ngx_shop_board_hosts_find(ngx_shop_model_hosts_t *hosts,
    ngx_shop_model_site_t *conf, ngx_str_t *key,
    ngx_shop_board_hosts_row_t **found);


#define ngx_shop_board_hosts_key(conf, key)                                  \
    (ngx_murmur_hash2((key)->data, (key)->len) + (conf)->index * 2654435761u)


/* without memory all is as it was, until the next change */

void
ngx_shop_board_hosts_learn(ngx_shop_model_zone_t *zone, ngx_log_t *log)
{
    ngx_uint_t                    i;
    ngx_pool_t                   *pool, *temp;
    ngx_shop_model_flag_t        *voices;
    ngx_shop_model_site_t        *parts, **conf;
    ngx_shop_board_hosts_copy_t  *copy;

    if (zone->parted == zone->sh->parted) {
        return;
    }

    /* it outlives the request, and with it the log, of whoever learns */

    pool = ngx_create_pool(4096, ngx_cycle->log);
    temp = ngx_create_pool(4096, log);

    if (pool == NULL || temp == NULL) {
        goto failed;
    }

    copy = ngx_palloc(temp, sizeof(ngx_shop_board_hosts_copy_t));
    voices = ngx_palloc(temp, NGX_SHOP_LAYOUT_VOICES
                              * sizeof(ngx_shop_model_flag_t));
    parts = ngx_palloc(temp, NGX_SHOP_LAYOUT_PARTS
                             * sizeof(ngx_shop_model_site_t));

    if (copy == NULL || voices == NULL || parts == NULL) {
        goto failed;
    }

    copy->speakers = ngx_palloc(temp, (zone->sites.nelts + 1)
                                      * sizeof(uint32_t));
    if (copy->speakers == NULL) {
        goto failed;
    }

    ngx_shop_board_hosts_copy(zone, copy);

    ngx_memcpy(voices, zone->voices, NGX_SHOP_LAYOUT_VOICES
                                     * sizeof(ngx_shop_model_flag_t));
    ngx_memcpy(parts, zone->parts, NGX_SHOP_LAYOUT_PARTS
                                   * sizeof(ngx_shop_model_site_t));

    if (ngx_shop_board_hosts_voices(zone, copy, pool) != NGX_OK
        || ngx_shop_board_hosts_models(zone, copy, pool) != NGX_OK)
    {
        /* names in there would be of the pool that goes */

        ngx_memcpy(zone->voices, voices, NGX_SHOP_LAYOUT_VOICES
                                         * sizeof(ngx_shop_model_flag_t));
        ngx_memcpy(zone->parts, parts, NGX_SHOP_LAYOUT_PARTS
                                       * sizeof(ngx_shop_model_site_t));
        goto failed;
    }

    conf = zone->sites.elts;

    for (i = 0; i < zone->sites.nelts; i++) {
        conf[i]->flag = ngx_shop_board_hosts_flag(zone, copy->speakers[i]);

        if (conf[i]->flag == NULL) {
            conf[i]->flag = conf[i]->base;
        }
    }

    zone->hosts = ngx_shop_board_hosts_table(zone, copy, pool);
    zone->parted = copy->parted;

    if (zone->parts_pool) {
        ngx_destroy_pool(zone->parts_pool);
    }

    zone->parts_pool = pool;
    ngx_destroy_pool(temp);

    return;

failed:

    /* nobody waits for it */

    zone->parted = zone->sh->parted;

    if (pool) {
        ngx_destroy_pool(pool);
    }

    if (temp) {
        ngx_destroy_pool(temp);
    }
}


static void
ngx_shop_board_hosts_copy(ngx_shop_model_zone_t *zone,
    ngx_shop_board_hosts_copy_t *copy)
{
    ngx_uint_t                     i;
    ngx_shop_layout_t             *sh;
    ngx_shop_layout_flag_t        *fs;
    ngx_shop_layout_site_t        *ss;
    ngx_shop_model_site_t        **conf;
    ngx_shop_board_hosts_part_t   *part;
    ngx_shop_board_hosts_voice_t  *voice;

    sh = zone->sh;
    conf = zone->sites.elts;

    ngx_shmtx_lock(&zone->shpool->mutex);

    copy->parted = sh->parted;

    for (i = 0; i < zone->sites.nelts; i++) {
        copy->speakers[i] = sh->sites[conf[i]->index]->speaker;
    }

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        ss = sh->sites[sh->nsites + i];
        part = &copy->parts[i];
        part->used = (ss && ss->used);

        if (!part->used) {
            continue;
        }

        part->whole = ss->whole;
        part->speaker = ss->speaker;
        part->order = (uint16_t) (ss->ending ? NGX_SHOP_LAYOUT_VOICES
                                             : ss->voices);
        part->name_len = (uint16_t) ss->name.len;
        part->hosts_len = ss->hosts_len;
        ngx_memcpy(part->name, ss->name.data, ss->name.len);
        ngx_memcpy(part->hosts, ss->hosts, ss->hosts_len);
    }

    for (i = 0; i < NGX_SHOP_LAYOUT_VOICES; i++) {
        fs = sh->flags[sh->nflags + i];
        voice = &copy->voices[i];
        voice->used = (fs && fs->used);

        if (!voice->used) {
            continue;
        }

        voice->parent = fs->parent;
        voice->name_len = fs->name_len;
        ngx_memcpy(voice->name, fs->name, fs->name_len);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


/* the path of a file: that of its flag, and its name in the directory */

static ngx_int_t
ngx_shop_board_hosts_voices(ngx_shop_model_zone_t *zone,
    ngx_shop_board_hosts_copy_t *copy, ngx_pool_t *pool)
{
    ngx_str_t                     *path;
    ngx_uint_t                     i;
    ngx_shop_model_flag_t         *parent;
    ngx_shop_board_hosts_voice_t  *voice;

    for (i = 0; i < NGX_SHOP_LAYOUT_VOICES; i++) {
        voice = &copy->voices[i];
        parent = voice->used ? ngx_shop_board_hosts_flag(zone, voice->parent)
                             : NULL;
        path = &zone->voices[i].path;
        path->len = 0;

        zone->voices[i].index = zone->sh->nflags + i;

        if (parent == NULL) {
            continue;
        }

        path->data = ngx_pnalloc(pool, parent->path.len + 1 + voice->name_len);
        if (path->data == NULL) {
            return NGX_ERROR;
        }

        path->len = ngx_sprintf(path->data, "%V%s%*s", &parent->path,
                                voice->name_len ? "/" : "",
                                (size_t) voice->name_len, voice->name)
                    - path->data;
    }

    return NGX_OK;
}


/* NULL: none of this configuration */

static ngx_shop_model_flag_t *
ngx_shop_board_hosts_flag(ngx_shop_model_zone_t *zone, uint32_t index)
{
    ngx_uint_t               i;
    ngx_shop_model_flag_t  **flag;

    if (index == NGX_SHOP_LAYOUT_NO_SLOT) {
        return NULL;
    }

    if (index >= zone->sh->nflags) {
        i = index - zone->sh->nflags;
        return zone->voices[i].path.len ? &zone->voices[i] : NULL;
    }

    flag = zone->flags.elts;

    for (i = 0; i < zone->flags.nelts; i++) {
        if (flag[i]->index == index) {
            return flag[i];
        }
    }

    return NULL;
}


static ngx_int_t
ngx_shop_board_hosts_models(ngx_shop_model_zone_t *zone,
    ngx_shop_board_hosts_copy_t *copy, ngx_pool_t *pool)
{
    void                          *view;
    ngx_uint_t                     i, j;
    ngx_shop_model_site_t         *part, **conf;
    ngx_shop_board_hosts_part_t   *from;

    conf = zone->sites.elts;

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        from = &copy->parts[i];
        part = &zone->parts[i];
        view = part->view;

        for (j = 0; from->used && j < zone->sites.nelts; j++) {
            if (conf[j]->index == from->whole) {
                break;
            }
        }

        if (!from->used || j == zone->sites.nelts) {
            part->used = 0;
            continue;
        }

        *part = *conf[j];

        part->used = 1;
        part->view = view;
        part->whole = conf[j];
        part->index = zone->sh->nsites + i;
        part->flag = ngx_shop_board_hosts_flag(zone, from->speaker);
        part->flag = part->flag ? part->flag : part->base;

        part->name.len = from->name_len;
        part->name.data = ngx_pnalloc(pool, from->name_len + 1);
        part->hosts.len = from->hosts_len;
        part->hosts.data = ngx_pnalloc(pool, from->hosts_len + 1);

        if (part->name.data == NULL || part->hosts.data == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(part->name.data, from->name, from->name_len);
        ngx_strlow(part->hosts.data, from->hosts, from->hosts_len);
    }

    return NGX_OK;
}


/* NULL: there are none, or no memory */

static ngx_shop_model_hosts_t *
ngx_shop_board_hosts_table(ngx_shop_model_zone_t *zone,
    ngx_shop_board_hosts_copy_t *copy, ngx_pool_t *pool)
{
    u_char                      *p, *last;
    ngx_str_t                    key;
    ngx_uint_t                   i, n;
    ngx_shop_model_site_t       *part;
    ngx_shop_model_hosts_t      *hosts;
    ngx_shop_board_hosts_row_t  *row, **bucket;

    n = 0;

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        n += zone->parts[i].used * (NGX_SHOP_FLAG_HOSTS / 4);
    }

    if (n == 0) {
        return NULL;
    }

    hosts = ngx_pcalloc(pool, sizeof(ngx_shop_model_hosts_t));
    if (hosts == NULL) {
        return NULL;
    }

    for (hosts->mask = 16; hosts->mask < n; hosts->mask <<= 1) { /* void */ }

    hosts->buckets = ngx_pcalloc(pool, hosts->mask * sizeof(void *));
    if (hosts->buckets == NULL) {
        return NULL;
    }

    hosts->mask--;

    for (i = 0; i < NGX_SHOP_LAYOUT_PARTS; i++) {
        part = &zone->parts[i];

        if (!part->used) {
            continue;
        }

        p = part->hosts.data;
        last = p + part->hosts.len;

        while (p < last) {
            key.data = p;
            p = ngx_strlchr(p, last, ' ');
            p = p ? p : last;
            key.len = p - key.data;
            p++;

            row = ngx_palloc(pool, sizeof(ngx_shop_board_hosts_row_t));
            if (row == NULL) {
                return NULL;
            }

            hosts->below |= (key.data[0] == '*');
            hosts->under |= (key.data[key.len - 1] == '*');

            bucket = &hosts->buckets[ngx_shop_board_hosts_key(part->whole,
                                                              &key)
                                     & hosts->mask];
            row->key = key;
            row->part = part;
            row->order = copy->parts[i].order;
            row->next = *bucket;
            *bucket = row;
        }
    }

    return hosts;
}


ngx_shop_model_site_t *
ngx_shop_board_hosts_part(ngx_shop_model_zone_t *zone,
    ngx_shop_model_site_t *conf, ngx_str_t *host, ngx_log_t *log)
{
    u_char                      *p, *last, buf[NGX_SHOP_HOSTS_LEN + 2];
    ngx_str_t                    key;
    ngx_shop_model_hosts_t      *hosts;
    ngx_shop_board_hosts_row_t  *found;

    ngx_shop_board_hosts_learn(zone, log);

    hosts = zone->hosts;

    if (hosts == NULL || host->len == 0 || host->len > NGX_SHOP_HOSTS_LEN) {
        return conf;
    }

    found = NULL;
    ngx_shop_board_hosts_find(hosts, conf, host, &found);

    last = host->data + host->len;

    for (p = host->data + 1; p < last && (hosts->below || hosts->under); p++) {

        if (*p != '.') {
            continue;
        }

        key.data = buf;

        if (hosts->below) {
            buf[0] = '*';
            key.len = ngx_cpymem(buf + 1, p, last - p) - buf;
            ngx_shop_board_hosts_find(hosts, conf, &key, &found);
        }

        if (hosts->under && p + 1 < last) {
            key.len = ngx_cpymem(buf, host->data, p + 1 - host->data) - buf;
            buf[key.len++] = '*';
            ngx_shop_board_hosts_find(hosts, conf, &key, &found);
        }
    }

    return found ? found->part : conf;
}


/* of several files that are about a host the first one speaks */

static void
ngx_shop_board_hosts_find(ngx_shop_model_hosts_t *hosts,
    ngx_shop_model_site_t *conf, ngx_str_t *key,
    ngx_shop_board_hosts_row_t **found)
{
    ngx_shop_board_hosts_row_t  *row;

    row = hosts->buckets[ngx_shop_board_hosts_key(conf, key) & hosts->mask];

    for ( /* void */ ; row; row = row->next) {

        if (row->part->whole == conf && row->key.len == key->len
            && ngx_memcmp(row->key.data, key->data, key->len) == 0
            && (*found == NULL || row->order < (*found)->order))
        {
            *found = row;
        }
    }
}
