#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# `make install` and `make uninstall`, into a directory of our own: the module
# goes where nginx looks for it, and what was installed goes away again.

use ShopTest;
use ShopTest::Dir;

my $root = ShopTest::Dir->new('root');
my $nginx = $ENV{NGINX_BIN} || 'nginx';

$ENV{DESTDIR} = $root;
$ENV{PATH} .= ':/usr/sbin:/usr/local/sbin';


# the script's exit status and output
sub script {
    my ($step) = @_;
    my $output = qx{t/tools/install.sh $step 2>&1};

    return ($? >> 8, $output);
}


sub files {
    return split /\n/, qx{find $root ! -type d};
}


my ($status, $output) = script('install');
is $status, 0, 'install succeeds' or diag $output;

my ($prefix) = qx{$nginx -V 2>&1} =~ /--prefix=(\S+)/;
my ($modules) = qx{$nginx -V 2>&1} =~ /--modules-path=(\S+)/;
$prefix //= '/usr/local/nginx';
$modules //= "$prefix/modules";

my $module = "$root$modules/ngx_shop_failover_module.so";
ok -e $module, 'the module is where nginx looks for modules';
is +(stat $module)[2] & 07777, 0644, 'for all to read, and for one to write';
like $output, qr/^ +load_module \S*ngx_shop_failover_module\.so;$/m,
    'the line for nginx.conf is shown';

my ($named) = $output =~ m{load_module (\S+)/};
$named = "$prefix/$named" if $named !~ m{^/};
is +(stat $named)[1], (stat $modules)[1], 'and names that place';

if (-e 'build/shopctl') {
    ok -s "$root/usr/local/share/$_", "with shopctl: $_" for
        'man/man1/shopctl.1', 'man/man5/shop-maintenance.5',
        'bash-completion/completions/shopctl',
        'zsh/site-functions/_shopctl',
        'fish/vendor_completions.d/shopctl.fish';
}

($status) = script('install');
is $status, 0, 'a second install replaces the first';

($status, $output) = script('uninstall');
is $status, 0, 'uninstall succeeds' or diag $output;
is_deeply [files()], [], 'and takes all away';

($status) = script('uninstall');
is $status, 0, 'also what is not there';

my $other = ShopTest::Dir->new('other');
$other->write('ngx_shop_failover_module.so', '');
$other->write('made_for', "openresty/1.31.3.1\n");

{
    local $ENV{BUILD} = "$other";
    ($status, $output) = script('install');
    is $status, 1, 'a module for another make of nginx is not installed';
    like $output, qr{^install: the module is built for openresty/1\.31\.3\.1, and \S+ is \S+/},
        'and told from it by name';
}

SKIP: {
    skip 'this nginx is another', 2 if $ENV{NGINX_BIN};

    my $tree = ShopTest::Dir->new('tree');
    $tree->write('src/core/nginx.h', qq{#define NGINX_VERSION "1.22.1"\n}
        . qq{#define NGINX_VER "openresty/" NGINX_VERSION ".1"\n});
    $output = qx{NGINX_SRC=$tree t/tools/build_module.sh $other 2>&1};
    isnt $?, 0, 'nor is one built beside another make of nginx';
    like $output, qr{those of openresty/1\.22\.1\.1, and installed is nginx/},
        'which names both';
}

$ENV{NGINX_BIN} = '/nonexistent/nginx';
($status, $output) = script('install');
is $status, 1, 'without an nginx there is nowhere to install to';
like $output, qr/^install: no nginx found, name one: .*NGINX_BIN=/,
    'so it says';

SKIP: {
    skip 'root may write everywhere', 2 if $> == 0;

    my $closed = ShopTest::Dir->new('closed');

    delete $ENV{NGINX_BIN};
    $ENV{DESTDIR} = $closed;
    chmod 0555, $closed;
    ($status, $output) = script('install');
    is $status, 1, 'a missing right is noticed';
    like $output, qr/^install: no right to write to .*sudo make install/,
        'and told';
}

done_testing;
