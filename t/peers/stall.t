# Copyright (C) ngx_shop_failover_module authors
#
# A worker that was stopped or starved has measured itself: no healthy server
# goes down for that, and a dead one still does.

use ShopTest;
use ShopTest::Status;
use ShopTest::Wait qw(now);


sub config {
    my ($parameters, @servers) = @_;
    my $servers = join "\n", map { "server $_;" } @servers;

    return <<"END";
        upstream shop {
            $servers
            shop_health_check uri=/healthz fails=1 $parameters;
        }
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://shop; }
            location /status { shop_status; }
        }
END
}


sub pause { select undef, undef, undef, $_[0] }


# ---- stopped for seconds, with probes under way; one server gives up on a
# ---- request that does not come

{
    my @shops = map { shop_server(delay => 0.1 * $_) } 1 .. 3;
    my $nginx = nginx(workers => 1,
        http => config('interval=150ms timeout=800ms', @shops));
    my ($worker) = $nginx->workers;

    ok wait_until(20, sub { 3 == grep { $_->count > 2 } @shops }), 'all probed';

    for (1 .. 5) {
        kill STOP => $worker;
        pause(1.3);
        kill CONT => $worker;
        pause(0.3 + rand 0.1);
    }

    is scalar($nginx->log->find(qr/is down/)), 0,
        'a stopped worker takes no server down';

    # 15 ms in 165: nothing is in time any more
    my $end = now() + 4;
    while (now() < $end) {
        kill STOP => $worker;
        pause(0.15);
        kill CONT => $worker;
        pause(0.015);
    }

    is scalar($nginx->log->find(qr/is down/)), 0, 'nor does a starved one';

    $shops[0]->listener('hang');
    ok wait_for_peer($nginx, 'shop', $shops[0], 'down'),
        'a server that hangs goes down once the worker runs again';

    $nginx->stop;
}


# ---- starved, and the server is dead indeed

{
    my $shop = shop_server('hang');
    my $nginx = nginx(workers => 1,
        http => config('interval=200ms timeout=1s', $shop));
    my ($worker) = $nginx->workers;

    my $down = wait_until(20, sub {
        kill STOP => $worker;
        pause(0.12);
        kill CONT => $worker;
        pause(0.3);
        scalar $nginx->log->find(qr/is down: timed out/);
    });

    ok $down, 'a busy worker does find a dead server';

    $nginx->stop;
}

done_testing;
