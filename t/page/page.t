#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The closed shop as its visitors, and the machines among them, see it: what
# is sent to whom, with which headers, in which language.

use JSON::PP ();

use ShopTest;
use ShopTest::Schema;

my $shop = shop_server(body => 'the shop');

my $nginx = nginx(http => <<"END");
    upstream shop { server $shop; }

    shop_page_var name "M\xc3\xbcller & Sons";
    shop_page_var basket /cart;
    shop_cors https://app.example.com;

    server {
        listen %%ADDR%%;
        client_max_body_size 0;
        shop_maintenance %%DIR%%/flag;

        location / { proxy_pass http://shop; }
        location /callback { shop_maintenance off; proxy_pass http://shop; }
        location = /robots.txt { return 200 "ok"; }
    }
END

my @html = (Accept => 'text/html,application/xhtml+xml,*/*;q=0.8');


sub page {
    my ($uri, %headers) = @_;
    return get($nginx, $uri, headers => [@html, %headers]);
}


sub closed_with {
    my ($text) = @_;

    $nginx->file('flag', $text);
    wait_until(10, sub {
        index(page('/')->{body}, ($text =~ /^status: (.*)/m)[0] // '') >= 0
            && page('/')->{status} == 503;
    });
    return;
}


# ---- open

is get($nginx, '/')->{body}, 'the shop', 'without a flag the shop is open';
is JSON::PP::decode_json(get($nginx, '/.shop-status')->{body})->{state},
    'open', 'and its public status says so';
is $shop->count(uri => '/.shop-status'), 0, 'which is never proxied';


# ---- closed: status and headers

closed_with("status: We repair <b>the database</b> & more.\n"
            . "status.de: Wir reparieren die Datenbank.\n"
            . "eta: +45m\nupdate: Cause found.\nupdate: Half done.\n"
            . "contact: Call tel:+49-800-123456 now\n");

my $before = $shop->count;
my $page = page('/product/1?x=1');
my $headers = $page->{headers};

is $page->{status}, 503, 'the status is 503, at the same URL';
is $headers->{'content-type'}, 'text/html; charset=utf-8', 'HTML';
is $headers->{'cache-control'}, 'no-store', 'that nobody keeps';
is $headers->{'x-robots-tag'}, 'noindex', 'that no crawler lists';
is $headers->{vary},
    'Accept, Accept-Language, Accept-Encoding, Sec-Fetch-Dest, Content-Type, '
    . 'Origin',
    'that varies by all that is looked at';
is $headers->{'x-content-type-options'}, 'nosniff', 'that is what it says';
is $headers->{'referrer-policy'}, 'same-origin', 'and tells nobody of itself';
is $headers->{'content-language'}, 'en', 'whose language is named';
like $headers->{'shop-status'},
    qr/^maintenance; since=\S+Z; eta=\S+Z$/, 'and monitors are told';
cmp_ok $headers->{'retry-after'}, '>', 2600, 'Retry-After is of the ETA';
cmp_ok $headers->{'retry-after'}, '<=', 3600, 'and clipped';
unlike $headers->{'content-security-policy'}, qr/unsafe|http/,
    'the policy allows nothing but the page';

my %jitter = map { page('/')->{headers}{'retry-after'} => 1 } 1 .. 12;
cmp_ok scalar keys %jitter, '>', 3, 'Retry-After differs by visitor';

is page('/callback')->{body}, 'the shop', 'an exempt location is open';
is get($nginx, '/robots.txt')->{status}, 200, 'and robots.txt is';
is $shop->count, $before + 1, 'the shop saw the exempt request only';


# ---- closed: what it says

like $page->{body}, qr/We repair &lt;b&gt;the database&lt;\/b&gt; &amp; more/,
    'the text is escaped';
like $page->{body}, qr/<title>Sorry, M.*Sons is closed until [^<]*<\/title>/,
    'the title says until when';
like $page->{body}, qr/in about 45\xc2\xa0minutes/, 'and the page in how long';
like $page->{body}, qr/Half done.*Cause found/s, 'updates, newest first';
like $page->{body}, qr{<a href="tel:\+49-800-123456">}, 'contacts are links';
cmp_ok length $page->{body}, '<', 8192, 'in less than 8 KB';
unlike $page->{body}, qr{(?:src|href)="(?:https?:)?//}, 'and nothing external';


# ---- language

my $german = page('/', 'Accept-Language' => 'de-AT, en;q=0.5');
is $german->{headers}{'content-language'}, 'de', 'German for Austrians';
like $german->{body}, qr/Wir reparieren die Datenbank/, 'with its own text';
like page('/', 'Accept-Language' => 'ar')->{body}, qr/dir="rtl"/,
    'Arabic from right to left';
is page('/', 'Accept-Language' => 'tlh')->{headers}{'content-language'}, 'en',
    'English where nothing else fits';

for my $lang (qw(en de fr es it nl pl pt-BR ar zh-Hans ja)) {
    is page('/', 'Accept-Language' => $lang)->{headers}{'content-language'},
        $lang, "there is a page in \"$lang\"";
}


# ---- kinds

my $problem = post($nginx, '/cart', body => 'a=1',
                   headers => [Accept => 'application/json']);
is $problem->{headers}{'content-type'}, 'application/problem+json',
    'an API client gets problem+json';
my $json = JSON::PP::decode_json($problem->{body});
is $json->{status}, 503, 'with the status';
like $json->{eta}, qr/^\d{4}-\d\d-\d\dT/, 'the ETA';
is $json->{updates}[0]{text}, 'Half done.', 'the updates';
like $json->{detail}, qr/did not reach us/, 'and what became of it';
is_deeply [ShopTest::Schema->new('docs/problem.schema.json')->faults($json, 1)],
    [], 'it keeps to its schema';

my %again;

for (1 .. 16) {
    my $answer = get($nginx, '/', headers => [Accept => 'application/json']);
    my $said = JSON::PP::decode_json($answer->{body})->{retry_after};

    is $answer->{headers}{'retry-after'}, $said,
        'a program is told the same in the header and in the body';
    $again{$said} = 1;
}

cmp_ok scalar keys %again, '>', 3, 'and each another time';

my $text = get($nginx, '/', headers => [Accept => '*/*']);
is $text->{headers}{'content-type'}, 'text/plain; charset=utf-8',
    'curl gets text';
like $text->{body}, qr/We repair <b>the database<\/b> & more/, 'as written';

for my $kind (['image/avif,image/*,*/*;q=0.8', 'image'],
              ['text/css,*/*;q=0.1', 'style'], ['*/*', 'script'],
              ['*/*', 'font'])
{
    my $answer = get($nginx, '/asset', headers => [
        Accept => $kind->[0], 'Sec-Fetch-Dest' => $kind->[1]]);

    is "$answer->{status} $answer->{body}", '503 ',
        "a $kind->[1] gets an empty body";
}

my $head = head($nginx, '/', headers => [@html]);
is $head->{status}, 503, 'HEAD is answered';
cmp_ok $head->{headers}{'content-length'}, '>', 1000, 'with the length';
is $head->{body}, '', 'and no body';
is $head->{headers}{'content-length'}, length page('/')->{body},
    'that of the page';

for my $accept ('application/json', '*/*', 'image/png') {
    my $answer = get($nginx, '/', headers => [Accept => $accept]);

    like $answer->{headers}{'shop-status'}, qr/^maintenance; since=/,
        "$accept: monitors are told";
    ok $answer->{headers}{'retry-after'}, 'when to come again';
    is "@{$answer->{headers}}{qw(cache-control x-robots-tag)}",
        'no-store noindex', 'and nobody keeps it';
}


# ---- methods, conditions, ranges

for my $method (qw(POST PUT PATCH DELETE)) {
    my $answer = request($nginx, $method, '/checkout', body => 'a=1',
                         headers => [@html]);

    is $answer->{status}, 503, "$method gets 503";
    like $answer->{body}, qr/did not reach us.*do not pay again/s,
        "and is told that it did not arrive";
    like $answer->{body}, qr/data-post="1"/, 'the page knows it';
    like $answer->{body}, qr{href="/cart"}, 'and leads to the basket';
}

my $past = 'Thu, 01 Jan 1970 00:00:01 GMT';
my $future = 'Sat, 21 Nov 2099 00:00:00 GMT';

for my $asked (['If-None-Match' => '*'], ['If-Modified-Since' => $future],
               ['If-Match' => '"x"'], ['If-Unmodified-Since' => $past],
               [Range => 'bytes=0-9'], [Range => 'bytes=0-9', 'If-Range' =>
                $future])
{
    my $answer = page('/', @$asked);

    is $answer->{status}, 503, "$asked->[0] changes nothing";
    is length $answer->{body}, length page('/')->{body}, 'of the page';
    ok !grep({ exists $answer->{headers}{$_} }
             qw(content-range accept-ranges etag last-modified)),
        'and it is not said that it could';
}

my $client = client($nginx);
$client->send(GET => '/a')->send(POST => '/b', body => 'x' x 100_000)
       ->send(GET => '/c');
is_deeply [map { $client->answer->{status} } 1 .. 3], [503, 503, 503],
    'pipelined requests are answered, a POST among them';
is $client->request(GET => '/callback')->{body}, 'the shop',
    'and their connection goes on';

for my $chunked ('', 'chunked ') {
    my $post = client($nginx);
    my $answer = $post->request(POST => '/upload', $chunked
        ? (headers => [@html, 'Transfer-Encoding' => 'chunked'], body =>
           (sprintf("%x\r\n", 50_000) . 'x' x 50_000 . "\r\n") x 60 .
           "0\r\n\r\n")
        : (headers => [@html], body => 'x' x 3_000_000));

    is $answer->{status}, 503, "a large ${chunked}body is answered";
    like $answer->{body}, qr/did not reach us.*<\/html>\s*\z/s, 'whole';

    # told that it goes on, it does; else the end is an end, and no reset
    my $next = $post->request(GET => '/callback');
    my $kept = ($answer->{headers}{connection} // '') ne 'close';
    ok $kept ? $next->{body} eq 'the shop' : $next->{error} eq 'closed',
        'and the connection is as was said'
        or diag "kept: $kept, $next->{status}, $next->{error}";
}

my $early = client($nginx)->send_raw("POST /upload HTTP/1.1\r\nHost: x\r\n"
    . "Content-Length: 1000000000\r\n\r\n", 'POST')->answer;
is $early->{status}, 503, 'a body is not waited for';

for my $framing ('Content-Length: 1000000', 'Transfer-Encoding: chunked') {
    my $unasked = client($nginx)->send_raw("POST /upload HTTP/1.1\r\n"
        . "Host: x\r\nExpect: 100-continue\r\n$framing\r\n\r\n", 'POST')
        ->answer;

    is $unasked->{status}, 503, "$framing: who asks first is answered";
    is scalar @{ $unasked->{interim} }, 0, 'and not told to send a body';
}

for my $version ('HTTP/1.0', 'HTTP/1.0 that stays') {
    my $old = client($nginx);
    my $stays = $version =~ /stays/ ? "Connection: keep-alive\r\n" : '';
    my $answer = $old->send_raw("GET / HTTP/1.0\r\nAccept: text/html\r\n"
                                . "$stays\r\n", 'GET')->answer;

    is $answer->{status}, 503, "$version is answered";
    is $answer->{headers}{'content-length'}, length $answer->{body},
        'with a length';
    like $answer->{body}, qr/<\/html>\s*\z/, 'whole';
    ok !exists $answer->{headers}{'transfer-encoding'}, 'in one piece';
    $stays ? is $old->request(GET => '/callback')->{body}, 'the shop',
                 'and goes on'
           : ok $old->is_closed, 'and ends';
}

my $preflight = request($nginx, 'OPTIONS', '/api', headers => [
    Origin => 'https://app.example.com',
    'Access-Control-Request-Method' => 'POST',
    'Access-Control-Request-Headers' => 'content-type']);
is $preflight->{status}, 204, 'a preflight of a listed origin is answered';
is $preflight->{headers}{'access-control-allow-methods'}, 'POST',
    'with the method';

is $preflight->{headers}{'access-control-allow-headers'}, 'content-type',
    'and the headers that it asks for';

my $cross = get($nginx, '/', headers => [Origin => 'https://app.example.com']);
is $cross->{headers}{'access-control-allow-origin'}, 'https://app.example.com',
    'a listed origin may read the 503';
like $cross->{headers}{'access-control-expose-headers'}, qr/\bRetry-After\b/,
    'and when to come again';

my $foreign = request($nginx, 'OPTIONS', '/api', headers => [
    Origin => 'https://evil.example',
    'Access-Control-Request-Method' => 'POST']);
is $foreign->{status}, 503, 'a preflight of another origin is not answered';
ok !grep({ /^access-control/ } keys %{ $foreign->{headers} }),
    'with anything that would allow it';
is request($nginx, 'OPTIONS', '/api', headers =>
    [Origin => 'https://app.example.com'])->{status}, 503,
    'OPTIONS that is no preflight is a request as any';
ok !exists get($nginx, '/', headers => [Origin => 'https://evil.example'])
    ->{headers}{'access-control-allow-origin'}, 'another one may not';


# ---- encodings

use IO::Uncompress::Gunzip qw(gunzip);

my ($gzip, $plain);

# both of one minute: progress and "in about" are rendered anew in the next one
ok wait_until(20, sub {
    $gzip = page('/', 'Accept-Encoding' => 'gzip');
    gunzip(\$gzip->{body}, \$plain);
    $plain eq page('/')->{body};
}), 'a compressed page is the same page';
is $gzip->{headers}{'content-encoding'}, 'gzip', 'gzip where it is accepted';
cmp_ok length $gzip->{body}, '<', 3072, 'in less than 3 KB';
ok !exists page('/', 'Accept-Encoding' => 'gzip;q=0')
    ->{headers}{'content-encoding'}, 'gzip;q=0 is obeyed';


# ---- the public status, and the way back

my $status = get($nginx, '/.shop-status?lang=de');
$json = JSON::PP::decode_json($status->{body});
is $json->{state}, 'maintenance', 'the public status says maintenance';
is $json->{status}, 'Wir reparieren die Datenbank.', 'in the page\'s language';
cmp_ok $json->{retry_after}, '>', 0, 'and when to ask again';
is $status->{headers}{'cache-control'}, 'no-store', 'nobody keeps it';
is_deeply [ShopTest::Schema->new('docs/public-status.schema.json')
    ->faults($json, 1)], [], 'it keeps to its schema';

my %polls = map {
    JSON::PP::decode_json(get($nginx, '/.shop-status')->{body})
        ->{retry_after} => 1
} 1 .. 16;
cmp_ok scalar keys %polls, '>', 3, 'the next time differs by visitor';

unlink "$nginx->{dir}/flag";
ok wait_until(10, sub { get($nginx, '/')->{body} eq 'the shop' }),
    'the flag gone, the shop is open';

done_testing;
