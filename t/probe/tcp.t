#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Probes of type tcp: a connection is all that is asked for, and its end is
# orderly for both sides.

use ShopTest;
use ShopTest::Check;

use ShopTest::Process;
use Socket qw(SOL_SOCKET SO_ERROR);

my $check = 'shop_health_check type=tcp interval=200ms fast=200ms fails=1 '
    . 'passes=1 timeout=700ms';


# Says something to whoever comes, and writes down how the connection ended.
sub talker {
    my ($port, $file, $greeting) = @_;

    my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1',
        LocalPort => $port, ReuseAddr => 1, Listen => 16) or die "$!\n";

    alarm 3600;
    $SIG{PIPE} = 'IGNORE';

    while (my $socket = $listener->accept) {
        syswrite $socket, $greeting;
        select undef, undef, undef, 0.05;
        syswrite $socket, 'again';
        select undef, undef, undef, 0.05;
        my $error = $socket->getsockopt(SOL_SOCKET, SO_ERROR);
        my $count = sysread $socket, my $bytes, 4096;

        open my $out, '>>', $file or die "$file: $!\n";
        print $out $error ? "error $error\n" : "$count bytes\n";
    }
}


my $shop = shop_server();
my $unix = shop_server(on => 'unix');
my $refusing = shop_server()->listener('refuse');
my $full = shop_server()->listener('full');
my $locked = shop_server(on => 'unix');
chmod 0, $locked->{path};
my $six = eval { shop_server(on => '::1') };

my $port = free_port();
my $notes = ca()->file . '.talker';
ShopTest::Process->spawn(sub {
    talker($port, $notes, "220 ready\r\n");
});

my $nginx = checked(
    "server $shop; $check;",
    "server $unix; $check;",
    "server $refusing; $check;",
    "server $full; $check;",
    "server 127.0.0.1:$port; $check;",
    "server $locked; $check;",
    $six ? "server $six; $check;" : (),
);

ok found($nginx, upstream => 'u0', state => 'up'), 'a server that listens';
ok found($nginx, upstream => 'u1', state => 'up'), 'a unix socket';
ok found($nginx, upstream => 'u2', state => 'down',
    result => 'connect_refused'), 'nobody listens';
ok found($nginx, upstream => 'u3', state => 'down',
    result => 'connect_timeout'), 'nobody accepts';
ok found($nginx, upstream => 'u4', state => 'up', checks => 3),
    'a server that speaks first';
ok found($nginx, upstream => 'u5', state => 'down',
    result => 'connect_refused', detail => qr/^permission denied$/),
    'a socket that we may not open is as good as none';
ok $six ? found($nginx, upstream => 'u6', state => 'up') : 1, 'IPv6';

is $shop->count, 0, 'nothing is sent';
ok wait_until(10, sub { $shop->connections >= 3 }), 'one connection a probe';

my $checks = peer($nginx, 'u0')->{checks};
cmp_ok abs($shop->connections - $checks), '<=', 2, 'and no more';

sub noted {
    open my $in, '<', $notes or return;
    my @lines = <$in>;
    return @lines;
}

ok wait_until(20, sub { noted() >= 3 }), 'connections end';
is_deeply [grep { $_ ne "0 bytes\n" } noted()], [],
    'without a reset, though we never read a word of it';


# ---- it goes and comes

$shop->refuse;
ok found($nginx, upstream => 'u0', state => 'down'), 'a server that stops';
$shop->open;
ok found($nginx, upstream => 'u0', state => 'up'), 'and comes back';

done_testing;
