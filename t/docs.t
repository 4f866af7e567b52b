#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The documentation against the code: every directive of the command table has
# a section in nginx.org form with an example, and no section is of a directive
# that there is not; every file that the documents link to exists.

use strict;
use warnings;

use Test::More;


sub slurp {
    my ($name) = @_;

    open my $in, '<', $name or die "$name: $!\n";
    local $/;

    return scalar <$in>;
}


my $table = slurp('ngx_shop_failover_module/nginx/module.c');
my %directive = map { $_ => 1 } $table =~ /ngx_string\("(shop_\w+)"\)/g;

my %section;
my ($preamble, @sections) = split /^## /m, slurp('docs/directives.md');

for my $text (@sections) {
    my ($title) = $text =~ /^(.+)/;
    $section{$_} = $text for $title =~ /(shop_\w+)/g;
}

cmp_ok scalar keys %directive, '>', 20, 'the table of directives is read';

for my $name (sort keys %directive) {
    my $text = $section{$name};

    ok $text, "$name is documented" or next;
    like $text, qr/\| Syntax \| .*`\Q$name\E\b/, "$name: its syntax";
    like $text, qr/\| Default \| /, "$name: its default";
    like $text, qr/\| Context \| /, "$name: its context";
    like $text, qr/```nginx\n.*\bshop_\w+.*```/s, "$name: an example";
}

is join(' ', grep { !$directive{$_} } sort keys %section), '',
    'nothing else is documented as a directive';

for my $file ('README.md', sort glob 'docs/*.md') {
    my ($dir) = $file =~ m{^(docs/)} ? 'docs/' : '';
    my @gone = grep { !/^\w+:/ && !-e "$dir$_" }
               map { s/#.*//r } slurp($file) =~ /\]\(([^)#][^)]*)\)/g;

    is "@gone", '', "$file: what it links to is there";
}

done_testing;
