package ShopTest::Fuzz::Wire;

# Copyright (C) ngx_shop_failover_module authors
#
# HTTP/1.x for the fuzzer: bytes in pieces, and answers read without mercy.
# An answer is { status, head, headers, body, complete, faults }, headers a
# list of [name, value]; a fault is what no server may send.

use strict;
use warnings;

use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

use ShopTest::Wait qw(now patience);

use constant {
    SECONDS => 4,           # without a byte
    PIECE   => 0.002,       # between pieces, so that they are read apart
    HEADLESS => 0.2,        # for the rest of an answer without a head, seconds
};


sub new {
    my ($class, $where, $first) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => $where)
        or return bless { buffer => '', closed => 1 }, $class;

    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
    my $self = bless { socket => $socket, buffer => '', used => 0 }, $class;

    $self->put($first) if defined $first;

    return $self;
}


# put(PIECE...): each a segment of its own; a closed connection takes none
sub put {
    my ($self, @pieces) = @_;

    while (@pieces && !$self->{closed}) {
        my $piece = shift @pieces;

        while (length $piece) {
            my $sent = syswrite $self->{socket}, $piece;
            return if !defined $sent;
            substr $piece, 0, $sent, '';
        }

        select undef, undef, undef, PIECE if @pieces;
    }

    return;
}


# fill([SECONDS]): adds what has arrived to the buffer, waiting for it; false
# at the end
sub fill {
    my ($self, $seconds) = @_;

    return 0 if $self->{closed};

    vec(my $bits = '', fileno $self->{socket}, 1) = 1;

    if (select($bits, undef, undef, $seconds // patience(SECONDS)) > 0) {
        my $count = sysread $self->{socket}, $self->{buffer}, 262_144,
            length $self->{buffer};
        return 1 if $count;
        $self->{ended} = 1;
    }

    $self->{closed} = 1;
    return 0;
}


# what is there although nobody waits for it; it also notices the end
sub rest {
    my ($self) = @_;

    while (!$self->{closed}) {
        vec(my $bits = '', fileno $self->{socket}, 1) = 1;
        last if select($bits, undef, undef, 0) <= 0;
        $self->fill or last;
    }

    return $self->{buffer};
}


# all up to the end of the connection
sub all {
    my ($self) = @_;

    1 while $self->fill;
    return $self->{buffer};
}


# the next answer to such a method; status 0 if there is none
sub answer {
    my ($self, $method) = @_;
    my $head;

    $self->{used}++;

    do {
        $head = $self->head or return $self->none;
    } while interim($head);

    my $answer = parse_head($head);

    if ($method ne 'HEAD' && $answer->{status} !~ /^(?:204|304)\z/) {
        $self->read_body($answer);
    }

    $self->{closed} = 1 if !$answer->{complete}
        || lc(value($answer, 'Connection') // '') eq 'close'
        || !$answer->{kept};

    return $answer;
}


# An old nginx takes the 103 of a shop for its answer, and sends a body.
sub interim {
    my ($head) = @_;

    return $head =~ m{^HTTP/1\.1 1\d\d } && $head !~ /^Connection:/mi;
}


# What does not begin as HTTP is an answer of HTTP/0.9.
sub head {
    my ($self) = @_;
    my $end;

    while (($end = index $self->{buffer}, "\r\n\r\n") < 0) {
        return if !$self->fill || $self->{buffer} !~ /^(?:HTTP|.{0,3}\z)/s;
    }

    return if $self->{buffer} !~ m{^HTTP/1\.1 \d{3}[ \r]};
    return substr $self->{buffer}, 0, $end + 4, '';
}


# nginx passes on an answer without a head as it is, and keeps the connection
sub none {
    my ($self) = @_;

    if (length $self->{buffer}) {
        1 while $self->fill(HEADLESS);
    }

    $self->{closed} = 1;

    return { status => 0, head => '', headers => [], faults => [],
        body => $self->{buffer}, complete => $self->{ended} ? 1 : 0 };
}


sub parse_head {
    my ($head) = @_;
    my ($line, @lines) = split /\r\n/, $head;
    my ($status) = $line =~ /(\d{3})/;
    my @faults;

    push @faults, 'CR, LF or NUL in the head'
        if $head =~ s/\r\n//gr =~ /[\r\n\0]/;
    push @faults, 'a line of the head is no header'
        if grep { !/^[!-9;-~]+: ?/ } @lines;

    my $answer = { status => $status, head => $head, body => '',
        complete => 1, kept => 1, faults => \@faults,
        headers => [map { [split /: ?/, $_, 2] } @lines] };

    push @faults, 'two lengths' if length_count($answer) > 1;

    return $answer;
}


sub length_count {
    my ($answer) = @_;

    return scalar grep { $_->[0] =~ /^(?:Content-Length|Transfer-Encoding)\z/i }
        @{ $answer->{headers} };
}


# value(ANSWER, NAME): of the first such header
sub value {
    my ($answer, $name) = @_;

    for my $header (@{ $answer->{headers} }) {
        return $header->[1] if lc $header->[0] eq lc $name;
    }

    return;
}


sub read_body {
    my ($self, $answer) = @_;
    my $length = value($answer, 'Content-Length');


    return $self->read_chunks($answer)
        if defined value($answer, 'Transfer-Encoding');

    if (!defined $length) {
        $answer->{body} = $self->all;
        $answer->{complete} = $self->{ended} ? 1 : 0;
        $answer->{kept} = 0;
        $self->{buffer} = '';
        return;
    }

    return push @{ $answer->{faults} }, "a length of \"$length\""
        if $length !~ /^\d+\z/;

    while (length $self->{buffer} < $length) {
        $self->fill or last;
    }

    $answer->{body} = substr $self->{buffer}, 0, $length, '';
    $answer->{complete} = 0 if length $answer->{body} < $length;
    return;
}


sub read_chunks {
    my ($self, $answer) = @_;

    while (defined(my $size = $self->chunk_size($answer))) {
        while (length $self->{buffer} < $size + 2) {
            $self->fill or last;
        }

        $answer->{body} .= substr $self->{buffer}, 0, $size, '';
        my $end = substr $self->{buffer}, 0, 2, '';

        last if length $end < 2;
        push @{ $answer->{faults} }, 'a chunk without its end'
            and last if $end ne "\r\n";
        return if !$size;
    }

    $answer->{complete} = 0;
    return;
}


sub chunk_size {
    my ($self, $answer) = @_;

    while ($self->{buffer} !~ /\n/) {
        $self->fill or return;
    }

    return hex $1 if $self->{buffer} =~ s/^([0-9a-f]+)\r\n//;

    push @{ $answer->{faults} }, 'a chunk without a size';
    return;
}


1;
