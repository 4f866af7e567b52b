package ShopTest::Wait;

# Copyright (C) ngx_shop_failover_module authors
#
# Waiting: a poll with a deadline in place of a sleep.

use strict;
use warnings;

use Exporter qw(import);
use Time::HiRes qw(clock_gettime sleep CLOCK_MONOTONIC);

our @EXPORT_OK = qw(now patience wait_until);


# seconds of a clock that nobody sets
sub now {
    return clock_gettime(CLOCK_MONOTONIC);
}


# a deadline in seconds, stretched for slow builds (sanitizers, valgrind)
sub patience {
    my ($seconds) = @_;

    return $seconds * ($ENV{TEST_PATIENCE} || 1);
}


# Returns the first true value of the condition, or false once time is up.
sub wait_until {
    my ($seconds, $condition) = @_;
    my $deadline = now() + patience($seconds);

    while (1) {
        my $value = $condition->();

        return $value if $value || now() >= $deadline;
        sleep 0.01;
    }
}


1;
