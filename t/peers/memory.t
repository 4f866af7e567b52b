#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# An nginx without memory cannot probe: its samples are inconclusive, no
# server goes down for that, and then all goes on.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Dir;
use ShopTest::Status;

plan(skip_all => 'sanitizers want to be loaded before any other library')
    if $ENV{SANITIZED};

# Refuses what a probe's pools ask for, of 2048 and of 1024 bytes, while a file
# of that name is there.
my $lib = ShopTest::Dir->new('lib');
my $full = $lib->library('full', <<"END");
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int
posix_memalign(void **p, size_t alignment, size_t size)
{
    static int  (*next)(void **p, size_t alignment, size_t size);

    if (next == NULL) {
        *(void **) &next = dlsym(RTLD_NEXT, "posix_memalign");
    }

    if ((size == 2048 && access("$lib/no2048", F_OK) == 0)
        || (size == 1024 && access("$lib/no1024", F_OK) == 0))
    {
        return ENOMEM;
    }

    return next(p, alignment, size);
}
END

my $shop = shop_server();
my $nginx = do {
    local $ENV{LD_PRELOAD} = $full;

    nginx(workers => 1, http => <<"END");
        upstream shop {
            server $shop;
            shop_health_check uri=/healthz fails=1 interval=100ms timeout=10s;
        }
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://shop; }
            location /status { shop_status; }
        }
END
};

# nginx itself complains
$nginx->allow(qr/posix_memalign\(\d+, (?:1024|2048)\) failed/);

ok wait_for_peer($nginx, 'shop', $shop, 'up'), 'a server is up';

for my $size (2048, 1024) {
    $lib->write("no$size", '');

    ok wait_until(20, sub {
        peer_of($nginx, 'shop', $shop)->{last}{detail}
            eq 'nginx is out of memory';
    }), "no $size bytes for a probe: it says so";

    is peer_of($nginx, 'shop', $shop)->{last}{result}, 'inconclusive',
        'which is no word on the server';

    my $checks = peer_of($nginx, 'shop', $shop)->{checks};
    ok wait_until(20, sub {
        peer_of($nginx, 'shop', $shop)->{checks} > $checks + 2;
    }), 'it goes on trying';
    is peer_of($nginx, 'shop', $shop)->{state}, 'up', 'the server is up';
    is get($nginx, '/')->{status}, 200, 'and serves';

    unlink "$lib/no$size";
    ok wait_until(20, sub {
        peer_of($nginx, 'shop', $shop)->{last}{result} eq 'ok';
    }), 'with memory it is looked at again';
}

is peer_of($nginx, 'shop', $shop)->{fails}, 0, 'no failure was counted';

done_testing;
