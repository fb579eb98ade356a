// The worked example: fifteen lines of a European lot, as figures.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/engine/analysis/fixtures.hpp"

namespace assay::testing {

struct ManifestLine {
    std::string_view category;
    std::int64_t quantity, unit_retail, grams;
};

inline constexpr ManifestLine worked_example[] = {
    {"Home Improvement", 1, 12'999, 2'400}, {"Home & Garden", 1, 49'900, 38'000},
    {"Electronics", 2, 15'900, 350},        {"Kitchen", 3, 2'999, 1'500},
    {"Home Improvement", 1, 5'490, 4'200},  {"Toys", 2, 7'999, 2'200},
    {"Electronics", 1, 19'999, 520},        {"Sports", 1, 22'900, 24'000},
    {"Home & Garden", 1, 27'900, 3'100},    {"Kitchen", 2, 8'999, 7'800},
    {"Electronics", 1, 23'900, 5'600},      {"Baby", 1, 18'900, 7'200},
    {"Home Improvement", 4, 3'999, 1'800},  {"Pet Supplies", 2, 4'999, 4'400},
    {"Electronics", 1, 17'900, 600},
};

inline engine::LotLine lot_line(const ManifestLine& figures, std::uint64_t index) {
    engine::Product product;
    product.product_id = "p";
    product.category = figures.category;
    product.quantity = figures.quantity;
    product.msrp = figures.unit_retail;
    product.weight_grams = figures.grams;
    product.currency = *Currency::parse("EUR");
    engine::Price price;
    price.basis = engine::PriceBasis::category_prior;
    price.currency = product.currency;
    return engine::make_lot_line(product, index, {}, price, official_tables(), day("2026-06-01"));
}

inline std::vector<engine::LotLine> worked_lines() {
    std::vector<engine::LotLine> lines;
    for (const ManifestLine& figures : worked_example)
        lines.push_back(lot_line(figures, lines.size()));
    return lines;
}

inline engine::LotTerms worked_terms() {
    engine::LotTerms terms;
    terms.freight = 6'000;
    terms.premium = 50'000;
    return terms;
}

}  // namespace assay::testing
