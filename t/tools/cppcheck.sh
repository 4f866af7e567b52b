#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# cppcheck over our sources; nginx's headers are not read, their macros are
# unknown to it, but for those that our own #if ask for.  A wrong finding is
# answered in the source, with a reason: /* cppcheck-suppress ID */.
#
# Every version has false findings of its own: those of another version than
# the REFERENCE are shown and decide nothing.
#
#   t/tools/cppcheck.sh BUILD-DIR

set -euo pipefail

readonly REFERENCE=2.10             # Debian 12's
readonly VERSION=$(cppcheck --version | grep -o '[0-9][0-9.]*' | head -n 1)
readonly CACHE=${1:?usage: cppcheck.sh BUILD-DIR}/cppcheck-$VERSION
readonly DEFINES=(-Dnginx_version=1031000 -DNGX_LINUX=1 -DNGX_HAVE_INET6=1
                  -DNGX_HAVE_UNIX_DOMAIN=1 -DNGX_HTTP_CACHE=1
                  -DNGX_HTTP_SSL=1 -DNGX_HTTP_V2=1 -DNGX_PCRE=1
                  -DNGX_HTTP_UPSTREAM_ZONE=1)

mkdir -p "$CACHE"

rc=0
cppcheck --quiet --error-exitcode=1 --std=c99 --inline-suppr \
    --enable=warning,performance,portability \
    --suppress=missingIncludeSystem --cppcheck-build-dir="$CACHE" \
    --template='{file}:{line}: {severity}: {message} [{id}]' \
    "${DEFINES[@]}" -I ngx_shop_failover_module ngx_shop_failover_module ||
    rc=$?

if (( rc )) && [[ $VERSION != "$REFERENCE" ]]; then
    echo "cppcheck: version $VERSION says so, $REFERENCE decides" >&2
    rc=0
fi

exit "$rc"
