#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Each list of peers of an upstream, the backups', too, has a lock of its own:
# while a worker of ours reads one, the resolver of another worker waits
# instead of freeing what is being read.  A worker is stopped in the midst of
# it, with a build that has a step there (state/step.c).

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Dns;
use ShopTest::Status;
use ShopTest::Steps;

my ($version) = `\${NGINX_BIN:-nginx} -v 2>&1` =~ m{nginx/(\d+\.\d+\.\d+)};
my $number = $version ? sprintf '%d%03d%03d', split /\./, $version : 0;

plan skip_all => 'nginx ' . ($version // '?') . ' has no "resolve"'
    if $number < 1_027_003;

my $steps = ShopTest::Steps->new(deaths => 2, signal => 19)
    or plan(skip_all => 'no build with steps, see make test');

my $port = free_port();
my $dns = ShopTest::Dns->new->set('one.test', '127.0.1.1')
    ->set('two.test', '127.0.1.2');

my $nginx = do {
    local $ENV{SHOP_STEPS} = $steps->path;

    nginx(module => $steps->module, http => <<"END");
        resolver $dns valid=1s ipv6=off;
        upstream shop {
            zone shop 128k;
            server one.test:$port resolve;
            server two.test:$port backup resolve;
            shop_health_check interval=1h;
        }
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://shop; }
            location /status { shop_status; }
        }
END
};

ok(wait_until(20, sub { peers_of($nginx, 'shop') == 2 }), 'two peers');

# the only step there is, in the loop that copies
my ($step) = grep { /^discover\.c:/ } $steps->known;

# ticks that a process has used
sub used {
    my ($pid) = @_;

    open my $stat, '<', "/proc/$pid/stat" or return 0;
    my @fields = split ' ', <$stat> =~ s/.*\) //r;

    return $fields[11] + $fields[12];
}

sub stopped {
    my ($pid) = @_;

    open my $stat, '<', "/proc/$pid/stat" or return 0;

    return <$stat> =~ /\) T /;
}

# The first worker resolves; the second one reads what has changed, and is
# stopped at the second peer, which is in the list of backups.
$steps->passed($step, 1);
$steps->arm(worker => 1, at => $step);
$dns->set('one.test', '127.0.2.1');

my $reader;
ok(wait_until(30, sub { ($reader) = grep { stopped($_) } $nginx->workers }),
    'a worker stands still at the backups');

my ($other) = grep { $_ != $reader } $nginx->workers;
my $before = used($other);

$dns->set('two.test', '127.0.1.3');

ok(wait_until(30, sub { used($other) > $before + 50 }),
    'the resolver of the other one waits for the lock');

kill 'CONT', $reader;

ok(wait_until(30, sub {
    my @peers = sort map { $_->{address} } peers_of($nginx, 'shop');
    "@peers" =~ /127\.0\.1\.3/;
}), 'and goes on once the reader has done');

done_testing;
