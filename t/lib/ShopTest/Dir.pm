package ShopTest::Dir;

# Copyright (C) ngx_shop_failover_module authors
#
# A temporary directory that goes with its object.

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);

use overload '""' => sub { $_[0]{path} }, fallback => 1;

our @EXPORT_OK = qw(replace_file);


# Workers of an nginx started by root are not root: they must be able to read.
sub new {
    my ($class, $name) = @_;
    my $path = tempdir("shop-$name-XXXXXX", TMPDIR => 1);

    chmod 0755, $path or die "chmod $path: $!\n";

    return bless { path => $path, owner => $$ }, $class;
}


# write(NAME, CONTENT, [MODE]): in place of what was there, never half of it
sub write {
    my ($self, $name, $content, $mode) = @_;
    my $path = "$self->{path}/$name";

    make_path(dirname($path));

    return replace_file($path, $content, $mode);
}


# replace_file(PATH, CONTENT, [MODE]): the same, of any file
sub replace_file {
    my ($path, $content, $mode) = @_;

    open my $out, '>', "$path.new" or die "$path.new: $!\n";
    print $out $content;
    close $out or die "$path.new: $!\n";
    chmod $mode, "$path.new" if defined $mode;
    rename "$path.new", $path or die "$path: $!\n";

    return $path;
}


# read(NAME, [OFFSET]): what is there, from this byte on
sub read {
    my ($self, $name, $offset) = @_;

    open my $in, '<', "$self->{path}/$name" or return '';
    seek $in, $offset, 0 if $offset;
    local $/;

    return scalar(<$in>) // '';
}


sub DESTROY {
    my ($self) = @_;

    return if $$ != $self->{owner};

    if ($ENV{TEST_KEEP}) {
        print STDERR "# kept: $self->{path}\n";
        return;
    }

    remove_tree($self->{path});
}


1;
