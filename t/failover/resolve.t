#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# The resolver changes the list of peers while a request waits: stock nginx
# then answers "no live upstreams" (its issue 1656), ours starts anew.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Dns;
use ShopTest::Status;

my ($version) = `\${NGINX_BIN:-nginx} -v 2>&1` =~ m{nginx/(\d+\.\d+\.\d+)};
my $number = $version ? sprintf '%d%03d%03d', split /\./, $version : 0;

plan skip_all => 'nginx ' . ($version // '?') . ' has no "resolve"'
    if $number < 1_027_003;

my $port = free_port();
my @shops = map {
    my $shop = ShopTest::Shop->new(sub { }, body => "127.0.1.$_");
    @$shop{qw(host port)} = ("127.0.1.$_", $port);
    $shop->start;
} 1 .. 4;

my %LINES = (
    rr => '', least => 'least_conn;', hash => 'hash $uri;',
    chash => 'hash $uri consistent;', random => 'random;',
);

my $dns = ShopTest::Dns->new->set('shop.test', '127.0.1.1', '127.0.1.2');
my $upstreams = join '', map { <<"END" } sort keys %LINES;
    upstream $_ {
        zone $_ 128k;
        $LINES{$_}
        server shop.test:$port resolve;
        shop_health_check uri=/health interval=5s;
    }
END
my $locations = join '', map { "location /$_ { proxy_pass http://$_; }\n" }
    sort keys %LINES;

my $nginx = nginx(http => <<"END");
    resolver $dns valid=1s ipv6=off;
    $upstreams
    server {
        listen %%ADDR%%;
        proxy_next_upstream error timeout http_503;
        $locations
        location /status { shop_status; }
    }
END

for my $name (sort keys %LINES) {
    ok(wait_until(20, sub { peers_of($nginx, $name) == 2 }), "$name: two peers");
}

# both servers take their time and then fail; meanwhile there are two others
$_->set('*', status => 503, delay => 4) for @shops[0, 1];
$_->set('/health', status => 200) for @shops[0, 1];

my %waiting = map {
    $_ => client($nginx, seconds => 40)->send('GET', "/$_", close => 1)
} sort keys %LINES;

ok(wait_until(10, sub {
    $shops[0]->connections + $shops[1]->connections >= keys %LINES
}), 'requests wait');
$dns->set('shop.test', '127.0.1.3', '127.0.1.4');

for my $name (sort keys %LINES) {
    like($waiting{$name}->answer->{body}, qr/^127\.0\.1\.[34]$/,
        "$name: served by a server that appeared meanwhile");
}

done_testing;
