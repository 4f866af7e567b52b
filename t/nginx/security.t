#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What a stranger, a visitor and a local user may try; docs/security.md says
# which defence each test shows, and where the others are.

use ShopTest;
use ShopTest::Dir;
use ShopTest::Status;
use ShopTest::Process;
use IO::Socket::IP;
use Fcntl qw(O_RDWR);
use JSON::PP ();
use POSIX qw(mkfifo);
use Time::HiRes qw(sleep time);

my $KEY = 'k' x 40;
my $shop = shop_server(body => 'shop');
my @processes;

# What a script of PHP-FPM says comes into the log and the status: this would
# forge a line, colour a terminal, and run a script.
my $script = raw_server(sub {
    syswrite $_[0], fastcgi(7, "x\e[31m\0\xff<script>s</script>\"\\"
            . "\r\n2026/11/22 [alert] forged\n")
        . fastcgi(6, "Status: 500 No\r\n\r\n") . fastcgi(3, "\0" x 8);
});
my $endless = raw_server(sub {
    syswrite $_[0], "HTTP/1.1 200 OK\r\n\r\n";
    1 while syswrite $_[0], 'x' x 65_536;
});

# as endless, and no body
my $notes = ShopTest::Dir->new('notes');
my $stderr = raw_server(flood('stderr', '', fastcgi(7, 'x' x 60_000)));
my $extensions = raw_server(flood('extensions',
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ('1;' . 'x' x 4_000 . "\r\nx\r\n") x 16));

my $html = shop_server(then => 'close',
    raw => "HTTP/1.1 500 <script>s</script>\e[31m\r\nX-<script>: s\r\n\r\n");
my $lines = shop_server(then => 'close', raw => "<script>s</script>\e[31m\n" x 9);

my $keys = ShopTest::Dir->new('keys');
my $key_file = $keys->write('key', "$KEY\n");
chmod 0600, $key_file;

my $nginx = nginx(http => <<"END");
    shop_events %%DIR%%/events.log;

    upstream inner-name { server $shop; shop_health_check; }
    upstream php   { server $script; shop_health_check type=fastcgi fails=1; }
    upstream endless { server $endless; shop_health_check timeout=15s; }
    upstream stderr {
        server $stderr;
        shop_health_check type=fastcgi fails=1 timeout=15s;
    }
    upstream extensions { server $extensions; shop_health_check timeout=15s; }
    upstream html  { server $html; shop_health_check fails=1; }
    upstream lines { server $lines; shop_health_check fails=1; }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/run/maintenance;
        shop_reopen hold=0s;
        shop_page_var name '<i onclick="x()">Shop & "Co"</i>';
        shop_page_var home 'javascript:alert(1)';
        shop_page_var contact "mail us\r\nSet-Cookie: a=b\r\n\r\n<script>u</script>";
        shop_page_var logo 'javascript:"><script>logo</script>';

        location / {
            add_header X-Notice \$shop_notice always;
            proxy_pass http://inner-name;
        }
        location /quoted {
            shop_page_var logo '/logo.png"onerror="alert(1)';
            proxy_pass http://inner-name;
        }
        location = /status { shop_status; }
        location = /control { shop_control $key_file; }
        location = /inside { shop_bypass 10.0.0.0/8; proxy_pass http://inner-name; }
    }
END

my $dir = $nginx->dir . '/run';
my $flag = "$dir/maintenance";
mkdir $dir;


# address of a server that does this with each connection
sub raw_server {
    my ($serve) = @_;
    my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1', Listen => 9);

    push @processes, ShopTest::Process->spawn(sub {
        $SIG{PIPE} = 'IGNORE';

        while (my $client = $listener->accept) {
            sysread $client, my $request, 65_536;
            $serve->($client);
        }
    });

    return '127.0.0.1:' . $listener->sockport;
}

# what sends bytes again and again, and notes in the end how many were taken
sub flood {
    my ($name, $head, $bytes) = @_;

    return sub {
        my $taken = syswrite($_[0], $head) // 0;

        while (my $n = syswrite $_[0], $bytes) { $taken += $n }

        $notes->write($name, $taken);
    };
}

sub fastcgi {
    my ($type, $content) = @_;

    return pack('CCnnCx', 1, $type, 1, length $content, 0) . $content;
}

sub page {
    my ($uri, @headers) = @_;

    return get($nginx, $uri // '/', headers => [Accept => 'text/html', @headers]);
}

sub becomes {
    my ($status, $name) = @_;

    return settles($name, sub { page()->{status} == $status }, seconds => 15);
}

sub opens {
    unlink $flag or rmdir $flag;
    return becomes 200, 'open again';
}

sub flag_says {
    my ($text) = @_;

    $nginx->file('run/maintenance', $text);
    return;
}


sub nothing_of_the_inside {
    my ($when) = @_;

    unlike get($nginx, '/.shop-status')->{body},
        qr/inner-name|\Q$shop\E|127\.0\.0\.1|pid|endless|connect refused|status \d/,
        "$when, the public status has nothing of the inside";
    return;
}


# ---- a shop server gone bad

ok wait_for_peer($nginx, @$_, 'down'), "$_->[0] is down"
    for [php => $script], [html => $html], [lines => $lines];

ok wait_for_peer($nginx, 'endless', $endless, 'up'),
    'a body without an end is not read to it';

ok wait_for_peer($nginx, 'stderr', $stderr, 'down'),
    'PHP-FPM writes to stderr without an end';
like peer_of($nginx, 'stderr', $stderr)->{last}{detail},
    qr/^a megabyte and no answer in it/, '... which is no answer';
ok wait_for_peer($nginx, 'extensions', $extensions, 'up'),
    'chunks are more extensions than body';

for my $name (qw(stderr extensions)) {
    ok wait_until(20, sub { -s "$notes/$name" }), "... of $name";
    cmp_ok $notes->read($name) / 1024 / 1024, '<', 32, 'little is read';
}

like peer_of($nginx, 'php', $script)->{last}{detail}, qr/x.*script/,
    'what a script says is in the status';
unlike get($nginx, '/status?format=html')->{body}, qr/<script>s|[\0\e]/,
    '... without its markup';
unlike get($nginx, "/status?format=$_")->{body}, qr/[\0\e\xff]/,
    "... or control characters, as $_" for qw(json prometheus);
unlike join("\n", $nginx->log->lines), qr/[\0\e\r]|^2026\S+ \[alert\] forged/m,
    'and makes no line of the log';

# ---- markup in texts

my $EVIL = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'&lt;';

flag_says("who: $EVIL\nstatus: $EVIL\nreason: $EVIL\noffer: $EVIL\n"
    . "contact: javascript:alert(1) $EVIL\nupdate: 03:10 $EVIL\n"
    . "contact: data:text/html,x https://good.example/?a=\"onclick=x\n");
becomes 503, 'closed with hostile texts';

# an answer to a POST has links of its own
for my $asked (map { ["GET $_", GET => $_], ["POST $_", POST => $_] } qw(en de ar)) {
    my ($name, $method, $lang) = @$asked;
    my $body = request($nginx, $method, '/', headers => [Accept => 'text/html',
        'Accept-Language' => $lang])->{body};

    like $body, qr/alert\(1\)/, "$name has what they wrote";
    unlike $body, qr/<script>(?:alert|logo)|<img src=x|<i onclick/,
        '... without markup of theirs';
    unlike $body, qr/(?:href|src)="?(?:javascript:|data:text)/i,
        '... or a link that runs anything';
    unlike $body, qr/<[^>]*"\s*onclick/, '... and no attribute is left';
}

like page('/quoted')->{body}, qr{src="/logo\.png&quot;onerror=&quot;},
    'a value stays within its quotes';

my $csp = page()->{headers}{'content-security-policy'};
like $csp, qr/default-src 'none'/, 'and nothing would run';
unlike $csp, qr/unsafe-(?:inline|eval)|\*/, 'the policy allows only what is ours';

for my $accept ('application/json', 'application/problem+json') {
    my $body = get($nginx, '/', headers => [Accept => $accept])->{body};
    ok eval { JSON::PP::decode_json($body) }, "$accept is whole";
}

ok eval { JSON::PP::decode_json(get($nginx, '/.shop-status')->{body}) },
    'so is the public status';
nothing_of_the_inside('closed');
ok eval { JSON::PP::decode_json(get($nginx, '/status')->{body}) },
    'and the status';
unlike get($nginx, '/status?format=html')->{body},
    qr/<script>alert|<img src=x/, 'the status as HTML has no markup of theirs';

# ---- what a request says does not come back

for my $uri ('/"><script>u</script>', '/?a=<script>u</script>',
    '/%0d%0aSet-Cookie:%20a=b', '/%3Cscript%3Eu')
{
    my $answer = page($uri =~ s/ /%20/gr);

    unlike $answer->{head} . $answer->{body},
        qr/<script>u|%3Cscript%3Eu|Set-Cookie/i, "$uri does not come back";
}

unlike page('/', 'Accept-Language' => '<script>u</script>', 'User-Agent' =>
    '<script>u</script>', Referer => 'https://x/<script>u</script>')->{body},
    qr/<script>u/, 'nor does a header';
is page('/', 'Accept-Language' => 'de;q=' . '9' x 3000, Accept => 'a/b,' x 700)
    ->{status}, 503, 'headers that are oversized are answered';
is get($nginx, '/quoted', headers => [Accept => 'text/html'])->{headers}{'set-cookie'},
    undef, 'a value of the configuration makes no header';
is page('/inside', 'X-Forwarded-For' => '10.1.1.1', 'X-Real-IP' => '10.1.1.1',
    Forwarded => 'for=10.1.1.1')->{status}, 503, 'nobody names his own address';
opens();

# ---- a text in a header, where the operator puts it

flag_says("start: +1h\nstatus: soon\rSet-Cookie: a=b\r\n"
    . "reason: x\x0bSet-Cookie: c=d\0e\n");
ok wait_until(15, sub { page()->{headers}{'x-notice'} }), 'a notice in a header';

my $announced = page();
is $announced->{headers}{'set-cookie'}, undef, 'a text makes no header';
unlike $announced->{headers}{'x-notice'}, qr/[\0-\x08\x0a-\x1f]/,
    'and brings no control characters';
opens();

# ---- what the flag may be

flag_says('status: ' . 'x' x 20_000_000 . "\n");
becomes 503, 'an oversized flag closes';
is page()->{body} =~ /xxxx/, '', 'with the default text';
opens();

open my $huge, '>', "$dir/huge" or die;
truncate $huge, 2**40;
close $huge;

for my $target ('/dev/null', '/dev/zero', '/dev/full', '/dev/tty', '/proc/kmsg',
    "$dir/huge", $flag)
{
    my $name = $target =~ s/\Q$dir/run/r;

    symlink $target, $flag or die "$flag: $!\n";
    becomes 503, "a link to $name closes";
    ok status($nginx)->{maintenance}{error}, '... and is an error';

    my $begin = time;
    is get($nginx, '/.shop-status')->{status}, 200, '... and blocks nobody';
    cmp_ok time - $begin, '<', 5, '... for long';
    opens();
}

# a pipe is not read: what it says would be lost to whom it is meant for
mkfifo($flag, 0666) or die "$flag: $!\n";
sysopen my $pipe, $flag, O_RDWR or die "$flag: $!\n";
syswrite $pipe, "status: out of the pipe\n";
becomes 503, 'a pipe closes';
unlike page()->{body}, qr/out of the pipe/, '... and is not read';
close $pipe;
opens();

symlink '/nowhere', $flag;
sleep 2;
is page()->{status}, 200, 'a link to nothing is no flag';
unlink $flag;

symlink '/etc/passwd', $flag;
becomes 503, 'a link to a file that is no flag closes';
unlike page()->{body} . get($nginx, '/.shop-status')->{body}, qr{:/root|:0:0:},
    'and shows visitors nothing of it';
opens();

# a directory, and names in it that would forge a line and colour a terminal
mkdir $flag;
my $named = "a\n2026/11/22 [warn] forged\e[31m\xc2\x9b31m" =~ tr{/}{-}r;
$nginx->file("run/maintenance/$named", "no colon\n");
becomes 503, 'a file with a hostile name closes';
ok $nginx->log->wait_for(qr/maintenance\/a\?2026.*forged.*no ":"/),
    '... and its fault is told in one line';
symlink '/dev/null', "$flag/$named.link";
ok $nginx->log->wait_for(qr/forged.*cannot be read/), '... of a bad link, too';
unlike join("\n", $nginx->log->lines), qr/^2026\S+ \[warn\] forged|\e|\xc2\x9b/m,
    '... that is no other line';

my $shopctl = $ENV{SHOPCTL} || 'build/shopctl';

for my $command ('check', 'off') {
    my $said = qx{$shopctl $command --flag '$flag' 2>&1};

    like $said, qr/a\?2026.*forged/, "... nor for shopctl $command";
    unlike $said, qr/^2026|\e|\xc2\x9b/m, '... or its terminal';
}

unlink "$flag/$named", "$flag/$named.link";
opens();

# a link that is swapped all the time is at each moment one of the two
$nginx->file('run/a', "status: text of a\n");
$nginx->file('run/b', "status: text of b\n");
my %torn;

symlink "$dir/a", $flag;
becomes 503, 'closed by a link';

for my $turn (1 .. 60) {
    symlink $dir . ($turn % 2 ? '/a' : '/b'), "$flag.new";
    rename "$flag.new", $flag;
    my $answer = page();
    $torn{ $answer->{status} }++ if $answer->{status} != 503;
    $torn{text}++ if $answer->{body} !~ /text of [ab]/;
}

is_deeply \%torn, {}, 'a link that is swapped shows one text or the other';
opens();

# ---- strangers: the public status, the status

nothing_of_the_inside("while a group is down");

# what no cache keeps, no frame holds, and no browser takes for something else
for my $uri ('/.shop-status', '/status', '/status?format=html',
    '/status?format=prometheus')
{
    my $headers = get($nginx, $uri)->{headers};

    is $headers->{'cache-control'}, 'no-store', "$uri is not stored";
    is $headers->{'x-content-type-options'}, 'nosniff', '... nor guessed at';
}

like get($nginx, '/status?format=html')->{headers}{'content-security-policy'},
    qr/default-src 'none'.*form-action 'none'.*frame-ancestors 'none'/,
    'the status as HTML runs nothing else, and is in no frame';

my @slow = map {
    my $client = client($nginx);
    $client->send(GET => '/status') for 1 .. 40;
    $client;
} 1 .. 20;

is get($nginx, '/')->{status}, 200, 'who does not read the status delays nobody';
$_->close for @slow;

# ---- a page elsewhere that makes a browser send orders

my $order = "action=down&upstream=inner-name&peer=$shop";
my @form = ('Content-Type' => 'application/x-www-form-urlencoded',
    Origin => 'https://evil.example', Cookie => "key=$KEY");

is post($nginx, '/control', body => $order, headers => \@form)->{status}, 401,
    'a form of another site is refused: cookies are no key';
is post($nginx, "/control?authorization=Bearer+$KEY", body => $order)->{status},
    401, 'nor is an argument';
is get($nginx, "/control?$order", headers =>
    [Authorization => "Bearer $KEY"])->{status}, 405, 'a link orders nothing';

my $preflight = request($nginx, OPTIONS => '/control', headers => [
    Origin => 'https://evil.example',
    'Access-Control-Request-Method' => 'POST',
    'Access-Control-Request-Headers' => 'authorization']);

ok !exists $preflight->{headers}{'access-control-allow-origin'},
    'and a script of another site is not allowed to ask';

for my $bad ('', 'Bearer', 'Bearer ', "Bearer ${KEY}x", 'Bearer ' . 'k' x 39,
    "Basic $KEY", "Bearer $KEY $KEY", 'Bearer ' . 'k' x 4000)
{
    my $what = length $bad > 60 ? substr($bad, 0, 20) . '...' : $bad;

    is post($nginx, '/control', body => $order, headers =>
        [Authorization => $bad])->{status}, 401, "\"$what\" is no key";
}

$shop->refuse;
ok wait_for_peer($nginx, 'inner-name', $shop, 'down'), 'the last server goes';
is page()->{status}, 503, '... and visitors see it';
nothing_of_the_inside('in an outage');
$shop->start;
ok wait_for_peer($nginx, 'inner-name', $shop, 'up'), 'and comes back';
is get($nginx, '/')->{status}, 200, 'and nothing changed';
is peer_of($nginx, 'inner-name', $shop)->{state}, 'up', 'in the status, either';

# ---- what visitors asked for is in none of our logs

open my $events, '<', $nginx->dir . '/events.log' or die "events: $!\n";
my @events = <$events>;

cmp_ok scalar @events, '>', 20, 'there are events';
is_deeply [grep { !eval { JSON::PP::decode_json($_) } } @events], [],
    'each is one line of JSON';
unlike "@events", qr/script>u|Set-Cookie:%20|evil\.example|$KEY/,
    'with nothing of a request';
is_deeply [grep { /shop failover: / && /script>u|%3Cscript|$KEY/ }
    $nginx->log->lines], [], 'nor have our lines of the error log';

$_->stop('TERM', 5) for @processes;

done_testing;
