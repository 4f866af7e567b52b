#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The public status' Atom feed: each closing, update and opening, as a valid
# document of RFC 4287 with ids that stay, for the site and the host that was
# asked for, and nothing of what visitors did not meet.

use ShopTest;

use XML::LibXML ();

my $shop = shop_server(body => 'shop');
my $gone = free_port();
my $kept = ShopTest::Dir->new('feed');

chmod 0777, $kept or die "$kept: $!\n";

my $nginx = nginx(http => <<"END");
    shop_state_file $kept/state;
    shop_reopen hold=0s;
    shop_page_var name "M\xc3\xbcller & <Sons>";

    upstream dead { server 127.0.0.1:$gone; shop_health_check interval=100ms
                    fast=50ms timeout=1s; }

    server {
        listen %%ADDR%%;
        server_name a.example *.shops.example;
        shop_maintenance %%DIR%%/flags;
        location / { proxy_pass http://$shop; }
        location ~ /\\. { return 404; }
    }

    server {
        listen %%ADDR_DEAD%%;
        server_name dead.example;
        shop_maintenance %%DIR%%/none;
        location / { proxy_pass http://dead; }
    }
END

my $dir = $nginx->dir;
my $atom = XML::LibXML::XPathContext->new;
$atom->registerNs(a => 'http://www.w3.org/2005/Atom');

mkdir "$dir/flags" or die "$dir/flags: $!\n";


sub answer {
    my ($host, $query, %options) = @_;

    return request($options{where} // $nginx, $options{method} // 'GET',
        '/.shop-status.atom' . ($query // ''), headers =>
        [Host => $host // 'a.example', @{ $options{headers} // [] }]);
}

# what RFC 4287 asks for (sections 4.1.1, 4.1.2, 3.3), or why it is not so
sub faults {
    my ($xml) = @_;
    my @faults;

    my $doc = eval { XML::LibXML->load_xml(string => $xml) }
        or return ("$@");

    my $n = sub { scalar @{ [$atom->findnodes(@_)] } };
    my $root = $doc->documentElement;

    return 'not a feed' if $root->localname ne 'feed'
        || $root->namespaceURI ne 'http://www.w3.org/2005/Atom';

    for my $of ($root, $atom->findnodes('a:entry', $root)) {
        push @faults, $of->localname . ": $_" for grep {
            $n->("a:$_", $of) != 1
        } qw(id title updated);

        for my $date ($atom->findnodes('a:updated', $of)) {
            push @faults, 'date ' . $date->textContent if $date->textContent
                !~ /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
        }

        push @faults, 'id ' . $atom->findvalue('a:id', $of)
            if $atom->findvalue('a:id', $of) !~ /^urn:uuid:[\da-f]{8}-
                [\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/x;
    }

    my %seen;
    push @faults, map { 'id twice: ' . $_->textContent }
        grep { $seen{ $_->textContent }++ } $atom->findnodes('//a:id', $root);
    push @faults, 'no author' if !$n->('a:author/a:name', $root);
    push @faults, 'no link to itself' if !$n->('a:link[@rel="self"]', $root);
    push @faults, 'an entry without a content'
        if $n->('a:entry', $root) != $n->('a:entry/a:content', $root);
    push @faults, 'what Atom does not know' if $n->(
        '//*[namespace-uri() != "http://www.w3.org/2005/Atom"]', $root);

    return @faults;
}

sub feed {
    my ($host, $query, %options) = @_;

    return XML::LibXML->load_xml(string =>
        answer($host, $query, %options)->{body})->documentElement;
}

# "term: content" of each entry, the newest first
sub entries {
    my ($feed) = @_;

    return [map { $atom->findvalue('a:category/@term', $_) . ': '
                  . $atom->findvalue('a:content', $_) }
            $atom->findnodes('a:entry', $feed)];
}

sub ids {
    my ($feed) = @_;

    return { map { $atom->findvalue('a:content', $_)
                   . $atom->findvalue('a:title', $_)
                   => $atom->findvalue('a:id', $_) }
             $atom->findnodes('a:entry', $feed) };
}

sub says {
    my ($expected, $name, $host, $query, %options) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $is;

    wait_until(20, sub {
        $is = entries(feed($host, $query, %options));
        "@$is" eq "@$expected";
    });

    return is_deeply $is, $expected, $name;
}


# ---- open, and nothing was

my $open = answer();
is $open->{status}, 200, 'it is there beside the public status';
is $open->{headers}{'content-type'}, 'application/atom+xml', 'as Atom';
is $open->{headers}{'cache-control'}, 'no-store', 'for no cache';
is join(', ', faults($open->{body})), '', 'valid without an entry';
is $atom->findvalue('a:author/a:name', feed()), "M\x{fc}ller & <Sons>",
    'the name of the shop is escaped';
is $atom->findvalue('a:link[@rel="self"]/@href', feed('a.example', '?lang=de')),
    '/.shop-status.atom?lang=de', 'it says where it is';
is feed('a.example', '?lang=de')->getAttribute('xml:lang'), 'de',
    'and in which language';
is feed('a.example', '', headers => ['Accept-Language' => 'fr'])
    ->getAttribute('xml:lang'), 'fr', 'which may be the reader\'s';
is answer(undef, '', method => 'POST')->{status}, 405, 'it takes no POST';
is $shop->count(uri => '/.shop-status.atom'), 0, 'it is never proxied';
is request($nginx, 'GET', '/.shop-status.atomic')->{status}, 404,
    'what is called much like it is not it';


# ---- a closing

my $text = "A & B are \"repaired\" <now>, M\xc3\xbcller";
my $said = "A & B are \"repaired\" <now>, M\x{fc}ller";

my $flag = "status: $text\nstatus.de: Wir reparieren.\nwho: anna\n";

$nginx->file('flags/all', $flag);
says ["maintenance: $said"], 'a closing is an entry, and its text is escaped';
is join(', ', faults(answer()->{body})), '', 'valid with an entry';
unlike answer()->{body}, qr/anna/, 'who did it is not said';
says ['maintenance: Wir reparieren.'], 'in German in German', undef, '?lang=de';
is $atom->findvalue('a:entry/a:content/@xml:lang', feed(undef, '?lang=fr')), '',
    'a text that has no language has none';
like answer(undef, '?lang=fr')->{body}, qr/<content type="text" xml:lang="">/,
    'and the feed says so';

my $before = ids(feed());

$nginx->file('flags/all', $flag . "update: Cause found.\n"
    . "update: Half is done.\nupdate.de: Halb fertig.\n");
says ['update: Half is done.', 'update: Cause found.', "maintenance: $said"],
    'each update is an entry, the newest first';
says ['update: Halb fertig.', 'update: Cause found.',
      'maintenance: Wir reparieren.'], 'with its translation', undef,
    '?lang=de';
is $atom->findvalue('a:updated', feed()), $atom->findvalue(
    'a:entry[1]/a:updated', feed()), 'the feed is as new as its newest entry';

my $during = ids(feed());
is_deeply { map { $_ => $during->{$_} } keys %$before }, $before,
    'ids stay';
is answer('a.example', '?lang=en', headers => ['Accept-Encoding' => 'gzip'])
    ->{headers}{'content-encoding'}, 'gzip', 'it is compressed';

unlink "$dir/flags/all";
says ['open: The shop is open again.', 'update: Half is done.',
      'update: Cause found.', "maintenance: $said"],
    'the opening is an entry, and what was told stays';
is join(', ', faults(answer()->{body})), '', 'valid when all is over';


# ---- hosts

$nginx->file('flags/one', "hosts: x.shops.example\nstatus: X alone.\n");
$nginx->file('flags/two', "hosts: y.shops.example z.shops.example\n"
    . "mode: paths /cart\nstatus: The baskets.\n");

my @was = ('open: The shop is open again.', 'update: Half is done.',
    'update: Cause found.', "maintenance: $said");

says ['maintenance: X alone.', @was], 'a host that is closed alone is told so',
    'x.shops.example';
says ['paths: The baskets.', @was], 'that parts of it are closed',
    'z.shops.example';
says \@was, 'and others are not', 'w.shops.example';

unlink "$dir/flags/one", "$dir/flags/two";
says ['open: The shop is open again.', 'maintenance: X alone.', @was],
    'that it is open again, too', 'x.shops.example';
says ['open: The shop is open again.', 'paths: The baskets.', @was],
    'of each of its hosts', 'z.shops.example';
says \@was, 'and not the others', 'w.shops.example';
is join(', ', faults(answer('z.shops.example')->{body})), '', 'valid';


# ---- an outage

my @dead = (where => $nginx->address('DEAD'));

says ['outage: The problem is on our side. It is not because of your device '
      . 'or connection.'], 'an outage has the built-in words',
    'dead.example', '', @dead;
unlike answer('dead.example', '', @dead)->{body}, qr/127\.0\.0\.1|upstream/,
    'and no internals';
my %known = map { $_ => ids(feed($_)) } qw(a.example x.shops.example);
$nginx->stop;
$nginx->start;

for my $host (sort keys %known) {
    is_deeply ids(feed($host)), $known{$host},
        "$host: ids are the same after a restart with a state file";
}


# ---- many

for my $round (1 .. 4) {
    $nginx->file('flags/all', "status: $round.\n");
    wait_until(20, sub { (entries(feed())->[0] // '') =~ /^maint/ });
    $nginx->file('flags/all', join '', "status: $round.\n",
        map { "update: $round/$_.\n" } 1 .. 14);
    ok wait_until(20, sub { answer()->{body} =~ m{>$round/14\.<} }),
        "closing $round is told whole";
    unlink "$dir/flags/all";
    ok wait_until(20, sub {
        (entries(feed())->[0] // '') =~ /^open/ }), 'and its end';
}

is scalar @{ entries(feed()) }, 40, 'only the newest entries stay';
is join(', ', faults(answer()->{body})), '', 'valid with many';

done_testing;
