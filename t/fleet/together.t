#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A fleet by a real etcd and by a real Redis: closed and opened together, who has
# not is named, servers are ordered, and what the nodes see.

use ShopTest;
use ShopTest::Engine;
use ShopTest::Fleet;
use ShopTest::Status;

use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);

my $dir = tempdir(CLEANUP => 1);
my $engine;

write_file("$dir/key", 'k' x 40 . "\n");
chmod 0600, "$dir/key";

sub is_said {
    my ($code, $pattern, $name, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($is, $output) = fleet($engine, @arguments);

    is $is, $code, "$name: exit code $code" or diag $output;
    return like $output, $pattern, $name;
}

# a fleet comes to say that
sub comes {
    my ($pattern, @arguments) = @_;

    return wait_until(20, sub { (fleet($engine, @arguments))[1] =~ $pattern });
}

for my $kind (qw(etcd redis)) {

$engine = ShopTest::Engine->$kind;

my @shops = map { shop_server(body => 'shop') } 1, 2;
my @nodes = map { fleet_node("web$_", $engine, http => <<"END",
        upstream shop {
            server $shops[0];
            server $shops[1];
            shop_health_check interval=200ms fast=50ms fails=1;
        }
END
    server => "location = /control { shop_control $dir/key; }",
    follow => ['--key', "$dir/key"]) } 1 .. 3;


# ---- together

ok comes(qr/on 3 of 3/, 'off'), 'three nodes report';
is_said 0, qr/^open: $kind:.*had no flag\nopen on 3 of 3/, 'off where nothing is',
    'off';

is_said 0, qr/^closed: $kind:.*\n  eta .*\nclosed on 3 of 3 after 0\.\d+ s\n\z/s,
    'all are closed', 'on', '--eta', '+45m', '--status', 'We move.';
is $_->visitor, 503, $_->name . ' closed when it was said' for @nodes;
is $nodes[1]->content, $engine->get('flag'), 'the file is equal to the key';
like $nodes[1]->content, qr/^status: We move\.$/m, 'with the words';
is 0644, (stat $nodes[1]->file)[2] & 07777, 'nginx may read it';

is_said 0, qr/^closed on 3 of 3/m, 'news', 'update', 'Half done.';
like $engine->get('flag'), qr/^status: We move\.\n.*^update: \d\d:\d\d Half done\./ms,
    'an update leaves what is there';
is_said 2, qr/invalid --eta "yesterday"/, 'a bad time is refused as ever', 'on',
    '--eta', 'yesterday';
is_said 2, qr/closes the shop, or will: "tell" would open it/,
    'tell does not open', 'tell', 'We know.';

is_said 0, qr/^fleet: closed on 3 of 3.*"We move\."/s, 'status', 'status';

is_said 0, qr/^open: .* has no flag any more\nopen on 3 of 3/, 'all are open',
    'off';
is $_->visitor, 200, $_->name . ' opened when it was said' for @nodes;
is_said 0, qr/^words on 3 of 3/m, 'words close nothing', 'tell', 'We know.';
is $nodes[0]->visitor, 200, 'open with words';
is_said 0, qr/open on 3 of 3/, 'off again', 'off';
is_said 2, qr/there is no flag at $kind:.* to update/, 'no news without a flag',
    'update', 'Half done.';


# ---- a file of a node's own

open my $local, '>', $nodes[2]->flag . '/a_local' or die;
print $local "status: Here alone.\n";
close $local;
ok $nodes[2]->closed, 'a local flag counts';
is_said 1, qr/^open on 2 of 3.*^  web3: .*file/ms, 'who is still closed is named',
    'off';
is_said 1, qr/^fleet: open on 2 of 3.*^web3: a file of its own still counts/ms,
    'and on the screen', 'status';
is_said 1, qr/^closed on 2 of 3.*^  web3: another file/ms,
    'other words than the fleet\'s are not acknowledged', 'on', '--wait', '1s';
unlink $nodes[2]->flag . '/a_local';
ok comes(qr/closed on 3 of 3/, 'status'),
    'without it the fleet\'s flag speaks';
is_said 0, qr/open on 3 of 3/, 'all are open again', 'off';


# ---- one is away

$nodes[1]->follower->signal('STOP');
is_said 1, qr/^closed on 2 of 3 after .*^  web2: it has not said/ms,
    'who did not answer is named', 'on', '--wait', '1s';
is $nodes[1]->visitor, 200, 'and it is open indeed';
$nodes[1]->follower->signal('CONT');
ok $nodes[1]->closed, 'back again it closes';
is_said 0, qr/^open on 3 of 3/m, 'and opens with all', 'off', '--wait', '20s';

my ($code, $json) = fleet($engine, 'on', '--json');
my $said = decode_json($json);
is_deeply [$code, $said->{command}, $said->{word}, $said->{done},
    scalar @{ $said->{nodes} }], [0, 'fleet on', 'closed', 3, 3],
    'the same for programs';
is_said 0, qr/open on 3 of 3/, 'off', 'off';


# ---- orders

is_said 0, qr/^draining on 3 of 3 after /, 'a server is drained everywhere',
    'drain', "$shops[0]", '--for', '30m', '--reason', 'kernel', '--who', 'anna';
is_deeply [map { peer_of($_->nginx, 'shop', $shops[0])->{state} } @nodes],
    [('draining') x 3], 'it is';
is_said 1, qr/^down on 0 of 3.*^  web1: its nginx refused: /ms,
    'an unknown one is refused by all', 'down', '192.0.2.1:80';
is_said 0, qr/^enabled on 3 of 3 after /, 'and enabled', 'enable', "$shops[0]";

$nodes[0]->kill;
is_said 1, qr/^down on 2 of 3/, 'an order while a node is not there', 'down',
    "$shops[1]", '--wait', '1s';
$nodes[0]->start;
ok wait_for_peer($nodes[0]->nginx, 'shop', $shops[1], 'disabled')
    || wait_for_peer($nodes[0]->nginx, 'shop', $shops[1], 'down'),
    'back again it carries it out';
is_said 0, qr/^enabled on 3 of 3 after /, 'and enabled on all', 'enable',
    "$shops[1]";


# ---- what they see

$shops[0]->refuse;
ok comes(qr/^all see \Q$shops[0]\E of shop down\n/m, 'status'),
    'where all agree';
$shops[0]->open;
ok comes(qr/none down.*none down.*none down/s, 'status'), 'well again';

($code, $json) = fleet($engine, 'status', '--json');
$said = decode_json($json);
is_deeply [$code, $said->{agree}, map { $_->{report}{servers} }
    @{ $said->{nodes} }], [0, 3, 2, 2, 2], 'status for programs';

is_said 0, qr/\A\z/, 'metrics', 'status', '--textfile', "$dir/fleet.prom";
open my $prom, '<', "$dir/fleet.prom" or die;
my $metrics = do { local $/; <$prom> };
like $metrics, qr/^shop_fleet_nodes_agree 3\n.*^shop_fleet_node_up\{node="web2"\} 1$/ms,
    'for the node exporter';

$nodes[2]->follower->signal('KILL');
$engine->expire('web3');
ok comes(qr/^web3 +AWAY\n.*^web3 is away/ms, 'status'), 'who is away';
is_said 1, qr/^closed on 2 of 3 after 0.*^  web3: away/ms,
    'nobody waits for who is away', 'on';
is_said 0, qr/^web3: is forgotten/, 'nor misses it for ever', 'forget', 'web3';
is_said 0, qr/^open on 2 of 2/m, 'two are all now', 'off';

$_->follower->signal('KILL') for @nodes;
$engine->stop;
}

done_testing;
