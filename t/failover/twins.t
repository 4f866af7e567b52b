#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Two servers of a group with one address: nginx does not tell which of them a
# request waits for, so that it moves on only once both are dead.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Dir;
use ShopTest::Status;

my $KEY = '0123456789abcdef0123456789abcdef';

my $keys = ShopTest::Dir->new('keys');
$keys->write('key', $KEY);
chmod 0600, "$keys/key" or die "$keys: $!\n";

my ($cold, $warm) = map { shop_server(body => $_) } qw(cold warm);
my ($port) = "$cold" =~ /:(\d+)$/;

# ::1 is no address of it: nobody listens there
my $twin = "localhost:$port";

# one worker: it has seen an order before it answers the next request
my $nginx = nginx(workers => 1, http => <<"END");
    upstream twins {
        server $cold;
        server $twin;
        server $warm backup;
        shop_health_check uri=/health interval=300ms;
    }

    server {
        listen %%ADDR%%;
        proxy_read_timeout 60s;

        location / { proxy_pass http://twins; }
        location = /status { shop_status; }
        location = /control { shop_control $keys/key; }
    }
END

sub order {
    my ($action, $peer) = @_;

    return post($nginx, '/control',
        body => "action=$action&upstream=twins&peer=$peer",
        headers => [Authorization => "Bearer $KEY"])->{status};
}

sub moved {
    my ($group) = grep { $_->{name} eq 'twins' }
        @{ status($nginx)->{upstreams} };

    return $group->{moved};
}

$cold->set('/slow', 'hang');
my @waiting = map {
    client($nginx, seconds => 40)->send('GET', '/slow', close => 1);
} 1 .. 4;
ok(wait_until(20, sub { $cold->count(uri => '/slow') == 4 }),
    'requests wait at an address');

is(order(down => $twin), 200, 'one of its two servers is taken down');
is(get($nginx, '/')->{body}, 'cold', 'the other one serves');
is(moved(), 0, 'nobody who waits is moved: it may be there');

is(order(down => $cold), 200, 'the other one, too');
is($_->answer->{body}, 'warm', 'who waited moves on') for @waiting;
is(moved(), 4, 'they are counted');

is(order(enable => $_), 200, 'an order ends') for "$cold", $twin;
is(get($nginx, '/')->{body}, 'cold', 'and the server is back');

done_testing;
