
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The version of the module and of shopctl, which are one: semver.org.  Its
 * only home; t/nginx/version.t holds CHANGELOG.md and debian/changelog against
 * it.
 */


#ifndef _NGX_SHOP_VERSION_H_INCLUDED_
#define _NGX_SHOP_VERSION_H_INCLUDED_


#define NGX_SHOP_VERSION  "1.1.0"


#endif /* _NGX_SHOP_VERSION_H_INCLUDED_ */
