#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# shopctl say, calendar, on --template and on --require: true words for other
# media within their length, and no closing before what has to be so is so.

use utf8;
use ShopTest;
use ShopTest::Ctl;
use ShopTest::Dir;

binmode $_, ':encoding(UTF-8)'
    for map { Test::More->builder->$_ } qw(output failure_output);

my $dir = ShopTest::Dir->new('say');
my $flag = "$dir/maintenance";
my @nginx = ('--url', 'http://127.0.0.1:' . free_port() . '/');
my @langs = map { m{([\w-]+)\.txt} } glob 'html/lang/*.txt';

$ENV{SHOP_FLAG} = $flag;
$ENV{TZ} = 'UTC';

# stdout and the exit code of shopctl
sub said {
    my (@arguments) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>', "$dir/stderr";
        exec shopctl(), @arguments;
    }

    binmode $out, ':encoding(UTF-8)';
    my $text = do { local $/; <$out> } // '';
    close $out;

    return wantarray ? ($text, $? >> 8) : $text;
}

sub flag {
    my ($text) = join '', map { "$_\n" } @_;

    utf8::encode($text);
    return $dir->write('maintenance', $text);
}


# ---- nothing is said of what is not

says 2, qr/is not there: there is nothing to say/, 'no flag', 'say', '--for',
    'sms';
flag('until: 2020-01-01 00:00');
says 2, qr/has ended: there is nothing to say/, 'one that is over', 'say',
    '--for', 'sms';
says 2, qr/write: shopctl say --for social, sms/, 'no medium', 'say';
says 2, qr/there is no language "xx"/, 'no language', 'say', '--for', 'sms',
    '--lang', 'xx';


# ---- templates, in all languages

unlink $flag;
says 2, qr/write one of database, deploy/, 'no such template', 'on',
    '--template', 'coffee', @nginx;
ok !-e $flag, '... closes nothing';
says 2, qr/are of: shopctl on/, 'not of an outage', 'tell', 'x', '--template',
    'database', @nginx;

for my $template (qw(database deploy payment overload security)) {
    unlink $flag;
    my (undef, $code) = said('on', '--template', $template, '--eta', '+45m',
        @nginx);
    is $code, 0, "template $template";
    says 0, qr/./, "... has no warning", 'check', @nginx;

    my %texts;
    my ($lines) = $dir->read('maintenance');
    $texts{ $1 // 'en' } = $2 while $lines =~ /^status(?:\.([\w-]+))?: (.+)/mg;
    is join(' ', sort keys %texts), join(' ', sort @langs),
        '... and words in all languages';
}

says 2, qr/has words of its own: change them/, 'own words are not replaced',
    'on', '--template', 'deploy', @nginx;


# ---- each medium, within its length

my $gsm = q{@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,-./0123456789:;<=>?}
    . '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
    . "\n\r";
my $twice = '^{}\\[~]|€';
my @long;

for my $lang (@langs) {
    my ($post) = said('say', '--for', 'social', '--lang', $lang, '--link',
        'https://shop.example/');
    chomp $post;
    my $length = length($post) + grep { ord >= 0x800 } split //, $post;
    push @long, "$lang: a post of $length" if $length > 280;
    push @long, "$lang: no link" if $post !~ m{https://shop\.example/$};

    my ($sms) = said('say', '--for', 'sms', '--lang', $lang);
    chomp $sms;
    my $plain = !grep { index($gsm . $twice, $_) < 0 } split //, $sms;
    my $septets = length($sms) + grep { index($twice, $_) >= 0 } split //, $sms;
    my $two = $dir->read('stderr') =~ /it takes two messages/;

    push @long, "$lang: a message of " . length $sms
        if $plain ? $septets > ($two ? 306 : 160)
            : length $sms > ($two ? 134 : 70);
    push @long, "$lang: an empty message" if length $sms < 10;
}

is join("\n", @long), '', 'posts and messages have no more than they may';

flag('status: We move.', 'status.de: Wir ziehen um.', 'eta: +45m',
    'contact: Order by phone: +49 800 123456', 'update: 03:10 Half is done.');
like said('say', '--for', 'mail'), qr/\ASubject: Sorry, our online shop is closed /,
    'a mail has a subject';
like said('say', '--for', 'mail'),
    qr/until .*\n\n.*We move\..*Half is done\..*\+49 800/s,
    'a mail has all of it';
like said('say', '--for', 'social', '--lang', 'de', '--shop', 'Beispiel'),
    qr/\ABeispiel ist .*Wir ziehen um\./s, 'in German, by the name of the shop';
like said('say', '--for', 'support'),
    qr/did not reach us.*do not order or pay again/s,
    'who is asked can say what the page says of orders';
unlike said('say', '--for', 'status-page'), qr/did not reach us/,
    '... a status page does not';
flag('mode: words', 'status: We repair it.');
like said('say', '--for', 'social'), qr/there is a problem with our online shop/,
    'an outage is none that was planned';
flag('status: ' . 'long ' x 60, 'eta: +45m');
my $post = said('say', '--for', 'social');
unlike $post, qr/long/, 'what is too long is left out as a whole';
like $post, qr/closed until/, '... and the rest is said';
says 2, qr/its first sentence alone is too long/, 'a name that is too long',
    'say', '--for', 'sms', '--shop', 'x' x 400;


# ---- what is announced

flag('start: 2031-03-04T22:00:00Z', 'until: 2031-03-05T01:00:00Z',
    'status: Umzug; a, b \\ c ' . 'ä' x 60);
like said('say', '--for', 'social'),
    qr/\AThe shop will be closed for a short time: Tuesday 4 March/,
    'what is announced is not said to be closed';

my $ics = said('calendar', '--shop', 'Example');
is scalar(grep { length > 75 }
    map { my $line = $_; utf8::encode($line); $line } split /\r\n/, $ics), 0,
    'no line of a calendar has more than 75 octets';
unlike $ics, qr/(?<!\r)\n/, '... and all end in CRLF';
(my $unfolded = $ics) =~ s/\r\n //g;
like $unfolded, qr/\ABEGIN:VCALENDAR\r\nVERSION:2\.0\r\n.*END:VCALENDAR\r\n\z/s,
    'a calendar';
like $unfolded, qr/^DTSTART:20310304T220000Z\r\nDTEND:20310305T010000Z\r$/m,
    'from when to when';
like $unfolded, qr/^SUMMARY:Example: closed\r$/m, 'of this shop';
like $unfolded, qr/^DESCRIPTION:Umzug\\; a\\, b \\\\ c ä{60}\r$/m,
    'its text, escaped';
my ($uid) = $unfolded =~ /^UID:(\S+)/m;
flag('start: 2031-04-04T22:00:00Z');
is((said('calendar') =~ /^UID:(\S+)/m)[0], $uid,
    'a closing that is moved is the same event');
flag('mode: words');
unlike said('calendar'), qr/VEVENT/, 'words are no appointment';
unlink $flag;
unlike said('calendar'), qr/VEVENT/, 'an open shop has none';


# ---- what has to be so before

my $list = $dir->write('before', "# before we close\nbackup: true\n"
    . "disk: test -d $dir\n");
is((said('on', '--require', $list, @nginx))[1], 0, 'all checks pass');
ok -e $flag, '... and the shop is closed';
unlink $flag;

$dir->write('before', "backup: true\nreplica: echo behind; exit 3\n"
    . "other: false\n");
says 2, qr/behind\n.*"replica" FAILED: code 3.*"other" FAILED.*2 of the checks/s,
    'checks that fail are named', 'on', '--require', $list, @nginx;
ok !-e $flag, '... and the shop is not closed';

$dir->write('before', "backup true\n");
says 2, qr/before:1: "backup true": expected "NAME: COMMAND"/,
    'what is no check', 'on', '--require', $list, @nginx;
says 2, qr/cannot read/, 'no list', 'on', '--require', "$dir/none", @nginx;
ok !-e $flag, '... has not passed';

done_testing;
