#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# What Prometheus reads, and what is built on it: promtool finds nothing to
# complain about, each alert rule is tested, and no rule and no panel asks for
# a metric that does not exist.

use ShopTest;
use ShopTest::Status;

use File::Temp qw(tempfile);
use JSON::PP qw(decode_json);

my @shops = map { shop_server(body => "shop $_") } 0 .. 1;

my $nginx = nginx(http => <<"END");
    upstream shop {
        server $shops[0];
        server $shops[1] backup;
        shop_health_check interval=300ms fast=100ms;
    }

    server {
        listen %%ADDR%%;
        shop_maintenance "%%DIR%%/a flag";

        location / { proxy_pass http://shop; }
        location /callback { proxy_pass http://shop; shop_class callback; }
        location /status { shop_status; }
        location /metrics { shop_status prometheus; }
    }
END


sub slurp {
    my ($path) = @_;

    open my $in, '<', $path or die "$path: $!\n";
    local $/;
    return scalar <$in>;
}


sub promtool {
    my ($name, @command) = @_;
    my $output = `promtool @command 2>&1`;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    return is($?, 0, "$name: promtool @command[0, 1]") || diag($output);
}


# the metrics as they are now, checked
my %seen;

sub scrape {
    my ($name) = @_;
    my $text = get($nginx, '/metrics')->{body};
    my ($out, $path) = tempfile(UNLINK => 1);
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    print $out $text;
    close $out;

    $seen{$_} = 1 for $text =~ /^# TYPE (\S+)/mg;
    promtool($name, 'check', 'metrics', "< $path");

    my %count;
    $count{$_}++ for $text =~ /^(\w+\{.*\}) /mg;
    is_deeply [grep { $count{$_} > 1 } keys %count], [],
        "$name: no series is there twice";

    return $text;
}


ok wait_for_peer($nginx, 'shop', $_, 'up'), 'a server is up' for @shops;
my $open = scrape('open');

# what is not counted costs nothing
get($nginx, $_) for ('/', '/callback') x 10;
my $later = scrape('after healthy requests');
my ($before, $after) = map {
    join "\n", $_ =~ /^shop_failover_(?!check)\w+_total\{.*/mg;
} $open, $later;

like $after, qr/responses_total/, 'what visitors got is counted';
is $after, $before, 'but not for a healthy request';

$_->refuse for @shops;
ok wait_for_peer($nginx, 'shop', $_, 'down'), 'a server is down' for @shops;
post($nginx, '/callback', body => 'paid=1');
like scrape('outage'),
    qr/refused_requests_total\{site="[\d.:]+",class="callback",outcome="refused"\} 1/,
    'what is refused is counted';

$nginx->file('a flag', "status: \"Quoted\\\" text\neta: +1h\nnext-update: +5m\n");
ok wait_until(10, sub { status($nginx)->{site}{flag_state} eq 'closed' }),
    'the flag gives the outage its words';
scrape('words');


# ---- the rules and the dashboard

promtool('the alert rules', 'check', 'rules', 'docs/alerts.yml');
promtool('their cases', 'test', 'rules', glob 't/alerts/*.yml');

my $rules  = slurp('docs/alerts.yml');
my %tested = map { $_ => 1 }
    map { slurp($_) =~ /alertname: (\w+)\n +exp_alerts/g } glob 't/alerts/*.yml';

is_deeply [grep { !$tested{$_} } $rules =~ /- alert: (\w+)/g], [],
    'every alert is seen firing in a test';

for my $file ('docs/alerts.yml', 'docs/grafana.json') {
    my %asked = map { $_ => 1 } slurp($file) =~ /(shop_failover_\w+)/g;

    cmp_ok scalar(keys %asked), '>', 5, "$file asks for metrics";
    is_deeply [grep { !$seen{$_} } sort keys %asked], [],
        '... and all of them exist';
}

my $dashboard = decode_json(slurp('docs/grafana.json'));
my @ids = map { $_->{id} } @{ $dashboard->{panels} };
my %ids = map { $_ => 1 } @ids;

is scalar(keys %ids), scalar(@ids), 'no two panels have one id';

# each query by job and instance, and such that Prometheus understands it
my @queries = map { $_->{expr} } @{ $dashboard->{annotations}{list} },
    map { @{ $_->{targets} // [] } } @{ $dashboard->{panels} };

is_deeply [grep { !/job=~"\$job", instance=~"\$instance"/ } @queries], [],
    'the dashboard asks for the job and instance that are chosen';

my ($out, $path) = tempfile(UNLINK => 1);
print $out "groups:\n  - name: dashboard\n    rules:\n",
    map { my $n = $_; (my $query = $queries[$n]) =~ s/'/''/g;
          "      - {record: 'q:$n', expr: '$query'}\n" } 0 .. $#queries;
close $out;
promtool('its queries', 'check', 'rules', $path);

done_testing;
