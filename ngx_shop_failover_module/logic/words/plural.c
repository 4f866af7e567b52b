
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Plural rules of CLDR, read as UTS #35, part 3 ("Plural rules syntax") writes
 * them.  Pure; the rules are our own table's, so nothing in them is refused.
 */


#include <string.h>

#include "logic/words/plural.h"


static const char *ngx_shop_plural_code(const ngx_shop_str_t *code);
static int ngx_shop_plural_all(const char **p, unsigned n);
static int ngx_shop_plural_relation(const char **p, unsigned n);
static unsigned ngx_shop_plural_number(const char **p);
static int ngx_shop_plural_word(const char **p, const char *word);


static const char  *ngx_shop_plural_names[NGX_SHOP_PLURAL_N] = {
    "zero", "one", "two", "few", "many", "other"
};


const char *
ngx_shop_plural_find(const ngx_shop_str_t *code)
{
    const char       *rules;
    ngx_shop_str_t    shorter;

    shorter = *code;
    rules = NULL;

    while (rules == NULL && shorter.len) {

        rules = ngx_shop_plural_code(&shorter);

        while (shorter.len && shorter.data[--shorter.len] != '-') {
            /* void */
        }
    }

    return rules ? rules : "";
}


static const char *
ngx_shop_plural_code(const ngx_shop_str_t *code)
{
    const char                    *p;
    const ngx_shop_plural_rule_t  *rule;

    for (rule = ngx_shop_plural_rules; rule->codes; rule++) {
        for (p = rule->codes; *p; p++) {
            if (*p == ' '
                && strncmp(p + 1, (const char *) code->data, code->len) == 0
                && p[1 + code->len] == ' ')
            {
                return rule->rules;
            }
        }
    }

    return NULL;
}


int
ngx_shop_plural_named(const ngx_shop_str_t *name)
{
    int  i;

    for (i = 0; i < NGX_SHOP_PLURAL_N; i++) {
        if (strlen(ngx_shop_plural_names[i]) == name->len
            && memcmp(ngx_shop_plural_names[i], name->data, name->len) == 0)
        {
            return i;
        }
    }

    return -1;
}


/* "few:v = 0 and i % 10 = 2..4 and i % 100 != 12..14 or ...;many:..." */

ngx_shop_plural_e
ngx_shop_plural_category(const char *rules, unsigned n)
{
    int              found;
    const char      *p;
    ngx_shop_str_t   name;

    for (p = rules; *p; /* void */) {

        name.data = (const unsigned char *) p;
        name.len = strcspn(p, ":");
        p += name.len;

        /* all are read, so that p comes to the end of the rule */

        found = 0;

        do {
            p++;
            found |= ngx_shop_plural_all(&p, n);
        } while (ngx_shop_plural_word(&p, " or"));

        if (found) {
            return (ngx_shop_plural_e) ngx_shop_plural_named(&name);
        }

        p += (*p == ';');
    }

    return NGX_SHOP_PLURAL_OTHER;
}


/* relations with "and" between */

static int
ngx_shop_plural_all(const char **p, unsigned n)
{
    int  holds;

    holds = ngx_shop_plural_relation(p, n);

    while (ngx_shop_plural_word(p, " and ")) {
        holds &= ngx_shop_plural_relation(p, n);
    }

    return holds;
}


/* "i % 10 != 2..4,9"; all but n and i speak of a fraction, here 0 */

static int
ngx_shop_plural_relation(const char **p, unsigned n)
{
    int       in, not;
    unsigned  value, from, to;

    value = (**p == 'n' || **p == 'i') ? n : 0;
    (*p)++;

    if (ngx_shop_plural_word(p, " % ")) {
        value %= ngx_shop_plural_number(p);
    }

    not = ngx_shop_plural_word(p, " != ");

    if (!not) {
        (void) ngx_shop_plural_word(p, " = ");
    }

    in = 0;

    do {
        from = ngx_shop_plural_number(p);
        to = ngx_shop_plural_word(p, "..") ? ngx_shop_plural_number(p) : from;

        in |= (value >= from && value <= to);
    } while (ngx_shop_plural_word(p, ","));

    return in != not;
}


static unsigned
ngx_shop_plural_number(const char **p)
{
    unsigned  n;

    for (n = 0; **p >= '0' && **p <= '9'; (*p)++) {
        n = n * 10 + (unsigned) (**p - '0');
    }

    return n;
}


static int
ngx_shop_plural_word(const char **p, const char *word)
{
    size_t  len;

    len = strlen(word);

    if (strncmp(*p, word, len) != 0) {
        return 0;
    }

    *p += len;

    return 1;
}
