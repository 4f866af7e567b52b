#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Probes of type http: what they send, over which addresses, and the result of
# every kind of answer.

use ShopTest;
use ShopTest::Check;
use ShopTest::Process;


# ---- what is sent

my $shop = shop_server(body => 'fine');
my $nginx = checked(
    "server $shop; shop_health_check quick uri=/healthz?deep=1;",
    "server $shop; shop_health_check quick uri=/own method=POST;
     shop_health_header X-Probe yes;
     shop_health_header x-twice one;
     shop_health_header x-twice two;
     shop_health_header host shop.example;
     shop_health_header User-Agent 'nginx at night';
     shop_health_body '{\"ping\": 1}';",
    "server localhost:@{[ $shop->port ]};
     shop_health_check quick uri=/name;",
    "server $shop; shop_health_check quick uri=/head method=HEAD;",
    "server $shop; shop_health_check quick uri=/put method=PUT;",
);

ok found($nginx, upstream => "u$_", state => 'up'), "upstream u$_ is up"
    for 0 .. 4;

my ($request) = $shop->requests(uri => '/healthz?deep=1');
is $request->{method}, 'GET', 'GET is asked for by default';
is $request->{headers}{host}, "$shop", 'Host is the server as it is written';
is $request->{headers}{'user-agent'}, 'shop-failover', 'it says who asks';
is $request->{headers}{connection}, 'close', 'it keeps no connection';
ok !exists $request->{headers}{'content-length'}, 'GET has no length';

($request) = $shop->requests(uri => '/own');
is $request->{method}, 'POST', 'a method of its own';
is $request->{body}, '{"ping": 1}', 'a body of its own';
is $request->{headers}{'content-length'}, 11, 'with its length';
is $request->{headers}{'x-probe'}, 'yes', 'headers of its own';
is $request->{headers}{'x-twice'}, 'one, two', 'also several of one name';
is $request->{headers}{host}, 'shop.example', 'Host can be replaced';
is $request->{headers}{'user-agent'}, 'nginx at night', 'and who asks';

($request) = $shop->requests(uri => '/name');
is $request->{headers}{host}, 'localhost:' . $shop->port,
    'Host is the name of the server, not its address';

is +($shop->requests(uri => '/head'))[0]{method}, 'HEAD', 'HEAD is asked for';
is +($shop->requests(uri => '/put'))[0]{headers}{'content-length'}, 0,
    'PUT without a body says so';

my @requests = $shop->requests(uri => '/head');
my %connections = map { $_->{connection} => 1 } @requests;
is keys %connections, @requests, 'each probe has a connection of its own';


# ---- over which addresses

my $six = eval { shop_server(on => '::1', body => 'six') };
my $unix = shop_server(on => 'unix', body => 'unix');
my $other = shop_server(status => 500);

my @addresses = (
    "server $unix; shop_health_check quick uri=/probe;",
    "server $other; shop_health_check quick port=@{[ $shop->port ]};",
);
push @addresses, "server $six; shop_health_check quick uri=/probe;" if $six;

$nginx = checked(@addresses);

ok found($nginx, upstream => 'u0', state => 'up'), 'a unix socket is probed';
is +($unix->requests(uri => '/probe'))[0]{headers}{host}, 'localhost',
    'as localhost';
ok found($nginx, upstream => 'u1', state => 'up'), 'another port is probed';
is $other->count, 0, 'and not that of the server';
is +($shop->requests(uri => '/'))[0]{headers}{host}, "$shop",
    'Host has the port that is probed';

SKIP: {
    skip 'no IPv6 here', 2 if !$six;

    ok found($nginx, upstream => 'u2', state => 'up'), 'IPv6 is probed';
    is +($six->requests(uri => '/probe'))[0]{headers}{host}, "$six",
        'with brackets in Host';
}


# ---- each kind of answer has a result

my $ok = "HTTP/1.1 200 OK\r\n";
my $end = "Content-Length: 2\r\n\r\nok";
my $big = 'x' x 8_000;

my @answers = (
    # name, behaviour of the server, result, detail
    ['an answer in HTTP/1.0', ok => qr//,
        raw => "HTTP/1.0 200 OK\r\n\r\nbody", then => 'close'],
    ['no reason phrase', ok => qr//, raw => "HTTP/1.1 200\r\n$end"],
    ['a blank and no reason phrase', ok => qr//,
        raw => "HTTP/1.1 200 \r\n$end"],
    ['line feeds alone', ok => qr//,
        raw => "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"],
    ['1xx before the answer', ok => qr//,
        raw => "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
            . "Link: </a>\r\n\r\n$ok$end"],
    ['1xx before a bad answer', status => qr/^status 500, wanted 200-399/,
        raw => "HTTP/1.1 103 Early Hints\r\n\r\n"
            . "HTTP/1.1 500 Oh\r\n$end"],
    ['no length, ended by close', ok => qr//,
        raw => "$ok\r\nbody", then => 'close'],
    ['an empty answer', ok => qr//, status => 204],
    ['a redirect', ok => qr//, status => 302],
    ['a chunked answer', ok => qr//, chunked => 3, body => 'in pieces'],
    ['1xx without an end', malformed => qr/./,
        raw => "HTTP/1.1 100 Continue\r\n\r\n" x 5_000, then => 'hang'],
    ['nothing but line ends', malformed => qr/./, raw => "\r\n" x 100],
    ['a version of tomorrow', malformed => qr/./,
        raw => "HTTP/2.0 200 OK\r\n$end"],
    ['a status that is none', malformed => qr/./,
        raw => "HTTP/1.1 20 OK\r\n$end"],
    ['an answer that drips in', ok => qr//, drip => 0.001, body => 'slow'],
    ['a bad status', status => qr/^status 503, wanted 200-399$/,
        status => 503],
    ['a missing page', status => qr/^status 404/, status => 404],
    ['a body shorter than promised', closed => qr/shorter than promised/,
        'short', body => 'abc'],
    ['a chunked body cut short', closed => qr/./,
        raw => "${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        then => 'close'],
    ['a header that is cut short', closed => qr/closed in the header/,
        raw => "${ok}Content-Le", then => 'close'],
    ['closed without an answer', closed => qr/closed without an answer/,
        'close'],
    ['a reset', closed => qr/reset/, 'reset'],
    ['a header of 31 KB', ok => qr//,
        raw => $ok . join('', map { "X-$_: $big\r\n" } 1 .. 3)
            . "X-Last: " . 'x' x 7_000 . "\r\n$end"],
    ['a header of 40 KB', malformed => qr/header too large/,
        raw => $ok . join('', map { "X-$_: $big\r\n" } 1 .. 5) . $end],
    ['garbage', malformed => qr/./, 'garbage'],
    ['two lengths', malformed => qr/./,
        raw => "${ok}Content-Length: 3\r\n$end"],
    ['a length that is none', malformed => qr/./,
        raw => "${ok}Content-Length: -1\r\n\r\n"],
    ['another protocol', malformed => qr/./,
        raw => "SSH-2.0-OpenSSH_9.2\r\n", then => 'hang'],
);

my @shops = map {
    my ($name, $result, $detail, @behaviour) = @$_;
    shop_server(@behaviour);
} @answers;

$nginx = checked(map { "server $_; shop_health_check quick;" } @shops);

for my $i (0 .. $#answers) {
    my ($name, $result, $detail) = @{ $answers[$i] };

    ok found($nginx, upstream => "u$i", result => $result, detail => $detail,
        state => $result eq 'ok' ? 'up' : 'down'), "$name: $result";
}


# ---- an answer without an end: what came so far counts

my %endless = (
    close   => ["$ok\r\n", 'x' x 0x8000],
    chunked => ["${ok}Transfer-Encoding: chunked\r\n\r\n",
        "8000\r\n" . 'x' x 0x8000 . "\r\n"],
    length  => ["${ok}Content-Length: 9000000000000\r\n\r\n", 'x' x 0x8000],
);
my @kinds = sort keys %endless;
my @ports = map { free_port() } @kinds;
my $notes = ShopTest::Dir->new('notes');

# says how many bytes it could send, for each connection
sub endless {
    my ($kind, $port) = @_;
    my ($head, $more) = @{ $endless{$kind} };
    my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1',
        LocalPort => $port, ReuseAddr => 1, Listen => 16) or die "$!\n";

    $SIG{PIPE} = 'IGNORE';

    while (my $socket = $listener->accept) {
        my ($request, $sent) = ('', 0);
        sysread $socket, $request, 4096;
        syswrite $socket, $head;

        while (my $count = syswrite $socket, $more) {
            $sent += $count;
        }

        $notes->write($kind, $sent);
    }
}

my @endless = map {
    my $i = $_;
    ShopTest::Process->spawn(sub { endless($kinds[$i], $ports[$i]) });
} 0 .. $#kinds;

$nginx = checked(map { "server 127.0.0.1:$_; shop_health_check interval=200ms
    fails=1 timeout=20s;" } @ports);

for my $i (0 .. $#kinds) {
    ok found($nginx, upstream => "u$i", state => 'up', checks => 3),
        "a body without an end ($kinds[$i]) is judged by its beginning";
    ok wait_until(20, sub { $notes->read($kinds[$i]) }), '... its end comes';
    cmp_ok $notes->read($kinds[$i]), '<', 64 * 1024 * 1024,
        '... and not read for ever';
}

$nginx->stop;
$_->stop('KILL', 5) for @endless;


# ---- a listener that does not answer

my %listeners = (
    refuse => [connect_refused => qr/^connect refused/],
    full   => [connect_timeout => qr/timed out/],
    hang   => [timeout => qr/^timed out, no answer after 500 ms/],
);
my @modes = sort keys %listeners;
my @listeners = map { shop_server()->listener($_) } @modes;

$nginx = checked(
    (map {
        "server $_; shop_health_check interval=200ms fast=200ms fails=1 "
            . 'passes=1 timeout=500ms;'
    } @listeners),
    "server unix:@{[ $nginx->dir ]}/nobody; shop_health_check quick;",
);

for my $i (0 .. $#modes) {
    my ($result, $detail) = @{ $listeners{ $modes[$i] } };

    ok found($nginx, upstream => "u$i", state => 'down', result => $result,
        detail => $detail), "a listener that does \"$modes[$i]\": $result";
}

ok found($nginx, upstream => 'u3', state => 'down',
    result => 'connect_refused', detail => qr/no such socket/),
    'a unix socket that is not there';


# ---- every verdict is explained

ok told($nginx, qr/\[info\].*shop failover: probe of \S+ in upstream "u\d" failed: connect refused, after \d+ ms/),
    'a failed probe is told, with its reason';
ok told($nginx, qr/\[warn\].*shop failover: peer \S+ in upstream "u\d" is down: connect refused, 1 of 1 failed/),
    'a verdict that changed is told, with its reason';

my $down = grep { /peer \Q$listeners[2]\E .* is down/ } $nginx->log->lines;
is $down, 1, 'it is told once, however often the probe fails';

done_testing;
