#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Hints, not verdicts: what one node sees has the others look at once, and they
# see for themselves.  A node that lies causes a probe, and no more.

use ShopTest;
use ShopTest::Ctl qw(ctl);
use ShopTest::Dir;
use ShopTest::Engine;
use ShopTest::Fleet;
use ShopTest::Status;

use JSON::PP qw(decode_json encode_json);

my $dir = ShopTest::Dir->new('hints');
my $key = $dir->write('key', 'k' x 40 . "\n", 0600);
my $engine = ShopTest::Engine->etcd;
my $shop = shop_server(body => 'shop');
my $other = shop_server(body => 'shop');

sub node {
    my ($name, $interval) = @_;

    return fleet_node($name, $engine, http => <<"END",
        upstream shop {
            server $shop;
            server $other;
            shop_health_check interval=$interval fast=100ms fails=1 passes=1
                jitter=0%;
        }
END
        server => "location = /control { shop_control $key; }",
        follow => ['--key', $key]);
}

my ($quick, $slow) = (node('web1', '200ms'), node('web2', '10m'));

ok wait_until(20, sub { (fleet($engine, 'off'))[1] =~ /on 2 of 2/ }),
    'two nodes, one of which looks every ten minutes';
ok wait_for_peer($slow->nginx, 'shop', $shop, 'up'), 'it has looked once';

$shop->refuse;
ok wait_for_peer($quick->nginx, 'shop', $shop, 'down'), 'one node sees a server down';
ok wait_for_peer($slow->nginx, 'shop', $shop, 'down'), 'the other one looks at once';
$shop->open;
ok wait_for_peer($quick->nginx, 'shop', $shop, 'up'), 'up again';
ok wait_for_peer($slow->nginx, 'shop', $shop, 'up'), 'and so for the other';

my $before = decode_json($engine->get('hints'));
is scalar(grep { $_->{node} eq 'web1' && $_->{server} eq "$shop" }
    @{ $before->{hints} }), 2, 'one hint each';


# ---- a lie

my $probes = $other->requests;
my $id = 1000 * (time + 1);

for my $n (1 .. 20) {
    $engine->put('hints', encode_json({ version => 1, hints => [{
        id => $id + $n, node => 'liar', upstream => 'shop',
        server => "$other", state => 'down' }] }));
}

ok wait_until(20, sub { (fleet($engine, 'update', 'x', '--wait', '1s'))[0] == 2 }),
    'the followers go on';
is peer_of($slow->nginx, 'shop', $other)->{state}, 'up',
    'a server that is well stays up, whatever a node says';
ok !$slow->follower->status && !$quick->follower->status, 'both follow still';

$engine->put('hints', $_) for 'x' x 100_000, '{"hints":[{}]}',
    '{"hints":[{"id":99999999999999,"node":"x","upstream":"a","server":"\u0000"}]}';
is +(fleet($engine, 'on'))[0], 0, 'nonsense among hints stops nothing';


# ---- by hand

my ($code, $said) = (0, '');
for my $case ([200, "action=probe&upstream=shop&peer=$other", qr/"probed":/],
    [404, 'action=probe&upstream=shop&peer=192.0.2.1:80', qr/nobody probes it/])
{
    my $answer = post($slow->nginx, '/control', body => $case->[1], headers => [
        Authorization => 'Bearer ' . 'k' x 40,
        'Content-Type' => 'application/x-www-form-urlencoded']);

    is $answer->{status}, $case->[0], "$case->[1]: $case->[0]";
    like $answer->{body}, $case->[2], '... and what it did';
}

$_->kill for $quick, $slow;
$engine->stop;

done_testing;
