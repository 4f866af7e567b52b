package ShopTest::Status;

# Copyright (C) ngx_shop_failover_module authors
#
# What `shop_status` says of peers, for tests: needs a location /status.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();

use ShopTest::Client;
use ShopTest::Wait qw(wait_until);

our @EXPORT = qw(status peer_of peers_of wait_for_peer);


# status(WHERE): the whole document; empty where nobody answers now
sub status {
    my ($where) = @_;
    my $answer = ShopTest::Client->new($where)
        ->request('GET', '/status', close => 1);

    return eval { JSON::PP::decode_json($answer->{body}) } || {};
}


# peers_of(WHERE, UPSTREAM): its peers
sub peers_of {
    my ($where, $upstream) = @_;
    my ($group) = grep { $_->{name} eq $upstream }
        @{ status($where)->{upstreams} || [] };

    return $group ? @{ $group->{peers} } : ();
}


# peer_of(WHERE, UPSTREAM, SERVER): one of them, by its server or its address
sub peer_of {
    my ($where, $upstream, $server) = @_;
    my ($peer) = grep { $_->{server} eq "$server" || $_->{address} eq "$server" }
        peers_of($where, $upstream);

    return $peer || {};
}


# wait_for_peer(WHERE, UPSTREAM, SERVER, STATE, [SECONDS])
sub wait_for_peer {
    my ($where, $upstream, $server, $state, $seconds) = @_;

    return wait_until($seconds // 20, sub {
        (peer_of($where, $upstream, $server)->{state} // '') eq $state;
    });
}


1;
