package ShopTest::Events;

# Copyright (C) ngx_shop_failover_module authors
#
# The event log of an nginx, for tests: what is in it, and whether each line
# is what docs/events.schema.json promises.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();

use ShopTest::Schema;
use ShopTest::Wait qw(wait_until);

our @EXPORT = qw(events events_like wait_for_event event_faults);


# events(PATH): all of them in the order of the file; a line that is no JSON is
# undef
sub events {
    my ($path) = @_;

    open my $in, '<', $path or return;

    return map { scalar eval { JSON::PP::decode_json($_) } } <$in>;
}


# events_like(PATH, NAME => VALUE, ...): those with these members
sub events_like {
    my ($path, %wanted) = @_;

    return grep {
        my $event = $_;
        $event && !grep { ($event->{$_} // '') ne $wanted{$_} } keys %wanted;
    } events($path);
}


# wait_for_event(PATH, NAME => VALUE, ...): the first such event, once there
sub wait_for_event {
    my ($path, %wanted) = @_;
    my $event;

    wait_until(20, sub { ($event) = events_like($path, %wanted) });

    return $event;
}


# event_faults(PATH): what is wrong with the lines of a log
sub event_faults {
    my ($path) = @_;
    my $schema = ShopTest::Schema->new('docs/events.schema.json');
    my ($n, $seq) = (0, 0);
    my @faults;

    for my $event (events($path)) {
        $n++;

        push @faults, map { "line $n: $_" }
            $event ? $schema->faults($event, 1) : 'is no JSON';
        push @faults, "line $n: comes after $seq"
            if $event && $event->{seq} <= $seq;
        $seq = $event->{seq} if $event;
    }

    return @faults;
}


1;
