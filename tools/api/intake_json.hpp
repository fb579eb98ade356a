// What intake understood of a submission, as JSON. Private to the module.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "engine/base/json_writer.hpp"
#include "engine/batch/intake.hpp"

namespace assay::tools {

// Further members of a refusal: how many faults, and the first hundred of them.
std::string faults_member(const engine::IntakeReport& report);

// The answer to a dry run: counts, how the bytes were read, what each column was understood as, the
// faults, and what would refuse the submission as a whole.
void write_dry_run(JsonWriter& writer, const engine::IntakeReport& report,
                   engine::InputFormat format, const std::optional<Error>& refusal);

}  // namespace assay::tools
