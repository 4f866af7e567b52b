#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# shopctl notify: who is told what, and when.

use ShopTest;
use JSON::PP ();
use POSIX qw(strftime);
use ShopTest::Ctl;
use ShopTest::Notify;

my $sink = shop_server(body => 'ok');
my $other = shop_server(body => 'ok');

sub hook { return ShopTest::Notify::wait_for_body(@_) }

# whether one of its news is about this
sub has {
    my ($message, %wanted) = @_;

    return grep {
        my $news = $_;
        !grep { ($news->{$_} // '') ne $wanted{$_} } keys %wanted;
    } @{ $message->{news} };
}

sub told {
    my ($where, %wanted) = @_;

    return hook($where, sub { has($_[0], %wanted) });
}


# ---- an outage, from its first line to its end

my $notify = ShopTest::Notify->new(hold => '8s', fold => '8s', routes => [
    "hook webhook url=http://$sink/hook",
    'night mail to=ops@example.com from=shop@example.com severity=P1,P2',
    "pay webhook url=http://$other/pay class=callback",
    'boss mail to=boss@example.com severity=none',
], lines => ['escalate after=3s to=boss']);

$notify->event(site => { to => 'outage', severity => 'P1', at => time - 60 },
    site => { from => 'outage', to => 'open', at => time - 50 })->begin;

$notify->outage(at => time, upstreams => 'shop cdn');
my $message = told($sink, kind => 'state', severity => 'P1');
ok $message, 'an outage is told';

my ($news) = has($message, kind => 'state');
is $news->{site}, 'shop.example', '... of this site';
like $news->{detail}, qr/Server 10\.0\.0\.11:8080 of shop is down: connect/,
    '... why';
like $news->{title}, qr/Visitors see .Sorry, there is a problem/,
    '... what visitors see';
like $news->{type}, qr/^shopctl /, '... and what to type';
like $message->{text}, qr{Screen: https://ops\.example/shop_status},
    '... and where to look';
ok !$message->{drill} && !$message->{repeat}, 'neither a drill nor a repetition';

my $mail = $notify->wait_for_mail(qr/^To: ops/m);
like $mail, qr/^Subject: .*=?UTF-8\?Q\?P1=20shop/m, 'a mail has a subject';
like $mail, qr/^Message-ID: <[\w-]+\@shop1>$/m, '... an id';
like $mail, qr/^From: shop\@example\.com$/m, '... a sender';
like $mail, qr/^args: -i -t$/m, '... and its addresses in no argument';

$mail = $notify->wait_for_mail(qr/^To: boss/m);
like $mail, qr/nobody has told visitors anything/,
    'who is told when there is no text for so long';
is scalar(my @all = grep { /^To: boss/m } $notify->mails), 1, '... once';

$notify->event(incident => { what => 'escalated',
    refused => [{ class => 'callback', refused => 3, unknown => 1 }] });
$message = told($other, kind => 'refused', class => 'callback');
like $message->{news}[0]{title}, qr/^3 requests of class callback/,
    'callbacks that were refused, to whom asked for them';
is scalar(ShopTest::Notify::bodies($other)), 1, '... and nothing else';

# a relapse within the hold is no end, and no second alarm: the first "well" was
# read before the next line came
sub known {
    my ($level) = @_;

    return wait_until(20, sub { $notify->dir->read('state/state')
        =~ /"name":"shop\.example".*"level":$level,/ });
}

my ($route) = $notify->dir->read('state/state') =~ /^(.*"name":"hook".*)$/m;
my ($sent, $next) = map { $route =~ /"$_":(\d+)/ } 'sent', 'next';
is $next - $sent, 8000, 'the next message waits, to be folded';

$notify->well;
ok known(5), 'it is well';
$notify->outage;
ok known(1), '... for a moment';
$notify->well;
$message = told($sink, kind => 'resolved');
ok $message, 'the end is told';
is((has($message, kind => 'resolved'))[0]{changes}, 1,
    '... and no other alarm was folded into it');
is scalar(grep { has($_, kind => 'resolved') } ShopTest::Notify::bodies($sink)),
    1, '... once';
is scalar(grep { has($_, kind => 'state') } ShopTest::Notify::bodies($sink)),
    1, '... and a relapse within the hold is no other alarm';

unlike join('', $notify->mails), qr/resolved.*at 0/, 'times are known';
is scalar(grep { $_->{time} lt strftime('%Y', gmtime) }
    map { @{ $_->{news} } } ShopTest::Notify::bodies($sink)), 0,
    'what was in the log before the start is no news';


# ---- one message, not fifty

$before = () = ShopTest::Notify::bodies($sink);
$notify->event(map {
    (site => { site => "shop$_.example", to => 'outage', severity => 'P1' })
} 1 .. 50);
ok wait_until(20, sub {
    my %sites = map { $_->{site} => 1 }
        map { @{ $_->{news} } } ShopTest::Notify::bodies($sink);
    return 50 <= grep { /^shop\d/ } keys %sites;
}), 'fifty shops that fail are all told';
my $messages = () = ShopTest::Notify::bodies($sink);
cmp_ok $messages - $before, '<=', 2, '... in one message or two';

# a site that flaps: what waits is replaced by what is true now
$before = () = ShopTest::Notify::bodies($sink);
$notify->event(map {
    (site => { site => 'flap.example', to => 'outage', severity => 'P1' },
     site => { site => 'flap.example', from => 'outage', to => 'open' })
} 1 .. 20);
$notify->event(
    site => { site => 'flap.example', to => 'outage', severity => 'P1' });
ok told($sink, site => 'flap.example', state => 'outage'), 'a site that flaps';
$messages = () = grep { has($_, site => 'flap.example') }
    ShopTest::Notify::bodies($sink);
is $messages, 1, '... is told once';


# ---- rotation, truncation, and what is lost

rename $notify->log, $notify->log . '.1' or die;
open my $old, '>>', $notify->log . '.1' or die;
syswrite $old, $notify->line(site => { site => 'old.example', to => 'outage',
    severity => 'P1' });
$notify->event(site => { site => 'new.example', to => 'outage',
    severity => 'P1' });
ok told($sink, site => 'old.example'), 'the rest of a log that was rotated';
ok told($sink, site => 'new.example'), '... and the new one';

$notify->stop;
rename $notify->log, $notify->log . '.2' or die;
open $old, '>>', $notify->log . '.2' or die;
syswrite $old, $notify->line(site => { site => 'away.example', to => 'outage',
    severity => 'P1' });
$notify->event(site => { site => 'later.example', to => 'outage',
    severity => 'P1' });
$notify->start;
ok told($sink, site => 'away.example'), 'a rotation while nobody followed';
ok told($sink, site => 'later.example'), '... loses nothing';
ok !told_lost(), '... and nothing is said to be lost';

truncate $notify->log, 0;
$notify->event(site => { site => 'short.example', to => 'outage',
    severity => 'P1' });
ok told($sink, site => 'short.example'), 'a log that was truncated';

sub told_lost {
    return grep { has($_, kind => 'events_lost') }
        ShopTest::Notify::bodies($sink);
}

$notify->{seq} += 7;
$notify->event(peer => {});
$message = told($sink, kind => 'events_lost');
like $message->{news}[0]{title}, qr/^7 events are missing/,
    'a gap in the log is said';
$notify->{seq} = 0;
$notify->event(peer => {}, site => { site => 'anew.example', to => 'outage',
    severity => 'P1' });
ok told($sink, site => 'anew.example'), 'nginx that starts anew';
is scalar(my @lost = told_lost()), 1, '... lost nothing';

my %times;
$times{ $_->{site} }++ for grep { $_->{kind} eq 'state' }
    map { @{ $_->{news} } } ShopTest::Notify::bodies($sink);
is_deeply [grep { $times{$_} > 1 } sort keys %times], [], 'nothing came twice';
$notify->stop;


# ---- promises of the flag

$notify = ShopTest::Notify->new(hold => '2s', fold => '1s',
    routes => ["hook webhook url=http://$sink/flag"]);
my $flag = $notify->dir . '/maintenance';
$notify->configure(lines => ["flag $flag shop.example"]);

sub at { return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + $_[0])) }
sub flag { return replace_file($flag, join '', map { "$_\n" } @_) }

flag('start: ' . at(7300));
$notify->begin;
$message = told($sink, kind => 'closing');
like $message->{news}[0]{title}, qr/will be closed in 2h/,
    'a closing is announced a day before';
flag('start: ' . at(3000));
ok hook($sink, sub { grep { $_->{title} =~ /in 4\dm|in 50m/ } has($_[0],
    kind => 'closing') }), '... and an hour before';

flag('eta: ' . at(-100), 'next-update: ' . at(-100));
$notify->event(site => { to => 'maintenance', flag => $flag });
ok told($sink, kind => 'eta_passed'), 'an ETA that has passed';
ok told($sink, kind => 'update_overdue'), 'an update that is overdue';
like((told($sink, kind => 'eta_passed'))->{text},
    qr/Type: shopctl update "TEXT" --eta \+30m --flag \Q$flag\E/,
    '... and what to type');
ok told($sink, kind => 'state', severity => 'planned'), 'a planned closing';
$notify->event(flag => { what => 'unreadable', error => 13, flag => $flag });
$message = told($sink, kind => 'flag_unreadable');
like $message->{news}[0]{detail}, qr/maintenance: Permission denied/,
    'a flag that nobody can read';
$notify->stop;


# ---- tickets wait for the morning

my $now = time;
my $hours = join '-', map { strftime('%H:%M', localtime $now + $_) }
    -3600, 3600;
my $quiet = shop_server(body => 'ok');
$notify = ShopTest::Notify->new(hold => '1s', fold => '1s', quiet => $hours,
    routes => ["hook webhook url=http://$quiet/",
        "awake webhook url=http://$quiet/awake quiet=off severity=P3"]);
$notify->begin->event(
    site => { site => 'ticket.example', to => 'degraded', severity => 'P3' });
ok wait_until(20, sub { $quiet->count(uri => '/awake') }),
    'a ticket goes to whom it does not wake';
$notify->outage(site => 'alarm.example');
ok told($quiet, site => 'alarm.example'), 'an alarm is no ticket';
is scalar(grep { $_->{uri} eq '/' && $_->{body} =~ /ticket/ }
    $quiet->requests), 0, '... which waits in quiet hours';
$notify->stop;


# ---- mistakes in the configuration

sub wrong {
    my ($line, $pattern, $name) = @_;
    my $path = $notify->dir->write('wrong.conf', "$line\n");

    says 2, $pattern, $name, 'notify', '--config', $path, '--check';
}

wrong 'route a slack url=https://hooks.example/x',
    qr/wrong\.conf:1: "a": expected url_file=FILE: this URL is a secret/,
    'a secret in the configuration';
wrong 'route a mial to=x', qr/"mial": expected webhook, slack/, 'a form';
wrong 'route a mail', qr/"a": expected to=ADDRESS/, 'no address';
wrong 'route a pagerduty', qr/key_file=FILE/, 'no key';
wrong 'route a mail to=x sevrity=P1', qr/"sevrity": expected url/, 'a name';
wrong 'route a mail to=x severity=P9', qr/"P9": expected P1, P2/, 'a level';
wrong 'hold 2', qr/"2": expected a time such as 30s/, 'a time';
wrong 'quiet 22-7', qr/"22-7": expected hours such as/, 'hours';
wrong 'escalate after=1m to=none', qr/"to=none": expected a route/, 'a route';
wrong 'loog x', qr/"loog": expected log, state/, 'a setting';
wrong '# nothing', qr/has no route/, 'no route at all';

my $secret = $notify->dir->write('secret', "https://x.example/token\n", 0644);
wrong "route a slack url_file=$secret", qr/everybody may read it: chmod 640/,
    'a secret that everybody may read';

done_testing;
