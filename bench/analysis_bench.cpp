// What one product costs: the whole plan with eight comparables, each analyzer alone, and a lot.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/support/allocations.hpp"
#include "engine/analysis/analysis_plan.hpp"
#include "engine/batch/product_parser.hpp"

namespace {

using namespace assay;
using namespace assay::engine;

constexpr std::string_view product_json =
    R"({"title":"Nintendo Mario Kart Wii game with wheel, good condition","brand":"Nintendo",)"
    R"("identifiers":{"upc":"045496901332"},"condition":"good","currency":"USD",)"
    R"("unit_cost":"15.00","msrp":"49.99","weight_g":180,"category":"Video Games > Games",)"
    R"("market":{"sold_count":40,"active_listings":60,"competing_offers":3},"comparables":[)"
    R"({"id":"1","title":"Mario Kart Wii","price":"42.00",)"
    R"("sold_at":"2026-05-20","condition":"good"},)"
    R"({"id":"2","title":"Mario Kart Wii","price":"41.50",)"
    R"("sold_at":"2026-05-18","condition":"good"},)"
    R"({"id":"3","title":"Mario Kart Wii","price":"43.90",)"
    R"("sold_at":"2026-05-12","condition":"new"},)"
    R"({"id":"4","title":"Mario Kart Wii","price":"39.99",)"
    R"("sold_at":"2026-05-10","condition":"good"},)"
    R"({"id":"5","title":"Mario Kart Wii","price":"44.00",)"
    R"("sold_at":"2026-05-09","condition":"good"},)"
    R"({"id":"6","title":"Mario Kart Wii","price":"42.30",)"
    R"("sold_at":"2026-05-08","condition":"good"},)"
    R"({"id":"7","title":"Mario Kart Wii","price":"326.51",)"
    R"("sold_at":"2026-05-07","condition":"good"},)"
    R"({"id":"8","title":"Mario Kart Wii","price":"41.00",)"
    R"("sold_at":"2026-05-02","condition":"good"}]})";

struct Setup {
    std::shared_ptr<const Tables> tables = *load_tables();
    ProductParser parser;
    Product product;
    Workspace workspace;
    TimePoint as_of = *parse_time("2026-05-25T10:30:00Z");
    std::string out;

    Setup() {
        if (parser.parse(product_json, "p", MoneyUnit::minor, product)) std::abort();
    }
    AnalysisPlan plan(const std::vector<std::string>& only) {
        auto made = AnalysisPlan::make(only, tables);
        if (!made) std::abort();
        return *std::move(made);
    }
};

// The answer first: a fast wrong one is worth nothing.
void verify() {
    Setup setup;
    const ProductOutcome outcome =
        setup.plan({}).run(setup.product, 0, product_json, setup.as_of, setup.workspace, setup.out);
    const Price& price = setup.workspace.analysis.price;
    if (!outcome.completed || price.n != 8 || price.p50 < 3'500 || price.p50 > 4'800 ||
        setup.workspace.analysis.profit.used != 2) {  // ebay_us and amazon_us
        std::fprintf(stderr, "analysis_bench: wrong answer: %s\n", setup.out.c_str());
        std::abort();
    }
}

void analyse(benchmark::State& state, const std::vector<std::string>& only) {
    Setup setup;
    const AnalysisPlan plan = setup.plan(only);
    const auto once = [&] {
        setup.out.clear();
        return plan.run(setup.product, 0, product_json, setup.as_of, setup.workspace, setup.out);
    };
    once();
    const std::uint64_t before = bench::allocations();
    for (auto _ : state)
        benchmark::DoNotOptimize(once());
    state.SetItemsProcessed(state.iterations());
    state.counters["allocations"] = static_cast<double>(bench::allocations() - before) /
                                    static_cast<double>(state.iterations());
    state.counters["bytes"] = static_cast<double>(setup.out.size());
}

void parse_and_analyse(benchmark::State& state) {
    Setup setup;
    const AnalysisPlan plan = setup.plan({});
    for (auto _ : state) {
        setup.out.clear();
        if (setup.parser.parse(product_json, "p", MoneyUnit::minor, setup.product)) std::abort();
        plan.run(setup.product, 0, product_json, setup.as_of, setup.workspace, setup.out);
    }
    state.SetItemsProcessed(state.iterations());
}

void value_a_lot(benchmark::State& state) {
    const auto tables = *load_tables();
    std::vector<LotLine> lines(static_cast<std::size_t>(state.range(0)));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const double turn = static_cast<double>(i % 97) / 97;
        lines[i] = {i,
                    7.0 + 2.5 * turn,
                    0.2 + 0.4 * turn,
                    0.11,
                    594,
                    4'000,
                    static_cast<std::uint32_t>(1 + i % 3),
                    LotBasis::recovery,
                    {'E', 'U', 'R'}};
    }
    for (auto _ : state)
        benchmark::DoNotOptimize(value_lot(lines, LotTerms{}, *tables));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

}  // namespace

int main(int argc, char** argv) {
    verify();
    benchmark::RegisterBenchmark("whole_plan", [](auto& state) { analyse(state, {}); });
    for (const std::string_view name : analyzer_names()) {
        benchmark::RegisterBenchmark(("only_" + std::string(name)).c_str(),
                                     [=](auto& state) { analyse(state, {std::string(name)}); });
    }
    benchmark::RegisterBenchmark("parse_and_whole_plan", parse_and_analyse);
    benchmark::RegisterBenchmark("lot", value_a_lot)
        ->Arg(15)
        ->Arg(2'000)
        ->Arg(100'000)
        ->Unit(benchmark::kMillisecond);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
