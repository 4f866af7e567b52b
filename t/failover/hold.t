#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# What probes say, and backup groups: who serves, how long the primary is held
# back, and what people are told.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP ();
use ShopTest;
use Time::HiRes qw(time);

use constant HOLD => 3;

my ($one, $two, $spare) = map { shop_server(body => $_) } qw(one two spare);

my $check = 'shop_health_check uri=/health interval=200ms fast=100ms '
    . 'timeout=500ms jitter=0%;';

my $nginx = nginx(http => <<"END");
    upstream shop {
        zone shop 128k;
        server $one;
        server $two;
        $check
        shop_failover_to spare hold=${\HOLD}s;
    }
    upstream spare { hash \$uri; server $spare; $check }

    server {
        listen %%ADDR%%;
        add_header X-Group \$shop_group always;
        add_header X-State \$shop_state always;
        add_header X-Addr \$upstream_addr always;
        location / { proxy_pass http://shop; }
        location = /status { shop_status json; }
    }
END

sub group {
    my ($name) = @_;
    my $status = JSON::PP->new->decode(get($nginx, '/status')->{body});

    return (grep { $_->{name} eq $name } @{ $status->{upstreams} })[0];
}

sub health {
    my ($shop, $status) = @_;

    $shop->set('/health', status => $status);
}

ok(wait_until(20, sub { group('shop')->{state} eq 'up' }), 'the shop is up');
is(group('shop')->{serving}, 'primary', 'and serves itself');
like(get($nginx, '/')->{body}, qr/^(?:one|two)$/, 'visitors go to it');

# ---- one of two

health($one, 503);
ok(wait_until(20, sub { group('shop')->{state} eq 'degraded' }),
    'one server is down');
is(group('shop')->{serving}, 'primary', 'the other serves');
is(get($nginx, "/$_")->{body}, 'two', 'and gets all visitors') for 1 .. 3;

# ---- both: the group is entered

health($two, 503);
ok(wait_until(20, sub { group('shop')->{state} eq 'backup' }),
    'both are down: the state is backup');
is(group('shop')->{served_by}, 'spare', 'the backup group serves');

my $answer = get($nginx, '/');
is($answer->{body}, 'spare', 'visitors go to it');
is($answer->{headers}{'x-addr'}, "$spare", 'at once, nobody else was tried');
is($answer->{headers}{'x-group'}, 'spare', '$shop_group says so');
is($answer->{headers}{'x-state'}, 'backup', 'so does $shop_state');
is(scalar($nginx->log->find(
    qr/\[warn\].*upstream "shop" is now served by upstream "spare"/)), 1,
    'and the log, once');

# ---- a flap within the hold begins it again

health($_, 200) for $one, $two;
ok(wait_until(20, sub {
    !grep { $_->{state} ne 'up' } @{ group('shop')->{peers} };
}), 'the servers are up again');

my $up = time;

is(get($nginx, '/')->{body}, 'spare', 'but are held back');
is(group('shop')->{state}, 'backup', 'the state is still backup');

health($_, 503) for $one, $two;
ok(wait_until(20, sub {
    !grep { $_->{state} ne 'down' } @{ group('shop')->{peers} };
}), 'a flap');
health($_, 200) for $one, $two;
ok(wait_until(20, sub {
    !grep { $_->{state} ne 'up' } @{ group('shop')->{peers} };
}), 'within the hold');

my $again = time;

ok(wait_until(20, sub { get($nginx, '/')->{body} =~ /one|two/ }),
    'the primary gets its visitors back');
cmp_ok(time - $again, '>=', HOLD - 0.6, 'after the hold, counted anew');
ok(wait_until(20, sub { group('shop')->{state} eq 'up' }), 'the state is up');
is(scalar($nginx->log->find(
    qr/\[notice\].*upstream "shop" serves itself again \(was served by upstream "spare"/)),
    1, 'the log says so, once');

# ---- the hold is for visitors' sake: not where nobody else serves

health($_, 503) for $one, $two;
ok(wait_until(20, sub { get($nginx, '/')->{body} eq 'spare' }),
    'the backup group serves again');
health($_, 200) for $one, $two;
ok(wait_until(20, sub {
    !grep { $_->{state} ne 'up' } @{ group('shop')->{peers} };
}), 'the primary is held back');
$spare->refuse;
like(get($nginx, "/$_")->{body}, qr/^(?:one|two)$/,
    'a held primary is better than an error') for 1 .. 4;
ok(wait_until(20, sub { group('shop')->{serving} eq 'primary' }),
    'and serves once the backup group is known to be down');

# ---- a reload keeps who serves

$spare->open;
ok(wait_until(20, sub { group('spare')->{state} eq 'up' }), 'spare is up');
health($_, 503) for $one, $two;
ok(wait_until(20, sub { get($nginx, '/')->{body} eq 'spare' }), 'and serves');
ok($nginx->reload, 'a reload');
is(get($nginx, '/')->{headers}{'x-addr'}, "$spare",
    'after it the first visitor goes there as well');

$nginx->configure(http => $nginx->{http} =~ s/upstream spare/upstream more { server $spare; $check shop_failover_to spare; }\n    $&/r);
ok($nginx->reload, 'a reload with another group');
is(get($nginx, '/')->{headers}{'x-addr'}, "$spare", 'in another zone, too');

done_testing;
