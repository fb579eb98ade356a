// Tells by its first bytes that an input is none of ours: a PDF, a picture, a program. Private to
// engine/batch.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "engine/base/error.hpp"
#include "engine/batch/intake.hpp"

namespace assay::engine {

inline constexpr std::size_t foreign_file_bytes = 512;  // what find_foreign_file looks at

// One clear sentence for a file that cannot be products, or nullopt. `head`: the first
// foreign_file_bytes, or all there is. What begins as a workbook must have been looked for before.
// `wanted`: what they should be.
std::optional<Error> find_foreign_file(std::string_view head, InputFormat format,
                                       std::string_view wanted = "products");

}  // namespace assay::engine
