#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Whatever lies where the master reads a file: it neither dies nor hangs nor
# reads what is not the file's owner's.  Each is refused in one line, and a
# reload leaves the running configuration in place.

use ShopTest;
use ShopTest::Dir;

use POSIX qw(mkfifo);

use constant USER => 54_321;            # nobody has it

my $dir = ShopTest::Dir->new('pages');
chmod 0755, "$dir" or die "chmod: $!\n";


sub server {
    my ($page) = @_;

    return "server { listen %%ADDR%%; shop_maintenance %%DIR%%/flag;"
        . " shop_page_dir $page; location / { proxy_pass http://127.0.0.1:1; } }";
}

sub make_dir {
    my ($path) = @_;

    mkdir $path, 0755 or die "$path: $!\n";
    return $path;
}

sub make_link {
    my ($target, $path, $owner) = @_;

    symlink $target, $path or die "$path: $!\n";
    system('chown', '-h', $owner, $path) == 0 or die "chown\n" if $owner;
    return $path;
}

sub make_file {
    my ($path, $text, $owner) = @_;

    open my $out, '>', $path or die "$path: $!\n";
    print $out $text or die;
    close $out or die;
    chown $owner, -1, $path or die "chown: $!\n" if $owner;
    return $path;
}


# ---- what is no page

my $text = make_file("$dir/large", 'x' x (256 * 1024 + 1));

my @kinds = (
    ['empty',     sub { make_file($_[0], '') },         qr/ is empty; /],
    ['a pipe',    sub { mkfifo($_[0], 0644) or die },   qr/ is not a regular /],
    ['a folder',  sub { make_dir($_[0]) },              qr/ is not a regular /],
    ['/dev/zero', sub { make_link('/dev/zero', $_[0]) }, qr/ is not a regular /],
    ['/proc/version', sub { make_link('/proc/version', $_[0]) },
        qr/ is empty; /],
    ['too large', sub { make_link($text, $_[0]) },      qr/ is larger than 256k/],
    # which has fewer bytes than it says, as one that is being written
    (grep { -r } '/sys/kernel/uevent_seqnum')
        ? ['a short one', sub { make_link('/sys/kernel/uevent_seqnum', $_[0]) },
            qr/ was changed while it was read; /] : (),
    ['a link to itself', sub { make_link($_[0], $_[0]) },
        qr/ cannot be read; .*symbolic links/],
);

my $n = 0;

for my $name (qw(page.html page.txt lang/de.txt lang/sv.txt)) {
    for my $kind (@kinds) {
        my ($what, $make, $expected) = @$kind;
        my $page = make_dir("$dir/" . $n++);

        make_dir("$page/lang");
        $make->("$page/$name");
        config_fails("$name: $what", qr/page file "\Q$page\/$name\E"$expected/,
            http => server($page));
    }
}

for my $comment ('{{! nothing }}', "{{! one }}\n{{! two }}\n") {
    my $page = make_dir("$dir/" . $n++);

    make_file("$page/page.html", $comment);
    config_fails('a template of comments', qr/page\.html" shows nothing/,
        http => server($page));
}

{
    my $page = make_dir("$dir/" . $n++);

    make_file("$page/page.html", 'x');
    config_ok('a page of one byte', http => server($page));

    make_dir("$page/lang");
    make_file("$page/lang/sv\r\nX: y.txt", 'doing_title = x');
    make_file("$page/lang/de-AT.txt", "# {x}\nwhen_closed = ab {etta}\n");
    my ($status, $output) = ShopTest::Nginx->new(http => server($page))->test;
    is $status, 0, 'a name that is no language is not used';
    like $output, qr/\[warn\] a file in ".*lang" is not used: its name/,
        '... and the log says so';
    like $output, qr/\[warn\] .*de-AT\.txt:2: "\{etta\}": no text has such a/,
        'a place that there is not is named with its line';
}


# ---- symlinks: only of root, or of the file's owner

SKIP: {
    skip 'needs root', 1 if $> != 0;

    my $secret = make_file("$dir/secret", "the secret\n");
    my $theirs = make_dir("$dir/theirs");
    my $linked = qr/is behind a symlink that is neither root's nor/;
    my ($page, $users) = (make_dir("$dir/root"), make_dir("$dir/user"));
    my $release = make_dir("$users/42");

    chown USER, -1, $users, $release or die;
    make_file("$release/page.html", 'of the user', USER);
    make_link('42', "$users/current", USER);
    config_ok('a user may link his own directory',
        http => server("$users/current"));

    make_link("$users/current/page.html", "$page/page.html");
    config_ok('root may link to it', http => server($page));

    # as kubelet lays a ConfigMap
    my $map = make_dir("$dir/map");
    make_dir("$map/..2026");
    make_file("$map/..2026/page.html", 'of the map');
    make_link('..2026', "$map/..data");
    make_link('..data/page.html', "$map/page.html");
    config_ok('a ConfigMap', http => server($map));

    unlink "$release/page.html" or die;
    make_link($secret, "$release/page.html", USER);
    config_fails('a link of a user to what is root\'s', $linked,
        http => server($release));
    config_fails('... through his own link', $linked,
        http => server("$users/current"));
    config_fails('... through a link of root', $linked,
        http => server($page));

    unlink "$release/page.html" or die;
    make_link('by', "$release/page.html", USER);
    make_file("$dir/other", 'of another user', USER + 1);
    make_link("$dir/other", "$release/by", USER + 1);
    config_fails('links of two users', $linked, http => server($release));

    unlink "$release/page.html" or die;
    make_dir("$theirs/lang");
    make_file("$theirs/lang/de.txt", "doing_title = secret\n");
    make_link("$theirs/lang", "$release/lang", USER);
    config_fails('a directory behind a link of a user',
        qr/page file "\Q$release\E\/lang\/de\.txt" $linked/,
        http => server($release));
}


# ---- a reload, and the files beside the page

my $page = make_dir("$dir/" . $n++);
make_file("$page/page.html", 'the page');

my $nginx = nginx(http => server($page), files => { flag => '' },
    allow => [qr/page file/]);
my $master = $nginx->pid;

sub shown {
    return get($nginx, '/', headers => [Accept => 'text/html'])->{body};
}

ok wait_until(10, sub { shown() eq 'the page' }), 'closed';

for my $kind (@kinds) {
    my ($what, $make, $expected) = @$kind;
    my $before = () = $nginx->log->find(qr/page file .*$expected/);

    unlink "$page/page.html";
    $make->("$page/page.html");
    $nginx->signal('HUP');
    ok wait_until(20, sub {
        $before < (() = $nginx->log->find(qr/page file .*$expected/));
    }), "a reload with a page that is $what is refused";
    is shown(), 'the page', '... the running one stays';
    rmdir "$page/page.html" if $what eq 'a folder';
}

ok $nginx->alive, 'the master lives';
is $nginx->pid, $master, '... and is the same';
$nginx->stop;

mkfifo("$dir/pipe", 0644) or die;

for my $name (qw(certificate certificate_key trusted_certificate)) {
    my ($crt, $key) = map { s/^SSL.*//r } ca()->issue('probe');
    my %ssl = (certificate => $crt, certificate_key => $key,
               trusted_certificate => ca()->file);

    for my $file ("$dir/pipe", '/dev/zero', "$dir/root") {
        $ssl{$name} = $file;
        config_fails("$name $file",
            qr/"\Q$file\E" of "shop_health_ssl_$name" is not a regular/,
            http => 'upstream u { server localhost:1;'
                . ' shop_health_check type=https;'
                . join('', map { "shop_health_ssl_$_ $ssl{$_};" } sort keys %ssl)
                . '}');
    }
}

# the master reads a state file as root, too, where its workers may write
SKIP: {
    skip 'needs root', 1 if $> != 0;

    my $state = make_link(make_file("$dir/shadow", 'root:x'), "$dir/state",
        USER);
    my $other = nginx(workers => 1, http => "shop_state_file $state;"
        . ' upstream u { server 127.0.0.1:1; shop_health_check; }');

    like +($other->log->find(qr/state file/))[0],
        qr/is not used: it is behind a symlink that is neither root's nor/,
        'a state file behind a link of a user';
    $other->stop;
}

done_testing;
