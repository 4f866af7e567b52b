#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# A shop's page from directives alone: a look, colours, a font, logos.  What
# cannot be is refused with what is right, and what is hard to read, or would
# change nothing, is told.

use ShopTest;
use ShopTest::Dir;

use Digest::SHA qw(sha256_base64);
use MIME::Base64 qw(decode_base64);

my $dir = ShopTest::Dir->new('look');


sub file {
    my ($name, $data) = @_;

    open my $out, '>:raw', "$dir/$name" or die "$dir/$name: $!\n";
    print $out $data;
    close $out or die;

    return "$dir/$name";
}

sub server {
    my ($lines) = @_;

    return "server { listen %%ADDR%%; shop_maintenance %%DIR%%/flag; $lines"
           . ' location / { proxy_pass http://127.0.0.1:1; } }';
}


sub page {
    my ($nginx, $uri) = @_;

    return get($nginx, $uri, headers => [Accept => 'text/html']);
}


my $svg = file('logo.svg', '<?xml version="1.0"?><svg onload="evil()"'
    . ' xmlns="http://www.w3.org/2000/svg"><script>evil()</script>'
    . '<circle r="9"/></svg>');
my $dark = file('dark.png', "\x89PNG\r\n\x1a\n" . "\0" x 64);
my $wide = file('wide.svg', '<svg xmlns="http://www.w3.org/2000/svg"><path d="'
    . 'M0 0 ' x 1500 . '"/></svg>');


# ---- a branded page

my $nginx = nginx(http => server(<<"EOC"));
    shop_page_look card;
    shop_page_var name "Linden & Tea";
    shop_page_var accent "#8b0000";
    shop_page_var background "#fff";
    shop_page_var font "Georgia, 'Times New Roman', serif";
    shop_page_var radius 2px;
    shop_page_var logo_file $svg;
    shop_page_var logo_dark_file $dark;
    shop_page_var logo_alt "A cup";
    location /plain { shop_page_look plain; proxy_pass http://127.0.0.1:1; }
    location /wide { shop_page_var logo_file $wide;
                     proxy_pass http://127.0.0.1:1; }
EOC

$nginx->file('flag', '');
wait_until(10, sub { page($nginx, '/')->{status} == 503
                     && page($nginx, '/')->{body} =~ /closed/ })
    or diag('not closed');

my $page = page($nginx, '/');
my $html = $page->{body};

is $page->{status}, 503, 'a branded page';
like $html, qr/--key:#8b0000;--on:#ffffff\}/, 'the accent';
like $html, qr/--page:#ffffff/, 'the background';
like $html, qr/\{--font:Georgia, 'Times New Roman', serif\}/, 'the font';
like $html, qr/\{--round:2px\}/, 'the radius';
like $html, qr/border-top:\.5rem solid/, 'the look';
like $html, qr/alt="A cup"/, 'the logo has its text';

my ($logo) = $html =~ /<img src="data:image\/svg\+xml;base64,([^"]+)"/;
is decode_base64($logo // ''), '<svg  xmlns="http://www.w3.org/2000/svg">'
    . '<circle r="9"/></svg>', 'the logo is there, without what could run';
like $html, qr/<source srcset="data:image\/png;base64,[^"]+" media=/,
    'and another one for the dark';
like $html, qr/<link rel="icon" href="data:image\/svg\+xml;base64,\Q$logo\E">/,
    'a small logo is the icon';

my ($style) = $html =~ /<style>(.*?)<\/style>/s;
my $hash = sha256_base64($style);
$hash .= '=' while length($hash) % 4;
like $page->{headers}{'content-security-policy'} // '',
    qr/style-src 'sha256-\Q$hash\E';/, 'the policy allows this very style';

unlike page($nginx, '/plain')->{body}, qr/border-top:\.5rem solid/,
    'another look of a location';

my $large = page($nginx, '/wide')->{body};
like $large, qr/<link rel="icon" href="data:,">/,
    'a large logo is not in the page twice';


# ---- what cannot be

my @bad = (
    ['shop_page_look fancy;', qr/invalid value "fancy" in "shop_page_look", expected hero, card or plain/],
    ['shop_page_look hero; shop_page_look card;', qr/"shop_page_look" directive is duplicate/],
    ['shop_page_var accent red;', qr/invalid value "red" in "shop_page_var accent", expected a colour such as #0b4a57/],
    ['shop_page_var font "a;b";', qr/invalid value "a;b" in "shop_page_var font", expected names of fonts/],
    ['shop_page_var radius 4;', qr/invalid value "4" in "shop_page_var radius", expected a length/],
    ["shop_page_var logo_file $dir/none.svg;", qr/file "\Q$dir\E\/none\.svg" of "shop_page_var logo_file" does not exist, .*No such file/],
    ['shop_page_var logo_file ' . file('text.svg', 'text') . ';', qr/invalid file "\Q$dir\E\/text\.svg" in "shop_page_var logo_file", expected a PNG, or a whole SVG/],
    ['shop_page_var logo_file ' . file('large.png', "\x89PNG\r\n\x1a\n" . 'x' x 32768) . ';', qr/expected a file of up to 32 KB/],
);

config_fails($_->[0], $_->[1], http => server($_->[0])) for @bad;


# ---- what is told

sub told {
    my ($lines) = @_;

    my ($status, $output) = ShopTest::Nginx->new(http => server($lines))->test;

    is $status, 0, 'it is taken';
    return join '', grep { /shop_page_var/ } split /^/, $output;
}

like told('shop_page_var accent "#ffee00"; shop_page_var background "#fff";'),
    qr/\[warn\].* accent #ffee00 on background #ffffff is hard to read, its contrast is 1\.20:1, expected at least 4\.5:1/,
    'colours that are hard to read, both by name';
like told('shop_page_var acent "#000";'),
    qr/\[warn\].*"shop_page_var acent" is used by no template and changes nothing/,
    'a name that no template knows';
is told('shop_page_var accent "#000"; shop_page_var name X;'), '',
    'and nothing where all is well';


done_testing();
