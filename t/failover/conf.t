#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# What the directives of failover refuse, and what they say.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;

my $server = 'server 127.0.0.1:9;';
my $check = 'shop_health_check;';

my @BAD = (
    ['an unknown group', "shop_failover_to nobody;",
     qr/unknown upstream "nobody" in "shop_failover_to" of upstream "a" in .*:\d+, expected the name of an "upstream" block/],
    ['a group twice', "shop_failover_to b b;",
     qr/upstream "b" is given twice in "shop_failover_to"/],
    ['itself', "shop_failover_to a;",
     qr/"shop_failover_to" of upstream "a" in .* leads back to upstream "a"/],
    ['a circle', "shop_failover_to c;",
     qr/"shop_failover_to" of upstream "c" in .* leads back to upstream "a"/],
    ['a circle further on', "shop_failover_to d;",
     qr/leads back to upstream "[ac]"/],
    ['no group', "shop_failover_to hold=3s;",
     qr/no upstream is named in "shop_failover_to" before "hold=3s"/],
    ['a bad time', "shop_failover_to b hold=soon;",
     qr/invalid value "soon" of parameter "hold" in "shop_failover_to", expected a time from 0s to 1d/],
    ['an unknown parameter', "shop_failover_to b keep=1;",
     qr/unknown parameter "keep=1" of "shop_failover_to", known are: hold=/],
    ['a name after a parameter', "shop_failover_to b hold=1s c;",
     qr/unknown parameter "c" of "shop_failover_to"/],
    ['failover twice', "shop_failover_to b; shop_failover_to b;",
     qr/"shop_failover_to" directive is duplicate/],
    ['observe without a check', "shop_observe errors=2;",
     qr/"shop_observe" of upstream "a" in .* needs a "shop_health_check"/],
    ['observe with a bad number', "$check shop_observe errors=0;",
     qr/invalid value "0" of parameter "errors" in "shop_observe"/],
    ['observe with a bad window', "$check shop_observe window=1;;",
     qr/unexpected ";"/],
    ['observe with a short window', "$check shop_observe window=1ms;",
     qr/invalid value "1ms" of parameter "window" in "shop_observe", expected a time from 100ms/],
    ['outlier without a check', 'shop_outlier errors=5;',
     qr/"shop_outlier" of upstream "a" in .* needs a "shop_health_check"/],
    ['outlier with a bad time', "$check shop_outlier eject=10s;",
     qr/invalid value "10s" of parameter "eject" in "shop_outlier", expected the time of the first time aside/],
    ['outlier with times the wrong way', "$check shop_outlier eject=5m..10s;",
     qr/invalid value "5m\.\.10s" of parameter "eject"/],
    ['outlier that is as slow as itself', "$check shop_outlier slow=1;",
     qr/invalid value "1" of parameter "slow" in "shop_outlier"/],
    ['outlier of all', "$check shop_outlier max=100%;",
     qr/invalid value "100%" of parameter "max" in "shop_outlier"/],
    ['outlier twice', "$check shop_outlier off; shop_outlier off;",
     qr/"shop_outlier" directive is duplicate/],
    ['observe twice', "$check shop_observe off; shop_observe off;",
     qr/"shop_observe" directive is duplicate/],
    ['slow start without a check', "shop_slow_start 10s;",
     qr/"shop_slow_start" of upstream "a" in .* needs a "shop_health_check"/],
    ['slow start of a bad time', "$check shop_slow_start slowly;",
     qr/invalid value "slowly" in "shop_slow_start", expected a time/],
    ['slow start twice', "$check shop_slow_start 1s; shop_slow_start 1s;",
     qr/"shop_slow_start" directive is duplicate/],
    ['panic without a check', "shop_panic 50%;",
     qr/"shop_panic" of upstream "a" in .* needs a "shop_health_check"/],
    ['panic of too much', "$check shop_panic 101%;",
     qr/invalid value "101%" in "shop_panic", expected a share from 0% to 99%/],
    ['panic of a word', "$check shop_panic much;",
     qr/invalid value "much" in "shop_panic"/],
    ['panic twice', "$check shop_panic 1%; shop_panic 1%;",
     qr/"shop_panic" directive is duplicate/],
);

for my $bad (@BAD) {
    my ($name, $lines, $expected) = @$bad;

    config_fails($name, $expected, http => <<"END");
        upstream a { $server $lines }
        upstream b { $server }
        upstream c { $server shop_failover_to a; }
        upstream d { $server shop_failover_to c; }
        server { listen %%ADDR%%; location / { proxy_pass http://a; } }
END
}

config_ok('all of them at once', http => <<"END");
    upstream a {
        $server
        $check
        shop_failover_to b c hold=5s;
        shop_observe errors=3 window=5s;
        shop_slow_start 10s;
        shop_panic 30%;
    }
    upstream b { hash \$uri consistent; $server shop_failover_to c d; }
    upstream c { $server shop_failover_to d; }
    upstream d { zone d 128k; $server }
    server { listen %%ADDR%%; location / { proxy_pass http://a; } }
END

done_testing;
