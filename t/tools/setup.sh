#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Installs what a make target needs and this machine lacks: Debian packages,
# only the missing ones, as root or through sudo.  Says nothing when nothing
# is missing.  A system nginx that was not there before is neither started
# nor enabled, nor are the others.
#
#   t/tools/setup.sh build | run | test | bench | source | deb | aarch64
#                    | distros

set -euo pipefail

readonly BUILD=(gcc libc6-dev libssl-dev libpcre2-dev zlib1g-dev
                libcurl4-openssl-dev libhiredis-dev)
readonly RUN=(perl)
readonly TEST=(libcmocka-dev libio-socket-ssl-perl openssl nghttp2-client
               curl clang libclang-rt-dev cppcheck php-fpm prometheus
               prometheus-alertmanager
               etcd-server redis-server libxml-libxml-perl)
readonly SOURCE=(dpkg-dev)
readonly DEB=(debhelper dpkg-dev)
readonly AARCH64=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user)
readonly DISTROS=(debootstrap)
readonly BENCH=(wrk haproxy varnish valgrind etcd-server redis-server)


say() {
    echo "setup: $*" >&2
}


die() {
    say "$*"
    exit 1
}


installed() {
    dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null |
        grep -qx installed
}


has_nginx() {
    command -v "${NGINX_BIN:-nginx}" >/dev/null || [[ -x /usr/sbin/nginx ]]
}


# A tree named by NGINX_SRC stands in for nginx-dev and for modules of Debian's
# nginx, any nginx for Debian's.
wanted() {
    printf '%s\n' "${BUILD[@]}"
    [[ -n ${NGINX_SRC:-} ]] || echo nginx-dev

    case $1 in
        build) return ;;
        run)   printf '%s\n' "${RUN[@]}" ;;
        test)  printf '%s\n' "${RUN[@]}" "${TEST[@]}"
               [[ -n ${NGINX_SRC:-} ]] || echo libnginx-mod-stream
               [[ -z ${VALGRIND:-} ]] || echo valgrind
               command -v chromium >/dev/null ||
                   printf '%s\n' chromium fonts-dejavu-core
               command -v npm >/dev/null || printf '%s\n' nodejs npm ;;
        deb)   printf '%s\n' "${DEB[@]}"; return ;;
        bench) printf '%s\n' "${RUN[@]}" "${BENCH[@]}" ;;
        aarch64) printf '%s\n' "${AARCH64[@]}"; return ;;
        source) printf '%s\n' "${SOURCE[@]}"; return ;;
        distros) printf '%s\n' "${DISTROS[@]}"; return ;;
        *)     die "unknown step \"$1\"" ;;
    esac

    has_nginx || echo nginx
}


missing() {
    local package

    for package in $(wanted "$1"); do
        installed "$package" || echo "$package"
    done
}


# dpkg asks this file before it starts any service.
deny_services() {
    readonly policy=/usr/sbin/policy-rc.d

    if [[ -e $policy || -L $policy ]]; then
        mv "$policy" "$policy.saved"
    fi

    trap allow_services EXIT
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
}


allow_services() {
    rm -f "$policy"

    if [[ -e $policy.saved || -L $policy.saved ]]; then
        mv "$policy.saved" "$policy"
    fi
}


# The helper does nothing unless it thinks that dpkg calls it.
disable_service() {
    DPKG_MAINTSCRIPT_PACKAGE=$1 deb-systemd-helper disable "$2" \
        >/dev/null 2>&1 || true
}


disable_nginx() {
    disable_service nginx nginx.service
    update-rc.d nginx disable >/dev/null 2>&1 || true
    say "nginx is installed, but neither started nor enabled"
}


# The test starts a PHP-FPM of its own.
disable_php() {
    local service

    for service in /lib/systemd/system/php*-fpm.service; do
        [[ -e $service ]] || continue
        disable_service php-fpm "${service##*/}"
    done
}


# Tests and benches start their own.
disable_tool() {
    disable_service "$1" "$1.service"
    update-rc.d "$1" disable >/dev/null 2>&1 || true
}


apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq \
        -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1
}


install_packages() {
    log=$(mktemp)

    say "installing $*"
    apt update || say "the package lists could not be refreshed, going on"

    if ! apt install --no-install-recommends "$@"; then
        tail -n 5 "$log" >&2
        die "apt-get could not install: $* (its output: $log)"
    fi

    rm -f "$log"
}


main() {
    local step=${1:-test} package packages lock fresh=0

    wanted "$step" >/dev/null

    if ! command -v dpkg-query >/dev/null; then
        say "not a Debian system, assuming its needs are met:" $(wanted "$step")
        return
    fi

    exec {lock}< "$0"
    flock "$lock"                        # make -j runs several of us

    mapfile -t packages < <(missing "$step")
    (( ${#packages[@]} )) || return 0

    if (( EUID != 0 )); then
        command -v sudo >/dev/null ||
            die "needs root to install: ${packages[*]}"

        exec sudo ${VALGRIND:+VALGRIND="$VALGRIND"} \
            ${NGINX_SRC:+NGINX_SRC="$NGINX_SRC"} \
            ${NGINX_BIN:+NGINX_BIN="$NGINX_BIN"} "$0" "$step"
    fi

    has_nginx || installed nginx-common || fresh=1

    deny_services
    install_packages "${packages[@]}"

    (( ! fresh )) || disable_nginx
    [[ " ${packages[*]} " != *" php-fpm "* ]] || disable_php

    [[ " ${packages[*]} " != *" etcd-server "* ]] ||
        disable_service etcd-server etcd.service

    for package in "${packages[@]}"; do
        [[ $package =~ ^(redis-server|prometheus(-alertmanager)?|haproxy|varnish)$ ]] || continue
        disable_tool "$package"
    done
}


main "$@"
