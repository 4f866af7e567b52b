#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Event methods that are not epoll: poll and select tell of a socket until it
# is served, workers cannot wake each other, and all of it works, without a
# worker that turns in circles.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Status;
use Time::HiRes qw(sleep);

my $binary = $ENV{NGINX_BIN} || 'nginx';
my @methods = grep { `PATH=\$PATH:/usr/sbin $binary -V 2>&1` =~ /--with-${_}_module/ }
    qw(poll select);

plan(skip_all => 'this nginx has neither poll nor select') if !@methods;

try($_) for @methods;

done_testing;


sub try {
    my ($method) = @_;
    my $shop = shop_server(body => 'shop');
    my $spare = shop_server(body => 'spare');
    my $frozen = shop_server('hang');
    my $secret = shop_server('hang', tls => 1);

    my $long = 'interval=60s timeout=60s';
    my $nginx = nginx(events => "use $method;", http => <<"END");
        upstream shop {
            server $shop;
            shop_health_check uri=/health interval=300ms fast=200ms
                timeout=300ms;
            shop_failover_to spare hold=1s;
        }
        upstream spare { server $spare; }
        upstream kept { server $spare; shop_health_check interval=300ms keepalive; }

        # probes that wait
        upstream http { server $frozen; shop_health_check $long; }
        upstream tcp { server $frozen; shop_health_check type=tcp $long; }
        upstream fastcgi { server $frozen; shop_health_check type=fastcgi $long; }
        upstream https {
            server $secret;
            server $frozen;
            shop_health_check type=https $long;
            shop_health_ssl_verify off;
        }

        server {
            listen %%ADDR%%;
            shop_maintenance %%DIR%%/flag;
            proxy_read_timeout 60s;

            location / { proxy_pass http://shop; }
            location = /status { shop_status; }
        }
END

    ok wait_for_peer($nginx, 'shop', $shop, 'up'), "$method: probes come";
    ok wait_for_peer($nginx, 'kept', $spare, 'up'), 'on kept connections';
    ok wait_until(30, sub { $frozen->connections >= 4 }), 'and wait elsewhere';

    $shop->set('/slow', 'hang');
    my $visitor = client($nginx, seconds => 60)->send(GET => '/slow');

    ok wait_until(30, sub { rests($nginx) }), 'workers that wait rest';

    $shop->set('/health', 'hang');
    is $visitor->answer->{body}, 'spare', 'who waits on a dead server moves on';
    ok wait_for_peer($nginx, 'shop', $shop, 'down'), 'which is down';

    $shop->set('/health', body => 'shop');
    ok wait_until(30, sub { get($nginx, '/')->{body} eq 'shop' }),
        'until it comes back';

    $nginx->file('flag', '');
    ok wait_until(30, sub { get($nginx, '/')->{status} == 503 }),
        'the flag closes';
    unlink $nginx->dir . '/flag';
    ok wait_until(30, sub { get($nginx, '/')->{status} == 200 }), 'and opens';

    return;
}


# whether workers used less than a tenth of a processor for half a second
sub rests {
    my ($nginx) = @_;
    my $before = ticks($nginx);

    sleep 0.5;

    return ticks($nginx) - $before < 5;
}


# hundredths of a second that workers have worked, proc(5)
sub ticks {
    my ($nginx) = @_;
    my $ticks = 0;

    for my $pid ($nginx->workers) {
        open my $in, '<', "/proc/$pid/stat" or next;
        my ($user, $system) = (split / /, <$in> =~ s/.*\) //r)[11, 12];
        $ticks += $user + $system;
    }

    return $ticks;
}
