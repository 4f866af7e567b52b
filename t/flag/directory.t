#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A directory as the flag: every tool has a file of its own, any of them
# closes, and the first by name that does so says why.

use ShopTest;

my $shop = shop_server(body => 'shop');

my $nginx = nginx(http => <<"END");
    upstream checked {
        server $shop;
        shop_health_check interval=200ms fast=100ms timeout=1s;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flags;
        shop_reopen hold=1s;

        location / { proxy_pass http://checked; }
        location = /status { shop_status; }
    }

    server {
        listen %%ADDR_SLASH%%;
        shop_maintenance %%DIR%%/flags/;

        location / { proxy_pass http://$shop; }
    }
END

my $dir = $nginx->dir . '/flags';


sub page { return get($nginx, '/', headers => [Accept => 'text/html']) }

sub becomes {
    my ($status, $name, $pattern) = @_;

    return settles($name, sub {
        my $page = page();
        $page->{status} == $status && $page->{body} =~ ($pattern // qr//);
    }) || diag(page()->{body});
}


is page()->{status}, 200, 'no directory, no flag';

mkdir $dir;
is page()->{status}, 200, 'an empty directory is no flag';

replace_file("$dir/deploy", "status: a new release\n");
becomes 503, 'a file in it closes', qr/a new release/;
is get($nginx->address('SLASH'), '/')->{status}, 503,
    'also where the directory is written with a slash';

replace_file("$dir/backup", "status: a backup\n");
becomes 503, 'of two files the first by name is shown', qr/a backup/;

sub updated {
    my $address = $nginx->address;
    my ($at) = get($nginx, '/status?format=prometheus')->{body}
        =~ /^shop_failover_status_updated_timestamp_seconds
            \{site="\Q$address\E"\}[ ](\d+)$/mx;

    return $at // 0;
}

utime 1_700_000_000, 1_700_000_000, "$dir/backup";
utime 1_800_000_000, 1_800_000_000, "$dir/deploy";
ok wait_until(10, sub { updated() == 1_700_000_000 }),
    'and it says since when that is so';

replace_file("$dir/backup", "status: a longer backup\n");
becomes 503, 'a change of it is seen', qr/a longer backup/;

replace_file("$dir/alpha", "mode: browse\nstatus: reading only\n");
becomes 503, 'one that closes all comes before one that closes less',
    qr/a longer backup/;

unlink "$dir/backup", "$dir/deploy";
becomes 200, 'without the others, browse lets a GET pass';
is post($nginx, '/', body => 'x')->{status}, 503, 'and no POST';

replace_file("$dir/zeta", "start: +2h\nstatus: tonight\n");
replace_file("$dir/yota", "until: 2020-01-01 00:00\nstatus: long ago\n");
is post($nginx, '/', body => 'x')->{status}, 503,
    'files whose time is not now do not matter';

unlink "$dir/alpha";
ok wait_until(10, sub { post($nginx, '/', body => 'x')->{status} == 200 }),
    'nor do they close';

replace_file("$dir/.hidden", '');
mkdir "$dir/directory";
is page()->{status}, 200, 'nor hidden files and directories';

# a file that starts in the future becomes the one that closes, on time

sub soon {
    my @t = gmtime(time + $_[0]);

    return sprintf '%d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1,
        @t[3, 2, 1, 0];
}

my $soon = time + 2;
my $start = soon(2);

replace_file("$dir/soon", "start: $start\nstatus: it is time\n");
is page()->{status}, 200, 'before its start a file does not close';
becomes 503, 'at its start it does, without anything else', qr/it is time/;
cmp_ok time, '>=', $soon, 'and not before';

# a file that nobody may read closes, with another's text if there is one

replace_file("$dir/unreadable", 'x' x 20000);
ok $nginx->log->wait_for(qr{\[error\].*flags/unreadable" is larger than 16k}),
    'a file that is too big is named';
becomes 503, 'and a readable one speaks', qr/it is time/;
unlink "$dir/soon";
becomes 503, 'the one that is too big closes alone, with the last good text',
    qr/it is time/;

unlink "$dir/unreadable";
becomes 200, 'and opens when it goes';

# a file that has ended counts no more: another one that closes still does

sub refused { return post($nginx, '/', body => 'x')->{status} == 503 }

# what stands there is asked for as fast as can be: no gap is too short
sub never_open_while {
    my ($done, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $open = 0;

    ok wait_until(15, sub { $open += !refused(); return $done->() }), $name;
    return is $open, 0, '... and nothing passed meanwhile';
}

for my $other (["mode: browse\n", 200, 200], ["mode: paths /a\n", 200, 503],
    ['x' x 20000, 503, 503])
{
    my ($content, $root, $a) = @$other;
    my $what = substr $content, 0, 12;

    replace_file("$dir/a", "mode: full\nend: healthy\nstatus: ended $what\n");
    becomes 503, 'closed until it is healthy', qr/ended/;
    replace_file("$dir/b", $content);

    ok wait_until(15, sub {
        get($nginx, '/')->{status} == $root && get($nginx, '/a')->{status} == $a
    }), "once it has ended, another speaks: $what";
    is refused() ? 503 : 200, $content =~ /paths/ ? 200 : 503,
        '... and closes as it did';

    # the files are read again each ten seconds; this makes it sooner
    replace_file("$dir/c", "mode: nonsense\nuntil: 2020-01-01 00:00\n");
    ok $nginx->log->wait_for(qr{flags/c:1: unknown mode}), 'all are read again';
    is get($nginx, '/a')->{status}, $a, '... and what has ended stays so';

    $nginx->reload;
    is get($nginx, '/a')->{status}, $a, '... also after a reload';

    unlink "$dir/b", "$dir/c";
    becomes 200, 'without the other one it opens';
    unlink "$dir/a";
}

replace_file("$dir/b", "mode: browse\n");
ok wait_until(10, sub { refused() }), 'browse';
replace_file("$dir/a", "mode: full\nend: healthy\n");
becomes 503, 'and full, until it is healthy';
never_open_while(sub { get($nginx, '/')->{status} == 200 },
    'browse goes on where full has ended');
replace_file("$dir/a", "mode: full\nuntil: " . soon(2) . "\n");
becomes 503, 'full until a moment';
never_open_while(sub { get($nginx, '/')->{status} == 200 },
    'browse goes on when that has come');
unlink "$dir/a", "$dir/b";
becomes 200, 'open';


# a ConfigMap as the directory

mkdir "$dir/..$_" for qw(one two);
for my $name (qw(one two)) {
    open my $out, '>', "$dir/..$name/shop" or die;
    print $out "status: version $name\n";
}
symlink '..one', "$dir/..data";
symlink '..data/shop', "$dir/shop";
becomes 503, 'a key of a ConfigMap closes', qr/version one/;
symlink '..two', "$dir/..data_tmp";
rename "$dir/..data_tmp", "$dir/..data";
becomes 503, 'and its swap is seen', qr/version two/;

# the kubelet swaps first, and takes the link of a key that is gone afterwards
mkdir "$dir/..three";
symlink '..three', "$dir/..data_tmp";
rename "$dir/..data_tmp", "$dir/..data";
becomes 200, 'and that its key goes';
unlink "$dir/shop";
is page()->{status}, 200, 'also when its link does';

for my $i (1 .. 65) {
    replace_file(sprintf('%s/many%02d', $dir, $i), '');
}
becomes 503, 'many files close';
ok $nginx->log->wait_for(qr/flags" has more than 64 files: closed/),
    'too many are named';

my @told = $nginx->log->find(qr/has more than 64 files/);

for my $n (0 .. 199) {
    replace_file("$dir/more$n", '');
    select undef, undef, undef, 0.01;
}

is scalar($nginx->log->find(qr/has more than 64 files/)), @told,
    'once, however many more there are';

done_testing;
