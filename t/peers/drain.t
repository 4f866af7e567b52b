#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# "drain" of the configuration (nginx 1.29.6) is left as it is: no new visitor
# goes there, whatever probes say, and those that "sticky" sent there stay.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Status;

my ($version) = `\${NGINX_BIN:-nginx} -v 2>&1` =~ m{nginx/(\d+\.\d+\.\d+)};
my $number = $version ? sprintf '%d%03d%03d', split /\./, $version : 0;

plan skip_all => 'nginx ' . ($version // '?') . ' has no "drain"'
    if $number < 1029006;

my ($one, $two) = map { shop_server(body => $_) } qw(one two);

my $nginx = nginx(http => <<"END");
    upstream shop {
        zone shop 64k;
        server $one route=one drain;
        server $two route=two;
        sticky route \$arg_route;
        shop_health_check uri=/health interval=200ms fast=100ms timeout=2s;
    }
    server {
        listen %%ADDR%%;
        location / { proxy_pass http://shop; }
        location /status { shop_status; }
    }
END

sub bodies { return join ' ', map { get($nginx, "/$_[0]")->{body} } 1 .. 4 }

ok wait_for_peer($nginx, 'shop', "$_", 'up'), "$_ is up" for $one, $two;
is bodies(''), 'two two two two', 'no new visitor goes to the drained one';
is bodies('?route=one'), 'one one one one', 'who was there stays';

$one->set('/health', status => 503);
ok wait_for_peer($nginx, 'shop', "$one", 'down'), 'it is down';
is bodies('?route=one'), 'two two two two', 'and nobody goes there';

$one->set('/health', status => 200);
ok wait_for_peer($nginx, 'shop', "$one", 'up'), 'it is up again';
is bodies(''), 'two two two two', 'and drained as before';
is bodies('?route=one'), 'one one one one', 'for who was there, it is there';

done_testing;
