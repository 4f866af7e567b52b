#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# A health check that is blind: visitors wait in vain at servers whose probes
# pass. People are told, once, with the question that leads to the cause.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Status;
use ShopTest::Wait qw(patience);

my ($one, $two) = map { shop_server(body => 'page') } 1, 2;

my $nginx = nginx(workers => 2, http => <<"END");
    shop_events %%DIR%%/events;

    upstream shop {
        server $one;
        server $two;
        shop_health_check uri=/healthz interval=1s;
        shop_outlier errors=1000;
    }

    server {
        listen %%ADDR%%;
        location / { proxy_pass http://shop; }
        location = /status { shop_status json; }
        location = /metrics { shop_status prometheus; }
    }
END

sub blind {
    my ($group) = grep { $_->{name} eq 'shop' } @{ status($nginx)->{upstreams} };

    return $group->{blind} ? 1 : 0;
}

sub events {
    open my $file, '<', $nginx->dir . '/events' or return '';
    local $/;
    return readline($file) // '';
}

sub told { return $nginx->log->find(qr/\[warn\].*visitors wait in vain for pages/) }

ok(wait_for_peer($nginx, 'shop', $_, 'up'), 'a server is up') for $one, $two;

# ---- the database stands still; the health path is a file, pictures are, too

for my $shop ($one, $two) {
    $shop->set('*', 'hang');
    $shop->set($_, body => 'ok') for qw(/healthz /logo.png);
}

# ... scripts that wait for news are no visitors
my @polls = map { client($nginx) } 1 .. 6;
$_->send(GET => '/news', headers => ['Sec-Fetch-Dest' => 'empty']) for @polls;

my $until = time + patience(8);
get($nginx, '/logo.png') while time < $until && select(undef, undef, undef, 0.3) + 1;
is(told(), 0, 'nobody waits for a page: nothing is said');

my @visitors = map { client($nginx) } 1 .. 8;
$_->send(GET => '/cart', headers => [Accept => 'text/html']) for @visitors;

ok(wait_until(20, sub { get($nginx, '/logo.png'); told() }),
    'visitors wait in vain: a warning says so');
ok(wait_until(5, \&blind), 'so does the status');
is(get($nginx, '/logo.png')->{status}, 200, '... while pictures come');
like(($nginx->log->find(qr/visitors wait in vain/))[0] // '',
    qr/whose probes pass: does the health path ask the database\?/,
    'it asks the question');
like(get($nginx, '/metrics')->{body},
    qr/^shop_failover_check_blind\{[^}]*\} 1$/m, 'and the metrics');
like(events(), qr/"what":"blind"/, 'there is an event');
is($nginx->log->find(qr/ is down: /), 0, 'no server is down for it');

# ---- it is back

$_->set('*', body => 'page') for $one, $two;
get($nginx, '/') for 1 .. 4;

ok(wait_until(30, sub { get($nginx, '/'); !blind() }), 'pages come: it is over');
like(events(), qr/"what":"blind_over"/, 'with an event');
is(told(), 1, 'there was one warning');

done_testing;
