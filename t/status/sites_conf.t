#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What cannot be meant by shop_site and shop_upstreams is refused with its name
# and with what is right; what can be meant is one site or two.

use ShopTest;

use JSON::PP ();

my $upstream = <<'END';
    upstream shop {
        server 127.0.0.1:1;
        shop_health_check interval=60s;
    }
    upstream plain { server 127.0.0.1:1; }
END

my $pass = 'location / { proxy_pass http://shop; }';


config_fails('an unknown upstream',
    qr/upstream "shopp" of "shop_upstreams" is not known/,
    http => "$upstream server { shop_upstreams shopp; $pass }");
config_fails('an upstream twice',
    qr/upstream "shop" is given twice in "shop_upstreams"/,
    http => "$upstream server { shop_upstreams shop shop=optional; $pass }");
config_fails('another word than optional',
    qr/invalid value "shop=vital" in "shop_upstreams", expected/,
    http => "$upstream server { shop_upstreams shop=vital; $pass }");
config_fails('a name with a blank',
    qr/invalid value "a shop" in "shop_site", expected a name/,
    http => "server { shop_site 'a shop'; }");
config_fails('a variable',
    qr/invalid value "\$host" in "shop_site"/,
    http => "server { shop_site \$host; }");
config_fails('a name with two flags',
    qr{site "one" has the flag "/tmp/one" in one place and "/tmp/two" in},
    http => 'server { shop_site one; shop_maintenance /tmp/one; }'
        . ' server { shop_site one; shop_maintenance /tmp/two; }');


# ---- names without the directive

my $nginx = nginx(http => <<"END");
    $upstream
    server {
        listen %%ADDR%%;
        server_name _;
        shop_maintenance %%DIR%%/one;
        location /admin { shop_maintenance %%DIR%%/two; }
        location /status { shop_status json; }
    }
    server { listen %%ADDR_MORE%%; server_name a.example b.example; $pass }
    server { listen %%ADDR_SAME%%; server_name a.example; $pass }
    server { listen %%ADDR_ELSE%%; location / { proxy_pass http://plain; } }
END

my $at = $nginx->address;
my $json = JSON::PP::decode_json(get($nginx, '/status')->{body});

is join(' ', map { $_->{name} } @{ $json->{sites} }),
    "$at $at/admin a.example",
    'an address without a name, the path of another flag, one of a name';

done_testing;
