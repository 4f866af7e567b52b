#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# A failure of live traffic makes the confirming probe run at once, once for
# all workers, and is itself no verdict.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP ();
use ShopTest;
use Time::HiRes qw(time);

my ($one, $two, $calm, $own, $other) = map { shop_server(body => $_) }
    qw(one two calm own other);

my $nginx = nginx(workers => 3, http => <<"END");
    upstream shop {
        server $one;
        server $two;
        shop_health_check uri=/health interval=1h fast=200ms timeout=2s;
    }
    upstream calm {
        server $calm;
        shop_health_check uri=/health interval=1h fast=200ms timeout=2s;
        shop_observe off;
    }
    upstream marked {
        server $own;
        server $other;
        shop_health_check uri=/health interval=1h timeout=20s;
        shop_observe off;
    }
    upstream many {
        server $calm;
        shop_health_check uri=/many interval=1h fast=100ms timeout=2s;
        shop_observe errors=3 window=1m;
    }

    server {
        listen %%ADDR%%;
        proxy_next_upstream error timeout http_502 http_503;
        proxy_read_timeout 400ms;
        location / { proxy_pass http://shop; }
        location /marked { proxy_read_timeout 20s; proxy_pass http://marked; }
        location /calm { proxy_pass http://calm; }
        location /many { proxy_pass http://many; }
        location = /status { shop_status json; }
    }
END

sub peers {
    my ($group) = @_;
    my $status = JSON::PP->new->decode(get($nginx, '/status')->{body});
    my ($found) = grep { $_->{name} eq $group } @{ $status->{upstreams} };

    return join ' ', map { $_->{state} } @{ $found->{peers} };
}

sub probes { return $_[0]->count(uri => $_[1] // '/health') }

ok(wait_until(20, sub {
    peers('shop') eq 'up up' && peers('calm') eq 'up' && peers('many') eq 'up'
}), 'the first probes pass');

# ---- one failure, a probe, no verdict

my $was = probes($one) + probes($two);
$_->set('/page', 'reset') for $one, $two;
is(get($nginx, '/page')->{status}, 502, 'a page fails everywhere');
ok(wait_until(20, sub { probes($one) + probes($two) >= $was + 2 }),
    'both servers are probed, long before the interval');
is(peers('shop'), 'up up', 'and are up');

# ---- nor do many of them: the cascade

for my $how (['reset'], ['close'], ['status' => 502], ['status' => 503]) {
    $_->set('/page', @$how) for $one, $two;
    get($nginx, '/page') for 1 .. 12;
    like(get($nginx, '/other')->{body}, qr/^(?:one|two)$/,
        "a page that fails everywhere (@$how) takes nobody out") for 1 .. 4;
}

$_->set('/page', 'hang') for $one, $two;
get($nginx, '/page') for 1 .. 2;
like(get($nginx, '/other')->{body}, qr/^(?:one|two)$/,
    'nor one that hangs') for 1 .. 4;
is(peers('shop'), 'up up', 'all are up');
is(scalar($nginx->log->find(qr/temporarily disabled/)), 0,
    'none was disabled by nginx');

# ---- the probes say so: down, soon

$one->refuse;
my $began = time;
get($nginx, "/$_") for 1 .. 6;
ok(wait_until(30, sub { peers('shop') eq 'down up' }), 'a dead server is down');
$one->open;

# ---- a flood is one reason for a probe

$was = probes($two);
$_->set('/page', 'reset') for $two;
$began = time;
get($nginx, '/page') for 1 .. 60;
my $most = 2 + (time - $began) / 0.2;
cmp_ok(probes($two) - $was, '<=', $most, 'no more than one each "fast"');

# ---- switched off, or only after several

$calm->set('/calm', status => 503);
$was = probes($calm);
get($nginx, '/calm') for 1 .. 5;
is(probes($calm), $was, 'off: no probe');

$_->set('/marked/page', status => 503) for $own, $other;
is(get($nginx, '/marked/page')->{status}, 503, 'off: a page fails')
    for 1 .. 12;
like(get($nginx, '/marked')->{body}, qr/^(?:own|other)$/,
    'which is no failure of a server') for 1 .. 4;
is(scalar($nginx->log->find(qr/temporarily disabled/)), 0,
    'and none was disabled');

$own->refuse;
is(get($nginx, '/marked')->{body}, 'other', 'off: one is gone') for 1 .. 12;
ok(scalar($nginx->log->find(qr/temporarily disabled/)),
    'and max_fails is in force');

$calm->set('/many', status => 200);
$calm->set('/many/page', 'close');
$was = probes($calm, '/many');
get($nginx, '/many/page') for 1 .. 2;
is(probes($calm, '/many'), $was, 'errors=3: not after two');
get($nginx, '/many/page');
ok(wait_until(20, sub { probes($calm, '/many') == $was + 1 }), 'after three');

done_testing;
