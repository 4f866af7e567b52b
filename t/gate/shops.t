#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Configurations as shops have them, one of each shape: open, closed by the
# flag, and while nothing serves.  The page, the public status whatever
# locations say, an exempt callback, an ACME challenge and robots.txt.

use ShopTest;

my $shop = shop_server(body => 'shop');

# each has "CALLBACK" where its own exempt location stands
my %shape = (
    front_rewrite => <<'END',
        location / { rewrite ^ /index.php last; }
        location = /index.php { proxy_pass http://shop; }
END
    front_try_files => <<'END',
        root %%DIR%%;
        location / { try_files /none.$uri @shop; }
        location @shop { proxy_pass http://shop; }
END
    php_location => <<'END',
        location / { try_files /none.$uri /index.php$is_args$args; }
        location ~ \.php$ { fastcgi_pass unix:%%DIR%%/php.sock; }
END
    dotfiles => <<'END',
        location ~ /\. { return 404; }
        location ^~ /.well-known/ { proxy_pass http://shop; }
        location / { proxy_pass http://shop; }
END
    dotfiles_deny => <<'END',
        location ~* (?:^|/)\. { deny all; }
        location ^~ /.well-known/ { proxy_pass http://shop; }
        location / { proxy_pass http://shop; }
END
    old_error_page => <<'END',
        error_page 500 502 503 504 /50x.html;
        location = /50x.html { return 200 "old page"; }
        location / {
            shop_fallback on over=error_page;
            proxy_pass http://shop;
        }
END
    headers => <<'END',
        add_header Content-Security-Policy "default-src 'self'" always;
        add_header Cache-Control "public, max-age=600" always;
        add_header Retry-After 1 always;
        add_header Access-Control-Allow-Origin * always;
        expires 30d;
        location / { proxy_pass http://shop; }
END
    condition => <<'END',
        location / {
            if ($request_method !~ ^(GET|HEAD|POST)$) { return 405; }
            set $skip 0;
            if ($arg_nocache) { set $skip 1; }
            proxy_pass http://shop;
        }
END
    limited => <<'END',
        location ~ /\.(?!well-known) {
            limit_req zone=one;
            auth_basic shop;
            auth_basic_user_file %%DIR%%/users;
            proxy_pass http://shop;
        }
        location / { proxy_pass http://shop; }
END
    moved => <<'END',
        rewrite ^/\.(?!well-known) /hidden permanent;
        location / { proxy_pass http://shop; }
END
    guarded => <<'END',
        if ($host = never.example) { return 301 https://shop.example/; }
        rewrite ^/old/(.*)$ /new/$1 permanent;
        auth_basic shop;
        auth_basic_user_file %%DIR%%/users;
        satisfy any;
        allow 127.0.0.1;
        deny all;
        location / { limit_req zone=few burst=10000 nodelay; proxy_pass http://shop; }
END
);

my @shapes = sort keys %shape;

my $servers = join '', map { <<"END" } @shapes;
    server {
        listen %%ADDR_\U$_\E%%;
        shop_maintenance %%DIR%%/$_;
        shop_open /robots.txt /.well-known/* /callback/open;
$shape{$_}
        location = /callback/exempt {
            shop_maintenance off;
            shop_class callback;
            proxy_pass http://shop;
        }
    }
END

my $nginx = nginx(http => <<"END");
    limit_req_zone \$binary_remote_addr zone=few:1m rate=10000r/s;
    limit_req_zone \$server_name zone=one:1m rate=1r/m;
    upstream shop { server $shop max_fails=0; }
    shop_reopen hold=0s;
$servers
    server {
        listen %%ADDR%%;
        location / { shop_status; }
    }
END

$nginx->file('users', "shop:x\n");

my @html = (headers => [Accept => 'text/html']);

# what PHP would serve has no socket here: nginx's own 502, so always the page
my %dead = (php_location => 1);


sub flagged {
    my ($name, $there) = @_;
    my $flag = $nginx->dir . "/$name";

    if ($there) {
        $nginx->file($name, '');

    } else {
        unlink $flag;
    }

    return;
}

sub status_of {
    my ($name) = @_;
    my $answer = get($nginx->address(uc $name), '/.shop-status?lang=en');

    return $answer->{status} == 200
        && $answer->{body} =~ /"state":"(\w+)"/ ? $1 : "($answer->{status})";
}

for my $name (@shapes) {
    my $at = $nginx->address(uc $name);
    my $serves = $dead{$name} ? 503 : 200;

    $shop->open;

    is get($at, '/product?a=1', @html)->{status}, $serves, "$name: open";
    is status_of($name), 'open', 'as its public status says';

    flagged($name, 1);
    ok wait_until(10, sub {
        !grep { status_of($name) ne 'maintenance' } 1 .. 4;
    }), "$name: closed, and the public status answers";

    my $page = get($at, '/product?a=1', @html);
    is $page->{status}, 503, "$name: the page";
    like $page->{body}, qr/our online shop is closed/, 'of a closed shop';
    is $page->{headers}{'cache-control'}, 'no-store', 'with its own headers';
    like $page->{headers}{'content-security-policy'}, qr/sha256-/,
        'and its own CSP';
    is $page->{headers}{'access-control-allow-origin'}, undef,
        'and nothing that the site adds';
    is get($at, '/.shop-status')->{headers}{'cache-control'}, 'no-store',
        'nor to the public status';

    is post($at, '/callback/exempt', body => 'paid')->{status}, 200,
        "$name: an exempt callback passes";

    for my $path (qw(/robots.txt /.well-known/acme-challenge/x
                     /callback/open/paid))
    {
        is get($at, $path)->{status}, $serves, "$name: $path is open";
    }

    if (!$dead{$name}) {
        is get($at, '/callback')->{status}, 503, 'what is not listed is closed';
    }

    flagged($name, 0);
    ok wait_until(10, sub {
        !grep { status_of($name) ne 'open' } 1 .. 4;
    }), "$name: open again";

    $shop->refuse;

    my $outage = get($at, '/product', @html);
    is $outage->{status}, 503, "$name: in an outage";
    like $outage->{body}, qr/there is a problem with our online shop/, 'the page';
    is $outage->{headers}{'cache-control'}, 'no-store', 'with its own headers';

    my $refused = post($at, '/callback/exempt', body => 'a=1');

    if ($name ne 'old_error_page') {
        is "$refused->{status} $refused->{headers}{'content-type'}",
            '503 application/problem+json',
            "$name: an exempt callback is told in its own language";
        ok $refused->{headers}{'retry-after'}, 'and when to come again';
    }
}


done_testing;
