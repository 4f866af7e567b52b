#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Between the page and what a site's configuration does by itself: limits,
# error_page, add_header, a cached 502, JSON clients, and paths that are open.

use ShopTest;
use ShopTest::Alerts;
use ShopTest::Status;

my $shop = shop_server(body => 'shop');
my $gone = '127.0.0.1:' . free_port();

my $nginx = nginx(http => <<"END");
    proxy_cache_path %%DIR%%/cache keys_zone=one:1m;
    limit_req_zone \$host zone=none:1m rate=1r/m;
    limit_conn_zone \$host zone=seat:1m;
    log_format why '\$request_uri \$status "\$shop_fallback"';
    access_log %%DIR%%/why.log why;

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        shop_reopen hold=0s;
        shop_open /callback /*/hook;
        error_page 502 504 /old.html;

        location = /old.html { return 200 "old"; }
        location / { proxy_pass http://$shop; }
        location /old { proxy_pass http://$gone; }
        location /over {
            shop_fallback on intercept=503 over=error_page;
            proxy_pass http://$gone;
        }

        location /limit {
            shop_fallback on intercept=503,429;
            limit_req zone=none;
            proxy_pass http://$shop;
        }

        location /limit429 {
            shop_fallback on intercept=503,429;
            limit_req zone=none;
            limit_req_status 429;
            proxy_pass http://$shop;
        }

        location /limit_conn {
            shop_fallback on intercept=503;
            limit_conn seat 1;
            proxy_pass http://$shop;
        }

        location /unlisted { limit_req zone=none; proxy_pass http://$shop; }
        location /return {
            shop_fallback on intercept=503;
            return 503;
        }

        location /cached {
            shop_fallback on over=error_page;
            proxy_cache one;
            proxy_cache_valid any 1h;
            proxy_pass http://$gone;
        }

        location /off { shop_maintenance off; proxy_pass http://$gone; }
        location /paid {
            shop_maintenance off;
            shop_class callback;
            shop_fallback on over=error_page;
            proxy_pass http://$gone;
        }
        location = /status { shop_status; }
    }
END

my @html = (headers => [Accept => 'text/html']);

sub logged {
    my ($line) = @_;

    return wait_until(10, sub {
        open my $in, '<', $nginx->dir . '/why.log' or return 0;
        grep { $_ eq "$line\n" } <$in>;
    });
}


# ---- limits: the first request takes the only place

get($nginx, '/limit');

for my $path (qw(/limit /limit429)) {
    my $full = get($nginx, $path, @html);

    is $full->{status}, 503, "$path: no room";
    like $full->{body}, qr/many visitors at the moment/, 'says the page';
    unlike $full->{body}, qr/Started:|problem with our online shop/, 'and no more';
    is $full->{headers}{'shop-status'}, 'busy', 'also to monitors';
    ok $full->{headers}{'retry-after'}, 'with a time to come again';
    ok logged(qq{$path 503 "busy"}), 'named in the log';
}

$shop->set('/limit_conn', 'hang');
my $seated = client($nginx);
$seated->send(GET => '/limit_conn');
my $stands;
ok wait_until(10, sub {
    $stands = get($nginx, '/limit_conn', @html);
    $stands->{status} == 503;
}), 'limit_conn: the only seat is taken';
like $stands->{body}, qr/many visitors at the moment/, 'says the page';
is $stands->{headers}{'shop-status'}, 'busy', 'also to monitors';

unlike get($nginx, '/unlisted', @html)->{body}, qr/many visitors/,
    "without intercept a limit's own answer stays";
unlike get($nginx, '/return', @html)->{body}, qr/many visitors|problem with/,
    'and what "return" answers';


# ---- error_page

is get($nginx, '/old', @html)->{body}, 'old', 'error_page comes first';
ok logged('/old 502 "error_page"') || logged('/old 200 "error_page"'),
    'named in $shop_fallback';
ok wait_until(10, sub {
    get($nginx, '/status?format=prometheus')->{body}
        =~ /cause="error_page",[^}]*\} [1-9]/;
}), 'and counted';
like get($nginx, '/over', @html)->{body}, qr/problem with our online shop/,
    'over=error_page puts the page first';
is scalar(grep { /\d#\d+: "error_page 502"/ } $nginx->log->lines), 1,
    'nginx says so, once';


# ---- a cached 502 says nothing of the shop

like get($nginx, '/cached', @html)->{body}, qr/problem with our online shop/,
    'a 502 that is of now is a problem';
my $cached = get($nginx, '/cached', @html);
is $cached->{status}, 502, "that of the cache is nginx's own";
unlike $cached->{body}, qr/problem with our online shop/, 'and no problem';


# ---- who sends JSON reads JSON

for my $type ('application/json', 'application/graphql') {
    my $answer = post($nginx, '/over', body => '{}', headers =>
        ['Content-Type' => $type, Accept => '*/*']);
    is $answer->{headers}{'content-type'}, 'application/problem+json',
        "$type is answered with JSON";
}

my $exempt = post($nginx, '/off', body => 'a=1');
is $exempt->{body}, 'old', 'error_page comes first for an exempt one, too';

is post($nginx, '/over', body => '{}', headers =>
    ['Content-Type' => 'application/json'])->{headers}{'content-type'},
    'application/problem+json', 'also where it names nothing that it accepts';


# ---- a payment that the flag does not refuse is refused by an outage

sub metrics { return get($nginx, '/status?format=prometheus')->{body} }

my $before = metrics();
my $refused = post($nginx, '/paid', body => 'a=1');

is "$refused->{status} $refused->{headers}{'content-type'}",
    '503 application/problem+json', 'an exempt callback is told so';
ok $refused->{headers}{'retry-after'}, 'and when to come again';
my $site = $nginx->address;
like metrics(), qr/^shop_failover_refused_requests_total\{site="\Q$site\E",
    class="callback",outcome="refused"\}\ 1$/mx,
    'counted with its class and its site';
is_deeply [grep { /Callback/ } alerts(3, $before, metrics())],
    ['ShopCallbackRefused page'], 'and somebody is woken up';
is_deeply [grep { /TurnsVisitors|ErrorPage/ } alerts(12, metrics())], [],
    'what was long ago wakes nobody';


# ---- what is open, and what takes a POST

$nginx->file('flag', '');
ok wait_until(10, sub {
    !grep { get($nginx, '/')->{status} != 503 } 1 .. 4;
}), 'closed';

is get($nginx, $_)->{status}, 200, "$_ is open"
    for qw(/callback /callback/a?b=c //callback /%63allback /index.php/callback
           /x/../callback /de/hook);
is get($nginx, $_)->{status}, 503, "$_ is not"
    for qw(/ /callbacks /hook /callback/../cart /robots.txt /a/b/hook
           /?/callback);

$nginx->file('flag', "mode: browse /graphql\n");
ok wait_until(10, sub {
    !grep { get($nginx, '/')->{status} != 200 } 1 .. 4;
}), 'to be looked at';
is post($nginx, '/graphql', body => '{}')->{status}, 200, 'a listed path asks';
is post($nginx, '/cart', body => '{}')->{status}, 503, 'others do not';
is request($nginx, 'PUT', '/graphql', body => '{}')->{status}, 503,
    'nor other methods';

$nginx->file('flag', "mode: paths /*/checkout /cart*\n");
ok wait_until(10, sub { get($nginx, '/de/checkout')->{status} == 503 }),
    'a star is a segment';
is get($nginx, '/cart-x')->{status}, 503, 'or the end of one';
is get($nginx, '/index.php/cart')->{status}, 503, 'also by the front controller';
is get($nginx, $_)->{status}, 200, "$_ is open" for qw(/checkout /a/b/checkout);


# ---- words of nginx -t

sub warned {
    my ($lines) = @_;
    my ($status, $output) = ShopTest::Nginx->new(http => <<"END")->test;
    server { listen %%ADDR%%; shop_maintenance %%DIR%%/flag; $lines }
END

    return "$status $output";
}

like warned('shop_open /;'), qr/^1 .*\[emerg\] .*it is every path/s,
    'a pattern of every path is refused';
like warned("shop_open $_;"), qr/^0 .*\[warn\] .*"\Q$_\E".*can match nothing/s,
    "$_ can match nothing" for qw(cart /a?b=c /a%zz /../a);
like warned('location /c { shop_maintenance off; try_files $uri /index.php; }'),
    qr/^0 .*\[warn\] .*"shop_open \/c" in the server/s,
    'an exempt location that leads to another one is told of';
like warned('location /c { shop_maintenance off; rewrite ^ /index.php last; }'),
    qr/^0 .*\[warn\] .*"shop_open \/c" in the server/s, 'also by rewrite';
unlike warned('location /c { shop_maintenance off; return 200; }'),
    qr/\[warn\]/, 'not one that answers';

done_testing;
