#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Modes of the flag: browse lets safe methods pass, paths closes some; and
# locations that are never closed.

use ShopTest;

my $shop = shop_server(body => 'shop');

my $nginx = nginx(http => <<"END");
    shop_maintenance %%DIR%%/maintenance;
    shop_reopen hold=0s;

    server {
        listen %%ADDR%%;

        location / { proxy_pass http://$shop; }
        location /callback { shop_maintenance off; proxy_pass http://$shop; }
        location = /status { shop_status; }

        location /app/ {
            rewrite ^/app/(.*) /checkout/\$1 break;
            proxy_pass http://$shop;
        }
    }

    server {
        listen %%ADDR_FRONT%%;
        rewrite ^ /index.php last;

        location / { proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_ROOT%%;

        location / {
            rewrite ^ / break;
            proxy_pass http://$shop;
        }
    }
END

my $flag = $nginx->dir . '/maintenance';


sub answers {
    my ($method, $uri) = @_;

    return request($nginx, $method, $uri,
        $method =~ /^P/ ? (body => 'x') : ())->{status};
}

sub becomes {
    my ($status, $method, $uri, $name) = @_;

    return settles($name, sub { answers($method, $uri) == $status });
}


# ---- browse

replace_file($flag, "mode: browse\n");
becomes 503, 'POST', '/', 'browse refuses a POST';
is answers($_ => '/'), 503, "and $_" for qw(PUT PATCH DELETE);
is answers($_ => '/'), 200, "$_ passes" for qw(GET HEAD OPTIONS);
is answers('POST', '/callback'), 200, 'an exempt location takes a POST';

my $refused = post($nginx, '/cart', body => 'a=1', headers =>
    [Accept => 'text/html']);
is $refused->{status}, 503, 'a form that is refused';
ok $refused->{headers}{'retry-after'}, 'is told when to come again';
is $shop->count(uri => '/cart'), 0, 'and never reached the shop';


# ---- paths

replace_file($flag, "mode: paths /checkout /my%20account /cart/\n");
becomes 503, 'GET', '/checkout', 'a path is closed';
is answers('GET', '/'), 200, 'others are open';
is answers('POST', '/other'), 200, 'also to a POST';
is answers('GET', '/checkout/address'), 503, 'what is below a path is closed';
is answers('GET', '/checkout?x=1'), 503, 'with arguments, too';
is answers('GET', '/checkouts'), 200, 'a name that only begins so is open';
is answers('GET', '/cart'), 503, 'a slash at the end makes no difference';
is answers('GET', '/x/../checkout'), 503, 'nor does another way to write it';
is answers('GET', '/check%6fut'), 503, 'nor an escape';
is answers('GET', '//checkout'), 503, 'nor two slashes';
is answers('GET', '/my%20account/x'), 503, 'nor an escape in the flag';
is answers('GET', '/CHECKOUT'), 200, 'paths are told apart by case';
is answers('GET', '/app/x'), 503, 'what rewrite makes such a path of is closed';

for my $name (qw(FRONT ROOT)) {
    my $front = $nginx->address($name);

    is get($front, $_)->{status}, 503, "$name: $_ is closed before rewrite"
        for qw(/checkout /checkout?x=1 /check%6fut /x/..//checkout/y);
    is get($front, $_)->{status}, 200, "$name: $_ is not"
        for qw(/ /checkouts /?/checkout /x/checkout);
}

is get($nginx->address('FRONT'), "http://localhost$_")->{status}, 503,
    "also as http://localhost$_" for qw(/checkout /my%20account?a);
is get($nginx->address('FRONT'), "http://localhost$_")->{status}, 200,
    "but not http://localhost$_" for '', '?/checkout';


# ---- full, and what is never closed

replace_file($flag, '');
becomes 503, 'GET', '/', 'full closes all';
is answers($_ => '/'), 503, "also to $_" for qw(HEAD POST PUT DELETE);
is answers('GET', '/callback/paid'), 200, 'but what is exempt';
is answers('POST', '/callback/paid'), 200, 'also for a POST';
is answers('GET', '/status'), 200, 'and the status';

unlink $flag;
becomes 200, 'POST', '/', 'open again';

done_testing;
