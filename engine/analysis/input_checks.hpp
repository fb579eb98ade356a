// What only the tables and the time of a batch can tell of an input: dates to come, unknown names.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "engine/analysis/evidence.hpp"
#include "engine/analysis/tables.hpp"
#include "engine/base/clock.hpp"
#include "engine/batch/product.hpp"

namespace assay::engine {

// Adds evidence for what the analyzers cannot use, with the field as a JSON pointer and how to mend
// it; of a list the first entry and how many. `analyzers`: the names there are. Pure; allocates
// only where there is something to say.
void check_input(const Product& product, const Tables& tables,
                 std::span<const std::string_view> analyzers, TimePoint as_of, EvidenceList& out);

}  // namespace assay::engine
