#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# A server that came back takes its share gradually, with every balancer, but
# no visitor sees an error for that; and panic: too few usable servers, so that
# verdicts are ignored.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP ();
use ShopTest;

my ($one, $two, $spare) = map { shop_server(body => $_) } qw(one two spare);
my $check = 'shop_health_check uri=/health interval=200ms fast=100ms '
    . 'timeout=1s jitter=0%;';

my %BALANCER = (
    rr     => '',
    least  => 'least_conn;',
    ip     => 'ip_hash;',
    hash   => 'hash $arg_k;',
    chash  => 'hash $arg_k consistent;',
    random => 'random;',
    two    => 'random two;',
);

# each twice: with a slow start that outlasts what is looked at, and a short one
sub upstream {
    my ($name, $balancer, $slow) = @_;

    return <<"END";
    upstream $name {
        zone $name 128k;
        $balancer
        server $one;
        server $two;
        $check
        shop_slow_start $slow;
    }
END
}

my $http = join '', map { upstream($_, $BALANCER{$_}, '1h')
                          . upstream("short_$_", $BALANCER{$_}, '1s') }
                    sort keys %BALANCER;

my $locations = join '', map { "location /$_ { proxy_pass http://$_; }\n" }
    (map { ($_, "short_$_") } sort keys %BALANCER), qw(panic calm backup chain);

my $nginx = nginx(http => <<"END");
    $http
    upstream panic {
        server $one;
        server $two;
        $check
        shop_panic 60%;
    }
    upstream calm {
        server $one;
        server $two;
        $check
        shop_panic 60%;
        shop_failover_to spare;
    }
    upstream backup {
        server $one;
        server $two backup;
        $check
        shop_slow_start 1h;
    }
    upstream chain {
        server $one;
        server $two;
        $check
        shop_slow_start 1h;
        shop_failover_to spare;
    }
    upstream spare { server $spare; }
    server {
        listen %%ADDR%%;
        proxy_next_upstream error timeout http_502;
        $locations
        location = /status { shop_status json; }
    }
END

sub group {
    my ($name) = @_;
    my $status = JSON::PP->new->decode(get($nginx, '/status')->{body});

    return (grep { $_->{name} eq $name } @{ $status->{upstreams} })[0];
}

sub states {
    return join ' ', map { $_->{state} } @{ group($_[0])->{peers} };
}

# how many of so many visitors server one gets
sub share {
    my ($name, $n) = @_;

    return scalar grep { get($nginx, "/$name?k=$_")->{body} eq 'one' } 1 .. $n;
}

sub all {
    my ($states) = @_;

    return wait_until(30, sub {
        !grep { states($_) ne $states } keys %BALANCER;
    });
}

# percent of its share that server one takes, as the status says
sub percent { return group($_[0])->{peers}[0]{share} }

ok(all('up up'), 'all are up');
is(percent($_), 100, "$_: a server that was never down has all its share")
    for sort keys %BALANCER;
is(group('panic')->{panic}, JSON::PP::false(), 'no panic');

$one->set('/health', status => 503);
ok(all('down up'), 'one is down');
is(share($_, 6), 0, "$_: it gets no visitor") for sort keys %BALANCER;

# ---- panic

ok(wait_until(20, sub { group('panic')->{panic} }), 'too few are left: panic');
cmp_ok(share('panic', 10), '>=', 3, 'verdicts are ignored');
is(scalar($nginx->log->find(
    qr/\[warn\].*less than 60% of upstream "panic" is usable, verdicts of probes are ignored/)),
    1, 'the log says so, once');

ok(!group('calm')->{panic}, 'no panic while a backup group can serve');
is(share('calm', 6), 0, 'verdicts count there');

# ---- slow start

$one->set('/health', status => 200);
ok(all('up up'), 'it is back');
ok(wait_until(20, sub { !group('panic')->{panic} }), 'the panic is over');

cmp_ok(percent('rr'), '<', 50, 'the status says how much it gets: little');

my $early = 0;
$early += share($_, 6) for sort keys %BALANCER;
cmp_ok($early, '<', 12, "it gets less than its share at first ($early of 42)");

ok($nginx->reload, 'a reload');
cmp_ok(percent($_), '<', 50, "$_: does not end it") for sort keys %BALANCER;
$early = 0;
$early += share($_, 6) for sort keys %BALANCER;
cmp_ok($early, '<', 12, "nor for visitors ($early of 42)");

# ---- who is hidden is there for visitors that the others fail

my %FAILS = (reset => ['reset'], close => ['close'],
             status => [status => 502, body => 'bad']);

for my $name (sort(keys %BALANCER), 'backup', 'chain') {
    my $before = $two->count(uri => qr{^/$name\?});

    for my $how (sort keys %FAILS) {
        $two->set("/$name", @{ $FAILS{$how} });
        is(share($name, 4), 4, "$name, the other one fails ($how): it serves");
    }

    my $asked = $two->count(uri => qr{^/$name\?}) - $before;
    cmp_ok($asked, '>', 0, "$name: the other one was asked");
    cmp_ok($asked, '<=', 4 * keys %FAILS, "$name: once by each");
    $two->set("/$name", body => 'two');
}

is($spare->count, 0, 'no backup group was needed');

for (sort keys %BALANCER) {
    my $name = "short_$_";

    ok(wait_until(30, sub { percent($name) == 100 }), "$_: the end of it");
    cmp_ok(share($name, 40), '>', 2, "$_: a share in the end");
}

# ---- nobody else is there: no holding back

$one->set('/health', status => 503);
$two->set('/health', status => 503);
ok(all('down down'), 'both are down');
$one->set('/health', status => 200);
ok(all('up down'), 'one is back, alone');
is(share($_, 4), 4, "$_: it gets all visitors at once")
    for sort keys %BALANCER;

done_testing;
