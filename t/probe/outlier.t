#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Sick is not well: a server whose answers to visitors fail or crawl beside its
# siblings' is put aside for a while, whatever its health path says; where all
# are as bad, nobody goes.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Crowd qw(crowd);
use ShopTest::Slots;
use ShopTest::Status;

my ($sick, $well) = map { ShopTest::Slots->new(slots => 4) } 1 .. 2;
my ($slow, $fast) = map { ShopTest::Slots->new(slots => 8, seconds => 0.05,
    quick => qr/healthz/) } 1 .. 2;
my ($off, $other) = map { ShopTest::Slots->new(slots => 4) } 1 .. 2;

my $retry = 'proxy_next_upstream error timeout http_500 http_503;';

my $nginx = nginx(workers => 2, http => <<"END");
    upstream shop {
        server $sick; server $well;
        shop_health_check uri=/healthz;
        shop_outlier eject=2s..4s;
    }
    upstream plain {
        server $sick; server $well;
        shop_health_check uri=/healthz;
    }
    upstream slow {
        server $slow; server $fast;
        shop_health_check uri=/healthz;
    }
    upstream off {
        server $off; server $other;
        shop_health_check uri=/healthz;
        shop_outlier off;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        location / { $retry proxy_pass http://shop; }
        location /plain { proxy_pass http://plain; }
        location /crawl { proxy_pass http://slow; }
        location /off { $retry proxy_pass http://off; }
        location = /status { shop_status json; }
        location = /metrics { shop_status prometheus; }
    }
END

sub state_of { return peer_of($nginx, @_)->{state} // '' }

ok(wait_until(20, sub {
    8 == grep { $_->{state} eq 'up' }
        map { peers_of($nginx, $_) } qw(shop plain slow off)
}), 'all are up');

# ---- one of two answers 500, to all but the probes

my $n = 0;
my @mixed = (visitors => 8, rate => 100, ask => sub {
    return ($_[0] % 5 ? 'GET' : 'POST', "/page/" . $n++);
});

is((grep { $_->{status} != 200 } crowd($nginx, @mixed, requests => 100)), 0,
    'all is well');

$sick->say('500');
my $aside;
my @done = crowd($nginx, @mixed, requests => 400, each => sub {
    return if $aside;
    my $peer = peer_of($nginx, 'shop', $sick);
    $aside = $peer if $peer->{state} eq 'aside';
});

ok($aside, 'it is put aside');
is($aside->{last}{result}, 'ok', 'though its probes pass');
like($aside->{aside}{reason},
    qr/\A\d+ of \d+ requests of visitors got a 5xx\z/, 'and says why');
like(($nginx->log->find(qr/\[warn\].*is put aside for 2000 ms: (.*)/))[0] // '',
    qr{it answers /healthz, but \d+ of \d+ requests of visitors got a 5xx},
    'so does one line');
is((grep { $_->{status} != 200 && $_->{method} eq 'GET' } @done), 0,
    'no GET fails');
cmp_ok((grep { $_->{status} != 200 && $_->{method} eq 'POST' } @done), '<=', 5,
    'nor more POSTs than with stock nginx');

# ---- it comes back, as sick as it was

my $put = sub { scalar(my @lines = $nginx->log->find(
    qr/\Q$sick\E in upstream "shop" is put aside for 4000 ms/)) };

crowd($nginx, @mixed, until => sub { $put->() });
ok($put->(), 'soon after it came back it goes for longer');
ok(scalar($nginx->log->find(qr/"shop" gets visitors again: was aside for/)),
    'a line says when it came back');

# ---- it is well again

$sick->say('');
my $back;
crowd($nginx, @mixed, until => sub {
    $back ||= state_of('shop', $sick) eq 'up';
});
is(state_of('shop', $sick), 'up', 'a sound one is back');
like(get($nginx, '/metrics')->{body},
    qr/^shop_failover_peer_asides_total\{[^}]*\Q$sick\E[^}]*\} [2-9]$/m,
    'the metrics count how often it was aside');

# ---- both fail: the shop's fault

$_->say('500') for $sick, $well;
crowd($nginx, visitors => 8, requests => 200,
    ask => sub { return (GET => '/plain/' . $n++) });
is(join(' ', sort map { $_->{state} } peers_of($nginx, 'plain')), 'up up',
    'where all fail nobody goes');
$_->say('') for $sick, $well;

# ---- never the last: the sibling goes down while it is aside

$sick->say('500');
crowd($nginx, visitors => 8, rate => 100, until => sub {
    state_of('plain', $sick) eq 'aside'
}, ask => sub { return (GET => '/plain/' . $n++) });
is(state_of('plain', $sick), 'aside', 'aside for ten seconds');
kill 'STOP', -$well->pid;
ok(wait_until(30, sub { state_of('plain', $well) eq 'down' }),
    'the other one is down');
isnt(state_of('plain', $sick), 'aside', 'then a sick one is better than none');
ok(scalar($nginx->log->find(
    qr/"plain" gets visitors again, as nobody else is left/)), 'it says so');
kill 'CONT', -$well->pid;
$sick->say('');

# ---- slow beside its sibling, its probes on a quick path

$slow->say('slow 10');
crowd($nginx, visitors => 8, until => sub {
    state_of('slow', $slow) eq 'aside'
}, ask => sub { return (GET => '/crawl/' . $n++) });
like(peer_of($nginx, 'slow', $slow)->{aside}{reason} // '',
    qr/\Avisitors wait \d{3} ms, \d+ ms at its siblings\z/, 'a slow one goes');
is(state_of('slow', $fast), 'up', 'and the quick one stays');

# ---- off: nginx's own marks, as without a check

$off->say('500');
crowd($nginx, visitors => 8, requests => 100,
    ask => sub { return (GET => '/off/' . $n++) });
is(state_of('off', $off), 'up', 'off: nobody is put aside');
ok(scalar($nginx->log->find(qr/temporarily disabled/)),
    'off: max_fails is in force, also for answers');

done_testing;
$_->stop for $sick, $well, $slow, $fast, $off, $other;
