#!/usr/bin/env bash
# Runs every fuzz target for a few seconds over its corpus.
# usage: .ci/fuzz.sh [seconds per target]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-8}
cmake --preset fuzz -DASSAY_BUILD_BENCH=OFF >/dev/null
cmake --build --preset fuzz --target fuzz_targets
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for target in build/fuzz/tests/fuzz/*_fuzz; do
  name=$(basename "$target" _fuzz)
  mkdir -p "$scratch/$name"
  corpus=()
  [ -d "data/corpus/$name" ] && corpus=("data/corpus/$name")
  "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$scratch/" \
    "$scratch/$name" "${corpus[@]}" >"$scratch/$name.log" 2>&1 ||
    { tail -n 40 "$scratch/$name.log"; echo "fuzz: $name FAILED"; exit 1; }
  echo "fuzz: $name $(grep -oE 'Done [0-9]+ runs' "$scratch/$name.log" | tail -n 1)"
done
