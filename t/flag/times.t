#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What the flag does by itself, on time and without traffic: it starts, ends
# at a time, at its ETA, or when all is well again.

use ShopTest;

use Time::HiRes qw(time);

my $shop = shop_server(body => 'shop');

my $nginx = nginx(http => <<"END");
    upstream checked {
        server $shop;
        shop_health_check interval=200ms fast=100ms timeout=1s;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/maintenance;
        shop_reopen hold=1s;

        location / { proxy_pass http://checked; }
    }
END

my $flag = $nginx->dir . '/maintenance';


# "in N seconds" as the flag wants it
sub at {
    my @t = gmtime(int(time) + $_[0]);

    return sprintf '%d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1,
        @t[3, 2, 1, 0];
}

sub status { return get($nginx, '/')->{status} }

sub becomes {
    my ($status, $name) = @_;

    return settles($name, sub { status() == $status }, seconds => 15);
}

# the log tells the change, so it is seen without a request
sub told { return scalar $nginx->log->find(qr/is now "$_[0]"/) }


# ---- start and until

my $begun = int time;
replace_file($flag, 'start: ' . at(2) . "\nuntil: " . at(5) . "\n");
is status(), 200, 'before its start the flag does not close';

ok wait_until(10, sub { told('maintenance') == 1 }),
    'it closes at its start, without traffic';
cmp_ok time, '>=', $begun + 2, 'not earlier';
is status(), 503, 'closed';

ok wait_until(15, sub { told('reopening') == 1 }),
    'and opens at its end, without traffic';
cmp_ok time, '>=', $begun + 5, 'not earlier';
becomes 200, 'open, though the file is still there';

# ---- end: eta, and an ETA that ends nothing

replace_file($flag, 'eta: ' . at(2) . "\nend: eta\n");
becomes 503, 'closed until the ETA';
ok wait_until(15, sub { told('reopening') == 2 }), 'the ETA ends it';

replace_file($flag, 'eta: ' . at(3) . "\nnext-update: " . at(3) . "\n");
becomes 503, 'closed with an ETA that is only a promise';

# the page is rendered once a minute, and again when a time of the flag passes
my $late;
ok wait_until(15, sub {
    $late = get($nginx, '/');
    $late->{body} =~ /longer than we said/;
}), 'the ETA has passed, and the page says so at once';
is $late->{status}, 503, 'the shop stays closed';
cmp_ok $late->{headers}{'retry-after'}, '>=', 30,
    'and Retry-After is not negative';
unlike $late->{body}, qr/Next update/,
    'an update that did not come is no longer promised';
like get($nginx, '/.shop-status')->{body}, qr/longer than we said/,
    'waiting pages are told';

# ---- a start that cannot be read

unlink $flag;
becomes 200, 'open';
replace_file($flag, "start: tomorrow\n");
ok $nginx->log->wait_for(qr/maintenance:1: .*tomorrow/), 'a bad start is told';
is status(), 200, 'and keeps the shop as it was: open';
replace_file($flag, '');
becomes 503, 'closed';
replace_file($flag, "start: to morrow\n");
ok $nginx->log->wait_for(qr/maintenance:1: .*to morrow/), 'another bad start';
is status(), 503, 'keeps it closed';

# ---- end: healthy

unlink $flag;
becomes 200, 'open';
$shop->set('*', status => 500);
ok wait_until(15, sub { told('outage') == 1 }), 'the shop breaks';

replace_file($flag, "end: healthy\nstatus: broken\n");
ok wait_until(10, sub {
    get($nginx, '/', headers => [Accept => 'text/html'])->{body} =~ /broken/
}), 'closed until it is healthy, with the text of the flag';
sleep 2;
is status(), 503, 'it does not open while it is broken';

$shop->set('*', body => 'shop');
becomes 200, 'it opens when the servers are well again';
ok -e $flag, 'though the file is still there';

$shop->set('*', status => 500);
ok wait_until(15, sub { told('outage') == 2 }),
    'a later outage is one: what has ended does not close again';
$shop->set('*', body => 'shop');
becomes 200, 'open';

replace_file($flag, "end: healthy\nstatus: once more\n");
ok wait_until(10, sub {
    get($nginx, '/', headers => [Accept => 'text/html'])->{body} =~ /once more/
}), 'a new text closes again';
becomes 200, 'and ends again after the hold';

# ---- a file that brings an old mtime along, by mv, cp -p, rsync -t or tar

unlink $flag;
becomes 200, 'open';

my $old = $nginx->dir . '/elsewhere';
my $week = time - 7 * 86400;

sub move_in {
    my ($content, $name) = @_;

    open my $out, '>', $old or die "$old: $!\n";
    print $out $content;
    close $out;
    utime $week, $week, $old;
    rename $old, $flag or die "$flag: $!\n";

    becomes 503, $name;
    unlink $flag;
    becomes 200, 'and open without it';
    return;
}

move_in("until: +1h\n", 'a file of last week, moved in, closes for an hour');
move_in("eta: +45m\nend: eta\n", '... and until its ETA');

# a template that is linked

open my $template, '>', $old or die "$old: $!\n";
print $template "until: +3s\n";
close $template;
sleep 4;
symlink $old, $flag;
becomes 503, 'a link that was made now, to an older file, closes';
ok wait_until(15, sub { status() == 200 }), 'for its time';

done_testing;
