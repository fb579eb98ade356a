// The analysis of one product: the parts that the analyzers fill.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/analysis/attributes.hpp"
#include "engine/analysis/comparable_source.hpp"
#include "engine/analysis/demand.hpp"
#include "engine/analysis/duplicates.hpp"
#include "engine/analysis/evidence.hpp"
#include "engine/analysis/identity.hpp"
#include "engine/analysis/listing.hpp"
#include "engine/analysis/lot.hpp"
#include "engine/analysis/price.hpp"
#include "engine/analysis/profit.hpp"
#include "engine/analysis/risk.hpp"
#include "engine/analysis/verdict.hpp"

namespace assay::engine {

// Parts that were not asked for stay cleared and are not rendered. Reused from product to product.
struct Analysis {
    Identity identity;
    Attributes attributes;
    Duplicates duplicates;
    ComparableJoin join;
    Price price;
    Demand demand;
    Profit profit;
    Risks risks;
    Listing listing;
    Verdict verdict;
    EvidenceList evidence;

    void clear();
};

}  // namespace assay::engine
