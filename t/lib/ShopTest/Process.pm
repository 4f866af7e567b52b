package ShopTest::Process;

# Copyright (C) ngx_shop_failover_module authors
#
# A child process and its whole family: it leads a process group, so that
# nothing that it started outlives it.

use strict;
use warnings;

use POSIX qw(WNOHANG);

use ShopTest::Wait qw(wait_until);

my %running;                        # pids of children of this process


# Runs the code in a child, which never returns from it.
sub spawn {
    my ($class, $code) = @_;
    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        %running = ();
        setpgrp;
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP ALRM PIPE CHLD);
        eval { $code->(); 1 } or print STDERR $@;
        POSIX::_exit(1);
    }

    setpgrp $pid, $pid;
    $running{$pid} = 1;

    return bless { pid => $pid }, $class;
}


sub pid {
    return $_[0]{pid};
}


sub signal {
    my ($self, $signal) = @_;

    return !defined $self->{status} && kill $signal, $self->{pid};
}


# whether the child still runs; its exit status is kept once it does not
sub alive {
    my ($self) = @_;

    return 0 if defined $self->{status};
    return 1 if waitpid($self->{pid}, WNOHANG) != $self->{pid};

    delete $running{ $self->{pid} };
    $self->{status} = $?;
    return 0;
}


# as in $?; nothing while it runs
sub status {
    my ($self) = @_;

    return $self->alive ? undef : $self->{status};
}


# Asks, waits, and then takes what is left of the family; true if it went
# when asked.
sub stop {
    my ($self, $signal, $seconds) = @_;

    $self->signal($signal);
    my $went = wait_until($seconds, sub { !$self->alive });

    kill 'KILL', -$self->{pid};
    wait_until(5, sub { !$self->alive });

    return $went;
}


# Ends all that nobody has stopped, as when a test died.
sub end_all {
    for my $pid (keys %running) {
        kill 'KILL', -$pid;
        waitpid $pid, 0;
    }

    %running = ();
    return;
}


# children(PID): the pids of its children and how they call themselves
sub children {
    my ($pid) = @_;
    my %children;

    for my $stat (glob '/proc/[0-9]*/stat') {
        my ($child) = $stat =~ /(\d+)/;

        open my $in, '<', $stat or next;
        my ($parent) = (<$in> // '') =~ /.*\) \S (\d+)/ or next;
        next if $parent != $pid;

        open my $title, '<', "/proc/$child/cmdline" or next;
        $children{$child} = (<$title> // '') =~ s/[\0 ]+\z//r;
    }

    return %children;
}


1;
