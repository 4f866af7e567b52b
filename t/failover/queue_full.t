#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# shop_queue where servers are full, with every balancer, with backups, and in
# subrequests: who waits gets the next free place, and nobody waits while
# somebody else can serve.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Crowd qw(crowd);
use ShopTest::Slots;
use ShopTest::Status;
use ShopTest::Ctl qw(ctl);
use ShopTest::Events;
use ShopTest::Schema;

my $slots = ShopTest::Slots->new(slots => 2, seconds => 0.1, quick => qr/healthz/);
my ($one, $backup, $spare) = map { shop_server(body => $_) } qw(one backup spare);
my @rest = ('interval=300ms fast=100ms fails=1000; shop_outlier errors=1000;', 'shop_queue 100 timeout=40s;');

my %balancer = (
    round      => '',
    least_conn => 'least_conn;',
    ip_hash    => 'ip_hash;',
    hash       => 'hash $uri;',
    consistent => 'hash $uri consistent;',
    random     => 'random;',
    two        => 'random two;',
    kept       => 'keepalive 4;',
);
my @balancers = sort keys %balancer;
my $upstreams = join '', map { <<"END" } @balancers;
    upstream $_ { zone $_ 64k; $balancer{$_} server $one; shop_health_check uri=/healthz @rest }
END
my $locations = join '', map { "location /$_/ { proxy_pass http://$_; }\n" } @balancers;

my $nginx = nginx(workers => 2, connections => 1024, http => <<"END");
    shop_events %%DIR%%/events;
    $upstreams

    upstream tight {
        zone tight 64k;
        server $slots max_conns=1;
        shop_health_check uri=/healthz;
        shop_queue 1 timeout=40s;
    }

    upstream full {
        zone full 64k;
        server $slots max_conns=2;
        shop_health_check uri=/healthz;
        shop_queue 100 timeout=40s;
    }

    upstream backed {
        server $one;
        server $backup backup;
        shop_health_check uri=/healthz @rest
    }

    upstream grouped {
        server $one;
        shop_health_check uri=/healthz @rest
        shop_failover_to spare;
    }

    upstream spare { server $spare; shop_health_check uri=/healthz; }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        $locations
        location /tight { proxy_pass http://tight; }
        location = /screen { shop_status html; }
        location = /metrics { shop_status prometheus; }
        location /full { proxy_pass http://full; }
        location /backed { proxy_pass http://backed; }
        location /grouped { proxy_pass http://grouped; }
        location /ssi { ssi on; root %%DIR%%/files; }
        location /authorized { auth_request /round/may; proxy_pass http://full; }
        location = /status { shop_status json; }
    }
END

mkdir $nginx->dir . '/files';
mkdir $nginx->dir . '/files/ssi';
write_file($nginx->dir . '/files/ssi/page.html',
    '<!--# include virtual="/round/a" -->, <!--# include virtual="/least_conn/b" -->');

sub queue {
    my ($name) = @_;
    my ($group) = grep { $_->{name} eq $name } @{ status($nginx)->{upstreams} };

    return $group->{queue} || {};
}

sub waits { my ($name, $n) = @_; return wait_until(20, sub { (queue($name)->{waiting} // -1) == $n }) }

sub asks { return map { my $client = client($nginx, seconds => 60); $client->send(GET => $_); $client } @_ }

ok(wait_for_peer($nginx, 'full', $slots, 'up'), 'a server is up');
ok(wait_for_peer($nginx, 'round', $one, 'up'), '... and another');
ok(wait_for_peer($nginx, 'spare', $spare, 'up'), '... and the spare one');

# ---- a server that takes two at once, and twelve come

my @done = crowd($nginx, visitors => 12, requests => 60, ask => sub { (GET => "/full/$_[0]") });

is(scalar(grep { $_->{status} == 200 } @done), 60, 'all are served where the server takes only two at once');
ok(queue('full')->{waited} > 20, '... most had to wait');
is(queue('full')->{waited}, queue('full')->{released}, '... and each got a place');
is(peer_of($nginx, 'full', $slots)->{state}, 'up', '... and nobody takes the server for dead');

my $log = $nginx->dir . '/events';
my $state = sub { status($nginx)->{site}{state} // '' };

ok(wait_until(10, sub { $state->() eq 'busy' }), 'the shop was busy for a while');
is(status($nginx)->{site}{severity}, 'P2', '... a P2');
is_deeply([ShopTest::Schema->new('docs/status.schema.json')->faults(status($nginx), 1)], [],
    '... and the status fits its schema');
like(get($nginx, '/metrics')->{body}, qr/^shop_failover_site_state\{[^}]*"busy"\} 1$/m,
    '... so say the metrics');
ok(wait_for_event($log, type => 'site', to => 'busy', severity => 'P2'), '... and an event');
ok(wait_for_event($log, type => 'group', upstream => 'full', what => 'line'), 'a line began');
like(get($nginx, '/screen')->{body},
    qr{<p>\d+ wait in line.*; so far \d+ got a server, 0 left, 0 were turned away</p>},
    'the screen tells of the line');
my (undef, $screen) = ctl('status', '--url', 'http://' . $nginx->address . '/status');
like($screen, qr/^busy P2/m, 'the terminal says that it is busy');
like($screen, qr/^  \d+ wait in line.*; so far \d+ got a server, 0 left, 0 were turned away$/m,
    '... and tells of the line');

my @tight = crowd($nginx, visitors => 6, requests => 24, ask => sub { (GET => "/tight/$_[0]") });
ok((grep { $_->{status} != 200 } @tight), 'where one may wait, others are turned away');
ok(wait_for_event($log, type => 'group', upstream => 'tight', what => 'line_full'),
    '... as the line is full');
ok($nginx->log->wait_for(qr/\[warn\].*the line of upstream "tight" is full: 1 wait/), '... says the log');

ok(wait_for_event($log, type => 'group', upstream => 'full', what => 'line_over'), 'the line ends');
ok(wait_until(30, sub { $state->() eq 'open' }), 'the shop is open again');
is(scalar(events_like($log, type => 'site', to => 'busy')), 1, '... and was busy once');
is_deeply([event_faults($log)], [], 'the events fit their schema');

# ---- backups come first

$one->refuse;
is(get($nginx, '/backed')->{body}, 'backup', 'a backup server serves, and nobody waits');
is(get($nginx, '/grouped')->{body}, 'spare', '... and a backup group');
is(queue('backed')->{waited} + queue('grouped')->{waited}, 0, '... nobody');

$backup->refuse;
$spare->refuse;
my @clients = asks('/backed', '/grouped');
ok(waits('backed', 1), 'who has no backup, either, waits');
ok(waits('grouped', 1), '... nor a backup group');
$spare->open;
is($clients[1]->answer->{body}, 'spare', '... which is back first');
$backup->open;
like($clients[0]->answer->{body}, qr/^(?:one|backup)$/, '... as is the backup server');

# ---- every balancer

@clients = asks(map { ("/$_/1", "/$_/2") } @balancers);
ok(waits($_, 2), "$_: two wait") for @balancers;

# ---- subrequests

my ($ssi, $authorized) = asks('/ssi/page.html', '/authorized');
ok(waits('round', 4), 'subrequests wait, too');
$one->open;
is(scalar(grep { $_->answer->{body} eq 'one' } @clients), 2 * @balancers, 'all are served with every balancer');
is($ssi->answer->{body}, 'one, one', '... what a page is made of');
is($authorized->answer->{status}, 200, '... and what allows another');
ok(waits('round', 0), 'nobody waits any more');

done_testing;
