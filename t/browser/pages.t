#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The visitor's page in a real browser, without nginx: t/browser/run.js, which
# speaks TAP.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use ShopTest::Browser qw(browser_script);

exec browser_script('run.js') or die "node: $!\n";
