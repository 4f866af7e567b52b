#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Turns the templates and translations of this folder into one C file, so that
# the module serves its full page with no file configured.
#
#     perl html/embed.pl build/assets.c
#     perl html/embed.pl --small page.html > small/page.html
#
# The second form makes one template of one's own as small as the module's.
# perl-base is enough; the same input gives the same output, byte for byte.
# What is left out: comments, indentation, blank lines.  The meaning of a
# template never depends on them (docs/page-authoring.md, "White space").

use strict;
use warnings;

use File::Basename qw(dirname);


# up to the end of the outer braces: a comment may speak of {{name}}
my $inside = qr/[^{}]|\{(?!\{)|\}(?!\})/;
my $comment = qr/\{\{!(?:$inside|\{\{$inside*\}\})*\}\}/s;

my $dir = dirname(__FILE__);
my $to = shift or die "usage: embed.pl FILE | --small TEMPLATE\n";

if ($to eq '--small') {
    my $name = shift or die "usage: embed.pl --small TEMPLATE\n";
    binmode STDOUT, ':raw';
    print small($name, slurp($name));
    exit 0;
}

my @langs = sort { order($a) cmp order($b) } map { /([^\/]+)\z/ }
            glob("$dir/lang/*.txt");

my $out = "/* made by html/embed.pl: do not edit */\n\n"
          . "#include \"logic/words/assets.h\"\n\n\n";
my $table = '';
my $n = 0;

my @looks = map { /([^\/]+)\z/ } sort glob "$dir/look/*.css";

for my $name ('page.html', 'page.txt', map({ "look/$_" } @looks),
              map({ "lang/$_" } @langs))
{
    my $data = small($name, slurp("$dir/$name"));

    $out .= sprintf "static const unsigned char  "
                    . "ngx_shop_assets_%u[%u] = {\n%s};\n\n",
                    $n, length $data, bytes($data);

    $table .= sprintf "    { ngx_shop_string(\"%s\"),\n"
                      . "      { %u, ngx_shop_assets_%u } },\n",
                      $name, length $data, $n++;
}

# as they were written, for "shopctl page init"

for my $name ('page.html', map { "look/$_" } @looks) {
    my $data = slurp("$dir/$name") =~ s/^( +)/' ' x (length($1) \/ 2)/gemr;

    $out .= sprintf "static const unsigned char  "
                    . "ngx_shop_assets_%u[%u] = {\n%s};\n\n",
                    $n, length $data, bytes($data);

    $table .= sprintf "    { ngx_shop_string(\"full/%s\"),\n"
                      . "      { %u, ngx_shop_assets_%u } },\n",
                      $name, length $data, $n++;
}

# the operator's screen: strings, as they are written into one page

for my $name ('status.css', 'status.js') {
    my $data = small($name, slurp("$dir/$name"));
    my $symbol = $name =~ tr/./_/r;

    $out .= sprintf "const char  ngx_shop_assets_%s[%u] = {\n%s    0\n};\n\n",
                    $symbol, 1 + length $data, bytes($data);
}

$out .= "\nconst ngx_shop_assets_entry_t  ngx_shop_assets[] = {\n"
        . "$table};\n\n"
        . "const unsigned  ngx_shop_assets_n = $n;\n";

spew($to, $out);


# English is first: it is what is served where nothing else fits
sub order {
    my ($name) = @_;

    return $name eq 'en.txt' ? '' : $name;
}


sub slurp {
    my ($path) = @_;

    open my $fh, '<:raw', $path or die "embed.pl: cannot read $path: $!\n";
    local $/;
    my $data = <$fh>;
    close $fh;

    $data =~ s/\r\n/\n/g;
    $data =~ s/\A\xef\xbb\xbf//;

    return $data;
}


# written only where it changed, so that make has nothing to do again
sub spew {
    my ($path, $data) = @_;

    return if -f $path && slurp($path) eq $data;

    open my $fh, '>:raw', "$path.tmp"
        or die "embed.pl: cannot write $path.tmp: $!\n";
    print $fh $data or die "embed.pl: cannot write $path.tmp: $!\n";
    close $fh or die "embed.pl: cannot write $path.tmp: $!\n";
    rename "$path.tmp", $path
        or die "embed.pl: cannot rename $path.tmp to $path: $!\n";
}


sub bytes {
    my ($data) = @_;

    my @rows = unpack '(a16)*', $data;

    return join '', map { '    ' . join(', ', unpack 'C*', $_) . ",\n" } @rows;
}


sub small {
    my ($name, $data) = @_;

    if ($name =~ /\.html\z/) {
        return small_html($data);
    }

    if ($name =~ /\.css\z/) {
        return small_style($data) =~ s/\A\s+|\s+\z//gr;
    }

    if ($name =~ /\blang\/[^\/]+\z/) {
        return join '', map { "$_\n" } grep { /^\s*[^#\s]/ } split /\n/, $data;
    }

    if ($name =~ /\.js\z/) {
        return small_script($data) =~ s/\A\s+|\s+\z//gr;
    }

    $data =~ s/$comment//g;

    return $data;
}


sub small_html {
    my ($data) = @_;

    $data =~ s/$comment//g;
    $data =~ s/<!--.*?-->//gs;

    my $small = '';

    for my $part (split /(<style>.*?<\/style>|<script>.*?<\/script>)/s, $data)
    {
        if ($part =~ /^<style>/) {
            $part = small_style($part);

        } elsif ($part =~ /^<script>/) {
            $part = small_script($part);

        } else {
            $part = small_markup($part);
        }

        $small .= $part;
    }

    $small =~ s/\A\s+//;

    return $small;
}


# a line break stays: it is a space between two words
sub small_markup {
    my ($data) = @_;

    $data =~ s/[ \t]*\n\s*/\n/g;

    return $data;
}


sub small_style {
    my ($data) = @_;

    $data =~ s/\/\*.*?\*\///gs;
    $data =~ s/(<style>)\s+/$1/;

    my $small = '';

    # quoted strings stay as they are
    for my $part (split /("[^"\n]*"|'[^'\n]*')/, $data) {
        if ($part !~ /^["']/) {
            $part =~ s/\s+/ /g;
            $part =~ s/ ?([{};,]) ?/$1/g;
            $part =~ s/: /:/g;
            $part =~ s/ ([>~]) /$1/g;
            $part =~ s/;\}/}/g;
        }

        $small .= $part;
    }

    return $small;
}


# White space goes where a neighbour is punctuation, and names that the script
# declares itself become short ones.  A name is not touched as a member (.name)
# or as a key (name: behind { or ,), so the same word may be both.  A line that
# ends without ; { } ( , or an operator keeps its line break.
sub small_script {
    my ($data) = @_;

    my $code = qr/\/\*.*?\*\/|\/\/[^\n]*/s;
    my $text = qr/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/;
    my $regex = qr/(?<=[(,=!|&\s])\/(?![*\/ ])(?:[^\/\\\n]|\\.)+\/\w*/;
    my (@tokens, %count);

    die "embed.pl: write strings in quotes, not in `backticks`\n"
        if $data =~ s/$code|$text//gr =~ /`/;

    while ($data =~ /\G($code|$text|$regex|[\w\$.]*\w|\s+|<\/?script>|.)/gs) {
        push @tokens, $1 =~ /\A$code\z/ ? ' ' : $1;
    }

    # 1. names
    my %mine = map { $_ => 1 } declared($data =~ s/$code|$text//gr);

    for my $i (0 .. $#tokens) {
        $count{head($tokens[$i])}++ if $mine{head($tokens[$i])};
    }

    my @short = grep { !/^(?:as|do|if|in|is|of)$/ && $data !~ /\b$_\b/ }
                'a' .. 'z', 'A' .. 'Z', 'aa' .. 'zz';
    my %short = map { $_ => shift @short }
                sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;

    for my $i (0 .. $#tokens) {
        my $head = head($tokens[$i]);

        next if !$short{$head} || key($i, \@tokens);
        $tokens[$i] =~ s/\A\Q$head\E/$short{$head}/;
    }

    # 2. one word for both: gzip likes it
    s/\Aconst\z/let/ for @tokens;

    # 3. white space
    my $small = join '', @tokens;
    my @kept;

    $small =~ s/($text|$regex)/push @kept, $1; "\x01$#kept\x02"/ge;
    $small =~ s/[ \t]*\n\s*/\n/g;
    $small =~ s/(?<=[;{}(,=+\-*\/<>&|?:!])\n|\n(?=[{}()&|?:+.,=])//g;
    $small =~ s/[ \t]*([;{}(),=+\-*\/<>&|?:!])[ \t]*/$1/g;
    $small =~ s/;\}/}/g;
    $small =~ s/(?<!\w)\((\w+)\)=>/$1=>/g;
    $small =~ s/\x01(\d+)\x02/$kept[$1]/g;

    return $small;
}


sub head {
    my ($token) = @_;

    return $token =~ /\A([A-Za-z_\$][\w\$]*)/ ? $1 : '';
}


sub key {
    my ($i, $tokens) = @_;

    my $from = $i > 2 ? $i - 2 : 0;
    my $before = join '', @$tokens[$from .. $i - 1];
    my $after = join '', grep { defined } @$tokens[$i + 1 .. $i + 2];

    return $before =~ /\.\s*\z/
           || ($before =~ /[{,]\s*\z/ && $after =~ /\A\s*:/);
}


sub declared {
    my ($code) = @_;

    my @names;

    while ($code =~ /\bfunction\s*(\w*)\s*\(([^()]*)\)/g) {
        push @names, $1, split /[\s,]+/, $2;
    }

    while ($code =~ /\(([\w\s,]*)\)\s*=>/g) {
        push @names, split /[\s,]+/, $1;
    }

    while ($code =~ /\b(?:var|let|const)\s+(.*?);/gs) {
        my $list = $1;
        1 while $list =~ s/\([^()]*\)|\[[^][]*\]|\{[^{}]*\}//g;
        push @names, map { /(\w+)/ ? $1 : () } split /,/, $list;
    }

    push @names, $code =~ /\bcatch\s*\((\w+)\)/g;

    return grep { $_ ne '' } @names;
}
