// How fast bytes become typed products: NDJSON with eight comparables a product, and CSV; all
// checks on. Peer figures and how to run: README.md.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

#include "engine/batch/chunk.hpp"
#include "engine/batch/intake.hpp"
#include "engine/batch/product_parser.hpp"
#include "tools/manifest_generator/manifest_generator.hpp"

namespace {

std::atomic<std::uint64_t> allocations{0};

}  // namespace

// Every allocation of this program is counted.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"  // g++ 12 sees through one half only
void* operator new(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace assay {
namespace {

using engine::InputFormat;
using engine::IntakeOptions;

std::uint64_t row_count() {
    return std::getenv("ASSAY_BENCH_SMOKE") != nullptr ? 200 : 20'000;
}

const std::string& ndjson() {
    static const std::string text = [] {
        tools::ManifestGenerator generator({});
        std::string made;
        for (std::uint64_t i = 0; i < row_count(); ++i)
            generator.append_ndjson(i, made);
        return made;
    }();
    return text;
}

const std::string& csv() {
    static const std::string text = [] {
        tools::ManifestGenerator generator({});
        std::string made;
        tools::ManifestGenerator::append_csv_header(made);
        for (std::uint64_t i = 0; i < row_count(); ++i)
            generator.append_csv(i, made);
        return made;
    }();
    return text;
}

struct Outcome {
    std::uint64_t items = 0, comparables = 0, faults = 0;
};

// Intake into chunks, and each chunk's items through the parser: the road of a batch without its
// store.
Outcome run(InputFormat format, std::string_view text, bool parse, engine::ProductParser& parser,
            engine::Product& product) {
    Outcome outcome;
    engine::ChunkBuilder builder;
    const auto visit = [&](const engine::ChunkItem& item) {
        ++outcome.items;
        if (!parse) return;
        if (item.fault ||
            parser.parse(item.json, item.product_id, engine::MoneyUnit::minor, product))
            ++outcome.faults;
        outcome.comparables += product.comparables.size();
    };
    IntakeOptions options;
    options.format = format;
    engine::Intake intake(options, [&](const engine::IntakeItem& item) -> Result<void> {
        builder.append(item);
        if (!builder.full()) return {};
        return engine::for_each_item(builder.take(), visit);
    });
    constexpr std::size_t piece = 64 * 1024;  // as a socket delivers it
    bool ok = true;
    for (std::size_t at = 0; at < text.size() && ok; at += piece)
        ok = intake.feed(text.substr(at, piece)).has_value();
    ok = ok && intake.finish().has_value();
    ok = ok && engine::for_each_item(builder.take(), visit).has_value();
    if (!ok) outcome.items = 0;
    return outcome;
}

void verify(bool right, const char* what) {
    if (right) return;
    std::fprintf(stderr, "the benchmark's result is wrong: %s\n", what);
    std::exit(1);
}

void bench(benchmark::State& state, InputFormat format, const std::string& text, bool parse) {
    engine::ProductParser parser;
    engine::Product product;
    const Outcome first = run(format, text, parse, parser, product);
    verify(first.items == row_count(), "not every row became an item");
    verify(first.faults == 0, "a generated product failed");
    verify(!parse || format == InputFormat::csv || first.comparables > 7 * row_count() * 9 / 10,
           "comparables are missing");
    for (auto _ : state)
        benchmark::DoNotOptimize(run(format, text, parse, parser, product));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(row_count()));
}

void ndjson_to_chunks(benchmark::State& state) {
    bench(state, InputFormat::ndjson, ndjson(), false);
}
void ndjson_to_products(benchmark::State& state) {
    bench(state, InputFormat::ndjson, ndjson(), true);
}
void csv_to_chunks(benchmark::State& state) {
    bench(state, InputFormat::csv, csv(), false);
}
void csv_to_products(benchmark::State& state) {
    bench(state, InputFormat::csv, csv(), true);
}

// The parser alone, and what it allocates once it is warm.
void parse_products(benchmark::State& state) {
    engine::ProductParser parser;
    engine::Product product;
    const std::string& text = ndjson();
    const auto parse_all = [&] {
        std::uint64_t faults = 0;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find('\n', at);
            const std::string_view line = std::string_view(text).substr(at, end - at);
            if (parser.parse(line, "id", engine::MoneyUnit::minor, product)) ++faults;
            at = end + 1;
        }
        return faults;
    };
    verify(parse_all() == 0, "a generated product failed");
    const std::uint64_t before = allocations.load();
    for (auto _ : state)
        benchmark::DoNotOptimize(parse_all());
    const std::uint64_t made = allocations.load() - before;
    const std::int64_t products = state.iterations() * static_cast<std::int64_t>(row_count());
    state.counters["allocs/product"] = static_cast<double>(made) / static_cast<double>(products);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
    state.SetItemsProcessed(products);
}

// The peer: simdjson's DOM alone, which neither reads a field nor refuses a key named twice.
void peer_simdjson_dom(benchmark::State& state) {
    simdjson::dom::parser parser;
    const simdjson::padded_string text(ndjson());
    std::uint64_t products = 0;
    for (auto _ : state) {
        const std::string_view all = text;
        for (std::size_t at = 0; at < all.size();) {
            const std::size_t end = all.find('\n', at);
            simdjson::dom::element root;
            if (parser.parse(all.data() + at, end - at, false).get(root) == simdjson::SUCCESS)
                ++products;
            at = end + 1;
        }
    }
    verify(products == static_cast<std::uint64_t>(state.iterations()) * row_count(), "the peer");
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
    state.SetItemsProcessed(static_cast<std::int64_t>(products));
}

void generate_ndjson(benchmark::State& state) {
    tools::ManifestGenerator generator({});
    std::string out;
    std::uint64_t index = 0, bytes = 0;
    for (auto _ : state) {
        out.clear();
        for (int i = 0; i < 1'000; ++i)
            generator.append_ndjson(index++, out);
        bytes += out.size();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
    state.SetItemsProcessed(static_cast<std::int64_t>(index));
}

BENCHMARK(ndjson_to_chunks);
BENCHMARK(ndjson_to_products);
BENCHMARK(parse_products);
BENCHMARK(peer_simdjson_dom);
BENCHMARK(csv_to_chunks);
BENCHMARK(csv_to_products);
BENCHMARK(generate_ndjson);

}  // namespace
}  // namespace assay

BENCHMARK_MAIN();
