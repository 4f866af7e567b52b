package ShopTest::CA;

# Copyright (C) ngx_shop_failover_module authors
#
# A certificate authority made at run time; its keys never outlive the test.

use strict;
use warnings;

use ShopTest::Dir;


sub new {
    my ($class) = @_;
    my $self = bless { dir => ShopTest::Dir->new('ca'), issued => 0 }, $class;

    $self->certify('ca', 'shop test CA',
        '-addext', 'basicConstraints=critical,CA:true');

    return $self;
}


# the file that a client trusts
sub file {
    my ($self) = @_;

    return "$self->{dir}/ca.crt";
}


# issue(NAME...): a certificate for these host names and addresses, of servers
# and clients alike; the paths of the certificate and of its key
sub issue {
    my ($self, @names) = @_;
    my $number = ++$self->{issued};

    my $alternatives = join ',', map {
        (/^[\d.]+\z|:/ ? 'IP:' : 'DNS:') . $_
    } @names;

    return $self->certify("cert$number", $names[0],
        '-addext', "subjectAltName=$alternatives",
        '-addext', 'basicConstraints=critical,CA:false',
        '-CA', $self->file, '-CAkey', "$self->{dir}/ca.key");
}


# expired(ADDRESS): the same, but of the year 2020
sub expired {
    my ($self, $address) = @_;
    my ($dir, $number) = ($self->{dir}, ++$self->{issued});
    my ($conf, $request, $crt, $key) =
        map { "$dir/old$number.$_" } qw(conf csr crt key);

    $dir->write("old$number.conf", <<"END");
[ca]
default_ca = d
[d]
database = $dir/index
serial = $dir/serial
new_certs_dir = $dir
default_md = sha256
policy = p
x509_extensions = x
[p]
commonName = supplied
[x]
subjectAltName = IP:$address
END
    $dir->write('index', '');
    $dir->write('serial', "77\n");

    run('openssl', 'req', '-new', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:prime256v1', '-nodes', '-subj', "/CN=$address",
        '-keyout', $key, '-out', $request);
    run('openssl', 'ca', '-batch', '-notext', '-config', $conf, '-cert',
        $self->file, '-keyfile', "$dir/ca.key", '-startdate',
        '20200101000000Z', '-enddate', '20200201000000Z', '-in', $request,
        '-out', $crt);

    return ($crt, $key);
}


sub certify {
    my ($self, $file, $name, @options) = @_;
    my ($crt, $key) = map { "$self->{dir}/$file.$_" } qw(crt key);

    run('openssl', 'req', '-x509', '-newkey', 'ec',
        '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', 2,
        '-subj', "/CN=$name", '-keyout', $key, '-out', $crt, @options);

    chmod 0644, $key;       # nginx's workers may have to read it

    return ($crt, $key);
}


sub run {
    my (@command) = @_;
    my $pid = open my $out, '-|' // die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec @command or POSIX::_exit(127);
    }

    my $said = do { local $/; <$out> };
    close $out or die "@command failed: $said\n";

    return;
}


1;
