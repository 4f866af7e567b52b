# Copyright (C) ngx_shop_failover_module authors
#
# What a reload keeps is read under the lock under which workers write it: a
# master that finds it taken waits, and goes on when the worker that had it
# lets it go or dies.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Status;

my $shop = shop_server(body => 'the shop');

sub config {
    my ($size) = @_;

    return <<"END";
        shop_zone $size;
        upstream shop {
            server $shop;
            shop_health_check interval=60s fast=100ms;
        }
        server {
            listen %%ADDR%%;
            location / { proxy_pass http://shop; }
            location = /status { shop_status; }
        }
END
}


# lock_zone(NGINX, SIZE, PID): takes the mutex of the zone of SIZE bytes as if that
# worker had it.  A slab pool begins with the word that says who holds it
# (ngx_slab_pool_t); memory that is shared is the same in all processes.
sub lock_zone {
    no warnings 'portable';
    my ($nginx, $size, $pid) = @_;
    my $proc = '/proc/' . $nginx->pid;

    open my $maps, '<', "$proc/maps" or return;
    my ($start) = map { /^([0-9a-f]+)-([0-9a-f]+) rw-s /
                        && hex($2) - hex($1) == $size ? hex($1) : () }
        <$maps>;
    return if !defined $start;

    open my $memory, '+<:raw', "$proc/mem" or return;

    # between two uses of it
    return wait_until(10, sub {
        sysseek $memory, $start, 0 or return 0;
        sysread $memory, my $word, 8 or return 0;
        return 0 if unpack 'Q', $word;
        sysseek $memory, $start, 0 or return 0;
        return 8 == (syswrite $memory, pack 'Q', $pid);
    });
}


sub reloading {
    my ($nginx) = @_;
    my $lines = () = $nginx->log->find(qr/reconfiguring/);

    $nginx->signal('HUP');

    return wait_until(10, sub {
        $lines < (() = $nginx->log->find(qr/reconfiguring/));
    });
}


for my $case (['the same zone', '1028k', '1028k'],
              ['another zone',  '1028k', '1036k']) {
    my ($name, $from, $to) = @$case;

    my $nginx = nginx(workers => 1, http => config($from));
    ok wait_for_peer($nginx, 'shop', $shop, 'up'), "$name: a server is up";

    my ($size) = $from =~ /(\d+)/;
    my ($worker) = $nginx->workers;
    my $since = peer_of($nginx, 'shop', $shop)->{since};

    SKIP: {
        skip 'the memory of another process is not ours to write', 5
            if !lock_zone($nginx, $size * 1024, $worker);
        pass 'a worker holds the lock';

        $nginx->configure(http => config($to));
        ok reloading($nginx), 'a reload begins';
        ok !wait_until(1, sub {
            grep { $_ != $worker } $nginx->workers;
        }), 'and waits';

        ok $nginx->kill_worker($worker), 'until that worker is gone';
        ok wait_until(20, sub {
            get($nginx, '/status')->{status} == 200
                && peer_of($nginx, 'shop', $shop)->{since} eq $since;
        }), 'what was known is kept';
    }
}

done_testing;
