#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# nginx's sources as Debian ships and patches them, for builds of nginx itself;
# nginx-dev has headers only.  apt verifies them, with a configuration and
# lists of its own below the directory: this machine's are read, not changed.
#
#   t/tools/nginx_source.sh [--dev] DIR [SUITE]
#
# Prints where the tree is; SUITE is this machine's if not given.  With --dev
# it is that of the suite's nginx-dev: all that a module's build reads.  Remove
# the tree to have it fetched again.

set -euo pipefail

KIND=deb-src

if [[ ${1:-} == --dev ]]; then
    KIND=deb
    shift
fi

readonly DIR=$(realpath -m "${1:?usage: nginx_source.sh [--dev] DIR [SUITE]}")
readonly OURS=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
readonly SUITE=${2:-$OURS}
readonly TREE=$DIR/$SUITE$([[ $KIND == deb-src ]] || echo -dev)
readonly APT=$DIR/apt-$SUITE
readonly KEYS=/usr/share/keyrings/debian-archive-keyring.gpg


die() {
    echo "nginx_source: $*" >&2
    exit 1
}


# Where this machine's own Debian packages come from.
archive() {
    apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' \
        'Created-By: Packages' 'Component: main' |
        sed -n "s/^Debian $OURS //p" | head -n 1
}


configure_apt() {
    local uri options=

    [[ ! -e $KEYS ]] || options="[signed-by=$KEYS]"
    uri=$(archive)
    [[ -n $uri ]] || die "no Debian archive among the sources of apt"

    mkdir -p "$APT"/{lists,cache}
    echo "$KIND $options $uri $SUITE main" > "$APT/sources.list"
}


private_apt() {
    apt-get -qq -o Dir::Etc::sourcelist="$APT/sources.list" \
        -o Dir::Etc::sourceparts=- -o Dir::State::lists="$APT/lists" \
        -o Dir::Cache="$APT/cache" -o APT::Sandbox::User=root \
        -o APT::Get::List-Cleanup=0 "$@" > "$APT/log" 2>&1 ||
        { tail -n 5 "$APT/log" >&2; die "apt-get $1 failed"; }
}


fetch() {
    local new=$TREE.new

    rm -rf "$new"
    mkdir -p "$new"

    private_apt update
    cd "$new"

    if [[ $KIND == deb ]]; then
        private_apt download nginx-dev
        dpkg-deb -x nginx-dev_*.deb .
        mv usr/share/nginx/src "$TREE"
    else
        private_apt source --only-source nginx
        mv nginx-*/ "$TREE"
    fi

    cd "$DIR"
    rm -rf "$new"
}


main() {
    local lock

    [[ -n $SUITE ]] || die "not a Debian system: name a suite"

    mkdir -p "$DIR"
    exec {lock}> "$DIR/lock"
    flock "$lock"

    [[ ! -e $TREE/src/core/nginx.h ]] || return 0

    command -v dpkg-source > /dev/null || die "no dpkg-source: see setup.sh"
    configure_apt
    fetch
}


main
echo "$TREE"
