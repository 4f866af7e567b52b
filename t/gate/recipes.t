#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What docs/operations.md says must stay open does stay open, in a closed shop
# and in one that nothing serves.

use ShopTest;
use ShopTest::Dir;
use ShopTest::Port qw(free_port);
use ShopTest::Process;

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


# ---- what stands in front

$shop->open;

my $front = nginx(http => <<"END");
    log_format uri '\$uri';
    upstream shop { server $shop max_fails=0; }

    server {
        listen %%ADDR%%;
        access_log %%DIR%%/asked.log uri;
        shop_maintenance %%DIR%%/maintenance;
        shop_reopen hold=0s;

        location / { proxy_pass http://shop; }
    }
END

my ($port) = $front->address =~ /:(\d+)$/;
my $dir = ShopTest::Dir->new('front');


# a recipe of docs/setups.md, with this nginx in it
sub recipe {
    my ($name, $language) = @_;
    open my $in, '<', 'docs/setups.md' or die "docs/setups.md: $!\n";
    local $/;

    my ($text) = <$in> =~ /^<!-- tested: $name -->\n+```$language\n(.*?)^```/ms
        or die "docs/setups.md has no $name\n";

    $text =~ s/\b8080\b/$port/ or die "no port in $name\n";
    $text =~ s/\b2s\b/200ms/g;

    return $text;
}


sub program {
    my ($name, @command) = @_;

    return ShopTest::Process->spawn(sub {
        open STDOUT, '>', "$dir/$name.log";
        open STDERR, '>&', \*STDOUT;
        exec @command or die "$command[0]: $!\n";
    });
}


sub set_flag {
    my ($there) = @_;
    my $flag = $front->dir . '/maintenance';

    $there ? $front->file('maintenance', "status: New shelves.\n")
           : unlink $flag;

    return ok wait_until(10, sub {
        (get($front, '/x')->{status} == 503) == $there;
    }), $there ? 'closed' : 'open';
}


sub asked {
    open my $in, '<', $front->dir . '/asked.log' or return 0;

    return scalar grep { $_ eq "/.shop-status\n" } <$in>;
}


# the page comes through, and goes when the shop opens
sub passes_on {
    my ($name, $at, $checks) = @_;
    my @html = (headers => [Accept => 'text/html', Host => 'localhost']);

    ok wait_until(30, sub {
        (eval { get($at, '/first', @html) } // { body => '' })->{body} eq 'shop';
    }), "$name: passes the shop on" or return;

    set_flag(1);

    # as often as its health check needs to take nginx out
    my $asked = asked();
    ok wait_until(30, sub { asked() >= $asked + 8 }), "$name: checks go on"
        if $checks;

    my $page = get($at, '/closed', @html);

    like $page->{body}, qr/New shelves/, "$name: the page comes through";
    ok $page->{headers}{'retry-after'}, "$name: with its Retry-After";
    like get($at, '/.shop-status', @html)->{body}, qr/"state":"maintenance"/,
        "$name: and what it polls";
    is get($at, '/twice', @html)->{status}, 503, "$name: also for this one";

    set_flag(0);
    like get($at, '/.shop-status', @html)->{body}, qr/"state":"open"/,
        "$name: the waiting page learns that it is over";
    is get($at, '/twice', @html)->{body}, 'shop', "$name: nothing was kept";
    return;
}


SKIP: {
    skip('there is no varnishd', 1) if !-x '/usr/sbin/varnishd';

    my $at = '127.0.0.1:' . free_port();
    my $vcl = $dir->write('shop.vcl', recipe('varnish', 'vcl'));

    program('varnish', '/usr/sbin/varnishd', '-F', '-n', "$dir/varnish",
        '-j', 'none', '-a', $at, '-f', $vcl, '-s', 'malloc,16m',
        '-p', 'thread_pool_min=5', '-p', 'thread_pools=1');
    passes_on('Varnish', $at, 1);
}

SKIP: {
    skip('there is no haproxy', 1) if !-x '/usr/sbin/haproxy';

    my $at = '127.0.0.1:' . free_port();
    my $file = $dir->write('haproxy.cfg', <<"END" . recipe('haproxy', 'haproxy'));
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend visitors
    bind $at
    default_backend shop
END

    program('haproxy', '/usr/sbin/haproxy', '-db', '-f', $file);
    passes_on('HAProxy', $at, 1);
}

# as a CDN is, that would cache all for an hour if it were left to itself
my $cdn = nginx(http => <<"END");
    proxy_cache_path %%DIR%%/cache keys_zone=cdn:1m;

    server {
        listen %%ADDR%%;
        location / {
            proxy_cache cdn;
            proxy_cache_valid any 1h;
            proxy_pass http://127.0.0.1:$port;
        }
    }
END

passes_on('a CDN', $cdn->address, 0);

done_testing;
