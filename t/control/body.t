#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The body of an order however it comes: in pieces, in chunks, in frames, into
# a temporary file; and an order that a subrequest brings, which must not hold
# up the visitor.

use ShopTest;
use ShopTest::Http2 qw(http2 no_http2);
use ShopTest::Status;

use JSON::PP qw(decode_json);

my $KEY = 'k' x 40;
my $shop = shop_server(body => 'shop');
my $other = shop_server(body => 'other');

my $nginx = nginx(keys => { key => "$KEY\n" }, http => <<"END");
    upstream shop {
        server $shop;
        server $other;
        shop_health_check interval=300ms fast=100ms;
    }

    server {
        listen %%ADDR%%;
        listen %%ADDR_HTTP2%% http2;

        location / { proxy_pass http://shop; }
        location /status { shop_status; }
        location /control { shop_control %%DIR%%/key; }

        location /file {
            client_body_in_file_only clean;
            shop_control %%DIR%%/key;
        }

        location /small {
            client_body_buffer_size 16;
            shop_control %%DIR%%/key;
        }

        location /single {
            client_body_in_single_buffer on;
            client_body_buffer_size 16;
            shop_control %%DIR%%/key;
        }

        location /mirrored {
            mirror /control;
            proxy_pass http://$other;
        }

        location /mirrored_file {
            client_body_in_file_only clean;
            mirror /control;
            proxy_pass http://$other;
        }

        location /allowed {
            auth_request /control;
            proxy_pass http://$other;
        }
    }
END

ok wait_for_peer($nginx, 'shop', $_, 'up'), 'a server is up' for $shop, $other;

my $n = 0;


# an order for the first server, with a reason of its own
sub order {
    my $reason = 'no. ' . ++$n;

    return ("action=drain&upstream=shop&peer=$shop&reason="
        . ($reason =~ s/ /%20/r), $reason);
}


sub head_of {
    my ($uri, @more) = @_;

    return join "\r\n", "POST $uri HTTP/1.1", 'Host: localhost',
        "Authorization: Bearer $KEY", @more, '', '';
}


sub obeyed {
    my ($answer, $reason, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is $answer->{status}, 200, "$name: it is an order"
        or diag $answer->{body};
    is peer_of($nginx, 'shop', $shop)->{override}{reason}, $reason,
        '... and it is the whole order';
    return;
}


# the answer, once nginx has said that it waits for what is still to come
sub send_in_two {
    my ($uri, $body, $at) = @_;
    my $client = client($nginx);

    $client->send_raw(head_of($uri, 'Expect: 100-continue',
        'Content-Length: ' . length $body) . substr($body, 0, $at));

    # asked for when the first piece has been taken in
    my $head = $client->{stream}->take_through("\r\n\r\n") // '';
    return { status => 0, body => $head } if $head !~ m{^HTTP/1.1 100};

    return $client->send_raw(substr($body, $at), 'POST')->answer;
}


for my $uri (qw(/control /file /small /single)) {
    for my $at (1, 7, 30) {
        my ($body, $reason) = order();
        obeyed(send_in_two($uri, $body, $at), $reason,
            "$uri: $at bytes, and then the others");
    }

    my ($body, $reason) = order();
    my $chunks = join '',
        map { sprintf "%x\r\n%s\r\n", length, $_ } $body =~ /.{1,9}/g;

    obeyed(client($nginx)->send_raw(head_of($uri,
        'Transfer-Encoding: chunked') . "${chunks}0\r\n\r\n", 'POST')->answer,
        $reason, "$uri: in chunks of 9");

    ($body, $reason) = order();
    obeyed(post($nginx, $uri, body => $body,
        headers => [Authorization => "Bearer $KEY"]), $reason,
        "$uri: in one piece");

    my $large = client($nginx)->send_raw(head_of($uri,
        'Transfer-Encoding: chunked')
        . sprintf("%x\r\n%s\r\n", 2100, 'reason=' . 'x' x 2093)
        . sprintf("%x\r\n%s\r\n", 2100, 'y' x 2100) . "0\r\n\r\n",
        'POST')->answer;
    is $large->{status}, 413, "$uri: chunks that are too large together";
    like $large->{body}, qr/too large for an order/, '... are told so';

    my $none = client($nginx)->send_raw(head_of($uri,
        'Transfer-Encoding: chunked') . "0\r\n\r\n", 'POST')->answer;
    is $none->{status}, 400, "$uri: an empty body";
    like $none->{body}, qr/body is empty/, '... is told so';
}

SKIP: {
    my $why = no_http2();
    skip $why, 4 if $why;

    for my $uri (qw(/control /file)) {
        my ($body, $reason) = order();
        my $answer = http2($nginx->address('HTTP2'), POST => $uri,
            body => $body, headers => [authorization => "Bearer $KEY"]);
        obeyed($answer, $reason, "$uri over HTTP/2");
    }
}


# ---- an order by a subrequest: whose answer comes at once, so nobody may learn
# a key from it

my %keys = (wrong => [Authorization => 'Bearer wrong'], none => [],
    right => [Authorization => "Bearer $KEY"]);

for my $uri (qw(/mirrored /mirrored_file)) {
    my $client = client($nginx);

    for my $key (sort keys %keys) {
        my ($order, $reason) = order();

        is $client->request(POST => $uri, body => $order,
            headers => $keys{$key})->{body}, 'other',
            "$uri: the visitor gets his answer, the key: $key";

        my ($got) = map { $_->{body} }
            grep { $_->{body} =~ /\Q$order\E/ } $other->requests(uri => $uri);
        is $got, $order, '... and the server gets what he sent';

        # a mirror has run when the next request of the connection is answered
        is $client->request(GET => $uri)->{body}, 'other', '... and the next';
        isnt peer_of($nginx, 'shop', $shop)->{override}{reason} // '', $reason,
            '... no order is carried out';
    }
}

my $client = client($nginx);
my %said;

for my $key (sort keys %keys) {
    my $answer = $client->request(GET => '/allowed', headers => $keys{$key});

    is $answer->{status}, 403, "auth_request, the key: $key: is refused";
    $said{ $answer->{body} }++;
}

is keys %said, 1, '... and the answer is the same for each';
ok $nginx->log->find(qr/control "\/control" refused a subrequest/),
    'the log says why';

done_testing;
