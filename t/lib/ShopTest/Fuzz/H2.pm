package ShopTest::Fuzz::H2;

# Copyright (C) ngx_shop_failover_module authors
#
# HTTP/2 for the fuzzer: streams on one connection, request bodies in pieces.
# Answers are as those of ShopTest::Fuzz::Wire, and {reset} is the number of
# the error with which a stream ended.

use strict;
use warnings;

use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

use ShopTest::Wait qw(patience);

use constant {
    SECONDS => 4, PIECE => 0.002,
    DATA => 0, HEADERS => 1, RST_STREAM => 3, SETTINGS => 4, PING => 6,
    GOAWAY => 7, WINDOW_UPDATE => 8, CONTINUATION => 9,
    END_STREAM => 1, END_HEADERS => 4, PADDED => 8, PRIORITY => 0x20,
    ACK => 1,
};

# HPACK (RFC 7541).  We ask for no dynamic table; the code is canonical, so
# the lengths are enough: "A" is 5 bits.
my @STATIC = (undef, map { [/^(\S+?)(?:=(.*))?\z/] } split ' ', <<'END');
:authority :method=GET :method=POST :path=/ :path=/index.html :scheme=http
:scheme=https :status=200 :status=204 :status=206 :status=304 :status=400
:status=404 :status=500 accept-charset accept-encoding=gzip accept-language
accept-ranges accept access-control-allow-origin age allow authorization
cache-control content-disposition content-encoding content-language
content-length content-location content-range content-type cookie date etag
expect expires from host if-match if-modified-since if-none-match if-range
if-unmodified-since last-modified link location max-forwards
proxy-authenticate proxy-authorization range referer refresh retry-after
server set-cookie strict-transport-security transfer-encoding user-agent vary
via www-authenticate
END

my $LENGTHS = join '', qw(
    ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCD
    KBHFIBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCC
    CCCKGJIXPRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQ
    SRSSPRRRSRRSVVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVS
    VWVVWWWWWXWWWWWVZ);

my %SYMBOL = codes();


sub codes {
    my @length = map { ord($_) - 60 } split //, $LENGTHS;
    my ($code, $last, %symbol) = (0, 0);

    for my $i (sort { $length[$a] <=> $length[$b] || $a <=> $b } 0 .. 255) {
        $code <<= $length[$i] - $last;
        $last = $length[$i];
        $symbol{ substr unpack('B32', pack 'N', $code), 32 - $last } = chr $i;
        $code++;
    }

    return %symbol;
}


sub new {
    my ($class, $where) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => $where)
        or return bless { buffer => '', closed => 1 }, $class;
    my $self = bless { socket => $socket, buffer => '', next => 1,
        used => 0 }, $class;

    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
    $self->put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        . frame(SETTINGS, 0, 0, pack 'nNnN', 1, 0, 4, 0x7fffffff)
        . frame(WINDOW_UPDATE, 0, 0, pack 'N', 0x7fff0000 - 65_535));

    return $self;
}


sub frame {
    my ($type, $flags, $stream, $payload) = @_;

    return substr(pack('N', length $payload), 1)
        . pack('CCN', $type, $flags, $stream) . $payload;
}


sub put {
    my ($self, $bytes) = @_;

    while (length $bytes && !$self->{closed}) {
        my $sent = syswrite $self->{socket}, $bytes;

        return $self->{closed} = 1 if !defined $sent;
        substr $bytes, 0, $sent, '';
    }

    return;
}


# send(HEADERS, BODY, PIECES): of a request; each header [name, value]; the
# body in pieces of these lengths and a last one.  Returns its stream.
sub send {
    my ($self, $headers, $body, @pieces) = @_;
    my $id = $self->{next};
    my $block = join '', map {
        "\0" . string($_->[0]) . string($_->[1])
    } @$headers;
    my $first = substr $block, 0, 16_000, '';

    $self->{next} += 2;
    $self->{used}++;
    $self->{streams}{$id} = { status => 0, head => '', headers => [],
        body => '', complete => 0, faults => [], reset => '' };

    $self->put(frame(HEADERS, (defined $body ? 0 : END_STREAM)
        | (length $block ? 0 : END_HEADERS), $id, $first));

    while (length(my $more = substr $block, 0, 16_000, '')) {
        $self->put(frame(CONTINUATION, length $block ? 0 : END_HEADERS, $id,
            $more));
    }

    $self->put_body($id, $body, @pieces) if defined $body;

    return $id;
}


sub put_body {
    my ($self, $id, $body, @pieces) = @_;

    for my $length (@pieces) {
        select undef, undef, undef, PIECE;
        $self->put(frame(DATA, 0, $id, substr $body, 0, $length, ''));
    }

    while (length $body > 16_000) {
        $self->put(frame(DATA, 0, $id, substr $body, 0, 16_000, ''));
    }

    $self->put(frame(DATA, END_STREAM, $id, $body));
    return;
}


sub string {
    my ($text) = @_;

    return number(length $text, 7) . $text;
}


sub number {
    my ($number, $bits) = @_;
    my $most = (1 << $bits) - 1;

    return chr $number if $number < $most;

    my $bytes = chr $most;
    for ($number -= $most; $number >= 128; $number >>= 7) {
        $bytes .= chr($number & 127 | 128);
    }

    return $bytes . chr $number;
}


# The answer of a stream, once it is whole, reset, or nothing comes any more.
sub answer {
    my ($self, $id) = @_;
    my $answer = $self->{streams}{$id};

    while (!$answer->{complete} && $answer->{reset} eq '') {
        $self->read_frame or last;
    }

    return delete $self->{streams}{$id};
}


sub fill {
    my ($self, $count) = @_;

    while (length $self->{buffer} < $count) {
        return 0 if $self->{closed};

        vec(my $bits = '', fileno $self->{socket}, 1) = 1;
        my $came = select($bits, undef, undef, patience(SECONDS)) > 0
            && sysread $self->{socket}, $self->{buffer}, 262_144,
                length $self->{buffer};
        $self->{closed} = 1 if !$came;
    }

    return 1;
}


# what came unasked; a connection that goes away takes no more requests
sub rest {
    my ($self) = @_;

    while (!$self->{closed}) {
        vec(my $bits = '', fileno $self->{socket}, 1) = 1;
        last if select($bits, undef, undef, 0) <= 0;
        $self->read_frame;
    }

    return '';
}


sub read_frame {
    my ($self) = @_;

    $self->fill(9) or return 0;

    my $length = unpack 'N', "\0" . substr $self->{buffer}, 0, 3;
    $self->fill(9 + $length) or return 0;

    my ($type, $flags, $id) = unpack 'x3CCN', $self->{buffer};
    my $payload = substr substr($self->{buffer}, 0, 9 + $length, ''), 9;

    $self->take($type, $flags, $id, $payload);
    return 1;
}


sub take {
    my ($self, $type, $flags, $id, $payload) = @_;
    my $answer = $self->{streams}{$id};

    $self->put(frame($type, ACK, 0, $type == PING ? $payload : ''))
        if ($type == SETTINGS || $type == PING) && !($flags & ACK);
    $self->{closed} = 1 if $type == GOAWAY && !%{ $self->{streams} };
    return if !$answer;

    if ($type == DATA || $type == HEADERS) {
        my $padding = $flags & PADDED ? ord substr $payload, 0, 1, '' : 0;
        substr $payload, 0, 5, '' if $flags & PRIORITY;
        substr $payload, -$padding, $padding, '' if $padding;
    }

    $answer->{reset} = unpack 'N', $payload if $type == RST_STREAM;
    $answer->{body} .= $payload if $type == DATA;
    $answer->{block} .= $payload if $type == HEADERS || $type == CONTINUATION;
    $answer->{ends} = 1 if ($type == HEADERS || $type == DATA)
        && $flags & END_STREAM;

    $self->take_headers($answer)
        if ($type == HEADERS || $type == CONTINUATION) && $flags & END_HEADERS;
    $answer->{complete} = 1
        if $answer->{ends} && !defined $answer->{block};
    return;
}


sub take_headers {
    my ($self, $answer) = @_;
    my @headers = unpack_headers(delete $answer->{block});

    for my $header (@headers) {
        my ($name, $value) = @$header;

        push @{ $answer->{faults} }, 'CR, LF or NUL in the head'
            if "$name$value" =~ /[\r\n\0]/;
        push @{ $answer->{faults} }, "a header called \"$name\""
            if $name !~ /^:?[!-9;-@\[-~]+\z/;
        $answer->{status} = $value if $name eq ':status';
    }

    push @{ $answer->{headers} }, grep { $_->[0] ne ':status' } @headers;
    $answer->{head} .= join '', map { "$_->[0]: $_->[1]\r\n" } @headers;
    return;
}


sub unpack_headers {
    my ($block) = @_;
    my @headers;

    while (length $block) {
        my $first = ord $block;

        if ($first & 0x80) {
            push @headers, [@{ $STATIC[take_number(\$block, 7)] // ['?', ''] }];
            $headers[-1][1] //= '';
            next;
        }

        if (($first & 0xe0) == 0x20) {
            take_number(\$block, 5);
            next;
        }

        my $index = take_number(\$block, $first & 0x40 ? 6 : 4);
        my $name = $index ? ($STATIC[$index] // ['?'])->[0]
            : take_string(\$block);
        push @headers, [$name, take_string(\$block)];
    }

    return @headers;
}


sub take_number {
    my ($block, $bits) = @_;
    my $most = (1 << $bits) - 1;
    my $number = $most & ord substr $$block, 0, 1, '';

    return $number if $number < $most;

    for (my $shift = 0; length $$block; $shift += 7) {
        my $byte = ord substr $$block, 0, 1, '';
        $number += ($byte & 127) << $shift;
        last if $byte < 128;
    }

    return $number;
}


sub take_string {
    my ($block) = @_;
    my $coded = 0x80 & ord $$block;
    my $text = substr $$block, 0, take_number($block, 7), '';

    return $text if !$coded;

    my ($plain, $code) = ('', '');

    for my $bit (split //, unpack 'B*', $text) {
        $code .= $bit;
        next if !defined $SYMBOL{$code};
        $plain .= $SYMBOL{$code};
        $code = '';
    }

    return $plain;
}


1;
