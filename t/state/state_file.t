# Copyright (C) ngx_shop_failover_module authors
#
# `shop_state_file`: verdicts outlive a restart, a crash and a binary upgrade;
# a file that cannot be trusted is refused in one line.

use ShopTest;
use ShopTest::Status;

my @shops = map { shop_server(body => "shop $_") } 0 .. 1;


my $dir = ShopTest::Dir->new('state');
my $keys = ShopTest::Dir->new('key');
my $key = "$keys/key";

chmod 0777, "$dir";


sub config {
    my ($file, @servers) = @_;
    my $servers = join "\n", map { "server $_;" } @servers;

    return <<"END";
        shop_state_file $file;
        upstream shop {
            $servers
            shop_health_check uri=/healthz interval=60s fast=100ms timeout=30s;
        }
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://shop; proxy_next_upstream off; }
            location /status { shop_status; }
            location /control { shop_control $key; }
        }
END
}


sub known {
    my ($nginx, $server) = @_;
    my $peer = peer_of($nginx, 'shop', $server);

    return join ' ', map { "$_=" . ($peer->{$_} // 'none') }
        qw(state since checks fails);
}


sub read_file {
    my ($path) = @_;

    open my $in, '<:raw', $path or return '';
    return do { local $/; <$in> };
}


sub write_file {
    my ($path, $content) = @_;

    open my $out, '>:raw', $path or die "$path: $!\n";
    print $out $content;
    close $out;
    return;
}


# the checksum of logic/story/saved
sub checksum {
    my ($content) = @_;
    my $hash = 0xcbf29ce484222325;

    use integer;
    for my $byte (unpack 'C*', substr($content, 0, 40) . substr $content, 48) {
        $hash ^= $byte;
        $hash *= 0x100000001b3;
    }

    return $hash;
}


# the file as if it had been written so many seconds ago
sub aged {
    my ($content, $seconds) = @_;
    my $at = unpack 'q<', substr $content, 24, 8;

    substr $content, 24, 8, pack 'q<', $at - 1000 * $seconds;

    return summed($content);
}


# ... as if by another version of the module
sub of_version {
    my ($content, $version) = @_;

    substr $content, 8, 4, pack 'V', $version;

    return summed($content);
}


sub summed {
    my ($content) = @_;

    substr $content, 40, 8, pack 'q<', checksum($content);

    return $content;
}


sub order {
    my ($nginx, $body) = @_;

    return post($nginx, '/control', body => $body,
        headers => [Authorization => 'Bearer ' . 'k' x 40])->{status};
}


# "draining, disk, no end": what an operator's order makes of a server
sub ordered {
    my ($nginx, $server) = @_;
    my $peer = peer_of($nginx, 'shop', $server);
    my $override = $peer->{override} || {};

    return join ', ', $peer->{state}, $override->{reason} // 'no order',
        $override->{until} // 'no end';
}


sub refusals {
    my ($nginx) = @_;

    # at the start nginx says it on its standard error, too
    return map { /^\d.*state file .* is not used: (.*)/ ? $1 : () }
        $nginx->log->lines;
}


write_file($key, 'k' x 40);
chmod 0600, $key;
my $file = "$dir/state";

$shops[1]->set('/healthz', status => 500);

my $nginx = nginx(http => config($file, @shops));

ok wait_for_peer($nginx, 'shop', $shops[0], 'up'), 'one server is up';
ok wait_for_peer($nginx, 'shop', $shops[1], 'down'), 'the other is down';
is_deeply [refusals($nginx)], [], 'no file is no reason to complain';

# from now on nothing more is found out
$_->set('/healthz', 'hang') for @shops;

my @known = map { known($nginx, $_) } @shops;
my @took  = map { peer_of($nginx, 'shop', $_)->{history_ms} } @shops;


# the states that the site's last day has
sub day {
    my ($nginx) = @_;
    my %seen = map { ($_->{state} // 'unknown') => 1 }
        @{ status($nginx)->{site}{day}{states} };

    return join ' ', sort keys %seen;
}


sub kept {
    my ($what) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is known($nginx, $shops[$_]), $known[$_], "$what: server $_ is known"
        for 0, 1;
    is_deeply peer_of($nginx, 'shop', $shops[$_])->{history_ms}, $took[$_],
        "$what: and how long its probes took" for 0, 1;
    is day($nginx), 'degraded unknown', "$what: and the site's last day";
    is_deeply [grep { get($nginx, '/')->{body} ne 'shop 0' } 1 .. 4], [],
        "$what: the first visitors are sent to the one that is up";
}


# ---- restart and crash

$nginx->stop;
ok -s $file, 'at its end there is a file';
$nginx->start;
kept('a restart');

ok wait_until(15, sub { read_file($file) }), 'the file is there';
$nginx->{process}->stop('KILL', 5);
delete $nginx->{process};
$nginx->start;
kept('all killed');

$nginx->stop;
is_deeply [refusals($nginx)], [], 'nothing was refused';
is_deeply [grep { !/\/state\z/ } glob "$dir/*"], [], 'nothing is left behind';


# ---- transitions are saved as they happen

{
    my $shop = shop_server();
    my $path = "$dir/edges";
    my $nginx = nginx(http => config($path, $shop) =~ s/interval=60s/interval=100ms/r);

    ok wait_until(15, sub { -s $path }), 'the first verdict is saved';
    $shop->set('/healthz', status => 500);
    ok wait_for_peer($nginx, 'shop', $shop, 'down'), 'a server goes down';
    ok wait_until(15, sub { read_file($path) =~ /wanted 200-399/ }),
        'which is saved at once';

    write_file("$dir/other", 'of somebody else');
    chmod 0666, "$dir/other";
    link "$dir/other", "$path.$_.tmp" or die "link: $!\n" for $nginx->workers;
    $shop->set('/healthz', status => 200);
    ok wait_until(15, sub { read_file($path) !~ /wanted 200-399/ }),
        'so is that it comes back';
    $shop->set('/healthz', status => 500);
    ok wait_until(15, sub { read_file($path) =~ /wanted 200-399/ }),
        'and that it goes again';
    is read_file("$dir/other"), 'of somebody else',
        'not through a link that somebody made beside it';

    $nginx->{process}->stop('KILL', 5);
    delete $nginx->{process};
    $shop->set('/healthz', 'hang');
    $nginx->start;
    is peer_of($nginx, 'shop', $shop)->{state}, 'down', 'and read after a crash';
    is get($nginx, '/')->{status}, 502, 'before the first request';
    $nginx->stop;
}


# ---- files that are refused

my $good = read_file($file);
my %bad = (
    'torn at 0'     => ['',                         qr/torn/],
    'torn at 5'     => [substr($good, 0, 5),        qr/torn/],
    'torn at 47'    => [substr($good, 0, 47),       qr/torn/],
    'torn at 48'    => [substr($good, 0, 48),       qr/torn/],
    'torn late'     => [substr($good, 0, -1),       qr/torn/],
    'too long'      => ["$good\0",                  qr/torn/],
    'a byte other'  => [$good =~ s/hop/hip/r,       qr/torn/],
    'no state file' => ["up\n",                     qr/no state file/],
    'old'           => [aged($good, 3600),          qr/too old/],
    'of tomorrow'   => [aged($good, -86_400),       qr/in the future/],
    'of version 0'  => [of_version($good, 0),       qr/another version/],
    'of version 4'  => [of_version($good, 4),       qr/another version/],
);

for my $name (sort keys %bad) {
    my ($content, $reason) = @{ $bad{$name} };
    my $path = "$dir/bad";

    write_file($path, $content);

    my $nginx = nginx(workers => 1, http => config($path, @shops));
    my @refusals = refusals($nginx);

    is scalar(@refusals), 1, "$name: one line";
    like $refusals[0], $reason, "$name: the reason";
    is peer_of($nginx, 'shop', $shops[1])->{state}, 'checking',
        "$name: nothing is taken over";
    $nginx->stop;
}

write_file("$dir/good", aged($good, 1));
my $other = nginx(workers => 1, http => config("$dir/good", @shops[1, 0]));
is peer_of($other, 'shop', $shops[1])->{state}, 'down',
    'another order is the same configuration';
$other->stop;

write_file("$dir/good", aged($good, 1));
$other = nginx(workers => 1, http => config("$dir/good", $shops[1]));
is_deeply [refusals($other)], ['it is of another configuration'],
    'other servers are another one';
$other->stop;


write_file("$dir/good", of_version($good, 1));
$other = nginx(workers => 1, http => config("$dir/good", @shops));
is peer_of($other, 'shop', $shops[1])->{state}, 'down',
    'a file of the version before is read';
$other->stop;


# ---- orders of an operator

{
    my $path = "$dir/orders";
    my $spare = shop_server(body => 'spare');
    my $config = config($path, @shops)
        =~ s/(?=shop_health_check)/server $spare backup;/r;

    $spare->set('/healthz', 'hang');
    my $nginx = nginx(http => $config);

    is order($nginx, "action=drain&peer=$shops[0]&reason=disk"), 200,
        'an order without an end';
    is order($nginx, "action=down&peer=$shops[1]&for=1h&reason=cpu"), 200,
        'and one with an end';
    is order($nginx, "action=up&peer=$spare&for=2s"), 200,
        'and a short one';

    my ($drained, $downed) = map { ordered($nginx, $_) } @shops;
    like $drained, qr/\Adraining, disk, no end\z/, 'one is drained';
    like $downed, qr/\Adisabled, cpu, 20/, 'the other is down';

    ok wait_until(15, sub { read_file($path) =~ /disk/ && read_file($path) =~ /cpu/ }),
        'orders are saved though no probe has ended';

    $nginx->{process}->stop('KILL', 5);
    delete $nginx->{process};
    select undef, undef, undef, 2.1;
    $nginx->start;

    is ordered($nginx, $shops[0]), $drained, 'after a crash it is still drained';
    is ordered($nginx, $shops[1]), $downed, '... and down, to the same end';
    like ordered($nginx, $spare), qr/no order/,
        '... and what ended meanwhile has ended';
    is get($nginx, '/')->{body}, 'spare', 'the first visitor is kept off, too';
    ok scalar $nginx->log->find(qr/\[notice\].*orders for 2 peers stand/),
        '... which the log says';

    # the first file after a start is written anyway
    for my $reason (qw(fan psu)) {
        is order($nginx, "action=drain&peer=$shops[0]&reason=$reason"), 200,
            'another reason, which changes no state';
        ok wait_until(15, sub { read_file($path) =~ /$reason/ }),
            'is saved, too';
    }

    $drained = ordered($nginx, $shops[0]);

    $nginx->stop;
    my $saved = read_file($path);

    my %kept = (
        'too old'               => [$config, aged($saved, 7 * 86_400)],
        'in the future'         => [$config, aged($saved, -86_400)],
        'another configuration' => [$config =~ s/\S+ backup/127.0.0.1:2 backup/r, $saved],
    );

    for my $reason (sort keys %kept) {
        my ($other, $content) = @{ $kept{$reason} };

        write_file($path, $content);
        $nginx = nginx(workers => 1, http => $other);
        is ordered($nginx, $shops[0]), $drained, "$reason: orders stand";

        my @refusals = refusals($nginx);
        is scalar(@refusals), 1, "$reason: one line";
        like $refusals[0], qr/\Q$reason\E; orders for servers in it stand/,
            "$reason: which says so";
        $nginx->stop;
    }

    write_file($path, $saved);
    $nginx = nginx(http => $config);
    is order($nginx, "action=enable&peer=$shops[$_]"), 200, 'enable' for 0, 1;
    $nginx->stop;
    unlike read_file($path), qr/psu|cpu/, 'what was ended is not saved';
    $nginx->start;
    like ordered($nginx, $_), qr/no order/, 'nor does it come back' for @shops;
    $nginx->stop;
}


# ---- a binary upgrade: only a daemon does that

{
    write_file($file, aged($good, 1));
    $nginx = nginx(daemon => 'on', http => config($file, @shops));
    kept('before the upgrade');
    is order($nginx, "action=drain&peer=$shops[1]&reason=disk"), 200,
        'an order before the upgrade';
    ok wait_until(15, sub { read_file($file) =~ /disk/ }), 'is saved';

    ok $nginx->upgrade, 'a new binary takes over';
    is ordered($nginx, $shops[1]), 'draining, disk, no end',
        'the order stands after the upgrade';
    is order($nginx, "action=enable&peer=$shops[1]"), 200, 'until it is ended';
    kept('after the upgrade');
    is_deeply [refusals($nginx)], [], 'nothing was refused';

    my @read = $nginx->log->find(qr/^\d.*the state of 2 peers/);
    is scalar(@read), 2, 'each has read the file';

    $nginx->stop;
}


# ---- a place that cannot be written to

{
    mkdir "$dir/closed" or die;
    chmod 0555, "$dir/closed";

    my $nginx = nginx(http => config("$dir/closed/state", @shops));

    $shops[0]->set('/healthz', 'ok');
    $nginx->kill_worker($_) for $nginx->workers;

    my $said = qr/state file .* cannot be written: open\(\) failed/;
    ok $nginx->log->wait_for($said, 20), 'a directory of others: said';
    $nginx->kill_worker($_) for $nginx->workers;
    ok wait_for_peer($nginx, 'shop', $shops[0], 'up'), 'probes go on';
    is scalar(my @lines = $nginx->log->find($said)), 1, 'once';

    chmod 0777, "$dir/closed";
    ok $nginx->log->wait_for(qr/state file .* is written again/, 30),
        'and when it can be';
    ok -s "$dir/closed/state", 'it is';
    $nginx->stop;
}


SKIP: {
    my $disk = "$dir/disk";

    mkdir $disk or die;
    skip 'no small file system can be mounted', 4
        if system "mount -t tmpfs -o size=64k,mode=777 tmpfs $disk 2>/dev/null";

    write_file("$disk/filler", "\0" x 65536);

    my $nginx = nginx(http => config("$disk/state", @shops));
    my $said = qr/state file .* cannot be written: \S+ failed.*\(28:/;

    ok $nginx->log->wait_for(qr/state file .* cannot be written: .* failed/, 20),
        'a full disk is said';
    select undef, undef, undef, 2;
    is scalar(my @lines = $nginx->log->find(qr/cannot be written/)), 1, 'once';
    is_deeply [grep { m{/state[^/]*\z} } glob "$disk/*"], [],
        'and no half a file is left';
    unlink "$disk/filler";
    ok $nginx->log->wait_for(qr/is written again/, 30), 'then it goes on';
    $nginx->stop;
    system "umount $disk";
}


# ---- the directive

config_fails('no directory', qr/directory ".*\/nowhere\/" of "shop_state_file"/,
    http => "shop_state_file $dir/nowhere/state;");
config_fails('a directory', qr/invalid value ".*" in "shop_state_file"/,
    http => "shop_state_file $dir;");
config_fails('a variable', qr/invalid value "\S+\$pid" in "shop_state_file"/,
    http => "shop_state_file $dir/\$pid;");
config_fails('twice', qr/"shop_state_file" directive is duplicate/,
    http => "shop_state_file $dir/a; shop_state_file $dir/b;");

done_testing;
