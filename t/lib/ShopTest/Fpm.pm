package ShopTest::Fpm;

# Copyright (C) ngx_shop_failover_module authors
#
# A PHP-FPM of a test's own.  Knows processes and files, not what scripts do.
#
#     plan(skip_all => no_fpm()) if no_fpm();
#     my $fpm = ShopTest::Fpm->new(shop => {}, tcp => { listen => $address });
#
#     my $path = $fpm->script('hello.php', '<?php echo "hello";');
#     my $server = $fpm->address('shop');
#
# Pools by name; options: listen [a unix socket], children [2].  Each answers
# /ping and /status.

use strict;
use warnings;

use Carp qw(croak);
use Exporter qw(import);

use ShopTest::Dir;
use ShopTest::Process;
use ShopTest::Wait qw(wait_until);

our @EXPORT_OK = qw(no_fpm);


# why there is none here; nothing if there is
sub no_fpm {
    return binary() ? '' : 'there is no php-fpm';
}


sub binary {
    return (grep { -x } reverse sort glob '/usr/sbin/php-fpm*')[0];
}


# Runs when this returns.
sub new {
    my ($class, %pools) = @_;
    my $self = bless { dir => ShopTest::Dir->new('fpm'), pools => \%pools },
        $class;

    $self->{pools}{$_}{listen} //= "$self->{dir}/$_" for keys %pools;

    my $config = $self->{dir}->write('fpm.conf', join '', $self->global,
        map { $self->pool($_) } sort keys %pools);

    $self->{process} = ShopTest::Process->spawn(sub {
        open STDERR, '>', "$self->{dir}/output";
        exec binary(), '-n', '-F', '-y', $config or die "php-fpm: $!\n";
    });

    wait_until(20, sub { $self->dir->read('log') =~ /ready to handle/ })
        or croak 'PHP-FPM does not start: ' . $self->dir->read('output')
            . $self->dir->read('log');

    return $self;
}


sub global {
    my ($self) = @_;

    return "[global]\nerror_log = $self->{dir}/log\ndaemonize = no\n";
}


sub pool {
    my ($self, $name) = @_;
    my $pool = $self->{pools}{$name};
    my $children = $pool->{children} // 2;
    my $user = $> == 0 ? 'user = www-data' : '';

    return <<"END";
[$name]
$user
listen = $pool->{listen}
listen.mode = 0666
pm = static
pm.max_children = $children
ping.path = /ping
pm.status_path = /status
php_admin_flag[display_errors] = off
php_admin_flag[log_errors] = on
END
}


sub dir { return $_[0]{dir} }


# script(NAME, TEXT): its path
sub script {
    my ($self, $name, $text) = @_;

    return $self->dir->write($name, $text);
}


# of a pool, as nginx wants it
sub address {
    my ($self, $pool) = @_;
    my $listen = $self->{pools}{$pool}{listen};

    return $listen =~ m{^/} ? "unix:$listen" : $listen;
}


# It ends with the test if not before.
sub stop {
    my ($self) = @_;

    $self->{process}->stop('TERM', 10);
    return;
}


1;
