// Which of a table's amounts is which: unit or total, retail or cost, by quantity x unit. Private
// to engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/batch/column_judge.hpp"

namespace assay::engine {

// Gives columns that are only called "Price", "Total" or "Retail" their meaning, and sets right
// those whose headers are swapped.
void settle_amounts(ColumnEvidence& table);

// Columns whose headers say nothing: a quantity and amounts that fit each other; of a table without
// headers also what may be one.
void guess_amounts(ColumnEvidence& table);

}  // namespace assay::engine
