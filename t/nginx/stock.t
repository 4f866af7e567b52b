#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Where the module is not asked for, nginx answers as without it: the same
# requests to a stock nginx, to one that loads the module and uses nothing of
# it, and to one that uses it everywhere and has nothing to say.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Fpm qw(no_fpm);
use ShopTest::Http2 qw(http2 no_http2);

my $one = shop_server(body => 'one');
my $two = shop_server(body => 'two');
my $gone = '127.0.0.1:' . free_port();

for my $shop ($one, $two) {
    $shop->set('/missing', status => 404, body => 'no such thing');
    $shop->set('/broken', status => 500, body => 'broken');
    $shop->set('/teapot', status => 418, reason => 'Teapot', body => 'tea',
        headers => [Vary => 'Accept', 'X-Shop' => 'yes']);
    $shop->set('/chunked', 'chunked', body => 'many small pieces' x 9);
    $shop->set('/empty', status => 204);
    $shop->set('/moved', status => 302, headers => [Location => '/there']);
    $shop->set('/accel', headers => ['X-Accel-Redirect' => '/inside/file.txt']);
    $shop->set('/denied', status => 403, body => 'denied');
    $shop->set('/cut', 'short', body => 'too little');
    $shop->set('/cached', body => 'cached',
        headers => ['Cache-Control' => 'max-age=1']);
    $shop->set('/down', status => 503, body => 'the shop says so',
        headers => ['Retry-After' => 7]);
    $shop->set('/with-ssi', body => 'a<!--# include virtual="/teapot" -->z',
        headers => ['Content-Type' => 'text/html']);
}

my $fpm = no_fpm() ? undef : ShopTest::Fpm->new(shop => { children => 4 });

my %SCRIPT = (
    'echo.php' => '<?php header("X-Shop: yes"); echo $_SERVER["REQUEST_METHOD"],'
        . ' " ", $_SERVER["QUERY_STRING"], " ", md5_file("php://input");',
    'missing.php' => '<?php http_response_code(404); echo "no such thing";',
    'broken.php'  => '<?php nobody();',
    'moved.php'   => '<?php header("Location: /there");',
    'large.php'   => '<?php echo str_repeat("many bytes ", 50000);',
    'accel.php'   => '<?php header("X-Accel-Redirect: /inside/file.txt");',
    'early.php'   => '<?php header("Status: 503"); echo "the shop says so";',
);

if ($fpm) {
    $fpm->script($_, $SCRIPT{$_}) for keys %SCRIPT;
}

my %FILES = (
    'html/file.txt' => 'a file of some length',
    'html/own.html' => 'the operator\'s own page',
);


# block(UPSTREAM, HTTP, SERVER, OFF): one configuration, and what is ours
sub block {
    my ($upstream, $http, $server, $off) = @_;
    my $php = php_block($upstream);
    my $tcp = $upstream =~ s{uri=/ok}{type=tcp}r;

    return <<"END";
    $http
    proxy_cache_path %%DIR%%/cache keys_zone=cache:1m;
    limit_req_zone \$uri zone=slow:1m rate=1r/m;
    absolute_redirect off;

    upstream shop   { server $one weight=3; server $two; $upstream }
    upstream retry  { server $gone; server $two; $upstream }
    upstream kept   { server $one; $upstream keepalive 2; }
    upstream hashed { hash \$uri consistent; server $one; server $two; $upstream }
    upstream rpc    { server %%ADDR_RPC%%; $tcp }
    $php->{upstream}

    server {
        listen %%ADDR_RPC%% http2;
        default_type application/grpc;
        add_trailer grpc-status 0;
        location / { return 200 "rpc \$uri"; }
        location /refused { add_header grpc-status 16; return 200; }
    }

    server {
        listen %%ADDR%%;
        listen %%ADDR_H2%% http2;
        root %%DIR%%/html;
        $server

        location /       { proxy_pass http://shop/; }
        location /retry  { proxy_pass http://retry/; }
        location /kept   { proxy_pass http://kept/; proxy_http_version 1.1;
                           proxy_set_header Connection ''; }
        location /hash/  { proxy_pass http://hashed; }
        location /ssi    { ssi on; proxy_pass http://shop/with-ssi; }
        location /file   { try_files \$uri /file.txt; }
        location /inside { internal; alias %%DIR%%/html; }
        location /zip    { gzip on; gzip_types *; gzip_min_length 0;
                           proxy_pass http://shop/chunked; }
        location /small  { client_max_body_size 4; proxy_pass http://shop/; }
        location = /busy { limit_req zone=slow; proxy_pass http://shop/; }
        location = /say  { return 503 "the operator says so"; }
        location = /own  { error_page 502 =200 /own.html;
                           proxy_pass http://$gone; }
        location = /named { error_page 502 = \@other; proxy_pass http://$gone; }
        location \@other  { proxy_pass http://shop; }
        location = /caught { proxy_intercept_errors on;
                             error_page 404 /own.html;
                             proxy_pass http://shop/missing; }
        location = /fcgi { $off fastcgi_pass $gone; }
        location = /cgi-own { error_page 502 =503 /own.html;
                              fastcgi_pass $gone; }
        location = /rpc  { grpc_pass grpc://rpc; }
        location = /refused { grpc_pass grpc://rpc; }
        location = /rpc-none { $off grpc_pass grpc://$gone; }
        $php->{locations}
        location = /none { $off proxy_pass http://$gone; }
        location = /auth { auth_request /ask; proxy_pass http://shop/; }
        location = /auth-no { auth_request /ask-no; proxy_pass http://shop/; }
        location = /auth-bad { $off auth_request /ask-bad;
                               proxy_pass http://shop/; }
        location = /ask     { internal; proxy_pass http://shop/empty; }
        location = /ask-no  { internal; proxy_pass http://shop/denied; }
        location = /ask-bad { internal; proxy_pass http://$gone; }

        location = /cached {
            proxy_cache cache;
            proxy_cache_valid 200 404 1h;
            proxy_cache_use_stale error timeout;
            proxy_cache_key \$arg_key;
            proxy_connect_timeout 2s;
            add_header X-Cache \$upstream_cache_status always;
            proxy_pass http://\$arg_from;
        }
    }
END
}


# a live PHP-FPM
sub php_block {
    my ($upstream) = @_;

    return { upstream => '', locations => '' } if !$fpm;

    my $dir = $fpm->dir;
    my $socket = $fpm->address('shop');

    $upstream =~ s{uri=/ok}{type=fastcgi uri=/ping};

    my $params = <<"END";
        fastcgi_param SCRIPT_FILENAME $dir/\$arg_script.php;
        fastcgi_param QUERY_STRING \$query_string;
        fastcgi_param REQUEST_METHOD \$request_method;
        fastcgi_param CONTENT_TYPE text/plain;
        fastcgi_param CONTENT_LENGTH \$content_length;
END

    return { upstream => <<"END", locations => <<"END" };
    fastcgi_cache_path %%DIR%%/cache-php keys_zone=php:1m;
    upstream php { server $gone max_fails=0; server $socket; keepalive 2; $upstream }
END
        location = /php { $params fastcgi_pass php; }
        location = /php-kept { $params fastcgi_keep_conn on; fastcgi_pass php; }
        location = /php-caught {
            $params
            fastcgi_intercept_errors on;
            error_page 404 503 /own.html;
            fastcgi_pass php;
        }
        location = /php-cached {
            $params
            fastcgi_cache php;
            fastcgi_cache_key \$request_uri;
            fastcgi_cache_valid any 1h;
            add_header X-Cache \$upstream_cache_status always;
            fastcgi_pass php;
        }
        location = /php-unbuffered {
            $params
            fastcgi_request_buffering off;
            fastcgi_buffering off;
            fastcgi_pass php;
        }
END
}


sub start {
    my ($main, %options) = @_;
    my $nginx = nginx(workers => 1, files => { %FILES }, main => $main, %options);

    utime 1_700_000_000, 1_700_000_000, map { $nginx->dir . "/$_" } keys %FILES;

    return $nginx;
}


# a TCP proxy beside http, where this nginx has it, built in or as a module
sub stream_lines {
    my $binary = $ENV{NGINX_BIN} || 'nginx';
    my $built = `PATH=\$PATH:/usr/sbin $binary -V 2>&1`;
    my ($modules) = $built =~ /--modules-path=(\S+)/;
    my $file = ($modules // '') . '/ngx_stream_module.so';
    my $load = '';

    if ($built !~ /--with-stream(?:\s|\z)/) {
        return '' if $built !~ /--with-stream=dynamic/ || !-e $file;
        $load = "load_module $file;";
    }

    return "$load stream { server { listen %%ADDR_TCP%%; proxy_pass $one; } }";
}


my $stream = stream_lines();
my %nginx = (
    stock => start($stream, module => 0, http => block('', '', '', '')),
    'with the module loaded' => start($stream, http => block('', '', '', '')),
    'with the module everywhere' => start($stream, http => block(
        'shop_health_check uri=/ok; shop_slow_start 1s;',
        'shop_maintenance %%DIR%%/closed; shop_events %%DIR%%/events;'
            . ' shop_state_file %%DIR%%/state;'
            . " log_format ours '\$shop_state \$shop_group \$shop_fallback';",
        'shop_page_var name Shop; shop_retry_after 1m; shop_class shop;'
            . ' access_log %%DIR%%/ours.log ours;',
        'shop_fallback off;')),
);


# what a client can see of an answer, without what time makes of it
sub seen {
    my ($answer) = @_;
    my %headers = %{ $answer->{headers} };

    delete $headers{date};

    return { status => $answer->{status}, reason => $answer->{reason},
        headers => \%headers, body => $answer->{body},
        complete => $answer->{complete} ? 1 : 0 };
}


sub php_requests {
    my %body = (body => 'x' x 200_000);

    return (
        (map { ["FastCGI, $_" => GET => "/php?script=$_"] }
            qw(echo missing broken moved large accel early none)),
        (map { ["FastCGI, $_" => POST => "/$_?script=echo", %body] }
            qw(php php-kept php-unbuffered)),
        ['FastCGI, HEAD' => HEAD => '/php?script=echo'],
        ['FastCGI, kept once more' => GET => '/php-kept?script=large'],
        ['FastCGI, unbuffered' => GET => '/php-unbuffered?script=large'],
        (map { ["FastCGI, error_page, $_" => GET => "/php-caught?script=$_"] }
            qw(missing early echo)),
        (map { ["FastCGI, cached, $_" => GET => "/php-cached?script=$_"] }
            qw(echo missing)) x 2,
    );
}


my @REQUESTS = (
    ['a request'             => GET  => '/'],
    ['a HEAD'                => HEAD => '/'],
    ['a POST'                => POST => '/', body => 'x' x 20_000],
    ['an unusual method'     => PROPFIND => '/'],
    ['a 404 of the shop'     => GET  => '/missing'],
    ['a 500 of the shop'     => GET  => '/broken'],
    ['a 503 of the shop'     => GET  => '/down'],
    ['an unknown status'     => GET  => '/teapot'],
    ['a chunked answer'      => GET  => '/chunked'],
    ['an answer without a body' => GET => '/empty'],
    ['a redirect'            => GET  => '/moved'],
    ['X-Accel-Redirect'      => GET  => '/accel'],
    ['an answer that is cut' => GET  => '/cut'],
    ['a second server'       => GET  => '/retry'],
    ['a kept connection'     => GET  => '/kept'],
    ['a kept connection again' => GET => '/kept'],
    (map { ["the hashed $_" => GET => "/hash/$_"] } 1 .. 6),
    ['a subrequest'          => GET  => '/ssi'],
    ['a file'                => GET  => '/file.txt'],
    ['a range of it' => GET => '/file.txt', headers => [Range => 'bytes=2-5']],
    ['a file that did not change' => GET => '/file.txt', headers =>
        ['If-Modified-Since' => 'Tue, 14 Nov 2023 22:13:20 GMT']],
    ['a compressed answer'   => GET => '/zip', headers =>
        ['Accept-Encoding' => 'gzip']],
    ['a body that is too large' => POST => '/small', body => 'too large'],
    ['a request within its limit'  => GET => '/busy'],
    ['a request beyond it'   => GET => '/busy'],
    ['a 503 that the operator returns' => GET => '/say'],
    ['error_page with a status' => GET => '/own'],
    ['error_page with a name'   => GET => '/named'],
    ['error_page of the shop\'s 404' => GET => '/caught'],
    ['error_page of FastCGI' => GET => '/cgi-own'],
    ['a dead FastCGI server' => GET => '/fcgi'],
    ['a dead server'         => GET => '/none'],
    ['gRPC'                  => POST => '/rpc', body => 'x'],
    ['gRPC that refuses'     => POST => '/refused', body => 'x'],
    ['a dead gRPC server'    => POST => '/rpc-none', body => 'x'],
    ($fpm ? php_requests() : ()),
    ['auth_request that lets pass' => GET => '/auth'],
    ['auth_request that refuses'   => GET => '/auth-no'],
    ['auth_request that fails'     => GET => '/auth-bad'],
    ['a request filling the cache' => GET => "/cached?key=a&from=$one/cached"],
    ['a request from the cache' => GET => "/cached?key=a&from=$gone/cached"],
    ['a request without Host' => GET => '/', version => '1.0'],
    ['a conditional answer of the shop' => GET => '/', headers =>
        ['If-None-Match' => '"x"']],
    (map { ["the balancer's choice $_" => GET => '/'] } 1 .. 9),
);

my $stock = delete $nginx{stock};

for my $row (@REQUESTS) {
    my ($what, $method, $uri, @options) = @$row;
    my $expected = seen(request($stock, $method, $uri, @options));

    ok $expected->{status}, "$what gets an answer" or next;

    for my $how (sort keys %nginx) {
        my $answer = seen(request($nginx{$how}, $method, $uri, @options));

        is_deeply $answer, $expected, "$what: as stock, $how";
    }
}

# ---- a cached answer that is old, of a server that is gone

select undef, undef, undef, 2.5;
my $stale = seen(get($stock, "/cached?key=a&from=$gone/cached"));

for my $how (sort keys %nginx) {
    my $answer = get($nginx{$how}, "/cached?key=a&from=$gone/cached");

    is_deeply seen($answer), $stale, "a stale answer: as stock, $how";
    is $answer->{headers}{'x-cache'}, 'STALE', 'it is stale';
}

# ---- what is compared is alive

SKIP: {
    skip no_fpm(), 1 if !$fpm;

    is get($stock, '/php?script=echo')->{body},
        'GET script=echo d41d8cd98f00b204e9800998ecf8427e', 'FastCGI answers';
    is get($stock, '/php-cached?script=echo')->{headers}{'x-cache'}, 'HIT',
        'and is cached';
}

is get($stock, '/rpc')->{body}, 'rpc /rpc', 'gRPC answers';

# ---- several requests on one connection

sub pipelined {
    my $client = client(@_);

    $client->send(GET => $_) for qw(/teapot /missing /say /file.txt);
    return [map { seen($client->answer) } 1 .. 4];
}

my $pipelined = pipelined($stock);

is_deeply pipelined($nginx{$_}), $pipelined, "pipelined requests: as stock, $_"
    for sort keys %nginx;

# ---- http2

my @HTTP2 = (
    (map { [GET => $_] } qw(/ /missing /teapot /say /own /none /ssi /chunked
        /kept /cut /file.txt)),
    [HEAD => '/'],
    [POST => '/', body => 'x' x 20_000],
    [POST => '/say', body => 'x' x 200_000],
    [POST => '/rpc', body => 'x'],
    ($fpm ? [POST => '/php?script=echo', body => 'x' x 200_000] : ()),
);

SKIP: {
    skip no_http2(), 1 if no_http2();

    is http2($stock->address('H2'), POST => '/rpc', body => 'x')
        ->{headers}{'grpc-status'}, 0, 'HTTP/2 has trailers';

    for my $row (@HTTP2) {
        my %said = map {
            my $answer = http2($_->address('H2'), @$row);
            delete $answer->{headers}{date};
            delete $answer->{reset} if "@$row" =~ m{/rpc};  # by chance
            ($_ => $answer);
        } $stock, values %nginx;

        ok $said{$stock}{status}, "HTTP/2 @$row[0, 1] gets an answer";
        is_deeply $said{ $nginx{$_} }, $said{$stock},
            "HTTP/2 @$row[0, 1]: as stock, $_" for sort keys %nginx;
    }
}

# ---- stream

SKIP: {
    skip 'this nginx has no stream', 1 if !$stream;

    is get($_->address('TCP'), '/')->{body}, 'one', 'a TCP proxy beside'
        for values %nginx;
}

my ($everywhere) = grep { -e $_->dir . '/ours.log' } values %nginx;
open my $log, '<', $everywhere->dir . '/ours.log';
my @lines = <$log>;

ok @lines > @REQUESTS / 2, 'the variables were asked for';
is scalar(grep { !/^\S+ \S+ (?:-|stale)?$/ } @lines), 0,
    'no answer was a page of ours';
ok scalar(grep { / stale$/ } @lines), 'the stale one is called so';

done_testing;
