#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The visitor's page in a real browser: t/browser/run.js, which speaks TAP.
# The two npm packages that it needs are put beside the build.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);

my $here = dirname(abs_path(__FILE__)) . '/browser';
my $build = ($ENV{BUILD} || dirname($here) . '/../build') . '/browser';

for my $program (qw(node npm chromium)) {
    my $found = grep { -x "$_/$program" } split /:/, $ENV{PATH};

    if (!$found) {
        print "1..1\nnot ok 1 - $program is there (t/tools/setup.sh test)\n";
        exit 1;
    }
}

make_path($build);

if (!installed()) {
    copy("$here/$_", "$build/$_") or die "$build/$_: $!\n"
        for 'package.json', 'package-lock.json';

    my $npm = 'npm ci --ignore-scripts --no-audit --no-fund 2>&1';
    my $said = `cd '$build' && $npm`;

    if ($? != 0) {
        unlink "$build/package-lock.json";
        $said =~ s/^/# /gm;
        print "1..0 # SKIP the npm packages cannot be installed\n$said";
        exit 0;
    }
}

$ENV{NODE_PATH} = "$build/node_modules";
exec 'node', "$here/run.js" or die "node: $!\n";


sub installed {
    return -d "$build/node_modules/playwright-core"
           && system("cmp -s '$here/package-lock.json' "
                     . "'$build/package-lock.json'") == 0;
}
