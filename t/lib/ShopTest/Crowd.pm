package ShopTest::Crowd;

# Copyright (C) ngx_shop_failover_module authors
#
# Many visitors at once: each asks, waits for its answer, and asks again.
#
#     my @done = crowd("$nginx", visitors => 24, requests => 200);
#
# Each of @done is { method, uri, status, seconds }; status 0: no answer within
# patience [60] seconds.  Options: ask => sub { ($n) -> (METHOD, URI) }, until
# => sub { true: no new requests }, each => sub { called with each answer },
# settled => sub { called with those that wait, once nobody asks any more },
# rate => N, of all a second [as fast as they are answered], longest => seconds
# until nobody asks any more [60, times the patience of all tests].

use strict;
use warnings;

use Errno qw(EAGAIN EINPROGRESS EINTR);
use Exporter qw(import);
use IO::Socket::INET;
use Time::HiRes qw(time);

use ShopTest::Wait qw(patience);

our @EXPORT_OK = qw(crowd);


sub crowd {
    my ($where, %options) = @_;
    my $self = bless {
        where => "$where", visitors => 1, requests => 1e9, patience => 60,
        ask => sub { return (GET => "/page/$_[0]") }, until => sub { 0 },
        each => sub { }, settled => sub { },
        longest => patience(60), %options, asked => 0, waiting => {}, done => [],
    }, __PACKAGE__;

    $self->{begun} = time;
    1 while $self->turn;

    return @{ $self->{done} };
}


sub turn {
    my ($self) = @_;
    my $over = $self->{over} ||= $self->{until}->()
        || time - $self->{begun} > $self->{longest};
    my $due = $self->{rate} ? (time - $self->{begun}) * $self->{rate} : 1e9;

    while (!$over && $self->{asked} < $self->{requests}
           && $self->{asked} < $due
           && keys %{ $self->{waiting} } < $self->{visitors})
    {
        $self->ask;
    }

    if (!%{ $self->{waiting} }) {
        return 0 if $over || $self->{asked} >= $self->{requests};
        select undef, undef, undef, 0.01;
        return 1;
    }

    $self->{settled}->([values %{ $self->{waiting} }]) if $over;
    $self->listen;
    return 1;
}


sub ask {
    my ($self) = @_;
    my ($method, $uri) = $self->{ask}->($self->{asked}++);
    my $body = $method eq 'POST' ? 'order' : '';
    my $socket = IO::Socket::INET->new(PeerAddr => $self->{where}, Timeout => 5)
        or return push @{ $self->{done} },
                  { method => $method, uri => $uri, status => 0, seconds => 0 };

    syswrite $socket, "$method $uri HTTP/1.1\r\nHost: shop\r\n"
        . 'Content-Length: ' . length($body)
        . "\r\nConnection: close\r\n\r\n$body";
    $socket->blocking(0);

    $self->{waiting}{ fileno $socket } = {
        socket => $socket, method => $method, uri => $uri, asked => time,
        in => '',
    };
    return;
}


sub listen {
    my ($self) = @_;
    my $readable = '';

    vec($readable, $_, 1) = 1 for keys %{ $self->{waiting} };
    select $readable, undef, undef, 0.02;

    for my $fd (keys %{ $self->{waiting} }) {
        my $visitor = $self->{waiting}{$fd};
        my $gone = time - $visitor->{asked} > $self->{patience};

        if (vec $readable, $fd, 1) {
            my $n = sysread $visitor->{socket}, $visitor->{in}, 65536,
                            length $visitor->{in};
            next if !defined $n && ($! == EAGAIN || $! == EINTR);
            $gone = 1 if !$n;
        }

        $self->answered($fd) if $gone;
    }

    return;
}


sub answered {
    my ($self, $fd) = @_;
    my $visitor = delete $self->{waiting}{$fd};
    my ($status) = $visitor->{in} =~ m{\AHTTP/1\.\d (\d+)};
    my %answer = (
        (map { $_ => $visitor->{$_} } qw(method uri)),
        status => $status // 0, seconds => time - $visitor->{asked},
    );

    close $visitor->{socket};
    push @{ $self->{done} }, \%answer;
    $self->{each}->(\%answer);
    return;
}


1;
