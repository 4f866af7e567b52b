#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The operator's texts in the visitor's language: on the page, in problem+json
# and in the public status, and marked where they are in another one.  The
# operator's screen says which language lacks a text.

use ShopTest;

use JSON::PP ();

my $shop = shop_server();

my $nginx = nginx(files => { maintenance => <<'FLAG' }, http => <<"END");
status: Moving the database.
status.de: Die Datenbank zieht um.
reason: A disk is full.
offer.en: Use SORRY10.
offer.ar: استخدم SORRY10.
contact: Phone: tel:+49-800-1
contact.de: Telefon: tel:+49-800-2
contact.de: Post: mailto:a@example.org
update: 03:10 Cause found.
update: 03:40 Half done.
update.de: 03:10 Ursache gefunden.
update.fr: 03:50 Presque fini.
FLAG
    shop_page_var contact "Nobody";

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/maintenance;
        location / { proxy_pass http://$shop; }
        location = /status { shop_status; }
    }
END


sub asked {
    my ($lang, $accept, $uri) = @_;

    return get($nginx, $uri // '/', headers => [
        'Accept-Language' => $lang, Accept => $accept ])->{body};
}

sub json { return JSON::PP->new->utf8->decode(asked(@_)) }


ok wait_until(10, sub { get($nginx, '/')->{status} == 503 }), 'closed';

my $page = asked('de-AT', 'text/html');

like $page, qr{<bdi id="status">Die Datenbank zieht um\.</bdi>}, 'German';
like $page, qr{<bdi>A disk is full\.</bdi>}, 'or as it was written for all';
like $page, qr{<bdi lang="en" dir="ltr">Use <b>SORRY10</b>},
    'or in English, which is marked';
like $page, qr{<ul><li><bdi>Telefon: <a href="tel:\+49-800-2".*?Post: }s,
    'contacts are those of the language';
unlike $page, qr/Phone:/, 'and no others';
like $page, qr{Presque.*Half done.*Ursache}s, 'news in its order';
like $page, qr{<bdi lang="fr" dir="ltr">Presque fini\.</bdi>},
    'what stands in one language only is shown, and marked';
unlike $page, qr/Cause found/, 'nothing is said twice';

$page = asked('fr', 'text/html');

like $page, qr{<html lang="fr".*<bdi>Cause found\.}s,
    'another language reads what is written for all';
like $page, qr{<bdi>Presque fini\.</bdi>}, 'and its own without a mark';

$page = asked('ar', 'text/html');

like $page, qr{<bdi>استخدم <b>SORRY10</b>}, 'an Arabic offer';
like $page, qr{<bdi lang="fr" dir="ltr">Presque fini},
    'and the direction of what is not';

my $problem = json('de', 'application/json');

like $problem->{detail}, qr/Die Datenbank zieht um\./, 'problem+json';
is $problem->{updates}[2]{text}, 'Ursache gefunden.', 'and its updates';

my $status = json('en', '*/*', '/.shop-status?lang=de');

is $status->{status}, 'Die Datenbank zieht um.', 'the public status';
is $status->{contacts}[1][0][0], 'Post: ', 'its contacts';
is $status->{updates}[2]{text}, 'Ursache gefunden.', 'its updates';

like asked('de', 'text/plain'), qr/^\* Telefon: /m, 'and plain text';

my $told = json('en', 'application/json', '/status')->{maintenance};

is_deeply $told->{languages}, [qw(de en ar fr)], 'which languages there are';
is_deeply { map { $_->{language} => $_->{texts} } @{ $told->{lacks} } },
    { de => [qw(reason offer update)],
      en => [qw(status reason contact update)],
      ar => [qw(status reason contact update)],
      fr => [qw(status reason offer contact update)] },
    'and which lacks which text';

like asked('en', 'text/html', '/status'),
    qr{No text in <b>de</b>: reason, offer, update</p>}, 'on the screen, too';

# ---- the shop decides the language

my $deciding = nginx(files => { maintenance => <<'FLAG' }, http => <<"END");
status: Umzug der Datenbank.
reason.en: A disk is full.
FLAG
    shop_maintenance %%DIR%%/maintenance;

    map \$host \$by_host {
        fr.example fr;
        at.example de-AT;
        xx.example xx;
        tw.example zh-TW;
        cn.example zh-CN;
        hant.example zh-Hant;
        br.example pt-BR;
        pt.example pt;
        us.example en-US;
        uk.example en-GB;
        no.example nb;
    }

    map \$uri \$by_path {
        ~^/(?<code>fr|nl)/ \$code;
        ~^/any/            auto;
    }

    server {
        listen %%ADDR%%;
        shop_page_lang \$by_host default=de;
        location / { proxy_pass http://$shop; }
        location /fixed { shop_page_lang pl; proxy_pass http://$shop; }
        location /auto {
            shop_page_lang auto default=nl;
            proxy_pass http://$shop;
        }
        location /us { shop_page_lang en-US; proxy_pass http://$shop; }
        location /plain { shop_page_lang auto; proxy_pass http://$shop; }
    }

    server {
        listen %%ADDR_PATH%%;
        shop_page_lang \$by_path default=de;
        location / { proxy_pass http://$shop; }
    }
END


sub lang {
    my ($uri, $host, $accept, $address) = @_;
    my $answer = get($address // $deciding, $uri, headers => [
        Host => $host, Accept => 'text/html',
        $accept ? ('Accept-Language' => $accept) : () ]);
    my ($lang) = $answer->{body} =~ /<html lang="([\w-]+)"/;

    return "$lang " . ($answer->{headers}{vary} =~ /Accept-Language/ ? 1 : 0);
}

my $paths = $deciding->address('PATH');

ok wait_until(10, sub { get($deciding, '/')->{status} == 503 }), 'closed';

is lang('/', 'fr.example', 'en'), 'fr 1', 'by host';
is lang('/', 'at.example', 'en'), 'de 1', 'a region falls back';
is lang('/', 'xx.example', 'en'), 'de 1', 'what there is not is the default';
is lang('/', 'other.example', 'it'), 'it 1', 'nothing said: the visitor';
is lang('/', 'other.example', 'tlh'), 'de 1', 'who has none: the default';
is lang('/', 'other.example'), 'de 1', 'and who says none';
is lang('/', 'other.example', 'en'), 'en 1', 'English is still there';

# scripts and regions, as the shop says them and as a browser does
for ([ 'tw', 'zh-Hant' ], [ 'cn', 'zh-Hans' ], [ 'hant', 'zh-Hant' ],
     [ 'br', 'pt-BR' ], [ 'pt', 'pt-BR' ], [ 'us', 'en-US' ], [ 'uk', 'en' ],
     [ 'no', 'no' ])
{
    is lang('/', "$_->[0].example", 'fr'), "$_->[1] 1",
        "$_->[0].example: $_->[1]";
}

for ([ 'zh-TW', 'zh-Hant' ], [ 'zh-Hant-HK', 'zh-Hant' ], [ 'zh', 'zh-Hans' ],
     [ 'zh-Hans-SG', 'zh-Hans' ], [ 'pt-PT,pt;q=0.8', 'pt-PT' ],
     [ 'pt-BR', 'pt-BR' ], [ 'en-US,en;q=0.5', 'en-US' ], [ 'en-AU', 'en' ])
{
    is lang('/', 'other.example', $_->[0]), "$_->[1] 1",
        "$_->[0]: $_->[1]";
    is lang('/auto', 'other.example', $_->[0]), "$_->[1] 1",
        'with auto and a default, too';
}

is lang('/us', 'fr.example', 'de'), 'en-US 0', 'a region as the code';

# 12 hours in the United States, 24 elsewhere
my $clock = qr/Started: (?:\w[\w, ]* at )?<time[^>]*>([^<]+)/;

my ($american) = get($deciding, '/us', headers => [
    Accept => 'text/html' ])->{body} =~ $clock;
my ($british) = get($deciding, '/', headers => [ Host => 'uk.example',
    Accept => 'text/html' ])->{body} =~ $clock;

like $american, qr/^(?:1[0-2]|[1-9]):\d\d\W+[AP]M$/, 'a clock of 12 hours';
like $british, qr/^[012]\d:\d\d$/, 'and of 24';

is lang('/fr/tea', 'a', 'en', $paths), 'fr 1', 'by path';
is lang('/nl/', 'a', 'en', $paths), 'nl 1', 'another path';
is lang('/any/', 'a', 'it', $paths), 'it 1', 'auto as a value';
is lang('/', 'a', '', $paths), 'de 1', 'another path: the default';

is lang('/fixed', 'fr.example', 'fr'), 'pl 0', 'a code, whoever asks';
is lang('/auto', 'fr.example', 'it'), 'it 1', 'auto is the visitor';
is lang('/auto', 'fr.example', ''), 'nl 1', 'with a default of its own';
is lang('/plain', 'fr.example', ''), 'en 1', 'or English';

my $whole = get($deciding, '/', headers => [
    Host => 'fr.example', Accept => 'text/html' ])->{body};

like $whole, qr{<bdi id="status" lang="de" dir="ltr">Umzug},
    'texts without a language are in the default';
like $whole, qr{data-url="/\.shop-status\?lang=fr"},
    'the waiting page goes on in its language';
unlike $whole, qr/A disk is full/, 'nothing is in no language of theirs';

like get($deciding, '/plain', headers => [
    Accept => 'text/html', 'Accept-Language' => 'fr' ])->{body},
    qr{<bdi id="status">Umzug.*<bdi lang="en" dir="ltr">A disk is full}s,
    'or in English, where there is no default; which one is not known';

for ([ 'shop_page_lang xx;', qr/there is no language "xx" of "shop_page_lang", expected one of: en .*; or add lang\/xx\.txt .*nginx\.conf:\d+/ ],
     [ 'shop_page_lang auto default=xx;', qr/there is no language "xx"/ ],
     [ 'shop_page_lang de default=en;', qr/"default=en" of "shop_page_lang de" would never be used/ ],
     [ 'shop_page_lang auto other=en;', qr/unknown parameter "other=en".*default=de/ ],
     [ 'shop_page_lang de; shop_page_lang en;', qr/"shop_page_lang" directive is duplicate/ ],
     [ 'shop_page_lang $nothing;', qr/unknown "nothing" variable/ ])
{
    config_fails($_->[0], $_->[1],
        http => "shop_maintenance /a; server { listen %%ADDR%%; $_->[0] }");
}

done_testing;
