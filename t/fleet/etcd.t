#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# etcd as it is run: several endpoints of which some are dead, TLS with a user
# and a password, and with a certificate, one that has expired, and a history
# that is compacted.

use ShopTest;
use ShopTest::Dir;
use ShopTest::Engine;
use ShopTest::Fleet;
use ShopTest::Port qw(free_port);

my $dir = ShopTest::Dir->new('etcd');

# is_said(CODE, QR, NAME, ENGINE, ARGUMENTS)
sub is_said {
    my ($code, $pattern, $name, $engine, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($is, $output) = fleet($engine, @arguments);

    is $is, $code, "$name: exit code $code" or diag $output;
    return like $output, $pattern, $name;
}

sub comes {
    my ($pattern, $engine, @arguments) = @_;

    return wait_until(30, sub { (fleet($engine, @arguments))[1] =~ $pattern });
}


# ---- several endpoints: three members of one cluster, and one that never was

my @members = map { { name => "m$_", client => free_port(), peer => free_port() } } 1 .. 3;
my @processes = map {
    ShopTest::Engine->new('etcd', port => $_->{client}, peer => $_->{peer},
        options => ['--name', $_->{name}, '--initial-cluster',
            join ',', map { "$_->{name}=http://127.0.0.1:$_->{peer}" } @members])
} @members;

$_->launch for @processes;
ok wait_until(60, sub { !grep { !$_->answers } @processes }), 'a cluster of three';

my $dead = free_port();
my $all = "etcd://127.0.0.1:$dead," . join(',',
    map { "127.0.0.1:$_->{client}" } @members) . '/shop';
my $node = fleet_node('web1', $all);

ok comes(qr/^open on 1 of 1/m, $all, 'off'), 'the first endpoint is dead, the second answers';
is_said 0, qr/^closed on 1 of 1/m, 'closed', $all, 'on';
is $node->visitor, 503, 'when it is said';

$processes[0]->kill;
ok comes(qr/^open on 1 of 1/m, $all, 'off'), 'the one in use dies: the next one is asked';
ok $node->opened, 'by the follower, too';
is_said 0, qr/^closed on 1 of 1/m, 'and it closes', $all, 'on', '--wait', '30s';

$processes[1]->kill;
is_said 2, qr{nothing is (?:changed|written)}, 'one of three alone takes no write', $all, 'off';
is $node->visitor, 503, 'the shop stays closed';
$processes[0]->launch;
ok comes(qr/^open on 1 of 1/m, $all, 'off'), 'two are enough again';
ok $node->opened, 'and it opens';
$node->kill;
$_->stop for @processes[0, 2];


# ---- a history that is compacted while a node is cut off

my $engine = ShopTest::Engine->etcd;
$node = fleet_node('web1', $engine);
ok comes(qr/^open on 1 of 1/m, $engine, 'off'), 'a node reports';

$node->follower->signal('STOP');
$engine->put('flag', "status: Number $_.\n") for 1 .. 50;
my $revision = $engine->put('flag', "status: The last.\n")->{header}{revision};
ok $engine->call('kv/compaction', { revision => $revision, physical => \1 })->{header},
    'etcd compacts its history';
like $engine->call('kv/range', { key => 'eA==', revision => 2 })->{error},
    qr/has been compacted/, '... so that what was before is gone';

# the stream of before is broken, so that it has to begin one from before
$engine->kill;
$node->follower->signal('CONT');
$engine->start;
ok $node->closed, 'it closes';
ok wait_until(20, sub { ($node->content // '') eq "status: The last.\n" }),
    'with the last of all words';
is_said 0, qr/^open on 1 of 1/m, 'and goes on', $engine, 'off', '--wait', '30s';
$node->kill;
$engine->stop;


# ---- TLS, a user and a password; then a certificate

my ($cert, $key) = ca()->issue('127.0.0.1');
my ($client, $client_key) = ca()->issue('shop');

$dir->write('right', "right\n", 0600);
$dir->write('wrong', "wrong-word\n", 0600);

my @tls = ('--cert-file', $cert, '--key-file', $key);
$engine = ShopTest::Engine->etcd(tls => 1, options => [@tls]);

sub gateway {
    my ($path, $body) = @_;

    return `curl -sS --cacert @{[ca()->file]} --cert $client --key $client_key -d '$body' @{[$engine->url =~ s{etcds://(.*)/.*}{https://$1}r]}/v3/$path 2>&1`;
}

like gateway(@$_), qr/\A\{"header"/, "etcd: $_->[0]" for
    ['auth/user/add', '{"name":"root","password":"x"}'],
    ['auth/role/add', '{"name":"root"}'],
    ['auth/user/grant', '{"user":"root","role":"root"}'],
    ['auth/user/add', '{"name":"shop","password":"right"}'],
    ['auth/role/add', '{"name":"fleet"}'],
    ['auth/role/grant', '{"name":"fleet","perm":{"permType":"READWRITE","key":"c2hvcC8=","range_end":"c2hvcDA="}}'],
    ['auth/user/grant', '{"user":"shop","role":"fleet"}'],
    ['auth/enable', '{}'];

my @user = ('--ca', ca()->file, '--user', 'shop');
my @right = (@user, '--password-file', "$dir/right");

$node = fleet_node('web1', $engine, follow => \@right);
ok comes(qr/^open on 1 of 1/m, $engine, 'off', @right),
    'TLS and a user who may write below the prefix, and nowhere else';
is_said 0, qr/^closed on 1 of 1/m, 'closes', $engine, 'on', @right;
is $node->visitor, 503, 'when it is said';
is_said 2, qr/refuses the user "shop" or the password/, 'a wrong password', $engine,
    'off', @user, '--password-file', "$dir/wrong";
is_said 2, qr/certificate/i, 'an authority that nobody knows', $engine, 'off',
    '--user', 'shop', '--password-file', "$dir/right";
is_said 2, qr/permission denied/, 'a prefix that is not his',
    $engine->url('other'), 'off', @right;
$node->kill;
$engine->stop;

$engine = ShopTest::Engine->etcd(tls => 1, options => [@tls, '--client-cert-auth',
    '--trusted-ca-file', ca()->file]);
my @certificate = ('--ca', ca()->file, '--cert', $client, '--cert-key', $client_key);
$node = fleet_node('web1', $engine, follow => \@certificate);
ok comes(qr/^open on 1 of 1/m, $engine, 'off', @certificate), 'TLS and a certificate';
is_said 0, qr/^closed on 1 of 1/m, 'closes', $engine, 'on', @certificate;
is $node->visitor, 503, 'when it is said';
is_said 2, qr{nothing is (?:changed|written)}, 'without one', $engine, 'off', '--ca', ca()->file;


# ---- etcd's own has expired

my ($old, $old_key) = ca()->expired('127.0.0.1');

$engine->stop;
$engine->{options} = ['--cert-file', $old, '--key-file', $old_key];
$engine->start;
is_said 2, qr/expired/, 'an expired certificate', $engine, 'off', @certificate;
ok $node->tells(qr/stays as it is, there: .*expired/), 'is named by the follower';
is $node->visitor, 503, 'and the shop stays closed';
$node->kill;
$engine->stop;

done_testing;
