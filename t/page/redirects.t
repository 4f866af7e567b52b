#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Requests that nginx leads on (error_page, X-Accel-Redirect) and answers of
# servers that are replaced: the operator's own page comes first, also where a
# server has it, and what became of a POST stays true on every way.

use ShopTest;

use IO::Socket::IP;

my $shop = shop_server(body => 'the shop');
my $sorry = shop_server(body => "the operator's own");
my $gone = free_port();
my $kept = free_port();

# answers one request of a connection, reads the next one, and closes
my $listener = IO::Socket::IP->new(LocalAddr => "127.0.0.1:$kept",
    Listen => 64) or die "listen: $!\n";

my $forgetful = ShopTest::Process->spawn(sub {
    while (my $client = $listener->accept) {
        sysread $client, my $request, 65_536;
        syswrite $client, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept";
        sysread $client, $request, 65_536;
    }
});

close $listener;

my $nginx = nginx(workers => 1, http => <<"END");
    proxy_cache_path %%DIR%%/cache keys_zone=one:1m;

    upstream shop { server $shop max_fails=0; }
    upstream sorry { server $sorry max_fails=0; }
    upstream gone { server 127.0.0.1:$gone; }
    upstream kept { server 127.0.0.1:$kept max_fails=0; keepalive 2; }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;

        location /named { error_page 502 \@sorry; proxy_pass http://gone; }
        location /path { error_page 502 /sorry; proxy_pass http://gone; }
        location /cached {
            error_page 502 \@cached;
            proxy_pass http://gone;
        }
        location /asked {
            error_page 502 \@intercepting;
            proxy_pass http://gone;
        }
        location /both { error_page 502 \@gone; proxy_pass http://gone; }
        location /sorry { proxy_pass http://sorry; }
        location \@sorry { proxy_pass http://sorry; }
        location \@gone { proxy_pass http://gone; }
        location \@cached {
            proxy_cache one;
            proxy_cache_key sorry;
            proxy_cache_valid 200 1h;
            proxy_pass http://sorry;
        }
        location \@intercepting {
            shop_fallback on intercept=502,503;
            proxy_pass http://sorry;
        }

        location /intercept {
            shop_fallback on intercept=500;
            proxy_pass http://shop;
        }
        location /led {
            proxy_intercept_errors on;
            error_page 500 /gone;
            proxy_pass http://shop;
        }
        location /unsent { error_page 502 /gone; proxy_pass http://gone; }
        location /gone { proxy_pass http://gone; }
        location /accel { proxy_pass http://shop; }
        location \@done { root %%DIR%%; }

        location /kept {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://kept;
        }
    }
END

my @html = (headers => [Accept => 'text/html']);


# ---- the operator's own error_page, from a server

for my $uri (qw(/named /path /cached /cached /asked)) {
    my $answer = get($nginx, $uri, @html);

    is "$answer->{status} " . substr($answer->{body}, 0, 18),
        "502 the operator's own",
        "$uri: the operator's own page comes first";
}

is get($nginx, '/both', @html)->{status}, 503,
    'where its server is gone, too, the page';


# ---- what became of a POST

sub says {
    my ($answer, $text, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is $answer->{status}, 503, $name;
    ok $answer->{body} =~ $text, '... and the truth is told';
    ok $answer->{body} =~ /data-post="1"/, '... on a page that stays';
}

my ($UNKNOWN, $UNSENT) = (qr/cannot tell whether/, qr/did not reach us/);

sub order { return post($nginx, shift, body => 'a=1', @html) }

$shop->set('/intercept', status => 500, body => 'a trace');
says(order('/intercept'), $UNKNOWN, 'a POST that the shop answered with 500');

$shop->set('/led', status => 500, body => 'a trace');
says(order('/led'), $UNKNOWN, 'one that error_page led on');

$shop->set('/accel', headers => ['X-Accel-Redirect' => '/gone']);
says(order('/accel'), $UNKNOWN, 'one that the shop itself led on');

says(order('/unsent'), $UNSENT, 'one that nobody took');

ok get($nginx, '/unsent', @html)->{body} !~ /data-post/,
    'who only looked is led back';

# the second one goes out on a connection that dies
is get($nginx, '/kept')->{body}, 'kept', 'a connection is kept';
says(order('/kept'), $UNKNOWN, 'a POST on a kept connection that dies');

# it closes while the order is on its way
$shop->set('/accel', headers => ['X-Accel-Redirect' => '@done'], delay => 1);
my $client = client($nginx)->send(POST => '/accel', body => 'a=1', @html,
    close => 1);
ok wait_until(10, sub { $shop->count(uri => '/accel', method => 'POST') == 2 }),
    'the shop has an order';
$nginx->file('flag', '');
says($client->answer, $UNKNOWN, 'and closes before it is answered');
$client->close;

says(order('/intercept'), $UNSENT, 'what comes later did not get there');

$forgetful->stop('KILL', 5);
done_testing;
