#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A worker is killed between two stores into shared memory, at each place where
# our code makes such stores: the shop goes on, no lock stays held, verdicts,
# backups and the flag are right afterwards.  With a build that has a step at
# each of these places (make test builds it, see state/step.c).

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Dir;
use ShopTest::Status;
use ShopTest::Steps;

# not in every run yet: it takes minutes, and not every step is come to
plan(skip_all => 'STEPS_DEATHS=1 runs it') if !$ENV{STEPS_DEATHS};

my $steps = ShopTest::Steps->new(deaths => $ENV{STEPS_DEATHS} || 1)
    or plan(skip_all => 'no build with steps, see make test');

alarm 0;                                # each wait has its own deadline

my $keys = ShopTest::Dir->new('keys');
my $KEY = 'steps' x 8;
my $key = $keys->write('key', "$KEY\n");
chmod 0600, $key;

my ($one, $two, $spare) = map { shop_server(body => $_) } qw(one two spare);
my $check = 'shop_health_check uri=/health interval=200ms fast=50ms fails=1 '
    . 'passes=1 timeout=20s;';

my $nginx = do {
    local $ENV{SHOP_STEPS} = $steps->path;

    nginx(module => $steps->module, http => <<"END");
        shop_events %%DIR%%/events;
        upstream shop {
            zone shop 128k;
            server $one;
            server $two;
            $check
            shop_slow_start 300ms;
            shop_observe errors=1;
            shop_failover_to spare hold=100ms;
        }
        upstream spare { zone spare 128k; server $spare; $check }
        upstream few {
            server $one;
            server $two;
            $check
            shop_panic 60%;
        }
        server {
            listen %%ADDR%%;
            shop_maintenance %%DIR%%/flag;
            shop_reopen hold=0s;
            location / {
                proxy_pass http://shop;
                proxy_next_upstream error timeout http_503;
                add_header X-Worker \$pid always;
            }
            location /few { proxy_pass http://few; }
            location /status { shop_status; }
            location /control { shop_control $key; }
        }
END
};

# what a worker leaves behind that is killed at any moment
$nginx->allow(qr/worker process \d+ exited on signal 9/,
    qr/shared memory zone "[^"]+" was locked by \d+/);

my $flag = $nginx->dir . '/flag';
my $killed = 0;

# until all is as it should be: what a client saw while a worker died is nothing
sub comes {
    my ($name, $condition) = @_;

    $steps->arm;

    my $ok = wait_until(10, sub { eval { $condition->() } });

    $killed++ if !$steps->disarm;

    # once more without a death: the state is what counts, not the moment
    return if $ok && wait_until(10, sub { eval { $condition->() } });

    fail("$name: after a death at " . join ', ', last_deaths());
    done_testing();
    exit 1;
}

my %before;

sub last_deaths {
    my $deaths = $steps->deaths;
    my @new = grep { $deaths->{$_} != ($before{$_} // 0) } sort keys %$deaths;

    return @new;
}

sub served { return join ' ', sort keys %{ { map { $_ => 1 } answers(@_) } } }

sub answers {
    my ($n) = @_;

    return map { get($nginx, '/')->{body} // '' } 1 .. $n;
}

sub site { return status($nginx)->{sites}[0] || status($nginx)->{site} || {} }

sub order {
    my ($body) = @_;

    return post($nginx, '/control', body => $body, headers => [
        Authorization => "Bearer $KEY",
        'Content-Type' => 'application/x-www-form-urlencoded',
    ])->{status} == 200;
}

# both workers answer: none waits for a lock of one that is dead
sub both_workers {
    my %pids;

    for (1 .. 40) {
        my $answer = get($nginx, '/');
        $pids{ $answer->{headers}{'x-worker'} // '' }++ if $answer->{status};
        last if keys %pids >= 2;
    }

    return keys %pids >= 2;
}

my @STAGES = (
    ['all are up' => sub {
        $_->set('/health', status => 200) for $one, $two, $spare;
        $two->set('*', status => 200, body => 'two');
        unlink $flag;
        order("action=enable&upstream=shop&peer=$one");
    }, sub { served(12) eq 'one two' && both_workers() }],
    ['one is down' => sub { $one->set('/health', status => 503) },
        sub { served(6) eq 'two' }],
    ['one is back' => sub { $one->set('/health', status => 200) },
        sub { served(12) eq 'one two' }],
    ['closed' => sub { $nginx->file('flag', "reason: steps\neta: +1h\n") },
        sub {
            get($nginx, '/')->{status} == 503
                && post($nginx, '/', body => 'x')->{status} == 503
                && get($nginx, '/')->{body} =~ /steps/;
        }],
    ['open again' => sub { unlink $flag },
        sub { post($nginx, '/', body => 'x')->{status} == 200 }],
    ['an order' => sub { order("action=down&upstream=shop&peer=$one") },
        sub {
            order("action=down&upstream=shop&peer=$one")
                && served(6) eq 'two';
        }],
    ['an order for a second' => sub { },
        sub { order("action=down&upstream=shop&peer=$one&for=1s") }],
    ['which is over' => sub { }, sub { served(12) eq 'one two' }],
    ['live failures' => sub { $two->set('*', 'close') },
        sub { served(6) eq 'one' }],
    ['both are down' => sub { $_->set('/health', status => 503) for $one, $two },
        sub { served(6) eq 'spare' }],
    ['nobody is left' => sub { $spare->set('/health', status => 503) },
        sub { get($nginx, '/')->{status} == 503 }],
    ['all come back' => sub {
        $_->set('/health', status => 200) for $one, $two, $spare;
        $two->set('*', status => 200, body => 'two');
    }, sub { served(12) eq 'one two' }],
);

for my $stage (@STAGES) {
    my ($name, $begin, $condition) = @$stage;

    eval { $begin->() };
    ok(wait_until(20, sub { eval { $condition->() } }), "undisturbed: $name")
        or diag(served(6), ' ', get($nginx, '/')->{status} // '');
}

# steps at which nobody has died yet
sub missed {
    my $deaths = $steps->deaths;

    return grep { !$deaths->{$_} } $steps->known;
}

my ($idle, $rounds) = (0, 0);

while (missed() && $idle < 2 && $rounds < 60) {
    my $begun = $killed;

    for my $stage (@STAGES) {
        my ($name, $begin, $condition) = @$stage;

        %before = %{ $steps->deaths };
        eval { $begin->() };
        comes($name, $condition);
    }

    $rounds++;
    $idle = $killed == $begun ? $idle + 1 : 0;
}

pass("$killed workers were killed in $rounds rounds, and all was right");
is_deeply([missed()], [], 'one at each step');
ok(wait_until(20, sub { $nginx->workers == 2 && both_workers() }),
    'both workers answer');

done_testing;
