#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Makes a Debian package for the nginx of this machine's Debian, out of tree:
# dpkg-buildpackage writes beside the sources and above them.
#
#   t/tools/deb.sh DIR

set -euo pipefail

readonly TOP=$(cd "$(dirname "$0")/../.." && pwd)
readonly OUT=$(realpath -m "${1:?usage: deb.sh DIR}")
readonly TREE=$OUT/source
readonly LOG=$OUT/build.log


die() {
    echo "deb: $*" >&2
    exit 1
}


# The package is for Debian's nginx: another tree has no name to depend on.
[[ -z ${NGINX_SRC:-} ]] || die "NGINX_SRC has no place in a package"

rm -rf "$OUT"
mkdir -p "$TREE"

tar -C "$TOP" --exclude=./build --exclude=./.git -c . | tar -C "$TREE" -x

# What make exports for its own build is not for the package's.  -d: what is
# needed was installed, and build-essential is a C++ compiler more than that.
cd "$TREE"
env -u MAKEFLAGS -u MFLAGS -u BUILD -u DESTDIR -u NGINX_BIN \
    dpkg-buildpackage -d -b -us -uc > "$LOG" 2>&1 || {
        tail -n 20 "$LOG" >&2
        die "failed, the whole output is in $LOG"
    }

rm -rf "$TREE"
ls "$OUT"/libnginx-mod-http-shop-failover_*.deb
