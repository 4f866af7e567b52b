# Copyright (C) ngx_shop_failover_module authors
#
# A worker that leaves after a reload still ends its requests, but says nothing
# of the shop any more: it would judge by servers that are not configured now.
# An order that it takes is carried out, and judged by the new workers; where
# they have other shared memory than it has, it is refused.

use ShopTest;
use ShopTest::Dir;
use ShopTest::Events;
use ShopTest::Status;
use ShopTest::Wait qw(patience);

use IO::Socket::INET;
use Time::HiRes qw(sleep);

my ($one, $two, $dead) = map { shop_server(body => $_) } qw(one two dead);
$dead->set('/', status => 500);

my $key = 'k' x 32;
my $keys = ShopTest::Dir->new('keys');
chmod 0600, $keys->write('key', "$key\n");

sub config {
    my ($zone, @more) = @_;

    my $pass = @more ? 'location /other { proxy_pass http://other; }' : '';

    return <<"END";
        shop_events %%DIR%%/events.log;
        shop_zone $zone;
        upstream shop {
            server $one;
            server $two;
            shop_health_check interval=200ms fast=100ms;
        }
        @more
        server {
            listen %%ADDR%%;
            shop_maintenance %%DIR%%/flag;
            location / { proxy_pass http://shop; }
            $pass
            location /status { shop_status; }
            location = /control { shop_control $keys/key; }
        }
END
}

# takes the site to outage, which passes to it
my $other = "upstream other { server $dead;"
    . ' shop_health_check interval=200ms fast=100ms; }';


for my $case (['the same zone', '1028k'], ['another zone', '1036k']) {
    my ($name, $zone) = @$case;

    my $nginx = nginx(workers => 1, http => config('1028k', $other));
    my $log = $nginx->dir . '/events.log';
    my ($old) = $nginx->workers;

    ok wait_until(20, sub {
        (status($nginx)->{site}{state} // '') eq 'outage';
    }), "$name: a server of the old configuration is dead";

    # of an order to the old worker, all but the last byte
    my $body = "action=drain&upstream=shop&peer=$two";
    my ($host, $port) = split /:/, $nginx->address;
    my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port)
        or die "connect: $!\n";
    print $socket "POST /control HTTP/1.1\r\nHost: a\r\n"
        . "Authorization: Bearer $key\r\n"
        . 'Content-Length: ' . length($body) . "\r\n\r\n";
    $socket->flush;

    # answered by the only worker, which has had the order before
    is get($nginx, '/status')->{status}, 200, 'an order has begun';

    $nginx->configure(http => config($zone));
    ok $nginx->reload, 'a reload without that server';
    ok wait_until(20, sub {
        (status($nginx)->{site}{state} // '') eq 'open';
    }), 'which opens the shop';
    is_deeply [$nginx->leaving], [$old], 'the old worker has the order';

    my $seen = () = events($log);

    print $socket $body;
    $socket->flush;
    my $answer = <$socket> // '';
    like $answer, $zone eq '1028k' ? qr/^HTTP\S+ 200/ : qr/^HTTP\S+ 503/,
        'which takes it, or says that it cannot';

    ok wait_until(10, sub { !$nginx->leaving }), 'and goes';

    if ($zone eq '1028k') {
        ok wait_for_peer($nginx, 'shop', $two, 'draining'), 'it is done';
        ok wait_for_event($log, type => 'peer', to => 'draining'), 'and told';
    }

    my @events = events($log);
    is_deeply [grep { ($_->{to} // '') =~ /outage|down/
                      || ($_->{upstream} // '') eq 'other' }
               @events[$seen .. $#events]], [],
        'the shop is not told dead by it';

    my %seq;
    is_deeply [grep { $seq{ $_->{seq} }++ } @events], [],
        'and no event is told twice';
}


# ---- a worker between its two looks at a flag that is gone, when it has to
# leave: the second one is another's

{
    my $nginx = nginx(workers => 1, http => config('1028k', $other));
    my $log = $nginx->dir . '/events.log';

    # each time it may be too late or too early to stop it
    for my $round (1, 2) {
        ok wait_until(20, sub {
            (status($nginx)->{site}{state} // '') eq 'outage';
        }), "round $round: a server of the old configuration is dead";
        $nginx->file('flag', "reason: round $round\n");
        ok wait_until(20, sub { status($nginx)->{maintenance}{present} }),
            '... and a flag is there';

        my ($old) = $nginx->workers;
        $old or BAIL_OUT('no worker');
        $nginx->configure(http => config('1028k'));
        unlink $nginx->dir . '/flag';
        sleep 0.005;
        kill STOP => $old;
        $nginx->signal('HUP');
        ok wait_until(20, sub {
            (eval { status($nginx)->{site}{state} } // '') eq 'open';
        }), '... a reload opens the shop';

        my $seen = () = events($log);

        kill CONT => $old;
        ok wait_until(20, sub { !grep { $_ == $old } $nginx->workers,
                                    $nginx->leaving }), '... the old one goes';

        my @events = events($log);
        is_deeply [grep { ($_->{to} // '') =~ /outage|down/ }
                   @events[$seen .. $#events]], [],
            '... and does not tell the shop dead';

        $nginx->configure(http => config('1028k', $other));
        ok $nginx->reload, '... the dead server is back';
    }
}

# ---- a worker that has to leave while a flag is being written, which it reads
# again and again: what the flag says in the end is another's to publish

SKIP: {
    my $changes = '/proc/sys/kernel/random/uuid';   # at each read
    skip "no $changes", 1 if !-r $changes;

    my ($shop, $hang) = (shop_server(), shop_server('hang'));
    my $nginx = nginx(workers => 1, http => <<"END");
        server {
            listen %%ADDR%%;
            shop_maintenance %%DIR%%/flag;
            location / { proxy_pass http://$shop; }
            location = /hang {
                shop_maintenance off;
                proxy_pass http://$hang;
                proxy_read_timeout ${\int(patience(2) * 1000)}ms;
            }
        }
END
    my $flag = $nginx->dir . '/flag';
    my ($old) = $nginx->workers;
    my $waits;

    for my $round (1 .. 6) {
        ($old) = $nginx->workers;

        my $held = client($nginx);
        $held->send('GET', '/hang');
        symlink $changes, $flag or die "symlink: $!\n";
        ok $nginx->reload, "round $round: a reload while a flag is written";

        # nobody else publishes
        my ($new) = $nginx->workers;
        kill STOP => $new;
        replace_file($flag, "unknown: $round\n");
        $waits = grep { $_ == $old } $nginx->leaving;

        # its timers come in their order: the looks at the flag, then this one
        ok wait_until(30, sub { !$nginx->leaving }), '... the old worker goes';
        kill CONT => $new;
        $held->close;
        ok wait_until(20, sub { get($nginx, '/')->{status} == 503 }),
            '... the new one closes the shop';

        my @told = $nginx->log->find(qr/ $old#.* flag .* unknown/);
        is_deeply \@told, [], '... the old one said nothing of it';

        unlink $flag;
        ok wait_until(20, sub { get($nginx, '/')->{status} == 200 }),
            '... open again';
        last if $waits;
    }

    ok $waits, 'the old worker had time to do so';
}

done_testing;
