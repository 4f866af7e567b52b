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
