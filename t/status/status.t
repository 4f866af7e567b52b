#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The operator's view: the promised names, the same facts in all three formats,
# which format is chosen, and that it answers when nothing else does.

use ShopTest;
use ShopTest::Schema;
use ShopTest::Status;

use Digest::SHA qw(sha256_base64);
use JSON::PP ();

my $schema = ShopTest::Schema->new('docs/status.schema.json');
my @shops = map { shop_server(body => "shop $_") } 0 .. 2;

my $CONFIG = <<"END";
    upstream shop {
        server $shops[0];
        server $shops[1];
        server $shops[2] backup;
        shop_health_check interval=300ms fast=100ms timeout=2s;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;

        location / { proxy_pass http://shop; }
        location /checkout { proxy_pass http://shop; shop_class checkout; }
        location /callback { proxy_pass http://shop; shop_class callback; }
        location /status { shop_status; }
    }

    server {
        listen %%ADDR_OPS%%;

        location / { shop_status; }
        location /json { shop_status json; }
        location /html { shop_status html; }
        location /run { shop_status runbook=https://wiki.example/shop?a&b; }
        location /metrics { shop_status prometheus; }
    }
END

my $nginx = nginx(http => $CONFIG);
my $ops   = $nginx->address('OPS');


sub body_of {
    my ($uri, @headers) = @_;

    return get($ops, $uri, headers => \@headers)->{body};
}


# "name{label="x"} value" of the metrics; undef: no such sample
sub metric {
    my ($name, %labels) = @_;

    for my $line (split /\n/, body_of('/metrics')) {
        my ($labels, $value) = $line =~ /^shop_failover_$name\{(.*)\} (\S+)\z/
            or next;

        return $value
            if !grep { index($labels, qq($_="$labels{$_}")) < 0 } keys %labels;
    }

    return;
}


sub valid {
    my ($name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_deeply [$schema->faults(status($nginx), 1)], [],
        "$name: the JSON keeps to its schema";
}


# the worst states of the steps of the last day, in their order; a step that
# ends meanwhile may have kept one of them
sub day {
    my $day = status($nginx)->{site}{day};
    my $n = 0;

    $n += $_->{n} for @{ $day->{states} };
    is $n * $day->{step}, 86_400, 'the day has 24 hours';

    return join ' ', map { $_->{state} // 'unknown' } @{ $day->{states} };
}


# how many results of probes there are, each with its time; 0: not each has one
sub strip {
    my ($server) = @_;
    my $peer = peer_of($nginx, 'shop', $server);
    my $n = 0;

    $n += $_->{n} for @{ $peer->{history} };

    return $n == @{ $peer->{history_ms} }
        && !grep({ !defined } @{ $peer->{history_ms} }) ? $n : 0;
}


# the same facts in JSON, metrics and HTML
sub agrees {
    my ($name, $state) = @_;
    my $json = status($nginx);
    my $html = body_of('/html');
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is $json->{site}{state}, $state, "$name: in JSON";
    is metric('site_state', state => $state), 1, '... in the metrics';
    like $html, qr{<p class="k">(?:P\d \W+)?$state</p>}, '... on the screen';

    for my $peer (map { @{ $_->{peers} } } @{ $json->{upstreams} }) {
        is metric('peer_up', peer => $peer->{address}),
            $peer->{state} eq 'up' ? 1 : 0, "... $peer->{address} in metrics";
        like $html, qr{\Q$peer->{address}\E.*?<b class="\w+">$peer->{state}</b>},
            '... and on the screen';
    }
}


# ---- all is well

ok wait_for_peer($nginx, 'shop', $_, 'up'), 'a server is up' for @shops;
valid('open');
agrees('open', 'open');

is status($nginx)->{site}{severity}, undef, 'open has no severity';
is status($nginx)->{counters}{incident_since}, undef, '... and no incident';
is metric('incident_start_timestamp_seconds'), undef, '... in the metrics';


# ---- which format

my @choices = (
    ['/',                    [],                              'application/json'],
    ['/',                    [Accept => '*/*'],               'application/json'],
    ['/',                    [Accept => 'text/html,*/*;q=1'], 'text/html'],
    ['/',                    [Accept => 'text/plain;version=0.0.4'], 'text/plain'],
    ['/',     [Accept => 'application/openmetrics-text'],     'text/plain'],
    ['/?format=html',        [],                              'text/html'],
    ['/?format=json',        [Accept => 'text/html'],         'application/json'],
    ['/?format=prometheus',  [Accept => 'text/html'],         'text/plain'],
    ['/?format=nonsense',    [Accept => 'text/html'],         'text/html'],
    ['/json?format=html',    [Accept => 'text/html'],         'application/json'],
    ['/html',                [],                              'text/html'],
    ['/metrics',             [],                              'text/plain'],
);

for my $choice (@choices) {
    my ($uri, $headers, $type) = @$choice;
    my $answer = get($ops, $uri, headers => $headers);

    is $answer->{status}, 200, "$uri @$headers: 200";
    like $answer->{headers}{'content-type'}, qr/^\Q$type\E/, "... $type";
}

is head($ops, '/')->{status}, 200, 'HEAD is answered';
is post($ops, '/', body => 'x')->{status}, 405, 'POST is not';
like get($ops, '/metrics')->{headers}{'content-type'}, qr/version=0\.0\.4/,
    'the metrics name their version';
is get($ops, '/')->{headers}{'cache-control'}, 'no-store', 'nothing is cached';


# ---- the screen's policy is that of what stands in it

my $screen = get($ops, '/html');
my $policy = $screen->{headers}{'content-security-policy'};

for my $tag (qw(style script)) {
    my ($text) = $screen->{body} =~ m{<$tag>(.*?)</$tag>}s;
    my $hash = sha256_base64($text);

    $hash .= '=' while length($hash) % 4;
    like $policy, qr/$tag-src 'sha256-\Q$hash\E'/, "the policy allows its $tag";
}

like $policy, qr/default-src 'none'/, '... and nothing else';
unlike $screen->{body}, qr/\son\w+=|style=/, 'nothing is inline in a tag';


# ---- a link to what to do

is JSON::PP::decode_json(body_of('/run'))->{runbook},
    'https://wiki.example/shop?a&b', 'a runbook is in the JSON';
is status($nginx)->{runbook}, undef, '... where there is one';
like body_of('/run', Accept => 'text/html'),
    qr{<a href="https://wiki\.example/shop\?a&amp;b">Runbook</a>},
    '... and on the screen';


# ---- broken first, and what is well is one line

like body_of('/html'), qr{<summary><b class="ok">shop</b>: 3 of 3 up</summary>},
    'an upstream that is well is one line';
unlike body_of('/html'), qr/What is not well/, '... as nothing is broken';
is scalar(() = body_of('/html') =~ /all times are \S/g), 1,
    'the zone of all times is named once';
like body_of('/html'),
    qr{<svg class="strip"[^>]*><path class="fo" d="M[^"]*"/><path class="fl" d="M},
    'the last probes are drawn';
like body_of('/html'), qr{<svg class="band".*?<path class="fo" d="M},
    '... and the last day';


# ---- servers go

$shops[0]->refuse;
ok wait_for_peer($nginx, 'shop', $shops[0], 'down'), 'a server is down';
valid('degraded');
agrees('degraded', 'degraded');

my $peer = peer_of($nginx, 'shop', $shops[0]);
is $peer->{last}{result}, 'connect_refused', 'the JSON says why';
like body_of('/html'), qr/connect refused/, '... and so does the screen';
is metric('check_results_total', result => 'connect_refused') > 0, 1,
    '... and the metrics';
is $peer->{history}[-1]{result}, 'connect_refused', 'the history ends with it';
like body_of('/html'), qr{<h3>shop:\ 2\ of\ 3\ up,.*?redundancy\ lost.*?
    connect\ refused.*?<path\ class="fx".*?<summary>2\ are\ up</summary>}sx,
    'what is broken stands first, with why';
ok strip($shops[1]), 'each result has its time';

$shops[1]->set('/', status => 500);
ok wait_for_peer($nginx, 'shop', $shops[1], 'down'), 'another one';
valid('backup');
agrees('backup', 'backup');
is status($nginx)->{upstreams}[0]{serving}, 'backup', 'backups serve';

$shops[2]->refuse;
ok wait_for_peer($nginx, 'shop', $shops[2], 'down'), 'and the last one';
valid('outage');
agrees('outage', 'outage');
is status($nginx)->{site}{severity}, 'P1', 'that is P1';
is status($nginx)->{upstreams}[0]{serving}, undef, '... nobody serves';
cmp_ok metric('detection_seconds'), '>', 0, '... and how fast it was found';


# ---- under load while everything is down

my @clients = map { client($nginx) } 1 .. 40;
$_->send(GET => '/', headers => [Accept => 'text/html']) for @clients;
is get($ops, '/metrics')->{status}, 200, 'a scrape under load is answered';
is scalar(grep { $_->answer->{status} == 503 } @clients), 40,
    '... and visitors got the page';

is post($nginx, '/checkout', body => 'a=1')->{status}, 503, 'an order' for 1 .. 3;
is post($nginx, '/callback', body => 'a=1')->{status}, 503, 'a callback';

my $counters = status($nginx)->{counters};
is $counters->{visitors}{incident}, 40, 'visitors are counted';
is_deeply { map { $_->{class} => $_->{incident} } @{ $counters->{refused} } },
    { checkout => 3, callback => 1 }, 'refused requests are counted by class';
is metric('refused_requests_total', class => 'callback', outcome => 'refused'),
    1, '... in the metrics';
is metric('responses_total', cause => 'outage', kind => 'html'), 40,
    '... as visitors are';
like body_of('/html'), qr{Refused: checkout</td><td[^>]*>3</td>},
    '... and on the screen';

my $before = strip($shops[1]);
ok $nginx->reload, 'a reload';
is status($nginx)->{counters}{visitors}{incident}, 40, '... keeps the counts';
like day(), qr/outage/, '... and the last day';

$nginx->configure(http => "shop_zone 4m;\n$CONFIG");
ok $nginx->reload, 'a reload into another zone';
is status($nginx)->{counters}{visitors}{incident}, 40, '... keeps them, too';
like day(), qr/outage/, '... with the last day';
cmp_ok strip($shops[1]), '>=', $before, '... and the last probes';
is metric('refused_requests_total', class => 'checkout', outcome => 'refused'),
    3, '... by class';


# ---- the flag

$nginx->file('flag', "status: We <b>repair</b> it.\neta: +30m\n"
    . "next-update: +10m\nnonsense\nupdate: Cause found.\n");
ok wait_until(10, sub { status($nginx)->{site}{flag_state} eq 'closed' }),
    'the flag gives the outage its words';
valid('words');
agrees('words', 'outage');

my $maintenance = status($nginx)->{maintenance};
is $maintenance->{status}, 'We <b>repair</b> it.', 'the text is in the JSON';
is $maintenance->{warnings}[0]{line}, 4, '... and the bad line';
is metric('flag_errors'), 1, '... in the metrics';
is metric('default_text'), 0, '... which know that there is a text';
cmp_ok metric('eta_timestamp_seconds'), '>', time, '... and an ETA';
like body_of('/html'), qr{We &lt;b&gt;repair&lt;/b&gt; it\.},
    'the text is escaped on the screen';
like body_of('/html'), qr{<b class="w">line 4</b>}, '... with the bad line';

$nginx->file('flag', "status: We <b>repair</b> it.\neta: +30m\n"
    . "who: anna, ticket 4711\nnonsense\nreason: The <disk> is full.\n"
    . "offer: 5 % with BACK\ncontact: tel +49 800 1\ncontact: mail a\@b.example\n"
    . join '', map { "update: 00:05 News $_.\n" } 1 .. 32);
ok wait_until(10, sub { @{ status($nginx)->{maintenance}{updates} } == 32 }),
    '32 updates';
my $long = body_of('/html');
like $long, qr{nobody.*News 32.*News 31.*News 30.*and 29 earlier ones}s,
    '... of which three are shown, below what is broken';
like $long, qr{<dt>Who</dt><dd>anna, ticket 4711</dd>}, '... and who did it';
like $long, qr{<dt>Why</dt><dd>The\ &lt;disk&gt;\ is\ full\.</dd>.*
    <dt>Offer</dt><dd>5\ %\ with\ BACK</dd>.*<dt>Contact</dt><dd>tel[^<]*</dd>.*
    <dt>Contact</dt><dd>mail\ a\@b\.example</dd>}xs, '... all that they are told';
like $long, qr{News 32\. <span class="m">\((?:[\d-]+ )?00:05\)},
    '... with the minute in which news were written';
unlike $long, qr/News 29/, '... and no more';
like $long, qr/Upstream shop is served by nobody/,
    '... and they push no event away';
is scalar(() = ($long =~ s/.*<h2>What happened//sr) =~ /<li>.*ago/g), 5,
    '... of which there are five';
like body_of('/html'), qr{<pre>shopctl update "TEXT" --eta \+30m --flag \Q@{[
    $nginx->dir]}\E/flag</pre>}, '... and what to type next';


# ---- all is well again, and then the next incident

$_->open for @shops[0, 2];
$shops[1]->set('/', body => 'shop 1');
unlink $nginx->dir . '/flag';
ok wait_until(30, sub { status($nginx)->{site}{state} eq 'open' }),
    'the shop is open again';
$counters = status($nginx)->{counters};
is $counters->{incident_since}, undef, 'the incident is over';
is $counters->{visitors}{total}, 40, 'what was counted stays';
is metric('incident_start_timestamp_seconds'), undef, '... in the metrics, too';

$_->refuse for @shops;
ok wait_until(30, sub { status($nginx)->{site}{state} eq 'outage' }),
    'another outage';
get($nginx, '/', headers => [Accept => 'text/html']);
$counters = status($nginx)->{counters};
ok $counters->{incident_since}, 'another incident';
is $counters->{visitors}{incident}, 1, 'is counted from its own beginning';
is $counters->{visitors}{total}, 41, 'beside the sum of all';
is_deeply [map { $_->{incident} } @{ $counters->{refused} }], [0, 0],
    'also by class';


# ---- what is refused

my %refused = (
    'location / { shop_status xml; }'    => qr/invalid value "xml".*json, html/,
    'location / { shop_status json html; }' => qr/invalid value "html"/,
    'location / { shop_status runbook=javascript:alert(1); }'
        => qr/invalid value "runbook=javascript:alert\(1\)".*expected a link/,
    'location / { shop_status; shop_status; }' => qr/is duplicate/,
    'location / { shop_class "a b"; }'   => qr/invalid value "a b".*letters/,
    'location / { shop_class a; shop_class b; }' => qr/is duplicate/,
    join('', map { "location /$_ { shop_class c$_; }" } 0 .. 32)
        => qr/one name too many.*32/,
);

config_fails 'refused: ' . substr($_, 0, 50), $refused{$_},
    http => "server { listen %%ADDR%%; $_ }" for sort keys %refused;

done_testing;
