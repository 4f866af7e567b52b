#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Every nginx example of the documentation passes `nginx -t` without a warning.
# An example stands in the block that its first line belongs to; what it speaks
# of and does not show (an upstream, a match, a server) is added.  Every flag
# passes `shopctl check`, and every command of shopctl is one.

use ShopTest;
use ShopTest::Ctl;
use ShopTest::Dir;

use POSIX qw(strftime);

my $HTTP = qr/upstream|server\ \{|map|log_format|access_log|set_real_ip_from
    |fastcgi_cache_path|shop_(?:match|zone|state_file|events|bypass|page_\w+)/x;
my $UPSTREAM = qr/shop_(?:health_\w+|observe|slow_start|panic|failover_to)/;

my $etc = ShopTest::Dir->new('etc');

my $key = $etc->write('shop.key', 'k' x 40 . "\n");
chmod 0600, $key;
$etc->write('shop-page/page.txt', "{{title}}\n");

sub slurp {
    my ($name) = @_;

    open my $in, '<', $name or die "$name: $!\n";
    local $/;

    return scalar <$in>;
}


$etc->write('shop-ca.pem', slurp(ca()->file));


# what it may not touch or cannot know here
sub at_home {
    my ($text) = @_;
    my $n = 0;

    $text =~ s/^ *(?:load_module|pid|\w+_temp_path) .*//mg;
    $text =~ s{ \K/tmp/}{%%DIR%%/}g;
    $text =~ s/listen \K[^;]*?(?=;| ssl)/'%%ADDR_L' . $n++ . '%%'/ge;
    $text =~ s{/etc/ssl/}{$etc/}g;
    $text =~ s{/etc/nginx/(?!fastcgi)}{$etc/}g;
    $text =~ s{/(?:run/shop|var/log/nginx|var/lib/[\w-]+|var/cache/nginx)/}
        {%%DIR%%/}g;
    $text =~ s/\bserver \K[\w-]+\.example/localhost/g;

    return $text;
}


# names without a home, and blocks that lack what they need
sub completed {
    my ($text) = @_;
    my %is = map { $_ => 1 } $text =~ /upstream (\w+)/g;
    my %match = map { $_ => 1 } $text =~ /shop_match (\w+)/g;
    my %check = map { $_ => 1 } $text =~ /match=(\w+)/g;
    my @more;

    push @more, "upstream $_ { server 127.0.0.1:1; }"
        for unseen(\%is, $text =~ m{_pass +(?:http://)?([a-z]\w*);}g);
    push @more, "shop_match $_ { status 200; }" for unseen(\%match, keys %check);
    push @more, "upstream for_$_ { server 127.0.0.1:1;
        shop_health_check match=$_; }" for unseen(\%check, keys %match);

    return join "\n", $text, @more;
}

sub unseen {
    my ($seen, @names) = @_;
    my %of = map { $_ => 1 } @names;

    return grep { !$seen->{$_} } sort keys %of;
}


# the text for "http", of an example
sub in_its_block {
    my ($text) = @_;
    my ($first) = $text =~ /^\s*((?!#)\S.*)/m;

    if ($first =~ /^$UPSTREAM/) {
        my $check = $text =~ /shop_health_check/ ? '' : 'shop_health_check;';
        return completed("upstream one { server 127.0.0.1:1; $text $check }");
    }

    return completed($text) if $first =~ /^$HTTP/;

    my ($http, $rest) = $text =~ /^http \{\n(.*)^\}\n(.*)/ms;
    return completed($http) . $rest if defined $http;

    return completed("server { listen %%ADDR%%; $text }");
}


# the days of examples pass
my $tomorrow = strftime('%Y-%m-%d', gmtime time + 86_400);
my (%command, %seen);

for my $file ('README.md', sort glob 'docs/*.md') {
    my $doc = slurp($file);

    my $code = join '', $doc =~ /^ *```\w*\n(.*?)^ *```/msg, $doc =~ /^ {4}.*\n/mg;

    $command{$_} = $file for $code =~ /^(?: {4}|\$ )?shopctl ([a-z][\w-]*)/mg;

    while ($doc =~ /^( *)```(\w*)\n(.*?)^\1```/msg) {
        my $line = 1 + substr($doc, 0, $-[0]) =~ tr/\n//;
        my ($indent, $kind, $text) = ($1, $2, $3);

        $text =~ s/^$indent//mg;
        $seen{$kind}++;

        if ($kind eq 'nginx') {
            config_ok("$file:$line", http => in_its_block(at_home($text)),
                files => { fastcgi_params => '' });

        } elsif ($kind eq '' && $text =~ /^(?:status|eta): /m) {
            $text =~ s/ \K\d{4}-\d\d-\d\d(?= \d\d:)/$tomorrow/g;

            my ($status, $output) = ctl('check',
                $etc->write('flag', $text));

            is $status, 0, "$file:$line, a flag" or diag $output;
        }
    }
}

cmp_ok $seen{nginx}, '>', 30, 'the examples are found';

for my $name (sort keys %command) {
    my ($status, $output) = ctl($name, '--help');

    is $status, 0, "$command{$name}: shopctl $name" or diag $output;
}

done_testing;
