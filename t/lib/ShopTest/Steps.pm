package ShopTest::Steps;

# Copyright (C) ngx_shop_failover_module authors
#
# The steps of a test build (t/tools/steps/steps.c): arms a running worker so
# that it dies at a store into shared memory, and says where one died.  Knows
# the file that both map.
#
#     my $steps = ShopTest::Steps->new or plan skip_all => 'no such build';
#     my $nginx = $steps->around(sub { nginx(module => $steps->module, ...) });
#     $steps->kill;                       # the next one at a new step dies
#     wait_until(5, sub { $steps->fired });

use strict;
use warnings;

use ShopTest::Dir;

use constant {
    HEAD  => 'L12',
    SITE  => 'Q L6 L2',
    SITES => 8192,
};

use constant {
    SIZE_HEAD => length(pack HEAD, (0) x 12),
    SIZE_SITE => length(pack SITE, (0) x 9),
};

# words of the head
use constant {
    MODE => 0, EPOCH => 1, DEATHS => 2, LEFT => 3, CALLS => 4, LAST => 5,
    FULL => 6, READ => 7, BACKUPS => 8, UNLOCKED => 9, UNLOCKED_PC => 10,
};

use constant { OFF => 0, COUNT => 1, KILL => 2, LOCKS => 3 };


# the build to use: beside the module that is tested
sub module {
    my $beside = $ENV{MODULE_SO} || 'build/ngx_shop_failover_module.so';

    return $beside =~ s{([^/]+)\z}{steps/$1}r;
}


# nothing without such a build.  deaths: at each step, at most; calls: so many
# that led to a store tell one step from another
sub new {
    my ($class, %options) = @_;

    return if !-e module();

    my $self = bless {
        deaths => 1, calls => 1, %options,
        dir => ShopTest::Dir->new('steps'), epoch => 0,
    }, $class;

    $self->{path} = $self->{dir}->write('map',
        "\0" x (SIZE_HEAD + SITES * SIZE_SITE));
    open $self->{file}, '+<', $self->{path} or die "$self->{path}: $!\n";

    $self->set(DEATHS, $self->{deaths});
    $self->set(CALLS, $self->{calls});

    return $self;
}


# runs CODE, which starts an nginx, so that it finds the file
sub around {
    my ($self, $code) = @_;
    local $ENV{SHOP_STEPS} = $self->{path};

    return $code->();
}


# kill([N]): whoever next comes to a step at which not enough have died yet, and
# so on, N times: that who takes a dead one's place dies, too
sub kill {
    my ($self, $n) = @_;

    $self->set(LEFT, $self->{n} = $n // 1);
    $self->set(EPOCH, ++$self->{epoch});
    $self->set(MODE, KILL);

    return $self;
}


# nobody dies: which steps are there?
sub count {
    my ($self) = @_;

    $self->set(MODE, COUNT);
    return $self;
}


# reads of peers that are resolved are looked at
sub locks {
    my ($self) = @_;

    $self->set(MODE, LOCKS);
    return $self;
}


# from now on nobody dies; how many have, since kill()
sub off {
    my ($self) = @_;
    my $died = $self->died;

    $self->set(MODE, OFF);
    $self->set(LEFT, 0);

    return $died;
}


sub fired { return $_[0]->word(LEFT) == 0 }


# how many have died so far, since kill()
sub died { return $_[0]->{n} - $_[0]->word(LEFT) }


# of reads of peers that are resolved: all, of backups, without their lock
sub reads {
    my ($self) = @_;

    return map { $self->word($_) } READ, BACKUPS, UNLOCKED;
}


# where the last one died: "file:line < its caller", the innermost first
sub last_death {
    my ($self) = @_;

    return $self->name($self->site($self->word(LAST)));
}


sub last_unlocked {
    my ($self) = @_;

    return $self->name({ pc => [$self->word(UNLOCKED_PC)] });
}


# all that any worker came to: { key, pc => [...], deaths }
sub sites {
    my ($self) = @_;
    my $all = $self->read(SIZE_HEAD, SITES * SIZE_SITE);

    die "more steps than there is room for\n" if $self->word(FULL);

    return grep { $_->{key} }
        map { site_of(substr $all, $_ * SIZE_SITE, SIZE_SITE) } 0 .. SITES - 1;
}


sub site {
    my ($self, $i) = @_;

    return site_of($self->read(SIZE_HEAD + $i * SIZE_SITE, SIZE_SITE));
}


sub site_of {
    my ($key, @words) = unpack SITE, $_[0];

    return { key => $key, pc => [@words[0 .. 5]], deaths => $words[6] };
}


sub name {
    my ($self, $site) = @_;

    return ($self->names($site))[0];
}


# an address after a call, as the debugger's data has it: one look for all
sub names {
    my ($self, @sites) = @_;
    my @at = map { [map { sprintf '0x%x', $_ - 1 } grep { $_ } @{ $_->{pc} }] }
        @sites;

    open my $pipe, '-|', 'addr2line', '-s', '-e', module(), map { @$_ } @at
        or return map { "@$_" } @at;
    chomp(my @lines = map { s/ \(discriminator.*//r } <$pipe>);

    return map { join ' < ', splice @lines, 0, scalar @$_ } @at;
}


sub word {
    my ($self, $i) = @_;

    return unpack 'L', $self->read($i * 4, 4);
}


sub set {
    my ($self, $i, $value) = @_;

    sysseek $self->{file}, $i * 4, 0 or die "seek: $!\n";
    syswrite($self->{file}, pack 'L', $value) == 4 or die "write: $!\n";

    return;
}


sub read {
    my ($self, $at, $length) = @_;

    sysseek $self->{file}, $at, 0 or die "seek: $!\n";
    sysread($self->{file}, my $bytes, $length) == $length or die "read: $!\n";

    return $bytes;
}


1;
