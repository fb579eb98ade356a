// How many rows a second the store makes durable, by jobs in a commit.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <latch>
#include <memory>
#include <string>

#include "engine/base/clock.hpp"
#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"

namespace assay::engine {
namespace {

constexpr std::array schema{
    Migration{"bench", 1, "CREATE TABLE row(number INTEGER PRIMARY KEY, body BLOB NOT NULL)"}};

// ASSAY_BENCH_DIR chooses the disk; /tmp may be memory, and then the figures say nothing.
class Store {
  public:
    Store() {
        const char* const chosen = std::getenv("ASSAY_BENCH_DIR");
        const std::filesystem::path parent = chosen != nullptr
                                                 ? std::filesystem::path(chosen)
                                                 : std::filesystem::temp_directory_path();
        std::string pattern = (parent / "assay-bench-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) std::abort();
        directory_ = pattern;
        auto opened = Database::open({directory_, false, {}}, schema);
        if (!opened) std::abort();
        database_ = *std::move(opened);
        writer_ = std::make_unique<Writer>(*database_, clock_);
    }
    ~Store() {
        writer_.reset();
        database_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    // `jobs` rows of 1 KB, submitted at once and waited for together.
    void write(int jobs) {
        std::latch answered(jobs);
        for (int i = 0; i < jobs; ++i) {
            const auto queued = writer_->submit(
                [this](Tx& tx) {
                    return tx->prepare("INSERT INTO row(body) VALUES(?1)")
                        .bind_blob(1, body_)
                        .run();
                },
                [&answered](const Result<void>& outcome) {
                    if (!outcome) std::abort();
                    answered.count_down();
                });
            if (!queued) std::abort();
        }
        answered.wait();
    }

    std::int64_t rows() {
        auto lease = database_->read();
        if (!lease) std::abort();
        Statement query = (*lease)->prepare("SELECT count(*) FROM row");
        return query.step() ? query.integer(0) : -1;
    }

  private:
    const std::string body_ = std::string(1'024, 'x');
    std::filesystem::path directory_;
    SystemClock clock_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Writer> writer_;
};

void store_rows(benchmark::State& state) {
    const int jobs = static_cast<int>(state.range(0));
    Store store;
    store.write(jobs);
    if (store.rows() != jobs) {
        state.SkipWithError("rows are missing");
        return;
    }
    for (auto _ : state)
        store.write(jobs);
    state.SetItemsProcessed(state.iterations() * jobs);
}
BENCHMARK(store_rows)->Arg(1)->Arg(500)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace assay::engine

BENCHMARK_MAIN();
