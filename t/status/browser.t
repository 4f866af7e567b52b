#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The operator's screen in a real browser: accessible, in 80 columns and on a
# phone, in light and dark, fresh where there is JavaScript.

BEGIN { $ENV{TEST_TIMEOUT} ||= 400 }

use FindBin;
use lib "$FindBin::Bin/../lib";
use ShopTest::Browser qw(browser_script);
use ShopTest;
use ShopTest::Status;

use File::Path qw(make_path);

my @browser = browser_script('status.js');
my $shots = ($ENV{BUILD} || 'build') . '/screens';
make_path($shots);

my @shops = map { shop_server(body => "shop $_") } 0 .. 2;

my $nginx = nginx(http => <<"END");
    upstream shop {
        server $shops[0];
        server $shops[1] backup;
        shop_health_check interval=300ms fast=100ms;
    }

    upstream a-search-engine-with-a-rather-long-name.example.com {
        server $shops[2];
        shop_health_check interval=300ms fast=100ms;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;

        location / { proxy_pass http://shop; }
        location /checkout { proxy_pass http://shop; shop_class checkout; }
        location /status { shop_status; }
    }
END

$shops[0]->refuse;
$shops[1]->set('/', status => 500);
ok wait_for_peer($nginx, 'shop', $_, 'down'), 'a server is down'
    for @shops[0, 1];

# its lines become ours, so that the plan is one
open my $tap, '-|', @browser, 'http://' . $nginx->address . '/status',
    $nginx->dir . '/flag', $shots or die "node: $!\n";

my $done;

while (my $line = <$tap>) {
    if ($line =~ /^(not )?ok \d+ - (.*)/) {
        ok(!$1, $2);

    } elsif ($line =~ /^1\.\.\d/) {
        $done = 1;

    } else {
        diag($line);
    }
}

close $tap;
ok($done, 'the browser came to its end');

done_testing;
