#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Slow is not dead: the probe stands in the visitors' queue and times out, and
# that is no evidence while visitors are answered that waited as long.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Crowd qw(crowd);
use ShopTest::Slots;
use ShopTest::Status;
use ShopTest::Wait qw(patience);

my $slow = ShopTest::Slots->new(slots => 2, seconds => 0.25);

# as in the README
my $nginx = nginx(http => <<"END");
    upstream shop {
        server $slow;
        shop_health_check uri=/healthz;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        location / { proxy_pass http://shop; }
        location = /status { shop_status json; }
        location = /metrics { shop_status prometheus; }
    }
END

sub peer { return peer_of($nginx, 'shop', $slow) }
sub results { return map { ($_->{result}) x $_->{n} } @{ peer()->{history} } }

ok(wait_for_peer($nginx, 'shop', $slow, 'up'), 'the server is up');

# ---- 24 visitors for 2 slots of 250 ms: each waits 3 s, the probe, too

my ($busy, @seen, $metrics);

my @done = crowd($nginx, visitors => 24, requests => 400, until => sub {
    return (grep { $_ eq 'busy' } @seen) >= 3;
}, each => sub {
    @seen = results();
    my $peer = peer();

    if ($peer->{state} eq 'busy' && !$busy) {
        $busy = $peer;
        $metrics = get($nginx, '/metrics')->{body};
    }
});

cmp_ok((grep { $_ eq 'busy' } @seen), '>=', 3, 'probes of it are busy')
    or diag("@seen");
is((grep { $_->{status} != 200 } @done), 0, 'each visitor is answered')
    or diag(join ' ', map { $_->{status} } @done);
is((grep { $_ eq 'timeout' } @seen), 0, 'no timeout is held against it');
is($nginx->log->find(qr/ is down: /), 0, 'it was never down');
is($busy->{state}, 'busy', 'shown as busy');
is($busy->{last}{result}, 'busy', 'for its last probe');
like($busy->{last}{detail},
    qr/\A(?:timed out after \d+ ms, a visitor was )?answered after \d+ ms\z/,
    'with the reason');
like($metrics, qr/^shop_failover_peer_busy\{[^}]*\} 1$/m, 'so in the metrics');
like($metrics, qr/^shop_failover_site_severity(?:\{[^}]*\})? 3$/m,
    'which is P3');
like(($nginx->log->find(qr/\[warn\].*is slow: (.*)/))[0] // '',
    qr/its probe waits as long as visitors do, \d+ ms/, 'and one line says so');

# ---- the queue is gone

ok(wait_for_peer($nginx, 'shop', $slow, 'up'), 'then it is up again');
is($nginx->log->find(qr/is no longer slow: it was for/), 1, 'a line says that');
is($nginx->log->find(qr/is slow: /), 1, 'there was one line of each');

# ---- a frozen server gives no slow answers

kill 'STOP', -$slow->pid;
ok(wait_for_peer($nginx, 'shop', $slow, 'down', 40), 'frozen: it is down');
kill 'CONT', -$slow->pid;
ok(wait_for_peer($nginx, 'shop', $slow, 'up'), 'and up again');

$slow->stop;
$nginx->stop;

# ---- visitors leave before they are answered: only the probe hears of it

my $full = ShopTest::Slots->new(slots => 2, seconds => 0.1);

$nginx = nginx(http => <<"END");
    upstream shop {
        server $full;
        shop_health_check uri=/healthz interval=500ms fast=300ms timeout=500ms;
    }

    server {
        listen %%ADDR%%;
        location / { proxy_pass http://shop; }
        location = /status { shop_status json; }
    }
END

ok(wait_for_peer($nginx, 'shop', $full, 'up'), 'the server is up');

my ($begun, $waited) = (time, 0);

crowd($nginx, visitors => 60, rate => 24, patience => 0.6, until => sub {
    my $last = peer_of($nginx, 'shop', $full)->{last} // {};

    $waited = $last->{ms} if $last->{result} eq 'busy'
        && $last->{detail} =~ /\Aanswered/ && $last->{ms} > 700;
    return $waited || time - $begun > patience(40);
});

cmp_ok($waited, '>', 700, 'a patient probe is answered when nobody else is');
is($nginx->log->find(qr/ is down: /), 0, 'it was never down');

$full->stop;
done_testing;
