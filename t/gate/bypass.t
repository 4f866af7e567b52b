#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Who passes a closed shop: addresses as realip sees them, and holders of a
# link that became a cookie; and a drill, which is the other way round.

use ShopTest;
use ShopTest::Ctl;

use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(encode_base64url);

my $shop = shop_server(body => 'shop');
my $key = 'k' x 40;

my $nginx = nginx(keys => { key => "$key\n", other => 'o' x 32 },
    http => <<"END");
    log_format bypass '\$request_method \$status "\$shop_bypass"';

    server {
        listen %%ADDR%%;
        access_log %%DIR%%/bypass.log bypass;
        shop_maintenance %%DIR%%/maintenance;
        shop_reopen hold=0s;
        shop_bypass 10.0.0.0/8 2001:db8::/32;
        shop_bypass_key %%DIR%%/key ttl=90s;

        set_real_ip_from 127.0.0.1;
        real_ip_header X-Real-IP;

        location / { proxy_pass http://$shop; }
        location = /off { shop_bypass off; proxy_pass http://$shop; }
        location = /open { shop_maintenance off; proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_OTHER%%;
        shop_maintenance %%DIR%%/maintenance;
        shop_reopen hold=0s;
        shop_bypass_key %%DIR%%/other;

        location / { proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_ALL%%;
        server_name www.shop.example *.de.shop.example other.example;
        shop_maintenance %%DIR%%/maintenance;
        shop_reopen hold=0s;
        shop_bypass_key %%DIR%%/key domain=.shop.example;

        location / { proxy_pass http://$shop; }
    }
END

my $flag = $nginx->dir . '/maintenance';


# a token as docs/operations.md describes it, made without our code
sub token {
    my (%options) = @_;
    my $flags = ($options{cookie} ? 1 : 0) | ($options{drill} ? 2 : 0);
    my $head = pack 'CCQ>', $options{version} // 1, $flags,
        time + ($options{valid} // 60);
    my $site = $options{site} // 'localhost';

    return encode_base64url($head . hmac_sha256(
        "shop failover bypass\n$head$site", $options{key} // $key));
}

sub cookie {
    return [Cookie => "a=1; __Host-shop-bypass=$_[0]; b=2"];
}

sub from { return [ 'X-Real-IP' => $_[0] ] }

sub status_of {
    my ($uri, $headers, $where) = @_;

    return get($where // $nginx, $uri, headers => $headers // [])->{status};
}

sub close_shop {
    open my $out, '>', $flag or die "$flag: $!\n";
    close $out;
    return wait_until(10, sub {
        !grep { status_of('/') != 503 } 1 .. 4;
    });
}

sub open_shop {
    unlink $flag;
    return wait_until(10, sub { !grep { status_of('/') != 200 } 1 .. 4 });
}


ok close_shop(), 'the shop is closed';


# ---- addresses

is status_of('/', from('10.1.2.3')), 200, 'an address in a network passes';
is status_of('/', from('11.1.2.3')), 503, 'another one does not';
is status_of('/', from('2001:db8::1')), 200, 'so it is with IPv6';
is status_of('/', from('2001:db9::1')), 503, 'and another network';
is status_of('/', from('::ffff:10.1.2.3')), 200, 'IPv4 written as IPv6 counts';
is status_of('/off', from('10.1.2.3')), 503, '"off" ends what was inherited';
is post($nginx, '/', body => 'x', headers => from('10.1.2.3'))->{status}, 200,
    'a POST passes, too';


# ---- links

my $answer = get($nginx, '/basket?a=1&shop-bypass=' . token() . '&b=%20x');
is $answer->{status}, 302, 'a link redirects';
is $answer->{headers}{location}, '/basket?a=1&b=%20x', 'without the token';
is $answer->{headers}{'cache-control'}, 'no-store', 'and is not stored';

my ($cookie) = $answer->{headers}{'set-cookie'} 
    =~ /^__Host-shop-bypass=([\w-]{56});/;
ok $cookie, 'with a cookie';
like $answer->{headers}{'set-cookie'},
    qr/; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=90$/,
    'that is Secure, HttpOnly and SameSite';

is status_of('/basket?a=1&b=%20x', cookie($cookie)), 200, 'it passes';
is get($nginx, '/', headers => cookie($cookie))->{body}, 'shop', 'to the shop';
is post($nginx, '/order', body => 'x', headers => cookie($cookie))->{status},
    200, 'a POST passes, too';
is status_of('/'), 503, 'without it nobody passes';

# a browser takes a name with this prefix from the host itself only, and not
# from a script or a site beside it: none of these can plant one
is status_of('/', [Cookie => "shop-bypass=$cookie"]), 503,
    'a cookie that another site could plant is none';
is status_of('/', [Cookie => "shop-bypass=x; __Host-shop-bypass=$cookie"]), 200,
    'and hides none';

my @locations = (
    '/?shop-bypass=TOKEN'             => '/',
    '/a%20b?shop-bypass=TOKEN'        => '/a%20b',
    '/x?shop-bypass=TOKEN&shop-bypass=TOKEN&y' => '/x?y',
    '/x?y&SHOP-BYPASS=TOKEN'          => '/x?y',
    '//evil.example/?shop-bypass=TOKEN'        => '/evil.example/',
    '/\\evil.example/?shop-bypass=TOKEN'       => '/evil.example/',
    '/x?not-shop-bypass=1&shop-bypass=TOKEN'   => '/x?not-shop-bypass=1',
);

while (my ($uri, $location) = splice @locations, 0, 2) {
    my $token = token();

    $uri =~ s/TOKEN/$token/g;
    is get($nginx, $uri)->{headers}{location}, $location,
        "$location is where " . ($uri =~ s/=[\w-]{56}/=.../gr) . ' leads';
}

is head($nginx, '/?shop-bypass=' . token())->{status}, 302,
    'HEAD is redirected';
is post($nginx, '/?shop-bypass=' . token(), body => 'x')->{status}, 503,
    'a POST is not: its body would be lost';


# ---- what is refused, silently

my $altered = token();
substr($altered, 20, 1) = substr($altered, 20, 1) eq 'A' ? 'B' : 'A';

my %refused = (
    'an altered link'              => $altered,
    'an expired link'              => token(valid => -1),
    'a link of another key'        => token(key => 'o' x 32),
    'a link of another site'       => token(site => 'shop.example'),
    'a link of a later version'    => token(version => 2),
    'a cookie as a link'           => token(cookie => 1),
    'half a link'                  => substr(token(), 0, 30),
    'an empty link'                => '',
);

for my $what (sort keys %refused) {
    my $answer = get($nginx, "/?shop-bypass=$refused{$what}");

    is $answer->{status}, 503, "$what is refused";
    is $answer->{headers}{'set-cookie'}, undef, 'without a cookie';
}

my $bad = $cookie;
substr($bad, 55, 1) = substr($bad, 55, 1) eq 'A' ? 'B' : 'A';

my %bad_cookies = (
    'an altered cookie'         => $bad,
    'an expired cookie'         => token(cookie => 1, valid => -1),
    'a cookie of another key'   => token(cookie => 1, key => 'o' x 32),
    'a cookie of another site'  => token(cookie => 1, site => 'www.localhost'),
    'a link as a cookie'        => token(),
    'an empty cookie'           => '',
);

for my $what (sort keys %bad_cookies) {
    is status_of('/', cookie($bad_cookies{$what})), 503, "$what is refused";
}

is status_of('/', cookie($cookie), $nginx->address('OTHER')), 503,
    "one site's cookie does not pass another";
is status_of('/', [Host => 'shop.example', @{ cookie($cookie) }]), 503,
    'nor under another name';
is status_of('/', cookie(token(cookie => 1))), 200, 'a good one passes';

ok !$nginx->log->find(qr/\[(?:warn|error)\].*client:/),
    'and nothing of this is logged';

$answer = get($nginx, '/?shop-bypass=off', headers => cookie($cookie));
like $answer->{headers}{'set-cookie'}, qr/^__Host-shop-bypass=; .*Max-Age=0$/,
    '"off" takes the cookie away';
is $answer->{headers}{location}, '/', 'and the argument';


# ---- a pass for all hosts of a shop

my $all = $nginx->address('ALL');

sub on_host {
    my ($host, $uri, $cookie) = @_;

    return get($all, $uri, headers => [
        Host => $host, $cookie ? (Cookie => $cookie) : ()
    ]);
}

sub made_by_shopctl {
    my ($status, $out, $err) = ctl('link', '--key', $nginx->dir . '/key', @_);

    return $out =~ /shop-bypass=([\w-]{56})/ ? $1 : "$out$err";
}

$answer = on_host('www.shop.example', '/?shop-bypass='
    . made_by_shopctl('--domain', '.shop.example', 'https://www.shop.example/'));
is $answer->{status}, 302, 'a link of a domain redirects';
like $answer->{headers}{'set-cookie'}, qr/^__Secure-shop-bypass=[\w-]{56};
    [ ]Domain=shop\.example;[ ]Path=\/;[ ]Secure;[ ]HttpOnly;[ ]SameSite=Lax;
    [ ]Max-Age=43200$/x, 'with a cookie of that domain';

my ($wide) = $answer->{headers}{'set-cookie'} =~ /^([^;]+)/;

for my $host (qw(www.shop.example a.de.shop.example SHOP.example)) {
    is on_host($host, '/', $wide)->{status}, 200, "it passes on $host";
}

is on_host('other.example', '/', $wide)->{status}, 503, 'not elsewhere';
is on_host('evilshop.example', '/', $wide)->{status}, 503,
    'nor where only the end of the name is alike';
is on_host('www.shop.example', '/', $wide =~ s/Secure/Host/r)->{status}, 503,
    'nor as the cookie of one host';
is on_host('www.shop.example', '/', '__Secure-shop-bypass='
    . token(cookie => 1, site => 'www.shop.example'))->{status}, 503,
    'nor is the cookie of one host one of all';
is on_host('other.example', '/?shop-bypass='
    . token(site => '.shop.example'))->{status}, 503,
    'a link of the domain is none where browsers would drop its cookie';
is status_of('/', [Host => 'www.shop.example', Cookie => $wide]), 503,
    'nor where no domain is configured';
is status_of('/?shop-bypass=' . token(site => '.shop.example'),
    [Host => 'www.shop.example']), 503, 'neither is its link';

$answer = on_host('www.shop.example',
    '/?shop-bypass=' . made_by_shopctl('https://www.shop.example/'));
like $answer->{headers}{'set-cookie'}, qr/^__Host-shop-bypass=(?!.*Domain).*Max-Age/,
    'a link of one host is one of one host';

$answer = on_host('www.shop.example', '/?shop-bypass=off', $wide);
like $answer->{head},
    qr/__Secure-shop-bypass=; Domain=shop\.example; .*Max-Age=0/,
    '"off" takes this one away, too';

says 2, qr/"\.shop\.example" is no parent of "shop\.test"/,
    'shopctl refuses a domain that the host is not in', 'link', '--key',
    $nginx->dir . '/key', '--domain', '.shop.example', 'https://shop.test/';

for my $domain ('shop.example', '.example', '.', '.127.0.0.1', '.a..b', '.a b') {
    says 2, qr/invalid --domain "\Q$domain\E": write a dot/,
        "and \"$domain\", which is none", 'link', '--key',
        $nginx->dir . '/key', '--domain', $domain, 'https://shop.example/';
}


# ---- a drill: closed for those who want to see it

ok open_shop(), 'the shop is open';

$answer = get($nginx, '/?shop-bypass=' . token());
is $answer->{status}, 302, 'a link is taken while the shop is open, too';

is status_of('/', cookie(token(cookie => 1, drill => 1))), 200,
    'no request is asked for a cookie while nobody drills';

$answer = get($nginx, '/page?shop-bypass=' . token(drill => 1));
is $answer->{status}, 302, 'the link of a drill redirects';
my ($drill) = $answer->{headers}{'set-cookie'}
    =~ /^__Host-shop-bypass=([\w-]{56});/;

ok wait_until(10, sub { status_of('/page', cookie($drill)) == 503 }),
    'who drills sees the closed shop';
is status_of('/page', [@{ cookie($drill) }, @{ from('10.1.1.1') }]), 503,
    'also from an address that would pass';
is status_of('/page'), 200, 'others do not';
is status_of('/page', cookie($cookie)), 200, 'nor does who holds a pass';
is status_of('/open', cookie($drill)), 200, 'nor is an exempt location closed';

$nginx->file('maintenance', "start: +2h\nstatus: planned for tonight\n");
ok wait_until(10, sub {
    get($nginx, '/page', headers => cookie($drill))->{body} =~ /for tonight/
}), 'with the text of what is planned';
is status_of('/page'), 200, 'which closes for nobody else';

ok $nginx->reload, 'a reload';
is status_of('/page', cookie($drill)), 503, 'goes on with the drill';

ok close_shop(), 'the shop closes';
is status_of('/page', cookie($drill)), 503, 'for who drills, too';
is status_of('/page', cookie($cookie)), 200, 'and not for who passes';


# ---- $shop_bypass

status_of('/', from('10.1.1.1'));
status_of('/', cookie($cookie));
status_of('/', cookie($drill));
status_of('/');

# each worker logs on its own, and after it has answered
sub last_lines {
    open my $in, '<', $nginx->dir . '/bypass.log' or die;
    return join '', sort((<$in>)[-4 .. -1]);
}

my $held = <<'END';
GET 200 "address"
GET 200 "link"
GET 503 ""
GET 503 "drill"
END

ok wait_until(10, sub { last_lines() eq $held }),
    '$shop_bypass tells what a visitor holds' or diag last_lines();


done_testing;
