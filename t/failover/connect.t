#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# A host that is gone: connections to it are given up within reason, and go to
# the next server whatever they ask for, as nothing was sent. On kept ones the
# kernel tells the host from the process. And kept connections that had died
# take no more than one try.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Crowd qw(crowd);
use ShopTest::Slots;
use ShopTest::Status;
use ShopTest::Wait qw(patience);

# what is written are upper bounds, and no part of this test waits for them
my $check = 'shop_health_check uri=/healthz interval=1s fast=40s timeout=60s;';

sub shop {
    my ($workers, $more, @servers) = @_;
    my $nginx = nginx(workers => $workers, http => <<"END");
    upstream shop {
        server $servers[0];
        server $servers[1];
        $more
        $check
    }

    server {
        listen %%ADDR%%;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://shop;
        }
        location = /status { shop_status json; }
    }
END

    ok(wait_for_peer($nginx, 'shop', $_, 'up'), 'a server is up') for @servers;
    ok(wait_until(20, sub {
        2 == grep { $_->{checks} >= 3 } peers_of($nginx, 'shop');
    }), 'probes have a history');

    return $nginx;
}

# visitors, until the first server has vanished and is known to be silent
sub visit {
    my ($nginx, $one, %options) = @_;
    my ($begun, $gone, $after, $silent) = (time, 0, 0);

    my @done = crowd($nginx, visitors => 60, rate => 40, ask => sub {
        my ($n) = @_;
        return ($gone && $n % 3 == 0 && $options{posts} ? 'POST' : 'GET',
            "/page/$n");
    }, each => sub {
        if (!$gone && time - $begun >= 3) {
            $one->vanish;
            $gone = 1;
        }

        if ($gone) {
            my $peer = peer_of($nginx, 'shop', $one);

            $silent //= $peer->{silent} if $peer->{state} eq 'suspect';
            $after++;
        }
    }, until => sub {
        return time - $begun > patience(30) || $after > 60;
    }, patience => patience(20), longest => patience(40));

    return ($silent, @done);
}

# ---- fresh connections

my ($one, $two) = map { ShopTest::Slots->new(slots => 4, kept => 0) } 1, 2;
my $nginx = shop(2, '', $one, $two);
my ($silent, @done) = visit($nginx, $one, posts => 1);

is((grep { $_->{status} != 200 } @done), 0,
    'the host is gone: everybody is answered, POSTs, too')
    or diag(join ' ', map { "$_->{method} $_->{status}" } @done);
cmp_ok((grep { $_->{method} eq 'POST' } @done), '>', 5, '... and there were');

$one->appear;
ok(wait_for_peer($nginx, 'shop', $one, 'up'), 'it is back');
is($nginx->log->find(qr/ is down: | is put aside /), 0, 'it was never down');

$nginx->stop;
$_->stop for $one, $two;

# ---- kept ones: the host does not acknowledge

($one, $two) = map { ShopTest::Slots->new(slots => 30, kept => 1) } 1, 2;
$nginx = shop(1, 'keepalive 8;', $one, $two);
($silent, @done) = visit($nginx, $one);

is((grep { $_->{status} != 200 } @done), 0, 'kept connections: all are answered')
    or diag(join ' ', map { "$_->{method} $_->{status}" } @done);
is($silent, 'host', 'the kernel says that the host is silent');
ok($nginx->log->find(qr/is suspect: .*, its host does not answer/),
    'so does the log');

$nginx->stop;
$_->stop for $one, $two;

# ---- kept connections that died, of both

($one, $two) = map { ShopTest::Slots->new(slots => 6, kept => 'once') } 1, 2;
$nginx = nginx(http => <<"END");
    upstream shop {
        server $one;
        server $two;
        keepalive 8;
        shop_health_check uri=/healthz interval=1h;
        shop_outlier errors=1000;
    }

    server {
        listen %%ADDR%%;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://shop;
        }
    }
END

# each of them keeps a connection that ends when it is used again
is(join(' ', map { get($nginx, '/')->{status} } 1 .. 8), join(' ', (200) x 8),
    'a request that meets those of both servers gets a fresh one');
cmp_ok($nginx->log->find(qr/upstream prematurely closed connection/), '>=', 2,
    '... and some did');

$nginx->stop;
$_->stop for $one, $two;
done_testing;
