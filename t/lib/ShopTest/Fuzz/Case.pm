package ShopTest::Fuzz::Case;

# Copyright (C) ngx_shop_failover_module authors
#
# What the fuzzer sends: random and mutated requests, from rand() alone, so
# that a seed makes the same again.  A case is
#
#     { listener => 'ADDR', 'H2' or 'PP', wild => bytes changed or not,
#       steps => [{ method, target, version, headers => [[name, value]...],
#                   body, chunked, pieces => [lengths] }...],
#       cuts => [lengths of segments], changes => [[at, how many, bytes]...] }
#
# Whatever a visitor could make of an answer's head begins with "Zq-".

use strict;
use warnings;
no warnings qw(qw);              # commas in values

use Digest::SHA qw(hmac_sha256);
use Exporter qw(import);
use MIME::Base64 qw(encode_base64url);

our @EXPORT_OK = qw(new_case case_bytes step_bytes keyed HOST KEY INJECTED);

use constant {
    HOST     => 'shop.example',
    KEY      => 'a-key-of-the-fuzzer-long-enough-for-anybody',
    UNTIL    => 4_102_444_800,          # 2100: the same bytes in each run
    INJECTED => 'Zq-Injected',
};

my @METHODS = ((qw(GET) x 11), qw(HEAD HEAD POST POST POST POST POST PUT
    DELETE OPTIONS PATCH PROPFIND TRACE PURGE));

# Of an answer of the shop, see ShopTest::Fuzz::Shop; what takes time is rare.
my @SHOP = ((map { "status=$_" } 204, 206, 301, 304, 400, 401, 403, 404, 404,
    416, 429, 499, 500, 500, 502, 502, 503, 503, 504, 504),
    qw(html html html,etag html,chunked chunked chunked,cut cut size=3000
    size=70000 size=70000,chunked size=70000,cut etag etag cookies long none
    garbage cuthead nul badname badsize twice badchunk early bighead old
    badline stderr status=302,loc=/there status=302,loc=//else/ accel=/part
    accel=/inside?a=1 accel=@other accel=/none),
    qw(status=503,html status=404,html,chunked expired expired expired));

my @HEADERS = (
    ['Accept-Encoding', qw(gzip br gzip,br;q=0 *)],
    ['Accept', qw(text/html application/json */* image/png,*/*;q=0.1)],
    ['Accept-Language', 'de', 'xx,en;q=0.1', 'ar-EG,ar', ';;q=,'],
    ['Range', qw(bytes=0-4 bytes=2- bytes=-3 bytes=900-1200 bytes=9-2
        bytes=0-1,4-5 bytes=0-,0-,0- lines=1)],
    ['If-None-Match', qw("e" "same" W/"e" *)],
    ['If-Match', qw("e" "no")],
    ['If-Modified-Since', 'Tue, 14 Nov 2023 22:13:20 GMT', 'yesterday'],
    ['If-Range', qw("same" "e")],
    ['X-Real-IP', qw(10.1.2.3 192.0.2.7 ::1 nonsense)],
    ['X-Forwarded-For', '10.1.2.3', '1.2.3.4, 10.1.2.3'],
    ['Authorization', 'Basic dXNlcjpwYXNz', 'Basic eDp5', 'Bearer x'],
    ['Referer', "http://@{[HOST]}/a?shop-bypass=x"],
    ['Origin', 'https://shop.example', 'null', 'https://evil.example'],
    ['Sec-Fetch-Dest', qw(document image script empty)],
    ['Content-Type', qw(application/json application/grpc text/plain)],
    ['Upgrade', qw(websocket h2c)],
    ['Expect', '100-continue'],
    ['Connection', 'keep-alive', 'close', 'upgrade', 'keep-alive, X-Id'],
    ['TE', 'trailers'],
    ['Slice', '1'],
);

my @SEGMENTS = ('', '.', '..', '%2e%2e', 'a', 'index.php', '%', '%zz', '%00',
    '%2f', '%5c', '\\', ';a=1', 'ours-status', '.shop-status', "\xc3\xa4",
    '%C3%A4', '%25', '%0d%0a' . INJECTED . ':1', '%0a' . INJECTED . ':1', '+',
    '%20', '?', '%3f', '%3fshop-bypass=off', '%26', '#', '%23', '~');

my @ARGUMENTS = ('a=1', 'a=%0d%0a' . INJECTED . ':1', 'x', '', '=', 'a=%', 'b',
    'color=red%26x', 'q=' . 'z' x 200, 'shop=1', 'c=1', 'c=', 'a[]=1', "\xff",
    'format=json', 'shop-bypas=1', 'sHop-bypass=off');


sub one_of { return $_[rand @_] }
sub chance { return rand() < $_[0] }


# keyed(FLAGS, [until => TIME, site => HOST]): a token as docs/operations.md
# describes it; its flags are 1 for a cookie and 2 for a drill
sub keyed {
    my ($flags, %other) = @_;
    my $head = pack 'CCQ>', 1, $flags, $other{until} // UNTIL;

    return encode_base64url($head . hmac_sha256(
        "shop failover bypass\n$head" . ($other{site} // HOST), KEY));
}


# a few bytes of a good one are changed
sub damaged {
    my ($token) = @_;

    substr $token, rand length $token, 1, one_of('A' .. 'Z', '', '==', '%00');
    return $token;
}


sub link_argument {
    my $token = chance(0.5) ? 'off'
        : chance(0.6) ? keyed(0)
        : one_of(keyed(1), keyed(0, until => 1), keyed(0, site => 'b.example'),
            damaged(keyed(0)), damaged(keyed(0)), '', 'o', 'a' x 56,
            chance(0.1) ? keyed(2) : 'x');

    return one_of('shop-bypass', 'shop-bypass', 'shop-bypass', 'Shop-Bypass')
        . "=$token";
}


sub cookie {
    my $token = chance(0.5) ? keyed(1)
        : one_of(keyed(0), keyed(1, until => 1), damaged(keyed(1)), '',
            'x' x 900);

    return join '; ', one_of('a=1', 'a', '=', ''),
        "__Host-shop-bypass=$token", one_of('b=2', '', 'c');
}


sub new_target {
    my ($path) = @_;
    my ($args) = $path =~ s/\?(.*)// ? $1 : undef;
    my @args = defined $args ? $args : ();

    $path .= '/' . one_of(@SEGMENTS) while chance(0.22);
    $path .= one_of('A', "%41", 'a/', '%0d') x one_of(1, 40, 300, 900, 3500)
        if chance(0.07);
    substr $path, rand length $path, 0, one_of(@SEGMENTS) if chance(0.05);
    $path =~ s/([a-z])/sprintf '%%%02x', ord $1/e if chance(0.05);
    $path = one_of('/', '//', '/\\', '/.') . $path if chance(0.04);

    push @args, one_of(@ARGUMENTS) while chance(0.3);
    push @args, link_argument() if chance(0.15);
    push @args, link_argument() if chance(0.02);
    push @args, one_of(@ARGUMENTS) if chance(0.1);

    my $target = $path . (@args ? '?' . join '&', @args : '');

    $target = one_of('http://' . HOST, 'http://other') . $target
        if chance(0.02);
    $target =~ s/ /%20/g;
    return $target;
}


sub new_headers {
    my ($conf) = @_;
    my @names = @{ $conf->{names} };
    my @headers = (['Host', @names && chance(0.8) ? one_of(@names) : HOST]);

    push @headers, ['X-Shop', one_of(@SHOP)] if chance(0.55);
    push @headers, ['X-Shop', 'stall'] if chance(0.004);
    push @headers, ['Cookie', cookie()] if chance(0.12);
    push @headers, ['Authorization', 'Bearer ' . KEY] if chance(0.08);

    while (chance(0.45)) {
        my ($name, @values) = @{ one_of(@HEADERS) };
        push @headers, [$name, one_of(@values)];
    }

    push @headers, map { ["X-Large-$_", 'l' x one_of(900, 7000, 8100)] }
        1 .. one_of(1, 2, 5) if chance(0.02);
    push @headers, ['X-' . one_of('a' .. 'c'), 'v' . chr one_of(9, 128 .. 255)]
        if chance(0.04);
    push @headers, [INJECTED, 'asked'] if chance(0.02);

    return \@headers;
}


# what shop_control is for, so that it is not always refused
sub new_order {
    my ($conf, $target) = @_;
    my $body = one_of(@{ $conf->{bodies} });

    return { method => 'POST', target => $target, version => '1.1',
        headers => [['Host', HOST], ['Authorization', 'Bearer ' . KEY],
            ['Content-Type', 'application/x-www-form-urlencoded']],
        body => $body, order => 1,
        chance(0.3) ? (chunked => 1) : (),
        chance(0.5) ? (pieces => [map { 1 + int rand 30 } 1 .. 1 + rand 3])
            : () };
}


sub new_step {
    my ($conf) = @_;
    my $method = one_of(@METHODS);
    my $path = one_of(@{ $conf->{paths} });

    return new_order($conf, $path)
        if $conf->{orders} && $path =~ $conf->{orders} && chance(0.8);

    my $step = { method => $method, target => new_target($path),
        version => chance(0.06) ? '1.0' : '1.1',
        headers => new_headers($conf) };

    if ($method =~ /^(?:POST|PUT|PATCH|PURGE)\z/ ? chance(0.9) : chance(0.06)) {
        $step->{body} = new_body($conf);
        $step->{chunked} = 1 if $step->{version} eq '1.1' && chance(0.25);
        $step->{pieces} = [map { 1 + int rand 40 } 1 .. rand 3] if chance(0.5);
    }

    return $step;
}


sub new_body {
    my ($conf) = @_;

    return one_of(@{ $conf->{bodies} }) if @{ $conf->{bodies} } && chance(0.5);
    return 'x' x one_of(0, 1, 5, 100, 1000, 5000, 20_000, 40_000)
        if chance(0.5);
    return join '&', map { one_of(@ARGUMENTS, link_argument()) } 1 .. rand 6;
}


# Bytes are changed after the request was written.
sub new_case {
    my ($conf) = @_;
    my $listener = one_of(@{ $conf->{listeners} });
    my $several = chance(0.12);
    my $case = { listener => $listener,
        steps => [map { new_step($conf) } 1 .. ($several ? 2 + rand 3 : 1)] };

    return $case if $listener eq 'H2';

    # only one request can be cut by its own body's pieces
    delete $_->{pieces} for $several ? @{ $case->{steps} } : ();
    $case->{cuts} = [map { 1 + int rand 200 } 1 .. 1 + rand 3]
        if chance(0.08) || ($several && chance(0.5));

    if (chance(0.06)) {
        $case->{wild} = 1;
        $case->{changes} = [map { [rand, int rand 3, one_of("\r\n", "\n", "\r",
            "\0", ' ', ':', "\x7f", '%', 'A' x 300, '',
            "\r\n" . INJECTED . ': 1', "\r\nTransfer-Encoding: chunked",
            "\r\nContent-Length: 3", chr rand 256)] } 1 .. 1 + rand 2];
    }

    return $case;
}


# ---- as bytes


# step_bytes(STEP, ID): head and body; the ID names it to the shop.  What was
# cached in another phase is not asked for: X-Epoch is in the keys of caches.
sub step_bytes {
    my ($step, $id) = @_;
    my $body = $step->{body};
    my $head = "$step->{method} $step->{target} HTTP/$step->{version}\r\n"
        . "X-Id: $id\r\n" . epoch_line($id)
        . join '', map { "$_->[0]: $_->[1]\r\n" } @{ $step->{headers} };

    return ("$head\r\n", '') if !defined $body;
    return ($head . 'Content-Length: ' . length($body) . "\r\n\r\n", $body)
        if !$step->{chunked};

    my @pieces = unpack '(a4000)*', $body;
    @pieces = ($1, $2) if $step->{pieces} && $body =~ /^(.)(.+)\z/s;

    return ("${head}Transfer-Encoding: chunked\r\n\r\n",
        join '', map({ sprintf "%x\r\n%s\r\n", length, $_ } @pieces),
        "0\r\n\r\n");
}


# an ID is SIDE-PHASE-CASE.STEP
sub epoch_line {
    my ($id) = @_;

    return $id =~ /^\w-(\d+)-/ ? "X-Epoch: $1\r\n" : '';
}


# case_bytes(CASE, ID): the segments in which it is sent
sub case_bytes {
    my ($case, $id) = @_;
    my @steps = @{ $case->{steps} };
    my ($head, $body) = step_bytes($steps[0], "$id.0");

    return cut("$head", 0, body_pieces($body, $steps[0]))
        if @steps == 1 && $steps[0]{pieces} && !$case->{wild};

    my $bytes = $head . $body
        . join '', map { step_bytes($steps[$_], "$id.$_") } 1 .. $#steps;

    for my $change (@{ $case->{changes} || [] }) {
        my ($at, $count, $new) = @$change;
        substr $bytes, $at * length $bytes, $count, $new if length $bytes;
    }

    # the answer to this ends the connection
    $bytes .= "GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        if $case->{wild};

    return cut($bytes, 1, @{ $case->{cuts} || [] });
}


sub body_pieces {
    my ($body, $step) = @_;
    my @pieces;

    for my $length (@{ $step->{pieces} }) {
        push @pieces, substr $body, 0, $length, '' if length $body > $length;
    }

    return (@pieces, $body);
}


# by lengths, or in pieces that are given
sub cut {
    my ($bytes, $by_length, @cuts) = @_;

    return grep { length } $bytes, @cuts if !$by_length;

    my @pieces = map { substr $bytes, 0, $_, '' } grep { $_ < 20_000 } @cuts;
    return grep { length } @pieces, $bytes;
}


1;
