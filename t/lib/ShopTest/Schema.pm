package ShopTest::Schema;

# Copyright (C) ngx_shop_failover_module authors
#
# As much of JSON Schema as our own schemas use.  A keyword that it does not
# know is an error, so that nothing is thought to be checked that is not.
#
#     my $schema = ShopTest::Schema->new('docs/events.schema.json');
#     is_deeply [$schema->faults($data)], [], 'it is valid';

use strict;
use warnings;

use JSON::PP ();
use Scalar::Util qw(looks_like_number);

my %IGNORED = map { $_ => 1 }
    qw($schema $id title description $defs $comment examples default);

my $json = JSON::PP->new->utf8->canonical->allow_nonref;


sub new {
    my ($class, $path) = @_;

    open my $in, '<', $path or die "$path: $!\n";
    my $root = $json->decode(do { local $/; <$in> });

    return bless { root => $root }, $class;
}


# faults(DATA, [EXACT]): what is wrong with it, one text each.  EXACT: a member
# that the schema does not name is wrong, too.
sub faults {
    my ($self, $data, $exact) = @_;

    local $self->{exact} = $exact;
    return $self->check($data, $self->{root}, '');
}


sub check {
    my ($self, $data, $schema, $at) = @_;
    my @faults;

    for my $key (sort keys %$schema) {
        next if $IGNORED{$key};

        my $method = $key eq '$ref' ? 'check_ref' : "check_$key";
        die "schema: $key is not known here\n" if !$self->can($method);

        push @faults, $self->$method($data, $schema, $at, $schema->{$key});
    }

    return @faults;
}


sub check_ref {
    my ($self, $data, $schema, $at, $value) = @_;
    my $target = $self->{root};

    $target = $target->{$_} for grep { $_ ne '#' } split m{/}, $value;
    die "schema: no $value\n" if !$target;

    return $self->check($data, $target, $at);
}


sub check_type {
    my ($self, $data, $schema, $at, $value) = @_;
    my $type = type_of($data);

    return if grep { $_ eq $type || ($_ eq 'number' && $type eq 'integer') }
        ref $value ? @$value : $value;

    return "$at: is $type";
}


sub type_of {
    my ($data) = @_;

    return 'null' if !defined $data;
    return { HASH => 'object', ARRAY => 'array' }->{ ref $data } // 'boolean'
        if ref $data;
    return 'string' if $json->encode($data) =~ /^"/;
    return $data =~ /^-?\d+\z/ ? 'integer' : 'number';
}


sub check_const {
    my ($self, $data, $schema, $at, $value) = @_;

    return $self->check_enum($data, $schema, $at, [$value]);
}


sub check_enum {
    my ($self, $data, $schema, $at, $values) = @_;
    my $text = $json->encode($data);

    return if grep { $json->encode($_) eq $text } @$values;
    return "$at: is $text";
}


sub check_pattern {
    my ($self, $data, $schema, $at, $pattern) = @_;

    return if type_of($data) ne 'string' || $data =~ /$pattern/;
    return "$at: is $data";
}


sub check_minimum {
    my ($self, $data, $schema, $at, $least) = @_;

    return if !looks_like_number($data) || $data >= $least;
    return "$at: is $data";
}


sub check_maximum {
    my ($self, $data, $schema, $at, $most) = @_;

    return if !looks_like_number($data) || $data <= $most;
    return "$at: is $data";
}


sub check_required {
    my ($self, $data, $schema, $at, $names) = @_;

    return if ref $data ne 'HASH';
    return map { "$at: has no $_" } grep { !exists $data->{$_} } @$names;
}


sub check_properties {
    my ($self, $data, $schema, $at, $properties) = @_;
    my @faults;

    return if ref $data ne 'HASH';

    for my $name (sort keys %$data) {
        push @faults, $properties->{$name}
            ? $self->check($data->{$name}, $properties->{$name}, "$at/$name")
            : $self->{exact} ? "$at: has $name" : ();
    }

    return @faults;
}


sub check_items {
    my ($self, $data, $schema, $at, $items) = @_;

    return if ref $data ne 'ARRAY';
    return map { $self->check($data->[$_], $items, "$at/$_") } 0 .. $#$data;
}


# of the alternatives: says what is wrong with the one that fits best
sub check_oneOf {
    my ($self, $data, $schema, $at, $alternatives) = @_;
    my @results = sort { @$a <=> @$b }
        map { [$self->check($data, $_, $at)] } @$alternatives;

    return @{ $results[0] } if @{ $results[0] };
    return "$at: fits more than one" if @results > 1 && !@{ $results[1] };
    return;
}


1;
