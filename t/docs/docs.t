#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The documentation against the code: every directive of the command table has
# a section in nginx.org form, with the contexts, parameters and defaults that
# the code has, and no section is of a directive that there is not; every line
# of the error log is explained; every link leads somewhere.

use strict;
use warnings;

use Test::More;

use constant TOP => 'ngx_shop_failover_module';

my %CONTEXT = (NGX_HTTP_MAIN_CONF => 'http', NGX_HTTP_SRV_CONF => 'server',
    NGX_HTTP_LOC_CONF => 'location', NGX_HTTP_UPS_CONF => 'upstream');

my %MS = (ms => 1, s => 1000, m => 60_000, h => 3_600_000);

# A default: its directive, as documented, and where the code has it.  Numbers
# of the code are ms but where a unit is given.
my @DEFAULTS = (
    [shop_health_check  => '`type=` | `http`', conf_check => qr/->type = \w+_(HTTP);/],
    [shop_health_check  => '`uri=` | `/`', conf_check => qr{uri, "(/)"}],
    [shop_health_check  => 'it is `/ping`', conf_check => qr{uri, "(/ping)"}],
    [shop_health_check  => '`method=` | `GET`', conf_check => qr/method, "(GET)"/],
    [shop_health_check  => '`interval=` | `5s`', conf_check => qr/->interval = (\d+)/],
    [shop_health_check  => '`fast=` | `1s`', conf_check => qr/->fast = (\d+)/],
    [shop_health_check  => '`jitter=` | `10%`', conf_check => qr/->jitter = (\d+)/],
    [shop_health_check  => '`timeout=` | `2s`', conf_check => qr/->timeout = (\d+)/],
    [shop_health_check  => '`fails=` | `2`', conf_check => qr/->fails = (\d+)/],
    [shop_health_check  => '`passes=` | `2`', conf_check => qr/->passes = (\d+)/],
    [shop_health_ssl_protocols => '`TLSv1.2 TLSv1.3`', conf_tls =>
        qr/->protocols == 0\) \{\s+ask->protocols = (.*);/],
    [shop_failover_to   => '`hold=30s`', conf_failover => qr/_HOLD +(\d+)/],
    [shop_observe       => '`errors=1', conf_failover => qr/check \? (1) : 0;/],
    [shop_observe       => ' window=10s`', conf_failover => qr/_WINDOW +(\d+)/],
    [shop_outlier       => '`errors=3', conf_outlier => qr/_ERRORS +(\d+)/],
    [shop_outlier       => ' min=20', conf_outlier => qr/_CONF_MIN +(\d+)/],
    [shop_outlier       => ' ratio=25%', conf_outlier => qr/_RATIO +(\d+)/],
    [shop_outlier       => ' slow=5', conf_outlier => qr/_SLOW +(\d+)/],
    [shop_outlier       => ' max=50%`', conf_outlier => qr/_CONF_MAX +(\d+)/],
    [shop_slow_start    => '`0`: off', conf_failover => qr/slow_start = (0);/],
    [shop_panic         => '`0`: off', conf_failover => qr/panic = (0);/],
    [shop_reopen        => ' hold=10s', conf_gate => qr/_GATE_HOLD +(\d+)/],
    [shop_reopen        => ' ramp=0s', conf_gate => qr/_GATE_RAMP +(\d+)/],
    [shop_bypass_key    => '`ttl` (12h', conf_gate =>
        qr/_TTL +\((\d+) \* 3600000\)/, 'h'],
    [shop_retry_after   => 'shop_retry_after 120s', conf_page =>
        qr/retry_default, prev\S+ (\d+)/, 's'],
    [shop_retry_after   => ' min=30s', conf_page => qr/retry_min, prev\S+ (\d+)/, 's'],
    [shop_retry_after   => ' max=1h', conf_page => qr/retry_max, prev\S+ (\d+)/, 's'],
    [shop_public_status => 'shop_public_status /.shop-status', conf_page =>
        qr/public_status,\s+"(\S+)"/],
);


sub slurp {
    my ($name) = @_;

    open my $in, '<', $name or die "$name: $!\n";
    local $/;

    return scalar <$in>;
}


# a source of nginx/, by its name
sub source {
    my ($name) = @_;

    return (grep { -e } map { TOP . "/$_/$name.c" }
        'nginx', map { m{(nginx/\w+)$} } glob TOP . '/nginx/*')[0];
}


# what is written last in a piece of documentation: "`fast=` | `1s`" -> "1s"
sub value {
    my ($text) = @_;
    my ($value) = $text =~ /([^\s=`(]+)[`)]*(?:: off)?$/;

    return $value;
}


# ---- directives

my $table = slurp(TOP . '/nginx/module.c');
my %directive = $table =~ /ngx_string\("(shop_\w+)"\),\s*([\w|]+),/g;

my %section;
my $documented = slurp('docs/directives.md');
my (undef, @sections) = split /^## /m, $documented;

for my $text (@sections) {
    my ($title) = $text =~ /^(.+)/;
    $section{$_} = $text for $title =~ /(shop_\w+)/g;
}

cmp_ok scalar keys %directive, '>', 20, 'the table of directives is read';

for my $name (sort keys %directive) {
    my $text = $section{$name};
    my @contexts = grep { $_ } map { $CONTEXT{$_} } split /\|/, $directive{$name};

    ok $text, "$name is documented" or next;
    like $text, qr/\| Syntax \| .*`\Q$name\E\b/, "$name: its syntax";
    like $text, qr/\| Default \| \S/, "$name: its default";
    is +($text =~ /\| Context \| (.*) \|/)[0],
        join(', ', map { "`$_`" } @contexts), "$name: its contexts";
    like $text, qr/```nginx\n(?:(?!^```).)*\b\Q$name\E[ ;]/ms,
        "$name: an example" if $name !~ /^shop_health_ssl_/;
}

like $section{shop_health_ssl_name}, qr/```nginx\n.*\bshop_health_ssl_/s,
    'shop_health_ssl_...: an example';
is join(' ', grep { !$directive{$_} } sort keys %section), '',
    'nothing else is documented as a directive';


# ---- parameters and defaults

for my $file (glob TOP . '/nginx/conf_*.c') {
    my $code = slurp($file);

    for my $rows ($code =~ /_params_t\s+\w+\[\] = \{(.*?)^\};/msg) {
        my @unsaid = grep { $documented !~ /\b\Q$_\E=|`\Q$_\E`/ } $rows =~ /(?:ngx_string|_row)\("(\w+)"/g;

        is "@unsaid", '', "$file: its parameters are documented";
    }
}

for my $row (@DEFAULTS) {
    my ($name, $said, $file, $where, $unit) = @$row;
    my ($is) = slurp(source($file)) =~ $where;
    my $value = value($said);

    like $section{$name}, qr/\Q$said\E(?!\w)/, "$name: \"$said\" is documented";
    ok defined $is, '... and found in the code' or next;

    if (my ($n, $of) = $value =~ /^(\d+)(ms|s|m|h)$/) {
        is $n * $MS{$of}, $is * $MS{ $unit // 'ms' }, '... and so it is';

    } elsif ($is =~ /NGX_SSL/) {
        is join(' ', map { tr/_/./r } $is =~ /NGX_SSL_(\w+)/g),
            $said =~ tr/`//dr, '... and so it is';

    } else {
        is lc $value =~ tr/%//dr, lc $is, '... and so it is';
    }
}


# ---- the error log

# Configuration errors (emerg) say themselves what would be right.  A line is
# explained where its words are, in their order, in what docs/operations.md
# has between backquotes; behind "..." the rest may be missing.

my @explained = slurp('docs/operations.md') =~ /`([^`\n]+)`/g;

sub messages {
    my ($file) = @_;
    my $code = slurp($file) =~ s{/\*.*?\*/}{}gsr;
    my @calls = $code =~ /\bngx_(?:conf_)?log_error\((.*?)\);/sg;

    # the format, and not the words that an argument chooses from
    return map { join '', /"((?:[^"\\]|\\.)*)"/g }
           map { /^[^"]*((?:"(?:[^"\\]|\\.)*"\s*)+)/ }
           grep { !/^NGX_LOG_EMERG/ } @calls;
}

sub explains {
    my ($span, @words) = @_;
    my $at = 0;

    for my $i (0 .. $#words) {
        my $found = index $span, $words[$i], $at;

        return $i >= 3 && $span =~ /\.\.\.$/ if $found < 0;
        $at = $found + length $words[$i];
    }

    return 1;
}

my $messages = 0;

for my $file (glob TOP . '/{nginx,nginx/*,state}/*.c') {
    for my $message (messages($file)) {
        my @words = grep { length > 1 }
            split ' ', $message =~ s/%\*?[a-zA-Z]{1,2}|\\"|[^\w\s()]/ /gr;

        @words = grep { !/^(?:shop|failover)$/ } @words;
        next if @words < 2;

        $messages++;
        ok scalar(grep { explains($_, @words) } @explained),
            "explained: $message";
    }
}

cmp_ok $messages, '>', 30, 'the lines of the error log are read';

# the words of a failed probe: what stands last in the rows of these tables
my $operations = slurp('docs/operations.md');

for my $name (qw(attempt/attempt_errors attempt_tls/attempt_tls_table
    attempt_tls/attempt_tls_codes))
{
    my ($file, $words) = split m{/}, $name;
    my ($rows) = slurp(source($file)) =~ /_$words\[\] = \{(.*?)^\};/ms;
    my %said = map { join('', /"(.*?)"/g) => 1 }
        $rows =~ /,\s*((?:"[^"]*"\s*)+)\}/g;

    is join('; ', grep { index($operations, $_) < 0 } sort keys %said), '',
        "$words: all words are explained";
}

my ($results) = slurp(TOP . '/logic/judge/verdict.c') =~ /\{ "ok", "ok" \},(.*?)\};/s;

is join(' ', grep { $operations !~ /^\|.*`$_`.*\|.*\|/m }
    $results =~ /\{ "(\w+)"/g), '', 'all results of probes are explained';


# ---- links

for my $file ('README.md', sort glob 'docs/*.md') {
    my ($dir) = $file =~ m{^(docs/)} ? 'docs/' : '';
    my @gone;

    for my $link (slurp($file) =~ /\]\(([^)]+)\)/g) {
        next if $link =~ /^\w+:/;

        my ($path, $anchor) = $link =~ /^([^#]*)(?:#(.*))?/;
        my $target = $path eq '' ? $file : "$dir$path";

        push @gone, $link
            if !-e $target || $anchor && !anchors($target)->{$anchor};
    }

    is "@gone", '', "$file: what it links to is there";
}

# as GitHub makes them of headings
sub anchors {
    my ($file) = @_;
    my %anchor;

    for my $title (slurp($file) =~ /^#+ (.+)/mg) {
        $anchor{ lc($title) =~ s/[^\w\s-]//gr =~ tr/ /-/r } = 1;
    }

    return \%anchor;
}

done_testing;
