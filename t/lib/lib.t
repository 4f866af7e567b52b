#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The test library itself, on a stock nginx without the module: what it
# promises to tests, and that a broken nginx does make a test fail.

use ShopTest;

my $shop = shop_server(body => 'hello');

my $nginx = nginx(module => 0, http => <<"END");
    upstream shop {
        server $shop max_fails=0;
        keepalive 4;
    }

    server {
        listen %%ADDR%%;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_read_timeout 1s;

        location / { proxy_pass http://shop; }
        location /file { root %%DIR%%; }
    }

    server {
        listen %%ADDR_SECOND%%;
        return 204;
    }
END


# ---- the client

is get($nginx, '/')->{status}, 200, 'a request is answered';
is get($nginx, '/')->{body}, 'hello', 'with a body';
is head($nginx, '/')->{headers}{'content-length'}, 5, 'HEAD has the length';
is head($nginx, '/')->{body}, '', 'and no body';
is get($nginx->address('SECOND'), '/')->{status}, 204,
    'a second address is another server';

is post($nginx, '/order', body => 'a=1')->{status}, 200, 'a POST is answered';
is +($shop->requests(method => 'POST'))[0]{body}, 'a=1', 'and had its body';

$nginx->file('file', 'abcdef');
is get($nginx, '/file', headers => [Range => 'bytes=1-2'])->{body}, 'bc',
    'headers are sent';

my $client = client($nginx);
$client->send(GET => '/one')->send(HEAD => '/two')->send(GET => '/three');
is_deeply [map { $client->answer->{body} } 1 .. 3], ['hello', '', 'hello'],
    'pipelined requests are answered in their order';
is $client->request(GET => '/', close => 1)->{status}, 200,
    'a connection is kept for another request';
ok $client->is_closed, 'and closed when that was asked for';

is client($nginx)->send_raw("nonsense\r\n\r\n", 'GET')->answer->{status}, 400,
    'raw bytes are sent as they are';


# ---- shop servers

is $shop->count(uri => '/one'), 1, 'requests are counted by URI';
is $shop->count(method => 'HEAD', uri => qr/^\/t/), 1, 'and by method';

$shop->set('/healthz', status => 500, headers => ['X-Mood' => 'bad']);
is get($nginx, '/healthz?x=1')->{status}, 500, 'a path has its own behaviour';
is get($nginx, '/healthz')->{headers}{'x-mood'}, 'bad', 'with headers';
is get($nginx, '/')->{status}, 200, 'and the others theirs';

my @behaviours = (
    # behaviour                        status  complete body
    ['chunked', body => 'hello again'], [200, 1, 'hello again'],
    ['drip', body => 'slow'],           [200, 1, 'slow'],
    ['hang'],                           [504, 1],
    ['reset'],                          [502, 1],
    ['close'],                          [502, 1],
    ['short', body => 'abc'],           [200, 0, 'abc'],
    ['long', body => 'abc'],            [200, 1, 'a'],
    [cut => 30, then => 'reset'],       [502, 1],
    [status => 204],                    [204, 1, ''],
);

while (my ($behaviour, $expected) = splice @behaviours, 0, 2) {
    $shop->set('/b', @$behaviour);

    my $answer = get($nginx, '/b');
    my @seen = @$answer{qw(status complete body)};

    is_deeply [@seen[0 .. $#$expected]], $expected,
        "a shop server can behave like this: @$behaviour";
}

$shop->set('/b', 'garbage');
is get($shop, '/b')->{status}, 0, 'a shop server can send garbage';

my %listeners = (refuse => 502, close => 502, reset => 502, hang => 504);

for my $mode (sort keys %listeners) {
    $shop->listener($mode);
    is get($nginx, '/')->{status}, $listeners{$mode},
        "a shop server's listener can $mode";
}

$shop->listener('full');
$nginx->configure(http => $nginx->{http} =~ s/proxy_read/proxy_connect/r);
ok $nginx->reload, 'a changed configuration is loaded';
is get($nginx, '/')->{status}, 504, "a shop server's listener can be full";

$shop->open;
is get($nginx, '/')->{status}, 200, 'and open again';

$shop->stop;
is get($nginx, '/')->{status}, 502, 'a shop server can be stopped';
$shop->start;
is get($nginx, '/')->{status}, 200, 'and started again at its address';


# ---- TLS, IPv6, unix sockets

my $tls = shop_server(tls => 1, name => 'shop.example', body => 'secret');
my %trust = (SSL_ca_file => ca->file, SSL_verifycn_name => 'shop.example',
    SSL_hostname => 'shop.example');

is request($tls, GET => '/', connect => { tls => \%trust })->{body}, 'secret',
    'a shop server speaks TLS';
is +($tls->requests)[0]{sni}, 'shop.example', 'and saw the name asked for';

$trust{SSL_verifycn_name} = 'other.example';
like request($tls, GET => '/', connect => { tls => \%trust })->{error},
    qr/hostname verification failed/, 'a wrong name is noticed';

is get(shop_server(on => 'unix', body => 'file'), '/')->{body}, 'file',
    'a shop server listens on a unix socket';

SKIP: {
    skip 'no IPv6 here', 1 if !ShopTest::Port::has_ipv6();
    is get(shop_server(on => '::1', body => 'six'), '/')->{body}, 'six',
        'a shop server listens on IPv6';
}


# ---- nginx as a family of processes

my @workers = $nginx->workers;
is @workers, 2, 'there are as many workers as asked for';
ok $nginx->reload, 'a reload is waited for';
ok !(grep { $_ == $workers[0] } $nginx->workers), 'and brings new workers';
ok $nginx->kill_worker(($nginx->workers)[0]), 'a killed worker is replaced';
ok $nginx->log->wait_for(qr/exited on signal 9/), 'the log has said so';


# ---- configurations

config_ok 'a good configuration passes', module => 0, http => 'gzip on;';
config_fails 'a bad one is refused with its reason',
    qr/unknown directive "gzap"/, module => 0, http => 'gzap on;';


# ---- what a test must not overlook, tried on tests of their own


# Runs a test to its end, or kills it once its output matches; what it left to
# say is (exit status, output, directories that are still there).
sub try_test {
    my ($body, $signal) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec $^X, '-It/lib', '-e', "use ShopTest; $body";
    }

    my $output = '';

    while (my $line = <$out>) {
        $output .= $line;
        kill $signal, $pid if $signal && $line =~ /^# ready/;
    }

    close $out;
    return ($?, $output, grep { -e } $output =~ /^# dir (.*)/mg);
}


my $start = 'my $nginx = nginx(module => 0, workers => 1); my $s = shop_server;'
    . ' print "# dir $_\n" for $nginx->dir, $s->{dir}; ';
# of SIGSEGV the address sanitizer makes a report
my $crash = 'kill ABRT => $nginx->workers; $nginx->log->wait_for(qr/signal/);';

my ($status, $output, @left) = try_test("$start pass; done_testing");
is $status, 0, 'a test passes' or diag $output;
is @left, 0, 'and leaves nothing behind';

($status, $output) = try_test("$start pass; $crash done_testing");
isnt $status, 0, 'a test fails when a worker crashes';
like $output, qr/not ok 2 .*log is clean/, 'and says so';

($status) = try_test("$start pass; $crash \$nginx->allow(qr/signal 6/);"
    . 'done_testing');
is $status, 0, 'unless that is allowed';

for my $signal (qw(TERM INT)) {
    ($status, $output, @left) = try_test(
        "$start \$| = 1; print qq{# ready\\n}; wait_until(9, sub {})",
        $signal);
    is @left, 0, "a test that is ended by $signal leaves nothing behind";
    unlike $output, qr/^not ok/m, 'and reports nothing';
}

($status, $output, @left) = try_test("$start die 'oops'");
isnt $status, 0, 'a test that dies fails';
is @left, 0, 'and leaves nothing behind';

($status, $output) = try_test('my $p = ShopTest::Process->spawn(sub {'
    . ' exec "exec sleep 600 > /dev/null 2>&1" });'
    . ' print "# pid ", $p->pid, "\n"; die "oops"');
my ($pid) = $output =~ /^# pid (\d+)/m;
ok $pid && !kill(0, $pid), 'nor a process of its own';

done_testing;
