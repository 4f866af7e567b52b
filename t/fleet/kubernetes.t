#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A fleet by a ConfigMap, and by a document on a web server: closed, opened, and
# what goes wrong on the way.

use ShopTest;
use ShopTest::Api;
use ShopTest::Dir;
use ShopTest::Fleet;

my $dir = ShopTest::Dir->new('fleet');
my $api = ShopTest::Api->new(ca()->issue('127.0.0.1'));
my @how;
my $engine = 'kube://shop/fleet';

$dir->write('token', ShopTest::Api::TOKEN . "\n", 0644);
$ENV{SHOP_FLEET_API} = 'https://' . $api->address;

sub is_said {
    my ($code, $pattern, $name, $command, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($is, $output) = fleet($engine, $command, @how, @arguments);

    is $is, $code, "$name: exit code $code" or diag $output;
    return like $output, $pattern, $name;
}

sub comes {
    my ($pattern, $command) = @_;

    return wait_until(30, sub {
        (fleet($engine, $command, @how))[1] =~ $pattern;
    });
}


# ---- Kubernetes

@how = ('--ca', ca()->file, '--token-file', "$dir/token");

my @nodes = map { fleet_node("web$_", $engine, follow => \@how) } 1, 2;
write_file($_->file, "status: From before.\n") for @nodes;

ok $_->tells(qr/the engine is away.*404 to .*configmaps not found/),
    'a map that is not there is no word' for @nodes;
ok $_->closed, 'and opens nothing' for @nodes;

$api->call('POST', '/test/map/fleet');
ok $_->opened, 'a map without a flag is one' for @nodes;

is_said 0, qr/^closed on 2 of 2/m, 'all are closed', 'on', '--status', 'We move.',
    '--wait', '20s';
is $_->visitor, 503, $_->name . ' closed when it was said' for @nodes;
like +($api->call('GET', '/api/v1/namespaces/shop/configmaps/fleet'))[1],
    qr/"flag":"[^"]*status: We move\.\\n/, 'it is a key of the map';
is_said 0, qr/^closed on 2 of 2/m, 'news', 'update', 'Half done.';
is_said 0, qr/^fleet: closed on 2 of 2/, 'status', 'status';

$api->call('POST', '/test/cut');
is_said 0, qr/^closed on 2 of 2/m, 'a watch that was cut goes on', 'update',
    'More.', '--wait', '20s';
$api->call('POST', '/test/compact');
$api->call('POST', '/test/cut');
is_said 0, qr/^closed on 2 of 2/m, 'so does one that is too old (410)', 'update',
    'Still more.', '--wait', '20s';

ok comes(qr/^open on 2 of 2/m, 'off'), 'it opens';
is_said 0, qr/^closed on 2 of 2/m, 'closed', 'on', '--wait', '20s';
$api->call('POST', '/test/drop');
is_said 2, qr/configmaps not found/, 'a map that is deleted', 'off';
$api->call('POST', '/test/restore');
$api->call('POST', '/test/map/fleet');
ok $_->tells(qr/the engine went back/), 'an older one is not believed'
    for @nodes;
is $_->visitor, 503, 'and opens nothing' for @nodes;
is_said 0, qr/^open on 2 of 2/m, 'a word of today counts', 'off', '--wait',
    '20s';

$nodes[1]->kill;
$api->call('POST', '/test/old');
ok comes(qr/^web2 +AWAY/m, 'status'), 'a lease that ended is seen';
is_said 0, qr/^web2: is forgotten/, 'and forgotten', 'forget', 'web2';
ok comes(qr/^open on 1 of 1/m, 'off'), 'one is all now';
$_->kill for @nodes;


# ---- a web server

$engine = 'https://' . $api->address . '/store/fleet.json';
@how = ('--ca', ca()->file);
@nodes = map { fleet_node("web$_", $engine, follow => \@how) } 1, 2;

ok $nodes[0]->tells(qr/the engine is away.* answers 404/),
    'no document is no word';

$dir->write('nodes', join '', "# name, status\n",
    map { $_->name . ' http://' . $_->nginx->address . "/status\n" } @nodes);
@how = ('--ca', ca()->file, '--nodes', "$dir/nodes");

is_said 0, qr/^closed on 2 of 2/m, 'all are closed', 'on', '--status', 'We move.',
    '--wait', '20s';
is $_->visitor, 503, $_->name . ' closed when it was said' for @nodes;
is_said 0, qr/^fleet: closed on 2 of 2/, 'status', 'status';
is_said 0, qr/^closed on 2 of 2/m, 'news', 'update', 'Half done.', '--wait',
    '20s';

$api->call('DELETE', '/store/fleet.json');
ok $nodes[0]->tells(qr/closed, revision 2.*the engine is away.*404/s),
    'a document that is gone';
is $nodes[0]->visitor, 503, 'opens nothing';
$api->call('PUT', '/store/fleet.json', '{"revision": 1, "flag": null}');
ok $nodes[0]->tells(qr/the engine went back/), 'an older one is not believed';
is_said 0, qr/^open on 2 of 2/m, 'a word of today counts', 'off', '--wait',
    '20s';
is_said 2, qr/needs? nodes that report|orders need/, 'orders need reports',
    'drain', '127.0.0.1:80';

$nodes[1]->nginx->stop;
is_said 1, qr/^closed on 1 of 2.*^  web2: away/ms, 'who does not answer is named',
    'on', '--wait', '2s';
$_->kill for @nodes;
$api->stop;

done_testing;
