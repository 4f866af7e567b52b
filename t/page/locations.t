#!/usr/bin/perl

# Copyright (C) ngx_shop_failover_module authors
#
# Locations of one site with pages of their own: what is kept for one of them,
# rendered, is never sent in another one.

use strict;
use warnings;

use lib 't/lib';
use ShopTest;

my $nginx = nginx(workers => 1, files => { 'closed' => '' }, http => <<'END');
    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/closed;

        location / { }
        location /url { shop_public_status /other-status; }
        location /off { shop_public_status off; }
        location /soon { shop_retry_after 60s min=10s max=30m; }
        location /late { shop_retry_after 600s min=10s max=30m; }
        location /named {
            shop_page_var name "Linden Tea";
            location /named/soon { shop_retry_after 45s; }
        }
    }

    # a flag that one location alone has
    server {
        listen %%ADDR_PART%%;

        location ~ /\. { return 404; }
        location /part { shop_maintenance %%DIR%%/closed; }
        location /part/open { shop_maintenance off; return 200 "open"; }
        location / { return 200 "open"; }
    }
END

sub polled {
    my ($answer) = get($nginx, shift, headers => [Accept => 'text/html']);

    return $answer->{body} =~ m{data-url="([^"?]*)} ? $1 : '';
}

sub seconds {
    my ($answer) = get($nginx, shift, headers => [Accept => 'application/json']);

    return $answer->{body} =~ /"retry_after":\s*(\d+)/ ? $1 : 0;
}


# up to a quarter more, by visitor
sub says {
    my ($uri, $seconds, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $said = seconds($uri);

    return ok($said >= $seconds && $said <= $seconds * 1.25, "$name: $said");
}

# twice: what comes second is what was kept
for (1, 2) {
    is polled('/'), '/.shop-status', 'a page asks at its own place';
    is polled('/url'), '/other-status', 'where a location has another, there';
    is polled('/off'), '', 'and nowhere where it is off';

    says '/', 120, 'it says when to come back';
    says '/soon', 60, 'sooner';
    says '/late', 600, 'or later';
}

for my $uri (qw(/named /named/soon)) {
    ok get($nginx, $uri, headers => [Accept => 'text/html'])->{body}
        =~ /Linden Tea/, "$uri: values are those of the location";
}

says '/named/soon', 45, 'and the time, too';


# ---- a flag of one location only

my $part = $nginx->address('PART');

is get($part, $_)->{body}, 'open', "$_ has no flag" for qw(/ /part/open);

my $page = get($part, '/part', headers => [Accept => 'text/html']);

is $page->{status}, 503, 'the location that has one is closed';
my ($asked) = $page->{body} =~ m{data-url="([^"?]*)};
my $public = get($part, $asked);
is $public->{status}, 200, 'what its page asks answers, whatever locations say';
like $public->{body}, qr/"state":"maintenance"/, 'as of the closed part';

done_testing;
