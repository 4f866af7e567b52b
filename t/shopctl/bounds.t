#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What shopctl is given and asks for ends, and does what it says: endless files
# and answers, links, a key on its way, and texts that would turn a line around.

use ShopTest;
use ShopTest::Ctl;

use File::Temp qw(tempdir);
use IO::Socket::INET;
use POSIX qw(mkfifo);
use Time::HiRes qw(sleep time);

delete @ENV{qw(SHOP_FLAG SHOP_STATUS SHOP_CONTROL SHOP_BYPASS_KEY)};

my $dir = tempdir(CLEANUP => 1);
my $key = "$dir/key";


sub write_file {
    my ($path, $content) = @_;

    open my $out, '>', $path or die "$path: $!\n";
    print $out $content;
    close $out;
    chmod 0600, $path;
    return;
}

# what a command says, that is killed where it does not end or takes it all
sub bounded {
    my ($code, $pattern, $name, @arguments) = @_;
    my $limit = $ENV{SANITIZED} ? 'true' : 'ulimit -v 2000000';
    my $output = qx{$limit; timeout -s KILL 60 @{[shopctl]} @arguments 2>&1};
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is $? >> 8, $code, "$name: exit code $code" or diag $output;
    return like $output, $pattern, $name;
}


# ---- files that never end

mkfifo("$dir/fifo", 0600) or die "mkfifo: $!\n";
write_file("$dir/sparse", '');
truncate "$dir/sparse", 8 * 2**30 or die "truncate: $!\n";
mkdir "$dir/directory";

for my $command ('report', 'status') {
    bounded 2, qr/"\/dev\/zero" is no file/, "$command of a device", $command,
        '/dev/zero';
    bounded 2, qr/fifo" is no file.*write: shopctl report - </,
        "$command of a pipe that nobody writes", $command, "$dir/fifo";
    bounded 2, qr/sparse" is larger than 256 MB/, "$command of 8 GB", $command,
        "$dir/sparse";
    bounded 2, qr/directory": it is no regular file, but a directory/, "$command of a directory",
        $command, "$dir/directory";
}

bounded 2, qr/"-" is larger than 256 MB/, 'an endless pipe ends', 'report', '-',
    '< /dev/zero';
bounded 1, qr/no incident in the log/, 'a pipe of the shell is read', 'report',
    '/dev/fd/0', '< /dev/null';

mkdir "$dir/page";
mkfifo("$dir/page/page.txt", 0600) or die "mkfifo: $!\n";
bounded 2, qr{page/page\.txt": it is no regular file, but a device, a pipe},
    'a pipe in a page directory', 'preview', '--page-dir', "$dir/page", '--flag',
    "$dir/none";
unlink "$dir/page/page.txt";
write_file("$dir/page/page.txt", '');
bounded 2, qr{page/page\.txt" is empty; write it anew}, 'an empty page',
    'preview', '--page-dir', "$dir/page", '--flag', "$dir/none";
bounded 2, qr/fifo": it is no regular file/, 'a pipe as a logo', 'preview',
    '--html', '--page-var', "logo_file=$dir/fifo", '--flag', "$dir/none";
bounded 2, qr/fifo": it is no regular file/, 'a pipe as a flag', 'check',
    "$dir/fifo";

# the shell's pipe is waited for, and is no empty flag meanwhile
my $late = qx{(sleep 1; echo status: Late words) |
    timeout -s KILL 60 @{[shopctl]} check /dev/fd/0 2>&1};
like $late, qr/Late words/, 'a pipe that a shell has made';


# ---- a server that drips: a byte each half second is no answer

my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1')
    or die "listen: $!\n";
my $pid = fork // die "fork: $!\n";

if ($pid == 0) {
    $SIG{PIPE} = 'IGNORE';
    my $client = $server->accept;
    $client->autoflush(1);
    print $client "HTTP/1.0 200 OK\r\n\r\n";

    for (1 .. 200) {
        print $client ' ' or last;
        sleep 0.5;
    }

    POSIX::_exit(0);
}

my $begun = time;
bounded 2, qr/no whole answer from .*timed out/i, 'a dripping server is left',
    'status', '--url', 'http://127.0.0.1:' . $server->sockport . '/';
cmp_ok time - $begun, '>=', 9, '... after the time that it had';
kill KILL => $pid;
waitpid $pid, 0;


# ---- the key stays on this machine

write_file($key, ('k' x 40) . "\n");

my @drain = ('drain', '10.0.0.1:80', '--key', $key, '--url');

# addresses of documentation (RFC 5737, 3849): nobody is there
for my $url ('http://192.0.2.1/control', 'http://[2001:db8::1]/control') {
    says 2, qr/the key would go over the network to .*ssh.*--insecure/,
        "not to $url", @drain, $url;
}

says 2, qr/cannot connect to \Q$_\E/, "to $_ it may go", @drain, "http://$_/"
    for 'localhost:' . free_port(), '127.0.0.1:' . free_port(),
        '127.9.9.9:' . free_port();


# ---- links

my @link = ('link', '--key', $key);

says 2, qr/invalid --valid "0m": the link would be over at once, write.* 30m/,
    'a link that is over', @link, '--valid', '0m', 'https://localhost/';
says 0, qr{^https://localhost/a\?b=1&shop-bypass=[\w-]{56}#c$},
    'a link in the place of an older one', @link,
    'https://localhost/a?shop-bypass=AQAA&b=1&Shop-Bypass=x&shop-bypass#c';
says 0, qr{^https://localhost/\?shop-bypass=[\w-]{56}$}, '... alone', @link,
    'https://localhost/?shop-bypass=AQAA';
says 0, qr{^https://localhost/\?shop-bypass2=1&xshop-bypass=2&shop-bypass=[\w-]{56}$},
    '... and no other', @link, 'https://localhost/?shop-bypass2=1&xshop-bypass=2';
says 0, qr{^https://localhost\?/&shop-bypass=|^https://localhost/\?/&shop-bypass=},
    'a slash of an argument is none of the path', @link, 'https://localhost?/';
says 0, qr{^https://localhost/%C2%9B31m/%9B/gr%C3%BCn\?%C3%A4=1&shop-bypass=[\w-]{56}#%C2%85$},
    'what is not ASCII is sent, and shown, as browsers do', @link,
    "https://localhost/\xc2\x9b31m/\x9b/gr\xc3\xbcn?\xc3\xa4=1#\xc2\x85";


# ---- what turns a line around is shown as its code

my %code = (
    '061c' => "\xd8\x9c", '200e' => "\xe2\x80\x8e", '200f' => "\xe2\x80\x8f",
    (map { sprintf('202%x', $_), "\xe2\x80" . chr(0xaa + $_ - 10) } 10 .. 14),
    (map { +("206$_", "\xe2\x81" . chr(0xa6 + $_ - 6)) } 6 .. 9),
);

my $codes = join ' ', sort keys %code;
my $text = join ' ', map { "x$code{$_}y" } sort keys %code;
my $shown = join ' ', map { "x\\u${_}y" } sort keys %code;

write_file("$dir/flag", "status: $text\nstatus.ar: $text\nreason: $text\n"
    . "contact: $text\nupdate: $text\nnonsense $code{'202e'}\nmode: paths /$code{'202e'}\n");

my $raw = join '|', map { quotemeta } values %code;
my (undef, $checked) = ctl('check', "$dir/flag");
is scalar(() = $checked =~ /\Q$shown\E/g), 5, "check shows $codes as codes";
like $checked, qr{paths: /\\u202e and}, '... in paths';
like $checked, qr/flag:6: no ":".*"nonsense \\u202e"/, '... and in warnings';
unlike $checked, qr/$raw/, '... and nothing as it is';

my (undef, $preview) = ctl('preview', "$dir/flag");
like $preview, qr/\Q$shown\E/, 'preview';
unlike $preview, qr/$raw/, '... everywhere';
my (undef, $html) = ctl('preview', '--html', "$dir/flag");
like $html, qr{<bdi[^>]*>\Q$text\E</bdi>}, 'the page isolates it';
unlike $html =~ s{<bdi[^>]*>.*?</bdi>}{}gsr, qr/$raw/, '... wherever it is';

write_file("$dir/status.json", '{"site":{"state":"maintenance"},"maintenance":'
    . "{\"status\":\"$text\",\"flag\":\"/f$code{'202e'}\"}}");
# 80 columns have no room for all of it, and it is closed
my $cut = substr $shown, 0, 40;
says 1, qr/says "\Q$cut\E.*"\n.*flag \/f\\u202e$/ms, 'status', 'status',
    "$dir/status.json";

write_file("$dir/events.log", <<"END");
{"v":1,"seq":1,"time":"2026-11-21T03:00:00.000Z","type":"site","site":"/f","from":"open","to":"maintenance","visitors":0,"refused":[]}
{"v":1,"seq":2,"time":"2026-11-21T03:00:00.000Z","type":"incident","site":"/f","incident":1,"what":"begun","severity":null,"by":"flag","visitors":0,"refused":[]}
{"v":1,"seq":3,"time":"2026-11-21T03:01:00.000Z","type":"flag","site":"/f","what":"update","text":"$text"}
END
my (undef, $report) = ctl('report', "$dir/events.log");
like $report, qr/\Q$shown\E/, 'report';
unlike $report, qr/$raw/, '... and nothing as it is';

my (undef, $error) = ctl('check', "$dir/no$code{'202e'}ne");
like $error, qr/no\\u202ene/, 'names in errors, too';

done_testing;
