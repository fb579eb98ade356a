// An error as JSON tells it wherever it is told: in problems, reports and dry runs.
// SPDX-License-Identifier: MIT
#pragma once

#include "engine/base/error.hpp"
#include "engine/base/json_writer.hpp"

namespace assay {

// "param"?, "line"?, "remedy"?: where it is and how to mend it, of what is known.
void write_error_place(JsonWriter& writer, const Error& error);
// "code", "message" and those.
void write_error_members(JsonWriter& writer, const Error& error);
// The object of all of them.
void write_error(JsonWriter& writer, const Error& error);

}  // namespace assay
