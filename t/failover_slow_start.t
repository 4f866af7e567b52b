#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# A server that came back takes its share gradually, with every balancer, and
# panic: too few usable servers, so that verdicts are ignored.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP ();
use ShopTest;

use constant SLOW => 6;

my ($one, $two) = map { shop_server(body => $_) } qw(one two);
my $check = 'shop_health_check uri=/health interval=200ms fast=100ms '
    . 'timeout=1s jitter=0%;';

my %BALANCER = (
    rr     => '',
    least  => 'least_conn;',
    hash   => 'hash $arg_k;',
    chash  => 'hash $arg_k consistent;',
    random => 'random;',
    two    => 'random two;',
);

my $http = join '', map { <<"END" } sort keys %BALANCER;
    upstream $_ {
        zone $_ 128k;
        $BALANCER{$_}
        server $one;
        server $two;
        $check
        shop_slow_start ${\SLOW}s;
    }
END

my $locations = join '', map { <<"END" } (sort keys %BALANCER), 'panic';
    location /$_ { proxy_pass http://$_; }
END

my $nginx = nginx(http => <<"END");
    $http
    upstream panic {
        server $one;
        server $two;
        $check
        shop_panic 60%;
    }
    server {
        listen %%ADDR%%;
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

ok(all('up up'), 'all are up');
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

# ---- slow start

$one->set('/health', status => 200);
ok(all('up up'), 'it is back');
ok(wait_until(20, sub { !group('panic')->{panic} }), 'the panic is over');

my $early = 0;
$early += share($_, 6) for sort keys %BALANCER;
cmp_ok($early, '<', 12, "it gets less than its share at first ($early of 36)");

ok(wait_until(40, sub { share('rr', 6) == 3 && share('rr', 6) == 3 }),
    'round robin: its whole share in the end');
cmp_ok(share($_, 24), '>', 2, "$_: a share in the end") for sort keys %BALANCER;

# ---- nobody else is there: no holding back

$one->set('/health', status => 503);
$two->set('/health', status => 503);
ok(all('down down'), 'both are down');
$one->set('/health', status => 200);
ok(all('up down'), 'one is back, alone');
is(share($_, 4), 4, "$_: it gets all visitors at once")
    for sort keys %BALANCER;

done_testing;
