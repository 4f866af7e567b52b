package ShopTest::Port;

# Copyright (C) ngx_shop_failover_module authors
#
# Ports for servers that may close and reopen: a port stays ours until the
# test ends, whether somebody listens on it or not.

use strict;
use warnings;

use Exporter qw(import);
use IO::Socket::IP;
use IO::Socket::UNIX;

our @EXPORT_OK = qw(free_port);

# below the range from which Linux takes ports for outgoing connections
use constant FIRST => 10_000;
use constant LAST  => 32_000;

my @locks;


# Parallel tests agree through abstract unix sockets: a name is held by one
# process at a time, in the same network namespace as the ports, and goes with
# its holder; no file is left.
sub free_port {
    my $start = int rand LAST - FIRST;

    for my $step (0 .. LAST - FIRST - 1) {
        my $port = FIRST + ($start + $step) % (LAST - FIRST);
        my $lock = IO::Socket::UNIX->new(
            Local => "\0ngx_shop_failover_module.test.port.$port",
        ) or next;

        next if !bindable('127.0.0.1', $port);
        next if has_ipv6() && !bindable('::1', $port);

        push @locks, $lock;
        return $port;
    }

    die "no free port between @{[FIRST]} and @{[LAST]}\n";
}


sub bindable {
    my ($host, $port) = @_;

    return IO::Socket::IP->new(
        LocalHost => $host,
        LocalPort => $port,
        ReuseAddr => 1,
        Listen    => 1,
    );
}


sub has_ipv6 {
    our $has_ipv6;

    return $has_ipv6 //= bindable('::1', 0) ? 1 : 0;
}


1;
