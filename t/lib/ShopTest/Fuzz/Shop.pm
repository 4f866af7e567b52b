package ShopTest::Fuzz::Shop;

# Copyright (C) ngx_shop_failover_module authors
#
# A shop server for the fuzzer: one process, many connections, HTTP/1.1 and
# FastCGI.  What it answers is a function of the request alone, so that two
# nginxes that ask the same get the same; the header X-Shop says how:
#
#     X-Shop: status=404,html,size=3000,chunked,cut
#
# Each request that is not safe is told to the fuzzer, a line "ID METHOD URI"
# that is on its way before the answer is.  A location that is never closed
# says so to it with X-Exempt.

use strict;
use warnings;

use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

use ShopTest::Port qw(free_port);
use ShopTest::Process;

use constant SAFE => qr/^(?:GET|HEAD|OPTIONS|TRACE)\z/;

# What does not depend on who asks can be cached and cut into ranges.
use constant SAME_FOR_ALL => qr{cached|slice};

my %REASON = (200 => 'OK', 204 => 'No Content', 206 => 'Partial Content',
    302 => 'Found', 304 => 'Not Modified', 404 => 'Not Found');

# Answers that are none, or lie: the bytes, and whether the connection ends.
my $OK = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
my %RAW = (
    none    => ['', 1],
    stall   => ['', 0],
    garbage => ["\x16\x03\x01\0\xff\xfegarbage\r\n\r\n", 1],
    cuthead => ["${OK}Content-Ty", 1],
    nul     => ["${OK}X-A: a\0b\r\nContent-Length: 2\r\n\r\nok", 1],
    badname => ["${OK}A\0\1: b\r\nContent-Length: 2\r\n\r\nok", 1],
    twice   => ["${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!", 1],
    badsize => ["${OK}Content-Length: -2\r\n\r\nok", 1],
    badchunk => ["${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n", 1],
    early   => ["HTTP/1.1 103 Early Hints\r\nX-A: b\r\n\r\n"
        . "${OK}Content-Length: 2\r\n\r\nok", 1],
    bighead => ["${OK}X-Big: " . 'b' x 9000 . "\r\n\r\n", 1],
    old     => ["HTTP/1.0 200 OK\r\n\r\nuntil the end", 1],
    badline => ["HTTP/1.1 42 What\r\n\r\n", 1],
);


# Listens when this returns.
sub new {
    my ($class) = @_;
    my $self = bless { port => {}, told => '' }, $class;

    for my $kind (qw(http fastcgi)) {
        $self->{port}{$kind} = free_port();
        $self->{listener}{$kind} = IO::Socket::INET->new(
            LocalAddr => '127.0.0.1', LocalPort => $self->{port}{$kind},
            ReuseAddr => 1, Listen => 512, Blocking => 0)
            or die "shop server: $!\n";
    }

    pipe my $out, my $in or die "pipe: $!\n";
    $out->blocking(0);
    $self->{tell} = $in;
    $self->{process} = ShopTest::Process->spawn(sub {
        close $out;
        $self->run;
    });
    close $in;
    delete @$self{qw(tell listener)};
    $self->{out} = $out;

    return $self;
}


sub address {
    my ($self, $kind) = @_;

    return "127.0.0.1:$self->{port}{$kind}";
}


sub stop {
    my ($self) = @_;

    $self->{process}->stop('KILL', 5);
    return;
}


# told(): the requests that were not safe since the last time, each
# [ID, METHOD, URI]
sub told {
    my ($self) = @_;

    1 while sysread $self->{out}, $self->{told}, 65_536, length $self->{told};

    my $end = rindex($self->{told}, "\n") + 1;
    my $lines = substr $self->{told}, 0, $end, '';

    return map { [split / /, $_, 3] } split /\n/, $lines;
}


# ---- in the process


sub run {
    my ($self) = @_;
    my %kind = map { fileno $self->{listener}{$_} => $_ }
        keys %{ $self->{listener} };
    my %connection;

    while (1) {
        my ($read, $write) = ('', '');

        vec($read, $_, 1) = 1 for keys %kind, keys %connection;
        vec($write, $_, 1) = 1
            for grep { length $connection{$_}{out} } keys %connection;

        select($read, $write, undef, undef) > 0 or next;

        for my $fd (grep { vec $read, $_, 1 } keys %kind) {
            my $new = $self->accept($kind{$fd}) or next;
            $connection{ fileno $new->{socket} } = $new;
        }

        for my $fd (keys %connection) {
            my $ready = vec($read, $fd, 1) || vec($write, $fd, 1) or next;
            delete $connection{$fd} if !$self->go_on($connection{$fd});
        }
    }
}


sub accept {
    my ($self, $kind) = @_;
    my $socket = $self->{listener}{$kind}->accept or return;

    $socket->blocking(0);
    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;

    return { kind => $kind, socket => $socket, in => '', out => '' };
}


# false once the connection is over
sub go_on {
    my ($self, $c) = @_;
    my $count = sysread $c->{socket}, $c->{in}, 65_536, length $c->{in};

    return 0 if defined $count ? !$count : !$!{EAGAIN};

    my $take = $c->{kind} eq 'http' ? \&take_http : \&take_fastcgi;

    while (!$c->{last} && (my $request = $take->($c))) {
        $self->tell($request);
        answer($c, $request);
    }

    if (length $c->{out}) {
        my $sent = syswrite $c->{socket}, $c->{out};

        return 0 if !defined $sent && !$!{EAGAIN};
        substr $c->{out}, 0, $sent // 0, '';
    }

    return !$c->{last} || length $c->{out};
}


sub take_http {
    my ($c) = @_;
    my $end = index $c->{in}, "\r\n\r\n";

    return if $end < 0;

    my ($line, @lines) = split /\r\n/, substr $c->{in}, 0, $end;
    my %headers = map { /^([^:]+):\s*(.*)/ ? (lc $1 => $2) : () } @lines;
    my $rest = substr $c->{in}, $end + 4;
    my $body = ($headers{'transfer-encoding'} // '') =~ /chunked/i
        ? take_chunks(\$rest)
        : take_length(\$rest, $headers{'content-length'} // 0);

    return if !defined $body;

    $c->{in} = $rest;
    my ($method, $uri, $version) = $line =~ /^(\S*) (.*?)(?: (HTTP\S*))?\z/s;

    return { method => $method // '?', uri => $uri // $line, body => $body,
        headers => \%headers,
        keep => ($version // '') eq 'HTTP/1.1'
            && lc($headers{connection} // '') ne 'close' };
}


sub take_length {
    my ($rest, $length) = @_;

    return if length $$rest < $length;
    return substr $$rest, 0, $length, '';
}


sub take_chunks {
    my ($rest) = @_;
    my $body = '';
    my $at = 0;

    while (1) {
        pos($$rest) = $at;
        $$rest =~ /\G([0-9a-fA-F]+)[^\n]*\n/g or return;

        my ($size, $from) = (hex $1, pos $$rest);
        return if length $$rest < $from + $size + 2;

        $body .= substr $$rest, $from, $size;
        $at = $from + $size + 2;
        last if !$size;
    }

    substr $$rest, 0, $at, '';
    return $body;
}


# FastCGI: records of BEGIN_REQUEST, PARAMS and STDIN until an empty STDIN
sub take_fastcgi {
    my ($c) = @_;

    while (length $c->{in} >= 8) {
        my (undef, $type, $id, $length, $padding) = unpack 'CCnnC', $c->{in};
        my $whole = 8 + $length + $padding;

        return if length $c->{in} < $whole;

        my $content = substr substr($c->{in}, 0, $whole, ''), 8, $length;

        $c->{fcgi} = { id => $id, flags => unpack 'x2C', $content }
            if $type == 1;
        $c->{fcgi}{params} .= $content if $type == 4;
        $c->{fcgi}{body}   .= $content if $type == 5;

        return fastcgi_request($c->{fcgi}) if $type == 5 && !$length;
    }

    return;
}


sub fastcgi_request {
    my ($fcgi) = @_;
    my %param = unpack_params($fcgi->{params} // '');
    my %headers = map { /^HTTP_(.*)/ ? (lc($1) =~ tr/_/-/r => $param{$_}) : () }
        keys %param;

    return { method => $param{REQUEST_METHOD} // '?',
        uri => $param{REQUEST_URI} // '', body => $fcgi->{body} // '',
        headers => { %headers, map { $_ => $param{$_} }
            grep { !/^HTTP_X_/ } keys %param },
        keep => $fcgi->{flags} & 1, fcgi => $fcgi->{id} };
}


sub unpack_params {
    my ($bytes) = @_;
    my @pairs;

    while (length $bytes) {
        my @length = map {
            my $size = unpack 'C', $bytes;
            $size < 128 ? unpack('C', substr $bytes, 0, 1, '')
                : unpack('N', substr $bytes, 0, 4, '') & 0x7fffffff;
        } 1 .. 2;

        push @pairs, map { substr $bytes, 0, $_, '' } @length;
    }

    return @pairs;
}


sub tell {
    my ($self, $request) = @_;
    my $headers = $request->{headers};

    return if $request->{method} =~ SAFE || $headers->{'x-exempt'};

    my $id = ($headers->{'x-id'} // '') =~ s/[^\w.,-]/?/gr;
    my $uri = $request->{uri} =~ s/([^\x21-\x7e])/sprintf '%%%02X', ord $1/ger;

    syswrite $self->{tell},
        substr("$id $request->{method} $uri", 0, 500) . "\n";
    return;
}


sub answer {
    my ($c, $request) = @_;
    my %how = map { m{^([a-z]+)(?:=(.*))?} ? ($1 => $2 // 1) : () }
        split /,/, $request->{headers}{'x-shop'} // '';
    my ($raw) = grep { $how{$_} } sort keys %RAW;

    $c->{last} = 1 if !$request->{keep};

    if ($raw) {
        $c->{out} .= $RAW{$raw}[0];
        $c->{last} = 1 if $RAW{$raw}[1];
        $c->{last} = $c->{in} = '' if $raw eq 'stall';
        return;
    }

    my ($status, $headers, $body) = content($request, \%how);
    my $bytes = defined $request->{fcgi}
        ? fastcgi_bytes($c, $request, $status, $headers, $body, \%how)
        : http_bytes($c, $request, $status, $headers, $body, \%how);

    $c->{last} = 1 if $how{cut};
    $c->{out} .= $how{cut} ? substr $bytes, 0, length($bytes) - 3 : $bytes;
    return;
}


sub content {
    my ($request, $how) = @_;
    my $status = ($how->{status} // 200) =~ /^(\d{3})\z/ ? $1 : 200;
    my @headers = ('Content-Type' => $how->{html} ? 'text/html' : 'text/plain');

    return same_for_all($request, $how)
        if $request->{uri} =~ s/%([0-9a-f]{2})/chr hex $1/gier =~ SAME_FOR_ALL;

    my $body = seen($request);

    $body = "<html><body><!--# include virtual=\"/part?\$args\" -->\n$body"
        . '<!--# echo var="arg_a" default="none" --></body></html>'
        if $how->{html};
    $body .= 'x' x $how->{size} if $how->{size};

    push @headers, 'X-Accel-Redirect' => $how->{accel} if $how->{accel};
    push @headers, 'Location' => $how->{loc} if $how->{loc};
    push @headers, 'ETag' => '"e"', 'Last-Modified' =>
        'Tue, 14 Nov 2023 22:13:20 GMT' if $how->{etag};
    push @headers, 'Set-Cookie' => 'a=1', 'Set-Cookie' => 'b=2; Secure'
        if $how->{cookies};
    push @headers, 'Retry-After' => 7 if $status == 503;

    return ($status, \@headers, $body);
}


# Whoever fills a cache first fills it with the same.  "expired": it may be
# kept, and is too old from the first moment.
sub same_for_all {
    my ($request, $how) = @_;
    my $status = ($how->{status} // 200) =~ /^([345]\d\d)\z/ ? $1 : 200;
    my $body = 'the same for all ' x 300;
    my @headers = ('Content-Type' => 'text/plain', ETag => '"same"');

    push @headers, 'Cache-Control' => 'max-age=3600' if $status == 200;
    push @headers, 'X-Accel-Expires' => '@1' if $how->{expired};
    ($status, $body) = range($request, $body, \@headers) if $status == 200;

    return ($status, \@headers, $body);
}


sub range {
    my ($request, $body, $headers) = @_;
    my $whole = length $body;
    my $asked = $request->{headers}{range} // '';
    my ($from, $to) = $asked =~ /^bytes=(\d+)-(\d*)$/
        or return (200, $body);

    return (416, '') if $from >= $whole;

    $to = $whole - 1 if $to eq '' || $to >= $whole;
    return (416, '') if $to < $from;

    push @$headers, 'Content-Range' => "bytes $from-$to/$whole";
    return (206, substr $body, $from, $to - $from + 1);
}


# what reached the shop, so that a difference there is one in the answer
sub seen {
    my ($request) = @_;
    my $headers = $request->{headers};

    return join "\n", "$request->{method} $request->{uri}",
        map({ "$_: $headers->{$_}" } grep { !/^x-(?:id|epoch)\z/ }
            sort keys %$headers),
        length($request->{body}) . ' ' . unpack('%32C*', $request->{body}), '';
}


sub http_bytes {
    my ($c, $request, $status, $headers, $body, $how) = @_;
    my $head = "HTTP/1.1 $status " . ($REASON{$status} // 'Some');
    my $bodiless = $status == 204 || $status == 304;

    for (my $i = 0; $i < @$headers; $i += 2) {
        $head .= "\r\n$headers->[$i]: $headers->[$i + 1]";
    }

    $head .= "\r\nConnection: " . ($request->{keep} ? 'keep-alive' : 'close');

    if ($how->{chunked} && !$bodiless) {
        $head .= "\r\nTransfer-Encoding: chunked";
        $body = join '', map { sprintf "%x\r\n%s\r\n", length, $_ }
            unpack('(a700)*', $body), '';
    } elsif (!$bodiless) {
        my $length = length($body) - ($how->{long} ? 2 : 0);
        $head .= "\r\nContent-Length: $length";
    }

    $body = '' if $bodiless || $request->{method} eq 'HEAD';
    return "$head\r\n\r\n$body";
}


sub fastcgi_bytes {
    my ($c, $request, $status, $headers, $body, $how) = @_;
    my $head = "Status: $status";

    for (my $i = 0; $i < @$headers; $i += 2) {
        $head .= "\r\n$headers->[$i]: $headers->[$i + 1]";
    }

    my $out = "$head\r\n\r\n" . ($request->{method} eq 'HEAD' ? '' : $body);

    return join '',
        ($how->{stderr} ? record($request, 7, "PHP says so\n") : ()),
        map({ record($request, 6, $_) } unpack '(a4000)*', $out),
        ($how->{long} ? "\x09garbage" : record($request, 6, '')),
        record($request, 3, "\0" x 8);
}


sub record {
    my ($request, $type, $content) = @_;

    return pack('CCnnCC', 1, $type, $request->{fcgi}, length $content, 0, 0)
        . $content;
}


1;
