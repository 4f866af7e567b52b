#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Every balancer, where probes say that a server is down: it gets no request,
# and those that wait in a frozen one are answered by another.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Status;

my %BALANCER = (
    rr => '', least => 'least_conn;', ip => 'ip_hash;', hash => 'hash $arg_k;',
    chash => 'hash $arg_k consistent;', random => 'random;',
    two => 'random two;',
);
my @NAMES = sort keys %BALANCER;
my @BACKUPS = qw(rr least);              # of those that take "backup"

my ($one, $two, $three) = map { shop_server(body => $_) } qw(one two three);
my $check = 'shop_health_check uri=/health interval=500ms fast=200ms '
    . 'timeout=4s keepalive;';

my $gone = free_port();
my $keys = ShopTest::Dir->new('keys');

$keys->write('key', 'k' x 40);
chmod 0600, "$keys/key";

my $upstreams = join '', map { <<"END" } @NAMES;
    upstream single_$_ {
        $BALANCER{$_} server $one; $check shop_failover_to spare hold=0;
    }
    upstream pair_$_ {
        zone pair_$_ 128k;
        $BALANCER{$_} server $one; server $two; $check
        shop_failover_to spare hold=0;
    }
END

$upstreams .= join '', map { <<"END" } @NAMES;
    upstream off_$_ {
        $BALANCER{$_} server $one down; server $two; $check
        shop_failover_to spare hold=0;
    }
    upstream marked_$_ {
        zone marked_$_ 128k;
        $BALANCER{$_} server $one down; server $two down; $check
        shop_failover_to spare hold=0;
    }
END

$upstreams .= join '', map { <<"END" } @BACKUPS;
    upstream backup_$_ {
        $BALANCER{$_} server $one; server $two backup; $check
        shop_failover_to spare hold=0;
    }
END

my $locations = join '', map { <<"END" } @NAMES;
    location /off_$_ { proxy_pass http://off_$_; }
    location /marked_$_ { proxy_pass http://marked_$_; }
    location /single_$_ { proxy_pass http://single_$_; }
    location /pair_$_ { proxy_pass http://pair_$_; }
END

$locations .= "location /backup_$_ { proxy_pass http://backup_$_; }\n"
    for @BACKUPS;

my $nginx = nginx(http => <<"END");
    $upstreams
    upstream spare { server $three; }
    upstream nobody {
        server 127.0.0.1:$gone; $check shop_failover_to nobody_else;
    }
    upstream nobody_else { server 127.0.0.1:$gone; $check }
    server {
        listen %%ADDR%%;
        $locations
        location /nobody { proxy_pass http://nobody; }
        location /status { shop_status; }
        location /control { shop_control $keys/key; }
    }
END

sub known {
    my ($shop, $state) = @_;

    return wait_until(30, sub {
        my @groups = grep { $_->{name} =~ /^(?:single|pair|backup)_/ }
            @{ status($nginx)->{upstreams} };

        !grep { $_->{address} eq "$shop" && $_->{state} ne $state }
            map { @{ $_->{peers} } } @groups;
    });
}

sub served {
    my ($uri) = @_;

    return join '', map { get($nginx, "$uri?k=$_")->{body} } 1 .. 4;
}

ok(known($one, 'up'), 'all are up');

$one->set('/health', status => 503);
ok(known($one, 'down'), 'a server fails its probes');

my $before = $one->count(uri => qr/\?k=/);

for my $name (@NAMES) {
    is(served("/single_$name"), 'three' x 4, "$name: the group serves");
    is(served("/pair_$name"), 'two' x 4, "$name: the other one serves");
}

is(served("/backup_$_"), 'two' x 4, "$_: the backup serves") for @BACKUPS;
is($one->count(uri => qr/\?k=/), $before, 'it got no request');

$one->set('/health', status => 200);
ok(known($one, 'up'), 'it is up again');
is(served("/single_$_"), 'one' x 4, "$_: and serves") for @NAMES;
is(served("/backup_$_"), 'one' x 4, "$_: in place of the backup") for @BACKUPS;

for my $name (@NAMES) {
    is(served("/off_$name"), 'two' x 4, "$name: not where it is switched off");
    is(served("/marked_$name"), 'three' x 4, "$name: nor where all are");
}

# nor after orders that set and clear our own mark at it

sub order {
    my ($action, $name) = @_;

    return post($nginx, '/control',
        body => "action=$action&upstream=off_$name&peer=$one",
        headers => [Authorization => 'Bearer ' . 'k' x 40])->{status};
}

for my $name (@NAMES) {
    for my $action (qw(down enable)) {
        is(order($action, $name), 200, "$name: $action is ordered");
        is(served("/off_$name"), 'two' x 4, '... and it is still off');
    }

    is(peer_of($nginx, "off_$name", $one)->{checks}, 0, '... and not probed');
}

# ---- nobody can serve, and the log has said so already

for my $name (qw(nobody nobody_else)) {
    ok(wait_for_peer($nginx, $name, "127.0.0.1:$gone", 'down'), "$name: down");
}

is(get($nginx, '/nobody')->{status}, 502, 'nobody serves') for 1 .. 3;
is(scalar($nginx->log->find(qr/no live upstreams/)), 0,
    'that is no line of the log for every visitor');

# ---- frozen, with requests in it

kill 'STOP', -$one->pid;
my %waiting = map {
    $_ => client($nginx, seconds => 50)->send('GET', $_, close => 1)
} map({ ("/single_$_?k=9", "/pair_$_?k=9") } @NAMES),
    map { "/backup_$_?k=9" } @BACKUPS;

for my $uri (sort keys %waiting) {
    like($waiting{$uri}->answer->{body},
        $uri =~ /single/ ? qr/^three$/ : qr/^two$/,
        "$uri: answered, though the server is frozen");
}
kill 'CONT', -$one->pid;

done_testing;
