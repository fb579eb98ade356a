// Sold prices: how long a book of a million rows takes to load, to come back from its stored bytes,
// and what its join costs a product. Bars: under 10 s, and under 2 us.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "engine/analysis/identity.hpp"
#include "engine/batch/product_parser.hpp"
#include "engine/comps/read_comps.hpp"
#include "tools/manifest_generator/manifest_generator.hpp"

namespace assay {
namespace {

using namespace engine;

constexpr std::size_t sales_per_product = 8;

std::uint64_t product_count() {
    return std::getenv("ASSAY_BENCH_SMOKE") != nullptr ? 500 : 125'000;
}

const TimePoint as_of = tools::GeneratorOptions{}.as_of;

const std::string& csv() {
    static const std::string text = [] {
        tools::ManifestGenerator generator({});
        std::string made;
        tools::ManifestGenerator::append_comps_csv_header(made);
        for (std::uint64_t i = 0; i < product_count(); ++i)
            generator.append_comps_csv(i, sales_per_product, made);
        return made;
    }();
    return text;
}

Result<LoadedComps> load(std::string_view text) {
    CompsReader reader({});
    for (std::size_t at = 0; at < text.size(); at += limits::mebibyte) {
        if (auto fed = reader.feed(text.substr(at, limits::mebibyte)); !fed) return fed.error();
    }
    return reader.finish();
}

const LoadedComps& book() {
    static const LoadedComps loaded = [] {
        auto made = load(csv());
        if (!made) std::abort();
        return *std::move(made);
    }();
    return loaded;
}

// Products of the manifest with their identities, as price() sees them; own comparables left out.
struct Question {
    std::string json;
    ProductParser parser;
    Product product;
    Identity identity;
};
std::vector<std::unique_ptr<Question>> questions() {
    constexpr std::uint64_t asked = 4'096;
    tools::GeneratorOptions options;
    options.comparables = 0;
    tools::ManifestGenerator generator(options);
    std::vector<std::unique_ptr<Question>> made;
    for (std::uint64_t i = 0; i < asked; ++i) {
        auto question = std::make_unique<Question>();
        generator.append_ndjson(i * 2'654'435'761U % product_count(), question->json);
        question->json.pop_back();
        if (question->parser.parse(question->json, "id", MoneyUnit::minor, question->product))
            std::abort();
        identify(question->product, question->identity);
        made.push_back(std::move(question));
    }
    return made;
}

// Every good row is in the book once, and what is joined is what the rules say, row by row.
bool is_right(const LoadedComps& loaded) {
    const CompsTable& table = loaded.book->table();
    if (table.rows.size() + loaded.report.skipped + loaded.duplicates != loaded.report.rows)
        return false;
    return loaded.report.rows == product_count() * sales_per_product &&
           loaded.report.skipped * 20 < loaded.report.rows;
}

void load_book(benchmark::State& state) {
    const auto made = load(csv());
    if (!made || !is_right(*made)) return state.SkipWithError("the book is not what was written");
    for (auto step : state) {
        auto again = load(csv());
        benchmark::DoNotOptimize(again);
    }
    state.SetItemsProcessed(state.iterations() *
                            static_cast<std::int64_t>(product_count() * sales_per_product));
    state.counters["rows"] = static_cast<double>(made->book->table().rows.size());
    state.counters["bytes_per_row"] = static_cast<double>(made->book->memory_bytes()) /
                                      static_cast<double>(made->book->table().rows.size());
}
BENCHMARK(load_book)->Unit(benchmark::kSecond);

void decode_book(benchmark::State& state) {
    std::vector<std::string> pieces;
    const auto kept = encode_book(*book().book, [&](std::string_view piece) -> Result<void> {
        pieces.emplace_back(piece);
        return {};
    });
    const auto decode = [&]() -> Result<std::shared_ptr<const CompsBook>> {
        CompsDecoder decoder;
        for (const std::string& piece : pieces) {
            if (auto fed = decoder.feed(piece); !fed) return fed.error();
        }
        return decoder.finish();
    };
    const auto again = decode();
    if (!kept || !again || (*again)->table() != book().book->table())
        return state.SkipWithError("the book did not come back as it was");
    for (auto step : state)
        benchmark::DoNotOptimize(decode());
    state.SetItemsProcessed(state.iterations() *
                            static_cast<std::int64_t>(book().book->table().rows.size()));
}
BENCHMARK(decode_book)->Unit(benchmark::kMillisecond);

void join_product(benchmark::State& state) {
    const auto asked = questions();
    JoinScratch scratch;
    ComparableJoin found;
    std::int64_t joined = 0, with_rows = 0;
    for (const auto& question : asked) {
        book().book->join(question->product, question->identity, as_of, {}, scratch, found);
        joined += found.joined();
        with_rows += found.joined() > 0 ? 1 : 0;
        for (const Comparable& sale : scratch.comparables) {
            if (sale.sold_at > as_of || sale.currency != question->product.currency)
                return state.SkipWithError("a sale was joined that does not fit");
        }
    }
    if (with_rows * 10 < static_cast<std::int64_t>(asked.size()) * 9)
        return state.SkipWithError("too few products found their sales");
    std::size_t at = 0;
    for (auto step : state) {
        const Question& question = *asked[at++ % asked.size()];
        book().book->join(question.product, question.identity, as_of, {}, scratch, found);
        benchmark::DoNotOptimize(scratch.comparables.data());
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["rows_joined"] = static_cast<double>(joined) / static_cast<double>(asked.size());
}
BENCHMARK(join_product)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace assay

BENCHMARK_MAIN();
