
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the files of the state file's bytes know of each other; nobody else
 * includes this.
 */


#ifndef _NGX_SHOP_SAVED_INSIDE_H_INCLUDED_
#define _NGX_SHOP_SAVED_INSIDE_H_INCLUDED_


#include "logic/story/saved.h"


/* a number, the lowest byte first */
void ngx_shop_saved_field_put(ngx_shop_saved_writer_t *w, uint64_t n,
    unsigned size);

/* past the end all numbers are 0 and all texts are empty */
uint64_t ngx_shop_saved_field_get(ngx_shop_saved_reader_t *r, unsigned size);

/* all fields of a record of this type */
void ngx_shop_saved_field_write(ngx_shop_saved_writer_t *w, unsigned type,
    const void *from);

/* 0: there is no such type */
int ngx_shop_saved_field_read(ngx_shop_saved_reader_t *r, unsigned type,
    void *to);


#endif /* _NGX_SHOP_SAVED_INSIDE_H_INCLUDED_ */
