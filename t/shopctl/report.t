#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A scripted night: a server dies, the backup serves, that dies, the page, a
# flag with texts, recovery.  Its report is compared line by line.

use ShopTest;
use JSON::PP ();
use POSIX qw(strftime);
use ShopTest::Ctl;
use ShopTest::Events;
use ShopTest::Schema;
use ShopTest::Status;

my ($one, $two) = (shop_server(body => 'one'), shop_server(body => 'two'));

my $nginx = nginx(http => <<"END");
    shop_events %%DIR%%/events.log;
    upstream shop {
        server $one;
        server $two backup;
        shop_health_check uri=/healthz interval=300ms fast=50ms timeout=2s;
    }
    server {
        listen %%ADDR%%;
        server_name shop.example;
        shop_maintenance %%DIR%%/maintenance;
        shop_reopen hold=1s;
        location / { proxy_pass http://shop; }
        location /checkout { shop_class checkout; proxy_pass http://shop; }
        location /paid { shop_class callback; proxy_pass http://shop; }
        location /status { shop_status; }
    }
END

my $log = $nginx->dir . '/events.log';
my $flag = $nginx->dir . '/maintenance';

sub report { return ctl('report', @_) }

sub write_log {
    my ($path, @lines) = @_;

    open my $out, '>', $path or die "$path: $!\n";
    print $out @lines;
    close $out;

    return $path;
}

sub visit {
    return get($nginx, '/', headers => [Accept => 'text/html']);
}


ok wait_for_peer($nginx, 'shop', $_, 'up'), "$_ is up" for $one, $two;
is visit()->{body}, 'one', 'a quiet evening';

my ($code, $text) = report($log);
is $code, 1, 'without an incident there is no report';
like $text, qr/no incident in the log/, 'and it says so';

$one->stop;
ok wait_for_event($log, type => 'site', to => 'backup'), 'the server dies';
is visit()->{body}, 'two', 'the backup serves';

$two->stop;
ok wait_for_event($log, type => 'site', to => 'outage'), 'the backup dies';

is visit()->{status}, 503, 'visitors get the page' for 1 .. 3;
is post($nginx, '/checkout', body => 'x')->{status}, 503, 'an order fails';
is post($nginx, '/paid', body => 'x')->{status}, 503, 'a callback fails' for 1, 2;

(undef, $text) = report('--incident', 'last', $log);
like $text, qr/\| resolved \| not yet: the shop is outage \|/,
    'a report while it lasts says that it does';

my $url = "http://$nginx/status";
($code, $text) = ctl('status', '--url', $url);
is $code, 1, 'one screen of a shop that is shut';
like $text, qr/\Aoutage P1 for /, 'what visitors see comes first';
like $text, qr/^  down +$one for \w+: connect refused$/m, 'then which and why';
like $text, qr/^since it began: 3 visitors turned away$/m, 'how many';
like $text, qr/^  callback: 2 refused, 0 of unknown outcome$/m, 'and of what';
like $text, qr/^last events\n  \S+ \w+ /m, 'what happened';
like $text, qr/^flag \Q$flag\E$/m, 'where the flag is';
like $text, qr/^  shopctl tell /m, 'and what to type';
unlike $text, qr/\e/, 'no colours where no terminal is';

($code, $text) = ctl('status', '--url', "http://$nginx/none");
is $code, 2, 'another location';
like $text, qr/answers 503: is there a location with shop_status/, 'is named';
is((ctl('status', '--url', 'ftp://x/'))[0], 2, 'no URL of HTTP');
is((ctl('status', '--url', 'http://127.0.0.1:' . free_port() . '/'))[0], 2,
    'nobody there');
is((ctl('status', $log))[0], 2, 'a file that is no status');


my $status = get($nginx, '/status')->{body};

# what asks and what answers may have a proxy between them
my $other = shop_server(body => $status);
my $elsewhere = "http://$other/status";

$other->set('*', chunked => 100, body => $status);
says 1, qr/\Aoutage P1/, 'an answer in chunks', 'status', '--url', $elsewhere;
$other->set('*', length => 2 * length $status, body => $status, then => 'close');
says 2, qr/the answer of \S+: body shorter than promised/,
    'half of an answer', 'status', '--url', $elsewhere;
$other->set('*', 'garbage');
says 2, qr/the answer of \S+: \w+/, 'no answer of HTTP',
    'status', '--url', $elsewhere;
$other->set('*', 'close');
says 2, qr/the answer of \S+: closed before/, 'and none at all',
    'status', '--url', $elsewhere;

open my $copy, '>', "$log.json" or die;
print $copy $status;
close $copy;
like((ctl('status', "$log.json"))[1], qr/\Aoutage P1/, 'a status in a file');

replace_file($flag, "who: anna\nstatus: We repair the *order* database.\n");
ok wait_for_event($log, type => 'flag', what => 'set'), 'a flag';
is visit()->{status}, 503, 'more visitors';

replace_file($flag, "who: ben\nstatus: We repair the *order* database.\n"
    . "update: 03:10 Half is done.\n");
ok wait_for_event($log, type => 'flag', what => 'update'), 'an update';

$_->start for $one, $two;
ok wait_for_peer($nginx, 'shop', $_, 'up'), "$_ is up again" for $one, $two;
unlink $flag;
ok wait_for_event($log, type => 'incident', what => 'resolved'), 'it is over';
is visit()->{body}, 'one', 'visitors are back';

is_deeply [event_faults($log)], [], 'the log is valid';


# ---- the status has it, too, and keeps it

for my $when ('after it', 'after a reload') {
    my ($incident) = @{ status($nginx)->{incidents} };

    is_deeply [@$incident{qw(number severity by state visitors)}],
        [1, 'P1', 'backup', 'open', 4], "$when: the incident is in the status";
    is_deeply [map { $_->{text} } @{ $incident->{texts} }],
        ['', 'We repair the *order* database.', 'Half is done.'],
        "$when: with its texts";
    is status($nginx)->{events}[0]{type}, 'incident',
        "$when: the last event is first";

    ok $nginx->reload, 'a reload' if $when eq 'after it';
}


# ---- the report of that

($code, $text) = report($log);
is $code, 0, 'a report';

# names first: a random one may look like a length, or need escapes of Markdown
my $shown = $flag =~ s/_/\\_/gr;
$text =~ s/\Q$shown\E/FLAG/g;
$text =~ s/\Q$one\E\b/ONE/g;
$text =~ s/\Q$two\E\b/TWO/g;
$text =~ s/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/TIME/g;
$text =~ s/\b\d+\.\d s\b|\b\d+m \d+s\b|\b\d+[ms]\b/LENGTH/g;

# which of the two is found up first is left to chance
$text =~ s/^- TIME (?:backup )?server \S+ of upstream shop is up.*\n//mg;
$text =~ s/^- TIME upstream shop (?:serves again|is served by all its servers).*\n//mg;

my @is = split /\n/, $text;
my @expected = split /\n/, <<'END';
# Incident 1, P1

Shop shop.example. All times are UTC.

| what | when | after the start |
|---|---|---|
| started, first failure | TIME | |
| detected | TIME | LENGTH |
| mitigated, by backup servers | TIME | LENGTH |
| page up, for visitors | TIME | LENGTH |
| first words of your own | TIME | LENGTH |
| reopened, visitors are let in | TIME | LENGTH |
| resolved | TIME | LENGTH |

Time to detect: LENGTH. Time to mitigate: LENGTH. Time to recover: LENGTH.

## Impact

- Shut for all visitors: LENGTH in all
- Visitors who got the page instead of the shop: 4
- Orders refused or of unknown outcome: 1
- Payment callbacks to reconcile: 2

| class | refused, never sent | sent, outcome unknown |
|---|---|---|
| checkout | 1 | 0 |
| callback | 2 | 0 |

Ask the payment provider for its callbacks since TIME and compare them with the orders: what was refused is sent again only for a while.

## Care

- First words of your own: after LENGTH, within the 30 minutes of an incident plan
- Promises kept: 0, broken: 0
- Who: anna; ben

## What visitors read

- TIME the built-in text
- TIME "We repair the \*order\* database."
- TIME update: "Half is done."

## Timeline

- TIME server ONE of upstream shop is down: connect refused, 2 in a row, first failure LENGTH before
- TIME upstream shop is served by backups
- TIME the shop is served by backups, P2
- TIME backup server TWO of upstream shop is down: connect refused, 2 in a row, first failure LENGTH before
- TIME upstream shop is served by nobody
- TIME the shop is in an outage: nobody serves, P1
- TIME the flag is set: "We repair the \*order\* database.", by anna
- TIME an update: "Half is done.", by ben
- TIME the flag is gone
- TIME the shop lets visitors in again, P3
- TIME the shop is open, and all is well

## Review

- Cause:
- What went well:
- What did not:
- To do, by whom, until when:
END

is scalar @is, scalar @expected, 'it has as many lines' or diag $text;
is $is[$_], $expected[$_], "line $_" for 0 .. $#expected;


# ---- in short, and for programs

($code, $text) = report('--brief', $log);
like $text, qr/\A# Incident 1: nobody could buy\n/, 'in short';
like $text, qr/^- Shut for all visitors: [\d.]+ ?\w+.* in all$/m, '... how long';
like $text, qr/^- Turned away: 4 visitors, 1 orders refused.*2 payment/m,
    '... whom it hit';
unlike $text, qr/127\.0\.0\.1|upstream/, '... without a server';
cmp_ok scalar(() = $text =~ /\n/g), '<', 15, '... on half a page';

my $schema = ShopTest::Schema->new('docs/shopctl.schema.json');
my $document = JSON::PP::decode_json((report('--json', $log))[1]);
is_deeply [$schema->faults($document, 1)], [], 'JSON, as its schema says';
is_deeply [@{ $document->{incidents}[0] }{qw(number severity visitors who)}],
    [1, 'P1', 4, ['anna', 'ben']], '... has what the report has';


# ---- what was planned, and what was promised

sub story {
    my ($seq, @lines) = (0);

    push @lines, sprintf qq({"v":1,"seq":%d,"time":"2026-11-21T%s.000Z",%s}\n),
        ++$seq, @$_ for @_;

    return write_log("$log.story", @lines);
}

sub site {
    my ($at, $from, $to, $more) = @_;

    return [$at, qq("type":"site","from":"$from","to":"$to") . ($more // '')];
}

sub flag_event {
    my ($at, $what, $more) = @_;

    return [$at, qq("type":"flag","what":"$what","mode":"full") . ($more // '')];
}

my $planned = story(
    flag_event('03:00:00', 'set', ',"text":"We move.","who":"anna"'
        . ',"eta":"2026-11-21T03:10:00.000Z"'),
    site('03:00:00', 'open', 'maintenance', ',"text":"We move."'
        . ',"eta":"2026-11-21T03:10:00.000Z"'),
    flag_event('03:20:00', 'update', ',"text":"It takes longer."'
        . ',"next_update":"2026-11-21T03:40:00.000Z"'),
    flag_event('03:30:00', 'update', ',"text":"Half done."'
        . ',"eta":"2026-11-21T04:30:00.000Z"'),
    site('03:35:00', 'maintenance', 'outage'),
    flag_event('03:35:00', 'removed'),
    site('04:00:00', 'outage', 'open', ',"visitors":600'),
);

$text = (report($planned))[1];
like $text, qr/^A planned closing with an outage inside/m,
    'a planned closing with an outage inside is told as both';
like $text, qr/^- Shut for all visitors: 1h in all$/m, '... how long';
like $text, qr/^- Visitors .*: 600, 10\.0 a minute while it was shut$/m,
    '... and how many a minute';
like $text, qr/^- Promises kept: 2, broken: 1$/m,
    '... an ETA was broken, one and an update were kept';
like $text, qr/^- Who: anna$/m, '... who';
unlike $text, qr/mitigated/, '... and a page mitigates nothing';
like((report('--brief', $planned))[1],
    qr/\A# Incident 1: a planned closing with an outage inside/, '... in short');

my $late = story(
    site('03:00:00', 'open', 'outage'),
    flag_event('03:42:00', 'set', ',"text":"We repair it."'),
    site('04:00:00', 'outage', 'open'),
);
like((report($late))[1],
    qr/^- First words of your own: after 42m, later than the 30 minutes/m,
    'words that came late');


# ---- which one

my $n = () = ($text = (report('--since', '+0s', $log))[1]) =~ /^# /mg;
is $n, 0, 'nothing began since now';
$n = () = (report('--since', '2020-01-01 00:00', $log))[1] =~ /^# Incident/mg;
is $n, 1, 'one since 2020';
is((report('--incident', '1', $log))[0], 0, 'number 1');
is((report('--incident', '2', $log))[0], 1, 'there is no number 2');
is((report('--incident', 'x', $log))[0], 2, 'x is no number');
is((report("$log.none"))[0], 2, 'a log that is not there');

# lines of syslog, and lines that are torn
open my $in, '<', $log or die;
open my $out, '>', "$log.syslog" or die;
print $out "Nov 21 03:10:00 web shop: $_" for <$in>;
print $out '{"v":1,"seq":';
close $out;

($code, $text) = report("$log.syslog");
is $code, 0, 'a log of syslog';
like $text, qr/1 lines of the log are no events/, 'torn lines are counted';

# logrotate cuts a log in two, and a shell names the newer one first
my (undef, $whole) = report($log);
my @lines = do { open my $in, '<', $log or die; <$in> };
my $newer = write_log("$log.a", splice @lines, @lines / 2);
my $older = write_log("$log.b", map { chomp(my $line = $_); $line } "@lines");
is((report($newer, $older))[1], $whole, 'several files are one log');
is((report($older, $newer))[1], $whole, '... in any order');

my $clock = '"time":"2026-11-21T03:1';
my $back = write_log("$log.back", map { "{\"v\":1,$_}\n" }
    qq("seq":1,${clock}0:09.000Z","type":"peer","to":"down",)
    . qq("first_failure":"2026-11-21T03:10:09.000Z"),
    qq("seq":2,${clock}0:00.000Z","type":"site","from":"open","to":"outage"));
like((report($back))[1], qr/^Time to detect: 0\.0 s\.\n/m,
    'no length is negative when the clock was set back');

my $gz = write_log("$log.gz", "\x1f\x8b\x08");
says 2, qr/is compressed; write: zcat \Q$gz\E \| shopctl report -/,
    'a log that is compressed', 'report', $older, $gz;

# what a terminal would obey: CSI, as a byte of C0 and as C1
my $evil = write_log("$log.evil", map { s/We repair/We\xc2\x9b2J&amp;~/r }
    @{[ do { open my $in, '<', $log or die; <$in> } ]});
like((report($evil))[1], qr/"We 2J\\&amp;\\~ the \\\*order/,
    'control characters are blanks, and Markdown shows what was read');
my $status = write_log("$log.status", '{"site":{"state":"outage\u009b2J"},'
    . qq("maintenance":{"status":"a\\u001b[2Jb\xc2\x85c"}}));
says 0, qr/\Aoutage 2J\n  says "a \[2Jb c"$/m, '... in the status, too',
    'status', $status;

my $soon = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + 1790));
write_log($status, '{"site":{"state":"maintenance"},"maintenance":{"flag":"/f",'
    . qq("eta":"$soon","next_update":"2026-01-01T00:00:00Z",)
    . '"warnings":[{"line":2,"reason":"unknown key","text":"nonsense"}]}}');
local $ENV{TZ} = 'CET-1';

says 1, qr/^  ETA \d\d:\d\d:\d\d, in 29m( \d+s)?\n.*all times are CET$/ms,
    'a promise is in local time, with how long it is till then', 'status', $status;
says 1, qr/^  next update 2026-01-01 01:00, over for \d+d/m,
    'a broken one with how long ago it was', 'status', $status;
says 1, qr/^  line 2: unknown key: "nonsense"$/m, 'a bad line says what it is',
    'status', $status;

done_testing;
