#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# A server freezes with requests in it: once probes found it dead these move
# on, in every worker, and those that must not be sent twice do not.

use strict;
use warnings;

use lib 't/lib';
use IO::Select;
use ShopTest;
use Time::HiRes qw(sleep time);

my ($ice, $warm, $solo) = map { shop_server(body => $_) } qw(ice warm solo);

my $check = 'shop_health_check uri=/health interval=300ms fast=200ms '
    . 'timeout=300ms jitter=0%;';

my $nginx = nginx(workers => 3, http => <<"END");
    upstream shop { server $ice; server $warm backup; $check }
    upstream kept { server $ice; server $warm backup; $check keepalive 8; }
    upstream chain { ip_hash; server $ice; $check shop_failover_to warm; }
    upstream warm { server $warm; }
    upstream alone { server $ice; $check }

    server {
        listen %%ADDR%%;
        proxy_read_timeout 60s;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        add_header X-Addr \$upstream_addr always;

        location /shop { proxy_pass http://shop; }
        location /shop/slow { proxy_buffering off; proxy_pass http://shop; }
        location /kept { proxy_pass http://kept; }
        location /chain { proxy_pass http://chain; }
        location /alone { proxy_read_timeout 4s; proxy_pass http://alone; }
        location /error {
            proxy_next_upstream error; proxy_pass http://chain;
        }
        location /off {
            proxy_read_timeout 4s;
            proxy_next_upstream off; proxy_pass http://chain;
        }
        location /unbuffered {
            proxy_read_timeout 4s;
            proxy_request_buffering off; proxy_pass http://chain;
        }
        location /repeat {
            proxy_next_upstream error timeout non_idempotent;
            proxy_pass http://chain;
        }
    }
END

is(get($nginx, '/shop')->{body}, 'ice', 'the server answers');
get($nginx, '/kept') for 1 .. 3;

# answers to visitors freeze, and so do those to probes
$ice->set('*', 'hang');
$ice->set('/health', 'hang');

my $began = time;
my @wanted = (
    (map { ['GET', '/shop'] } 1 .. 12),
    (map { ['GET', '/kept'] } 1 .. 4),
    (map { ['GET', '/chain'] } 1 .. 6),
    ['GET', '/error'],
    ['PUT', '/chain', body => 'x' x 100_000],
    ['POST', '/repeat', body => 'order'],
);
my @waiting = map {
    my ($method, $uri, %more) = @$_;
    client($nginx, seconds => 40)->send($method, $uri, close => 1, %more);
} @wanted;

my %left = map {
    my ($method, $uri) = @$_;
    "$method $uri" => client($nginx, seconds => 40)
        ->send($method, $uri, close => 1, body => 'order');
} ['POST', '/chain'], ['GET', '/alone'], ['GET', '/off'];

# its head goes on to the server before the body is there
my $unbuffered = client($nginx, seconds => 40)->send_raw(
    "PUT /unbuffered HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    . "Content-Length: 10\r\n\r\nfirst", 'PUT');
sleep 0.3;
$unbuffered->send_raw('other');

for my $i (0 .. $#wanted) {
    my $answer = $waiting[$i]->answer;

    is($answer->{body}, 'warm', "$wanted[$i][0] $wanted[$i][1] moves on");
}

cmp_ok(time - $began, '<', 30, 'long before the read timeout');

is($left{'GET /alone'}->answer->{status}, 504,
    'where nobody else is there, nginx ends it as it would');
is($left{'GET /off'}->answer->{status}, 504,
    'so with proxy_next_upstream off');
is($unbuffered->answer->{status}, 504,
    'and with a body that is gone');

is($warm->count(method => 'POST'), 1,
    'no POST is sent twice but the one that may be');
is($warm->count(method => 'POST', uri => '/repeat'), 1, 'with non_idempotent');

ok(scalar($nginx->log->find(qr/\[info\].*requests that waited for a dead peer of upstream "shop" are moved on/)),
    'the log has a line for all of them');

# the POST goes on waiting: it may have been carried out
$left{'POST /chain'}->close;

# ---- frozen for real: all its processes stop, the sockets are there

$ice->set('*', body => 'ice');
$ice->set('/health', body => 'ice');
ok(wait_until(20, sub { get($nginx, '/shop')->{body} eq 'ice' }),
    'the server is back');

kill 'STOP', -$ice->pid;
$began = time;
@waiting = map {
    client($nginx, seconds => 40)->send('GET', '/shop', close => 1);
} 1 .. 12;
is($_->answer->{body}, 'warm', 'a stopped process: moves on') for @waiting;
cmp_ok(time - $began, '<', 20, 'soon');
kill 'CONT', -$ice->pid;

# ---- what is being answered is left alone

ok(wait_until(20, sub { get($nginx, '/shop')->{body} eq 'ice' }),
    'the server is back');

$ice->set('/shop/slow', body => 'slow' x 400, drip => 0.005);
my $slow = client($nginx, seconds => 40)->send('GET', '/shop/slow', close => 1);
ok(wait_until(20, sub { arrives($slow) }), 'an answer begins');
$ice->set('/health', status => 503);
ok($nginx->log->wait_for(qr/upstream "shop" is down: status 503/, 20),
    'the server is down');
is(get($nginx, '/shop')->{body}, 'warm', 'and gets nobody');
my $answer = $slow->answer;
is($answer->{body}, 'slow' x 400, 'it goes on to its end');
is($answer->{headers}{'x-addr'}, "$ice", 'where it began');

done_testing;


# whether the first bytes of an answer are here
sub arrives {
    my ($client) = @_;

    return IO::Select->new($client->{stream}{socket})->can_read(0);
}
