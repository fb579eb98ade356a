// The report of an intake as JSON: what was understood of a file, for scripts and for dry runs.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/base/json_writer.hpp"
#include "engine/batch/intake.hpp"

namespace assay::engine {

// One object: products, fault_count, faults (the first), encoding, remarks; of a table also
// delimiter, header_line (null: none), decimal_separator, currencies, dropped, columns and
// unmapped.
void write_report(JsonWriter& writer, const IntakeReport& report);

}  // namespace assay::engine
