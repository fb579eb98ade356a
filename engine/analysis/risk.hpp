// Risk: what can make a good price a bad purchase, from flags, words, brands and figures.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/attributes.hpp"
#include "engine/analysis/identity.hpp"
#include "engine/analysis/price.hpp"
#include "engine/analysis/profit.hpp"
#include "engine/analysis/risk_rules.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// Texts are literals or live in the tables or the product.
struct Risk {
    std::string_view code;    // hazmat, gated_brand, oversize ...
    std::string_view reason;  // what a verdict says that rests on it: hazmat_review
    Severity severity = Severity::info;
    RiskGate gate = RiskGate::none;
    std::string_view matched;  // the word, brand or flag that gave it away

    friend bool operator==(const Risk&, const Risk&) = default;
};

struct Risks {
    std::vector<Risk> found;  // flags, then rules in the table's order, then figures

    void clear() { found.clear(); }
};

// Buffers of one thread.
struct RiskScratch {
    std::string text;
    std::vector<std::string_view> matched;  // by rule
};

// Pure but for `scratch` and `out`. A flag that the product gives wins over what its words say.
void assess_risks(const Product& product, const Identity& identity, const Attributes& attributes,
                  const Price& price, const Profit& profit, const Tables& tables,
                  RiskScratch& scratch, Risks& out);

}  // namespace assay::engine
