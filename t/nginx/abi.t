#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A fork may load a module that was built for nginx itself, and have members
# in its structures that nginx has not: refused with a sentence at the start,
# where a worker would die at the first request.  Tried the other way round:
# the check is built for such a fork, in a module of its own, and loaded into
# nginx.

use File::Basename qw(dirname);

use ShopTest;
use ShopTest::Dir;

my $build = dirname($ENV{MODULE_SO} || 'build/ngx_shop_failover_module.so')
    . '/nginx';
my $dir = ShopTest::Dir->new('layout');

# header => what the fork has more, before which member, and what we call it;
# OpenResty has the first
my %FORKS = (
    'ngx_http_upstream.h' => [
        "    ngx_msec_t connect_timeout;\n    ngx_msec_t send_timeout;\n",
        qr/^ +ngx_http_upstream_headers_in_t +headers_in;/m,
        'ngx_http_upstream_t'],
    'ngx_http_request.h' => [
        "    ngx_str_t more;\n", qr/^ +ngx_str_t +unparsed_uri;/m,
        'ngx_http_request_t'],
);

$dir->write('module.c', <<'END');
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "nginx/abi.h"

static ngx_http_module_t  context = { ngx_shop_abi_check };
ngx_module_t  layout = { NGX_MODULE_V1, &context, NULL, NGX_HTTP_MODULE };

ngx_module_t  *ngx_modules[] = { &layout, NULL };
char  *ngx_module_names[] = { "layout", NULL };
char  *ngx_module_order[] = { NULL };
END


# the check, built where these headers come first
sub build {
    my ($headers) = @_;
    my $module = "$dir/layout.so";
    my @include = map { "-I$_" } $headers, "$build/objs",
        map({ "$build/src/$_" } qw(core event event/modules event/quic os/unix
                                   http http/modules http/v2 http/v3)),
        'ngx_shop_failover_module';

    unlink $module;
    my $output = qx{cc -g -fPIC -shared @include -o $module $dir/module.c \\
        ngx_shop_failover_module/nginx/abi.c 2>&1};
    is $?, 0, '... the check is built' or diag $output;

    return $module;
}


mkdir "$dir/none";
config_ok 'nginx as it is passes', module => build("$dir/none"), http => '';

for my $file (sort keys %FORKS) {
    my ($more, $before, $name) = @{ $FORKS{$file} };

    open my $in, "<", "$build/src/http/$file" or die "$file: $!\n";
    my $text = do { local $/; <$in> };
    my $changed = $text =~ s/(?=$before)/$more/r;

    isnt $changed, $text, "a fork has more in its $name";
    $dir->write("$file.d/$file", $changed);

    config_fails '... and that is noticed',
        qr/built for, though its version is: it has another \Q$name\E/,
        module => build("$dir/$file.d"), http => '';
}

done_testing;
