package ShopTest::Wait;

# Copyright (C) ngx_shop_failover_module authors
#
# Waiting: a poll with a deadline in place of a sleep.  Deadlines are those of
# a machine of today that has nothing else to do, stretched for slower ones.

use strict;
use warnings;

use Exporter qw(import);
use POSIX ();
use Time::HiRes qw(clock_gettime sleep CLOCK_MONOTONIC);

use constant USUAL   => 0.015;      # seconds, see slowness
use constant SLOWEST => 8;
use constant AGE     => 10;         # seconds that a measurement is good for

our @EXPORT_OK = qw(now patience wait_until);

# the test itself measures, not the servers that it has forked: there are dozens
my $owner = $$;
my ($measured, $measured_at);


# seconds of a clock that nobody sets
sub now {
    return clock_gettime(CLOCK_MONOTONIC);
}


# Wall time of some work and of a process, beside that of a machine of today:
# 1 to SLOWEST.  Both a slow machine and one that is busy show in it.
sub slowness {
    my $start = now();
    my $sum = 0;

    $sum += $_ * $_ for 1 .. 200_000;
    defined(my $pid = fork) or return 1;
    POSIX::_exit(0) if $pid == 0;
    waitpid $pid, 0;

    my $factor = (now() - $start) / USUAL;

    return $factor < 1 ? 1 : $factor > SLOWEST ? SLOWEST : $factor;
}


# a deadline in seconds, stretched for slow machines as measured now and then,
# and for slow builds (sanitizers, valgrind) as told
sub patience {
    my ($seconds) = @_;
    my $now = now();

    ($measured, $measured_at) = (slowness(), $now)
        if $$ == $owner && (!defined $measured_at || $now - $measured_at > AGE);

    my $told = $ENV{TEST_PATIENCE} || 1;
    $measured //= SLOWEST;

    return $seconds * ($told > $measured ? $told : $measured);
}


# Returns the first true value of the condition, or false once time is up.  A
# pause is as long as the condition took: half of the time is for the others.
sub wait_until {
    my ($seconds, $condition) = @_;
    my $deadline = now() + patience($seconds);

    while (1) {
        my $start = now();
        my $value = $condition->();
        my $end = now();

        return $value if $value || $end >= $deadline;

        my $took = $end - $start;
        sleep($took < 0.01 ? 0.01 : $took > 0.2 ? 0.2 : $took);
    }
}


1;
