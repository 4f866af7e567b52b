package ShopTest::Nginx;

# Copyright (C) ngx_shop_failover_module authors
#
# One nginx with the module, on a configuration of its own in a temporary
# directory.  Knows processes and files, not what the module does.
#
# Options: main, events, http   text for these blocks
#          workers  [2]         how many
#          daemon   [off]       on: it can be upgraded, see upgrade()
#          connections [512]    of each worker
#          level    [info]      of the error log
#          files    {}          name => content, made below %%DIR%%
#          keys     {}          the same, for the user who starts nginx alone
#          module   [built]     a path; 0: stock nginx
#          allow    []          patterns of error log lines to overlook
#
# In texts and files: %%DIR%%, the directory; %%ADDR%%, %%ADDR_NAME%%:
# addresses that are free to listen on, see address().

use strict;
use warnings;

use Carp qw(croak);
use Cwd qw(abs_path);
use Test::More ();

use ShopTest::Daemon;
use ShopTest::Dir;
use ShopTest::Log;
use ShopTest::Port qw(free_port);
use ShopTest::Process;
use ShopTest::Wait qw(wait_until);

use constant BUILT => 'build/ngx_shop_failover_module.so';

use constant TEMPLATE => <<'END';
%%USER%%
daemon %%DAEMON%%;
pid %%DIR%%/nginx.pid;
worker_processes %%WORKERS%%;
error_log %%DIR%%/error.log %%LEVEL%%;
%%MODULE%%
%%MAIN%%

events {
    worker_connections %%CONNECTIONS%%;
    %%EVENTS%%
}

http {
    access_log %%DIR%%/access.log;
    client_body_temp_path %%DIR%%/client_body_temp;
    proxy_temp_path %%DIR%%/proxy_temp;
    fastcgi_temp_path %%DIR%%/fastcgi_temp;
    uwsgi_temp_path %%DIR%%/uwsgi_temp;
    scgi_temp_path %%DIR%%/scgi_temp;

%%HTTP%%
}
END

# What nginx itself says when a worker that we shot is gone.
use constant SHOT => 'worker process %d exited on signal %d';

my %SIGNAL_NUMBER = (KILL => 9, SEGV => 11, ABRT => 6, TERM => 15);

use overload '""' => sub { $_[0]->address }, fallback => 1;


sub new {
    my ($class, %options) = @_;

    my $self = bless {
        main => '', events => '', http => '', workers => 2, level => 'info',
        connections => 512, daemon => 'off',
        module => $ENV{MODULE_SO} || BUILT, files => {}, keys => {},
        allow => [],
        %options,
        dir => ShopTest::Dir->new('nginx'), ports => {},
    }, $class;

    $self->{log} = ShopTest::Log->new(
        map { "$self->{dir}/$_" } qw(output error.log valgrind.*));
    $self->file($_, $self->{files}{$_}) for sort keys %{ $self->{files} };
    $self->{dir}->write($_, $self->{keys}{$_}, 0600)
        for sort keys %{ $self->{keys} };
    $self->configure(http => $self->{http});

    return $self;
}


sub dir { return "$_[0]{dir}" }
sub log { return $_[0]{log} }


# address(), address(NAME): the "127.0.0.1:port" that %%ADDR%%, %%ADDR_NAME%%
# stand for
sub address {
    my ($self, $name) = @_;
    my $port = $self->{ports}{ $name // '' } //= free_port();

    return "127.0.0.1:$port";
}


# file(NAME, CONTENT): makes or replaces a file below the directory; its path
sub file {
    my ($self, $name, $content) = @_;

    return $self->{dir}->write($name, $self->fill($content));
}


# configure(http => TEXT, ...): another configuration, for the next reload
sub configure {
    my ($self, %options) = @_;

    @$self{ keys %options } = values %options;
    $self->{dir}->write('nginx.conf', $self->fill(TEMPLATE));

    return $self;
}


sub fill {
    my ($self, $text) = @_;
    my %value = (
        USER    => $> == 0 ? user_line() : '',
        MODULE  => $self->module_line,
        WORKERS => $self->{workers},
        LEVEL   => $self->{level},
        CONNECTIONS => $self->{connections},
        DAEMON  => $self->{daemon},
        MAIN    => $self->{main},
        EVENTS  => $self->{events},
        HTTP    => $self->{http},
    );

    $text =~ s/%%(@{[join '|', keys %value]})%%/$value{$1}/g;
    $text =~ s/%%DIR%%/$self->{dir}/g;
    $text =~ s/%%ADDR(?:_(\w+?))?%%/$self->address($1)/ge;

    return $text;
}


sub user_line {
    my $user = (grep { defined getpwnam $_ } qw(www-data nobody))[0] // 'root';
    my $group = getgrgid((getpwnam $user)[3]);

    return "user $user $group;";
}


sub module_line {
    my ($self) = @_;

    return '' if !$self->{module};

    my $path = abs_path($self->{module});
    croak "no module in $self->{module}, run `make build`" if !-e $path;

    return "load_module $path;";
}


sub command {
    my ($self, @more) = @_;
    my $binary = binary();

    open STDIN,  '<',  '/dev/null';
    open STDOUT, '>>', "$self->{dir}/output";
    open STDERR, '>&', \*STDOUT;

    exec $self->valgrind, $binary, '-p', $self->dir,
        '-c', "$self->{dir}/nginx.conf", '-e', "$self->{dir}/error.log", @more
        or die "$binary: $!\n";
}


sub valgrind {
    my ($self) = @_;

    return () if !$ENV{VALGRIND};
    return ('valgrind', '--quiet', '--num-callers=30', '--leak-check=full',
        '--show-leak-kinds=definite', "--log-file=$self->{dir}/valgrind.%p");
}


# a path, as a binary upgrade starts what argv[0] says
sub binary {
    my @places = map { "$_/nginx" } split(/:/, $ENV{PATH}),
        '/usr/sbin', '/usr/local/sbin';

    return $ENV{NGINX_BIN} || (grep { -x } @places)[0]
        || croak 'no nginx, set NGINX_BIN';
}


# `nginx -t`: its exit status (above 255: it died of a signal) and its output
sub test {
    my ($self) = @_;
    my $process = ShopTest::Process->spawn(sub { $self->command('-t') });

    wait_until(20, sub { !$process->alive }) or $process->stop('KILL', 1);

    my $status = $process->status;
    my $output = $self->{dir}->read('output');

    return ($status & 127 ? $status << 8 : $status >> 8, $output);
}


# Returns once all workers run.
sub start {
    my ($self) = @_;

    $self->{process} = ShopTest::Process->spawn(sub { $self->command });
    $self->{process} = $self->the_daemon if $self->{daemon} eq 'on';

    wait_until(20, sub {
        !$self->{process}->alive || $self->workers == $self->{workers};
    });

    croak "nginx did not start: " . $self->{dir}->read('output')
        if !$self->alive || $self->workers != $self->{workers};

    return $self;
}


# the master that wrote its pid, once it is another one than PID
sub the_daemon {
    my ($self, $other) = @_;
    my $pid;

    wait_until(20, sub {
        ($pid) = $self->{dir}->read('nginx.pid') =~ /^(\d+)\n/;
        $pid && $pid != ($other // 0);
    }) or croak 'no master: ' . $self->{dir}->read('output');

    return ShopTest::Daemon->new($pid);
}


# upgrade([DURING]): a new binary takes over; true once the old one has gone.
# DURING is called while both are there.
sub upgrade {
    my ($self, $during) = @_;
    my $old = $self->{process};

    $old->signal('USR2');
    $self->{process} = $self->the_daemon($old->pid);
    wait_until(20, sub { $self->workers == $self->{workers} }) or return 0;

    $during->() if $during;
    $old->signal('QUIT');

    return wait_until(20, sub { !$old->alive });
}


sub alive {
    my ($self) = @_;

    return $self->{process} && $self->{process}->alive;
}


# the master's pid
sub pid {
    return $_[0]{process}->pid;
}


sub signal {
    my ($self, $signal) = @_;

    return $self->{process}->signal($signal);
}


# pids of the workers that take requests
sub workers {
    my ($self) = @_;

    return $self->processes(qr/^nginx: worker process$/);
}


# pids of the workers that only finish what they began, after a reload
sub leaving {
    my ($self) = @_;

    return $self->processes(qr/^nginx: worker process is shutting down$/);
}


sub processes {
    my ($self, $title) = @_;
    my %children = ShopTest::Process::children($self->pid);

    %children = $self->called(keys %children) if $ENV{VALGRIND};
    my @pids = sort { $a <=> $b }
        grep { $children{$_} =~ $title } keys %children;

    return @pids;
}


# Under valgrind a process cannot name itself: the log says what it is.
sub called {
    my ($self, @pids) = @_;
    my @lines = $self->log->find(qr/start worker|gracefully shutting/);

    return map {
        my $pid = $_;
        my $name = (grep { / $pid#.*gracefully/ } @lines)
            ? 'nginx: worker process is shutting down'
            : (grep { /start worker process $pid$/ } @lines)
            ? 'nginx: worker process' : '';
        $pid => $name;
    } @pids;
}


# Returns true once the new workers, and only they, take requests.
sub reload {
    my ($self) = @_;
    my %old = map { $_ => 1 } $self->workers;

    $self->signal('HUP');

    return wait_until(10, sub {
        my @workers = $self->workers;
        return @workers == $self->{workers} && !grep { $old{$_} } @workers;
    });
}


# kill_worker(PID, [SIGNAL]): and true once another has taken its place
sub kill_worker {
    my ($self, $pid, $signal) = @_;
    $signal //= 'KILL';

    return $self->kill_workers([$pid], $signal);
}


# kill_workers([PID...], [SIGNAL]): all at once.  One may have held a lock,
# which the master takes from it, and says so.
sub kill_workers {
    my ($self, $pids, $signal) = @_;
    my %dead = map { $_ => 1 } @$pids;

    for my $pid (@$pids) {
        $self->allow(sprintf(SHOT, $pid, $SIGNAL_NUMBER{$signal}) . '\b',
            qr/shared memory zone "[^"]+" was locked by $pid\b/);
    }

    kill $signal, @$pids;

    return wait_until(20, sub {
        my @workers = $self->workers;
        return @workers == $self->{workers} && !grep { $dead{$_} } @workers;
    });
}


# allow(QR...): error log lines that are expected here
sub allow {
    my ($self, @patterns) = @_;

    push @{ $self->{allow} }, @patterns;
    return;
}


sub ask_to_stop {
    my ($self) = @_;

    $self->signal('QUIT') if $self->{process};
    return;
}


# stop([SIGNAL, [SECONDS]]): gracefully by default; requests that never end
# are cut after a while.
sub stop {
    my ($self, $signal, $seconds) = @_;

    return if !$self->{process};

    $self->{process}->stop($signal // 'QUIT', $seconds // 3)
        || $self->{process}->stop('TERM', 5);

    return $self->{process}->status;
}


# What is wrong with it after it has stopped: nothing, or lines.
sub complaints {
    my ($self) = @_;
    my @complaints = $self->{log}->complaints(@{ $self->{allow} });
    my $status = $self->{process} && $self->{process}->status;

    push @complaints, "nginx ended with status $status" if $status;

    return @complaints;
}


# the end of its log, for the reader of a failed test
sub explain {
    my ($self) = @_;

    Test::More::diag($_) for $self->{log}->last_lines(15);
    return;
}


sub DESTROY {
    my ($self) = @_;

    $self->stop if $self->{process} && $self->{process}->alive;
    return;
}


1;
