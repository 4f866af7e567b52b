#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Tries this checkout in bare Debian systems, as a new user's machine is: apt,
# git, make and nothing else.  Each suite gets a room made by debootstrap from
# this machine's archive, and in it, one after the other and the whole twice:
#
#   make run (until the shop answers), make check, make test
#
#   [TESTS=] [DISTROS_RUN="COMMAND"] t/tools/distros.sh DIR SUITE...
#
# What is tried is the commit that is checked out.  DIR/SUITE.tar keeps the
# bare system, DIR/SUITE.log what was said.  Root's, as it mounts /proc and
# enters the rooms.

set -euo pipefail

readonly TOP=$(cd "$(dirname "$0")/../.." && pwd)
readonly OUT=$(realpath -m "${1:?usage: distros.sh DIR SUITE...}")
readonly OURS=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
readonly TRY='for time in first second; do
    (make run > /tmp/run.log 2>&1 & echo $! > /tmp/run.pid; wait)&
    for i in $(seq 900); do
        ! grep -q "http://127" /tmp/run.log || break
        sleep 1
    done
    kill $(cat /tmp/run.pid) || { cat /tmp/run.log; exit 1; }
    wait
    grep "http://127" /tmp/run.log || { cat /tmp/run.log; exit 1; }
    make check test ${TESTS:+TESTS="$TESTS"} || exit 1
done'

shift

room=


die() {
    echo "distros: $*" >&2
    exit 1
}


leave() {
    local at

    [[ -n $room ]] || return 0

    for at in dev/shm dev/pts dev proc sys; do
        umount -l "$room/$at" 2>/dev/null || true
    done
}


# where this machine's own Debian packages come from
archive() {
    apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' \
        'Created-By: Packages' 'Component: main' |
        sed -n "s/^Debian $OURS //p" | head -n 1
}


# bare SUITE: makes DIR/SUITE.tar, once
bare() {
    local suite=$1 uri

    [[ ! -e $OUT/$suite.tar ]] || return 0

    uri=$(archive)
    [[ -n $uri ]] || die "no Debian archive among the sources of apt"

    rm -rf "$OUT/$suite.new"
    debootstrap --variant=minbase --include=ca-certificates,git,make \
        "$suite" "$OUT/$suite.new" "$uri" > "$OUT/$suite.log" 2>&1 ||
        die "debootstrap failed, its output is in $OUT/$suite.log"

    tar -C "$OUT/$suite.new" -cf "$OUT/$suite.tar.new" .
    mv "$OUT/$suite.tar.new" "$OUT/$suite.tar"
    rm -rf "$OUT/$suite.new"
}


enter() {
    local node

    mount -t proc proc "$room/proc"
    mount --rbind /sys "$room/sys"
    mount --make-rslave "$room/sys"
    mount -t tmpfs tmpfs "$room/dev"

    for node in null zero full random urandom tty; do
        touch "$room/dev/$node"
        mount --bind "/dev/$node" "$room/dev/$node"
    done

    mkdir -p "$room/dev/pts" "$room/dev/shm"
    mount -t devpts devpts "$room/dev/pts"
    mount -t tmpfs tmpfs "$room/dev/shm"
    ln -s /proc/self/fd "$room/dev/fd"
    cp -L /etc/resolv.conf /etc/hosts "$room/etc/"

    # how this machine reaches registries, if not directly
    cat /etc/npmrc ~/.npmrc > "$room/root/.npmrc" 2>/dev/null || true
    cp -L /etc/ssl/certs/ca-certificates.crt "$room/root/machine-ca.crt"
    sed -i 's#^cafile=.*#cafile=/root/machine-ca.crt#' "$room/root/.npmrc"
    env | grep -iE '^(https?_proxy|no_proxy|npm_config_[a-z_]*)=' \
        > "$room/root/environment" || true
    echo NODE_EXTRA_CA_CERTS=/root/machine-ca.crt >> "$room/root/environment"
}


# try SUITE: in a fresh copy of the bare system
try() {
    local suite=$1 rc=0

    bare "$suite"
    room=$OUT/room-$suite
    leave
    rm -rf --one-file-system "$room"
    mkdir -p "$room"
    tar -C "$room" -xf "$OUT/$suite.tar"
    git clone -q --no-hardlinks "$TOP" "$room/root/shop"
    enter

    chroot "$room" env -i HOME=/root LANG=C.UTF-8 TERM=dumb \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        TESTS="${TESTS:-}" bash -c 'set -a; . /root/environment; set +a
            cd /root/shop && eval "$1"' distros "${DISTROS_RUN:-$TRY}" \
        > "$OUT/$suite.log" 2>&1 || rc=$?

    leave
    room=

    (( rc == 0 )) || {
        tail -n 20 "$OUT/$suite.log" >&2
        echo "distros: $suite: failed, its output is in $OUT/$suite.log" >&2
        return 1
    }

    rm -rf --one-file-system "$OUT/room-$suite"
    echo "distros: $suite: all is well"
}


main() {
    local failed=()

    (( EUID == 0 )) || die "needs root, try: sudo make test-distros"
    (( $# )) || die "no suite is named: SUITES=\"bookworm trixie\""

    trap leave EXIT
    mkdir -p "$OUT"

    for suite in "$@"; do
        try "$suite" || failed+=("$suite")
    done

    (( ${#failed[@]} == 0 )) || die "failed: ${failed[*]}"
}


main "$@"
