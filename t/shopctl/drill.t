#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# shopctl drill: a server goes down on purpose, and comes back whatever happens;
# nobody notices, or the report says who did.

use ShopTest;
use ShopTest::Ctl;
use ShopTest::Events;
use ShopTest::Notify;
use ShopTest::Status;

my ($one, $two) = map { shop_server(body => $_) } 'one', 'two';
my $sink = shop_server(body => 'ok');

my $nginx = nginx(keys => { key => 'k' x 40 . "\n" }, http => <<"END");
    shop_events %%DIR%%/events.log;
    upstream shop {
        server $one;
        server $two;
        shop_health_check uri=/healthz interval=300ms fast=100ms;
        shop_outlier errors=1000;
    }
    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        location / { proxy_pass http://shop; proxy_next_upstream off; }
        location /status { shop_status; }
        location /control { shop_control %%DIR%%/key; }
    }
END

ok wait_for_peer($nginx, 'shop', $_, 'up'), "$_ is up" for $one, $two;

# notify tells of the lost redundancy
my $notify = ShopTest::Notify->new(hold => '1s', fold => '1s',
    routes => ["hook webhook url=http://$sink/"]);
my $conf = $notify->dir->read('notify.conf');
$conf =~ s/^log .*/log @{[$nginx->dir]}\/events.log/m;
$notify->dir->write('notify.conf', $conf);
$notify->begin;

sub plan {
    my (@more) = @_;

    return $notify->dir->write('plan', join '', map { "$_\n" }
        '# a drill', "shop http://$nginx/", "server $one", 'upstream shop',
        "status http://$nginx/status", "control http://$nginx/control",
        'key ' . $nginx->dir . '/key', 'log ' . $nginx->dir . '/events.log',
        'asks 20', 'for 60s', @more);
}

my $plan = plan();
says 2, qr/in production write: shopctl drill --live --one-peer/,
    'production is asked for', 'drill', $plan;
says 0, qr/^OnCalendar=.*/m, 'a timer', 'drill', '--schedule', $plan;
says 2, qr/"coffee": expected a line NAME VALUE/, 'a plan that is none',
    'drill', '--live', '--one-peer', plan('coffee hot');

plan('environment staging', 'notify ' . $notify->dir . '/metrics.prom');
my ($code, $report) = ctl('drill', $plan);
is $code, 0, 'a drill that passes' or diag $report;
like $report, qr/^\| nobody fails \| yes \|$/m, 'nobody failed';
like $report, qr/^\| the event comes \| yes \|$/m, 'the event came';
like $report, qr/^\| the metric comes \| yes \|$/m, 'the metric came';
like $report, qr/^\| the notification comes \| yes \|$/m,
    'the notification came';
like $report, qr/^\| the server is back \| yes \|\n\nThe drill passed\./m,
    'and the server is back';
ok wait_for_event($nginx->dir . "/events.log", type => "peer", to => "disabled",
    cause => 'operator'), 'it was down indeed';

# the other one does not serve visitors as it should: seen while it lasts
plan('environment staging', 'asks 300');
my $log = $nginx->dir . '/events.log';
my %down = (type => 'peer', to => 'disabled', cause => 'operator');
my $before = () = events_like($log, %down);
my $pid = open(my $out, '-|', shopctl(), 'drill', $plan) // die "fork: $!\n";
ok wait_until(20, sub { $before < (my @downs = events_like($log, %down)) }),
    'another drill';
$two->set('*', status => 500);
$two->set('/healthz', body => 'ok');
$report = do { local $/; <$out> };
close $out;
is $? >> 8, 1, '... that fails' or diag $report;
like $report, qr/^\| nobody fails \| NO: \d+ of 300 visitors failed \|$/m,
    '... says who did';
like $report, qr/^\| the server is back \| yes \|\n\nThe drill FAILED\./m,
    '... and its server is back';
$two->set('*', body => 'two');

# it dies: the order ends by itself
plan('environment staging', 'asks 1000', 'for 2s');
$before = () = events_like($log, %down);
$pid = open($out, '-|', shopctl(), 'drill', $plan) // die "fork: $!\n";
ok wait_until(20, sub { $before < (my @downs = events_like($log, %down)) }),
    'a drill that is killed';
kill 'KILL', $pid;
close $out;
ok wait_for_peer($nginx, 'shop', $one, 'up'), '... leaves no server down';

$two->stop;
ok wait_for_peer($nginx, 'shop', $two, 'down'), 'the other one is down';
says 2, qr/has no other server that is up: no drill begins here/,
    'no drill where nothing else serves', 'drill', $plan;
$two->start;
ok wait_for_peer($nginx, 'shop', $two, 'up'), 'it is back';

done_testing;
