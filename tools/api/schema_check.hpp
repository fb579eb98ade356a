// Holds published events against a JSON Schema (draft 7). Private to the module.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "engine/base/result.hpp"

namespace assay::tools {

// Whether a text is a schema that events may be held against. What could take long or lead outside
// is refused by name: $ref and its kin, pattern and patternProperties, uniqueItems. Errors:
// invalid_argument, with the place as a JSON pointer.
Result<void> check_schema(std::string_view schema);

// `data` is a JSON object. Errors: invalid_input, naming the place in the data and the rule that it
// breaks; internal, when `schema` is none that check_schema() lets pass.
Result<void> hold_against(std::string_view schema, std::string_view data);

}  // namespace assay::tools
