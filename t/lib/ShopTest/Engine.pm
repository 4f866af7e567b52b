package ShopTest::Engine;

# Copyright (C) ngx_shop_failover_module authors
#
# A real etcd or Redis of this machine, on free ports of loopback, with its data
# in a directory of its own: for tests.  Ends with the test.
#
#     my $etcd = ShopTest::Engine->etcd;
#     $etcd->url;          # "etcd://127.0.0.1:port/shop"
#     $etcd->freeze, $etcd->thaw, $etcd->kill, $etcd->start

use strict;
use warnings;

use JSON::PP qw(decode_json encode_json);
use MIME::Base64 qw(decode_base64 encode_base64);

use ShopTest::Client;
use ShopTest::Dir;
use ShopTest::Port qw(free_port);
use ShopTest::Process;
use ShopTest::Wait qw(wait_until);

use IO::Socket::IP;


# etcd(options => [...], tls => 1): running
sub etcd {
    my ($class, %options) = @_;
    my $self = $class->new('etcd', %options);

    $self->{peer} = free_port();
    return $self->start;
}


# redis(options => [...], tls => 1): running
sub redis {
    my ($class, %options) = @_;

    return $class->new('redis', %options)->start;
}


sub new {
    my ($class, $kind, %options) = @_;

    return bless {
        options => [], port => free_port(), %options, kind => $kind,
        dir => ShopTest::Dir->new($kind),
    }, $class;
}


sub dir     { return "$_[0]{dir}" }
sub port    { return $_[0]{port} }
sub address { return "127.0.0.1:$_[0]{port}" }


# url(), url(PREFIX)
sub url {
    my ($self, $prefix) = @_;
    my $tls = $self->{tls} ? 's' : '';

    return "$self->{kind}$tls://" . $self->address . '/' . ($prefix // 'shop');
}


sub command {
    my ($self) = @_;
    my $http = $self->{tls} ? 'https' : 'http';

    return ('redis-server', '--bind', '127.0.0.1', '--dir', $self->dir,
        ($self->{tls} ? ('--port', 0, '--tls-port', $self->port)
            : ('--port', $self->port)),
        '--save', '', '--appendonly', 'yes', @{ $self->{options} })
        if $self->{kind} eq 'redis';

    return ('etcd', '--data-dir', $self->dir . '/data', '--name', 'test',
        '--log-level', 'error', '--unsafe-no-fsync',
        '--listen-client-urls', "$http://" . $self->address,
        '--advertise-client-urls', "$http://" . $self->address,
        '--listen-peer-urls', "http://127.0.0.1:$self->{peer}",
        '--initial-advertise-peer-urls', "http://127.0.0.1:$self->{peer}",
        '--initial-cluster', "test=http://127.0.0.1:$self->{peer}",
        @{ $self->{options} });
}


sub start {
    my ($self) = @_;

    $self->launch;
    wait_until(30, sub { $self->answers })
        or die "$self->{kind} did not start: @{[$self->output]}\n";

    return $self;
}


# the process alone: one of a cluster answers when the others are there
sub launch {
    my ($self) = @_;
    my @command = $self->command;
    my $output = $self->dir . '/output';

    $self->{process} = ShopTest::Process->spawn(sub {
        open STDOUT, '>>', $output or die "$output: $!\n";
        open STDERR, '>&', \*STDOUT or die "$output: $!\n";
        exec @command or die "$command[0]: $!\n";
    });

    return $self;
}


sub output {
    my ($self) = @_;

    open my $in, '<', $self->dir . '/output' or return '';
    local $/;
    return <$in>;
}


sub answers {
    my ($self) = @_;

    return IO::Socket::IP->new(PeerHost => '127.0.0.1',
        PeerPort => $self->port) && 1 if $self->{tls};
    return eval { $self->redis_cli('PING') =~ /PONG|NOAUTH/ }
        if $self->{kind} eq 'redis';

    my $answer = eval {
        ShopTest::Client->new($self->address)
            ->request('GET', '/health', close => 1);
    } or return 0;

    return ($answer->{body} // '') =~ /true/;
}


sub kill {
    my ($self) = @_;

    return $self->{process}->stop('KILL', 5);
}


sub freeze { return $_[0]{process}->signal('STOP') }
sub thaw   { return $_[0]{process}->signal('CONT') }


# forgets everything: an empty one in its place
sub wipe {
    my ($self) = @_;

    system 'rm', '-rf', map { "$self->{dir}/$_" } 'data', 'appendonlydir';
    return;
}


# call(PATH, {...}): of etcd's gateway; what it answers
sub call {
    my ($self, $path, $body) = @_;
    my $answer = ShopTest::Client->new($self->address)->request('POST',
        "/v3/$path", body => encode_json($body), close => 1);

    return decode_json($answer->{body});
}


# get(KEY), put(KEY, VALUE), del(KEY): of a document, without the prefix
sub get {
    my ($self, $key) = @_;

    if ($self->{kind} eq 'redis') {
        my $value = $self->redis_cli('GET', "shop/$key");
        $value =~ s/\n\z//;
        return $value;
    }

    my $kvs = $self->call('kv/range',
        { key => encode_base64("shop/$key", '') })->{kvs} or return;

    return decode_base64($kvs->[0]{value} // '');
}


sub put {
    my ($self, $key, $value) = @_;

    return $self->call('kv/put', {
        key => encode_base64("shop/$key", ''),
        value => encode_base64($value, ''),
    });
}


sub del {
    my ($self, $key) = @_;

    return $self->call('kv/deleterange',
        { key => encode_base64("shop/$key", '') });
}


# ends a node's lease, as if it had been silent for long enough
sub expire {
    my ($self, $node) = @_;

    return $self->redis_cli('DEL', "shop/nodes/$node")
        if $self->{kind} eq 'redis';

    my $kvs = $self->call('kv/range',
        { key => encode_base64("shop/nodes/$node", '') })->{kvs} or return;

    return $self->call('lease/revoke', { ID => $kvs->[0]{lease} });
}


sub redis_cli {
    my ($self, @arguments) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec 'redis-cli', '-p', $self->port, @arguments;
    }

    local $/;
    my $said = <$out> // '';
    close $out;

    return $said;
}


sub stop {
    my ($self) = @_;

    return $self->{process}->stop('TERM', 10);
}


1;
