package ShopTest::Clock;

# Copyright (C) ngx_shop_failover_module authors
#
# A wall clock that a test sets: programs that are started around() it see
# three hours more (step => SECONDS) while it is ahead.  The monotonic clock stays.
#
#     my $clock = ShopTest::Clock->new;
#     my $nginx = $clock->around(sub { nginx(...) });
#     $clock->ahead;                      # and ->behind: as it was
#
# A library that is loaded before all others: not for sanitized programs.

use strict;
use warnings;

use ShopTest::Dir;

use constant STEP => 3 * 3600;          # seconds


sub new {
    my ($class, %options) = @_;
    my $dir = ShopTest::Dir->new('clock');
    my $step = $options{step} // STEP;

    my $library = $dir->library('step', <<"END");
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <unistd.h>

int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    int          rc;
    static int (*next)(struct timeval *tv, void *tz);

    if (next == NULL) {
        *(void **) &next = dlsym(RTLD_NEXT, "gettimeofday");
    }

    rc = next(tv, tz);

    if (access("$dir/ahead", F_OK) == 0) {
        tv->tv_sec += $step;
    }

    return rc;
}
END

    return bless { dir => $dir, library => $library }, $class;
}


sub around {
    my ($self, $code) = @_;
    local $ENV{LD_PRELOAD} = $self->{library};

    return $code->();
}


sub ahead {
    my ($self) = @_;

    $self->{dir}->write('ahead', '');
    return;
}


sub behind {
    my ($self) = @_;

    unlink "$self->{dir}/ahead" or die "ahead: $!\n";
    return;
}


1;
