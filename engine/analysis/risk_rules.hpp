// What gives a risk away: words, brands and categories from data, and the limits of what counts.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/data_file.hpp"
#include "engine/analysis/phrase_index.hpp"
#include "engine/base/money.hpp"

namespace assay::engine {

enum class Severity : std::uint8_t { info, warning, critical };
std::string_view to_string(Severity severity) noexcept;  // "info" ...

// What a risk does to the verdict: nothing, a person must look, or hands off.
enum class RiskGate : std::uint8_t { none, review, avoid };

// Which flag of a product says yes or no where the words only guess.
enum class RiskFlag : std::uint8_t { none, hazmat, lithium, adult };

struct RiskRule {
    std::string code;    // hazmat
    std::string reason;  // what the verdict says: hazmat_review
    Severity severity = Severity::info;
    RiskGate gate = RiskGate::none;
    RiskFlag flag = RiskFlag::none;
    std::string platform;  // counts only where the best channel is one of it; empty: everywhere
};

struct RiskRules {
    std::vector<RiskRule> rules;
    PhraseIndex words, brands, categories;  // by the position of the rule
    // Beyond these a parcel is oversize; sides longest first.
    std::array<std::int64_t, 3> oversize_sides_mm{};
    std::int64_t oversize_grams = 0;
    double retail_low = 0, retail_absurd = 0;  // share of the known price
    PartsPerMillion quantity_variance = 0;
};

// From data/analysis/risks.json. Faults stay in the node's file.
RiskRules read_risk_rules(const DataNode& root);

}  // namespace assay::engine
