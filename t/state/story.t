#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Incidents, counters and since when a site is in its state outlive a restart
# and a binary upgrade with `shop_state_file`: a report of the night does not
# begin anew in the middle of it, and what ends later is the same incident.

use ShopTest;
use ShopTest::Ctl;
use ShopTest::Status;

use JSON::PP ();

my $dir = ShopTest::Dir->new('state');
chmod 0777, "$dir";

my %shop = map { $_ => shop_server(body => "shop $_") } qw(a b images);

my $http = <<"END";
    shop_state_file $dir/state;
    shop_events $dir/events.log;
    shop_reopen hold=0s;
    upstream a {
        server $shop{a};
        shop_health_check uri=/healthz interval=100ms fast=100ms fails=1 passes=1;
        shop_outlier off;
    }
    upstream b {
        server $shop{b};
        shop_health_check uri=/healthz interval=100ms fast=100ms fails=1 passes=1;
        shop_outlier off;
    }
    upstream images {
        server $shop{images};
        shop_health_check uri=/healthz interval=100ms fast=100ms fails=1 passes=1;
        shop_outlier off;
    }
    server {
        listen %%ADDR%%;
        server_name a.example;
        shop_maintenance %%DIR%%/flag_a;
        shop_class checkout;
        location / { proxy_pass http://a; }
        location /status { shop_status; }
    }
    server {
        listen %%ADDR_B%%;
        server_name b.example;
        shop_maintenance %%DIR%%/flag_b;
        shop_upstreams images=optional;
        location / { proxy_pass http://b; }
        location /images/ { proxy_pass http://images; }
    }
END

my $nginx = nginx(daemon => 'on', http => $http);

sub status { return JSON::PP::decode_json(get($nginx, '/status')->{body}) }

sub site {
    my ($name) = @_;
    return (grep { $_->{name} eq $name } @{ status()->{sites} })[0];
}

sub page { return get($nginx, '/', headers => [Accept => 'text/html'])->{status} }

# what a report is made of, of the newest incident of a
sub told {
    my ($incident) = grep { $_->{site} eq 'a.example' }
        @{ status()->{incidents} };

    return join ' ', map { "$_=" . ($incident->{$_} // 'none') }
        qw(number began first_failure detected visitors);
}

sub pages {
    my ($metrics) = get($nginx, '/status?format=prometheus')->{body};
    my $n = 0;

    $n += $1 while $metrics =~
        /^shop_failover_responses_total\{site="a\.example",.*\} (\d+)$/mg;
    return $n;
}

sub kept {
    my ($when, %was) = @_;

    is site('a.example')->{since}, $was{since}, "since is the same after $when";
    is told(), $was{told}, 'so is the incident';
    is pages(), $was{pages}, 'so are the counters';
    is join(' ', @{ site('b.example') }{qw(state severity since)}),
        "degraded P3 $was{degraded}", 'and that only the optional is missing';
    is_deeply [map { $_->{optional} } grep { $_->{name} eq 'images' }
        @{ site('b.example')->{upstreams} }], [JSON::PP::true],
        'which is still optional';
}

ok wait_until(20, sub { page() == 200 }), 'the shop is open';

$shop{a}->set('/healthz', status => 500);
ok wait_until(20, sub { site('a.example')->{state} eq 'outage' }),
    'all servers of a fail';
$shop{a}->set('/', status => 500);

$shop{images}->set('/healthz', status => 500);
ok wait_until(20, sub { site('b.example')->{state} eq 'degraded' }),
    'what is optional for b fails';
my $degraded = site('b.example')->{since};

# the health check has taken its only server out
ok wait_until(20, sub { page() == 503 }), 'visitors get the page';
page() for 1 .. 3;

my %was = (since => site('a.example')->{since}, told => told(), pages => pages(),
    degraded => $degraded);

like $was{told}, qr/number=1 .*began=\d/, 'there is an incident';
cmp_ok $was{pages}, '>=', 4, 'and pages are counted';

$nginx->stop;
ok !$nginx->alive, 'nginx stops';
ok $nginx->start, 'and starts';
kept('a restart', %was);

ok $nginx->upgrade, 'a new binary takes over';
kept('an upgrade', %was);

$shop{a}->set('/healthz', status => 200);
$shop{a}->set('/', status => 200);
ok wait_until(20, sub { site('a.example')->{state} eq 'open' }),
    'the servers come back';

my ($incident) = grep { $_->{site} eq 'a.example' } @{ status()->{incidents} };

is $incident->{number}, 1, 'it is the same incident that ends';
ok $incident->{resolved}, 'and it is resolved';

my (undef, $report) = ctl('report', '--incident', '1', "$dir/events.log");

like $report, qr/^Shop a\.example\./m, 'its report is of a';
like $report, qr/of upstream a is down/, '... says what failed before the restart';
unlike $report, qr/b\.example|upstream (?!a\b)|images/,
    '... and nothing of b, which failed at the same time';
is scalar(grep { $_->{site} eq 'b.example' } @{ status()->{incidents} }), 0,
    'b has none';

done_testing;
