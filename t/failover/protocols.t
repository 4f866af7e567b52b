#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Backup groups with TLS, FastCGI, uwsgi, SCGI, gRPC and a cache, named in the
# configuration or by a variable, and large bodies for TLS and PHP-FPM.

use strict;
use warnings;

use lib 't/lib';
use Digest::MD5 qw(md5_hex);
use IO::Socket::IP;
use ShopTest;
use ShopTest::Fpm qw(no_fpm);
use ShopTest::Process;

# answers each connection with these bytes once something was sent to it
sub canned {
    my ($bytes) = @_;
    my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1', Listen => 64)
        or die "listen: $@\n";

    ShopTest::Process->spawn(sub {
        while (my $socket = $listener->accept) {
            sysread $socket, my $request, 65536;
            syswrite $socket, $bytes;
            select undef, undef, undef, 0.2;
        }
    });

    return '127.0.0.1:' . $listener->sockport;
}

sub record {
    my ($type, $content) = @_;

    return pack('CCnnCC', 1, $type, 1, length $content, 0, 0) . $content;
}

sub frame {
    my ($type, $flags, $stream, $content) = @_;

    return substr(pack('N', length $content), 1)
        . pack('CCN', $type, $flags, $stream) . $content;
}

my $fastcgi = canned(record(6, "Status: 200 OK\r\n\r\nfastcgi")
    . record(6, '') . record(3, pack 'NCx3', 0, 0));
my $uwsgi = canned("HTTP/1.1 200 OK\r\n\r\nuwsgi");
my $scgi = canned("Status: 200 OK\r\n\r\nscgi");
my $grpc = canned(frame(4, 0, 0, '')
    . frame(1, 4, 1, "\x88") . frame(0, 0, 1, 'grpc')
    . frame(1, 5, 1, "\x00\x0bgrpc-status\x010"));

my $tls = shop_server(tls => 1, body => 'tls');
my $plain = shop_server(body => 'plain',
    headers => ['Cache-Control' => 'max-age=1']);
my $dead = '127.0.0.1:' . free_port();

my $trusted = ca()->file;

# nginx forgets the TLS sessions that it keeps outside of a zone when it ends
my $zone = $ENV{SANITIZED} ? 'zone tls 64k;' : '';

my $fpm = no_fpm() ? undef : ShopTest::Fpm->new(shop => {});
my $php = $fpm ? $fpm->address('shop') : $dead;
my $script = $fpm ? $fpm->script('digest.php',
    '<?php echo strlen(file_get_contents("php://input")), " ",'
    . ' md5_file("php://input");') : '';

my $nginx = nginx(http => <<"END");
    proxy_cache_path %%DIR%%/cache keys_zone=pages:1m;

    upstream localhost { server $dead; shop_failover_to tls; }
    upstream tls { $zone least_conn; server $tls; keepalive 2; }
    upstream a_fastcgi { hash \$uri; server $dead; shop_failover_to fastcgi; }
    upstream fastcgi { server $fastcgi; }
    upstream a_uwsgi { random; server $dead; shop_failover_to uwsgi; }
    upstream uwsgi { server $uwsgi; }
    upstream a_scgi { server $dead; shop_failover_to scgi; }
    upstream scgi { zone scgi 64k; server $scgi; }
    upstream a_grpc { zone a_grpc 64k; server $dead; shop_failover_to grpc; }
    upstream grpc { server $grpc; }
    upstream a_plain { server $dead; shop_failover_to plain; }
    upstream plain { server $plain; }
    upstream a_php { server $dead; server $dead; shop_failover_to php; }
    upstream php { server $php; }

    server {
        listen %%ADDR%%;
        client_max_body_size 0;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_ssl_verify on;
        proxy_ssl_server_name on;
        proxy_ssl_trusted_certificate $trusted;
        fastcgi_param SCRIPT_FILENAME $script;
        fastcgi_param REQUEST_METHOD \$request_method;
        fastcgi_param CONTENT_LENGTH \$content_length;
        add_header X-Cache \$upstream_cache_status always;

        location /tls { proxy_pass https://localhost; }
        location /tls/unbuffered {
            proxy_request_buffering off;
            proxy_pass https://localhost;
        }
        location /fastcgi { fastcgi_pass a_fastcgi; }
        location /uwsgi { uwsgi_pass a_uwsgi; }
        location /scgi { scgi_pass a_scgi; }
        location /grpc { grpc_pass grpc://a_grpc; }

        location ~ ^/by-name/(a_fastcgi)\$ { fastcgi_pass \$1; }
        location ~ ^/by-name/(a_uwsgi)\$ { uwsgi_pass \$1; }
        location ~ ^/by-name/(a_scgi)\$ { scgi_pass \$1; }
        location ~ ^/by-name/(a_grpc)\$ { grpc_pass grpc://\$1; }

        location /php { fastcgi_pass a_php; }
        location /php/unbuffered {
            fastcgi_request_buffering off;
            fastcgi_pass a_php;
        }
        location /cache {
            proxy_cache pages;
            proxy_cache_use_stale error timeout;
            proxy_pass http://a_plain;
        }
    }
END

for my $name (qw(tls fastcgi uwsgi scgi grpc)) {
    is(get($nginx, "/$name")->{body}, $name, "$name: the backup group serves")
        for 1 .. 2;
}

is(get($nginx, "/by-name/a_$_")->{body}, $_,
    "$_: the group is named by a variable") for qw(fastcgi uwsgi scgi grpc);

is(($tls->requests)[0]{sni}, 'localhost',
    'the name of the first group is sent and verified');

is(get($nginx, '/cache')->{headers}{'x-cache'}, 'MISS', 'what a backup says');
ok(wait_until(20, sub { get($nginx, '/cache')->{headers}{'x-cache'} eq 'HIT' }),
    'is cached');
$plain->refuse;
ok(wait_until(20, sub {
    get($nginx, '/cache')->{headers}{'x-cache'} eq 'STALE'
}), 'and used when all are gone');

# ---- large bodies

my $body = join '', map { "piece $_ of a large body\n" } 1 .. 120_000;

for my $uri (qw(/tls /tls/unbuffered)) {
    is(post($nginx, $uri, body => $body)->{body}, 'tls', "3 MB for $uri");
    ok(($tls->requests)[-1]{body} eq $body, 'arrive whole');
}

SKIP: {
    skip no_fpm(), 2 if !$fpm;

    is(post($nginx, $_, body => $body)->{body},
        length($body) . ' ' . md5_hex($body), "3 MB for $_ arrive whole")
        for qw(/php /php/unbuffered);
}

done_testing;
