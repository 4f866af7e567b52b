# Copyright (C) ngx_shop_failover_module authors
#
# Servers with `resolve` and `service` (nginx 1.27.3 and later): peers that
# appear and vanish at run time are probed, marked and listed like all others,
# also when they vanish while they are probed.

use ShopTest;
use ShopTest::Dns;
use ShopTest::Status;

my ($version) = `\${NGINX_BIN:-nginx} -v 2>&1` =~ m{nginx/(\d+\.\d+\.\d+)};
my $number = $version ? sprintf '%d%03d%03d', split /\./, $version : 0;

plan skip_all => 'nginx ' . ($version // '?') . ' has no "resolve"'
    if $number < 1_027_003;


# one port, as many addresses as are asked for
sub shops {
    my ($port, @hosts) = @_;

    return map {
        my $shop = ShopTest::Shop->new(sub { }, body => $_);
        @$shop{qw(host port)} = ($_, $port);
        $shop->start;
    } @hosts;
}


sub addresses {
    my ($nginx) = @_;

    return join ' ', sort map { $_->{address} =~ s/:\d+\z//r }
        peers_of($nginx, 'shop');
}


sub served {
    my ($nginx) = @_;
    my %bodies = map { get($nginx, '/')->{body} => 1 } 1 .. 8;

    return join ' ', sort keys %bodies;
}


sub config {
    my ($dns, $server, $check) = @_;

    return <<"END";
        resolver $dns valid=1s ipv6=off;
        resolver_timeout 2s;
        upstream shop {
            zone shop 256k;
            $server
            shop_health_check uri=/healthz interval=200ms timeout=30s $check;
        }
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://shop; }
            location /status { shop_status; }
        }
END
}


my $port = free_port();
my @hosts = map { "127.0.1.$_" } 1 .. 4;
my @shops = shops($port, @hosts);
my $dns = ShopTest::Dns->new->set('shop.test', @hosts[0, 1]);
my $nginx = nginx(http => config($dns, "server shop.test:$port resolve;", ''));


# ---- they appear

ok wait_until(15, sub { addresses($nginx) eq "@hosts[0, 1]" }),
    'two addresses are two peers';
ok wait_for_peer($nginx, 'shop', "$hosts[$_]:$port", 'up'), "peer $_ is up"
    for 0, 1;
is served($nginx), "@hosts[0, 1]", 'both serve';
is scalar($nginx->log->find(qr/served by nobody/)), 0,
    'before that nothing was called down';

$shops[1]->set('/healthz', status => 500);
ok wait_for_peer($nginx, 'shop', "$hosts[1]:$port", 'down'), 'one goes down';
is served($nginx), $hosts[0], 'and serves no more';

$dns->set('shop.test', @hosts[0 .. 2]);
ok wait_until(15, sub { addresses($nginx) eq "@hosts[0 .. 2]" }),
    'a third appears';
ok wait_for_peer($nginx, 'shop', "$hosts[2]:$port", 'up'), 'it is probed';
is served($nginx), "@hosts[0, 2]", 'the one that is down stays so';

my $checks = peer_of($nginx, 'shop', "$hosts[0]:$port")->{checks};
ok $nginx->reload, 'a reload';
ok wait_until(15, sub { addresses($nginx) eq "@hosts[0 .. 2]" }),
    'they are found again';
cmp_ok peer_of($nginx, 'shop', "$hosts[0]:$port")->{checks}, '>=', $checks,
    'with what was known';
is served($nginx), "@hosts[0, 2]", 'one is still down';


# ---- they vanish, while they are probed

$shops[2]->set('/healthz', 'hang');
ok wait_until(10, sub {
    my @seen = $shops[2]->requests(uri => '/healthz');
    my $n = @seen;
    select undef, undef, undef, 0.5;
    $n == (my @now = $shops[2]->requests(uri => '/healthz'));
}), 'a probe hangs';

$dns->set('shop.test', $hosts[0]);
ok wait_until(15, sub { addresses($nginx) eq $hosts[0] }), 'its peer vanishes';

my @counts = map { $_->count(uri => '/healthz') } @shops;
ok wait_until(10, sub {
    $shops[0]->count(uri => '/healthz') > $counts[0] + 4;
}), 'the one that is left is probed';
cmp_ok $shops[1]->count(uri => '/healthz'), '<=', $counts[1] + 1,
    'those that vanished are not';
is served($nginx), $hosts[0], 'it serves';

for my $round (1 .. 4) {
    $dns->set('shop.test', @hosts[$round % 2, 2 + $round % 2]);
    ok wait_until(15, sub {
        addresses($nginx) eq "@hosts[$round % 2, 2 + $round % 2]";
    }), "change $round is seen";
}

is scalar($nginx->log->find(qr/open socket|exited on signal/)), 0,
    'and all workers live';
$nginx->stop;


# ---- mandatory: a new one serves only after it passed

{
    my ($first, $second) = shops(free_port(), @hosts[0, 1]);
    my $port = $first->port;

    $second->set('/healthz', 'hang');
    $dns->set('shop.test', $hosts[0]);

    my $nginx = nginx(http => config($dns, "server shop.test:$port resolve;",
        'mandatory'));

    ok wait_for_peer($nginx, 'shop', "$hosts[0]:$port", 'up'), 'one passed';
    $dns->set('shop.test', @hosts[0, 1]);
    ok wait_until(15, sub { addresses($nginx) eq "@hosts[0, 1]" }),
        'a new one appears';
    is served($nginx), $hosts[0], 'and serves nobody yet';
    $nginx->stop;
}


# ---- service: ports come from the name server, too

{
    my @two = map { shop_server(body => $_) } 'a', 'b';

    $dns->set('_http._tcp.shop.test', map { [$_->port, 'local.test'] } @two);
    $dns->set('local.test', '127.0.0.1');

    my $nginx = nginx(http => config($dns,
        'server shop.test service=http resolve;', ''));

    ok wait_for_peer($nginx, 'shop', "127.0.0.1:$_->{port}", 'up'),
        'a server of a service is up' for @two;
    is served($nginx), 'a b', 'and serves';
    $two[0]->set('/healthz', status => 500);
    ok wait_for_peer($nginx, 'shop', "$two[0]", 'down'), 'it goes down';
    is served($nginx), 'b', 'and does not serve';
    $nginx->stop;
}


# ---- the zone is full

{
    my $port = free_port();
    my @many = map { "127.0.2.$_" } 1 .. 120;
    my $refused = ShopTest::Nginx->new(http => 'shop_zone 32k;'
        . config($dns, "server shop.test:$port resolve;", ''));
    my ($needed) = ($refused->test)[1] =~ /at least (\d+)k is needed/;

    ok $needed, 'room for some peers is asked for';
    $dns->set('shop.test', @many);

    my $nginx = nginx(http => "shop_zone ${needed}k;"
        . config($dns, "server shop.test:$port resolve;", 'fails=1'));

    ok $nginx->log->wait_for(qr/no room in .* for peer 127\.0\.2\.\d+:$port of/,
        15), 'a peer without room is named';
    ok wait_until(15, sub { 120 == peers_of($nginx, 'shop') }),
        'all are listed';
    ok wait_until(15, sub {
        10 < grep { $_->{state} eq 'down' } peers_of($nginx, 'shop');
    }), 'those with room are probed';

    my @lines = $nginx->log->find(qr/no room/);
    my %named = map { /for peer (\S+)/ ? ($1 => 1) : () } @lines;
    is scalar(@lines), scalar(keys %named), 'each is named once';

    my ($lost) = sort keys %named;
    my $shop = (shops($port, $lost =~ s/:\d+//r))[0];
    ok wait_until(20, sub { (get($nginx, '/')->{body} // '') =~ /^127/ }),
        'and stays usable';
}

done_testing;
