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
#
# Options: slots, seconds (that each request takes), quick (a regex of paths
# that take no time), queue [511].

use strict;
use warnings;

use IO::Socket::INET;
use Time::HiRes qw(sleep);

use ShopTest::Dir;
use ShopTest::Process;

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
    close delete $self->{listener};

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


sub fill_slots {
    my ($self) = @_;

    for (2 .. $self->{slots}) {
        last if !(fork // die "fork: $!\n");
    }

    while (1) {
        my $visitor = $self->{listener}->accept or next;
        eval { $self->answer($visitor) };
        close $visitor;
    }
}


sub answer {
    my ($self, $visitor) = @_;
    my $in = '';

    while ($in !~ /\r\n\r\n/) {
        sysread $visitor, $in, 65536, length $in or return;
    }

    my ($path) = $in =~ /\A\w+ (\S+)/ or return;
    my ($rest) = $in =~ /^content-length: *(\d+)/mi;
    my ($head) = $in =~ /\A(.*?\r\n\r\n)/s;

    while (length($in) < length($head) + ($rest // 0)) {
        sysread $visitor, $in, 65536, length $in or return;
    }

    my $words = $self->heard;
    my ($slow) = $words =~ /slow (\d+)/;
    my $status = $words =~ /500/ && $path !~ /healthz/ ? 500 : 200;
    my $quick = $self->{quick} && $path =~ $self->{quick};

    sleep $self->{seconds} * ($slow // 1) if !$quick && $status == 200;

    syswrite $visitor, "HTTP/1.1 $status X\r\nContent-Length: 3\r\n"
        . "Connection: close\r\n\r\nok\n";
    return;
}


1;
