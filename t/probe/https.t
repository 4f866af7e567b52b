#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Probes of type https: a real handshake with SNI and verification, and why it
# failed in words.

use ShopTest;
use ShopTest::Check;

use IO::Socket::SSL;
use IO::Socket::SSL::Utils;

use ShopTest::Process;
use ShopTest::Wait qw(patience);

use constant DAY => 86_400;

my $trust = 'shop_health_ssl_trusted_certificate ' . ca()->file . ';';


# a certificate that is not quite right, of the test's authority
sub issued {
    my ($file, %certificate) = @_;
    my ($crt, $key) = map { ca()->file =~ s/crt\z/$_/r } qw(crt key);
    my ($cert, $cert_key) = CERT_create(
        subject => { CN => 'localhost' },
        subjectAltNames => [[DNS => 'localhost']],
        issuer => [PEM_file2cert($crt), PEM_file2key($key)],
        purpose => 'server',
        %certificate,
    );
    my $path = ca()->file =~ s/ca\.crt\z/$file/r;

    PEM_cert2file($cert, "$path.crt");
    PEM_key2file($cert_key, "$path.key");

    return (SSL_cert_file => "$path.crt", SSL_key_file => "$path.key");
}


sub selfsigned {
    my ($file) = @_;
    my ($cert, $key) = CERT_create(
        subject => { CN => 'localhost' },
        subjectAltNames => [[DNS => 'localhost']],
    );
    my $path = ca()->file =~ s/ca\.crt\z/$file/r;

    PEM_cert2file($cert, "$path.crt");
    PEM_key2file($key, "$path.key");

    return (SSL_cert_file => "$path.crt", SSL_key_file => "$path.key");
}


# a server in Perl has a whole process for each handshake
my $check = 'shop_health_check type=https interval=3s fast=500ms fails=1 '
    . 'passes=1 timeout=20s jitter=0%';


# ---- a good certificate, and whom it is asked for

my $shop = shop_server(tls => 1, body => 'hello',
    name => ['localhost', 'shop.example', '127.0.0.1']);
my $port = $shop->port;

my $unix = shop_server(on => 'unix', tls => 1, body => 'unix');
my $six = eval { shop_server(on => '::1', tls => 1, body => 'six') };
my $named = "$check; $trust shop_health_ssl_name localhost;";

my $nginx = checked(
    "server localhost:$port; $check uri=/written; $trust",
    "server $shop; $check uri=/named; $trust
     shop_health_ssl_name shop.example;",
    "server localhost:$port; $check uri=/off; shop_health_ssl_verify off;",
    "server $shop; $check uri=/address; $trust
     shop_health_ssl_name 127.0.0.1;",
    "server $shop; $check uri=/dot; $trust
     shop_health_ssl_name shop.example.;",
    "server localhost:$port; $check uri=/kept keepalive; $trust",
    "server $unix; $named",
    $six ? "server $six; $named" : (),
);

ok found($nginx, upstream => "u$_", state => 'up', checks => 3),
    "upstream u$_ is up" for 0 .. 5;

ok found($nginx, upstream => 'u6', state => 'up'), 'over a unix socket';
is +($unix->requests)[0]{sni}, 'localhost', 'with the name that is given';

SKIP: {
    skip 'no IPv6 here', 1 if !$six;

    ok found($nginx, upstream => 'u7', state => 'up'), 'over IPv6';
}

my $last = peer($nginx, 'u0')->{last};
cmp_ok $last->{tls_ms}, '>=', $last->{connect_ms}, 'connect, then TLS';
cmp_ok $last->{first_byte_ms}, '>=', $last->{tls_ms}, 'then the answer';
cmp_ok $last->{ms}, '>=', $last->{first_byte_ms}, 'then its end';
cmp_ok $last->{tls_ms}, '>', 0, 'each with its milliseconds';

my %sni = map { $_->{uri} => $_->{sni} } $shop->requests;
is_deeply \%sni, {
    '/written' => 'localhost', '/named' => 'shop.example',
    '/off' => 'localhost', '/address' => '', '/dot' => 'shop.example',
    '/kept' => 'localhost',
}, 'SNI has the name of the server, or the one that is given';

is +($shop->requests(uri => '/written'))[0]{headers}{host},
    "localhost:$port", 'Host has the port, as it is not 443';

my %kept = map { $_->{connection} => 1 } $shop->requests(uri => '/kept');
is keys %kept, 1, 'a kept connection serves several probes';


# ---- each thing that can be wrong has its words

my %tls = (
    expired => { issued('expired', not_before => time - 9 * DAY,
        not_after => time - 2 * DAY) },
    early   => { issued('early', not_before => time + 2 * DAY,
        not_after => time + 9 * DAY) },
    selfsigned => { selfsigned('selfsigned') },
    wanting => { issued('wanting'), SSL_ca_file => ca()->file,
        SSL_verify_mode => SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT },
    wanting12 => { issued('wanting12'), SSL_ca_file => ca()->file,
        SSL_version => 'TLSv1_2',
        SSL_verify_mode => SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT },
    new     => { issued('new'), SSL_version => 'TLSv1_3' },
);
my %server = map { $_ => shop_server(tls => $tls{$_}, body => 'x') } keys %tls;

my ($crt, $key) = ca()->issue('nginx');
my ($other_crt) = selfsigned('other') ? ca()->file =~ s/ca\.crt\z/other.crt/r
    : ();

sub localhost { return 'localhost:' . (ref $_[0] ? $_[0]->port : $_[0]) }

# says "all is well" before it is asked, and before it is known who it is
my $early = free_port();
ShopTest::Process->spawn(sub {
    my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1',
        LocalPort => $early, ReuseAddr => 1, Listen => 16) or die "$!\n";

    alarm 3600;

    while (my $socket = $listener->accept) {
        syswrite $socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        sysread $socket, my $hello, 4096;
    }
});

my $plain = nginx(module => 0, http => 'server { listen %%ADDR%%; }');

my @wrong = (
    # name, server, directives, result, detail
    ['an expired certificate', $server{expired}, $trust,
        tls => qr/^certificate has expired$/],
    ['a certificate of tomorrow', $server{early}, $trust,
        tls => qr/^certificate is not valid yet$/],
    ['a self-signed certificate', $server{selfsigned}, $trust,
        tls => qr/^certificate is self-signed$/],
    ['an authority that is not trusted', $shop,
        "shop_health_ssl_trusted_certificate $other_crt;",
        tls => qr/^certificate is of an authority that is not trusted$/],
    ['an authority that the system does not know', $shop, '',
        tls => qr/authority that is not trusted|self-signed/],
    ['another name', $shop, "$trust shop_health_ssl_name other.example;",
        tls => qr/^certificate is not for other\.example$/],
    ['another address', $shop, "$trust shop_health_ssl_name 127.0.0.9;",
        tls => qr/^certificate is not for 127\.0\.0\.9$/],
    ['no TLS at all', $plain->address =~ /(\d+)$/, $trust,
        tls => qr/^not TLS$/],
    ['HTTP before the handshake', $early, $trust, tls => qr/^not TLS$/],
    ['a client certificate is wanted', $server{wanting}, $trust,
        tls => qr/client certificate/],
    ['a client certificate is wanted, TLS 1.2', $server{wanting12}, $trust,
        tls => qr/client certificate/],
    ['a client certificate of another authority', $server{wanting12},
        "$trust shop_health_ssl_certificate $other_crt;
         shop_health_ssl_certificate_key @{[ $other_crt =~ s/crt$/key/r ]};",
        tls => qr/^the server does not accept our certificate$/],
    ['another version of TLS', $server{new},
        "$trust shop_health_ssl_protocols TLSv1.2;",
        tls => qr/^no version of TLS in common$/],
    ['no cipher in common', $server{wanting12},
        "$trust shop_health_ssl_protocols TLSv1.2;
         shop_health_ssl_ciphers ECDHE-RSA-CAMELLIA128-SHA256:AES128-SHA;",
        tls => qr/no cipher in common/],
    ['closed in the handshake', shop_server()->listener('close'), $trust,
        tls => qr/closed in the TLS handshake/],
    ['a reset in the handshake', shop_server()->listener('reset'), $trust,
        undef, qr/closed in the TLS handshake|connection reset/],
);

my @right = (
    ['a client certificate', $server{wanting},
        "shop_health_ssl_certificate $crt;
         shop_health_ssl_certificate_key $key;"],
    ['a client certificate, TLS 1.2', $server{wanting12},
        "shop_health_ssl_certificate $crt;
         shop_health_ssl_certificate_key $key;"],
    ['TLS 1.3 alone', $server{new}, 'shop_health_ssl_protocols TLSv1.3;'],
);

$nginx = checked(
    (map { "server @{[ localhost($_->[1]) ]}; $check; $_->[2]" } @wrong),
    (map { "server @{[ localhost($_->[1]) ]}; $check; $trust $_->[2]" }
        @right),
    "server localhost:@{[ $server{expired}->port ]}; $check;
     shop_health_ssl_verify off;",
);

for my $i (0 .. $#wrong) {
    my ($name, $server, $directives, $result, $detail) = @{ $wrong[$i] };

    ok found($nginx, upstream => "u$i", state => 'down', result => $result,
        detail => $detail), $name;
}

for my $i (0 .. $#right) {
    ok found($nginx, upstream => 'u' . (@wrong + $i), state => 'up'),
        "$right[$i][0]: up";
}

ok found($nginx, upstream => 'u' . (@wrong + @right), state => 'up'),
    'an expired certificate is as good as any with verification off';


# ---- the whole chain is looked at, and a session spares the handshake

my ($session_crt, $session_key) = ca()->issue('localhost');
my $backend = nginx(module => 0, workers => 1, http => <<"END");
    log_format tls '\$ssl_protocol \$ssl_session_reused';

    server {
        listen %%ADDR%% ssl;
        access_log %%DIR%%/twelve tls;
        ssl_protocols TLSv1.2;
        ssl_session_cache shared:tls:1m;
        ssl_certificate $session_crt;
        ssl_certificate_key $session_key;
        return 204;
    }

    server {
        listen %%ADDR_THIRTEEN%% ssl;
        access_log %%DIR%%/thirteen tls;
        ssl_protocols TLSv1.3;
        ssl_certificate $session_crt;
        ssl_certificate_key $session_key;
        return 204;
    }
END

my ($twelve) = $backend->address =~ /(\d+)$/;
my ($thirteen) = $backend->address('THIRTEEN') =~ /(\d+)$/;

$nginx = checked(
    "server localhost:$twelve; $check; $trust",
    "server localhost:$thirteen; $check; $trust",
);

for my $case (['u0', 'twelve', 'TLSv1.2'], ['u1', 'thirteen', 'TLSv1.3']) {
    my ($upstream, $file, $protocol) = @$case;

    ok found($nginx, upstream => $upstream, state => 'up', checks => 4),
        "$protocol: up";

    my @lines;
    wait_until(10, sub {
        open my $in, '<', $backend->dir . "/$file" or return;
        @lines = <$in>;
        return @lines >= 4;
    });

    is $lines[0], "$protocol .\n", "$protocol: the first handshake is whole";
    is $lines[2], "$protocol r\n", "$protocol: a later one reuses its session";
}


# ---- ... but not for ever: nobody shows a certificate with a session

my %short = issued('short', not_after => time + int patience(9));
my @short = map { "ssl_certificate$_;" } " $short{SSL_cert_file}",
    "_key $short{SSL_key_file}";

$backend = nginx(module => 0, workers => 1, http => <<"END");
    server {
        listen %%ADDR%% ssl;
        ssl_protocols TLSv1.2;
        ssl_session_cache shared:tls:1m;
        @short
        return 204;
    }

    server {
        listen %%ADDR_THIRTEEN%% ssl;
        ssl_protocols TLSv1.3;
        @short
        return 204;
    }
END

($twelve) = $backend->address =~ /(\d+)$/;
($thirteen) = $backend->address('THIRTEEN') =~ /(\d+)$/;

$check = 'shop_health_check type=https interval=200ms fails=1';
$nginx = checked(
    "server localhost:$twelve; $check; $trust",
    "server localhost:$thirteen; $check; $trust",
    "server localhost:$twelve; $check keepalive; $trust",
    "server localhost:$thirteen; $check keepalive; $trust",
);

my @names = ('TLSv1.2', 'TLSv1.3', 'TLSv1.2, kept', 'TLSv1.3, kept');

for my $i (0 .. $#names) {
    ok found($nginx, upstream => "u$i", state => 'up'), "$names[$i]: up";
}

for my $i (0 .. $#names) {
    ok found($nginx, upstream => "u$i", state => 'down', result => 'tls',
        detail => qr/^certificate has expired$/), "$names[$i]: expired";
}


# ---- what follows an answer is not taken for the next one

my $head = "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\nX-Fill: ";
my $fill = 4096 - 4000 - length "$head\r\n\r\n";
my $rubbish = shop_server(tls => 1, name => 'localhost',
    raw => $head . 'x' x $fill . "\r\n\r\n" . 'y' x 4000 . 'rubbish');

$nginx = checked("server localhost:@{[ $rubbish->port ]}; shop_health_check
    type=https interval=300ms fails=1 passes=99 timeout=20s keepalive; $trust");
ok found($nginx, state => 'up', checks => 4), 'a server that says too much';


# ---- a handshake that hangs holds nothing up

my $hanging = shop_server()->listener('hang');

$nginx = checked(
    "server localhost:@{[ $hanging->port ]};
     shop_health_check type=https interval=200ms fails=1 timeout=400ms; $trust",
    "server localhost:@{[ $hanging->port ]};
     shop_health_check type=https interval=1s timeout=60s; $trust",
    "server localhost:$port; $check keepalive; $trust",
);

ok found($nginx, state => 'down', result => 'timeout',
    detail => qr/^timed out in the TLS handshake$/), 'a handshake that hangs';
ok found($nginx, upstream => 'u2', state => 'up', checks => 2), 'and others';

my ($old) = $nginx->workers;
ok $nginx->reload, 'a reload while handshakes hang';
ok wait_until(5, sub { !kill 0, $old }), 'does not keep the old worker';

done_testing;
