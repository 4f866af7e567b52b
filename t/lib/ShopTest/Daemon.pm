package ShopTest::Daemon;

# Copyright (C) ngx_shop_failover_module authors
#
# A process that is nobody's child any more; otherwise as ShopTest::Process,
# but its exit status is not known.

use strict;
use warnings;

use ShopTest::Wait qw(wait_until);


sub new {
    my ($class, $pid) = @_;

    return bless { pid => $pid, group => getpgrp $pid }, $class;
}


sub pid {
    return $_[0]{pid};
}


sub signal {
    my ($self, $signal) = @_;

    return $self->alive && kill $signal, $self->{pid};
}


# not if it is dead, and nobody has asked for its status yet
sub alive {
    my ($self) = @_;

    open my $in, '<', "/proc/$self->{pid}/stat" or return 0;

    return (<$in> // '') =~ /.*\) [^ZX] /;
}


sub status {
    my ($self) = @_;

    return $self->alive ? undef : 0;
}


sub stop {
    my ($self, $signal, $seconds) = @_;

    $self->signal($signal);
    my $went = wait_until($seconds, sub { !$self->alive });

    kill 'KILL', -$self->{group};
    wait_until(5, sub { !$self->alive });

    return $went;
}


1;
