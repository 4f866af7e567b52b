package ShopTest::Dir;

# Copyright (C) ngx_shop_failover_module authors
#
# A temporary directory that goes with its object.

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);

use overload '""' => sub { $_[0]{path} }, fallback => 1;

our @EXPORT_OK = qw(replace_file write_file);


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


# replace_file(PATH, CONTENT, [MODE]): the same, of any file.  What is written
# meanwhile has a name that a directory of flags leaves out.
sub replace_file {
    my ($path, $content, $mode) = @_;
    my $new = dirname($path) . '/.' . basename($path) . '.new';

    open my $out, '>', $new or die "$new: $!\n";
    print $out $content;
    close $out or die "$new: $!\n";
    chmod $mode, $new if defined $mode;
    rename $new, $path or die "$path: $!\n";

    return $path;
}


# write_file(PATH, CONTENT): where it is, so that half of it may be seen
sub write_file {
    my ($path, $content) = @_;

    open my $out, '>', $path or die "$path: $!\n";
    print $out $content;
    close $out or die "$path: $!\n";

    return $path;
}


# library(NAME, C-SOURCE, [OPTION...]): a shared library for LD_PRELOAD, which
# workers may read; the test is skipped where nobody can make it
sub library {
    my ($self, $name, $source, @options) = @_;
    my $c = $self->write("$name.c", $source);
    my $so = "$self->{path}/$name.so";

    if (system('cc', '-shared', '-fPIC', '-w', '-o', $so, $c, @options, '-ldl')) {
        require Test::More;
        Test::More::plan(skip_all => "no compiler, or not what $name.c needs");
    }

    chmod 0755, $so;

    return $so;
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
