#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# One version: in its header, in the changelogs, and wherever the module and
# shopctl say it.

use ShopTest;
use ShopTest::Ctl;
use ShopTest::Status;

sub slurp {
    my ($path) = @_;

    open my $in, '<', $path or die "$path: $!\n";
    local $/;
    return scalar <$in>;
}

my ($version) = slurp('ngx_shop_failover_module/logic/text/version.h')
    =~ /^#define NGX_SHOP_VERSION  "(\d+\.\d+\.\d+)"$/m;
ok $version, 'the header has a version';

my ($newest) = slurp('CHANGELOG.md') =~ /^## \[(\S+)\] - /m;
is $newest, $version, 'which CHANGELOG.md begins with';

my ($package) = slurp('pkg/debian/changelog')
    =~ /\A\S+ \(([^)~+-]+)(?:[~+-][^)]*)?\)/;
is $package, $version, 'and pkg/debian/changelog';

my ($code, $output) = ctl('--version');
is $code, 0, 'shopctl --version';
is $output, "shopctl $version\n", 'says it';

my ($nginx_version) = `\${NGINX_BIN:-nginx} -v 2>&1` =~ m{nginx/(\S+)};
my $shop = shop_server(body => 'the shop');
my $nginx = nginx(http => <<"END");
    upstream shop { server $shop; shop_health_check interval=1s; }
    server {
        listen %%ADDR%%;
        location / { proxy_pass http://shop; }
        location = /version { return 200 \$shop_version; }
        location = /status { shop_status; }
        location = /screen { shop_status html; }
        location = /metrics { shop_status prometheus; }
    }
END

sub lines {
    return scalar(() = $nginx->log->find(
        qr{\[notice\].* shop failover: ngx_shop_failover_module/\Q$version\E }
        . qr{in nginx/\Q$nginx_version\E$}));
}

is lines(), 1, 'the log names both versions';
is get($nginx, '/version')->{body}, $version, '$shop_version';
is_deeply [@{ status($nginx) }{qw(version module nginx)}],
    [1, $version, $nginx_version],
    'the status: its own version, that of the module, that of nginx';
like get($nginx, '/screen')->{body},
    qr{ngx_shop_failover_module/\Q$version\E in nginx/\Q$nginx_version\E},
    'the screen';
like get($nginx, '/metrics')->{body},
    qr/^shop_failover_build_info\{version="\Q$version\E",nginx="\Q$nginx_version\E"\} 1$/m,
    'the metrics';

ok $nginx->reload, 'a reload';
is lines(), 1, 'is no start';

done_testing;
