#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The demo does what it tells people to try, and leaves nothing behind.

use ShopTest;
use ShopTest::Dir;
use ShopTest::Process;

my $here = ShopTest::Dir->new('test');
my $port = free_port();
my $shop = "127.0.0.1:$port";
my %cart = (headers => [Cookie => 'cart=mug:2']);


# Starts the demo; its output is in a file of this name.
sub start_demo {
    my ($port, $output) = @_;

    return ShopTest::Process->spawn(sub {
        open STDOUT, '>', "$here/$output";
        open STDERR, '>&', \*STDOUT;
        $ENV{PORT} = $port;
        exec 't/demo/run';
    });
}


sub served_by {
    my ($by) = get($shop, '/')->{body} =~ m{shop server <b>(\w+)</b>};

    return $by // 'nobody';
}


# one refused request may pass before nginx knows
sub comes_to_be_served_by {
    my ($who) = @_;

    return wait_until(10, sub { served_by() eq $who });
}


my $demo = start_demo($port, 'output');
wait_until(20, sub { !$demo->alive || $here->read('output') =~ /Ctrl-C/ });

my $guide = $here->read('output');
like $guide, qr{http://\Q$shop\E/}, 'it says where the shop is' or diag $guide;

my ($one, $two, $backup) = $guide =~ /^  kill (\d+)$/mg;
my ($flag) = $guide =~ /touch (\S+)/;
my ($dir) = $guide =~ m{(\S+)/error\.log};


# ---- a shop to look at

my $front = get($shop, '/');
is $front->{status}, 200, 'the shop is open';
like $front->{body}, qr{href="/product/mug"}, 'it shows its products';
unlike $front->{body}, qr{(?:src|href)="(?:https?:)?//}, 'from itself alone';
like get($shop, '/product/mug')->{body}, qr/Put into the cart/,
    'a product has a page';
is get($shop, '/product/none')->{status}, 404, 'what it lacks is not found';
like post($shop, '/cart', %cart, body => 'add=jug')->{headers}{'set-cookie'},
    qr/cart=jug:1\.mug:2;/, 'products go into the cart';
like get($shop, '/checkout', %cart)->{body}, qr/48\.00/, 'there is a checkout';
my $order = post($shop, '/checkout', %cart, body => 'name=%3Cb%3E')->{body};
like $order, qr/K-\d{4}-[OT]\d{3}/, 'an order gets a number';
unlike $order, qr/<b>\./, 'and a name is text';
is get($shop, '/healthz')->{body}, "ok\n", 'health is told';


# ---- what to try

like get($shop, '/shop_status')->{body}, qr/"site":/, 'the status is there';

open my $touch, '>', $flag;
close $touch;
ok wait_until(5, sub { get($shop, '/')->{status} == 503 }),
    'the shop closes when the file is made';
unlink $flag;
ok wait_until(5, sub { get($shop, '/')->{status} == 200 }),
    'and opens when it is removed';

kill TERM => $one;
ok wait_until(5, sub { $here->read('output') =~ /server one is gone/ }),
    'a server that is killed is reported';
ok comes_to_be_served_by('two'), 'the other one serves';
kill TERM => $two;
ok comes_to_be_served_by('backup'), 'then the backup';
kill TERM => $backup;
ok wait_until(10, sub { get($shop, '/')->{status} == 503 }),
    'then there is a page';
like get($shop, '/')->{body}, qr/Sorry/, 'which says so';
$demo->signal('USR1');
ok wait_until(30, sub { get($shop, '/')->{status} == 200 }),
    'a signal brings the servers back';


# ---- the end, and what stands in the way of a beginning

my $second = start_demo($port, 'second');
ok wait_until(10, sub { !$second->alive }), 'a second demo does not start';
is $here->read('second'),
    "demo: port $port is busy, take another one: make run PORT=8081\n",
    'and says why in a line';

my $wrong = start_demo('http', 'wrong');
wait_until(10, sub { !$wrong->alive });
is $here->read('wrong'), "demo: PORT is a number up to 65535, not \"http\"\n",
    'a port must be one';

my @pids = ($here->read('output') =~ /pid (\d+)/g, $demo->pid);
$demo->signal('TERM');
ok wait_until(10, sub { !$demo->alive }), 'TERM ends the demo';
is $demo->status, 0, 'well';
ok !-e $dir, 'no file is left';
is_deeply [grep { kill 0, $_ } @pids], [], 'no process is left';
is get($shop, '/')->{status}, 0, 'nobody listens';

done_testing;

END { $demo->stop('TERM', 10) if $demo }
