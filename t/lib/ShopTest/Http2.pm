package ShopTest::Http2;

# Copyright (C) ngx_shop_failover_module authors
#
# HTTP/2 as a client sees it, down to the frames that end a stream: nghttp and
# what it prints.
#
#     my $answer = http2($nginx, POST => '/', body => 'a=1');
#
# An answer is { status, headers, body, complete, reset }; complete once it
# ended with END_STREAM, reset: the name of the error of an RST_STREAM.
#
# Options: headers  [...]
#          body     text
#          tls      1: over TLS; nghttp verifies no name
#          times    how often, all at once on one connection; then this
#                   returns so many answers

use strict;
use warnings;

use Exporter qw(import);
use POSIX ();

use ShopTest::Dir;
use ShopTest::Wait qw(patience);

our @EXPORT_OK = qw(http2 no_http2);

use constant SECONDS => 10;


# why there is no such client here; nothing if there is
sub no_http2 {
    return `nghttp --version 2>/dev/null` =~ /nghttp2/
        ? '' : 'there is no nghttp';
}


sub http2 {
    my ($where, $method, $uri, %options) = @_;
    my $scheme = $options{tls} ? 'https' : 'http';
    my @headers = (':method' => $method, @{ $options{headers} || [] });
    my @command = ('nghttp', '--verbose', '--no-dep',
        '--timeout=' . POSIX::ceil(patience(SECONDS)));
    my $dir;

    while (my ($name, $value) = splice @headers, 0, 2) {
        push @command, "--header=$name: $value";
    }

    if (defined $options{body}) {
        $dir = ShopTest::Dir->new('body');
        push @command, '--data=' . $dir->write('body', $options{body});
    }

    push @command, "--multiply=$options{times}" if $options{times};

    my @answers = answers(output(@command, "$scheme://$where$uri"));

    return $options{times} ? @answers : $answers[0] // nothing();
}


# It warns of every certificate.
sub output {
    my (@command) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>', '/dev/null';
        exec @command or POSIX::_exit(127);
    }

    local $/;
    return scalar(<$out>) // '';
}


sub nothing {
    return { status => 0, headers => {}, body => '', complete => 0,
        reset => '' };
}


# Each event begins with the time that it came, and details of it are indented.
# What else there is are the bytes of a DATA frame, which is told after them.
sub answers {
    my ($said) = @_;
    my %streams;
    my $bytes = '';
    my (undef, @events) = split /(?=\[ *\d+\.\d{3}\] (?:recv|send) )/, $said;

    for my $event (@events) {
        my ($what, $details, $rest)
            = $event =~ /^\[.*?\] ([^\n]*)\n((?: {10}[^\n]*\n)*)(.*)\z/s
            or next;

        my $data = $bytes;
        $bytes = $what =~ /^recv DATA / ? $rest : $bytes . $rest;

        my ($id) = $what =~ /^recv .*stream_id=(\d*[13579])\b/ or next;
        my $answer = $streams{$id} ||= nothing();

        take_header($answer, $1, $2) if $what =~ /\) (:?[^:]+): (.*)/;

        $answer->{complete} = 1 if $details =~ /END_STREAM/;
        $answer->{reset} = $1 if $details =~ /error_code=(\w+)/;
        $answer->{body} .= $data if $what =~ /^recv DATA /;
    }

    return map { $streams{$_} } sort { $a <=> $b } keys %streams;
}


sub take_header {
    my ($answer, $name, $value) = @_;

    if ($name eq ':status') {
        $answer->{status} = $value;
        return;
    }

    my $headers = $answer->{headers};
    $headers->{$name} = join ', ', grep { defined } $headers->{$name}, $value;

    return;
}


1;
