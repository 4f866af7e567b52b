#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# `make deb`: the package has the module, shopctl and the line that loads it,
# and apt lets no nginx come for which it was not built.

use strict;
use warnings;

use lib 't/lib';
use ShopTest::Dir;
use Test::More;

plan skip_all => 'a package is of Debian\'s own nginx'
    if $ENV{NGINX_SRC} || $ENV{SANITIZED} || $ENV{VALGRIND}
        || !-e '/usr/bin/dh_nginx';

my $NAME = 'libnginx-mod-http-shop-failover';
my $built = ShopTest::Dir->new('deb');
my $root = ShopTest::Dir->new('root');

sub said { return scalar qx{@_ 2>&1} }

my $output = said("t/tools/deb.sh $built");
is $?, 0, 'a package is made' or BAIL_OUT($output);

my ($deb) = glob "$built/${NAME}_*.deb";
is $output, "$deb\n", 'which is all that is said';

my ($abi) = said('cat /usr/share/nginx/src/debian/libnginx-mod.abisubstvars')
    =~ /^nginx:abi=(\S+)/m;
like said("dpkg-deb -f $deb Depends"), qr/(?:^|, )\Q$abi\E(?:,|$)/,
    'it is for one nginx, and apt knows which';

said("dpkg-deb -x $deb $root");

my $line = said("cat $root/usr/share/nginx/modules-available/*.conf");
is $line, "load_module modules/ngx_shop_failover_module.so;\n",
    'nginx loads the module from where it looks for modules';

# as nginx would once it is installed
$line =~ s{modules/}{$root/usr/lib/nginx/modules/};
$built->write('nginx.conf', "$line pid $built/pid; events {}\n"
    . 'http { upstream shop { server 127.0.0.1; shop_health_check; } }');
$output = said("PATH=\$PATH:/usr/sbin nginx -t -q -e stderr -c $built/nginx.conf");
is $?, 0, 'and it fits' or diag $output;

like said("dpkg-deb -e $deb $root/control; cat $root/control/postinst"),
    qr{mod-http-shop-failover\.conf:50.*modules-enabled}s,
    'the line is put into the configuration';

like said("$root/usr/bin/shopctl --help"), qr/^usage: shopctl/i,
    'shopctl is there';

done_testing;
