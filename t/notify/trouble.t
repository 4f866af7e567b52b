#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# shopctl notify where all goes wrong: it is killed at every step, its disk is
# full, a receiver hangs, and a year's events come at once.

use ShopTest;
use ShopTest::Dir;
use ShopTest::Notify;
use ShopTest::Wait qw(wait_until);

use constant STEPS => $ENV{SANITIZED} ? 0 : 24;

my $sink = shop_server(body => 'ok');

sub messages {
    my ($uri) = @_;

    return map { $_->{data} //= JSON::PP::decode_json($_->{body}) }
        $sink->requests(uri => $uri);
}

sub sites { return map { map { $_->{site} } @{ $_->{news} } } @_ }

sub has_all {
    my ($uri, @sites) = @_;
    my %has = map { $_ => 1 } sites(messages($uri));

    return !grep { !$has{$_} } @sites;
}


# ---- killed at each call that changes what others see

my $dir = ShopTest::Dir->new('kill');
my $library = $dir->library('kill', <<'END');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <unistd.h>

/* two steps a call: before and after it */
static void
step(void)
{
    static int  n, at;

    at = at ? at : atoi(getenv("KILL_AT"));

    if (++n == at) {
        kill(getpid(), SIGKILL);
    }
}

#define WRAP(type, name, parameters, arguments)                              \
type name parameters                                                         \
{                                                                            \
    type           rc;                                                       \
    static type  (*next) parameters;                                         \
    if (!next) { *(void **) &next = dlsym(RTLD_NEXT, #name); }               \
    step(); rc = next arguments; step();                                     \
    return rc;                                                               \
}

WRAP(int, rename, (const char *a, const char *b), (a, b))
WRAP(int, fsync, (int fd), (fd))
WRAP(ssize_t, send, (int fd, const void *p, size_t n, int f), (fd, p, n, f))
WRAP(ssize_t, recv, (int fd, void *p, size_t n, int f), (fd, p, n, f))
END

my %killed;

for my $n (1 .. STEPS) {
    my $notify = ShopTest::Notify->new(hold => '1s', fold => '1s',
        routes => ["hook webhook url=http://$sink/$n"]);

    $killed{$n} = $notify->start;
}

for my $n (sort keys %killed) {
    wait_until(20, sub { -s $killed{$n}{state} });
    $killed{$n}->stop;
    $killed{$n}->outage(site => 'a.example');
    $killed{$n}->event(site => { site => 'b.example', severity => 'P1' });
}

$killed{$_}->start(LD_PRELOAD => $library, KILL_AT => $_) for keys %killed;

my $died = 0;
for my $n (sort keys %killed) {
    wait_until(10, sub {
        !$killed{$n}->process->alive || has_all("/$n", 'a.example');
    });
    wait_until(1, sub { !$killed{$n}->process->alive });
    $died++ if !$killed{$n}->process->alive;
    $killed{$n}->kill;
    $killed{$n}->event(site => { site => 'c.example', severity => 'P1' });
    $killed{$n}->start;
}

SKIP: {
    skip 'a preloaded library is none for sanitizers', 3 if !STEPS;
    cmp_ok $died, '>=', 12, "it was killed at $died steps";

    ok wait_until(30, sub {
        !grep { !has_all("/$_", qw(a.example b.example c.example)) }
            keys %killed;
    }), '... and loses nothing';

    my @double;
    for my $n (sort keys %killed) {
        my %ids;

        for my $message (messages("/$n")) {
            push @double, "$n: $message->{id} is no repetition"
                if $ids{ $message->{id} }++ && !$message->{repeat};
        }

        my %seen;
        my %once = map { $_->{id} => $_ } messages("/$n");
        push @double, map { "$n: $_ twice" } grep { $seen{$_}++ }
            sites(values %once);
    }

    is_deeply \@double, [], '... nor tells anything twice but by one id, '
        . 'and says so';
}

$_->stop for values %killed;
%killed = ();


# ---- a disk that is full

my $notify = ShopTest::Notify->new(hold => '1s', fold => '1s',
    routes => ["hook webhook url=http://$sink/full"]);
$notify->begin;
$notify->stop;
$notify->dir->write('limited', "#!/bin/bash\n"
    . 'exec 2> >(cat >> ' . $notify->dir . "/stderr)\nulimit -S -f 0\n"
    . 'exec "$@"' . "\n", 0755);

{
    my @command = ($notify->dir . '/limited', $notify->command);

    $notify->{process} = ShopTest::Process->spawn(sub {
        exec @command;
    });
}

$notify->outage(site => 'full.example');
ok wait_until(20, sub { has_all('/full', 'full.example') }),
    'an alarm is sent where the disk is full';
ok wait_until(10, sub { $notify->stderr =~ /cannot write "[^"]*state": File/ }),
    '... and it is said';
system 'prlimit', '--pid', $notify->process->pid, '--fsize=unlimited';
ok wait_until(20, sub { $notify->stderr =~ /can be written again/ }),
    '... as is that there is room again';
is scalar(my @lines = $notify->stderr =~ /cannot write/g), 1, '... each once';
$notify->stop;


# ---- a receiver that hangs, and another that does not

$sink->set('/hang', 'hang');
$notify = ShopTest::Notify->new(hold => '1s', fold => '1s', routes => [
    "hang webhook url=http://$sink/hang timeout=1s",
    "fine webhook url=http://$sink/fine",
    'slow exec path=/bin/cat timeout=10s',
]);
$notify->begin->outage(site => 'hang.example');
ok wait_until(20, sub { has_all('/fine', 'hang.example') }),
    'one receiver hangs, and another is told';
ok wait_until(20, sub { $notify->stderr =~ /route hang: Timeout/ }),
    '... which is said';
$notify->event(site => { site => 'next.example', severity => 'P1' });
$sink->set('/hang', body => 'ok');
ok wait_until(30, sub { has_all('/hang', 'hang.example', 'next.example') }),
    '... and it is told when it answers again';
my @hang = grep { grep { $_ eq 'hang.example' } sites($_) } messages('/hang');
my %ids = map { $_->{id} => 1 } @hang;
is scalar(keys %ids), 1, '... by one id';
ok $hang[-1]{repeat}, '... as what may be a repetition';
$notify->stop;


# ---- ten thousand at once

for my $shopctl ('build/shopctl', 'build/asan/shopctl') {
    my $uri = '/' . ($shopctl =~ s{/}{-}gr);

    next if $ENV{SANITIZED} && $shopctl !~ /asan/;

    $notify = ShopTest::Notify->new(hold => '1s', fold => '1s',
        routes => ["hook webhook url=http://$sink$uri"]);
    $notify->{program} = "$shopctl-notify";
    $notify->begin;

    my $n = $shopctl =~ /asan/ ? 2_000 : 10_000;
    $notify->event(map {
        my $site = 'many' . ($_ % 100) . '.example';
        ($_ % 200 < 100)
            ? (site => { site => $site, severity => 'P1' })
            : (site => { site => $site, from => 'outage', to => 'open' })
    } 1 .. $n - 1);
    $notify->event(site => { site => 'last.example', severity => 'P1',
        text => "\xc3\xa9" x 600 });

    ok wait_until(60, sub { has_all($uri, 'last.example')
            || grep { $_->{more} } messages($uri) }), "$n events at once";
    my $messages = () = messages($uri);
    cmp_ok $messages, '<=', 3, '... make few messages';
    ok wait_until(40, sub {
        my $metrics = $notify->dir->read('metrics.prom');
        $metrics =~ /^shop_failover_notify_events_total $n$/m
            && $metrics =~ /^shop_failover_notify_events_lost_total 0$/m;
    }), '... all of them were read';

    # garbage, half a line, and a line that no buffer holds
    open my $out, '>>', $notify->log;
    syswrite $out, "{\"v\":1,\nnot json\n\0\xff\n" . 'x' x 300_000 . "\n";
    syswrite $out, substr my $line = $notify->line(
        site => { site => 'half.example', severity => 'P1' }), 0, 100;
    syswrite $out, substr $line, 100;
    close $out;
    ok wait_until(20, sub { has_all($uri, 'half.example')
        || grep { $_->{more} } messages($uri) }),
        'what is no event is skipped';
    ok $notify->stop, '... and it ends in peace';
    unlike $notify->stderr, qr/ERROR|runtime error|Sanitizer/,
        '... without a word of a sanitizer';
}

done_testing;
