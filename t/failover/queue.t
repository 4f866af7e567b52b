#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# shop_queue: a request for which no server can be had now waits for one, for
# a bounded time in a bounded line, and gets the page only then.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Http2 qw(http2 no_http2);
use ShopTest::Status;
use ShopTest::Wait qw(patience);
use Time::HiRes qw(time);

# ---- the directive

my $bad = 'upstream a { server 127.0.0.1:1; shop_health_check; shop_queue %s; }';

config_fails('a number', qr/invalid value "many" in "shop_queue", expected how many/,
    http => sprintf $bad, 'many');
config_fails('at least one', qr/invalid value "0" in "shop_queue", expected how many/,
    http => sprintf $bad, '0');
config_fails('a time', qr/invalid value "timeout=soon" in "shop_queue", expected "timeout="/,
    http => sprintf $bad, '10 timeout=soon');
config_fails('not for ever', qr/invalid value "timeout=2m" in "shop_queue", expected "timeout="/,
    http => sprintf $bad, '10 timeout=2m');
config_fails('once', qr/"shop_queue" directive is duplicate/,
    http => sprintf $bad, '10; shop_queue 5');
config_fails('probes', qr/"shop_queue" of upstream "a" in .* needs a "shop_health_check"/,
    http => 'upstream a { server 127.0.0.1:1; shop_queue 10; }');
config_ok('off', http => 'upstream a { server 127.0.0.1:1; shop_queue off; }');

# ---- one server

my $time = 40;
my $shop = shop_server(body => 'the shop');
my $other = shop_server(body => 'another');

my $nginx = nginx(workers => 2, main => 'worker_shutdown_timeout 60s;',
    http => <<"END");
    log_format queue '\$request_method \$uri \$status "\$upstream_addr" \$shop_queue_time';
    proxy_cache_path %%DIR%%/cache keys_zone=pages:1m;
    client_body_buffer_size 8k;

    upstream shop {
        zone shop 64k;
        server $shop;
        shop_health_check uri=/healthz interval=300ms fast=100ms fails=1000;
        shop_outlier errors=1000;
        shop_queue 8 timeout=${time}s;
    }

    upstream short {
        server $shop;
        shop_health_check uri=/healthz interval=300ms fast=100ms;
        shop_outlier errors=1000;
        shop_queue 8 timeout=500ms;
    }

    upstream other {
        server $other;
        shop_health_check;
    }

    server {
        listen %%ADDR%%;
        listen %%ADDR_H2%% http2;
        shop_maintenance %%DIR%%/flag;
        access_log %%DIR%%/queue.log queue;

        location / { proxy_pass http://shop; }
        location /unbuffered { proxy_request_buffering off; proxy_pass http://shop; }
        location /once { proxy_next_upstream off; proxy_pass http://shop; }
        location /short { proxy_pass http://short; }
        location /stock { shop_fallback off; proxy_pass http://short; }
        location /other { proxy_pass http://other; }
        location /cached {
            proxy_cache pages;
            proxy_cache_valid 200 1s;
            proxy_cache_lock on;
            proxy_cache_lock_timeout ${time}s;
            proxy_pass http://shop;
        }
        location = /status { shop_status json; }
    }
END

sub queue {
    my ($name) = @_;
    my ($group) = grep { $_->{name} eq ($name // 'shop') }
        @{ status($nginx)->{upstreams} };

    return $group->{queue} || {};
}

sub waits { my ($n, $name) = @_; return wait_until(20, sub { (queue($name)->{waiting} // -1) == $n }) }

# clients with a request that was sent
sub asks {
    return map {
        my @request = ref $_ ? @$_ : (GET => $_);
        my $client = client($nginx, seconds => 2 * $time);

        $client->send(@request);
        $client;
    } @_;
}

ok(wait_for_peer($nginx, 'shop', $shop, 'up'), 'the server is up');
is(get($nginx, '/')->{body}, 'the shop', 'and serves');
is(queue()->{waited}, 0, 'nobody waited');

$shop->refuse;

my @clients = asks('/page', [POST => '/basket', body => 'one of them'],
    [PUT => '/big', body => 'x' x 100_000],
    [POST => '/unbuffered', body => 'y' x 30_000],
    [HEAD => '/head']);

ok(waits(5), 'requests wait while the only server is away');
ok(queue()->{longest_ms} > 0, '... and it is told for how long');
is(get($nginx, '/other')->{body}, 'another', 'another upstream serves');
$shop->open;

is_deeply([map { $_->answer->{status} } @clients], [(200) x 5],
    '... and are served when it is back, whatever the method and body');
is(($shop->requests(uri => '/big'))[-1]{body}, 'x' x 100_000, 'a body comes whole');
is(($shop->requests(uri => '/unbuffered'))[-1]{body}, 'y' x 30_000, '... unbuffered, too');
is($shop->count(uri => '/basket'), 1, 'an order is sent once');
ok(waits(0), 'nobody waits any more');

done_testing;
