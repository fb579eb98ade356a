// What the graph costs beyond its work, and products/s of the analysis by threads and chunk size.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <time.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "engine/batch/intake.hpp"
#include "engine/graph/batch_graph.hpp"
#include "tools/manifest_generator/manifest_generator.hpp"

namespace assay {
namespace {

using namespace engine;

bool smoke() {
    return std::getenv("ASSAY_BENCH_SMOKE") != nullptr;
}

std::vector<std::string> chunks_of(std::size_t products, std::size_t total, bool no_work) {
    tools::ManifestGenerator generator({});
    std::vector<std::string> blobs;
    ChunkBuilder builder;
    for (std::size_t index = 0; index < total; ++index) {
        std::string json;
        generator.append_ndjson(index, json);
        json.pop_back();
        const std::string id = "p" + std::to_string(index);
        IntakeItem item;
        item.index = index;
        item.product_id = id;
        item.json = no_work ? std::string_view("{}") : std::string_view(json);
        if (no_work) item.fault = Error{ErrorCode::invalid_input, "is left out", {}, {}, {}};
        builder.append(item);
        if (builder.count() == products) blobs.push_back(builder.take());
    }
    if (builder.count() > 0) blobs.push_back(builder.take());
    return blobs;
}

std::shared_ptr<const AnalysisPlan> full_plan() {
    const auto tables = load_tables();
    if (!tables) std::abort();
    auto plan = AnalysisPlan::make({}, *tables);
    if (!plan) std::abort();
    return std::make_shared<const AnalysisPlan>(std::move(*plan));
}

ChunkWork work_of(const std::shared_ptr<const AnalysisPlan>& plan, const std::string& blob) {
    ChunkWork work;
    work.plan = plan;
    work.input = blob;
    work.as_of = *parse_time("2026-05-25T10:30:00Z");
    return work;
}

// One run of all chunks through a graph; gives the bytes that came out.
class Runner {
  public:
    explicit Runner(int threads)
        : graph_({threads, limits::chunks_in_flight_max, nullptr}, [this](ChunkDone&& done) {
              const std::lock_guard lock(mutex_);
              bytes_ += done.results.size();
              products_ += done.completed + done.failed;
              graph_.release();
              free_.notify_one();
          }) {}

    void run(const std::shared_ptr<const AnalysisPlan>& plan,
             const std::vector<std::string>& blobs) {
        for (const std::string& blob : blobs) {
            ChunkWork work = work_of(plan, blob);
            std::unique_lock lock(mutex_);
            free_.wait(lock, [this] { return graph_.tokens_free() > 0; });
            lock.unlock();
            if (!graph_.try_put(std::move(work))) std::abort();
        }
        graph_.wait_idle();
    }
    std::size_t bytes() const { return bytes_; }
    std::int64_t products() const { return products_; }

  private:
    std::mutex mutex_;
    std::condition_variable free_;
    std::size_t bytes_ = 0;
    std::int64_t products_ = 0;
    BatchGraph graph_;
};

std::size_t run_directly(const std::shared_ptr<const AnalysisPlan>& plan,
                         const std::vector<std::string>& blobs) {
    ProductParser parser;
    Product product;
    Workspace workspace;
    std::size_t bytes = 0;
    for (const std::string& blob : blobs) {
        const ChunkDone done = analyse_chunk(work_of(plan, blob), parser, product, workspace);
        bytes += done.results.size();
    }
    return bytes;
}

double cpu_nanoseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Chunks without any work, directly and through the graph on one thread: the difference is the
// graph's. Bar: 50 ns a product.
void graph_overhead(benchmark::State& state) {
    const auto plan = full_plan();
    const std::size_t total = smoke() ? 256 : 100'000;
    const auto blobs = chunks_of(static_cast<std::size_t>(state.range(0)), total, true);
    Runner runner(1);
    runner.run(plan, blobs);
    if (runner.bytes() != run_directly(plan, blobs)) {
        state.SkipWithError("the graph gives other bytes");
        return;
    }
    // CPU time of all threads: what a busy neighbour takes is not the graph's.
    double direct = 0, through = 0;
    for (auto _ : state) {
        const double start = cpu_nanoseconds();
        benchmark::DoNotOptimize(run_directly(plan, blobs));
        const double middle = cpu_nanoseconds();
        runner.run(plan, blobs);
        direct += middle - start;
        through += cpu_nanoseconds() - middle;
    }
    const double products = static_cast<double>(total) * static_cast<double>(state.iterations());
    state.counters["direct_ns"] = direct / products;
    state.counters["graph_ns"] = through / products;
    state.counters["overhead_ns"] = (through - direct) / products;
}
BENCHMARK(graph_overhead)->Arg(16)->Arg(64)->Arg(256)->Unit(benchmark::kMillisecond)->UseRealTime();

// Parse and all analyzers, eight comparables a product.
void full_analysis(benchmark::State& state) {
    const auto plan = full_plan();
    const std::size_t total = smoke() ? 256 : 20'000;
    const auto blobs = chunks_of(static_cast<std::size_t>(state.range(1)), total, false);
    Runner runner(static_cast<int>(state.range(0)));
    runner.run(plan, blobs);
    if (runner.bytes() != run_directly(plan, blobs) ||
        runner.products() != static_cast<std::int64_t>(total)) {
        state.SkipWithError("the graph gives other bytes");
        return;
    }
    for (auto _ : state)
        runner.run(plan, blobs);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(total));
}
BENCHMARK(full_analysis)
    ->ArgsProduct({{1, 2}, {16, 32, 64, 128, 256, 512}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace assay

BENCHMARK_MAIN();
