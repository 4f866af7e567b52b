
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Stub.
 */


#include "ctl/fleet/engine_value.h"


static int
ngx_shop_engine_kube_open(ngx_shop_engine_t *e)
{
    return ngx_shop_engine_value_fail(e, "not yet");
}


const ngx_shop_engine_ops_t  ngx_shop_engine_kube_ops = {
    "kube://", NULL, "6379", ngx_shop_engine_kube_open, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL
};
