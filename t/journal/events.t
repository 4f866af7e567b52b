#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The event log: one line for each transition, whichever worker saw it, valid
# against the schema, in a file that USR1 reopens; a full disk loses nothing.

use ShopTest;
use ShopTest::Events;

use IO::Socket::INET;
use Socket qw(MSG_DONTWAIT);

my $CHECK = 'uri=/healthz interval=300ms fast=50ms fails=2 timeout=2s';


sub config {
    my ($target, @servers) = @_;
    my $servers = join ' ', map { "server $_;" } @servers;

    return <<"END";
        shop_events $target;
        upstream shop { $servers shop_health_check $CHECK; }
        server {
            listen %%ADDR%%;
            shop_maintenance %%DIR%%/maintenance;
            shop_reopen hold=0s;
            location / { proxy_pass http://shop; }
            location /status { shop_status; }
        }
END
}


# ---- each transition is one line

my ($one, $two) = (shop_server(body => 'one'), shop_server(body => 'two'));
my $nginx = nginx(workers => 4,
    http => config('%%DIR%%/events.log', "$one", "$two backup"));
my $log = $nginx->dir . '/events.log';

ok -e $log, 'the log is there from the start';
ok wait_until(20, sub {
    2 == $nginx->log->find(qr/first probe passed/);
}), 'both servers are up';
is scalar(my @none = events($log)), 0, 'a start is no transition';

$one->refuse;
ok my $event = wait_for_event($log, type => 'peer', to => 'down'),
    'a server that goes down is told';
is_deeply [@$event{qw(upstream peer server backup from cause detail count)}],
    ['shop', "$one", "$one", JSON::PP::false, 'up', 'connect_refused',
        'connect refused', 2], 'which one and why';
like $event->{first_failure}, qr/^\d{4}-\d\d-\d\dT/, 'when it failed first';
cmp_ok $event->{first_failure}, 'lt', $event->{time}, 'before it was down';

ok $event = wait_for_event($log, type => 'group', to => 'backup'),
    'the upstream is';
is $event->{served_by}, 'shop', 'and who serves it';
ok $event = wait_for_event($log, type => 'site', to => 'backup'),
    'and the site';
is $event->{severity}, 'P2', 'with its severity';

ok $event = wait_for_event($log, type => 'incident', what => 'begun'),
    'which is an incident';
is_deeply [@$event{qw(incident severity by resolved)}],
    [1, 'P2', 'backup', undef], 'number 1, that a backup eased';

$two->refuse;
ok wait_for_event($log, type => 'incident', what => 'escalated',
    severity => 'P1'), 'nobody serves: the incident is worse';

replace_file($nginx->dir . '/maintenance', "status: repairing\neta: +45m\n");
ok $event = wait_for_event($log, type => 'flag', what => 'set'),
    'a flag is told';
is $event->{text}, 'repairing', 'and what it says';
ok $event->{eta}, 'and its ETA';

replace_file($nginx->dir . '/maintenance',
    "status: repairing\neta: +45m\nupdate: 03:10 cause found\n");
ok $event = wait_for_event($log, type => 'flag', what => 'update'),
    'an update is';
is $event->{text}, 'cause found', 'with its text';

replace_file($nginx->dir . '/maintenance', "status: done soon\nupdate: 03:10 cause found\nbad\n");
ok $event = wait_for_event($log, type => 'flag', what => 'changed'),
    'another text is';
is $event->{warnings}, 1, 'with its warnings';

$_->open for $one, $two;
unlink $nginx->dir . '/maintenance';
ok wait_for_event($log, type => 'flag', what => 'removed'), 'it goes';
ok $event = wait_for_event($log, type => 'incident', what => 'resolved'),
    'and so does the incident';
is $event->{incident}, 1, 'it is the same one';
ok wait_for_event($log, type => 'peer', to => 'up', peer => "$one"),
    'the server is up again';
ok wait_for_event($log, type => 'site', to => 'open'), 'the site is open';

is_deeply [event_faults($log)], [],
    'every line is valid, and they are in the order of their numbers';
is_deeply [map { $_->{seq} } events($log)],
    [1 .. scalar(my @all = events($log))], 'and none is missing';
is scalar(events_like($log, type => 'flag')), 4, 'each flag change is one line';
is scalar(events_like($log, type => 'peer')), 4, 'and each edge of a server';

my $seq = $all[-1]{seq};


# ---- the file is reopened, and a reload goes on

rename $log, "$log.1";
$nginx->signal('USR1');
ok wait_until(10, sub { -e $log }), 'USR1 makes a new file';

# the workers reopen it a moment after the master
my $worker = sub {
    my ($pid) = @_;
    return grep { (readlink // '') eq $log } glob "/proc/$pid/fd/*";
};
ok wait_until(10, sub { !grep { !$worker->($_) } $nginx->workers }),
    'for all workers';

$one->refuse;
ok $event = wait_for_event($log, type => 'peer', to => 'down'),
    'the next event is in the new one';
is $event->{seq}, $seq + 1, 'with the next number';
$one->open;
ok wait_for_event($log, type => 'peer', to => 'up'), 'and on';

ok $nginx->reload, 'a reload';
$seq = (events($log))[-1]{seq};
$one->refuse;
ok wait_until(20, sub { (events($log))[-1]{seq} > $seq }), 'goes on';
ok $event = wait_for_event($log, type => 'incident', incident => 3),
    'with the number of the next incident, too';
is_deeply [event_faults($log)], [], 'in order';
$one->open;
ok wait_for_event($log, type => 'incident', what => 'resolved', incident => 3),
    'it is over';

$nginx->configure(http => "shop_zone 4m;\n"
    . config($log, "$one", "$two backup"));
ok $nginx->reload, 'a reload into a zone of another size';
$one->refuse;
ok wait_for_event($log, type => 'incident', what => 'begun', incident => 4),
    'goes on, too';
is_deeply [event_faults($log)], [], 'in order';
$one->open;


# ---- a disk that is full

$nginx = nginx(http => config('%%DIR%%/events.log', "$one", "$two backup"));

my $mounted;
END { system('umount', '-l', $mounted) if $mounted }

SKIP: {
    my $disk = $nginx->dir . '/disk';
    mkdir $disk;

    skip 'only root can mount a small disk', 9 if $> != 0
        || system("mount -t tmpfs -o size=4k tmpfs $disk 2>/dev/null") != 0;
    $mounted = $disk;

    $nginx->configure(http => config("$disk/events.log", "$one",
        "$two backup"));

    open my $full, '>', "$disk/full";
    syswrite $full, 'x' x 4096;
    close $full;

    $log = "$disk/events.log";

    ok $nginx->reload, 'a log on a disk that is full';
    $one->refuse;
    ok $nginx->log->wait_for(qr/events cannot be written to "\Q$log\E"/, 20),
        'is an error';
    $two->refuse;
    ok wait_until(20, sub { get($nginx, '/')->{status} == 503 }),
        'the shop goes on';
    $two->open;
    ok wait_until(20, sub { get($nginx, '/')->{body} eq 'two' }), 'as ever';
    is -s $log, 0, 'no part of a line is left';

    unlink "$disk/full";
    ok $nginx->log->wait_for(
        qr/events are written to "\Q$log\E" again, none is lost/, 20),
        'with room again it works';
    is_deeply [event_faults($log)], [], 'all of it is there';
    is((events($log))[0]{seq}, 1, 'from the first event on');
    is scalar(my @said = $nginx->log->find(qr/events cannot be written/)), 1,
        'the error was said once';
    $nginx->stop;
    $one->open;
}


# ---- syslog

my $syslog = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1')
    or die "udp: $!\n";
my $target = 'syslog:server=127.0.0.1:' . $syslog->sockport
    . ',tag=shop,nohostname';

$nginx = nginx(http => config($target, "$one", "$two backup"));
$one->refuse;

my $line = '';
wait_until(20, sub {
    $syslog->recv($line, 65536, MSG_DONTWAIT);
    return length $line;
});

like $line, qr/^<190>.* shop: \{.*"type":"peer".*\}\z/s,
    'syslog gets the same line';


# ---- what is refused

config_fails('a variable in the path',
    qr/invalid value ".*\$host" in "shop_events", expected the path/,
    http => 'shop_events %%DIR%%/$host;');
config_fails('two logs', qr/"shop_events" directive is duplicate/,
    http => 'shop_events %%DIR%%/a; shop_events %%DIR%%/b;');
config_fails('a syslog without server', qr/no syslog server specified/,
    http => 'shop_events syslog:tag=shop;');

done_testing;
