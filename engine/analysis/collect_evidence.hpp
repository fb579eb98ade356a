// Evidence: one line for every number of an analysis that rests on a source, a rule or a guess.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/analysis/analysis.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// Fills `out` from what the analyzers found. Parts that did not run leave no evidence.
void collect_evidence(const Product& product, const Analysis& analysis, const Tables& tables,
                      EvidenceList& out);

}  // namespace assay::engine
