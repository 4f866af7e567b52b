#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A flag that inotify does not tell of, as on NFS: a timer sees it in every
# worker.  Once without any inotify, once in a directory that workers may
# enter and not read.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Dir;

plan(skip_all => 'sanitizers want to be loaded before any other library')
    if $ENV{SANITIZED};

my $lib = ShopTest::Dir->new('lib');
my $none = $lib->library('none', <<'END');
#include <errno.h>

int
inotify_init1(int flags)
{
    errno = EMFILE;
    return -1;
}
END

# Workers change to another user before they look at the flag, and keep what
# the loader has loaded.
sub without_inotify {
    local $ENV{LD_PRELOAD} = $none;
    return nginx(@_);
}

my $shop = shop_server(body => 'shop');
my $http = <<"END";
    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flags/closed;
        shop_reopen hold=0s;
        location / { proxy_pass http://$shop; }
    }
    server {
        listen %%ADDR_DIR%%;
        shop_maintenance %%DIR%%/flags/dir;
        shop_reopen hold=0s;
        location / { proxy_pass http://$shop; }
    }
END

sub page {
    my ($where) = @_;
    my $answer = get($where, '/', headers => [Accept => 'text/html']);

    return "$answer->{status} $answer->{body}";
}

# in every worker, so far as chance tells them apart
sub becomes {
    my ($where, $expected, $name) = @_;

    return settles($name, sub { page($where) =~ $expected },
        seconds => 20, times => 8);
}

my $blind = without_inotify(workers => 3, http => $http,
    files => { 'flags/none' => '', 'flags/dir/none' => '' });
unlink $blind->dir . '/flags/dir/none';

is scalar($blind->log->find(qr/\[notice\].*inotify_init1\(\) failed.*\(24:/)), 3,
    'without inotify each worker says so';

watch_flag($blind, 'without inotify');

my $hidden = nginx(workers => 3, http => $http,
    files => { 'flags/none' => '', 'flags/dir/none' => '' });
unlink $hidden->dir . '/flags/dir/none';
chmod $_, $hidden->dir . '/flags' for $> == 0 ? 0711 : 0311;

is scalar($hidden->log->find(qr/inotify/)), 0, 'inotify is there';
watch_flag($hidden, 'in a directory that nobody may read');

chmod 0755, $hidden->dir . '/flags';

done_testing;


sub watch_flag {
    my ($nginx, $where) = @_;
    my $dir = $nginx->dir . '/flags';
    my $in_dir = $nginx->address('DIR');

    like page($nginx), qr/^200 shop/, "$where: open";

    $nginx->file('flags/closed', "status: The first text.\n");
    becomes($nginx, qr/^503 .*The first text/s, 'a new flag closes');

    open my $out, '>>', "$dir/closed" or die "$dir: $!\n";
    print $out "update: It goes on.\n";
    close $out;
    becomes($nginx, qr/^503 .*It goes on/s, 'a line that is added is seen');

    $nginx->file('flags/closed', "status: The other text.\n");
    becomes($nginx, qr/^503 .*The other text/s, 'and another file in its place');

    ok $nginx->reload, 'a reload';
    like page($nginx), qr/^503 .*The other text/s, 'goes on with it';

    unlink "$dir/closed";
    becomes($nginx, qr/^200 shop/, 'without the flag it opens');

    $nginx->file('flags/dir/tool', "status: A tool says so.\n");
    becomes($in_dir, qr/^503 .*A tool says so/s, 'a file in a directory closes');
    unlink "$dir/dir/tool";
    becomes($in_dir, qr/^200 shop/, 'and its end opens');

    my ($old, $new) = map { $nginx->file("flags/text-$_", "status: Of $_.\n") }
        qw(old new);

    symlink $old, "$dir/closed" or die "symlink: $!\n";
    becomes($nginx, qr/^503 .*Of old/s, 'a symlink closes');
    symlink $new, "$dir/closed.new" or die "symlink: $!\n";
    rename "$dir/closed.new", "$dir/closed" or die "rename: $!\n";
    becomes($nginx, qr/^503 .*Of new/s, 'and follows where it points');

    return;
}
