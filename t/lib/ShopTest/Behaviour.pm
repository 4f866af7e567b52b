package ShopTest::Behaviour;

# Copyright (C) ngx_shop_failover_module authors
#
# How a shop server treats a request: the bytes of its answer, how they are
# sent, and what happens after the last of them.  Carried out by ShopServer.
#
# The answer:    status [200], reason, headers [...], body ['']
#                chunked   size of the chunks, in place of a Content-Length
#                length    another Content-Length than the body's
#                raw       these bytes in place of all that
# Its sending:   delay     seconds before the first byte
#                drip      seconds between any two bytes
#                cut       only so many bytes of it
# Its end:       then      keep [as the request wants], close, reset, hang

use strict;
use warnings;

use Exporter qw(import);

use ShopTest::Message qw(chunked write_message);

our @EXPORT_OK = qw(behaviour answer_bytes);

# in one word; more words after it refine it
my %PRESET = (
    ok      => {},
    hang    => { cut => 0, then => 'hang' },
    reset   => { cut => 0, then => 'reset' },
    close   => { cut => 0, then => 'close' },
    drip    => { drip => 0.002 },
    garbage => { raw => "\x16\x03\x01\0\xff\xfegarbage\r\n", then => 'close' },
    chunked => { chunked => 5 },
    short   => { length => 1_000, then => 'close' },
    long    => { length => 1 },
);

my %KNOWN = map { $_ => 1 } qw(status reason headers body chunked length raw
    delay drip cut then);

my %REASON = (
    200 => 'OK', 204 => 'No Content', 302 => 'Found', 304 => 'Not Modified',
    404 => 'Not Found', 500 => 'Internal Server Error', 502 => 'Bad Gateway',
    503 => 'Service Unavailable', 504 => 'Gateway Timeout',
);


# behaviour('hang'), behaviour(status => 500), behaviour('drip', body => 'x')
sub behaviour {
    my (@words) = @_;
    my $preset = @words % 2 ? shift @words : 'ok';

    die "no behaviour is called \"$preset\"\n" if !$PRESET{$preset};

    my %behaviour = (%{ $PRESET{$preset} }, @words);

    for my $name (keys %behaviour) {
        die "a behaviour has no \"$name\"\n" if !$KNOWN{$name};
    }

    return \%behaviour;
}


# answer_bytes(BEHAVIOUR, METHOD, KEEP): the whole answer to such a request
sub answer_bytes {
    my ($behaviour, $method, $keep) = @_;

    return $behaviour->{raw} if defined $behaviour->{raw};

    my $status = $behaviour->{status} // 200;
    my $reason = $behaviour->{reason} // $REASON{$status} // 'Unknown';
    my $body   = $behaviour->{body} // '';

    my @headers = (
        @{ $behaviour->{headers} || [] },
        Connection => $keep ? 'keep-alive' : 'close',
        framing($behaviour, $status, $body),
    );

    $body = chunked($body, $behaviour->{chunked}) if $behaviour->{chunked};
    $body = '' if $method eq 'HEAD' || bodiless($status);

    return write_message("HTTP/1.1 $status $reason", \@headers, $body);
}


sub framing {
    my ($behaviour, $status, $body) = @_;

    return if bodiless($status);
    return ('Transfer-Encoding' => 'chunked') if $behaviour->{chunked};
    return ('Content-Length' => $behaviour->{length} // length $body);
}


sub bodiless {
    my ($status) = @_;

    return $status == 204 || $status == 304;
}


1;
