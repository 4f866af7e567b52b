package ShopTest::Dns;

# Copyright (C) ngx_shop_failover_module authors
#
# A name server for tests, on loopback: A and SRV records that a test changes
# while it runs.
#
#     my $dns = ShopTest::Dns->new;
#     $dns->set('shop.test', '127.0.0.2', '127.0.0.3');
#     $dns->set('_http._tcp.shop.test', [8080, 'a.test'], [8081, 'b.test']);
#
# Every answer is valid for a second.

use strict;
use warnings;

use JSON::PP ();
use Socket qw(inet_aton);

use ShopTest::Dir;
use ShopTest::Process;

use IO::Socket::IP;

use overload '""' => sub { $_[0]{address} }, fallback => 1;

my %TYPE = (A => 1, SRV => 33);


sub new {
    my ($class) = @_;
    my $self = bless { dir => ShopTest::Dir->new('dns'), records => {} }, $class;

    my $socket = IO::Socket::IP->new(Proto => 'udp', LocalHost => '127.0.0.1',
        LocalPort => 0) or die "name server: $@\n";

    $self->{address} = '127.0.0.1:' . $socket->sockport;
    $self->publish;
    $self->{process} = ShopTest::Process->spawn(sub { $self->serve($socket) });

    return $self;
}


# set(NAME, RECORDS...): from the next question on; none: the name has none
sub set {
    my ($self, $name, @records) = @_;

    $self->{records}{$name} = \@records;

    return $self->publish;
}


sub publish {
    my ($self) = @_;

    $self->{dir}->write('records', JSON::PP::encode_json($self->{records}));

    return $self;
}


sub serve {
    my ($self, $socket) = @_;

    while (defined(my $from = $socket->recv(my $question, 512))) {
        my $answer = $self->answer($question);

        $socket->send($answer, 0, $from) if defined $answer;
    }

    return;
}


sub answer {
    my ($self, $question) = @_;
    my $records = JSON::PP::decode_json($self->{dir}->read('records'));
    my ($id) = unpack 'n', $question;
    my ($at, @labels) = 12;

    while (my $length = unpack 'C', substr $question, $at++, 1) {
        push @labels, substr $question, $at, $length;
        $at += $length;
    }

    my $type = unpack 'n', substr $question, $at, 2;
    my $asked = substr $question, 12, $at + 4 - 12;
    my $known = $records->{ lc join '.', @labels };
    my @answers = grep { defined } map { record($type, $_) } @{ $known || [] };

    return pack('n6', $id, $known ? 0x8180 : 0x8183, 1, scalar @answers, 0, 0)
        . $asked . join '', @answers;
}


sub record {
    my ($type, $record) = @_;
    my $data;

    if ($type == $TYPE{A} && !ref $record) {
        $data = inet_aton($record);

    } elsif ($type == $TYPE{SRV} && ref $record) {
        my ($port, $target, $priority) = @$record;

        $data = pack('n3', $priority // 1, 1, $port)
            . join('', map { pack 'C/a*', $_ } split /\./, $target) . "\0";
    }

    return if !defined $data;
    return pack('n3 N n/a*', 0xc00c, $type, 1, 1, $data);
}


sub DESTROY {
    my ($self) = @_;

    $self->{process}->stop('KILL', 5) if $self->{dir}{owner} == $$;
    return;
}


1;
