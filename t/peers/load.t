# Copyright (C) ngx_shop_failover_module authors
#
# The module comes with a reload, as most people load it the first time, and
# goes with one.  The running configuration has no place for a module that it
# does not know: nothing of it is read.

use ShopTest;
use ShopTest::Status;

my $shop = shop_server(body => 'the shop');

my $STOCK = <<"END";
    server {
        listen %%ADDR%%;
        location / { proxy_pass http://$shop; }
    }
END

my $OURS = <<"END";
    upstream shop {
        server $shop;
        shop_health_check interval=1s fast=100ms;
    }
    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        location / { proxy_pass http://shop; }
        location = /status { shop_status; }
    }
END

my $module = $ENV{MODULE_SO} || ShopTest::Nginx::BUILT;


# eventfds of the master: nginx itself has one where it does asynchronous I/O
sub eventfds {
    my ($nginx) = @_;
    my $dir = '/proc/' . $nginx->pid . '/fd';

    return scalar grep { (readlink $_ // '') =~ /eventfd/ } glob "$dir/*";
}


my $nginx = nginx(module => 0, http => $STOCK);

is get($nginx, '/')->{body}, 'the shop', 'nginx without the module';

my $before = eventfds($nginx);
my $with;

for my $round (1 .. 3) {
    $nginx->configure(module => $module, http => $OURS);
    ok $nginx->reload, "round $round: a reload brings the module";
    ok wait_for_peer($nginx, 'shop', $shop, 'up'), 'which probes';
    is get($nginx, '/')->{body}, 'the shop', 'and passes on';

    $with //= eventfds($nginx);
    is eventfds($nginx), $with, 'with as many descriptors as the first time';

    ok $nginx->reload, 'a reload with the module in both';
    is eventfds($nginx), $with, 'takes no more of them';
    ok wait_for_peer($nginx, 'shop', $shop, 'up'), 'and goes on';

    $nginx->configure(module => 0, http => $STOCK);
    ok $nginx->reload, 'a reload takes the module away';
    is get($nginx, '/')->{body}, 'the shop', 'and the shop stays';
    is eventfds($nginx), $before, 'nothing is left open';
}

done_testing;
