#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A fleet by a real etcd: closed and opened together, told who has not, and what
# its nodes see.

use ShopTest;
use ShopTest::Engine;
use ShopTest::Fleet;

use JSON::PP qw(decode_json);

my $etcd = ShopTest::Engine->etcd;
my @nodes = map { fleet_node("web$_", $etcd) } 1 .. 3;

sub all_report {
    my ($number) = @_;

    return wait_until(20, sub { (fleet($etcd, 'off'))[1] =~ /on $number of $number/ });
}

sub is_said {
    my ($code, $pattern, $name, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($is, $output) = fleet($etcd, @arguments);

    is $is, $code, "$name: exit code $code" or diag $output;
    return like $output, $pattern, $name;
}


# ---- together

ok all_report(3), 'three nodes report';
is_said 0, qr/^open: etcd:.*had no flag\nopen on 3 of 3/, 'off where nothing is',
    'off';

is_said 0, qr/^closed: etcd:.*\n  eta .*\nclosed on 3 of 3 after 0\.\d+ s\n\z/s,
    'all are closed', 'on', '--eta', '+45m', '--status', 'We move.';
is $_->visitor, 503, $_->name . ' closed when it was said' for @nodes;
is $nodes[1]->content, $etcd->get('flag'), 'the file is equal to the key';
like $nodes[1]->content, qr/^status: We move\.$/m, 'with the words';
is 0644, (stat $nodes[1]->file)[2] & 07777, 'nginx may read it';

is_said 0, qr/^closed on 3 of 3/m, 'news', 'update', 'Half done.';
like $etcd->get('flag'), qr/^status: We move\.\n.*^update: \d\d:\d\d Half done\./ms,
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
is_said 2, qr/there is no flag at etcd:.* to update/, 'no news without a flag',
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
ok wait_until(20, sub { (fleet($etcd, 'status'))[1] =~ /closed on 3 of 3/ }),
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

my ($code, $json) = fleet($etcd, 'on', '--json');
my $said = decode_json($json);
is_deeply [$code, $said->{command}, $said->{word}, $said->{done},
    scalar @{ $said->{nodes} }], [0, 'fleet on', 'closed', 3, 3],
    'the same for programs';

done_testing;
