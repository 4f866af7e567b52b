#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The way back: "reopening" until the hold is over, visitors let in over the
# ramp, who is in stays in, and a relapse closes at once.

use ShopTest;
use ShopTest::Wait qw(patience);

use JSON::PP ();
use Time::Local qw(timegm);

my $shop = shop_server(body => 'shop');

# long enough for a machine that is slow to see it going on
my $ramp = int patience(6);

my $nginx = nginx(http => <<"END");
    upstream checked {
        server $shop;
        shop_health_check interval=200ms fast=100ms;
    }

    server {
        listen %%ADDR%%;
        server_name shop.example;
        shop_maintenance %%DIR%%/maintenance;
        shop_reopen hold=1s ramp=${ramp}s;
        shop_bypass 192.0.2.0/24;

        set_real_ip_from 127.0.0.1;
        real_ip_header X-Real-IP;

        location / { proxy_pass http://checked; }
        location = /status { shop_status json; }
    }

    server {
        listen %%ADDR_HOLD%%;
        server_name held.example;
        shop_maintenance %%DIR%%/held;
        shop_reopen hold=3s;

        location / { proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_SLOW%%;
        server_name slow.example;
        shop_maintenance %%DIR%%/slow;
        shop_reopen hold=1s ramp=20m;

        set_real_ip_from 127.0.0.1;
        real_ip_header X-Real-IP;

        location / { proxy_pass http://$shop; }
    }
END


sub flag { return $nginx->dir . "/$_[0]" }

sub close_by {
    open my $out, '>', flag($_[0]) or die;
    close $out;
    return;
}

sub status {
    my ($address) = @_;

    return get($nginx, '/',
        headers => [$address ? ('X-Real-IP' => $address) : ()])->{status};
}

# what a waiting page is told: the state, and whether its visitor may come
sub public_status {
    my ($where, $address) = @_;
    my $json = JSON::PP::decode_json(get($where, '/.shop-status', headers => [
        $address ? ('X-Real-IP' => $address) : ()])->{body});

    return "$json->{state} " . ($json->{admitted} ? 'admitted' : 'waits');
}

sub minutes {
    my ($told) = @_;

    return $told->{when}[2] =~ /about a\W+minute\./ ? 1
           : $told->{when}[2] =~ /about (\d+)\W+minutes/ ? $1 : 0;
}

sub seconds_to {
    my ($iso) = @_;
    my ($date, $time, $sign, $h, $m)
        = $iso =~ /^([\d-]+)T([\d:]+)(?:([+-])(\d+):(\d+)|Z)$/ or return 0;
    my @at = ((reverse split /:/, $time), reverse split /-/, $date);

    return timegm(@at[0 .. 3], $at[4] - 1, $at[5]) - time
           - ($sign ? "${sign}1" * ($h * 3600 + $m * 60) : 0);
}

sub told { return scalar $nginx->log->find(qr/is now "$_[0]"/) }


# ---- hold: open, and not yet called well

my $held = $nginx->address('HOLD');

close_by('held');
ok wait_until(10, sub { get($held, '/')->{status} == 503 }), 'closed';
unlink flag('held');
my %told;

ok wait_until(10, sub {
    $told{public_status($held)} = 1;
    get($held, '/')->{status} == 200;
}), 'without a ramp all are let in at once';
ok $nginx->log->find(qr{site "held.example" is now "reopening"}), 'the state is reopening';
ok !$nginx->log->find(qr{site "held.example" is now "open"}),
    'nothing says that all is well before the hold is over';
ok wait_until(10, sub {
    $told{public_status($held)} = 1;
    $told{'open waits'} || $nginx->log->find(qr{site "held.example" is now "open"});
}), 'afterwards it does';
ok $told{'reopening admitted'}, 'waiting pages were told "reopening"';
ok !grep({ !/^(?:maintenance waits|reopening admitted|open waits)$/ }
         keys %told), 'and nothing else';


# ---- ramp

my @visitors = map { "203.0.113.$_" } 1 .. 60;

close_by('maintenance');
ok wait_until(10, sub { !grep { status() != 503 } 1 .. 4 }), 'closed';
is status($visitors[0]), 503, 'for everybody';
is status('192.0.2.1'), 200, 'but who has a bypass';

unlink flag('maintenance');
ok wait_until(10, sub { $nginx->log->find(qr{site "shop.example" is now "reopening"}) }),
    'it reopens';
is status('192.0.2.1'), 200, 'who has a bypass is in';

my $outside = (grep { status($_) == 503 } @visitors)[0];

SKIP: {
    skip 'all are in already', 3 if !$outside;

    my $page = get($nginx, '/', headers => [
        'X-Real-IP' => $outside, Accept => 'text/html']);
    my $told = public_status($nginx, $outside);

    skip 'meanwhile they are', 3 if status($outside) == 200;

    like $page->{body}, qr/<h1[^>]*>Our online shop is opening again/,
        'who is not in yet is told that it opens';
    like $page->{headers}{'shop-status'}, qr/^reopening; since=/,
        'monitors, too';
    is $told, 'reopening waits', 'and whoever waits: not yet';
}

my (%in, %lied, $fell_out, @share);

while (keys %in < @visitors && @share < 1000) {
    for my $visitor (@visitors) {
        my $status = status($visitor);

        $fell_out++ if $in{$visitor} && $status != 200;

        if ($status == 200 && !$in{$visitor}++) {
            my $told = public_status($nginx, $visitor);
            $lied{$told}++ if $told !~ /^(?:reopening admitted|open waits)$/;
        }
    }

    push @share, scalar keys %in;
}

is $share[-1], @visitors, 'in the end all are in';
ok !$fell_out, 'who is in stays in';
is join(', ', sort keys %lied), '', 'and was told to come';
cmp_ok $share[0], '<', @visitors, 'not all are let in at once';
cmp_ok scalar(grep { $_ > 6 && $_ < 54 } @share), '>', 0,
    'but some after the others';

my $told = get($nginx, '/', headers => ['X-Real-IP' => $visitors[0]]);
is $told->{body}, 'shop', 'and get the shop';


# ---- a long ramp: whose turn it is, and the ways to order that stay

my $slow = $nginx->address('SLOW');

$nginx->file('slow', "status: Moving.\neta: +1h\nreason: A disk.\n"
    . "contact: Phone: tel:+49-800-1\noffer: Use SORRY10.\n"
    . "update: 03:10 Half done.\ncontact.de: Telefon: tel:+49-800-1\n");
ok wait_until(10, sub { get($slow, '/')->{status} == 503 }), 'closed';
unlink flag('slow');

# of so many one has a turn that is some minutes away, and one a close one
my (%turn, $late, %close);

ok wait_until(20, sub {
    for my $visitor (@visitors) {
        my $told = JSON::PP::decode_json(get($slow, '/.shop-status',
            headers => ['X-Real-IP' => $visitor])->{body});

        if ($told->{state} eq 'reopening' && !$told->{admitted}) {
            $turn{$visitor} = $told;
            $told->{in} = seconds_to($told->{eta});
        }
    }

    my %in = map { ($_ => minutes($turn{$_})) } keys %turn;

    ($late) = grep { $in{$_} && $in{$_} > 10 } keys %turn;
    %close = map { ($_ => $in{$_}) } grep { $in{$_} && $in{$_} < 8 } keys %turn;

    $late && %close;
}), 'waiting visitors are told their turn';

# the whole minute of the page and that of its reading may not be the same
is join(' ', grep { abs($close{$_} - $turn{$_}{in} / 60) > 1.5 } keys %close), '',
    'a close one to the minute';

my $waits = get($slow, '/', headers => ['X-Real-IP' => $late,
                                        Accept => 'text/html']);

like $waits->{body},
    qr{<p id="when">You can shop again from <time [^>]+>[^<]+</time>, in about \d+[^\w<]+minutes\.},
    'the page says when, for this visitor';
like $waits->{body}, qr{Phone: <a href="tel:\+49-800-1">.*<b>SORRY10</b>}s,
    'contact and offer stay';
unlike $waits->{body}, qr/Moving|A disk|Half done/, 'what is over is not said';
cmp_ok $waits->{headers}{'retry-after'}, '>', 240, 'it shall come back then';
cmp_ok scalar(keys %{{ map { ($_->{eta} => 1) } values %turn }}), '>', 3,
    'not all at the same time';
like get($slow, '/', headers => ['X-Real-IP' => $late, Accept => 'text/html',
    'Accept-Language' => 'de'])->{body}, qr/Telefon: /, 'in each language';


# ---- a relapse

ok wait_until(15, sub { $nginx->log->find(qr{site "shop.example" is now "open"}) }),
    'open';
close_by('maintenance');
ok wait_until(10, sub { status() == 503 }), 'closed';
unlink flag('maintenance');
ok wait_until(10, sub {
    2 == $nginx->log->find(qr{site "shop.example" is now "reopening"})
}), 'reopening';
close_by('maintenance');
ok wait_until(10, sub { !grep { status($_) != 503 } @visitors }),
    'a relapse closes for all, at once';
unlink flag('maintenance');
ok wait_until(10, sub {
    3 == $nginx->log->find(qr{site "shop.example" is now "reopening"})
}), 'reopening again';

$shop->set('*', status => 500);
ok wait_until(15, sub { $nginx->log->find(qr{site "shop.example" is now "outage"}) }),
    'an outage while reopening is one';
$shop->set('*', body => 'shop');
ok wait_until(15, sub {
    4 == $nginx->log->find(qr{site "shop.example" is now "reopening"})
}), 'after which it reopens anew';

done_testing;
