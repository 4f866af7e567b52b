
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Steps of the wall clock.  What is remembered as a time of day moves along
 * with the clock, so that "since when" is right by the clock of now and "how
 * long" is what passed, whatever ntpd or a person does to the clock.
 */


#ifndef _NGX_SHOP_SHIFT_H_INCLUDED_
#define _NGX_SHOP_SHIFT_H_INCLUDED_


#include "state/model.h"


/*
 * Called under the lock before a time of day is noted or compared; cheap where
 * the clock did not step.  Times that people gave (of a flag) stay.
 */
void ngx_shop_shift_follow_locked(ngx_shop_layout_t *sh);


#endif /* _NGX_SHOP_SHIFT_H_INCLUDED_ */
