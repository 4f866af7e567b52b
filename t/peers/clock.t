#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Each worker has the time of its last look at the clock, which is late where
# it is busy.  What another one has just noted is not long ago for it: no hold
# ends at once, and no server is forgotten.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Dir;
use ShopTest::Dns;
use ShopTest::Status;

plan(skip_all => 'sanitizers want to be loaded before any other library')
    if $ENV{SANITIZED};

# two seconds late in worker number 1, so that it is seen in any case
my $lib = ShopTest::Dir->new('lib');
my $late = $lib->library('late', <<'END');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

int
clock_gettime(clockid_t id, struct timespec *ts)
{
    int                    rc;
    static unsigned long  *process, *worker;
    static int           (*next)(clockid_t id, struct timespec *ts);

    if (next == NULL) {
        *(void **) &next = dlsym(RTLD_NEXT, "clock_gettime");
        process = dlsym(RTLD_DEFAULT, "ngx_process");
        worker = dlsym(RTLD_DEFAULT, "ngx_worker");
    }

    rc = next(id, ts);

    /* NGX_PROCESS_WORKER */

    if ((id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE)
        && process && *process == 3 && worker && *worker == 1)
    {
        ts->tv_sec -= 2;
    }

    return rc;
}
END


sub late_nginx {
    local $ENV{LD_PRELOAD} = $late;
    return nginx(@_);
}


# never() is what takes several turns of the late worker to be wrong
sub never { my ($sub) = @_; return !wait_until(4, $sub) }


# ---- holds

my ($shop, $spare) = map { shop_server(body => $_) } qw(shop spare);
my $check = 'shop_health_check interval=200ms fast=100ms';

my $nginx = late_nginx(http => <<"END");
    upstream shop {
        server $shop;
        $check;
        shop_failover_to spare hold=1h;
    }
    upstream spare { server $spare; $check; }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        shop_reopen hold=1h;
        location / { proxy_pass http://shop; }
        location = /status { shop_status; }
    }
END

sub group {
    my ($name) = @_;
    return (grep { $_->{name} eq $name } @{ status($nginx)->{upstreams} })[0];
}

sub site { return status($nginx)->{site}{state} // '' }

ok wait_for_peer($nginx, 'shop', $shop, 'up'), 'the shop is up';

$shop->refuse;
ok wait_until(20, sub { group('shop')->{served_by} eq 'spare' }),
    'the backup group serves';
$shop->open;
ok wait_for_peer($nginx, 'shop', $shop, 'up'), 'the shop is up again';
ok never(sub { group('shop')->{served_by} ne 'spare' }),
    'and held back all the same';

$nginx->file('flag', '');
ok wait_until(10, sub { site() eq 'maintenance' }), 'closed';
unlink $nginx->dir . '/flag';
ok wait_until(10, sub { site() ne 'maintenance' }), 'opened';
is site(), 'reopening', 'it reopens';
ok never(sub { site() ne 'reopening' }), 'until the hold is over';


# ---- what is known of servers that were found at run time

my ($version) = `\${NGINX_BIN:-nginx} -v 2>&1` =~ m{nginx/(\d+\.\d+\.\d+)};

SKIP: {
    skip "nginx $version has no \"resolve\"", 4
        if sprintf('%d%03d%03d', split /\./, $version) < 1_027_003;

    my $dns = ShopTest::Dns->new->set('shop.test', '127.0.0.1');
    my $key = 'k' x 32;

    chmod 0600, $lib->write('key', "$key\n");

    $nginx = late_nginx(http => <<"END");
        resolver $dns valid=60s ipv6=off;
        upstream shop {
            zone shop 256k;
            server shop.test:@{[ $shop->port ]} resolve;
            shop_health_check interval=1h;
        }
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://shop; }
            location /status { shop_status; }
            location /control { shop_control $lib/key; }
        }
END

    ok wait_for_peer($nginx, 'shop', $shop, 'up'), 'a server is found';

    post($nginx, '/control', body => "action=drain&upstream=shop&peer=$shop",
        headers => [Authorization => "Bearer $key"]);
    ok wait_for_peer($nginx, 'shop', $shop, 'draining'), 'and drained';

    ok $nginx->reload, 'a reload';
    ok never(sub {
        (peer_of($nginx, 'shop', $shop)->{state} // '') =~ /up|checking/;
    }), 'is no end of the order';
}

done_testing;
