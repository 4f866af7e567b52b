#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# shopctl deploy: a server is restarted without a visitor there, step by step,
# and a failure leaves the others serving.

use ShopTest;
use ShopTest::Ctl;
use ShopTest::Status;

use File::Temp qw(tempdir);

my $dir = tempdir(CLEANUP => 1);
my @shops = map { shop_server(body => "shop $_") } 0 .. 2;

write_file("$dir/key", 'k' x 40 . "\n");
chmod 0600, "$dir/key";

my $nginx = nginx(workers => 2, http => <<"END");
    upstream shop {
        zone shop 64k;
        server $shops[0];
        server $shops[1];
        shop_health_check interval=300ms fast=100ms;
        shop_outlier errors=1000;
    }

    upstream one {
        zone one 64k;
        server $shops[2];
        shop_health_check interval=300ms fast=100ms;
        shop_outlier errors=1000;
        shop_queue 100 timeout=30s;
    }

    upstream bare {
        server $shops[2];
        shop_health_check interval=300ms fast=100ms;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;

        location / { proxy_pass http://shop; }
        location /one { proxy_pass http://one; }
        location /bare { proxy_pass http://bare; }
        location = /status { shop_status; }
        location = /control { shop_control $dir/key; }
    }
END

$ENV{SHOP_STATUS} = 'http://' . $nginx->address . '/status';
$ENV{SHOP_CONTROL} = 'http://' . $nginx->address . '/control';
$ENV{SHOP_CONTROL_KEY} = "$dir/key";
$ENV{SUDO_USER} = 'anna';

ok wait_for_peer($nginx, 'shop', $_, 'up'), 'a server is up' for @shops[0, 1];
ok wait_for_peer($nginx, 'one', $shops[2], 'up'), 'the only server is up';

# ---- what is asked for

says 2, qr/"deploy" needs a server and the command/, 'no command', 'deploy', "$shops[0]";
says 2, qr/no upstream has a server "10\.9\.9\.9:1"/, 'no such server',
    'deploy', '10.9.9.9:1', '--', 'true';
says 2, qr/is in upstream one and in bare: say which by --upstream/, 'two upstreams',
    'deploy', "$shops[2]", '--', 'true';
says 2, qr/invalid --drain "soon"/, 'a time', 'deploy', "$shops[0]", '--drain', 'soon', '--', 'true';
is peer_of($nginx, 'shop', $shops[0])->{override}, undef, 'and nothing was done';

# ---- a server of two

$shops[0]->set('/slow', delay => 1.5, body => 'slow');
$shops[1]->set('/slow', delay => 1.5, body => 'slow');
my @slow = map { my $client = client($nginx); $client->send(GET => '/slow'); $client } 1, 2;
ok wait_until(10, sub { (peer_of($nginx, 'shop', $shops[0])->{active} // -1) == 1 }),
    'the status counts the requests of a server';

my ($code, $said) = ctl('deploy', "$shops[0]", '--', 'sh', '-c', "date +%s > $dir/ran");

is $code, 0, 'it is done' or diag $said;
like $said, qr/ 1 other server serves while .*\ndraining: .*\n.*1 usable\nits requests are done\nrunning: sh\nthe command is done\nit passes its probes\nenabled: .*\n.*2 usable\n/,
    '... and each step is said';
is scalar(grep { $_->answer->{status} == 200 } @slow), 2, '... its requests end in peace';
ok -e "$dir/ran", '... and the command ran';

# ---- it fails

says 1, qr/failed with exit code 3\n.*is drained and gets no visitors, the others serve\..*shopctl enable \Q$shops[0]\E/s,
    'the command fails', 'deploy', "$shops[0]", '--', 'sh', '-c', 'exit 3';
is peer_of($nginx, 'shop', $shops[0])->{state}, 'draining', '... and the server stays out';
is get($nginx, '/')->{body}, 'shop 1', '... and the other serves';
says 0, qr/enabled/, 'as it says', 'enable', "$shops[0]";

says 1, qr/cannot run "$dir\/none".*exit code 127/s, 'there is no such command',
    'deploy', "$shops[0]", '--', "$dir/none";
says 0, qr/enabled/, 'again', 'enable', "$shops[0]";

$shops[0]->set('/', status => 500);
says 1, qr/did not pass its probes within 1 s: the last one says "status"/, 'it does not come back',
    'deploy', "$shops[0]", '--start', '1s', '--', 'true';
is get($nginx, '/page')->{body}, 'shop 1', '... the other serves on';
$shops[0]->set('/', status => 200);
says 0, qr/enabled/, 'and back', 'enable', "$shops[0]";

# ---- the only server

says 2, qr/is the only server of upstream bare that serves.*shop_queue/s, 'nobody could wait',
    'deploy', "$shops[2]", '--upstream', 'bare', '--', 'true';

my @visitors = map { [GET => "/one/$_"] } 1 .. 5;
my $script = "touch $dir/away; while [ -e $dir/away ]; do sleep 0.1; done";
my $pid = open(my $out, '-|') // die "fork: $!\n";

if ($pid == 0) {
    open STDERR, '>&', \*STDOUT;
    exec shopctl(), 'deploy', "$shops[2]", '--upstream', 'one', '--', 'sh', '-c', $script;
}

ok wait_until(20, sub { -e "$dir/away" }), 'the only server is restarted';
my @clients = map { my $client = client($nginx, seconds => 40); $client->send(@$_); $client } @visitors;
$shops[2]->refuse;

sub waiting { my ($one) = grep { $_->{name} eq 'one' } @{ status($nginx)->{upstreams} }; return $one->{queue}{waiting} // -1 }

ok wait_until(20, sub { waiting() == 5 }), '... visitors wait';
$shops[2]->open;
unlink "$dir/away";

is scalar(grep { $_->answer->{status} == 200 } @clients), 5, '... and are served';
$said = do { local $/; <$out> };
close $out;
is $? >> 8, 0, '... and it is done';
like $said, qr/is the only server, visitors wait for it\n.*enabled: .*it passes its probes\n/s, '... as it says';

done_testing;
