// Verdict: ordered gates over what the other analyzers found; every gate leaves a reason.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/analysis/demand.hpp"
#include "engine/analysis/duplicates.hpp"
#include "engine/analysis/price.hpp"
#include "engine/analysis/profit.hpp"
#include "engine/analysis/risk.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

enum class Decision : std::uint8_t { buy, review, pass, avoid, insufficient_data };
inline constexpr std::size_t decision_count = 5;
std::string_view to_string(Decision decision) noexcept;

struct Verdict {
    Decision decision = Decision::insufficient_data;
    int score = 0;                          // 0..100
    std::vector<std::string_view> reasons;  // roi_ok, price_confidence_low, demand_unknown ...
    std::vector<std::string_view> missing;  // unit_cost, comparables ...

    void clear();
};

void judge(const Product& product, const Duplicates& duplicates, const Price& price,
           const Demand& demand, const Profit& profit, const Risks& risks, const Tables& tables,
           Verdict& out);

}  // namespace assay::engine
