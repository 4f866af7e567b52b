
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * shop_queue: how many requests may wait for a server, and for how long.
 */


#include "nginx/conf.h"


#define NGX_SHOP_CONF_QUEUE_MAX      100000
#define NGX_SHOP_CONF_QUEUE_LEAST    100      /* ms */
#define NGX_SHOP_CONF_QUEUE_LONGEST  60000    /* ms */
#define NGX_SHOP_CONF_QUEUE_TIMEOUT  5000     /* ms */


static char *ngx_shop_conf_queue_timeout(ngx_conf_t *cf, ngx_str_t *value,
    ngx_shop_conf_queue_t *queue);


char *
ngx_shop_conf_queue(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                 *rv;
    ngx_int_t             number;
    ngx_str_t            *value;
    ngx_shop_conf_srv_t  *sscf = conf;

    if (sscf->queueing.number != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        sscf->queueing.number = 0;
        return ngx_shop_conf_use(cf, sscf);
    }

    number = ngx_atoi(value[1].data, value[1].len);

    if (number < 1 || number > NGX_SHOP_CONF_QUEUE_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_queue\", expected "
                           "how many requests may wait for a server, from 1 "
                           "to %d, or \"off\"",
                           &value[1], NGX_SHOP_CONF_QUEUE_MAX);
        return NGX_CONF_ERROR;
    }

    sscf->queueing.number = number;
    sscf->queueing.timeout = NGX_SHOP_CONF_QUEUE_TIMEOUT;

    if (cf->args->nelts == 3) {
        rv = ngx_shop_conf_queue_timeout(cf, &value[2], &sscf->queueing);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return ngx_shop_conf_use(cf, sscf);
}


static char *
ngx_shop_conf_queue_timeout(ngx_conf_t *cf, ngx_str_t *value,
    ngx_shop_conf_queue_t *queue)
{
    ngx_int_t  timeout;
    ngx_str_t  s;

    timeout = NGX_ERROR;

    if (value->len > 8 && ngx_strncmp(value->data, "timeout=", 8) == 0) {
        s.data = value->data + 8;
        s.len = value->len - 8;

        timeout = ngx_parse_time(&s, 0);
    }

    if (timeout == NGX_ERROR || timeout < NGX_SHOP_CONF_QUEUE_LEAST
        || timeout > NGX_SHOP_CONF_QUEUE_LONGEST)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"shop_queue\", expected "
                           "\"timeout=\" and how long a request waits at "
                           "most, from 100ms to 1m such as timeout=5s", value);
        return NGX_CONF_ERROR;
    }

    queue->timeout = (ngx_msec_t) timeout;

    return NGX_CONF_OK;
}
