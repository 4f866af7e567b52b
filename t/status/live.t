#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# shop_live: what stands in front learns whether this nginx has something true
# to show. And shop_failover_to below=: a backup group takes over before the
# last server is gone.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Status;

config_fails('shop_live', qr/invalid value "hard" in "shop_live", expected "strict"/,
    http => 'server { listen %%ADDR%%; location = /live { shop_live hard; } }');
config_fails('below', qr/invalid value "0%" of parameter "below".*expected/,
    http => 'upstream a { server 127.0.0.1:1; shop_failover_to b below=0%; }'
        . 'upstream b { server 127.0.0.1:1; }');
config_fails('below without probes', qr/"below= of shop_failover_to" of upstream "a" in .* needs a "shop_health_check"/,
    http => 'upstream a { server 127.0.0.1:1; shop_failover_to b below=50%; }'
        . 'upstream b { server 127.0.0.1:1; }');

my ($one, $two, $three, $spare) = map { shop_server(body => $_) }
    qw(one two three spare);

my $nginx = nginx(http => <<"END");
    upstream shop {
        server $one;
        server $two;
        server $three;
        shop_health_check uri=/health interval=200ms fast=100ms fails=1 passes=1;
        shop_outlier errors=1000;
        shop_failover_to spare below=50% hold=0;
    }

    upstream spare {
        server $spare;
        shop_health_check uri=/health interval=200ms fast=100ms fails=1 passes=1;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        location / {
            proxy_next_upstream error timeout non_idempotent;
            proxy_pass http://shop;
        }
        location = /live { shop_live; }
        location = /ready { shop_live strict; }
        location = /status { shop_status json; }
    }
END

sub served_by { return join ' ', sort keys %{ { map { get($nginx, '/')->{body} => 1 } 1 .. 6 } } }
sub answers { return join ' ', map { get($nginx, $_)->{status} } qw(/live /ready) }

ok(wait_for_peer($nginx, 'shop', $_, 'up'), 'a server is up') for $one, $two, $three;
ok(wait_for_peer($nginx, 'spare', $spare, 'up'), 'the spare one, too');

cmp_ok($nginx->log->find(qr/\[warn\].*"non_idempotent" in "proxy_next_upstream".*location "\/".*upstream "shop"/),
    '>=', 1, 'non_idempotent with a health check is a warning');

is(answers(), '200 200', 'live, and ready');
is(get($nginx, '/live')->{body}, "open\n", 'the body is the state');

$one->refuse;
ok(wait_for_peer($nginx, 'shop', $one, 'down'), 'one of three is down');
is(served_by(), 'three two', 'two of three are not below 50%');

$two->refuse;
ok(wait_until(20, sub { served_by() eq 'spare' }),
    'one of three is: the backup group takes over');
is(answers(), '200 200', 'which is no reason to look elsewhere');

$spare->refuse;
ok(wait_until(20, sub { served_by() eq 'three' }),
    'it is gone: what is left of the group serves');

$three->refuse;
ok(wait_until(20, sub { answers() eq '200 503' }),
    'nobody serves: live, as there is a page, and not ready');

$_->open for $one, $two, $three, $spare;
ok(wait_until(20, sub { answers() eq '200 200' && served_by() ne 'spare' }),
    'all are back');

replace_file($nginx->dir . '/flag', '');
ok(wait_until(20, sub { get($nginx, '/')->{status} == 503 }), 'the flag closes');
is(answers(), '200 200', 'it is live, and ready: the page is true');

done_testing;
