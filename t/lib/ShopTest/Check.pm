package ShopTest::Check;

# Copyright (C) ngx_shop_failover_module authors
#
# What the tests of health checks share: an nginx whose upstreams are checked,
# and one peer as its status shows it.
#
#     my $nginx = checked("server $shop; shop_health_check uri=/healthz;");
#     ok found($nginx, state => 'up'), 'a good answer';
#
# Several upstreams are called u0, u1, ... in their order.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();

use ShopTest ();
use ShopTest::Wait qw(wait_until);

our @EXPORT = qw(checked checked_http peer found told);

# fast enough for a test, with no jitter that it would have to allow for
use constant QUICK => 'interval=200ms fast=200ms timeout=5s fails=1 passes=1 '
    . 'jitter=0%';

use constant SECONDS => 30;


# checked_http(UPSTREAM, ...): the text of an http block; "quick" in it stands
# for short intervals
sub checked_http {
    my (@upstreams) = @_;
    my $number = 0;

    s/\bquick\b/QUICK/e for @upstreams;

    return join '', map({ 'upstream u' . $number++ . " { $_ }\n" } @upstreams),
        'server { listen %%ADDR%%; location / { proxy_pass http://u0; } ',
        'location = /status { shop_status; } }';
}


# checked(UPSTREAM, ..., {options of nginx(), more => text of the http block})
sub checked {
    my (@upstreams) = @_;
    my %options = ref $upstreams[-1] ? %{ pop @upstreams } : ();
    my $more = delete $options{more} // '';

    return ShopTest::nginx(
        workers => 1, %options, http => $more . checked_http(@upstreams),
    );
}


# peer(NGINX, [UPSTREAM, [NUMBER]])
sub peer {
    my ($nginx, $upstream, $number) = @_;
    my $answer = ShopTest::get($nginx, '/status');
    my $status = eval { JSON::PP::decode_json($answer->{body}) } or return;
    my ($group) = grep { $_->{name} eq ($upstream // 'u0') }
        @{ $status->{upstreams} };

    return if !$group;

    my @peers = @{ $group->{peers} };

    # "localhost" may have a second address, on which nobody listens
    @peers = sort { $b->{address} =~ /^127\./ <=> $a->{address} =~ /^127\./ }
        @peers if !defined $number;

    return $peers[$number // 0];
}


# found(NGINX, upstream => ..., number => ..., state => ..., result => ...,
# detail => QR, checks => N): the peer, once it is so
sub found {
    my ($nginx, %wanted) = @_;
    my $seen;

    my $found = wait_until(SECONDS, sub {
        $seen = peer($nginx, $wanted{upstream}, $wanted{number}) or return;
        return fits($seen, \%wanted) && $seen;
    });

    Test::More::diag('it is ', JSON::PP->new->canonical->encode($seen // {}))
        if !$found;

    return $found;
}


sub fits {
    my ($peer, $wanted) = @_;
    my $last = $peer->{last} || {};

    return 0 if $peer->{checks} < ($wanted->{checks} // 1);
    return 0 if $wanted->{state} && $peer->{state} ne $wanted->{state};
    return 0 if $wanted->{result} && ($last->{result} // '') ne
        $wanted->{result};
    return 0 if $wanted->{detail} && ($last->{detail} // '') !~
        $wanted->{detail};

    return 1;
}


# told(NGINX, QR): one of its log lines matches
sub told {
    my ($nginx, $pattern) = @_;

    return $nginx->log->wait_for($pattern, SECONDS);
}


1;
