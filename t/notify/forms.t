#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# shopctl notify: each form is what its receiver's documentation says, secrets
# stay secret, drills are marked, and a route that nobody tries is named.

use utf8;
use ShopTest;
use JSON::PP ();
use ShopTest::Clock;
use ShopTest::Ctl;
use ShopTest::Notify;
use ShopTest::Schema;

my $sink = shop_server(body => 'ok');
my %secret = (
    pagerduty => 'R0UTINGKEY' . 'x' x 22,
    opsgenie  => 'genie-secret-4711',
    ntfy      => 'tk_secret4711',
    webhook   => 'hook-secret-4711',
    map { $_ => "http://$sink/$_/secret-4711" }
        qw(slack teams mattermost discord),
);
my @forms = sort keys %secret;

my $notify = ShopTest::Notify->new(hold => '1s', fold => '1s');
my @routes = ("run exec path=" . $notify->dir->write('run', <<"END", 0755));
#!/bin/sh
cat > @{[$notify->dir]}/ran.\$\$ && echo "\$SHOP_NOTIFY_ID" > @{[$notify->dir]}/id
END

for my $form (@forms) {
    my $file = $notify->dir->write("$form.key", "$secret{$form}\n", 0640);
    my $url = $secret{$form} =~ /^http/ ? "url_file=$file"
        : "url=http://$sink/$form key_file=$file";

    push @routes, "$form $form $url" . ($form eq 'ntfy' ? ' topic=shop' : '');
}

push @routes, 'post mail to=ops@example.com';
$notify->configure(routes => \@routes);
says 0, qr/^\d+ routes, all is well/, 'the configuration', 'notify',
    '--config', $notify->dir . '/notify.conf', '--check';

sub bodies {
    my ($form) = @_;
    my $uri = $secret{$form} =~ m{(/\w+/secret.*)} ? $1 : "/$form";

    return map { JSON::PP::decode_json($_->{body}) }
        $sink->requests(uri => $uri);
}

sub valid {
    my ($form, $data, $name) = @_;
    my $path = $form eq 'webhook' ? 'docs/notify.schema.json'
        : "t/notify/schemas/$form.json";

    return is_deeply [ShopTest::Schema->new($path)->faults($data, 1)], [],
        "$form: $name";
}


# ---- an alarm and its end, in every form

$notify->begin;
my $text = "Wir reparieren <b>\"die\" Datenbank</b> & mehr: \x{00fc}\x{1f6d2} "
    . 'x' x 900;
$notify->outage(site => 'shop.example', text => $text);
ok wait_until(30, sub { !grep { !bodies($_) } @forms }), 'all are told';

for my $form (@forms) {
    valid($form, (bodies($form))[0], 'an alarm is valid');
}

my %first = map { $_ => (bodies($_))[0] } @forms;
is $first{pagerduty}{event_action}, 'trigger', 'a pager is triggered';
is $first{pagerduty}{routing_key}, $secret{pagerduty}, '... with its key';
is $first{pagerduty}{payload}{severity}, 'critical', '... as critical';
is $first{opsgenie}{priority}, 'P1', 'an alert of the first priority';
is $first{ntfy}{priority}, 5, 'and a phone that rings';
like $first{slack}{text}, qr/&lt;b&gt;"die" Datenbank&lt;\/b&gt; &amp; mehr/,
    'what would be markup in Slack is escaped';
like $first{mattermost}{text}, qr/Visitors read: Wir reparieren/,
    'what visitors read is told';
is $first{webhook}{news}[0]{visitors_read}, $text, 'texts are whole';

my ($asked) = $sink->requests(uri => '/opsgenie');
is $asked->{headers}{authorization}, "GenieKey $secret{opsgenie}",
    'a key of Opsgenie is in its header';

$notify->well;
ok wait_until(30, sub { grep { $_->{event_action} eq 'resolve' }
    bodies('pagerduty') }), 'the end resolves the pager';
my ($end) = grep { $_->{event_action} eq 'resolve' } bodies('pagerduty');
valid('pagerduty', $end, 'an end is valid');
is $end->{dedup_key}, $first{pagerduty}{dedup_key}, '... of the same alarm';

ok wait_until(20, sub { $sink->count(uri => qr{^/opsgenie/}) }),
    'the end closes the alert';
my ($close) = $sink->requests(uri => qr{^/opsgenie/});
is $close->{uri}, "/opsgenie/$first{opsgenie}{alias}/close?identifierType=alias",
    '... by its alias';
valid('opsgenie-close', JSON::PP::decode_json($close->{body}), 'is valid');

ok wait_until(20, sub { my ($ran) = glob $notify->dir . '/ran.*'; $ran }),
    'a program is run';
my ($ran) = map { s{.*/}{}r } glob $notify->dir . '/ran.*';
valid('webhook', JSON::PP::decode_json($notify->dir->read($ran)),
    'what a program reads is valid');


# ---- drills

my ($code, $output) = ctl('notify', '--config', $notify->dir . '/notify.conf',
    '--test');
is $code, 0, 'a drill through every route' or diag $output;
is scalar(my @ok = $output =~ /^\w+ +ok$/mg), @routes, '... arrives';
my ($drill) = grep { $_->{drill} } bodies('webhook');
valid('webhook', $drill, 'a drill is valid');
like $drill->{text}, qr/DRILL: nothing has happened/, '... and is marked';
like $notify->wait_for_mail(qr/DRILL/), qr/^Subject: \[DRILL\]/m,
    '... in its subject';

says 0, qr/^pagerduty +pagerduty +proved \d+s ago, sent \d+s ago$/m,
    'when a route was proved', 'notify', '--config',
    $notify->dir . '/notify.conf', '--status';

ok wait_until(40, sub { $notify->dir->read('metrics.prom')
    =~ /^shop_failover_notify_proved_timestamp_seconds\{route="slack"\} [1-9]/m
}), '... is a metric';

SKIP: {
    skip 'no promtool', 1 if system 'promtool --version >/dev/null 2>&1';
    my $path = $notify->dir . '/metrics.prom';
    my $complaints = `promtool check metrics < $path 2>&1`;
    is "$?$complaints", '0', 'promtool has nothing to say';
}


# ---- secrets

$sink->set('/slack/secret-4711', status => 500);
$notify->outage(site => 'other.example');
ok wait_until(20, sub { $notify->stderr =~ /route slack: it answers 500/ }),
    'a receiver that fails is named';

my $line = join ' ', map { my $in; open $in, '<', "/proc/$_/cmdline"
    or return ''; <$in> // '' } $notify->process->pid;
for my $secret (values %secret, 'secret-4711') {
    my $all = join "\n", $notify->stderr, $output, $line,
        $notify->dir->read('state/state'), $notify->dir->read('metrics.prom');

    unlike $all, qr/\Q$secret\E/, 'a secret is nowhere';
}

$sink->set('/slack/secret-4711', body => 'ok');
$notify->stop;


# ---- who is never tried

SKIP: {
    skip 'a preloaded library is none for sanitizers', 2 if $ENV{SANITIZED};

    my $clock = ShopTest::Clock->new(step => 91 * 86400);
    my $new = ShopTest::Notify->new(hold => '1s', fold => '1s',
        routes => ["hook webhook url=http://$sink/nag"]);
    $new->begin->stop;
    $clock->ahead;
    $clock->around(sub { $new->start });
    ok wait_until(20, sub { grep { $_->{body} =~ /Route hook was never proved/ }
        $sink->requests(uri => '/nag') }), 'a route that nobody tried for 91 '
        . 'days is named';
    $new->stop;
}

done_testing;
