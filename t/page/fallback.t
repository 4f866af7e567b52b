#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The page in place of 502 and 504: after a stale copy and after the
# operator's own error_page, only in the location that proxied, and with the
# truth about a POST; and $shop_fallback, which names every page of ours.

use ShopTest;
use ShopTest::Process;
use ShopTest::Status;

use IO::Socket::IP;

my $shop = shop_server(body => 'the shop', headers => [
    'Cache-Control' => 'max-age=1', 'Set-Cookie' => 'basket=1']);
my $gone = free_port();
my $broken = '127.0.0.1:' . free_port();

# takes what is sent, in any protocol, and closes
my $listener = IO::Socket::IP->new(LocalAddr => $broken, Listen => 64)
    or die "listen: $!\n";

my $taker = ShopTest::Process->spawn(sub {
    while (my $client = $listener->accept) {
        sysread $client, my $request, 65_536;
    }
});

close $listener;

my $nginx = nginx(http => <<"END");
    proxy_cache_path %%DIR%%/cache keys_zone=one:1m;
    log_format why '\$request_method \$uri \$status "\$shop_fallback"';
    log_format asked '\$request_uri "\$shop_fallback"';
    access_log %%DIR%%/why.log why;
    access_log %%DIR%%/asked.log asked;
    add_header X-Why \$shop_fallback always;

    upstream shop { server $shop max_fails=0; }
    upstream gone { server 127.0.0.1:$gone; }
    shop_cors https://app.example.com;

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;

        location / { proxy_pass http://shop; }
        location /order { proxy_read_timeout 1s; proxy_pass http://shop; }
        location /direct { proxy_pass http://127.0.0.1:$gone; }
        location /fastcgi { fastcgi_pass 127.0.0.1:$gone; }
        location /uwsgi { uwsgi_pass 127.0.0.1:$gone; }
        location /scgi { scgi_pass 127.0.0.1:$gone; }
        location /grpc { grpc_pass grpc://127.0.0.1:$gone; }
        location /memcached {
            set \$memcached_key \$uri;
            memcached_pass 127.0.0.1:$gone;
        }

        location /sent/proxy { proxy_pass http://$broken; }
        location /sent/unbuffered {
            proxy_request_buffering off;
            proxy_pass http://$broken;
        }
        location /sent/fastcgi { fastcgi_pass $broken; }
        location /sent/uwsgi { uwsgi_pass $broken; }
        location /sent/scgi { scgi_pass $broken; }
        location /sent/grpc { grpc_pass grpc://$broken; }

        location /variable {
            set \$where 127.0.0.1:$gone;
            proxy_pass http://\$where;
        }

        location /off { shop_fallback off; proxy_pass http://gone; }

        location /own {
            error_page 502 504 = \@own;
            proxy_pass http://gone;
        }
        location \@own { return 200 "the operator's own"; }

        location /file { error_page 502 /own.html; proxy_pass http://gone; }
        location = /own.html { root %%DIR%%; }

        location /cached {
            proxy_cache one;
            proxy_cache_use_stale error timeout;
            proxy_cache_valid 200 1s;
            proxy_pass http://shop/cached;
        }

        location /intercept {
            shop_fallback on intercept=500,503;
            proxy_pass http://shop;
        }

        location /limit { return 503; }
        location /status { shop_status; }
    }

    server {
        listen %%ADDR_FLAG%%;
        shop_maintenance %%DIR%%/closed;
        shop_reopen hold=0s ramp=24h;

        location / { proxy_pass http://shop; }
        location /direct { proxy_pass http://127.0.0.1:$gone; }
        location /callback { shop_maintenance off; proxy_pass http://shop; }
    }
END

$nginx->file('own.html', 'the own file');

# of its own: what is probed is part of the state of every site
my $probed = nginx(http => <<"END");
    proxy_cache_path %%DIR%%/cache keys_zone=one:1m;

    upstream checked {
        server $shop;
        shop_health_check interval=200ms fast=100ms;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        add_header X-Why \$shop_fallback always;

        proxy_cache one;
        proxy_cache_use_stale error timeout;
        proxy_cache_valid 200 1s;

        location / { proxy_pass http://checked; }
    }
END

my @html = (headers => [Accept => 'text/html']);


sub is_page {
    my ($answer, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    return is($answer->{status}, 503, $name)
        && like($answer->{body}, qr/there is a problem with our online shop/,
                'with the page');
}


$shop->set('/cached/1', body => 'a copy');
get($_, '/cached/1') for $nginx, $probed;
$shop->refuse;

is_page(get($nginx, '/', @html), 'a dead upstream shows the page');
like get($nginx, '/', @html)->{headers}{'shop-status'}, qr/^outage; since=/,
    'and monitors are told that it is an outage';

for my $way (qw(direct fastcgi uwsgi scgi grpc memcached variable)) {
    is_page(get($nginx, "/$way", @html), "so does /$way");
}

is get($nginx, '/off', @html)->{status}, 502, 'unless it is switched off';
is get($nginx, '/own', @html)->{body}, "the operator's own",
    "the operator's own error_page comes first";
is get($nginx, '/file', @html)->{body}, 'the own file', 'also as a file';
is get($nginx, '/limit', @html)->{status}, 503, "nginx's own 503 is left";
unlike get($nginx, '/limit', @html)->{body}, qr/problem with our online shop/,
    'as it is';

my $head = head($nginx, '/', @html);
is "$head->{status} $head->{body}", '503 ', 'HEAD has headers only';

my $unsent = post($nginx, '/order', body => 'a=1', @html);
like $unsent->{body}, qr/did not reach us/,
    'a POST that was never sent did not arrive';

is status($nginx)->{counters}{stale}, 0, 'a copy that is fresh is none';

my $copy;
ok wait_until(20, sub {
    $copy = get($nginx, '/cached/1');
    ($copy->{headers}{'x-why'} // '') eq 'stale';
}), 'a copy that is too old is called stale';
is $copy->{body}, 'a copy', 'and comes first';
is status($nginx)->{counters}{stale}, 1, 'it is counted';
is get($nginx, '/cached/2')->{status}, 503, 'where there is none, the page';
is status($nginx)->{counters}{stale}, 1, 'which is no stale copy';

ok $probed->log->wait_for(qr/upstream "checked" is down/), 'the probes find out';
ok wait_until(20, sub {
    $copy = get($probed, '/cached/1');
    ($copy->{headers}{'x-why'} // '') eq 'stale';
}), 'a stale copy comes first, too, where nothing is asked any more';
is $copy->{body}, 'a copy', 'with what it says';
is_page(get($probed, '/cached/2', @html), 'where there is none, the page');


# ---- another origin: what a script of the front end sees

my @origin = (Origin => 'https://app.example.com');

my $preflight = request($nginx, 'OPTIONS', '/', headers => [@origin,
    'Access-Control-Request-Method' => 'PUT',
    'Access-Control-Request-Headers' => 'content-type']);
is "$preflight->{status} $preflight->{body}", '204 ',
    'a preflight is answered while nothing serves';
is $preflight->{headers}{'access-control-allow-methods'}, 'PUT',
    'as the script asks';
is $preflight->{headers}{'access-control-allow-headers'}, 'content-type',
    'with its headers';
is $preflight->{headers}{'access-control-allow-origin'},
    'https://app.example.com', 'for its origin';

my $told = request($nginx, 'PUT', '/', body => '{}', headers => [@origin,
    Accept => 'application/json']);
is "$told->{status} $told->{headers}{'content-type'}",
    '503 application/problem+json', 'so that it sees the problem';
is $told->{headers}{'access-control-allow-origin'}, 'https://app.example.com',
    'which it may read';
like $told->{headers}{'access-control-expose-headers'}, qr/Retry-After/,
    'with the time to come again';

is request($nginx, 'OPTIONS', '/', headers => [
    Origin => 'https://evil.example',
    'Access-Control-Request-Method' => 'PUT',
])->{status}, 503, 'a preflight of another origin is not';


# ---- what was sent

$shop->open;
$shop->set('/order', 'hang');

my $sent = post($nginx, '/order', body => 'a=1', @html);
like $sent->{body}, qr/cannot tell whether what you just sent reached us/,
    'a POST that was sent and failed may have arrived';
unlike $sent->{body}, qr/did not reach us/, 'and nobody claims else';

for my $way (qw(proxy unbuffered fastcgi uwsgi scgi grpc)) {
    my $answer = post($nginx, "/sent/$way", body => 'a=1', @html);

    is_page($answer, "$way: a POST that was sent and failed");
    like $answer->{body}, qr/cannot tell whether/, 'may have arrived';
    unlike $answer->{body}, qr/did not reach us/, 'as it says';
}

$shop->set('/trace', status => 500, body => 'a trace');
is post($nginx, '/trace', body => 'a=1', @html)->{body}, 'a trace',
    "the shop's own error is left as it is";

$shop->set('/intercept', status => 503, body => 'a trace',
           headers => ['Set-Cookie' => 'basket=1']);
my $intercepted = get($nginx, '/intercept', @html);
is_page($intercepted, 'unless it is to be intercepted');
ok !exists $intercepted->{headers}{'set-cookie'},
    'and nothing of it is left';

my $client = client($nginx);
$shop->set('/intercept', status => 503, body => 'x' x 200_000);
is_page($client->request(GET => '/intercept', @html), 'a long error, too');
is $client->request(GET => '/')->{body}, 'the shop',
    'and the connection goes on';

$shop->set('/intercept', status => 404, body => 'not here');
is get($nginx, '/intercept', @html)->{body}, 'not here',
    'other codes are left';


# ---- $shop_fallback

my $asked = 0;

# why(ADDRESS, METHOD, URI): what the variable said, by the log, as no header
# of the site's lands on the page
sub why {
    my ($where, $method, $uri) = @_;
    my ($why, $mark) = (undef, "?asked=" . ++$asked);

    request($where, $method, "$uri$mark");
    wait_until(10, sub {
        open my $in, '<', $nginx->dir . '/asked.log' or return 0;
        ($why) = map { /\Q$mark\E "(.*)"$/ ? $1 : () } <$in>;
        defined $why;
    });
    return $why;
}

sub becomes {
    my ($why, @request) = @_;

    return wait_until(20, sub { why(@request) eq $why });
}

$shop->set('/intercept', status => 503, body => 'a trace');
is why($nginx, GET => '/direct'), 'outage', '$shop_fallback names the outage';
is why($nginx, POST => '/direct'), 'outage', 'of a POST, too';
is why($nginx, GET => '/intercept'), 'outage', 'and what is intercepted';
is why($nginx, GET => $_), '', "it is empty for $_"
    for qw(/ /off /limit);
is why($nginx, GET => $_), 'error_page', "and names error_page for $_"
    for qw(/own /file);

my $site = $nginx->address('FLAG');

is why($site, GET => '/'), '', 'empty while the shop is open';
$nginx->file('closed', "mode: browse\n");
ok becomes('browse', $site, POST => '/'), 'browse where only reading is open';
is why($site, GET => '/'), '', 'which is open';
$nginx->file('closed', '');
ok becomes('maintenance', $site, GET => '/'), 'maintenance by the flag';
is why($site, GET => '/callback'), '', 'of which some are exempt';
is why($site, GET => '/direct'), 'maintenance', 'before anybody is asked';
unlink $nginx->dir . '/closed';
ok becomes('reopening', $site, GET => '/'), 'reopening, for who is not let in';

# a worker writes its line after it has answered
sub logged {
    my ($line) = @_;

    open my $in, '<', $nginx->dir . '/why.log' or die "why.log: $!\n";
    return grep { $_ eq "$line\n" } <$in>;
}

for my $line ('GET /direct 503 "outage"', 'POST / 503 "browse"',
    'GET /direct 503 "maintenance"', 'GET / 200 ""', 'GET /off 502 ""')
{
    ok wait_until(10, sub { logged($line) }), "the log has: $line";
}

$taker->stop('KILL', 5);

done_testing;
