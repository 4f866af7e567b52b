#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Runs the tests against other nginx versions than the installed one: that of
# a later Debian release, from its source package, and the tree in NGINX_SRC.
# All that is fetched and built stays below the given directory.
#
#   [NGINX_SRC=] [SUITE=trixie] [TESTS=] t/tools/matrix.sh DIR

set -euo pipefail

readonly TOP=$(cd "$(dirname "$0")/../.." && pwd)
readonly OUT=$(realpath -m "${1:?usage: matrix.sh DIR}")
readonly SUITE=${SUITE:-trixie}
readonly TREE=${NGINX_SRC:-}

# as Debian builds it, as far as our tests need it
readonly FLAGS=(--with-compat --with-debug --with-pcre-jit --with-threads
                --with-http_ssl_module --with-http_v2_module
                --with-http_realip_module --with-http_stub_status_module
                --with-http_sub_module --with-http_gunzip_module
                --with-http_gzip_static_module --with-http_addition_module
                --with-http_auth_request_module --with-http_slice_module)


die() {
    echo "matrix: $*" >&2
    exit 1
}


version() {
    sed -n 's/^#define NGINX_VERSION *"\(.*\)"/\1/p' "$1/src/core/nginx.h"
}


# build_nginx TREE DIR: its binary, from a copy, as the tree may be read-only
build_nginx() {
    local tree=$1 dir=$2 configure=./configure

    [[ ! -x $dir/src/objs/nginx ]] || return 0

    rm -rf "$dir/src"
    mkdir -p "$dir"
    cp -r "$tree" "$dir/src"
    cd "$dir/src"
    [[ -e configure ]] || configure=auto/configure

    $configure --prefix="$dir/prefix" "${FLAGS[@]}" > "$dir/configure.log" ||
        die "configure failed, see $dir/configure.log"
    "${MAKE:-make}" -j "$(nproc)" > "$dir/make.log" 2>&1 ||
        die "make failed, see $dir/make.log"
}


# run_suite TREE: builds nginx and the module, runs the tests with them
run_suite() {
    local tree=$1 dir

    dir=$OUT/$(version "$tree")
    echo "matrix: nginx $(version "$tree")"

    build_nginx "$tree" "$dir"

    cd "$TOP"
    NGINX_SRC="$dir/src" "$TOP/t/tools/build_module.sh" "$dir/module" || return 1

    NGINX_BIN="$dir/src/objs/nginx" \
        MODULE_SO="$dir/module/ngx_shop_failover_module.so" \
        prove -It/lib ${PROVE_FLAGS:-} ${TESTS:-$(integration_tests)}
}


# those that run an nginx: all else is the same for each version
integration_tests() {
    grep -lE '^use ShopTest;' t/*.t
}


main() {
    local failed=() debian

    mkdir -p "$OUT"
    debian=$("$TOP/t/tools/nginx_source.sh" "$OUT/sources" "$SUITE")

    run_suite "$debian" || failed+=("Debian $SUITE")

    if [[ -n $TREE ]]; then
        run_suite "$(realpath "$TREE")" || failed+=("$TREE")
    fi

    (( ${#failed[@]} == 0 )) || die "failed: ${failed[*]}"
    echo "matrix: all is well"
}


main
