#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# "if" and "limit_except" make nameless locations inside of one: what is never
# closed is not closed there either, and what answers outside answers there;
# but a server of the shop that "if" names is closed.

use ShopTest;
use ShopTest::Status;

use JSON::PP qw(decode_json);

my $KEY = 'k' x 40;
my $shop = shop_server(body => 'shop');

my $nginx = nginx(keys => { key => "$KEY\n" }, http => <<"END");
    upstream shop {
        server $shop;
        shop_health_check interval=300ms fast=100ms;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        shop_reopen hold=0s;
        shop_bypass_key %%DIR%%/key;

        location / {
            if (\$arg_x) { set \$y 1; }
            proxy_pass http://shop;
        }

        location = /status {
            shop_status json;
            if (\$arg_x) { set \$y 1; }
        }

        location = /twice {
            shop_status prometheus;
            if (\$arg_x) { set \$y 1; }
            if (\$arg_z) { set \$y 2; }
            limit_except HEAD { allow all; }
        }

        location = /html {
            shop_status html;
            if (\$arg_x) { set \$y 1; }
        }

        location = /leak {
            shop_status json;
            if (\$arg_x) { proxy_pass http://shop; }
        }

        location = /last {
            shop_status json;
            proxy_pass http://shop;
        }

        location = /limited {
            shop_status json;
            limit_except POST { allow all; }
        }

        location = /denied {
            shop_status json;
            limit_except HEAD { deny all; }
        }

        location = /control {
            shop_control %%DIR%%/key;
            if (\$arg_x) { set \$y 1; }
        }

        location = /control_limited {
            shop_control %%DIR%%/key;
            limit_except GET { allow 127.0.0.1; deny all; }
        }

        location /status/below {
            shop_status json;
            location /status/below/shop { proxy_pass http://shop; }
            location /status/below/none {
                shop_class none;
                limit_except GET { allow all; }
            }
        }

        location = /off {
            shop_maintenance off;
            if (\$arg_x) { set \$y 1; }
            limit_except GET { allow all; }
            proxy_pass http://shop;
        }
    }
END

ok wait_for_peer($nginx, 'shop', $shop, 'up'), 'the server is up';


sub order {
    my ($uri, %options) = @_;

    return post($nginx, $uri, body => "action=enable&upstream=shop&peer=$shop",
        headers => [Authorization => $options{auth} // "Bearer $KEY"]);
}


sub answers {
    my ($state) = @_;

    for my $uri (qw(/status /status?x=1 /limited /leak)) {
        my $answer = get($nginx, $uri);

        is $answer->{status}, 200, "$uri answers while the shop is $state";
        ok eval { decode_json($answer->{body})->{upstreams} },
            '... and it is the status';
    }

    for my $uri (qw(/twice /twice?x=1 /twice?z=1&x=1)) {
        like get($nginx, $uri)->{body}, qr/^# TYPE shop_/m,
            "$uri keeps its format while the shop is $state";
    }

    like get($nginx, '/html?x=1')->{headers}{'content-security-policy'},
        qr/default-src 'none'/, '... and its policy';

    is post($nginx, '/status?x=1', body => 'x')->{status}, 405,
        'a POST to the status is none of the shop';
    is get($nginx, '/denied')->{status}, 403, 'limit_except still denies';
    is head($nginx, '/denied')->{status}, 200, '... and allows';

    for my $uri (qw(/control /control?x=1 /control_limited)) {
        is order($uri)->{status}, 200,
            "$uri takes orders while the shop is $state";
        is order($uri, auth => 'Bearer no')->{status}, 401,
            '... of those who have the key';
    }

    for my $uri (qw(/off /off?x=1)) {
        is get($nginx, $uri)->{body}, 'shop', "$uri is not closed";
        is post($nginx, $uri, body => 'x')->{body}, 'shop', '... for a POST';
    }
    return;
}


answers('open');

$nginx->file('flag', '');
ok wait_until(10, sub {
    !grep { get($nginx, '/')->{status} != 503 } 1 .. 8
}), 'the shop is closed';

my $seen = $shop->count(uri => qr{leak|last|below|^/\?x});

answers('closed');

for my $uri (qw(/?x=1 /leak?x=1 /last /status/below/shop /status/below/none)) {
    is get($nginx, $uri)->{status}, 503, "$uri is closed";
    is post($nginx, $uri, body => 'x')->{status}, 503, '... for a POST';
}

is get($nginx, '/?x=1&shop-bypass=off')->{status}, 302,
    'a link is taken inside of "if"';
is $shop->count(uri => qr{leak|last|below|^/\?x}), $seen,
    'and the shop has heard of none of them';

done_testing;
