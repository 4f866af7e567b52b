#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Runs the tests against other nginx versions than the installed one: that of
# a later Debian release, from its source package, and the tree in NGINX_SRC.
# All that is fetched and built stays below the given directory.
#
#   [NGINX_SRC=] [SUITE=trixie] [TESTS=] [JOBS=] t/tools/matrix.sh DIR
#
# An empty SUITE leaves Debian's out.

set -euo pipefail

readonly TOP=$(cd "$(dirname "$0")/../.." && pwd)
readonly OUT=$(realpath -m "${1:?usage: matrix.sh DIR}")
readonly SUITE=${SUITE-trixie}
readonly TREE=${NGINX_SRC:-}


die() {
    echo "matrix: $*" >&2
    exit 1
}


version() {
    sed -n 's/^#define NGINX_VERSION *"\(.*\)"/\1/p' "$1/src/core/nginx.h"
}


# run_suite TREE: builds nginx and the module, runs the tests with them
run_suite() {
    local tree=$1 dir

    dir=$OUT/$(version "$tree")
    echo "matrix: nginx $(version "$tree")"

    NGINX_SRC=$tree ANY_NGINX=1 TARGETS="binary modules" \
        "$TOP/t/tools/build_module.sh" "$dir" || return 1

    NGINX_SRC=$tree ANY_NGINX=1 \
        CC=$TOP/t/tools/steps/cc CC_OPT="-g -O1 -fPIC" \
        "$TOP/t/tools/build_module.sh" "$dir/steps" || return 1

    cd "$TOP"
    BUILD=$dir NGINX_BIN="$dir/nginx/objs/nginx" \
        MODULE_SO="$dir/ngx_shop_failover_module.so" \
        prove -j "${JOBS:-1}" -It/lib ${PROVE_FLAGS:-} \
        ${TESTS:-$(integration_tests)}
}


# those that run an nginx: all else is the same for each version
integration_tests() {
    grep -lE '^use ShopTest;' t/*/*.t
}


main() {
    local failed=() debian

    [[ -n $SUITE$TREE ]] || die "no SUITE and no NGINX_SRC"
    mkdir -p "$OUT"

    if [[ -n $SUITE ]]; then
        debian=$("$TOP/t/tools/nginx_source.sh" "$OUT/sources" "$SUITE")
        run_suite "$debian" || failed+=("Debian $SUITE")
    fi

    if [[ -n $TREE ]]; then
        run_suite "$(realpath "$TREE")" || failed+=("$TREE")
    fi

    (( ${#failed[@]} == 0 )) || die "failed: ${failed[*]}"
    echo "matrix: all is well"
}


main
