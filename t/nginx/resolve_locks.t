# Copyright (C) ngx_shop_failover_module authors
#
# Each list of peers of an upstream, the backups', too, has a lock of its own,
# under which the resolver frees peers: nothing of a peer that is resolved at
# run time is read by us without it.  With a build in which every read of our
# files is looked at (t/tools/steps), and one worker: a lock that is held is
# held by it.

use ShopTest;
use ShopTest::Dns;
use ShopTest::Status;
use ShopTest::Steps;

my ($version) = `@{[ShopTest::Nginx::binary()]} -v 2>&1` =~ m{nginx/([\d.]+)};
my $number = sprintf '%d%03d%03d', split /\./, $version // '0.0.0';

plan skip_all => "nginx $version resolves no servers at run time"
    if $number < 1_027_003;

my $steps = ShopTest::Steps->new
    or plan skip_all => 'no build with steps, `make test` makes one';

my $port = free_port();
my $dns = ShopTest::Dns->new->set('one.test', '127.0.1.1')
    ->set('two.test', '127.0.1.2');

my $nginx = $steps->around(sub {
    return nginx(module => $steps->module, workers => 1, http => <<"END");
        resolver $dns valid=1s ipv6=off;
        upstream shop {
            zone shop 128k;
            server one.test:$port resolve;
            server two.test:$port backup resolve;
            shop_health_check interval=200ms fast=100ms;
        }
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://shop; }
            location /status { shop_status; }
        }
END
});

ok wait_until(20, sub { peers_of($nginx, 'shop') == 2 }), 'two peers';

$steps->locks;

# both lists change, and are read anew
$dns->set('one.test', '127.0.2.1')->set('two.test', '127.0.2.2');

ok wait_until(30, sub {
    get($nginx, '/');
    my @peers = sort map { $_->{address} } peers_of($nginx, 'shop');
    "@peers" eq "127.0.2.1:$port 127.0.2.2:$port";
}), 'two others in their place';

my ($read, $backups, $unlocked) = $steps->reads;

cmp_ok $backups, '>', 0, 'backups were read';
cmp_ok $read, '>', $backups, 'and those before them';
is $unlocked, 0, 'none without the lock of its list'
    or diag 'the last one at ', $steps->last_unlocked;

done_testing;
