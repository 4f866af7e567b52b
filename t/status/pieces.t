#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# With many servers the operator's view is made and sent in pieces: the worker
# serves others between two of them, and whoever asks gets a whole answer, by
# every protocol, slow or quick, over a reload, and in gzip.

use lib 't/lib';
use Compress::Zlib ();
use JSON::PP ();
use ShopTest;
use ShopTest::Http2 qw(http2 no_http2);

use constant PEERS => 1500;

my $gone = free_port();
my $shop = shop_server(body => 'shop');
my $h2 = no_http2() ? '' : 'listen %%ADDR_H2%% http2;';

my $servers = join '', map {
    sprintf "server 127.1.%d.%d:%d;\n", $_ / 250, 1 + $_ % 250, $gone
} 1 .. PEERS;

my $nginx = nginx(workers => 1, connections => 4096, level => 'notice',
    http => <<"END");
    gzip_types application/json text/plain;
    upstream many {
        $servers
        shop_health_check interval=1h;
    }
    upstream few { server $shop; shop_health_check interval=1h; }
    server {
        listen %%ADDR_MANY%%;
        server_name many.example;
        location / { proxy_pass http://many; }
    }
    server {
        listen %%ADDR_FEW%%;
        server_name few.example;
        location / { proxy_pass http://few; }
    }
    server {
        listen %%ADDR%%;
        $h2
        location /status { shop_status; }
        location /zipped { gzip on; gzip_comp_level 9; shop_status; }
        location /slow { limit_rate 4m; shop_status; }
        location /tiny { return 200 tiny; }
        location /page {
            ssi on; ssi_types text/plain; alias %%DIR%%/pages;
        }
        location /asks { auth_request /status; return 200 yes; }
    }
END

sub json { return JSON::PP::decode_json($_[0]{body}) }

# that is all of it
sub whole {
    my ($answer, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $json = eval { json($answer) } // {};

    return is(join(' ', map { "$_->{name} " . @{ $_->{peers} } }
        @{ $json->{upstreams} // [] }), 'many ' . PEERS . ' few 1', $name);
}

ok wait_until(30, sub { get($nginx, '/tiny')->{status} == 200 }), 'it runs';

# ---- protocols

my $answer = get($nginx, '/status');
whole($answer, 'the JSON of many servers');
is $answer->{headers}{'transfer-encoding'}, 'chunked', 'is sent in pieces';
is $answer->{headers}{'content-length'}, undef, 'without a length';

$answer = request($nginx, 'GET', '/status', version => '1.0');
whole($answer, 'by HTTP/1.0, too');
is $answer->{headers}{connection}, 'close', 'to the end of the connection';

my $client = client($nginx);
$answer = $client->request(HEAD => '/status');
is "$answer->{status} $answer->{body}", '200 ', 'HEAD has no body';
is $client->request(GET => '/tiny')->{body}, 'tiny', 'and leaves none behind';
$client->send(GET => '/status')->send(GET => '/tiny');
whole($client->answer, 'of pipelined requests the first');
is $client->answer->{body}, 'tiny', 'and the second';

$answer = get($nginx, '/status?site=few.example');
is $answer->{headers}{'content-length'}, length $answer->{body},
    'what is small has a length';

my $text = get($nginx, '/status?format=prometheus')->{body};
my $n = () = $text =~ /^shop_failover_peer_up\{/mg;
is $n, PEERS + 1, 'the metrics are whole';
like $text, qr/shop_failover_peer_suspect\{[^}]*upstream="few"[^}]*\} 0\n\z/,
    'to their end';

my $html = get($nginx, '/status?format=html')->{body};
like $html, qr{</html>\n\z}, 'so is the screen';

SKIP: {
    skip 'no HTTP/2', 1 if no_http2();
    whole(http2($nginx->address('H2'), GET => '/status'), 'HTTP/2');
}

# ---- filters, subrequests

sub unzipped {
    my ($answer) = @_;
    return { %$answer, body => Compress::Zlib::memGunzip($answer->{body}) };
}

my @zip = (headers => ['Accept-Encoding' => 'gzip']);

$answer = get($nginx, '/zipped', @zip);
is $answer->{headers}{'content-encoding'}, 'gzip', 'it is compressed';
whole(unzipped($answer), 'and whole');
whole(get($nginx, '/slow'), 'with limit_rate');

mkdir $nginx->dir . '/pages';
$nginx->file('pages/one.txt', 'before<!--#include virtual="/tiny" -->|'
    . '<!--#include virtual="/status" -->|<!--#include virtual="/tiny" -->'
    . '<!--#include virtual="/status?format=prometheus" -->after');
my $page = get($nginx, '/page/one.txt')->{body};
like $page, qr/\Abeforetiny\|\{/, 'a subrequest: what is before it';
my ($first) = $page =~ /\|(\{.*\})\n\|tiny/s;
whole({ body => $first // '' }, 'it is whole');
like $page, qr/upstream="few"[^}]*\} 0\nafter\z/, 'and what is after it';

is get($nginx, '/asks')->{body}, 'yes', 'as the word of auth_request';

# ---- others are served between two pieces

# Both stand before a stopped worker; compressed, the long answer is small, so
# that it waits for no client.
sub done_first {
    my ($long, $short) = map { client($nginx) } 1 .. 2;
    my ($worker) = $nginx->workers;

    $_->request(GET => '/tiny?ready') for $long, $short;
    kill STOP => $worker;
    $long->send(GET => '/zipped?format=prometheus&long', @zip);
    $short->send(GET => '/tiny?short');
    kill CONT => $worker;
    $_->answer for $long, $short;

    # an answer is in the log a little after it was sent
    my @done;
    wait_until(10, sub {
        open my $in, '<', $nginx->dir . '/access.log' or die;
        @done = map { m{GET \S+(long|short) } ? $1 : () } <$in>;
        return @done == 2;
    });

    return join ' ', @done;
}

is done_first(), 'short long', 'who asks for little waits for no long answer';

# ---- slow clients

sub begin {
    my $socket = IO::Socket::INET->new(Proto => 'tcp');
    setsockopt $socket, Socket::SOL_SOCKET(), Socket::SO_RCVBUF(), 4096;
    my ($host, $port) = $nginx->address =~ /(.*):(\d+)/;

    connect $socket, Socket::pack_sockaddr_in($port, Socket::inet_aton($host))
        or die "$!\n";
    syswrite $socket,
        "GET /status?format=prometheus HTTP/1.0\r\nHost: a\r\n\r\n";
    sysread $socket, my $in, 1000;

    return ($socket, $in);
}

sub rest {
    my ($socket, $in) = @_;

    1 while sysread $socket, $in, 65536, length $in;
    my $n = () = $in =~ /^shop_failover_peer_up\{/mg;

    return "$n " . ($in =~ /upstream="few"[^}]*\} 0\n\z/ ? 'whole' : 'torn');
}

my ($socket, $in) = begin();
is get($nginx, '/tiny')->{body}, 'tiny', 'others do not wait for a slow client';
is rest($socket, $in), PEERS + 1 . ' whole', 'who gets all of it in the end';

($socket, $in) = begin();
close $socket;
is get($nginx, '/tiny')->{body}, 'tiny', 'one who leaves hurts nobody';

($socket, $in) = begin();
my ($old) = $nginx->workers;
ok $nginx->reload, 'a reload while somebody reads';
is get($nginx, '/tiny')->{body}, 'tiny', 'the new worker serves';
is rest($socket, $in), PEERS + 1 . ' whole', 'and the old one ends its answer';
ok wait_until(20, sub { !kill 0, $old }), 'and leaves';

# a worker that leaves between two pieces: nothing but they keeps it, once it
# has the end of the request that it has read the beginning of
my $late = client($nginx);
$late->send_raw("GET /zipped HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n");
get($nginx, '/tiny') for 1 .. 2;
my ($worker) = $nginx->workers;
kill STOP => $worker;
$late->send_raw("Connection: close\r\n\r\n", 'GET');
kill QUIT => $worker;
kill CONT => $worker;
whole(unzipped($late->answer), 'one that leaves ends its answer first');

done_testing;
