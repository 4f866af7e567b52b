#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Silence is noticed at the server's own pace: where requests wait for longer
# than is usual, nobody hears of the server, and a probe waits, too, it is
# suspect. What waits there is moved, and the first byte heard ends it.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Crowd qw(crowd);
use ShopTest::Slots;
use ShopTest::Status;
use ShopTest::Wait qw(patience);

my ($one, $two) = map { ShopTest::Slots->new(slots => 4, seconds => 0.005) }
    1, 2;

# what is written are upper bounds, and no part of this test waits for them
my $nginx = nginx(workers => 2, http => <<"END");
    upstream shop {
        server $one;
        server $two;
        shop_health_check uri=/healthz interval=1s fast=40s timeout=60s;
    }

    server {
        listen %%ADDR%%;
        location / { proxy_pass http://shop; }
        location = /status { shop_status json; }
        location = /metrics { shop_status prometheus; }
    }
END

sub group { return (grep { $_->{name} eq 'shop' } @{ status($nginx)->{upstreams} })[0] }
sub state_of { return peer_of($nginx, 'shop', $_[0])->{state} // '' }

ok(wait_for_peer($nginx, 'shop', $_, 'up'), 'a server is up') for $one, $two;
ok(wait_until(20, sub {
    2 == grep { $_->{checks} >= 3 } peers_of($nginx, 'shop');
}), 'probes have a history');

# ---- one of two freezes under load

my ($begun, $frozen, $thawed, $suspect, $share, $waiting) = (time, 0, 0);

my @done = crowd($nginx, visitors => 60, rate => 60, ask => sub {
    my ($n) = @_;
    return ($frozen && $n % 4 == 0 ? 'POST' : 'GET', "/page/$n");
}, each => sub {
    my ($done) = @_;

    if (!$frozen && time - $begun >= 3) {
        kill 'STOP', -$one->pid;
        $frozen = time;
    }

    if ($frozen && !$suspect && state_of($one) eq 'suspect') {
        $suspect = get($nginx, '/metrics')->{body};
    }
}, until => sub {
    return time - $begun > patience(30) || $suspect && time - $frozen >= 2;
}, longest => patience(40), settled => \&thaw);
thaw([]);

# only what may not be repeated waits for the frozen one
sub thaw {
    my ($visitors) = @_;
    return if $thawed || grep { $_->{method} eq 'GET' } @$visitors;

    $thawed = 1;
    $waiting = group();
    kill 'CONT', -$one->pid;
    return;
}

ok($suspect, 'the silent server is suspect');
ok($thawed, 'each GET was answered while it was frozen');
is((grep { $_->{status} != 200 } @done), 0, 'nobody got an error')
    or diag(join ' ', map { $_->{status} } @done);
cmp_ok($waiting->{doubted}, '>', 0, 'those that waited were moved');
is((grep { ($_->{silent} // '') eq 'process' } @{ $waiting->{peers} }), 1,
    'the kernel says that its process is silent, and not its host');
is($waiting->{moved}, 0, '... by suspicion alone');
like($suspect, qr/^shop_failover_peer_suspect\{[^}]*\} 1$/m,
    'the metrics say so');
like($suspect, qr/^shop_failover_peer_up\{[^}]*\Q$one\E[^}]*\} 1$/m,
    'it still counts as usable');
like($nginx->log->find(qr/is suspect: nobody hears of it/) ? 'yes' : '',
    qr/yes/, 'a line of level info says so');

ok(wait_for_peer($nginx, 'shop', $one, 'up'), 'the first byte ends it');
is($nginx->log->find(qr/ is down: | up again|aside/), 0, 'it was never down');
is($nginx->log->find(qr/\[(?:warn|notice)\].*shop failover: (?:peer|site)/), 0,
    'and nothing was told to people');
is(peer_of($nginx, 'shop', $one)->{share}, 100, 'it has no slow start');

$_->stop for $one, $two;
done_testing;
