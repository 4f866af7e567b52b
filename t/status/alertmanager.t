#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# From a dead server to the person on call, with the real programs: Prometheus
# reads the metrics, alerts.yml decides, alertmanager.yml says who is told.
# Only times are shorter than in the files of docs/.

use ShopTest;
use ShopTest::Dir;
use ShopTest::Port qw(free_port);
use ShopTest::Process;

use JSON::PP qw(decode_json);

my $alertmanager = '/usr/bin/prometheus-alertmanager';

plan(skip_all => 'there is no alertmanager')
    if !-x $alertmanager || system('which prometheus >/dev/null 2>&1');

my $dir  = ShopTest::Dir->new('alerts');
my $sink = shop_server(status => 200);
my @shops = map { shop_server() } 0 .. 1;

my $nginx = nginx(http => <<"END");
    upstream shop {
        server $shops[0];
        server $shops[1] backup;
        shop_health_check interval=200ms fast=100ms;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance "%%DIR%%/flag";

        location / { proxy_pass http://shop; }
        location /metrics { shop_status prometheus; }
        location /status { shop_status; }
    }
END


# a file of docs/ with the test's own addresses, and times that a test has
sub ours {
    my ($name, %change) = @_;
    open my $in, '<', "docs/$name" or die "docs/$name: $!\n";
    my $text = do { local $/; <$in> };

    while (my ($from, $to) = each %change) {
        $text =~ s/$from/$to/g or die "docs/$name has no $from\n";
    }

    return $dir->write($name, $text);
}


sub tool {
    my ($name, @command) = @_;

    return ShopTest::Process->spawn(sub {
        open STDOUT, '>', "$dir/$name.log";
        open STDERR, '>&', \*STDOUT;
        exec @command or die "$command[0]: $!\n";
    });
}


# alerts that came for somebody: name, status, instance
sub told {
    my ($who) = @_;

    return map {
        map { "$_->{labels}{alertname} $_->{status}" } @{ $_->{alerts} }
    } map { decode_json($_->{body}) } $sink->requests(uri => "/$who");
}


sub is_told {
    my ($who, $what) = @_;

    return wait_until(60, sub { grep { $_ eq $what } told($who) });
}


my ($web, $am) = map { '127.0.0.1:' . free_port() } 0 .. 1;

ours('alerts.yml', 'for: \d+m' => 'for: 1s');
my $routes = ours('alertmanager.yml', '127\.0\.0\.1:9095' => "$sink",
    'group_wait: 10s' => 'group_wait: 1s',
    'group_interval: 1m' => 'group_interval: 1s');

my $config = $dir->write('prometheus.yml', <<"END");
global: {scrape_interval: 1s, evaluation_interval: 1s}
scrape_configs:
  - job_name: shop
    metrics_path: /metrics
    static_configs: [{targets: ['@{[$nginx->address]}']}]
rule_files: [alerts.yml]
alerting:
  alertmanagers:
    - static_configs: [{targets: ['$am']}]
END

my @tools = (
    tool('alertmanager', $alertmanager, "--config.file=$routes",
        "--storage.path=$dir/am", "--web.listen-address=$am",
        '--cluster.listen-address='),
    tool('prometheus', 'prometheus', "--config.file=$config",
        "--storage.tsdb.path=$dir/prometheus", "--web.listen-address=$web"),
);

ok wait_until(60, sub {
    my $answer = eval { get($web, '/api/v1/alertmanagers')->{body} } // '';
    return $answer =~ /activeAlertmanagers":\[\{/;
}), 'Prometheus has found the alertmanager';

$shops[0]->refuse;
ok is_told('on-call', 'ShopOnBackup firing'), 'on the backup: who is on call';

$shops[1]->refuse;
ok is_told('on-call', 'ShopNobodyServes firing'), 'nobody serves: so is that';
ok is_told('speaker', 'ShopLongOutageWithoutText firing'),
    'no words for long: who speaks for the shop';

$nginx->file('flag', "status: We are on it\n");
ok is_told('speaker', 'ShopLongOutageWithoutText resolved'),
    '... until there are words';
ok !(grep { /ShopNobodyServes resolved/ } told('on-call')),
    'and words do not end the alert of the outage';

$_->open for @shops;
ok is_told('on-call', 'ShopNobodyServes resolved'), 'it ends when one serves';

$nginx->stop;
ok is_told('on-call', 'ShopStatusMissing firing'),
    'nginx dies: silence is told, too';

is_deeply [grep { !/ShopStatusMissing/ } told('tickets')], [],
    'nobody had a ticket for it';

$_->stop('TERM', 10) for @tools;

done_testing;
