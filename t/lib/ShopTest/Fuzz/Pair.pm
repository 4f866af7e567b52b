package ShopTest::Fuzz::Pair;

# Copyright (C) ngx_shop_failover_module authors
#
# Our nginx and a stock one beside it, and the connections to them.  A case is
# asked of both at once; connections are kept as long as they last.

use strict;
use warnings;

use ShopTest::Fuzz::Case qw(case_bytes HOST);
use ShopTest::Fuzz::H2;
use ShopTest::Fuzz::Wire;
use ShopTest::Log;
use ShopTest::Wait qw(wait_until);

use constant PROXIED => "PROXY TCP4 192.0.2.9 192.0.2.1 1000 80\r\n";

my %ADDRESS = (H1 => '', H2 => 'H2', PP => 'PP');


sub new {
    my ($class, $ours, $stock) = @_;
    my $self = bless { nginx => { o => $ours, s => $stock }, read => 0 },
        $class;

    $self->{ports} = { map { my $side = $_; map {
        ($self->{nginx}{$side}->address($_) =~ /:(\d+)/)[0] => "PORT$_"
    } '', 'H2', 'PP', 'RPC' } qw(o s) };
    my $ports = join '|', keys %{ $self->{ports} };
    $self->{port} = qr/\b(?:$ports)\b/;

    $_->start for $ours, $stock;
    ($self->{worker}) = $ours->workers;

    return $self;
}


sub stop {
    my ($self) = @_;

    $self->forget;
    $_->ask_to_stop for values %{ $self->{nginx} };
    $_->stop for values %{ $self->{nginx} };
    return;
}


sub ours { return $_[0]{nginx}{o} }


# Connections are made anew.
sub forget {
    my ($self) = @_;

    $self->{connections} = {};
    return;
}


sub reload {
    my ($self) = @_;

    my $done = $self->ours->reload;
    $self->forget;
    ($self->{worker}) = $self->ours->workers;
    return $done;
}


# set_flag(TEXT, STATE): undef opens; true once the worker is in this state
sub set_flag {
    my ($self, $text, $state) = @_;
    my $ours = $self->ours;

    if (defined $text) {
        $ours->file('closed', $text);
    } else {
        unlink $ours->dir . '/closed';
    }

    return wait_until(10, sub { $self->state eq $state });
}


sub state {
    my ($self) = @_;
    my $wire = ShopTest::Fuzz::Wire->new($self->ours->address('STATE'));

    $wire->put("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return $wire->answer('GET')->{body};
}


# ask(CASE, NUMBER, SIDES...): a list of answers for each side, "o" and "s"
sub ask {
    my ($self, $case, $number, @sides) = @_;
    my %asked = map { $_ => $self->start($case, $number, $_) } @sides;
    my %answers = map { $_ => $self->finish($case, $asked{$_}) } @sides;

    # a connection that was over before it was used once more
    for my $side (grep { $asked{$_}{reused} } @sides) {
        my $first = $answers{$side}[0];

        next if $first->{status} || length $first->{body};
        delete $self->{connections}{$side};
        $answers{$side} = $self->finish($case,
            $self->start($case, $number, $side));
    }

    $self->make_alike($_) for map { @$_ } values %answers;
    return \%answers;
}


sub connection {
    my ($self, $side, $listener) = @_;
    my $kept = \$self->{connections}{$side}{$listener};
    my $where = $self->{nginx}{$side}->address($ADDRESS{$listener});

    return $$kept if $$kept && $$kept->rest eq '' && !$$kept->{closed};

    return $$kept = $listener eq 'H2' ? ShopTest::Fuzz::H2->new($where)
        : ShopTest::Fuzz::Wire->new($where,
            $listener eq 'PP' ? PROXIED : undef);
}


sub start {
    my ($self, $case, $number, $side) = @_;
    my $listener = $case->{listener};

    delete $self->{connections}{$side}{$listener} if $case->{wild};

    my $connection = $self->connection($side, $listener);
    my $asked = { connection => $connection, reused => $connection->{used} };

    if ($listener eq 'H2') {
        $asked->{streams} = [map {
            $connection->send(h2_request($case->{steps}[$_],
                "$side-$number.$_"))
        } 0 .. $#{ $case->{steps} }];
    } else {
        $connection->put(case_bytes($case, "$side-$number"));
    }

    return $asked;
}


sub h2_request {
    my ($step, $id) = @_;
    my ($epoch) = $id =~ /-(\d+)-/;
    my @headers = (
        [':method', $step->{method}], [':scheme', 'http'],
        [':path', $step->{target}], [':authority', HOST],
        ['x-id', $id], ['x-epoch', $epoch // 0],
        map { [lc $_->[0], $_->[1]] }
            grep { $_->[0] ne 'Host' } @{ $step->{headers} },
    );

    return (\@headers, $step->{body}, @{ $step->{pieces} || [] });
}


sub finish {
    my ($self, $case, $asked) = @_;
    my $connection = $asked->{connection};

    return [map { $connection->answer($_) } @{ $asked->{streams} }]
        if $asked->{streams};

    if ($case->{wild}) {
        my $raw = $connection->all;
        return [{ status => $raw =~ m{^HTTP/1\.1 (\d+)} ? $1 : 0, raw => $raw,
            head => heads($raw), headers => [], body => $raw, faults => [] }];
    }

    my @answers = map { $connection->answer($_->{method}) } @{ $case->{steps} };

    $answers[-1]{excess} = 1 if !$connection->{closed}
        && length $connection->rest;

    return \@answers;
}


# what can be a head in the bytes of several answers
sub heads {
    my ($raw) = @_;

    return join '', $raw =~ m{(?:^|(?<=\n))HTTP/1\.1 .*?\r\n\r\n}gs;
}


# ports, identities and boundaries, which nginx counts, differ between the two
sub make_alike {
    my ($self, $answer) = @_;

    for my $part (grep { defined } @$answer{qw(head body raw)}) {
        $part =~ s/($self->{port})/$self->{ports}{$1}/g;
        $part =~ s/\b[os](-\d+-\d+\.\d)/x$1/g;
        $part =~ s/(boundary=|\r\n--)\d{20}/$1/g;
    }

    $answer->{reset} = '' if !$answer->{reset};
    return;
}


# lost(): whether our worker is gone; another one is waited for
sub lost {
    my ($self) = @_;

    return 0 if kill 0, $self->{worker};

    my $old = $self->{worker};
    wait_until(20, sub {
        ($self->{worker}) = grep { $_ != $old } $self->ours->workers;
    });
    $self->forget;
    return 1;
}


# reports(): new lines of our log that no healthy nginx says
sub reports {
    my ($self) = @_;
    my $path = $self->ours->dir . '/error.log';

    return if ($self->{read} // 0) == (-s $path // 0);

    open my $in, '<', $path or return;
    seek $in, $self->{read}, 0;
    my $text = do { local $/; <$in> } // '';
    $self->{read} += length $text;

    return grep { /${\ShopTest::Log::COMPLAINT}/ || /^ +#\d+ .*shop_failover/ }
        split /\n/, $text;
}


1;
