package ShopTest::Fuzz::Conf;

# Copyright (C) ngx_shop_failover_module authors
#
# A configuration of t/fuzz_requests/: what stands in its comments, and the two
# nginxes that are made of it, ours and a stock one.  The stock one has the
# same lines but those that begin with shop_, and none of our variables.
#
#     # paths: /a /b?c=1          what is asked for, and mutated
#     # listeners: H1 H2 PP       HTTP/1, HTTP/2, HTTP/1 with proxy_protocol
#     # never closed: PATTERN     targets that never get the page
#     # orders: PATTERN           targets of shop_control
#     # bodies: TEXT              bodies that such a target takes
#     # passes: PATTERN           names of headers that may let one pass
#     # hosts: PATTERNS           a flag may close these, of which no request is
#     # names: NAME ...           of Host, beside the usual one

use strict;
use warnings;

use ShopTest::Fuzz::Case qw(KEY);
use ShopTest::Nginx;
use ShopTest::Port qw(free_port);

use constant DIR => 't/fuzz_requests';
use constant CHANGED => 1_700_000_000;          # of the files

use constant COMMON => <<'END';
    keepalive_requests 1000000;
    client_header_timeout 1s;
    client_body_timeout 1s;
    lingering_timeout 1s;
    proxy_connect_timeout 5s;
    proxy_read_timeout 500ms;
    fastcgi_read_timeout 500ms;
    grpc_read_timeout 500ms;
    proxy_http_version 1.1;
    proxy_set_header Connection '';

    shop_maintenance %%DIR%%/closed;
    shop_bypass_key %%DIR%%/key;
    shop_reopen hold=0s;
    shop_page_var name Shop;
    shop_events %%DIR%%/events;

    upstream shop {
        server %%SHOP%% max_fails=0;
        keepalive 8;
        shop_health_check uri=/healthz;
    }
END

use constant STATE => <<'END';
    server {
        listen %%ADDR_STATE%%;
        location / { return 200 $shop_state; }
    }
END

my %FILES = (
    key             => KEY . "\n",
    users           => "user:{PLAIN}pass\n",
    'html/own.html' => 'the operator\'s own page',
    'html/file.txt' => 'a file of some length',
    'html/dir/index.html' => 'an index',
    'html/page.html' => 'a<!--# include virtual="/part?$args" -->'
        . '<!--# include virtual="/file.txt" -->z',
);


# names(PATTERN): of the configurations that match
sub names {
    my ($pattern) = @_;

    return grep { /$pattern/ } map { m{([^/]+)\.conf\z} } glob DIR . '/*.conf';
}


sub read {
    my ($class, $name) = @_;

    open my $in, '<', DIR . "/$name.conf" or die DIR . "/$name.conf: $!\n";
    my $text = do { local $/; <$in> };
    my %said;

    push @{ $said{$1} }, $2 while $text =~ /^# ([a-z ]+): (.*)$/mg;

    my %pattern = map { $_ => @{ $said{$_} || [] } ? qr/$said{$_}[0]/ : undef }
        'never closed', 'orders', 'passes';

    return bless {
        name => $name, text => $text,
        paths     => [map { split ' ' } @{ $said{paths} }],
        listeners => [map { split ' ' } @{ $said{listeners} || ['H1 H1 H2'] }],
        bodies    => $said{bodies} || [],
        hosts     => $said{hosts} ? $said{hosts}[0] : undef,
        names     => [map { split ' ' } @{ $said{names} }],
        never     => $pattern{'never closed'},
        orders    => $pattern{orders}, passes => $pattern{passes},
    }, $class;
}


# nginxes(SHOP): ours and a stock one, not yet started
sub nginxes {
    my ($self, $shop) = @_;
    my $gone = '127.0.0.1:' . free_port();
    my %address = (SHOP => $shop->address('http'), GONE => $gone,
        FASTCGI => $shop->address('fastcgi'));
    my $ours = COMMON . $self->{text};

    s/%%(SHOP|GONE|FASTCGI)%%/$address{$1}/g
        for $ours, @{ $self->{bodies} };
    my $stock = $ours =~ s/\bshop_\w+(?: [^;{}]*)?;//gr =~ s/\$shop_\w+//gr;

    # it has no line: what waits with us it has room for
    $stock =~ s/ max_conns=\d+//g;

    return (with_files(http => $ours . STATE),
        with_files(http => $stock, module => 0));
}


sub with_files {
    my (%options) = @_;
    my $nginx = ShopTest::Nginx->new(workers => 1, level => 'warn',
        files => { %FILES }, %options);
    my $dir = $nginx->dir;

    chmod 0600, "$dir/key";
    utime CHANGED, CHANGED, map { "$dir/$_" } keys %FILES;

    return $nginx;
}


1;
