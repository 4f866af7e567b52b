#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# Every language as the module serves it: the sizes that are promised, and the
# truth about a POST in each form, whatever became of it.

use ShopTest;
use ShopTest::Dir;

use IO::Uncompress::Gunzip qw(gunzip);
use JSON::PP ();

my $broken = shop_server('close');
my $gone = free_port();

my $nginx = nginx(files => {
    flag   => "eta: +45m\nnext-update: +20m\n",
    browse => "eta: +30h\nnext-update: +29h\nmode: browse\n",
}, http => <<"END");
    shop_page_var name "M\xc3\xbcller & Sons";
    shop_page_var basket /cart;

    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/flag;
        location / { proxy_pass http://$broken; }
    }

    server {
        listen %%ADDR_BROWSE%%;
        shop_maintenance %%DIR%%/browse;
        location / { proxy_pass http://127.0.0.1:$gone; }
    }

    server {
        listen %%ADDR_OUTAGE%%;
        shop_fallback on;
        location /unsent { proxy_pass http://127.0.0.1:$gone; }
        location /sent { proxy_pass http://$broken; }
    }
END

# who, and where from there: how the shop is closed to them
my %where = (
    closed => [$nginx->address, '/order'],
    browse => [$nginx->address('BROWSE'), '/order'],
    unsent => [$nginx->address('OUTAGE'), '/unsent'],
    sent   => [$nginx->address('OUTAGE'), '/sent'],
);

my @langs = sort map { m{/([\w-]+)\.txt$} } glob 'html/lang/*.txt';

is "@langs", 'ar bg ca cs da de el en en-US es et fi fr ga he hi hr hu id it '
    . 'ja ko lt lv mt nl no pl pt-BR pt-PT ro ru sk sl sv th tr uk vi '
    . 'zh-Hans zh-Hant', 'the languages that are promised';


sub texts {
    my ($lang) = @_;

    open my $in, '<', "html/lang/$lang.txt" or die "$lang: $!\n";
    return ($lang =~ /^en-/ ? texts('en') : (),
            map { /^(\w[\w.]*) = (.*)/ ? ($1, $2) : () } <$in>);
}

sub html {
    my ($text) = @_;
    my %entity = ('&' => 'amp', '<' => 'lt', '>' => 'gt', '"' => 'quot',
                  "'" => '#39');

    return $text =~ s/([&<>"'])/&$entity{$1};/gr;
}

sub answer_of {
    my ($how, $method, $lang, $accept, %headers) = @_;
    my ($address, $uri) = @{ $where{$how} };

    return request($address, $method, $uri, headers => [
        Accept => $accept, 'Accept-Language' => $lang, %headers,
    ], $method eq 'POST' ? (body => 'a=1') : ());
}


for my $lang (@langs) {
    my %t = texts($lang);
    my ($largest, $compressed, @wrong) = (0, 0);

    for my $how (sort keys %where) {
        my %says = $how eq 'sent'
            ? (post_unknown => 1, post_unsent => 0, post_paid => 0)
            : (post_unknown => 0, post_unsent => 1, post_paid => 1);

        for my $method (qw(GET POST)) {
            my $page = answer_of($how, $method, $lang, 'text/html');
            my $gzip = answer_of($how, $method, $lang, 'text/html',
                                 'Accept-Encoding' => 'gzip');

            push @wrong, "$method $how: $page->{status}"
                if $page->{status} != 503;
            push @wrong, "$method $how: lang"
                if $page->{body} !~ /<html lang="$lang" dir="$t{dir}">/
                    || $page->{headers}{'content-language'} ne $lang;
            push @wrong, "$method $how: a place is left"
                if $page->{body} =~ /\{\{|\{(?:eta|in|since|next|n)[:}]/;

            gunzip(\$gzip->{body}, \my $plain);
            push @wrong, "$method $how: gzip" if $plain ne $page->{body};

            $largest = length $page->{body} if $largest < length $page->{body};
            $compressed = length $gzip->{body}
                if $compressed < length $gzip->{body};
        }

        my %body = map { $_ => answer_of($how, 'POST', $lang, $_)->{body} }
            'text/html', 'text/plain', 'application/json';

        $body{'application/json'} = JSON::PP->new->decode(
            $body{'application/json'})->{detail};

        for my $text (sort keys %says) {
            for my $kind (sort keys %body) {
                my $said = $kind eq 'text/html' ? html($t{$text}) : $t{$text};

                push @wrong, "$kind $how: $text"
                    if $says{$text} != (index($body{$kind}, $said) >= 0);
            }
        }

        push @wrong, "GET $how: speaks of a last step" if index(
            answer_of($how, 'GET', $lang, 'text/html')->{body},
            html($t{post_title})) >= 0;
    }

    is "@wrong", '', "$lang: closed, for orders, never sent, sent and failed";
    cmp_ok $largest, '<=', 8192, "$lang: at most 8 KB";
    cmp_ok $compressed, '<=', 3072, "$lang: at most 3 KB compressed";
    note "$lang: $largest bytes, $compressed compressed";
}


# ---- who gets which language, and a shop's own beside it

my $page = ShopTest::Dir->new('pages');
my %mine = ('de-AT' => 'stop = Nicht mehr schauen',
            'en-AU' => 'shop = our corner shop', pt => 'try_again = De novo',
            es => 'in_minutes = , en {n} min');

chmod 0755, "$page" or die "chmod: $!\n";
mkdir "$page/lang", 0755 or die "mkdir: $!\n";

for my $lang (keys %mine) {
    open my $out, '>', "$page/lang/$lang.txt" or die "$lang: $!\n";
    print $out "$mine{$lang}\n" or die;
    close $out or die;
}

my $own = nginx(files => { flag => "eta: +45m\n" }, http => <<"END");
    server {
        listen %%ADDR%%;
        shop_page_dir $page;
        shop_page_var address informal;
        shop_maintenance %%DIR%%/flag;
        location / { proxy_pass http://127.0.0.1:$gone; }
    }
END

for my $case (['nb-NO,nb;q=0.9,no;q=0.8', 'no'], ['zh-TW,zh;q=0.9', 'zh-Hant'],
              ['zh-CN', 'zh-Hans'], ['pt-AO', 'pt-PT'], ['pt-BR', 'pt-BR'],
              ['pt', 'pt'], ['en-US,en;q=0.9', 'en-US'], ['en-GB', 'en'],
              ['de-AT', 'de-AT'], ['de-CH', 'de'], ['iw', 'he'])
{
    is get($own, '/', headers => ['Accept-Language' => $case->[0],
                                  Accept => 'text/html'])
        ->{headers}{'content-language'}, $case->[1],
        "who asks for $case->[0] reads $case->[1]";
}

sub says {
    my ($nginx, $lang) = @_;

    return get($nginx, '/', headers => ['Accept-Language' => $lang,
                                        Accept => 'text/html'])->{body};
}

like says($own, 'de'), qr/Du kannst wieder einkaufen/, 'informal, if asked to';
like says($nginx, 'de'), qr/Sie k\xc3\xb6nnen wieder einkaufen/,
    'formal otherwise';
like says($own, 'de-AT'), qr/Du kannst.*Nicht mehr schauen/s,
    'a language next to one that is there says what it does not say itself';
like says($own, 'en-AU'), qr/<h1[^>]*>Sorry, our corner shop is closed/,
    'and has its own word for the shop in all texts';
like says($own, 'pt'), qr/Você vai poder voltar.*>De novo</s,
    'so does the one that has another name now';
like says($own, 'pt-BR'), qr/Você vai poder voltar.*>De novo</s,
    'and its file is still that of the language';
like says($own, 'es'), qr/, en 45 min/,
    'a text of the shop takes the place of the built-in one';
like says($own, 'en-US'), qr/until <time[^>]*>\d+:\d\d\xc2\xa0[AP]M</,
    'a clock of twelve hours';
like says($own, 'en-US'), qr/, our online shop is closed.*>Our online shop is/s,
    'and one word for the shop';

config_fails('an address is formal or informal',
    qr/invalid value "casual" in "shop_page_var address", expected formal or /,
    http => 'server { listen %%ADDR%%; shop_page_var address casual; }');

done_testing;
