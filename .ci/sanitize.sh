#!/usr/bin/env bash
# Builds and runs tests under one sanitizer preset: what handles outside bytes, memory and threads.
# The commands are left out, where a template library for options is most of what would be compiled;
# of the engine, tsan takes what has threads, since TBB itself is not built for it.
# usage: .ci/sanitize.sh asan-ubsan|tsan
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
case "$preset" in
  asan-ubsan)
    targets=(engine_tests notify_tests tools_api_test tools_retention_test)
    tests='^(engine|notify)[:/]|^tools/(api|retention):' ;;
  tsan)
    targets=(notify_tests engine_base_test engine_event_test engine_store_test engine_batch_store_test)
    tests='^notify[:/]|^engine/(base|event|store|batch_store):' ;;
  *) echo ".ci/sanitize.sh: unknown preset \"$preset\": use asan-ubsan or tsan" >&2; exit 2 ;;
esac
cmake --preset "$preset" -DASSAY_BUILD_BENCH=OFF >/dev/null
cmake --build --preset "$preset" --target "${targets[@]}"
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
ctest --preset "$preset" --parallel "$(nproc)" --tests-regex "$tests" --label-exclude 'bench|slow' \
  --no-tests=error
