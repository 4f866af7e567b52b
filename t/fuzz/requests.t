#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The request path holds its properties in a short, repeatable run of the
# fuzzer over each of its configurations; `make fuzz-requests` looks for
# longer, and always under sanitizers.

use strict;
use warnings;

BEGIN { $ENV{TEST_TIMEOUT} ||= 480 }

use ShopTest;
use ShopTest::Fuzz::Round;
use ShopTest::Fuzz qw(configurations fuzz_round is_sure told);
use ShopTest::Wait qw(now patience);

use constant { SEED => 1, REQUESTS => 120, SECONDS => 30 };

for my $conf (configurations('')) {
    my ($sent, @findings) = fuzz_round(conf => $conf, seed => SEED, round => 0,
        requests => REQUESTS, until => now() + patience(SECONDS));

    ok $sent, "$conf: $sent requests";
    ok !(grep { is_sure($_) } @findings), "$conf: nothing was found";
    diag(told($_)) for @findings;
}

my %asked = (conf => 'cache', round => 3, requests => 60);
my ($plan, $same, $other) = map {
    [ShopTest::Fuzz::Round->new(%asked, seed => $_)->plan]
} 5, 5, 6;

is_deeply $same, $plan, 'a seed makes the same requests again';
ok !eq_array($other, $plan), 'another one makes others';

done_testing;
