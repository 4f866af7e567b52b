#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Builds the module out of tree, below a given directory, against nginx's
# sources: those of the package nginx-dev, or the tree named by NGINX_SRC.
# Neither tree is written to: nginx's build system sees them as symlinks.
#
#   [NGINX_SRC=] [CC=] [CC_OPT=] [LD_OPT=] [WERROR=] \
#       t/tools/build_module.sh DIR
#
# An nginx of another make than the tree (OpenResty, Angie, ...) is no nginx for
# this module, though its version may say so: where the installed one is, or
# that of NGINX_BIN, nothing is built.  ANY_NGINX=1: it is for another machine.
#
# WERROR=1 makes errors of warnings, for us; nobody else's compiler is ours.
#
# With TARGETS="binary modules" and a tree of all of nginx's sources it builds
# DIR/nginx/objs/nginx, too.
#
# With --settings before DIR it only brings DIR/settings up to date, the file
# that says what a build depends on beside our own sources.

set -euo pipefail

readonly NAME=ngx_shop_failover_module
readonly TOP=$(cd "$(dirname "$0")/../.." && pwd)
readonly SRC=$(realpath -m "${NGINX_SRC:-/usr/share/nginx/src}")
readonly OUT=$(realpath -m "${!#}")
readonly FARM=$OUT/nginx
readonly SOURCES=$TOP/ngx_shop_failover_module

HARDENING="-fstack-protector-strong -Wformat -Werror=format-security"
HARDENING="$HARDENING -D_FORTIFY_SOURCE=2"

: "${CC:=cc}"
: "${CC_OPT:=-g -O2 -fPIC $HARDENING}"
: "${LD_OPT:=-fPIC -Wl,-z,relro -Wl,-z,now}"
: "${WERROR:=}"
: "${TARGETS:=modules}"

# nginx's own makefiles ask for -Werror, before these
[[ -n $WERROR ]] || CC_OPT="$CC_OPT -Wno-error"


die() {
    echo "build: $*" >&2
    exit 1
}


# Compiler warnings go to the terminal, the chatter only when it failed.
quietly() {
    local log=$OUT/$1.log
    shift

    "$@" > "$log" || {
        tail -n 20 "$log" >&2
        die "failed, the whole output is in $log"
    }
}


nginx_version() {
    sed -n 's/^#define NGINX_VERSION *"\(.*\)"/\1/p' "$SRC/src/core/nginx.h"
}


# Both as "nginx -v" says it: nginx/1.22.1, openresty/1.27.1.1, Angie/1.11.0.
tree_make() {
    local header=nginx.h name=NGINX_VER

    [[ ! -e $SRC/src/core/angie.h ]] || { header=angie.h; name=ANGIE_VER; }
    ! grep -q TENGINE_VER "$SRC/src/core/nginx.h" || name=TENGINE_VER

    printf '#include "%s"\nSHOP %s\n' "$header" "$name" |
        "$CC" -E -P -I "$SRC/src/core" - 2>/dev/null |
        sed -n 's/^SHOP //p' | tr -d '" '
}


installed_make() {
    local nginx

    nginx=$(PATH=$PATH:/usr/sbin:/usr/local/sbin \
        command -v "${NGINX_BIN:-nginx}") || return 0
    "$nginx" -v 2>&1 | sed -n '1s/.*version: *\([^ ]*\).*/\1/p'
}


check_make() {
    local tree installed

    [[ -z ${ANY_NGINX:-} && $TARGETS == modules ]] || return 0

    tree=$(tree_make)
    installed=$(installed_make)

    [[ -z $installed || ${tree%%/*} == "${installed%%/*}" ]] ||
        die "the sources in $SRC are those of $tree, and installed is" \
            "$installed: name its own, NGINX_SRC=, or ANY_NGINX=1"

    [[ -z $installed || $tree == "$installed" ]] ||
        echo "build: for $tree, and installed is $installed" >&2
}


# Touches the file only when something changed: make looks at its time.
write_settings() {
    local now

    now=$(printf '%s\n' "$TOP" "$SRC" "nginx $(nginx_version)" \
        "$CC" "$CC_OPT" "$LD_OPT" "$SOURCES"/*/*.[ch] \
        "$SOURCES"/*/*/*.[ch])

    [[ $now == "$(cat "$OUT/settings" 2>/dev/null)" ]] ||
        echo "$now" > "$OUT/settings"
}


# The page's texts become a source file while nginx is configured.
configured() {
    local made=$FARM/objs/Makefile

    [[ -e $made && -z $(find "$OUT/settings" "$TOP/config" "$TOP/html" \
        "$TOP/t/tools/build_module.sh" -newer "$made") ]]
}


configure() {
    local NGX_CONF_FLAGS configure=auto/configure file

    # A plain tree has no record of how its nginx is built: with --with-compat
    # these are enough to load into any nginx that has TLS.  The nginx that
    # tests build has what Debian's has, and event methods that it has not.
    NGX_CONF_FLAGS=(--with-compat --with-debug --with-pcre-jit --with-threads
                    --with-http_ssl_module --with-http_v2_module
                    --with-http_realip_module --with-http_stub_status_module
                    --with-http_auth_request_module --with-http_slice_module
                    --with-http_sub_module --with-http_gunzip_module
                    --with-http_gzip_static_module --with-http_addition_module
                    --with-stream --with-stream_ssl_module
                    --with-poll_module --with-select_module)

    [[ ! -d $SRC/src/http/v3 ]] ||
        NGX_CONF_FLAGS+=(--with-http_v3_module)

    rm -rf "$FARM"
    mkdir -p "$FARM"
    cd "$FARM"

    for file in auto src conf configure conf_flags; do
        [[ ! -e $SRC/$file ]] || ln -s "$SRC/$file" "$file"
    done

    [[ ! -e conf_flags ]] || . ./conf_flags
    [[ ! -e configure ]] || configure=./configure

    quietly configure $configure --builddir=objs "${NGX_CONF_FLAGS[@]}" \
        --with-cc="$CC" --with-cc-opt="$CC_OPT" --with-ld-opt="$LD_OPT" \
        --add-dynamic-module="$TOP"
}


# nginx's makefile knows the headers that `config` lists, and no others.
drop_stale_objects() {
    local module=$OUT/$NAME.so

    [[ -e $module ]] || return 0

    if find "$SOURCES" -name '*.h' -newer "$module" | grep -q .; then
        find "$FARM/objs/addon" -name '*.o' -delete
    fi
}


main() {
    [[ -e $SRC/src/core/nginx.h ]] || die "no nginx sources in \"$SRC\"," \
        "install nginx-dev or name a tree: NGINX_SRC=/path/to/nginx"

    command -v "$CC" >/dev/null || die "no compiler \"$CC\""

    mkdir -p "$OUT"
    write_settings
    [[ $1 != --settings ]] || return 0

    check_make
    configured || configure
    drop_stale_objects

    cd "$FARM"
    quietly make "${MAKE:-make}" -f objs/Makefile $TARGETS

    tree_make > "$OUT/made_for"

    # renamed, not written over: an nginx that runs has the old one mapped
    cp "objs/$NAME.so" "$OUT/$NAME.so.new"
    mv -f "$OUT/$NAME.so.new" "$OUT/$NAME.so"

    echo "build: ${OUT#"$TOP/"}/$NAME.so for nginx $(nginx_version)"
}


main "${@:?usage: build_module.sh [--settings] DIR}"
