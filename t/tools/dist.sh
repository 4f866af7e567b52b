#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Packs what a release is: the commit that is checked out and the C source
# that is made from html/, so that building it needs no perl.
#
#   t/tools/dist.sh BUILD-DIR

set -euo pipefail

readonly TOP=$(cd "$(dirname "$0")/../.." && pwd)
readonly OUT=$(realpath -m "${1:?usage: dist.sh BUILD-DIR}")

version=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$TOP/pkg/debian/changelog")
name=ngx_shop_failover_module-$version
time=$(git -C "$TOP" log -1 --format=%cd --date=iso)

git -C "$TOP" archive --prefix="$name/" HEAD -o "$OUT/$name.tar"
tar -r -f "$OUT/$name.tar" --owner=root --group=root --mtime="$time" \
    --mode=u=rw,go=r --transform="s,.*,$name/assets.c," -C "$OUT" assets.c
gzip -9 -n -f "$OUT/$name.tar"

echo "$OUT/$name.tar.gz"
