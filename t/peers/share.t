# Copyright (C) ngx_shop_failover_module authors
#
# Who probes: one worker a peer and interval, another one when that is dead or
# stuck, and never the result of one that lost its turn.

use ShopTest;
use ShopTest::Status;
use ShopTest::Wait qw(now);


sub config {
    my ($parameters, @servers) = @_;
    my $servers = join "\n", map { "server $_;" } @servers;

    return <<"END";
        upstream shop {
            $servers
            shop_health_check uri=/healthz $parameters;
        }
        server {
            listen %%ADDR%%;
            location /status { shop_status; }
        }
END
}


# pids of the workers whose probes of a server failed, from the log
sub probers {
    my ($nginx, $server) = @_;
    my %pids = map { /(\d+)#/ ? ($1 => 1) : () }
        $nginx->log->find(qr/probe of \Q$server\E in .* failed/);

    return keys %pids;
}


# ---- one probe a peer and interval, over all workers

for my $workers (2, 4) {
    my @shops = map { shop_server(status => 500) } 1 .. 4;
    my $nginx = nginx(workers => $workers, http => config(
        'interval=400ms fast=400ms jitter=0% timeout=2s', @shops));

    ok wait_until(20, sub { $shops[3]->count(uri => '/healthz') >= 8 }),
        "$workers workers probe";

    for my $n (0 .. $#shops) {
        my @times = map { $_->{time} } $shops[$n]->requests(uri => '/healthz');
        my $most = ($times[-1] - $times[0]) / 0.4 + 2;

        cmp_ok scalar @times, '<=', $most, "server $n: one probe an interval";
        is scalar(probers($nginx, $shops[$n])), 1, "server $n: by one worker";
    }

    my %all = map { $_ => 1 } map { probers($nginx, $_) } @shops;
    is scalar(keys %all), $workers, "all $workers workers have their share";

    $nginx->stop;
}


# ---- nor more of them for reloads

{
    my @shops = map { shop_server() } 1 .. 3;
    my $nginx = nginx(http => config('interval=3s jitter=0% timeout=20s',
        @shops));

    ok wait_until(20, sub { 3 == grep { $_->count } @shops }), 'all are probed';
    my $began = now();
    $nginx->reload or fail 'a reload' for 1 .. 12;
    my @counts = map { $_->count } @shops;

    # one that is under way when its worker leaves is made again
    my $most = 3 * ((now() - $began) / 3 + 2) + 3;
    my $all = $counts[0] + $counts[1] + $counts[2];
    cmp_ok $all, '<=', $most, 'a reload is no reason for a probe';

    ok wait_until(20, sub { !grep { $shops[$_]->count < $counts[$_] + 2 }
        0 .. 2 }), 'and they go on';
    $nginx->stop;
}


# ---- a worker that is killed while its probe hangs

{
    my $shop = shop_server('hang');
    my $nginx = nginx(http => config('interval=30s timeout=30s', $shop));

    ok wait_until(10, sub { $shop->count == 1 }), 'a probe hangs';

    my ($worker) = $nginx->workers;
    ok $nginx->kill_worker($worker), 'its worker is killed';
    ok wait_until(10, sub { $shop->count == 2 }),
        'the next one probes at once';

    $nginx->stop;
}


# ---- a worker that is stopped

{
    my @shops = map { shop_server() } 1 .. 4;
    my $nginx = nginx(http => config('interval=300ms timeout=2s', @shops));
    my ($worker) = $nginx->workers;

    ok wait_until(10, sub { 4 == grep { $_->count > 2 } @shops }), 'all probed';

    kill STOP => $worker;
    my @counts = map { $_->count } @shops;

    ok wait_until(10, sub {
        !grep { $shops[$_]->count < $counts[$_] + 4 } 0 .. 3;
    }), 'the other worker takes over all of them';

    kill CONT => $worker;
    is scalar($nginx->log->find(qr/is down/)), 0, 'none went down for it';

    $nginx->stop;
}


# ---- a worker that is stopped while its probe is under way: its result is
# ---- known only after another worker has found another one

{
    my $shop = shop_server(status => 500, delay => 1);
    my $nginx = nginx(http => config('interval=500ms timeout=60s fails=1',
        $shop));

    ok wait_until(10, sub { $shop->count == 1 }), 'a probe is under way';

    my ($worker) = $nginx->workers;
    kill STOP => $worker;
    $shop->set('*', 'ok');

    ok wait_for_peer($nginx, 'shop', $shop, 'up'),
        'the other worker probes, long before the timeout, and passes';

    my $count = $shop->count;
    kill CONT => $worker;

    ok wait_until(10, sub { $shop->count > $count + 3 }), 'probes go on';
    is peer_of($nginx, 'shop', $shop)->{fails}, 0, 'the late result is not one';
    is scalar($nginx->log->find(qr/is down|probe of/)), 0, 'nor is it told';

    $nginx->stop;
}

done_testing;
