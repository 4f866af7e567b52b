package ShopTest::Ctl;

# Copyright (C) ngx_shop_failover_module authors
#
# shopctl as a person runs it, for tests.

use strict;
use warnings;

use Exporter qw(import);
use Test::More import => [qw(diag is like)];

our @EXPORT = qw(shopctl ctl says);


# shopctl(): the program
sub shopctl { return $ENV{SHOPCTL} || 'build/shopctl' }


# ctl(ARGUMENTS): its exit code, and all that it printed
sub ctl {
    my (@arguments) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec shopctl(), @arguments;
    }

    my $output = do { local $/; <$out> } // '';
    close $out;

    return ($? >> 8, $output);
}


# says(CODE, QR, NAME, ARGUMENTS): two tests, of the one and of the other
sub says {
    my ($code, $pattern, $name, @arguments) = @_;
    my ($is, $output) = ctl(@arguments);
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is $is, $code, "$name: exit code $code" or diag $output;
    return like $output, $pattern, $name;
}


1;
