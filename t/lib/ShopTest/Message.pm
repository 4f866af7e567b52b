package ShopTest::Message;

# Copyright (C) ngx_shop_failover_module authors
#
# HTTP/1.x messages, read from a stream and written to bytes; client and shop
# server share it.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT_OK = qw(read_message write_message chunked header_lines);


# Reads a head and its body: { start, head, headers, body, complete }, headers
# by lower-case name, repeated ones joined by ", "; nothing without a head.
# bodiless: says of a start line that no body follows, whatever the head says.
# until_close: without a length the body ends with the connection (answers).
sub read_message {
    my ($stream, %options) = @_;
    my $head = $stream->take_through("\r\n\r\n") // return;
    my ($start, @lines) = split /\r\n/, $head;
    my %headers;

    for my $line (@lines) {
        my ($name, $value) = $line =~ /^([^:]+):\s*(.*?)\s*\z/ or next;
        $name = lc $name;
        $headers{$name} = defined $headers{$name}
            ? "$headers{$name}, $value" : $value;
    }

    my ($body, $complete) = $options{bodiless} && $options{bodiless}->($start)
        ? ('', 1) : read_body($stream, \%headers, $options{until_close});

    return {
        start => $start, head => $head, headers => \%headers,
        body => $body, complete => $complete,
    };
}


sub read_body {
    my ($stream, $headers, $until_close) = @_;
    my $length = $headers->{'content-length'};

    return read_chunks($stream)
        if ($headers->{'transfer-encoding'} // '') =~ /chunked/i;

    if (defined $length) {
        my $body = $stream->take($length);
        return ($body, length $body == $length ? 1 : 0);
    }

    return ('', 1) if !$until_close;

    my $body = $stream->take_rest;
    return ($body, $stream->error eq 'closed' ? 1 : 0);
}


sub read_chunks {
    my ($stream) = @_;
    my $body = '';

    while (defined(my $line = $stream->take_through("\r\n"))) {
        my ($size) = $line =~ /^([0-9a-fA-F]+)/ or last;

        if (hex $size == 0) {
            while (defined(my $trailer = $stream->take_through("\r\n"))) {
                return ($body, 1) if $trailer eq "\r\n";
            }
            last;
        }

        $body .= $stream->take(hex $size);
        last if $stream->take(2) ne "\r\n";
    }

    return ($body, 0);
}


# write_message(START, [NAME, VALUE, ...], BODY)
sub write_message {
    my ($start, $headers, $body) = @_;

    return "$start\r\n" . header_lines(@$headers) . "\r\n" . $body;
}


sub header_lines {
    my (@headers) = @_;
    my $lines = '';

    while (my ($name, $value) = splice @headers, 0, 2) {
        $lines .= "$name: $value\r\n";
    }

    return $lines;
}


# chunked(BODY, SIZE): in chunks of at most this size
sub chunked {
    my ($body, $size) = @_;
    my @chunks = unpack "(a$size)*", $body;

    return join '', map({ sprintf "%x\r\n%s\r\n", length, $_ } @chunks),
        "0\r\n\r\n";
}


1;
