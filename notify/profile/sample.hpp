// A sample of every event of every catalogue: for tests of endpoints, for lists and for the docs.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/event/event.hpp"
#include "notify/profile/profile.hpp"

namespace assay::notify {

// An event of this canonical or published type, out of data/samples; of an unknown type with data
// that says so. Always the same. It names no tenant, and no batch, so that its results are not
// looked for in the store. `schema`, a published type's JSON Schema, may bring the data: the first
// object among its `examples`.
engine::Event sample_event(std::string_view type, std::string_view schema = {});

// The result lines (NDJSON) behind sample_event() of a type that ends a batch; else none.
std::string sample_lines(std::string_view type);
// One of three lines, the last of which has failed. Errors: corrupt.
Result<std::string> sample_line(std::int64_t index);

// Whether every entry of the profile's catalogue can be made of each of its events: their samples
// are rendered. Errors: invalid_argument with the entry as field.
Result<void> check_catalogue(const Profile& profile);

// The body under which the profile sends a sample of one of its own types (Profile::catalogue) or,
// where it accepts them, of a published one. Always JSON: a mail is shown as its reader sees it,
// {"subject", "text", "html"}. `schema` as for sample_event(). Errors: invalid_argument for any
// other.
Result<std::string> sample_body(const Profile& profile, std::string_view wire_type,
                                std::string_view schema = {});

}  // namespace assay::notify
