#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# How much a shop is used in each hour of the week: nginx counts what it serves,
# and nothing while it is closed; `shopctl when` names the quietest time, `on
# --start` compares, and a report says what was usual, as an estimate.

use ShopTest;
use ShopTest::Ctl;
use ShopTest::Dir;
use ShopTest::Schema;

use JSON::PP ();
use POSIX ();

local $ENV{TZ} = 'UTC';
POSIX::tzset();

my $dir = ShopTest::Dir->new('week');
chmod 0777, "$dir";

my $nginx;
my $shop = shop_server(body => 'page',
    headers => ['Content-Type' => 'text/html; charset=utf-8']);
$shop->set('/logo.png', body => 'png', headers => ['Content-Type' => 'image/png']);
$shop->set('/missing', status => 404,
    headers => ['Content-Type' => 'text/html']);
$shop->set('/denied', status => 403);
$shop->set('/partly', body => '<!--# include virtual="/logo.png" -->',
    headers => ['Content-Type' => 'text/html']);

my $http = <<"END";
    shop_state_file $dir/state;
    shop_events $dir/events.log;
    upstream shop {
        server $shop;
        shop_health_check uri=/healthz interval=100ms fast=50ms;
        shop_outlier off;
    }
    server {
        listen %%ADDR%%;
        server_name shop.example;
        shop_maintenance $dir/flag;
        shop_reopen hold=0s;
        location / { proxy_pass http://shop; ssi on; }
        location /status { shop_status; }
    }
    server {
        listen %%ADDR_B%%;
        server_name other.example;
        shop_maintenance $dir/flag_b;
        location / { proxy_pass http://shop; }
    }
END

sub status {
    my ($nginx, $query) = @_;
    return JSON::PP::decode_json(get($nginx, "/status?$query")->{body});
}

sub site {
    my ($nginx, $name, $query) = @_;
    return (grep { $_->{name} eq $name }
        @{ status($nginx, $query // 'week=1')->{sites} })[0];
}

sub counted {
    my ($nginx, $name) = @_;
    my $now = site($nginx, $name // 'shop.example')->{week}{now};

    return "@$now{qw(requests pages posts)}";
}

sub counts {
    my ($name, $wanted, @of) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    wait_until(15, sub { counted(@of) eq $wanted });
    return is counted(@of), $wanted, $name;
}


sub known {
    return site($nginx, 'shop.example')->{availability}{windows}[0]{known};
}


# ---- counted by nginx

# not while an hour ends
wait_until(60, sub { time % 3600 < 3560 });

$nginx = nginx(daemon => 'on', http => $http);
ok wait_until(10, sub { site($nginx, 'shop.example')->{week}{now}{seconds} }),
    'an hour of the week';

my $client = client($nginx);

for my $round (1 .. 7) {
    $client->request('GET', '/');
    $client->request('GET', '/basket?id=1');
    $client->request('GET', '/logo.png');
}
$client->request('HEAD', '/');
get($nginx, '/missing');
counts('pages among requests', '23 14 0', $nginx);
post($nginx, '/checkout', body => 'a=b') for 1 .. 5;
post($nginx, '/denied', body => 'a=b');
counts('POSTs that were not refused', '29 14 5', $nginx);
get($nginx, '/partly');
counts('a part of a page is none', '30 15 5', $nginx);
get($nginx->address('B'), '/') for 1 .. 3;
counts('the other shop has its own', '3 3 0', $nginx, 'other.example');
is counted($nginx), '30 15 5', '... and this one none of them';
is site($nginx, 'shop.example', '')->{week}, undef, 'only who asks gets it';

my @faults = ShopTest::Schema->new('docs/status.schema.json')
    ->faults(status($nginx, 'week=1&site=shop.example'));
is "@faults", '', 'as the schema says';

write_file("$dir/flag", "status: Closed.\n");
ok wait_until(10, sub {
    site($nginx, 'shop.example')->{state} eq 'maintenance' }), 'closed';
my $seconds = site($nginx, 'shop.example')->{week}{now}{seconds};
is get($nginx, '/')->{status}, 503, 'a page of ours';
post($nginx, '/checkout', body => 'a=b');
ok wait_until(20, sub { site($nginx, 'shop.example')
    ->{availability}{windows}[0]{planned} >= 3 }), '... for some seconds';
is counted($nginx), '30 15 5', 'who was turned away is not counted';
is site($nginx, 'shop.example')->{week}{now}{seconds}, $seconds,
    '... nor is the time: a closed hour is no quiet one';
write_file("$dir/flag", "mode: browse\n");
ok wait_until(10, sub { site($nginx, 'shop.example')->{state} eq 'browse' }),
    'reads alone';
is get($nginx, '/')->{status}, 200, 'a page of the shop';
# a worker tells of its requests once a second
my $known = known();
ok wait_until(20, sub { known() >= $known + 3 }), '... some seconds ago';
unlink "$dir/flag";
ok wait_until(10, sub { site($nginx, 'shop.example')->{state} eq 'open' }),
    'open';
get($nginx, '/');
counts('it goes on', '31 16 5', $nginx);

$nginx->reload;
counts('a reload keeps it', '31 16 5', $nginx);
get($nginx, '/');
counts('... and goes on', '32 17 5', $nginx);

# twice within a second it is not written
wait_until(10, sub { time - (stat "$dir/state")[9] >= 2 });
$nginx->stop;

# ---- a table that is known: of a state file

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

sub slurp {
    open my $in, '<:raw', $_[0] or die "$_[0]: $!\n";
    return do { local $/; <$in> };
}

my @week = map { [1000, 100, 10] } 1 .. 168;
$week[24 + 3] = [50, 5, 0.5];              # Tuesday, 3:00 to 5:00
$week[24 + 4] = [50, 5, 0.5];
$week[72 + 2] = [80, 8, 0.75];             # Thursday, 2:00
$week[144 + 5] = [100, 10, 1];             # Sunday, 5:00

my $state = slurp("$dir/state");
my $record;

# the record of the week among those of the site
for (my $pos = 48; $pos + 8 < length $state;) {
    my ($type, $length) = unpack 'VV', substr $state, $pos, 8;
    $record = $pos + 8 if $type == 9
        && substr($state, $pos + 8, 14) eq pack 'v a*', 12, 'shop.example';
    $pos += 8 + $length;
}

my $usual = $record + 14 + 4 * 8 + 3 * 4 + 90 * 4 + 219 * 4;
is join(' ', unpack 'V3', substr $state, $usual + 12, 12), '32 17 5',
    'what came last is in the state file';
$usual += 24;
substr $state, $usual, 4 * 504, pack 'V*', map { $_ * 64 } map { @$_ } @week;
substr $state, $usual + 4 * 504, 168, pack 'C*', (3) x 168;
write_file("$dir/state", summed($state));

$nginx = nginx(daemon => 'on', http => $http);
counts('a restart keeps it', '32 17 5', $nginx);
is site($nginx, 'shop.example')->{week}{posts}[24 + 4], 0.5,
    'what is usual comes out of the file';

my @url = ('--url', 'http://' . $nginx->address . '/status');
my ($code, $text) = ctl('when', '--for', '45m', '--json', @url);
my $told = JSON::PP::decode_json($text);
@faults = ShopTest::Schema->new('docs/shopctl.schema.json')->faults($told, 1);
is "$code @faults", '0 ', 'shopctl when, as its schema says';
is "@$told{qw(site seconds known_hours weeks)}", 'shop.example 2700 168 3',
    '... of this shop';

# within seven days each hour comes once: by their order of quiet
my @got = map { POSIX::strftime('%a %H', gmtime epoch($_->{from})) }
    @{ $told->{windows} };
is "@got", 'Tue 03 Thu 02 Sun 05', 'the quietest, then that of other nights';
is $told->{windows}[0]{pages}, 3.75, 'three quarters of an hour of it';
is $told->{windows}[0]{posts}, 0.375, '... and its POSTs';
is $told->{windows}[0]{pages_percent}, sprintf('%.3f', 375 / 16428) + 0,
    '... in percent of the week';

sub epoch {
    my @t = $_[0] =~ /(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)Z/ or die "$_[0]\n";
    return POSIX::mktime($t[5], $t[4], $t[3], $t[2], $t[1] - 1, $t[0] - 1900);
}

($code, $text) = ctl('when', '--for', '2h', @url);
is $code, 0, 'as a text';
like $text, qr/\Athe quietest 2h of the next 7 days, of shop\.example\n\n/,
    '... named';
like $text, qr/^1  \S+ 03:00 UTC to \S+ 05:00 UTC$/m, '... the best first';
like $text, qr/^   0\.1 % of a week's pages, about 10$/m, '... with its share';
like $text, qr/^   0\.1 % of a week's POSTs, about 1; orders are among them$/m,
    '... also of what is sent';
like $text, qr/^\ \ \ shopctl\ on\ --start\ (\S+)T03:00:00\+00:00\ --until
    \ \1T05:00:00\+00:00$/mx, '... and what to type';
like $text, qr/^What is usual is made of 3 weeks or more/m, '... and of what';
unlike $text, qr/nothing is known/, '... all is known';

($code, $text) = ctl('when', '--site', 'other.example', @url);
is $code, 1, 'a shop of which too little is known';
like $text, qr/^nothing is known yet of any 1h of other\.example: .*watched 0/s,
    '... says so';

# ---- a closing that is announced

my $tuesday = time;
$tuesday += 3600 until POSIX::strftime('%a %H', gmtime $tuesday) eq 'Tue 03';
$tuesday -= $tuesday % 3600;

sub on {
    my ($from, $to) = @_;
    my @time = map { POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $_) } @_;

    unlink "$dir/flag";
    my (undef, $out) = ctl('on', '--flag', "$dir/flag", '--start', $time[0],
        $to ? ('--until', $time[1]) : (), @url);
    return $out;
}

my $busy = $tuesday + 86400 + 12 * 3600;
$text = on($busy, $busy + 7200);
like $text, qr/usual\ in\ that\ time\ are\ 1\.2\ %\ of\ a\ week's\ pages\ and
    \ 1\.2\ %\ of\ its\ POSTs\ \(about\ 200\ and\ 20\)/x, 'a busy time'
    or diag $text;
like $text, qr/the\ quietest\ 2h\ of\ the\ next\ 7\ days\ begin\ at\ \S+\ 03:00
    \ UTC,\ with\ 0\.1\ %\ and\ 0\.1\ %:\ shopctl\ when\ --for\ 7200s/x,
    '... and a better one';
$text = on($tuesday, $tuesday + 7200);
like $text, qr/hardly any time of the next 7 days is quieter/,
    'the best time there is';
$text = on($busy);
like $text, qr/usual in the hour from then on are 0\.6 %/, 'without an end';
unlink "$dir/flag";
(undef, $text) = ctl('on', '--flag', "$dir/flag", '--start', '+2h',
    '--url', 'none');
unlike $text, qr/usual/, 'nothing where nginx is not asked';
unlink "$dir/flag";

# ---- a report

sub event {
    my ($seq, $at, %members) = @_;

    return JSON::PP->new->canonical->encode({ v => 1, seq => $seq,
        time => POSIX::strftime('%Y-%m-%dT%H:%M:%S.000Z', gmtime $at),
        type => 'site', site => 'shop.example', %members }) . "\n";
}

my $noon = $busy - 14 * 86400;
write_file("$dir/log", join '',
    event(1, $noon, from => 'open', to => 'outage'),
    event(2, $noon + 1800, from => 'outage', to => 'backup'),
    event(3, $noon + 3600, from => 'backup', to => 'open'));

(undef, $text) = ctl('report', "$dir/log", @url);
unlike $text, qr/Usual/, 'a report asks nobody';
(undef, $text) = ctl('report', '--order-value', '79.50', "$dir/log", @url);
like $text, qr/^- Usual in that time: about 50 pages and 5 POSTs \(an estimate /m,
    'what is usual in half an hour' or diag $text;
like $text, qr/^- Missed: 397\.50 at most, with 79\.50 an order \(an estimate: /m,
    '... and what it may be worth';
(undef, $text) = ctl('report', '--brief', '--usual', "$dir/log", @url);
like $text, qr/^- Usual in that time: about 50 pages/m, '... in short';
unlike $text, qr/Missed/, '... without a value no sum';
(undef, $text) = ctl('report', '--json', '--order-value', '79.50', "$dir/log",
    @url);
$told = JSON::PP::decode_json($text);
@faults = ShopTest::Schema->new('docs/shopctl.schema.json')->faults($told, 1);
is "@faults", '', '... for programs';
is_deeply $told->{incidents}[0]{usual},
    { pages => 50, posts => 5, value => 397.5 }, '... the same';
(undef, $text) = ctl('report', '--usual', "$dir/log", '--url',
    'http://127.0.0.1:1/');
like $text, qr/^- Usual in that time: not known, .*does not answer/m,
    'where nginx does not answer it is not known';

says 2, qr/invalid --order-value "much": write what an order is worth/,
    'a bad value', 'report', '--order-value', 'much', "$dir/log";
says 2, qr/invalid --for "45": /, 'a length without unit', 'when', '--for', '45',
    @url;
says 2, qr/invalid --for "3d": write a length from 1m to 24h/, 'too long',
    'when', '--for', '3d', @url;
says 2, qr/does not answer, or has no site nix/, 'a site that is none', 'when',
    '--site', 'nix', @url;
says 2, qr/"when" takes options only: shopctl when --for 45m/, 'no option',
    'when', '45m';

# an nginx that knows no week, and something else
$shop->set('/old', body => '{"site":{"name":"x"},"sites":[]}');
$shop->set('/text', body => 'hello');
says 2, qr/has no table of the week/, 'an older module', 'when', '--url',
    "http://$shop/old";
says 2, qr/is not the JSON of shop_status/, 'no status', 'when', '--url',
    "http://$shop/text";

done_testing;
