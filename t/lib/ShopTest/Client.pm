package ShopTest::Client;

# Copyright (C) ngx_shop_failover_module authors
#
# An HTTP client that hides nothing: one connection, requests as given, also
# several before the first answer, and answers as they came.
#
#     my $client = client($nginx);
#     my $answer = $client->request(GET => '/', headers => [Accept => '*/*']);
#
# An answer is { status, reason, version, headers, body, complete, head,
# error }; status 0 and an error when there is none.

use strict;
use warnings;

use IO::Socket::IP;
use IO::Socket::UNIX;

use ShopTest::Message qw(read_message write_message);
use ShopTest::Stream;

use constant SECONDS => 10;


# new(WHERE, tls => {...}, seconds => N).  WHERE is, or turns into,
# "host:port" or "unix:path"; tls: arguments of IO::Socket::SSL.
sub new {
    my ($class, $where, %options) = @_;
    my $self = bless { pending => [] }, $class;
    my $socket = connect_to("$where") or return $self->failed("$!");

    if ($options{tls}) {
        require IO::Socket::SSL;
        IO::Socket::SSL->start_SSL($socket, %{ $options{tls} })
            or return $self->failed(IO::Socket::SSL::errstr());
    }

    $self->{stream} = ShopTest::Stream->new($socket,
        $options{seconds} // SECONDS);

    return $self;
}


sub connect_to {
    my ($where) = @_;

    return $where =~ /^unix:(.*)/
        ? IO::Socket::UNIX->new(Peer => $1)
        : IO::Socket::IP->new(PeerAddr => $where, Timeout => SECONDS);
}


sub failed {
    my ($self, $error) = @_;

    $self->{error} = $error;
    return $self;
}


# request(METHOD, URI, headers => [...], body => ..., close => 1): and its
# answer
sub request {
    my ($self, @request) = @_;

    return $self->send(@request)->answer;
}


# Sends a request and does not wait; answers come in the same order.
sub send {
    my ($self, $method, $uri, %options) = @_;
    my @headers = @{ $options{headers} || [] };
    my $body = $options{body} // '';
    my %given = map { lc $headers[$_ * 2] => 1 } 0 .. @headers / 2 - 1;

    unshift @headers, Host => 'localhost' if !$given{host};
    push @headers, Connection => 'close'  if $options{close};
    push @headers, 'Content-Length' => length $body
        if defined $options{body} && !$given{'transfer-encoding'};

    my $version = $options{version} // '1.1';
    my $start = "$method $uri HTTP/$version";

    return $self->send_raw(write_message($start, \@headers, $body), $method);
}


# send_raw(BYTES, [METHOD]): as they are; with a method, an answer is expected
sub send_raw {
    my ($self, $bytes, $method) = @_;

    $self->{stream}->put($bytes) if $self->{stream};
    push @{ $self->{pending} }, $method if defined $method;

    return $self;
}


# the next answer; 1xx answers before it are in its {interim}
sub answer {
    my ($self) = @_;
    my $method = shift @{ $self->{pending} } // 'GET';
    my $stream = $self->{stream} or return failure($self->{error});
    my @interim;

    while (1) {
        my $message = read_message($stream,
            until_close => 1,
            bodiless    => sub { bodiless($method, $_[0]) },
        ) or return failure($stream->error);

        @$message{qw(version status reason)} = $message->{start}
            =~ m{^HTTP/(\S+) (\d{3})(?: (.*))?\z}
            or return failure("malformed: $message->{start}");

        if ($message->{status} =~ /^1/) {
            push @interim, $message;
            next;
        }

        return { %$message, interim => \@interim, error => '' };
    }
}


sub bodiless {
    my ($method, $start) = @_;

    return $method eq 'HEAD' || $start =~ m{^HTTP/\S+ (?:1..|204|304)};
}


sub failure {
    my ($error) = @_;

    return {
        status => 0, reason => '', headers => {}, head => '', body => '',
        complete => 0, interim => [], error => $error,
    };
}


# true once the other side has closed, and sent nothing before that
sub is_closed {
    my ($self) = @_;

    return 1 if !$self->{stream};
    return $self->{stream}->take_rest eq '';
}


sub close {
    my ($self) = @_;

    $self->{stream}->close if $self->{stream};
    return;
}


1;
