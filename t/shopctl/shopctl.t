#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# shopctl as a person uses it: what it says, what it writes, what nginx makes
# of that; and that nobody ever reads half a flag.

use ShopTest;
use ShopTest::Ctl;

use Digest::SHA qw(hmac_sha256);
use File::Temp qw(tempdir);
use MIME::Base64 qw(decode_base64url);
use POSIX qw(mkfifo);

$ENV{TZ} = 'CET-1CEST,M3.5.0,M10.5.0/3';
delete @ENV{qw(SHOP_FLAG SHOP_STATUS SHOP_BYPASS_KEY)};

my $dir = tempdir(CLEANUP => 1);
my $flag = "$dir/maintenance";


sub content {
    my ($path) = @_;

    open my $in, '<', $path // $flag or return '';
    local $/;
    return <$in> // '';
}


# ---- from nothing to closed and back

$ENV{SHOP_FLAG} = $flag;

says 1, qr/^open$/, 'without a flag it is open', 'is-active';
says 0, qr/^closed: \Q$flag\E\n  eta +\d{4}-.* CES?T, in 45m$/m,
    'on closes, and says when it will be well',
    'on', '--eta', '+45m', '--status', 'We repair <it> & more', '--status.de',
    "Wir reparieren", '--contact', 'Phone: +49 800 1', '--contact=mailto:a@b.c',
    '--who', 'anna, ticket 4711';

like content(), qr/^# who: anna, ticket 4711$/m, 'it says who';
like content(), qr/^eta: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ # /m,
    'the time is absolute';
like content(), qr/^status: We repair <it> & more$/m, 'texts are as written';
like content(), qr/^contact: Phone.*\ncontact: mailto:a\@b.c$/m,
    'a list has several';
is +(stat $flag)[2] & 07777, 0644, 'everybody may read it';
is_deeply [glob "$dir/.*shopctl*"], [], 'and nothing else is left';

says 0, qr/^closed$/, 'is-active agrees', 'is-active';
says 0, qr/^$/, 'quietly, too', 'is-active', '--quiet';

says 0, qr/in 1h/, 'update adds news', 'update', 'Cause found.', '--eta', '+1h';
like content(), qr/^update: \d\d:\d\d Cause found\.$/m, 'with the time of now';
is scalar(() = content() =~ /^eta:/mg), 1, 'and replaces what it names';
like content(), qr/^status\.de: Wir/m, 'and nothing else';

says 0, qr/^closed: /, 'on again changes the flag', 'on', '--status', 'Other';
like content(), qr/^status: Other$/m, 'the text';
like content(), qr/^update: .* Cause found/m, 'and keeps the news';

says 0, qr/^open: \Q$flag\E is gone\nnote: whether nginx has seen it is not known/, 'off opens', 'off';
ok !-e $flag, 'the flag is gone';
says 0, qr/^open: \Q$flag\E was not there$/m, 'off again is no error', 'off';


# ---- what is there already

write_file($flag, "# by hand\nstatus: by hand\neta: +30m\nStart : 2019-01-01 00:00\n");
utime time - 600, time - 600, $flag;
says 0, qr/in 30m|in 29m/, 'a relative time counts from when the file came here',
    'update', 'Half done.';
like content(), qr/^# by hand\nstatus: by hand\neta: \d{4}-.*Z # /,
    'and becomes absolute, so that it does not move';

write_file($flag, "until: 2020-01-01 00:00\nstatus: long ago\n");
says 1, qr/^open$/, 'what is over does not close', 'is-active';
says 0, qr/is over, and is left out.*closed: /s, 'on does not revive it', 'on';
unlike content(), qr/until|long ago/, 'nor keep any of it';
says 0, qr/closed/, 'it closes', 'is-active';
unlink $flag;

says 0, qr/^announced: .*closes at .*in 2h/s, 'a start to come is announced',
    'on', '--start', '+2h', '--status', 'tonight';
says 1, qr/^open$/, 'and does not close', 'is-active';
says 0, qr/^closed/, 'on without a start closes now', 'on';
like content(), qr/^status: tonight$/m, 'with the text that was planned';
unlink $flag;

for my $mode ('browse', 'paths /checkout /cart') {
    my ($word) = split / /, $mode;

    says 0, qr/^$word: /, "mode $mode", 'on', '--mode', $mode;
    says 0, qr/^$word$/, 'is one that closes', 'is-active';
    unlink $flag;
}

symlink "$dir/target", $flag;
write_file("$dir/target", '');
says 0, qr/closed/, 'a symlink', 'on', '--status', 'through a link';
ok -l $flag, 'stays one';
like content("$dir/target"), qr/through a link/, 'its target is written';
says 0, qr/open/, 'off', 'off';
ok !-l $flag, 'takes the link away';

unlink "$dir/target";
symlink 'target', $flag;
says 0, qr/closed/, 'a relative symlink to what is not there yet', 'on';
ok -l $flag && -f "$dir/target", 'makes its target';
says 0, qr/^closed$/, 'which closes', 'is-active';
unlink $flag, "$dir/target";


# who may write into the flag's directory does not make root copy what only
# root may read, nor replace what only root may write

sub others_may_write {
    my ($link, $victim, @flag) = @_;

    write_file($victim, "secret: of root\n");
    chmod 0600, $victim;
    symlink $victim, $link or die "$link: $!\n";

    for my $command (['on'], ['update', 'news']) {
        says 2, qr/"\Q$link\E" is a symlink.*others may write/,
            "a symlink of others, @flag: @$command", @$command, @flag;
    }

    is content($victim), "secret: of root\n", '... is not written through';
    is +(stat $victim)[2] & 0777, 0600, '... nor opened to everybody';
    ok -l $link, '... and stays as it is';
    unlink $link, $victim;
    return;
}

mkdir "$dir/shared";
chmod 0770, "$dir/shared";
mkdir "$dir/several";
chmod 01777, "$dir/several";

others_may_write("$dir/shared/flag", "$dir/victim", '--flag', "$dir/shared/flag");
others_may_write("$dir/several/shopctl", "$dir/victim", '--flag', "$dir/several");

# not by a link of our own that leads there, either
symlink "$dir/shared/flag", $flag;
others_may_write("$dir/shared/flag", "$dir/victim");
unlink $flag;

symlink $flag, $flag;
says 2, qr/symlink/, 'a symlink to itself is refused', 'on';
unlink $flag;

says 0, qr/closed/, 'a file in a directory of others is fine', 'on', '--flag',
    "$dir/shared/flag";
says 0, qr/closed/, 'also the second time', 'update', 'half done', '--flag',
    "$dir/shared/flag";
unlink "$dir/shared/flag";


# ---- what is no file is not replaced: --flag /dev/null would be the end of it

mkfifo("$dir/pipe", 0600) or die "mkfifo: $!\n";
says 2, qr/pipe" is no file, but a device, a pipe.*is --flag right\?/,
    "a pipe, by shopctl $_->[0]", @$_, '--flag', "$dir/pipe"
    for ['on'], ['update', 'x'];
ok -p "$dir/pipe", '... stays one';
says 0, qr/pipe" is no file.*^closed$/ms, '... which closes', 'is-active',
    '--flag', "$dir/pipe";


# ---- a directory flag

mkdir "$dir/flags";
my @flags = ('--flag', "$dir/flags");

says 0, qr/closed/, 'in a directory', 'on', @flags;
ok -e "$dir/flags/shopctl", 'we have a file of our own';
says 0, qr/closed/, 'another name', 'on', @flags, '--name', 'deploy';
says 0, qr/"shopctl" is still in .*^off: /ms, 'off says what is left', 'off',
    @flags, '--name', 'deploy';
says 0, qr/^closed$/, 'it is closed', 'is-active', @flags;
write_file("$dir/flags/zeta", "nonsense\n");
says 1, qr{flags/shopctl: closed\n.*flags/zeta: closed\n.*zeta:1: no ":"}s,
    'check shows all of them', 'check', @flags;
unlink "$dir/flags/zeta";
says 0, qr/^open: /, 'off', 'off', @flags;
says 1, qr/^open$/, 'it is open', 'is-active', @flags;
says 2, qr/invalid --name ".x"/, 'a hidden name would not count', 'on', @flags,
    '--name', '.x';


# ---- check and preview

write_file($flag, <<'END');
status: Text
eta: +45m
mode: paths /a /b
end: healthy
stauts: typing error
next-update: 11/12
update: 03:10 Cause found.
END

says 1, qr/maintenance: paths\n/, 'check says what it means', 'check', $flag;
my (undef, $checked) = ctl('check', $flag);
like $checked, qr/eta +\d{4}-.*, in 45m +\(\+45m\)|in 44m/, 'its times';
like $checked, qr{mode +paths: /a /b and}, 'its mode';
like $checked, qr/end +healthy: when all is well/, 'its end';
like $checked, qr/update +\d{4}-\d\d-\d\d 03:10 Cause found\./, 'its updates';
like $checked, qr/maintenance:5: unknown key: "stauts/, 'a bad line';
like $checked, qr/maintenance:6: not a clear date.*: "11\/12"/, 'a bad time';

write_file($flag, "status: fine\n");
says 0, qr/status +fine/, 'a good file', 'check', $flag;
says 0, qr/\A\Q$flag\E: closed\n +status +fine/, '... also unnamed', 'check';
open STDIN, '<', $flag or die "$flag: $!\n";
says 0, qr/^stdin: closed\n +status +fine/, 'the same from a pipe', 'check', '-';
says 2, qr/cannot read "\Q$dir\E\/none": No such file/, 'none', 'check',
    "$dir/none";
write_file($flag, '#' x 17000);
says 2, qr/is larger than 16384 bytes/, 'one that is too big', 'check', $flag;
says 0, qr/closed/, 'which closes', 'is-active';

write_file($flag, "status: <b>bold</b>\nstatus.ar: \x{d9}\x{85}\neta: +45m\n");
says 0, qr/^Sorry, our online shop is closed until .*<b>bold<\/b>/s,
    'preview shows the page as text', 'preview';
says 0, qr/<html lang="en".*&lt;b&gt;bold/s, 'as HTML', 'preview', '--html';
says 0, qr/^Unser Onlineshop ist/, 'in a language', 'preview', '--lang', 'de';
says 0, qr/<html lang="ar" dir="rtl">/, 'also from right to left', 'preview',
    '--lang=ar', '--html';
says 0, qr/problem with our online shop/, 'of an outage', 'preview', '--outage';
says 2, qr/no language "xx"; built in are:\n en ar\b.* de\b/,
    'not in one that is unknown', 'preview', '--lang', 'xx';

# a page of the operator's own, as nginx makes it
my $page = "$dir/page";
mkdir $_ for $page, "$page/lang";
write_file("$page/page.txt", "{{title}} at {{var.name}}\n{{status}}\n");
write_file("$page/lang/de.txt", "title_problem = Ups\n");
write_file("$page/lang/sv.txt", "title_problem = Hoppsan\n");
my @own = ('preview', '--outage', '--page-dir', $page, '--page-var');

says 0, qr/^Ups at Tea\n<b>bold/, 'a template and a text of your own', @own,
    'name=Tea', '--lang', 'de';
says 0, qr/^Hoppsan at \n/, 'a language of your own', @own, 'home=/x', '--lang',
    'sv';
says 0, qr/<h1[^>]*>Ups</, 'in a template that is built in', @own, 'name=Tea',
    '--lang', 'de', '--html';
says 2, qr/invalid --page-var "Tea": write NAME=VALUE/, 'a name without a value',
    @own, 'Tea';
write_file("$page/page.txt", "one\n{{nonsense}}\n");
says 2, qr{page/page\.txt:2: no such name: "\{\{nonsense\}\}"}, 'a template that is broken', @own,
    'a=b';
write_file("$page/lang/de.txt", "nonsense\n");
says 2, qr{page/lang/de\.txt:1: }, 'a text that is broken', @own, 'a=b',
    '--lang', 'de';
says 2, qr/"$page\/none" is no directory/, 'a directory that is not there',
    'preview', '--page-dir', "$page/none";

unlink $flag;
says 0, qr/no flag .*this is the page of an empty one.*Sorry/s, 'without a flag',
    'preview';


# ---- errors name the value and the cure

my @errors = (
    [qr/^usage: shopctl COMMAND/] => [],
    [qr/unknown command "onn".*usage:/s] => ['onn'],
    [qr/the command comes before "--flag"/] => ['--flag', $flag, 'on'],
    [qr/unknown option "ets", known are: --eta/] => ['on', '--ets', '+5m'],
    [qr/--eta needs a value: --eta TIME/] => ['on', '--eta'],
    [qr/--flag needs a value: --flag PATH/] => ['on', '--flag', ''],
    [qr/--status needs a value, and "--mode=browse" looks like an option; if/] =>
        ['on', '--status', '--mode=browse'],
    [qr/--reason needs a value, and "-eta" looks/] =>
        ['on', '--reason', '-eta', '+1h'],
    [qr/known are: .*; before a text that begins with "-" write --$/] =>
        ['on', '- or two'],
    [qr/--eta is given twice: "\+1h" and "\+2h"/] =>
        ['on', '--eta', '+1h', '--eta', '+2h'],
    [qr/--quiet takes no value/] => ['is-active', '--quiet=yes'],
    [qr/invalid --eta "45": /] => ['on', '--eta', '45'],
    [qr/invalid --eta "11\/12": not a clear date/] => ['on', '--eta', '11/12'],
    [qr/invalid --eta "2020-01-01 00:00": .* is over; write a time to come/] =>
        ['on', '--eta', '2020-01-01 00:00'],
    [qr/invalid --mode "read": unknown mode.*write full, browse/] =>
        ['on', '--mode', 'read'],
    [qr/invalid --end "soon": unknown end.*write manual/] =>
        ['on', '--end', 'soon'],
    [qr/invalid --status.d "x": bad language/] => ['on', '--status.d', 'x'],
    [qr/--status "a\?b" has a line break; write it in one line/] =>
        ['on', '--status', "a\nb"],
    [qr/invalid --status ".*": longer than 500 bytes/] =>
        ['on', '--status', 'x' x 501],
    [qr/--until is not after --start/] =>
        ['on', '--start', '+2h', '--until', '+1h'],
    [qr/--end eta needs an ETA.*add --eta \+45m/] => ['on', '--end', 'eta'],
    [qr/write: shopctl on --status "repairs"/] => ['on', 'repairs'],
    [qr/no flag .* to update.*close it with: shopctl on/] => ['update', 'x'],
    [qr/"update" needs a text/] => ['update'],
    [qr/"update" takes one text, put it in quotes/] => ['update', 'a', 'b'],
    [qr/directory "\Q$dir\E\/none" does not exist.*install -d -m 755/] =>
        ['on', '--flag', "$dir/none/flag"],
);

while (my ($pattern, $arguments) = splice @errors, 0, 2) {
    says 2, $pattern->[0], "refused: shopctl @$arguments" =~ s/\n/\\n/r =~
        s/x{9,}/xxx.../r, @$arguments;
    ok !-e $flag, 'and nothing was written';
}

write_file($flag, '');
says 2, qr/--update "a\?until: \+1m" has a line break/,
    'a text of two lines, the second one a key', 'update', "a\nuntil: +1m";
says 2, qr/invalid --update "": no value/, 'a text without one', 'update', '';
says 2, qr/invalid --update "x+": longer than 500 bytes/, 'one that is long',
    'update', 'x' x 501;
is content(), '', 'none of them is written';
says 0, qr/closed/, 'a text with a dash', 'update', '--', '- or two';
like content(), qr/^update: \d\d:\d\d - or two$/m, 'is one';
says 0, qr/closed/, 'a value like an option', 'on', '--status=--eta';
like content(), qr/^status: --eta$/m, 'is taken where it is meant';
unlink $flag;

write_file($flag, join '', map { "update: 03:10 news $_\n" } 1 .. 31);
says 0, qr/\Aclosed: \S+\nnote: whether nginx has seen [^\n]*\n\z/, 'the 32nd update', 'update', 'the last one';
says 0, qr/\Aclosed: \S+\nnote: whether nginx has seen [^\n]*\n\z/, 'and two more, without a warning', 'on',
    '--update', 'more', '--update', 'most';
is scalar(() = content() =~ /^update:/mg), 32, 'there are never more';
like content(), qr/\Aupdate: 03:10 news 3\n.*last one\n.*more\n.*most\n\z/s,
    'the oldest are gone';
unlink $flag;

for my $command (qw(on tell update off is-active check preview link)) {
    says 0, qr/^usage: shopctl $command/, "$command has a help", $command,
        '--help';
}

says 0, qr/^usage: shopctl off/, 'help of a command', 'help', 'off';
says 2, qr/unknown command "of".*usage:/s, '... not of one that is none', 'help',
    'of';

SKIP: {
    skip 'root may write everywhere', 2 if $> == 0;

    chmod 0555, "$dir/flags";
    says 2, qr/cannot write into .*Permission denied; .*sudo/, 'not allowed',
        'on', @flags;
    chmod 0755, "$dir/flags";
}


# ---- a full disk, or a file that may not grow, leaves what was there

write_file($flag, "status: before\n");
my $before = content();

if (my $pid = fork) {
    waitpid $pid, 0;
    isnt $?, 0, 'a write that fails is an error';
} else {
    $SIG{XFSZ} = 'IGNORE';
    open STDERR, '>', '/dev/null';
    exec 'sh', '-c', "ulimit -f 0; exec @{[shopctl]} on --status after";
}

is content(), $before, 'and the flag is as it was';
is_deeply [glob "$dir/.shopctl*"], [], 'with no temporary file beside it';
unlink $flag;


# ---- nginx and shopctl agree

my $shop = shop_server(body => 'shop');
my $key = "$dir/key";

says 2, qr/key file .* cannot be read: No such.*openssl rand -hex 32 > \Q$key/s,
    'a key that is missing', 'link', '--key', $key, 'https://localhost/';
write_file($key, "short\n");
chmod 0600, $key;
says 2, qr/is too short, .* 32 bytes/, 'a key that is short', 'link',
    '--key', $key, 'https://localhost/';
write_file($key, ('k' x 40) . "\n");
says 2, qr/invalid address "localhost": write a page/, 'no address', 'link',
    '--key', $key, 'localhost';
says 2, qr/invalid address "\Q${\ tr{\e}{?}r}\E": .* as browsers send it, such/,
    "no address of a shop: $_" =~ s/[^ -~]/?/gr, 'link', '--key', $key, $_
    for "https://m\xc3\xbcller.example/", 'https://:8443/', 'https://./',
        'https://a%62/', 'https://shop.example:123456/', 'https://[::1/',
        'https://u@shop.example/', "https://shop.example/\e[1m";
says 2, qr/invalid --valid "5": /, 'no length', 'link', '--key', $key,
    '--valid', '5', 'https://localhost/';

my (undef, $link) = ctl('link', '--key', $key, '--valid', '1h',
    'https://Localhost:8443/page?a=1#top');
my ($token) = $link =~
    m{^https://Localhost:8443/page\?a=1&shop-bypass=([\w-]{56})\#top$};
ok $token, 'a link keeps its page, arguments and fragment' or diag $link;

my ($head, $mac) = unpack 'a10 a32', decode_base64url($token);
is $mac, hmac_sha256("shop failover bypass\n${head}localhost", 'k' x 40),
    'it is signed for its host with HMAC-SHA256';
my ($version, $flags_byte, $expires) = unpack 'CCQ>', $head;
is "$version $flags_byte", '1 0', 'as a link';
cmp_ok abs($expires - time - 3600), '<', 60, 'for an hour';

my $nginx = nginx(http => <<"END");
    server {
        listen %%ADDR%%;
        shop_maintenance $dir/run/maintenance;
        shop_reopen hold=0s;
        shop_bypass_key $key;

        location / { proxy_pass http://$shop; }
    }
END

chmod 0755, $dir;
mkdir "$dir/run";
$ENV{SHOP_FLAG} = "$dir/run/maintenance";

sub becomes {
    my ($status, $name, $pattern) = @_;

    return settles($name, sub {
        my $page = get($nginx, '/', headers => [Accept => 'text/html']);
        $page->{status} == $status && $page->{body} =~ ($pattern // qr//);
    });
}

ctl('on', '--status', 'We are repairing it.');
becomes 503, 'shopctl on closes the shop', qr/We are repairing it\./;

my $answer = get($nginx, "/?shop-bypass=$token");
is $answer->{status}, 302, 'nginx takes the link';
my ($cookie) = $answer->{headers}{'set-cookie'} =~ /^(__Host-shop-bypass=[^;]+)/;
is get($nginx, '/', headers => [Cookie => $cookie])->{status}, 200,
    'and its cookie passes';

(undef, $link) = ctl('link', '--key', $key, 'https://localhost.:8443/a');
($token) = $link =~ m{^https://localhost\.:8443/a\?shop-bypass=([\w-]{56})$}m;
is get($nginx, "/a?shop-bypass=$token")->{status}, 302,
    'a dot at the end of a host is no other host';

ctl('update', 'Half done.');
becomes 503, 'shopctl update is on the page', qr/Half done\./;
ctl('off');
becomes 200, 'shopctl off opens it';

(undef, $link) = ctl('link', '--drill', '--key', $key, 'http://localhost');
($token) = $link =~ m{^http://localhost/\?shop-bypass=([\w-]{56})$}m;
$answer = get($nginx, "/?shop-bypass=$token");
($cookie) = $answer->{headers}{'set-cookie'} =~ /^(__Host-shop-bypass=[^;]+)/;
ok wait_until(10, sub {
    get($nginx, '/', headers => [Cookie => $cookie])->{status} == 503
}), 'the link of a drill shows the closed shop';
is get($nginx, '/')->{status}, 200, 'to nobody else';


# ---- texts in several languages

my $flag_before = $ENV{SHOP_FLAG};

$ENV{SHOP_FLAG} = $flag;
write_flag("# empty\n");
says 0, qr/closed/, 'texts in languages', 'on', '--status', 'Moving.',
    '--de', 'Umzug.', '--reason.fr', 'Un disque.', '--contact.de', 'Telefon',
    '--contact.de=Post';
like content(), qr/^status: Moving\.\nstatus\.de: Umzug\.\nreason\.fr: Un disque\.\n/m,
    'a language alone is of the status';
like content(), qr/^contact\.de: Telefon\ncontact\.de: Post\n/m,
    'a list of a language has several';

says 0, qr/closed/, 'news in two', 'update', 'Cause found.', '--de',
    'Ursache gefunden.';
like content(),
    qr/^update: (\d\d:\d\d) Cause found\.\nupdate\.de: \1 Ursache gefunden\.\n\z/m,
    'the translation stands behind the text, with its time';

my $later = content();
$later =~ s/^update.*\n//mg;
write_flag($later . "update: 03:10 Half done.\n");
says 0, qr/closed/, 'a translation that comes later', 'update', '--de',
    'Halb fertig.';
like content(), qr/^update\.de: 03:10 Halb fertig\.\n\z/m,
    'has the time of the newest news';

says 0, qr/status\.de +Umzug\.\n.*  no text in de: reason\n/s,
    'check says what is lacking', 'check';
says 0, qr/closed/, 'a text of a language is replaced', 'on', '--de', 'Neu.';
is scalar(() = content() =~ /^status\.de: /mg), 1, 'by the new one';
says 2, qr/unknown option "dx"/, 'no language, no option', 'on', '--dx', 'x';


# ---- the files of the page

says 0, qr/\A\Q$dir\E\/own: \d+ files\./, 'page init writes them', 'page', 'init',
    "$dir/own";
like content("$dir/own/page.html"), qr/\A\{\{! The page that a visitor/,
    'with their comments';
ok -s "$dir/own/lang/de.txt" && -s "$dir/own/look/card.css", 'all of them';
says 2, qr/cannot write "\Q$dir\E\/own\/.*nothing is overwritten/,
    'and not again', 'page', 'init', "$dir/own";
says 2, qr/shopctl page init/, 'what else could be meant', 'page', 'int', 'x';

my ($code, $preview) = ctl('preview', '--html', '--page-dir', "$dir/own");
is $code, 0, 'they are a page';
unlike $preview, qr/^note: .*page\.html|bytes without/m,
    'of which nothing is blocked, and which is not too large';
like $preview, qr/<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-/,
    'under its policy';

write_flag(content("$dir/own/page.html")
           =~ s/<header>/<header style="color:red">/r, "$dir/own/page.html");
says 0, qr/^note: \Q$dir\E\/own\/page\.html:\d+: "style="color:red"": the browser blocks it/m,
    'what would be blocked is told with its line', 'preview', '--html',
    '--page-dir', "$dir/own";
write_flag(content("$dir/own/page.html") =~ s{\{\{/has\.reason\}\}}{}r,
           "$dir/own/page.html");
my ($opened) = grep {
    (split /\n/, content("$dir/own/page.html"))[$_ - 1] =~ /\{\{#has\.reason/
} 1 .. 200;
says 2, qr/own\/page\.html:$opened: the section is not closed/,
    'an unclosed section is told where it was opened', 'preview', '--html',
    '--page-dir', "$dir/own";
says 0, qr/^note: --page-var acent is used by no template/m,
    'a name that no look has', 'preview', '--html', '--page-var', 'acent=#123';

$ENV{SHOP_FLAG} = $flag_before;


# ---- many changes: every reader sees a whole file

my $reader = fork // die;

if ($reader == 0) {
    my $bad = 0;

    for (1 .. 100_000) {
        my $text = content("$dir/run/maintenance");

        $bad++ if $text ne '' && $text !~ /\Astatus: x{400}\n(?:# who.*\n)?\z/
            && $text !~ /\A# who: .*\nstatus: x{400}\n\z/;
        last if -e "$dir/stop";
    }

    require POSIX;
    POSIX::_exit($bad ? 1 : 0);
}

for (1 .. 30) {
    ctl('on', '--status', 'x' x 400);
    ctl('off') if $_ % 3 == 0;
}

write_file("$dir/stop", '');
waitpid $reader, 0;
is $?, 0, 'nobody ever reads half a flag';

done_testing;
