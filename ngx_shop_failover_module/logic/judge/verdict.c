
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * From results of probes to a verdict on a peer.  Pure: no clock, no memory
 * but the verdict itself.
 */


#include "logic/judge/verdict.h"


typedef struct {
    const char  *name;
    const char  *words;
} ngx_shop_verdict_name_t;


static const ngx_shop_verdict_name_t
    ngx_shop_verdict_results[NGX_SHOP_VERDICT_RESULT_N] =
{
    { "none", "not probed yet" },
    { "ok", "ok" },
    { "connect_refused", "connect refused" },
    { "connect_timeout", "connect timed out" },
    { "tls", "TLS handshake failed" },
    { "timeout", "timed out" },
    { "status", "unexpected status" },
    { "header", "unexpected header" },
    { "body", "unexpected body" },
    { "malformed", "malformed answer" },
    { "closed", "closed too early" },
    { "inconclusive", "inconclusive" },
    { "busy", "timed out, as visitors wait as long" }
};


static const char  *ngx_shop_verdict_states[] = {
    "checking", "up", "down", "draining", "disabled", "busy", "aside",
    "suspect"
};


ngx_shop_verdict_edge_e
ngx_shop_verdict_add(ngx_shop_verdict_t *v,
    const ngx_shop_verdict_rule_t *rule, ngx_shop_verdict_result_e result)
{
    int       pass;
    uint16_t  need;

    if (result == NGX_SHOP_VERDICT_RESULT_BUSY
        && v->state != NGX_SHOP_VERDICT_DOWN)
    {
        v->run = 0;
    }

    if (result == NGX_SHOP_VERDICT_RESULT_NONE
        || result >= NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE)
    {
        return NGX_SHOP_VERDICT_EDGE_NONE;
    }

    pass = (result == NGX_SHOP_VERDICT_RESULT_OK);

    if (v->state == NGX_SHOP_VERDICT_CHECKING
        && (v->result == NGX_SHOP_VERDICT_RESULT_OK) != pass)
    {
        /* the run of a new peer counts results of one kind */
        v->run = 0;
    }

    v->result = (uint8_t) result;

    if (v->state == (pass ? NGX_SHOP_VERDICT_UP : NGX_SHOP_VERDICT_DOWN)) {
        v->run = 0;
        return NGX_SHOP_VERDICT_EDGE_NONE;
    }

    need = pass ? rule->passes : rule->fails;

    if (pass && v->state == NGX_SHOP_VERDICT_CHECKING && !rule->mandatory) {
        need = 1;
    }

    v->run++;

    if (v->run < need) {
        return NGX_SHOP_VERDICT_EDGE_NONE;
    }

    v->run = 0;

    if (!pass) {
        v->state = NGX_SHOP_VERDICT_DOWN;
        return NGX_SHOP_VERDICT_EDGE_DOWN;
    }

    if (v->state == NGX_SHOP_VERDICT_CHECKING) {
        v->state = NGX_SHOP_VERDICT_UP;
        return NGX_SHOP_VERDICT_EDGE_FIRST_UP;
    }

    v->state = NGX_SHOP_VERDICT_UP;
    return NGX_SHOP_VERDICT_EDGE_UP;
}


void
ngx_shop_verdict_suspect(ngx_shop_verdict_t *v,
    const ngx_shop_verdict_rule_t *rule, ngx_shop_verdict_result_e result)
{
    if (result <= NGX_SHOP_VERDICT_RESULT_OK
        || result >= NGX_SHOP_VERDICT_RESULT_INCONCLUSIVE)
    {
        return;
    }

    if (v->state == NGX_SHOP_VERDICT_UP && v->run == 0 && rule->fails > 1) {
        v->run = 1;
    }
}


int
ngx_shop_verdict_in_doubt(const ngx_shop_verdict_t *v)
{
    return v->run > 0 || v->state == NGX_SHOP_VERDICT_CHECKING;
}


int
ngx_shop_verdict_usable(const ngx_shop_verdict_t *v,
    const ngx_shop_verdict_rule_t *rule)
{
    if (v->state == NGX_SHOP_VERDICT_CHECKING) {
        return !rule->mandatory;
    }

    return v->state == NGX_SHOP_VERDICT_UP;
}


const char *
ngx_shop_verdict_result_name(unsigned result)
{
    if (result >= NGX_SHOP_VERDICT_RESULT_N) {
        return "unknown";
    }

    return ngx_shop_verdict_results[result].name;
}


const char *
ngx_shop_verdict_result_words(unsigned result)
{
    if (result >= NGX_SHOP_VERDICT_RESULT_N) {
        return "unknown";
    }

    return ngx_shop_verdict_results[result].words;
}


const char *
ngx_shop_verdict_state_name(unsigned state)
{
    if (state >= NGX_SHOP_VERDICT_STATE_N) {
        return "unknown";
    }

    return ngx_shop_verdict_states[state];
}
