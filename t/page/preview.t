#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What a designer sees with t/browser/render.pl is what the module serves:
# both render every language, state and format, and say the same bytes.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;

$ENV{TZ} = 'Europe/Berlin';

my $top = dirname(__FILE__) . '/../..';
my $tmp = tempdir(CLEANUP => 1);

# those that use each part of the machinery in every state; others in some
my %whole = map { $_ => 1 } qw(en ar cs de el lv pl zh-Hant);
my @langs = map { m{/([\w-]+)\.txt$} } sort glob "$top/html/lang/*.txt";
my @etas = (40, 0, -10, 3, 9, 12, 51, 53, 100, 140, 200, 600, 640, 3000);
my @json = qw(status problem);

build();
flag();

for my $lang (@langs) {
    my @wrong;

    for my $state (qw(maintenance outage browse paths reopening)) {
        for my $post ('', $whole{$lang} ? ('unsent', 'unknown') : ()) {
            for my $format ($whole{$lang} ? 'html' : (), 'txt') {
                push @wrong, differ($lang, $state, $post, 40, $format, 0);
            }
        }
    }

    is("@wrong", '', "$lang: every state, after GET and POST");

    is(join(' ', map { differ($lang, 'maintenance', '', $_, 'txt', 0) }
                 $lang eq 'en' ? @etas
                 : $whole{$lang} ? @etas[1 .. 9] : @etas[5, 9, 13]), '',
       "$lang: every distance of the time");

    is(join(' ', map { differ($lang, 'outage', 'unsent', 40, $_, 1) }
                 'html', 'txt', @json), '',
       "$lang: all that an operator can say, in every format");
}

# what languages do to a moment, in the module: cases, articles of the hour,
# the first of a month, plurals, clocks; "~" is a no-break space
my @said = (
    ['es', 1300, 'a la 1:30'],
    ['es', 2020, 'a las 13:30'],
    ['es', 580, 'hasta las 13:30'],
    ['it', 1300, 'fino a domenica 22 novembre all’01:30'],
    ['it', 580, 'fino alle 13:30'],
    ['it', 14980, 'martedì 1º dicembre alle 13:30'],
    ['pt-BR', 14200, 'na terça-feira, 1º de dezembro, à 00:30'],
    ['pt-BR', 2020, 'no domingo, 22 de novembro, às 13:30'],
    ['pt-PT', 4180, 'na terça-feira, 24 de novembro, à 01:30'],
    ['ca', 14235, 'dimarts 1 de desembre, a la 1:05'],
    ['el', 3435, 'έως τη Δευτέρα 23 Νοεμβρίου, στη 1:05~μ.μ.'],
    ['el', 615, 'έως τις 2:05~μ.μ.'],
    ['el', 555, 'έως τη 1:05~μ.μ.'],
    ['fr', 14415, 'jusqu’au mardi 1er décembre à 4~h~05'],
    ['pl', 5775, 'do środy, 25 listopada, godz.~04:05'],
    ['cs', 5775, 'do středy 25. listopadu, 4:05'],
    ['sk', 7215, 'do štvrtka 26. novembra, 4:05'],
    ['sl', 5775, 'do srede, 25. novembra ob 04:05'],
    ['hr', 5775, 'do srijede, 25. studenoga u 04:05'],
    ['lt', 5775, 'iki lapkričio 25~d., trečiadienio, 04:05~val.'],
    ['lv', 5775, 'līdz trešdienai, 25. novembrim, plkst.~04:05'],
    ['et', 5775, 'kuni kolmapäeva, 25. novembrini kell 04:05'],
    ['fi', 5775, 'keskiviikkoon 25. marraskuuta klo~4.05 asti'],
    ['ru', 4335, 'до вторника, 24 ноября, 04:05'],
    ['ru', 4335, 'доступны со вторника, 24 ноября'],
    ['uk', 5775, 'до середи, 25 листопада, 04:05'],
    ['mt', 4335, 'it-Tlieta, 24 ta’ Novembru, fil-04:05'],
    ['hu', 5775, 'november 25., szerda 4:05-ig'],
    ['en-US', 1215, 'until Sunday, November 22 at 12:05~AM'],
    ['zh-Hant', 1540, '11月22日 星期日 清晨5:30'],
    ['ko', 1995, '11월 22일 일요일 오후~1:05까지'],
    ['he', 5775, 'יום רביעי, 25 בנובמבר, בשעה 4:05'],
    ['pl', 130, 'za około 2~godziny'],
    ['pl', 310, 'za około 5~godzin'],
    ['sl', 130, 'čez približno 2~uri'],
    ['ar', 130, 'بعد نحو ساعتين'],
    ['ar', 10, 'بعد نحو 10~دقائق'],
    ['ar', 40, 'بعد نحو 40~دقيقة'],
    ['ro', 40, 'aproximativ 40~de~minute'],
    ['ro', 15, 'aproximativ 15~minute'],
    ['ga', 190, 'thart ar 3~huaire an chloig'],
    ['ga', 430, 'thart ar 7~n-uaire an chloig'],
    ['he', 130, 'בעוד כשעתיים'],
    ['mt', 15, 'madwar 15-il~minuta'],
);

for my $case (@said) {
    my ($lang, $eta, $text) = @$case;
    my $said = output("$tmp/view", $lang, 'maintenance', '', $eta, 'txt');

    $text =~ s/~/\xc2\xa0/g;
    ok(index($said, $text) >= 0, "$lang, in $eta minutes: $case->[2]")
        || diag($said);
}

done_testing();


sub build {
    my @cc = ($ENV{CC} || 'cc', '-std=c99', '-D_POSIX_C_SOURCE=200809L',
              "-I$top/ngx_shop_failover_module");

    system($^X, "$top/html/embed.pl", "$tmp/assets.c") == 0
        and system(@cc, '-o', "$tmp/view", "$top/t/browser/view.c",
                   "$tmp/assets.c",
                   glob("$top/ngx_shop_failover_module/logic/*/*.c")) == 0
        or BAIL_OUT('the program that renders cannot be built');

    # what --small does, once for all
    mkdir "$tmp/html";
    mkdir "$tmp/html/lang";
    mkdir "$tmp/html/look";

    for my $path (glob("$top/html/page.* $top/html/look/*.css"
                       . " $top/html/lang/*.txt"))
    {
        my $name = $path =~ s/^\Q$top\E\/html\///r;
        system("$^X $top/html/embed.pl --small $path > $tmp/html/$name") == 0
            or BAIL_OUT("embed.pl --small $name");
    }
}


# the notice of render.pl --full
sub flag {
    open my $fh, '>', "$tmp/flag" or die;
    print $fh <<'END';
status: We are repairing the order database.
reason: A disk in our data centre failed.
offer: With the code SORRY10 your next order is 10 % cheaper: https://example.com/sorry
next-update: +20m
contact: Order by phone: tel:+49-800-123456, daily 6:00–22:00
contact: Write to us: mailto:help@example.com
update: 03:15 We are looking into it.
update: 03:30 Cause found. Orders placed before 02:40 are stored.
update: 03:40 Restore is half done.
END
    close $fh;
}


# empty, or what was asked for where the two are not the same
sub differ {
    my ($lang, $state, $post, $eta, $format, $full) = @_;

    my $module = output("$tmp/view", $lang, $state, $post, $eta, $format,
                        $full ? "$tmp/flag" : ());
    my $preview = output($^X, "$top/t/browser/render.pl", "--dir=$tmp/html",
                         "--lang=$lang", "--state=$state", "--post=$post",
                         "--eta=$eta", "--format=$format",
                         $full ? '--full' : ());

    if ($format =~ /status|problem/) {
        my $json = JSON::PP->new->canonical;
        $_ = $json->encode($json->decode($_)) for $module, $preview;
    }

    return () if $module eq $preview;

    diag("module:\n$module\npreview:\n$preview");

    return "$state,$post,$eta,$format";
}


sub output {
    my (@command) = @_;

    open my $fh, '-|', @command or die "$command[0]: $!\n";
    local $/;
    my $out = <$fh>;
    close $fh or BAIL_OUT("@command failed");

    return $out;
}
