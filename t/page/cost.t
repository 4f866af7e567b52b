#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What a request to a closed shop does not do: render, compress, or look at the
# flag.  A library counts the calls.

use ShopTest;
use ShopTest::Dir;
use Time::HiRes qw(time);

# ASan must be loaded first
plan(skip_all => 'a preloaded library is not for a sanitized nginx')
    if $ENV{SANITIZED};

my $count = ShopTest::Dir->new('count');
chmod 0777, "$count";

my $library = $count->library('count', <<'END');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* one byte for each call, in a file of its name */
static void counted(const char *call) {
    char name[512];
    int fd;
    snprintf(name, sizeof(name), "%s/%s", getenv("COUNT_DIR"), call);
    fd = open(name, O_WRONLY|O_CREAT|O_APPEND, 0666);
    if (fd >= 0) { if (write(fd, "x", 1) < 0) abort(); close(fd); }
}

int deflateInit2_(z_streamp z, int level, int method, int bits, int memory,
    int strategy, const char *version, int size) {
    int (*real)(z_streamp, int, int, int, int, int, const char *, int)
        = dlsym(RTLD_NEXT, "deflateInit2_");
    counted("deflate");
    return real(z, level, method, bits, memory, strategy, version, size);
}

int stat(const char *path, struct stat *sb) {
    int (*real)(const char *, struct stat *) = dlsym(RTLD_NEXT, "stat");
    if (strstr(path, "/maintenance")) counted("stat");
    return real(path, sb);
}

int stat64(const char *path, struct stat64 *sb) {
    int (*real)(const char *, struct stat64 *) = dlsym(RTLD_NEXT, "stat64");
    if (strstr(path, "/maintenance")) counted("stat");
    return real(path, sb);
}
END

my $shop = shop_server(body => 'shop');
my $nginx;

{
    local $ENV{LD_PRELOAD} = $library;
    local $ENV{COUNT_DIR} = $count;

    $nginx = nginx(workers => 1, main => 'env COUNT_DIR; env LD_PRELOAD;',
        http => <<"END");
    server {
        listen %%ADDR%%;
        keepalive_requests 100000;
        shop_maintenance %%DIR%%/maintenance;
        location / { proxy_pass http://$shop; }
    }
END
}

sub calls { return -s "$count/$_[0]" // 0 }

# many requests on one connection; how many calls and how long
sub visit {
    my ($n) = @_;
    my $client = client($nginx);
    my %before = map { $_ => calls($_) } qw(deflate stat);
    my $begin = time;
    my %status;

    for (1 .. $n) {
        $status{ $client->request(GET => "/$_", headers => [
            Accept => 'text/html', 'Accept-Encoding' => 'gzip',
        ])->{status} }++;
    }

    return (\%status, calls('deflate') - $before{deflate},
            calls('stat') - $before{stat}, time - $begin);
}

$nginx->file('maintenance', "status: one\n");
ok wait_until(10, sub { get($nginx, '/')->{status} == 503 }), 'closed';
cmp_ok calls('stat'), '>', 0, 'looks at the flag are counted';

my ($status, $deflate, $stat, $seconds) = visit(500);

is_deeply $status, { 503 => 500 }, '500 visitors see the page';
cmp_ok $deflate, '>', 0, 'it is compressed';
cmp_ok $deflate, '<=', 1 + int($seconds / 60 + 1), 'once, and once a minute';

# at each second, and where one is due a whole look
cmp_ok $stat, '<=', 4 * ($seconds + 2), 'the flag is looked at by the clock';

$nginx->file('maintenance', "status: two\n");
ok wait_until(10, sub { get($nginx, '/')->{body} =~ /two/ }), 'a change';
($status, $deflate, $stat, $seconds) = visit(100);
cmp_ok $deflate, '>', 0, 'is compressed again';
cmp_ok $deflate, '<=', 1 + int($seconds / 60 + 1), 'once';

# ---- a crowd that reads all languages, in all forms, and polls meanwhile

my @LANGS = qw(en de fr es it nl pl pt-BR ar zh-Hans ja);

sub crowd {
    my ($client, $polls) = @_;

    for my $lang (@LANGS) {
        my @wish = ('Accept-Language' => $lang, 'Accept-Encoding' => 'gzip');

        $client->request(GET => "/.shop-status?lang=$lang", headers => \@wish)
            for 1 .. $polls;

        for my $kind (qw(text/html application/json text/plain)) {
            my $times = $kind =~ /json/ ? $polls : 1;

            $client->request($_ => '/', headers => [@wish, Accept => $kind])
                for (qw(GET POST)) x $times;
        }
    }

    return;
}

my $client = client($nginx);
my $again;

# in a minute that turns meanwhile all of it is made anew: then once more
for my $try (1 .. 3) {
    my $minute = int(time / 60);

    crowd($client, 120);
    my $before = calls('deflate');
    crowd($client, 10) for 1 .. 2;
    $again = calls('deflate') - $before;

    last if int(time / 60) == $minute;
}

is $client->request(GET => '/')->{status}, 503, 'a crowd was answered';
# what is polled, and JSON, has one of 16 jitters: hardly any is new by now
cmp_ok $again, '<=', 10, 'no page takes the place of another';

unlink "$nginx->{dir}/maintenance";
ok wait_until(10, sub { get($nginx, '/')->{status} == 200 }), 'open';
($status, $deflate, $stat, $seconds) = visit(300);
is_deeply $status, { 200 => 300 }, 'an open shop serves';
cmp_ok $stat, '<=', 4 * ($seconds + 2), 'and nobody looks at the flag for it';

done_testing;
