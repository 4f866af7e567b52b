#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Several who change a flag at once, and directories that others may write:
# nothing is lost, nothing comes back, and nobody is led elsewhere.

use ShopTest;
use ShopTest::Ctl;

use Fcntl qw(:flock);
use File::Temp qw(tempdir);

delete @ENV{qw(SHOP_FLAG SHOP_STATUS)};

my $dir = tempdir(CLEANUP => 1);
my $flag = "$dir/maintenance";
my @flag = ('--flag', $flag);


sub content {
    my ($path) = @_;

    open my $in, '<', $path or return '';
    local $/;
    return <$in> // '';
}

sub write_file {
    my ($path, $content) = @_;

    open my $out, '>', $path or die "$path: $!\n";
    print $out $content;
    close $out;
    return;
}

# runs several commands at once; their exit codes
sub at_once {
    my (@commands) = @_;
    my @codes;

    my @pids = map {
        my $pid = fork // die "fork: $!\n";

        if ($pid == 0) {
            open STDOUT, '>', '/dev/null';
            open STDERR, '>&', \*STDOUT;
            exec shopctl(), @$_ or POSIX::_exit(99);
        }

        $pid;
    } @commands;

    for my $pid (@pids) {
        waitpid $pid, 0;
        push @codes, $? >> 8;
    }

    return @codes;
}


# ---- at once

ctl('on', @flag);
my @codes = at_once(map { ['update', "news $_", @flag] } 1 .. 8);
is "@codes", '0 0 0 0 0 0 0 0', 'eight updates at once';
is join(' ', sort(content($flag) =~ /news (\d)$/mg)), '1 2 3 4 5 6 7 8',
    'none of them is lost';
is_deeply [glob "$dir/.s* $dir/.?*shop*"], [], 'and nothing is left beside it';

my $back = 0;

for (1 .. 40) {
    ctl('on', @flag);
    at_once(['update', 'news', @flag], ['off', @flag], ['update', 'more', @flag]);
    $back++ if -e $flag;
}

is $back, 0, 'what is off stays off, whoever writes beside it';

mkdir "$dir/flags";
@codes = at_once(map { ['on', '--flag', "$dir/flags", '--name', "n$_"] } 1 .. 8);
is "@codes", '0 0 0 0 0 0 0 0', 'eight files of a directory at once';
is scalar(my @all = glob "$dir/flags/* $dir/flags/.?*shop*"), 8,
    'are eight, and nothing else';

# ---- a lock that stays does not keep a shop closed, nor open

open my $lock, '<', $dir or die "$dir: $!\n";
flock $lock, LOCK_EX or die "flock: $!\n";

my $begun = time;
says 0, qr/note: another program has had a lock.*^closed: /ms,
    'on does not wait for ever', 'on', @flag;
cmp_ok time - $begun, '>=', 10, '... but for a while';
says 2, qr/another program has had a lock.*nothing is written, run it again/,
    'an update can be given again', 'update', 'news', @flag;
says 0, qr/note: another program.*^open: /ms, 'off opens', 'off', @flag;

# ---- it waits for one who is soon done

ctl('on', @flag);
my $pid = fork // die "fork: $!\n";

if ($pid == 0) {
    exec shopctl(), 'update', 'waited for', @flag or POSIX::_exit(99);
}

select undef, undef, undef, 0.5;
unlike content($flag), qr/waited for/, 'an update waits for the lock';
close $lock;
waitpid $pid, 0;
is $?, 0, '... until it is free';
like content($flag), qr/waited for/, '... and is written';
unlink $flag;

# ---- a symlink of others in the middle of the path

mkdir "$dir/theirs";
mkdir "$dir/victim";
chmod 0777, "$dir/theirs";
write_file("$dir/victim/shop", "secret: of root\n");
chmod 0600, "$dir/victim/shop";
symlink "$dir/victim", "$dir/theirs/run";

for my $command (['on'], ['update', 'news'], ['off']) {
    says 2, qr{theirs/run" is a symlink to "\Q$dir\E/victim".*others may write},
        "a symlink in the middle is not followed: @$command", @$command,
        '--flag', "$dir/theirs/run/shop";
    is content("$dir/victim/shop"), "secret: of root\n", '... nor what it leads to';
}

is +(stat "$dir/victim/shop")[2] & 0777, 0600, '... which stays of root';

says 2, qr{theirs/run" is a symlink}, '... nor of a directory flag', 'on',
    '--flag', "$dir/theirs/run";
is_deeply [glob "$dir/victim/*"], ["$dir/victim/shop"], '... in which nothing is made';

# a directory of theirs that leads on by a link which looks like one of ours
mkdir "$dir/theirs/sub";
symlink "$dir/victim", "$dir/theirs/sub/run";
says 2, qr{sub/run" is a symlink}, 'nor further down', 'on', '--flag',
    "$dir/theirs/sub/run/shop";
says 2, qr{sub/../run" is a symlink}, 'nor on the way back', 'on', '--flag',
    "$dir/theirs/sub/../run/shop";

# one of ours leads there, too
symlink "$dir/theirs", "$dir/ours";
says 2, qr{theirs/run" is a symlink}, 'nor by one of ours', 'on', '--flag',
    "$dir/ours/run/shop";
says 0, qr/^closed/, 'one of ours is followed', 'on', '--flag', "$dir/ours/plain";
ok -f "$dir/theirs/plain", '... in the middle, too';
says 0, qr/^open/, '... and back', 'off', '--flag', "$dir/ours/plain";
ok !-e "$dir/theirs/plain", '... it is gone';

SKIP: {
    skip 'only root makes directories of others', 4 if $> != 0;

    mkdir "$dir/bob";
    symlink "$dir/victim", "$dir/bob/run";
    chown 65534, 65534, "$dir/bob";
    says 2, qr{bob/run" is a symlink}, 'nor one in a directory of another user',
        'on', '--flag', "$dir/bob/run/shop";
    says 0, qr/^closed/, 'what is no symlink is fine', 'on', '--flag',
        "$dir/bob/plain";
}

done_testing;
