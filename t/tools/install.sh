#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Puts the module where the installed nginx looks for modules, and shopctl
# into /usr/local/bin once there is one; or takes both away again.
#
#   [DESTDIR=] [NGINX_BIN=] t/tools/install.sh install | uninstall

set -euo pipefail

readonly NAME=ngx_shop_failover_module.so
readonly BUILD=${BUILD:-build}
readonly DESTDIR=${DESTDIR:-}
readonly BIN_DIR=/usr/local/bin

PATH=$PATH:/usr/sbin:/usr/local/sbin


die() {
    echo "$step: $*" >&2
    exit 1
}


# configure_argument NAME DEFAULT: how this nginx was built
configure_argument() {
    local value

    value=$("$nginx" -V 2>&1 | grep -o -e "--$1=[^ ]*" | tail -n 1)
    value=${value#*=}
    echo "${value:-$2}"
}


# What the module was built for; a make and a version that fit are no proof
# (nginx itself is asked below), but others are a clear word.
check_make() {
    local built installed

    [[ -e $BUILD/made_for ]] || return 0

    built=$(< "$BUILD/made_for")
    installed=$("$nginx" -v 2>&1 |
        sed -n '1s/.*version: *\([^ ]*\).*/\1/p')

    [[ $built == "$installed" ]] ||
        die "the module is built for $built, and $nginx is $installed:" \
            "build it for that one, make $step NGINX_SRC=/path/to/its/sources"
}


# nginx resolves a relative name against its prefix.
load_module_line() {
    local name=$modules/$NAME

    if [[ $prefix/modules -ef $modules ]]; then
        name=modules/$NAME
    fi

    echo "load_module $name;"
}


may_write() {
    local dir=$DESTDIR$1

    while [[ ! -e $dir && $dir == */* ]]; do
        dir=${dir%/*}
    done

    [[ -w ${dir:-/} ]] ||
        die "no right to write to $DESTDIR$1, try: sudo make $step"
}


# Asks nginx itself, with a configuration of this one line.
check_loads() {
    local dir answer ok=1

    dir=$(mktemp -d)
    printf '%s\n' "$(load_module_line)" "pid $dir/pid;" 'events {}' \
        > "$dir/conf"

    answer=$("$nginx" -t -q -e stderr -c "$dir/conf" 2>&1) || ok=0
    rm -rf "$dir"

    (( ok )) ||
        die "this nginx refuses the module: ${answer%%$'\n'*}"
}


# install(1) makes a new file: a running nginx keeps the one it has mapped.
do_install() {
    check_make
    may_write "$modules"
    install -D -m 644 "$BUILD/$NAME" "$DESTDIR$modules/$NAME"

    if [[ -e $BUILD/shopctl ]]; then
        may_write "$BIN_DIR"
        install -D -m 755 "$BUILD/shopctl" "$DESTDIR$BIN_DIR/shopctl"
    fi

    [[ -n $DESTDIR ]] || check_loads

    echo "installed $DESTDIR$modules/$NAME"
    echo "add this line at the top of nginx.conf:"
    echo
    echo "    $(load_module_line)"
}


do_uninstall() {
    local file

    for file in "$modules/$NAME" "$BIN_DIR/shopctl"; do
        [[ -e $DESTDIR$file ]] || continue
        may_write "${file%/*}"
        rm "$DESTDIR$file"
        echo "removed $DESTDIR$file"
    done
}


step=${1:?usage: install.sh install | uninstall}
nginx=$(command -v "${NGINX_BIN:-nginx}") || die "no nginx found, name one:" \
    "make $step NGINX_BIN=/path/to/nginx"
prefix=$(configure_argument prefix /usr/local/nginx)
modules=$(configure_argument modules-path "$prefix/modules")

"do_$step"
