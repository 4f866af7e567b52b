#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Renders html/ with sample values, without nginx: for a designer who wants to
# look at a change, and for the browser suite.  It follows what
# docs/page-authoring.md says, and so shows what that page promises.
#
#     perl t/browser/render.pl --lang=de --state=outage > page.html
#
# --state   maintenance (default), outage, browse, paths, reopening, busy, open
# --post    unsent or unknown: the answer to a POST
# --format  html (default), txt, status (what the page polls), problem
# --eta     minutes from now; 0: none; negative: passed            [40]
# --full    everything an operator can say: reason, offer, updates, contacts
# --without which of them not: reason,offer,contacts,next,updates
# --updates how many of the sample's updates have come             [all]
# --small   the templates as they are embedded
# --no-url  as if shop_public_status were off
# --dir     the folder of templates and translations               [html/]
# --look    hero (default), card, plain
# --now     Unix time of the sample
# --set     NAME=VALUE, as shop_page_var; repeatable
# --informal  the texts for a shop that says "du"

use strict;
use warnings;
use utf8;

use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use Getopt::Long;
use JSON::PP;
use POSIX qw(strftime tzset);


my $root = dirname(__FILE__) . '/../..';

my %o = (lang => 'en', state => 'maintenance', format => 'html', eta => 40,
         post => '', now => 1795226400 + 50 * 60, set => [], updates => 9,
         dir => "$root/html", admitted => 0, poll => 30, retry => 30,
         look => 'hero', url => 1, zone => 'Europe/Berlin');

GetOptions(\%o, 'lang=s', 'state=s', 'format=s', 'eta=i', 'post:s', 'now=i',
           'full', 'updates=i', 'small', 'dir=s', 'set=s@', 'admitted',
           'poll=f', 'retry=f', 'url!', 'zone=s', 'status=s', 'look=s',
           'without=s', 'informal')
    or die "render.pl: see the comment at its top\n";

$ENV{TZ} = $o{zone};
tzset();

my $assets = $o{small} ? embedded() : {};
my %t = translation($o{lang});
my %value = values_of();

binmode STDOUT, ':raw';

if ($o{format} eq 'status') {
    print JSON::PP->new->utf8->canonical->pretty->encode(status_of());

} elsif ($o{format} eq 'problem') {
    print JSON::PP->new->utf8->canonical->pretty->encode(problem_of());

} else {
    my $page = source("page.$o{format}");

    if ($o{format} eq 'html') {
        my $style = source("look/$o{look}.css");


        # the last: a comment speaks of them, too
        $page =~ s/.*\K\{\{look\.style\}\}/$style/s;
        $page =~ s/.*\K\{\{look\.icon\}\}/data:,/s;
    }

    my $text = render($page, $o{format} eq 'html');
    utf8::encode($text);
    print $text;
}


# the templates as the module has them, taken out of the generated C file
sub embedded {
    my $tmp = tempdir(CLEANUP => 1);
    my %asset;

    system($^X, "$o{dir}/embed.pl", "$tmp/assets.c") == 0
        or die "render.pl: embed.pl failed\n";

    open my $fh, '<', "$tmp/assets.c" or die;
    local $/;
    my $c = <$fh>;

    while ($c =~ /string\("([^"]+)"\),\s+\{ \d+, (\w+) \}/g) {
        my ($name, $array) = ($1, $2);
        my ($bytes) = $c =~ /$array\[\d+\] = \{(.*?)\};/s;
        $asset{$name} = pack 'C*', $bytes =~ /\d+/g;
    }

    return \%asset;
}


sub source {
    my ($name) = @_;

    my $text = $assets->{$name};

    if (!defined $text) {
        # a file that a folder of somebody's own does not have is the built-in
        my ($path) = grep { -e } map { "$_/$name" } $o{dir}, "$root/html";

        open my $fh, '<:raw', $path // "$o{dir}/$name"
            or die "render.pl: $o{dir}/$name: $!\n";
        local $/;
        $text = <$fh>;
    }

    utf8::decode($text) or die "render.pl: $name is not UTF-8\n";

    return $text;
}


sub translation {
    my ($lang) = @_;

    my %t;

    for my $one ('en', $lang) {
        for my $line (split /\n/, source("lang/$one.txt")) {
            next if $line =~ /^\s*(#|$)/;
            $line =~ /^\s*([a-z0-9_.]+)\s*=\s*(.*?)\s*$/
                or die "render.pl: lang/$one.txt: \"$line\"\n";
            my ($key, $text) = ($1, $2);

            if ($key =~ s/\.informal\z// && !$o{informal}) {
                next;
            }

            $t{$key} = $text;
        }
    }

    my ($name) = map { /^name=(.*)/s ? $1 : () }
                 @{ $o{set} }, $o{full} ? 'name=Müller & Sons' : ();
    utf8::decode($name) if defined $name && !utf8::is_utf8($name);

    for my $key (keys %t) {
        next if $key eq 'shop';
        $t{$key} =~ s/\{shop(?:\|([^}]*))?\}/
                      length($name \/\/ '') ? $name : $1 \/\/ $t{shop}/gex;
    }

    return %t;
}


sub fill {
    my ($text, %place) = @_;

    $text =~ s/\{(\w+)\}/defined $place{$1} ? $place{$1} : "{$1}"/ge;

    return $text;
}


sub iso {
    my ($at) = @_;

    my $text = strftime('%Y-%m-%dT%H:%M:%S%z', localtime $at);
    $text =~ s/(\d\d)$/:$1/;

    return $text;
}


# how: time, date or date_zone; case: of "weekdays.genitive"
sub moment {
    my ($at, $how, $case) = @_;

    my @tm = localtime $at;
    my $zone = strftime('%Z', @tm);
    $zone = "UTC$zone" if $zone =~ /^[+-]/;

    my @ampm = items('ampm');
    my %clock = (hour => sprintf("%02d", $tm[2]), h => $tm[2],
                 h12 => ($tm[2] + 11) % 12 + 1,
                 ampm => $ampm[@ampm > 2 ? $tm[2] : $tm[2] >= 12],
                 minute => sprintf("%02d", $tm[1]));
    my $text = $case ? $t{"$how.$case"} : undef;

    return fill($text // $t{"$how." . $tm[2]} // $t{$how}, %clock,
        weekday => (items('weekdays', $case))[$tm[6]],
        month => (items('months', $case))[$tm[4]],
        day => $tm[3] == 1 ? $t{day_first} : $tm[3], year => $tm[5] + 1900,
        zone => $zone, time => fill($t{time}, %clock));
}


sub items {
    my ($key, $case) = @_;

    return split /\s*,\s*/, ($case ? $t{"$key.$case"} : undef) // $t{$key};
}


# the time alone where it is today
sub near {
    my ($at) = @_;

    my $day = strftime('%F', localtime $at);

    return $day eq strftime('%F', localtime $o{now}) ? 'time' : 'date';
}


sub phrase {
    my ($seconds) = @_;

    my $minutes = $seconds / 60;

    return '' if $seconds <= 0;
    return counted('in_minutes', int($minutes + .99))
        if $o{state} eq 'reopening' && $minutes <= 10;
    return $t{in_few_minutes} if $minutes < 8;
    return counted('in_minutes', 5 * int(($minutes + 2.5) / 5))
        if $minutes < 52;
    return $t{in_hour} if $minutes < 90;
    return counted('in_hours', int($minutes / 60 + .5)) if $minutes < 630;
    return '';
}


sub counted {
    my ($key, $n) = @_;

    return fill($t{"$key.$n"} // $t{"$key." . category($n)} // $t{$key},
                n => $n);
}


# CLDR's rules, from the module's table; "i = 2..4 and i % 100 != 12..14"
sub category {
    my ($n) = @_;

    my $c = do {
        local (@ARGV, $/) = "$root/ngx_shop_failover_module/logic/words/"
                            . 'plural_rules.c';
        <>;
    };
    my %of;

    while ($c =~ /\{ ((?:\s*"[^"]*")+),((?:\s*"[^"]*")+) \}/g) {
        my ($codes, $rules) = map { join '', /"([^"]*)"/g } $1, $2;
        $of{$_} = $rules for split ' ', $codes;
    }

    for my $rule (split /;/, $of{$o{lang}} // $of{ $o{lang} =~ s/-.*//r }
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


# a text around one moment: whole, and in three parts
sub parts {
    my ($name, $text, $at, $how, %place) = @_;

    my ($before, $after) = ($text, '');
    my $time = '';

    if ($text =~ /^(.*?)\{(?:eta|since|next|start)(?::(\w+))?\}(.*)$/s) {
        ($before, my $case, $after) = ($1, $2, $3);
        $time = moment($at, $how, $case);
        $_ = fill($_, %place) for $before, $after;
    }

    return ($name => "$before$time$after", "$name.before" => $before,
            "$name.time" => $time, "$name.after" => $after);
}


sub values_of {
    my $s = $o{state};
    my $eta = $o{eta} && $s ne 'busy' ? $o{now} + 60 * $o{eta} : 0;
    my $since = $s eq 'busy' ? 0 : $o{now} - 70 * 60;
    my $next = $o{now} + 20 * 60;
    my $late = $eta && $eta <= $o{now};
    my $known = $eta && !$late;
    my $kind = $s eq 'maintenance' ? 'closed' : $s eq 'outage' ? 'problem' : $s;

    my $title = $s eq 'maintenance' && $known ? 'title_until_' . near($eta)
                                              : "title_$kind";
    my $when = $s eq 'busy' ? 'when_busy'
               : $s eq 'reopening' ? $known ? 'when_closed' : 'when_reopening'
               : $late ? 'when_late' : $known ? "when_$kind" : 'when_unknown';

    $kind = 'closed' if $kind eq 'open';
    $title = 'title_closed' if $s eq 'open';
    $when = 'when_unknown' if $s eq 'open';

    my %v = (
        lang => $o{lang}, dir => $t{dir}, state => $s, poll => $o{poll},
        'url.status' => $o{url} ? "/.shop-status?lang=$o{lang}" : '',
        'url.home' => '/', 'url.basket' => '',
        'eta.iso' => $eta ? iso($eta) : '',
        planned => $s eq 'outage' ? '' : 1, post => $o{post} ? 1 : '',
        unsent => $o{post} eq 'unsent' ? 1 : '',
        unknown => $o{post} eq 'unknown' ? 1 : '',
        status => $o{status} // $t{"status_$kind"},
        parts('title', $t{"$title." . (localtime $eta)[2]} // $t{$title},
              $eta, near($eta)),
        parts('when', $t{$when}, $eta, 'date_zone',
              in => phrase($eta - $o{now})),
        map({ $_ => '' } qw(since since.before since.time since.after
                            next next.before next.time next.after
                            next.iso)),
        $since ? parts('since', $t{'started.' . (localtime $since)[2]}
                                // $t{started}, $since, near($since)) : (),
        'since.iso' => $since ? iso($since) : '',
        map({ $_ => [] } qw(updates contacts reason offer)),
        'var.name' => '', 'var.logo' => '',

        # no text of the sample is marked as one of another language
        map({ ("$_.lang" => '', "$_.dir" => '') }
            qw(status reason offer contacts)),
        progress => $known && $since && $since < $eta
                    ? int(($o{now} - $since) * 100 / ($eta - $since)) : '',
    );

    $v{'title.short'} = length($v{'title.time'} =~ s/[\x{3000}-\x{ffff}]/--/gr)
                        < 13 ? 1 : '';

    if ($o{full}) {
        %v = (%v, parts('next', $t{'next_update.' . (localtime $next)[2]}
                                // $t{next_update}, $next, near($next)),
              'next.iso' => iso($next), sample());

        # while visitors are let in, only the ways to order stay
        if ($s eq 'reopening') {
            $v{status} = $o{status} // $t{status_reopening};
            silence(\%v, $_) for qw(reason updates next);
        }

        silence(\%v, $_) for split /,/, $o{without} // '';
    }

    for my $set (@{ $o{set} }) {
        my ($name, $text) = split /=/, $set, 2;
        utf8::decode($text);
        $v{"var.$name"} = $text;
        $v{"url.$name"} = $text if $name =~ /^(home|basket)$/;
    }

    $v{updates}[$_]{first} = $_ == 0 ? 1 : '',
    $v{updates}[$_]{last} = $_ == $#{ $v{updates} } ? 1 : ''
        for 0 .. $#{ $v{updates} };

    $v{version} = version(\%v);

    return %v;
}


# FNV-1a, of 32 bits, of all that a waiting visitor reads
sub version {
    my ($v) = @_;

    my $hash = 2166136261;
    my $eat = sub { $hash = ($hash ^ $_[0]) * 16777619 & 0xffffffff };
    my $text = sub { utf8::encode(my $s = $_[0]);
                     $eat->($_) for unpack('C*', $s), 0xff };

    $text->($v->{$_})
        for qw(title when next since status eta.iso next.iso);

    for my $name (qw(reason offer contacts)) {
        $text->($_->{text}) for @{ $v->{$name} };
        $text->($v->{"$name.lang"});
        $eat->(scalar @{ $v->{$name} });
    }

    $text->($v->{'status.lang'});

    $text->($_->{text}), $text->($_->{time}) for @{ $v->{updates} };

    return sprintf '%08x', $hash;
}


sub silence {
    my ($v, $name) = @_;

    if (ref $v->{$name}) {
        $v->{$name} = [];

    } else {
        $v->{$_} = '' for grep { /^\Q$name\E(?:\.|\z)/ } keys %$v;
    }
}


sub sample {
    my @said = ([ -10, 'Restore is half done.' ],
                [ -20, 'Cause found. Orders placed before 02:40 are stored.' ],
                [ -35, 'We are looking into it.' ]);
    @said = @said[($o{updates} < 3 ? 3 - $o{updates} : 0) .. 2];

    return (
        'var.name' => 'Müller & Sons', 'url.basket' => '/cart',
        status => $o{status} // 'We are repairing the order database.',
        reason => line('A disk in our data centre failed.'),
        offer => codes(line('With the code SORRY10 your next order is 10 % '
                            . 'cheaper: https://example.com/sorry')),
        updates => [ map { my $at = $o{now} + 60 * $_->[0];
                           { text => $_->[1], iso => iso($at),
                             time => moment($at, near($at)) } } @said ],
        contacts => [ map { @{ line($_) } }
                      'Order by phone: tel:+49-800-123456, daily 6:00–22:00',
                      'Write to us: mailto:help@example.com' ],
    );
}


sub line {
    my ($text) = @_;

    my $pieces = pieces($text);
    $pieces->[0]{first} = $pieces->[-1]{last} = 1;

    return $pieces;
}


# a code is a piece of its own; the sample has one
sub codes {
    my ($pieces) = @_;

    return [ map { my $p = $_;
                   !$p->{href} && $p->{text} =~ /^(.*?)\b([A-Z]+\d+)\b(.*)$/
                       ? ({ %$p, text => $1, last => '' },
                          { text => $2, code => 1 },
                          { %$p, text => $3, first => '' })
                       : $p } @$pieces ];
}


# as the public status has them: lines of pieces
sub lines {
    my ($pieces) = @_;

    my @lines;

    for my $p (@$pieces) {
        push @lines, [] if $p->{first};
        push @{ $lines[-1] },
             [ $p->{text}, $p->{href} || $p->{code} ? $p->{href} // '' : (),
               $p->{code} ? 1 : () ];
    }

    return \@lines;
}


# a text and the links in it
sub pieces {
    my ($text) = @_;

    return [ map { my ($url, $shown) = ($_, $_);
                   $shown =~ s/^(?:tel|mailto)://;
                   $url =~ /^(?:https|tel|mailto):/
                       ? { text => $shown, href => $url } : { text => $_ } }
             grep { $_ ne '' }
             split /((?:https|tel|mailto):[^\s,]*[^\s,.])/, $text ];
}


sub lookup {
    my ($name, $list, $item) = @_;

    if ($name eq 'has.older') {
        return @{ $value{updates} } > 1 ? 1 : '';
    }

    if ($name =~ /^has\.(\w+)$/) {
        return @{ $value{$1} } ? 1 : '';
    }

    if ($name =~ /^t\.(\w+)$/) {
        die "render.pl: no text \"$1\"\n" if !defined $t{$1};
        return $t{$1};
    }

    my ($one, $field) = split /\./, $name;

    if ($list && defined $field && $list =~ /^\Q$one\Es?$/) {
        return $value{$list}[$item]{$field} // '';
    }

    if (!defined $value{$name} && $name !~ /^var\./) {
        die "render.pl: no value \"$name\"\n";
    }

    return $value{$name} // '';
}


sub render {
    my ($text, $escape, $list, $item) = @_;

    my $out = '';
    my $inside = qr/[^{}]|\{(?!\{)|\}(?!\})/;
    my $comment = qr/\{\{!(?:$inside|\{\{$inside*\}\})*\}\}/s;

    # a line of page.html that is only a section tag or a comment vanishes
    if ($escape && !defined $item) {
        $text =~ s/^[ \t]*($comment|\{\{[#^\/]$inside*\}\})[ \t]*\r?\n/$1/gm;
    }

    $text =~ s/$comment//g;

    while ($text =~ /\G(.*?)\{\{([#^]?)\s*(.*?)\s*\}\}/gcs) {
        my ($before, $kind, $name) = ($1, $2, $3);

        $out .= $before;
        my $v = lookup($name, $list, $item);

        if ($kind eq '') {
            $out .= $escape ? escaped($v) : $v;
            next;
        }

        my $body = body($name, \$text);

        if (ref $v) {
            next if $kind eq '^' && @$v;
            $out .= render($body, $escape, $name, $_) for 0 .. $#$v;

        } elsif (($kind eq '#') == ($v ne '')) {
            $out .= render($body, $escape, $list, $item);
        }
    }

    return $out . substr $text, pos $text // 0;
}


# up to the section's own end; moves the position behind it
sub body {
    my ($name, $text) = @_;

    my $start = pos $$text;
    my $depth = 1;

    while ($$text =~ /\{\{([#^\/])\s*\Q$name\E\s*\}\}/g) {
        $depth += $1 eq '/' ? -1 : 1;
        return substr $$text, $start, $-[0] - $start if $depth == 0;
    }

    die "render.pl: section {{#$name}} is not closed\n";
}


sub escaped {
    my ($text) = @_;

    my %as = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;',
              "'" => '&#39;');
    $text =~ s/([&<>"'])/$as{$1}/g;

    return $text;
}


sub triple {
    my ($name) = @_;

    return [ map { $value{"$name.$_"} } qw(before time after) ];
}


sub status_of {
    return {
        state => $o{state},
        admitted => $o{admitted} ? JSON::PP::true : JSON::PP::false,
        retry_after => $o{retry}, version => $value{version},
        eta => $value{'eta.iso'} || undef,
        next_update => $value{'next.iso'} || undef,
        title => triple('title'), when => triple('when'),
        next => triple('next'), status => $value{status},
        progress => $value{progress} eq '' ? undef : 0 + $value{progress},
        map({ $_ => lines($value{$_}) } qw(reason offer contacts)),
        updates => [ map { { at => $_->{iso}, time => $_->{time},
                             text => $_->{text} } }
                         @{ $value{updates} } ],
    };
}


sub problem_of {
    my $detail = join ' ', $value{when}, $value{status},
        $o{post} eq 'unsent' ? "$t{post_unsent} $t{post_paid}"
        : $o{post} eq 'unknown' ? $t{post_unknown} : ();

    return {
        type => 'about:blank', title => $value{title}, status => 503,
        detail => $detail,
        eta => $value{'eta.iso'} || undef, retry_after => $o{retry},
        planned => $value{planned} ? JSON::PP::true : JSON::PP::false,
        updates => [ map { { at => $_->{iso}, text => $_->{text} } }
                         @{ $value{updates} } ],
    };
}
