package ShopTest::Browser;

# Copyright (C) ngx_shop_failover_module authors
#
# Node with what drives a real browser: two npm packages, put beside the build
# once.  Without Debian's node, npm or chromium a test fails; without those
# packages, which no package of Debian has, it is skipped.

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use Fcntl qw(LOCK_EX);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Path qw(make_path);

our @EXPORT_OK = qw(browser_script);

my $top = abs_path(dirname(__FILE__) . '/../../..');
my $here = "$top/t/browser";


# the command that runs a script of t/browser/; ends the test where it cannot
sub browser_script {
    my ($script) = @_;
    my $build = ($ENV{BUILD} || "$top/build") . '/browser';

    for my $program (qw(node npm chromium)) {
        next if grep { -x "$_/$program" } split /:/, $ENV{PATH};

        print "1..1\nnot ok 1 - $program is there (t/tools/setup.sh test)\n";
        exit 1;
    }

    make_path($build);

    # several tests run at once
    open my $lock, '>', "$build/lock" or die "$build/lock: $!\n";
    flock $lock, LOCK_EX;
    install($build) if !installed($build);
    close $lock;

    $ENV{NODE_PATH} = abs_path("$build/node_modules");

    return ('node', "$here/$script");
}


sub installed {
    my ($build) = @_;

    return -d "$build/node_modules/playwright-core"
           && system('cmp', '-s', "$here/package-lock.json",
                     "$build/package-lock.json") == 0;
}


sub install {
    my ($build) = @_;

    for my $file ('package.json', 'package-lock.json') {
        copy("$here/$file", "$build/$file") or die "$build/$file: $!\n";
    }

    my $npm = 'npm ci --ignore-scripts --no-audit --no-fund 2>&1';
    my $said = `cd '$build' && $npm`;

    return if $? == 0;

    unlink "$build/package-lock.json";
    $said =~ s/^/# /gm;
    print "1..0 # SKIP the npm packages cannot be installed\n$said";
    exit 0;
}


1;
