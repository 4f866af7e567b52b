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
my $check = 'shop_health_check uri=/health interval=500ms fast=200ms '
    . 'timeout=20s keepalive;';

# what visitors get here is told to fail: no server is put aside for it
my $patient = 'shop_outlier errors=1000;';

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
        $patient
    }
END
}

my $http = join '', map { upstream($_, $BALANCER{$_}, '1h')
                          . upstream("short_$_", $BALANCER{$_}, '1s') }
                    sort keys %BALANCER;
$http .= upstream('grows', '', '60s');

my $locations = join '', map { "location /$_ { proxy_pass http://$_; }\n" }
    (map { ($_, "short_$_") } sort keys %BALANCER), qw(panic calm backup chain grows);

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
        $patient
    }
    upstream chain {
        server $one;
        server $two;
        $check
        shop_slow_start 1h;
        $patient
        shop_failover_to spare;
    }
    upstream spare { server $spare; }
    server {
        listen %%ADDR%%;
        proxy_next_upstream error timeout http_502;

        # one that is kept and dies is a reason to ask once more
        proxy_http_version 1.0;
        proxy_set_header Connection close;
        $locations
        location = /status { shop_status json; }
    }
END

# all groups, by their names
sub groups {
    my $status = JSON::PP->new->decode(get($nginx, '/status')->{body});

    return { map { $_->{name} => $_ } @{ $status->{upstreams} } };
}

sub group { return groups()->{ $_[0] } }

# how many of so many visitors server one gets
sub share {
    my ($name, $n) = @_;

    return scalar grep { get($nginx, "/$name?k=$_")->{body} eq 'one' } 1 .. $n;
}

sub all {
    my ($states) = @_;

    return wait_until(30, sub {
        my $groups = groups();

        !grep {
            my $group = $groups->{$_};
            $states ne join ' ', map { $_->{state} } @{ $group->{peers} };
        } keys %BALANCER;
    });
}

# percent of its share that server one takes, as the status says
sub percent { return group($_[0])->{peers}[0]{share} }

# those of all balancers
sub percents {
    my ($prefix) = @_;
    my $groups = groups();

    return map { $groups->{"$prefix$_"}{peers}[0]{share} } keys %BALANCER;
}

ok(all('up up'), 'all are up');
is(scalar(grep { $_ != 100 } percents('')), 0,
    'a server that was never down has all its share');
is(group('panic')->{panic}, JSON::PP::false(), 'no panic');

$one->set('/health', status => 503);
ok(all('down up'), 'one is down');
is(share($_, 6), 0, "$_: it gets no visitor") for sort keys %BALANCER;

# ---- panic

ok(wait_until(20, sub { group('panic')->{panic} }), 'too few are left: panic');
cmp_ok(share('panic', 10), '>=', 3, 'verdicts are ignored');
is(scalar($nginx->log->find(
    qr/\[warn\].*not more than 60% of upstream "panic" is usable, verdicts of probes are ignored/)),
    1, 'the log says so, once');

ok(!group('calm')->{panic}, 'no panic while a backup group can serve');
is(share('calm', 6), 0, 'verdicts count there');

# ---- slow start

$one->set('/health', status => 200);
ok(all('up up'), 'it is back');
ok(wait_until(20, sub { !group('panic')->{panic} }), 'the panic is over');

# the last ones before its time is over leave it hidden
share("short_$_", 2) for sort keys %BALANCER;

cmp_ok(percent('rr'), '<', 50, 'the status says how much it gets: little');

my $early = 0;
$early += share($_, 6) for sort keys %BALANCER;
cmp_ok($early, '<', 12, "it gets less than its share at first ($early of 42)");

ok(wait_until(30, sub { percent('grows') >= 5 }), 'which grows');
cmp_ok(percent('grows'), '<', 100, 'little by little');
ok(wait_until(30, sub { share('grows', 1) }), 'and so it does for visitors');

ok(wait_until(30, sub { !grep { $_ != 100 } percents('short_') }),
    'the end of it');
cmp_ok(share("short_$_", 40), '>', 0, "$_: a share in the end")
    for grep { $_ ne 'ip' } sort keys %BALANCER;

# all come from one address
like(share('short_ip', 4), qr/^[04]$/, 'ip: all or none');

ok($nginx->reload, 'a reload');
is(scalar(grep { $_ >= 50 } percents('')), 0, 'does not end it');
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

# ---- nobody is asked twice for it

for my $name (sort(keys %BALANCER), 'backup') {
    my @before = map { $_->count(uri => qr{^/$name\?}) } $one, $two;

    $_->set("/$name", 'close') for $one, $two;
    is(get($nginx, "/$name?k=$_")->{status}, 502, "$name: all fail") for 1, 2;

    is(join(' ', map { $_->count(uri => qr{^/$name\?}) - shift @before }
        $one, $two), '2 2', '... and each was asked once by each');
    $one->set("/$name", body => 'one');
    $two->set("/$name", body => 'two');
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
