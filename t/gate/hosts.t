#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Many shops in one server block, or many that share a flag: a file with "hosts"
# closes these hosts and no other, each with its own words, times and mode; and
# every screen says so.

use ShopTest;
use ShopTest::Ctl;

use JSON::PP ();

my $shop = shop_server(body => 'shop');

my $nginx = nginx(http => <<"END");
    shop_reopen hold=0s;

    server {
        listen %%ADDR%%;
        server_name *.shops.example a.example b.example;
        shop_maintenance %%DIR%%/flag;

        location / { proxy_pass http://$shop; }
        location = /state { return 200 "\$shop_state"; shop_maintenance off; }
    }

    server {
        listen %%ADDR_ONE%%;
        server_name one.example;
        shop_maintenance %%DIR%%/flag;
        location / { proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_ANY%%;
        server_name _;
        shop_maintenance %%DIR%%/flag;
        location / { proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_STATUS%%;
        location = /status { shop_status json; }
        location = /metrics { shop_status prometheus; }
    }
END

my $dir = $nginx->dir;
my @many = qw(a.example b.example x.shops.example y.z.shops.example);

mkdir "$dir/flag" or die "$dir/flag: $!\n";

sub at {
    my ($host, $uri, %options) = @_;

    return request($options{where} // $nginx, $options{method} // 'GET',
        $uri // '/', headers => [Host => $host, @{ $options{headers} // [] }]);
}

sub closed { return join ' ', grep { at($_)->{status} == 503 } @_ }

# every worker
sub becomes {
    my ($expected, $name, @hosts) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    @hosts = @many if !@hosts;
    return ok(wait_until(10, sub {
        !grep { closed(@hosts) ne $expected } 1 .. 4;
    }), $name) || diag(closed(@hosts));
}

sub status {
    return JSON::PP::decode_json(
        get($nginx->address('STATUS'), '/status')->{body});
}

sub sites { return { map { $_->{name} => $_ } @{ status()->{sites} } } }

sub metrics { return get($nginx->address('STATUS'), '/metrics')->{body} }

sub flag {
    my ($name, $text) = @_;

    return $nginx->file("flag/$name", $text);
}


becomes '', 'all hosts are open';

flag('a', "hosts: a.example\nstatus: A is being repaired.\neta: +45m\n");
becomes 'a.example', '"hosts" closes one of many';

my $page = at('a.example', '/', headers => [Accept => 'text/html'])->{body};
like $page, qr/A is being repaired\./, 'with its own words';

is closed('A.Example:80', 'a.example.'), 'A.Example:80 a.example.',
    'in any case, with a port, and with a dot behind';

my $problem = JSON::PP::decode_json(at('a.example', '/api', headers =>
    [Accept => 'application/json'])->{body});
like $problem->{detail} // $problem->{title}, qr/repaired|closed/i,
    'for machines, too';
ok $problem->{eta}, 'and its time';

my $public = sub {
    JSON::PP::decode_json(at($_[0], '/.shop-status')->{body})
};
is $public->('a.example')->{state}, 'maintenance',
    'the public status of the host says so';
is $public->('b.example')->{state}, 'open', 'and that of another that it is open';
is at('b.example', '/state')->{body}, 'open', '$shop_state is by the host';

flag('z', "hosts: *.shops.example\nmode: browse\nstatus: Look only.\n");
ok wait_until(10, sub {
    !grep { at('x.shops.example', '/', method => 'POST')->{status} != 503 } 1 .. 4
}), 'another file closes others in its own mode';
becomes 'a.example', 'in which reading goes on';
like at('y.z.shops.example', '/', method => 'POST',
    headers => [Accept => 'text/html'])->{body}, qr/Look only\./,
    'with its own words';
is at('b.example', '/', method => 'POST')->{status}, 200, 'b is as it was';

# ---- every screen

my $many = '*.shops.example';
my $sites = sites();
my $part = $sites->{"$many:a.example"};

is $sites->{$many}{state}, 'open', 'the site is open';
is $part->{state}, 'maintenance', 'its host a is not';
is_deeply $part->{hosts}, ['a.example'], 'the status names the host';
is $part->{part_of}, $many, 'and the site';
is $part->{flag}, "$dir/flag/a", 'and the file';
is $sites->{"$many:*.shops.example"}{state}, 'browse', 'the others are browsed';
is $sites->{'one.example'}{hosts}, undef, 'a whole site has no such member';

my $metrics = metrics();
for my $site ("$many:a.example") {
    like $metrics, qr/site="\Q$site\E",state="maintenance"\} 1/,
        'the metrics say the same';
}
ok $nginx->log->find(qr/site "\*\.shops\.example:a\.example" is now "maint/),
    'and so does the log';

# ---- hosts and all

flag('m', "status: All are closed.\n");
becomes join(' ', @many), 'a file without hosts closes all';
like at('a.example', '/', headers => [Accept => 'text/html'])->{body},
    qr/A is being repaired\./, 'and the words of a host stay its own';
like at('x.shops.example', '/', headers => [Accept => 'text/html'])->{body},
    qr/All are closed\./, 'unless they close less';

unlink "$dir/flag/m";
becomes 'a.example', 'it goes, and the hosts are as before';

unlink "$dir/flag/a", "$dir/flag/z";
becomes '', 'the files go, and all are open';
ok wait_until(10, sub { !grep { defined $_->{hosts} } values %{ sites() } }),
    'and no part is left';

# ---- two files about one host: the first by its name speaks

sub words { return at($_[0], '/', headers => [Accept => 'text/html'])->{body} }

flag('e', "hosts: *.shops.example\nstatus: The second.\n");
becomes 'x.shops.example y.z.shops.example', 'a file about several hosts';
flag('d', "hosts: x.shops.example\nstatus: The first.\n");
ok wait_until(10, sub { words('x.shops.example') =~ /The first\./ }),
    'another one about one of them, with a name before it';
like words('y.z.shops.example'), qr/The second\./, '... and no other';
flag('f', "hosts: y.z.shops.example\nstatus: The third.\n");
ok wait_until(10, sub { sites()->{"$many:y.z.shops.example"} }),
    'one with a name behind it is seen';
like words('y.z.shops.example'), qr/The second\./, '... and does not speak';
unlink map { "$dir/flag/$_" } qw(d e f);
becomes '', 'open';

# ---- a file that is about all hosts of a site is about the site

my $one = $nginx->address('ONE');

flag('one', "hosts: one.example shop.*\nstatus: One.\n");
ok wait_until(10, sub {
    at('one.example', '/', where => $one)->{status} == 503
}), 'a site all of whose hosts are named';
is sites()->{'one.example'}{state}, 'maintenance', 'is closed as a site';
is sites()->{'one.example'}{flag}, "$dir/flag/one", 'by that file';
is closed(@many), '', 'those that share the flag are open';

my $any = $nginx->address('ANY');

ok wait_until(10, sub {
    at('shop.test', '/', where => $any)->{status} == 503
}), 'where a server has any name, the host decides';
is at('shopping.test', '/', where => $any)->{status}, 200, 'and no other';
is at('one.example', '/', where => $any)->{status}, 503, 'whichever of them';
unlink "$dir/flag/one";
ok wait_until(10, sub {
    at('one.example', '/', where => $one)->{status} == 200
}), 'and it opens';

# ---- shopctl

$ENV{SHOP_FLAG} = "$dir/flag";
$ENV{SHOP_STATUS} = 'http://' . $nginx->address('STATUS') . '/status';

says 0, qr/seen by nginx after/, 'shopctl closes a host and sees it closed',
    'on', '--name', 'c', '--hosts', 'a.example', '--status', 'By shopctl.';
becomes 'a.example', 'and it is';
says 0, qr/^closed$/m, 'is-active of that host', 'is-active', '--host',
    'A.example';
says 1, qr/^open$/m, 'of another', 'is-active', '--host', 'b.example';
says 1, qr/ask for one with --host/, 'of all', 'is-active';
says 0, qr/hosts +a\.example and no other/, 'check says which', 'check',
    "$dir/flag/c";
says 0, qr/seen by nginx after/, 'shopctl off', 'off', '--name', 'c';
becomes '', 'opens it';


# ---- over a reload

flag('b', "hosts: b.example\n");
becomes 'b.example', 'one more';
my $since = sites()->{"$many:b.example"}{since};
ok $nginx->reload, 'a reload';
is closed(@many), 'b.example', 'changes nothing';
is sites()->{"$many:b.example"}{since}, $since, 'nor since when';

unlink "$dir/flag/b";
becomes '', 'open';

# ---- what cannot be meant

my $few = nginx(http => <<"END");
    server {
        listen %%ADDR%%;
        server_name a.example *.b.example;
        shop_maintenance %%DIR%%/flag;
        location / { proxy_pass http://$shop; }
    }
END

$few->file('flag', "hosts: a.example c.example:80 c.example x.b.example\n");
ok wait_until(10, sub { at('a.example', '/', where => $few)->{status} == 503 }),
    'a file with a host that is right';
ok wait_until(10, sub {
    $few->log->find(qr/no server that it closes has the host "c\.example" of/)
}), 'one that no server has is quoted';
ok $few->log->find(qr/without a port: "c\.example:80"/), 'one with a port, too';
ok !$few->log->find(qr/has the host "(?!c\.example")/), 'and no other';
is at('y.b.example', '/', where => $few)->{status}, 200, 'and closes no other';

$few->file('flag', "hosts: https://a.example\n");
ok wait_until(10, sub { at('a.example', '/', where => $few)->{status} == 200 }),
    'where none can be meant nobody is closed';
ok $few->log->find(qr/closes nobody: "https:\/\/a\.example"/), 'and it is said';

done_testing;
