// Verdict: ordered gates over what the other analyzers found; every gate leaves a reason.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/analysis/demand.hpp"
#include "engine/analysis/duplicates.hpp"
#include "engine/analysis/evidence.hpp"
#include "engine/analysis/price.hpp"
#include "engine/analysis/profit.hpp"
#include "engine/analysis/risk.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

enum class Decision : std::uint8_t { buy, review, pass, avoid, insufficient_data };
inline constexpr std::size_t decision_count = 5;
std::string_view to_string(Decision decision) noexcept;

// What one gate compared: a value with the least (or the most) that passes.
struct GateCheck {
    enum class Unit : std::uint8_t { plain, money };  // money: minor units
    std::string_view name;                            // roi_p50
    double value = 0, limit = 0;
    Unit unit = Unit::plain;
    bool at_most = false;
    bool own_limit = false;  // of the product's overrides, not of the defaults
};

struct Verdict {
    Decision decision = Decision::insufficient_data;
    int score = 0;                          // 0..100
    std::vector<std::string_view> reasons;  // roi_ok, price_confidence_low, demand_unknown ...
    std::vector<std::string_view> missing;  // unit_cost, comparables ...

    // In the order of the gates; those without their input compared nothing.
    std::array<GateCheck, 8> checks{};
    std::size_t checked = 0;

    void clear();
};

void judge(const Product& product, const Duplicates& duplicates, const Price& price,
           const Demand& demand, const Profit& profit, const Risks& risks, const Tables& tables,
           Verdict& out);

// One entry: what each gate compared with what.
void explain_verdict(const Verdict& verdict, const Currency& currency, EvidenceList& out);

}  // namespace assay::engine
