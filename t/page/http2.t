#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The closed page over HTTP/2, plain and with TLS, down to the frames: an
# answer is whole, and a short request is read to its end, so that no client
# takes the RST_STREAM after an early answer for an error.

use strict;
use warnings;

use lib 't/lib';
use IO::Socket::IP;
use JSON::PP ();
use ShopTest;
use ShopTest::Http2 qw(http2 no_http2);

plan(skip_all => no_http2()) if no_http2();

my $shop = shop_server(body => 'the shop');
my ($crt, $key) = ca()->issue('localhost');

my $nginx = nginx(workers => 1, http => <<"END");
    client_max_body_size 0;
    client_body_buffer_size 16k;
    ssl_certificate $crt;
    ssl_certificate_key $key;

    server {
        listen %%ADDR%%;
        listen %%ADDR_H2%% http2;
        listen %%ADDR_TLS%% ssl http2;
        shop_maintenance %%DIR%%/flag;

        location / { proxy_pass http://$shop; }
        location ~ /\\. { return 404; }
        location = /open { shop_maintenance off; proxy_pass http://$shop; }
        location = /stock { shop_maintenance off; return 503 "stock"; }
    }
END

my %on = (plain => $nginx->address('H2'), TLS => $nginx->address('TLS'));
my @html = (headers => [accept => 'text/html', 'accept-encoding' => 'identity']);

sub closed {
    my ($wanted) = @_;

    return wait_until(20, sub {
        (get($nginx, '/')->{status} == 503) == $wanted;
    });
}


# ---- open

sub early {
    my ($on) = @_;
    my $answer = http2($on{$on}, GET => '/.shop-status', tls => $on eq 'TLS');

    return "$answer->{status} "
        . ($answer->{body} =~ /"state":"(\w+)"/ ? $1 : $answer->{body});
}

is early($_), '200 open', "$_: the public status answers before locations do"
    for sort keys %on;

is http2($on{plain}, POST => '/', body => 'a=1')->{body}, 'the shop',
    'the shop is open';

$nginx->file('flag', "status: We repair the database.\n");
ok closed(1), 'it closes';
is early($_), '200 maintenance', "$_: and says so" for sort keys %on;


# ---- closed

for my $how (sort keys %on) {
    my @how = ($on{$how});
    my @tls = (tls => $how eq 'TLS');

    my $page = http2(@how, GET => '/', @html, @tls);
    is $page->{status}, 503, "$how: a document";
    is $page->{headers}{'content-type'}, 'text/html; charset=utf-8', 'is HTML';
    like $page->{body}, qr/We repair the database.*<\/html>\s*\z/s, 'whole';
    is $page->{headers}{'content-length'}, length $page->{body},
        'of the length that is said';
    ok $page->{complete}, 'ended by END_STREAM';
    is $page->{reset}, '', 'and by nothing else';

    my $head = http2(@how, HEAD => '/', @html, @tls);
    is "$head->{status} $head->{body}", '503 ', "$how: HEAD has headers only";
    is $head->{headers}{'content-length'}, $page->{headers}{'content-length'},
        'those of the page';
    ok $head->{complete} && !$head->{reset}, 'and ends well';

    my $problem = http2(@how, GET => '/api', @tls, headers =>
        [accept => 'application/json', 'accept-encoding' => 'identity']);
    is $problem->{headers}{'content-type'}, 'application/problem+json',
        "$how: an API client gets a problem";
    is JSON::PP::decode_json($problem->{body})->{status}, 503, 'in JSON';

    my $zipped = http2(@how, GET => '/', @tls, headers =>
        [accept => 'text/html', 'accept-encoding' => 'gzip']);
    is $zipped->{headers}{'content-encoding'}, 'gzip', "$how: compressed";
    is $zipped->{body}, $page->{body}, 'it is the same page';

    for my $length (1, 300, 16_384) {
        my $post = http2(@how, POST => '/order', @html, @tls,
            body => 'x' x $length);

        is $post->{status}, 503, "$how: a POST of $length bytes";
        like $post->{body}, qr/did not reach us.*<\/html>\s*\z/s,
            'is told the truth';
        ok $post->{complete}, 'to the end';
        is $post->{reset}, '', 'without a reset';
    }

    for my $answer (
        http2(@how, POST => '/large', @html, @tls, body => 'x' x 3_000_000,
            times => 3),
    ) {
        is $answer->{status}, 503, "$how: a long POST is answered";
        like $answer->{body}, qr/<\/html>\s*\z/, 'with all of the page';
        ok $answer->{complete}, 'that is an END_STREAM';
        is $answer->{reset}, 'NO_ERROR', 'and the body is not wanted';
    }
}

my $stock = http2($on{plain}, POST => '/stock', body => 'x' x 3_000_000);
is "$stock->{status} $stock->{complete} $stock->{reset}", '503 1 NO_ERROR',
    'as an answer of nginx itself';

is $shop->count(method => 'POST', uri => qr{^/(?:order|large)}), 0,
    'the shop saw none of them';


# ---- what is on its way while the shop opens

# frame(TYPE, FLAGS, STREAM, CONTENT): RFC 9113, section 4.1
sub frame {
    my ($type, $flags, $stream, $content) = @_;

    return substr(pack('N', length $content), 1)
        . pack('CCN', $type, $flags, $stream) . $content;
}

# a literal header without a name of the table: RFC 7541, section 6.2.2
sub literal {
    return join '', "\0", map { chr(length) . $_ } @_;
}

# a POST whose body is announced; a socket to send it on
sub begin_post {
    my ($uri, $length) = @_;
    my $socket = IO::Socket::IP->new(PeerAddr => $on{plain})
        or die "connect: $!\n";

    $socket->autoflush;
    print $socket "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", frame(4, 0, 0, ''),
        frame(1, 4, 1, literal(':method', 'POST') . literal(':path', $uri)
            . literal(':scheme', 'http') . literal(':authority', 'localhost')
            . literal('content-length', $length));

    return $socket;
}

my $slow = begin_post('/slow', 10);
my $gone = begin_post('/gone', 10);
print $_ frame(0, 0, 1, 'first') for $slow, $gone;

is http2($on{plain}, GET => '/open')->{body}, 'the shop', 'some bodies wait';

close $gone;
unlink $nginx->dir . '/flag';
ok closed(0), 'the shop opens';
print $slow frame(0, 1, 1, 'other');

ok wait_until(20, sub { $shop->count(uri => '/slow') }),
    'what is complete now goes to the shop';
is(($shop->requests(uri => '/slow'))[0]{body}, 'firstother', 'whole');
is $shop->count(uri => '/gone'), 0, 'what never will be does not';
close $slow;


# ---- a fallback

$shop->refuse;

my $sent = http2($on{plain}, POST => '/order', @html, body => 'a=1');
is $sent->{status}, 503, 'nothing serves: the page';
like $sent->{body}, qr/did not reach us/, 'with the truth';
ok $sent->{complete} && !$sent->{reset}, 'and it ends well';


# ---- the client that most have

SKIP: {
    skip 'no curl that speaks HTTP/2', 1
        if `curl --version 2>/dev/null` !~ /HTTP2/;

    $nginx->file('flag', '');
    ok closed(1), 'closed again';

    my $curl = 'curl -s -o /dev/null -w %{http_code} --http2-prior-knowledge';
    is `$curl --data a=1 http://$on{plain}/`, 503,
        'curl sees the answer to a POST';
}

done_testing;
