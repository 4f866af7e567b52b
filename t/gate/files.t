#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# One rule for the key files of shop_bypass_key, of shop_control and of
# shopctl: what one of them refuses no other takes, and all say why and what
# would be right.

use ShopTest;
use ShopTest::Ctl;

use Fcntl qw(S_IRWXU);
use File::Temp qw(tempdir);
use POSIX qw(mkfifo);

my $dir = tempdir(CLEANUP => 1);
my $KEY = 'k' x 40;

sub key_file {
    my ($name, $content, $mode) = @_;

    open my $out, '>', "$dir/$name" or die "$dir/$name: $!\n";
    print $out $content;
    close $out;
    chmod $mode // 0600, "$dir/$name";

    return "$dir/$name";
}


my $make = qr/; make one with: \(umask 077; openssl rand -hex 32 > \S+\)/;
my $exposed = qr/can be read or written by everybody, .* chmod o-rwx \S+/;
my $short = qr/is too short, expected a key of at least 32 bytes$make/;
my $long = qr/is larger than 4096 bytes.*$make/;
my $no_file = qr/is not a regular file$make/;
my $unsent = qr/cannot be sent in a header.*$make/;

my $linked = qr/is behind a symlink that is neither root's nor the file owner's; name the file itself in place of \S+/;

mkfifo("$dir/fifo", 0600) or die "mkfifo: $!\n";
mkdir "$dir/directory", S_IRWXU;
symlink key_file('target', "$KEY\n"), "$dir/link";
symlink key_file('target_open', "$KEY\n", 0644), "$dir/link_open";

# name => why it is refused, undef: it is taken; and where only shop_control
# refuses it
my @files = (
    [key_file('good', "$KEY\n")                 => undef],
    [key_file('group', $KEY, 0640)              => undef],
    [key_file('full', 'k' x 4096)               => undef],
    ["$dir/link"                                => undef],
    [key_file('readable', "$KEY\n", 0644)       => $exposed],
    [key_file('writable', "$KEY\n", 0602)       => $exposed],
    ["$dir/link_open"                           => $exposed],
    [key_file('empty', '')                      => $short],
    [key_file('short', "too short\n")           => $short],
    [key_file('long', 'k' x 4097)               => $long],
    ["$dir/directory"                           => $no_file],
    ["$dir/fifo"                                => $no_file],
    ['/dev/zero'                                => $no_file],
    ["$dir/none"                   => qr/cannot be read.*No such file/],
    [key_file('lines', "$KEY\n$KEY\n")          => undef, $unsent],
    [key_file('binary', join '', map { chr } 1 .. 64) => undef, $unsent],
);

my @users = (
    [shop_bypass_key => 'link', 'https://localhost/'],
    [shop_control    => 'drain', '10.0.0.1:80', '--url',
        'http://127.0.0.1:' . free_port() . '/'],
);

for my $row (@files) {
    my ($file, $why, $only_sent) = @$row;
    my ($name) = $file =~ m{([^/]+)\z};

    for my $user (@users) {
        my ($directive, @command) = @$user;
        my $reason = $why
            // ($directive eq 'shop_control' ? $only_sent : undef);
        my @nginx = (http => "server { listen %%ADDR%%; "
            . "location / { $directive $file; } }");
        my @ctl = (@command, '--key', $file);

        if (!defined $reason) {
            config_ok "$name is a key of $directive", @nginx;

            # the key is read before anybody is asked
            unlike +(ctl(@ctl))[1], qr/key file/, '... and of shopctl';
            next;
        }

        config_fails "$name is none of $directive",
            qr/^key file "\Q$file\E" of "$directive" $reason/, @nginx;
        says 2, qr/key file "\Q$file\E" of $directive $reason/,
            "... nor of shopctl $command[0]", @ctl;
    }
}

SKIP: {
    skip 'only root may be tricked', 2 if $>;

    chmod 0711, $dir;
    symlink "$dir/good", "$dir/theirs" or die "symlink: $!\n";
    system('chown', '-h', 54_321, "$dir/theirs") == 0 or die "chown\n";

    for my $directive (qw(shop_bypass_key shop_control)) {
        config_fails "$directive: a link of another user",
            qr{^key file "\Q$dir\E/theirs" of "$directive" $linked},
            http => "server { listen %%ADDR%%; "
                . "location / { $directive $dir/theirs; } }";
    }
}

done_testing;
