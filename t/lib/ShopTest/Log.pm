package ShopTest::Log;

# Copyright (C) ngx_shop_failover_module authors
#
# An error log, whatever files it is in: what it says, and whether a healthy
# nginx would say that.

use strict;
use warnings;

use ShopTest::Wait qw(wait_until);

# alerts, deaths, and what sanitizers and valgrind report, of the core only in
# our files
use constant COMPLAINT => qr{
    \[(?:alert|emerg)\]
    | exited [ ] on [ ] signal | core [ ] dumped
    | (?:Address|Leak|Thread|Memory)Sanitizer
    | shop_failover .* runtime [ ] error:
    | ^==\d+== .* shop_failover
}x;


sub new {
    my ($class, @paths) = @_;           # or patterns of paths

    return bless { paths => \@paths }, $class;
}


sub lines {
    my ($self) = @_;

    my @lines;

    for my $path (map { glob } @{ $self->{paths} }) {
        open my $in, '<', $path or next;
        push @lines, <$in>;
    }

    chomp @lines;
    return @lines;
}


# find(QR): the lines that match
sub find {
    my ($self, $pattern) = @_;

    return grep { /$pattern/ } $self->lines;
}


# wait_for(QR, [SECONDS]): true once a line matches
sub wait_for {
    my ($self, $pattern, $seconds) = @_;

    return wait_until($seconds // 5, sub { scalar $self->find($pattern) });
}


sub complaints {
    my ($self, @allowed) = @_;
    my @complaints;

    for my $line ($self->find(COMPLAINT)) {
        push @complaints, $line if !grep { $line =~ /$_/ } @allowed;
    }

    return @complaints;
}


# the last lines that a person would read first
sub last_lines {
    my ($self, $count) = @_;
    my @lines = grep { !/\[debug\]/ } $self->lines;

    splice @lines, 0, -$count if @lines > $count;

    return @lines;
}


1;
