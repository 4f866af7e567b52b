
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The one place that knows that nginx versions differ.  A module is built for
 * exactly one version, so a comparison with nginx_version is safe.
 */


#ifndef _NGX_SHOP_COMPAT_H_INCLUDED_
#define _NGX_SHOP_COMPAT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>


#if (nginx_version < 1022000)
#error "nginx 1.22.0 or newer is needed"
#endif


/*
 * A function for what goes wrong: left out of the code around its call, which
 * then saves no registers for it.
 */
#if defined(__GNUC__)
#define ngx_shop_compat_cold  __attribute__((noinline, cold))
#else
#define ngx_shop_compat_cold
#endif


/* "down" of the configuration in peer->down; all else there is of others */
#define NGX_SHOP_COMPAT_DOWN  1


/* servers that are resolved at run time; their list carries a generation */

#if defined(ANGIE_VERSION)
#define NGX_SHOP_COMPAT_CONFIG  generation
#else
#define NGX_SHOP_COMPAT_CONFIG  config
#endif

#if (nginx_version >= 1027003 && NGX_HTTP_UPSTREAM_ZONE)

#define ngx_shop_compat_resolves(server)  ((server)->host.len != 0)
#define ngx_shop_compat_dynamic(peer)     ((peer)->host != NULL)
#define ngx_shop_compat_config(peers)                                        \
    (((ngx_http_upstream_rr_peers_t *) (peers))                              \
     ->NGX_SHOP_COMPAT_CONFIG                                                \
     ? *((ngx_http_upstream_rr_peers_t *) (peers))                           \
         ->NGX_SHOP_COMPAT_CONFIG : 0)

#else

#define ngx_shop_compat_resolves(server)  0
#define ngx_shop_compat_dynamic(peer)     0
#define ngx_shop_compat_config(peers)     ((void) (peers), 0)

#endif


/*
 * The value of a cookie; not 0: it is there.  Lists became chains in 1.23.0,
 * and cookies have a function of their own since 1.29.6: it splits at ";".
 */
#if (nginx_version >= 1029006)

#define ngx_shop_compat_cookie(r, name, value)                               \
    (ngx_http_parse_cookie_lines(r, (r)->headers_in.cookie, name, value)     \
     != NULL)

#elif (nginx_version >= 1023000)

#define ngx_shop_compat_cookie(r, name, value)                               \
    (ngx_http_parse_multi_header_lines(r, (r)->headers_in.cookie, name,      \
                                       value)                                \
     != NULL)

#else

#define ngx_shop_compat_cookie(r, name, value)                               \
    (ngx_http_parse_multi_header_lines(&(r)->headers_in.cookies, name,       \
                                       value)                                \
     != NGX_DECLINED)

#endif


/*
 * Whether this is a copy of the cache that is too old and was sent as nobody
 * could give a new one ("proxy_cache_use_stale error"); not one that is being
 * updated meanwhile.  The request has an upstream.
 */
#if (NGX_HTTP_CACHE)

#define ngx_shop_compat_stale(r)                                             \
    ((r)->cache && !(r)->cache->background                                   \
     && (r)->upstream->cache_status == NGX_HTTP_CACHE_STALE)

#else

#define ngx_shop_compat_stale(r)  0

#endif


/* whether the answer is a copy of the cache */
#if (NGX_HTTP_CACHE)
#define ngx_shop_compat_cached(r)  ((r)->cached)
#else
#define ngx_shop_compat_cached(r)  0
#endif


/*
 * Whether limit_req or limit_conn has refused the request; the numbers are
 * private to src/http/modules/ngx_http_limit_req_module.c and _conn_module.c,
 * NGX_HTTP_LIMIT_REQ_REJECTED and NGX_HTTP_LIMIT_CONN_REJECTED.
 */
#define ngx_shop_compat_limited(r)                                           \
    ((r)->main->limit_req_status == 3 || (r)->main->limit_conn_status == 2)


/* since 1.29.6 "sticky" leaves a hint, which is of one group only */
#if defined(ANGIE_VERSION)

#define ngx_shop_compat_forget(pc)  ngx_str_null(&(pc)->sid)

#elif (nginx_version >= 1029006)

#define ngx_shop_compat_forget(pc)                                           \
    (pc)->hint = NULL;                                                       \
    (pc)->sid = NULL

#else

#define ngx_shop_compat_forget(pc)

#endif


/* whether the rest of a request is still to come over HTTP/2 */
#if (NGX_HTTP_V2)

#define ngx_shop_compat_coming(r)                                            \
    ((r)->stream && !(r)->stream->in_closed)

#else

#define ngx_shop_compat_coming(r)  0

#endif


/* a descriptor whose edge every worker's epoll sees, or -1 */
#if (NGX_LINUX)

#include <sys/eventfd.h>

#define ngx_shop_compat_eventfd()                                            \
    eventfd(0, EFD_NONBLOCK|EFD_CLOEXEC)

/* the same under another number, which one cycle closes without the other */
#define ngx_shop_compat_eventfd_again(fd)                                    \
    fcntl(fd, F_DUPFD_CLOEXEC, 0)

#define ngx_shop_compat_epoll()                                              \
    (ngx_event_flags & NGX_USE_EPOLL_EVENT)

#else

#define ngx_shop_compat_eventfd()           -1
#define ngx_shop_compat_eventfd_again(fd)   -1
#define ngx_shop_compat_epoll()    0

#endif


#endif /* _NGX_SHOP_COMPAT_H_INCLUDED_ */
