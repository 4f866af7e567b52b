
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Which form a language uses for a number: the plural categories of CLDR.
 * Whole numbers only.  Knows no text.
 */


#ifndef _NGX_SHOP_PLURAL_H_INCLUDED_
#define _NGX_SHOP_PLURAL_H_INCLUDED_


#include "logic/text/base.h"


typedef enum {
    NGX_SHOP_PLURAL_ZERO = 0,
    NGX_SHOP_PLURAL_ONE,
    NGX_SHOP_PLURAL_TWO,
    NGX_SHOP_PLURAL_FEW,
    NGX_SHOP_PLURAL_MANY,
    NGX_SHOP_PLURAL_OTHER,
    NGX_SHOP_PLURAL_N
} ngx_shop_plural_e;


/* CLDR's rules of some languages, as CLDR writes them: "one:i = 1;few:..." */
typedef struct {
    const char  *codes;        /* with blanks between and around */
    const char  *rules;
} ngx_shop_plural_rule_t;


/* the last has no codes; plural_rules.c, made by t/tools/cldr */
extern const ngx_shop_plural_rule_t  ngx_shop_plural_rules[];

/*
 * The rules of a language: "pt-PT", or where CLDR has none of its own, those
 * of "pt".  "" where there are none: then every number is OTHER.
 */
const char *ngx_shop_plural_find(const ngx_shop_str_t *code);

ngx_shop_plural_e ngx_shop_plural_category(const char *rules, unsigned n);

/* "few" -> _FEW, or -1 */
int ngx_shop_plural_named(const ngx_shop_str_t *name);


#endif /* _NGX_SHOP_PLURAL_H_INCLUDED_ */
