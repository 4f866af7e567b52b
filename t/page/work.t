#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What a large page costs a worker: it is not compressed harder than a worker
# can bear, not again where the next minute shows the same, and the renderings
# that are kept have a bound in bytes.  A brotli of the test's own counts.

use ShopTest;
use ShopTest::Dir;

my $dir = ShopTest::Dir->new('work');
chmod 0777, "$dir" or die "chmod: $!\n";

# three quarters of the bytes; a line for each call
my $brotli = $dir->library('libbrotlienc', <<'END', qq(-DDIR="$dir"));
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int BrotliEncoderCompress(int quality, int window, int mode, size_t len,
    const unsigned char *data, size_t *room, unsigned char *to) {
    char line[64];
    int fd = open(DIR "/calls", O_WRONLY|O_CREAT|O_APPEND, 0666);
    int n = snprintf(line, sizeof(line), "%d %d %zu\n", quality, window, len);
    if (fd == -1 || write(fd, line, n) != n) return 0;
    close(fd);
    *room = len - len / 4;
    memcpy(to, data, *room);
    return 1;
}
END
rename $brotli, "$dir/libbrotlienc.so.1" or die "$brotli: $!\n";

# as many seconds later as the file has bytes
my $clock = $dir->library('clock', <<'END', qq(-DDIR="$dir"));
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/stat.h>
#include <sys/time.h>

int gettimeofday(struct timeval *tv, void *tz) {
    struct stat sb;
    int (*real)(struct timeval *, void *) = dlsym(RTLD_NEXT, "gettimeofday");
    int rc = real(tv, tz);
    if (stat(DIR "/later", &sb) == 0) tv->tv_sec += sb.st_size;
    return rc;
}
END

my @LANGS = qw(en de fr es it nl pl pt-BR ar zh-Hans ja);
my @made;

sub start {
    my (%options) = @_;

    local $ENV{LD_LIBRARY_PATH} = "$dir";
    # ASan must be loaded first
    local $ENV{LD_PRELOAD} = $clock if !$ENV{SANITIZED};

    return nginx(workers => 1, %options);
}

# [quality, window, length] of the calls since the last look
sub calls {
    my $seen = @made;

    @made = map { [split] } split /\n/, $dir->read('calls') // '';

    return @made[$seen .. $#made];
}

sub ask {
    my ($client, $uri, $lang, $method, $coding) = @_;

    return $client->request($method // 'GET', $uri, headers => [
        Accept => 'text/html', 'Accept-Language' => $lang // 'en',
        'Accept-Encoding' => $coding // 'br',
    ]);
}


# ---- how hard

my %size = (small => 8, middle => 64, large => 250);
my $nginx = start(
    files => { flag => "status: one\n",
               map { ("$_/page.html" => '{{status}}' . ('x' x ($size{$_} * 1024))) }
               keys %size },
    http => 'server { listen %%ADDR%%; shop_maintenance %%DIR%%/flag;'
        . join('', map { "location /$_ { shop_page_dir %%DIR%%/$_;"
                         . ' proxy_pass http://127.0.0.1:1; }' }
               sort keys %size)
        . '}');
my $client = client($nginx);

ok wait_until(20, sub { ask($client, '/small')->{status} == 503 }), 'closed';
calls();

my %effort = map { my $uri = "/$_";
                   ($_ => do { $nginx->file('flag', "status: $_\n");
                               wait_until(20, sub {
                                   ask($client, $uri)->{body} =~ /\A$_/ });
                               my ($call) = grep { $_->[2] > 1000 } calls();
                               $call }) } sort keys %size;

is_deeply [map { $effort{$_}[0] > 9 ? $_ : () } sort keys %size], [],
    'no page is compressed by the qualities that take a millisecond a kilobyte';
cmp_ok $effort{large}[0], '<', $effort{small}[0],
    'a large one less hard than a small one';
cmp_ok $effort{large}[0], '<=', 4, '... by a quality that is quick';


# ---- the next minute

sub minute {
    return ask($client, '/small')->{headers}{date} =~ /(\d+:\d+):/ ? $1 : '';
}

SKIP: {
    skip 'the clock is not for a sanitized nginx', 5 if $ENV{SANITIZED};

    my $body = ask($client, '/large')->{body};
    calls();

    my $minute = minute();
    $dir->write('later', 'x' x 60);
    ok wait_until(20, sub { minute() ne $minute }), 'a minute later';
    is ask($client, '/large')->{body}, $body, 'the page is the same';
    is_deeply [grep { $_->[2] > 200_000 } calls()], [],
        '... and was not compressed again';

    $nginx->file('flag', "status: two\n");
    ok wait_until(20, sub { ask($client, '/large')->{body} =~ /\Atwo/ }),
        'what says something else';
    is scalar(grep { $_->[2] > 200_000 } calls()), 1, '... is, once';
}

$nginx->stop;


# ---- how much is kept: 88 renderings of 192 kilobytes and more fit nowhere

$nginx = start(
    files => { flag => "status: one\n",
               'page/page.html' => '{{status}}' . ('x' x (250 * 1024)) },
    http => 'shop_page_dir %%DIR%%/page;'
        . ' server { listen %%ADDR%%; shop_maintenance %%DIR%%/flag;'
        . join('', map { "location /$_ { shop_page_var name $_;"
                         . ' proxy_pass http://127.0.0.1:1; }' } 0 .. 5)
        . '}');
$client = client($nginx);

sub resident {
    my ($worker) = $nginx->workers;
    open my $in, '<', "/proc/$worker/status" or return 0;
    my ($kilobytes) = join('', <$in>) =~ /^VmRSS:\s+(\d+)/m;

    return $kilobytes / 1024;
}

# all pages of all places in all languages; what is not right of it
sub crowd {
    my ($says) = @_;
    my @wrong;

    for my $place (0 .. 5) {
        for my $lang (@LANGS) {
            for my $method (qw(GET POST)) {
                my $page = ask($client, "/$place", $lang, $method);
                push @wrong, "$place $lang $method"
                    if $page->{status} != 503 || $page->{body} !~ /\A$says/
                       || length $page->{body}
                          < ($page->{headers}{'content-encoding'} ? 187 : 250)
                            * 1024;
            }
        }
    }

    return \@wrong;
}

ok wait_until(20, sub { ask($client, '/0')->{body} =~ /\Aone/ }), 'closed';
calls();

my $before = resident();
is_deeply crowd('one'), [], 'a crowd sees what it asks for';
my $compressed = grep { $_->[2] > 200_000 } calls();
cmp_ok $compressed, '>', 50, 'much of it is compressed';
cmp_ok $compressed, '<', 100, '... as much as is kept';

SKIP: {
    skip 'memory of a sanitized nginx', 1 if $ENV{SANITIZED};
    cmp_ok resident() - $before, '<', 22, 'which is less than 22 megabytes';
}

for my $try (1 .. 3) {
    my $minute = int(time / 60);

    is_deeply crowd('one'), [], 'and once more';
    $compressed = grep { $_->[2] > 200_000 } calls();
    last if int(time / 60) == $minute;
}

is $compressed, 0, '... which compresses nothing';

$nginx->file('flag', "status: two\n");
ok wait_until(20, sub { ask($client, '/5', 'ja')->{body} =~ /\Atwo/ }),
    'a change';
is_deeply crowd('two'), [], 'all is made anew';
cmp_ok scalar(grep { $_->[2] > 200_000 } calls()), '>', 50,
    '... in the place of what was kept';

done_testing;
