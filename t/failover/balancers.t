#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Every balancer against every way to fail: the visitor gets an answer, no
# server is asked twice for it, and a POST that one has seen gets to no other.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;
use ShopTest::Nginx;

use constant REQUESTS => 3;

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

# of newer nginx
push @BALANCERS, grep { nginx_takes($_->[1]) } (
    ['least_time',      'least_time header;',              1],
    ['least_time inflight', 'least_time last_byte inflight;', 1],
    ['sticky',          'sticky cookie shop;',             1],
    ['sticky route',    'sticky route $arg_route;',        1],
);

# how a server fails, and what it still sees of the requests
my %FAILURES = (
    refused => sub { $_[0]->refuse },
    reset   => sub { $_[0]->set('*', 'reset') },
    close   => sub { $_[0]->set('*', 'close') },
    timeout => sub { $_[0]->set('*', 'hang') },
    status  => sub { $_[0]->set('*', status => 502, body => 'bad') },
);

my ($one, $two, $three) = map { shop_server(body => $_) } qw(one two three);

# how many requests there were, and how servers fail: it is in each of them
my $asked = 0;
my $broken = '';
my @orders;

my $http = '';
my $locations = '';

for my $i (0 .. $#BALANCERS) {
    my ($name, $lines, $backup) = @{ $BALANCERS[$i] };
    my %servers = (
        alone  => "server $one max_fails=0;",
        single => "server $one max_fails=0;",
        pair   => "server $one max_fails=0; server $two max_fails=0;",
        $backup ? (backup => "server $one max_fails=0; "
            . "server $two max_fails=0 backup;") : (),
    );

    for my $kind (sort keys %servers) {
        my $failover = $kind eq 'alone' ? '' : "shop_failover_to spare_$i;";

        $http .= <<"END";
            upstream ${kind}_$i {
                $lines
                $servers{$kind}
                $failover
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
        proxy_read_timeout 3s;
        proxy_next_upstream error timeout http_502;
        add_header X-Status \$upstream_status always;
        $locations
    }
END

for my $failure (sort keys %FAILURES) {
    my (@sent, @posted);

    heal();
    $FAILURES{$failure}->($one);
    $broken = $failure;

    # all at once: some have to wait
    for my $i (0 .. $#BALANCERS) {
        $sent[$i]{$_} = ask('GET', "/${_}_$i") for kinds($i);
        $posted[$i]{$_} = ask('POST', "/${_}_$i") for qw(single pair);
    }

    for my $i (0 .. $#BALANCERS) {
        my $name = $BALANCERS[$i][0];

        is(served($sent[$i]{alone}),
            $failure eq 'status' ? 'bad' x REQUESTS : '',
            "$name, one server, $failure: who is alone fails");
        is(served($sent[$i]{single}), 'three' x REQUESTS,
            "$name, one server, $failure: the group takes over");
        is(served($sent[$i]{pair}), 'two' x REQUESTS,
            "$name, two servers, $failure: the other one serves");
        is(served($sent[$i]{backup}), 'two' x REQUESTS,
            "$name, a backup, $failure: the backup serves")
            if $sent[$i]{backup};

        post_served($posted[$i]{single}, "$name, one server, $failure");
        post_served($posted[$i]{pair}, "$name, two servers, $failure");
    }

    $FAILURES{$failure}->($two);

    for my $i (0 .. $#BALANCERS) {
        $sent[$i]{$_} = ask('GET', "/${_}_$i")
            for grep { /pair|backup/ } kinds($i);
        $posted[$i]{pair} = ask('POST', "/pair_$i");
    }

    for my $i (0 .. $#BALANCERS) {
        my $name = $BALANCERS[$i][0];

        is(served($sent[$i]{pair}), 'three' x REQUESTS,
            "$name, two servers, both $failure: the group takes over");
        is(served($sent[$i]{backup}), 'three' x REQUESTS,
            "$name, a backup, both $failure: the group takes over")
            if $sent[$i]{backup};

        post_served($posted[$i]{pair}, "$name, two servers, both $failure");
    }
}

my %seen;

for my $shop ($one, $two, $three) {
    my %asked;

    for my $request ($shop->requests) {
        $asked{ $request->{uri} }++;
        $seen{ $request->{uri} }++;
    }

    is_deeply([grep { $asked{$_} > 1 } sort keys %asked], [],
        'no server was asked twice for the same');
}

is_deeply([grep { ($seen{$_} // 0) != 1 } @orders], [],
    'each POST was seen by one server');

$broken = 'nothing';

for my $i (0 .. $#BALANCERS) {
    heal();
    like(served(ask('GET', "/pair_$i")), qr/^(?:one|two)+$/,
        "$BALANCERS[$i][0]: healthy servers serve themselves");
}

done_testing;


# of upstreams of a balancer
sub kinds {
    my ($i) = @_;

    return (qw(alone single pair), $BALANCERS[$i][2] ? 'backup' : ());
}


# Requests of several visitors at once, each for something of its own.
sub ask {
    my ($method, $path) = @_;

    return [map {
        my $uri = "$path?k=" . ++$asked . "&$broken";
        my @body = $method eq 'POST' ? (body => 'order') : ();

        {
            uri    => $uri,
            client => client($nginx, seconds => 60)
                ->send($method, $uri, close => 1, @body),
        };
    } 1 .. REQUESTS];
}


# what the shop has answered
sub served {
    my ($sent) = @_;

    return join '', map { /^<html>/ ? '' : $_ }
        map { $_->{client}->answer->{body} } @$sent;
}


# and who serves it where the others are not there at all
sub post_served {
    my ($sent, $name) = @_;
    my @answers = map { $_->{client}->answer } @$sent;

    is(scalar(grep { $_->{status} == 200 } @answers), REQUESTS,
        "$name: a POST is served") if $broken eq 'refused';

    push @orders, map { $_->{uri} } @$sent;
    return;
}


sub heal {
    for my $shop ([$one, 'one'], [$two, 'two']) {
        $shop->[0]->open;
        $shop->[0]->set('*', body => $shop->[1]);
    }

    return;
}


sub nginx_takes {
    my ($lines) = @_;
    my ($status) = ShopTest::Nginx->new(module => 0,
        http => "upstream shop { $lines server 127.0.0.1:1; }")->test;

    return $status == 0;
}
