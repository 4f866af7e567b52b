
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a server says of itself in the answer to a probe: "Shop-Health", or the
 * 503 with Retry-After of software that is in maintenance.  Bytes of a server
 * that may be hostile: what is not exactly right is not heeded.  Does not know
 * what follows from it.
 */


#ifndef _NGX_SHOP_OWN_H_INCLUDED_
#define _NGX_SHOP_OWN_H_INCLUDED_


#include "logic/answer/answer.h"
#include "logic/text/emit.h"


#define NGX_SHOP_OWN_REASON_LEN  96          /* bytes */
#define NGX_SHOP_OWN_RETRY_MAX   86400       /* seconds */


typedef enum {
    NGX_SHOP_OWN_NONE = 0,
    NGX_SHOP_OWN_DRAIN,                      /* no new visitors */
    NGX_SHOP_OWN_MAINT,                      /* out, and that is planned */
    NGX_SHOP_OWN_DEGRADED,                   /* serves, not as it should */
    NGX_SHOP_OWN_WEIGHT,                     /* serves a share */
    NGX_SHOP_OWN_N
} ngx_shop_own_e;


/* position independent: lives in shared memory */
typedef struct {
    uint8_t        what;                     /* _own_e */
    uint8_t        weight;                   /* percent; 0: all of it */
    uint8_t        reason_len;
    uint8_t        timed;                    /* retry was said */
    uint32_t       retry;                    /* seconds */
    unsigned char  reason[NGX_SHOP_OWN_REASON_LEN];
} ngx_shop_own_t;


/*
 * Of a whole answer; passed: it is what the check wants.  now is in Unix
 * seconds, for a Retry-After that is a date.
 *
 *   Shop-Health: drain|maint|degraded|weight=N [; reason="TEXT"]
 *                [; retry-after=SECONDS]
 *
 * Without a good word the whole line is ignored, else the parameter that is
 * bad alone; what and why is written to bad, printable.  Two such lines
 * contradict each other: none counts.  A "503" that did not pass, with a
 * Retry-After, is "maint", unless it is the page of another shop failover
 * that is in an outage or busy.  "degraded" and "weight" of an answer that did
 * not pass are NONE: it does not serve.
 */
void ngx_shop_own_read(ngx_shop_own_t *own, const ngx_shop_answer_t *a,
    int passed, int64_t now, ngx_shop_emit_t *bad);

/* "drain", ...; "" for none */
const char *ngx_shop_own_name(unsigned what);


#endif /* _NGX_SHOP_OWN_H_INCLUDED_ */
