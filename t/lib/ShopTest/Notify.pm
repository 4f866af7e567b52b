package ShopTest::Notify;

# Copyright (C) ngx_shop_failover_module authors
#
# shopctl-notify with a log that the test writes, and a sendmail that keeps what
# it was given.
#
#     my $notify = ShopTest::Notify->new(hold => '1s', fold => '1s',
#         routes => ["hook webhook url=http://$sink/"]);
#     $notify->start;
#     $notify->event(site => { to => 'outage', severity => 'P1' });
#     my ($message) = $notify->wait_for_mail(1);

use strict;
use warnings;

use IO::Handle;
use JSON::PP ();
use POSIX qw(strftime);
use Time::HiRes qw(time);

use ShopTest::Ctl;
use ShopTest::Dir;
use ShopTest::Process;
use ShopTest::Wait qw(wait_until);

my $json = JSON::PP->new->utf8->canonical;

my %MEMBERS = (
    site => {
        site => 'shop.example', flag => '', upstreams => 'shop',
        from => 'open', to => 'outage', since => undef, severity => undef,
        text => '', eta => undef, visitors => 0, refused => [],
    },
    peer => {
        upstream => 'shop', peer => '10.0.0.11:8080', server => 'one:8080',
        backup => JSON::PP::false(), from => 'up', to => 'down',
        since => undef, cause => 'connect_refused',
        detail => 'connect refused', count => 2, first_failure => undef,
    },
    flag => {
        site => 'shop.example', flag => '', what => 'set', mode => 'full',
        text => '', who => '', eta => undef, next_update => undef,
        warnings => 0, error => 0,
    },
    incident => {
        site => 'shop.example', incident => 1, what => 'begun',
        severity => 'P1', first_failure => undef, detected => undef,
        mitigated => undef, by => undef, resolved => undef, visitors => 0,
        refused => [],
    },
);


sub new {
    my ($class, %options) = @_;
    my $dir = ShopTest::Dir->new('notify');
    my $self = bless { dir => $dir, seq => 0, %options }, $class;

    $dir->write('sendmail', <<"END", 0755);
#!/bin/sh
mail=\$(mktemp $dir/mail/.XXXXXX) && cat > \$mail && echo "args: \$*" >> \$mail &&
    mv \$mail $dir/mail/\$(basename \$mail | tr -d .)
END
    mkdir "$dir/mail";
    mkdir "$dir/state";
    $self->{state} //= "$dir/state/state";
    $dir->write('events.log', '');
    $self->configure;

    return $self;
}


# the configuration, as the options say
sub configure {
    my ($self, %options) = @_;
    my $dir = $self->{dir};

    %$self = (%$self, %options);

    return $dir->write('notify.conf', join '', map { "$_\n" }
        "log $dir/events.log", "state $self->{state}",
        "metrics $dir/metrics.prom", "sendmail $dir/sendmail",
        'screen https://ops.example/shop_status', 'host shop1',
        (map { "$_ $self->{$_}" } grep { $self->{$_} } qw(hold fold quiet)),
        (map { "route $_" } @{ $self->{routes} || [] }),
        @{ $self->{lines} || [] });
}


sub dir { return $_[0]{dir} }
sub log { return "$_[0]{dir}/events.log" }


# the program and the arguments that name its configuration
sub command {
    my ($self, @arguments) = @_;

    return ($self->{program} // (shopctl(), 'notify'), '--config',
        "$self->{dir}/notify.conf",
@arguments);
}


# starts it, with more in its environment; it listens to its log at once
sub start {
    my ($self, %environment) = @_;
    my @command = $self->command;

    $self->{process} = ShopTest::Process->spawn(sub {
        @ENV{ keys %environment } = values %environment;
        open STDERR, '>>', "$self->{dir}/stderr";
        open STDOUT, '>&', \*STDERR;
        exec @command;
    });

    return $self;
}


# start(), and the log was read once
sub begin {
    my ($self, %environment) = @_;

    $self->start(%environment);
    wait_until(20, sub { -s $self->{state} }) or die "it does not start\n";

    return $self;
}


sub process { return $_[0]{process} }
sub stop    { return $_[0]{process} && $_[0]{process}->stop('TERM', 10) }
sub kill    { return $_[0]{process}->stop('KILL', 10) }
sub stderr  { return $_[0]{dir}->read('stderr') }


# the line of an event, and that it is written
sub line {
    my ($self, $type, $members) = @_;
    my $at = $members->{at} // time;
    my %event = (
        v => 1, seq => ++$self->{seq}, type => $type,
        time => stamp($at), %{ $MEMBERS{$type} }, %$members,
    );

    delete $event{at};
    return $json->encode(\%event) . "\n";
}


sub stamp {
    my ($at) = @_;

    return strftime('%Y-%m-%dT%H:%M:%S', gmtime $at)
        . sprintf '.%03dZ', ($at - int $at) * 1000;
}


sub event {
    my ($self, @events) = @_;
    my $lines = '';

    $lines .= $self->line(splice @events, 0, 2) while @events;
    open my $out, '>>', $self->log or die $self->log . ": $!\n";
    syswrite $out, $lines;
    close $out;

    return $self;
}


# a site goes down, and is well again
sub outage {
    my ($self, %members) = @_;

    return $self->event(peer => {},
        site => { to => 'outage', severity => 'P1', %members });
}


sub well {
    my ($self, %members) = @_;

    return $self->event(
        site => { from => 'outage', to => 'open', %members });
}


# all mails so far, each as text
sub mails {
    my ($self) = @_;

    return map { $self->{dir}->read("mail/$_") }
        sort { (stat "$self->{dir}/mail/$a")[9]
            <=> (stat "$self->{dir}/mail/$b")[9] || $a cmp $b }
        map { s{.*/}{}r } glob "$self->{dir}/mail/*";
}


# the first mail that matches, once there
sub wait_for_mail {
    my ($self, $pattern, $seconds) = @_;
    my $mail;

    wait_until($seconds // 20,
        sub { ($mail) = grep { /$pattern/ } $self->mails });

    return $mail;
}


# what a sink got: each body as data
sub bodies {
    my ($sink) = @_;

    return map { $_->{data} //= $json->decode($_->{body}) }
        $sink->requests(method => 'POST');
}


# the first of them of which CODE is true, once there
sub wait_for_body {
    my ($sink, $code) = @_;
    my $body;

    wait_until(20, sub { ($body) = grep { $code->($_) } bodies($sink) });

    return $body;
}


sub DESTROY {
    my ($self) = @_;

    $self->stop if $self->{dir} && $self->{dir}{owner} == $$;
}


1;
