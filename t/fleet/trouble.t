#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The failure table of docs/fleet.md, a line after another: whatever becomes of
# the engine, of the way to it or of a follower, the last state stays, "open" is
# never made up, and nobody is told that a node has what it has not.

use ShopTest;
use ShopTest::Dir;
use ShopTest::Engine;
use ShopTest::Fleet;
use ShopTest::Process;

use IO::Select;
use IO::Socket::IP;

my $dir = ShopTest::Dir->new('fleet');

# KILL_AT=N: killed before its Nth call that changes a file; FULL=FILE: no space
# while that is there; AHEAD=N: another time of the day
my $shim = $dir->library('shim', <<'END');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void step(void)
{
    static int n;
    const char *at = getenv("KILL_AT");
    if (at && ++n == atoi(at)) { kill(getpid(), SIGKILL); }
}

ssize_t write(int fd, const void *p, size_t n)
{
    static ssize_t (*real)(int, const void *, size_t);
    const char *full = getenv("FULL");
    if (!real) { real = dlsym(RTLD_NEXT, "write"); }
    if (fd < 3) { return real(fd, p, n); }
    step();
    if (full && access(full, F_OK) == 0) { errno = ENOSPC; return -1; }
    return real(fd, p, n);
}

int fsync(int fd)
{
    static int (*real)(int);
    if (!real) { real = dlsym(RTLD_NEXT, "fsync"); }
    step();
    return real(fd);
}

int renameat(int a, const char *b, int c, const char *d)
{
    static int (*real)(int, const char *, int, const char *);
    if (!real) { real = dlsym(RTLD_NEXT, "renameat"); }
    step();
    return real(a, b, c, d);
}

int unlinkat(int a, const char *b, int c)
{
    static int (*real)(int, const char *, int);
    if (!real) { real = dlsym(RTLD_NEXT, "unlinkat"); }
    step();
    return real(a, b, c);
}

int fchmod(int a, mode_t b)
{
    static int (*real)(int, mode_t);
    if (!real) { real = dlsym(RTLD_NEXT, "fchmod"); }
    step();
    return real(a, b);
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
    static int (*real)(clockid_t, struct timespec *);
    int rc;
    const char *ahead = getenv("AHEAD");
    if (!real) { real = dlsym(RTLD_NEXT, "clock_gettime"); }
    rc = real(id, ts);
    if (ahead && id == CLOCK_REALTIME) { ts->tv_sec += atoi(ahead); }
    return rc;
}
END

my $engine;

sub is_said {
    my ($code, $pattern, $name, @arguments) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($is, $output) = fleet($engine, @arguments);

    is $is, $code, "$name: exit code $code" or diag $output;
    return like $output, $pattern, $name;
}

sub comes {
    my ($pattern, @arguments) = @_;

    return wait_until(30, sub { (fleet($engine, @arguments))[1] =~ $pattern });
}

# a way to the engine that can be cut: a relay, to be stopped by SIGSTOP
sub relay {
    my ($to) = @_;
    my $port = free_port();
    my $listen = IO::Socket::IP->new(LocalHost => '127.0.0.1',
        LocalPort => $port, ReuseAddr => 1, Listen => 16) or die;

    my $process = ShopTest::Process->spawn(sub {
        my $select = IO::Select->new($listen);
        my %other;

        while (my @ready = $select->can_read) {
            for my $in (@ready) {
                if ($in == $listen) {
                    my $from = $listen->accept or next;
                    my $on = IO::Socket::IP->new(PeerAddr => $to) or next;
                    @other{$from, $on} = ($on, $from);
                    $select->add($from, $on);
                    next;
                }

                next if !$other{$in};
                if (sysread $in, my $data, 65536) {
                    syswrite $other{$in}, $data;
                    next;
                }

                my $out = delete $other{$in};
                delete $other{$out};
                $select->remove($in, $out);
                close $in;
                close $out;
            }
        }
    });

    return ($process, "127.0.0.1:$port");
}

for my $kind (qw(etcd redis)) {
    $engine = ShopTest::Engine->$kind;

    my ($relay, $way) = relay($engine->address);
    my @nodes = (fleet_node('web1', $engine), fleet_node('web2', "$kind://$way/shop"));

    ok comes(qr/on 2 of 2/, 'off'), "$kind: two nodes report";


    # ---- the engine is killed

    is_said 0, qr/^closed on 2 of 2/m, 'closed', 'on', '--status', 'We move.';
    $engine->kill;
    ok $nodes[0]->tells(qr/the engine is away, the flag stays as it is, there/),
        'killed: the follower says so';
    is_said 2, qr/nothing is written, the engine does not answer: /,
        'who writes is told', 'update', 'News.';
    is $_->visitor, 503, $_->name . ' stays closed' for @nodes;

    $nodes[0]->kill;
    $nodes[0]->nginx->stop;
    $nodes[0]->nginx->start;
    $nodes[0]->start;
    ok $nodes[0]->closed, 'and after a restart of all without the engine';

    $engine->start;
    ok $nodes[1]->tells(qr/the engine is back/), 'it is back';
    is_said 0, qr/^open on 2 of 2/m, 'and opens', 'off', '--wait', '30s';

    $engine->kill;
    ok $nodes[0]->tells(qr/stays as it is, not there/), 'killed while open';
    is $nodes[0]->visitor, 200, 'stays open';
    write_file($nodes[0]->flag . '/local', "status: By hand.\n");
    ok $nodes[0]->closed, 'a local flag works where the engine is away';
    unlink $nodes[0]->flag . '/local';
    ok $nodes[0]->opened, 'and opens';
    $engine->start;
    ok comes(qr/^fleet: open on 2 of 2/, 'status'), 'both are back';


    # ---- it is frozen

    is_said 0, qr/^closed on 2 of 2/m, 'closed', 'on', '--wait', '30s';
    $engine->freeze;
    is_said 2, qr/does not answer: .*(?:timed out|does not answer)/i, 'frozen: who writes is told',
        'off';
    is $_->visitor, 503, $_->name . ' stays closed' for @nodes;
    $engine->thaw;
    ok comes(qr/^open on 2 of 2/m, 'off'), 'thawed it opens';


    # ---- one is cut off

    $relay->signal('STOP');
    is_said 1, qr/^closed on 1 of 2.*^  web2: it has not said/ms,
        'cut off: who has not is named', 'on', '--wait', '1s';
    is $nodes[1]->visitor, 200, 'it has the last state';
    $relay->signal('CONT');
    ok $nodes[1]->closed, 'and the new one when the way is there again';


    # ---- it forgets all: an older state of it

    $engine->kill;
    $engine->wipe;
    $engine->start;
    ok $_->tells(qr/the engine went back, from revision \d+ to \d+: the flag stays/),
        'restored: ' . $_->name . ' does not believe it' for @nodes;
    is $_->visitor, 503, $_->name . ' stays closed' for @nodes;
    ok comes(qr/^web1: its engine went back/m, 'status'), 'the screen says so';
    is_said 0, qr/^open on 2 of 2/m, 'a word of today counts', 'off',
        '--wait', '30s';
    is_said 0, qr/^closed on 2 of 2/m, 'and each after it', 'on';
    is_said 0, qr/^open on 2 of 2/m, 'as ever', 'off';


    # ---- a lease is lost

    $engine->expire('web1');
    ok comes(qr/^web1 +AWAY/m, 'status'), 'a lease that is lost is seen';
    ok comes(qr/^fleet: open on 2 of 2/, 'status'), 'and taken again';


    # ---- two operators at once

    is_said 0, qr/^closed on 2 of 2/m, 'closed', 'on';
    my @operators = map {
        my $n = $_;
        ShopTest::Process->spawn(sub {
            my ($code) = fleet($engine, 'update', "News $n.");
            POSIX::_exit($code);
        });
    } 1 .. 3;
    ok wait_until(30, sub { !grep { $_->alive } @operators }),
        'three operators at once';
    is_deeply [map { $_->status } @operators], [0, 0, 0], 'all succeed';
    like $nodes[0]->content, qr/News $_\./, "and the news of $_ is there"
        for 1 .. 3;
    is_said 0, qr/^open on 2 of 2/m, 'open', 'off';


    # ---- clocks apart

    $nodes[0]->kill;
    $nodes[0]->start(LD_PRELOAD => $shim, AHEAD => 100);
    ok comes(qr/^web1: its clock is (?:99|100|101) s before the engine's/m,
        'status'), 'a wrong clock is named' if !$ENV{SANITIZED};

    $_->kill for @nodes;
    $engine->stop;
}


# ---- a follower is killed at each of its steps

$engine = ShopTest::Engine->etcd;
my $node = fleet_node('web1', $engine);
ok comes(qr/on 1 of 1/, 'off'), 'a node reports';
$node->kill;

my ($old, $steps) = ('', 0);

for my $change (map { "status: change $_\n" } 1 .. 2) {
    for my $at (1 .. 40) {
        last if $ENV{SANITIZED};
        my $new = "$change# $at\n";

        $engine->put('flag', $new);
        $node->start(LD_PRELOAD => $shim, KILL_AT => $at);

        my $died = wait_until(30, sub {
            !$node->follower->alive
                || $engine->get('nodes/web1')
                    && ($node->content // '') eq $new
                    && $node->says_revision;
        }) && !$node->follower->alive;

        my $is = $node->content // '';
        my @seen = grep { !/^\./ } $node->files;

        ok(($is eq $old || $is eq $new) && "@seen" =~ /\A(?:fleet)?\z/,
            "killed at step $at: the old flag or the new one")
            or diag "files: @seen\n$is";
        $old = $is;
        $steps = $at;
        last if !$died;
        $node->kill;
    }

    $node->kill;
}

cmp_ok $steps, '>', 8, 'it has that many steps' if !$ENV{SANITIZED};
$node->start;
ok comes(qr/^fleet: closed on 1 of 1/, 'status'), 'and in the end all is well';


# ---- a full disk

if (!$ENV{SANITIZED}) {
    $node->kill;
    is_said 1, qr/open on 0 of 1/, 'open', 'off', '--wait', '0s';
    $node->start(LD_PRELOAD => $shim, FULL => "$dir/full");
    ok comes(qr/^fleet: open on 1 of 1/, 'status'), 'open';
    write_file("$dir/full", '');
    is_said 1, qr/^closed on 0 of 1.*^  web1: its flag could not be written: No space/ms,
        'full: it is not called closed', 'on', '--wait', '3s';
    is $node->visitor, 200, 'as it is not';
    unlink "$dir/full";
    ok $node->closed, 'with some space it closes';
    ok comes(qr/^fleet: closed on 1 of 1/, 'status'), 'and says so';
}

# ---- away while the shop is opened

$node->kill;
is_said 1, qr/^open on 0 of 1/m, 'off while it is away', 'off', '--wait', '0s';
is $node->visitor, 503, 'it is closed';
$node->start;
ok $node->opened, 'and opens when it is back';
$node->kill;
$engine->stop;


# ---- certificates

my ($cert, $key) = ca()->issue('127.0.0.1');
my ($old_cert, $old_key) = ca()->expired('127.0.0.1');

$engine = ShopTest::Engine->redis(tls => 1, options => ['--tls-cert-file',
    $cert, '--tls-key-file', $key, '--tls-ca-cert-file', ca()->file,
    '--user', 'shop', 'on', '>right', '~shop/*', '+@all',
    '--user', 'default', 'off']);
write_file("$dir/right", "right\n");
write_file("$dir/wrong", "wrong-word\n");
chmod 0600, "$dir/right", "$dir/wrong";

my @trust = ('--ca', ca()->file, '--cert', $cert, '--cert-key', $key,
    '--user', 'shop');
my @right = (@trust, '--password-file', "$dir/right");

$node = fleet_node('web1', $engine, follow => \@right);
ok comes(qr/^open on 1 of 1/m, 'off', @right), 'Redis with TLS and a user';
is_said 0, qr/^closed on 1 of 1/m, 'closes', 'on', @right;
is_said 2, qr/refuses the user "shop" or the password/, 'a wrong password',
    'off', @trust, '--password-file', "$dir/wrong";
unlike((fleet($engine, 'off', @trust, '--password-file', "$dir/wrong"))[1],
    qr/wrong-word/, 'which is not shown');
is_said 2, qr/certificate/i, 'a certificate that nobody knows', 'off',
    '--user', 'shop', '--password-file', "$dir/right";
chmod 0644, "$dir/right";
is_said 2, qr/is for everybody to read/, 'a password for everybody', 'off',
    @right;
chmod 0600, "$dir/right";

$engine->stop;
$engine->{options}[1] = $old_cert;
$engine->{options}[3] = $old_key;
$engine->start;
is_said 2, qr/expired/, 'an expired certificate', 'off', @right;
ok $node->tells(qr/stays as it is, there: .*expired/), 'is named by the follower';
is $node->visitor, 503, 'and the shop stays closed';
$node->kill;
$engine->stop;

$engine = ShopTest::Engine->etcd;
$engine->call(@$_) for ['auth/user/add', { name => 'root', password => 'right' }],
    ['auth/role/add', { name => 'root' }],
    ['auth/user/grant', { user => 'root', role => 'root' }], ['auth/enable', {}];
@right = ('--user', 'root', '--password-file', "$dir/right");
$node = fleet_node('web1', $engine, follow => \@right);
ok comes(qr/^open on 1 of 1/m, 'off', @right), 'etcd with a user';
is_said 0, qr/^closed on 1 of 1/m, 'closes', 'on', @right;
is_said 2, qr/refuses the user "root" or the password/, 'a wrong password',
    'off', '--user', 'root', '--password-file', "$dir/wrong";
$node->kill;
$engine->stop;

done_testing;
