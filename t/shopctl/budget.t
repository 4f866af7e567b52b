#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# shopctl budget: availability out of a year of journal, what was planned apart
# from what was not, and what is left of a promise.

use ShopTest;
use JSON::PP ();
use POSIX qw(strftime);
use ShopTest::Ctl;
use ShopTest::Dir;

my $dir = ShopTest::Dir->new('budget');
my $json = JSON::PP->new->canonical;
my $now = time;
my $seq = 0;

use constant DAY => 86400;

sub stamp { return strftime('%Y-%m-%dT%H:%M:%S.000Z', gmtime $_[0]) }

# a change of a site, so many seconds ago; since: of the state before
sub change {
    my ($ago, $from, $to, %members) = @_;

    return $json->encode({
        v => 1, seq => ++$seq, time => stamp($now - $ago), type => 'site',
        site => 'shop.example', flag => '/f', upstreams => 'shop',
        from => $from, to => $to, since => undef, severity => undef,
        text => '', eta => undef, visitors => 0, refused => [], %members,
    }) . "\n";
}

# out of order for so long, so many seconds ago
sub outage {
    my ($ago, $length, @members) = @_;

    return change($ago, 'open', 'outage', @members),
        change($ago - $length, 'outage', 'reopening', @members),
        change($ago - $length - 10, 'reopening', 'open', @members);
}

sub planned {
    my ($ago, $length) = @_;

    return change($ago, 'open', 'maintenance'),
        change($ago - $length, 'maintenance', 'open');
}

my @first = (change(400 * DAY, 'open', 'degraded'),
    change(399 * DAY, 'degraded', 'open'),
    outage(380 * DAY, 7200));                  # before the year
my @year;

# each week ten minutes, planned ones at the beginning of each fourth
for my $week (reverse 1 .. 52) {
    push @year, planned($week * 7 * DAY - 7200, 3600) if $week % 4 == 0;
    push @year, outage($week * 7 * DAY - 20_000, 600);
}

# an outage that a flag kept shut when its servers were back: 5 minutes more
my @last = (change(2 * DAY, 'open', 'outage'),
    change(2 * DAY - 300, 'outage', 'maintenance'),
    change(2 * DAY - 600, 'maintenance', 'open'));

my $old = $dir->write('events.log.1', join '', @first, @year[0 .. 60]);
my $log = $dir->write('events.log', join '', @year[61 .. $#year], @last);
my @at = ('--at', stamp($now) =~ s/\.000Z/Z/r);

my ($code, $text) = ctl('budget', @at, $log, $old);
is $code, 0, 'a year of journal' or diag $text;
like $text, qr/\Ashop\.example\n/, 'of this site';
my %line = map { /^ +(\d+) days +(.*)$/ ? ($1 => $2) : () } split /\n/, $text;

# 604,800 s - 1,200 s
is $line{7}, '99.801 %, 20m of outages, 0s closed as planned', 'a week';
# 5 weeks of ten minutes and the last one: 3,600 s of 2,592,000 - 3,600
is $line{30}, '99.884 %, 50m of outages, 1h closed as planned', 'a month';
is $line{365}, '99.899 %, 8h 50m of outages, 13h closed as planned',
    'a year, without what was before it';

($code, $text) = ctl('budget', @at, '--promise', '99.9%', $log, $old);
is $code, 1, 'a promise that is broken';
like $text, qr/ 30 days .*the promise is BROKEN by 6m 52s$/m, '... and by what';
($code, $text) = ctl('budget', @at, '--promise', '99.5', $old, $log);
is $code, 0, 'one that is kept';
like $text, qr/ 30 days .*left: 2h 45m of 3h 35m$/m, '... and what is left';

$dir->write('short.log', join '',
    change(3 * DAY, 'open', 'degraded', since => stamp($now - 4 * DAY)),
    outage(DAY, 1, site => 'b.example'));
($code, $text) = ctl('budget', @at, "$dir/short.log");
like $text, qr/^ +30 days +100\.000 %, 0s of outages.*; the log tells of 4d$/m,
    'a log that is shorter says so';
like $text, qr/^b\.example\n +7 days + 99\.998 %, 1s of outages/m,
    'nothing is rounded up to 100';
($code, $text) = ctl('budget', @at, '--site', 'b.example', "$dir/short.log");
unlike $text, qr/shop\.example/, 'one site alone';

$dir->write('now.log', change(3600, 'open', 'outage'));
like((ctl('budget', @at, "$dir/now.log"))[1], qr/7 days .* 1h of outages/,
    'an outage that goes on counts');

says 2, qr/says nothing of site x/, 'a site that is none', 'budget', '--site',
    'x', $log;
says 2, qr/invalid --promise "100": write a percentage/, 'a promise', 'budget',
    '--promise', '100', $log;
says 2, qr/invalid --promise "99,9"/, 'a comma', 'budget', '--promise', '99,9',
    $log;
says 2, qr/cannot read/, 'no log', 'budget', "$dir/none";

done_testing;
