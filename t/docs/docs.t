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

# A table of parameters in the code, and whose they are.
my %DIRECTIVE = (
    check_params => 'shop_health_check', outliers => 'shop_outlier',
    failover_backups => 'shop_failover_to', failover_observes => 'shop_observe',
    failover_start => 'shop_slow_start', failover_share => 'shop_panic',
    gate_keys => 'shop_bypass_key', gate_reopens => 'shop_reopen',
    page_retries => 'shop_retry_after', page_retry => 'shop_retry_after',
    page_status => 'shop_public_status', page_looks => 'shop_page_look',
);

# Defaults that are in no table: the directive, as documented, where the code
# has it.
my @DEFAULTS = (
    [shop_health_check  => '`uri=` | `/`', conf_check_finish => qr{uri, "(/)"}],
    [shop_health_check  => 'it is `/ping`', conf_check_finish => qr{uri, "(/ping)"}],
    [shop_health_ssl_verify => '; on;', conf_tls => qr/value\(ask->verify, (1)\)/],
    [shop_health_ssl_protocols => '`TLSv1.2 TLSv1.3`', conf_tls =>
        qr/->protocols == 0\) \{\s+ask->protocols = (.*);/],
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

# directive => { parameter, or '' => [default, or undef for none] }
sub standards {
    my %of;

    for my $file (glob TOP . '/nginx/conf_*.c') {
        my $code = slurp($file);

        while ($code =~ /_params_t\s+ngx_shop_conf_(\w+)(?:\[\])? = \{(.*?)^\};/msg) {
            my ($name, $rows) = ($1, $2);

            ok $DIRECTIVE{$name}, "$file: whose parameters ${name} has" or next;

            while ($rows =~ /(?:(?:string|_row)\("(\w+)"\)?|(ngx_null_string)),\s*
                (?:NGX_SHOP_PARAMS_)?[A-Z]+,\s*(?:offsetof\([^)]*\)|\w+),\s*
                (?:"([^"]+)"|NULL),/xg)
            {
                $of{ $DIRECTIVE{$name} }{ $1 // '' } = $3;
            }
        }
    }

    return \%of;
}

my $standards = standards();

cmp_ok scalar(map { keys %$_ } values %$standards), '>', 25,
    'the tables of parameters are read';

for my $name (sort keys %$standards) {
    my $of = $standards->{$name};
    my $text = $section{$name};
    my ($default) = $text =~ /\| Default \| (.*) \|/;

    # what is said: in the row "Default", in a table of its own, or in a text
    my %said = ($default =~ /\b(\w+)=([^\s;`]+)/g,
        $text =~ /^\| `(\w+)=?` \| `?([^`|]+?)`? \|/mg,
        $text =~ /`([a-z]+)` \((\d+[smhd])\)/g);

    for my $param (sort grep { $_ ne '' } keys %$of) {
        is $said{$param}, $of->{$param}, "$name: the default of $param"
            if defined $of->{$param};
    }

    is join(' ', grep { !exists $of->{$_} } sort keys %said), '',
        "$name: no other default is documented";
    like $default, qr{(?<![\w/.=])\Q$of->{''}\E(?![\w/])}, "$name: its own default"
        if exists $of->{''};
}

for my $row (@DEFAULTS) {
    my ($name, $said, $file, $where) = @$row;
    my ($is) = slurp(source($file)) =~ $where;

    like $section{$name}, qr/\Q$said\E(?!\w)/, "$name: \"$said\" is documented";
    ok defined $is, '... and found in the code' or next;

    $is = join ' ', map { tr/_/./r } $is =~ /NGX_SSL_(\w+)/g if $is =~ /NGX_SSL/;
    $is = 'on' if $is eq '1';

    like $said, qr/(?<![\w.])\Q$is\E(?!\w)/, '... and so it is';
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

for my $name (qw(attempt_end/attempt_end_errors attempt_tls/attempt_tls_table
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


# ---- the ways through the code: functions and files that are named are there

my $architecture = slurp('docs/architecture.md');
my @sources = map { slurp($_) } glob TOP . '/{logic/*,state,nginx,nginx/*,ctl}/*.[ch]';

for my $function (sort keys %{ { map { $_ => 1 } $architecture =~ /`(\w+)\(\)`/g } }) {
    ok scalar(grep { /^(?:#define )?ngx_shop_\Q$function\E\(/m } @sources),
        "architecture: $function() is there";
}

my ($parts) = $architecture =~ /^## Files of one part\n(.*?)^There are/ms;
my %there = map { m{(\w+)\.[ch]$} ? ($1 => 1) : () }
    glob TOP . '/{logic/*,state,nginx,nginx/*}/*.[ch]';

is join(' ', grep { !$there{$_} } $parts =~ /`([a-z]+_[a-z_]+)`/g), '',
    'architecture: the files of each part are there';


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
