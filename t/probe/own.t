#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# What a server says of itself in the answer to a probe: Shop-Health, and a 503
# with Retry-After. It is heeded for this server; a planned closing is told as
# one only where nobody was lost in another way.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP ();
use ShopTest;
use ShopTest::Ctl qw(ctl);
use ShopTest::Events;
use ShopTest::Schema;
use ShopTest::Status;

my ($one, $two, $spare, $only, $old) =
    map { shop_server(body => $_) } qw(one two spare only old);

my $check = 'shop_health_check uri=/health interval=300ms fast=100ms '
    . 'timeout=20s; shop_outlier errors=1000;';

my $nginx = nginx(workers => 2, http => <<"END");
    shop_events %%DIR%%/events;

    upstream pair {
        server $one;
        server $two;
        server $spare backup;
        $check
    }

    upstream only { server $only; $check }
    upstream old { server $old; $check }

    # another nginx with this module
    upstream other { server %%ADDR_BEHIND%%; $check }

    server {
        listen %%ADDR%%;
        server_name shop;
        shop_maintenance %%DIR%%/flag;
        shop_retry_after 120s min=30s max=15m;
        shop_reopen hold=0;

        location / { proxy_pass http://pair; }
        location = /status { shop_status json; }
        location = /screen { shop_status html; }
        location = /metrics { shop_status prometheus; }
        location = /live { shop_live strict; }
    }

    server {
        listen %%ADDR%%;
        server_name lone;
        shop_fallback on;
        shop_reopen hold=0;
        location / { proxy_pass http://only; }
    }

    server {
        listen %%ADDR_BEHIND%%;
        server_name aged;
        shop_fallback on;
        shop_reopen hold=0;
        location / { proxy_pass http://old; }
    }

    server {
        listen %%ADDR%%;
        server_name before;
        shop_fallback on;
        location / { proxy_pass http://other; }
    }
END

my $log = $nginx->dir . '/events';
my $url = 'http://' . $nginx->address . '/status';

sub word {
    my ($shop, $word, @more) = @_;
    return $shop->set('/health', headers => ['Shop-Health' => $word], @more);
}

sub well { return $_[0]->set('/health', body => 'ok') }

sub site {
    my ($name) = @_;
    my ($site) = grep { $_->{name} eq $name } @{ status($nginx)->{sites} };
    return $site || {};
}

sub group_is {
    my ($name, $state) = @_;
    return wait_until(20, sub {
        grep { $_->{name} eq $name && $_->{state} eq $state }
            @{ status($nginx)->{upstreams} };
    });
}

sub becomes {
    my ($site, $state) = @_;
    return wait_until(20, sub { (site($site)->{state} // '') eq $state });
}

sub peer { return peer_of($nginx, 'pair', @_) }
sub is_peer { return wait_for_peer($nginx, 'pair', @_) }

sub visit {
    my ($host, @headers) = @_;
    return client($nginx)->request(GET => '/',
        headers => [Host => $host, @headers], close => 1);
}

sub served {
    my ($n) = @_;
    my %by = (one => 0, two => 0);
    $by{ visit('shop')->{body} }++ for 1 .. $n;
    return \%by;
}

# how often a site had a P1
sub alarms {
    my ($site) = @_;
    my @events = events_like($log, type => 'site', site => $site,
        severity => 'P1');
    return scalar @events;
}

sub screen { return (ctl('status', '--url', $url, '--all', @_))[1] }

ok is_peer($_, 'up'), 'a server is up' for $one, $two, $spare;
ok wait_for_peer($nginx, 'only', $only, 'up'), 'so is that of another site';
ok wait_for_peer($nginx, 'old', $old, 'up'), '... and of a third';

# ---- drain: no new visitors, and no failure

word($one, 'drain; reason="new version"');
ok is_peer($one, 'draining'), 'a server drains';
is_deeply served(6), { one => 0, two => 6 }, 'it gets no new visitors';
is peer($one)->{says}{reason}, 'new version', 'its reason is shown';
ok becomes('shop', 'degraded'), 'redundancy is lost';
ok wait_for_event($log, type => 'peer', to => 'draining', cause => 'server',
    detail => 'says "drain": new version'), 'there is an event';

word($one, 'drain', status => 503);
ok wait_until(20, sub { (peer($one)->{last}{result} // '') eq 'status' }),
    'it drains and answers 503';
is_deeply [@{ peer($one) }{qw(state fails)}], ['draining', 0],
    '... which is no failure, either';

# ... a wish, that closes no shop
word($two, 'drain');
ok is_peer($two, 'draining'), 'the other one drains, too';
my $by = served(6);
is $by->{one} + $by->{two}, 6, '... and they go on serving';
well($two);
ok is_peer($two, 'up'), 'it does so no more';

# ---- degraded: it serves, and that is shown

word($one, 'degraded; reason="no search"');
ok is_peer($one, 'up'), 'a degraded server is up';
ok wait_until(20, sub { (peer($one)->{says}{word} // '') eq 'degraded' }),
    'it says so';
ok becomes('shop', 'degraded'), 'the shop is degraded';
ok served(6)->{one}, 'visitors are served by it';
like get($nginx, '/screen')->{body}, qr/says of itself: degraded, \S*no search/,
    'the screen says it';
like screen(), qr/says of itself: degraded, "no search"/, 'so does the terminal';

# ---- a weight is a share

word($one, 'weight=10');
ok wait_until(20, sub { (peer($one)->{share} // 100) == 10 }),
    'a server asks for a tenth of its share';
ok wait_until(20, sub { served(20)->{two} >= 14 }), 'most go to the other one';
ok wait_until(20, sub { served(20)->{one} }), 'but not all';
ok becomes('shop', 'open'), 'the shop is open';
word($two, 'weight=10');
ok wait_until(20, sub { (peer($two)->{share} // 100) == 10 }),
    'the other one asks for as much';
ok wait_until(20, sub { my $by = served(20); $by->{one} >= 8 && $by->{two} >= 8 }),
    '... half each';
well($two);

# ---- nonsense is told once, and ignored

word($one, 'weight=0');
ok $nginx->log->wait_for(qr/\[warn\].*Shop-Health "weight=0" of .*not heeded/),
    'a bad word is named';
ok wait_until(20, sub { peer($one)->{checks} && !peer($one)->{says} }),
    '... and ignored';
my $checks = peer($one)->{checks};
ok wait_until(20, sub { (peer($one)->{checks} // 0) > $checks + 3 }), 'later';
my @told = $nginx->log->find(qr/Shop-Health "weight=0"/);
ok @told <= 2, 'each worker tells it once';

# ---- maint: out, as planned

word($one, 'maint; reason="new disks"; retry-after=600');
ok is_peer($one, 'disabled'), 'a server is in maintenance';
is_deeply served(6), { one => 0, two => 6 }, 'the other one serves';
ok becomes('shop', 'degraded'), 'the shop is not closed for it';
is get($nginx, '/live')->{status}, 200, 'it lives';

# mixed: all others are dead, and that is an outage
$_->refuse for $two, $spare;
ok becomes('shop', 'outage'), 'the others die: an outage';
is_deeply [@{ site('shop') }{qw(severity planned)}], ['P1', JSON::PP::false()],
    'a P1, and nothing of it was planned';
ok group_is('pair', 'down'), 'the upstream is down';
like visit('shop')->{headers}{'shop-status'} // '', qr/^outage/,
    'visitors read of a problem';

# ... which they mend: it has not ended
$_->open for $two, $spare;
word($_, 'maint') for $two, $spare;
ok group_is('pair', 'maintenance'), 'all say that they are in maintenance';
is site('shop')->{state}, 'outage', 'the outage goes on';
well($_) for $one, $two, $spare;
ok becomes('shop', 'open'), 'it is over when they serve';
ok is_peer($_, 'up'), 'all of them' for $one, $two, $spare;
is alarms('shop'), 1, 'it was an incident';

# ---- all of them, without an outage before

word($_, 'maint; reason="new <disks>"; retry-after=600', status => 503)
    for $spare, $one, $two;
ok becomes('shop', 'maintenance'), 'all are in maintenance: so is the shop';

my $site = site('shop');
is_deeply [@{$site}{qw(severity planned)}], [undef, JSON::PP::true()],
    'planned, and no alarm';
is $site->{says}{reason}, 'new <disks>', 'with the reason of the servers';
ok group_is('pair', 'maintenance'), 'so is the upstream';

my $page = visit('shop', Accept => 'text/html');
is $page->{status}, 503, 'visitors get a page';
like $page->{headers}{'shop-status'}, qr/^maintenance; since=\S+\z/,
    '... of a closed shop, without a promise';
my $after = $page->{headers}{'retry-after'};
ok $after >= 600 && $after <= 750, "... with the servers' Retry-After"
    or diag $after;
like $page->{body}, qr/new &lt;disks&gt;/, '... and their reason';

my $problem = JSON::PP::decode_json(
    visit('shop', Accept => 'application/json')->{body});
is $problem->{planned}, JSON::PP::true(), 'a program reads that it is planned';
ok $problem->{retry_after} >= 600 && $problem->{retry_after} <= 750,
    '... and when to come back' or diag $problem->{retry_after};
is JSON::PP::decode_json(get($nginx, '/.shop-status',
    headers => [Host => 'shop'])->{body})->{state},
    'maintenance', 'so does the waiting page';
is get($nginx, '/live')->{status}, 503, 'to what stands in front nobody serves';

my $metrics = get($nginx, '/metrics')->{body};
like $metrics,
    qr/^shop_failover_site_state\{(?=[^}]*"shop")[^}]*"maintenance"[^}]*\} 1$/m,
    'the metrics have the state';
like $metrics,
    qr/^shop_failover_upstream_state\{(?=[^}]*"pair")[^}]*"maintenance"[^}]*\} 1$/m,
    '... of the upstream, too';
my $screen = screen('--site', 'shop');
like $screen, qr/its servers say that they are in maintenance: new <disks>/,
    'the terminal says it';
unlike $screen, qr/shopctl off/, '... and not to take away a flag';
is_deeply [ShopTest::Schema->new('docs/status.schema.json')
    ->faults(status($nginx), 1)], [], 'the status fits its schema';

# the words of an operator are better
write_file($nginx->dir . '/flag', "mode: words\nstatus: We move house.\n");
ok wait_until(20, sub { visit('shop', Accept => 'text/html')->{body}
    =~ /We move house/ }), 'an operator may tell more';
unlink $nginx->dir . '/flag';

# a time beyond the limits is clipped
word($_, 'maint; retry-after=86400', status => 503) for $one, $two, $spare;
ok wait_until(20, sub { visit('shop')->{headers}{'retry-after'} == 900 }),
    'Retry-After has its limit';

# away for as long as it said: it may be started anew
$one->refuse;
ok is_peer($one, 'down'), 'one is stopped for it';
is site('shop')->{state}, 'maintenance', 'which was planned';
$one->open;

# ... and one that said no time
word($two, 'maint', status => 503);
ok wait_until(20, sub { peer($two)->{says}
    && !defined peer($two)->{says}{retry_after} }), 'one says no time';
is alarms('shop'), 1, 'nothing of it was an alarm';
$two->refuse;
ok becomes('shop', 'outage'), 'it dies: that was not planned';
$two->open;
well($_) for $one, $two, $spare;
ok becomes('shop', 'open'), 'all is well';

# ---- software that knows nothing of us

$only->set('/health', status => 503, headers => ['Retry-After' => 60]);
ok becomes('lone', 'maintenance'), 'a 503 with Retry-After is maintenance';
like visit('lone')->{headers}{'shop-status'}, qr/^maintenance/,
    'visitors read that it is closed';
is alarms('lone'), 0, 'it is no alarm';
well($only);
ok becomes('lone', 'open'), 'it ends as it began';
is visit('lone')->{body}, 'only', 'visitors are served';

$only->set('/health', status => 503);
ok becomes('lone', 'outage'), 'a 503 without it is none';

# ---- the page of an outage is no maintenance, though it has a Retry-After

$old->refuse;
ok becomes('aged', 'outage'), 'the servers of another nginx are dead';
ok group_is('other', 'down'), 'to the nginx before it its page is a failure';
ok becomes('before', 'outage'), '... and its own site is in an outage';

is_deeply [event_faults($log)], [], 'the events fit their schema';

done_testing();
