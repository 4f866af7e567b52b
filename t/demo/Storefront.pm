package Storefront;

# Copyright (C) ngx_shop_failover_module authors
#
# The demo's shop: a list of pots, a cart, a checkout.  The cart lives in a
# cookie, so that any server of the group can go on where another fell.  Each
# page says which server made it.

use strict;
use warnings;

use FindBin qw($Bin);
use POSIX qw(strftime);

use constant HTML => 'text/html; charset=utf-8';
use constant TEXT => 'text/plain; charset=utf-8';

# id, name, price in cents, colours (ground, glaze), outline, text
my @PRODUCTS = map {
    my %product;
    @product{qw(id name cents ground glaze shape text)} = @$_;
    \%product;
} (
    ['mug', 'Harbour mug', 2400, '#dfe8ea', '#3f6c7a', 'mug',
        'Holds a large coffee and keeps it warm. Thrown, not cast; the'
        . ' handle fits two fingers or three.'],
    ['bowl', 'Breakfast bowl', 2800, '#f1e3d0', '#b4532a', 'bowl',
        'Deep enough for porridge, wide enough for soup. Iron glaze that'
        . ' breaks to honey at the rim.'],
    ['vase', 'One-stem vase', 3600, '#e9e4f0', '#6b5b95', 'vase',
        'For a single branch from the garden. Stands by itself on a narrow'
        . ' sill.'],
    ['plate', 'Dinner plate', 3200, '#e6ede0', '#6f8f5b', 'plate',
        'Twenty-seven centimetres, flat, and happy in the dishwasher.'],
    ['jug', 'Milk jug', 2900, '#f6ebc8', '#c49a2a', 'jug',
        'Pours without a drop running down. Half a litre.'],
    ['pot', 'Tea pot', 6800, '#e8dcd5', '#5a4a42', 'pot',
        'For two, or for one with a long book. The lid stays on when you'
        . ' pour.'],
);

my %PRODUCT = map { $_->{id} => $_ } @PRODUCTS;

# outlines on a canvas of 200 by 150
my %SHAPE = (
    mug   => '<path d="M65 45h60v50a15 15 0 0 1-15 15H80a15 15 0 0 1-15-15z"/>'
        . '<path d="M125 55h8a17 17 0 0 1 0 34h-8" fill="none"'
        . ' stroke-width="8"/>',
    bowl  => '<path d="M45 60h110a55 45 0 0 1-40 45v5H85v-5a55 45 0 0 1-40-45z'
        . '"/>',
    vase  => '<path d="M92 30h16v25c22 12 22 55 0 60H92c-22-5-22-48 0-60z"/>'
        . '<path d="M100 30C98 18 106 14 112 8" fill="none" stroke-width="3"/>',
    plate => '<ellipse cx="100" cy="80" rx="62" ry="24"/>'
        . '<ellipse cx="100" cy="78" rx="40" ry="13" fill="#fff" opacity=".35"'
        . ' stroke="none"/>',
    jug   => '<path d="M75 35h40l12-6-6 18c14 20 8 63-8 65H83c-16-4-22-40-8-60z'
        . '"/><path d="M76 50c-26 0-26 38-2 42" fill="none" stroke-width="7"/>',
    pot   => '<ellipse cx="100" cy="82" rx="42" ry="32"/>'
        . '<path d="M138 80c14 0 12-22 26-26" fill="none" stroke-width="8"/>'
        . '<path d="M62 66c-24-2-24 34 0 34" fill="none" stroke-width="7"/>'
        . '<circle cx="100" cy="44" r="6"/>',
);


sub new {
    my ($class, $name) = @_;

    return bless { name => $name, orders => 0, css => css() }, $class;
}


sub css {
    open my $in, '<', "$Bin/shop.css" or die "shop.css: $!\n";
    local $/;

    return scalar <$in>;
}


# answer({ method, uri, headers, body }): status line, [headers], body
sub answer {
    my ($self, $request) = @_;
    my ($path) = $request->{uri} =~ /^([^?]*)/;
    my $cart = parse_cart($request->{headers}{cookie} // '');
    my $form = parse_form($request->{body});
    my $what = ($request->{method} eq 'POST' ? 'POST ' : 'GET ') . $path;

    return $self->front_page($cart)       if $what eq 'GET /';
    return $self->product_page($1, $cart) if $what =~ m{^GET /product/(\w+)\z};
    return $self->cart_page($cart)        if $what eq 'GET /cart';
    return change_cart($cart, $form)      if $what eq 'POST /cart';
    return $self->checkout_page($cart)    if $what eq 'GET /checkout';
    return $self->order($cart, $form)     if $what eq 'POST /checkout';
    return healthy()                      if $what eq 'GET /healthz';

    return $self->not_found($cart);
}


# ---- requests


# "cart=mug:2.bowl:1" among the cookies -> { mug => 2, bowl => 1 }
sub parse_cart {
    my ($cookies) = @_;
    my ($text) = $cookies =~ /(?:^|;\s*)cart=([\w:.]*)/;
    my %cart;

    for my $item (split /\./, $text // '') {
        my ($id, $count) = $item =~ /^(\w+):([1-9]\d?)\z/ or next;
        $cart{$id} = $count if $PRODUCT{$id};
    }

    return \%cart;
}


sub cart_cookie {
    my ($cart) = @_;
    my $text = join '.', map { "$_:$cart->{$_}" } sort keys %$cart;

    return ('Set-Cookie' => "cart=$text; Path=/; SameSite=Lax; HttpOnly");
}


sub parse_form {
    my ($body) = @_;
    my %form;

    for my $pair (split /&/, $body) {
        my ($name, $value) = map {
            (my $text = $_) =~ tr/+/ /;
            $text =~ s/%([0-9a-fA-F]{2})/chr hex $1/gre;
        } split /=/, $pair, 2;
        $form{ $name // '' } = $value // '';
    }

    return \%form;
}


# ---- actions


sub change_cart {
    my ($cart, $form) = @_;

    if ($PRODUCT{ $form->{add} // '' }) {
        $cart->{ $form->{add} }++ if ($cart->{ $form->{add} } // 0) < 99;
    }
    delete $cart->{ $form->{remove} // '' };

    return ('303 See Other',
        [Location => '/cart', cart_cookie($cart)], '');
}


sub order {
    my ($self, $cart, $form) = @_;

    return ('303 See Other', [Location => '/cart'], '') if !%$cart;

    my $number = sprintf 'K-%s-%s%03d', strftime('%m%d', localtime),
        uc substr($self->{name}, 0, 1), ++$self->{orders};
    my $name = escape($form->{name} || 'you');
    my $total = price(total($cart));

    return $self->page('Thank you', <<"END", {}, cart_cookie({}));
<h1>Thank you, $name.</h1>
<p>Your order number is</p>
<p class="number"><b>$number</b></p>
<p class="lead">$total, to be paid on delivery. We pack tomorrow morning.</p>
<p><a class="button" href="/">Back to the shop</a></p>
END
}


# ---- pages


sub healthy {
    return ('200 OK', ['Content-Type' => TEXT], "ok\n");
}


sub front_page {
    my ($self, $cart) = @_;
    my $goods = join '', map { <<"END" } @PRODUCTS;
<li><a href="/product/$_->{id}">@{[picture($_)]}<b>$_->{name}</b><br>
<span class="price">@{[price($_->{cents})]}</span></a></li>
END

    return $self->page('Pots for every day', <<"END", $cart);
<h1>Pots for every day</h1>
<p class="lead">Stoneware from a small workshop. Made to be used, washed,
chipped, and used again.</p>
<ul class="goods">
$goods</ul>
END
}


sub product_page {
    my ($self, $id, $cart) = @_;
    my $product = $PRODUCT{$id} or return $self->not_found($cart);

    return $self->page($product->{name}, <<"END", $cart);
<div class="product">
<div>@{[picture($product)]}</div>
<div>
<h1>$product->{name}</h1>
<p class="price">@{[price($product->{cents})]}</p>
<p>$product->{text}</p>
<form method="post" action="/cart">
<button name="add" value="$id">Put into the cart</button>
</form>
<p class="quiet">In stock. Sent within two days.</p>
</div>
</div>
END
}


sub cart_page {
    my ($self, $cart) = @_;

    return $self->page('Your cart', <<'END', $cart) if !%$cart;
<h1>Your cart</h1>
<p class="lead">Nothing in it yet.</p>
<p><a class="button" href="/">Look around</a></p>
END

    my $rows = join '', map { <<"END" } sort keys %$cart;
<tr><td>$cart->{$_} &times; $PRODUCT{$_}{name}</td>
<td><button class="link" name="remove" value="$_">remove</button></td>
<td>@{[price($cart->{$_} * $PRODUCT{$_}{cents})]}</td></tr>
END

    return $self->page('Your cart', <<"END", $cart);
<h1>Your cart</h1>
<form method="post" action="/cart"><table>
$rows<tr><th>Total</th><td></td><td>@{[price(total($cart))]}</td></tr>
</table></form>
<p><a class="button" href="/checkout">Go to the checkout</a></p>
END
}


sub checkout_page {
    my ($self, $cart) = @_;

    return ('303 See Other', [Location => '/cart'], '') if !%$cart;

    return $self->page('Checkout', <<"END", $cart);
<h1>Checkout</h1>
<p class="lead">@{[price(total($cart))]}, paid on delivery.</p>
<form method="post" action="/checkout">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="name" required>
<label for="street">Street and town</label>
<input id="street" name="street" autocomplete="street-address" required>
<p><button>Order now</button></p>
</form>
END
}


sub not_found {
    my ($self, $cart) = @_;
    my ($status, @rest) = $self->page('Not here', <<'END', $cart);
<h1>That page is not here</h1>
<p><a class="button" href="/">To the shop</a></p>
END

    return ('404 Not Found', @rest);
}


sub page {
    my ($self, $title, $main, $cart, @headers) = @_;
    my $count = 0;
    $count += $_ for values %$cart;

    return ('200 OK', [
        'Content-Type'  => HTML,
        'Cache-Control' => 'no-store',
        'X-Shop-Server' => $self->{name},
        @headers,
    ], <<"END");
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title - Kiln &amp; Loam</title>
<link rel="icon" href="data:,">
<style>
$self->{css}</style>
</head>
<body>
<header>
<a class="name" href="/">Kiln &amp; Loam</a>
<a href="/">Shop</a>
<a href="/cart">Cart ($count)</a>
</header>
<main>
$main</main>
<footer class="quiet">
<span>Kiln &amp; Loam is a demo. Nothing is for sale.</span>
<span>This page came from shop server <b>$self->{name}</b> (pid $$).</span>
</footer>
</body>
</html>
END
}


sub picture {
    my ($product) = @_;

    return qq{<svg class="picture" viewBox="0 0 200 150" role="img"}
        . qq{ aria-label="$product->{name}"><rect width="200" height="150"}
        . qq{ fill="$product->{ground}"/><ellipse cx="100" cy="114" rx="60"}
        . qq{ ry="7" opacity=".12"/><g fill="$product->{glaze}"}
        . qq{ stroke="$product->{glaze}" stroke-linejoin="round">}
        . qq{$SHAPE{$product->{shape}}</g></svg>};
}


sub total {
    my ($cart) = @_;
    my $cents = 0;

    $cents += $cart->{$_} * $PRODUCT{$_}{cents} for keys %$cart;

    return $cents;
}


sub price {
    my ($cents) = @_;

    return sprintf '&euro; %d.%02d', $cents / 100, $cents % 100;
}


sub escape {
    my ($text) = @_;

    return $text =~ s/([&<>"'])/'&#' . ord($1) . ';'/ger;
}


1;
