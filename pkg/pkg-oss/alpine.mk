# Copyright (C) ngx_shop_failover_module authors

MODULES +=	shop-failover

MODULE_SUMMARY_shop_failover =	3rd-party shop failover dynamic module
MODULE_CONTRIB_DEPS_shop_failover =	shop_failover

include $(CONTRIB)/src/shop_failover/version

MODULE_VERSION_shop_failover =	$(SHOP_FAILOVER_VERSION)
MODULE_RELEASE_shop_failover =	1
MODULE_VERSION_PREFIX_shop_failover =	$(MODULE_TARGET_PREFIX)

SHOP_FAILOVER =	ngx_shop_failover_module-$(SHOP_FAILOVER_VERSION)

MODULE_SOURCES_shop_failover =	$(SHOP_FAILOVER).tar.gz
MODULE_CONFARGS_shop_failover =	\
	--add-dynamic-module=$(MODSRC_PREFIX)$(SHOP_FAILOVER)
MODULE_BUILD_DEPENDS_shop_failover =	bash

define MODULE_PREBUILD_shop_failover
	cd ../$(SHOP_FAILOVER) \&\& make build/shopctl SETUP=: V=1
endef
export MODULE_PREBUILD_shop_failover

define MODULE_PREINSTALL_shop_failover
	make -C ../$(SHOP_FAILOVER) install-shopctl SETUP=: WITHOUT="fleet notify" \
		DESTDIR="$$pkgdir" PREFIX=/usr
endef
export MODULE_PREINSTALL_shop_failover
