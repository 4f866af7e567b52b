# Copyright (C) ngx_shop_failover_module authors
#
# A probe that hangs delays no exit and no reload, and leaves no socket behind.

use ShopTest;
use ShopTest::Wait qw(now);

my $TIMEOUT = 60;


sub config {
    my ($server) = @_;

    return <<"END";
        upstream shop {
            server $server;
            shop_health_check interval=1s timeout=${TIMEOUT}s;
        }
        server {
            listen %%ADDR%%;
            location / { return 200; }
        }
END
}


sub open_sockets {
    my ($nginx) = @_;

    return $nginx->log->find(qr/open socket/);
}


for my $mode ('hang', 'full') {
    my $shop = shop_server();

    $shop->listener($mode);

    my $nginx = nginx(http => config($shop), main => 'worker_shutdown_timeout '
        . "${TIMEOUT}s;");

    # a connection that is accepted by nobody cannot be counted
    select undef, undef, undef, 1.5;

    my @old = $nginx->workers;
    ok $nginx->reload, "$mode: a reload";
    ok wait_until(10, sub { !$nginx->leaving }), 'the old workers leave at once';

    select undef, undef, undef, 1.5;
    my $began = now();
    $nginx->stop('QUIT', 20);
    cmp_ok now() - $began, '<', 10, 'so they do when nginx ends';
    is scalar(open_sockets($nginx)), 0, 'and no socket is left open';
}


# ---- a visitor keeps the old worker: it does not probe any more

{
    my $shop = shop_server(delay => 0);
    my $slow = shop_server('hang');
    my $nginx = nginx(workers => 1,
        main => 'worker_shutdown_timeout 4s;', http => <<"END");
        upstream shop {
            server $shop;
            shop_health_check uri=/healthz interval=200ms jitter=0%;
        }
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://$slow; }
        }
END

    ok wait_until(10, sub { $shop->count > 3 }), 'it probes';

    my $client = client($nginx)->send(GET => '/');
    ok wait_until(10, sub { $slow->count == 1 }), 'a visitor waits';

    ok $nginx->reload, 'a reload';
    ok scalar($nginx->leaving), 'the old worker waits for the visitor';

    my $before = $shop->count;
    my $since = now();
    ok wait_until(15, sub { !$nginx->leaving }),
        'worker_shutdown_timeout ends it';

    cmp_ok $shop->count - $before, '<=', (now() - $since) / 0.2 + 2,
        'only the new worker has probed meanwhile';
    is scalar(open_sockets($nginx)), 0, 'and no socket is left open';
}

done_testing;
