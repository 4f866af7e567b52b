package ShopTest::Fuzz;

# Copyright (C) ngx_shop_failover_module authors
#
# The fuzzer of the request path, as its program and its test use it: rounds,
# and what they found as a person wants to read it.

use strict;
use warnings;

use Exporter qw(import);

use ShopTest::Fuzz::Case qw(case_bytes step_bytes);
use ShopTest::Fuzz::Conf;
use ShopTest::Fuzz::Round;

our @EXPORT_OK = qw(configurations fuzz_round is_sure told);


# configurations(PATTERN): names
sub configurations {
    return ShopTest::Fuzz::Conf::names(@_);
}


# fuzz_round(conf => NAME, seed => N, round => N, requests => N): how many were
# sent, and what was found
sub fuzz_round {
    my $round = ShopTest::Fuzz::Round->new(@_);
    my @findings = $round->run;

    return ($round->{asked}, map { { %$_, in => $round } } @findings);
}


# is_sure(FINDING): a difference from stock that does not come again may be
# chance, a loaded machine or two caches; all else is wrong once it was seen
sub is_sure {
    my ($finding) = @_;

    return $finding->{steady} || $finding->{kind} !~ /^(?:stock|silence)/;
}


# told(FINDING): what it is, what was sent, how to repeat it
sub told {
    my ($finding) = @_;
    my $round = $finding->{in};
    my $times = $finding->{count} > 1 ? ", $finding->{count} times" : '';
    my $again = $finding->{steady} ? '' : ' (it did not come again)';

    return "$finding->{kind} in $round->{conf}.conf, shop $finding->{phase}"
        . "$times$again: $finding->{text}\n"
        . ($finding->{case} ? sent($finding->{case}) : '')
        . "  again: make fuzz-requests SEED=$round->{seed}"
        . " CONF=$round->{conf} ROUND=$round->{round}"
        . " REQUESTS=$round->{requests}\n";
}


# the bytes, a line for each segment; of HTTP/2 what they would be in HTTP/1
sub sent {
    my ($case) = @_;
    my @pieces = $case->{listener} eq 'H2'
        ? map({ join '', step_bytes($_, 'id') } @{ $case->{steps} })
        : case_bytes($case, 'id');

    return join '', "  sent to $case->{listener}:\n",
        map { '    "' . escaped($_) . "\"\n" } @pieces;
}


sub escaped {
    my ($bytes) = @_;

    $bytes =~ s/((.{1,3})\2{19,})/"{$2 x " . length($1) \/ length($2) . '}'/ge;
    $bytes =~ s/([\\"])/\\$1/g;
    $bytes =~ s/\r\n/\\r\\n/g;
    $bytes =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;

    return $bytes;
}


1;
