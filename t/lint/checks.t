#!/usr/bin/perl
#
# Copyright (C) ngx_shop_failover_module authors
#
# `make check` can fail: each rule of its linters, once broken, is reported.

use Cwd qw(abs_path);

use ShopTest;
use ShopTest::Dir;

my $root  = 'ngx_shop_failover_module';
my $tools = abs_path('t/tools');
my $tree  = ShopTest::Dir->new('tree');


# what a linter says of the tree
sub lint {
    my ($linter, @files) = @_;

    return scalar qx{cd $tree && $tools/$linter build @files 2>&1};
}


sub compile {
    my ($object, $code) = @_;

    $tree->write("$object.c", $code);
    system(qw(cc -fno-builtin -c -o), "$tree/$object", "$tree/$object.c") == 0
        or die "cc failed\n";
}


# ---- style

my $good = <<'END';

/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A file as it should be: "if(" and // in a comment are well.
 */


#include "logic/good.h"


static const char  *ngx_shop_good_words = "if( // \t";


/* what it is for */

static int
ngx_shop_good_add(int a,
    int b)
{
    if (a) {
        return b;
    }

    return a;
}


void
ngx_shop_good_name(void)
{
}
END

my @bad = (
    # what is wrong                  pattern, replacement, complaint
    ['a long line',           qr/(?=return b)/, ' ' x 70, 'longer than 80'],
    ['a tab',                 qr/        return/, "\treturn", 'a tab'],
    ['a trailing blank',      qr/return b;/, 'return b; ', 'trailing blanks'],
    ['a line end of two',     qr/return b;/, "return b;\r", 'trailing blanks'],
    ['a // comment',          qr/return b;/, 'return b; // b', 'a // comment'],
    ['no space after if',     qr/if \(a/, 'if(a', 'no space after "if"'],
    ['no header',             qr/\A\n/, '', 'no header'],
    ['no purpose',            qr/ \*\n \* A file.*\n/, '', 'no header'],
    ['no newline at the end', qr/\n\z/, '', 'no newline'],
    ['a type beside a name',  qr/void\n/, 'void ', 'return type of'],
    ['a brace beside a name', qr/\(void\)\n/, '(void) ', '"{" of a function'],
    ['functions too close',   qr/\n\n\nvoid/, "\n\nvoid", 'two blank lines'],
    ['functions too far',     qr/\n\n\nvoid/, "\n\n\n\nvoid", 'two blank'],
    ['a space before (',      qr/_name\(/, '_name (', "function's name"],
    ['a file opened',         qr/return b;/, 'return open("x", 0);',
        'opens a file'],
    ['a foreign name',        qr/good_add/, 'add', 'does not begin with'],
);

$tree->write("$root/logic/good.c", $good);
is lint('style', "$root/logic/good.c"), '', 'good style passes';

for my $row (@bad) {
    my ($what, $pattern, $replacement, $complaint) = @$row;

    $tree->write("$root/logic/good.c", $good =~ s/$pattern/$replacement/r);
    like lint('style', "$root/logic/good.c"), qr/\Q$complaint/,
        "bad style is reported: $what";
}

$tree->write("$root/logic/good.c", $good);
$tree->write('build/check/gcc/x', '');
compile('build/check/gcc/good.o', 'int foreign; int ngx_shop_good;');
like lint('style'), qr/good\.o:0: foreign does not begin/,
    'bad style is reported: a foreign symbol';
unlink "$tree/build/check/gcc/good.o";


# ---- layers

unlink "$tree/$root/logic/good.c";

my @upward = (
    # who                    includes                 complaint
    ['logic/text/a.c',       '"state/zone.h"',        'does not know state/'],
    ['logic/text/a.c',       '<ngx_core.h>',          'not a header for logic/'],
    ['logic/text/a.c',       '<unistd.h>',            'not a header for logic/'],
    ['logic/text/a.c',       '"logic/judge/site.h"',  'not know logic/judge/'],
    ['logic/judge/a.c',      '"logic/words/view.h"',  'not know logic/words/'],
    ['state/peers.c',        '"nginx/conf.h"',        'does not know nginx/'],
    ['state/peers.c',        '<ngx_http.h>',          'not a header for state/'],
    ['state/peers.c',        '"state/board.h"',       'stands below state/board'],
    ['state/other.c',        '"state/clock.h"',       'other has no floor'],
    ['nginx/conf.c',         '"nginx/probe/probe.h"', 'not know nginx/probe/'],
    ['nginx/page/page.c',    '"nginx/probe/probe.h"', 'not know nginx/probe/'],
    ['nginx/page/page.c',    '"ctl/main.h"',          'does not know ctl/'],
    ['nginx/page/page.c',    '"nginx/module.h"',      'nobody uses it'],
    ['ctl/a.c',              '"state/zone.h"',        'does not know state/'],
    ['ctl/a.c',              '<ngx_core.h>',          'not a header for ctl/'],
    ['other/a.c',            '"logic/flag/flag.h"',   'is called other/'],
    ['logic/other/a.c',      '"logic/flag/flag.h"',   'is called logic/other/'],
);

my @downward = (
    ['logic/text/a.c',       '<string.h>'],
    ['logic/judge/a.c',      '"logic/flag/flag.h"'],
    ['state/peers.c',        '<ngx_core.h>'],
    ['state/peers.c',        '"logic/flag/flag.h"'],
    ['state/peers.c',        '"state/clock.h"'],
    ['state/zone.c',         '"state/file.h"'],
    ['nginx/page/page.c',    '<ngx_http.h>'],
    ['nginx/page/page.c',    '"nginx/conf.h"'],
    ['nginx/page/page_b.c',  '"nginx/page/page.h"'],
    ['nginx/page/page.c',    '"nginx/gate/gate.h"'],
    ['nginx/module.c',       '"nginx/probe/probe.h"'],
    ['logic/text/emit.c',    '"logic/flag/times.h"'],
    ['ctl/a.c',              '"logic/flag/flag.h"'],
);

for my $row (@upward, @downward) {
    my ($file, $included, $complaint) = @$row;

    $tree->write("$root/$file", "#include $included\n");
    my $said = lint('layers');
    unlink "$tree/$root/$file";

    if ($complaint) {
        like $said, qr{\Q$root/$file\E:.*\Q$complaint},
            "$file may not include $included";
    } else {
        is $said, '', "$file may include $included";
    }
}

# two files in a circle, and a third of a taken name
$tree->write("$root/ctl/a.h", qq{#include "ctl/b.h"\n});
$tree->write("$root/ctl/b.h", qq{#include "ctl/c.h"\n});
is lint('layers'), '', 'a way without a circle passes';

$tree->write("$root/ctl/c.h", qq{#include "ctl/a.h"\n});
like lint('layers'), qr{a circle: ctl/a > ctl/b > ctl/c > ctl/a\nlayers: 1 },
    'a circle is reported, once';
unlink "$tree/$root/ctl/c.h";

$tree->write("$root/nginx/page/b.h", '');
like lint('layers'), qr{ctl/ has a file of this name, too},
    'a name that two files have is reported';
unlink map { "$tree/$root/$_" } 'ctl/a.h', 'ctl/b.h', 'nginx/page/b.h';

my $strict = "build/check/gcc/$root";
my $addon  = 'build/nginx/objs/addon';

# nginx's build names an object by the last folder of its source alone
$tree->write("$root/logic/text/a.c", '');
$tree->write("$root/nginx/probe/probe.c", '');
$tree->write("$root/state/peers.c", '');
$tree->write("$root/nginx/page/page.c", '');
compile("$addon/probe/probe.o", 'void ngx_shop_probe_x(void) {}');

# what a test calls is not dead
$tree->write('t/unit/test_probe.c', 'ngx_shop_probe_x();');

my @calls = (
    # object                    calls                        complaint
    ["$strict/logic/text/a.o",  'malloc',                    'logic/ is pure'],
    ["$strict/logic/text/a.o",  'time',                      'logic/ is pure'],
    ["$strict/logic/text/a.o",  'memchr',                    ''],
    ["$addon/text/a.o",         'ngx_shop_probe_x',          'does not know'],
    ["$addon/state/peers.o",    'ngx_http_finalize_request', 'not know http'],
    ["$addon/state/peers.o",    'ngx_slab_alloc',            ''],
    ["$addon/page/page.o",      'ngx_shop_probe_x',          'does not know'],
    ["$addon/page/page.o",      'ngx_shop_missing',          'defined nowhere'],
    ["$addon/nginx/module.o",   'ngx_shop_probe_x',          ''],
);

for my $row (@calls) {
    my ($object, $name, $complaint) = @$row;

    compile($object, "void $name(void); void f(void) { $name(); }");
    my $said = lint('layers');
    unlink "$tree/$object";

    my $who = $object =~ s{.*/(\w+/\w+)\.o}{$1}r;
    if ($complaint) {
        like $said, qr/\Q$complaint/, "$who may not call $name";
    } else {
        is $said, '', "$who may call $name";
    }
}

done_testing;
