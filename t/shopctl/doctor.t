#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# shopctl doctor: each finding by a configuration that has it, and none on a
# good machine.  The packages are made up; nginx is the real one.

use ShopTest;
use ShopTest::Ctl;
use ShopTest::Dir;
use ShopTest::Schema;
use ShopTest::Status;

use Cwd qw(abs_path);
use JSON::PP ();

my $schema = ShopTest::Schema->new('docs/shopctl.schema.json');
my $root = ShopTest::Dir->new('root');
my $fakes = ShopTest::Dir->new('fakes');
my $module = abs_path($ENV{MODULE_SO} || 'build/ngx_shop_failover_module.so');

$ENV{PATH} = "$fakes:$ENV{PATH}";
$ENV{SHOP_STATUS} = 'http://127.0.0.1:' . free_port() . '/none';

sub fake { my ($name, $script) = @_; $fakes->write($name, "#!/bin/sh\n$script\n", 0755) }

# packages NGINX-LINE, APT-LINES, OWNER-OF-MODULE
sub packages {
    my ($apt, $owner) = @_;

    fake('apt-get', "cat << END\n$apt\nEND");
    fake('dpkg-query', 'case $2 in *.so) '
        . ($owner ? "echo '$owner: '\$2" : 'exit 1')
        . " ;; *) echo 'nginx: '\$2 ;; esac");
}

my $UNIT = "[Service]\nLimitNOFILE=65536\n";

# a system below --root, as it is good
sub machine {
    my (%files) = (
        'run/systemd/system/none' => '',
        'proc/sys/fs/inotify/max_user_instances' => "128\n",
        'usr/lib/systemd/system/nginx.service' => $UNIT,
        'etc/tmpfiles.d/shop.conf' => "d /run/shop 0755 root root\n",
        'etc/systemd/system/nginx.service.d/shop.conf' => '',
        'sys/fs/selinux/enforce' => "0\n",
        'sys/fs/selinux/booleans/httpd_can_network_connect' => "1 1\n",
        @_,
    );

    $root->write($_, $files{$_}) for sort keys %files;
}

# configured(OPTIONS of nginx()): a configuration that nobody starts
sub configured {
    return ShopTest::Nginx->new(files => { 'shop/.keep' => '' }, @_);
}

# asked(NGINX, ARGUMENTS): the exit code and the document
sub asked {
    my ($nginx, @arguments) = @_;
    my ($code, $text) = ctl('doctor', '--json', '--conf',
        $nginx->dir . '/nginx.conf', '--prefix', $nginx->dir, '--root',
        "$root", @arguments);
    my $said = eval { JSON::PP::decode_json($text) } || {};
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_deeply [$schema->faults($said)], [], '... as the schema has it'
        or diag $text;

    return ($code, $said);
}

sub names {
    my ($said) = @_;
    return [map { "$_->{name}: $_->{text}" } @{ $said->{findings} }];
}

# readme(): the configuration of README.md, on ports and paths of a test
sub readme {
    open my $in, '<', 'README.md' or die "README.md: $!\n";
    my ($http) = do { local $/; <$in> } =~ /^http \{\n(.*?)^\}\n/ms;

    $http =~ s/listen 80;/listen %%ADDR%%;/;
    $http =~ s{/run/shop/}{%%DIR%%/shop/};

    return $http;
}

# found(NAME, TEXT, TYPE, TITLE, OPTIONS of nginx(), [ARGUMENTS]): that finding
# and no other
sub found {
    my ($name, $text, $type, $title, $options, @arguments) = @_;
    my $nginx = configured(%$options);
    my ($code, $said) = asked($nginx, @arguments);
    my ($finding, @more) = @{ $said->{findings} };
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_deeply [map { $_->{name} } @{ $said->{findings} }], [$name],
        "$title: the one finding is $name" or diag explain names($said);
    is $code, 1, '... exit code 1';
    like $finding->{text} // '', $text, '... with its reason';
    like $finding->{type} // '', $type, '... and what to type';
}

packages('', undef);
machine();


# ---- a good machine

{
    my $nginx = configured(http => readme());
    my ($code, $said) = asked($nginx);

    is_deeply names($said), [], 'the configuration of README has no finding';
    is $code, 0, '... exit code 0';
    like $said->{facts}[0]{text}, qr{^\w+/[\d.]+, /.*, of package nginx$},
        '... which nginx, whose';
    like $said->{facts}[1]{text}, qr/\Q$module\E fits, of no package/,
        '... the module fits';
    like $said->{facts}[2]{text}, qr/full-upgrade" leaves nginx as it is/,
        '... what an upgrade does';

    my ($screen) = (ctl('doctor', '--conf', $nginx->dir . '/nginx.conf',
        '--root', "$root"))[1];
    like $screen, qr/^nginx +.*^module +.*^upgrade +.*^not looked at:.*unequal: .*--url.*^nothing to mend was found$/ms,
        '... as a screen';
    cmp_ok scalar(split /\n/, $screen), '<', 24, '... a small one';
}


# ---- the module and nginx

sub server { return "server { listen %%ADDR%%; shop_maintenance %%DIR%%/shop/flag; $_[0] }" }
sub group  { return "upstream shop { server 127.0.0.1:1; server 127.0.0.1:2; $_[0] }" }
sub shop   { return group("shop_health_check; $_[0]") . server($_[1]) }

my $PASS = 'location / { proxy_pass http://shop; }';

found('module', qr/does not load it, and directives of it are in .*: nginx does not start/,
    qr/^load_module \Q$module\E;/, 'nothing loads it',
    { module => 0, http => shop('', $PASS) }, '--module', $module);
found('module', qr/there is no .*none\.so, which "load_module" names: nginx does not start/,
    qr/apt-get install|make install/, 'its file is gone',
    { module => 0, main => 'load_module %%DIR%%/ngx_shop_failover_module.so.none.so;',
      http => readme() });

{
    my $broken = ShopTest::Dir->new('module');
    my $path = $broken->write('ngx_shop_failover_module.so', "no module\n");

    found('module', qr/does not fit nginx\S*: dlopen\(\)/,
        qr/^make build NGINX_SRC=/, 'it is none',
        { module => 0, main => "load_module $path;", http => readme() });
}

found('configuration', qr/nginx does not start with it: unknown directive "shopp_site" in .*:\d+/,
    qr/^\S*nginx -t -c /, 'a slip',
    { http => 'shopp_site a;' . readme() });
found('warning', qr/"non_idempotent" in "proxy_next_upstream"/, qr/^nginx -t/,
    'what nginx -t warns of', { http => shop('', 'location / { proxy_pass
    http://shop; proxy_next_upstream error timeout non_idempotent; }') });


# ---- upgrades

packages("Inst nginx [1.22.1-9+deb12u11] (1.26.3-3 Debian:13/stable [amd64])",
    undef);
found('upgrade', qr/brings nginx 1\.26\.3-3, and the module is built for 1\.22\.1-9/,
    qr/^sudo apt-mark hold nginx/, 'a newer nginx', { http => readme() });
packages("Inst nginx [1.22.1-9+deb12u11] (1.22.1-9+deb12u12 Debian:12 [amd64])",
    undef);

{
    my ($code, $said) = asked(configured(http => readme()));

    is_deeply names($said), [], 'a security update has no finding';
    like $said->{facts}[2]{text}, qr/deb12u12; the module fits/, '... and is told';
}

packages("Remv libnginx-mod-http-shop-failover [1.1]\n"
    . "Inst nginx [1.22.1-9] (1.26.3-3 Debian:13 [amd64])",
    'libnginx-mod-http-shop-failover');
found('upgrade', qr/full-upgrade" takes libnginx-mod-http-shop-failover away/,
    qr/^sudo apt-mark hold nginx libnginx-mod-http-shop-failover$/,
    'an upgrade that takes it away', { http => readme() });
{
    my $modules = ShopTest::Dir->new('modules');
    my $real = $modules->write('real/ngx_shop_failover_module.so', '');

    system('cp', $module, $real) == 0 && symlink('real', "$modules/link") or die;
    fake('dpkg-query', "case \$2 in $real) echo 'shop-package: 'x ;;"
        . " *) exit 1 ;; esac");
    my ($code, $said) = asked(configured(http => readme(), module => 0,
        main => "load_module $modules/link/ngx_shop_failover_module.so;"));

    like $said->{facts}[1]{text}, qr/fits, of package shop-package$/,
        'a package knows its files behind a symlink, too';
}

packages('', undef);


{
    my $copy = ShopTest::Dir->new('nginx-copy');
    my $binary = ShopTest::Nginx::binary();
    local $ENV{NGINX_BIN} = "$copy/nginx";

    system('cp', $binary, "$copy/nginx") == 0 or die;
    my $nginx = nginx(http => readme(), files => { 'shop/.keep' => '' });
    my ($code, $said) = asked($nginx);
    is_deeply names($said), [], 'an nginx that runs';

    system('cp', $binary, "$copy/new") == 0 && rename("$copy/new", "$copy/nginx")
        or die;
    ($code, $said) = asked($nginx);
    like join("\n", @{ names($said) }), qr/^running: nginx was upgraded and the old one runs on \(process \d+\)/,
        '... and whose file is another one now';
    is_deeply [map { $_->{type} =~ /^sudo service nginx upgrade/ } @{ $said->{findings} }],
        [1], '... and the cure';
}


# ---- the flag's directory and the workers

found('flag-directory', qr/there is no directory \S+none, so that nobody can close/,
    qr/^sudo mkdir -p -m 0755 \S+none$/, 'no directory',
    { http => shop('', "shop_maintenance %%DIR%%/none/flag; $PASS")
        =~ s{shop_maintenance %%DIR%%/shop/flag;}{}r });

SKIP: {
    skip 'no /run that can be written to', 9 if !-w '/run';

    mkdir "/run/shop-doctor-$$";
    found('flag-directory', qr/is gone after a reboot: nothing in tmpfiles\.d/,
        qr{^echo 'd /run/shop-doctor-\d+ 0755 root root' \| sudo tee},
        'no tmpfiles.d',
        { http => shop('', $PASS) =~ s{%%DIR%%/shop/}{/run/shop-doctor-$$/}r });
    machine('etc/tmpfiles.d/shop.conf' => "d /run/shop-doctor-$$ 0755 root\n",
        'usr/lib/systemd/system/nginx.service' =>
            "$UNIT\[Service]\nRuntimeDirectory=other shop-doctor-$$\n");
    found('runtime-directory', qr/RuntimeDirectory=shop-doctor-\d+: systemd removes/,
        qr/RuntimeDirectoryPreserve=yes/, 'a directory of the unit',
        { http => shop('', $PASS) =~ s{%%DIR%%/shop/}{/run/shop-doctor-$$/}r });
    machine('etc/systemd/system/nginx.service.d/shop.conf' =>
        "[Service]\nRuntimeDirectoryPreserve=yes\n");
    rmdir "/run/shop-doctor-$$";
    machine();
}

SKIP: {
    skip 'workers are somebody else only where root starts them', 8 if $> != 0;

    my $nginx = configured(http => readme());
    chmod 0700, $nginx->dir . '/shop';

    my ($code, $said) = asked($nginx);
    is_deeply [map { $_->{name} } @{ $said->{findings} }], ['flag-rights'],
        'workers may not look into the directory';
    like $said->{findings}[0]{text}, qr/run as \S+, who may not look into \S+shop: /,
        '... says it';
    like $said->{findings}[0]{type}, qr/^sudo chmod o\+x \S+shop$/, '... and the cure';

    chmod 0755, $nginx->dir . '/shop';
    $nginx->file('shop/maintenance', 'eta: +45m');
    chmod 0600, $nginx->dir . '/shop/maintenance';
    ($code, $said) = asked($nginx);
    like +(names($said))->[0] // '', qr/^flag-rights: .*may not read .*maintenance/,
        'a flag that they may not read';

    found('flag-rights', qr/may not write into \S+shop: the state is lost/,
        qr/^sudo chown /, 'a state file that they may not write',
        { http => "shop_state_file %%DIR%%/shop/state;" . readme() });
}


# ---- limits

machine('proc/sys/fs/inotify/max_user_instances' => "3\n");
found('inotify', qr/may have 3 inotify instances, and 4 are wanted/,
    qr/fs\.inotify\.max_user_instances=128/, 'inotify', { http => readme() });
machine('usr/lib/systemd/system/nginx.service' => "[Service]\nLimitNOFILE=512\n");
found('descriptors', qr/may have 512 descriptors and shall have 512 connections/,
    qr/^worker_rlimit_nofile 1088;/, 'descriptors', { http => readme() });
machine();
found('descriptors', qr/33 connections of a worker are few for the probes of 3/,
    qr/^worker_connections /, 'connections',
    { connections => 33, http => readme() });


# ---- failover, pages, callbacks, probes

found('next-upstream', qr/"proxy_next_upstream" shuts failover out: no request goes/,
    qr/^proxy_next_upstream error timeout;$/, 'proxy_next_upstream off',
    { http => "proxy_next_upstream off;" . shop('', $PASS) });
found('next-upstream', qr/without "error"/, qr/error timeout/, '... without error',
    { http => shop('', 'proxy_next_upstream http_502 timeout;' . $PASS) });
found('next-upstream', qr/without "timeout"/, qr/error timeout/, '... without timeout',
    { http => shop('', 'proxy_next_upstream error;' . $PASS) });
found('next-upstream', qr/with one try/, qr/^fastcgi_next_upstream_tries 3;$/,
    '... with one try', { http => shop('', 'location / { fastcgi_pass shop;
    fastcgi_next_upstream_tries 1; }') });

found('unequal', qr/different "max_conns" and equal shares/, qr/^least_conn;/,
    'unequal servers', { http => 'upstream shop { server 127.0.0.1:1 max_conns=5;
    server 127.0.0.1:2 max_conns=50; shop_health_check; }' . server($PASS) });
found('unchecked', qr/upstream "other" has no health check.*"proxy_pass" leads there/,
    qr/^shop_health_check uri=\/healthz;/, 'an upstream that nobody checks',
    { http => 'upstream other { server 127.0.0.1:3; }'
        . shop('', $PASS . 'location /o { proxy_pass http://other/a; }') });
found('error-page', qr/comes before the page of the shop/,
    qr/^shop_fallback on intercept=500 over=error_page;$/, 'an old error_page',
    { http => 'error_page 404 /404.html; error_page 500 502 504 /50x.html;'
        . shop('', 'shop_fallback on intercept=500;' . $PASS) });
found('callback', qr{"/payment/callback" is closed with the shop}, qr{^shop_open .* /payment/callback;},
    'a callback', { http => shop('', $PASS
        . 'location /payment/callback { proxy_pass http://shop; }') });
found('callback', qr{"/back" is closed}, qr{^shop_open .* /back;},
    '... by its class', { http => shop('', $PASS
        . 'location /back { shop_class callback; proxy_pass http://shop; }') });
found('static-probe', qr{asks for /favicon\.ico, a file}, qr/^shop_health_check uri=/,
    'a static file', { http => group('shop_health_check uri=/favicon.ico?a=1;')
        . server($PASS) });

{
    my ($code, $said) = asked(configured(
        http => 'upstream one { server 127.0.0.1:3; shop_health_check; }'
        . 'error_page 502 504 /50x.html;' . shop('', 'shop_open /pay/*;
        shop_fallback on over=error_page;' . $PASS . '
        location /pay/webhook { proxy_pass http://shop; }
        location = /ipn { shop_maintenance off; proxy_pass http://shop; }
        location /one { proxy_pass http://one; proxy_next_upstream off; }')));

    is_deeply names($said), [], 'what was cared for has no finding';
}


# ---- units and labels

SKIP: {
    skip 'tests are not below /tmp', 4 if "$root" !~ m{^/tmp/};

    machine('etc/systemd/system/nginx.service.d/shop.conf' =>
        "[Service]\nPrivateTmp=yes\n");
    found('private-tmp', qr/has PrivateTmp=: the nginx that runs has a \/tmp of its own/,
        qr{^shop_maintenance /run/shop/maintenance;$}, 'a flag in /tmp',
        { http => readme() });
}

machine('etc/systemd/system/nginx.service.d/shop.conf' =>
    "[Service]\nProtectSystem=strict\nReadWritePaths=/var/lib/a\n");

{
    my $nginx = configured(http =>
        'shop_state_file %%DIR%%/shop/state;' . readme());
    chmod 0777, $nginx->dir . '/shop';
    my ($code, $said) = asked($nginx);

    like join("\n", @{ names($said) }), qr/^protect-system: .*ProtectSystem=strict: \S+state cannot be written$/,
        'a state file that systemd protects';
    like $said->{findings}[0]{type}, qr/ReadWritePaths=\S+shop$/, '... and the cure';

    machine('etc/systemd/system/nginx.service.d/shop.conf' =>
        "[Service]\nProtectSystem=strict\nReadWritePaths=/var/lib/a " . $nginx->dir);
    ($code, $said) = asked($nginx);
    is_deeply names($said), [], '... unless it is said';
}

machine('sys/fs/selinux/enforce' => '1',
    'sys/fs/selinux/booleans/httpd_can_network_connect' => '0 0');
found('selinux', qr/does not let nginx connect to servers/,
    qr/^sudo setsebool -P httpd_can_network_connect on$/, 'SELinux',
    { http => readme() });

SKIP: {
    my $nginx = configured(http => readme());
    system('setfattr -n security.selinux -v system_u:object_r:var_run_t:s0 '
        . $nginx->dir . '/shop 2>/dev/null') == 0
        or skip 'no label can be set here', 2;

    machine('sys/fs/selinux/enforce' => '1');
    my ($code, $said) = asked($nginx);
    like join("\n", @{ names($said) }), qr/^selinux: \S+shop is labelled system_u:object_r:var_run_t:s0/,
        'a label of others';
    like $said->{findings}[0]{type}, qr/semanage fcontext -a -t httpd_var_run_t/,
        '... and the cure';
}

machine();


# ---- before load_module

{
    my $nginx = configured(module => 0, http => <<'END');
    error_page 502 504 /50x.html;
    upstream shop { server 127.0.0.1:1; server 127.0.0.1:2; }
    server {
        listen %%ADDR%%;
        location / { proxy_pass http://shop; }
        location /ipn { proxy_pass http://shop; }
    }
END
    my ($code, $said) = asked($nginx, '--before', '--module', $module,
        '--except', 'flag-directory');
    my @lines = map { $_->{line} } @{ $said->{write} };

    is_deeply [map { $_->{name} } @{ $said->{findings} }], ['error-page'],
        'before: what would be in the way' or diag explain names($said);
    is_deeply \@lines, ["load_module $module;",
        'shop_health_check uri=/healthz;',
        'shop_open /robots.txt /.well-known/* /ipn;',
        'shop_maintenance /run/shop/maintenance;'], '... and what is to write';
    is $said->{write}[1]{where}, 'in upstream "shop", ' . $nginx->dir
        . '/nginx.conf:' . (split /:/, $said->{write}[1]{where})[-1],
        '... and where';
}


# ---- what it was not asked, and by whom

{
    my $nginx = configured(http => 'upstream other { server 127.0.0.1:3; }'
        . shop('', $PASS . 'location /o { proxy_pass http://other; }'));
    my ($code, $said) = asked($nginx, '--except', 'unchecked');

    is_deeply names($said), [], 'a finding that is meant';
    is $said->{excepted}, 1, '... is counted';
    says 2, qr/no finding is called "unchekced", did you mean unchecked/,
        'a slip', 'doctor', '--except', 'unchekced';
    says 2, qr/no none is installed here.*--nginx/, 'no nginx', 'doctor',
        '--nginx', 'none';
    says 2, qr/says no version/, 'no nginx either', 'doctor', '--nginx',
        '/bin/true';

    SKIP: {
        skip 'only root can be somebody else', 3 if $> != 0
            || system('setpriv --reuid 65534 --clear-groups true') != 0;

        my $secret = $nginx->file('secret.conf', "server_tokens off;\n");
        chmod 0600, $secret;
        my $conf = $nginx->dir . '/nginx.conf';
        my $text = do { open my $in, '<', $conf or die; local $/; <$in> };
        $nginx->file('nginx.conf', $text =~ s/http \{/http { include secret.conf;/r);

        fake('shopctl-nobody', 'exec setpriv --reuid 65534 --clear-groups '
            . abs_path(shopctl()) . ' "$@"');
        local $ENV{SHOPCTL} = "$fakes/shopctl-nobody";
        my ($code, $said) = asked($nginx);

        is_deeply [map { $_->{name} } @{ $said->{findings} }], ['unchecked'],
            'not as root: what can be read is looked at'
            or diag explain names($said);
        like join("\n", map { $_->{text} } @{ $said->{unseen} }),
            qr/secret\.conf, which cannot be read.*what nginx itself says.*Permission denied.*sudo shopctl doctor/s,
            '... and what cannot is said';
    }
}


# ---- a running nginx: servers that are not equally quick

{
    my ($quick, $slow) = (shop_server(body => 'quick'), shop_server(body => 'slow', delay => 0.3));

    my $nginx = nginx(files => { 'shop/.keep' => '' }, http => <<"END");
    upstream shop {
        server $quick;
        server $slow;
        shop_health_check interval=100ms timeout=5s;
    }
    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/shop/flag;
        location / { proxy_pass http://shop; }
        location = /status { shop_status; }
    }
END
    my $url = 'http://' . $nginx->address . '/status';
    my ($code, $said);

    ok wait_until(30, sub {
        ($code, $said) = (ctl('doctor', '--json', '--conf', $nginx->dir
            . '/nginx.conf', '--root', "$root", '--url', $url))[0, 1];
        $said = JSON::PP::decode_json($said);
        return @{ $said->{findings} };
    }), 'servers that are not equally quick';
    like names($said)->[0] // '', qr/^unequal: upstream "shop" gives each server the same share, and probes of $slow take \d+ ms and those of $quick \d+ ms$/,
        '... say probes';
}

done_testing;
