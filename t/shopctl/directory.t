#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# nginx and shopctl agree on what a flag means, of a directory, too: which of
# its files speaks is one rule for both.

use ShopTest;
use ShopTest::Ctl;

delete @ENV{qw(SHOP_FLAG SHOP_STATUS)};

my $shop = shop_server(body => 'shop');

my $nginx = nginx(http => <<"END");
    upstream checked {
        server $shop;
        shop_health_check interval=200ms fast=100ms timeout=1s;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flags;
        shop_reopen hold=0s;

        location / { proxy_pass http://checked; }
        location = /status { shop_status; }
    }
END

my $dir = $nginx->dir . '/flags';
my @flag = ('--flag', $dir);
my $long = '#' x 17000;

mkdir $dir or die "$dir: $!\n";


sub write_flags {
    my (%files) = @_;

    unlink glob "$dir/*";

    for my $name (keys %files) {
        open my $out, '>', "$dir/.new" or die "$dir: $!\n";
        print $out $files{$name};
        close $out;
        rename "$dir/.new", "$dir/$name" or die "$name: $!\n";
    }

    return;
}

# what a visitor meets, in the word of "shopctl is-active"
sub nginx_says {
    return 'closed' if get($nginx, '/')->{status} == 503;
    return 'paths' if get($nginx, '/p')->{status} == 503;
    return post($nginx, '/', body => 'x')->{status} == 503 ? 'browse' : 'open';
}

# each row: what it is, the word of both, and the files
my @rows = (
    ['none' => 'open'],
    ['an empty one' => 'closed', a => ''],
    ['browse before full' => 'closed', a => "mode: browse\n", b => ''],
    ['paths before browse' => 'browse', a => "mode: paths /p\n",
        b => "mode: browse\n"],
    ['paths before one that is too large' => 'closed',
        a => "mode: paths /p\n", b => $long],
    ['one that is over before paths' => 'paths',
        a => "until: 2020-01-01 00:00\n", b => "mode: paths /p\n"],
    ['over, and announced' => 'open', a => "eta: 2020-01-01 00:00\nend: eta\n",
        b => "start: +2h\n"],
    ['a start that cannot be read' => 'open', a => "start: tomorrow\n"],
    ['64 that are over' => 'open',
        map { $_ => "until: 2020-01-01 00:00\n" } 1 .. 64],
    ['65 that are over' => 'closed',
        map { $_ => "until: 2020-01-01 00:00\n" } 1 .. 65],
);

for my $row (@rows) {
    my ($name, $word, @files) = @$row;

    write_flags(@files);
    says $word eq 'open' ? 1 : 0, qr/^$word$/m, "shopctl: $name", 'is-active',
        @flag;
    ok wait_until(10, sub { nginx_says() eq $word }), 'nginx agrees'
        or diag nginx_says();
}

# ---- which one it is

write_flags(a => "mode: browse\n", b => "status: why\n", c => "mode: paths /p\n");
says 0, qr{/a: browse\n.*/b: closed\n.*/c: paths\n.*/flags: closed, by "b"$}sm,
    'check says of each what it does, and which one speaks', 'check', @flag;

write_flags(a => "mode: browse\n", b => $long);
says 2, qr{flags/b" is larger than.*flags: closed, by "b"}s,
    'also of one that is too large', 'check', @flag;

write_flags(map { $_ => '' } 1 .. 65);
says 2, qr/has more than 64 files.*flags: closed$/ms, 'and of too many',
    'check', @flag;
says 0, qr/\A\z/, 'is-active --quiet says nothing of it', 'is-active', '--quiet',
    @flag;

# ---- what only nginx knows: whether health has ended it

write_flags();
ok wait_until(10, sub { nginx_says() eq 'open' }), 'open';

my $url = 'http://' . $nginx->address . '/status';

$shop->set('*', status => 500);
ok $nginx->log->wait_for(qr/is now "outage"/), 'the shop breaks';
write_flags(a => "end: healthy\n");
ok wait_until(10, sub { (ctl('is-active', @flag, '--url', $url))[1]
    =~ /^closed\nnginx: outage, nobody serves/m }),
    'is-active says so';

$shop->set('*', body => 'shop');
ok wait_until(15, sub { nginx_says() eq 'open' }), 'health ends it';
says 1, qr/\Aopen\n(?:nginx: reopening\n)?\z/, 'is-active asks nginx, and says so', 'is-active', @flag,
    '--url', $url;

{
    local $ENV{SHOP_STATUS} = $url;
    says 1, qr/\Aopen\n(?:nginx: reopening\n)?\z/, '... also of $SHOP_STATUS', 'is-active', @flag;
}

says 0, qr/"end: healthy".*only nginx knows.*--url.*^closed$/ms,
    '... and without an address says what it cannot know', 'is-active', @flag;
says 0, qr/^closed$/m, 'of another flag it is not believed', 'is-active',
    '--flag', "$dir/a", '--url', $url;

write_flags(a => "end: healthy\n", b => "mode: browse\n");
ok wait_until(15, sub { nginx_says() eq 'browse' }),
    'nginx goes on with the other one';
says 0, qr/^closed$/m, 'which is not asked for: a file that health may end '
    . 'is taken as it stands', 'is-active', @flag;

done_testing;
