#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Chains of groups, the limits on tries, what is sent twice and what never is.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;

my ($a1, $a2, $b1, $c1) = map { shop_server(body => $_) } qw(a1 a2 b1 c1);
my $dead = '127.0.0.1:' . free_port();

my $nginx = nginx(http => <<"END");
    upstream a { server $a1 max_fails=0; shop_failover_to b; }
    upstream b { hash \$arg_k; server $b1 max_fails=0; shop_failover_to c; }
    upstream c { server $c1 max_fails=0; keepalive 4; }

    # a backup that others share
    upstream d { random; server $dead max_fails=0; shop_failover_to b; }

    # two servers, then the group
    upstream two {
        server $a1 max_fails=0; server $a2 max_fails=0;
        shop_failover_to c;
    }

    # the group itself has backups
    upstream both {
        server $a1 max_fails=0; server $a2 max_fails=0 backup;
        shop_failover_to c;
    }

    upstream kept { server $a1 max_fails=0; keepalive 4; shop_failover_to c; }

    upstream none { server $a1 max_fails=0 down; shop_failover_to c; }

    map \$arg_to \$to { default \$arg_to; }

    server {
        listen %%ADDR%%;
        proxy_read_timeout 1s;
        proxy_next_upstream error timeout http_502 http_503;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        add_header X-Addr \$upstream_addr always;
        add_header X-Status \$upstream_status always;
        add_header X-Group \$shop_group always;

        location / { proxy_pass http://\$to; }
        location /fixed { proxy_pass http://a; }
        location /tries1 {
            proxy_next_upstream_tries 1; proxy_pass http://two;
        }
        location /tries2 {
            proxy_next_upstream_tries 2; proxy_pass http://two;
        }
        location /tries3 {
            proxy_next_upstream_tries 3; proxy_pass http://two;
        }
        location /time {
            proxy_read_timeout 300ms; proxy_next_upstream_timeout 200ms;
            proxy_pass http://a;
        }
        location /off { proxy_next_upstream off; proxy_pass http://a; }
        location /repeat {
            proxy_next_upstream error timeout http_502 non_idempotent;
            proxy_pass http://a;
        }
        location /large {
            client_max_body_size 0;
            proxy_read_timeout 60s;
            proxy_pass http://a;
        }
        location /unbuffered {
            client_max_body_size 0;
            proxy_read_timeout 60s;
            proxy_request_buffering off; proxy_pass http://a;
        }
        location /ssi { ssi on; ssi_types *; root %%DIR%%; }
    }
END

sub reset_all {
    $_->open for $a1, $a2, $b1, $c1;
    $a1->set('*', body => 'a1');
    $a2->set('*', body => 'a2');
    $b1->set('*', body => 'b1');
    $c1->set('*', body => 'c1');
}

# ---- a chain

is(get($nginx, '/?to=a')->{body}, 'a1', 'a healthy group serves itself');

my $answer = get($nginx, '/?to=a');
is($answer->{headers}{'x-group'}, 'a', 'and is named in $shop_group');

$a1->refuse;
$answer = get($nginx, '/?to=a');
is($answer->{body}, 'b1', 'a group that is gone is left for the next');
is($answer->{headers}{'x-addr'}, "$a1, $b1",
    '$upstream_addr names both, one state for each');
is($answer->{headers}{'x-status'}, '502, 200', '$upstream_status, too');
is($answer->{headers}{'x-group'}, 'b', '$shop_group is who served');

$b1->refuse;
$answer = get($nginx, '/?to=a');
is($answer->{body}, 'c1', 'the backup of the backup is entered, too');
is($answer->{headers}{'x-addr'}, "$a1, $b1, $c1", 'after both');
is(get($nginx, '/?to=b&k=1')->{body}, 'c1', 'the backup group has its own');
is(get($nginx, '/?to=d')->{body}, 'c1', 'several share a backup group');
is(get($nginx, '/fixed')->{body}, 'c1', 'without a variable as well');

$c1->refuse;
$answer = get($nginx, '/?to=a');
is($answer->{status}, 502, 'where nothing is left it is a 502');
like($answer->{headers}{'x-addr'}, qr/^\Q$a1, $b1, $c1\E(?:, \Q$c1\E)?$/,
    'after all were asked once, and a kept connection that had died');

reset_all();
$_->set('*', status => 503, body => "own $_") for $a1, $b1, $c1;
$answer = get($nginx, '/?to=a');
is($answer->{status}, 503, 'the last answer of the shop is given');
is($answer->{body}, "own $c1", 'and not one of nginx');

# ---- a group that is switched off is left without a try

reset_all();
$answer = get($nginx, '/?to=none');
is($answer->{body}, 'c1', 'no server is on: the backup group serves');
is($answer->{headers}{'x-addr'}, "$c1", 'and nothing else was asked');

# ---- limits

$a1->set('*', status => 502, body => 'bad');
$a2->set('*', status => 502, body => 'bad');
is(get($nginx, '/tries1')->{status}, 502, 'one try is one try');
is(get($nginx, '/tries2')->{status}, 502, 'two are two, in the first group');
is(get($nginx, '/tries3')->{body}, 'c1', 'the third is in the backup group');
is(get($nginx, '/off')->{status}, 502, 'proxy_next_upstream off is kept');

$a1->set('*', 'hang');
is(get($nginx, '/time')->{status}, 504, 'proxy_next_upstream_timeout is kept');

# ---- what is never sent twice

reset_all();
$a1->set('*', status => 502, body => 'bad');
my ($was_b, $was_c) = ($b1->count, $c1->count);
is(post($nginx, '/fixed', body => 'order')->{status}, 502,
    'a POST that a server has seen is not repeated');
is($b1->count, $was_b, 'and nobody else got it');

is(post($nginx, '/repeat', body => 'order')->{body}, 'b1',
    'with non_idempotent it is');
is(($b1->requests)[-1]{body}, 'order', 'with its body');

$a1->refuse;
is(post($nginx, '/fixed', body => 'order')->{body}, 'b1',
    'a POST that nobody has seen goes to the next group');

reset_all();
$a1->set('*', 'hang');
is(post($nginx, '/fixed', body => 'order')->{status}, 504,
    'a POST that hangs is not repeated');

# ---- bodies

my $body = join '', map { "piece $_ of a large body\n" } 1 .. 120_000;
cmp_ok(length $body, '>', 3_000_000, 'a body of 3 MB');

sub put_large {
    my ($uri) = @_;

    return request($nginx, 'PUT', $uri, body => $body,
        connect => { seconds => 60 });
}

reset_all();
$a1->set('*', status => 502, body => 'bad');
is(put_large('/large')->{body}, 'b1', 'it is repeated for the next group');
ok(($b1->requests)[-1]{body} eq $body, 'whole');
$b1->refuse;
is(put_large('/large')->{body}, 'c1', 'and for the one after that');
ok(($c1->requests)[-1]{body} eq $body, 'whole');

$a1->refuse;
is(put_large('/unbuffered')->{body}, 'c1',
    'unbuffered, not yet sent: goes to the next group');
ok(($c1->requests)[-1]{body} eq $body, 'whole');

reset_all();
$a1->set('*', status => 502, body => 'bad');
$was_b = $b1->count;
is(put_large('/unbuffered')->{status}, 502, 'unbuffered and sent: it is gone');
is($b1->count, $was_b, 'and nobody else gets a part of it');

# ---- keepalive

reset_all();
is(get($nginx, '/?to=kept')->{body}, 'a1', 'a connection is kept');
get($nginx, '/?to=kept') for 1 .. 4;
$a1->refuse;
is(get($nginx, '/?to=kept')->{body}, 'c1',
    'a kept connection that died costs no error') for 1 .. 6;
$a1->open;
is(get($nginx, '/?to=kept')->{body}, 'a1', 'and the group is used again');

# ---- subrequests

reset_all();
$nginx->file('ssi/index.html',
    '<!--# include virtual="/fixed" -->+<!--# include virtual="/?to=two" -->');
$a1->refuse;
$a2->refuse;
is(get($nginx, '/ssi/index.html')->{body}, 'b1+c1',
    'subrequests enter backup groups');

done_testing;
