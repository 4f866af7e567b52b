package ShopTest::Api;

# Copyright (C) ngx_shop_failover_module authors
#
# A scripted server with TLS, for tests: a Kubernetes API as far as a fleet uses
# it, made from its documented protocol (ConfigMaps with resourceVersion, merge
# patches, watches, Leases), and a store of documents with ETag and If-Match.
# It keeps all in memory; POST /test/... changes how it behaves.

use strict;
use warnings;

use IO::Select;
use IO::Socket::SSL;
use JSON::PP ();

use ShopTest::Port qw(free_port);
use ShopTest::Process;
use ShopTest::Wait qw(wait_until);

use constant TOKEN => 'token-of-the-account';

my $JSON = JSON::PP->new->canonical;
my %REASON = (200 => 'OK', 201 => 'Created', 304 => 'Not Modified');

# of the process that serves
my ($version, $oldest, %map, %lease, %doc, @watchers) = (100, 0);
my ($broken, %of);


# new(CA, CERT, KEY): running
sub new {
    my ($class, $cert, $key) = @_;
    my $self = bless { port => free_port() }, $class;

    $self->{process} = ShopTest::Process->spawn(sub {
        serve($self->{port}, $cert, $key);
    });
    wait_until(20, sub {
        IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $self->{port});
    }) or die "no API\n";

    return $self;
}


sub address { return "127.0.0.1:$_[0]{port}" }
sub freeze  { return $_[0]{process}->signal('STOP') }
sub thaw    { return $_[0]{process}->signal('CONT') }
sub stop    { return $_[0]{process}->stop('KILL', 5) }


# call(METHOD, PATH, BODY): as another client; its status and its body
sub call {
    my ($self, $method, $path, $body) = @_;
    my $socket = IO::Socket::SSL->new(PeerAddr => $self->address,
        SSL_verify_mode => SSL_VERIFY_NONE) or die "API: $!\n";

    $body //= '';
    print $socket "$method $path HTTP/1.1\r\nHost: test\r\n"
        . 'Authorization: Bearer ' . TOKEN . "\r\nConnection: close\r\n"
        . 'Content-Length: ' . length($body) . "\r\n\r\n$body";

    my $answer = do { local $/; <$socket> } // '';
    my ($status) = $answer =~ m{^HTTP/1.1 (\d+)};

    return ($status, $answer =~ s/.*?\r\n\r\n//sr);
}


sub serve {
    my ($port, $cert, $key) = @_;
    my $listen = IO::Socket::IP->new(LocalHost => '127.0.0.1',
        LocalPort => $port, ReuseAddr => 1, Listen => 64) or die "listen: $!\n";
    my $select = IO::Select->new($listen);

    $SIG{PIPE} = 'IGNORE';

    while (1) {
        for my $in ($select->can_read) {
            if ($in == $listen) {
                my $socket = $listen->accept or next;
                IO::Socket::SSL->start_SSL($socket, SSL_server => 1,
                    SSL_cert_file => $cert, SSL_key_file => $key,
                    Timeout => 5) or next;
                $of{$socket} = '';
                $select->add($socket);
                next;
            }

            my $n = sysread $in, $of{$in}, 65536, length $of{$in};
            $n += sysread $in, $of{$in}, 65536, length $of{$in}
                while $n && $in->pending;

            if (!$n) {
                @watchers = grep { $_ != $in } @watchers;
                delete $of{$in};
                $select->remove($in);
                close $in;
                next;
            }

            while ($of{$in} =~ /\A(\S+) (\S+) [^\n]*\n(.*?)\r\n\r\n/s) {
                my ($method, $path, $head, $end) = ($1, $2, $3, $+[0]);
                my ($length) = $head =~ /^content-length: (\d+)/im;
                last if length $of{$in} < $end + ($length // 0);

                my $body = substr $of{$in}, $end, $length // 0;
                substr $of{$in}, 0, $end + ($length // 0), '';
                answer($in, $method, $path, $head, $body);

                if ($head =~ /^connection: close/im) {
                    $select->remove($in);
                    close $in;
                    last;
                }
            }

            delete $of{$in} if !$in->opened;
        }
    }
}


sub answer {
    my ($in, $method, $path, $head, $body) = @_;

    if ($path =~ m{^/test/(\w+)(?:/(.*))?}) {
        $broken = $body                        if $1 eq 'break';
        $oldest = $version                     if $1 eq 'compact';
        ($version, %map) = (10)                if $1 eq 'restore';
        put_map($2, {})                      if $1 eq 'map';
        %map = ()                              if $1 eq 'drop';
        if ($1 eq 'cut') { shutdown $_, 2 for @watchers }
        if ($1 eq 'old') { $_->{spec}{renewTime} = '2020-01-01T00:00:00.000000Z'
            for values %lease }
        return reply($in, 200, '{}');
    }

    if (defined $broken && length $broken) {
        print $in $broken;
        shutdown $in, 1;
        return;
    }

    return document($in, $method, $path, $head, $body) if $path =~ m{^/store/};
    return reply($in, 401, '{"message":"Unauthorized"}')
        if $head !~ /^authorization: Bearer @{[TOKEN]}\r?$/im;
    return maps($in, $method, $1, $2, $body)
        if $path =~ m{^/api/v1/namespaces/shop/configmaps/?([^?]*)\??(.*)};
    return leases($in, $method, $1, $2, $body)
        if $path =~ m{^/apis/coordination.k8s.io/v1/namespaces/shop/leases/?([^?]*)\??(.*)};

    return reply($in, 403, '{"message":"Forbidden"}');
}


sub reply {
    my ($in, $status, $body, @headers) = @_;
    my @time = gmtime;

    print $in "HTTP/1.1 $status " . ($REASON{$status} // 'No') . "\r\n"
        . join('', map { "$_\r\n" } @headers)
        . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
    return;
}


sub put_map {
    my ($name, $data) = @_;

    $map{$name} = { kind => 'ConfigMap', data => $data,
        metadata => { name => $name, resourceVersion => '' . ++$version } };

    my $event = $JSON->encode({ type => 'MODIFIED', object => $map{$name} })
        . "\n";
    print $_ sprintf("%x\r\n%s\r\n", length $event, $event) for @watchers;
    return;
}


sub maps {
    my ($in, $method, $name, $query, $body) = @_;

    if ($query =~ /watch=1/) {
        my ($from) = $query =~ /resourceVersion=(\d+)/;

        print $in "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

        if ($from < $oldest) {
            my $event = $JSON->encode({ type => 'ERROR', object => {
                kind => 'Status', code => 410, reason => 'Expired' } }) . "\n";
            print $in sprintf("%x\r\n%s\r\n0\r\n\r\n", length $event, $event);
            return;
        }

        push @watchers, $in;
        return;
    }

    my $map = $map{$name}
        or return reply($in, 404, '{"message":"configmaps not found"}');

    if ($method eq 'PATCH') {
        my $patch = $JSON->decode($body);
        my $wants = $patch->{metadata}{resourceVersion};
        my %data = %{ $map->{data} || {} };

        return reply($in, 409, '{"message":"conflict"}')
            if defined $wants && $wants ne $map->{metadata}{resourceVersion};

        for my $key (keys %{ $patch->{data} }) {
            $data{$key} = $patch->{data}{$key};
            delete $data{$key} if !defined $data{$key};
        }

        put_map($name, \%data);
    }

    return reply($in, 200, $JSON->encode($map{$name}));
}


sub leases {
    my ($in, $method, $name, $query, $body) = @_;

    if ($method eq 'POST') {
        my $lease = $JSON->decode($body);
        $lease{ $lease->{metadata}{name} } = $lease;
        return reply($in, 201, $JSON->encode($lease));
    }

    return reply($in, 200, $JSON->encode({ items =>
        [map { $lease{$_} } sort keys %lease] })) if $name eq '';
    return reply($in, 404, '{"message":"leases not found"}') if !$lease{$name};

    if ($method eq 'DELETE') {
        delete $lease{$name};
        return reply($in, 200, '{}');
    }

    $lease{$name} = $JSON->decode($body) if $method eq 'PATCH';
    return reply($in, 200, $JSON->encode($lease{$name}));
}


sub document {
    my ($in, $method, $path, $head, $body) = @_;
    my ($match) = $head =~ /^if-match: (.*?)\r?$/im;
    my ($none) = $head =~ /^if-none-match: (.*?)\r?$/im;
    my $doc = $doc{$path};

    if ($method eq 'PUT') {
        return reply($in, 412, '') if defined $match
            && (!$doc || $doc->{etag} ne $match)
            || ($none // '') eq '*' && $doc;

        $doc{$path} = { body => $body, etag => '"' . ++$version . '"' };
        return reply($in, 201, '', "ETag: $doc{$path}{etag}");
    }

    if ($method eq 'DELETE') {
        delete $doc{$path};
        return reply($in, 200, '');
    }

    return reply($in, 404, '') if !$doc;
    return reply($in, 304, '', "ETag: $doc->{etag}")
        if ($none // '') eq $doc->{etag};
    return reply($in, 200, $doc->{body}, "ETag: $doc->{etag}");
}


1;
