#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# No fuzz target falls over its seeds or a short, repeatable run from them;
# `make fuzz` looks for longer.

use strict;
use warnings;

use Test::More;

my @sources = glob 't/fuzz/fuzz_*.c';
plan skip_all => 'no fuzz targets' if !@sources;

for my $source (@sources) {
    my ($name) = $source =~ /fuzz_(\w+)\.c/;
    my $target = "build/t/fuzz/fuzz_$name";
    my $output = qx{t/tools/fuzz.sh -seed=1 -runs=5000 $target 2>&1};

    is $?, 0, "the fuzz target $name holds its property" or diag $output;
}

done_testing;
