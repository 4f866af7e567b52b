package ShopTest::Shop;

# Copyright (C) ngx_shop_failover_module authors
#
# A scripted shop server as a test holds it: tells the process behind it
# (ShopServer) how to behave, and reads what that has seen.
#
#     my $shop = shop_server(body => 'hello');
#     $shop->set('/healthz', status => 500);
#     $shop->set('*', 'hang');
#     $shop->refuse;
#     is $shop->count(uri => '/healthz'), 3, 'three probes came';
#
# Options of new: on    "127.0.0.1", "::1" or "unix" [127.0.0.1]
#                 tls   1, or arguments of IO::Socket::SSL; 1 is a certificate
#                       of the test's CA for localhost and 127.0.0.1
#                 name  another host name, or [names], for that certificate
# and a behaviour for all paths, see ShopTest::Behaviour.

use strict;
use warnings;

use IO::Handle;
use Socket qw(AF_UNIX SOCK_STREAM PF_UNSPEC);
use Storable qw(nfreeze thaw);

use ShopTest::Behaviour qw(behaviour);
use ShopTest::Dir;
use ShopTest::Port qw(free_port);
use ShopTest::Process;
use ShopTest::ShopServer;

use overload '""' => sub { $_[0]->address }, fallback => 1;


sub new {
    my ($class, $ca, @options) = @_;
    my @preset = @options % 2 ? shift @options : ();
    my %options = @options;
    my ($on, $tls, $name) = delete @options{qw(on tls name)};

    my $self = bless {
        dir        => ShopTest::Dir->new('server'),
        behaviours => { '*' => behaviour(@preset, %options) },
    }, $class;

    $self->{tls} = ref $tls ? $tls : certificate($ca->(), $name) if $tls;
    $self->settle($on // '127.0.0.1');
    $self->publish;

    return $self;
}


sub settle {
    my ($self, $on) = @_;

    if ($on eq 'unix') {
        $self->{path} = "$self->{dir}/socket";
    } else {
        @$self{qw(host port)} = ($on, free_port());
    }

    return;
}


sub certificate {
    my ($ca, $name) = @_;
    my @names = ref $name ? @$name : $name // qw(localhost 127.0.0.1);
    my ($crt, $key) = $ca->issue(@names);

    return { SSL_cert_file => $crt, SSL_key_file => $key };
}


# as a `server` directive and our client want it
sub address {
    my ($self) = @_;

    return "unix:$self->{path}" if defined $self->{path};
    return $self->{host} =~ /:/ ? "[$self->{host}]:$self->{port}"
        : "$self->{host}:$self->{port}";
}


sub port { return $_[0]{port} }
sub pid  { return $_[0]{process}->pid }


# Listens when this returns; also again after a stop, at the same address.
sub start {
    my ($self) = @_;

    socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC
        or die "socketpair: $!\n";
    $_->autoflush for $ours, $theirs;

    $self->{process} = ShopTest::Process->spawn(sub {
        close $ours;
        ShopTest::ShopServer::run($self, $theirs);
    });

    close $theirs;
    $self->{control} = $ours;

    return $self->listener('open');
}


# the process is gone, as after a crash
sub stop {
    my ($self) = @_;
    my $process = delete $self->{process} or return;

    close delete $self->{control};
    $process->stop('KILL', 5);

    return;
}


# set(PATH, BEHAVIOUR...): from the next request for that path on, also on
# open connections; "*" stands for all paths that have none of their own
sub set {
    my ($self, $path, @behaviour) = @_;

    $self->{behaviours}{$path} = behaviour(@behaviour);

    return $self->publish;
}


sub publish {
    my ($self) = @_;

    $self->{dir}->write('behaviours', nfreeze($self->{behaviours}));

    return $self;
}


# listener(MODE): open, refuse, hang, full, reset or close, see
# ShopServer::listen_as; in force when this returns
sub listener {
    my ($self, $mode) = @_;

    print { $self->{control} } "$mode\n";
    defined readline $self->{control} or die "shop server $self is gone\n";

    return $self;
}


sub refuse { return $_[0]->listener('refuse') }
sub open   { return $_[0]->listener('open') }


# requests(method => ..., uri => ...): those seen so far, in their order, that
# match by equality or pattern; each { method, uri, version, headers, body,
# connection, sni, time }
sub requests {
    my ($self, %wanted) = @_;
    my @requests = $self->seen;

    for my $key (keys %wanted) {
        my $value = $wanted{$key};
        my $pattern = ref $value ? $value : qr/\A\Q$value\E\z/;

        @requests = grep { $_->{$key} =~ $pattern } @requests;
    }

    return @requests;
}


# All so far.  What was read once is kept: a test asks often, and a probed
# server has seen thousands.
sub seen {
    my ($self) = @_;
    my $seen = $self->{seen} //= [];
    my $rest = $self->{dir}->read('requests', $self->{read} // 0);

    while (length $rest >= 4) {
        my $length = unpack 'N', $rest;
        last if length $rest < 4 + $length;

        my $request = thaw(substr $rest, 4, $length);
        $request->{body} = $self->{dir}->read(delete $request->{body_in})
            if $request->{body_in};

        push @$seen, $request;
        substr $rest, 0, 4 + $length, '';
        $self->{read} += 4 + $length;
    }

    return @$seen;
}


sub count {
    my ($self, %wanted) = @_;

    return scalar(my @requests = $self->requests(%wanted));
}


# how many connections it has accepted
sub connections {
    my ($self) = @_;

    return $self->{dir}->read('connections') || 0;
}


sub DESTROY {
    my ($self) = @_;

    $self->stop if $self->{process} && $self->{dir}{owner} == $$;
    return;
}


1;
