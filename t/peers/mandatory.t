# Copyright (C) ngx_shop_failover_module authors
#
# `mandatory`: a new server gets no visitor before it has passed; one that was
# known before a reload keeps its verdict.

use ShopTest;
use ShopTest::Status;

my ($old, $new) = map { shop_server(body => $_) } qw(old new);
my $CHECK = 'shop_health_check uri=/healthz interval=60s fast=100ms '
    . 'timeout=30s passes=2';


sub config {
    my ($check, @servers) = @_;
    my $servers = join "\n", map { "server $_;" } @servers;

    return <<"END";
        upstream shop { $servers $check; }
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://shop; }
            location /status { shop_status; }
        }
END
}


# who answers; each worker has a turn of its own
sub served {
    my ($nginx) = @_;
    my %bodies = map { get($nginx, '/')->{body} => 1 } 1 .. 6;

    return join ' ', sort keys %bodies;
}

$old->set('/healthz', 'hang');
my $nginx = nginx(http => config("$CHECK mandatory", $old));

ok wait_until(10, sub { $old->count(uri => '/healthz') }), 'a probe is made';
is get($nginx, '/')->{status}, 502, 'a server that has not passed gets none';

$old->set('/healthz', 'ok');
$nginx->kill_worker($_) for $nginx->workers;
ok wait_for_peer($nginx, 'shop', $old, 'up'), 'it passes';
is served($nginx), 'old', 'and serves';
is $old->count(uri => '/healthz'), 3, 'after two passes, not one';

$new->set('/healthz', 'hang');
$nginx->configure(http => config("$CHECK mandatory", $new, $old));
ok $nginx->reload, 'a new server is added';
is served($nginx), 'old', 'the known one serves at once, the new not';

$new->set('/healthz', 'ok');
$nginx->kill_worker($_) for $nginx->workers;
ok wait_for_peer($nginx, 'shop', $new, 'up'), 'it passes';
is served($nginx), 'new old', 'and serves';

$old->set('/healthz', 'hang');
ok $nginx->reload, 'a reload';
is served($nginx), 'new old', 'changes nothing for both';


# ---- without it

my $plain = nginx(http => config($CHECK, $old));

is get($plain, '/')->{body}, 'old', 'without it a new server serves at once';

done_testing;
