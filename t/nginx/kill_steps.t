# Copyright (C) ngx_shop_failover_module authors
#
# A worker is killed at a store into shared memory, at every one that our files
# make in what is done here: the shop goes on, no lock stays held, verdicts,
# backups, orders, the flag and the page are right afterwards.  With a build in
# which a worker can be killed there (t/tools/steps).
#
# By and by all steps are met: in each stage so many workers die as there are
# new ones, three at most.
#
#     KILL_STEPS=all   a step is a store and all calls that led to it, not one;
#                      at each a second worker dies, at its second time there;
#                      and one in each stage: many minutes

use ShopTest;
use ShopTest::Clock;
use ShopTest::Dir;
use ShopTest::Events;
use ShopTest::Status;
use ShopTest::Steps;

use JSON::PP ();
use Time::Local qw(timegm);
use Time::HiRes qw(sleep);

my $all = ($ENV{KILL_STEPS} // '') eq 'all';

my $steps = ShopTest::Steps->new($all ? (calls => 64, deaths => 2) : ())
    or plan skip_all => 'no build with steps, `make test` makes one';

alarm 0;                                # each wait has its own deadline

my $keys = ShopTest::Dir->new('keys');
my $KEY = 'steps' x 8;
chmod 0600, $keys->write('key', "$KEY\n");

my $clock = ShopTest::Clock->new;

# the shops are a second nginx: one is ill, sick or hangs up while a file is there
my @SHOPS = qw(one two spare sick);
my $shops = nginx(workers => 1, http => join "\n", map { <<"END" } @SHOPS);
    server {
        listen %%ADDR_@{[uc]}%%;
        location / {
            if (-f %%DIR%%/$_.mute) { return 444; }
            if (-f %%DIR%%/$_.sick) { return 500; }
            return 200 $_;
        }
        location /health {
            if (-f %%DIR%%/$_.ill) { return 503; }
            return 200 $_;
        }
    }
END
my ($one, $two, $spare, $sick) = map { $shops->address(uc) } @SHOPS;

sub is_now { $shops->file($_, '') for @_; return }
sub is_no_more { unlink $shops->dir . "/$_" for @_; return }
my $check = 'shop_health_check uri=/health interval=400ms fast=100ms fails=1 '
    . 'passes=1 timeout=20s;';

my $nginx = $steps->around(sub { $clock->around(sub {
    return nginx(module => $steps->module, http => <<"END");
        shop_events %%DIR%%/events;
        upstream shop {
            zone shop 128k;
            server $one;
            server $two;
            $check
            shop_slow_start 300ms;
            shop_observe errors=1;
            shop_outlier errors=1000;
            shop_failover_to spare hold=100ms;
        }
        upstream spare { zone spare 128k; server $spare; $check }
        upstream few {
            server $one;
            server $two;
            $check
            shop_panic 60%;
        }
        upstream sick {
            server $one;
            server $sick;
            $check
            shop_outlier eject=1s..1s;
            shop_slow_start 300ms;
        }
        server {
            listen %%ADDR%% reuseport;
            shop_maintenance %%DIR%%/flag;
            shop_reopen hold=0s;
            location / {
                proxy_pass http://shop;
                proxy_next_upstream error timeout http_503;
            }
            location /few { proxy_pass http://few; }
            location /sick {
                proxy_pass http://sick;
                proxy_next_upstream http_500;
            }
            location = /worker { return 200 \$pid; }
            location /status { shop_status; }
            location /control { shop_control $keys/key; }
        }
        server {
            listen %%ADDR%%;
            server_name a.example b.example;
            shop_maintenance %%DIR%%/hosts;
            shop_reopen hold=0s;
            location / { proxy_pass http://shop; }
        }
END
}) });

# what a worker leaves behind that is killed at any moment
$nginx->allow(qr/worker process \d+ exited on signal 9/,
    qr/shared memory zone "[^"]+" was locked by \d+/);

my $flag = $nginx->dir . '/flag';

# serves(URI, BODY...): these answer, and only these; as few requests as tell
sub serves {
    my ($uri, @bodies) = @_;
    my %wanted = map { $_ => 0 } @bodies;

    for my $n (1 .. 12) {
        my $body = get($nginx, $uri)->{body} // '';

        return 0 if !exists $wanted{$body};
        $wanted{$body} = 1;

        return 1 if $n >= 4 && !grep { !$_ } values %wanted;
    }

    return 0;
}

sub order {
    my ($body) = @_;

    return post($nginx, '/control', body => $body, headers => [
        Authorization => "Bearer $KEY",
        'Content-Type' => 'application/x-www-form-urlencoded',
    ])->{status} == 200;
}

sub of_host {
    my ($host) = @_;

    return get($nginx, '/', headers => [Host => $host]);
}

# both workers answer: none waits for a lock of one that is dead
sub both_workers {
    my %pids;

    for (1 .. 40) {
        my $connection = client($nginx);
        my $answer = $connection->request('GET', '/');
        my $worker = $connection->request('GET', '/worker', close => 1);

        $pids{ $worker->{body} // '' }++ if $answer->{status};
        last if keys %pids >= 2;
    }

    return keys %pids >= 2;
}

# of our times of day, those that say since when it is so: none is hours off
sub timely {
    my $status = status($nginx);
    my $now = seconds_of($status->{time});

    for my $since ($status->{site}{since}, map { $_->{since} }
        map { ($_, @{ $_->{peers} }) } @{ $status->{upstreams} })
    {
        return 0 if abs($now - seconds_of($since)) > ShopTest::Clock::STEP / 2;
    }

    return 1;
}

sub seconds_of {
    my ($text) = @_;
    my @at = $text =~ /\A(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/
        or die "no time: $text\n";

    return timegm(@at[5, 4, 3, 2], $at[1] - 1, $at[0]);
}

sub offset {
    return seconds_of(status($nginx)->{time}) - time;
}

my $reason = 0;
my $asked = 0;

# Each begins and ends where all are up and nothing is ordered: [what comes
# about, what is done for it, how it is seen, s until then], one after the
# other.
my @SCENARIOS = (
    [
        ['nothing happens' => sub { wait_until(1, sub { $steps->fired }) },
            sub { serves('/', qw(one two)) }],
        # the first: those that take the place of the dead start as well
        ['a reload' => sub { $nginx->signal('HUP') }, sub {
            $nginx->workers == 2 && !$nginx->leaving
                && serves('/', qw(one two));
        }],
    ],
    [
        ['one is down' => sub { is_now('one.ill') },
            sub { serves('/', 'two') }],
        ['one is back' => sub { is_no_more('one.ill') },
            sub { serves('/', qw(one two)) && serves('/few', qw(one two)) }],
    ],
    [
        # as it was, before another worker has read what the dead one did;
        # a flag that is not known to be half read waits for ten seconds
        ['closed for a moment' => sub {
            $reason++;
            $nginx->file('flag', "reason: moment $reason\n");
            wait_until(1, sub {
                $steps->died || get($nginx, '/')->{status} == 503;
            });
            unlink $flag;
        }, sub { post($nginx, '/', body => 'x')->{status} == 200 }, 5],
    ],
    [
        ['closed' => sub {
            $reason++;
            $nginx->file('flag', "reason: steps $reason\neta: +1h\n");
        }, sub {
            get($nginx, '/')->{status} == 503
                && post($nginx, '/', body => 'x')->{status} == 503
                && get($nginx, '/')->{body} =~ /steps $reason\b/;
        }],
        ['open again' => sub { unlink $flag },
            sub { post($nginx, '/', body => 'x')->{status} == 200 }],
        ['a host is closed' => sub {
            $reason++;
            $nginx->file('hosts',
                "hosts: a.example\nreason: host $reason\neta: +1h\n");
        }, sub {
            my $page = of_host('a.example');

            $page->{status} == 503 && $page->{body} =~ /host $reason\b/
                && of_host('b.example')->{status} == 200;
        }],
        # the part of the site goes a moment later than it opens
        ['it is open again' => sub { unlink $nginx->dir . '/hosts' }, sub {
            of_host('a.example')->{status} == 200
                && !grep { $_->{hosts} } @{ status($nginx)->{sites} };
        }],
    ],
    [
        ['an order' => sub { order("action=down&upstream=shop&peer=$one") },
            sub {
                order("action=down&upstream=shop&peer=$one")
                    && serves('/', 'two');
            }],
        ['an order for a second' => sub { },
            sub { order("action=down&upstream=shop&peer=$one&for=1s") }],
        ['which is over' => sub { }, sub { serves('/', qw(one two)) }],
    ],
    [
        ['live failures' => sub { is_now('two.mute') },
            sub { serves('/', 'one') }],
        ['both are down' => sub { is_now('one.ill', 'two.ill') },
            sub { serves('/', 'spare') }],
        ['nobody is left' => sub { is_now('spare.ill') },
            sub { get($nginx, '/')->{status} == 503 }],
        ['all come back' => sub {
            is_no_more('two.mute', map { "$_.ill" } qw(one two spare));
        }, sub { serves('/', qw(one two)) }],
    ],
    [
        ['one is sick' => sub { is_now('sick.sick') }, sub {
            get($nginx, '/sick/' . $asked++) for 1 .. 4;
            peer_of($nginx, 'sick', $sick)->{state} eq 'aside';
        }],
        ['and is well' => sub { is_no_more('sick.sick') }, sub {
            peer_of($nginx, 'sick', $sick)->{state} eq 'up'
                && serves('/sick', qw(one sick));
        }],
    ],
    [
        ['the clock steps' => sub { $clock->ahead },
            sub { offset() > ShopTest::Clock::STEP / 2 && timely() }],
        ['and back' => sub { $clock->behind },
            sub { abs(offset()) < ShopTest::Clock::STEP / 2 && timely() }],
    ],
);

# until all is as it should be
sub comes {
    my ($condition, $seconds) = @_;

    return wait_until($seconds // 10, sub {
        return 1 if eval { $condition->() };

        sleep 0.05;                     # a poll is some requests
        return 0;
    });
}

# one step of a scenario while N workers are killed; what a client saw at that
# moment is nothing: the state is what counts
sub disturbed {
    my ($n, $name, $begin, $condition, $seconds) = @_;

    $steps->kill($n);
    eval { $begin->() };

    my $ok = comes($condition, $seconds);
    my $deaths = $steps->off;

    return $deaths
        if $ok && (!$deaths || comes($condition) && comes(\&both_workers));

    fail "$name, after $deaths deaths, the last one at " . $steps->last_death;
    done_testing;
    exit 1;
}

# until nobody comes to a store at which nobody has died
sub played {
    my ($n, @stages) = @_;
    my ($deaths, $rounds, $idle) = (0, 0, 0);

    while ($idle < 2 && $rounds++ < 500) {
        my $before = $deaths;

        $deaths += disturbed($n, @$_) for @stages;
        $idle = $deaths == $before ? $idle + 1 : 0;
    }

    ok $deaths, "$stages[0][0]: all was right after $deaths deaths";

    return;
}


for my $stage (map { @$_ } @SCENARIOS) {
    my ($name, $begin, $condition) = @$stage;

    $begin->();
    ok comes($condition), "undisturbed: $name"
        or diag get($nginx, '/')->{body};
}

played($all ? 1 : 3, @$_) for @SCENARIOS;

# the scenarios came to all that is shared: a file that makes such stores and
# is not here has lost its scenario
my @sites = $steps->sites;
my %deaths;
my @names = $steps->names(@sites);
$deaths{ $names[$_] =~ /^(\w+)\.[ch]:/ ? $1 : '' } += $sites[$_]{deaths}
    for 0 .. $#sites;
is_deeply [grep { !$deaths{$_} }
           qw(balance band board board_evaluate board_flag board_notice
              board_parts board_voices chronicle counters evidence force groups
              incident lease news peers record shift suspect)], [],
    'some died in every file that keeps what is shared';
note "$_: $deaths{$_}" for sort keys %deaths;

ok wait_until(20, sub { $nginx->workers == 2 }), 'both workers are there';

# a line that was written and not yet noted is written again
my %told;
push @{ $told{ $_->{seq} } }, JSON::PP->new->canonical->encode($_)
    for events($nginx->dir . '/events');
is_deeply [grep { my %lines = map { $_ => 1 } @$_; keys %lines > 1 }
           values %told], [],
    'what was told twice has one number';

done_testing;
