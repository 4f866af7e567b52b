# Copyright (C) ngx_shop_failover_module authors
#
# What is known of a peer outlives a reload, whatever else that changes: it is
# keyed by upstream, server and address, never by position.

use ShopTest;
use ShopTest::Status;

my @shops = map { shop_server(body => "shop $_") } 0 .. 3;
my $CHECK = 'uri=/healthz interval=10m fast=100ms timeout=30s';


# upstream(NAME, SERVERS...): a checked one
sub upstream {
    my ($name, @servers) = @_;
    my $servers = join "\n", map { "server $_;" } @servers;

    return "upstream $name { $servers shop_health_check $CHECK;"
        . " shop_observe off; }\n";
}


sub config {
    my (@parts) = @_;

    return join "\n", @parts, <<'END';
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://shop; proxy_next_upstream off; }
            location /status { shop_status; }
        }
END
}


# what must not change: no probe is due, however slow the machine is
sub known {
    my ($peer) = @_;

    return join ' ', map { "$_=" . ($peer->{$_} // 'none') }
        qw(state since checks fails);
}


$shops[1]->set('/healthz', status => 500);

my $nginx = nginx(http => config(upstream('shop', @shops[0, 1])));

ok wait_for_peer($nginx, 'shop', $shops[0], 'up'), 'one server is up';
ok wait_for_peer($nginx, 'shop', $shops[1], 'down'), 'the other is down';

my $up   = known(peer_of($nginx, 'shop', $shops[0]));
my $down = known(peer_of($nginx, 'shop', $shops[1]));


sub kept {
    my ($what) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is known(peer_of($nginx, 'shop', $shops[0])), $up, "$what: one is up";
    is known(peer_of($nginx, 'shop', $shops[1])), $down, "$what: one is down";

    # a server that is down gets not even the first request
    is_deeply [grep { get($nginx, '/')->{body} ne 'shop 0' } 1 .. 4], [],
        "$what: visitors are sent to the one that is up";
}


kept('before');

ok $nginx->reload, 'a reload';
kept('the same configuration');

$nginx->configure(http => config(upstream('other', $shops[2]),
    upstream('shop', @shops[1, 0])));
ok $nginx->reload, 'servers in another order, an upstream before them';
kept('another order');

$nginx->configure(http => config('shop_zone 2m;',
    upstream('shop', @shops[0, 1])));
ok $nginx->reload, 'another size of the zone';
kept('another size');

$nginx->configure(http => config('shop_zone 1536k;',
    map { $_ ? upstream("more$_", @shops) : upstream('shop', @shops[0, 1]) } 0 .. 30));
ok $nginx->reload, 'a smaller zone, and many more peers';
kept('more peers');

$nginx->configure(http => config(upstream('shop', @shops[0, 1])));
ok $nginx->reload, 'a zone of its own size';
kept('sized by itself');

$nginx->configure(http => config(
    map { $_ ? upstream("more$_", @shops) : upstream('shop', @shops[0, 1]) } 0 .. 99));
ok $nginx->reload, 'four hundred peers';
kept('four hundred peers');

for my $round (1 .. 12) {
    $nginx->configure(http => config(upstream("renamed$round", $shops[2]),
        upstream('shop', @shops[0, 1])));
    $nginx->reload or fail "reload $round";
}

kept('twelve upstreams came and went');


# ---- a reload that fails

# an address that nobody here has: found out after the zone was set up
$nginx->allow(qr/bind\(\) to 192\.0\.2\.1:80 failed/);
$nginx->configure(http => config('shop_zone 4m;',
    upstream('shop', @shops[1, 3]),
    'server { listen 192.0.2.1:80; }'));
$nginx->signal('HUP');
ok $nginx->log->wait_for(qr/bind\(\) to 192\.0\.2\.1:80 failed/, 15),
    'a reload fails late';
kept('a failed reload into a new zone');

$nginx->configure(http => config(upstream('shop', @shops[1, 3, 2, 0]),
    'server { listen 192.0.2.1:80; }'));
my $failures = () = $nginx->log->find(qr/192\.0\.2\.1:80 failed/);
$nginx->signal('HUP');
ok wait_until(15, sub {
    $failures < (my @now = $nginx->log->find(qr/192\.0\.2\.1:80 failed/));
}), 'one fails in the old zone';
kept('a failed reload in the same zone');

$nginx->configure(http => config(upstream('shop', @shops[0, 1])));
ok $nginx->reload, 'and the next one succeeds';
kept('after failed reloads');


# ---- peers that go and come back

$nginx->configure(http => config(upstream('shop', $shops[0])));
ok $nginx->reload, 'a server is taken out';
is_deeply [map { $_->{server} } peers_of($nginx, 'shop')], ["$shops[0]"],
    'it is gone';

$shops[1]->set('/healthz', status => 200);
$nginx->configure(http => config(upstream('shop', @shops[0, 1])));
ok $nginx->reload, 'and put back';
ok wait_for_peer($nginx, 'shop', $shops[1], 'up'),
    'it is looked at as a new one, not down until the next interval';
is known(peer_of($nginx, 'shop', $shops[0])), $up, 'the other one is kept';

$shops[1]->set('/healthz', status => 500);
my $plain = upstream('shop', @shops[0, 1]) =~ s/shop_health_check [^;]*;//r;
$nginx->configure(http => config($plain, upstream('other', $shops[2])));
ok $nginx->reload, 'an upstream loses its check';
my %served = map { get($nginx, '/')->{body} => 1 } 1 .. 6;
is_deeply [sort keys %served], ['shop 0', 'shop 1'],
    'and what was known of its servers';


# ---- more flags than there are places to spare: the memory is the same one

# the segments that workers share: a new one has a number of its own
sub segments {
    my ($pid) = $nginx->workers;

    open my $maps, '<', "/proc/$pid/maps" or return 'none';

    return join ' ', sort map { m{ rw-s \S+ \S+ (\d+) +/dev/zero} ? $1 : () }
        <$maps>;
}

# sites(N): so many, with nine flags
sub sites {
    return config(upstream('shop', @shops[0, 1]), map {
        my $flag = $_ > 9 ? 9 : $_;

        "server { listen %%ADDR_FLAG$_%%; server_name shop$_.example;"
            . " shop_maintenance %%DIR%%/flag$flag;"
            . ' location / { proxy_pass http://shop; } }';
    } 1 .. $_[0]);
}

$nginx->configure(http => sites(9));
ok $nginx->reload, 'nine flags';
my $segments = segments();
like $segments, qr/\d/, 'workers share memory';
ok $nginx->reload, 'and again';
is segments(), $segments, 'in the same shared memory';

$nginx->configure(http => sites(10));
ok $nginx->reload, 'one site more';
is segments(), $segments, 'fits the old segment';
my ($more) = grep { $_->{name} eq 'shop10.example' } @{ status($nginx)->{sites} };
is $more->{flag}, $nginx->dir . '/flag9', 'and is there';


# ---- a worker that dies finds what was known

$nginx->configure(http => config(upstream('shop', @shops[0, 1])));
ok $nginx->reload, 'the check is back';
ok wait_for_peer($nginx, 'shop', $shops[0], 'up'), 'one is up';
ok wait_for_peer($nginx, 'shop', $shops[1], 'down'), 'one is down';
$up   = known(peer_of($nginx, 'shop', $shops[0]));
$down = known(peer_of($nginx, 'shop', $shops[1]));

$nginx->kill_worker($_) for $nginx->workers;
kept('all workers killed');

done_testing;
