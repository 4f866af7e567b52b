package ShopTest::Fuzz::Round;

# Copyright (C) ngx_shop_failover_module authors
#
# One round of the fuzzer: a configuration, two fresh nginxes, a plan of
# phases (open, closed in each way) and cases, all from the seed.  Whatever
# happens in a round does not change its plan.
#
#     my @findings = ShopTest::Fuzz::Round->new(conf => 'cache', seed => 1,
#         round => 0, requests => 200)->run;
#
# A finding is { kind, text, phase, case, count, steady }; not steady: it did
# not come again when the case was asked again.

use strict;
use warnings;

use Digest::SHA qw(sha256);
use Time::HiRes qw(sleep);

use ShopTest::Fuzz::Case qw(new_case);
use ShopTest::Fuzz::Conf;
use ShopTest::Fuzz::Judge qw(judge may_pass);
use ShopTest::Fuzz::Pair;
use ShopTest::Fuzz::Shop;
use ShopTest::Fuzz::Smaller qw(smaller);
use ShopTest::Wait qw(now patience);

use constant {
    PHASES   => 6,
    TRIES    => 3,          # of a case that failed
    SMALLER  => 5,          # seconds for making it smaller
    DIES     => 0.05,       # how long a worker takes to, seconds
    ARRIVES  => 0.05,       # of a copy that nobody waits for, seconds
};

my %STATE = (open => 'open', full => 'maintenance', browse => 'browse',
    paths => 'maintenance');


sub new {
    my ($class, %options) = @_;

    return bless { %options, found => {}, asked => 0, number => 0 }, $class;
}


sub run {
    my ($self) = @_;
    my $conf = ShopTest::Fuzz::Conf->read($self->{conf});

    $self->{shop} = ShopTest::Fuzz::Shop->new;
    my @nginxes = $conf->nginxes($self->{shop});
    $self->{c} = $conf;
    my @phases = $self->plan;
    my $pair = $self->{pair} = ShopTest::Fuzz::Pair->new(@nginxes);

    for my $i (0 .. $#phases) {
        $self->phase($i, $phases[$i]);
    }

    $pair->stop;
    $self->{shop}->stop;
    $self->last_words;

    return map { $self->{found}{$_} } sort keys %{ $self->{found} };
}


# plan(): the phases and their cases
sub plan {
    my ($self) = @_;

    $self->{c} ||= ShopTest::Fuzz::Conf->read($self->{conf});

    srand unpack 'N', sha256("$self->{seed} $self->{conf} $self->{round}");

    return map {
        my $kind = $_ % 2 ? (qw(full full browse paths))[rand 4] : 'open';
        {
            kind => $kind, reload => rand() < 0.3,
            flag => scalar $self->flag($kind),
            cases => [map { new_case($self->{c}) }
                1 .. $self->{requests} / PHASES],
        };
    } 0 .. PHASES - 1;
}


sub flag {
    my ($self, $kind) = @_;

    # what closes only hosts that nobody asks for leaves the shop open
    return $self->{c}{hosts} && rand() < 0.7
        ? "hosts: $self->{c}{hosts}\n" : undef if $kind eq 'open';
    return "status: closed\n" if $kind eq 'full';
    return "mode: browse\n"   if $kind eq 'browse';

    my @paths = grep { m{^/\w} && !/\?|ours-/ } @{ $self->{c}{paths} };
    return 'mode: paths ' . join(' ', map { $paths[rand @paths] } 1 .. 2)
        . "\n";
}


sub phase {
    my ($self, $number, $phase) = @_;
    my $pair = $self->{pair};

    $pair->reload if $phase->{reload};
    $self->{phase} = $phase;
    $self->{epoch} = $number;

    $pair->set_flag($phase->{flag}, $STATE{ $phase->{kind} })
        or return $self->find('flag', "the flag was not seen: "
            . ($phase->{flag} // 'open') . ', and not ' . $pair->state);

    for my $case (@{ $phase->{cases} }) {
        $self->check($case);
        last if $self->{until} && now() > $self->{until};
    }

    sleep ARRIVES;
    $self->arrivals;
    return;
}


# ---- a case


sub check {
    my ($self, $case) = @_;
    my @complaints = $self->complaints($case);

    $self->{asked} += @{ $case->{steps} };
    $self->find(@$_, $case) for @complaints;
    return;
}


# complaints(CASE): what is wrong when it is asked now
sub complaints {
    my ($self, $case) = @_;
    my $pair = $self->{pair};
    my $open = $self->{phase}{kind} eq 'open';
    my $number = ++$self->{number};

    $self->{cases}{$number} = [$case, $self->{phase}];
    my $answers = $pair->ask($case, "$self->{epoch}-$number", 'o',
        $open ? 's' : ());
    my @complaints = judge($self->{c}, $case, $self->{phase}{kind},
        @$answers{qw(o s)});

    # its death is noticed a moment after its silence
    sleep DIES if grep { !$answers->{o}[$_]{status}
        && (!$open || $answers->{s}[$_]{status}) } 0 .. $#{ $answers->{o} };
    my @reports = $pair->reports;

    if ($pair->lost) {
        return ['crash', join "\n  ", 'a worker is gone', @reports,
            $pair->reports];
    }

    push @complaints, ['report', join "\n  ", @reports] if @reports;
    return @complaints;
}


# What reached the shop in a phase in which it should not.  Who may pass, may.
# arrivals(CASE): what is to be said of this one, which was asked again.
sub arrivals {
    my ($self, $again) = @_;
    my $said;

    for my $arrival ($self->{shop}->told) {
        my ($id, $method, $uri) = @$arrival;
        my ($number, $i) = $id =~ /^o-\d+-(\d+)\.(\d)/ or next;
        my ($case, $phase) = @{ $self->{cases}{$number} || next };

        next if !$self->closes($phase, $case, $i);

        my $text = "$method $uri reached the shop";

        if ($again) {
            $said = $text if $case == $again;
        } else {
            $self->find('let through', $text, $case);
        }
    }

    return $said;
}


sub closes {
    my ($self, $phase, $case, $i) = @_;

    return 0 if $phase->{kind} eq 'open' || may_pass($self->{c}, $case);
    return 1 if $phase->{kind} ne 'paths';
    return 0 if $case->{wild};

    my ($path) = $case->{steps}[$i]{target} =~ /^([^?]*)/;
    return scalar grep { $_ eq $path } $phase->{flag} =~ m{ (/\S*)}g;
}


# ---- what was found


# Of many of a kind at one place the first is looked at closely.
sub find {
    my ($self, $kind, $text, $case) = @_;
    my $place = $case ? ($case->{steps}[0]{target} =~ m{^(/[\w-]*)} ? $1 : '?')
        : '';
    my $known = $self->{found}{"$kind $place"};

    return $known->{count}++ if $known;

    my $finding = $self->{found}{"$kind $place"} = { kind => $kind,
        place => $place, text => $text, case => $case, count => 1, steady => 1,
        phase => $self->{phase}{kind} };

    return if !$case;

    $finding->{steady} = $self->steady($kind, $case) or return;

    my $end = now() + patience(SMALLER);
    $finding->{case} = smaller($case, sub {
        my $said = now() < $end && $self->still($kind, $_[0]) or return 0;

        $finding->{text} = $said;
        return 1;
    });
    return;
}


sub steady {
    my ($self, $kind, $case) = @_;

    for (1 .. TRIES) {
        return 0 if !$self->still($kind, $case);
    }

    return 1;
}


# what is said of it now; nothing if that is not wrong any more
sub still {
    my ($self, $kind, $case) = @_;

    # on connections of its own, and with nothing of it in a cache
    local $self->{epoch} = 1000 + $self->{number};
    $self->{pair}->forget;
    my @complaints = $self->complaints($case);

    if ($kind eq 'let through') {
        sleep ARRIVES;
        return $self->arrivals($case);
    }

    return (map { $_->[1] } grep { $_->[0] eq $kind } @complaints)[0];
}


# a log may say something when nginx ends
sub last_words {
    my ($self) = @_;

    return if grep { $_->{kind} =~ /^(?:crash|report)/ }
        values %{ $self->{found} };

    my @complaints = $self->{pair}->ours->complaints;
    $self->find('end', join "\n  ", @complaints) if @complaints;
    return;
}


1;
