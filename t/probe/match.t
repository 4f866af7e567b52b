#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What a good answer is: shop_match against answers over real sockets.

use ShopTest;
use ShopTest::Check;


my $body = "<h1>Welcome</h1>\nstock: 7\n";
my $deep = 'x' x (256 * 1024 - 4);

my @cases = (
    # name, lines of the block, answer, result, detail
    ['a status of the list', 'status 200 204;', [status => 204], ok => qr//],
    ['a status that is not', 'status 200 204;', [status => 301],
        status => qr/^status 301, wanted 200 204$/],
    ['a range', 'status 200-299 404;', [status => 404], ok => qr//],
    ['a status that is excluded', 'status ! 500-599;', [status => 503],
        status => qr/^status 503/],
    ['another one', 'status ! 500-599;', [status => 404], ok => qr//],
    ['a header that is there', 'header X-Ready;',
        [headers => ['x-ready' => '']], ok => qr//],
    ['a header that is not', 'header X-Ready;', [],
        header => qr/^header X-Ready is absent$/],
    ['a header that must not be', 'header ! X-Broken;',
        [headers => ['X-Broken' => 1]], header => qr/X-Broken/],
    ['a header with a value', 'header X-Mode = live;',
        [headers => ['X-Mode' => 'live']], ok => qr//],
    ['with another one', 'header X-Mode = live;',
        [headers => ['X-Mode' => 'test']], header => qr/X-Mode.*test/],
    ['a value that must not be', 'header X-Mode != test;',
        [headers => ['X-Mode' => 'test']], header => qr/X-Mode/],
    ['a header that matches', 'header Server ~ ^Shop/[0-9]+$;',
        [headers => [Server => 'Shop/12']], ok => qr//],
    ['one that does not', 'header Server ~ ^Shop/[0-9]+$;',
        [headers => [Server => 'Other']], header => qr/Server/],
    ['one that must not', 'header Server !~ Other;',
        [headers => [Server => 'Other']], header => qr/Server/],
    ['a body that matches', 'body ~ "stock: [1-9]";', [body => $body],
        ok => qr//],
    ['one that does not', 'body ~ "stock: 0";', [body => $body],
        body => qr/^body does not match "stock: 0"$/],
    ['one that must not', 'body !~ Welcome;', [body => $body],
        body => qr/^body matches/],
    ['a body in chunks that cut the words', 'body ~ Welcome;',
        [body => $body, chunked => 2], ok => qr//],
    ['a body that comes byte by byte', 'body ~ "stock: 7";',
        [body => $body, drip => 0.001], ok => qr//],
    ['an end within 256k', 'body ~ fin$;', [body => $deep . 'fin'],
        ok => qr//],
    ['an end beyond', 'body ~ fin;', [body => $deep . '..fin'],
        body => qr/does not match/],
    ['all lines, and all hold', "status 200;\nheader X-A;\nbody ~ stock;",
        [body => $body, headers => ['X-A' => 1]], ok => qr//],
    ['all lines, and the status is told first',
        "body ~ nothing;\nheader X-A;\nstatus 201;", [body => $body],
        status => qr/^status 200, wanted 201$/],
    ['lines of another file', 'include %%DIR%%/good;', [status => 202],
        ok => qr//],
    ['a terminal is not to be played with', 'header X-Mode = live;',
        [headers => ['X-Mode' => "\x1b[31mred"]],
        header => qr/^[\x20-\x7e]+$/],
    ['a regex that gives up is no match', 'body ~ "^(a|aa)+$";',
        [body => 'a' x 200 . 'b'], body => qr/./],
    ['a good answer by default', '', [status => 302], ok => qr//],
);

my @shops = map { shop_server(@{ $_->[2] }) } @cases;
my $blocks = join '', map {
    $cases[$_][1] ? "shop_match m$_ { $cases[$_][1] }\n" : ''
} 0 .. $#cases;

my $nginx = checked(
    (map {
        "server $shops[$_]; shop_health_check interval=1s fails=1 timeout=10s "
            . ($cases[$_][1] ? "match=m$_;" : ';')
    } 0 .. $#cases),
    {
        more  => $blocks,
        files => { good => 'status 202;' },
    },
);

for my $i (0 .. $#cases) {
    my ($name, $lines, $answer, $result, $detail) = @{ $cases[$i] };

    ok found($nginx, upstream => "u$i", result => $result, detail => $detail,
        state => $result eq 'ok' ? 'up' : 'down'), "$name: $result";
}


# ---- a page that changes

$shops[14]->set('*', body => 'stock: 0');
ok found($nginx, upstream => 'u14', state => 'down', result => 'body'),
    'a body that stops matching takes the server down';
$shops[14]->set('*', body => 'stock: 9');
ok found($nginx, upstream => 'u14', state => 'up'),
    'and up when it matches again';

done_testing;
