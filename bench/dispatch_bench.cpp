// How many signed deliveries a second go out over loopback keep-alive: from memory, and durably
// (events committed before, one delivery row each after).
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "bench/support/allocations.hpp"
#include "tools/load/fast_receiver.hpp"
#include "tools/load/load.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t sample_every = 997;

bool smoke() {
    return std::getenv("ASSAY_BENCH_SMOKE") != nullptr;
}

// Signatures, counts and rows are checked by the load itself: a wrong one has no figure.
void load(benchmark::State& state, LoadOptions options) {
    options.deliveries = smoke() ? 500 : options.deliveries;
    LoadReport all;
    std::uint64_t allocated = 0;
    for (auto _ : state) {
        FastReceiver receiver(sample_every);
        options.url = receiver.url();
        const std::uint64_t before = bench::allocations();
        const auto report = run_load(options, &receiver);
        if (!report) return state.SkipWithError(report.error().message.c_str());
        if (report->verified == 0 || report->failed != 0) {
            return state.SkipWithError("attempts failed, or none was verified");
        }
        allocated += bench::allocations() - before;
        state.SetIterationTime(report->seconds);
        all.delivered += report->delivered;
        all.seconds += report->seconds;
        all.processor_seconds += report->processor_seconds;
        all.latency = report->latency;
    }
    const auto delivered = static_cast<double>(all.delivered);
    state.counters["delivered/s"] = all.per_second();
    state.counters["allocations"] = static_cast<double>(allocated) / delivered;
    state.counters["cpu_us"] = all.processor_seconds / delivered * 1e6;
    state.counters["p50_us"] = all.latency.p50;
    state.counters["p99_us"] = all.latency.p99;
    state.counters["p99.9_us"] = all.latency.p99_9;
}

// Ring, core, signing and HTTP, without a store, by bytes of the body.
void from_memory(benchmark::State& state) {
    LoadOptions options;
    options.body_bytes = static_cast<std::size_t>(state.range(0));
    options.deliveries = options.body_bytes > 100'000 ? 2'000 : 100'000;
    load(state, options);
}

// The whole road: committed log -> relay -> ring -> render -> sign -> send -> delivery row.
void durable(benchmark::State& state) {
    LoadOptions options;
    options.body_bytes = static_cast<std::size_t>(state.range(0));
    options.deliveries = 100'000;
    options.durable = true;
    load(state, options);
}

BENCHMARK(from_memory)
    ->Arg(512)
    ->Arg(1'024)
    ->Arg(8'192)
    ->Arg(1'048'576)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(durable)->Arg(1'024)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::tools

BENCHMARK_MAIN();
