# Copyright (C) ngx_shop_failover_module authors
#
# An nginx without connections or descriptors cannot probe: its samples are
# inconclusive, no healthy server goes down for that, and then all goes on.

use ShopTest;
use ShopTest::Status;


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
            keepalive_requests 1000000;
            location / {
                proxy_set_header Connection close;      # nothing is kept
                proxy_pass http://shop;
            }
            location /status { shop_status; }
        }
END
}


# ---- visitors have taken all connections

{
    my $shop = shop_server();
    my $nginx = nginx(workers => 1, connections => 24,
        http => config('interval=100ms timeout=10s', $shop));

    # nginx itself complains
    $nginx->allow(qr/worker_connections are not enough/);

    ok wait_for_peer($nginx, 'shop', $shop, 'up'), 'a server is up';

    # half a request is a connection and nothing else; more of them come, as
    # nginx closes those whose first byte it has not read yet to make room
    my @visitors;
    my $none_left = wait_until(20, sub {
        push @visitors, map { client($nginx)->send_raw('GET / HTT') } 1 .. 10
            if @visitors < 500;
        $nginx->log->find(qr/probe of .* failed: nginx is out of conn/);
    });

    ok $none_left, 'there is no connection left for a probe';
    select undef, undef, undef, 1;
    is scalar($nginx->log->find(qr/is down/)), 0, 'which takes no server down';

    @visitors = ();

    my $count = $shop->count(uri => '/healthz');
    ok wait_until(10, sub { $shop->count(uri => '/healthz') > $count + 3 }),
        'probes go on when visitors leave';

    $shop->refuse;
    ok wait_for_peer($nginx, 'shop', $shop, 'down'), 'and count again';
}


# ---- no descriptor is left: socket() fails for probes of every type, and for
# ---- visitors

{
    my $shop = shop_server();
    my $secure = shop_server(tls => 1);
    my $config = config('interval=100ms timeout=10s', $shop) . <<"END";
        upstream secure {
            server $secure;
            shop_health_check type=https interval=100ms timeout=30s fails=1;
            shop_health_ssl_verify off;
        }
        upstream open {
            server $shop;
            shop_health_check type=tcp interval=100ms timeout=30s fails=1;
        }
END
    my $nginx = nginx(workers => 1, main => 'worker_rlimit_nofile 48;',
        http => $config);

    # of a request, with its number; a probe has none and says it once, itself
    $nginx->allow(qr/\[alert\] \S+ \*\d+ socket\(\) failed \(24:/);

    # nginx tries again half a second later, and may have begun to exit then
    $nginx->allow(qr/\[alert\] \S+ accept4\(\) failed \(9:/);

    # later there will be no other connection; after its 500 nginx closes one
    my ($visitor, $unlucky) = map { client($nginx) } 1 .. 2;

    my $all = sub {
        my ($holds) = @_;

        return wait_until(20, sub {
            my $answer = $visitor->request(GET => '/status');
            my $status = JSON::PP::decode_json($answer->{body});
            my @peers = map { @{ $_->{peers} } } @{ $status->{upstreams} };
            return !grep { !$holds->($_) } @peers;
        });
    };

    is $unlucky->request(GET => '/')->{status}, 200, 'a visitor is served';
    ok $all->(sub { $_[0]{state} eq 'up' }), 'all servers are up';

    my @others;
    my $none_left = wait_until(20, sub {
        push @others, map { client($nginx)->send_raw('GET / HTT') } 1 .. 10
            if @others < 500;
        $nginx->log->find(qr/probe of .* failed: nginx is out of descriptors/);
    });

    ok $none_left, 'there is no descriptor left for a probe';
    ok $all->(sub { $_[0]{last}{result} eq 'inconclusive' }),
        'no sample is conclusive';
    ok wait_until(20, sub {
        $unlucky->request(GET => '/')->{status} == 500;
    }), 'nor can a visitor be served';
    is scalar($nginx->log->find(qr/is down/)), 0, 'no server goes down';
    ok $all->(sub { $_[0]{state} eq 'up' && $_[0]{fails} == 0 }),
        'and none has a failure';

    @others = ();

    ok $all->(sub { $_[0]{last}{result} eq 'ok' }), 'then they are looked at';
    is $visitor->request(GET => '/')->{status}, 200, 'visitors are served';

    $_->refuse for $shop, $secure;
    ok $all->(sub { $_[0]{state} eq 'down' }), 'what is dead is found dead';
}

done_testing;
