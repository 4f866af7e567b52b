#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# While nobody serves, probes run at the fast interval: a shop that is back
# does not stay closed for the rest of a long one.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Status;

my ($one, $two, $spare) = map { shop_server(body => $_) } qw(one two spare);

# an interval that no test waits for
my $check = 'shop_health_check uri=/health interval=1h fast=200ms timeout=2s';

my $nginx = nginx(workers => 3, http => <<"END");
    upstream shop { server $one; server $two; $check; }
    upstream held { server $one; server $spare; $check; }

    server {
        listen %%ADDR%%;
        location / { proxy_pass http://shop; }
        location /held { proxy_pass http://held; }
        location = /status { shop_status json; }
    }
END

ok(wait_until(20, sub {
    4 == grep { $_->{state} eq 'up' } map { peers_of($nginx, $_) } qw(shop held)
}), 'all are up');

sub down {
    my ($group, $shop) = @_;

    return wait_until(20, sub {
        get($nginx, $group eq 'shop' ? '/' : '/held');
        peer_of($nginx, $group, $shop)->{state} eq 'down';
    });
}

# a failed visitor asks for the probe that finds it; then nothing would, for
# an hour

$one->refuse;
ok(down('shop', $one), 'one is down');
ok(down('held', $one), '... in another group, too');

my $checks = peer_of($nginx, 'held', $one)->{checks};

$two->refuse;
ok(down('shop', $two), 'both are down');

$_->open for $one, $two;
ok(wait_for_peer($nginx, 'shop', $_, 'up'), 'it is found when it is back')
    for $one, $two;
is(get($nginx, '/')->{status}, 200, 'and serves');

is(peer_of($nginx, 'held', $one)->{state}, 'down',
    'where another one serves, the interval stands');
cmp_ok(peer_of($nginx, 'held', $one)->{checks}, '<=', $checks,
    'and no probe runs');

done_testing;
