// What identity, attributes, price and demand cost a product with eight comparables.
// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

#include "engine/analysis/attributes.hpp"
#include "engine/analysis/demand.hpp"
#include "engine/analysis/identity.hpp"
#include "engine/analysis/price.hpp"

namespace assay::engine {
namespace {

// 256 products, so that branches are not learnt by heart: titles of 50 to 80 characters, valid
// identifiers, comparables of all ages with one bundle price in four products.
struct World {
    std::shared_ptr<const Tables> tables;
    TimePoint as_of;
    std::deque<std::string> texts;
    std::vector<Product> products;

    explicit World(int comparables, bool titled) {
        auto loaded = load_tables();
        auto now = parse_time("2026-05-25T10:30:00Z");
        if (!loaded || !now) std::abort();
        tables = *loaded;
        as_of = *now;
        for (int i = 0; i < 256; ++i)
            products.push_back(make(i, comparables, titled));
    }

    double draw() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t mixed = (state_ ^ (state_ >> 30)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
        return static_cast<double>((mixed ^ (mixed >> 31)) >> 11) / 9007199254740992.0;
    }
    std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }

    std::string_view title() {
        static constexpr const char* brands[] = {"Sony", "Bosch", "Nintendo", "LEGO", "Philips"};
        static constexpr const char* things[] = {
            "wireless noise cancelling headphones", "cordless drill driver with charger",
            "Switch console neon red blue", "City police station building kit",
            "electric shaver series wet and dry"};
        static constexpr const char* ends[] = {"", ", gebraucht, mit OVP", " open box", " 2 pack",
                                               " good condition"};
        const auto pick = [&](const auto& list) {
            return std::string(list[std::size_t(draw() * 5)]);
        };
        return keep(pick(brands) + " " + pick(things) + " WH-" +
                    std::to_string(1000 + int(draw() * 9000)) + pick(ends));
    }

    Product make(int index, int comparables, bool titled) {
        Product product;
        product.title = title();
        product.currency = *Currency::parse("EUR");
        product.msrp = 5'000 + int(draw() * 20'000);
        product.category = "Electronics > Headphones";
        std::string gtin = "400638133" + std::to_string(100 + index);
        product.identifiers.gtin = keep(gtin + gs1_check_digit(gtin));
        product.identifiers.asin = keep("B0" + std::to_string(10'000'000 + index));
        product.market.sold_count = index % 20;
        product.market.active_listings = 30;
        for (int i = 0; i < comparables; ++i) {
            Comparable comparable;
            comparable.price = std::llround(4'000 * std::exp(0.5 * (draw() - 0.5)));
            if (i == 3 && index % 4 == 0) comparable.price *= 8;
            comparable.sold_at = as_of - std::chrono::minutes(int(draw() * 80 * 1440));
            comparable.condition = static_cast<Condition>(int(draw() * 12));
            comparable.match = 0.6 + 0.4 * draw();
            comparable.id = keep("comparable-" + std::to_string(i));
            if (titled) comparable.title = title();
            product.comparables.push_back(comparable);
        }
        return product;
    }

  private:
    std::uint64_t state_ = 7;
};

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "wrong result: %s\n", what);
    std::abort();
}

void identity_stage(benchmark::State& state) {
    const World world(0, false);
    Identity identity;
    identify(world.products[0], identity);
    require(identity.valid && identity.gtin14.size() == 14 && identity.conflicts.empty(), "gtin");
    std::size_t at = 0;
    for (auto _ : state) {
        identify(world.products[at++ % world.products.size()], identity);
        benchmark::DoNotOptimize(identity.valid);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(identity_stage);

void attributes_stage(benchmark::State& state) {
    const World world(0, false);
    Attributes attributes;
    std::size_t at = 0;
    for (auto _ : state) {
        read_attributes(world.products[at++ % world.products.size()], *world.tables, attributes);
        benchmark::DoNotOptimize(attributes.lot_quantity);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(attributes_stage);

// Arguments: comparables; whether they have titles, which are then read here (and only here).
void price_stage(benchmark::State& state) {
    const World world(static_cast<int>(state.range(0)), state.range(1) != 0);
    Identity identity;
    identity.valid = true;
    Attributes attributes;
    PriceScratch scratch;
    Price price;
    estimate_price(world.products[0], identity, attributes, *world.tables, world.as_of, scratch,
                   price);
    require(price.n_used > 0 && price.p10 < price.p50 && price.p50 < price.p90, "price");
    std::size_t at = 0;
    for (auto _ : state) {
        estimate_price(world.products[at++ % world.products.size()], identity, attributes,
                       *world.tables, world.as_of, scratch, price);
        benchmark::DoNotOptimize(price.p50);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(price_stage)->Args({8, 0})->Args({8, 1})->Args({3, 0})->Args({40, 0})->Args({500, 0});

void demand_stage(benchmark::State& state) {
    const World world(0, false);
    Demand demand;
    std::size_t at = 0;
    for (auto _ : state) {
        const Product& product = world.products[at++ % world.products.size()];
        estimate_demand(product, product.comparables, product.condition, Price{}, *world.tables,
                        world.as_of, std::nullopt, demand);
        benchmark::DoNotOptimize(demand.p_sold_90);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(demand_stage);

}  // namespace
}  // namespace assay::engine

BENCHMARK_MAIN();
