#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A site is a shop: what happens to one of several in an nginx is no word and
# no deed to the others, unless they share it.

use ShopTest;

use JSON::PP ();
use POSIX ();
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

$ENV{SHOP_STATUS} = "http://$where/status";
$ENV{TZ} = 'UTC';

# one line for a site: its state, severity, since when, its flag, upstreams,
# servers up, and how many were turned away
sub by_json {
    my ($name) = @_;
    my $json = JSON::PP::decode_json(
        get($where, "/status?format=json&site=$name")->{body});
    my $site = $json->{site};
    my ($up, $all) = (0, 0);

    for my $peer (map { @{ $_->{peers} } } @{ $json->{upstreams} }) {
        $all++;
        $up++ if $peer->{state} eq 'up';
    }

    return join ' ', $site->{name}, $site->{state}, $site->{severity} // '-',
        $site->{since} =~ /T(\d+:\d+)/, $json->{maintenance}{present} ? 1 : 0,
        join(',', sort map { $_->{name} } @{ $json->{upstreams} }), "$up/$all",
        $json->{counters}{visitors}{total};
}

sub by_metrics {
    my ($name) = @_;
    my $text = get($where, "/status?format=prometheus&site=$name")->{body};
    my $of = qr/site="\Q$name\E"/;
    my ($state) = $text =~ /^shop_failover_site_state\{$of,state="(\w+)"\} 1$/m;
    my ($severity) = $text =~ /^shop_failover_site_severity\{$of\} (\d)$/m;
    my ($since)
        = $text =~ /^shop_failover_site_since_timestamp_seconds\{$of\} (\d+)$/m;
    my ($flag) = $text =~ /^shop_failover_flag_present\{$of\} (\d)$/m;
    my %upstream = map { $_ => 1 }
        $text =~ /^shop_failover_upstream_since_\w+\{upstream="(\w+)"\}/mg;
    my @up = $text =~ /^shop_failover_peer_up\{.*\} (\d)$/mg;
    my $pages = 0;

    $pages += $_ for $text =~ /^shop_failover_responses_total\{$of,.*kind="html"\} (\d+)$/mg;

    return join ' ', $name, $state // '', $severity ? "P$severity" : '-',
        POSIX::strftime('%H:%M', gmtime $since), $flag // '',
        join(',', sort keys %upstream), grep({ $_ } @up) . '/' . @up, $pages;
}

sub by_html {
    my ($name) = @_;
    my $html = get($where, "/status?format=html&site=$name")->{body};
    my ($now) = $html =~ m{<p class="k">(.*?)</p>};
    my ($severity, $state) = $now =~ /(?:(P\d) \S+ )?(\w+)/;
    my ($since) = $html =~ m{</h1>\n<p>.*?\(since (?:\S+ )?(\d+:\d+)}s;
    my ($flag) = $html =~ m{<h2>Flag file</h2>\n<p>[^<]*: (not )?there};
    my %upstream = map { $_ => 1 }
        $html =~ m{<h3>(\w+): }g, $html =~ m{<summary><b class="ok">(\w+)</b>}g;
    my ($up, $all) = (0, 0);

    while ($html =~ /(\d+) of (\d+) up/g) {
        $up += $1;
        $all += $2;
    }

    my ($pages) = $html
        =~ m{Pages shown to visitors</td>.*?data-l="in all">(\d+)<};

    return join ' ', $name, $state, $severity // '-', $since // '',
        $html =~ /: there <|: there for/ ? 1 : 0,
        join(',', sort keys %upstream), "$up/$all", $pages // '';
}

# what the terminal has of it
sub by_shopctl {
    my ($name) = @_;
    my (undef, $out) = ctl('status', '--site', $name);
    my ($state, $severity) = $out =~ /\A(\w+)(?: (P\d))?/;
    my %upstream = map { $_ => 1 } $out =~ /^upstream (\w+):/mg;
    my ($up, $all) = (0, 0);

    while ($out =~ /(\d+) of (\d+) up$/mg) {
        $up += $1;
        $all += $2;
    }

    return join ' ', $name, $state // '', $severity // '-',
        join(',', sort keys %upstream), "$up/$all";
}

at('c.example', '/', Accept => 'text/html')->{status} == 503 or die
    for 1 .. 3;

# equal(NAME): on all four
sub equal {
    my ($name) = @_;

    ok wait_until(10, sub { by_metrics($name) eq by_json($name) }),
        "$name: the metrics say the same as the JSON"
        or diag by_metrics($name), "\n", by_json($name);
    is by_html($name), by_json($name), "$name: so does the screen";
    return is by_shopctl($name),
        join(' ', (split ' ', by_json($name))[0 .. 2, 5, 6]),
        "$name: so does the terminal";
}

equal($_) for qw(a.example c.example);

# ---- the troubled first, then a line each

is facts()->{sites}[-1]{name}, 'a.example', 'the JSON ends with who is well';

my $html = get($where, '/status?format=html')->{body};
my @lines = $html =~ m{^<li><a href="\?format=html&amp;site=([\w.]+)">\1</a>: <b (?#
    )class="\w+">(\w+)</b>}mg;
is "@lines[-2, -1]", 'a.example open', 'so does the list of the screen';
is @lines, 2 * @{ facts()->{sites} }, '... which has a line for each';

my (undef, $screen) = ctl('status');
like $screen, qr/^ +site \S+: maintenance for.*^site a\.example: open for/ms,
    'so does the terminal';

# ---- a site that is none

my $none = get($where, '/status?format=json&site=d.example');
is $none->{status}, 404, 'a site that is none is not found';
like JSON::PP::decode_json($none->{body})->{error},
    qr/\Ano such site "d\.example", expected .*"a\.example"/,
    '... and named, with those that are';
for my $format (qw(html prometheus)) {
    $none = get($where, "/status?format=$format&site=%3Cd%3E");
    like "$none->{status} $none->{headers}{'content-type'} $none->{body}",
        qr/\A404 text\/plain.* no such site "<d>", expected .*"b\.example"/,
        "... in $format, as text";
}
says 2, qr/no such site "d\.example", expected .*"a\.example"/,
    '... in the terminal', 'status', '--site', 'd.example';
says 2, qr/--site asks nginx .*takes no file/, '... nor one of a file',
    'status', '--site', 'a.example', 'FILE';

ok $nginx->log->find(qr/site "b\.example" is now "maintenance"/),
    'the log names the site';

unlink $nginx->dir . '/shared';
becomes('b.example', 'open', 'both are open again');
becomes('c.example', 'open', '... the other, too');

# ---- a shared flag, and only one of its sites is out

$shop{variable}->refuse;
becomes('c.example', 'outage', 'C is out');
at('c.example', '/', Accept => 'text/html');
like by_json('c.example'), qr/^c\.example outage P1 /, '... for all to see';
equal('c.example');
touch('shared');
becomes('b.example', 'maintenance', 'the shared flag closes B');
ok wait_until(10, sub { site('c.example')->{flag_state} eq 'closed' }),
    '... and is seen by C';
is state_of('c.example'), 'outage', '... whose outage gets words only';
ok !site('c.example')->{planned}, '... and was not planned';
equal('c.example');
ok site('b.example')->{planned}, 'what closes B was';

$shop{variable}->open;
becomes('c.example', 'reopening', 'C goes on by itself');
is state_of('b.example'), 'maintenance', '... and B stays closed';

done_testing;
