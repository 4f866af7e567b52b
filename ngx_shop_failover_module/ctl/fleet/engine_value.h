
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What all engines do with what they got.
 */


#ifndef _NGX_SHOP_ENGINE_VALUE_H_INCLUDED_
#define _NGX_SHOP_ENGINE_VALUE_H_INCLUDED_


#include "ctl/fleet/engine.h"
#include "logic/text/emit.h"
#include "logic/text/json.h"


/* "flag", "orders", "hints" */
extern const char *const  ngx_shop_engine_value_names[];

/* e->error; returns ERROR */
int ngx_shop_engine_value_fail(ngx_shop_engine_t *e, const char *format, ...);

/* that of libcurl, with the host that was asked; returns ERROR */
int ngx_shop_engine_value_unheard(ngx_shop_engine_t *e,
    const ngx_shop_exchange_t *x);

/* the answer of e->http as JSON; OK, or ERROR */
int ngx_shop_engine_value_json(ngx_shop_engine_t *e, ngx_shop_json_t *v);

/* whatever was there before */
void ngx_shop_engine_value_none(ngx_shop_engine_t *e);
void ngx_shop_engine_value_set(ngx_shop_engine_value_t *value,
    const void *data, size_t size);

/* a string of JSON as a document; null: it is not there; else ERROR */
int ngx_shop_engine_value_text(ngx_shop_engine_value_t *value,
    const ngx_shop_json_t *v);

/* a number, or a string that is one ("17"); 0 where there is none */
int64_t ngx_shop_engine_value_number(const ngx_shop_json_t *v,
    const char *path);

/* "Authorization: Bearer ..." of --token-file, or NULL; ERROR in *rc */
const char *ngx_shop_engine_value_bearer(ngx_shop_engine_t *e, int *rc);

/* http or https, the endpoint in use with its port, and a path; room: URL */
void ngx_shop_engine_value_url(ngx_shop_engine_t *e, const char *path,
    char *url);

/* by the Date of an answer */
void ngx_shop_engine_value_clock(ngx_shop_engine_t *e,
    const ngx_shop_exchange_t *x);


#endif /* _NGX_SHOP_ENGINE_VALUE_H_INCLUDED_ */
