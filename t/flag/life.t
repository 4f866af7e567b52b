#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# The flag as a file: however it comes, changes and goes, all workers see it;
# half a file or a broken one closes, too.

use ShopTest;

my $shop = shop_server(body => 'shop');

my $nginx = nginx(workers => 2, http => <<"END");
    server {
        listen %%ADDR%%;
        shop_maintenance %%DIR%%/run/maintenance;

        location / { proxy_pass http://$shop; }
        location = /status { shop_status; }
    }
END

my $dir = $nginx->dir . '/run';
my $flag = "$dir/maintenance";


sub status { return get($nginx, '/')->{status} }

# every worker may answer: several requests say the same
sub becomes {
    my ($status, $name) = @_;

    return settles($name, sub { status() == $status }, times => 6)
        || diag('the status is ' . status());
}


sub text_of_page { return get($nginx, '/', headers => [Accept => 'text/html'])->{body} }


is status(), 200, 'without a flag the shop is open';

mkdir $dir or die "$dir: $!\n";
write_file($flag, '');
becomes 503, 'an empty file closes, in a directory that was made later';

unlink $flag;
becomes 200, 'and opens when it goes';

write_file($flag, "status: first\n");
becomes 503, 'a file with a text closes';
like text_of_page(), qr/first/, 'and its text is shown';

write_file("$flag.tmp", "status: second\n");
rename "$flag.tmp", $flag;
ok wait_until(10, sub { text_of_page() =~ /second/ }),
    'a file that is renamed over it is seen';
is status(), 503, 'and stays closed';

open my $append, '>>', $flag;
print $append "status: third\n";
close $append;
ok wait_until(10, sub { text_of_page() =~ /third/ }), 'so is a line more';

unlink $flag;
becomes 200, 'gone';


# ---- symlinks, as of a release and of a ConfigMap

mkdir "$nginx->{dir}/$_" for qw(one two);
write_file("$nginx->{dir}/one/maintenance", "status: from one\n");
write_file("$nginx->{dir}/two/maintenance", "status: from two\n");

symlink "$nginx->{dir}/one/maintenance", $flag;
becomes 503, 'a symlink to a file closes';

symlink "$nginx->{dir}/two/maintenance", "$flag.tmp";
rename "$flag.tmp", $flag;
ok wait_until(10, sub { text_of_page() =~ /from two/ }), 'its swap is seen';

write_file("$nginx->{dir}/two/maintenance", "status: target changed\n");
ok wait_until(10, sub { text_of_page() =~ /target changed/ }),
    'so is a change of its target';

unlink "$nginx->{dir}/two/maintenance";
becomes 200, 'a symlink to nothing is no flag';
unlink $flag;

symlink "$nginx->{dir}/one", "$dir/..data";
symlink '..data/maintenance', $flag;
becomes 503, 'a ConfigMap closes';

write_file("$nginx->{dir}/two/maintenance", "status: swapped\n");
symlink "$nginx->{dir}/two", "$dir/..data_tmp";
rename "$dir/..data_tmp", "$dir/..data";
ok wait_until(10, sub { text_of_page() =~ /swapped/ }),
    'and its ..data swap is seen';

unlink $flag, "$dir/..data";
becomes 200, 'open again';

write_file($flag, '');
becomes 503, 'closed';
rename $dir, "$dir.old";
becomes 200, 'a directory that is renamed away takes the flag along';
rename "$dir.old", $dir;
becomes 503, 'and brings it back';


# ---- half a file, and broken ones: a sample, t/unit/test_flag.c has them all

my $whole = <<'END';
# who: anna, ticket 4711
status: We are repairing the order database.
status.de: Wir reparieren die Bestelldatenbank.
eta: +45m
next-update: +20m
contact: Order by phone: +49 800 123456, daily 6:00-22:00
mode: full
update: 03:10 Cause found. Orders placed before 02:40 are stored.
END

# the mark after it shows that nginx has read what it closes by
sub keeps_closed {
    my ($content, $mark, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    write_file($flag, "$content\nstatus: $mark.\n");
    ok wait_until(10, sub {
        my $page = get($nginx, '/', headers => [Accept => 'text/html']);
        return $page->{status} == 503 && $page->{body} =~ /$mark\./;
    }), $name;
    return;
}

for my $i (0 .. 15) {
    my $length = int($i * length($whole) / 15);

    keeps_closed(substr($whole, 0, $length), "cut$i",
        "the first $length bytes of a file close");
}

for my $i (0 .. 15) {
    my $at = int($i * (length($whole) - 1) / 15);
    my $changed = $whole;

    substr($changed, $at, 1) = chr((ord(substr $whole, $at, 1) + 128) % 256);
    keeps_closed($changed, "byte$i", "with another byte at $at it closes");
}

write_file($flag, "nonsense\nstatus without colon\nstatus: shown\neta: 4\n");
ok wait_until(10, sub { text_of_page() =~ /shown/ }),
    'bad lines are ignored, good ones count';
ok $nginx->log->wait_for(qr{\[warn\].*run/maintenance:1: no ":" after the key}),
    'a warning names the line';
ok $nginx->log->wait_for(qr{\[warn\].*run/maintenance:4: .*"4"}),
    'and the piece';

unlink $flag;
becomes 200, 'and open at last';

# ---- a reload and a killed worker keep it

write_file($flag, "status: before\n");
becomes 503, 'closed';
ok $nginx->reload, 'a reload';
is status(), 503, 'keeps it closed';
ok $nginx->kill_worker(($nginx->workers)[0]), 'a killed worker';
becomes 503, 'keeps it closed';

unlink $flag;
becomes 200, 'and the new ones see it go';

done_testing;
