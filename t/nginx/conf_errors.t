#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Bad input: each is refused by `nginx -t` with one line that quotes the value
# and says what would be right.

use ShopTest;


sub upstream { return "upstream shop { server 127.0.0.1:1; $_[0] }" }
sub server   { return "server { listen %%ADDR%%; $_[0] }" }
sub location { return server("location / { $_[0] }") }

my @check = (
    ['interval=abc',   qr/"abc" of parameter "interval".*such as 5s/],
    ['interval=50ms',  qr/"50ms" of parameter "interval".*from 100ms/],
    ['interval=',      qr/"" of parameter "interval"/],
    ['interval=-1',    qr/"-1" of parameter "interval"/],
    ['interval=99999999999999999999', qr/of parameter "interval"/],
    ['fast=1ms',       qr/"1ms" of parameter "fast".*from 50ms/],
    ['timeout=0',      qr/"0" of parameter "timeout".*such as 2s/],
    ['jitter=10',      qr/"10" of parameter "jitter".*such as 10%/],
    ['jitter=60%',     qr/"60%" of parameter "jitter".*0% to 50%/],
    ['fails=0',        qr/"0" of parameter "fails".*1 to 1000/],
    ['passes=x',       qr/"x" of parameter "passes".*1 to 1000/],
    ['port=70000',     qr/"70000" of parameter "port".*1 to 65535/],
    ['uri=healthz',    qr/"healthz" of parameter "uri".*begins with "\/"/],
    ['"uri=/a b"',     qr/"\/a b" of parameter "uri"/],
    ['type=icmp',      qr/"icmp" of parameter "type".*http/],
    ['mandatory=yes',  qr/"yes" of parameter "mandatory".*on or off/],
    ['uri=/ uri=/a',   qr/"uri" of "shop_health_check" is given twice/],
    ['url=/',          qr/unknown parameter "url=\/".*known are:.* uri=/],
    ['/healthz',       qr/unknown parameter "\/healthz"/],
    ['match=good',     qr/"match=good".*name of a "shop_match" block/],
);

config_fails("shop_health_check $_->[0]", $_->[1],
             http => upstream("shop_health_check $_->[0];")) for @check;

my @others = (
    # what                             the line             as http text
    ['shop_health_check twice', qr/is duplicate/,
     upstream('shop_health_check; shop_health_check;')],
    ['shop_health_check in a server', qr/is not allowed here/,
     server('shop_health_check;')],

    ['shop_maintenance without a path', qr/invalid number of arguments/,
     server('shop_maintenance;')],
    ['shop_maintenance ""', qr/"" in "shop_maintenance", expected the path/,
     server('shop_maintenance "";')],
    ['shop_maintenance with a variable', qr/"\/run\/\$host" in .*watched/,
     server('shop_maintenance /run/$host;')],
    ['shop_maintenance twice', qr/is duplicate/,
     server('shop_maintenance /a; shop_maintenance /b;')],
    ['shop_maintenance in an upstream', qr/is not allowed here/,
     upstream('shop_maintenance /a;')],

    ['shop_zone 5', qr/"5" in "shop_zone".*at least \d+k such as 1m/,
     'shop_zone 5;'],
    ['shop_zone abc', qr/"abc" in "shop_zone"/, 'shop_zone abc;'],
    ['shop_zone twice', qr/is duplicate/, 'shop_zone 1m; shop_zone 1m;'],
    ['shop_zone in a server', qr/is not allowed here/, server('shop_zone 1m;')],

    ['shop_status xml', qr/"xml" in "shop_status", expected/,
     location('shop_status xml;')],
    ['shop_status twice', qr/is duplicate/,
     location('shop_status; shop_status;')],
    ['shop_status in a server', qr/is not allowed here/,
     server('shop_status;')],

    ['shop_fallback maybe', qr/"maybe" in "shop_fallback".*on or off/,
     server('shop_fallback maybe;')],
    ['shop_fallback on intercept=200', qr/"200" in "intercept".*400 to 599/,
     server('shop_fallback on intercept=200;')],
    ['shop_fallback on intercept=500,', qr/"" in "intercept"/,
     server('shop_fallback on intercept=500,;')],
    ['shop_fallback off intercept=500', qr/"intercept=500" of "shop_fallback o/,
     server('shop_fallback off intercept=500;')],
    ['shop_fallback on code=500', qr/"code=500".*intercept=CODE/,
     server('shop_fallback on code=500;')],
    ['shop_fallback twice', qr/is duplicate/,
     server('shop_fallback on; shop_fallback on;')],

    ['shop_page_dir of nothing', qr/"\/nowhere" in "shop_page_dir".*directory/,
     server('shop_page_dir /nowhere;')],
    ['shop_page_dir twice', qr/is duplicate/,
     server('shop_page_dir %%DIR%%; shop_page_dir %%DIR%%;')],
    ['shop_page_var with a space', qr/"a b" in "shop_page_var".*letters/,
     server('shop_page_var "a b" c;')],
    ['shop_page_var twice', qr/"shop_page_var name" is given twice/,
     server('shop_page_var name a; shop_page_var name b;')],

    ['shop_retry_after soon', qr/"soon" in "shop_retry_after".*from 1s to 7d/,
     server('shop_retry_after soon;')],
    ['shop_retry_after 10s', qr/"10s" in "shop_retry_after".*30s.*3600s/,
     server('shop_retry_after 10s;')],
    ['shop_retry_after 60s min=0', qr/"0" of parameter "min"/,
     server('shop_retry_after 60s min=0;')],
    ['shop_retry_after 60s least=1s', qr/"least=1s".*known are: min= max=/,
     server('shop_retry_after 60s least=1s;')],

    ['shop_cors *', qr/"\*" in "shop_cors".*https:\/\/app/,
     server('shop_cors *;')],
    ['shop_cors with a path', qr/"https:\/\/a\/b" in "shop_cors"/,
     server('shop_cors https://a/b;')],
    ['shop_cors twice', qr/is duplicate/,
     server('shop_cors https://a; shop_cors https://b;')],

    ['shop_public_status status', qr/"status" in .*such as \/.shop-status/,
     server('shop_public_status status;')],
    ['shop_public_status twice', qr/is duplicate/,
     server('shop_public_status /a; shop_public_status /b;')],
);

config_fails($_->[0], $_->[1], http => $_->[2]) for @others;


# ---- who passes

my %keys = (
    key   => ('k' x 40) . "\n",
    short => "12345\n",
    long  => 'x' x 5000,
);

my @gates = (
    ['shop_bypass office.example;',
        qr/"office.example" in "shop_bypass", expected an address/],
    ['shop_bypass 10.0.0.0/33;',
        qr{"10.0.0.0/33" in "shop_bypass", expected an address}],
    ['shop_bypass off 10.0.0.0/8;', qr/"off" in "shop_bypass", expected/],
    ['shop_bypass off; shop_bypass 10.0.0.0/8;', qr/is given beside "off"/],
    ['shop_bypass 10.0.0.0/8; shop_bypass off;', qr/is "off" beside addresses/],

    ['shop_bypass_key %%DIR%%/none;',
        qr/none" of "shop_bypass_key" cannot be read; make one with: /],
    ['shop_bypass_key %%DIR%%/short;',
        qr/short" of "shop_bypass_key" is too short, .* 32 bytes; make one/],
    ['shop_bypass_key %%DIR%%/long;',
        qr/long" of "shop_bypass_key" is larger than 4096 bytes/],
    ['shop_bypass_key %%DIR%%/key ttl=0;',
        qr/"0" of parameter "ttl" in "shop_bypass_key".*such as 12h/],
    ['shop_bypass_key %%DIR%%/key domain=shop.example;',
        qr/"shop\.example" of parameter "domain"|"shop\.example" of "domain"/],
    ['shop_bypass_key %%DIR%%/key domain=.example;',
        qr/"\.example" of "domain" in "shop_bypass_key", expected a dot and/],
    ['shop_bypass_key %%DIR%%/key tll=1h;',
        qr/unknown parameter "tll=1h" of "shop_bypass_key", known are: ttl=/],
    ['shop_bypass_key %%DIR%%/key; shop_bypass_key %%DIR%%/key;',
        qr/is duplicate/],

    ['shop_reopen hold=1x;', qr/"1x" of parameter "hold".*such as 10s/],
    ['shop_reopen ramp=2d;', qr/"2d" of parameter "ramp".*from 0s to 1d/],
    ['shop_reopen hold=1s hold=2s;', qr/"hold" of "shop_reopen" is given tw/],
    ['shop_reopen hold=1s; shop_reopen hold=1s;', qr/is duplicate/],
    ['shop_maintenance /f; location /a { shop_reopen hold=1s; }',
        qr/hold=1000ms .* hold=10000ms .* site "[\d.:]+": a site reopens in one/],
);

config_fails($_->[0], $_->[1], keys => \%keys, http => server($_->[0]))
    for @gates;

for my $names ('shop.test evilshop.example', '*.shop.test', 'example') {
    my (undef, $out) = ShopTest::Nginx->new(keys => \%keys, http => <<"END")->test;
    server {
        server_name $names;
        shop_bypass_key %%DIR%%/key domain=.shop.example;
    }
END
    my ($first) = split ' ', $names;

    like $out, qr/\[warn\].*"domain=\.shop\.example" of "shop_bypass_key" is no (?#
        )parent of server "\Q$first\E"/, "a domain above none of: $names";
}

for my $names (qw(shop.example *.shop.example _ www.* ~^(www|shop)), '""') {
    config_ok("a domain of server_name $names", keys => \%keys,
        http => 'shop_bypass_key %%DIR%%/key domain=.shop.example;'
            . "server { server_name $names; }");
}


# ---- page files

my @pages = (
    ['page.html', "<p>\n{{nonsense}}", qr/page\.html:2: no such name/],
    ['page.html', '{{#eta.iso}}', qr/page\.html:1: the section is not closed/],
    ['page.html', "<p>\n{{#post}}\n{{#unsent}}\n<b>\n{{/post}}",
     qr/page\.html:3: the section is not closed before the one around it/],
    ['page.html', '<script>{{title}}</script>', qr/page\.html:1: .*safe only/],
    ['page.html', '<a href={{url.home}}>', qr/page\.html:1: /],
    ['page.txt', '{{t.none}}', qr/page\.txt:1: no such name/],
    ['lang/de.txt', "doing = x\nnonsense", qr/lang\/de\.txt:2: no "="/],
    ['lang/sv.txt', 'typo = x', qr/lang\/sv\.txt:1: unknown key/],
);

for my $page (@pages) {
    my ($name, $text, $expected) = @$page;

    config_fails("$name with $text", $expected,
        files => { "page/$name" => $text },
        http => server('shop_page_dir %%DIR%%/page; shop_maintenance /a;'));
}

my ($blocked, $output) = ShopTest::Nginx->new(
    files => { 'page/page.html' => "<p>\n<img src=/a.png>{{title}}"
                   . ' 'x 9000,
               'page/look/hero.css' => "a{}\n\@import 'x';" },
    http => server('shop_page_dir %%DIR%%/page; shop_maintenance /a;'))->test;

is $blocked, 0, 'what a browser blocks is taken';
like $output, qr/\[warn\].*page\.html:2: "src=\/a\.png": the browser blocks it/,
    'and told with its line';
like $output, qr/\[warn\].*hero\.css:2: "\@import": the browser blocks it/,
    'of a style, too';
like $output, qr/\[warn\].*the page of ".*page" has 9\d\d\d bytes without/,
    'and a page that is too large';

config_ok('all that is right',
    files => { 'page/page.txt' => "{{title}}\n",
               'page/lang/sv.txt' => 'doing_title = Hej' },
    http => 'shop_zone 1m; shop_retry_after 60s min=10s max=2m;'
        . upstream('shop_health_check uri=/healthz interval=500ms fast=100ms '
                   . 'timeout=1s jitter=0% fails=3 passes=1 port=81 mandatory '
                   . 'type=http;')
        . server('shop_maintenance %%DIR%%/flag; shop_page_dir %%DIR%%/page;'
                 . 'shop_page_var name "A & B"; shop_cors https://a.example;'
                 . 'shop_fallback on intercept=500,503;'
                 . 'shop_public_status off;'
                 . 'location /s { shop_status json; }'));

done_testing;
