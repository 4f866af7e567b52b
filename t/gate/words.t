#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Words during an outage: a flag that comes while nobody serves gives the page
# its words, and nothing else.  Title, since, severity, metric, "planned" and
# incident stay the outage's; "mode: words" closes nothing.

use ShopTest;
use ShopTest::Alerts;
use ShopTest::Ctl;
use ShopTest::Schema;
use ShopTest::Status;

use JSON::PP ();

my $shop = shop_server(body => 'shop');
my $schema = ShopTest::Schema->new('docs/status.schema.json');

my $nginx = nginx(workers => 2, http => <<"END");
    shop_events %%DIR%%/events.log;

    upstream checked {
        server $shop;
        shop_health_check interval=200ms fast=100ms;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        shop_reopen hold=1s;

        location / { proxy_pass http://checked; }
        location = /status { shop_status; }
        location = /metrics { shop_status prometheus; }
    }
END

my $flag = $nginx->dir . '/flag';
my $label = $nginx->address;      # of the site: the server has no other

$ENV{SHOP_FLAG} = $flag;
$ENV{SHOP_STATUS} = 'http://' . $nginx->address . '/status';

sub site { return status($nginx)->{site} || {} }

sub is_in {
    my ($state, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    return ok(wait_until(20, sub { (site()->{state} // '') eq $state }),
        $name // "the site is in \"$state\"");
}

sub page {
    return get($nginx, '/', headers => [Accept => 'text/html'])->{body};
}

sub problem {
    my $answer = get($nginx, '/', headers => [Accept => 'application/json']);

    return eval { JSON::PP::decode_json($answer->{body}) } || {};
}

sub metric {
    my ($name) = @_;
    my ($value) = get($nginx, '/metrics')->{body}
        =~ /^shop_failover_\Q$name\E (\S+)$/m;

    return $value;
}

sub outage_begins {
    $shop->refuse;
    return is_in('outage');
}


# what somebody would be woken up for, if it stayed so for 20 minutes
sub woken { return [alerts(20, get($nginx, '/metrics')->{body})] }


# all that says that it is an outage, and since when
sub facts {
    my $site = site();

    return {
        (map { $_ => $site->{$_} } qw(state since severity planned)),
        incident => status($nginx)->{counters}{incident_since},
        number   => status($nginx)->{incidents}[0]{number},
        incident_is => join(' ', map { $_ // '' }
            @{ status($nginx)->{incidents}[0] }{qw(state severity planned
                                                  resolved)}),
        metric   => metric(qq(site_state{site="$label",state="outage"})),
        since_metric => metric(qq(site_since_timestamp_seconds{site="$label"})),
        planned_page => problem()->{planned},
        title    => problem()->{title},
        header   => get($nginx, '/')->{headers}{'shop-status'}
            =~ s/; eta=.*//r,
    };
}


is_in('open');
outage_begins();

my $before = facts();

is $before->{severity}, 'P1', 'an outage is P1';
is_deeply woken(), ['ShopNobodyServes page', 'ShopOutageWithoutText page'],
    '... for which somebody is woken up';
is_deeply [$before->{planned}, $before->{planned_page}],
    [JSON::PP::false, JSON::PP::false], '... and was not planned';


# ---- what the screens advise, and whatever else somebody may write

my @ways = (
    ['shopctl on', 'closed', sub {
        says 0, qr/nobody serves.*end: healthy.*^seen by nginx after \d+ ms$/ms,
            'shopctl on says what it does in an outage', 'on', '--eta', '+45m',
            '--status', 'We repair it.';
    }],
    ['an empty flag and a text', 'closed', sub {
        $nginx->file('flag', "status: We repair it.\neta: +45m\n");
    }],
    ['mode: browse', 'browse', sub {
        $nginx->file('flag', "mode: browse\nstatus: We repair it.\n");
    }],
    ['mode: paths', 'paths', sub {
        $nginx->file('flag', "mode: paths /\nstatus: We repair it.\n");
    }],
    ['shopctl tell', 'words', sub {
        says 0, qr/^words: .*^seen by nginx/ms, 'shopctl tell', 'tell',
            'We repair it.', '--eta', '+45m';
    }],
);

for my $way (@ways) {
    my ($name, $does, $write) = @$way;

    $write->();
    ok wait_until(10, sub { page() =~ /We repair it\./ }),
        "$name: the words are on the page";
    ok wait_until(10, sub { site()->{flag_state} eq $does }),
        "... the flag is \"$does\"";
    is_deeply facts(), $before, '... and all else is the outage\'s';
    is_deeply woken(), ['ShopNobodyServes page'],
        '... also the alert, while visitors know something';
    like page(), qr/<h1[^>]*>Sorry, there is a problem with our online shop/,
        '... its title';
    is post($nginx, '/cart', body => 'a=1', headers => [Accept =>
        'application/json'])->{status}, 503, '... to a POST, too';
    is status($nginx)->{maintenance}{end}, 'healthy', '... and goes with it';
    is_deeply [$schema->faults(status($nginx), 1)], [],
        '... the status keeps to its schema';

    if ($name =~ /shopctl/) {
        says 0, qr/seen by nginx/, '... with news', 'update', 'Half done.';
        ok wait_until(10, sub { page() =~ /Half done\./ }), '... on the page';
        is_deeply facts(), $before, '... and that is all';
    }

    unlink $flag;
    ok wait_until(10, sub { page() !~ /We repair it\./ }), '... and back';
}

is metric(qq(responses_total{site="$label",cause="$_",kind="html"})), 0,
    "nobody was turned away by \"$_\"" for qw(maintenance browse);


# ---- well again: what came in the outage goes with it

for my $mode ('full', 'words') {
    $nginx->file('flag', "mode: $mode\nstatus: We repair it.\n");
    ok wait_until(10, sub { page() =~ /We repair it\./ }), "$mode: words";
    $shop->open;
    is_in('open', '... the shop opens by itself');
    is site()->{flag_state}, 'over', '... and the flag is over';
    is get($nginx, '/')->{body}, 'shop', '... visitors see the shop';
    unlink $flag;
    ok wait_until(10, sub { site()->{flag_state} eq 'open' }), '... it goes';
    outage_begins();
}

ok !$nginx->log->find(qr/is now "maintenance"/), 'it was no maintenance';


# ---- well again, but somebody wants it shut: everybody says so

says 0, qr/^closed: .*seen by nginx/ms, 'shopctl on --end manual', 'on',
    '--end', 'manual', '--status', 'We repair it.';
my $began = site()->{since};

$shop->open;
is_in('maintenance', 'the flag alone keeps it shut');
ok site()->{shut_by_flag_alone}, '... says the status';
is site()->{planned}, JSON::PP::false, '... and that nobody planned it';
is metric(qq(shut_by_flag_alone{site="$label"})), 1, '... and the metrics';
is metric(qq(site_state{site="$label",state="outage"})), 0,
    '... in which somebody serves';
like page(), qr/<h1[^>]*>Sorry, there is a problem with our online shop/,
    '... visitors read the same page';
is problem()->{planned}, JSON::PP::false, '... nothing was planned';
like get($nginx, '/')->{headers}{'shop-status'},
    qr/^outage; since=\Q$began\E/, '... since the outage began';
is_deeply [grep { /page/ } @{ woken() }], ['ShopClosedThoughHealthy page'],
    '... and somebody is woken up to open it';
ok $nginx->log->wait_for(
    qr/only the flag keeps it shut, open it: shopctl off --flag \Q$flag\E/),
    '... the log has the command that opens it';

my (undef, $screen) = ctl('status');
like $screen, qr/only the flag keeps the shop shut/, '... the screen, too';
like $screen, qr/^  shopctl off --flag \Q$flag\E/m, '... with the command';
like get($nginx, '/status?format=html')->{body},
    qr/only the flag keeps the shop shut.*<pre>shopctl off --flag \Q$flag\E/s,
    '... also that of a browser';

$shop->refuse;
is_in('outage', 'they go again: it is the same outage');
$shop->open;
is_in('maintenance');

says 0, qr/^open: .*seen by nginx after \d+ ms$/ms, 'shopctl off', 'off';
is_in('open', '... opens it');


# ---- words before an outage that may come

says 0, qr/^words: .*seen by nginx/ms, 'shopctl tell in an open shop', 'tell',
    'Call us.';
is get($nginx, '/')->{body}, 'shop', '... closes nothing';
is site()->{state}, 'open', '... it is open';
is site()->{flag_state}, 'words', '... with words';
says 1, qr/^words$/m, '... is-active agrees', 'is-active';
outage_begins();
ok wait_until(10, sub { page() =~ /Call us\./ }), '... which the outage has';
$shop->open;
is_in('open');
is site()->{flag_state}, 'words', '... and they stay for the next one';
unlink $flag;
$nginx->file('flag', '');
is_in('maintenance', 'an open shop is closed by a flag');
is site()->{planned}, JSON::PP::true, '... as planned';
says 2, qr/"tell" would open it.*shopctl update/, '... tell does not open it',
    'tell', 'x';

# planned, and then the servers are stopped for the work
$shop->refuse;
ok wait_until(20, sub {
    peer_of($nginx, 'checked', $shop)->{state} eq 'down';
}), 'servers that go in a closed shop';
is site()->{state}, 'maintenance', '... are part of the work';
unlink $flag;
is_in('outage', '... until it is to be open');


# ---- a flag that comes before probes have found the outage

my $slow = nginx(http => <<"END");
    upstream slow {
        server $shop;
        shop_health_check interval=100ms fast=3s fails=2;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;

        location / { proxy_pass http://slow; }
        location = /status { shop_status; }
    }
END

sub slowly { return status($slow)->{site} || {} }

$shop->open;
ok wait_until(20, sub { slowly()->{state} eq 'open'
    && (peer_of($slow, 'slow', $shop)->{checks} // 0) > 1 }), 'slow probes';
$shop->refuse;
ok wait_until(20, sub { (peer_of($slow, 'slow', $shop)->{fails} // 0) > 0 }),
    '... the first one fails';
my $failed = time;
ok wait_until(5, sub { time > $failed + 1 }), '... and a moment later';
$slow->file('flag', "status: We repair it.\n");
ok wait_until(30, sub { slowly()->{state} eq 'outage' }),
    'a flag before the verdict is one of the outage';
is slowly()->{planned}, JSON::PP::false, '... and was not planned';
is status($slow)->{maintenance}{end}, 'healthy', '... it goes with it';


# ---- the event log

my @incidents = map { JSON::PP::decode_json($_) } grep { /"type":"incident"/ }
    do { open my $in, '<', $nginx->dir . '/events.log' or die; <$in> };

is_deeply [(map { $_->{severity} } grep { $_->{what} eq 'begun' }
    @incidents)[0 .. 3]], [('P1') x 4], 'outages were P1 from the first';

done_testing;
