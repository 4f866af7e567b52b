
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Who is at the keyboard.
 */


#ifndef _NGX_SHOP_LOGIN_H_INCLUDED_
#define _NGX_SHOP_LOGIN_H_INCLUDED_


/* behind sudo or doas the one who called it; "": nobody knows */
const char *ngx_shop_login(void);


#endif /* _NGX_SHOP_LOGIN_H_INCLUDED_ */
