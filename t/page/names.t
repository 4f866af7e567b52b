#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What the language files say of days, months, hours and numbers is what CLDR
# says (t/page/cldr.txt); and that file is what t/tools/cldr makes of CLDR's
# packages, where they are (CLDR=DIR).

use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

use File::Temp qw(tempdir);
use Test::More;

# where we differ, and why
my %other = (
    'ja days'        => 'in brackets behind the day: the short names',
    'zh-Hans months' => 'in numbers, as in its dates',
    'fr time'        => '16 h 05 is how time is written in a sentence',
);

# the numbers that are said; of a turn in a ramp each minute is known
my %said = (in_minutes => [1 .. 10, map { 5 * $_ } 3 .. 10],
            in_hours => [2 .. 10]);

# where the text itself, and not a form, is right for a category: words that
# do not change behind a number, and the category of most numbers
my %plain = (
    in_minutes => 'ar many, cs many, ga two, ga few, ga many, hi one, hu one, '
                  . 'lt few, lv zero, pl many, ru many, sk many, tr one, '
                  . 'uk many',
    in_hours => 'ga two, lt few, lv zero, pl many, ro few, ru many, uk many',
);

my %cldr = cldr();
my %rules = rules();
my @langs = sort map { m{/([\w-]+)\.txt$} } glob 'html/lang/*.txt';

is join(' ', sort keys %cldr), "@langs", 'CLDR was asked of every language';

for my $lang (@langs) {
    my %t = texts($lang);
    my %c = %{ $cldr{$lang} };

    for my $names (['weekdays', 'days'], ['months', 'months']) {
        my ($ours, $theirs) = @$names;

        next if $other{"$lang $theirs"};
        is $t{$ours}, $c{"$theirs format"}, "$lang: $ours";
    }

    is spaces($t{ampm}), spaces($c{ampm}), "$lang: the halves of a day";
    is hours($t{time}), $c{time} =~ s/[^HhamBK:.]//gr =~ s/B/a/r,
        "$lang: the clock" if !$other{"$lang time"};
    is order($t{date}), $c{date} =~ s/'[^']*'//gr =~ tr/c/E/r =~ s/[^EMd]//gr
                        =~ s/(.)\1+/$1/gr,
        "$lang: the order of a date";
    is order($t{date_zone}), order($t{date}), "$lang: the same with a zone";

    for my $key (sort keys %t) {
        my ($text, $category) = $key =~ /^(in_\w+)\.([a-z]+)$/ or next;

        ok scalar(grep { category($lang, $_) eq $category }
                  @{ $said{$text} }),
            "$lang: $key is of a number that occurs";
    }

    for my $text (sort keys %said) {
        my %lacks = map { ($_ => 1) } grep { !said(\%t, $lang, $text, $_) }
                                     @{ $said{$text} };

        is join(' ', sort { $a <=> $b } keys %lacks), '',
            "$lang: $text has a form for every number";
    }
}

SKIP: {
    my $dir = $ENV{CLDR} or skip 'without CLDR: CLDR=DIR, see t/tools/cldr', 3;
    my $to = tempdir(CLEANUP => 1);
    my @made = ('ngx_shop_failover_module/logic/words/plural_rules.c',
                't/unit/plural.h', 't/page/cldr.txt');

    system('mkdir', '-p', map { "$to/$_" =~ s{/[^/]*$}{}r } @made);
    system($^X, 't/tools/cldr', $dir, $to);

    is slurp("$to/$_"), slurp($_), "$_ is of CLDR" for @made;
}

done_testing;


# whether the text has a form for this number, or needs none
sub said {
    my ($t, $lang, $text, $n) = @_;

    my $category = category($lang, $n);

    return 1 if $category eq 'other' || $t->{"$text.$n"}
                || $t->{"$text.$category"};

    return $plain{$text} =~ /\b\Q$lang $category\E\b/;
}


sub slurp {
    my ($path) = @_;

    open my $in, '<', $path or die "$path: $!\n";
    local $/;

    return <$in>;
}


sub texts {
    my ($lang) = @_;

    return ($lang =~ /^en-/ ? texts('en') : (),
            map { /^(\w[\w.]*) = (.*)/ ? ($1, $2) : () }
            split /\n/, slurp("html/lang/$lang.txt"));
}


sub cldr {
    my %all;

    for my $part (split /\n\n/, slurp('t/page/cldr.txt')) {
        my ($code, @lines) = split /\n/, $part;

        next if $code =~ /^#/;
        $all{$code} = { map { /^([^:]+): (.*)/ } @lines };
    }

    return %all;
}


# no-break and narrow ones are spaces
sub spaces {
    my ($text) = @_;

    return $text =~ s/[\x{a0}\x{202f}]/ /gr;
}


sub hours {
    my ($text) = @_;

    my %as = (hour => 'HH', h => 'H', h12 => 'h', minute => 'mm', ampm => 'a');
    my ($clock) = $text =~ /(\{.*\})/;

    return $clock =~ s/\{(\w+)\}/$as{$1}/gr =~ s/[^HhamBK:.]//gr;
}


sub order {
    my ($text) = @_;

    my %as = (weekday => 'E', day => 'd', month => 'M');

    return join '', map { $as{$_} // () } $text =~ /\{(\w+)\}/g;
}


sub rules {
    my %of;

    my $c = slurp('ngx_shop_failover_module/logic/words/plural_rules.c');

    while ($c =~ /\{ ((?:\s*"[^"]*")+),((?:\s*"[^"]*")+) \}/g) {
        my ($codes, $rules) = map { join '', /"([^"]*)"/g } $1, $2;
        $of{$_} = $rules for split ' ', $codes;
    }

    return %of;
}


sub category {
    my ($lang, $n) = @_;

    for my $rule (split /;/, $rules{$lang} // $rules{ $lang =~ s/-.*//r }
                             // '')
    {
        my ($name, $any) = split /:/, $rule;

        for my $all (split / or /, $any) {
            return $name if !grep { !holds($_, $n) } split / and /, $all;
        }
    }

    return 'other';
}


sub holds {
    my ($relation, $n) = @_;

    my ($of, $mod, $not, $list)
        = $relation =~ /^(\w)(?: % (\d+))? (!?)= (\S+)$/ or die $relation;
    my $value = $of =~ /[ni]/ ? $n : 0;
    $value %= $mod if $mod;

    my $in = grep { my ($from, $to) = split /\.\./;
                    $value >= $from && $value <= ($to // $from) }
             split /,/, $list;

    return $not ? !$in : $in;
}
