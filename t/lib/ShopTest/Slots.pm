package ShopTest::Slots;

# Copyright (C) ngx_shop_failover_module authors
#
# A shop server that can do only so much at a time: so many processes, each
# with one request in hand, and all others wait in the backlog.
#
#     my $shop = slots(slots => 2, seconds => 0.25);
#     $shop->say('500');       # answers so, except under /healthz
#     $shop->say('slow 2');    # takes so many times as long
#     $shop->say('');
#     $shop->restart;          # it is gone for a moment; /slow/ takes 400 times
#     $shop->vanish;           # its host is gone: nothing that is sent comes
#     $shop->appear;           # through, until it is back; needs kept => 0 or 1
#
# Options: slots, seconds (that each request takes), quick (a regex of paths
# that take no time), queue [511], kept (1: it keeps connections open, "once":
# until the next request comes; given, 0, too: it can vanish).

use strict;
use warnings;

use Errno ();
use IO::Socket::INET;
use Socket qw(SOL_SOCKET);
use Time::HiRes qw(sleep);

use ShopTest::Dir;
use ShopTest::Process;

use constant { SO_ATTACH_FILTER => 26, SO_DETACH_FILTER => 27, BPF_RET => 6 };

use overload '""' => sub { $_[0]->address }, fallback => 1;


sub new {
    my ($class, %options) = @_;
    my $self = bless { seconds => 0, slots => 2, queue => 511, %options },
        $class;

    $self->{dir} = ShopTest::Dir->new('slots');
    $self->{listener} = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1', Listen => $self->{queue}, ReuseAddr => 1)
        or die "cannot listen: $!\n";
    $self->{port} = $self->{listener}->sockport;
    $self->say('');

    $self->{process} = ShopTest::Process->spawn(sub { $self->fill_slots });
    close delete $self->{listener} if !defined $self->{kept};

    return $self;
}


sub address { return "127.0.0.1:$_[0]{port}" }
sub pid     { return $_[0]{process}->pid }
sub stop    { return $_[0]{process}->stop('KILL', 5) }


sub say {
    my ($self, $words) = @_;
    my $path = "$self->{dir}/words";

    open my $file, '>', "$path.new" or die "$path: $!\n";
    print $file $words;
    close $file;
    rename "$path.new", $path or die "$path: $!\n";
    return;
}


sub heard {
    my ($self) = @_;

    open my $file, '<', "$self->{dir}/words" or return '';
    return readline($file) // '';
}


# A filter of the socket drops what comes in, before the kernel answers: of the
# listener here, of connections in the processes that have them (socket(7)).
sub vanish {
    my ($self) = @_;

    deafen($self->{listener});
    kill 'USR1', -$self->pid;
    return;
}


sub appear {
    my ($self) = @_;

    setsockopt $self->{listener}, SOL_SOCKET, SO_DETACH_FILTER, pack 'i', 0
        or die "SO_DETACH_FILTER: $!\n";
    return;
}


sub deafen {
    my ($socket) = @_;
    my $drop = pack 'S C C L', BPF_RET, 0, 0, 0;

    setsockopt $socket, SOL_SOCKET, SO_ATTACH_FILTER,
        pack 'S x![P] P', 1, $drop or die "SO_ATTACH_FILTER: $!\n";
    return;
}


# as a deploy does it: what it has in hand it ends, and its port is taken anew
sub restart {
    my ($self) = @_;

    $self->{process}->stop('KILL', 5);
    $self->{listener} = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
        LocalPort => $self->{port}, Listen => $self->{queue}, ReuseAddr => 1)
        or die "cannot listen: $!\n";
    $self->{process} = ShopTest::Process->spawn(sub { $self->fill_slots });
    close delete $self->{listener} if !defined $self->{kept};
    return;
}


sub fill_slots {
    my ($self) = @_;
    my $visitor;

    local $SIG{USR1} = sub { deafen($visitor) if $visitor };

    for (2 .. $self->{slots}) {
        last if !(fork // die "fork: $!\n");
    }

    while (1) {
        $visitor = $self->{listener}->accept or next;
        while (eval { $self->answer($visitor) } && $self->{kept}) {
            next if $self->{kept} ne 'once';
            hear($visitor, \my $next);
            last;
        }

        close $visitor;
        undef $visitor;
    }
}


sub answer {
    my ($self, $visitor) = @_;
    my $in = '';

    while ($in !~ /\r\n\r\n/) {
        hear($visitor, \$in) or return;
    }

    my ($path) = $in =~ /\A\w+ (\S+)/ or return;
    my ($rest) = $in =~ /^content-length: *(\d+)/mi;
    my ($head) = $in =~ /\A(.*?\r\n\r\n)/s;

    while (length($in) < length($head) + ($rest // 0)) {
        hear($visitor, \$in) or return;
    }

    my $words = $self->heard;
    my ($slow) = $path =~ m{/slow/} ? 400 : $words =~ /slow (\d+)/;
    my $status = $words =~ /500/ && $path !~ /healthz/ ? 500 : 200;
    my $quick = $self->{quick} && $path =~ $self->{quick};

    sleep $self->{seconds} * ($slow // 1) if !$quick && $status == 200;

    my $end = $self->{kept} ? '' : "Connection: close\r\n";
    return syswrite $visitor,
        "HTTP/1.1 $status X\r\nContent-Length: 3\r\n$end\r\nok\n";
}


# a signal is no end of the connection
sub hear {
    my ($visitor, $in) = @_;
    my $n;

    $$in //= '';

    do {
        $n = sysread $visitor, $$in, 65536, length $$in;
    } while (!defined $n && $!{EINTR});

    return $n;
}


1;
