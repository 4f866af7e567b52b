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

done_testing;
