#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Makes a Debian package, out of tree: assembles what dpkg-buildpackage wants
# from pkg/debian, our sources, and the sources of each nginx that the package
# has a build for.
#
#   t/tools/deb.sh DIR
#
# Without NGINX_SRC that is the nginx of this machine's Debian and, so that an
# upgrade loses no shop, that of the next release (NEXT=: without it).  With
# NGINX_SRC, one tree or several, it is a package for nginx.org's nginx of
# these versions.

set -euo pipefail

readonly TOP=$(cd "$(dirname "$0")/../.." && pwd)
readonly OUT=$(realpath -m "${1:?usage: deb.sh DIR}")
readonly TREE=$OUT/source
readonly LOG=$OUT/build.log
readonly OF_DEBIAN=libnginx-mod-http-shop-failover
readonly OF_NGINX=nginx-module-shop-failover

. /etc/os-release
readonly SUITE=${VERSION_CODENAME:-sid}

declare -A FOLLOWED_BY=([bookworm]=trixie)
readonly NEXT=${NEXT-${FOLLOWED_BY[$SUITE]:-}}


die() {
    echo "deb: $*" >&2
    exit 1
}


nginx_version() {
    sed -n 's/^#define NGINX_VERSION *"\(.*\)"/\1/p' "$1/src/core/nginx.h"
}


abi() {
    sed -n 's/^nginx:abi=//p' "$1/debian/libnginx-mod.abisubstvars"
}


# a | b | c
either() {
    local all

    all=$(printf ' | %s' "$@")
    echo "${all# | }"
}


# take TREE: what a module's build reads of it, by its version
take() {
    local to

    [[ -e $1/src/core/nginx.h ]] || die "no nginx sources in \"$1\""

    to=$TREE/nginx/$(nginx_version "$1")
    mkdir -p "$to"
    tar -C "$1" -h -c $(cd "$1" && ls -d auto src conf configure conf_flags \
        2>/dev/null) | tar -C "$to" -x
}


# The tree of nginx-dev is complete, and so is any of nginx.org's.
assemble_nginxes() {
    local tree next

    if [[ -n ${NGINX_SRC:-} ]]; then
        package=$OF_NGINX
        other=$OF_DEBIAN
        whose=nginx.org
        workers=nginx

        for tree in $NGINX_SRC; do
            take "$tree"
            abis+=("nginx-r$(nginx_version "$tree")")
        done

        return
    fi

    package=$OF_DEBIAN
    other=$OF_NGINX
    whose="this distribution"
    workers=www-data
    tree=/usr/share/nginx/src

    take "$tree"
    abis+=("$(abi "$tree")")

    [[ -n $NEXT ]] || return 0

    next=$("$TOP/t/tools/nginx_source.sh" --dev "$TOP/build/sources" "$NEXT") ||
        die "nginx-dev of $NEXT is not to be had: NEXT= does without"
    take "$next"
    abis+=("$(abi "$next")")
}


# 1.1-1~deb13u1: newer than those of earlier releases, older than a plain one
suffix() {
    if [[ ${ID:-} == debian && -n ${VERSION_ID:-} ]]; then
        echo "-1~deb${VERSION_ID}u1"
    else
        echo "-1"
    fi
}


assemble_debian() {
    local depends= file versions

    cp -r "$TREE/pkg/debian" "$TREE/debian"
    cd "$TREE/debian"
    versions=$(cd "$TREE/nginx" && ls | sort -V | paste -s -d ' ')

    if [[ $package == "$OF_NGINX" ]]; then
        depends=", $(either "${abis[@]}")"
        rm nginx mod-http-shop-failover.conf
    else
        echo "nginx:abi=$(either "${abis[@]}")" > libnginx-mod.abisubstvars
    fi

    for file in control.in tmpfiles; do
        sed -i -e "s/@PACKAGE@/$package/" -e "s/@OTHER@/$other/" \
            -e "s/@WHOSE@/$whose/" -e "s/@DEPENDS@/$depends/" \
            -e "s/@WORKERS@/$workers/" -e "s/@VERSIONS@/$versions/" "$file"
    done

    mv control.in control
    sed -i "1s/(\(.*\)) [^;]*/(\1$(suffix)) $SUITE/" changelog
}


package= other= whose= workers= abis=()

rm -rf "$OUT"
mkdir -p "$TREE"

tar -C "$TOP" --exclude=./build --exclude=./.git -c . | tar -C "$TREE" -x
assemble_nginxes
assemble_debian

# What make exports for its own build is not for the package's.  -d: what is
# needed was installed, and build-essential is a C++ compiler more than that.
cd "$TREE"
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u BUILD -u DESTDIR -u NGINX_BIN \
    -u NGINX_SRC -u CFLAGS -u LDFLAGS \
    dpkg-buildpackage -d -b -us -uc > "$LOG" 2>&1 || {
        tail -n 20 "$LOG" >&2
        die "failed, the whole output is in $LOG"
    }

rm -rf "$TREE"
ls "$OUT/$package"_*.deb
