#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Every balancer against every way to fail: the visitor gets an answer, and
# each server got as many requests as it should.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;

use constant REQUESTS => 4;

# name => [the lines in the upstream, whether it takes "backup"]
my @BALANCERS = (
    ['round robin',     '',                                1],
    ['least_conn',      'least_conn;',                     1],
    ['ip_hash',         'ip_hash;',                        0],
    ['hash',            'hash $arg_k;',                    0],
    ['hash consistent', 'hash $arg_k consistent;',         0],
    ['random',          'random;',                         0],
    ['random two',      'random two least_conn;',          0],
);

# how a server fails, and what it still sees of the requests
my %FAILURES = (
    refused => sub { $_[0]->refuse },
    reset   => sub { $_[0]->set('*', 'reset') },
    close   => sub { $_[0]->set('*', 'close') },
    timeout => sub { $_[0]->set('*', 'hang') },
    status  => sub { $_[0]->set('*', status => 502, body => 'bad') },
);

our $requests = REQUESTS;

my ($one, $two, $three) = map { shop_server(body => $_) } qw(one two three);

my $http = '';
my $locations = '';

for my $i (0 .. $#BALANCERS) {
    my ($name, $lines, $backup) = @{ $BALANCERS[$i] };
    my %servers = (
        single => "server $one max_fails=0;",
        pair   => "server $one max_fails=0; server $two max_fails=0;",
        $backup ? (backup => "server $one max_fails=0; "
            . "server $two max_fails=0 backup;") : (),
    );

    for my $kind (sort keys %servers) {
        $http .= <<"END";
            upstream ${kind}_$i {
                $lines
                $servers{$kind}
                shop_failover_to spare_$i;
            }
END
        $locations .= <<"END";
            location /${kind}_$i { proxy_pass http://${kind}_$i; }
END
    }

    $http .= <<"END";
        upstream spare_$i {
            $lines
            server $three max_fails=0;
            server $three max_fails=0;
        }
END
}

my $nginx = nginx(http => <<"END");
    $http
    server {
        listen %%ADDR%%;
        proxy_read_timeout 500ms;
        proxy_next_upstream error timeout http_502;
        add_header X-Status \$upstream_status always;
        $locations
    }
END

for my $failure (sort keys %FAILURES) {
    for my $i (0 .. $#BALANCERS) {
        my ($name, undef, $backup) = @{ $BALANCERS[$i] };

        heal();
        $FAILURES{$failure}->($one);

        # a request that has to wait is one of few
        local $requests = $failure eq 'timeout' ? 1 : REQUESTS;

        is(served("/single_$i"), 'three' x $requests,
            "$name, one server, $failure: the group takes over");
        is(served("/pair_$i"), 'two' x $requests,
            "$name, two servers, $failure: the other one serves");
        is(served("/backup_$i"), 'two' x $requests,
            "$name, a backup, $failure: the backup serves") if $backup;

        $FAILURES{$failure}->($two);

        is(served("/pair_$i"), 'three' x $requests,
            "$name, two servers, both $failure: the group takes over");
        is(served("/backup_$i"), 'three' x $requests,
            "$name, a backup, both $failure: the group takes over")
            if $backup;
    }
}

for my $i (0 .. $#BALANCERS) {
    heal();
    like(served("/pair_$i"), qr/^(?:one|two)+$/,
        "$BALANCERS[$i][0]: healthy servers serve themselves");
}

done_testing;


sub served {
    my ($uri) = @_;

    return join '', map { get($nginx, "$uri?k=$_")->{body} } 1 .. $requests;
}


sub heal {
    for my $shop ([$one, 'one'], [$two, 'two']) {
        $shop->[0]->open;
        $shop->[0]->set('*', body => $shop->[1]);
    }

    return;
}
