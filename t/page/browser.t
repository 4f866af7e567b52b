#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The visitor's page in a real browser, as the module serves it: the headers
# let it work and nothing else, it waits, and it returns the visitor.

BEGIN { $ENV{TEST_TIMEOUT} ||= 400 }

use FindBin;
use lib "$FindBin::Bin/../lib";
use ShopTest::Browser qw(browser_script);
use ShopTest;

my @browser = browser_script('live.js');
my $page = '<!DOCTYPE html><html lang="en"><title>Shop</title>'
           . '<link rel="icon" href="data:,"><h1>Lamps</h1>'
           . '<form method="post"><button>Buy</button></form>';
my $html = ['Content-Type' => 'text/html; charset=utf-8'];

my $shop = shop_server(body => $page, headers => $html);
my $broken = shop_server('close');
my $gone = free_port();

my $nginx = nginx(http => <<"END");
    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        shop_reopen hold=1s;
        shop_page_var name "M\303\274ller & Sons";
        shop_page_var basket /cart;

        location / { proxy_pass http://$shop; }

        location = /checkout {
            if (\$request_method = POST) { rewrite ^ /pay last; }
            proxy_pass http://$shop;
        }

        location = /pay { internal; proxy_pass http://$broken; }

        location = /order {
            if (\$request_method = POST) { rewrite ^ /dead last; }
            proxy_pass http://$shop;
        }

        location = /dead {
            internal;
            proxy_pass http://127.0.0.1:$gone;
        }
    }
END

# its lines become ours, so that the plan is one
open my $tap, '-|', @browser, 'http://' . $nginx->address, $nginx->dir . '/flag'
    or die "node: $!\n";

my $done;

while (my $line = <$tap>) {
    if ($line =~ /^(not )?ok \d+ - (.*)/) {
        ok(!$1, $2);

    } elsif ($line =~ /^# (.*)/) {
        diag($1);

    } elsif ($line =~ /^1\.\.\d/) {
        $done = 1;

    } else {
        diag($line);
    }
}

close $tap;
ok($done, 'the browser came to its end');

done_testing;
