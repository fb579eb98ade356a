// A product with sold comparables, and verbs that add some and price it.
// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include "engine/analysis/price.hpp"

namespace assay::testing {

class PriceTest : public ::testing::Test {
  protected:
    void SetUp() override {
        product.currency = *Currency::parse("EUR");
        product.title = "Sony WH-1000XM4 headphones";
        identity.valid = true;
    }

    engine::Comparable& sold(MinorUnits amount, double days_ago = 0) {
        engine::Comparable comparable;
        comparable.price = amount;
        comparable.sold_at = as_of - std::chrono::milliseconds(std::llround(days_ago * 86'400'000));
        names.push_back("c" + std::to_string(names.size()));
        comparable.id = names.back();
        product.comparables.push_back(comparable);
        return product.comparables.back();
    }

    // Log-normal amounts around 100.00 whose 1.4826 MAD is `spread`, at even steps over `days`.
    void sold_evenly(int count, double spread, double days) {
        for (int i = 0; i < count; ++i) {
            // Distances -1 .. 1 of equal steps have their median at half.
            const double u = count == 1 ? 0 : 2.0 * i / (count - 1) - 1;
            const double log_distance = u * spread / 1.4826 * 2;
            const int turn = (i * 7) % count;  // age and price unrelated
            sold(std::llround(10'000 * std::exp(log_distance)), days * (turn + 0.5) / count);
        }
    }

    const engine::Price& estimate() {
        engine::estimate_price(product, identity, attributes, *tables, as_of, scratch, price);
        return price;
    }
    std::int64_t left_out(engine::LeftOut reason) const {
        return price.left_out[static_cast<std::size_t>(reason)];
    }

    std::shared_ptr<const engine::Tables> tables = *engine::load_tables();
    TimePoint as_of = *parse_time("2026-05-25T10:30:00Z");
    engine::Product product;
    engine::Identity identity;
    engine::Attributes attributes;
    engine::PriceScratch scratch;
    engine::Price price;
    std::deque<std::string> names;
};

}  // namespace assay::testing
