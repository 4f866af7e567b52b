#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Somebody sets the clock, or ntpd does, while a server fails: how long things
# took is what passed, not what the clock says; since when is by the clock of
# now, and an order for half an hour is for half an hour.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Ctl;
use ShopTest::Dir;
use ShopTest::Events;
use ShopTest::Status;

plan(skip_all => 'sanitizers want to be loaded before any other library')
    if $ENV{SANITIZED};

use constant STEP => 3 * 3600;

# a wall clock that is three hours ahead while a file is there
my $lib = ShopTest::Dir->new('lib');
my $step = $lib->library('step', <<"END");
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <unistd.h>

int
gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    int          rc;
    static int (*next)(struct timeval *tv, void *tz);

    if (next == NULL) {
        *(void **) &next = dlsym(RTLD_NEXT, "gettimeofday");
    }

    rc = next(tv, tz);

    if (access("$lib/ahead", F_OK) == 0) {
        tv->tv_sec += @{[STEP]};
    }

    return rc;
}
END

sub ahead  { $lib->write('ahead', ''); return }
sub behind { unlink "$lib/ahead" or die "ahead: $!\n"; return }

my $key = 'k' x 32;
chmod 0600, $lib->write('key', "$key\n");

my ($shop, $other, $third) = map { shop_server(body => $_) }
    qw(shop other third);

my $nginx = do {
    local $ENV{LD_PRELOAD} = $step;
    nginx(http => <<"END");
        shop_events %%DIR%%/events.log;
        upstream shop {
            server $shop;
            shop_health_check interval=3s fast=3s fails=2 passes=1;
            shop_observe off;
        }
        upstream other {
            server $other;
            server $third;
            shop_health_check interval=300ms;
        }
        server {
            listen %%ADDR%%;
            shop_maintenance %%DIR%%/flag;
            shop_reopen hold=0s;
            location / { proxy_pass http://shop; }
            location = /status { shop_status; }
            location = /metrics { shop_status prometheus; }
            location = /control { shop_control $lib/key; }
        }
END
};

my $log = $nginx->dir . '/events.log';

sub seconds {
    my ($text) = @_;

    my ($d, $h, $m, $s) = ($text // '') =~ /(\d+)T(\d+):(\d+):([\d.]+)Z\z/
        or return;
    return (($d * 24 + $h) * 60 + $m) * 60 + $s;
}

# between(FROM, TO): seconds of a day that may end in between
sub between {
    my ($from, $to) = map { seconds($_) // return } @_;
    return $to - $from;
}

sub short {
    my ($from, $to, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $seconds = between($from, $to);

    # some times are of whole seconds
    return ok(defined $seconds && $seconds > -1 && $seconds < 1800, $name)
        || diag(($from // 'none') . ' to ' . ($to // 'none'));
}


ok wait_for_peer($nginx, 'shop', $shop, 'up'), 'a server is up';
ok wait_for_peer($nginx, 'other', $other, 'up'), 'and another';

post($nginx, '/control', headers => [Authorization => "Bearer $key"],
    body => "action=drain&upstream=other&peer=$other&for=30m");
ok wait_for_peer($nginx, 'other', $other, 'draining'), 'which is drained';

$shop->refuse;
ok wait_until(20, sub {
    (peer_of($nginx, 'shop', $shop)->{fails} // 0) == 1
}), 'the server fails once';

ahead();
ok wait_for_peer($nginx, 'shop', $shop, 'down'),
    'the clock steps by three hours, and it is down';

my ($took) = get($nginx, '/metrics')->{body}
    =~ /^shop_failover_detection_seconds\{upstream="shop"\} (\S+)$/m;
ok $took > 0 && $took < 1800, 'the detection took what it took' or diag $took;

my $down = wait_for_event($log, type => 'peer', to => 'down');
short(@$down{qw(first_failure time)}, 'the event says so');

ok wait_until(20, sub { @{ status($nginx)->{incidents} || [] } }),
    'an incident';
my $status = status($nginx);
my $incident = $status->{incidents}[0];
short(@$incident{qw(first_failure detected)}, 'which was seen soon');
short($incident->{first_failure}, $status->{time}, 'and is new');
short($status->{site}{since}, $status->{time}, 'as the state of the site');

is peer_of($nginx, 'other', $other)->{state}, 'draining', 'the order stands';

behind();
$shop->open;
ok wait_for_peer($nginx, 'shop', $shop, 'up'),
    'the clock is set back, and the server is up';

my $end = wait_for_event($log, type => 'incident', what => 'resolved');
short(@$end{qw(first_failure detected)}, 'the incident is over: its start');
short(@$end{qw(detected mitigated)}, 'its relief');
short(@$end{qw(mitigated resolved)}, 'and its end were soon');

my ($said) = $nginx->log->find(qr/is up again/);
like $said, qr/was down for \d+s$/, 'so was the time down'
    if ok $said, 'the log says how long';

my ($code, $report) = ctl('report', $log);
unlike $report, qr/\b[23] ?h\b|\b1(?:79|80)m/, 'and the report has no hours'
    or diag $report;
is status($nginx)->{incidents}[0]{number}, $end->{incident}, 'one incident';

done_testing;
