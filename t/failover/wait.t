#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# A frozen server fails no request.  One that waits for its answer longer than
# "fast" makes the next probe run, and counts where the probe fails, too, and
# nobody else was answered.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Status;
use Time::HiRes qw(time);

my ($frozen, $slow, $mixed, $upload, $calm, $warm) =
    map { shop_server(body => $_) } qw(frozen slow mixed upload calm warm);

# no other probe than the first and those that are asked for
my $check = 'shop_health_check uri=/health interval=1h fast=200ms timeout=500ms';

# one worker: each knows only its own requests
my $nginx = nginx(workers => 1, http => <<"END");
    upstream frozen { server $frozen; server $warm backup; $check; }
    upstream slow { server $slow; $check; }
    upstream mixed { server $mixed; $check; }
    upstream upload { server $upload; $check; }
    upstream calm { server $calm; $check; shop_observe off; }

    server {
        listen %%ADDR%%;
        proxy_read_timeout 60s;
        location /frozen { proxy_pass http://frozen; }
        location /slow { proxy_pass http://slow; }
        location /mixed { proxy_pass http://mixed; }
        location /upload {
            proxy_request_buffering off; proxy_pass http://upload;
        }
        location /calm { proxy_pass http://calm; }
        location = /status { shop_status json; }
    }
END

my %SHOP = (frozen => $frozen, slow => $slow, mixed => $mixed,
            upload => $upload, calm => $calm);

sub waiting { return client($nginx, seconds => 50)->send('GET', $_[0]) }
sub probes { return $_[0]->count(uri => '/health') }
sub downs { return $nginx->log->find(qr/upstream "$_[0]" is down: (.*)/) }

ok(wait_for_peer($nginx, $_, "$SHOP{$_}", 'up'), "$_: the first probe passes")
    for sort keys %SHOP;

# ---- these are looked at in the end, when time has passed

$calm->set('/calm', 'hang');
my $unseen = waiting('/calm');

my $half = client($nginx);
$half->send_raw("POST /upload HTTP/1.1\r\nHost: shop\r\n"
    . "Content-Length: 100\r\n\r\nsome of it");
ok(wait_until(20, sub { $upload->connections }), 'an upload has begun');

# ---- a page that takes its time

$slow->set('/slow', 'hang');
my $patient = waiting('/slow');

ok(wait_until(20, sub { probes($slow) == 2 }),
    'a request that waits makes a probe run');
ok(wait_until(20, sub { peer_of($nginx, 'slow', "$slow")->{checks} == 2 }),
    'which passes');
is(peer_of($nginx, 'slow', "$slow")->{fails}, 0, 'and so does no harm');

# ---- the server is frozen

$frozen->set('*', 'hang');
$frozen->set('/health', 'hang');

is(get($nginx, '/frozen')->{body}, 'warm', 'a visitor is moved to the backup');
is(probes($frozen), 2, 'after one more probe');
is_deeply([map { /: (timed out.*)/ } downs('frozen')],
    ['timed out, no answer after 500 ms, 1 of 2 failed, and visitors wait in vain'],
    'the log says why one was enough');

# ---- one page hangs, others do not: two probes have to fail

$mixed->set('/mixed/hang', 'hang');
my $stuck = waiting('/mixed/hang');

ok(wait_until(20, sub { probes($mixed) == 2 }), 'a page hangs: a probe');
ok(wait_until(20, sub { peer_of($nginx, 'mixed', "$mixed")->{checks} == 2 }),
    'which passes');
is(get($nginx, '/mixed')->{body}, 'mixed', 'another page is served');

$mixed->set('/health', status => 503);
$mixed->set('/mixed/dies', 'close');
is(get($nginx, '/mixed/dies')->{status}, 502, 'a third one dies: a probe');
ok(wait_for_peer($nginx, 'mixed', "$mixed", 'down'), 'the server is down');
cmp_ok(probes($mixed), '>=', 4, 'after two failed probes');
cmp_ok(probes($mixed), '<=', 5, '... and at most one that was under way');
is_deeply([map { /, (\d of.*)/ } downs('mixed')], ['2 of 2 failed'],
    'as the log says');

# ---- time has passed

is(probes($slow), 2, 'a request is a reason to probe once');
is(probes($calm), 1, 'shop_observe off: it is none');
is(probes($upload), 1, 'nor is one that the visitor still sends');

$_->close for $unseen, $half, $patient, $stuck;
$nginx->stop;

# ---- somebody is answered, by another worker perhaps: that is no silence

my $lively = shop_server(body => 'lively');

$nginx = nginx(workers => 2, http => <<"END");
    upstream lively {
        server $lively;
        shop_health_check uri=/health interval=1h fast=1s timeout=5s;
    }

    server {
        listen %%ADDR%%;
        location / { proxy_pass http://lively; }
        location = /status { shop_status json; }
    }
END

ok(wait_for_peer($nginx, 'lively', "$lively", 'up'), 'the first probe passes');

$lively->set('/hang', 'hang');
my $hangs = waiting('/hang');
my ($begun, $last, $gap) = (time, time, 0);

while (time - $begun < 3) {
    get($nginx, '/');
    $gap = time - $last if $gap < time - $last;
    $last = time;
}

SKIP: {
    # the patience with a lively server is 50 ms at least
    skip 'this machine was silent itself', 1 if $gap > 0.05;
    is(probes($lively), 1, 'a page hangs, others do not: no reason to probe');
}

ok(wait_until(20, sub { probes($lively) >= 2 }),
    'then nobody is answered any more: a probe');

$hangs->close;
done_testing;
