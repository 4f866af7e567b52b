# Copyright (C) ngx_shop_failover_module authors
#
# The shared memory: sized from the configuration, refused where it is given
# and too small, and small for each peer.

use ShopTest;
use ShopTest::Status;

no warnings 'portable';             # addresses of 64 bits

my $LARGEST = 1300;                 # bytes a peer beside its names


# many(COUNT): upstreams with as many servers together; nobody answers there,
# and nobody is asked soon
sub many {
    my ($count) = @_;
    my ($text, $n) = ('', 0);

    while ($n < $count) {
        my $name = 'u' . int $n / 100;
        my $last = $n + 99 < $count ? $n + 99 : $count - 1;

        $text .= "upstream $name {\n";
        $text .= sprintf "server 127.%d.%d.1:9;\n", $_ / 256, $_ % 256
            for $n .. $last;
        $text .= "shop_health_check interval=1h timeout=1s; }\n";
        $n = $last + 1;
    }

    return "$text server { listen %%ADDR%%; location /status { shop_status; } }";
}


# the size of the segment in kilobytes, from the worker's memory map
sub segment {
    my ($nginx) = @_;
    my ($worker) = $nginx->workers;
    my $largest = 0;

    open my $in, '<', "/proc/$worker/maps" or die;

    while (<$in>) {
        my ($from, $to) = m{^(\w+)-(\w+) rw-s .*/dev/zero} or next;
        my $size = (hex($to) - hex($from)) / 1024;
        $largest = $size if $size > $largest;
    }

    return $largest;
}


my %size;

for my $count (1, 100, 10_000) {
    my $nginx = nginx(workers => 1, http => many($count));

    $size{$count} = segment($nginx);
    ok $size{$count}, "$count peers: a zone of $size{$count} KB";

    # 10,000 first probes keep a worker busy for a while
    my $listed;
    wait_until(60, sub {
        $listed = map { @{ $_->{peers} } } @{ status($nginx)->{upstreams} };
    });
    is $listed, $count, "$count peers: all are there";
    is scalar($nginx->log->find(qr/no room/)), 0, "$count peers: there is room";

    $nginx->stop;
}

# names of these peers: "127.x.y.1:9" twice, in a slab of 32 bytes
my $bytes = ($size{10_000} - $size{100}) * 1024 / 9_900 - 32;
cmp_ok $bytes, '<=', $LARGEST, sprintf '%d bytes a peer beside its names', $bytes;


# ---- a size that is given

my ($enough);

config_fails('too small a zone', qr/"shop_zone" .* too small for 10000 peers/,
    http => 'shop_zone 256k;' . many(10_000));

{
    my $refused = ShopTest::Nginx->new(http => 'shop_zone 256k;' . many(500));
    my ($status, $output) = $refused->test;

    ($enough) = $output =~ /at least (\d+k) is needed/;
    ok $enough, 'the size that is needed is named';
}

{
    my $nginx = nginx(workers => 1, http => "shop_zone $enough;" . many(500));

    is scalar($nginx->log->find(qr/no room/)), 0, 'and it is enough';
    my $listed = grep { $_->{since} } map { @{ $_->{peers} } }
        @{ status($nginx)->{upstreams} };
    is $listed, 500, 'for every peer';

    $nginx->configure(http => "shop_zone $enough;" . (many(500)
        =~ s/127\.(\d+)\.(\d+)\.1:9/127.$1.$2.2:9/gr));
    ok $nginx->reload, 'a reload that exchanges all servers';
    is scalar($nginx->log->find(qr/no room/)), 0, 'finds room, too';
}

config_fails('no size', qr/"nonsense" in "shop_zone"/,
    http => 'shop_zone nonsense;' . many(1));
config_fails('a size twice', qr/"shop_zone" .*duplicate/,
    http => 'shop_zone 1m; shop_zone 1m;' . many(1));

done_testing;
