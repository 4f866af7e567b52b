
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Fields of a form, as curl's --data and HTML forms send them
 * (application/x-www-form-urlencoded).  Knows no field's name.
 */


#ifndef _NGX_SHOP_FORM_H_INCLUDED_
#define _NGX_SHOP_FORM_H_INCLUDED_


#include "logic/text/base.h"


/*
 * Takes the next "name=value" off the front of *rest and decodes both where
 * they stand: the bytes are the caller's to be changed.  OK; DECLINED: no
 * field is left; ERROR: a "%" without two hexadecimal digits, or a NUL.
 */
int ngx_shop_form_next(unsigned char **rest, unsigned char *last,
    ngx_shop_str_t *name, ngx_shop_str_t *value);

/*
 * Appends "name=value", after a "&" where *n is not 0; name is sent as it is.
 * OK, or ERROR: it does not fit, and buf is as it was.
 */
int ngx_shop_form_add(unsigned char *buf, size_t size, size_t *n,
    const char *name, const char *value);


#endif /* _NGX_SHOP_FORM_H_INCLUDED_ */
