#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Probes of type fastcgi against a real PHP-FPM of our own: its /ping and
# /status, scripts of any kind, and what is not FastCGI at all.

use ShopTest;
use ShopTest::Check;
use ShopTest::Status;

use ShopTest::Fpm qw(no_fpm);

plan(skip_all => no_fpm()) if no_fpm();

my $port = free_port();
my $six = IO::Socket::IP->new(LocalHost => '::1', Listen => 1) ? free_port()
    : undef;
my $fpm = ShopTest::Fpm->new(unix => {}, kept => {}, slow => { children => 1 },
    tcp => { listen => "127.0.0.1:$port" },
    $six ? (six => { listen => "[::1]:$six" }) : ());
my $dir = $fpm->dir;

$fpm->script('good.php', '<?php header("X-Shop: open"); echo "basket: ok";');
$fpm->script('sick.php', '<?php http_response_code(503); echo "sick";');
$fpm->script('away.php', '<?php http_response_code(503); '
    . 'header("Shop-Health: maint; reason=\"new disks\"");');
$fpm->script('fatal.php', '<?php nobody();');
$fpm->script('slow.php', '<?php sleep(20);');
$fpm->script('ask.php', <<'END');
<?php
$all = [];
foreach (['REQUEST_METHOD', 'REQUEST_URI', 'QUERY_STRING', 'SCRIPT_NAME',
          'HTTP_HOST', 'HTTP_X_PROBE', 'CONTENT_LENGTH', 'SHOP'] as $name) {
    $all[$name] = $_SERVER[$name] ?? null;
}
$all['body'] = file_get_contents('php://input');
file_put_contents(__DIR__ . '/asked/' . $_SERVER['SHOP'], json_encode($all));
END
mkdir "$dir/asked";
chmod 0777, "$dir/asked";

my $check = 'shop_health_check type=fastcgi interval=300ms fast=300ms fails=1 '
    . 'passes=1 timeout=5s';
my $unix = "server unix:$dir/unix; $check";

sub script { return "shop_health_fastcgi_param SCRIPT_FILENAME $dir/$_[0];" }

my @cases = (
    # name, upstream, result, detail
    ['/ping by default', "$unix;", ok => qr//],
    ['/ping over TCP', "server 127.0.0.1:$port; $check;", ok => qr//],
    $six ? ['/ping over IPv6', "server [::1]:$six; $check;", ok => qr//] : (),
    ['/ping by HEAD', "$unix method=HEAD;", ok => qr//],
    ['what /ping says', "$unix match=pong;", ok => qr//],
    ['/status', "$unix uri=/status?json match=pool;", ok => qr//],
    ['a script', "$unix uri=/good match=shop; @{[ script('good.php') ]}",
        ok => qr//],
    ['a script that says it is ill', "$unix; @{[ script('sick.php') ]}",
        status => qr/^status 503, wanted 200-399/],
    ['a script that dies', "$unix; @{[ script('fatal.php') ]}",
        status => qr/^status 500.*PHP Fatal error/],
    ['a script that is not there', "$unix uri=/none.php;",
        status => qr/^status 404, wanted 200-399: Primary script unknown/],
    ['a script that takes too long', "server unix:$dir/slow;
        shop_health_check type=fastcgi interval=5s fails=1 timeout=1s; "
        . script('slow.php'), timeout => qr/^timed out, no answer/],
    ['HTTP is not FastCGI', 'server ' . shop_server('garbage') . "; $check;",
        undef, qr/./],
    ['nobody listens', "server unix:$dir/nobody; $check;",
        connect_refused => qr/^no such socket$/],
);

my $nginx = checked(
    (map { $_->[1] } @cases),
    "$unix method=POST uri=/a/b?c=d;
     @{[ script('ask.php') ]}
     shop_health_fastcgi_param SHOP one;
     shop_health_header X-Probe yes;
     shop_health_header Host shop.example;
     shop_health_body 'x=1&y=2';",
    "server unix:$dir/kept; $check keepalive match=pool uri=/status?json;",
    { more => <<"MORE" . <<'END' },
        upstream away { $unix; @{[ script('away.php') ]} }
MORE
        shop_match pong { body ~ ^pong$; }
        shop_match pool { status 200; body ~ '"pool":"(unix|kept)"'; }
        shop_match shop { header X-Shop = open; body ~ "basket: ok"; }
END
);

is peer_of($nginx, 'away', "unix:$dir/unix")->{says}{reason}, 'new disks',
    'what a script says of itself'
    if wait_for_peer($nginx, 'away', "unix:$dir/unix", 'disabled')
    || fail 'a script says that it is away';

for my $i (0 .. $#cases) {
    my ($name, $upstream, $result, $detail) = @{ $cases[$i] };

    ok found($nginx, upstream => "u$i", result => $result, detail => $detail,
        state => ($result // '') eq 'ok' ? 'up' : 'down'), $name;
}

ok found($nginx, upstream => 'u' . @cases, state => 'up'), 'a POST';
is_deeply JSON::PP::decode_json($dir->read('asked/one')), {
    REQUEST_METHOD => 'POST', REQUEST_URI => '/a/b?c=d',
    QUERY_STRING => 'c=d', SCRIPT_NAME => '/a/b', HTTP_HOST => 'shop.example',
    HTTP_X_PROBE => 'yes', CONTENT_LENGTH => '7', SHOP => 'one',
    body => 'x=1&y=2',
}, 'with parameters, headers and a body';

ok found($nginx, upstream => 'u' . (@cases + 1), state => 'up', checks => 4),
    'a kept connection';

my $kept = checked(
    "server unix:$dir/kept; $check match=pool uri=/status?json;",
    { more => qq(shop_match pool { body ~ '"accepted conn":'; }\n) },
);
ok found($kept, state => 'up'), 'PHP-FPM counts what it accepted';


# ---- it goes and comes

$fpm->stop;
ok found($nginx, state => 'down'), 'PHP-FPM is stopped';

done_testing;
