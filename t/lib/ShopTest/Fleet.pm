package ShopTest::Fleet;

# Copyright (C) ngx_shop_failover_module authors
#
# Nodes of a fleet for tests: an nginx each, and a follower beside it.
#
#     my @nodes = map { fleet_node("web$_", $engine->url) } 1 .. 3;
#     $nodes[0]->follower->signal('KILL');
#     is $nodes[0]->visitor, 503;

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();

use ShopTest ();
use ShopTest::Ctl qw(ctl);
use ShopTest::Client;
use ShopTest::Dir;
use ShopTest::Process;
use ShopTest::Wait qw(wait_until);

our @EXPORT = qw(fleet fleet_node fleet_program);


# the program under test
sub fleet_program { return $ENV{SHOPCTL_FLEET} || 'build/shopctl-fleet' }


# fleet(ENGINE, ARGUMENTS): its exit code, and all that it printed
sub fleet {
    my ($engine, @arguments) = @_;
    my ($command, @rest) = @arguments;

    local $ENV{SHOPCTL} = fleet_program();
    local $ENV{SHOP_FLEET_ENGINE} = ref $engine ? $engine->url : $engine;

    return ctl($command, @rest);
}


# fleet_node(NAME, ENGINE, http => TEXT, server => TEXT, follow => [ARGUMENTS],
# nginx => 0): running
sub fleet_node {
    my ($name, $engine, %options) = @_;
    my $self = bless {
        name => $name, engine => ref $engine ? $engine->url : $engine,
        follow => [], http => '', server => '', %options,
        dir => ShopTest::Dir->new('node'),
    }, __PACKAGE__;

    mkdir $self->flag or die $self->flag . ": $!\n";
    chmod 0755, $self->{dir}, $self->flag;

    $self->{nginx} = ShopTest::nginx(workers => 1, http => <<"END")
        $self->{http}
        server {
            listen %%ADDR%%;
            server_name shop.example;
            shop_maintenance @{[$self->flag]};
            $self->{server}
            location / { empty_gif; }
            location = /status { shop_status json; }
        }
END
        if $self->{nginx} // 1;

    $self->start;
    return $self;
}


sub name     { return $_[0]{name} }
sub nginx    { return $_[0]{nginx} }
sub follower { return $_[0]{follower} }
sub flag     { return "$_[0]{dir}/flag" }
sub file     { return $_[0]->flag . '/fleet' }


# start(PRELOAD => FILE, ...): the follower, with these in its environment
sub start {
    my ($self, %environment) = @_;
    my $output = "$self->{dir}/output";
    my @command = (fleet_program(), 'follow', '--engine', $self->{engine},
        '--node', $self->{name}, '--flag', $self->flag,
        '--url', $self->{nginx}
            ? 'http://' . $self->{nginx}->address . '/status'
            : 'http://127.0.0.1:1/status',
        ($self->{nginx} ? ('--control',
            'http://' . $self->{nginx}->address . '/control') : ()),
        @{ $self->{follow} });

    $self->{follower} = ShopTest::Process->spawn(sub {
        $ENV{$_} = $environment{$_} for keys %environment;
        open STDOUT, '>>', $output or die "$output: $!\n";
        open STDERR, '>&', \*STDOUT or die "$output: $!\n";
        exec @command or die "$command[0]: $!\n";
    });

    return $self;
}


# what the follower has said
sub output {
    my ($self) = @_;

    open my $in, '<', "$self->{dir}/output" or return '';
    local $/;
    return <$in> // '';
}


sub kill {
    my ($self) = @_;

    return $self->{follower}->stop('KILL', 5);
}


# the status code that a visitor gets
sub visitor {
    my ($self) = @_;
    my $answer = eval {
        ShopTest::Client->new($self->{nginx})
            ->request('GET', '/', close => 1);
    } || {};

    return $answer->{status} // 0;
}


# closed(), opened(): whether it comes to that
sub closed { my ($self) = @_; return wait_until(20, sub { $self->visitor == 503 }) }
sub opened { my ($self) = @_; return wait_until(20, sub { $self->visitor == 200 }) }


# tells(QR): whether the follower comes to say it
sub tells {
    my ($self, $pattern) = @_;

    return wait_until(20, sub { $self->output =~ $pattern });
}


# whether the follower that runs now has been told by nginx that it has the flag
sub says_revision {
    my ($self) = @_;

    return $self->output =~ /.*node \S+ follows.*seen by nginx/s
        && ($self->output =~ /.*node \S+ follows(.*)/s)[0] =~ /seen by nginx/;
}


# all files of its flag, hidden ones as well
sub files {
    my ($self) = @_;

    opendir my $in, $self->flag or return;
    return grep { !/^\.\.?\z/ } readdir $in;
}


sub content {
    my ($self) = @_;

    open my $in, '<', $self->file or return;
    local $/;
    return <$in> // '';
}


1;
