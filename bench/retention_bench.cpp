// How long clean-up holds the writer at most, and how fast a batch of 100,000 products goes.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/batch/chunk.hpp"
#include "engine/batch_store/batch_store.hpp"
#include "notify/notify_store/notify_store.hpp"
#include "tools/retention/retention.hpp"

namespace assay::tools {
namespace {

namespace store = engine::batch_store;

constexpr std::int64_t products_per_chunk = 64;

template <class Value>
Value must(Result<Value> result) {
    if (!result) std::abort();
    if constexpr (!std::is_void_v<Value>) return *std::move(result);
}

// ASSAY_BENCH_DIR chooses the disk; /tmp may be memory, and then the figures say nothing.
class Store {
  public:
    Store() {
        const char* const chosen = std::getenv("ASSAY_BENCH_DIR");
        std::string pattern = ((chosen != nullptr ? std::filesystem::path(chosen)
                                                  : std::filesystem::temp_directory_path()) /
                               "assay-bench-XXXXXX")
                                  .string();
        if (::mkdtemp(pattern.data()) == nullptr) std::abort();
        directory_ = pattern;
        std::vector<engine::Migration> schema;
        for (const auto module : {store::migrations(), notify::notify_store::migrations()})
            schema.insert(schema.end(), module.begin(), module.end());
        database_ = must(engine::Database::open({directory_, false, {}}, schema));
        writer_ = std::make_unique<engine::Writer>(*database_, clock_);
    }
    ~Store() {
        writer_.reset();
        database_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    // A deleted batch: 1.9 KB of input and 2 KB of result a product, as with 8 comparables each.
    void make_deleted_batch(std::int64_t chunks) {
        store::BatchRow row;
        row.id = BatchId(make_uuid(random_));
        row.tenant = TenantId("default");
        row.created_at = clock_.now();
        run([&](engine::Tx& tx) { return store::insert_batch(tx, row); });
        const std::string input = chunk_of_products(), lines = lines_of_products();
        std::vector<store::ChunkRef> refs;
        for (std::int64_t number = 0; number < chunks; ++number) {
            const std::int64_t first = number * products_per_chunk;
            run([&](engine::Tx& tx) {
                return store::append_chunk(tx, {row.id, number, first, products_per_chunk, input});
            });
            refs.push_back({row.id, number, first, products_per_chunk, 0});
        }
        store::Seal seal;
        seal.batch = row.id;
        seal.total = chunks * products_per_chunk;
        seal.now = clock_.now();
        run([&](engine::Tx& tx) { return store::seal_batch(tx, seal, random_); });
        run([&](engine::Tx& tx) -> Result<void> {
            refs = must(store::claim_chunks(tx, refs, clock_.now(), random_));
            return {};
        });
        for (const store::ChunkRef& chunk : refs) {
            store::ChunkResults results;
            results.chunk = chunk;
            results.results = lines;
            results.completed = products_per_chunk;
            run([&](engine::Tx& tx) -> Result<void> {
                must(store::settle_chunk(tx, results, clock_.now(), random_,
                                         [] { return std::string("{}"); }));
                return {};
            });
        }
        run([&](engine::Tx& tx) {
            return store::delete_batch(tx, row.tenant, row.id, clock_.now());
        });
    }

    RetentionReport clean_up() {
        Retention retention(*database_, *writer_, clock_);
        return must(retention.run_once());
    }
    std::int64_t rows() {
        auto db = must(database_->read());
        auto query = db->prepare(
            "SELECT (SELECT count(*) FROM chunk)+(SELECT count(*) FROM chunk_input)"
            "+(SELECT count(*) FROM chunk_result)");
        must(query.step());
        return query.integer(0);
    }

  private:
    void run(const engine::Writer::Job& job) { must(writer_->run(job)); }

    static std::string chunk_of_products() {
        engine::ChunkBuilder builder;
        const std::string json = "{\"title\":\"" + std::string(1'880, 't') + "\"}";
        for (std::int64_t i = 0; i < products_per_chunk; ++i) {
            const std::string id = "p" + std::to_string(i);
            engine::IntakeItem item;
            item.index = static_cast<std::uint64_t>(i);
            item.product_id = id;
            item.json = json;
            builder.append(item);
        }
        return builder.take();
    }
    static std::string lines_of_products() {
        std::string lines;
        for (std::int64_t i = 0; i < products_per_chunk; ++i)
            lines += "{\"result\":\"" + std::string(1'980, 'r') + "\"}\n";
        return lines;
    }

    SystemClock clock_;
    SystemRandom random_;
    std::filesystem::path directory_;
    std::unique_ptr<engine::Database> database_;
    std::unique_ptr<engine::Writer> writer_;
};

void delete_batch(benchmark::State& state) {
    const bool smoke = std::getenv("ASSAY_BENCH_SMOKE") != nullptr;
    const std::int64_t chunks = smoke ? 20 : 100'000 / products_per_chunk;
    double longest_us = 0;
    double jobs = 0;
    for (auto _ : state) {
        state.PauseTiming();
        auto store = std::make_unique<Store>();
        store->make_deleted_batch(chunks);
        state.ResumeTiming();
        const RetentionReport report = store->clean_up();
        state.PauseTiming();
        if (store->rows() != 0) return state.SkipWithError("rows are left");
        const auto held = std::chrono::duration<double, std::micro>(report.longest_job).count();
        longest_us = std::max(longest_us, held);
        jobs = static_cast<double>(report.jobs);
        store.reset();
        state.ResumeTiming();
    }
    state.counters["longest_job_us"] = longest_us;
    state.counters["jobs"] = jobs;
    state.SetItemsProcessed(state.iterations() * chunks * products_per_chunk);
}
BENCHMARK(delete_batch)->Unit(benchmark::kMillisecond)->Iterations(3);

}  // namespace
}  // namespace assay::tools

BENCHMARK_MAIN();
