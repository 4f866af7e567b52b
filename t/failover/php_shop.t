#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The PHP-FPM shop of docs/setups.md, with a PHP-FPM: it works, is probed, and
# shows the page when the pool is gone.

use ShopTest;
use ShopTest::Fpm qw(no_fpm);
use ShopTest::Status;

plan(skip_all => no_fpm()) if no_fpm();

my $fpm = ShopTest::Fpm->new(shop => {});
my $backup = ShopTest::Fpm->new(backup => {});

$fpm->script('public/index.php', <<'END');
<?php
if (strpos($_SERVER['REQUEST_URI'], '/fatal') === 0) { nobody(); }
echo "shop $_SERVER[REQUEST_METHOD] $_SERVER[REQUEST_URI]";
END
$fpm->script('public/secret.php', '<?php echo "secret";');
$fpm->script('public/style.css', 'body {}');
chmod 0755, $fpm->dir . '/public';

my ($example) = do {
    open my $in, '<', 'docs/setups.md' or die "docs/setups.md: $!\n";
    local $/;
    <$in> =~ /^<!-- tested: php -->\n+```nginx\n(.*?)^```/ms;
};

my %here = ('listen 80' => 'listen %%ADDR%%',
    '/srv/shop' => $fpm->dir, '/run/shop/' => '%%DIR%%/',
    'unix:/run/php/shop.sock' => $fpm->address('shop'),
    '10.0.0.12:9000' => $backup->address('backup'));

$example =~ s/\Q$_\E/$here{$_}/ for sort keys %here;
$example =~ s/type=fastcgi/$& interval=300ms fast=300ms/;
$example =~ s/location @shop/location = \/status { shop_status; }\n    $&/;

# of the one that comes with nginx
my $params = <<'END';
fastcgi_param QUERY_STRING   $query_string;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param CONTENT_TYPE   $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
fastcgi_param SCRIPT_NAME    $fastcgi_script_name;
fastcgi_param REQUEST_URI    $request_uri;
END

my $nginx = nginx(http => $example, files => { fastcgi_params => $params });


sub refused_of {
    my ($class) = @_;

    my ($row) = grep { $_->{class} eq $class }
        @{ status($nginx)->{counters}{refused} };

    return $row ? $row->{total} : 0;
}


# ---- open

ok wait_for_peer($nginx, 'php', $fpm->address('shop'), 'up'),
    'the pool answers its probes';
is get($nginx, '/tea?size=2')->{body}, 'shop GET /tea?size=2',
    'a page is made by index.php';
is post($nginx, '/checkout/pay', body => 'a=b')->{body},
    'shop POST /checkout/pay', 'and takes orders';
is get($nginx, '/style.css')->{body}, 'body {}', 'a file is a file';
is get($nginx, $_)->{body}, "shop GET $_", "$_ is index.php's"
    for qw(/secret.php /ping /fpm-status /status.php/x);
is get($nginx, '/fatal')->{status}, 500, 'a script that dies is left as it is';


# ---- closed by the flag

$nginx->file('maintenance', '');
ok wait_until(10, sub { get($nginx, '/')->{status} == 503 }), 'closed';
is post($nginx, '/checkout', body => 'a=b')->{status}, 503, 'for orders, too';
is post($nginx, '/payment/callback', body => 'a=b')->{status}, 200,
    'and not for payments';
unlink "$nginx->{dir}/maintenance";
ok wait_until(30, sub { get($nginx, '/')->{status} == 200 }), 'open again';


# ---- the pool goes, then the backup

$fpm->stop;
ok wait_for_peer($nginx, 'php', $fpm->address('shop'), 'down'),
    'a pool that is gone is down';
ok wait_until(30, sub { get($nginx, '/')->{body} eq 'shop GET /' }),
    'the backup serves';

$backup->stop;
ok wait_until(30, sub { get($nginx, '/')->{status} == 503 }),
    'without any there is the page';

my $before = refused_of('checkout');
is post($nginx, '/checkout', body => 'a=b')->{status}, 503,
    'and an order is turned away';
is refused_of('checkout'), $before + 1, 'and counted';

done_testing;
