package ShopTest::Alerts;

# Copyright (C) ngx_shop_failover_module authors
#
# Which alerts of docs/alerts.yml fire on metrics as nginx has them:
#
#     is_deeply [alerts(20, $metrics)], ['ShopNobodyServes page'], 'P1';
#
# The samples stay as they are for so many minutes.  With two scrapes the first
# is that of the first minute, so that counters grow between them.

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);

use ShopTest::Dir;

our @EXPORT = qw(alerts);


sub alerts {
    my ($minutes, @scrapes) = @_;
    my ($first, $then) = map { { samples($_) } } @scrapes, $scrapes[-1];
    my $dir = ShopTest::Dir->new('alerts');
    my $rules = abs_path('docs/alerts.yml');
    my $series = '';

    for my $name (sort keys %$then) {
        my $quoted = $name =~ s/'/''/gr;
        my $from = $first->{$name} // '_';

        $series .= "      - series: '$quoted'\n"
            . "        values: '$from $then->{$name}+0x$minutes'\n";
    }

    # an expectation that is never met: promtool says what it got instead
    my $file = $dir->write('test.yml', <<"END");
rule_files: ['$rules']
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
$series
    promql_expr_test:
      - expr: group by(alertname, severity) (ALERTS{alertstate="firing"})
        eval_time: ${minutes}m
        exp_samples: [{labels: '{none="such"}', value: 0}]
END

    my $said = `promtool test rules '$file' 2>&1`;
    my ($got) = $said =~ /^\s*got:\s*(.*)/m or die "promtool: $said\n";

    return sort map { /alertname="(\w+)", severity="(\w+)"/ ? "$1 $2" : () }
        $got =~ /\{(.*?)\}/g;
}


sub samples {
    my ($metrics) = @_;

    return $metrics =~ /^(shop_failover_\w+(?:\{.*\})?) (\S+)$/mg;
}


1;
