package ShopTest::Stream;

# Copyright (C) ngx_shop_failover_module authors
#
# Bytes over a socket, plain or TLS, with a deadline for each wait.  Knows
# nothing of HTTP.

use strict;
use warnings;

use Errno qw(EAGAIN EINTR EWOULDBLOCK);
use IO::Select;
use Socket qw(SOL_SOCKET SO_LINGER);

use ShopTest::Wait qw(now patience);


# new(SOCKET, SECONDS): for any one read or write
sub new {
    my ($class, $socket, $seconds) = @_;

    $socket->blocking(0);

    return bless {
        socket => $socket, seconds => $seconds, buffer => '', error => '',
    }, $class;
}


# why the last read gave less than asked: "", "closed", "timeout", or errno's
sub error {
    return $_[0]{error};
}


sub wait_for {
    my ($self, $method, $deadline) = @_;
    my $left = $deadline - now();

    return 1 if $left > 0
        && IO::Select->new($self->{socket})->$method($left);

    $self->{error} = 'timeout';
    return 0;
}


sub again {
    return $! == EAGAIN || $! == EWOULDBLOCK || $! == EINTR;
}


# Adds what has arrived to the buffer, waiting for it; false at an error.
sub fill {
    my ($self) = @_;
    my $deadline = now() + patience($self->{seconds});

    while (1) {
        my $count = sysread $self->{socket}, $self->{buffer}, 65_536,
            length $self->{buffer};

        return 1 if $count;

        if (defined $count || !again()) {
            $self->{error} = defined $count ? 'closed' : "$!";
            return 0;
        }

        $self->wait_for('can_read', $deadline) or return 0;
    }
}


# take(COUNT): these many bytes, or what there was
sub take {
    my ($self, $count) = @_;

    while (length $self->{buffer} < $count) {
        last if !$self->fill;
    }

    return substr $self->{buffer}, 0, $count, '';
}


# take_through(END): all up to and with this text; nothing without it
sub take_through {
    my ($self, $end) = @_;
    my $at;

    while (($at = index $self->{buffer}, $end) < 0) {
        return if !$self->fill;
    }

    return substr $self->{buffer}, 0, $at + length $end, '';
}


# all up to the end of the connection
sub take_rest {
    my ($self) = @_;

    1 while $self->fill;

    return substr $self->{buffer}, 0, length $self->{buffer}, '';
}


sub put {
    my ($self, $bytes) = @_;
    my $deadline = now() + patience($self->{seconds});

    while (length $bytes) {
        my $count = syswrite $self->{socket}, $bytes;

        if ($count) {
            substr $bytes, 0, $count, '';
            next;
        }

        if (!again()) {
            $self->{error} = "$!";
            return 0;
        }

        $self->wait_for('can_write', $deadline) or return 0;
    }

    return 1;
}


sub close {
    my ($self) = @_;

    close $self->{socket};
    return;
}


# Ends the connection with a TCP reset.
sub reset {
    my ($self) = @_;
    my $socket = $self->{socket};

    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;

    if ($socket->can('stop_SSL')) {
        $socket->close(SSL_no_shutdown => 1, SSL_fast_shutdown => 1);
        return;
    }

    return $self->close;
}


1;
