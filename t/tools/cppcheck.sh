#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# cppcheck over our sources; nginx's headers are not read, their macros are
# unknown to it.  A wrong finding is answered in the source, with a reason:
# /* cppcheck-suppress ID */.
#
#   t/tools/cppcheck.sh BUILD-DIR

set -euo pipefail

readonly CACHE=${1:?usage: cppcheck.sh BUILD-DIR}/cppcheck

mkdir -p "$CACHE"

exec cppcheck --quiet --error-exitcode=1 --std=c99 --inline-suppr \
    --enable=warning,performance,portability \
    --suppress=missingIncludeSystem --cppcheck-build-dir="$CACHE" \
    --template='{file}:{line}: {severity}: {message} [{id}]' \
    -I ngx_shop_failover_module ngx_shop_failover_module
