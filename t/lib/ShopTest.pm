package ShopTest;

# Copyright (C) ngx_shop_failover_module authors
#
# What an integration test needs, in one `use`: Test::More, an nginx with the
# module, scripted shop servers, an HTTP client, polling with a deadline.
#
#     use ShopTest;
#
#     my $one = shop_server(body => 'one');
#     my $two = shop_server(body => 'two');
#
#     my $nginx = nginx(http => <<"END");
#         upstream shop {
#             server $one;
#             server $two backup;
#         }
#         server {
#             listen %%ADDR%%;
#             location / { proxy_pass http://shop; }
#         }
#     END
#
#     is get($nginx, '/')->{body}, 'one', 'the first server answers';
#     $one->refuse;
#     is get($nginx, '/')->{body}, 'two', 'the backup takes over';
#
#     done_testing;
#
# done_testing stops everything and adds a test for each nginx: it stopped,
# and its log has no alert, crash or sanitizer report.  Environment:
#
#     NGINX_BIN      another nginx binary
#     MODULE_SO      another build of the module
#     SHOPCTL        another build of shopctl
#     VALGRIND       1 runs nginx under valgrind
#     SANITIZED      all these are built with sanitizers
#     TEST_KEEP      1 keeps the temporary directories and names them
#     TEST_PATIENCE  a factor for every deadline, for slow builds
#     TEST_TIMEOUT   seconds without a result after which a test is given up
#                    (120); both are stretched on slow machines, see Wait

use strict;
use warnings;

use Exporter qw(import);
use Test2::API ();
use Test::More import => ['!done_testing'];

use ShopTest::CA;
use ShopTest::Client;
use ShopTest::Dir qw(replace_file write_file);
use ShopTest::Nginx;
use ShopTest::Port qw(free_port);
use ShopTest::Process;
use ShopTest::Shop;
use ShopTest::Wait qw(patience wait_until);

our @EXPORT = (
    (grep { !/^\$|^done_testing$/ } @Test::More::EXPORT),
    qw(done_testing nginx config_ok config_fails shop_server ca),
    qw(client request get head post free_port wait_until replace_file),
    qw(write_file settles),
);

my $owner = $$;
my (@nginxes, @shops, $ca);

$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);
$SIG{PIPE} = 'IGNORE';
$SIG{ALRM} = sub { diag('no result for too long: given up'); exit 255 };
Test2::API::test2_stack()->top->listen(\&watch_over, inherit => 1);
watch_over();


# settles(NAME, CODE, seconds => 10, times => 4): a test that passes once CODE
# is true so many times in a row: each time another worker may be asked.
sub settles {
    my ($name, $code, %opt) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 2;

    return ok wait_until($opt{seconds} // 10, sub {
        !grep { !$code->() } 1 .. $opt{times} // 4;
    }), $name;
}


# A test may take its time, but not over one result: each starts this anew.
sub watch_over {
    alarm(patience($ENV{TEST_TIMEOUT} || 120)) if $$ == $owner;
    return;
}


# nginx(http => TEXT, ...): a running nginx; options in ShopTest::Nginx
sub nginx {
    my $nginx = ShopTest::Nginx->new(@_);

    push @nginxes, $nginx;
    $nginx->start;

    return $nginx;
}


# config_ok(NAME, http => TEXT, ...): `nginx -t` accepts it, silently
sub config_ok {
    my ($name, %options) = @_;
    my ($status, $output) = ShopTest::Nginx->new(%options)->test;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    return ok($status == 0 && $output !~ /\[\w+\]/, $name) || diag($output);
}


# config_fails(NAME, QR, http => TEXT, ...): `nginx -t` refuses it, and the
# line that says so matches
sub config_fails {
    my ($name, $expected, %options) = @_;
    my ($status, $output) = ShopTest::Nginx->new(%options)->test;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    return fail("$name: refused") || diag("accepted: $output") if $status == 0;
    return fail("$name: refused") || diag("died: $output") if $status != 1;

    my ($line) = $output =~ /\[emerg\] (.*)/;
    return like($line, $expected, $name);
}


# shop_server(status => 200, body => TEXT, ...), shop_server('hang', ...): a
# scripted server, see ShopTest::Shop
sub shop_server {
    my $shop = ShopTest::Shop->new(\&ca, @_);

    push @shops, $shop;
    $shop->start;

    return $shop;
}


# the certificate authority of this test, made when first asked for
sub ca {
    return $ca ||= ShopTest::CA->new;
}


# client(WHERE): a connection to an nginx, a shop or an "address:port"
sub client {
    return ShopTest::Client->new(@_);
}


# request(WHERE, METHOD, URI, headers => [...], body => ...): on a connection
# of its own
sub request {
    my ($where, $method, $uri, %options) = @_;

    return client($where, %{ delete $options{connect} || {} })
        ->request($method, $uri, close => 1, %options);
}


sub get  { my $where = shift; return request($where, 'GET',  @_) }
sub head { my $where = shift; return request($where, 'HEAD', @_) }
sub post { my $where = shift; return request($where, 'POST', @_) }


sub done_testing {
    stop_all();

    for my $nginx (@nginxes) {
        my @complaints = $nginx->complaints;

        is_deeply(\@complaints, [], 'nginx stopped and its log is clean');
        $nginx->explain if !Test::More->builder->is_passing;
    }

    Test::More::done_testing(@_);
}


# Shops go while nginx waits for its last requests, which may hang in them.
sub stop_all {
    $_->ask_to_stop for @nginxes;
    $_->stop        for @shops;
    $_->stop        for @nginxes;
}


END {
    if ($$ == $owner) {
        local $?;

        alarm 0;
        stop_all();
        ShopTest::Process::end_all();
        @nginxes = @shops = ();
        undef $ca;
    }
}


1;
