#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The shop over HTTP/3: open, closed, an order that is refused whole, an outage,
# a reload.  Where nginx and curl have HTTP/3, as in Debian sid; CURL= names
# another curl.

use ShopTest;
use ShopTest::Dir;

my $curl = $ENV{CURL} || 'curl';
my $nginx_has = scalar qx{@{[ShopTest::Nginx::binary()]} -V 2>&1}
    =~ /http_v3_module/;
my $curl_has = scalar(qx{$curl --version 2>/dev/null} // '') =~ /\bHTTP3\b/;

plan skip_all => join ' and ', grep { $_ }
    !$nginx_has && 'this nginx has no http_v3_module',
    !$curl_has && 'this curl has no HTTP3'
    if !$nginx_has || !$curl_has;

my $shop = shop_server(body => 'the shop');
my ($crt, $key) = ca()->issue('localhost');
my $dir = ShopTest::Dir->new('http3');

my $nginx = nginx(workers => 1, http => <<"END");
    client_max_body_size 0;
    ssl_certificate $crt;
    ssl_certificate_key $key;

    server {
        listen %%ADDR%%;
        listen %%ADDR_TLS%% ssl;
        listen %%ADDR_TLS%% quic reuseport;
        shop_maintenance %%DIR%%/flag;

        location / {
            proxy_pass http://$shop;
            proxy_connect_timeout 1s;
        }
    }
END

# asked(CURL'S OPTIONS): its status, its protocol, what it said
sub asked {
    my (@options) = @_;
    my ($port) = $nginx->address('TLS') =~ /:(\d+)/;
    my $pid = open(my $out, '-|', $curl, '-s', '-k', '--http3-only',
        '--max-time', 60 * ($ENV{TEST_PATIENCE} || 1),
        '--resolve', "localhost:$port:127.0.0.1", '-o', "$dir/body",
        '-w', '%{http_code} %{http_version}', @options,
        "https://localhost:$port/") or die "$curl: $!\n";
    my $said = <$out> // '';

    close $out;

    return $said . ($? ? ' curl ' . ($? >> 8) : '');
}

sub body { return $dir->read('body') }

sub becomes {
    my ($wanted, $name) = @_;
    my $said;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    wait_until(20, sub { ($said = asked()) eq $wanted });
    is $said, $wanted, $name;
}

is asked(), '200 3', 'an open shop';
is body(), 'the shop', '... is the shop';

for my $size (1_000, 100_000, 8_000_000) {
    $dir->write('order', 'x' x $size);
    is asked('--data-binary', "\@$dir/order"), '200 3',
        "an order of $size bytes";
}

$nginx->file('flag', "status: We move.\n");
becomes('503 3', 'a closed one');
asked('-H', 'Accept: text/html');
like body(), qr/We move\..*<\/html>\s*\z/s, '... with its page';
is asked('-I'), '503 3', '... HEAD, too';

for my $size (1_000, 100_000, 8_000_000) {
    $dir->write('order', 'x' x $size);
    is asked('-H', 'Accept: text/html', '--data-binary', "\@$dir/order"),
        '503 3', "an order of $size bytes is refused";
    like body(), qr/<\/html>\s*\z/, '... with the whole page';
}

unlink $nginx->dir . '/flag';
becomes('200 3', 'it opens');

$shop->refuse;
is asked('-H', 'Accept: text/html'), '503 3', 'an outage';
like body(), qr/<\/html>\s*\z/, '... has its page';
$shop->open;
becomes('200 3', '... and is over');

$nginx->file('flag', "status: We move.\n");
$nginx->reload;
becomes('503 3', 'closed over a reload');

done_testing;
