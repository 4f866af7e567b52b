#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# shopctl and what nginx does now: a ramp and orders for it, a flag that has
# ended, who did it, and exit codes by state.

use ShopTest;
use ShopTest::Ctl;
use ShopTest::Events;
use ShopTest::Schema;
use ShopTest::Status;

use File::Temp qw(tempdir);
use JSON::PP ();

my $dir = tempdir(CLEANUP => 1);
my $state = tempdir(CLEANUP => 1);
chmod 0777, $state;
my $shop = shop_server(body => 'shop');
my $schema = ShopTest::Schema->new('docs/status.schema.json');

open my $key, '>', "$dir/key" or die "$dir/key: $!\n";
print $key 'k' x 40, "\n";
close $key;
chmod 0600, "$dir/key";

my $nginx = nginx(http => <<"END");
    shop_events %%DIR%%/events.log;
    shop_state_file $state/state;

    upstream checked {
        server $shop;
        shop_health_check interval=200ms fast=100ms;
    }

    server {
        listen %%ADDR%%;
        server_name shop.example;
        shop_maintenance %%DIR%%/flag;
        shop_reopen hold=1s ramp=1h;

        location / { proxy_pass http://checked; }
        location = /status { shop_status; }
        location = /control { shop_control $dir/key; }
    }
END

my $log = $nginx->dir . '/events.log';

$ENV{SHOP_FLAG} = $nginx->dir . '/flag';
$ENV{SHOP_STATUS} = 'http://' . $nginx->address . '/status';
$ENV{SHOP_CONTROL} = 'http://' . $nginx->address . '/control';
$ENV{SHOP_CONTROL_KEY} = "$dir/key";
$ENV{SUDO_USER} = 'anna';

sub site { return status($nginx)->{site} || {} }

sub is_in {
    my ($state, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    return ok(wait_until(20, sub { (site()->{state} // '') eq $state }),
        $name // "the site is \"$state\"");
}

sub active {
    return JSON::PP::decode_json((ctl('is-active', '--json'))[1]);
}

sub faults { return [$schema->faults(status($nginx), 1)] }


# ---- open

is_in('open');
says 1, qr/^open$/, 'is-active of an open shop', 'is-active';
says 0, qr/^open\b/, 'status of an open shop', 'status';
says 2, qr/cannot connect.*^note: asked was http.*--url or \$SHOP_STATUS/ms,
    'nobody there: where it was asked, and how to point elsewhere', 'status',
    '--url', 'http://127.0.0.1:' . free_port() . '/status';
says 2, qr/^note: asked was http.*--url or \$SHOP_CONTROL/m, '... of orders, too',
    'reopen', '--now', '--url', 'http://127.0.0.1:' . free_port() . '/control';

{
    my $pid = open(my $watch, '-|', shopctl(), 'status', '--watch')
        or die "shopctl: $!\n";
    my $screens = 0;

    while ($screens < 2 && defined(my $line = <$watch>)) {
        $screens++ if $line =~ /^as of /;
        fail('no colour where no terminal is') if $line =~ /\e/;
    }

    kill 'TERM', $pid;
    close $watch;
    is $screens, 2, 'status --watch shows it again';
}

is JSON::PP::decode_json((ctl('status', '--json'))[1])->{site}{state}, 'open',
    'status --json is what nginx answers';
says 2, qr/"reopen" needs|nothing to do: .*"shop.example" is "open"/,
    'no ramp, so none is ended', 'reopen', '--now';


says 0, qr/^SHOP OK - shop\.example: open for \S+, 1 of 1 servers up \| servers_up=1;;;0;1 sites_shut=0;;;0;1 admitted=100%;;;0;100 turned_away=\d+c;;;0\n\z/,
    'status --check of an open shop', 'status', '--check';
says 3, qr/^SHOP UNKNOWN - no status from http:.*\d+\/status$/m,
    '... where nobody answers', 'status', '--check', '--url',
    'http://127.0.0.1:' . free_port() . '/status';
says 3, qr/^SHOP UNKNOWN - no status from README\.md$/m, '... of no status',
    'status', '--check', 'README.md';


# ---- closed, and by whom

says 0, qr/seen by nginx after \d+ ms/, 'shopctl on', 'on', '--status',
    'We move.', '--eta', '+45m';
is_in('maintenance');
is status($nginx)->{maintenance}{who}, 'anna', 'the status says who it was';
is_deeply faults(), [], '... as its schema says';
ok wait_for_event($log, type => 'flag', what => 'set', who => 'anna'),
    '... so does the event';
unlike get($nginx, '/', headers => [Accept => 'text/html'])->{body}, qr/anna/,
    '... and no visitor reads it';
says 0, qr/^closed$/, 'is-active of a closed shop', 'is-active';
says 1, qr/^maintenance\b/, 'status of a closed shop', 'status';
says 1, qr/^SHOP WARNING - shop\.example: maintenance for \S+, "We move\.", 1 of 1 servers up \| \S+ sites_shut=1;/,
    'status --check of a closed shop', 'status', '--check';
says 0, qr/who +anna.*^nginx: maintenance$/ms, 'check asks nginx', 'check';
says 2, qr/nothing to do: .*"maintenance"/, 'closed is no ramp', 'reopen',
    '--over', '10m';
is active()->{nginx}{state}, 'maintenance', 'is-active --json has it';


# ---- the ramp: off says when all are in; it is slowed, and ended

says 0, qr/^open: .*^seen by nginx.*^nginx: reopening, 0 % of the visitors are in; everybody is in by \S+ \S+ \S+, in (?:1h|59m)/ms,
    'off says when all are in', 'off';
is_in('reopening');
says 1, qr/^reopening\b/, 'status while it reopens', 'status';
says 1, qr/^open\nnginx: reopening, 0 %/m, 'is-active, too', 'is-active';
says 2, qr/no such "site"/, 'another site', 'reopen', '--now', '--site', 'no';
says 2, qr/invalid "over" "25h", expected a length such as 10m, up to 24h/,
    'far too long', 'reopen', '--over', '25h';
says 0, qr/^shop\.example: 0 % of the visitors are in; everybody is in by .*, in (?:2h|1h 59m)/,
    'slower', 'reopen', '--over', '2h', '--site', 'shop.example';
cmp_ok site()->{well_in}, '>', 3600, '... says the status';
ok $nginx->log->find(qr/site "shop\.example" lets all visitors in over 2h.*, by anna/),
    '... and the log, with who it was';

my $refused = 0;
for (1 .. 20) {
    $refused++ if get($nginx, '/')->{status} == 503;
}
cmp_ok $refused, '>', 0, 'not everybody is in';

says 0, qr/^shop\.example: everybody is in$/, 'at once', 'reopen', '--now';
is scalar(grep { get($nginx, '/')->{status} != 200 } 1 .. 20), 0,
    '... everybody is in';
is_in('open', '... and when the hold is over it is called open');


# ---- a flag that has ended

says 0, qr/^closed: /, 'a flag that health ends', 'on', '--end', 'healthy',
    '--status', 'We move.';
ok wait_until(20, sub { site()->{flag_state} eq 'over' }), '... has ended';
says 2, qr/has ended, so nobody would read the update.*shopctl on.*shopctl off/,
    '... and takes no news', 'update', 'Half done.';
is active()->{active}, JSON::PP::false, '... it closes nothing';
says 0, qr/^nginx: (?:reopening|open, the flag has ended)/m, '... says check', 'check';
says 0, qr/^open: /, 'off', 'off';
ctl('reopen', '--now');
is_in('open');


# ---- who gave an order

says 0, qr/^draining: /m, 'an order', 'drain', "$shop", '--for', '1h';
is peer_of($nginx, 'checked', $shop)->{override}{who}, 'anna', '... by whom';
is_deeply faults(), [], '... as the schema says';
ok wait_for_event($log, type => 'peer', cause => 'operator', who => 'anna'),
    '... in the event, too';
says 0, qr/^enabled: /, 'its end', 'enable', "$shop", '--who', 'ben';
ok wait_for_event($log, type => 'peer', cause => 'operator', who => 'ben'),
    '... by another one';


# ---- an outage, and what is left of it over a restart

$shop->refuse;
is_in('outage');
says 1, qr/^open\nnginx: outage, nobody serves/m, 'is-active in an outage',
    'is-active';
says 1, qr/^outage P1\b/, 'status in an outage', 'status';
says 2, qr/^SHOP CRITICAL - shop\.example: outage for \S+, 0 of 1 servers up /,
    'status --check in an outage', 'status', '--check';
says 0, qr/^closed: /, 'words, to stay', 'on', '--end', 'manual', '--status', 'x';
$shop->open;
is_in('maintenance');
ok site()->{shut_by_flag_alone}, 'the flag alone keeps it shut';
says 2, qr/^SHOP CRITICAL - shop\.example: maintenance, only the flag keeps it shut for/,
    '... which is critical', 'status', '--check';
says 0, qr/^nginx: maintenance, only the flag keeps the shop shut; open it: shopctl off$/m,
    '... says check', 'check';

is_deeply [event_faults($log)], [], 'the events keep to their schema';

$nginx->stop;
$nginx->start;
is_in('maintenance', 'after a restart');
is_deeply [@{ site() }{qw(planned shut_by_flag_alone)}],
    [JSON::PP::false, JSON::PP::true], '... it still was not planned';

done_testing;
