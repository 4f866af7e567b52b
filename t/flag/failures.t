#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The table of failures: what is there but cannot be read closes, and where
# nobody can tell, the last known state stays.

use ShopTest;
use ShopTest::Dir;

# ASan must be loaded first, and has these calls itself
plan(skip_all => 'fault injection is not for a sanitized nginx')
    if $ENV{SANITIZED};

# a library that fails calls on the flag with the errno that a file names

my $fault = ShopTest::Dir->new('fault');
chmod 0777, "$fault";

my $library = $fault->library('fault', <<'END');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int armed(const char *call, const char *path) {
    char name[512], text[16];
    int fd, n;
    if (path && !strstr(path, "/run/maintenance")) return 0;
    snprintf(name, sizeof(name), "%s/%s", getenv("FAULT_DIR"), call);
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    fd = real(name, O_RDONLY);
    if (fd < 0) return 0;
    ssize_t (*rd)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
    n = rd(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0) return 0;
    text[n] = 0;

    /* "2 1 times": the files that end in a number are the times left */
    if (strstr(text, "times")) {
        for (n = 0; n < 9; n++) {
            snprintf(name, sizeof(name), "%s/%s.%d", getenv("FAULT_DIR"),
                     call, (int) n);
            if (unlink(name) == 0) return atoi(text);
        }
        return 0;
    }
    return atoi(text);
}

static int flag_fd = -1;

int stat(const char *path, struct stat *sb) {
    int (*real)(const char *, struct stat *) = dlsym(RTLD_NEXT, "stat");
    int saved = errno, e = armed("stat", path);
    if (e) { errno = e; return -1; }
    errno = saved;
    return real(path, sb);
}

int stat64(const char *path, struct stat64 *sb) {
    int (*real)(const char *, struct stat64 *) = dlsym(RTLD_NEXT, "stat64");
    int saved = errno, e = armed("stat", path);
    if (e) { errno = e; return -1; }
    errno = saved;
    return real(path, sb);
}

static int opened(const char *name, const char *path, int flags, int mode) {
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, name);
    int fd, e = armed("open", path);
    if (e) { errno = e; return -1; }
    fd = real(path, flags, mode);
    if (strstr(path, "/run/maintenance")) flag_fd = fd;
    return fd;
}

int open(const char *path, int flags, ...) {
    va_list ap; int mode;
    va_start(ap, flags); mode = va_arg(ap, int); va_end(ap);
    return opened("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list ap; int mode;
    va_start(ap, flags); mode = va_arg(ap, int); va_end(ap);
    return opened("open64", path, flags, mode);
}

ssize_t read(int fd, void *buf, size_t n) {
    ssize_t (*real)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
    int e = (fd == flag_fd && fd != -1) ? armed("read", NULL) : 0;
    if (e < 0) return 0;    /* as an empty file */
    if (e) { errno = e; return -1; }
    return real(fd, buf, n);
}

/* as on a file system that tells nothing */
int inotify_init1(int flags) {
    int (*real)(int) = dlsym(RTLD_NEXT, "inotify_init1");
    int e = armed("inotify", NULL);
    if (e) { errno = e; return -1; }
    return real(flags);
}

ssize_t __read_chk(int fd, void *buf, size_t n, size_t room) {
    if (n > room) abort();
    return read(fd, buf, n);
}
END

my $shop = shop_server(body => 'shop');
my $nginx;

{
    local $ENV{LD_PRELOAD} = $library;
    local $ENV{FAULT_DIR} = $fault;

    $nginx = nginx(main => 'env FAULT_DIR; env LD_PRELOAD;', http => <<"END");
    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/run/maintenance;

        location / { proxy_pass http://$shop; }
        location = /status { shop_status json; }
    }
END
}

my $dir = $nginx->dir . '/run';
my $flag = "$dir/maintenance";
mkdir $dir;

my %errno = (EIO => 5, ESTALE => 116, ETIMEDOUT => 110, EACCES => 13,
             ENOENT => 2, EMFILE => 24, EMPTY => -1);


# so many times, or until disarm()
sub arm {
    my ($call, $errno, $times) = @_;

    for my $i (0 .. ($times // 0) - 1) {
        open my $left, '>', "$fault/$call.$i" or die;
        chmod 0666, "$fault/$call.$i";
    }

    open my $out, '>', "$fault/$call.new" or die;
    print $out $errno{$errno}, $times ? ' times' : '';
    close $out;
    rename "$fault/$call.new", "$fault/$call";
    return;
}

sub disarm {
    unlink map { "$fault/$_" } qw(stat open read inotify);
    return;
}

# whether what was armed for a number of times has happened
sub spent { return !glob "$fault/$_[0].[0-9]" }


sub page { return get($nginx, '/', headers => [Accept => 'text/html']) }

sub becomes {
    my ($status, $name, $pattern) = @_;

    return settles($name, sub {
        my $page = page();
        $page->{status} == $status && $page->{body} =~ ($pattern // qr//);
    }) || diag(page()->{body});
}

# how often the log has said that the flag cannot be looked at
sub told { return scalar $nginx->log->find(qr/cannot be looked at, the last/) }


for my $case ([stat => 'EIO'], [open => 'ESTALE'], [read => 'EIO'],
    [stat => 'ETIMEDOUT'])
{
    my ($call, $errno) = @$case;
    my $before = told();

    write_file($flag, "status: before\n");
    becomes 503, "closed before $call() fails with $errno", qr/before/;

    arm($call, $errno);
    write_file($flag, "status: after\n");
    ok wait_until(10, sub { told() == $before + 1 }), 'the failure is told';

    unlink $flag if $call eq 'stat';
    sleep 2;
    is page()->{status}, 503, 'the shop stays closed';
    like page()->{body}, qr/before/, 'with the last text';
    is told(), $before + 1, 'it is told once, by one worker';

    disarm();
    becomes $call eq 'stat' ? 200 : 503,
        'when it is over, the flag counts again';

    unlink $flag;
    becomes 200, 'open again';
}

ok $nginx->log->wait_for(qr/can be looked at again/), 'that is told, too';

arm(stat => 'EIO');
write_file($flag, '');
sleep 2;
is page()->{status}, 200, 'an open shop stays open while nobody can tell';
disarm();
becomes 503, 'until somebody can';

# ---- one read is no read: two have to agree

# a visitor who looks all the time, until the flag is known; what was seen
sub seen_until_known {
    my ($call, $text) = @_;
    my %seen;

    ok wait_until(20, sub {
        $seen{ page()->{status} }++;
        spent($call) && get($nginx, '/status')->{body} =~ /$text/;
    }), 'the flag is read, wrongly and then as it is';
    disarm();

    return join ' ', sort keys %seen;
}

# in one step, so that it is read for one reason
sub swap_flag {
    my ($content) = @_;

    open my $out, '>', "$fault/flag" or die;
    print $out $content;
    close $out;
    chmod 0644, "$fault/flag";
    rename "$fault/flag", $flag or die "$flag: $!\n";
    return;
}

# without inotify, which would tell the next change at once
arm(inotify => 'EMFILE');
ok $nginx->reload, 'a reload without inotify';
disarm();
ok $nginx->log->wait_for(qr/inotify_init1\(\) failed/), 'which is told';

write_file($flag, "status: here\n");
becomes 503, 'closed', qr/here/;
arm(open => 'ENOENT', 1);
swap_flag("status: still there\n");
is seen_until_known('open', 'still there'), '503',
    'seen as gone once, it is not gone';

unlink $flag;
becomes 200, 'open';
arm(read => 'EMPTY', 1);
swap_flag("start: 2040-01-01 00:00\nstatus: half written\n");
is seen_until_known('read', 'half written'), '200',
    'read once without its start, it does not close';
unlink $flag;


# ---- there, but not for us

write_file($flag, "status: good\n");
becomes 503, 'a good text', qr/good/;

write_file($flag, "status: big\n" . '#' x 17000);
ok $nginx->log->wait_for(qr/\[error\].*maintenance" is larger than 16k: closed/),
    'a file that is too big is told';
becomes 503, 'it closes with the last good text', qr/good/;

unlink $flag;
becomes 200, 'open again';
write_file($flag, "status: big\n" . '#' x 17000);
becomes 503, 'too big from the start: closed with the default text';
unlike page()->{body}, qr/big/, 'and not with half of a text';
unlink $flag;
becomes 200, 'open again';

SKIP: {
    skip 'root reads everything without other users', 4 if $> != 0;

    write_file($flag, "status: secret\n");
    becomes 503, 'readable', qr/secret/;
    chmod 0600, $flag;
    ok $nginx->log->wait_for(
        qr/\[error\].*maintenance" cannot be read: closed.*Permission/),
        'a file that nginx may not read is told';
    becomes 503, 'and stays closed, with the last good text', qr/secret/;
    chmod 0644, $flag;
    becomes 503, 'and is read when it may';
    unlink $flag;
    becomes 200, 'open again';
}

mkdir "$dir/real";
symlink $flag, $flag;
becomes 503, 'a symlink to itself closes';
unlink $flag;
becomes 200, 'open again';

system 'mkfifo', $flag;
becomes 503, 'a pipe closes, and blocks nobody';
unlink $flag;
becomes 200, 'open again';

done_testing;
