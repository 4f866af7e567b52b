
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a fleet needs of an engine, and nothing else of it.  An engine is one
 * file, engine_NAME.c; it has three documents, the flag, orders and hints, and
 * the lines of the nodes.
 */


#ifndef _NGX_SHOP_ENGINE_H_INCLUDED_
#define _NGX_SHOP_ENGINE_H_INCLUDED_


#include "ctl/fleet/exchange.h"
#include "ctl/fleet/settings.h"


/* bytes of a document that are kept; a flag has fewer */
#define NGX_SHOP_ENGINE_ROOM       65536
#define NGX_SHOP_ENGINE_LINE       32768     /* of a node */
#define NGX_SHOP_ENGINE_NAME       64        /* of its name */
#define NGX_SHOP_ENGINE_PREFIX     128
#define NGX_SHOP_ENGINE_ENDPOINTS  8
#define NGX_SHOP_ENGINE_URL        1024

/* s: a node that is silent for so long is away */
#define NGX_SHOP_ENGINE_LEASE      15

/* the revision that "write" expects where any will do */
#define NGX_SHOP_ENGINE_ANY        -1


typedef enum {
    NGX_SHOP_ENGINE_FLAG = 0,
    NGX_SHOP_ENGINE_ORDERS,
    NGX_SHOP_ENGINE_HINTS,
    NGX_SHOP_ENGINE_KEYS
} ngx_shop_engine_key_e;


typedef struct {
    unsigned        there:1;
    int64_t         revision;      /* of its last change; 0: not known */
    size_t          size;          /* of all of it */
    size_t          len;           /* of what is in data */
    unsigned char  *data;          /* room for ENGINE_ROOM */
} ngx_shop_engine_value_t;


/* a node; line is what it has said last, "" of one that is away */
typedef struct {
    const char      *name;
    ngx_shop_str_t   line;
    unsigned         away:1;
} ngx_shop_engine_node_t;


typedef void (*ngx_shop_engine_node_pt)(void *data,
    const ngx_shop_engine_node_t *node);


typedef struct ngx_shop_engine_s  ngx_shop_engine_t;


/* all: OK, or ERROR and e->error says why */
typedef struct {
    const char  *scheme;           /* "etcd://" */
    const char  *secure;           /* the same with TLS, or NULL */
    const char  *port;

    int   (*begin)(ngx_shop_engine_t *e);
    void  (*close)(ngx_shop_engine_t *e);

    /* get: all documents, of one moment, into e->value, and e->revision */
    int   (*read)(ngx_shop_engine_t *e);

    /*
     * Put, or delete (NULL), if its revision is still that one.  OK, and
     * e->written is that of the change; DECLINED: it is another one.
     */
    int   (*write)(ngx_shop_engine_t *e, unsigned key,
                   const ngx_shop_str_t *data, int64_t expected);

    /*
     * OK: something was changed after what was read last, and e->touched has
     * the bits of the keys; AGAIN: nothing came within so many ms; ERROR: read
     * again.
     */
    int   (*watch)(ngx_shop_engine_t *e, int64_t msec);

    /* put with a lease; not changed: the lease alone has to go on */
    int   (*node)(ngx_shop_engine_t *e, const char *name,
                  const ngx_shop_str_t *line, unsigned changed);

    /* all nodes that were ever seen, and what they say */
    int   (*nodes)(ngx_shop_engine_t *e, ngx_shop_engine_node_pt visit,
                   void *data);

    /* a node that will not come back.  DECLINED: there was none */
    int   (*forget)(ngx_shop_engine_t *e, const char *name);
} ngx_shop_engine_ops_t;


struct ngx_shop_engine_s {
    const ngx_shop_engine_ops_t  *ops;
    const ngx_shop_settings_t    *settings;
    unsigned                      tls:1;
    unsigned                      passive:1;   /* nobody reports: it is asked */
    unsigned                      writer:1;    /* may make what is not there */
    char                          hosts[NGX_SHOP_ENGINE_URL];
    const char                   *endpoints[NGX_SHOP_ENGINE_ENDPOINTS];
    unsigned                      nendpoints;
    unsigned                      at;          /* the one in use */
    char                          prefix[NGX_SHOP_ENGINE_PREFIX];
    char                          secret[1024];
    char                          token[4096];

    ngx_shop_engine_value_t       value[NGX_SHOP_ENGINE_KEYS];
    int64_t                       revision;    /* of what was read */
    int64_t                       written;     /* of what was written last */
    unsigned                      touched;
    int64_t                       ahead;       /* s: our clock, of its own */

    ngx_shop_exchange_t           http;
    ngx_shop_exchange_t           stream;
    unsigned char                *out;         /* of what is sent */
    int64_t                       lease;
    void                         *own;         /* of an engine */
    char                          error[512];
};


extern const ngx_shop_engine_ops_t  ngx_shop_engine_etcd_ops;
extern const ngx_shop_engine_ops_t  ngx_shop_engine_redis_ops;
extern const ngx_shop_engine_ops_t  ngx_shop_engine_kube_ops;
extern const ngx_shop_engine_ops_t  ngx_shop_engine_https_ops;

/* bytes of out: a document in base64, or whole JSON of it, and more around */
#define NGX_SHOP_ENGINE_OUT  (4 * NGX_SHOP_ENGINE_ROOM)


/* OK, or ERROR after it was said what is wrong: nobody was asked yet */
int ngx_shop_engine_open(ngx_shop_engine_t *e, const ngx_shop_settings_t *s);
void ngx_shop_engine_close(ngx_shop_engine_t *e);


#endif /* _NGX_SHOP_ENGINE_H_INCLUDED_ */
