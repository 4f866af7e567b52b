#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What is told of probes: a history of the last 64, a line for each that
# failed, one for each verdict, and no more of them with many peers.

use ShopTest;
use ShopTest::Check;

use constant HISTORY => 64;
use constant MANY => 50;


# ---- the history

my $shop = shop_server();
my $nginx = checked("server $shop; shop_health_check interval=100ms fast=100ms
    fails=1 passes=1 timeout=20s jitter=0% keepalive;");

ok found($nginx, state => 'up', checks => 20), 'some probes pass';
my ($early) = sort { $a <=> $b } map { $_->{n} } @{ peer($nginx)->{history} };
cmp_ok $early, '<', HISTORY, 'a history begins';

$shop->set('*', status => 500);
my $peer = found($nginx, state => 'down', checks => 100);
ok $peer, 'many do not';
$shop->set('*', 'ok');
$peer = found($nginx, state => 'up', checks => $peer->{checks} + 15);
ok $peer, 'some pass again';

my $sum = 0;
$sum += $_->{n} for @{ $peer->{history} };
is $sum, HISTORY, 'the last 64 are kept';
is join(' ', map { $_->{result} } @{ $peer->{history} }), 'status ok',
    'in their order';
cmp_ok $peer->{history}[0]{n}, '<', $peer->{fails}, 'the oldest are gone';

is scalar(my @failed = $nginx->log->find(qr/\[info\].*probe of .* failed: status 500, wanted 200-399, after \d+ ms/)),
    $peer->{fails}, 'each that failed is a line';
is scalar(my @down = $nginx->log->find(qr/\[warn\].*peer .* is down/)), 1,
    'the verdict is one';
is scalar(my @up = $nginx->log->find(qr/\[notice\].*peer .* is up again/)), 1,
    'and so is its end';
$nginx->stop;


# ---- many peers

my @ports = map { free_port() } 1 .. MANY;
$nginx = checked(join(' ', map { "server 127.0.0.1:$_;" } @ports)
    . ' shop_health_check interval=300ms fast=300ms fails=2 timeout=20s;',
    { workers => 4 });

my %downs;
ok wait_until(40, sub {
    %downs = ();
    $downs{$_}++
        for map { /peer (\S+) .* is down/ ? $1 : () } $nginx->log->lines;
    return MANY == keys %downs;
}), 'many servers go down';
ok found($nginx, checks => peer($nginx)->{checks} + 3), 'and stay so';

is scalar(grep { /\[(?:warn|error|crit)\]/ && !/is down/ } $nginx->log->lines),
    2, 'their group lost its redundancy, and then everybody, in a line each';
is_deeply [grep { $downs{$_} != 1 } keys %downs], [], 'each is told once';

done_testing;
