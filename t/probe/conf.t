#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Bad values of health checks: each is refused by `nginx -t`, with the value,
# the cause, and what would be right.  One row a mistake: [name, block, what is
# said, what else is in http].

use ShopTest;

my $server = 'server 127.0.0.1:9;';
my $named = 'server localhost:9;';
my $check = 'shop_health_check';
my $https = "$check type=https;";
my $match = 'shop_match good';

my $missing = '/nonexistent/file.pem';

# in an upstream block
my @upstream = (
    ['a check given twice', "$server $check; $check;",
        qr/"shop_health_check" directive is duplicate/],
    ['an unknown parameter', "$server $check url=/;",
        qr/unknown parameter "url=\/" of "shop_health_check", known are: type= uri=/],
    ['a parameter given twice', "$server $check uri=/a uri=/b;",
        qr/parameter "uri" of "shop_health_check" is given twice/],
    ['an unknown type', "$server $check type=mysql;",
        qr/invalid value "mysql" of parameter "type".* expected one of http, https, tcp, fastcgi/],
    ['a URI without a slash', "$server $check uri=healthz;",
        qr/invalid value "healthz" of parameter "uri".* begins with "\/"/],
    ['a URI with a blank', "$server $check 'uri=/a b';",
        qr/invalid value "\/a b" of parameter "uri"/],
    ['a URI with a line end', "$server $check 'uri=/a\\r\\nX:';",
        qr/invalid value "\/a/],
    ['a URI with a fragment', "$server $check 'uri=/a#b';",
        qr/invalid value "\/a#b" of parameter "uri"/],
    ['an empty URI', "$server $check uri=;",
        qr/invalid value "" of parameter "uri"/],
    ['a method in lower case', "$server $check method=get;",
        qr/invalid value "get" of parameter "method".* upper case/],
    ['a method with a blank', "$server $check 'method=GET /';",
        qr/invalid value "GET \/" of parameter "method"/],
    ['CONNECT', "$server $check method=CONNECT;",
        qr/invalid value "CONNECT" of parameter "method"/],
    ['port 0', "$server $check port=0;",
        qr/invalid value "0" of parameter "port".* from 1 to 65535/],
    ['a port beyond', "$server $check port=65536;",
        qr/invalid value "65536" of parameter "port"/],
    ['a port for unix sockets', "server unix:/x; $check port=80;",
        qr/"port" .* no meaning for unix sockets in upstream "shop" in .*:\d+/],
    ['an interval of no time', "$server $check interval=0;",
        qr/invalid value "0" of parameter "interval".* from 100ms to 1d/],
    ['an interval in words', "$server $check interval=often;",
        qr/invalid value "often" of parameter "interval"/],
    ['a short "fast"', "$server $check fast=1ms;",
        qr/invalid value "1ms" of parameter "fast"/],
    ['jitter without a sign', "$server $check jitter=10;",
        qr/invalid value "10" of parameter "jitter".* such as 10%/],
    ['too much jitter', "$server $check jitter=51%;",
        qr/invalid value "51%" of parameter "jitter"/],
    ['a timeout of no time', "$server $check timeout=0s;",
        qr/invalid value "0s" of parameter "timeout"/],
    ['no fails', "$server $check fails=0;",
        qr/invalid value "0" of parameter "fails"/],
    ['too many passes', "$server $check passes=1001;",
        qr/invalid value "1001" of parameter "passes"/],
    ['a switch that is neither', "$server $check mandatory=yes;",
        qr/invalid value "yes" of parameter "mandatory".* on or off/],
    ['keepalive that is neither', "$server $check keepalive=5;",
        qr/invalid value "5" of parameter "keepalive"/],

    ['a match that is not there', "$server $check match=god;",
        qr/unknown "match=god" of "shop_health_check", expected the name of a "shop_match" block, known are: good in upstream "shop" in .*:\d+/,
        "$match { status 200; }"],
    ['a match without any', "$server $check match=good;",
        qr/unknown "match=good".* known are: none/],
    ['HEAD and a body', "$server $check match=good method=HEAD;",
        qr/"method=HEAD" .* asks for no body, but "shop_match good" looks at one/,
        "$match { body ~ x; }"],

    ['tcp with a URI', "$server $check type=tcp uri=/;",
        qr/parameter "uri" has no meaning with "type=tcp"/],
    ['tcp with a method', "$server $check type=tcp method=GET;",
        qr/parameter "method" has no meaning with "type=tcp"/],
    ['tcp with a match', "$server $check type=tcp match=good;",
        qr/parameter "match" has no meaning with "type=tcp"/,
        "$match { status 200; }"],
    ['tcp with keepalive', "$server $check type=tcp keepalive;",
        qr/parameter "keepalive" has no meaning with "type=tcp"/],
    ['tcp with a header', "$server $check type=tcp; shop_health_header A b;",
        qr/"shop_health_header" .* no meaning with "shop_health_check type=tcp" in upstream "shop"/],
    ['tcp with a body', "$server $check type=tcp; shop_health_body b;",
        qr/"shop_health_body" .* no meaning with "shop_health_check type=tcp"/],

    ['a header without a check', "$server shop_health_header A b;",
        qr/a "shop_health_\.\.\." directive needs "shop_health_check" in upstream "shop" in .*:\d+/],
    ['a header with a colon', "$server $check; shop_health_header X: b;",
        qr/invalid name "X:" in "shop_health_header".* without ":"/],
    ['a header without a name', "$server $check; shop_health_header '' b;",
        qr/invalid name "" in "shop_health_header"/],
    ['a header that ends its line',
        "$server $check; shop_health_header X 'a\\r\\nHost: b';",
        qr/invalid value of header "X" in "shop_health_header": it has a line end/],
    ['a header with a control character',
        "$server $check; shop_health_header X 'a\x01';",
        qr/invalid value of header "X"/],
    ['a length of its own',
        "$server $check; shop_health_header content-length 5;",
        qr/header "content-length" cannot be set .* from "shop_health_body"/],
    ['chunks of its own',
        "$server $check; shop_health_header Transfer-Encoding chunked;",
        qr/header "Transfer-Encoding" cannot be set/],
    ['a connection of its own',
        "$server $check; shop_health_header Connection close;",
        qr/header "Connection" cannot be set .* "keepalive"/],
    ['Host twice', "$server $check; shop_health_header Host a;
        shop_health_header host b;",
        qr/header "Host" in "shop_health_header" is given twice/],
    ['Host of nothing', "$server $check; shop_health_header Host '';",
        qr/header "Host" in "shop_health_header" is empty/],
    ['two bodies', "$server $check; shop_health_body a; shop_health_body b;",
        qr/"shop_health_body" directive is duplicate/],

    ['a FastCGI parameter for HTTP',
        "$server $check; shop_health_fastcgi_param A b;",
        qr/"shop_health_fastcgi_param" has a meaning only with "shop_health_check type=fastcgi"/],
    ['a FastCGI parameter with a blank',
        "$server $check type=fastcgi; shop_health_fastcgi_param 'A B' b;",
        qr/invalid name "A B" in "shop_health_fastcgi_param"/],
    ['a FastCGI parameter twice', "$server $check type=fastcgi;
        shop_health_fastcgi_param A b; shop_health_fastcgi_param A c;",
        qr/parameter "A" of "shop_health_fastcgi_param" is given twice/],
    ['a length of its own in FastCGI', "$server $check type=fastcgi;
        shop_health_fastcgi_param CONTENT_LENGTH 5;",
        qr/parameter "CONTENT_LENGTH" cannot be set/],

    ['an address without a name', "$server $https",
        qr/server "127\.0\.0\.1:9" is written as an address.* "shop_health_ssl_name NAME" \(or "shop_health_ssl_verify off"\) in upstream "shop"/],
    ['an IPv6 address without a name', "$named server [::1]:9; $https",
        qr/server "\[::1\]:9" is written as an address/],
    ['a unix socket without a name', "server unix:/x; $https",
        qr/server "unix:\/x" is written as an address/],
    ['TLS for HTTP', "$server $check; shop_health_ssl_verify off;",
        qr/"shop_health_ssl_\.\.\." has a meaning only with "shop_health_check type=https"/],
    ['verification that is neither', "$named $https
        shop_health_ssl_verify maybe;",
        qr/invalid value "maybe" in "shop_health_ssl_verify"/],
    ['an empty name', "$named $https shop_health_ssl_name '';",
        qr/"shop_health_ssl_name" is empty, expected the name/],
    ['two names', "$named $https shop_health_ssl_name a;
        shop_health_ssl_name b;",
        qr/"shop_health_ssl_name" directive is duplicate/],
    ['an authority that is not there', "$named $https
        shop_health_ssl_trusted_certificate $missing;", qr/\Q$missing\E/],
    ['a certificate that is not there', "$named $https
        shop_health_ssl_certificate $missing;
        shop_health_ssl_certificate_key $missing;", qr/\Q$missing\E/],
    ['a certificate without its key', "$named $https
        shop_health_ssl_certificate $missing;",
        qr/"shop_health_ssl_certificate" and "shop_health_ssl_certificate_key" need each other/],
    ['a key without its certificate', "$named $https
        shop_health_ssl_certificate_key $missing;", qr/need each other/],
    ['an unknown version', "$named $https shop_health_ssl_protocols SSLv3;",
        qr/invalid value "SSLv3" in "shop_health_ssl_protocols", expected some of TLSv1, /],
    ['a version twice', "$named $https
        shop_health_ssl_protocols TLSv1.2 TLSv1.2;",
        qr/invalid value "TLSv1\.2" in "shop_health_ssl_protocols".* each once/],
    ['unknown ciphers', "$named $https shop_health_ssl_ciphers NONSENSE;",
        qr/"NONSENSE"/],
);

# beside an upstream block
my @http = (
    ['a match given twice', "$match { status 200; } $match { status 201; }",
        qr/"shop_match good" is duplicate/],
    ['an empty match', "$match { }",
        qr/"shop_match good" is empty, expected a line that begins with "status", "header" or "body"/],
    ['a match without a name', "shop_match '' { status 200; }",
        qr/"shop_match" has an empty name/],
    ['an unknown line', "$match { code 200; }",
        qr/invalid value "code" in "shop_match good": /],
    ['a status that is none', "$match { status 20; }",
        qr/invalid value "20" in "shop_match good": not a status: write a code/],
    ['a range that is turned round', "$match { status 299-200; }",
        qr/invalid value "299-200" in "shop_match good": /],
    ['no status', "$match { status; }", qr/invalid "status" in "shop_match good": /],
    ['no header', "$match { header; }", qr/invalid "header" in "shop_match good": /],
    ['an unknown operator', "$match { header A == b; }",
        qr/invalid value "==" in "shop_match good": /],
    ['a body by equality', "$match { body = x; }",
        qr/invalid value "=" in "shop_match good": /],
    ['a body without an operator', "$match { body x; }",
        qr/in "shop_match good": /],
    ['a regex that is none', "$match { body ~ '(a'; }",
        qr/invalid regular expression in "shop_match": .*"\(a"/],
    ['a header regex that is none', "$match { header A ~ '[z-a]'; }",
        qr/invalid regular expression in "shop_match": .*"\[z-a\]"/],
    ['an include of nothing', "$match { include; }",
        qr/invalid "include" in "shop_match good", expected one file/],
);

for my $row (@upstream) {
    my ($name, $text, $said, $more) = @$row;

    config_fails($name, $said,
        http => ($more // '') . " upstream shop { $text }");
}

for my $row (@http) {
    my ($name, $text, $said) = @$row;

    config_fails($name, $said, http => $text);
}

# what is right beside all that
config_ok('a match before and after its use', http => <<'END');
    shop_match before { status 200-299 404; header ! X-Down; }
    upstream one { server 127.0.0.1:9; shop_health_check match=before; }
    upstream two { server 127.0.0.1:9; shop_health_check match=after; }
    shop_match after { body ~ "a{2}"; }
END

my ($status, $output) = ShopTest::Nginx->new(
    http => 'shop_match idle { status 200; }')->test;

is $status, 0, 'a match that nobody uses is accepted';
like $output, qr/\[warn\].*"shop_match idle" is used by no "shop_health_check"/,
    'and told';

done_testing;
