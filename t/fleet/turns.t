#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Nodes that take turns in probing: three cost the shop the probes of one, what
# one sees the others see at once, and each is on its own where they are silent,
# lie, or probe something else.

use ShopTest;
use ShopTest::Dir;
use ShopTest::Engine;
use ShopTest::Fleet;
use ShopTest::Status;

use JSON::PP qw(decode_json encode_json);

my $dir = ShopTest::Dir->new('turns');
my $key = $dir->write('key', 'k' x 40 . "\n", 0600);
my $engine = ShopTest::Engine->etcd;
my $shop = shop_server(body => 'shop');       # probed by turns
my $measure = shop_server(body => 'shop');    # ... by each

# node(NAME, MORE): more is what its upstream has more
sub node {
    my ($name, $more) = @_;

    return fleet_node($name, $engine, http => <<"END",
        upstream shop {
            server $shop;
            @{[$more // '']}
            shop_health_check interval=2s shared=3 fast=1s fails=3 jitter=0%;
        }
        upstream measure {
            server $measure;
            shop_health_check interval=2s jitter=0%;
        }
END
        server => "location = /control { shop_control $key; }",
        follow => ['--key', $key]);
}

my @nodes = map { node("web$_") } 1 .. 3;

sub shared {
    my ($node) = @_;
    my ($group) = grep { $_->{name} eq 'shop' }
        @{ status($node->nginx)->{upstreams} || [] };

    return $group ? $group->{shared} : {};
}

# turns(N): how many of them take turns with so many
sub turns {
    my ($n) = @_;

    return scalar grep { (shared($_)->{nodes} // 0) == $n } @nodes;
}

# probes(): of the shop, while the other one gets 12, which is four intervals
sub probes {
    my ($from, $since) = map { scalar(() = $_->requests) } $shop, $measure;

    wait_until(60, sub { $measure->requests >= $since + 12 }) or return 0;
    return $shop->requests - $from;
}

sub come_to {
    my ($condition) = @_;

    return wait_until(90, $condition);
}


# ---- three cost what one does

ok come_to(sub { turns(3) == 3 }), 'three nodes take turns';
is_deeply [sort map { shared($_)->{node} } @nodes], [0, 1, 2], 'each has another one';
is_deeply [map { shared($_)->{node} } @nodes], [0, 1, 2], 'by their names';

my $probes = 99;
ok come_to(sub { ($probes = probes()) <= 6 }), 'the shop gets the probes of one';
cmp_ok $probes, '>=', 3, 'and not fewer';


# ---- with the same time to detection

$shop->refuse;
ok wait_for_peer($_->nginx, 'shop', $shop, 'down'), $_->name . ' sees it down'
    for @nodes;

my %said = map { $_->{state} => 1 } map { @{ $_->{hints} } }
    decode_json($engine->get('hints'));
ok $said{doubt}, 'who doubts says so, before it is sure';

$shop->open;
ok wait_for_peer($_->nginx, 'shop', $shop, 'up'), $_->name . ' sees it up again'
    for @nodes;
ok come_to(sub { turns(3) == 3 && probes() <= 6 }), 'they take turns again';


# ---- one that goes is not waited for

$nodes[2]->kill;
ok come_to(sub { (shared($nodes[2])->{nodes} // 0) == 1 }),
    'without its follower a node probes alone';
ok come_to(sub { turns(2) == 2 }), 'the others do without it';
$nodes[2]->start;
ok come_to(sub { turns(3) == 3 }), 'it is back';


# ---- liars

# lie(NAME, MEMBER => VALUE): another node that says what web1 does
sub lie {
    my ($name, %changes) = @_;
    my $line = decode_json($engine->get('nodes/web1'));

    $line->{shared}{$_} = $changes{$_} for keys %changes;
    $engine->put("members/$name", '');
    $engine->put("nodes/$name", encode_json($line));
    return $line;
}

my ($beat, $most) = (1, 0);
my @liars = map { "liar$_" } 1 .. 20;

ok come_to(sub {
    lie($_, beat => $beat) for @liars;
    $beat++;
    my $said = decode_json($engine->get('nodes/web1'))->{shared}{set};
    lie($_, beat => $beat, set => $said) for @liars;
    $beat++;
    for my $node (@nodes) {
        my $is = shared($node)->{nodes} // 0;
        $most = $is if $is > $most;
    }
    return $beat > 40;
}), 'twenty nodes that there are not, and that say what is wanted';
cmp_ok $most, '<=', 3, 'no more count than the configuration allows';

ok come_to(sub { turns(3) == 3 && probes() <= 6 && probes() >= 3 }),
    'who is silent then does not count';

ok come_to(sub {
    lie('liar1', beat => $beat++, set => 7);
    turns(1) == 3;
}), 'one that sees other nodes: each probes alone';
$engine->del("$_/liar1") for 'nodes', 'members';
ok come_to(sub { turns(3) == 3 }), 'it is gone';

lie('web0', beat => 'x' x 100, sum => -1, interval_ms => 0);
$engine->put('nodes/web00', '{"revision":1,"nginx_up":true,"shared":7}');
ok come_to(sub { turns(3) == 3 }), 'nonsense counts for nothing';


# ---- silence

$engine->freeze;
ok come_to(sub { turns(1) == 3 }), 'the engine is silent: each is on its own';
ok come_to(sub { probes() >= 9 }), 'and probes at its interval';
$engine->thaw;
ok come_to(sub { turns(3) == 3 }), 'it is back: they take turns';
$engine->kill;
ok come_to(sub { turns(1) == 3 && probes() >= 9 }), 'killed: the same';
$engine->start;
ok come_to(sub { turns(3) == 3 }), 'and back';


# ---- who probes something else has no turn

$nodes[1]->kill;
my $other = node('web2', 'server ' . $measure . ';');
ok come_to(sub { turns(2) == 2 && (shared($other)->{nodes} // 0) == 1 }),
    'another server in the same upstream: not with us';


# ---- by hand

sub control {
    my ($form) = @_;

    return post($other->nginx, '/control', body => $form, headers => [
        Authorization => 'Bearer ' . 'k' x 40,
        'Content-Type' => 'application/x-www-form-urlencoded']);
}

is control('action=share&nodes=9&node=8&age=100')->{status}, 200, 'share';
my $is = shared($other);
ok $is->{nodes} == 3 && $is->{node} == 2, 'of nine it is the third of three';
is control('action=share&nodes=9&node=8&age=86400000')->{status}, 200, 'a day old';
is shared($other)->{nodes}, 1, '... is too old';

for my $bad ('nodes=0&node=0', 'nodes=3&node=3', 'nodes=3', 'nodes=1001&node=0',
    'nodes=3&node=1&age=-1', 'nodes=3&node=1&age=86400001', 'nodes=3x&node=1',
    'nodes=3&node=1&peer=x')
{
    my $answer = control("action=share&$bad");

    is $answer->{status}, 400, "$bad: refused";
    like $answer->{body}, qr/\\"share\\"/, '... in words';
}

$_->kill for @nodes, $other;
$engine->stop;

done_testing;
