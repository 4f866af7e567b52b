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
use POSIX ();
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

sub logged {
    open(my $log, '<', $nginx->dir . '/queue.log') or return;
    return <$log>;
}

# a request over HTTP/2, and later its status
sub asks_http2 {
    my ($uri) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";

    if ($pid == 0) {
        print http2($nginx->address('H2'), GET => $uri)->{status};
        close STDOUT;
        POSIX::_exit(0);
    }

    return { pid => $pid, out => $out };
}

sub heard_http2 { my $out = $_[0]{out}; return scalar <$out> }

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

my ($line) = grep { m{ /basket } } logged();
like($line, qr{^POST /basket 200 "\S+(?:, \S+)+" [0-9]+\.[0-9]{3}$},
    'the log says for how long, and each try at a server');

# ---- who leaves, who asks by another way

$shop->refuse;
@clients = asks('/leaves', '/stays');
ok(waits(2), 'two wait');
(shift @clients)->close;
ok(waits(1), '... and who leaves is not waited for');
is(queue()->{gone}, 1, '... and is counted');

SKIP: {
    skip(no_http2(), 4) if no_http2();
    my @visitors = map { asks_http2($_) } '/leaves/h2', '/stays/h2';
    ok(waits(3), 'so does HTTP/2');
    my %children = ShopTest::Process::children($visitors[0]{pid});
    kill TERM => keys %children;
    ok(waits(2), '... who leaves');
    $shop->open;
    is(heard_http2($visitors[1]), 200, '... and who stays');
    ok(waits(0), 'all are served');
}

$shop->open;
is($clients[0]->answer->{status}, 200, 'who stayed is served');
is($shop->count(uri => '/leaves'), 0, 'nothing is sent for who left');

# ---- full, over

$shop->refuse;
@clients = asks(map { "/full/$_" } 1 .. 8);
ok(waits(8), 'as many wait as may');
my $answer = get($nginx, '/full/9', headers => [Accept => 'text/html']);
is($answer->{status}, 503, 'the next gets the page at once');
is(queue()->{full}, 1, '... and is counted');
$shop->open;
is(scalar(grep { $_->answer->{status} == 200 } @clients), 8, 'the others are served');

$shop->refuse;
ok(wait_for_peer($nginx, 'short', $shop, 'down'), 'another upstream finds the server down');
ok(wait_until(20, sub { my $begun = time; get($nginx, '/short/page'); time - $begun < 0.4 }),
    'an outage that lasts for longer than the time makes nobody wait');
$answer = get($nginx, '/stock');
is($answer->{status}, 502, q{nginx's own answer where there is no page});
$shop->open;
ok(wait_for_peer($nginx, 'short', $shop, 'up'), 'the server is back');
is(get($nginx, '/short')->{status}, 200, '... and serves');
my $over = queue('short');
$shop->refuse;
$answer = get($nginx, '/short', headers => [Accept => 'text/html']);
is($answer->{status}, 503, 'who waited for as long as may gets the page');
is(queue('short')->{over}, $over->{over} + 1, '... and is counted');
$shop->open;

# ---- the rules of nginx

ok(wait_for_peer($nginx, 'shop', $shop, 'up'), 'the server is up');
$shop->refuse;
is(get($nginx, '/once')->{status}, 503, 'proxy_next_upstream off: what was tried does not wait');
$shop->open;
ok(wait_until(20, sub { get($nginx, '/again')->{status} == 200 }), 'it is back');

$shop->set('/lost', 'reset');
is(request($nginx, POST => '/lost', body => 'an order')->{status}, 503, 'an order that was sent and lost does not wait');
is($shop->count(uri => '/lost'), 1, '... and is sent once');
@clients = asks('/lost');
ok(wait_until(20, sub { $shop->count(uri => '/lost') == 3 }), 'what was asked for is asked for once more');
is($clients[0]->answer->{status}, 503, '... and not for ever');
is($shop->count(uri => '/lost'), 3, '... but once');

# ---- the cache

is(get($nginx, '/cached/page')->{status}, 200, 'a page is kept');
$shop->refuse;
@clients = asks(map { '/cached/new' } 1 .. 3);
ok(waits(1), 'one waits for the page of all that want it');
$shop->open;
is(scalar(grep { $_->answer->{status} == 200 } @clients), 3, 'proxy_cache_lock: and all get it');
is($shop->count(uri => '/cached/new'), 1, '... which was asked for once');

# ---- a reload, a killed worker

$shop->refuse;
@clients = asks(map { "/reload/$_" } 1 .. 4);
ok(waits(4), 'four wait');
ok($nginx->reload, 'a reload');
push @clients, asks('/reload/new');
ok(waits(5), 'one more waits in a new worker');
$shop->open;
is(scalar(grep { $_->answer->{status} == 200 } @clients), 5, 'the old workers finish their line');
ok(wait_until(20, sub { !$nginx->leaving }), '... and are gone');

$shop->refuse;
@clients = asks(map { "/killed/$_" } 1 .. 4);
ok(waits(4), 'four wait');
ok($nginx->kill_workers([$nginx->workers], 'KILL'), 'all workers are killed');
ok(waits(0), 'nobody counts who is gone');
@clients = asks(map { "/after/$_" } 1 .. 8);
ok(waits(8), 'as many as may wait anew');
$shop->open;
is(scalar(grep { $_->answer->{status} == 200 } @clients), 8, '... and are served');

done_testing;
