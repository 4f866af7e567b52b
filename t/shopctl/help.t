#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What stands beside shopctl: the man pages name all that its help names, and
# completion knows what it knows.

use ShopTest;
use ShopTest::Ctl;

use Cwd qw(abs_path);
use File::Basename qw(dirname);

my %manual;

for my $page ('shopctl.1', 'shop-maintenance.5') {
    open my $in, '<', "pkg/man/$page" or die "pkg/man/$page: $!\n";
    my $text = do { local $/; <$in> };

    $text =~ s/\\-/-/g;
    $text =~ s/\\f[BIRP]//g;
    $manual{$page} = $text;
}


# ---- the man page of the program

my @commands = map { /^(\S+)\t/ } split /\n/, (ctl('help', '--list'))[1];
cmp_ok scalar @commands, '>', 12, 'commands';

for my $command (@commands) {
    like $manual{'shopctl.1'}, qr/^\.B\w* [^\n]*\b\Q$command\E\b/m,
        "the man page has $command";

    my @options = map { /^(--[^\t]+)\t/ } split /\n/,
        (ctl('help', '--list', $command))[1];
    my @missing = grep { !/^--no-/ && $manual{'shopctl.1'} !~ /\Q$_\E\b/ }
        @options;

    is "@missing", '', "... and each of its options";
}

is((ctl('help', '--list', 'none'))[0], 1, 'of no command there is no list');


# ---- the man page of the flag, against the parser's table

open my $keys, '<', 'ngx_shop_failover_module/logic/flag/flag_keys.c' or die;
my ($table) = do { local $/; <$keys> } =~
    /ngx_shop_flag_keys_table\[\] = \{(.*?)^\};/ms;

for my $key ($table =~ /\{ "([\w-]+)",/g) {
    like $manual{'shop-maintenance.5'}, qr/^\.B\w? [^\n]*\Q$key\E/m,
        "the flag's man page has $key";
}


# ---- they are good troff

SKIP: {
    chomp(my $groff = qx{command -v groff});
    skip 'no groff', scalar keys %manual if !$groff;

    is qx{$groff -man -Tutf8 -ww -z pkg/man/$_ 2>&1}, '', "$_: no complaint"
        for sort keys %manual;
}


# ---- bash

sub completes {
    my ($expected, $name, @words) = @_;
    my $dir = dirname(abs_path(shopctl()));
    my $script = 'source pkg/completion/shopctl.bash; COMP_WORDS=("$@");'
        . ' COMP_CWORD=$(($# - 1)); _shopctl; echo "${COMPREPLY[*]}"';
    local $ENV{PATH} = "$dir:$ENV{PATH}";
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    open my $out, '-|', 'bash', '-c', $script, 'bash', 'shopctl', @words
        or die "bash: $!\n";
    chomp(my $got = <$out> // '');
    close $out;

    return like $got, $expected, "completion: $name";
}

completes qr/^help --version @commands$/, 'all commands', '';
completes qr/^status$/, 'one of them', 'stat';
completes qr/^is-active$/, 'after help', 'help', 'is';
completes qr/^--eta --end$/, 'options', 'on', '--e';
completes qr/^manual eta healthy$/, 'their values', 'on', '--end', '';
completes qr/\+45m/, 'times', 'update', 'Text', '--eta', '';
completes qr/^\+45m$/, '... also behind a =', 'on', '--eta', '=', '+4';
completes qr/^$/, 'no text is guessed', 'on', '--status', '';
completes qr/^--no-next-update$/, 'what is withdrawn', 'update', '--no-n';
completes qr{^pkg/man/?$}, 'files', 'check', 'pkg/ma';

for my $shell ('zsh', 'fish') {
    SKIP: {
        chomp(my $path = qx{command -v $shell});
        skip "no $shell", 1 if !$path;

        is system($path, '-n', "pkg/completion/shopctl.$shell"), 0,
            "$shell reads its completion";
    }
}

done_testing;
