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
// looked for in the store.
engine::Event sample_event(std::string_view type);

// The result lines (NDJSON) behind sample_event() of a type that ends a batch; else none.
std::string sample_lines(std::string_view type);
// One of three lines, the last of which has failed. Errors: corrupt.
Result<std::string> sample_line(std::int64_t index);

// The body under which the profile sends a sample of one of its own types (Profile::catalogue) or,
// where it accepts them, of a published one. Always JSON: a mail is shown as its reader sees it,
// {"subject", "text", "html"}. Errors: invalid_argument for any other.
Result<std::string> sample_body(const Profile& profile, std::string_view wire_type);

}  // namespace assay::notify
