#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Kept connections of a server that was down: one that died meanwhile, which
# nginx finds out only when it asks, costs no visitor an error, and no backup
# group is entered for it.

use strict;
use warnings;

use lib 't/lib';
use IO::Socket::IP;
use ShopTest;
use ShopTest::Process;
use ShopTest::Status;

my %BALANCER = (
    rr => '', least => 'least_conn;', ip => 'ip_hash;', hash => 'hash $arg_k;',
    chash => 'hash $arg_k consistent;', random => 'random;',
);
my @NAMES = sort keys %BALANCER;

my ($port, $notes) = (free_port(), ShopTest::Dir->new('notes'));

$notes->write('health', '200 OK');

# Answers one request of a connection, and ends it at the next one: so it looks
# where the server was away and could not say so.
sub forgetful {
    my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1',
        LocalPort => $port, ReuseAddr => 1, Listen => 128) or die "$!\n";

    local $SIG{CHLD} = 'IGNORE';

    while (1) {
        my $socket = $listener->accept or next;
        my $pid = fork // die "fork: $!\n";

        next if $pid;

        my $request = head_of($socket);
        my $status = $request =~ m{^GET /health} ? $notes->read('health')
            : '200 OK';

        syswrite $socket, "HTTP/1.1 $status\r\nContent-Length: 3\r\n\r\nown";
        head_of($socket);
        exit 0;
    }
}

sub head_of {
    my ($socket) = @_;
    my $head = '';

    while ($head !~ /\r\n\r\n/) {
        sysread $socket, $head, 4096, length $head or last;
    }

    return $head;
}

my $process = ShopTest::Process->spawn(\&forgetful);
my $server = "127.0.0.1:$port";
my $spare = shop_server(body => 'spare');
my $check = 'shop_health_check uri=/health interval=300ms fast=100ms '
    . 'timeout=20s fails=1 passes=1;';

my $upstreams = join '', map { <<"END" } @NAMES;
    upstream $_ {
        $BALANCER{$_}
        server $server;
        keepalive 8;
        $check
        shop_failover_to spare hold=0;
    }
END
my $locations = join '', map { "location /$_ { proxy_pass http://$_; }\n" }
    @NAMES;

# one worker, which keeps all connections
my $nginx = nginx(workers => 1, http => <<"END");
    $upstreams
    upstream spare { server $spare; }
    server {
        listen %%ADDR%%;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        add_header X-Addr \$upstream_addr always;
        $locations
        location = /status { shop_status; }
    }
END

sub known {
    my ($state) = @_;

    return wait_until(30, sub {
        !grep { (peer_of($nginx, $_, $server)->{state} // '') ne $state }
            @NAMES;
    });
}

# what visitors get, and from whom
sub served {
    my ($name, $n) = @_;
    my @answers = map { get($nginx, "/$name?k=$_") } 1 .. $n;

    return (join(' ', map { $_->{body} } @answers),
        [map { split /, /, $_->{headers}{'x-addr'} } @answers]);
}

ok(known('up'), 'the server is up');

for my $name (@NAMES) {
    my ($bodies, $addresses) = served($name, 5);

    is($bodies, 'own own own own own', "$name: no visitor sees an error");
    cmp_ok(scalar @$addresses, '>', 5, '... though connections had died');
    is(scalar(grep { $_ ne $server } @$addresses), 0, '... and stays there');
}

$notes->write('health', '503 No');
ok(known('down'), 'it is down');
is((served($_, 1))[0], 'spare', "$_: the backup serves") for @NAMES;

$notes->write('health', '200 OK');
ok(known('up'), 'it is back');

my $asked = $spare->count;

for my $name (@NAMES) {
    my ($bodies, $addresses) = served($name, 3);

    is($bodies, 'own own own', "$name: what was kept costs no error");
    is(scalar(grep { $_ ne $server } @$addresses), 0, '... and no detour');
}

is($spare->count, $asked, 'the backup was not asked');

$process->stop('KILL', 5);
done_testing;
