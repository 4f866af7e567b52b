package ShopTest::ShopServer;

# Copyright (C) ngx_shop_failover_module authors
#
# The process behind a ShopTest::Shop: it listens as told and forks a child
# for each connection, which asks anew for each request how to behave.

use strict;
use warnings;

use IO::Select;
use IO::Socket::IP;
use IO::Socket::UNIX;
use POSIX qw(WNOHANG);
use Socket qw(SOCK_STREAM);
use Storable qw(nfreeze thaw);
use Time::HiRes qw(sleep time);

use ShopTest::Behaviour qw(answer_bytes);
use ShopTest::Message qw(read_message);
use ShopTest::Stream;
use ShopTest::Wait qw(wait_until);

use constant IDLE => 60;            # seconds that a connection may be silent
use constant LARGE => 100_000;      # bytes of a body


# run(SHOP, CONTROL): orders come over the control socket, each answered with
# a line once it is carried out; the process ends when nobody gives any more.
sub run {
    my ($shop, $control) = @_;
    my $self = bless { shop => $shop, control => $control, count => 0 };

    while (1) {
        my $listener = $self->{accepting} ? $self->{listener} : undef;
        my @ready = IO::Select->new($control, $listener // ())->can_read(0.5);

        for my $socket (@ready) {
            if ($socket == $control) {
                $self->obey;
            } else {
                $self->accept;
            }
        }

        $self->forget_the_dead;
    }
}


sub obey {
    my ($self) = @_;
    my $order = readline($self->{control}) // $self->leave;

    chomp $order;
    $self->listen_as($order);
    syswrite $self->{control}, "done\n";

    return;
}


sub leave {
    my ($self) = @_;

    $self->hang_up;
    POSIX::_exit(0);
}


# open: answers.  refuse: nobody listens.  hang: connections are made, and
# nobody is there.  full: they are not even made.  reset, close: they are, and
# end so at once.  All but open end the connections that there are.
sub listen_as {
    my ($self, $mode) = @_;

    close $self->{listener} if $self->{listener};
    delete @$self{qw(listener fillers)};

    $self->{mode} = $mode;
    $self->{accepting} = $mode =~ /^(?:open|reset|close)\z/;
    $self->hang_up if $mode ne 'open';
    return if $mode eq 'refuse';

    $self->{listener} = $self->new_listener($mode eq 'full' ? 0 : 128);
    $self->{fillers} = $self->fill_up if $mode eq 'full';

    return;
}


sub new_listener {
    my ($self, $backlog) = @_;
    my $path = $self->{shop}{path};

    unlink $path if defined $path;

    # a child that was just forked may still hold the last listener
    my $listener = wait_until(5, sub {
        defined $path
            ? IO::Socket::UNIX->new(Local => $path, Listen => $backlog)
            : IO::Socket::IP->new(
                LocalHost => $self->{shop}{host},
                LocalPort => $self->{shop}{port},
                ReuseAddr => 1, Type => SOCK_STREAM, Listen => $backlog || 1);
    });

    die "shop server at $self->{shop}: $!\n" if !$listener;

    listen $listener, $backlog;
    chmod 0666, $path if defined $path;         # workers are not root
    return $listener;
}


# With its queue full, Linux drops what asks for a connection.
sub fill_up {
    my ($self) = @_;

    return [map {
        IO::Socket::IP->new(PeerHost => $self->{shop}{host},
            PeerPort => $self->{shop}{port}, Blocking => 0)
    } 1 .. 3];
}


sub accept {
    my ($self) = @_;
    my $socket = $self->{listener}->accept or return;
    my $number = ++$self->{count};

    $self->{shop}{dir}->write('connections', $number);

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        eval { $self->serve($socket, $number); 1 } or print STDERR $@;
        POSIX::_exit(0);
    }

    $self->{children}{$pid} = 1;
    close $socket;
    return;
}


sub forget_the_dead {
    my ($self) = @_;

    while ((my $pid = waitpid -1, WNOHANG) > 0) {
        delete $self->{children}{$pid};
    }

    return;
}


sub hang_up {
    my ($self) = @_;

    for my $pid (keys %{ delete $self->{children} // {} }) {
        kill 'KILL', $pid;
        waitpid $pid, 0;
    }

    return;
}


# ---- in the child of a connection


sub serve {
    my ($self, $socket, $number) = @_;

    close $self->{control};
    close $self->{listener};

    return ShopTest::Stream->new($socket, IDLE)->reset
        if $self->{mode} eq 'reset';
    return if $self->{mode} eq 'close';

    my $sni = $self->start_tls($socket) // return;
    my $stream = ShopTest::Stream->new($socket, IDLE);

    while (my $request = read_message($stream)) {
        @$request{qw(method uri version)} = split / /, $request->{start};

        my $behaviour = $self->behaviour_for($request->{uri});
        my $keep = keeps($request) && ($behaviour->{then} // 'keep') eq 'keep';

        $self->record($request, connection => $number, sni => $sni);
        answer($stream, $behaviour, $request->{method}, $keep) or return;
    }

    return;
}


# the name that the client asked for; nothing if TLS failed
sub start_tls {
    my ($self, $socket) = @_;
    my $tls = $self->{shop}{tls} or return '';

    require IO::Socket::SSL;

    IO::Socket::SSL->start_SSL($socket,
        SSL_server => 1, SSL_startHandshake => 1, %$tls) or return;

    return $socket->get_servername // '';
}


sub behaviour_for {
    my ($self, $uri) = @_;
    my $behaviours = thaw($self->{shop}{dir}->read('behaviours'));
    my ($path) = $uri =~ /^([^?]*)/;

    return $behaviours->{$path} || $behaviours->{'*'};
}


sub keeps {
    my ($request) = @_;
    my $wish = lc($request->{headers}{connection} // '');

    return $request->{version} eq 'HTTP/1.0'
        ? $wish eq 'keep-alive' : $wish ne 'close';
}


# One write to the end of the file: whole, whoever else writes.  A large body
# stands in a file of its own.
sub record {
    my ($self, $request, %more) = @_;

    if (length $request->{body} > LARGE) {
        $more{body_in} = "body-$$-" . ++$self->{bodies};
        $self->{shop}{dir}->write($more{body_in}, $request->{body});
        $more{body} = '';
    }

    open my $out, '>>', "$self->{shop}{dir}/requests" or die "requests: $!\n";
    syswrite $out, pack 'N/a*', nfreeze({ %$request, %more, time => time });

    return;
}


# true if the connection goes on
sub answer {
    my ($stream, $behaviour, $method, $keep) = @_;
    my $bytes = answer_bytes($behaviour, $method, $keep);
    my $then = $behaviour->{then} // 'keep';

    $bytes = substr $bytes, 0, $behaviour->{cut} if defined $behaviour->{cut};

    sleep $behaviour->{delay} if $behaviour->{delay};
    send_bytes($stream, $bytes, $behaviour->{drip}) or return 0;

    $stream->reset if $then eq 'reset';
    $stream->take_rest if $then eq 'hang';

    return $keep;
}


sub send_bytes {
    my ($stream, $bytes, $pause) = @_;

    return $stream->put($bytes) if !$pause;

    for my $byte (split //, $bytes) {
        $stream->put($byte) or return 0;
        sleep $pause;
    }

    return 1;
}


1;
