#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Where the link of a bypass leads: to what the visitor asked for, without the
# token.  Not to what rewrite, try_files or set made of it for a front
# controller: that is longer, and decoded.

use ShopTest;
use ShopTest::Http2 qw(http2 no_http2);

use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(encode_base64url);

my $shop = shop_server(body => 'shop');
my $key = 'k' x 40;

my @fronts = qw(plain rewritten tried set dropped named);

my $nginx = nginx(keys => { key => "$key\n" }, http => <<"END");
    large_client_header_buffers 4 32k;
    root %%DIR%%;
    shop_maintenance %%DIR%%/maintenance;
    shop_bypass_key %%DIR%%/key;

    server {
        listen %%ADDR_PLAIN%%;
        location / { proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_REWRITTEN%%;
        rewrite ^/(.+)\$ /index.php?route=\$1 last;
        location / { proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_TRIED%%;

        location / {
            shop_maintenance off;
            try_files \$uri /index.php?q=\$uri&\$args;
        }

        location = /index.php { proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_SET%%;

        location / {
            set \$args \$args&path=\$uri&again=\$uri;
            proxy_pass http://$shop;
        }
    }

    server {
        listen %%ADDR_DROPPED%%;
        rewrite ^ /index.php? last;
        location / { proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_NAMED%%;

        location / {
            shop_maintenance off;
            try_files \$uri \@shop;
        }

        location \@shop {
            set \$args q=\$uri;
            proxy_pass http://$shop;
        }
    }

    server {
        listen %%ADDR_ERROR%%;

        location / {
            shop_maintenance off;
            error_page 404 /404.html;
        }

        location = /404.html { proxy_pass http://$shop; }

        location = /accel {
            shop_maintenance off;
            proxy_pass http://$shop;
        }
    }

    server {
        listen %%ADDR_HTTP2%% http2;
        rewrite ^/(.+)\$ /index.php?route=\$1 last;
        location / { proxy_pass http://$shop; }
    }
END


# a token as docs/operations.md describes it, made without our code
sub token {
    my $head = pack 'CCQ>', 1, 0, time + 600;

    return encode_base64url($head . hmac_sha256(
        "shop failover bypass\n${head}localhost", $key));
}


my $token = token();


sub shown {
    my ($text) = @_;

    $text =~ s/\Q$token/TOKEN/g;
    $text =~ s/([^ -~])/sprintf '\x%02x', ord $1/ge;
    return length $text > 60 ? substr($text, 0, 57) . '...' : $text;
}


# what is asked for => where it leads, and in that order
my @leads = (
    '/?shop-bypass=TOKEN'                       => '/',
    '/?shop-bypass=off'                         => '/',
    '/shoes/red?color=1&shop-bypass=TOKEN'      => '/shoes/red?color=1',
    '/shoes/red?shop-bypass=TOKEN&color=1'      => '/shoes/red?color=1',
    '/a%20b%2Fc?x=%41&shop-bypass=TOKEN'        => '/a%20b%2Fc?x=%41',
    '/a/../b/./c?shop-bypass=TOKEN'             => '/a/../b/./c',
    "/caf\xe9?q=\xff&shop-bypass=TOKEN"         => "/caf\xe9?q=\xff",

    # each of them goes, and what stays, stays where it was
    '/x?shop-bypass=TOKEN&shop-bypass=TOKEN&y'  => '/x?y',
    '/x?a&shop-bypass=off&b&SHOP-Bypass=off&c'  => '/x?a&b&c',
    '/x?a=&&=b&?&shop-bypass=TOKEN&a=%26&'      => '/x?a=&&=b&?&a=%26&',
    '/x?&shop-bypass=TOKEN&&y'                  => '/x?&&y',
    '/x?not-shop-bypass=1&shop-bypass=TOKEN'    => '/x?not-shop-bypass=1',
    '/x?shop-bypass&shop-bypass=TOKEN'          => '/x?shop-bypass',
    '/x?a=shop-bypass=1&shop-bypass=TOKEN'      => '/x?a=shop-bypass=1',
    '/x?shop-bypass=TOKEN?y'                    => undef,

    # what is behind "#" is no part of a request
    '/x?shop-bypass=TOKEN#top'                  => '/x',
    '/x?a&shop-bypass=TOKEN&b#c?d&e'            => '/x?a&b',
    '/x#y?shop-bypass=TOKEN'                    => undef,

    # never to another host
    '//evil.example/?shop-bypass=TOKEN'         => '/evil.example/',
    '///evil.example/x?shop-bypass=off'         => '/evil.example/x',
    '/\\evil.example/?shop-bypass=TOKEN'        => '/evil.example/',
    '/\\/\\//evil.example?shop-bypass=off'      => '/evil.example',
    'http://localhost/x?a&shop-bypass=TOKEN'    => '/x?a',
    'http://localhost//evil/?shop-bypass=TOKEN' => '/evil/',
    'http://localhost?shop-bypass=TOKEN&a'      => '/?a',

    # longer and decoded, where it is copied into the arguments
    '/' . 'A' x 40 . '?shop-bypass=off'         => '/' . 'A' x 40,
    '/' . '%41' x 500 . '?shop-bypass=TOKEN'    => '/' . '%41' x 500,
    '/' . 'B' x 3500 . '?shop-bypass=off'       => '/' . 'B' x 3500,
    '/' . '%20' x 9000 . '?shop-bypass=off'     => '/' . '%20' x 9000,
    '/x?' . 'c&' x 9000 . 'shop-bypass=off'     => '/x?' . 'c&' x 8999 . 'c',
    '/%0d%0aX-Injected:1?shop-bypass=off'       => '/%0d%0aX-Injected:1',
    '/%00?a=%0a&shop-bypass=off'                => undef,
    '/%250d%250aX:1?shop-bypass=off&%0aX:1'     => '/%250d%250aX:1?%0aX:1',

    # of the path, not of the arguments
    '/x%3fshop-bypass=off'                      => undef,
    '/x%26shop-bypass=off%26y'                  => undef,
    '/x%26shop-bypass=off?a'                    => undef,
    '/x%26shop-bypass=off?shop-bypass=off'      => '/x%26shop-bypass=off',
);


# the shop is open: nobody needs a pass, and everybody may ask for one
for my $front (@fronts) {
    my $client = client($nginx->address(uc $front));
    my @rest = @leads;

    while (my ($uri, $leads) = splice @rest, 0, 2) {
        $uri =~ s/TOKEN/$token/g;

        my $answer = $client->request(GET => $uri);
        my $what = "$front: " . shown($uri);

        $client = client($nginx->address(uc $front))
            if ($answer->{headers}{connection} // '') ne 'keep-alive';

        is $answer->{headers}{location}, $leads, $what;
        is $answer->{status} == 302 ? 1 : 0, defined $leads ? 1 : 0,
            '... is redirected, or not';
        is $answer->{headers}{x}, undef, '... with no header of his own';
        is $answer->{headers}{'x-injected'}, undef, '... of any name';
    }
}


# ---- an answer that is decided already is no redirect

my $error = get($nginx->address('ERROR'), "/none?shop-bypass=$token");
is $error->{status}, 404, 'error_page has fixed the status';
is $error->{body}, 'shop', '... and its page is shown';
is $error->{headers}{location}, undef, '... which leads nowhere';

$shop->set('/accel', headers => ['X-Accel-Redirect' => '/404.html']);

for my $ask (\&get, \&post) {
    my $answer = $ask->($nginx->address('ERROR'), '/accel?shop-bypass=off');

    is $answer->{body}, 'shop', 'X-Accel-Redirect: the answer is on its way';
    is $answer->{headers}{location}, undef, '... and not given up for a link';
}


# ---- HTTP/1.0 and HTTP/2

my $old = client($nginx->address('REWRITTEN'));
is $old->request(GET => '/a/b?x=1&shop-bypass=off', version => '1.0')
    ->{headers}{location}, '/a/b?x=1', 'HTTP/1.0';

SKIP: {
    my $why = no_http2();
    skip $why, 1 if $why;

    my @rest = @leads;

    while (my ($uri, $leads) = splice @rest, 0, 2) {
        next if $uri !~ m{^/(?!/)[!-~]*\z} || $uri =~ m{[#\\]};

        $uri =~ s/TOKEN/$token/g;

        my $answer = http2($nginx->address('HTTP2'), GET => $uri,
            headers => [':authority' => 'localhost']);
        is $answer->{headers}{location}, $leads, 'HTTP/2: ' . shown($uri);
    }
}

is scalar @{[$nginx->workers]}, 2, 'all workers are there';
ok !$nginx->log->find(qr/exited on signal/), '... and were all the time';

done_testing;
