#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# `shop_budget`: how available a site was, what was planned apart from what was
# not, and what is left of its promise: on each screen and in the metrics,
# equal to what `shopctl budget` finds in the event log; over a reload, a
# restart and a binary upgrade, and never of the time that nginx was down.

use ShopTest;
use ShopTest::Clock;
use ShopTest::Ctl;
use ShopTest::Dir;
use ShopTest::Schema;

use JSON::PP ();
use POSIX ();

my $dir = ShopTest::Dir->new('budget');
chmod 0777, "$dir";

my %shop = map { $_ => shop_server(body => "shop $_") } qw(a b);
my $check = 'shop_health_check uri=/healthz interval=100ms fast=50ms fails=1 '
    . 'passes=1; shop_outlier off;';

sub config {
    my ($promise, $more) = @_;

    return <<"END";
        shop_state_file $dir/state;
        shop_events $dir/events.log;
        shop_budget 99.5%;
        upstream a { server $shop{a}; $check }
        upstream b { server $shop{b}; $check }
        server {
            listen %%ADDR%%;
            server_name a.example;
            shop_budget $promise;
            shop_maintenance %%DIR%%/flag;
            shop_reopen hold=0s;
            location / { proxy_pass http://a; }
            location /status { shop_status; }
        }
        server {
            listen %%ADDR_B%%;
            server_name b.example;
            shop_maintenance %%DIR%%/flag_b;
            location / { proxy_pass http://b; }
        }
        $more
END
}

my $nginx = nginx(daemon => 'on', http => config('99.9', ''));


sub soon {
    my ($name, $code) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    return ok(wait_until(20, $code), $name);
}


sub status { return JSON::PP::decode_json(get($nginx, '/status')->{body}) }

sub availability {
    my ($site) = @_;

    return (grep { $_->{name} eq ($site // 'a.example') }
        @{ status()->{sites} })[0]{availability};
}

# a figure of the month
sub month { return availability($_[1])->{windows}[1]{ $_[0] } }

sub state { return status()->{site}{state} }

sub figures {
    my ($when) = @_;
    my $windows = availability()->{windows};

    is join(' ', map { $_->{days} } @$windows), '7 30 365', "$when: 3 windows";
    is scalar(grep { abs($_->{unplanned} - $windows->[0]{unplanned}) > 1
        || abs($_->{planned} - $windows->[0]{planned}) > 1 } @$windows), 0,
        '... with the same in each, as all is of today';
}


soon('time is counted', sub { month('known') >= 2 });
is month('unplanned'), 0, 'no outage';
is month('planned'), 0, 'nothing planned';
is availability()->{promise}, 99.9, 'the promise of the server';
is availability('b.example')->{promise}, 99.5, '... and that of all';
is month('percent'), 100, 'all of it was open';
is month('left'), month('allowed'), 'and all is left';

my @faults = ShopTest::Schema->new('docs/status.schema.json')
    ->faults(status());
is "@faults", '', 'the status is as its schema says';

$shop{a}->refuse;
soon('an outage', sub { state() eq 'outage' });
soon('... that is counted', sub { month('unplanned') >= 3 });
$shop{a}->open;
soon('it is over', sub { state() eq 'open' });
cmp_ok month('percent'), '<', 100, 'it shows';
cmp_ok month('left'), '<', 0, '... and no second of the promise is left';
is month('unplanned', 'b.example'), 0, 'the other site had none';

my $unplanned = month('unplanned');

$nginx->file('flag', "status: We move.\n");
soon('a planned closing', sub { state() eq 'maintenance' });
soon('... that is counted', sub { month('planned') >= 3 });
$shop{a}->refuse;
soon('its server goes meanwhile', sub {
    status()->{upstreams}[0]{state} eq 'down' });
my $planned = month('planned');
soon('... and it is still planned', sub { month('planned') > $planned });
$shop{a}->open;
soon('its server is back', sub {
    status()->{upstreams}[0]{state} eq 'up' });
unlink $nginx->dir . '/flag';
soon('it is over', sub { state() eq 'open' });
cmp_ok abs(month('unplanned') - $unplanned), '<=', 1, 'no outage more';

# an outage that a flag keeps shut
$shop{a}->refuse;
soon('another outage', sub { state() eq 'outage' });
$nginx->file('flag', "end: manual\nstatus: We are at it.\n");
soon('its words are read', sub {
    (status()->{maintenance}{status} // '') eq 'We are at it.' });
$shop{a}->open;
soon('kept shut by the flag alone', sub {
    status()->{site}{shut_by_flag_alone} });
$unplanned = month('unplanned');
$planned = month('planned');
soon('... is no planned time', sub { month('unplanned') > $unplanned });
cmp_ok month('planned') - $planned, '<=', 1, '... not a second of it';
unlink $nginx->dir . '/flag';
soon('it is over', sub { state() eq 'open' });

figures('now');

# what the event log says
my ($code, $text) = ctl(qw(budget --json --promise 99.9), "$dir/events.log");
my $told = JSON::PP::decode_json($text);
my ($of_log) = map { $_->{availability}{windows}[1] }
    grep { $_->{name} eq 'a.example' } @{ $told->{sites} };
@faults = ShopTest::Schema->new('docs/shopctl.schema.json')->faults($told);
is "@faults", '', 'shopctl budget --json is as its schema says';
is $code, 1, '... and says that the promise is broken';
for my $what (qw(unplanned planned)) {
    cmp_ok abs($of_log->{$what} - month($what)), '<=', 2,
        "the log agrees about what was $what";
}

# screens
my $html = get($nginx, '/status?format=html')->{body};
like $html, qr{<h2>Availability</h2>\n<p>Promised: 99\.9&nbsp;%</p>},
    'the screen has the promise';
like $html, qr{<li><b\ class="x">30\ days:\ [\d.]+\ %,\ \S+\ of\ outages,\ \S+
    \ closed\ as\ planned;\ the\ promise\ is\ BROKEN\ by\ \S+
    </b>;\ known\ are\ }x, '... and that it is broken';

my @ask = (status => '--url', 'http://' . $nginx->address . '/status');
like((ctl(@ask))[1], qr/^availability\n
    \ \ a\.example,\ promised:\ 99\.9\ %\n
    \ +30\ days\ \ [\d.]+\ %,\ \S+\ of\ outages,\ \S+\ closed\ as\ planned\n
    \ +the\ promise\ is\ BROKEN\ by\ /mx, 'the terminal, too');
unlike((ctl(@ask))[1], qr/ 7 days/, '... of the month alone');
like((ctl(@ask, '--all'))[1], qr/ 7 days .* 365 days /s, '... --all has all');

my $metrics = get($nginx, '/status?format=prometheus')->{body};
like $metrics,
    qr/^shop_failover_promise_ratio\{site="a\.example"[^}]*\} 0\.999$/m,
    'the promise is a metric';
like $metrics, qr/^shop_failover_promise_ratio\{site="b\.example"[^}]*\}
    \ 0\.995$/mx, '... of each site';
like $metrics, qr/^shop_failover_unplanned_seconds\{site="a\.example"[^}]*
    window="7d"\}\ [\d.]+$/mx, 'so is each window';
like $metrics, qr/^shop_failover_budget_left_seconds\{site="a\.example"[^}]*
    window="30d"\}\ -[\d.]+$/mx, '... and what is left';

# a reload keeps all, also into a zone of another size
sub kept {
    my ($how, %was) = @_;

    cmp_ok month('unplanned') - $was{unplanned}, '<=', 1,
        "no outage more after $how";
    cmp_ok month('unplanned') - $was{unplanned}, '>=', -1, '... nor less';
    cmp_ok abs(month('planned') - $was{planned}), '<=', 1, '... nor planned';
    cmp_ok month('known') - $was{known}, '<=', $was{most} // 120,
        '... and no time that nobody watched';
    return cmp_ok month('known'), '>=', $was{known} - 2,
        '... nor is any lost';
}

sub figures_now { return map { $_ => month($_) } qw(known planned unplanned) }

my %was = figures_now();
$nginx->configure(http => config('off', ''));
$nginx->reload;
soon('the new promise', sub { !defined availability()->{promise} });
kept('a reload', %was);
is month('left'), undef, 'without a promise nothing is left of it';
unlike get($nginx, '/status?format=prometheus')->{body},
    qr/promise_ratio\{site="a/, '... nor is there a metric';
unlike((ctl(@ask))[1], qr/a\.example, promised/, '... nor a line');

$nginx->configure(http => config('99.9', join "\n", map {
    "server { listen %%ADDR%%; server_name n$_.example; shop_maintenance "
    . "%%DIR%%/flag; location / { proxy_pass http://a; } }" } 1 .. 40));
$nginx->reload;
soon('40 more sites', sub { @{ status()->{sites} } == 42 });
kept('a reload with a new zone', %was);
is month('unplanned', 'n7.example'), 0, 'a new site begins with nothing';
$nginx->configure(http => config('99.9', ''));
$nginx->reload;
soon('... less', sub { @{ status()->{sites} } == 2 });

# a binary upgrade
$nginx->upgrade;
soon('the new binary answers', sub { defined eval { month('known') } });
%was = (%was, known => 0);
kept('a binary upgrade', %was);

# down for some seconds, and all of a year ago: a file that is old
%was = figures_now();
$nginx->stop;

sub of_file {
    my ($at) = @_;
    open my $in, '<:raw', "$dir/state" or die "state: $!\n";
    return do { local $/; <$in> };
}

sub write_state {
    open my $out, '>:raw', "$dir/state" or die "state: $!\n";
    print $out $_[0];
    return close $out;
}

sub summed {
    my ($content) = @_;
    my $hash = 0xcbf29ce484222325;

    use integer;
    for my $byte (unpack 'C*', substr($content, 0, 40) . substr $content, 48) {
        $hash ^= $byte;
        $hash *= 0x100000001b3;
    }

    substr $content, 40, 8, pack 'q<', $hash;
    return $content;
}

my $state = of_file();
my $old = $state;
substr $old, 24, 8, pack 'q<', unpack('q<', substr $old, 24, 8) - 3_600_000;
write_state(summed($old));

$nginx = nginx(daemon => 'on', http => config('99.9', ''));
kept('a restart with a file of an hour ago', %was, most => 30);

$nginx->stop;

# a file of before there were any: its other records are read
my ($head, $rest) = unpack 'a48 a*', $state;
my $without = '';

while (length $rest > 8) {
    my ($type, $length) = unpack 'VV', $rest;
    $without .= substr $rest, 0, 8 + $length if $type != 9;
    $rest = substr $rest, 8 + $length;
}
isnt length $without, length($state) - 48, 'a record is left out';
substr $head, 12, 4, pack 'V', 48 + length $without;
write_state(summed($head . $without));
$nginx = nginx(daemon => 'on', http => config('99.9', ''));
is month('unplanned'), 0, 'a file without it begins anew';
ok scalar $nginx->log->find(qr/the state of 2 peers is that of/),
    '... and is read';
$nginx->stop;

sub iso { return POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_[0]) }

# a clock that jumps
SKIP: {
    skip 'sanitizers want to be loaded before any other library', 10
        if $ENV{SANITIZED};

    unlink "$dir/state";
    my $clock = ShopTest::Clock->new(step => 40 * 86400 + 7200);
    $nginx = $clock->around(sub {
        return nginx(daemon => 'on', http => config('99.9', '')) });
    $shop{a}->refuse;
    soon('an outage', sub { state() eq 'outage' });
    soon('... of some seconds', sub { month('unplanned') >= 6 });
    my $begun = time;
    my $before = month('unplanned');
    $clock->ahead;
    my $ahead;
    soon('the clock is 40 days ahead', sub {
        $ahead = status();
        return $ahead->{time} gt iso($begun + 86400) });
    cmp_ok $ahead->{site}{availability}{windows}[1]{unplanned}, '>=', $before,
        '... and what was a moment ago is of this month';
    soon('the outage goes on', sub {
        month('unplanned') > $before });
    cmp_ok month('unplanned'), '<=', $before + time - $begun + 2,
        'no days of outage were made up';
    cmp_ok month('known'), '<=', 120 + time - $begun, '... nor of anything';
    $clock->behind;
    soon('the clock is right again', sub {
        status()->{time} lt iso($begun + 86400) });
    cmp_ok month('unplanned'), '>=', $before, 'what there was stays';
    cmp_ok month('unplanned'), '<=', $before + time - $begun + 2,
        '... and is not more';
    $shop{a}->open;
}

# bad values
for my $bad ('99,9', '100', '0', '100%', '-1', '99.99999999', 'most', '99 %') {
    my $quoted = $bad =~ / / ? "\"$bad\"" : $bad;
    config_fails("shop_budget $bad", qr/invalid\ value\ "\Q$bad\E"\ in
        \ "shop_budget",\ expected\ a\ percentage\ above\ 0\ and\ below\ 100
        \ such\ as\ 99\.9,\ or\ "off"/x, http => "shop_budget $quoted;");
}
config_fails('twice', qr/"shop_budget" directive is duplicate/,
    http => "shop_budget 99; shop_budget 99;");
config_fails('two promises of one site', qr/"shop_budget"\ is\ 99\.5\ here\ and
    \ 99\.9\ elsewhere\ for\ the\ same\ site\ "x":\ a\ site\ promises\ one
    \ thing/x, http => <<'END');
    server { listen 127.0.0.1:1; shop_site x; shop_budget 99.9; }
    server { listen 127.0.0.1:2; shop_site x; shop_budget 99.5%; }
END
config_ok('alone', http => 'shop_budget 99.9;');
config_ok('a site whose other server says nothing', http => <<'END');
    server { listen 127.0.0.1:1; server_name x; shop_budget 99.9; }
    server { listen 127.0.0.1:2; server_name x; return 301 /; }
END

done_testing;
