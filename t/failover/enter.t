#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# A backup group is entered and left: one event and one line of the log each
# time, whoever saw it; and a hold that neither a flap nor a reload shortens.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Events;
use ShopTest::Status;
use Time::Local qw(timegm);

use constant HOLD => 2;

my ($one, $two, $three, $first, $second) =
    map { shop_server(body => $_) } qw(one two three first second);
my $dead = '127.0.0.1:' . free_port();

my $check = 'shop_health_check uri=/health interval=500ms fast=100ms '
    . 'timeout=20s fails=1 passes=1 jitter=0%;';

my $http = <<"END";
    shop_events %%DIR%%/events.log;

    upstream shop {
        hash \$arg_k;
        server $one; server $two;
        $check
        shop_failover_to first second hold=${\HOLD}s;
    }
    upstream held { server $three; $check shop_failover_to first hold=1h; }
    upstream first { least_conn; server $first; $check }
    upstream second { server $second; }

    # nobody knows of these servers what a request does not find out
    upstream plain { server $dead; shop_failover_to second; }

    server {
        listen %%ADDR%%;
        location / { proxy_pass http://shop; }
        location /held { proxy_pass http://held; }
        location /plain { proxy_pass http://plain; }
        location = /status { shop_status; }
    }
END

my $nginx = nginx(workers => 4, http => $http);
my $log = $nginx->dir . '/events.log';

sub health {
    my ($status, @shops) = @_;

    $_->set('/health', status => $status) for @shops;
    return;
}

# who serves, one after another
sub entered {
    my ($group) = @_;

    return join ' ', map { $_->{served_by} } events_like($log,
        type => 'group', what => 'serving', upstream => $group);
}

sub lines {
    my ($group) = @_;

    return map { /upstream "$group" (?:is now served by upstream "(\w+)"|(serves itself) again)/
        ? $1 // $2 : () } $nginx->log->lines;
}

# visitors, whichever worker has them
sub served {
    my ($uri) = @_;
    my %bodies = map { get($nginx, "$uri?k=$_")->{body} => 1 } 1 .. 12;

    return join ' ', sort keys %bodies;
}

# seconds from the first event of one kind after that number to the first of
# another kind after it
sub passed {
    my ($from, $to, $seq) = @_;
    my ($begin) = grep { $_->{seq} > $seq } events_like($log, @$from);
    my ($end) = grep { $_->{seq} > $begin->{seq} } events_like($log, @$to);

    return seconds($end->{time}) - seconds($begin->{time});
}

sub seconds {
    my ($time) = @_;
    my ($year, $month, $day, $hour, $minute, $second, $ms) = $time =~ /(\d+)/g;

    return timegm($second, $minute, $hour, $day, $month - 1, $year)
        + $ms / 1000;
}

ok(wait_for_peer($nginx, 'shop', $_, 'up'), "$_: up") for $one, $two;
ok(wait_for_peer($nginx, 'held', $three, 'up'), 'and another');
ok(wait_for_peer($nginx, 'first', $first, 'up'), 'so is the backup');
is(served('/'), 'one two', 'a group serves itself');
is(entered('shop'), '', 'which is no event');

# ---- the first backup, the second, the first again

health(503, $one, $two);
ok(wait_until(30, sub { entered('shop') eq 'first' }), 'a group is entered');
is(served('/'), 'first', 'for visitors, too');

health(503, $first);
ok(wait_until(30, sub { entered('shop') eq 'first second' }), 'the next one');
is(served('/'), 'second', 'for visitors, too');

health(200, $first);
ok(wait_until(30, sub { entered('shop') eq 'first second first' }),
    'the first one is back');
cmp_ok(passed([type => 'peer', upstream => 'first', to => 'up'],
    [type => 'group', upstream => 'shop', served_by => 'first'], 1), '>=',
    HOLD - 0.1, 'after the hold');

# ---- home again, and a flap on the way

health(200, $one, $two);
ok(wait_for_peer($nginx, 'shop', $_, 'up'), "$_: up") for $one, $two;

# much of the hold is over
select undef, undef, undef, HOLD / 2;

health(503, $one, $two);
ok(wait_for_peer($nginx, 'shop', $_, 'down'), "$_: down") for $one, $two;
my $flap = (events($log))[-1]{seq};

health(200, $one, $two);
ok(wait_until(30, sub { entered('shop') =~ /shop$/ }), 'the group is left');
is(served('/'), 'one two', 'visitors are at home');
is(entered('shop') =~ s/(?: shop first)* shop$/ home/r,
    'first second first home', 'each change is one event');

cmp_ok(passed([type => 'peer', upstream => 'shop', to => 'up'],
    [type => 'group', what => 'serving', upstream => 'shop',
    served_by => 'shop'], $flap), '>=', HOLD - 0.1,
    'the hold began again with the flap');

is_deeply([lines('shop')],
    [map { $_ eq 'shop' ? 'serves itself' : $_ } split / /, entered('shop')],
    'and one line of the log');

# ---- one that nobody checks

is(served('/plain'), 'second', 'a group without a check has a backup');
is(entered('plain'), '', 'but who can say when it is entered');
is_deeply([lines('plain')], [], 'or left');

# ---- a reload within a hold

health(503, $three);
ok(wait_until(30, sub { entered('held') eq 'first' }),
    'several share a backup group');
health(200, $three);
ok(wait_for_peer($nginx, 'held', $three, 'up'), 'it is back');
is(served('/held'), 'first', 'and held back');
ok($nginx->reload, 'a reload');
is(served('/held'), 'first', 'does not end that');
$nginx->configure(http => "shop_zone 4m; $http");
ok($nginx->reload, 'nor does one into another zone');
is(served('/held'), 'first', 'it is held back');
is(entered('held'), 'first', 'without a further event');
is_deeply([lines('held')], ['first'], 'or line');
is_deeply([event_faults($log)], [], 'all events are valid');

done_testing;
