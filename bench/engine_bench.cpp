// A batch in, completed, durable: products/s of the whole engine on a store on disk.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string>

#include "engine/batch_store/batch_store.hpp"
#include "engine/engine.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/manifest_generator/manifest_generator.hpp"

namespace assay {
namespace {

using namespace engine;

const TenantId tenant{"default"};

int product_count() {
    return std::getenv("ASSAY_BENCH_SMOKE") != nullptr ? 200 : 20'000;
}

class Bed {
  public:
    explicit Bed(int threads) {
        auto opened = Database::open({directory_.path(), false, {}}, batch_store::migrations());
        auto tables = load_tables();
        if (!opened || !tables) std::abort();
        database_ = std::move(*opened);
        writer_ = std::make_unique<Writer>(*database_, clock_);
        EngineOptions options;
        options.threads = threads;
        engine_ = std::make_unique<Engine>(*database_, *writer_, clock_, random_, *tables, options);
        if (!engine_->start()) std::abort();
    }

    // False: it did not complete whole. `accepted` gets the time until the receipt.
    bool run(const std::string& bytes, std::chrono::nanoseconds& accepted) {
        SubmitRequest request;
        request.tenant = tenant;
        const auto start = std::chrono::steady_clock::now();
        auto submission = engine_->submit(std::move(request));
        if (!submission || !(*submission)->feed(bytes)) return false;
        const auto receipt = (*submission)->finish();
        if (!receipt) return false;
        accepted += std::chrono::steady_clock::now() - start;
        std::mutex mutex;
        std::condition_variable changed;
        bool ended = false;
        const auto ear = engine_->subscribe(receipt->batch, [&](const Progress& progress) {
            if (!is_settled(progress.status)) return;
            const std::lock_guard lock(mutex);
            ended = true;
            changed.notify_one();
        });
        auto row = engine_->find(tenant, receipt->batch);
        if (!row) return false;
        if (!is_settled(row->status)) {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return ended; });
            lock.unlock();
            row = engine_->find(tenant, receipt->batch);
        }
        return row && row->status == BatchStatus::completed &&
               row->counts.settled() == product_count();
    }

  private:
    testing::TemporaryDirectory directory_;
    SystemClock clock_;
    SystemRandom random_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Writer> writer_;
    std::unique_ptr<Engine> engine_;
};

void submit_to_completed(benchmark::State& state) {
    tools::ManifestGenerator generator({});
    std::string bytes;
    for (int index = 0; index < product_count(); ++index)
        generator.append_ndjson(static_cast<std::uint64_t>(index), bytes);
    Bed bed(static_cast<int>(state.range(0)));
    std::chrono::nanoseconds accepted{0};
    for (auto _ : state) {
        if (bed.run(bytes, accepted)) continue;
        state.SkipWithError("the batch did not complete whole");
        break;
    }
    state.SetItemsProcessed(state.iterations() * product_count());
    state.counters["accept_ms"] =
        static_cast<double>(accepted.count()) / 1e6 / static_cast<double>(state.iterations());
}
BENCHMARK(submit_to_completed)
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace assay

BENCHMARK_MAIN();
