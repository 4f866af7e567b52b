#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Runs fuzz targets one after the other, each from its seeds and with its
# dictionary.  What is found stays below the build directory, never among
# the seeds.
#
#   t/tools/fuzz.sh [-libfuzzer_option=value...] TARGET...

set -euo pipefail

options=()
while [[ ${1:-} == -* ]]; do
    options+=("$1")
    shift
done

for target in "$@"; do
    name=${target##*/fuzz_}
    found=$target.corpus
    arguments=("${options[@]}" "-artifact_prefix=$target.")

    [[ ! -e t/fuzz/$name.dict ]] || arguments+=("-dict=t/fuzz/$name.dict")
    mkdir -p "$found"
    arguments+=("$found")
    [[ ! -d t/fuzz/corpus/$name ]] || arguments+=("t/fuzz/corpus/$name")

    "$target" "${arguments[@]}" 2> "$target.log" ||
        { tail -n 40 "$target.log" >&2; exit 1; }

    echo "fuzz: $name: $(grep '^Done' "$target.log")"
done
