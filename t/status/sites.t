#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A site is a shop: what happens to one of several in an nginx is no word and
# no deed to the others, unless they share it.

use ShopTest;

use JSON::PP ();
use ShopTest::Ctl;
use ShopTest::Events;

my %shop = map { $_ => shop_server(body => $_) }
    qw(a b images spare variable);

my $check = 'shop_health_check uri=/healthz interval=200ms fast=50ms '
    . 'timeout=2s jitter=0%;';

my $nginx = nginx(http => <<"END");
    shop_events %%DIR%%/events.log;

    upstream a { server $shop{a}; $check }
    upstream b { server $shop{b}; $check shop_failover_to spare hold=0s; }
    upstream spare { server $shop{spare}; $check }
    upstream images { server $shop{images}; $check }
    upstream variable { server $shop{variable}; $check }
    map \$host \$backend { default variable; }

    server {
        listen %%ADDR%%;
        server_name a.example www.a.example;
        shop_maintenance %%DIR%%/flag-a;
        shop_reopen hold=1s ramp=6s;
        location / { proxy_pass http://a; }
    }

    server {
        listen %%ADDR%%;
        server_name b.example;
        shop_maintenance %%DIR%%/shared;
        shop_reopen hold=1s ramp=6s;
        shop_upstreams images=optional;
        location / {
            location /nested { try_files /none \@b; }
            if (\$arg_images) { proxy_pass http://images; }
        }
        location \@b { proxy_pass http://b; }
        location /b { proxy_pass http://b/; }
    }

    server {
        listen %%ADDR%%;
        server_name c.example;
        shop_maintenance %%DIR%%/shared;
        location / { proxy_pass http://\$backend; }
        location /admin { shop_site office; proxy_pass http://b/; }
    }

    server {
        listen %%ADDR_STATUS%%;
        location = /status { shop_status; }
    }
END

my $where = $nginx->address('STATUS');


sub at {
    my ($host, $uri, @more) = @_;
    return get($nginx, $uri, headers => [Host => $host, @more]);
}

sub facts { return JSON::PP::decode_json(
    get($where, '/status?format=json')->{body}) }

sub site {
    my ($name) = @_;
    return (grep { $_->{name} eq $name } @{ facts()->{sites} })[0] // {};
}

sub state_of { return site($_[0])->{state} // 'none' }

sub public {
    return JSON::PP::decode_json(at($_[0], '/.shop-status')->{body})->{state};
}

sub upstreams {
    return join ' ', sort map { $_->{name} . ($_->{optional} ? '?' : '') }
        @{ site($_[0])->{upstreams} };
}

sub becomes {
    my ($name, $state, $words) = @_;
    ok wait_until(20, sub { state_of($name) eq $state }), $words
        or diag state_of($name);
}

sub touch {
    open my $out, '>', $nginx->dir . "/$_[0]" or die;
    close $out;
}


# ---- which sites there are, and what they have

is join(' ', sort map { $_->{name} } @{ facts()->{sites} }),
    'a.example b.example c.example office',
    'each server that passes requests is a site, and who is named; no other';
is upstreams('a.example'), 'a', 'a site has the upstream that it passes to';
is upstreams('b.example'), 'b images?',
    '... in nested and named locations and in "if"; one is optional';
is upstreams('office'), 'b', '... a location of a name of its own, too';
is upstreams('c.example'), '', 'where a variable decides nothing is known';
like +($nginx->test)[1], qr/site "c\.example" are\s+passed to/,
    'which "nginx -t" says once';
is at('c.example', '/')->{body}, 'variable', 'until a request was there';
ok wait_until(10, sub { upstreams('c.example') eq 'variable' }),
    'then it is learned';
is site('a.example')->{flag}, $nginx->dir . '/flag-a', 'the flag is a member';

# ---- A dies and comes back

becomes('b.example', 'open', 'all is well');

my (%told, @faults);
my $step = 0;
my @steps = (
    sub { $shop{a}->refuse },
    sub { state_of('a.example') eq 'outage' },
    sub { $shop{a}->open },
    sub { state_of('a.example') eq 'reopening' },
    sub { state_of('a.example') eq 'open' },
);
my $turns = 0;
ok wait_until(60, sub {
    my $answer = at('b.example', '/b/');
    push @faults, $answer->{status} if $answer->{status} != 200;
    $told{ public('b.example') }++;
    $told{ state_of('b.example') }++;
    $turns++;
    $step++ if $step < @steps && $steps[$step]->();
    return $step == @steps;
}), 'A died, came back and was let in again' or diag "step $step";
ok $turns > 5, 'B was asked all the time';
is "@faults", '', '... and answered each with 200';
is join(' ', sort keys %told), 'open', '... and said open throughout';

my @events = events($nginx->dir . '/events.log');
is scalar(grep { ($_->{site} // '') eq 'b.example' } @events), 0,
    'no event is of B';
is scalar(grep { $_->{type} eq 'incident' && $_->{site} eq 'a.example' }
    @events), 2, 'the incident is of A alone';

local $ENV{SHOP_EVENTS} = $nginx->dir . '/events.log';
my (undef, $report) = ctl('report', '--incident', '1');

like $report, qr/^Shop a\.example\./m, 'the report names the shop';
like $report, qr/of upstream a is down/, '... and what failed of it';
unlike $report, qr/upstream (?!a\b)|b\.example/, '... and nothing of B';

# ---- what is optional

$shop{images}->refuse;
becomes('b.example', 'degraded', 'without the optional one B is degraded');
is site('b.example')->{severity}, 'P3', '... a P3';
is at('b.example', '/b/')->{status}, 200, '... and open';
$shop{images}->open;
becomes('b.example', 'open', 'with it, it is well');

# ---- the chain

$shop{b}->refuse;
becomes('b.example', 'backup', 'its chain is part of an upstream');
becomes('office', 'backup', '... for each site that has it');
is state_of('a.example'), 'open', '... and for no other';
$shop{b}->open;
becomes('b.example', 'open', 'B is back');

# ---- what was learned counts

$shop{variable}->refuse;
becomes('c.example', 'outage', 'the loss of a learned one is an outage');
$shop{variable}->open;
becomes('c.example', 'reopening', 'and it comes back');

# ---- a shared flag

touch('shared');
becomes('b.example', 'maintenance', 'a shared flag closes one');
becomes('c.example', 'maintenance', '... and the other');
becomes('office', 'maintenance', '... and the part with a name of its own');
is at('b.example', '/b/')->{status}, 503, 'visitors of both';
is at('c.example', '/')->{status}, 503, '... are told';
is at('a.example', '/')->{status}, 200, 'A is open';

# ---- every fact is equal everywhere

my %json = map { $_->{name} => $_ } @{ facts()->{sites} };
my $metrics = get($where, '/status?format=prometheus')->{body};
my $html = get($where, '/status?format=html')->{body};

for my $name (sort keys %json) {
    my ($state) = $metrics
        =~ /^shop_failover_site_state\{site="\Q$name\E",state="(\w+)"\} 1$/m;
    my ($shown) = $html =~ m{<li>\Q$name\E: <b class="\w+">(\w+)</b>};

    is $state, $json{$name}{state}, "$name: the metric is as the JSON";
    is $shown, $json{$name}{state}, "$name: so is the screen";
    ok $metrics =~ /^shop_failover_flag_present\{site="\Q$name\E"\} (\d)$/m
       && $1 == ($name eq 'a.example' ? 0 : 1), "$name: and its flag";
}

ok $nginx->log->find(qr/site "b\.example" is now "maintenance"/),
    'the log names the site';

unlink $nginx->dir . '/shared';
becomes('b.example', 'open', 'both are open again');
becomes('c.example', 'open', '... the other, too');

# ---- a shared flag, and only one of its sites is out

$shop{variable}->refuse;
becomes('c.example', 'outage', 'C is out');
touch('shared');
becomes('b.example', 'maintenance', 'the shared flag closes B');
ok wait_until(10, sub { site('c.example')->{flag_state} eq 'closed' }),
    '... and is seen by C';
is state_of('c.example'), 'outage', '... whose outage gets words only';
ok !site('c.example')->{planned}, '... and was not planned';
ok site('b.example')->{planned}, 'what closes B was';

$shop{variable}->open;
becomes('c.example', 'reopening', 'C goes on by itself');
is state_of('b.example'), 'maintenance', '... and B stays closed';

done_testing;
