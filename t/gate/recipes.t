#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What docs/operations.md says must stay open does stay open, in a closed shop
# and in one that nothing serves.

use ShopTest;

my $shop = shop_server(body => 'shop');

my ($example) = do {
    open my $in, '<', 'docs/operations.md' or die "docs/operations.md: $!\n";
    local $/;
    <$in> =~ /^<!-- tested: open -->\n+```nginx\n(.*?)^```/ms;
};

$example =~ s{/var/www/static}{%%DIR%%/static};

my $nginx = nginx(http => <<"END");
    upstream shop { server $shop max_fails=0; }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/maintenance;

        location / { proxy_pass http://shop; }
$example
    }
END

mkdir "$nginx->{dir}/static";
$nginx->file('static/robots.txt', "User-agent: *\nDisallow: /cart\n");
chmod 0755, "$nginx->{dir}/static";


sub all_are_open {
    my ($when) = @_;

    for my $method (qw(GET HEAD)) {
        is request($nginx, $method, $_)->{status}, 200,
            "$method $_ is answered $when"
            for qw(/robots.txt /lb-health);
    }

    like get($nginx, '/robots.txt')->{body}, qr/Disallow/,
        'with the rules for crawlers';
    is get($nginx, '/lb-health')->{body}, "ok\n", 'and "ok"';
    return;
}

all_are_open('while the shop is open');

$nginx->file('maintenance', '');
ok wait_until(10, sub { !grep { get($nginx, '/')->{status} != 503 } 1 .. 4 }),
    'the shop is closed';
all_are_open('while it is closed');
is post($nginx, '/payment/callback', body => 'paid')->{status}, 200,
    'a payment is taken';
is $shop->count(uri => '/payment/callback'), 1, 'by the shop itself';

$shop->refuse;
all_are_open('while nothing serves');

done_testing;
