package Visitors;

# Copyright (C) ngx_shop_failover_module authors
#
# A bounded load: visitors with one connection each, who ask at fixed moments,
# however long the answer before took.  A request that had to wait for one that
# hung counts from the moment it was due, so nothing that a real visitor would
# have waited for is left out.  Knows HTTP, not who answers or why.

use strict;
use warnings;

use Errno qw(EAGAIN EINPROGRESS);
use IO::Socket::INET;
use List::Util qw(max min);
use Time::HiRes qw(time);

use constant REQUEST => "GET / HTTP/1.1\r\nHost: shop\r\n\r\n";


# visit("address:port", visitors => N, rate => N, of all per second,
# seconds => N, patience => N, at => [[SECONDS, CODE], ...]): each request,
# [seconds it took, status or 0, what was wrong]
sub visit {
    my ($address, %load) = @_;
    my $self = bless { address => $address, %load, done => [] };
    my $pause = $load{visitors} / $load{rate};

    $self->{begin} = time;
    $self->{end} = $self->{begin} + $load{seconds};
    $self->{pause} = $pause;
    $self->{visitors} = [map { { due => $self->{begin} + $_ / $load{rate} } }
                         1 .. $load{visitors}];
    $self->{at} = [sort { $a->[0] <=> $b->[0] } @{ $load{at} || [] }];

    1 while $self->turn;

    return @{ $self->{done} };
}


# until the last request that was due is answered or given up
sub turn {
    my ($self) = @_;
    my $now = time;

    while (@{ $self->{at} }
           && $now >= $self->{begin} + $self->{at}[0][0])
    {
        (shift @{ $self->{at} })->[1]->();
        $now = time;
    }

    my @left = grep { $_->{asked} || $_->{due} < $self->{end} }
               @{ $self->{visitors} };
    return 0 if !@left;

    for my $visitor (@left) {
        if (!$visitor->{asked}) {
            $self->ask($visitor) if $now >= $visitor->{due};

        } elsif ($now - $visitor->{asked} > $self->{patience}) {
            $self->answered($visitor, 0, 'no answer');
        }
    }

    $self->listen($now, @left);
    return 1;
}


sub ask {
    my ($self, $visitor) = @_;

    $visitor->{asked} = time;
    $visitor->{in} = '';
    $visitor->{out} = REQUEST;
    $visitor->{socket} //= IO::Socket::INET->new(
        PeerAddr => $self->{address}, Blocking => 0);

    $self->tell($visitor);
    return;
}


sub tell {
    my ($self, $visitor) = @_;
    my $sent = $visitor->{socket}
        && syswrite $visitor->{socket}, $visitor->{out};

    if (defined $sent) {
        substr $visitor->{out}, 0, $sent, '';

    } elsif ($! != EAGAIN && $! != EINPROGRESS) {
        $self->answered($visitor, 0, "$!");
    }

    return;
}


sub listen {
    my ($self, $now, @left) = @_;
    my ($readable, $writable) = ('', '');
    my $wake = $now + 0.1;

    for my $visitor (@left) {
        if (!$visitor->{asked}) {
            $wake = min($wake, $visitor->{due});
            next;
        }

        my $set = $visitor->{out} ne '' ? \$writable : \$readable;
        vec($$set, fileno $visitor->{socket}, 1) = 1;
    }

    $wake = min($wake, $self->{begin} + $self->{at}[0][0])
        if @{ $self->{at} };

    select $readable, $writable, undef, max(0, $wake - $now);

    for my $visitor (grep { $_->{asked} } @left) {
        my $fd = fileno $visitor->{socket};

        $self->tell($visitor) if vec $writable, $fd, 1;
        $self->hear($visitor) if $visitor->{asked} && vec $readable, $fd, 1;
    }

    return;
}


sub hear {
    my ($self, $visitor) = @_;
    my $got = sysread $visitor->{socket}, $visitor->{in}, 65536,
                      length $visitor->{in};

    return if !defined $got && $! == EAGAIN;
    return $self->answered($visitor, 0, "$!") if !defined $got;

    my ($head, $body) = $visitor->{in} =~ /\A(.*?\r\n)\r\n(.*)\z/s;
    my ($status) = ($head // '') =~ m{\AHTTP/1\.\d (\d+)};
    my ($length) = ($head // '') =~ /^content-length: *(\d+)/mi;

    if (defined $length && length $body >= $length) {
        $visitor->{leaves} = $head =~ /^connection: *close/mi;
        $self->answered($visitor, $status, '');

    } elsif ($got == 0) {
        $self->answered($visitor, $status // 0, 'cut');
    }

    return;
}


sub answered {
    my ($self, $visitor, $status, $wrong) = @_;

    push @{ $self->{done} }, [time - $visitor->{due}, $status, $wrong];

    delete $visitor->{socket} if $wrong || delete $visitor->{leaves};
    delete $visitor->{asked};
    $visitor->{due} += $self->{pause};
    return;
}


1;
