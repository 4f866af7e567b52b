#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# `make deb`: the package has a build for this release's nginx and for the next
# one's, the one that fits is loaded, and apt lets no nginx come for which it
# has none; shopctl, what it needs to run, and a warning where it goes.

use strict;
use warnings;

use lib 't/lib';
use ShopTest::Dir;
use Test::More;

plan skip_all => 'a package is of Debian\'s own nginx'
    if $ENV{NGINX_SRC} || $ENV{SANITIZED} || $ENV{VALGRIND}
        || !-e '/usr/bin/dh_nginx';

my $NAME = 'libnginx-mod-http-shop-failover';
my $built = ShopTest::Dir->new('deb');
my $root = ShopTest::Dir->new('root');
my $modules = "$root/usr/lib/nginx/modules";

sub said { return scalar qx{@_ 2>&1} }

my ($suite) = said('cat /etc/os-release') =~ /^VERSION_CODENAME=(\w+)/m;
my ($number) = said('cat /etc/os-release') =~ /^VERSION_ID="?(\d+)/m;
my $next = ($suite // '') eq 'bookworm' ? 'trixie' : '';

if ($next && said("t/tools/nginx_source.sh --dev build/sources $next") && $?) {
    diag("nginx-dev of $next is not to be had here");
    $next = '';
}

my $output = said("NEXT=$next t/tools/deb.sh $built");
is $?, 0, 'a package is made' or BAIL_OUT($output);

my ($deb) = glob "$built/${NAME}_*.deb";
is $output, "$deb\n", 'which is all that is said';

my $version = said("dpkg-deb -f $deb Version");
my ($notify) = glob "$built/shopctl-notify_*.deb";
like said("dpkg-deb -c $notify"),
    qr{/system/shopctl-notify\.service\n.*/usr/bin/shopctl-notify\n}s,
    'who tells people is a package of its own';
like said("dpkg-deb -f $notify Depends"), qr/\blibcurl4/, '... with libcurl';
unlike said("dpkg-deb -f $deb Depends"), qr/curl/, '... which no other needs';

like $version, defined $number ? qr/^[\d.]+-1~deb${number}u1$/ : qr/-1$/,
    'its version is older than that of a later release';

sub abi {
    my ($tree) = @_;
    my ($abi) = said("cat $tree/debian/libnginx-mod.abisubstvars")
        =~ /^nginx:abi=(\S+)/m;

    return $abi;
}

my @abis = map { abi($_) } '/usr/share/nginx/src',
    $next ? "build/sources/$next-dev" : ();
like said("dpkg-deb -f $deb Depends"),
    qr/(?:^|, )\Q@{[join ' | ', @abis]}\E(?:,|$)/,
    'it is for these nginxes, and apt knows which';

said("dpkg-deb -x $deb $root");
said("dpkg-deb -e $deb $root/control");

my $line = said("cat $root/usr/share/nginx/modules-available/*.conf");
is $line, "load_module modules/ngx_shop_failover_module.so;\n",
    'nginx loads the module from where it looks for modules';

is scalar(my @builds = glob "$modules/ngx_shop_failover_module/*.so"),
    scalar @abis, 'a build for each';


# ---- loaded as nginx would once it is installed

$line =~ s{modules/}{$modules/};
$built->write('nginx.conf', "$line pid $built/pid; events {}\n"
    . 'http { upstream shop { server 127.0.0.1; shop_health_check; } }');

sub nginx_says {
    return said("PATH=\$PATH:/usr/sbin nginx -t -q -e stderr "
        . "-c $built/nginx.conf");
}

$output = nginx_says();
is $?, 0, 'the one that fits is loaded' or diag $output;

rename "$modules/ngx_shop_failover_module", "$modules/elsewhere"
    or die "rename: $!\n";
$output = nginx_says();
isnt $?, 0, 'where none fits, nginx does not start';
like $output, qr/this package has no build for this nginx: .*\/1\.\d+\.\d+\.so/,
    'and says why';
rename "$modules/elsewhere", "$modules/ngx_shop_failover_module";

like said("cat $root/control/postinst"),
    qr{mod-http-shop-failover\.conf:50.*modules-enabled}s,
    'the line is put into the configuration';
like said("$root/usr/bin/shopctl --help"), qr/^usage: shopctl/i,
    'shopctl is there';

my ($fleet) = glob "$built/shopctl-fleet_*.deb";
like said("dpkg-deb -f $fleet Depends"), qr/libcurl4.*libhiredis/,
    'what needs libcurl and hiredis is a package of its own';
unlike said("dpkg-deb -f $deb Depends"), qr/curl|hiredis/, 'and nothing else does';
like said("dpkg-deb -c $fleet"), qr{usr/bin/shopctl-fleet\n.*systemd/system/shopctl-fleet\.service}s,
    'with a unit';
ok -s "$root/usr/share/$_", "... with $_" for 'man/man1/shopctl.1.gz',
    'man/man5/shop-maintenance.5.gz', 'bash-completion/completions/shopctl',
    'zsh/vendor-completions/_shopctl', 'fish/vendor_completions.d/shopctl.fish';


# ---- what it is made of

for my $file (@builds, "$root/usr/bin/shopctl") {
    my $name = $file =~ s/\Q$root\E//r;
    my $elf = said("readelf -W -l -d -s $file");

    like $elf, qr/GNU_RELRO/, "$name: relocations are read only";
    like $elf, qr/BIND_NOW|FLAGS.* NOW/, '... and done at once';
    like $elf, qr/__stack_chk_fail/, '... its stack is guarded';
    like $elf, qr/__\w+_chk\b/, '... and its buffers';
    unlike said("strings $file"), qr/\Q$built\E/,
        '... and it does not say where it was built';
}

like said("cat $root/usr/lib/tmpfiles.d/$NAME.conf"),
    qr{^d /run/shop .*^d /var/lib/shop-failover\s+\d+ www-data}ms,
    'the directories of flag and state come with it';
ok -e "$root/usr/share/shop-failover/page/$_", "$_ to start from"
    for qw(page.html page.txt lang/de.txt);
ok -e "$root/usr/share/doc/$NAME/$_", "$_ is there"
    for qw(NEWS.Debian.gz img examples/alerts.yml
           examples/status.schema.json);


SKIP: {
    skip 'no lintian', 1 if !-x '/usr/bin/lintian';

    my $said = said("lintian --fail-on error,warning $deb");
    is $?, 0, 'lintian has nothing against it' or diag $said;
}


# ---- its end

my $prerm = $built->write('prerm', said("cat $root/control/prerm")
    =~ s{/etc/nginx}{$built/etc}gr);

sub removed { return said("DPKG_MAINTSCRIPT_PACKAGE=$NAME sh $prerm remove") }

$built->write('etc/nginx.conf', "# shop_site off;\n");
is removed(), '', 'a removal is silent where nginx does without it';

$built->write('etc/sites-enabled/shop', "    shop_maintenance /run/flag;\n");
like removed(), qr{WARNING: $NAME goes, and nginx still needs it.*etc/sites-enabled/shop}s,
    'and loud where it does not';

done_testing;
