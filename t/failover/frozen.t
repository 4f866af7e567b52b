#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# A server is frozen, found dead and thaws: who may move has moved, in every
# worker; all others were left alone and get their answer.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Status;

use constant WORKERS => 3;

my ($ice, $warm, $well, $full) = map { shop_server(body => $_) }
    qw(ice warm well full);

my $check = 'shop_health_check uri=/health interval=400ms fast=200ms '
    . 'timeout=400ms jitter=0%;';

my @GROUPS = qw(shop alone panic);

# no limit of nginx's own is near
my $nginx = nginx(workers => WORKERS, connections => 1024, http => <<"END");
    upstream shop { server $ice; $check shop_failover_to warm; }
    upstream warm { server $warm; }
    upstream alone { server $ice; $check }
    upstream panic { server $ice; server $warm backup; $check shop_panic 60%; }
    upstream well { server $well; server $warm backup; $check }
    upstream full { server $full; $check shop_failover_to warm; }

    # found out late, and by nobody but probes
    upstream late {
        server $ice; server $warm backup;
        shop_health_check uri=/health interval=3s timeout=1s fails=1;
        shop_observe off;
    }

    server {
        listen %%ADDR%%;
        keepalive_timeout 300s;
        proxy_connect_timeout 60s;
        proxy_read_timeout 60s;

        location /shop { proxy_pass http://shop; }
        location /off { proxy_next_upstream off; proxy_pass http://shop; }
        location /status-only {
            proxy_next_upstream http_502; proxy_pass http://shop;
        }
        location /one-try {
            proxy_next_upstream_tries 1; proxy_pass http://shop;
        }
        location /too-late {
            proxy_next_upstream_timeout 1ms; proxy_pass http://shop;
        }
        location /unbuffered {
            proxy_request_buffering off; proxy_pass http://shop;
        }
        location /alone { proxy_pass http://alone; }
        location /panic { proxy_pass http://panic; }
        location /well { proxy_pass http://well; }
        location /full { proxy_pass http://full; }
        location /late { proxy_pass http://late; }
        location = /pid { return 200 \$pid; }
        location = /status { shop_status; }
    }
END

my %SHOP = (shop => $ice, alone => $ice, panic => $ice, well => $well,
            full => $full, late => $ice);

# connections by the worker that has accepted them: at least so many of each
my %kept;

sub connected {
    my ($enough) = @_;

    for (1 .. 2000) {
        my $client = client($nginx, seconds => 90);
        my $pid = $client->request(GET => '/pid')->{body};

        push @{ $kept{$pid} }, $client;
        last if WORKERS == grep { @$_ >= $enough } values %kept;
    }

    return WORKERS == grep { @$_ >= $enough } values %kept;
}

sub known {
    my ($state, @groups) = @_;

    return wait_until(40, sub {
        !grep {
            (peer_of($nginx, $_, $SHOP{$_})->{state} // '') ne $state
        } @groups;
    });
}

ok(known('up', sort keys %SHOP), 'all are up');
ok(connected(2), 'visitors of every worker');

my ($pid) = sort { @{ $kept{$b} } <=> @{ $kept{$a} } } keys %kept;
my @moving = map { $kept{$_}[0] } sort keys %kept;

# all of one worker, so that a request which is moved shows that it was looked
# at
sub visitor {
    while (@{ $kept{$pid} } < 2) {
        connected(@{ $kept{$pid} } + 1);
    }
    return pop @{ $kept{$pid} };
}

# ---- a server is frozen, another one accepts nobody

$well->set('/well', body => 'well', delay => 4);
$well->set('/health', body => 'well');
my $untouched = visitor()->send(GET => '/well');
ok(wait_until(20, sub { $well->count(uri => '/well') }),
    'a visitor waits for a server that is well');

$full->listener('full');
kill 'STOP', -$ice->pid;

my @staying = (
    (map { [$_, visitor()->send(GET => $_)] }
        qw(/off /status-only /one-try /too-late /alone /panic)),
    ['POST /shop', visitor()->send(POST => '/shop', body => 'order')],
    ['/unbuffered', visitor()->send_raw("PUT /unbuffered HTTP/1.1\r\n"
        . "Host: shop\r\nContent-Length: 10\r\n\r\nfirst", 'PUT')],
);
my $unsent = visitor()->send(POST => '/full', body => 'order');

# the head goes on to the server before this is here
is(get($nginx, '/pid')->{status}, 200, 'nginx goes on');
$staying[-1][1]->send_raw('other');

$_->send(GET => '/shop') for @moving;
is($_->answer->{body}, 'warm', 'a visitor moves on, in every worker')
    for @moving;
is(scalar(keys %{ { map { /(\d+)#/ ? ($1 => 1) : () } $nginx->log->find(
    qr/requests that waited for a dead peer of upstream "shop"/) } }),
    WORKERS, 'each says so');

is($unsent->answer->{body}, 'warm', 'a POST that nobody has seen does, too');
is($warm->count(method => 'POST'), 1, 'and gets to one server');
is($untouched->answer->{body}, 'well', 'who waits for another server does not');
is($warm->count(uri => '/well'), 0, 'and asks nobody else');

# ---- it thaws

ok(known('down', @GROUPS), 'it is down for all');
ok(wait_until(20, sub {
    scalar $nginx->log->find(qr/not more than 60% of upstream "panic" is usable/)
}), 'too few are left in one');
get($nginx, '/status') for 1 .. 10;

kill 'CONT', -$ice->pid;

for my $stays (@staying) {
    my ($name, $visitor) = @$stays;
    my $answer = $visitor->answer;

    is("$answer->{status} $answer->{body}", '200 ice',
        "$name: waited, and is answered");
}

is($ice->count(method => 'POST'), 1, 'the POST was carried out, once');
is($warm->count(method => 'POST', uri => '/shop'), 0, 'and by nobody else');

# ---- a worker that is about to leave moves its visitors on as well

ok(known('up', 'late'), 'the server is back');
kill 'STOP', -$ice->pid;
my @leaving = map { client($nginx, seconds => 60)->send(GET => '/late') }
    1 .. 4;
ok($nginx->reload, 'a reload');
is($_->answer->{body}, 'warm', 'who came before it moves on') for @leaving;
kill 'CONT', -$ice->pid;

done_testing;
