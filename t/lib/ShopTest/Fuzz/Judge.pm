package ShopTest::Fuzz::Judge;

# Copyright (C) ngx_shop_failover_module authors
#
# What is wrong with answers: pure functions of a case, its answers and what a
# stock nginx answered.  A complaint is [KIND, TEXT].

use strict;
use warnings;

use Exporter qw(import);

use ShopTest::Fuzz::Case qw(HOST INJECTED keyed);

our @EXPORT_OK = qw(judge may_pass);

use constant COOKIE => qr/^__Host-shop-bypass=/;


# judge(CONF, CASE, PHASE, OURS, STOCK): lists of answers, one a step; without
# STOCK nothing is compared
sub judge {
    my ($conf, $case, $phase, $ours, $stock) = @_;
    my ($apart, @complaints);

    for my $i (0 .. $#$ours) {
        my $step = $case->{wild} ? undef : $case->{steps}[$i];
        my $theirs = $stock && $stock->[$i];

        push @complaints, head_complaints($ours->[$i], $theirs);
        next if !$step;

        push @complaints, link_complaints($step, $ours->[$i]),
            own_complaints($conf, $step, $ours->[$i], $ours, $i);
        next if !$theirs || $phase ne 'open';

        # all that follows an answer without a head is its body
        $apart = 2, next
            if @$ours > 1 && !$ours->[$i]{status} && !$theirs->{status};

        # one stream may end the whole connection, before or after the others
        next if @$ours > 1 && $case->{listener} eq 'H2'
            && !($ours->[$i]{status} && $theirs->{status});

        # what follows an answer of ours, or one without a head, is another
        # matter: the connection may have ended, and nobody knows where
        push @complaints, differences($step, $ours->[$i], $theirs)
            if (!$apart || ($apart == 1 && $ours->[$i]{status}
                && $theirs->{status}))
            && !swallows($case, $ours, $i);
        $apart ||= !$theirs->{status} ? 2
            : is_ours($step, $ours->[$i], $theirs);
    }

    push @complaints, wild_differences($case, $ours->[0], $stock->[0])
        if $case->{wild} && $stock && $phase eq 'open';

    return @complaints;
}


sub head_complaints {
    my ($answer, $theirs) = @_;
    my %known = map { $_ => 1 } $theirs ? faults($theirs) : ();

    return map { ['framing', $_] } grep { !$known{$_} } faults($answer);
}


# of a wild case the head of an answer is looked for in all the bytes
sub faults {
    my ($answer) = @_;
    my $injected = qr/^\s*@{[INJECTED]}\s*:/mi;
    my @faults = @{ $answer->{faults} };

    push @faults, 'a header of the visitor\'s making'
        if $answer->{head} =~ $injected
        || grep { $_->[0] =~ /^zq-/i } @{ $answer->{headers} };
    push @faults, 'a body where none may be' if $answer->{excess};

    return @faults;
}


sub header {
    my ($answer, $name) = @_;

    return map { $_->[1] } grep { lc $_->[0] eq $name }
        @{ $answer->{headers} };
}


sub is_page {
    my ($answer) = @_;

    return scalar header($answer, 'shop-status');
}


sub is_link {
    my ($answer) = @_;

    return $answer->{status} == 302
        && grep { /${\COOKIE}/ } header($answer, 'set-cookie');
}


# A good link leads to what was asked for, as it was written, without itself.
sub link_complaints {
    my ($step, $answer) = @_;

    return if !is_link($answer);

    my $target = $step->{target} =~ s{^http://[^/?]*}{}r =~ s/#.*//sr;
    my ($path, $args) = $target =~ /^([^?]*)(?:\?(.*))?\z/s;
    my @args = grep { !/^shop-bypass=/i } split /&/, $args // '', -1;
    my $wanted = '/' . ($path =~ s{^[/\\]+}{}r);
    my ($location) = header($answer, 'location');

    # an argument that is empty may be left out or not
    my ($is, $should) = map { s/[?&]+\z//r =~ s/([?&])&+/$1/gr }
        $location // '', $wanted . (@args ? '?' . join '&', @args : '');

    return if $is eq $should;
    return ['link', "the link leads to \"$location\", and not to \"$should\""];
}


# what is never closed, and orders with the key that are good
sub own_complaints {
    my ($conf, $step, $answer, $all, $i) = @_;
    my @complaints;

    # after an answer that ended the connection there is none
    return if !$answer->{status} && $i;

    push @complaints, ['closed', "\"$step->{target}\" is never closed, and "
        . "got a page: $answer->{status}"]
        if $conf->{never} && $step->{target} =~ $conf->{never}
        && is_page($answer);

    push @complaints, ['order', "a good order got $answer->{status}: "
        . substr $answer->{body}, 0, 200]
        if $step->{order} && $answer->{status} != 200;

    push @complaints, ['silence', 'no answer']
        if !$answer->{status} && !large($step)
        && grep { $_ && $step->{target} =~ $_ } @$conf{qw(never orders)};

    return @complaints;
}


sub large {
    my ($step) = @_;

    return length join('', $step->{target}, map { @$_ } @{ $step->{headers} })
        > 4000;
}


# ---- beside a stock nginx


# not what is ours: our locations, our public status, our links and drills
sub comparable {
    my ($step, $answer) = @_;
    my $target = $step->{target} =~ s/%([0-9a-f]{2})/chr hex $1/gier;

    return 0 if $target =~ m{ours-|\.shop-status|\.\.} || is_link($answer);
    return !grep { index($_->[1], keyed(3)) >= 0 } @{ $step->{headers} };
}


# whether the body has no end of its own, and what is ours stands in it
sub swallows {
    my ($case, $ours, $i) = @_;

    return $ours->[$i]{body} =~ m{HTTP/1\.[01] \d}
        && grep { $_->{target} =~ /shop-bypass|ours-|\.shop-status/i }
            @{ $case->{steps} }[$i + 1 .. $#{ $case->{steps} }];
}


sub is_ours {
    my ($step, $ours, $stock) = @_;

    return !comparable($step, $ours)
        || (is_page($ours) && page_for($step, $stock));
}


sub differences {
    my ($step, $ours, $stock) = @_;

    return if is_ours($step, $ours, $stock);

    for my $what (qw(status complete reset head body)) {
        my ($is, $should) = map { seen($_, $what) } $ours, $stock;

        # how much of an answer that is cut passes is chance
        next if $what eq 'body' && !$ours->{complete};

        return ["stock, $what", "not as stock: $what\n  ours:  "
            . shown($is, $should) . "\n  stock: " . shown($should, $is)]
            if $is ne $should;
    }

    return;
}


# nginx's own 502 and 504 become a page: no other's body stands in them
sub page_for {
    my ($step, $stock) = @_;

    return $stock->{status} =~ /^50[24]\z/ && ($step->{method} eq 'HEAD'
        || $stock->{body} =~ m{<center>nginx});
}


sub seen {
    my ($answer, $what) = @_;
    my $seen = $answer->{$what} // '';

    # the clock may turn between the two
    $seen =~ s/^(?:Date|Expires): .*\r\n//mgi if $what eq 'head';

    return $seen;
}


# around the place where it differs
sub shown {
    my ($text, $other) = @_;
    my $same = length((($text ^ $other) =~ /^(\0*)/)[0]);
    my $from = $same > 60 ? $same - 60 : 0;

    return escaped(substr $text, $from, 160);
}


sub escaped {
    my ($text) = @_;

    return '"' . ($text =~ s/([^ -~])/$1 eq "\r" ? '\r' : $1 eq "\n" ? '\n'
        : sprintf '\x%02x', ord $1/ger) . '"';
}


# all the bytes up to the end of the connection; a page or a link of ours in
# them makes them ours (HTTP/0.9 has no head that says so)
sub wild_differences {
    my ($case, $ours, $stock) = @_;

    return if $ours->{raw} =~ /^(?:Shop-Status|Set-Cookie: __Host-shop)/m
        || $ours->{raw} =~ /"state"/
        || (grep { $_->{target} =~ /shop-bypass/i } @{ $case->{steps} })
        || grep { !comparable($_, $ours) } @{ $case->{steps} };

    # nor is it told how a body was cut into chunks
    my ($is, $should) = map {
        $_->{raw} =~ s/^(?:Date|Expires): .*\r\n//mgr
            =~ s/\r\n[0-9a-f]{1,5}\r\n//gr =~ s/[os]-(\d+-\d+\.\d)/$1/gr
    } $ours, $stock;

    # nginx's own 502 or 504 to HTTP/0.9
    return if $ours->{raw} !~ m{^HTTP/}
        && $should =~ m{<center><h1>50[24] [^<]*</h1></center>};

    return if $is eq $should;
    return ['stock, bytes', "not as stock:\n  ours:  " . shown($is, $should)
        . "\n  stock: " . shown($should, $is)];
}


# ---- in a closed shop


# whether something in it may let it pass: a cookie that is good, an address
sub may_pass {
    my ($conf, $case) = @_;

    return 1 if $conf->{passes} && grep { $_->[0] =~ $conf->{passes} }
        map { @{ $_->{headers} } } @{ $case->{steps} };

    return scalar grep { index($_->[1], keyed(1)) >= 0 }
        map { @{ $_->{headers} } } @{ $case->{steps} };
}


1;
