#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Orders of an operator: who may give them, what they do to requests, how long
# they last, and that a reload keeps them.

use ShopTest;
use ShopTest::Ctl;
use ShopTest::Status;

use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);
use Time::HiRes qw(time);

my $dir = tempdir(CLEANUP => 1);
my $KEY = 'k' x 16 . '0123456789abcdefXYZ';


sub key_file {
    my ($name, $content, $mode) = @_;

    open my $out, '>', "$dir/$name" or die "$dir/$name: $!\n";
    print $out $content;
    close $out;
    chmod $mode // 0600, "$dir/$name";

    return "$dir/$name";
}


key_file('key', "$KEY\n");

my @shops = map { shop_server(body => "shop $_") } 0 .. 2;

my $CONFIG = <<"END";
    upstream shop {
        server $shops[0];
        server $shops[1];
        shop_health_check interval=300ms fast=100ms;
    }

    upstream a { server $shops[2]; shop_health_check interval=300ms; }
    upstream b { server $shops[2]; shop_health_check interval=300ms; }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;

        location / { proxy_pass http://shop; }
        location /status { shop_status; }
        location /control { shop_control $dir/key; }
        location /closed { shop_control $dir/key; deny all; }
    }
END

my $nginx = nginx(http => $CONFIG);

ok wait_for_peer($nginx, 'shop', $_, 'up'), 'a server is up' for @shops[0, 1];


sub order {
    my ($body, %options) = @_;

    return post($nginx, $options{uri} // '/control', body => $body,
        headers => [
            Authorization => $options{auth} // "Bearer $KEY",
            'Content-Type' => 'application/x-www-form-urlencoded',
        ]);
}


# who served n requests, as a set
sub served {
    my ($n) = @_;
    my %served = map { get($nginx, '/')->{body} => 1 } 1 .. $n // 8;

    return join ', ', sort keys %served;
}


sub override_of {
    return peer_of($nginx, 'shop', $_[0])->{override};
}


# ---- who may

my $begun = time;
my $answer = order("action=down&upstream=shop&peer=$shops[0]",
    auth => 'Bearer ' . 'x' x length $KEY);

is $answer->{status}, 401, 'a wrong key is refused';
cmp_ok time - $begun, '>=', 0.9, '... slowly';
is $answer->{headers}{'www-authenticate'}, 'Bearer', '... saying what to send';
like decode_json($answer->{body})->{error}, qr/key is missing or wrong/,
    '... in JSON';

for my $auth ('Bearer', 'Bearer ', "Basic $KEY", "Bearer ${KEY}x",
    'Bearer ' . substr $KEY, 0, -1)
{
    is order("action=down&upstream=shop&peer=$shops[0]", auth => $auth)
        ->{status}, 401, "refused: $auth";
}

is post($nginx, '/control', body => "action=down&upstream=shop&peer=$shops[0]")
    ->{status}, 401, 'no header at all is refused';

is scalar $nginx->log->find(qr/control refused/), 1,
    'many wrong keys are one line in the log';
is scalar $nginx->log->find(qr/\Q$KEY/), 0, 'the key is never in the log';

my $slow = client($nginx);
$slow->send(POST => '/control', body => 'action=up',
    headers => [Authorization => 'Bearer no']);
$begun = time;
is get($nginx, '/')->{status}, 200, 'while one is slowed, others are served';
is $slow->answer->{status}, 401, '... and it gets its answer';

is order("action=down&upstream=shop&peer=$shops[0]", uri => '/closed')
    ->{status}, 403, 'deny applies, whatever the key';

is get($nginx, '/control', headers => [Authorization => "Bearer $KEY"])
    ->{status}, 405, 'only a POST gives an order';
is served(), 'shop 0, shop 1', 'nothing of this changed anything';


# ---- what is asked

my %bad = (
    ''                                        => qr/body is empty/,
    'action=kill&upstream=shop&peer=x'        => qr/"action" "kill", .*drain/,
    "upstream=shop&peer=$shops[0]"            => qr/"action" ""/,
    'action=drain&upstream=shop'              => qr/"peer" is missing/,
    "action=drain&upstream=shop&peer=x&for=3" => qr/"for" "3", .*30m/,
    'action=drain&upstream=shop&peer=x&for=0s' => qr/"for" "0s"/,
    'action=enable&upstream=shop&peer=x&for=1m' => qr/no meaning/,
    'action=drain&whom=me'                    => qr/"field" "whom"/,
    'action=drain&upstream=shop&peer=x&who=' . 'w' x 49 => qr/48 bytes/,
    'action=reopen&peer=x' => qr/is of a site/,
    'action=reopen&over=0s' => qr/"over" "0s", expected a length/,
    'action=drain&action=up'                  => qr/one of a name/,
    'action=%zz'                              => qr/hexadecimal/,
    'action=drain&upstream=shop&peer=x&reason=a%0ab' => qr/control char/,
    'action=drain&upstream=shop&peer=x&reason=%c2%9b2J' => qr/control char/,
    'action=drain&upstream=shop&peer=x&reason=%ff' => qr/no text in UTF-8/,
    'action=drain&upstream=shop&peer=x&reason=' . 'r' x 97 => qr/96 bytes/,
);

for my $body (sort keys %bad) {
    my $refused = order($body);

    is $refused->{status}, 400, "refused: $body";
    like decode_json($refused->{body})->{error}, $bad{$body}, '... with why';
}

is order("action=drain&peer=$shops[2]")->{status}, 400,
    'a peer of two upstreams wants one named';
is order('action=drain&peer=192.0.2.1:80')->{status}, 404,
    'a peer of no upstream is not found';
is order("action=drain&upstream=none&peer=$shops[0]")->{status}, 404,
    'an upstream that is not known is not found';
is order('action=drain&upstream=shop&peer=192.0.2.1:80')->{status}, 404,
    'nor a peer';
is order('reason=' . 'x' x 5000)->{status}, 413, 'a huge body is refused';
is served(), 'shop 0, shop 1', 'and nothing of all this was done';


# ---- what it does

$answer = order("action=drain&upstream=shop&peer=$shops[0]"
    . '&reason=kernel+update+%234711');
is $answer->{status}, 200, 'an order is carried out';

my $done = decode_json($answer->{body});
is $done->{state}, 'degraded', '... and the answer tells the state it leads to';
is $done->{usable}, 1, '... and how many servers are left';
is $done->{peers}[0]{address}, "$shops[0]", '... and which peer it was';

is peer_of($nginx, 'shop', $shops[0])->{state}, 'draining',
    'a drained server is shown as draining';
is override_of($shops[0])->{reason}, 'kernel update #4711', '... with why';
is override_of($shops[0])->{until}, undef, '... without an end';
is served(), 'shop 1', '... and gets no new requests';

# a request that runs there when the order comes
order("action=enable&upstream=shop&peer=$shops[0]");
order("action=drain&upstream=shop&peer=$shops[1]");
$shops[0]->set('/slow', body => 'slow', delay => 2);

my $waiting = client($nginx);
$waiting->send(GET => '/slow');
ok wait_until(10, sub { $shops[0]->count(uri => '/slow') }),
    'a request waits for a server';
order("action=enable&upstream=shop&peer=$shops[1]");
order("action=drain&upstream=shop&peer=$shops[0]"
    . '&reason=kernel+update+%234711');
is $waiting->answer->{body}, 'slow', '... and ends in peace when that drains';
is $shops[1]->count(uri => '/slow'), 0, '... and nobody else was asked';

my $checks = peer_of($nginx, 'shop', $shops[0])->{checks};
ok wait_until(20, sub {
    peer_of($nginx, 'shop', $shops[0])->{checks} > $checks;
}), '... while probes go on';

ok scalar $nginx->log->find(
    qr/\[notice\].*"drain" of peer \Q$shops[0]\E .* "kernel update #4711"/),
    '... and there is a line in the log';

ok $nginx->reload, 'a reload';
is peer_of($nginx, 'shop', $shops[0])->{state}, 'draining', '... keeps it';
is served(), 'shop 1', '... and so do the requests';

$nginx->configure(http => "shop_zone 3m;\n$CONFIG");
ok $nginx->reload, 'a reload into a zone of another size';
is override_of($shops[0])->{reason}, 'kernel update #4711', '... keeps it';
is served(), 'shop 1', '... and so do the requests';

is order("action=enable&upstream=shop&peer=$shops[0]")->{status}, 200,
    'enable ends it';
is override_of($shops[0]), undef, '... in the status';
is served(), 'shop 0, shop 1', '... and for requests';


# ---- the last one, and back

order("action=down&upstream=shop&peer=$shops[0]");
$done = decode_json(
    order("action=down&upstream=shop&peer=$shops[1]&for=2s")->{body});

is $done->{state}, 'down', 'who takes the last server away is told';
is peer_of($nginx, 'shop', $shops[1])->{state}, 'disabled',
    'a server taken down is disabled';
is get($nginx, '/')->{status}, 503, 'visitors get the page';
is order("action=enable&upstream=shop&peer=$shops[0]")->{status}, 200,
    'control is not closed by the outage that it made';

ok wait_until(30, sub { !override_of($shops[1]) }),
    'an order for a time ends by itself';
ok wait_until(10, sub { served() eq 'shop 0, shop 1' }), '... for requests, too';
ok $nginx->log->wait_for(qr/"down" of peer \Q$shops[1]\E .* ended after/),
    '... and in the log';


# ---- requests that wait for a server when the order comes

{
    my ($first, $second) = map { shop_server(body => $_) } qw(first second);
    my $nginx = nginx(workers => 2, http => <<"END");
        upstream shop {
            server $first;
            server $second backup;
            shop_health_check uri=/healthz interval=300ms fast=100ms;
        }
        server {
            listen %%ADDR%% reuseport;
            proxy_read_timeout 60s;
            add_header X-Worker \$pid;
            location / { proxy_pass http://shop; }
            location /status { shop_status; }
            location /control { shop_control $dir/key; }
        }
END
    ok wait_for_peer($nginx, 'shop', $_, 'up'), 'it is up' for $first, $second;

    # two connections of each worker: one to wait, one to ask meanwhile
    my %of;
    for (1 .. 500) {
        my $client = client($nginx);
        my $worker = $client->request(GET => '/')->{headers}{'x-worker'};

        push @{ $of{$worker} }, $client if @{ $of{$worker} || [] } < 2;
        last if 2 == grep { @$_ == 2 } values %of;
    }

    my ($waiting, $asking) = map { my $i = $_; [map { $_->[$i] } values %of] }
        0, 1;
    is scalar @$waiting, 2, 'connections of both workers';

    my $order = sub {
        my ($body) = @_;
        my $answer = post($nginx, '/control', body => $body,
            headers => [Authorization => "Bearer $KEY"]);
        is $answer->{status}, 200, "the order $body" =~ s/:\d+//r;
    };

    # each worker has been through its events twice
    my $look = sub { $_->request(GET => '/') for @$asking, @$asking };

    my $wait_at_first = sub {
        my ($uri) = @_;
        $first->set($uri, 'hang');
        $second->set($uri, body => 'rescued');
        $_->send(GET => $uri) for @$waiting;
        ok wait_until(20, sub { $first->count(uri => $uri) == 2 }),
            'requests of both workers wait for a server';
    };

    $wait_at_first->('/down');
    $order->("action=drain&peer=$first");
    $look->();
    is $second->count(uri => '/down'), 0, 'drained: they are left alone';

    $first->set('/healthz', status => 500);
    ok $nginx->log->wait_for(qr/peer \Q$first\E in upstream "shop" is down/, 20),
        'it fails its probe, being switched off';

    # all requests are looked at anew when any server changes
    $order->("action=$_&peer=$second") for qw(down enable);
    $look->();
    is $second->count(uri => '/down'), 0, '... they are still left alone';
    is scalar $nginx->log->find(qr/are moved on/), 0, '... the log agrees';

    $first->set('/healthz', status => 200);
    ok $nginx->log->wait_for(qr/peer \Q$first\E .* is up again/, 20),
        'it passes its probe';
    $order->("action=down&peer=$first");
    is $_->answer->{body}, 'rescued', 'down: they are moved on, in each worker'
        for @$waiting;

    $order->("action=up&peer=$first");
    $first->set('/healthz', status => 500);
    ok wait_until(20, sub {
        peer_of($nginx, 'shop', $first)->{last}{result} eq 'status'
    }), 'forced up, and its probe fails';
    $wait_at_first->('/up');
    $look->();
    is $second->count(uri => '/up'), 0, 'forced up: they wait on';
    $order->("action=up&peer=$first&for=1s");
    is $_->answer->{body}, 'rescued', 'its time is over: they are moved on'
        for @$waiting;
}


# ---- up, against what the probe says

$shops[1]->set('/', status => 500);
ok wait_for_peer($nginx, 'shop', $shops[1], 'down'), 'a server fails its probe';

order("action=up&upstream=shop&peer=$shops[1]&reason=probe+is+wrong");
is peer_of($nginx, 'shop', $shops[1])->{state}, 'up', 'it can be forced up';
is peer_of($nginx, 'shop', $shops[1])->{last}{result}, 'status',
    '... and the status still says what the probe found';

order("action=enable&upstream=shop&peer=$shops[1]");
is peer_of($nginx, 'shop', $shops[1])->{state}, 'down',
    'then the probe has its word again';


# ---- shopctl

my $url = "http://$nginx/control";
local $ENV{SHOP_CONTROL} = $url;
local $ENV{SHOP_CONTROL_KEY} = "$dir/key";
local $ENV{TZ} = 'UTC';

$shops[1]->set('/', status => 200, body => 'shop 1');
ok wait_for_peer($nginx, 'shop', $_, 'up'), 'both are up again'
    for @shops[0, 1];

says 0, qr/\Adraining: \Q$shops[0]\E, until .* UTC, in (?:30m|29m 5\ds)\n/,
    'shopctl drain',
    'drain', "$shops[0]", '--for', '30m', '--reason', 'disk & 50% "full"';
is peer_of($nginx, 'shop', $shops[0])->{state}, 'draining', '... drains';
is override_of($shops[0])->{reason}, 'disk & 50% "full"', '... with its reason';
ok override_of($shops[0])->{until}, '... and its end';
is served(), 'shop 1', '... also for requests';

says 0, qr/\Adown: \Q$shops[0]\E\nupstream shop: degraded, 1 usable\n\z/,
    'shopctl down', 'down', "$shops[0]";
is peer_of($nginx, 'shop', $shops[0])->{state}, 'disabled', '... takes it down';
says 0, qr/note: no server of upstream shop takes visitors/,
    'who takes the last one is told', 'down', "$shops[1]", '--upstream', 'shop';
says 0, qr/\Aup: .*\n.* 1 usable\n\z/, 'shopctl up', 'up', "$shops[1]";
says 0, qr/\Aenabled: \Q$shops[0]\E\nupstream shop: up, 2 usable\n\z/,
    'shopctl enable', 'enable', "$shops[0]";
says 0, qr/enabled/, '... the other', 'enable', "$shops[1]";
is served(), 'shop 0, shop 1', '... both serve';

key_file('other', 'x' x 40);

my @wrong = (
    [qr/"drain" needs one server.*shopctl drain 10/] => ['drain'],
    [qr/"peer" "192.0.2.1:80", expected a server as written/] =>
        ['drain', '192.0.2.1:80'],
    [qr/several upstreams have this "peer": name one as "upstream"/] =>
        ['drain', "$shops[2]"],
    [qr/"upstream" "none", expected a group/] =>
        ['drain', "$shops[0]", '--upstream', 'none'],
    [qr/"for" "30", expected a length such as 30m/] =>
        ['drain', "$shops[0]", '--for', '30'],
    [qr/unknown option "for", known are: --upstream/] =>
        ['enable', "$shops[0]", '--for', '30m'],
    [qr/--reason is too long/] =>
        ['drain', "$shops[0]", '--reason', '%' x 2000],
    [qr/none" of shop_control cannot be read: No such.*openssl/s]
        => ['drain', "$shops[0]", '--key', "$dir/none"],
    [qr/refuses the key in ".*other": name the file of shop_control/] =>
        ['drain', "$shops[0]", '--key', "$dir/other"],
    [qr/closed answers 403: "allow" and "deny"/] =>
        ['drain', "$shops[0]", '--url', "http://$nginx/closed"],
    [qr/none answers \d+: is there a location with shop_control/] =>
        ['drain', "$shops[0]", '--url', "http://$nginx/none"],
    [qr/"ftp:.*expected a URL such as .*shop_control/] =>
        ['drain', "$shops[0]", '--url', 'ftp://x/'],
    [qr/cannot connect to .*refused/] =>
        ['drain', "$shops[0]", '--url', 'http://127.0.0.1:' . free_port()],
);

while (my ($pattern, $arguments) = splice @wrong, 0, 2) {
    says 2, $pattern->[0], 'refused: shopctl '
        . substr("@$arguments" =~ s/\Q$dir\E/DIR/r =~ s/:\d+/:PORT/gr, 0, 50),
        @$arguments;
}

is override_of($shops[0]), undef, 'nothing of this changed anything';


# ---- the examples of the documentation

my ($section) = do {
    open my $in, '<', 'docs/directives.md' or die;
    local $/;
    <$in> =~ /^## shop_control\n(.*?)^## /ms;
};
my @examples = $section =~ /^```sh\n(.*?)^```/msg;

is scalar @examples, 2, 'one example of shopctl, one of curl';

for my $example (@examples) {
    my ($tool) = $example =~ /\b(shopctl|curl)\b/;
    my $script = $example;

    $script =~ s{/etc/nginx/shop\.key}{$dir/key}g;
    $script =~ s{http://127\.0\.0\.1:8081/control}{$url}g;
    $script =~ s{10\.0\.0\.11:8080}{$shops[0]}g;
    $script =~ s{\bshopctl (?=drain|enable)}{@{[shopctl]} }g;

    # its orders, one after the other
    my ($drain, $enable) = $script =~ /^((?:.*\n)*?.*drain(?:.*\\\n)*.*\n)
                                        ((?:.*\n)*)\z/x;
    my ($functions) = $script =~ /^(order\(\) \{.*?^\}\n)/ms;

    is system('bash', '-c', "set -e\n$drain" . '>/dev/null'), 0, "$tool: drain";
    is override_of($shops[0])->{reason}, 'kernel update', "... it drains";
    is system('bash', '-c', 'set -e' . "\n" . ($functions // '')
        . $enable), 0, "$tool: enable";
    is override_of($shops[0]), undef, '... it is enabled';
}


config_fails 'control and status in one location are refused',
    qr/cannot stand beside "shop_status"/, http => "server { listen %%ADDR%%;
        location / { shop_status; shop_control $dir/key; } }";

done_testing;
