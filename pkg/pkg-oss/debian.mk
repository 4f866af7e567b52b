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
MODULE_BUILD_DEPENDS_shop_failover =	,libssl-dev,zlib1g-dev

define MODULE_PREBUILD_shop_failover
	cd $$(CURDIR)/debian/extra/$(SHOP_FAILOVER) \&\& \
	$(MAKE) build/shopctl SETUP=: V=1
endef
export MODULE_PREBUILD_shop_failover

define MODULE_PREINSTALL_shop_failover
	cd $$(CURDIR)/debian/extra/$(SHOP_FAILOVER) \&\& \
	$(MAKE) install-shopctl SETUP=: WITHOUT="fleet notify" DESTDIR=$$(INSTALLDIR) PREFIX=/usr
endef
export MODULE_PREINSTALL_shop_failover

define MODULE_POST_shop_failover
cat <<BANNER
----------------------------------------------------------------------

The $(MODULE_SUMMARY_shop_failover) for $(MODULE_SUMMARY_PREFIX) has been installed.
To enable this module, add the following to /etc/nginx/nginx.conf
and reload nginx:

    load_module modules/ngx_shop_failover_module.so;

----------------------------------------------------------------------
BANNER
endef
export MODULE_POST_shop_failover
