// One order of members for all.
// SPDX-License-Identifier: MIT
#include "engine/base/error_json.hpp"

namespace assay {

void write_error_place(JsonWriter& writer, const Error& error) {
    if (!error.field.empty()) writer.member("param", error.field);
    if (error.line) writer.member("line", static_cast<std::int64_t>(*error.line));
    if (!error.remedy.empty()) writer.member("remedy", error.remedy);
}

void write_error_members(JsonWriter& writer, const Error& error) {
    writer.member("code", to_string(error.code)).member("message", error.message);
    write_error_place(writer, error);
}

void write_error(JsonWriter& writer, const Error& error) {
    writer.begin_object();
    write_error_members(writer, error);
    writer.end_object();
}

}  // namespace assay
