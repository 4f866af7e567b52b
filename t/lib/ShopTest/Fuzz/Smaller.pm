package ShopTest::Fuzz::Smaller;

# Copyright (C) ngx_shop_failover_module authors
#
# Makes a case smaller as long as it still fails: fewer steps, fewer headers,
# a plainer request, a shorter target.

use strict;
use warnings;

use Exporter qw(import);
use Storable qw(dclone);

our @EXPORT_OK = qw(smaller);


# smaller(CASE, STILL): STILL says of a case whether it fails as well
sub smaller {
    my ($case, $still) = @_;
    my $found = 1;

    while ($found) {
        $found = 0;

        for my $candidate (candidates($case)) {
            next if !$still->($candidate);
            $case = $candidate;
            $found = 1;
            last;
        }
    }

    return $case;
}


sub candidates {
    my ($case) = @_;
    my @steps = @{ $case->{steps} };
    my @all;

    push @all, changed($case, sub { delete @{ $_[0] }{qw(wild changes)} })
        if $case->{wild};
    push @all, changed($case, sub { delete $_[0]{cuts} }) if $case->{cuts};

    for my $i (@steps > 1 ? 0 .. $#steps : ()) {
        push @all, changed($case, sub { splice @{ $_[0]{steps} }, $i, 1 });
    }

    for my $i (0 .. $#steps) {
        push @all, map { my $change = $_;
            changed($case, sub { $change->($_[0]{steps}[$i]) })
        } step_changes($steps[$i]);
    }

    return @all;
}


sub changed {
    my ($case, $change) = @_;
    my $copy = dclone($case);

    $change->($copy);
    return $copy;
}


sub step_changes {
    my ($step) = @_;
    my @headers = @{ $step->{headers} };
    my @all = map { my $what = $_; sub { delete $_[0]{$what} } }
        grep { $step->{$_} } qw(chunked pieces);

    # an order is a good one as a whole
    return @all if $step->{order};

    for my $i (reverse grep { $headers[$_][0] ne 'Host' } 0 .. $#headers) {
        push @all, sub { splice @{ $_[0]{headers} }, $i, 1 };
    }

    push @all, sub { delete @{ $_[0] }{qw(body chunked pieces)} }
        if defined $step->{body};
    push @all, sub { $_[0]{method} = 'GET' } if $step->{method} ne 'GET';
    push @all, sub { $_[0]{version} = '1.1' } if $step->{version} ne '1.1';

    my $body = $step->{body} // '';
    push @all, sub { substr $_[0]{body}, length($body) / 2, length $body, '' }
        if length $body > 1;

    return (@all, target_changes($step->{target}));
}


sub target_changes {
    my ($target) = @_;
    my @parts = split m{(?=[/?&])}, $target;
    my @all;

    for my $i (reverse 1 .. $#parts) {
        my $less = join '', map { $parts[$_] } grep { $_ != $i } 0 .. $#parts;
        $less =~ s/&/?/ if $less !~ /\?/;
        push @all, sub { $_[0]{target} = $less } if $less ne $target;
    }

    # a long run becomes half as long
    my $shorter = $target =~ s/((.{1,3})\2{7,})/substr $1, 0, length($2)
        * int(length($1) \/ length($2) \/ 2)/er;
    push @all, sub { $_[0]{target} = $shorter } if $shorter ne $target;

    return @all;
}


1;
