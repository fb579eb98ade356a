#!/usr/bin/env bash
# Builds and runs the tests under one sanitizer preset.
# usage: .ci/sanitize.sh asan-ubsan|tsan
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
cmake --preset "$preset" -DASSAY_BUILD_BENCH=OFF >/dev/null
cmake --build --preset "$preset"
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
ctest --preset "$preset" --parallel "$(nproc)" --label-exclude 'bench|slow'
