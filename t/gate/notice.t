#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Before a planned start: $shop_notice, in the visitor's language, escaped for
# the banner that docs/operations.md shows; and $shop_eta.  After it is over:
# "after", while everything says that the shop is open.

use ShopTest;
use ShopTest::Ctl;

use JSON::PP ();

my $shop = shop_server(body => '<html><body><h1>Shop</h1></body></html>',
    headers => ['Content-Type' => 'text/html']);

# the example of the documentation, as it stands there
my ($example) = do {
    open my $in, '<', 'docs/operations.md' or die "docs/operations.md: $!\n";
    local $/;
    <$in> =~ /^<!-- tested: banner -->\n+```nginx\n(.*?)^```/ms;
};

$example =~ s/listen 80;/listen %%ADDR_BANNER%%; shop_reopen hold=0s;/;
$example =~ s{/run/shop/maintenance}{%%DIR%%/maintenance};

my $nginx = nginx(http => <<"END");
    shop_events %%DIR%%/events;

    upstream shop { server $shop; }

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/maintenance;
        shop_reopen hold=0s;

        location / {
            add_header X-Notice \$shop_notice always;
            add_header X-Notice-HTML \$shop_notice_html always;
            add_header X-Eta \$shop_eta always;
            proxy_pass http://shop;
        }

        location = /eta { return 200 "\$shop_eta"; }
        location = /state { return 200 "\$shop_state"; }
        location = /status { shop_status; }
    }

$example
END

my $flag = $nginx->dir . '/maintenance';


sub header {
    my ($name, $language) = @_;

    return get($nginx, '/', headers => [
        $language ? ('Accept-Language' => $language) : ()
    ])->{headers}{lc $name};
}

sub banner { return get($nginx->address('BANNER'), '/')->{body} }


is header('X-Notice'), undef, 'nothing is announced';
like banner(), qr{<body><h1>}, 'so there is no banner';

replace_file($flag, <<'END');
status: Closed <tonight> from 22:00 & back "soon".
status.de: Heute Nacht geschlossen.
start: +1h
eta: 2030-01-02T03:04:05Z
END

ok wait_until(10, sub { header('X-Notice') }), 'a planned start is announced';
is header('X-Notice'), 'Closed <tonight> from 22:00 & back "soon".',
    'with the text of the flag';
is header('X-Notice-HTML'),
    'Closed &lt;tonight&gt; from 22:00 &amp; back &quot;soon&quot;.',
    'also escaped';
is header('X-Notice', 'fr, de-AT;q=0.5'), 'Heute Nacht geschlossen.',
    'in the language of the visitor';
is header('X-Notice', 'fr'), 'Closed <tonight> from 22:00 & back "soon".',
    'or as it was written for all';
is header('X-Eta'), '2030-01-02T03:04:05Z', '$shop_eta is the promise';

my $page = get($nginx->address('BANNER'), '/');
is $page->{status}, 200, 'the shop is open';
like $page->{body}, qr{<body><[^>]*>Closed &lt;tonight&gt; from},
    'and has the banner';

replace_file($flag, "start: +1h\nuntil: +2h\n");
ok wait_until(10, sub { (header('X-Notice') // '') =~ /^The shop will/ }),
    'without a text the times are told';
like header('X-Notice'),
    qr/^The shop will be closed for a short time: \w+ \d+ \w+ at .* \S+ \w+ \d+ \w+ at /,
    'both of them';
like header('X-Notice', 'de-AT'), qr/^Der Shop ist f\S+r kurze Zeit geschlossen: /,
    'in the language of the visitor';

replace_file($flag, "status: now\neta: +1h\n");
ok wait_until(10, sub { get($nginx, '/')->{status} == 503 }), 'closed';
is header('X-Notice'), undef, 'what has begun is no longer announced';
like get($nginx, '/eta')->{body}, qr/^\d{4}-.*Z$/, 'but has an ETA';

replace_file($flag, "start: 2020-01-01 00:00\nuntil: 2020-01-02 00:00\nstatus: old\n");
ok wait_until(10, sub { get($nginx, '/')->{status} == 200 }), 'over';
is header('X-Notice'), undef, 'what is over is not announced';
is header('X-Eta'), undef, 'and has no ETA';


# ---- after it is over

my $status = sub { return get($nginx, "/status?format=$_[0]")->{body} };
my @ctl = ('--flag', $flag, '--url', 'http://' . $nginx->address . '/status');

unlink $flag;
says 2, qr/there is no flag .* nothing to say after it/,
    'a flag that is not there has nothing to say afterwards',
    'off', '--after', 'x', @ctl;
says 0, qr/./, 'closed again', 'on', '--status', 'now', '--end', 'eta',
    '--eta', '+2h', '--next-update', '+1h', @ctl;
ok wait_until(10, sub { get($nginx, '/')->{status} == 503 }), 'it is';
says 2, qr/--for says how long --after TEXT/, 'a length alone is no text',
    'off', '--for', '6h', @ctl;
says 2, qr/invalid --for "soon": write a length/, 'and no word is a length',
    'off', '--after', 'x', '--for', 'soon', @ctl;
is get($nginx, '/')->{status}, 503, 'what is refused opens nothing';

says 0, qr/./, 'opened, with a word', 'off', '--after',
    'Orders <before> 2:10 are safe.', '--after.de', 'Alles gut.', '--for', '2h',
    @ctl;
ok wait_until(10, sub { (header('X-Notice') // '') =~ /safe/ }),
    'visitors of the open shop read it';
is get($nginx, '/')->{status}, 200, 'which is open';
is header('X-Notice-HTML'), 'Orders &lt;before&gt; 2:10 are safe.',
    'escaped, too';
is header('X-Notice', 'de'), 'Alles gut.', 'in the visitor\'s language';
is header('X-Eta'), undef, 'no promise is left';
unlike $nginx->{dir}->read('maintenance'), qr/^(?:eta|end|next-update):/m,
    'nor in the file';
like banner(), qr{<body><p [^>]*>Orders &lt;before}, 'the banner has it';

says 1, qr/^open$/m, 'is-active says open', 'is-active', @ctl;
is get($nginx, '/state')->{body}, 'open', '$shop_state says open';
is JSON::PP::decode_json(get($nginx, '/.shop-status')->{body})->{state},
    'open', 'the public status says open';

my $json = JSON::PP::decode_json($status->('json'));
is $json->{site}{state}, 'open', 'the JSON says open';
is $json->{maintenance}{after}, 'Orders <before> 2:10 are safe.',
    'and what is said afterwards';
like $status->('prometheus'),
    qr/^shop_failover_site_state\{[^}]*state="open"[^}]*\} 1$/m,
    'the metric says open';
like $status->('html'), qr/\bopen\b/, 'the screen says open';
ok wait_until(10, sub {
    ($nginx->{dir}->read('events') =~ /^(.*"type":"site".*)$/mg)[-1]
        =~ /"to":"open"/;
}), 'the last event of the site says open';
says 0, qr/after  +Orders <before>/, 'shopctl check shows it', 'check',
    '--url', 'none', $flag;

replace_file($flag, $nginx->{dir}->read('maintenance')
    =~ s/^after-until:.*$/after-until: 2020-01-01 00:00/mr);
ok wait_until(10, sub { !defined header('X-Notice') }), 'until it is over';

says 0, qr/what was in .* is over, and is left out/,
    '"on" leaves it out', 'on', '--status', 'again', @ctl;
unlike $nginx->{dir}->read('maintenance'), qr/after|until/, 'all of it';
ok wait_until(10, sub { get($nginx, '/')->{status} == 503 }), 'and closes';

done_testing;
