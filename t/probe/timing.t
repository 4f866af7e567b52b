#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# When probes come and how long they may take: intervals counted at the server,
# kept connections, and an end that no server sees as a reset.

use ShopTest;
use ShopTest::Check;

use ShopTest::Process;
use Socket qw(SOL_SOCKET SO_ERROR);


# the seconds between the probes that a server has seen
sub gaps {
    my ($shop, %wanted) = @_;
    my @times = map { $_->{time} } $shop->requests(%wanted);

    return map { $times[$_] - $times[$_ - 1] } 1 .. $#times;
}


sub mean {
    my (@values) = @_;
    my $sum = 0;

    $sum += $_ for @values;
    return @values ? $sum / @values : 0;
}


# ---- the interval, and "fast" while in doubt

my $shop = shop_server();
my $nginx = checked(
    "server $shop; shop_health_check uri=/slow interval=2s fast=100ms
     fails=1000 passes=1000 timeout=10s jitter=0%;",
    "server $shop; shop_health_check uri=/even interval=300ms jitter=0%
     timeout=10s;",
    "server $shop; shop_health_check uri=/spread interval=300ms jitter=50%
     timeout=10s;",
);

ok found($nginx, upstream => "u$_", state => 'up', checks => $_ ? 12 : 3),
    "upstream u$_ is up" for 0 .. 2;

# never earlier; later only as far as the machine is busy
my @even = gaps($shop, uri => '/even');
cmp_ok mean(@even), '>=', 0.29, 'probes come at the interval';
cmp_ok scalar(grep { $_ < 0.2 } @even), '<=', 1, 'and not in bunches';

my @spread = sort { $a <=> $b } gaps($shop, uri => '/spread');
cmp_ok $spread[-1] - $spread[0], '>', 0.05, 'jitter spreads them';
cmp_ok mean(@spread), '>=', 0.2, 'but does not make them more';

my $before = $shop->count(uri => '/slow');
$shop->set('/slow', status => 500);
ok wait_until(30, sub {
    $shop->count(uri => '/slow') > $before + 12
}), 'in doubt they come at "fast"';
my @doubt = (gaps($shop, uri => '/slow'))[-10 .. -1];
cmp_ok mean(@doubt), '<', 1.5, 'and not at the interval';


# ---- peers do not all begin at once

my $crowd = shop_server();
$nginx = checked(
    (map { "server $crowd; shop_health_check uri=/start interval=2s
        timeout=10s;" } 1 .. 12),
);
ok wait_until(30, sub { $crowd->count(uri => '/start') >= 12 }),
    'all are probed';
my @starts = sort { $a <=> $b }
    map { $_->{time} } ($crowd->requests(uri => '/start'))[0 .. 11];
cmp_ok $starts[-1] - $starts[0], '>', 0.1, 'the first probes are spread';


# ---- the timeout is of the whole probe

my %slow = (
    'one that drips'            => shop_server(raw => "HTTP/1.1 200 OK\r\n"
        . join('', map { "X-$_: y\r\n" } 1 .. 500) . "\r\n", drip => 0.05),
    'one that drips its body'   => shop_server(body => 'x' x 5_000,
        cut => 4_000, drip => 0.02),
    'one that waits'            => shop_server(delay => 30),
    'one that stops in between' => shop_server(cut => 40, then => 'hang',
        body => 'abc'),
);
my @names = sort keys %slow;

$nginx = checked(map { "server $slow{$_}; shop_health_check interval=5s fails=1
    timeout=1s;" } @names);

for my $i (0 .. $#names) {
    my $peer = found($nginx, upstream => "u$i", state => 'down',
        result => 'timeout', detail => qr/^timed out, .* after 1000 ms$/);

    ok $peer, "$names[$i]: timed out";
    cmp_ok $peer && $peer->{last}{ms}, '>=', 990, 'after all its time';
}

for my $drips (0, 1) {
    like peer($nginx, "u$drips")->{last}{detail}, qr/not complete/,
        'which is said of an answer that had begun';
}


# ---- kept connections

my $keeper = shop_server();
my $never = shop_server(raw => "HTTP/1.1 200 OK\r\nConnection: close\r\n"
    . "Content-Length: 0\r\n\r\n", then => 'close');
my $old = shop_server(raw => "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    then => 'close');
my $more = shop_server(raw => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    . "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
my $keep = 'shop_health_check interval=200ms fast=200ms fails=1 timeout=10s '
    . 'keepalive';

$nginx = checked(
    "server $keeper; $keep;",
    "server $never; $keep;",
    "server $old; $keep;",
    "server $more; $keep;",
);

ok found($nginx, upstream => "u$_", state => 'up', checks => 5),
    "upstream u$_ is up" for 0 .. 3;

is $keeper->connections, 1, 'one connection for all probes';
is +($keeper->requests)[0]{headers}{connection}, 'keep-alive',
    'which is asked for';
cmp_ok $_->connections, '>=', 5, 'none is kept that must not be'
    for $never, $old, $more;

# the server closes what it kept, just when it is asked again, or before
for my $round (1 .. 3) {
    $keeper->listener('close');
    $keeper->listener('open');
    my $checks = peer($nginx, 'u0')->{checks};
    ok found($nginx, upstream => 'u0', state => 'up', checks => $checks + 2),
        'a kept connection was closed, and the next probe finds the server';
}

my @failed = grep { /probe of \Q$keeper\E .* failed: (?!connect refused)/
    && !/closed without|reset/ } $nginx->log->lines;
is_deeply \@failed, [], 'nothing else is told of it';


# ---- a server that closes at the very moment, or after our request came

sub closer {
    my ($port, $file) = @_;

    my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1',
        LocalPort => $port, ReuseAddr => 1, Listen => 16) or die "$!\n";

    alarm 3600;

    my $answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    # answers one request of a connection; at the next it goes without a word
    while (my $socket = $listener->accept) {
        for my $say ($answer, '') {
            my $head = '';
            while ($head !~ /\r\n\r\n/) {
                sysread $socket, $head, 4096, length $head or last;
            }

            open my $out, '>>', $file or die "$file: $!\n";
            print $out length $head ? "request\n" : "end\n";
            close $out;
            syswrite $socket, $say;
        }
    }
}

my $port = free_port();
my $notes = ca()->file . '.closer';
ShopTest::Process->spawn(sub { closer($port, $notes) });

$nginx = checked("server 127.0.0.1:$port; $keep;");

ok found($nginx, state => 'up', checks => 10),
    'a server that goes when it is asked again';
is peer($nginx)->{fails}, 0, 'has not failed: each time one more connection';
is scalar($nginx->log->find(qr/failed/)), 0, 'and nobody was told';


# ---- the end of a connection

sub reader {
    my ($port, $file) = @_;

    my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1',
        LocalPort => $port, ReuseAddr => 1, Listen => 16) or die "$!\n";

    alarm 3600;
    $SIG{PIPE} = 'IGNORE';

    my @answers = (
        "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" . 'x' x 300_000,
        "HTTP/1.1 503 No\r\nContent-Length: 300000\r\n\r\n" . 'x' x 300_000,
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" . 'too long' x 9_000,
        "garbage " x 9_000,
    );

    for (my $n = 0; my $socket = $listener->accept; $n++) {
        my $head = '';
        while ($head !~ /\r\n\r\n/) {
            sysread $socket, $head, 4096, length $head or last;
        }

        # in two parts, so that the second comes after a verdict is possible
        my $answer = $answers[$n % @answers];
        my @parts = $answer =~ /^(.{100})(.*)/s;
        my $failed = '';

        for my $part (@parts) {
            while (length $part) {
                my $count = syswrite $socket, $part;
                if (!$count) { $failed = "write: $!"; last }
                substr $part, 0, $count, '';
            }
            select undef, undef, undef, 0.05;
        }

        # a read would see the end that came before the reset
        my $error = $socket->getsockopt(SOL_SOCKET, SO_ERROR);
        my $count = sysread $socket, my $bytes, 4096;
        $failed ||= "error $error" if $error || !defined $count;

        open my $out, '>>', $file or die "$file: $!\n";
        print $out $n % @answers, ' ', $failed || 'in order', "\n";
    }
}

my $reading = free_port();
my $seen = ca()->file . '.reader';
ShopTest::Process->spawn(sub { reader($reading, $seen) });

$nginx = checked("server 127.0.0.1:$reading;
    shop_health_check interval=300ms fast=300ms timeout=10s;");

sub seen {
    open my $in, '<', $seen or return;
    my @lines = <$in>;
    return @lines;
}

ok wait_until(30, sub { seen() >= 8 }), 'a server that watches for resets';
is_deeply [grep { !/in order/ } seen()], [], 'sees none, whatever it says';

done_testing;
