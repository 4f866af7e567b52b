#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# shop_shed: with too many visitors a limit of pages in hand finds itself, so
# that pages stay quick, and the others read that many people are shopping.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP ();
use ShopTest;
use ShopTest::Crowd qw(crowd);
use ShopTest::Slots;
use ShopTest::Status;
use ShopTest::Wait qw(patience);

config_fails('a target', qr/invalid value "soon" in "shop_shed", expected the time/,
    http => 'upstream a { server 127.0.0.1:1; shop_health_check; shop_shed soon; }');
config_fails('a variable', qr/invalid value "session" in "shop_shed", expected a variable/,
    http => 'upstream a { server 127.0.0.1:1; shop_health_check; shop_shed 1s session; }');
config_fails('probes', qr/"shop_shed" of upstream "a" in .* needs a "shop_health_check"/,
    http => 'upstream a { server 127.0.0.1:1; shop_shed 1s; }');

my $shop = ShopTest::Slots->new(slots => 2, seconds => 0.1,
    quick => qr/healthz/);

my $nginx = nginx(workers => 2, connections => 1024, http => <<"END");
    upstream shop {
        server $shop;
        shop_health_check uri=/healthz;
        shop_shed 300ms \$arg_session;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        location / { proxy_pass http://shop; }
        location /checkout { shop_class checkout; proxy_pass http://shop; }
        location = /status { shop_status json; }
        location = /metrics { shop_status prometheus; }
    }
END

sub group { return (grep { $_->{name} eq 'shop' } @{ status($nginx)->{upstreams} })[0] }
sub public { return eval { JSON::PP::decode_json(get($nginx, '/.shop-status')->{body}) } || {} }

ok(wait_for_peer($nginx, 'shop', $shop, 'up'), 'the server is up');
is_deeply(group()->{shed}, { limit => 0, inside => 0, refused => 0 }, 'no limit yet');
is(get($nginx, '/')->{status}, 200, 'a page comes');

# ---- at 20 pages a second, three times as many visitors come

my ($begun, $busy, $public, $limit) = (time);
my @kinds = ((map { ['GET', '/page/%d'] } 1 .. 8),
    (map { ['GET', '/page/%d?session=1'] } 1, 2), ['POST', '/basket/%d'],
    ['GET', '/%d.png']);

my %of = map { $_ => { 200 => 0, 503 => 0 } } qw(page session);

# of those with a session more are served, once there were enough of them
sub sessions_first {
    return $of{session}{503} * $of{page}{200} < $of{page}{503} * $of{session}{200};
}

crowd($nginx, visitors => 400, rate => 60, ask => sub {
    my ($n) = @_;
    my ($method, $uri) = @{ $kinds[$n % @kinds] };
    return ($method, sprintf $uri, $n);
}, each => sub {
    my ($done) = @_;
    my $kind = $done->{method} eq 'POST' ? 'POST'
        : $done->{uri} =~ /png/ ? 'picture'
        : $done->{uri} =~ /session/ ? 'session' : 'page';

    $of{$kind}{ $done->{status} }++;

    if (!$busy && $done->{status} == 503) {
        my $answer = get($nginx, '/another');

        $limit = group()->{shed}{limit};
        $busy = $answer if $answer->{status} == 503;
    }

    if ($busy && !$public) {
        my $now = public();
        $public = $now if ($now->{state} // '') eq 'busy';
    }
}, until => sub {
    return time - $begun > patience(40)
        || $public && time - $begun > 8 && sessions_first();
}, patience => 60, longest => patience(60));

ok(wait_until(10, sub { status($nginx)->{site}{state} eq 'busy' }), 'the shop is busy');
cmp_ok(group()->{shed}{refused}, '>', 0, '... as some are refused');
ok($busy, 'some are refused') or diag(explain(\%of));
cmp_ok($limit, '>', 0, '... by a limit that found itself');
is($busy->{headers}{'shop-status'}, 'busy', 'Shop-Status says that it is busy');
like($busy->{headers}{'retry-after'}, qr/\A(?:[2-9]|\d\d|1[01]\d|120)\z/,
    'Retry-After is their own');
like($busy->{body}, qr/many visitors|many people/i, 'the page says why');
is($public->{state}, 'busy', 'so does the public status');
cmp_ok($public->{retry_after}, '>=', 2, '... and when to ask again');

is(join(' ', keys %{ $of{POST} }), '200', 'a POST is never refused');
is(join(' ', keys %{ $of{picture} }), '200', 'nor is a picture');
cmp_ok($of{page}{503}, '>', 0, 'pages are');
ok(sessions_first(), 'who has a session goes first') or diag(explain(\%of));
is(join(' ', grep { !/200|503/ } map { keys %$_ } values %of), '',
    'nobody got an error');
is($nginx->log->find(qr/ is down: | is now "outage"/), 0, 'and nothing is an outage');
like(get($nginx, '/metrics')->{body}, qr/^shop_failover_shed_limit\{/m,
    'the metrics have the limit');

# ---- they are gone

ok(wait_until(60, sub {
    get($nginx, '/') for 1 .. 2;
    group()->{shed}{limit} == 0;
}), 'the limit goes');
is(group()->{shed}{inside}, 0, 'nobody is left in hand');
ok(wait_until(30, sub { status($nginx)->{site}{state} eq 'open' }), 'it is open again');
isnt(public()->{state}, 'busy', 'the public status is as before');

# ---- a worker that leaves ends what it began: of the configuration after the
# next, which counts where it did, that is nothing

{
    my $slow = shop_server(body => 'here');
    my $other = nginx(workers => 1, http => <<"END");
        upstream shop {
            server $slow;
            shop_health_check uri=/healthz;
            shop_shed 300ms;
        }
        server {
            listen %%ADDR%%;
            shop_maintenance %%DIR%%/flag;
            location / { proxy_pass http://shop; }
            location = /status { shop_status json; }
        }
END
    my $in_hand = sub {
        my ($group) = @{ status($other)->{upstreams} };
        return $group->{shed}{inside};
    };

    ok(wait_for_peer($other, 'shop', $slow, 'up'), 'another server is up');
    $slow->set('/slow', 'hang');

    my @waiting = map { client($other) } 1 .. 2;
    $_->send('GET', '/slow') for @waiting;
    ok(wait_until(10, sub { $in_hand->() == 2 }), 'two pages are in hand');

    for my $n (1, 2) {
        ok($other->reload, "reload $n");
        is($in_hand->(), 0, '... counts anew');
    }

    $_->close for @waiting;
    ok(wait_until(20, sub { !$other->leaving }), 'the old worker ends them');
    is($in_hand->(), 0, '... and nobody is in hand');
    is(get($other, '/')->{status}, 200, 'a page comes');
}

$shop->stop;
done_testing;
