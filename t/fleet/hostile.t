#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Whatever answers in the place of an engine hurts nothing: cut, huge, deep and
# wrong answers are refused, the flag stays as it is, and "open" is never read
# out of them.  With a sanitized build of shopctl-fleet.

use ShopTest;
use ShopTest::Api;
use ShopTest::Dir;
use ShopTest::Fleet;
use ShopTest::Process;

use IO::Select;
use IO::Socket::IP;
use MIME::Base64 qw(encode_base64);

local $ENV{SHOPCTL_FLEET} = 'build/asan/shopctl-fleet'
    if -x 'build/asan/shopctl-fleet';
$ENV{ASAN_OPTIONS} = 'detect_leaks=0';

my $dir = ShopTest::Dir->new('hostile');
my $port = free_port();
my $listen = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => $port,
    ReuseAddr => 1, Listen => 64) or die;

# one answer for all who ask; the connection ends after it, unless it is held
my $server = ShopTest::Process->spawn(sub {
    my $select = IO::Select->new($listen);

    $SIG{PIPE} = 'IGNORE';

    while (my @ready = $select->can_read) {
        for my $in (@ready) {
            if ($in == $listen) {
                $select->add($listen->accept);
                next;
            }

            my $asked = '';
            if (sysread $in, $asked, 65536) {
                next if $asked =~ m{ /v3/watch };
                print $in $dir->read('answer');
                $in->flush;
                next if $dir->read('hold');
            }

            $select->remove($in);
            close $in;
        }
    }
});

my $node = fleet_node('web1', "etcd://127.0.0.1:$port/shop", nginx => 0);
$node->kill;

# refused(NAME, ENGINE, ANSWER): by the screen and by a follower
sub refused {
    my ($name, $engine, $answer) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    $dir->write('answer', $answer);
    my ($code, $output) = fleet("$engine://127.0.0.1:$port/shop", 'status');

    is $code, 2, "$engine, $name: refused" or diag $output;
    return unlike $output, qr/Sanitizer|runtime error/, '... and no more';
}

# follows(ANSWER): what is in the flag once a follower has seen that
sub follows {
    my ($engine, $answer, $pattern) = @_;

    $dir->write('answer', $answer);
    write_file($node->file, "status: Good.\n");
    unlink $node->flag . '/.fleet.state';
    $node->{engine} = "$engine://127.0.0.1:$port/shop";
    my $before = length $node->output;
    $node->start;
    my $came = wait_until(20, sub {
        substr($node->output, $before) =~ $pattern
            || !$node->follower->alive;
    });
    my $alive = $node->follower->alive;
    $node->kill;
    unlike substr($node->output, $before), qr/Sanitizer|runtime error/,
        'no report of a sanitizer';
    ok $came && $alive, 'the follower lives' or diag $node->output;

    return $node->content;
}

sub http {
    my ($body, $head) = @_;

    return "HTTP/1.1 200 OK\r\n" . ($head // 'Content-Length: ' . length $body)
        . "\r\n\r\n$body";
}

sub txn {
    my ($value) = @_;

    return http('{"header":{"revision":"9"},"succeeded":true,"responses":['
        . '{"response_range":{"kvs":[{"key":"eA==","mod_revision":"8","value":"'
        . encode_base64($value, '') . '"}],"count":"1"}},'
        . '{"response_range":{}},{"response_range":{}}]}');
}


# ---- etcd

my %bad = (
    'nothing'          => '',
    'no HTTP'          => "\0\1\2" x 99,
    'an empty body'    => http(''),
    'no JSON'          => http('<html>'),
    'a cut answer'     => http('{"header":{"revision":"9"}', 'Content-Length: 999'),
    'no revision'      => http('{"responses":[{},{},{}]}'),
    'no documents'     => http('{"header":{"revision":"9"},"succeeded":true}'),
    'too few of them'  => http('{"header":{"revision":"9"},"responses":[{"response_range":{}}]}'),
    'of another kind'  => http('{"header":{"revision":"9"},"responses":[1,2,3]}'),
    'a wrong revision' => http('{"header":{"revision":"99999999999999999999"},"responses":[{},{},{}]}'),
    'no base64'        => txn('x') =~ s/eA==","mod/eA==","mod/r =~ s/"value":"eA=="/"value":"e?=="/r,
    'deep'             => http('[' x 100_000),
    'five megabytes'   => http('{"header":"' . 'x' x 5_000_000 . '"}'),
    'a long head'      => "HTTP/1.1 200 OK\r\n" . "X: y\r\n" x 100_000 . "\r\n",
    'an error'         => "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
    'a redirect'       => "HTTP/1.1 302 No\r\nLocation: http://127.0.0.1:$port/\r\nContent-Length: 2\r\n\r\n{}",
);

refused($_, 'etcd', $bad{$_}) for sort keys %bad;
is follows('etcd', $bad{$_}, qr/the engine is away/), "status: Good.\n",
    "$_: the flag stays" for 'nothing', 'no documents', 'no base64', 'deep';

is follows('etcd', txn("status: a\0b\nsta"), qr/follows/)
    =~ s/Good\.\n\z/Good./r ne '' ? 1 : 0, 1, 'a flag with a NUL';
my $huge = join '', map { "update: 12:00 news number $_\n" } 1 .. 40_000;
my $is = follows('etcd', txn($huge), qr/the flag has \d+ bytes, 16384 are the most/);
cmp_ok length $is, '<=', 16384, 'a megabyte: no more than a flag may have';
is $is, substr($huge, 0, length $is), 'the first of it';
like $is, qr/\n\z/, 'whole lines';


# ---- Redis

my $array = "*9\r\n:9\r\n\$3\r\n0-0\r\n:1\r\n";

%bad = (
    'nothing'           => '',
    'no protocol'       => "HTTP/1.1 400 Bad Request\r\n\r\n",
    'an error'          => "-LOADING it loads\r\n",
    'a cut array'       => "*9\r\n:9\r\n",
    'a long array'      => "*2000000000\r\n",
    'a negative array'  => "*-7\r\n",
    'a long string'     => "\$999999999999\r\nx",
    'a negative string' => "\$-7\r\n",
    'five megabytes'    => "\$5000000\r\n" . 'x' x 5_000_000 . "\r\n",
    'deep'              => "*1\r\n" x 1000,
    'few'               => "*1\r\n:1\r\n",
    'a flag that is a number' => $array . ":1\r\n:0\r\n\$-1\r\n:0\r\n\$-1\r\n:0\r\n",
    'a number'          => ":1\r\n",
);

refused($_, 'redis', $bad{$_}) for sort keys %bad;
is follows('redis', $bad{$_}, qr/the engine is away/), "status: Good.\n",
    "$_: the flag stays" for 'a long array', 'a flag that is a number';


# ---- Kubernetes and a web server, behind TLS

my $api = ShopTest::Api->new(ca()->issue('127.0.0.1'));
$dir->write('token', "x\n");
$ENV{SHOP_FLEET_API} = 'https://' . $api->address;

for my $engine ('kube://shop/fleet', 'https://' . $api->address . '/store/x') {
    for my $bad (http('{}'), http('[]'), http('{"revision":1}'), http('{"flag":null}'),
        http('{"revision":1,"flag":7}'),
        http('{"kind":"Status","metadata":{"resourceVersion":"7"}}'),
        http('{"metadata":{"resourceVersion":"7"},"data":[]}'),
        http('[' x 100_000), http('x' x 5_000_000), "HTTP/1.1 200\r\n\r\n")
    {
        $api->call('POST', '/test/break', $bad);
        my ($code, $output) = fleet($engine, 'status', '--ca', ca()->file,
            '--token-file', "$dir/token");

        is $code, 2, substr($bad, 0, 70) =~ s/\s+/ /gr . ': refused';
        unlike $output, qr/Sanitizer|runtime error/, '... and no more';
    }
}

$api->stop;
$server->stop('KILL', 5);

done_testing;
