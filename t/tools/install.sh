#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Puts the module where the installed nginx looks for modules, and shopctl with
# its manual pages and completions below PREFIX; or takes it all away again.
# The step install-shopctl is for packages: without the module, and no nginx
# need be there.
#
#   [DESTDIR=] [PREFIX=/usr/local] [NGINX_BIN=] \
#       t/tools/install.sh install | install-shopctl | uninstall

set -euo pipefail

readonly NAME=ngx_shop_failover_module.so
readonly BUILD=${BUILD:-build}
readonly DESTDIR=${DESTDIR:-}
readonly PREFIX=${PREFIX:-/usr/local}
readonly TOP=$(cd "$(dirname "$0")/../.." && pwd)

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


# MODE FILE TARGET of what comes with the module; a manual page of section 1 goes
# to man1
shopctl_files() {
    local page

    local program

    for program in "$BUILD"/shopctl "$BUILD"/shopctl-*; do
        [[ $program == *.d ]] || echo "755 $program $PREFIX/bin/${program##*/}"
    done

    for page in "$TOP"/pkg/man/*.[1-9]; do

        # that of a program of its own goes with it
        program=$BUILD/$(basename "$page" .1)
        [[ $page != */shopctl-*.1 || -e $program ]] || continue
        echo "644 $page $PREFIX/share/man/man${page##*.}/${page##*/}"
    done

    cat << END
644 $TOP/pkg/completion/shopctl.bash $PREFIX/share/bash-completion/completions/shopctl
644 $TOP/pkg/completion/shopctl.zsh $PREFIX/share/zsh/site-functions/_shopctl
644 $TOP/pkg/completion/shopctl.fish $PREFIX/share/fish/vendor_completions.d/shopctl.fish
END
}


# install(1) makes a new file: a running nginx keeps the one it has mapped.
do_install-shopctl() {
    local mode file to

    while read -r mode file to; do
        [[ -e $file ]] || continue
        may_write "${to%/*}"
        install -D -m "$mode" "$file" "$DESTDIR$to"
    done < <(shopctl_files)
}


do_install() {
    find_nginx
    check_make
    may_write "$modules"
    install -D -m 644 "$BUILD/$NAME" "$DESTDIR$modules/$NAME"
    do_install-shopctl

    [[ -n $DESTDIR ]] || check_loads

    echo "installed $DESTDIR$modules/$NAME"
    echo "add this line at the top of nginx.conf:"
    echo
    echo "    $(load_module_line)"
}


do_uninstall() {
    local file

    find_nginx

    for file in "$modules/$NAME" $(shopctl_files | cut -d ' ' -f 3); do
        [[ -e $DESTDIR$file ]] || continue
        may_write "${file%/*}"
        rm "$DESTDIR$file"
        echo "removed $DESTDIR$file"
    done
}


find_nginx() {
    nginx=$(command -v "${NGINX_BIN:-nginx}") || die "no nginx found, name" \
        "one: make $step NGINX_BIN=/path/to/nginx"
    prefix=$(configure_argument prefix /usr/local/nginx)
    modules=$(configure_argument modules-path "$prefix/modules")
}


step=${1:?usage: install.sh install | install-shopctl | uninstall}

"do_$step"
