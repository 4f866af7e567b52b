package ShopTest::Steps;

# Copyright (C) ngx_shop_failover_module authors
#
# The steps of a test build (state/step.c): who is to be killed at the next
# one, and where workers were.  Knows the file that both map.
#
#     my $steps = ShopTest::Steps->new or plan skip_all => 'no such build';
#     $steps->arm;                        # the next worker dies
#     wait_until(5, sub { $steps->fired });

use strict;
use warnings;

use ShopTest::Dir;

use constant {
    HEAD  => 'L6 a24 L',                # up to nsites
    SITE  => 'Z24 L L',
    SITES => 256,
};

use constant SIZE => length(pack(HEAD)) + SITES * length(pack(SITE));


# the build to use: beside the module that is tested
sub module {
    my $beside = $ENV{MODULE_SO} || 'build/ngx_shop_failover_module.so';

    return $beside =~ s{([^/]+)\z}{steps/$1}r;
}


# nothing without such a build; DEATHS at each step, at most
sub new {
    my ($class, %options) = @_;

    return if !-e module();

    my $self = bless {
        deaths => 2, signal => 9, %options,
        dir => ShopTest::Dir->new('steps'), epoch => 0,
    }, $class;

    $self->{path} = $self->{dir}->write('map', "\0" x SIZE);
    open $self->{file}, '+<', $self->{path} or die "$self->{path}: $!\n";

    return $self;
}


sub path { return $_[0]{path} }


# arm(worker => N, at => "FILE:LINE"): all are of whoever dies next; any worker
# and any step if not given
sub arm {
    my ($self, %where) = @_;
    my $worker = defined $where{worker} ? $where{worker} + 1 : 0;
    my ($file, $line) = split /:/, $where{at} // ':0';

    $self->write(4, pack 'L5 a24', ++$self->{epoch}, @$self{qw(deaths signal)},
        $worker, $line, $file);
    $self->write(0, pack 'L', 1);

    return $self;
}


# passed("FILE:LINE", N): as if so many had died there, so that the next one
# dies at its time N + 1
sub passed {
    my ($self, $at, $n) = @_;
    my ($file, $line) = split /:/, $at;

    $self->write(length(pack HEAD) - 4,
        pack("L", 1) . pack SITE, $file, $line, $n);

    return $self;
}


# true if nobody died: then nobody will
sub disarm {
    my ($self) = @_;
    my $armed = !$self->fired;

    $self->write(0, pack 'L', 0);

    return $armed;
}


sub fired { return unpack('L', $_[0]->read(0, 4)) == 0 }


# "file:line" => deaths
sub deaths {
    my ($self) = @_;
    my $head = length pack HEAD;
    my $size = length pack SITE;
    my %deaths;

    my ($n) = unpack 'L', $self->read($head - 4, 4);

    for my $i (0 .. $n - 1) {
        my ($file, $line, $deaths)
            = unpack SITE, $self->read($head + $i * $size, $size);
        $deaths{"$file:$line"} += $deaths;
    }

    return \%deaths;
}


# all steps that a test is to come to, from the sources: "file:line"
sub known {
    my @known;

    for my $path (glob 'ngx_shop_failover_module/{state,nginx}/*.c') {
        my ($name) = $path =~ m{([^/]+)\z};
        open my $in, '<', $path or die "$path: $!\n";

        while (my $line = <$in>) {
            push @known, "$name:$." if $line =~ /^\s+\w+_step\(\);/;
        }
    }

    return @known;
}


sub read {
    my ($self, $at, $length) = @_;

    sysseek $self->{file}, $at, 0 or die "seek: $!\n";
    sysread($self->{file}, my $bytes, $length) == $length or die "read: $!\n";

    return $bytes;
}


sub write {
    my ($self, $at, $bytes) = @_;

    sysseek $self->{file}, $at, 0 or die "seek: $!\n";
    syswrite($self->{file}, $bytes) == length $bytes or die "write: $!\n";

    return;
}


1;
