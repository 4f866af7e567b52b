# Copyright (C) ngx_shop_failover_module authors
#
# As many classes as shop_class takes are in every event of a site, in its
# incident and in the report: none is added to another, none is left out, and
# the longest names stay whole beside a text of the flag.

use ShopTest;
use ShopTest::Ctl;
use ShopTest::Events;
use ShopTest::Status;

my $shop = shop_server(body => 'the shop');

my @classes = map { sprintf 'class-%02d-%s', $_, 'x' x 23 } 1 .. 32;
my $locations = join "\n", map {
    "location /$_ { proxy_pass http://shop; shop_class $_; }"
} @classes;

my $nginx = nginx(http => <<"END");
    shop_events %%DIR%%/events.json;
    upstream shop { server $shop; shop_health_check interval=200ms; }
    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        shop_reopen hold=0s;
        location / { proxy_pass http://shop; }
        location = /status { shop_status; }
        $locations
    }
END

sub site { return status($nginx)->{site}{state} // '' }

my $events = $nginx->dir . '/events.json';

ok wait_until(20, sub { site() eq 'open' }), 'open';
$nginx->file('flag', 'status: ' . 'w' x 480 . "\n");
ok wait_until(20, sub { site() eq 'maintenance' }), 'closed';

for my $i (0 .. $#classes) {
    get($nginx, "/$classes[$i]") for 1 .. 1 + $i % 2;
}

unlink $nginx->dir . '/flag';
ok wait_until(20, sub { site() eq 'open' }), 'open again';

ok my $incident = wait_for_event($events, type => 'incident',
    what => 'resolved'), 'an incident is over';

my @expected = map { { class => $classes[$_], refused => 1 + $_ % 2,
    unknown => 0 } } 0 .. $#classes;

my ($site) = grep { $_->{type} eq 'site' && $_->{to} eq 'open' }
    events($events);

is_deeply $site->{refused}, \@expected, 'all are in the event of the site';
is_deeply $incident->{refused}, \@expected, 'and in that of the incident';

my ($code, $report) = ctl('report', $events);
my %rows = $report =~ /^\| (class-\S+) \| (\d+) \| 0 \|$/mg;
is_deeply \%rows, { map { $_->{class} => $_->{refused} } @expected },
    'and in the report';

done_testing;
